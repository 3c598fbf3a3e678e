"""El recorrido de una solicitud contado en palabras, para cada quien lo que le toca ver."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from facilita.plazos import a_lima, fecha_larga
from facilita.tramite.archivos import ficha_de
from facilita.tramite.caso import Caso
from facilita.tramite.modelos import Adjunto, Movimiento

DEL_PERSONAL = frozenset({"nota", "asignado", "sin_acuse"})
SIN_HITO = frozenset({"constancia"})
"""Los movimientos que acompañan a otro y no se cuentan aparte."""
DEL_CIUDADANO = frozenset({"motivo", "correo_nuevo", "identidad_nueva"})
"""Los datos de un suceso que lee el ciudadano; los demás son del personal."""
PUBLICOS = frozenset({"presentado", "transicion", "a_tiempo"})


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


def recorrido(caso: Caso, para: str) -> tuple[Hito, ...]:
    """Los hitos para «publico» (sin textos), «ciudadano» (sin lo interno) o «personal»."""
    movimientos = caso.sesion.scalars(
        select(Movimiento)
        .where(Movimiento.solicitud_id == caso.solicitud.id)
        .order_by(Movimiento.orden)
    ).all()
    visibles = [m for m in movimientos if _se_ve(m, para)]
    adjuntos = _adjuntos(caso, visibles) if para != "publico" else {}
    return tuple(_hito(caso, m, para, adjuntos.get(m.id, ())) for m in visibles)


def hito_de(caso: Caso, movimiento: Movimiento) -> Hito:
    """Un solo suceso, como lo lee el ciudadano."""
    archivos = _adjuntos(caso, [movimiento]).get(movimiento.id, ())
    return _hito(caso, movimiento, "ciudadano", archivos)


def _se_ve(movimiento: Movimiento, para: str) -> bool:
    if para == "personal":
        return movimiento.tipo not in SIN_HITO
    if para == "publico":
        return movimiento.tipo in PUBLICOS
    return movimiento.tipo not in DEL_PERSONAL | SIN_HITO


def _adjuntos(
    caso: Caso, movimientos: Sequence[Movimiento]
) -> dict[int, tuple[Mapping[str, Any], ...]]:
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
    )


def _titulo(caso: Caso, m: Movimiento, para: str) -> str:
    if m.tipo == "transicion" and m.a:
        corrige = any(
            t.id == m.transicion and t.acto == "subsanacion"
            for t in caso.definicion.flujo.transiciones
        )
        return "Corrección recibida" if corrige else caso.definicion.flujo.estados[m.a].etiqueta
    if m.tipo == "notificado":
        return _TITULOS_DE_CANAL.get(m.datos.get("canal", ""), "Notificado")
    if m.tipo == "derivado" and para != "personal":
        return f"Se derivó a {m.datos['area']}"
    return TITULOS.get(m.tipo, m.tipo)


TITULOS = {
    "presentado": "Presentado",
    "derivado": "Derivado a un área",
    "asignado": "Asignado",
    "nota": "Nota interna",
    "sin_acuse": "Falta notificar por cédula",
    "a_tiempo": "La corrección llegó a tiempo",
}
_TITULOS_DE_CANAL = {
    "enlace": "Notificación abierta",
    "expediente": "Notificación abierta",
    "cedula": "Notificado por cédula",
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
    if "quedaban" in m.datos:
        textos.append(("Plazo", _plazo_que_sigue(m.datos["quedaban"])))
    if m.tipo == "notificado" and m.datos.get("el"):
        textos.append(("Día", fecha_larga(_dia(m.datos["el"]))))
    cambiados = [c for c in m.datos.get("cambiados", ()) if c in caso.definicion.campos]
    if cambiados:
        nombres = ", ".join(caso.definicion.campos[c].etiqueta for c in cambiados)
        textos.append(("Se corrigió", nombres))
    return textos


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
    "correo_nuevo": "Los avisos van desde ahora a",
    "identidad_nueva": "El expediente se abre desde ahora con",
}


def _pedidos(caso: Caso, m: Movimiento) -> list[tuple[str, str]]:
    respondido = m.datos.get("campos") or {}
    transicion = next((t for t in caso.definicion.flujo.transiciones if t.id == m.transicion), None)
    if transicion is None:
        return []
    return [
        (campo.etiqueta, campo.mostrar(respondido[campo.id]).texto)
        for campo in transicion.pide
        if not campo.es_archivo and respondido.get(campo.id) is not None
    ]


def _dia(texto: str) -> date:
    return a_lima(datetime.fromisoformat(texto)).date()
