"""Los últimos pasos de dos entidades de la demostración: su página de gob.pe y su reporte."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from facilita.servicios.reloj import RelojFijo
from facilita.tramite import cumplimiento, direcciones_gobpe
from facilita.tramite.entorno import Entorno
from facilita.tramite.permisos import Actor

FALTA: Mapping[str, Any] = {
    "cargo": "Jefatura de Tecnologías de la Información",
    "interopera": "no",
    "declaracion": "true",
}
OBSERVACION = "El teléfono del responsable no contesta: pon el directo o el de la oficina."


def contar(
    entorno: Entorno, reloj: RelojFijo, ahora: datetime, sgtd: Actor, muni: Actor, uni: Actor
) -> None:
    """La municipalidad tiene su reporte observado y el de la universidad espera revisión."""
    reloj.poner(ahora - timedelta(days=6))
    direcciones_gobpe.declarar(entorno, muni, "https://vallesereno.example/mesa-de-partes")
    numero = _enviar(entorno, muni)
    reloj.poner(ahora - timedelta(days=2))
    cumplimiento.observar(entorno, sgtd, muni.entidad_id, numero, OBSERVACION)
    reloj.poner(ahora - timedelta(days=1))
    direcciones_gobpe.declarar(entorno, uni, "https://surandina.example/mesa-de-partes")
    _enviar(entorno, uni)
    reloj.poner(ahora)


def _enviar(entorno: Entorno, actor: Actor) -> int:
    sabido = cumplimiento.preparar(entorno, actor).crudo
    return cumplimiento.enviar(entorno, actor, {**sabido, **FALTA})
