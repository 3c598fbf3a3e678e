"""La respuesta de la entidad: con número y fecha, congelada y en PDF (N09).

La deja el efecto `responder` en la transacción del paso. Su PDF lo hace la cola, una sola vez.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import select

from facilita.definicion import Efecto, Transicion
from facilita.definicion.campos import Campo
from facilita.plazos import a_lima
from facilita.tramite import documentos, reservados
from facilita.tramite.archivos import ficha_de
from facilita.tramite.caso import Caso
from facilita.tramite.modelos import Adjunto, Area, Documento, Movimiento, PorDepositar
from facilita.tramite.numeros import dar_de_serie
from facilita.tramite.por_casilla import RECURSOS
from facilita.tramite.sucesos import mover

TIPO = "respuesta"
SERIE = "respuesta"
FORMATO = "{numero:06d}-{anio}"


@dataclass(frozen=True)
class Respuesta:
    """Una respuesta para ser leída, con su PDF si la cola ya lo hizo."""

    orden: int
    """El de su movimiento."""
    numero: str
    cuando: datetime
    texto: str
    otros: Sequence[Sequence[str]]
    archivos: Sequence[Mapping[str, Any]]
    documento_id: int | None
    """Su PDF; nada mientras se prepara."""
    por_casilla: PorDepositar | None = None
    """Cómo va por la casilla electrónica, si se le notifica por ella."""
    sin_abrir: bool = False
    """Si la persona todavía debe abrirla en su casilla."""


def dejar(caso: Caso, efecto: Efecto, movimiento: Movimiento) -> None:
    """Numera y congela la respuesta que se acaba de dar, y deja pedido su PDF."""
    numero, _ = dar_de_serie(caso.sesion, caso.entorno.reloj, SERIE, FORMATO)
    caso.nombres["numero_respuesta"] = numero
    congelada = _congelar(caso, str(efecto.dato), movimiento, numero)
    suceso = mover(caso, TIPO, {"respuesta": congelada})
    documentos.pedir(caso, TIPO, suceso.orden)
    caso.respuesta = suceso


def _congelar(caso: Caso, cual: str, movimiento: Movimiento, numero: str) -> dict[str, Any]:
    """Todo lo que la respuesta dice, en JSON; no se vuelve a calcular nunca."""
    paso = _paso(caso, movimiento)
    dados, cargo = movimiento.datos.get("campos") or {}, caso.solicitud.cargo
    recursos = dados.get(RECURSOS.id)
    return {
        "formato": 1,
        "entidad": {
            "slug": caso.entidad.slug,
            "nombre": caso.entidad.nombre,
            "ruc": caso.entidad.ruc,
            "unidad": _unidad(caso),
        },
        "respuesta": numero,
        "respondido_en": a_lima(movimiento.cuando).isoformat(),
        "paso": paso.etiqueta,
        "numero": caso.solicitud.numero,
        "numero_propio": caso.solicitud.numero_propio,
        "expediente": caso.expediente,
        "codigo": caso.solicitud.codigo,
        "formulario": caso.definicion.titulo,
        "asunto": caso.solicitud.asunto,
        "presentado_en": cargo["presentado_en"],
        "remitente": caso.solicitud.remitente,
        "tipo_identidad": cargo.get("tipo_identidad"),
        "identidad": cargo.get("identidad"),
        "texto": str(dados[cual]),
        "otros": [
            [c.etiqueta, c.mostrar(dados[c.id]).texto]
            for c in paso.pide
            if c.id != cual and not c.es_archivo and dados.get(c.id) is not None
        ]
        + ([[RECURSOS.etiqueta, recursos]] if recursos else []),
        **({"recursos": recursos} if recursos else {}),
        "archivos": _archivos(caso, movimiento, {c.id: c for c in paso.pide}),
        "base_legal": list(paso.base_legal),
    }


def _paso(caso: Caso, movimiento: Movimiento) -> Transicion:
    pasos = caso.definicion.flujo.transiciones
    return next(t for t in pasos if t.id == movimiento.transicion)


def _unidad(caso: Caso) -> str:
    area = caso.sesion.get(Area, caso.solicitud.area_id) if caso.solicitud.area_id else None
    return area.nombre if area else "Mesa de partes"


def _archivos(
    caso: Caso, movimiento: Movimiento, campos: Mapping[str, Campo]
) -> list[dict[str, Any]]:
    # El movimiento y sus archivos reciben su identidad al escribirse.
    caso.sesion.flush()
    suyos = select(Adjunto).where(Adjunto.movimiento_id == movimiento.id).order_by(Adjunto.orden)
    return [
        {**ficha_de(a), "campo": campos[a.campo].etiqueta if a.campo in campos else "Documento"}
        for a in caso.sesion.scalars(suyos)
    ]


def de_solicitud(caso: Caso) -> tuple[Respuesta, ...]:
    """Las respuestas que se dieron, de la última a la primera."""
    sucesos = caso.sesion.scalars(
        select(Movimiento)
        .where(Movimiento.solicitud_id == caso.solicitud.id, Movimiento.tipo == TIPO)
        .order_by(Movimiento.orden.desc())
    ).all()
    if not sucesos:
        return ()
    solicitud_id = caso.solicitud.id
    suyas = select(PorDepositar).where(PorDepositar.solicitud_id == solicitud_id)
    filas = {f.orden: f for f in caso.sesion.scalars(suyas)}
    ocultas = reservados.de_solicitud(caso.sesion, solicitud_id).respuestas if filas else ()
    hechos = _documentos_hechos(caso)
    return tuple(
        replace(
            _vista(s, hechos.get(s.orden)),
            por_casilla=filas.get(s.orden),
            sin_abrir=s.orden in ocultas,
        )
        for s in sucesos
    )


def _documentos_hechos(caso: Caso) -> dict[int, int]:
    filas = caso.sesion.execute(
        select(Documento.orden, Documento.id).where(
            Documento.solicitud_id == caso.solicitud.id,
            Documento.clase == TIPO,
            Documento.situacion == "hecho",
        )
    ).all()
    return {f[0]: f[1] for f in filas}


def _vista(suceso: Movimiento, documento_id: int | None) -> Respuesta:
    datos = suceso.datos["respuesta"]
    return Respuesta(
        orden=suceso.orden,
        numero=datos["respuesta"],
        cuando=datetime.fromisoformat(datos["respondido_en"]),
        texto=datos["texto"],
        otros=datos["otros"],
        archivos=datos["archivos"],
        documento_id=documento_id,
    )
