"""Los estados de las páginas de roles, tareas, horario y altas."""

from fabrica import CLAVE, crear_entidad
from propios import INFORMACION, con_plataforma, con_roles, dar_rol, id_de, pedir_acceso, presentar

from facilita.tramite import encargos, sesiones, tareas, usuarios
from facilita.tramite.encargos import Titular
from facilita.tramite.puestos import Puesto

from .estados import Mirada, estado

VERA = "vera@sinroles.example"
QUE = {"que": "Las actas del concejo de los últimos tres años, con sus anexos."}


def _con_tarea(m: Mirada) -> tuple[str, int]:
    con_roles(m.mundo)
    codigo = presentar(m.mundo)
    modelo = m.mundo.subida("modelo", "modelo-de-respuesta-con-un-nombre-muy-largo.pdf")
    sid, luis = m.mundo.solicitud(codigo).id, m.mundo.actor("luis")
    return codigo, tareas.abrir(m.mundo.entorno, luis, sid, "pedir", QUE, [modelo])


# --- roles ----------------------------------------------------------------------------------------


@estado("roles.ver")
def roles_con_quien_los_cumple(m: Mirada) -> None:
    con_roles(m.mundo)
    m.ingresar("ana")
    m.ver("/bandeja/roles")


@estado("roles.ver")
def roles_sin_ninguno(m: Mirada) -> None:
    # Una entidad recién creada: en las otras, otro estado pudo publicar algo con roles.
    entorno = m.mundo.entorno
    nueva = crear_entidad(entorno, entidad="sin-roles", ruc="20512347771", plataforma=False)
    usuarios.crear(entorno, nueva, VERA, "Vera", Puesto("coordinador_entidad"), CLAVE)
    m.ventana.poner_cookie("sesion", sesiones.ingresar(entorno, VERA, CLAVE, None))
    m.ver("/bandeja/roles")
    assert "Ninguno de los formularios" in m.persona.leer()


@estado("roles.ver", 422)
def roles_con_error(m: Mirada) -> None:
    con_roles(m.mundo)
    valle, luis = m.mundo.entidad().id, Titular(usuario_id=id_de(m.mundo, "luis"))
    encargos.quitar(m.mundo.entorno, valle, INFORMACION, "frai", luis)
    m.ingresar("ana")
    m.ver("/bandeja/roles")
    m.enviar("Asignar Funcionario responsable")


# --- tareas ---------------------------------------------------------------------------------------


@estado("tareas.preparar")
def tarea_por_abrir(m: Mirada) -> None:
    con_roles(m.mundo)
    dar_rol(m.mundo, "poseedora", Titular(usuario_id=id_de(m.mundo, "nora")))
    m.ver_solicitud(presentar(m.mundo), "/tarea/nueva/pedir", "luis")


@estado("tareas.preparar", 422)
def tarea_por_abrir_con_error(m: Mirada) -> None:
    tarea_por_abrir(m)
    m.enviar("Abrir la tarea")


@estado("tareas.responder")
def tarea_por_responder(m: Mirada) -> None:
    codigo, cual = _con_tarea(m)
    m.ver_solicitud(codigo, f"/tarea/{cual}", "oscar")


@estado("tareas.responder", 422)
def tarea_por_responder_con_error(m: Mirada) -> None:
    tarea_por_responder(m)
    m.enviar("Enviar la respuesta")


@estado("tareas.responder", 422)
def tarea_sin_efecto_sin_motivo(m: Mirada) -> None:
    codigo, cual = _con_tarea(m)
    m.ver_solicitud(codigo, f"/tarea/{cual}", "ana")
    m.enviar("Dejar sin efecto")


@estado("personal.ver")
def detalle_con_tareas(m: Mirada) -> None:
    codigo, _ = _con_tarea(m)
    m.mundo.transitar(codigo, "prorrogar", {"motivo": "Son muchas actas."}, quien="luis")
    m.ver_solicitud(codigo, quien="luis")


@estado("personal.ver")
def detalle_con_una_tarea_respondida(m: Mirada) -> None:
    codigo, cual = _con_tarea(m)
    m.ver_solicitud(codigo, f"/tarea/{cual}", "oscar")
    m.escribir(informacion="Van las actas.")
    m.enviar("Enviar la respuesta")


@estado("personal.ver_bandeja")
def bandeja_con_mis_tareas(m: Mirada) -> None:
    for dia in (23, 25, 27):
        m.mundo.poner(dia)
        _con_tarea(m)
    m.mundo.poner(28)
    m.ingresar("oscar")
    m.ver("/bandeja")


@estado("ciudadano.seguimiento_de")
def seguimiento_con_plazo_ampliado(m: Mirada) -> None:
    con_roles(m.mundo)
    codigo = presentar(m.mundo)
    m.mundo.transitar(codigo, "prorrogar", {"motivo": "Son muchas actas."}, quien="luis")
    m.ver(f"/seguimiento/{codigo}")


@estado("portal.privacidad")
def privacidad_con_conservacion(m: Mirada) -> None:
    con_roles(m.mundo)
    m.ver("/valle-sereno/privacidad")


# --- horario --------------------------------------------------------------------------------------


@estado("horario.ver")
def horario(m: Mirada) -> None:
    m.ingresar("ana")
    m.ver("/bandeja/horario")


@estado("horario.ver", 422)
def horario_con_errores(m: Mirada) -> None:
    horario(m)
    m.persona.escribir("horario-lunes", "temprano")
    m.persona.escribir("horario-martes", "8 a 12")
    m.enviar("Guardar")


# --- altas ----------------------------------------------------------------------------------------


def _alta(m: Mirada, ruc: str, siglas: str) -> str:
    con_plataforma(m.mundo)
    correo = f"{siglas.lower()}@example.com"
    codigo = pedir_acceso(m.mundo, ruc=ruc, siglas=siglas, correo_lider=correo)
    m.mundo.transitar(codigo, "aprobar", quien="sara")
    crear_entidad(m.mundo.entorno)
    return codigo


def _enlace(m: Mirada, codigo: str) -> str:
    m.ver_solicitud(codigo, quien="sara")
    m.enviar("Crear otro enlace")
    return m.persona.leer().split("/invitacion/")[1].split()[0]


@estado("personal.ver")
def detalle_con_una_entidad_creada(m: Mirada) -> None:
    m.ver_solicitud(_alta(m, "20512345671", "MDPL"), quien="sara")


@estado("personal.ver")
def detalle_con_enlace_nuevo(m: Mirada) -> None:
    m.ver_solicitud(_alta(m, "20600987616", "UNR"), quien="sara")
    m.enviar("Crear otro enlace")


@estado("invitacion.ver")
def invitacion(m: Mirada) -> None:
    m.ver(f"/invitacion/{_enlace(m, _alta(m, '20555123419', 'HNR'))}")


@estado("invitacion.ver", 422)
def invitacion_con_clave_mala(m: Mirada) -> None:
    m.ver(f"/invitacion/{_enlace(m, _alta(m, '20512345680', 'IRT'))}")
    m.escribir(nueva="corta")
    m.enviar("Guardar contraseña")


@estado("", 410)
def invitacion_gastada(m: Mirada) -> None:
    ficha = _enlace(m, _alta(m, "20512345698", "OTR"))
    m.ver(f"/invitacion/{ficha}")
    m.escribir(nueva="tortuga lenta 84")
    m.enviar("Guardar contraseña")
    m.ver(f"/invitacion/{ficha}")
