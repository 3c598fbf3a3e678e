"""Lo que se comprueba después de cada paso: el motor y la definición cuentan lo mismo."""

from typing import TYPE_CHECKING

from facilita.definicion.campos.base import nombres_en
from facilita.simulacion.cobertura import Meta
from facilita.simulacion.presentaciones import Discrepancia
from facilita.tramite import detalle, seguimiento

if TYPE_CHECKING:
    from facilita.simulacion.tramites import Tramite

CIUDADANO = "ciudadano"


def comprobar(tramite: "Tramite") -> None:
    """Que el estado y lo que se ofrece sean los de la definición, y los correos, completos."""
    tramite.olvidar_personal()
    actor = tramite.azar.choice(tramite.al_alcance())
    visto = detalle.ver(tramite.entorno, actor, tramite.id)
    if visto.estado_id != tramite.punto.estado:
        frase = f"debía quedar en «{tramite.punto.estado}» y quedó en «{visto.estado_id}»"
        raise Discrepancia(frase)
    tramite.cobertura.ver(Meta("estado", visto.estado_id))
    ofrecidas = {p.transicion.id for p in visto.pasos}
    _comparar(tramite, ofrecidas, _esperadas(tramite, tramite.papeles(actor)), actor.rol)
    suyo = seguimiento.ver_expediente(tramite.entorno, tramite.codigo)
    seguimiento.ver(tramite.entorno, tramite.codigo)
    # Corregir tiene su propia puerta: no está entre sus acciones.
    flujo, estado = tramite.mapa.flujo, tramite.punto.estado
    actos = {t.id for t in flujo.transiciones if t.acto and estado in t.de}
    esperadas = _esperadas(tramite, frozenset({CIUDADANO})) - actos
    _comparar(tramite, {t.id for t in suyo.acciones}, esperadas, CIUDADANO)
    _mirar_correos(tramite)


def _esperadas(tramite: "Tramite", quien: frozenset[str]) -> set[str]:
    mapa, punto = tramite.mapa, tramite.punto
    del_estado = [t for t in mapa.flujo.transiciones if punto.estado in t.de]
    return {t.id for t in del_estado if t.quien & quien and mapa.permitida(punto, t)}


def _comparar(tramite: "Tramite", ofrecidas: set[str], esperadas: set[str], quien: str) -> None:
    if ofrecidas != esperadas:
        frase = f"a {quien} se le ofrece {sorted(ofrecidas)} y le toca {sorted(esperadas)}"
        raise Discrepancia(f"en «{tramite.punto.estado}», {frase}")


def _mirar_correos(tramite: "Tramite") -> None:
    for cual, id_mensaje, datos in tramite.correos(tramite.correo_visto):
        tramite.correo_visto = cual
        mensaje = tramite.definicion.mensajes.get(id_mensaje)
        if mensaje is None:
            # La invitación de una entidad nueva la escribe la plataforma, no el formulario.
            continue
        dicho = f"{datos['asunto']}\n{datos['texto']}"
        for nombre in sorted(nombres_en(f"{mensaje.asunto}\n{mensaje.cuerpo}")):
            if f"{{{nombre}}}" in dicho:
                raise Discrepancia(f"al mensaje «{mensaje.id}» le falta {{{nombre}}}")
        tramite.cobertura.ver(Meta("mensaje", mensaje.id))
