"""Las entidades de ejemplo de la demostración: inventadas, de varias regiones y tipos."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from importlib.resources import files

from sqlalchemy import select

from facilita.servicios.reloj import RelojFijo
from facilita.tramite import formularios, importacion, situaciones
from facilita.tramite.ambito import Ambito
from facilita.tramite.entorno import Entorno
from facilita.tramite.modelos import Entidad, SistemaPropio
from facilita.tramite.permisos import Actor

FORMULARIO = """formato: 1
formulario: mesa-de-partes
plantilla: mesa-de-partes@{version}
cambios: {{}}
"""
PUBLICAN: Sequence[tuple[int, int]] = (
    (0, 290), (3, 262), (4, 240), (6, 211), (9, 205), (11, 170), (14, 143), (17, 120), (21, 96),
    (24, 88), (19, 61), (29, 40), (13, 9),
)  # fmt: skip
"""Qué fila de la lista publica su mesa de partes y hace cuántos días."""
PROPIOS: Sequence[tuple[int, int]] = ((1, 280), (22, 190), (27, 150), (30, 77), (31, 20))
"""Cuál tiene su propio sistema y hace cuántos días lo reportó."""
SUSPENDIDA = (9, 50)
"""Cuál se suspendió y hace cuántos días."""
REGISTRO = 330
"""Hace cuántos días llegó la lista."""


def cargar(entorno: Entorno, reloj: RelojFijo, ahora: datetime, sgtd: Actor) -> None:
    """Las registra y les cuenta su historia, en el orden en que ocurrió."""
    texto = files(__package__).joinpath("entidades.csv").read_text("utf-8")
    reloj.poner(ahora - timedelta(days=REGISTRO))
    previa = importacion.importar(entorno, sgtd, texto)
    if previa.fallas:
        raise RuntimeError(f"la lista de ejemplo tiene fallas: {previa.fallas}")
    cuales = list(_ids(entorno, [fila.datos["ruc"] for fila in previa.filas]))
    sucesos = [(hace, "publica", n) for n, hace in PUBLICAN]
    sucesos += [(hace, "propio", n) for n, hace in PROPIOS]
    sucesos.append((SUSPENDIDA[1], "suspende", SUSPENDIDA[0]))
    for hace, que, n in sorted(sucesos, reverse=True):
        reloj.poner(ahora - timedelta(days=hace))
        _hacer(entorno, sgtd, cuales[n], que)


def _ids(entorno: Entorno, rucs: list[str]) -> Iterator[int]:
    with entorno.bd.lectura(Ambito.de_plataforma("demostración")) as sesion:
        por_ruc = {e.ruc: e.id for e in sesion.scalars(select(Entidad))}
    return (por_ruc[ruc] for ruc in rucs)


def _hacer(entorno: Entorno, sgtd: Actor, cual: int, que: str) -> None:
    if que == "suspende":
        motivo = "No atiende lo que recibe desde hace dos meses, según el informe 014."
        situaciones.suspender(entorno, sgtd, cual, motivo)
        return
    ahora = entorno.reloj.ahora()
    with entorno.bd.transaccion(Ambito.de_plataforma("demostración")) as sesion:
        entidad = sesion.get_one(Entidad, cual)
        situaciones.dar_acceso(sesion, entidad, ahora, sgtd.usuario_id)
        if que == "propio":
            sesion.add(_sistema(entidad, ahora))
    if que == "publica":
        numero = entorno.catalogo.versiones("mesa-de-partes")[-1]
        formularios.publicar(
            entorno, cual, FORMULARIO.format(version=numero), "mesa-de-partes.yaml",
            motivo="Apertura de la mesa de partes digital",
        )  # fmt: skip


def _sistema(entidad: Entidad, ahora: datetime) -> SistemaPropio:
    return SistemaPropio(
        entidad_id=entidad.id,
        direccion=f"https://mesadepartes.{entidad.slug}.example",
        desde=date(ahora.year - 1, 3, 2),
        como_informa="Envía un correo en cada cambio de estado.",
        contacto="Oficina de Tecnologías de la Información",
        correo=entidad.correo,
        cuando=ahora,
    )
