"""Los correos de la SGTD a quien coordina una entidad."""

from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from facilita.tramite.modelos import Entidad, Membresia, Salida, Usuario
from facilita.tramite.permisos import COORDINADOR_ENTIDAD


def avisar_a_quien_coordina(
    sesion: Session,
    plataforma: Entidad,
    entidad: Entidad,
    clave: str,
    cuando: datetime,
    asunto: str,
    que: str,
) -> None:
    """Deja un correo a cada coordinador activo de la entidad; la sesión ve toda la plataforma."""
    for usuario in sesion.scalars(_coordinan(entidad)):
        texto = (
            f"Hola, {usuario.nombres}:\n\n{que}\n\n"
            f"Si tienes dudas, responde a este correo.\n\n--\n{plataforma.nombre}\n"
        )
        sesion.add(
            Salida(
                entidad_id=plataforma.id,
                clase="correo",
                clave=f"{clave}.{usuario.id}",
                datos={
                    "para": usuario.correo,
                    "asunto": asunto[:200],
                    "texto": texto,
                    "responder_a": plataforma.correo,
                    "nombre_de": plataforma.nombre_corto,
                    "entidad": plataforma.nombre,
                },
                proxima_en=cuando,
                creada_en=cuando,
            )
        )


def _coordinan(entidad: Entidad) -> Select[Usuario]:
    return (
        select(Usuario)
        .join(Membresia, Membresia.usuario_id == Usuario.id)
        .where(
            Membresia.entidad_id == entidad.id,
            Membresia.rol == COORDINADOR_ENTIDAD,
            Membresia.activa,
            Usuario.activo,
        )
        .order_by(Usuario.id)
    )
