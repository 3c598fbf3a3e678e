"""La página de gob.pe en texto para copiar, en JSON-LD y en el cartel con su QR. Puro."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from facilita.plazos import Horario
from facilita.tramite.gobpe import Local, Pagina

_DIAS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def en_texto(pagina: Pagina) -> str:
    """Toda la página, con el nombre de cada parte como la llama gob.pe."""
    return "\n".join(_lineas(pagina)) + "\n"


def _lineas(pagina: Pagina) -> Iterator[str]:
    yield from (pagina.titulo, "", pagina.introduccion, "", "Requisitos", "")
    yield from (f"- {r}" for r in pagina.requisitos)
    yield from ("", "Modalidad: Online", "", "Antes de iniciar, debes saber:", "")
    yield from (f"- {s}" for s in pagina.saber)
    yield from ("", f"Botón: {pagina.boton}", f"Enlace del botón: {pagina.enlace}")
    if pagina.locales:
        yield from ("", "También puedes hacerlo presencialmente", "", "Modalidad: Presencial")
    for local in pagina.locales:
        pasos = pagina.pasos(local)
        yield from ("", local.nombre, f"Hazlo en {len(pasos)} pasos:", "")
        yield from (f"{n}. {paso}" for n, paso in enumerate(pasos, 1))


def en_jsonld(pagina: Pagina) -> dict[str, Any]:
    """El servicio como `GovernmentService` de schema.org."""
    return {
        "@context": "https://schema.org",
        "@type": "GovernmentService",
        "name": pagina.titulo,
        "description": pagina.introduccion,
        "serviceType": "Mesa de partes digital",
        "url": pagina.enlace,
        "areaServed": {"@type": "Country", "name": "Perú"},
        "provider": _proveedor(pagina),
        "availableChannel": [_digital(pagina), *(_en_persona(pagina, x) for x in pagina.locales)],
    }


def escribir_jsonld(pagina: Pagina) -> str:
    """El JSON-LD escrito; se puede poner dentro de una página HTML tal como está."""
    escrito = json.dumps(en_jsonld(pagina), ensure_ascii=False, indent=2)
    # «</script>» dentro de un texto cerraría la etiqueta que lo lleva.
    for signo in "<>&":
        escrito = escrito.replace(signo, f"\\u{ord(signo):04x}")
    return escrito + "\n"


def _proveedor(pagina: Pagina) -> dict[str, Any]:
    entidad = pagina.entidad
    dichos = {
        "@type": "GovernmentOrganization",
        "name": entidad.nombre,
        "alternateName": entidad.nombre_corto,
        "taxID": entidad.ruc,
        "email": entidad.correo,
        "telephone": entidad.telefono,
        "url": entidad.sitio,
    }
    return {clave: valor for clave, valor in dichos.items() if valor}


def _digital(pagina: Pagina) -> dict[str, Any]:
    return {
        "@type": "ServiceChannel",
        "name": "Online",
        "serviceUrl": pagina.enlace,
        "availableLanguage": "es-PE",
        "hoursAvailable": {
            "@type": "OpeningHoursSpecification",
            "dayOfWeek": list(_DIAS),
            "opens": "00:00",
            "closes": "23:59",
        },
    }


def _en_persona(pagina: Pagina, local: Local) -> dict[str, Any]:
    direccion = {
        "@type": "PostalAddress",
        "streetAddress": local.direccion,
        "addressLocality": local.distrito,
        "addressRegion": local.region,
        "addressCountry": "PE",
    }
    return {
        "@type": "ServiceChannel",
        "name": "Presencial",
        "availableLanguage": "es-PE",
        "serviceLocation": {
            "@type": "Place",
            "name": local.nombre,
            "address": {clave: valor for clave, valor in direccion.items() if valor},
            "openingHoursSpecification": list(_horas(pagina.horario)),
        },
    }


def _horas(horario: Horario) -> Iterator[dict[str, Any]]:
    for dia, tramos in horario.a_dict().items():
        for abre, cierra in tramos:
            yield {
                "@type": "OpeningHoursSpecification",
                "dayOfWeek": _DIAS[int(dia)],
                "opens": abre,
                "closes": cierra,
            }


def datos_del_cartel(pagina: Pagina) -> Mapping[str, Any]:
    """Lo que lee `impresos/cartel.typ`: el cartel para la puerta de la oficina."""
    entidad = pagina.entidad
    return {
        "titulo": "Mesa de partes digital",
        "descripcion": f"Cartel con el código QR de la mesa de partes digital de {entidad.nombre}",
        "entidad": {"nombre": entidad.nombre},
        "lema": "Presenta tus documentos las 24 horas, los 7 días de la semana, sin hacer cola.",
        "pasos": [
            "Apunta la cámara de tu celular al código.",
            "Llena tus datos y adjunta tus documentos.",
            "Recibe tu cargo al instante.",
        ],
        "enlace": pagina.enlace,
        "qr": {
            "texto": pagina.enlace,
            "descripcion": f"Código QR que abre {pagina.enlace}",
        },
        "pie": f"{entidad.nombre} · {entidad.correo}"
        + (f" · {entidad.telefono}" if entidad.telefono else ""),
    }
