"""Qué se propone ver una simulación de un formulario y, para cada meta del flujo, por dónde ir."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from facilita.definicion import Definicion, Transicion
from facilita.definicion.campos import Campo
from facilita.definicion.condiciones import Condicion
from facilita.simulacion import filas
from facilita.simulacion.caminos import ACUSAR, Jugada, Mapa, Punto
from facilita.simulacion.cobertura import Cobertura, Meta, opcion

PERSONAL = ("colaborador", "coordinador_sede", "coordinador_entidad")
_PAPELES = {
    "atiende": PERSONAL,
    "coordinador": ("coordinador_sede", "coordinador_entidad"),
    "reloj": (),
}
FAMILIAS_DEL_FLUJO = ("estado", "paso", "papel", "guarda", "mensaje", "acuse", "tarea")


SIN_CORREO = "ningún campo tiene «uso: correo»"
SIN_IDENTIDAD = "ningún campo dice quién es la persona"


@dataclass(frozen=True)
class Plan:
    """Un camino para una meta: hasta qué punto, qué jugar ahí y cómo rematar."""

    hasta: Punto
    jugada: Jugada | None = None
    remate: str | None = None
    transicion: Transicion | None = None


def condiciones(definicion: Definicion) -> Iterator[tuple[str, Condicion]]:
    """Cada condición del formulario con el nombre de lo que la lleva."""
    for pagina in definicion.paginas:
        if pagina.si:
            yield f"página {pagina.id}", pagina.si
        for seccion in pagina.secciones:
            if seccion.si:
                yield f"sección {seccion.id}", seccion.si
    for campo in definicion.campos.values():
        yield from filas.condiciones_de(campo)


def proponer(definicion: Definicion, mapa: Mapa, cobertura: Cobertura) -> None:
    """Anota todas las metas de un formulario."""
    for meta in (*_del_formulario(definicion), *_del_flujo(definicion, mapa)):
        cobertura.proponer(meta)
    if "correo" not in definicion.usos:
        for meta in (*cobertura.de("mensaje"), Meta("acuse", "enlace")):
            cobertura.descartar(meta, SIN_CORREO)
    if not {"correo", "identidad"} & set(definicion.usos):
        cobertura.descartar(Meta("acuse", "expediente"), SIN_IDENTIDAD)


def _del_formulario(definicion: Definicion) -> Iterator[Meta]:
    for campo in definicion.campos.values():
        if campo.se_responde:
            yield from _de_campo(campo)
    for nombre, _ in condiciones(definicion):
        yield Meta("condición", nombre, "sí")
        yield Meta("condición", nombre, "no")


def _de_campo(campo: Campo) -> Iterator[Meta]:
    yield Meta("campo", campo.id, "respondido")
    if not campo.se_completa:
        yield Meta("campo", campo.id, "vacío")
    if campo.muestras_invalidas():
        yield Meta("campo", campo.id, "inválido")
    for valor in campo.valores_posibles or ():
        yield Meta("opción", campo.id, opcion(valor))
    yield from filas.metas(campo)


def _del_flujo(definicion: Definicion, mapa: Mapa) -> Iterator[Meta]:
    yield from (Meta("estado", estado) for estado in definicion.flujo.estados)
    for t in definicion.flujo.transiciones:
        yield from _de_transicion(t, mapa)
    yield from (Meta("mensaje", mensaje) for mensaje in definicion.mensajes)
    for tarea in definicion.tareas.values():
        yield from (Meta("tarea", tarea.id, que) for que in ("pedida", "respondida", "retirada"))
        yield from (Meta("tarea", tarea.id, detenida) for detenida in sorted(tarea.detiene))
    if any(p.pendiente for p in mapa.puntos):
        yield from (Meta("acuse", canal) for canal in ("enlace", "expediente", "cedula"))


def _de_transicion(t: Transicion, mapa: Mapa) -> Iterator[Meta]:
    for estado in t.de:
        yield Meta("paso", t.id, estado)
    dan = {rol for papel in t.quien for rol in _PAPELES.get(papel, (papel,))}
    for rol in sorted(dan):
        yield Meta("papel", t.id, rol)
    if not dan >= {*PERSONAL, "ciudadano"}:
        yield Meta("guarda", t.id, "papel")
    if t.acto or any(c.obligatorio for c in t.pide):
        yield Meta("guarda", t.id, "pide")
    for que in ("una_vez", "plazo", "estado"):
        if any(_GUARDAS[que](mapa, p, t) for p in mapa.puntos):
            yield Meta("guarda", t.id, que)


def _ya_se_dio(_mapa: Mapa, punto: Punto, t: Transicion) -> bool:
    return (
        t.id in punto.hechas
        and punto.estado in t.de
        and not (t.al_vencer or t.acto == "subsanacion")
    )


def _le_corre(mapa: Mapa, punto: Punto, t: Transicion) -> bool:
    if t.hasta is None or punto.estado not in t.de:
        return False
    return mapa.permitida(punto, t) and mapa.desde(punto, t.hasta) is not None


def _fuera(_mapa: Mapa, punto: Punto, t: Transicion) -> bool:
    return punto.estado not in t.de


def plan_para(meta: Meta, mapa: Mapa, definicion: Definicion) -> Plan | None:
    """Por dónde ir para ver una meta del flujo, o `None` si ningún camino lleva."""
    return next(_PLANES[meta.familia](meta, mapa, definicion), None)


def _para_estado(meta: Meta, mapa: Mapa, _d: Definicion) -> Iterator[Plan]:
    return (Plan(p) for p in mapa.puntos if p.estado == meta.cual)


def _para_paso(meta: Meta, mapa: Mapa, definicion: Definicion) -> Iterator[Plan]:
    papeles = {*PERSONAL, "ciudadano", *definicion.roles}
    for punto in mapa.puntos:
        for jugada, _ in mapa.jugadas(punto):
            es_esa = jugada.transicion and jugada.transicion.id == meta.cual
            if es_esa and meta.que in {punto.estado, *papeles}:
                yield Plan(punto, jugada)


def _para_mensaje(meta: Meta, mapa: Mapa, definicion: Definicion) -> Iterator[Plan]:
    if any(e.dato == meta.cual for e in definicion.al_presentar):
        yield Plan(mapa.inicio)
    for punto in mapa.puntos:
        for jugada, _ in mapa.jugadas(punto):
            if jugada.transicion and meta.cual in jugada.transicion.mensajes():
                yield Plan(punto, jugada)


def _para_acuse(meta: Meta, mapa: Mapa, _d: Definicion) -> Iterator[Plan]:
    for punto in mapa.puntos:
        if punto.pendiente:
            es_cedula = meta.cual == "cedula"
            yield Plan(punto, None if es_cedula else ACUSAR, "cedula" if es_cedula else None)


def _para_tarea(meta: Meta, mapa: Mapa, definicion: Definicion) -> Iterator[Plan]:
    tarea = definicion.tareas[meta.cual]
    detenidas = [t.de for t in mapa.flujo.transiciones if t.id == meta.que]
    for punto in mapa.puntos:
        sirve = not detenidas or any(punto.estado in de for de in detenidas)
        if punto.estado in tarea.en and sirve:
            yield Plan(punto, remate=f"tarea {tarea.id}")


def _para_guarda(meta: Meta, mapa: Mapa, _d: Definicion) -> Iterator[Plan]:
    for t in mapa.flujo.transiciones:
        if t.id == meta.cual:
            yield from _para_guarda_de(t, meta.que, mapa)


def _para_guarda_de(t: Transicion, que: str, mapa: Mapa) -> Iterator[Plan]:
    sirven = [p for p in mapa.puntos if _GUARDAS[que](mapa, p, t)]
    if que == "plazo":
        return (Plan(punto, None, "plazo", t) for punto in sirven)
    # Que una corrección mal respondida no se recibe se ve corrigiendo.
    corrige = que == "pide" and t.acto == "subsanacion"
    return (Plan(punto, Jugada("dar", t) if corrige else None) for punto in sirven)


def _le_toca(mapa: Mapa, punto: Punto, t: Transicion) -> bool:
    return punto.estado in t.de and mapa.permitida(punto, t)


_GUARDAS: dict[str, Callable[[Mapa, Punto, Transicion], bool]] = {
    "papel": _le_toca,
    "pide": _le_toca,
    "una_vez": _ya_se_dio,
    "plazo": _le_corre,
    "estado": _fuera,
}


_PLANES = {
    "estado": _para_estado,
    "paso": _para_paso,
    "papel": _para_paso,
    "mensaje": _para_mensaje,
    "acuse": _para_acuse,
    "guarda": _para_guarda,
    "tarea": _para_tarea,
}
