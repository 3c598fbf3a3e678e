"""El cargo: los datos que se congelan al presentar y valen como el sello en el papel (N20)."""

from collections.abc import Mapping
from typing import Any

from facilita.definicion import Definicion, Respuestas
from facilita.plazos import Computo, a_lima
from facilita.servicios.sello import huella_de
from facilita.tramite.caso import Caso

CANAL = "Mesa de partes digital"
LARGO_DE_IDENTIDAD = 60


def congelar(caso: Caso, plazo: Computo, sede: str | None) -> dict[str, Any]:
    """Todo lo que el cargo dice, en JSON; no se vuelve a calcular nunca."""
    solicitud, entidad = caso.solicitud, caso.entidad
    definicion, respuestas = caso.definicion, caso.respuestas
    horario = entidad.horario_de(definicion)
    return {
        "formato": 1,
        "entidad": {
            "slug": entidad.slug,
            "nombre": entidad.nombre,
            "ruc": entidad.ruc,
            "unidad": sede or "Mesa de partes",
            "direccion": entidad.direccion,
            "correo": entidad.correo,
            "telefono": entidad.telefono,
        },
        "formulario": definicion.titulo,
        "version": {"numero": solicitud.version.numero, "digest": definicion.digest},
        "numero": solicitud.numero,
        "numero_propio": solicitud.numero_propio,
        "expediente": caso.expediente,
        "codigo": solicitud.codigo,
        "presentado_en": a_lima(solicitud.presentado_en).isoformat(),
        "dentro_de_horario": horario.dentro(solicitud.presentado_en, caso.calendario),
        "horario": horario.texto(),
        "canal": CANAL,
        "remitente": solicitud.remitente,
        "identidad": _mostrado(definicion, respuestas, "identidad"),
        "tipo_identidad": _mostrado(definicion, respuestas, "tipo_documento_identidad"),
        "ruc": _mostrado(definicion, respuestas, "ruc"),
        "representante": representante(definicion, respuestas),
        "destinatario": _mostrado(definicion, respuestas, "destinatario"),
        "documento": documento(definicion, respuestas),
        "asunto": solicitud.asunto,
        "folios": _valor(definicion, respuestas, "folios"),
        "archivos": archivos(definicion, respuestas),
        "respuestas": huella_de(respuestas.a_json()),
        "plazo": plazo.a_json(),
        "observaciones": "Sin observaciones al momento de la recepción.",
        "firma": None,
    }


def archivos(definicion: Definicion, respuestas: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Los archivos presentados, con su campo, tamaño, páginas y huella."""
    return [
        {**ficha, "campo": campo.etiqueta}
        for campo in definicion.campos.values()
        if campo.es_archivo
        for ficha in respuestas.get(campo.id) or ()
    ]


def remitente(definicion: Definicion, respuestas: Respuestas) -> str:
    """Quién presenta: la organización si la hay, o la persona con su nombre completo."""
    organizacion = _valor(definicion, respuestas, "razon_social")
    return str(organizacion or _persona(definicion, respuestas) or "Sin nombre")[:250]


def representante(definicion: Definicion, respuestas: Respuestas) -> str | None:
    """La persona que presenta por una organización, con su cargo si lo dijo."""
    if not _valor(definicion, respuestas, "razon_social"):
        return None
    cargo = _valor(definicion, respuestas, "representante")
    persona = _persona(definicion, respuestas)
    return f"{persona}, {cargo}" if cargo else persona


def documento(definicion: Definicion, respuestas: Respuestas) -> str:
    """La naturaleza del documento, con su número si lo tiene."""
    tipo = _mostrado(definicion, respuestas, "tipo_documento") or definicion.titulo
    numero = _valor(definicion, respuestas, "numero_documento")
    return f"{tipo} {numero}" if numero else tipo


def identidad(definicion: Definicion, respuestas: Respuestas) -> str:
    """Con qué, además del código, se abre el expediente completo: el documento o el correo."""
    numero = _valor(definicion, respuestas, "identidad") or _valor(definicion, respuestas, "correo")
    return normalizar_identidad(str(numero or ""))


def normalizar_identidad(texto: str) -> str:
    """El número de documento o el correo sin espacios, puntos de adorno ni mayúsculas."""
    limpio = "".join(texto.split()).casefold()
    if "@" not in limpio:
        limpio = limpio.replace(".", "").replace("-", "")
    return limpio[:LARGO_DE_IDENTIDAD]


def valor_de(definicion: Definicion, respuestas: Mapping[str, Any], uso: str) -> Any:
    """Lo respondido en el campo que tiene ese uso."""
    return _valor(definicion, respuestas, uso)


def _persona(definicion: Definicion, respuestas: Mapping[str, Any]) -> str:
    partes = [
        _valor(definicion, respuestas, u) for u in ("nombres", "apellidos", "segundo_apellido")
    ]
    return " ".join(str(p) for p in partes if p)


def _valor(definicion: Definicion, respuestas: Mapping[str, Any], uso: str) -> Any:
    campo = definicion.usos.get(uso)
    return respuestas.get(campo.id) if campo else None


def _mostrado(definicion: Definicion, respuestas: Mapping[str, Any], uso: str) -> str | None:
    campo, valor = definicion.usos.get(uso), _valor(definicion, respuestas, uso)
    return campo.mostrar(valor).texto if campo and valor is not None else None
