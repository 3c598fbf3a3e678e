"""Renovar la invitación de quien lidera una entidad recién creada."""

from facilita.tramite.atencion import tomar
from facilita.tramite.entorno import Entorno
from facilita.tramite.errores import Conflicto, NoExiste
from facilita.tramite.invitaciones import nueva, suceso_de
from facilita.tramite.modelos import Usuario
from facilita.tramite.permisos import Actor, exigir
from facilita.tramite.sucesos import mover


def renovar(entorno: Entorno, actor: Actor, solicitud_id: int) -> str:
    """Un enlace nuevo para el líder, que se muestra una sola vez; el anterior deja de servir."""
    exigir(actor, "invitacion.renovar")
    with tomar(entorno, actor, solicitud_id, "solicitud.atender") as caso:
        suceso = suceso_de(caso)
        if suceso is None:
            raise NoExiste("Esta solicitud no creó ninguna entidad.")
        usuario = caso.sesion.get_one(Usuario, suceso.datos["usuario_id"], with_for_update=True)
        if usuario.clave is not None:
            raise Conflicto("Esa persona ya tiene contraseña: no necesita otro enlace.")
        ficha = nueva(caso.sesion, usuario.id, suceso.datos["entidad_id"], caso.ahora)
        mover(caso, "invitacion_renovada", {"correo": usuario.correo})
        return f"{entorno.direccion_publica}/invitacion/{ficha}"
