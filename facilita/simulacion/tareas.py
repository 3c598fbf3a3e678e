"""Las tareas de un formulario: pedirlas, responderlas, retirarlas, y los pasos que detienen."""

from functools import partial
from typing import Any

from facilita.definicion import Tarea
from facilita.definicion.campos import Campo
from facilita.simulacion.cobertura import Meta
from facilita.simulacion.desafios import debe_negarse
from facilita.simulacion.presentaciones import Discrepancia, separar
from facilita.simulacion.respuestas import responder
from facilita.simulacion.tramites import Tramite
from facilita.simulacion.vigilancia import comprobar
from facilita.tramite import atencion, seguimiento, tareas
from facilita.tramite.archivos import Subida
from facilita.tramite.errores import Conflicto, Invalido, Negativa, NoPermitido
from facilita.tramite.permisos import Actor


def encargar(tramite: Tramite, tarea: Tarea) -> None:
    """Pide la tarea, prueba lo que detiene y quién no puede responderla, y la responde y retira."""
    quien = _uno(tramite, tarea, con_el_papel=True)
    _nadie_mas_la_pide(tramite, tarea)
    cual = _pedir(tramite, tarea, quien)
    _detenidas(tramite, tarea)
    _responder(tramite, tarea, cual)
    comprobar(tramite)
    cual = _pedir(tramite, tarea, quien)
    tramite.relato.contar(f"retirar la tarea {tarea.id}")
    retirar = partial(tareas.retirar, tramite.entorno, quien, tramite.id, cual)
    debe_negarse(partial(retirar, ""), "motivo", Invalido)
    retirar("Ya no hace falta.")
    tramite.cobertura.ver(Meta("tarea", tarea.id, "retirada"))
    comprobar(tramite)


def _uno(tramite: Tramite, tarea: Tarea, *, con_el_papel: bool) -> Actor:
    hallados = [
        a for a in tramite.al_alcance() if bool(tramite.papeles(a) & tarea.quien) == con_el_papel
    ]
    if not hallados:
        raise Discrepancia(f"nadie puede pedir «{tarea.id}»: {', '.join(sorted(tarea.quien))}")
    return tramite.azar.choice(hallados)


def _nadie_mas_la_pide(tramite: Tramite, tarea: Tarea) -> None:
    ajenos = [a for a in tramite.al_alcance() if not tramite.papeles(a) & tarea.quien]
    if ajenos:
        crudo, subidas = _respuestas(tramite, tarea.pide)
        abrir = partial(tareas.abrir, tramite.entorno, ajenos[0], tramite.id, tarea.id)
        debe_negarse(partial(abrir, crudo, subidas), "papel")


def _pedir(tramite: Tramite, tarea: Tarea, quien: Actor) -> int:
    abrir = partial(tareas.abrir, tramite.entorno, quien, tramite.id, tarea.id)
    crudo, subidas = _respuestas(tramite, tarea.pide)
    tramite.relato.contar(f"pedir la tarea {tarea.id}: {crudo}")
    if any(c.obligatorio for c in tarea.pide):
        debe_negarse(partial(abrir, {}), "pide", Invalido)
    cual = abrir(crudo, subidas)
    # Quien la responde la alcanza desde ahora.
    tramite.olvidar_personal()
    debe_negarse(partial(abrir, crudo, subidas), "ya abierta", Conflicto)
    tramite.cobertura.ver(Meta("tarea", tarea.id, "pedida"))
    return cual


def _detenidas(tramite: Tramite, tarea: Tarea) -> None:
    """Mientras la tarea espera, los pasos que detiene no se pueden dar."""
    entorno, mapa, punto = tramite.entorno, tramite.mapa, tramite.punto
    del_estado = [t for t in mapa.flujo.transiciones if punto.estado in t.de]
    for t in del_estado:
        if t.id not in tarea.detiene or t.al_vencer or not mapa.permitida(punto, t):
            continue
        actor = tramite.elegir(t)
        tramite.relato.contar(f"intentar {t.id}: debe esperar a {tarea.id}")
        intento = (
            partial(seguimiento.actuar, entorno, tramite.codigo, t.id, {})
            if actor is None
            else partial(atencion.transitar, entorno, actor, tramite.id, t.id, {})
        )
        debe_negarse(intento, f"espera a {tarea.id}", Conflicto)
        tramite.cobertura.ver(Meta("tarea", tarea.id, t.id))


def _responder(tramite: Tramite, tarea: Tarea, cual: int) -> None:
    alcance = tramite.al_alcance()
    le_toca = [a for a in alcance if tarea.para in tramite.papeles(a)]
    ajenos = [a for a in alcance if a not in le_toca]
    if not le_toca:
        raise Discrepancia(f"nadie puede responder «{tarea.id}»: la atiende «{tarea.para}»")
    quien = tramite.azar.choice(le_toca)
    crudo, subidas = _respuestas(tramite, tarea.responde)

    def responder(actor: Actor, escrito: dict[str, Any], archivos: list[Subida]) -> None:
        tareas.responder(tramite.entorno, actor, tramite.id, cual, escrito, archivos)

    if ajenos:
        debe_negarse(partial(responder, ajenos[0], crudo, subidas), "papel", NoPermitido)
    if any(c.obligatorio for c in tarea.responde):
        debe_negarse(partial(responder, quien, {}, []), "responde", Invalido)
    tramite.relato.contar(f"responder la tarea {tarea.id}: {crudo}")
    responder(quien, crudo, subidas)
    debe_negarse(partial(responder, quien, crudo, subidas), "ya cerrada", Negativa)
    tramite.cobertura.ver(Meta("tarea", tarea.id, "respondida"))


def _respuestas(tramite: Tramite, campos: tuple[Campo, ...]) -> tuple[dict[str, Any], list[Subida]]:
    contexto = tramite.mundo.vigente.contexto(tramite.entorno)
    crudo = responder(campos, contexto, tramite.azar, parte=1.0)
    escrito, subidas, _ = separar(tramite.mundo, campos, crudo)
    return escrito, subidas
