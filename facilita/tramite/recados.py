"""Los correos al personal: una tarea que espera, una que ya se respondió."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import ColumnElement, or_, select

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


def _vence(tarea: Tarea) -> date:
    return Computo.de_json(tarea.cuenta).vence


def _enlace(caso: Caso) -> str:
    return f"{caso.entorno.direccion_publica}/bandeja/{caso.solicitud.id}"


def _quienes(caso: Caso, tarea: Tarea) -> Sequence[Persona]:
    consulta = (
        select(Usuario.id, Usuario.correo, Usuario.nombres)
        .join(Membresia, Membresia.usuario_id == Usuario.id)
        .where(Usuario.activo, Membresia.activa, _le_toca(caso, tarea))
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
