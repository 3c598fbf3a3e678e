"""El acto que se notifica por casilla: qué se le pide al personal y qué queda congelado (N55)."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select

from facilita.definicion.campos import Campo, crear_campo
from facilita.plazos import a_lima, fecha_larga, fecha_lima
from facilita.tramite import firmados
from facilita.tramite.archivos import Subida, ficha_de
from facilita.tramite.cargo import representante
from facilita.tramite.caso import Caso
from facilita.tramite.destinatarios import Identidad
from facilita.tramite.firmados import PorImprimir
from facilita.tramite.modelos import Adjunto, Movimiento
from facilita.tramite.por_casilla import RECURSOS
from facilita.tramite.transiciones import Pedido

SIN_RECURSOS = "La respuesta no indica recursos: pregunta a la entidad si procede alguno."
DOCUMENTOS, TEXTO, NORMA = "documentos_del_acto", "texto_del_acto", "norma_obligatoria"
_DATOS: Sequence[Mapping[str, Any]] = (
    {
        "id": "asunto_del_acto", "tipo": "texto", "etiqueta": "Qué se notifica",
        "ayuda": "El nombre y el número del acto: es lo primero que leerá la persona.",
        "ejemplo": "Resolución Gerencial N.° 123-2026", "obligatorio": True, "largo_maximo": 200,
    },
    {
        "id": "unidad_emisora", "tipo": "texto", "etiqueta": "Unidad que lo emite",
        "obligatorio": True, "largo_maximo": 150,
    },
    {
        "id": "mensaje_del_acto", "tipo": "parrafo", "etiqueta": "Mensaje",
        "ayuda": "En palabras sencillas: qué se decidió y qué puede hacer la persona.",
        "obligatorio": True, "largo_maximo": 4000,
    },
)  # fmt: skip
_DOCUMENTOS: Sequence[Mapping[str, Any]] = (
    {
        "id": DOCUMENTOS, "tipo": "archivo", "etiqueta": "Documentos",
        "ayuda": "El acto en PDF y lo que lo acompaña. Sin un PDF, escribe su texto abajo.",
        "tipos": ["pdf"], "cantidad_maxima": 10, "tamano_maximo": 20,
    },
    {
        "id": TEXTO, "tipo": "parrafo", "etiqueta": "Texto del acto",
        "ayuda": "Solo si no adjuntas el acto: haremos un PDF con este texto.",
        "largo_maximo": 20000,
    },
)  # fmt: skip
CAMPOS: tuple[Campo, ...] = (
    *(crear_campo(dato) for dato in _DATOS),
    RECURSOS,
    *(crear_campo(dato) for dato in _DOCUMENTOS),
)
CAMPO_NORMA = crear_campo(
    {
        "id": NORMA,
        "tipo": "texto",
        "etiqueta": "Norma que hace obligatoria la casilla",
        "ayuda": (
            "La persona no consintió en su solicitud. Cita la norma que permite notificarla así; "
            "queda en la constancia."
        ),
        "ejemplo": "Decreto Supremo N.° 000-2026, artículo 5",
        "obligatorio": True,
        "largo_minimo": 8,
        "largo_maximo": 200,
    }
)


def campos_para(*, con_norma: bool) -> tuple[Campo, ...]:
    """Lo que se pide; la norma, solo si falta el consentimiento (N50)."""
    return (*CAMPOS, CAMPO_NORMA) if con_norma else CAMPOS


def en_pdf(caso: Caso, escrito: Mapping[str, str]) -> bytes:
    """El PDF del acto que se escribió en vez de adjuntarlo, con su sello; lanza `Conflicto`."""
    texto, entidad = escrito[TEXTO], caso.entidad
    parrafos = [p.strip() for p in texto.replace("\r\n", "\n").split("\n") if p.strip()]
    datos = {
        "titulo": escrito.get("asunto_del_acto") or "Acto notificado",
        "entidad": {
            "nombre": entidad.nombre,
            "ruc": entidad.ruc,
            "unidad": escrito.get("unidad_emisora") or None,
            "direccion": entidad.direccion,
        },
        "datos": [
            ["Expediente", caso.expediente],
            ["Registro", caso.solicitud.numero],
            ["Persona", caso.solicitud.remitente],
            ["Fecha", fecha_larga(fecha_lima(caso.ahora))],
        ],
        "secciones": [{"titulo": "Texto", "parrafos": parrafos}],
        "pie": f"{entidad.nombre} · Expediente {caso.expediente}",
    }
    congelado = {
        "numero": caso.solicitud.numero,
        "codigo": caso.solicitud.codigo,
        "entidad": {"nombre": entidad.nombre, "slug": entidad.slug},
        "al": a_lima(caso.ahora).isoformat(),
        "parrafos": parrafos,
    }
    papel = PorImprimir(
        clase="acto",
        entidad=entidad.slug,
        codigo=caso.solicitud.codigo,
        numero=caso.solicitud.numero,
        fecha=caso.ahora,
        datos=datos,
        congelado=congelado,
    )
    return firmados.imprimir(caso.entorno, papel)


def congelar(
    caso: Caso, persona: Identidad, movimiento: Movimiento, pedido: Pedido
) -> dict[str, Any]:
    """Todo lo notificado, en JSON; no se vuelve a calcular nunca."""
    valores = pedido.valores
    return {
        **_de_quien(caso, persona),
        "unidad": valores["unidad_emisora"],
        "asunto": valores["asunto_del_acto"],
        "mensaje": valores["mensaje_del_acto"],
        "recursos": valores[RECURSOS.id],
        "documentos": _documentos(caso, movimiento),
    }


def congelar_respuesta(
    caso: Caso, persona: Identidad, movimiento: Movimiento, respuesta: Mapping[str, Any]
) -> dict[str, Any]:
    """Lo mismo, de una respuesta del flujo: sus datos ya están congelados (N09, N55)."""
    return {
        **_de_quien(caso, persona),
        "unidad": respuesta["entidad"]["unidad"],
        "asunto": movimiento.datos["asunto_notificado"],
        "mensaje": respuesta["texto"],
        "recursos": respuesta.get("recursos") or SIN_RECURSOS,
        "documentos": _documentos(caso, movimiento),
    }


def _de_quien(caso: Caso, persona: Identidad) -> dict[str, Any]:
    """De qué entidad, expediente y persona es el acto."""
    return {
        "formato": 1,
        "entidad": {
            "nombre": caso.entidad.nombre, "nombre_corto": caso.entidad.nombre_corto,
            "ruc": caso.entidad.ruc, "slug": caso.entidad.slug, "correo": caso.entidad.correo,
        },
        "expediente": caso.expediente,
        "registro": caso.solicitud.numero,
        "codigo": caso.solicitud.codigo,
        "persona": {"tipo": persona.tipo, "numero": persona.numero, "nombres": persona.nombres},
        "representante": representante(caso.definicion, caso.respuestas),
    }  # fmt: skip


def _documentos(caso: Caso, movimiento: Movimiento) -> list[dict[str, Any]]:
    caso.sesion.flush()
    suyos = select(Adjunto).where(Adjunto.movimiento_id == movimiento.id).order_by(Adjunto.orden)
    return [ficha_de(adjunto) for adjunto in caso.sesion.scalars(suyos)]


def subida_de(entorno_almacen: Any, entidad: str, pdf: bytes) -> Subida:
    """Guarda el PDF recién hecho como si se hubiera adjuntado."""
    with entorno_almacen.recibir() as recepcion:
        recepcion.write(pdf)
        return Subida(
            campo=DOCUMENTOS, nombre="acto.pdf",
            clave=entorno_almacen.guardar(recepcion, entidad), sha256=recepcion.sha256,
            tamano=recepcion.tamano, tipo="pdf", mime="application/pdf", paginas=None, marcas=(),
        )  # fmt: skip
