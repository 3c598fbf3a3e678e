"""Los estados de las páginas de usuarios y de su invitación."""

import pyotp
from fabrica import CLAVE, MESA, correo_de

from facilita.tramite import (
    cuentas,
    invitaciones,
    liderazgo,
    membresias,
    segundo_factor,
    sesiones,
)
from facilita.tramite.invitaciones import Enlace
from facilita.tramite.liderazgo import Entrega
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


@estado("usuarios.nuevo")
def usuario_por_invitar(m: Mirada) -> None:
    m.ingresar("norma")
    m.ver("/bandeja/usuarios/nuevo")


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


@estado("liderazgo.ver", 422)
def lider_con_errores(m: Mirada) -> None:
    m.ingresar("ana")
    m.ver("/bandeja/lider")
    m.enviar("Registrar la entrega")


@estado("liderazgo.ver")
def lider_con_historia(m: Mirada) -> None:
    ana, norma = m.mundo.actor("ana"), m.mundo.actor("norma")
    for de, a in ((ana, norma), (norma, ana)):
        acto = Entrega(a.membresia_id, "encargado", LARGO, f"Resolución {LARGO}")
        if not liderazgo.ver(m.mundo.entorno, ana).actual:
            break
        liderazgo.entregar(m.mundo.entorno, m.mundo.actor(de.nombres), acto)
    m.ingresar("ana")
    m.ver("/bandeja/lider")
    puesto = Puesto("coordinador_sede", sede="norte")
    membresias.cambiar_puesto(m.mundo.entorno, ana, norma.membresia_id, puesto)


# --- el segundo factor y las sesiones -------------------------------------------------------------


def _en_el_celular(m: Mirada, quien: str) -> pyotp.TOTP:
    alta = segundo_factor.empezar(m.mundo.entorno, m.mundo.actor(quien).usuario_id)
    suyo = pyotp.parse_uri(alta.direccion)
    assert isinstance(suyo, pyotp.TOTP)
    return suyo


def _quitar(m: Mirada, quien: str) -> None:
    """Para los otros estados: entran con su contraseña."""
    cuentas.quitar_segundo_factor(m.mundo.entorno, correo_de(quien))


@estado("acceso_propio.ver", 422)
def segundo_factor_con_error(m: Mirada) -> None:
    m.ingresar("oscar")
    m.ver("/cuenta/segundo-factor")
    m.escribir(codigo="123")
    m.enviar("Activar")


@estado("acceso_propio.ver")
def segundo_factor_recien_activado(m: Mirada) -> None:
    m.ingresar("oscar")
    m.ver("/cuenta/segundo-factor")
    m.escribir(codigo=_en_el_celular(m, "oscar").at(m.mundo.reloj.ahora()))
    m.enviar("Activar")
    texto = m.persona.leer()
    _quitar(m, "oscar")
    assert "Tus códigos de recuperación" in texto


@estado("acceso_propio.pedir_codigo")
def ingreso_que_pide_el_codigo(m: Mirada) -> None:
    _pedir_codigo(m)
    m.ver("/ingresar/codigo")
    _quitar(m, "oscar")


@estado("acceso_propio.pedir_codigo", 422)
def ingreso_con_codigo_equivocado(m: Mirada) -> None:
    _pedir_codigo(m)
    m.escribir(codigo="000")
    m.enviar("Continuar")
    _quitar(m, "oscar")


def _pedir_codigo(m: Mirada) -> None:
    oscar, suyo = m.mundo.actor("oscar"), _en_el_celular(m, "oscar")
    codigo = suyo.at(m.mundo.reloj.ahora())
    segundo_factor.activar(m.mundo.entorno, oscar.usuario_id, codigo, "")
    m.perdonar_intentos()
    m.ver("/ingresar")
    m.escribir(correo=correo_de("oscar"), clave=CLAVE)
    m.enviar("Ingresar")


@estado("acceso_propio.ver_sesiones")
def sesiones_abiertas(m: Mirada) -> None:
    agente = "Mozilla/5.0 (Linux; Android 14) Chrome/140 Mobile"
    sesiones.ingresar(m.mundo.entorno, correo_de("oscar"), CLAVE, agente)
    m.ingresar("oscar")
    m.ver("/cuenta/sesiones")


@estado("acceso_propio.ver_seguridad")
def seguridad(m: Mirada) -> None:
    m.ingresar("ana")
    m.ver("/bandeja/seguridad")


@estado("acceso_propio.ver_seguridad", 409)
def seguridad_sin_tener_el_propio(m: Mirada) -> None:
    m.ingresar("ana")
    m.ver("/bandeja/seguridad")
    m.enviar("Exigirlo a todos")


def _ficha(enlace: Enlace) -> str:
    return enlace.direccion.rpartition("/")[2]


# --- la planilla ----------------------------------------------------------------------------------


def _subir(m: Mirada, texto: str) -> None:
    m.ingresar("ana")
    m.ver("/bandeja/usuarios/planilla")
    archivo = {"name": "usuarios.csv", "mimeType": "text/csv", "buffer": texto.encode()}
    m.ventana.pagina.set_input_files("#planilla", archivo)  # type: ignore[arg-type]
    m.enviar("Revisar")


@estado("planilla.ver", 422)
def planilla_ilegible(m: Mirada) -> None:
    _subir(m, "a;b;c\n1;2;3\n")


@estado("planilla.ver")
def planilla_revisada(m: Mirada) -> None:
    titulos = "correo;nombres;rol;sede;area;formularios;atiende_todo"
    buena = f"planilla@vallesereno.example;{LARGO};Colaborador;;;;sí"
    _subir(m, f"{titulos}\n{buena}\nmalo;;Jefe;Sur\n")
    assert "1 fila está lista y 1 tiene algo por corregir" in m.persona.leer()


@estado("planilla.volver")
def planilla_hecha(m: Mirada) -> None:
    titulos = "correo;nombres;rol;atiende_todo"
    _subir(m, f"{titulos}\nde.planilla@vallesereno.example;{LARGO};Colaborador;sí\n")
    m.enviar("Invitar a 1 persona")
    assert "/invitacion/" in m.persona.leer()
