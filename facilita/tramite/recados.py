"""Los correos al personal (una tarea, un mensaje, algo que hizo la persona) y los avisos breves."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import ColumnElement, and_, or_, select

from facilita.definicion import Tarea as Declarada
from facilita.plazos import Computo, fecha_larga
from facilita.tramite.caso import Caso
from facilita.tramite.correos import dejar
from facilita.tramite.encargos import Encargado, Titular, encargados
from facilita.tramite.modelos import Membresia, Tarea, Usuario

Persona = tuple[int, str, str]


def de_tarea_abierta(caso: Caso, tarea: Tarea, declarada: Declarada) -> None:
    """Avisa a quienes pueden responderla."""
    plazo = f"\nVence el {fecha_larga(_vence(tarea))}.\n" if tarea.cuenta else "\n"
    for usuario_id, correo, nombres in _quienes(caso, tarea):
        texto = (
            f"Hola, {nombres}:\n\nTe pidieron: {declarada.etiqueta}.\n"
            f"Registro {caso.solicitud.numero}: {caso.solicitud.asunto}.\n{plazo}"
            f"\nRespóndela aquí: {_enlace(caso)}\n"
        )
        asunto = f"{declarada.etiqueta}: registro {caso.solicitud.numero}"
        _escribir(caso, f"tarea-{tarea.id}.{usuario_id}", correo, asunto, texto)


def de_tarea_respondida(caso: Caso, tarea: Tarea, declarada: Declarada) -> None:
    """Avisa a quien la abrió."""
    quien = caso.sesion.get_one(Usuario, tarea.abierta_por_id)
    texto = (
        f"Hola, {quien.nombres}:\n\nRespondieron tu tarea: {declarada.etiqueta}.\n"
        f"Registro {caso.solicitud.numero}: {caso.solicitud.asunto}.\n\n"
        f"La respuesta está aquí: {_enlace(caso)}\n"
    )
    asunto = f"Respondida: {declarada.etiqueta}, registro {caso.solicitud.numero}"
    _escribir(caso, f"tarea-{tarea.id}.respondida", quien.correo, asunto, texto)


def de_mensaje_al_personal(caso: Caso, orden: int) -> None:
    """Avisa a quien atiende que la persona escribió; lo escrito se lee adentro."""
    numero = caso.solicitud.numero
    texto = (
        f"Llegó un mensaje sobre el registro {numero}.\n\n"
        f"Léelo y respóndelo aquí: {_enlace(caso)}/mensajes\n"
    )
    a_quien_atiende(caso, f"mensaje-{orden}", f"Mensaje sobre el registro {numero}", texto)


def de_mensaje_a_la_persona(caso: Caso, orden: int) -> None:
    """Avisa a la persona que la entidad le escribió; lo escrito se lee en su expediente."""
    solicitud = caso.solicitud
    if not solicitud.correo:
        return
    enlace = f"{caso.entorno.direccion_publica}/seguimiento/{solicitud.codigo}"
    texto = (
        f"{caso.entidad.nombre} te escribió un mensaje sobre tu registro {solicitud.numero}.\n\n"
        "Por tu privacidad no va en este correo. Léelo y respóndelo en tu expediente, con tu "
        f"número de documento:\n{enlace}\n\n"
        "Este aviso no es una notificación: no empieza ningún plazo.\n"
    )
    asunto = f"Tienes un mensaje: registro {solicitud.numero}"
    clave = f"{solicitud.id}.{orden}.mensaje"
    dejar(caso, clave, solicitud.correo, asunto, f"{texto}\n--\n{caso.entidad.nombre}\n")


def de_cedula(caso: Caso, notificacion_id: int) -> None:
    """Avisa a quien atiende que nadie abrió la notificación: hay que hacerla en papel (N54)."""
    numero = caso.solicitud.numero
    texto = (
        f"Nadie abrió a tiempo la notificación del registro {numero}. Hay que notificarla por "
        f"cédula y anotar el día aquí: {_enlace(caso)}\n"
    )
    asunto = f"Notifica por cédula: registro {numero}"
    a_quien_atiende(caso, f"cedula-{notificacion_id}", asunto, texto)


def de_correccion(caso: Caso, orden: int) -> None:
    """Avisa a quien atiende que la persona corrigió lo observado: el plazo corre otra vez."""
    numero = caso.solicitud.numero
    texto = (
        f"La persona corrigió lo observado en el registro {numero}. El plazo para resolver corre "
        f"otra vez.\n\nMira qué cambió: {_enlace(caso)}\n"
    )
    a_quien_atiende(caso, f"correccion-{orden}", f"Corrigieron el registro {numero}", texto)


def a_quien_atiende(caso: Caso, que: str, asunto: str, texto: str) -> None:
    """Escribe a quien la tiene a su cargo; si nadie, a su área; si no, a quien coordina."""
    for usuario_id, correo, nombres in _al_cargo(caso):
        clave = f"{caso.solicitud.id}.{que}.u{usuario_id}"
        _escribir(caso, clave, correo, asunto, f"Hola, {nombres}:\n\n{texto}")


def _al_cargo(caso: Caso) -> Sequence[Persona]:
    s = caso.solicitud
    de_su_sede = or_(Membresia.sede_id.is_(None), Membresia.sede_id == s.sede_id)
    coordina_sede = and_(Membresia.rol == "coordinador_sede", Membresia.sede_id == s.sede_id)
    intentos = (
        Usuario.id == s.asignada_id,
        # Sin área no hay a quién buscar: «sin área» no es un área.
        and_(Membresia.area_id == (s.area_id or 0), de_su_sede),
        or_(Membresia.rol == "coordinador_entidad", coordina_sede),
    )
    hallados = (_personas(caso, quienes) for quienes in intentos)
    return next((personas for personas in hallados if personas), ())


def _vence(tarea: Tarea) -> date:
    return Computo.de_json(tarea.cuenta).vence


def _enlace(caso: Caso) -> str:
    return f"{caso.entorno.direccion_publica}/bandeja/{caso.solicitud.id}"


def _quienes(caso: Caso, tarea: Tarea) -> Sequence[Persona]:
    return _personas(caso, _le_toca(caso, tarea))


def _personas(caso: Caso, quienes: ColumnElement[bool]) -> Sequence[Persona]:
    consulta = (
        select(Usuario.id, Usuario.correo, Usuario.nombres)
        .join(Membresia, Membresia.usuario_id == Usuario.id)
        .where(Usuario.activo, Membresia.activa, quienes)
        .order_by(Usuario.id)
    )
    return [(f[0], f[1], f[2]) for f in caso.sesion.execute(consulta)]


def _le_toca(caso: Caso, tarea: Tarea) -> ColumnElement[bool]:
    if tarea.rol in caso.definicion.roles:
        elegido = Titular(tarea.usuario_id, tarea.area_id)
        todos = encargados(caso.sesion, tarea.formulario_id, tarea.rol)
        return _alguno([e for e in todos if elegido in (Titular(), e.titular)])
    if tarea.rol == "atiende":
        return Usuario.id == caso.solicitud.asignada_id
    coordina = Membresia.rol.in_(("coordinador_entidad", "coordinador_sede"))
    return coordina if tarea.rol == "coordinador" else Membresia.rol == tarea.rol


def _alguno(quienes: Sequence[Encargado]) -> ColumnElement[bool]:
    personas = [e.titular.usuario_id for e in quienes if not e.es_area]
    areas = [e.titular.area_id for e in quienes if e.es_area]
    return or_(Usuario.id.in_(personas), Membresia.area_id.in_(areas))


def _escribir(caso: Caso, clave: str, para: str, asunto: str, texto: str) -> None:
    pie = f"\n--\n{caso.entidad.nombre}\n"
    dejar(caso, clave, para, asunto, texto + pie, del_personal=True)
