"""Lo que publicar prueba de los roles, las tareas, la numeración y los efectos de plataforma."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from facilita.definicion.fallas import Buzon, Ruta
from facilita.definicion.flujo import DE_PLATAFORMA, PAPELES
from facilita.definicion.numeracion import falla_de_formato
from facilita.definicion.sugerencias import parecido

Dato = Mapping[str, Any]

NO_ATIENDEN = frozenset({"ciudadano", "reloj"})
"""Papeles que nadie del personal cumple: ni abren ni responden una tarea."""
RESERVADOS = PAPELES | {"sgtd"}
_DE_ENTIDAD = ("entidad_nombre", "entidad_ruc", "entidad_ubigeo", "lider_nombres", "lider_correo")
NECESARIOS = {
    "crear_entidad": _DE_ENTIDAD,
    "registrar_sistema": (
        *_DE_ENTIDAD, "sistema_direccion", "sistema_desde", "sistema_estados",
    ),
}  # fmt: skip
"""Los usos sin los que cada efecto de la plataforma no puede hacer nada."""
DE_QUIEN_PRESENTA = {"lider_nombres": "nombres", "lider_correo": "correo"}
"""Con qué uso se suple cada uno cuando el líder es quien presenta."""


def comprobar_tareas(dato: Dato, buzon: Buzon) -> None:
    """Corre las comprobaciones de roles, tareas, numeración y plataforma."""
    for comprobacion in COMPROBACIONES:
        comprobacion(dato, buzon)


def papeles_de(dato: Dato) -> frozenset[str]:
    """Los papeles que vale escribir en `quien`: los de todo flujo y los roles declarados."""
    return PAPELES | {r["id"] for r in dato.get("roles", ())}


def comprobar_papel(ruta: Ruta, papel: str, papeles: frozenset[str], buzon: Buzon) -> bool:
    """Anota la falla de un papel que no existe; dice si existe."""
    if papel in papeles:
        return True
    validos = ", ".join(sorted(papeles))
    texto = f"no hay un papel «{papel}»{parecido(papel, papeles)}; puede ser: {validos}"
    buzon.falla("flujo.papel", ruta, texto)
    return False


def _tareas(dato: Dato) -> Iterator[tuple[Ruta, Dato]]:
    for n, tarea in enumerate(dato.get("tareas", ())):
        yield ("tareas", n), tarea


def _ids(dato: Dato, buzon: Buzon) -> None:
    for clave, nombre in (("roles", "el rol"), ("tareas", "la tarea")):
        vistos: set[str] = set()
        for n, elemento in enumerate(dato.get(clave, ())):
            cual = elemento["id"]
            if cual in vistos:
                como = "repetido" if clave == "roles" else "repetida"
                buzon.falla("id.repetido", (clave, n, "id"), f"{nombre} «{cual}» está {como}")
            vistos.add(cual)


def _roles(dato: Dato, buzon: Buzon) -> None:
    usados = {p for t in dato["flujo"]["transiciones"] for p in t["quien"]}
    for _, tarea in _tareas(dato):
        usados |= {*tarea["quien"], tarea["para"]}
    for n, rol in enumerate(dato.get("roles", ())):
        if rol["id"] in RESERVADOS:
            texto = f"«{rol['id']}» ya es un papel de todo formulario: no se declara; usa otro id"
            buzon.falla("rol.reservado", ("roles", n, "id"), texto)
        elif rol["id"] not in usados:
            texto = (
                f"nadie usa el rol «{rol['id']}»: ponlo en el «quien» de una transición o de una "
                "tarea, o en su «para»"
            )
            buzon.falla("rol.sin_uso", ("roles", n), texto, aviso=True)


def _quienes(dato: Dato, buzon: Buzon) -> None:
    papeles = papeles_de(dato)
    for ruta, tarea in _tareas(dato):
        suyos = [((*ruta, "quien", n), p) for n, p in enumerate(tarea["quien"])]
        for donde, papel in (*suyos, ((*ruta, "para"), tarea["para"])):
            if comprobar_papel(donde, papel, papeles, buzon) and papel in NO_ATIENDEN:
                texto = f"una tarea es entre el personal: «{papel}» no la abre ni la responde"
                buzon.falla("tarea.papel", donde, texto)


def _estados(dato: Dato, buzon: Buzon) -> None:
    estados = {e["id"]: e for e in dato["flujo"]["estados"]}
    for ruta, tarea in _tareas(dato):
        for n, estado in enumerate(tarea["en"]):
            donde = (*ruta, "en", n)
            if estado not in estados:
                texto = f"no hay un estado «{estado}»{parecido(estado, estados)}"
                buzon.falla("flujo.estado", donde, texto)
            elif estados[estado].get("final"):
                texto = f"«{estado}» es final: ahí las tareas se cierran solas y no se abren"
                buzon.falla("tarea.en_final", donde, texto)


def _detienen(dato: Dato, buzon: Buzon) -> None:
    transiciones: dict[str, set[str]] = {}
    for t in dato["flujo"]["transiciones"]:
        transiciones.setdefault(t["id"], set()).update(t["quien"])
    for ruta, tarea in _tareas(dato):
        for n, cual in enumerate(tarea.get("detiene", ())):
            donde = (*ruta, "detiene", n)
            if cual not in transiciones:
                texto = f"no hay una transición «{cual}»{parecido(cual, transiciones)}"
                buzon.falla("tarea.detiene", donde, texto)
            elif transiciones[cual] & NO_ATIENDEN:
                texto = (
                    f"una tarea del personal no detiene «{cual}»: la da el ciudadano o el reloj; "
                    "detén solo pasos del personal"
                )
                buzon.falla("tarea.detiene", donde, texto)


def _campos(dato: Dato, buzon: Buzon) -> None:
    for ruta, tarea in _tareas(dato):
        for lista in ("pide", "responde"):
            comprobar_pedido((*ruta, lista), tarea.get(lista, ()), buzon)


def comprobar_pedido(ruta: Ruta, campos: Sequence[Dato], buzon: Buzon) -> None:
    """Comprueba que lo que pide un paso o una tarea no repite ids, tampoco dentro de un grupo."""
    vistos: set[str] = set()
    for n, campo in enumerate(campos):
        donde = (*ruta, n)
        suyos = [((*donde, "campos", k), c) for k, c in enumerate(campo.get("campos", ()))]
        for lugar, uno in ((donde, campo), *suyos):
            if uno["id"] in vistos:
                buzon.falla("id.repetido", (*lugar, "id"), f"«{uno['id']}» está repetido")
            vistos.add(uno["id"])


def _numeracion(dato: Dato, buzon: Buzon) -> None:
    reparo = falla_de_formato(dato.get("numeracion", {}).get("formato", "{numero}{anio}"))
    if reparo:
        buzon.falla("numeracion.formato", ("numeracion", "formato"), reparo)


def _plataforma(dato: Dato, buzon: Buzon) -> None:
    for ruta, efecto in _efectos(dato):
        if efecto not in DE_PLATAFORMA:
            continue
        if not dato.get("plataforma"):
            texto = (
                f"«{efecto}» actúa sobre la plataforma: solo vale en un formulario de la entidad "
                "de la plataforma, que lo dice con «plataforma: true»"
            )
            buzon.falla("efecto.de_plataforma", ruta, texto)
        seguros = _usos_seguros(dato)
        faltan = [u for u in NECESARIOS[efecto] if not {u, DE_QUIEN_PRESENTA.get(u)} & seguros]
        if faltan:
            texto = (
                f"para «{efecto}» falta un campo obligatorio y sin condición con cada uno de "
                f"estos usos: {', '.join(faltan)}"
            )
            buzon.falla("efecto.sin_campos", ruta, texto)


def _efectos(dato: Dato) -> Iterator[tuple[Ruta, Any]]:
    for n, efecto in enumerate(dato["flujo"].get("al_presentar", ())):
        yield ("flujo", "al_presentar", n), efecto if isinstance(efecto, str) else None
    for t, transicion in enumerate(dato["flujo"]["transiciones"]):
        for n, efecto in enumerate(transicion.get("efectos", ())):
            ruta = ("flujo", "transiciones", t, "efectos", n)
            yield ruta, efecto if isinstance(efecto, str) else None


def _usos_seguros(dato: Dato) -> set[str]:
    """Los usos de campos que siempre se responden."""
    return {
        campo["uso"]
        for pagina in dato["paginas"]
        for seccion in pagina["secciones"]
        for campo in seccion["campos"]
        if campo.get("uso") and campo.get("obligatorio")
        and not ("si" in campo or "si" in seccion or "si" in pagina)
    }  # fmt: skip


def _horario(dato: Dato, buzon: Buzon) -> None:
    usos = {
        campo.get("uso")
        for pagina in dato["paginas"]
        for seccion in pagina["secciones"]
        for campo in seccion["campos"]
    }
    if dato.get("horario") == "otros" and {"documento_principal", "folios"} <= usos:
        texto = (
            "recibe documentos con sus folios: es una mesa de partes y le rige «mesa_de_partes», "
            "que atiende 8 horas continuas o más (LPAG, art. 138)"
        )
        buzon.falla("horario.mesa", ("horario",), texto)


COMPROBACIONES: tuple[Callable[[Dato, Buzon], None], ...] = (
    _ids,
    _roles,
    _quienes,
    _estados,
    _detienen,
    _campos,
    _numeracion,
    _plataforma,
    _horario,
)
