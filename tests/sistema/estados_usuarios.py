"""Los estados de las páginas de usuarios y de su invitación."""

from fabrica import CLAVE, MESA

from facilita.tramite import invitaciones, membresias
from facilita.tramite.invitaciones import Enlace
from facilita.tramite.membresias import PorInvitar
from facilita.tramite.puestos import Puesto

from .estados import Mirada, estado

AUTORIDAD = Puesto("autoridad")
LARGO = "María Fernanda de los Ángeles " + "Huamanchumo" * 5


def _invitar(m: Mirada, correo: str, nombres: str = LARGO) -> Enlace:
    puesto = Puesto("colaborador", sede="norte", area="obras", formularios=(MESA,))
    return membresias.invitar(
        m.mundo.entorno, m.mundo.actor("ana"), PorInvitar(correo, nombres), puesto
    )


def _ver(m: Mirada, quien: str, resto: str = "") -> None:
    m.ingresar("ana")
    m.ver(f"/bandeja/usuarios/{m.mundo.actor(quien).membresia_id}{resto}")


@estado("usuarios.ver")
def usuarios_con_de_todo(m: Mirada) -> None:
    _invitar(m, "correo.muy.largo.de.alguien.por.aceptar@vallesereno.example")
    m.ingresar("ana")
    m.ver("/bandeja/usuarios")


@estado("usuarios.ver")
def usuarios_sin_hallazgos(m: Mirada) -> None:
    m.ingresar("norma")
    m.ver("/bandeja/usuarios?q=" + "nadie" * 12)


@estado("usuarios.nuevo", 422)
def usuario_por_invitar_con_errores(m: Mirada) -> None:
    m.ingresar("norma")
    m.ver("/bandeja/usuarios/nuevo")
    m.enviar("Invitar")
    assert "Elige su área" in m.persona.leer()


@estado("usuarios.abrir")
def usuario_recien_invitado(m: Mirada) -> None:
    m.ingresar("ana")
    m.ver("/bandeja/usuarios/nuevo")
    m.escribir(correo="recien@vallesereno.example", nombres="Rosa Paz")
    m.ventana.pagina.check("#atiende_todo")
    m.enviar("Invitar")
    assert "/invitacion/" in m.persona.leer()


@estado("usuarios.abrir")
def usuario_inactivo(m: Mirada) -> None:
    _ver(m, "oscar")
    m.enviar("Inactivar")
    texto = m.persona.leer()
    ana, oscar = m.mundo.actor("ana"), m.mundo.actor("oscar")
    membresias.reactivar(m.mundo.entorno, ana, oscar.membresia_id)
    assert "Devolverle su puesto" in texto


@estado("usuarios.abrir", 409)
def usuario_que_no_se_inactiva(m: Mirada) -> None:
    m.ingresar("sara")
    m.ver(f"/bandeja/usuarios/{m.mundo.actor('ana').membresia_id}")
    m.enviar("Inactivar")
    assert "única persona que coordina" in m.persona.leer()


@estado("usuarios.abrir")
def usuario_que_soy_yo(m: Mirada) -> None:
    _ver(m, "ana")


@estado("invitacion.ver")
def invitacion_por_aceptar_con_cuenta(m: Mirada) -> None:
    correo, entorno = "con.cuenta@vallesereno.example", m.mundo.entorno
    invitaciones.aceptar(entorno, _ficha(_invitar(m, correo)), CLAVE)
    de_rio, nuevo = m.mundo.actor("rita"), PorInvitar(correo, "Rita")
    m.ver(f"/invitacion/{_ficha(membresias.invitar(entorno, de_rio, nuevo, AUTORIDAD))}")
    assert "Ya tienes una cuenta" in m.persona.leer()


def _ficha(enlace: Enlace) -> str:
    return enlace.direccion.rpartition("/")[2]
