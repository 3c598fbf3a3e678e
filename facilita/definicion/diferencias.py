"""En qué se distinguen dos definiciones: por elemento y por propiedad, en palabras."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from facilita.definicion.familias import FAMILIAS

Dato = Mapping[str, Any]

_DENTRO = frozenset({"id", "secciones", "campos", "opciones"})
"""Lo que contiene a otros: cada uno se compara por su lado."""
_DE_LA_RAIZ = ("titulo", "introduccion", "base_legal", "horario", "presentacion")
_MUESTRA = 90


@dataclass(frozen=True, slots=True)
class Diferencia:
    """Algo que cambió entre la primera y la segunda."""

    que: str
    cual: str
    cambio: str
    """«agregado», «quitado», «movido», «reordenado» o «cambiado»."""
    propiedad: str | None = None
    antes: Any = None
    ahora: Any = None

    def __str__(self) -> str:
        quien = f"{self.que} «{self.cual}»" if self.cual else self.que
        if self.cambio != "cambiado":
            donde = f": de {self.antes} a {self.ahora}" if self.cambio == "movido" else ""
            orden = f": ahora {_corto(self.ahora)}" if self.cambio == "reordenado" else ""
            return f"{quien}: {_concordar(self.que, self.cambio)}{donde}{orden}"
        return f"{quien}: {self._cambio_de_propiedad()}"

    def _cambio_de_propiedad(self) -> str:
        if self.antes is None:
            return f"se pone «{self.propiedad}»: {_corto(self.ahora)}"
        if self.ahora is None:
            return f"se quita «{self.propiedad}», que era {_corto(self.antes)}"
        return f"«{self.propiedad}» pasa de {_corto(self.antes)} a {_corto(self.ahora)}"

    def a_json(self) -> dict[str, Any]:
        """La diferencia como datos."""
        return {**asdict(self), "texto": str(self)}


def comparar(a: Dato, b: Dato) -> list[Diferencia]:
    """Las diferencias de dos definiciones enteras, en el orden en que se leen."""
    return [
        *_propiedades("el formulario", "", _raiz(a), _raiz(b)),
        *(d for familia in FAMILIAS for d in _de_familia(familia, a, b)),
        *_opciones(a, b),
        *_orden(a, b),
    ]


def _raiz(dato: Dato) -> dict[str, Any]:
    raiz = {clave: dato.get(clave) for clave in _DE_LA_RAIZ}
    raiz |= {f"plazo.{c}": v for c, v in dato["flujo"].get("plazo", {}).items()}
    raiz["estado inicial"] = dato["flujo"].get("inicial")
    raiz["al_presentar"] = dato["flujo"].get("al_presentar")
    raiz["título de la revisión"] = dato["revision"].get("titulo")
    return raiz


def _de_familia(familia: str, a: Dato, b: Dato) -> Iterator[Diferencia]:
    que = FAMILIAS[familia].nombre
    antes, ahora = _elementos(familia, a), _elementos(familia, b)
    for cual in antes:
        if cual not in ahora:
            yield Diferencia(que, cual, "quitado")
    for cual, (elemento, lugar) in ahora.items():
        if cual not in antes:
            yield Diferencia(que, cual, "agregado")
            continue
        anterior, lugar_anterior = antes[cual]
        if lugar != lugar_anterior:
            yield Diferencia(que, cual, "movido", antes=lugar_anterior, ahora=lugar)
        yield from _propiedades(que, cual, anterior, elemento)


def _elementos(familia: str, dato: Dato) -> dict[str, tuple[Dato, str]]:
    """Cada elemento por su id, con el nombre de quien lo contiene."""
    if familia == "campos":
        return {c["id"]: (c, lugar) for lugar, campos in _secciones(dato) for c in campos}
    if familia == "secciones":
        return {
            s["id"]: (s, f"la página «{p['id']}»") for p in dato["paginas"] for s in p["secciones"]
        }
    return {e["id"]: (e, "") for lista in FAMILIAS[familia].listas(dato) for e in lista}


def _secciones(dato: Dato) -> Iterator[tuple[str, list[Dato]]]:
    for pagina in dato["paginas"]:
        for seccion in pagina["secciones"]:
            yield f"la sección «{seccion['id']}»", seccion["campos"]
    yield "la revisión", dato["revision"]["campos"]


def _propiedades(que: str, cual: str, antes: Dato, ahora: Dato) -> Iterator[Diferencia]:
    for propiedad in dict.fromkeys((*antes, *ahora)):
        uno, otro = antes.get(propiedad), ahora.get(propiedad)
        if propiedad not in _DENTRO and uno != otro:
            yield Diferencia(que, cual, "cambiado", propiedad, uno, otro)


def _opciones(a: Dato, b: Dato) -> Iterator[Diferencia]:
    antes, ahora = _elementos("campos", a), _elementos("campos", b)
    for campo in ahora:
        if campo not in antes:
            continue
        de_antes, de_ahora = (
            {o["valor"]: o for o in lado[campo][0].get("opciones", ())} for lado in (antes, ahora)
        )
        nombre = f"{campo}.{{}}".format
        for valor in dict.fromkeys((*de_antes, *de_ahora)):
            if valor not in de_ahora:
                yield Diferencia("la opción", nombre(valor), "quitado")
            elif valor not in de_antes:
                yield Diferencia("la opción", nombre(valor), "agregado")
            else:
                yield from _propiedades(
                    "la opción", nombre(valor), de_antes[valor], de_ahora[valor]
                )


def _orden(a: Dato, b: Dato) -> Iterator[Diferencia]:
    """Los que están en los dos, si cambiaron de orden dentro del mismo lugar."""
    antes, ahora = _ordenes(a), _ordenes(b)
    for lugar, ids in ahora.items():
        comunes = [i for i in ids if i in antes.get(lugar, ())]
        anteriores = [i for i in antes.get(lugar, ()) if i in comunes]
        if comunes != anteriores:
            yield Diferencia(lugar, "", "reordenado", antes=anteriores, ahora=comunes)


def _ordenes(dato: Dato) -> dict[str, list[str]]:
    ordenes = {"las páginas": [p["id"] for p in dato["paginas"]]}
    for pagina in dato["paginas"]:
        ordenes[f"la página «{pagina['id']}»"] = [s["id"] for s in pagina["secciones"]]
    for lugar, campos in _secciones(dato):
        ordenes[lugar] = [c["id"] for c in campos]
        for campo in campos:
            if "opciones" in campo:
                ordenes[f"el campo «{campo['id']}»"] = [o["valor"] for o in campo["opciones"]]
    return ordenes


def _concordar(que: str, cambio: str) -> str:
    """«agregada» para la página, «agregado» para el campo."""
    if que.startswith(("la ", "las ")):
        cambio = cambio[:-1] + "a"
    return cambio + "s" if que.startswith("las ") else cambio


def _corto(valor: Any) -> str:
    if isinstance(valor, bool):
        return "sí" if valor else "no"
    if isinstance(valor, list) and all(isinstance(v, str) for v in valor):
        return ", ".join(valor)
    texto = f"«{' '.join(valor.split())}»" if isinstance(valor, str) else str(_llano(valor))
    return texto if len(texto) <= _MUESTRA else texto[: _MUESTRA - 1] + "…"


def _llano(valor: Any) -> Any:
    if isinstance(valor, Mapping):
        return ", ".join(f"{c}: {_llano(v)}" for c, v in valor.items())
    if isinstance(valor, list):
        return "[" + ", ".join(str(_llano(v)) for v in valor) + "]"
    return {True: "sí", False: "no"}.get(valor, valor) if isinstance(valor, bool) else valor
