"""En qué se distinguen dos definiciones: por elemento y por propiedad, en palabras."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from facilita.definicion.familias import FAMILIAS
from facilita.definicion.injertos import nombre_de_parte
from facilita.definicion.lugares import NINGUNO, Elemento, Lugares
from facilita.definicion.palabras import decir

Dato = Mapping[str, Any]

_LO_DE_DENTRO: Mapping[str, str] = {
    "opciones": "la opción",
    "campos": "el campo",
    "pide": "el dato pedido",
    "responde": "el dato respondido",
    "medios": "el medio de pago",
}
"""Cómo se llama cada parte de una propiedad que es una lista de partes con id o valor."""


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
    clave: str = ""
    """De quién es: «campos.asunto», «opciones.tipo.otro», «orden.paginas»; nada, si de la raíz."""

    def __str__(self) -> str:
        quien = f"{self.que} «{self.cual}»" if self.cual else self.que
        if self.cambio == "cambiado":
            return f"{quien}: {self._cambio_de_propiedad()}"
        donde = f": de {self.antes} a {self.ahora}" if self.cambio == "movido" else ""
        orden = f": ahora {decir(None, self.ahora)}" if self.cambio == "reordenado" else ""
        return f"{quien}: {_concordar(self.que, self.cambio)}{donde}{orden}"

    def _cambio_de_propiedad(self) -> str:
        if self.antes is None:
            return f"se pone «{self.propiedad}»: {self._decir(self.ahora)}"
        if self.ahora is None:
            return f"se quita «{self.propiedad}», que era {self._decir(self.antes)}"
        if self._son_listas():
            return f"«{self.propiedad}»: {_de_lista(self.antes, self.ahora)}"
        return f"«{self.propiedad}» pasa de {self._decir(self.antes)} a {self._decir(self.ahora)}"

    def _decir(self, valor: Any) -> str:
        return decir(self.propiedad, valor)

    def _son_listas(self) -> bool:
        """Si son listas de textos que se dicen mejor por lo que entra y sale."""
        lados = (self.antes, self.ahora)
        return all(isinstance(x, list) and all(isinstance(v, str) for v in x) for x in lados)

    def a_json(self) -> dict[str, Any]:
        """La diferencia como datos."""
        return {**asdict(self), "texto": str(self)}


def comparar(a: Dato, b: Dato) -> list[Diferencia]:
    """Las diferencias de dos definiciones enteras, en el orden en que se leen."""
    lados = _Lados(Lugares(a), Lugares(b))
    return [
        *_propiedades("el formulario", "", raiz(a), raiz(b), ""),
        *(d for familia in FAMILIAS for d in lados.de_familia(familia)),
        *(d for familia in FAMILIAS for d in lados.de_dentro(familia)),
        *lados.orden(),
    ]


_QUE_AGRUPA = frozenset(
    {"formato", "plantilla", "version", "formulario", "origen", "paginas", "revision", "flujo"}
)
"""De la raíz: lo que nombra al documento y lo que se compara por partes."""


def raiz(dato: Dato) -> dict[str, Any]:
    """Lo que no está dentro de ningún elemento, por su nombre: «titulo», «plazo.dias_habiles»."""
    familias = Lugares(dato).de_familia
    flujo = dato["flujo"]
    return {
        **{c: v for c, v in dato.items() if c not in _QUE_AGRUPA and id(v) not in familias},
        **{f"plazo.{c}": v for c, v in flujo.get("plazo", {}).items()},
        **{f"flujo.{c}": v for c, v in flujo.items() if c != "plazo" and id(v) not in familias},
        **{f"revision.{c}": v for c, v in dato["revision"].items() if id(v) not in familias},
    }


class _Lados:
    """Las dos definiciones que se comparan."""

    def __init__(self, antes: Lugares, ahora: Lugares) -> None:
        self.antes = antes
        self.ahora = ahora
        self.familias = antes.de_familia | ahora.de_familia

    def de_familia(self, familia: str) -> Iterator[Diferencia]:
        """Lo agregado, quitado, movido y cambiado de una familia."""
        que = FAMILIAS[familia].nombre
        antes, ahora = self.antes.por_familia[familia], self.ahora.por_familia[familia]
        for cual in antes:
            if cual not in ahora:
                yield Diferencia(que, cual, "quitado", clave=f"{familia}.{cual}")
        for cual, elemento in ahora.items():
            clave = f"{familia}.{cual}"
            anterior = antes.get(cual)
            if anterior is None:
                yield Diferencia(que, cual, "agregado", clave=clave)
                continue
            if elemento.lugar != anterior.lugar:
                movido = Diferencia(que, cual, "movido", clave=clave)
                yield replace(movido, antes=anterior.lugar, ahora=elemento.lugar)
            yield from self._propias(que, anterior, elemento, clave)

    def _propias(
        self, que: str, antes: Elemento, ahora: Elemento, clave: str
    ) -> Iterator[Diferencia]:
        """Las propiedades que no contienen a otros elementos."""
        uno, otro = antes.dato, ahora.dato
        aparte = {c for c in (*uno, *otro) if self._es_aparte(uno.get(c), otro.get(c))}
        lados = ({c: v for c, v in d.items() if c not in aparte} for d in (uno, otro))
        yield from _propiedades(que, ahora.id, next(lados), next(lados), clave)

    def _es_aparte(self, uno: Any, otro: Any) -> bool:
        """Si se compara por su lado: es de una familia o las dos son listas de partes."""
        if id(uno) in self.familias or id(otro) in self.familias:
            return True
        hay = [x for x in (uno, otro) if x not in (None, [])]
        return bool(hay) and all(tiene_partes(x) for x in hay)

    def de_dentro(self, familia: str) -> Iterator[Diferencia]:
        """Las opciones y las demás partes de los elementos que están en las dos."""
        antes, ahora = self.antes.por_familia[familia], self.ahora.por_familia[familia]
        for cual in ahora:
            if cual in antes:
                uno, otro = antes[cual].dato, ahora[cual].dato
                for propiedad in dict.fromkeys((*uno, *otro)):
                    yield from self._partes(familia, cual, propiedad, uno, otro)

    def _partes(
        self, familia: str, cual: str, propiedad: str, uno: Dato, otro: Dato
    ) -> Iterator[Diferencia]:
        lados = [d.get(propiedad) for d in (uno, otro)]
        es_familia = any(id(x) in self.familias for x in lados)
        if es_familia or not self._es_aparte(*lados):
            return
        antes, ahora = ({nombre_de_parte(p): p for p in x or ()} for x in lados)
        que = _LO_DE_DENTRO.get(propiedad, f"la parte de «{propiedad}»")
        raiz = f"opciones.{cual}" if propiedad == "opciones" else f"{familia}.{cual}.{propiedad}"
        for parte in dict.fromkeys((*antes, *ahora)):
            nombre, clave = f"{cual}.{parte}", f"{raiz}.{parte}"
            if parte not in ahora:
                yield Diferencia(que, nombre, "quitado", clave=clave)
            elif parte not in antes:
                yield Diferencia(que, nombre, "agregado", clave=clave)
            else:
                yield from _propiedades(que, nombre, antes[parte], ahora[parte], clave)

    def orden(self) -> Iterator[Diferencia]:
        """Los que están en los dos, si cambiaron de orden dentro del mismo lugar."""
        antes = {lugar: ids for lugar, _, ids in _ordenes(self.antes)}
        for lugar, clave, ids in _ordenes(self.ahora):
            comunes = [i for i in ids if i in antes.get(lugar, ())]
            anteriores = [i for i in antes.get(lugar, ()) if i in ids]
            if comunes != anteriores:
                yield Diferencia(
                    lugar, "", "reordenado", antes=anteriores, ahora=comunes, clave=clave
                )


def _ordenes(lugares: Lugares) -> Iterator[tuple[str, str, list[str]]]:
    """Cada lista: de quién es, su clave y los ids en su orden."""
    for familia, lista in lugares.listas():
        lugar = lugares.lugar(lista)
        nombre = FAMILIAS[familia].plural if lugar == NINGUNO else lugar
        donde = familia if lugar == NINGUNO else lugar.split("«")[-1].rstrip("»")
        yield nombre, f"orden.{donde}", [e["id"] for e in lista]
    for familia, elementos in lugares.por_familia.items():
        for elemento in elementos.values():
            for propiedad, valor in elemento.dato.items():
                if tiene_partes(valor) and id(valor) not in lugares.de_familia:
                    clave = f"orden.{familia}.{elemento.id}.{propiedad}"
                    yield elemento.nombre, clave, [nombre_de_parte(p) for p in valor]


def _propiedades(que: str, cual: str, antes: Dato, ahora: Dato, clave: str) -> Iterator[Diferencia]:
    for propiedad in dict.fromkeys((*antes, *ahora)):
        uno, otro = antes.get(propiedad), ahora.get(propiedad)
        if propiedad != "id" and uno != otro:
            yield Diferencia(que, cual, "cambiado", propiedad, uno, otro, clave)


def tiene_partes(valor: Any) -> bool:
    """Si es una lista de partes que se comparan una por una: las opciones, lo que se pide."""
    return (
        isinstance(valor, list)
        and bool(valor)
        and all(isinstance(p, Mapping) and ("id" in p or "valor" in p) for p in valor)
    )


def _de_lista(antes: list[str], ahora: list[str]) -> str:
    """Lo que entra y lo que sale de una lista de textos; si nada, que cambió su orden."""
    entra, sale = [v for v in ahora if v not in antes], [v for v in antes if v not in ahora]
    partes = [
        f"{verbo} {decir(None, valores)}"
        for verbo, valores in (("se agrega", entra), ("se quita", sale))
        if valores
    ]
    return "; ".join(partes) or f"cambia el orden: {decir(None, ahora)}"


def _concordar(que: str, cambio: str) -> str:
    """«agregada» para la página, «agregado» para el campo."""
    if que.startswith(("la ", "las ")):
        cambio = cambio[:-1] + "a"
    return cambio + "s" if que.startswith(("las ", "los ")) else cambio
