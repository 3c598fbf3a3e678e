"""El recorrido de una solicitud contado en palabras, para cada quien lo que le toca ver."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from facilita.definicion.campos import Campo
from facilita.plazos import Computo, a_lima, fecha_larga
from facilita.tramite import reservados
from facilita.tramite.archivos import ficha_de
from facilita.tramite.caso import Caso
from facilita.tramite.modelos import Adjunto, Movimiento, Termino
from facilita.tramite.porques import del_suceso

DE_TAREA = frozenset(
    {
        "tarea_abierta", "tarea_respondida", "tarea_retirada", "tarea_cerrada",
        "tarea_recalculada",
    }
)  # fmt: skip
DE_PLAZO = frozenset({"plazo_ampliado", "recalculado", "tarea_recalculada"})
DEL_PERSONAL = DE_TAREA | {
    "nota",
    "asignado",
    "sin_acuse",
    "invitacion_renovada",
    "respuesta_sin_casilla",
}
"""Los movimientos que la persona no ve, ni sus archivos."""
EN_CASILLA = "Se te notifica en tu casilla electrónica: ábrela ahí."
SIN_HITO = frozenset({"constancia", "respuesta"})
"""Los movimientos que acompañan a otro y no se cuentan aparte."""
DEL_CIUDADANO = frozenset(
    {
        "motivo",
        "norma",
        "correo_nuevo",
        "identidad_nueva",
        "finalidad",
        "consecuencia",
        "asunto_notificado",
        "constancia",
    }
)
"""Los datos de un suceso que lee el ciudadano; los demás son del personal."""
PUBLICOS = frozenset({"presentado", "transicion", "a_tiempo", "plazo_ampliado", "recalculado"})


@dataclass(frozen=True)
class Hito:
    """Un suceso del recorrido: su título, cuándo, quién y lo que se dijo."""

    orden: int
    titulo: str
    cuando: datetime
    quien: str
    textos: tuple[tuple[str, str], ...] = ()
    observaciones: tuple[Mapping[str, str], ...] = ()
    archivos: tuple[Mapping[str, Any], ...] = ()
    interno: bool = False
    frase: str = ""
    """El suceso contado en una frase, para la persona."""


def recorrido(caso: Caso, para: str) -> tuple[Hito, ...]:
    """Los hitos para «publico» (sin textos), «ciudadano» (sin lo interno) o «personal»."""
    movimientos = caso.sesion.scalars(
        select(Movimiento)
        .where(Movimiento.solicitud_id == caso.solicitud.id)
        .order_by(Movimiento.orden)
    ).all()
    visibles = [m for m in movimientos if _se_ve(m, para)]
    ocultos = _ocultos(caso, para)
    con_archivos = [m for m in visibles if m.id not in ocultos]
    adjuntos = adjuntos_de(caso, con_archivos) if para != "publico" else {}
    hitos = ((m, _hito(caso, m, para, adjuntos.get(m.id, ()))) for m in visibles)
    return tuple(_sin_abrir(h) if m.id in ocultos and m.transicion else h for m, h in hitos)


def _ocultos(caso: Caso, para: str) -> frozenset[int]:
    """Los movimientos cuyo contenido la persona abre en su casilla, y todavía no lo hizo (N51)."""
    if para != "ciudadano":
        return frozenset()
    return reservados.de_solicitud(caso.sesion, caso.solicitud.id).movimientos


def _sin_abrir(hito: Hito) -> Hito:
    return replace(hito, textos=(("Respuesta", EN_CASILLA),))


def hito_de(caso: Caso, movimiento: Movimiento) -> Hito:
    """Un solo suceso, como lo lee el ciudadano."""
    archivos = adjuntos_de(caso, [movimiento]).get(movimiento.id, ())
    return _hito(caso, movimiento, "ciudadano", archivos)


def _se_ve(movimiento: Movimiento, para: str) -> bool:
    if para == "personal":
        return movimiento.tipo not in SIN_HITO
    if para == "publico":
        return movimiento.tipo in PUBLICOS
    return movimiento.tipo not in DEL_PERSONAL | SIN_HITO


def adjuntos_de(
    caso: Caso, movimientos: Sequence[Movimiento]
) -> dict[int, tuple[Mapping[str, Any], ...]]:
    """Los archivos que acompañan a cada movimiento, por su id."""
    ids = [m.id for m in movimientos]
    grupos: dict[int, list[Mapping[str, Any]]] = {}
    consulta = select(Adjunto).where(Adjunto.movimiento_id.in_(ids)).order_by(Adjunto.orden)
    for adjunto in caso.sesion.scalars(consulta):
        grupos.setdefault(adjunto.movimiento_id or 0, []).append(ficha_de(adjunto))
    return {clave: tuple(valor) for clave, valor in grupos.items()}


def _hito(caso: Caso, m: Movimiento, para: str, archivos: tuple[Mapping[str, Any], ...]) -> Hito:
    con_textos = para != "publico"
    return Hito(
        orden=m.orden,
        titulo=_titulo(caso, m, para),
        cuando=m.cuando,
        quien=_quien(caso, m, para),
        textos=tuple(_textos(caso, m, para)) if con_textos else (),
        observaciones=tuple(m.datos.get("observaciones", ())) if con_textos else (),
        archivos=archivos,
        interno=m.tipo in DEL_PERSONAL,
        frase="" if para == "personal" else del_suceso(caso, m),
    )


def _titulo(caso: Caso, m: Movimiento, para: str) -> str:
    if m.tipo == "transicion" and m.a:
        return _de_transicion(caso, m, m.a)
    if m.tipo == "notificado":
        return _TITULOS_DE_CANAL.get(m.datos.get("canal", ""), "Notificado")
    if m.tipo in DE_TAREA:
        tarea = caso.definicion.tareas.get(m.datos["tarea"])
        return f"{TITULOS[m.tipo]}: {tarea.etiqueta if tarea else m.datos['tarea']}"
    if m.tipo == "mensaje":
        return _TITULOS_DE_MENSAJE[para == "personal", m.quien == "ciudadano"]
    if m.tipo == "derivado" and para != "personal":
        return f"Se derivó a {m.datos['area']}"
    return TITULOS.get(m.tipo, m.tipo)


def _de_transicion(caso: Caso, m: Movimiento, a: str) -> str:
    flujo = caso.definicion.flujo
    paso = next((t for t in flujo.transiciones if t.id == m.transicion), None)
    if paso and paso.acto == "subsanacion":
        return "Corrección recibida"
    # Un paso que no cambia el estado se cuenta por su nombre.
    return paso.etiqueta if paso and m.de == a else flujo.estados[a].etiqueta


TITULOS = {
    "presentado": "Presentado",
    "derivado": "Derivado a un área",
    "asignado": "Asignado",
    "nota": "Nota interna",
    "sin_acuse": "Falta notificar por cédula",
    "depositado": "Notificación depositada en la casilla electrónica",
    "respuesta_sin_casilla": "La respuesta no se pudo depositar en la casilla: va por correo",
    "abierto_en_casilla": "Notificación abierta en la casilla",
    "efecto_recontado": "La notificación de la casilla surte efecto otro día",
    "a_tiempo": "La corrección llegó a tiempo",
    "plazo_ampliado": "Plazo ampliado",
    "recalculado": "Plazo contado otra vez",
    "entidad_creada": "Entidad creada",
    "sistema_registrado": "Sistema propio registrado",
    "consentimiento_retirado": "Consentimiento retirado",
    "consentimiento_dado": "Consentimiento dado otra vez",
    "invitacion_renovada": "Enlace nuevo para el líder",
    "tarea_abierta": "Tarea abierta",
    "tarea_respondida": "Tarea respondida",
    "tarea_retirada": "Tarea sin efecto",
    "tarea_cerrada": "Tarea cerrada porque el trámite terminó",
    "tarea_recalculada": "Plazo de la tarea contado otra vez",
}
_TITULOS_DE_MENSAJE = {
    (False, True): "Escribiste un mensaje",
    (False, False): "Te escribieron un mensaje",
    (True, True): "Mensaje de la persona",
    (True, False): "Mensaje a la persona",
}
_TITULOS_DE_CANAL = {
    "enlace": "Notificación abierta",
    "expediente": "Notificación abierta",
    "cedula": "Notificado por cédula",
    "casilla": "Notificación abierta en la casilla",
    "sin_abrir": "Notificado: nadie la abrió en la casilla en 5 días hábiles",
}


def _quien(caso: Caso, m: Movimiento, para: str) -> str:
    if m.quien == "ciudadano":
        return "Ciudadano" if para == "personal" else "Tú"
    if m.quien == "reloj":
        return "El sistema, al vencer el plazo" if m.tipo == "transicion" else "El sistema"
    if para == "personal" and m.usuario:
        return m.usuario.nombres
    return caso.entidad.nombre_corto


def _textos(caso: Caso, m: Movimiento, para: str) -> list[tuple[str, str]]:
    """Cada dato del movimiento con su nombre, como los lee una persona."""
    textos = _pedidos(caso, m)
    for clave, nombre in _DATOS.items():
        valor = m.datos.get(clave)
        if valor and (para == "personal" or clave in DEL_CIUDADANO):
            textos.append((nombre, str(valor)))
    if m.tipo in DE_PLAZO:
        textos += _de_plazo(m)
    if m.quien == "reloj" and m.transicion:
        textos += _de_lo_vencido(caso, m.transicion)
    if "quedaban" in m.datos:
        textos.append(("Plazo", _plazo_que_sigue(m.datos["quedaban"])))
    if m.tipo in ("notificado", "efecto_recontado") and m.datos.get("el"):
        de_casilla = m.tipo == "efecto_recontado" or m.datos.get("canal") in (
            "casilla",
            "sin_abrir",
        )
        nombre = "Surte efecto el" if de_casilla else "Día"
        textos.append((nombre, fecha_larga(_dia(m.datos["el"]))))
    cambiados = [c for c in m.datos.get("cambiados", ()) if c in caso.definicion.campos]
    if cambiados:
        nombres = ", ".join(caso.definicion.campos[c].etiqueta for c in cambiados)
        textos.append(("Se corrigió", nombres))
    return textos


def _de_plazo(m: Movimiento) -> list[tuple[str, str]]:
    """Las dos fechas y la cuenta de la nueva, cuando un plazo cambia."""
    antes, ahora = Computo.de_json(m.datos["antes"]), Computo.de_json(m.datos["ahora"])
    textos = [("Vencía el", fecha_larga(antes.vence)), ("Vence el", fecha_larga(ahora.vence))]
    if m.datos.get("dias"):
        textos.insert(0, ("Días hábiles que se agregan", str(m.datos["dias"])))
    return [*textos, ("Cómo se cuenta", ahora.explicar())]


def _de_lo_vencido(caso: Caso, clase: str) -> list[tuple[str, str]]:
    """La cuenta del plazo que terminó, cuando el reloj dio el paso."""
    vencido = caso.sesion.scalar(
        select(Termino)
        .where(
            Termino.solicitud_id == caso.solicitud.id,
            Termino.clase == clase,
            Termino.situacion == "vencido",
        )
        .order_by(Termino.id.desc())
        .limit(1)
    )
    return [("Por qué", Computo.de_json(vencido.cuenta).explicar())] if vencido else []


def _plazo_que_sigue(quedaban: int) -> str:
    if quedaban < 1:
        return "Ya había terminado al cerrarse: se cuenta 1 día hábil desde el siguiente."
    dias = "1 día hábil" if quedaban == 1 else f"{quedaban} días hábiles"
    return f"Sigue donde quedó al cerrarse: {dias} desde el siguiente."


_DATOS = {
    "area": "Área",
    "comentario": "Comentario interno",
    "usuario": "A cargo de",
    "texto": "Nota",
    "motivo": "Motivo",
    "para": "Para",
    "nombre": "Entidad",
    "norma": "Norma",
    "asunto_notificado": "Qué se notifica",
    "constancia": "Constancia de depósito",
    "finalidad": "Consentimiento",
    "consecuencia": "Qué cambia",
    "correo_nuevo": "Los avisos van desde ahora a",
    "identidad_nueva": "El expediente se abre desde ahora con",
}


def _pedidos(caso: Caso, m: Movimiento) -> list[tuple[str, str]]:
    respondido = m.datos.get("campos") or {}
    return [
        (campo.etiqueta, campo.mostrar(respondido[campo.id]).texto)
        for campo in _campos_de(caso, m)
        if not campo.es_archivo and respondido.get(campo.id) is not None
    ]


def _campos_de(caso: Caso, m: Movimiento) -> Sequence[Campo]:
    """Los campos que pidió el paso o la tarea del movimiento."""
    if m.tipo in DE_TAREA:
        tarea = caso.definicion.tareas.get(m.datos["tarea"])
        if tarea is None:
            return ()
        return tarea.responde if m.tipo == "tarea_respondida" else tarea.pide
    flujo = caso.definicion.flujo
    return next((t.pide for t in flujo.transiciones if t.id == m.transicion), ())


def _dia(texto: str) -> date:
    return a_lima(datetime.fromisoformat(texto)).date()
