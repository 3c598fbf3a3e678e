"""Lo que cada quien puede administrar: el menú del personal, en una sola lista."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import render_template, session

from facilita.tramite.permisos import Actor
from facilita.web.mundo import entorno
from facilita.web.rutas import Rutas
from facilita.web.sesion import actor

bp = Rutas("navegacion", __name__)


@dataclass(frozen=True)
class Enlace:
    """Una pantalla de administración, con quién la ve y para qué sirve."""

    grupo: str
    nombre: str
    direccion: str
    permiso: str
    que: str
    si: Callable[[], bool] = lambda: True
    """Si hoy tiene sentido ofrecerla."""


ENLACES: tuple[Enlace, ...] = (
    Enlace("Empezar", "Primeros pasos", "/bandeja/primeros-pasos", "pasos.ver",
           "Lo que falta para que la mesa de partes digital esté en marcha."),
    Enlace("Personas y lugares", "Usuarios", "/bandeja/usuarios", "usuario.cambiar",
           "Quiénes trabajan en la entidad: invitarlos, su rol y qué atienden."),
    Enlace("Personas y lugares", "Quién lidera", "/bandeja/lider", "liderazgo.entregar",
           "Quién lidera la mesa de partes, y entregarlo a otra persona."),
    Enlace("Personas y lugares", "Seguridad", "/bandeja/seguridad", "segundo_factor.exigir",
           "Exigir el segundo factor a quienes trabajan en la entidad."),
    Enlace("Personas y lugares", "Sedes", "/bandeja/sedes", "sede.cambiar",
           "Los locales de la entidad, su dirección y su distrito."),
    Enlace("Personas y lugares", "Áreas", "/bandeja/areas", "area.cambiar",
           "Las unidades a las que se derivan las solicitudes."),
    Enlace("Personas y lugares", "Roles", "/bandeja/roles", "rol.asignar",
           "Quién cumple los roles propios de cada formulario."),
    Enlace("Atención", "Formularios", "/bandeja/formularios", "formulario.construir",
           "Lo que la entidad pregunta: usar una plantilla, cambiarlo, probarlo y publicarlo."),
    Enlace("Atención", "Horario", "/bandeja/horario", "horario.cambiar",
           "Los días y las horas en que se atiende."),
    Enlace("Atención", "Modelos", "/bandeja/modelos", "modelo.cambiar",
           "Los textos con que se responde lo que más se presenta."),
    Enlace("Atención", "Opiniones", "/bandeja/opiniones", "opinion.ver",
           "Lo que dicen las personas después de presentar."),
    Enlace("Publicar", "gob.pe y cartel", "/bandeja/gobpe", "gobpe.publicar",
           "La página de tu mesa de partes para gob.pe, su dirección y el cartel con el QR."),
    Enlace("Publicar", "Reportar el cumplimiento", "/bandeja/cumplimiento", "cumplimiento.reportar",
           "Decirle a la SGTD que tu mesa de partes digital funciona, y cómo va tu reporte."),
    Enlace("La plataforma", "Entidades", "/bandeja/entidades", "entidad.ver",
           "Las entidades, su situación y quién las coordina."),
    Enlace("La plataforma", "Reportes de cumplimiento", "/bandeja/cumplimientos",
           "cumplimiento.revisar", "Lo que reporta cada entidad, para aceptarlo u observarlo."),
    Enlace("La plataforma", "Reporte Nacional", "/bandeja/reporte-nacional", "reporte.ver",
           "Cuántas entidades cumplen, en cualquier día, para descargar."),
    Enlace("La plataforma", "Interrupciones", "/bandeja/interrupciones", "interrupcion.registrar",
           "Los cortes de la casilla electrónica y su aviso público.",
           lambda: entorno().con_casilla),
)  # fmt: skip
"""El orden es el de la pantalla. Una pantalla nueva agrega aquí su línea."""


def administra(quien: Actor) -> Mapping[str, list[Enlace]]:
    """Las pantallas que una persona puede usar, por grupo."""
    grupos: dict[str, list[Enlace]] = {}
    for enlace in ENLACES:
        if quien.puede(enlace.permiso) and enlace.si():
            grupos.setdefault(enlace.grupo, []).append(enlace)
    return grupos


@bp.ruta("/bandeja/administrar", permiso="bandeja.ver")
def ver() -> Any:
    """Todo lo que esta persona puede administrar."""
    return render_template(
        "administrar.html",
        actor=actor(),
        grupos=administra(actor()),
        aviso=session.pop("aviso", None),
    )
