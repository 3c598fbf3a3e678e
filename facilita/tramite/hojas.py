"""Lo que dice cada documento que la entidad genera, listo para imprimirse y para firmarse."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from facilita.definicion.campos import Mostrado
from facilita.definicion.campos.archivos import peso
from facilita.plazos import Computo, a_lima, fecha_larga, momento_largo
from facilita.servicios.revision import MARCAS
from facilita.tramite.caso import Caso
from facilita.tramite.correcciones import mostrado
from facilita.tramite.indice import congelar
from facilita.tramite.modelos import Contenido, Documento, Movimiento

Filas = list[tuple[str, str]]
VACIO = "Sin respuesta"


@dataclass(frozen=True)
class Hoja:
    """Un documento: lo congelado, que se firma, y cómo se imprime."""

    titulo: str
    congelado: Mapping[str, Any]
    fecha: datetime
    cuerpo: Mapping[str, Any]
    impreso: str = "documento"


def cargo(caso: Caso, _documento: Documento) -> Hoja:
    """El cargo de recepción (N20)."""
    datos = caso.solicitud.cargo
    plazo = Computo.de_json(datos["plazo"])
    cuerpo = {
        "destacados": _numeros(datos),
        "datos": _del_cargo(datos, plazo),
        "archivos": archivos(datos["archivos"]),
        "secciones": [{"titulo": "Cómo se cuenta el plazo", "parrafos": [plazo.explicar()]}],
    }
    return Hoja("Cargo de recepción", datos, _instante(datos["presentado_en"]), cuerpo)


def _numeros(datos: Mapping[str, Any]) -> Filas:
    return [("Número de registro", datos["numero"]), ("Código de seguimiento", datos["codigo"])]


def _del_cargo(datos: Mapping[str, Any], plazo: Computo) -> Filas:
    entidad = datos["entidad"]
    filas = [
        ("Entidad", f"{entidad['nombre']}\nRUC {entidad['ruc']}"),
        ("Unidad que recibe", entidad["unidad"]),
        (f"Número de {datos['formulario']}", datos.get("numero_propio")),
        ("Expediente", datos["expediente"]),
        ("Presentado el", _recibido(datos, "presentado_en")),
        ("El plazo se cuenta desde el", fecha_larga(plazo.primer_dia)),
        ("Respuesta a más tardar el", f"{fecha_larga(plazo.vence)}, 23:59:59 horas"),
        ("Documento", datos["documento"]),
        ("Asunto", datos["asunto"]),
        ("Remitente", datos["remitente"]),
        (datos.get("tipo_identidad") or "Documento de identidad", datos.get("identidad")),
        ("RUC del remitente", datos.get("ruc")),
        ("Representante", datos.get("representante")),
        ("Destinatario", datos.get("destinatario")),
        ("Folios", _folios(datos.get("folios"))),
        ("Canal", datos["canal"]),
        ("Observaciones", datos["observaciones"]),
        ("Formulario", f"{datos['formulario']}, versión {datos['version']['numero']}"),
    ]
    return [(etiqueta, valor) for etiqueta, valor in filas if valor]


def _recibido(datos: Mapping[str, Any], cual: str) -> str:
    horario = "Dentro" if datos["dentro_de_horario"] else "Fuera"
    cuando = momento_largo(_instante(datos[cual]))
    return f"{cuando} horas\n{horario} del horario de atención ({datos['horario']})."


def _folios(folios: Mapping[str, Any] | None) -> str | None:
    if not folios:
        return None
    declarados, contados = folios["declarados"], folios.get("contados")
    if contados and contados != declarados:
        return f"{declarados} (contamos {contados})"
    return str(declarados)


def _de_movimiento(caso: Caso, documento: Documento) -> Mapping[str, Any]:
    """Lo congelado en el movimiento que originó el documento."""
    movimiento = caso.sesion.scalars(
        select(Movimiento).where(
            Movimiento.solicitud_id == caso.solicitud.id, Movimiento.orden == documento.orden
        )
    ).one()
    datos: Mapping[str, Any] = movimiento.datos[documento.clase]
    return datos


def respuesta(caso: Caso, documento: Documento) -> Hoja:
    """La respuesta de la entidad, con su número y su fecha (N09)."""
    datos = _de_movimiento(caso, documento)
    respondido = _instante(datos["respondido_en"])
    cuerpo = {
        "destacados": [
            ("Número de respuesta", datos["respuesta"]),
            ("Número de registro", datos["numero"]),
        ],
        "datos": _de_la_respuesta(datos, respondido),
        "parrafos": [p.strip() for p in datos["texto"].split("\n\n") if p.strip()],
        "secciones": [{"titulo": e, "parrafos": t.split("\n\n")} for e, t in datos["otros"]],
        "archivos": archivos(datos["archivos"]),
    }
    return Hoja(f"Respuesta N.° {datos['respuesta']}", datos, respondido, cuerpo)


def _de_la_respuesta(datos: Mapping[str, Any], respondido: datetime) -> Filas:
    entidad, presentado = datos["entidad"], momento_largo(_instante(datos["presentado_en"]))
    filas = [
        ("Entidad", f"{entidad['nombre']}\nRUC {entidad['ruc']}"),
        ("Unidad que responde", entidad["unidad"]),
        ("Fecha", f"{momento_largo(respondido)} horas"),
        ("Para", datos["remitente"]),
        (datos.get("tipo_identidad") or "Documento de identidad", datos.get("identidad")),
        ("Asunto", datos["asunto"]),
        ("Expediente", datos["expediente"]),
        ("Presentado el", f"{presentado} horas"),
    ]
    return [(etiqueta, valor) for etiqueta, valor in filas if valor]


def constancia(caso: Caso, documento: Documento) -> Hoja:
    """La constancia de una corrección (N08)."""
    datos = _de_movimiento(caso, documento)
    plazo = Computo.de_json(datos["plazo"]) if datos["plazo"] else None
    cuerpo = {
        "destacados": _numeros(datos),
        "datos": _de_la_constancia(datos, plazo),
        "secciones": list(_lo_corregido(datos, plazo)),
        "archivos": archivos(datos["archivos"]),
    }
    return Hoja("Constancia de corrección", datos, _instante(datos["corregido_en"]), cuerpo)


def pedido(_caso: Caso, documento: Documento) -> Hoja:
    """La constancia de un paso que dio la persona, como desistir."""
    datos = documento.datos or {}
    filas = [
        ("Entidad", f"{datos['entidad']['nombre']}\nRUC {datos['entidad']['ruc']}"),
        ("Expediente", datos["expediente"]),
        ("Pedido el", _recibido(datos, "pedido_en")),
        ("Presentado el", f"{momento_largo(_instante(datos['presentado_en']))} horas"),
        ("Asunto", datos["asunto"]),
        ("Remitente", datos["remitente"]),
        ("Canal", datos["canal"]),
        ("Estado del trámite", datos["estado"]),
        ("Huella en la historia", datos["huella_del_movimiento"]),
    ]
    cuerpo = {
        "destacados": _numeros(datos),
        "datos": filas,
        "secciones": [{"titulo": "Lo que dijo", "datos": [tuple(par) for par in datos["dicho"]]}],
    }
    titulo = f"Constancia: {datos['titulo']}"
    return Hoja(titulo, datos, _instante(datos["pedido_en"]), cuerpo)


def _de_la_constancia(datos: Mapping[str, Any], plazo: Computo | None) -> Filas:
    presentado = momento_largo(_instante(datos["presentado_en"]))
    filas = [
        ("Entidad", f"{datos['entidad']['nombre']}\nRUC {datos['entidad']['ruc']}"),
        ("Expediente", datos["expediente"]),
        ("Corregido el", _recibido(datos, "corregido_en")),
        ("Presentado el", f"{presentado} horas\nCorregir no cambia la fecha de presentación."),
        ("El plazo se cuenta ahora desde el", fecha_larga(plazo.primer_dia) if plazo else None),
        ("Respuesta a más tardar el", fecha_larga(plazo.vence) if plazo else None),
        ("Asunto", datos["asunto"]),
        ("Remitente", datos["remitente"]),
        ("Folios", _folios(datos.get("folios"))),
        ("Canal", datos["canal"]),
    ]
    return [(etiqueta, valor) for etiqueta, valor in filas if valor]


def _lo_corregido(datos: Mapping[str, Any], plazo: Computo | None) -> Iterator[Mapping[str, Any]]:
    filas = [(c["etiqueta"], c["antes"] or VACIO, c["ahora"] or VACIO) for c in datos["corregido"]]
    if filas:
        yield {
            "titulo": "Lo corregido",
            "columnas": ("Dato", "Antes", "Ahora"),
            "filas": filas,
        }
    else:
        yield {"titulo": "Lo corregido", "parrafos": ["Se envió sin cambiar lo observado."]}
    if plazo:
        yield {"titulo": "Cómo se cuenta el plazo", "parrafos": [plazo.explicar()]}


def respuestas(caso: Caso, documento: Documento) -> Hoja:
    """El documento que la entidad genera de lo respondido en el formulario (N23)."""
    contenido = caso.sesion.scalars(
        select(Contenido).where(
            Contenido.solicitud_id == caso.solicitud.id, Contenido.orden == documento.orden
        )
    ).one()
    secciones = [_pagina(caso, pagina, contenido.respuestas) for pagina in _paginas(caso)]
    dado = f", corrección {documento.orden}" if documento.orden else ""
    congelado = {
        "formato": 1,
        "entidad": {"slug": caso.entidad.slug, "nombre": caso.entidad.nombre},
        "numero": caso.solicitud.numero,
        "expediente": caso.expediente,
        "codigo": caso.solicitud.codigo,
        "version": {"numero": caso.solicitud.version.numero, "digest": caso.definicion.digest},
        "presentado_en": a_lima(contenido.creado_en).isoformat(),
        "respuestas": contenido.respuestas,
        "secciones": [s for s in secciones if s["datos"]],
    }
    cuerpo = {
        "datos": [
            ("Entidad", caso.entidad.nombre),
            ("Formulario", caso.definicion.titulo),
            ("Número de registro", caso.solicitud.numero),
            ("Expediente", caso.expediente),
            ("Recibido el", f"{momento_largo(contenido.creado_en)} horas"),
            ("Remitente", caso.solicitud.cargo["remitente"]),
        ],
        "secciones": congelado["secciones"],
    }
    return Hoja(f"Respuestas al formulario{dado}", congelado, contenido.creado_en, cuerpo)


def _paginas(caso: Caso) -> Sequence[Any]:
    return (*caso.definicion.paginas, caso.definicion.revision.pagina)


def _pagina(caso: Caso, pagina: Any, dadas: Mapping[str, Any]) -> dict[str, Any]:
    filas = [
        (campo.etiqueta, _en_palabras(visto))
        for campo in pagina.campos
        if campo.se_responde
        if (visto := mostrado(caso.definicion, dadas, campo.id)) is not None
    ]
    return {"titulo": pagina.titulo, "datos": filas}


def _en_palabras(visto: Mostrado) -> str:
    """Una respuesta en líneas: su texto, sus archivos con su huella, o sus filas."""
    lineas = [visto.texto] if visto.texto and not (visto.archivos or visto.filas) else []
    for a in visto.archivos:
        lineas.append(f"{a['nombre']}, {peso(a['tamano'])}, SHA-256 {a['sha256']}")
    for fila in visto.filas:
        lineas.append(f"{fila.nombre}:")
        lineas += [f"{etiqueta}: {_en_palabras(v)}" for etiqueta, v in fila.respuestas]
    return "\n".join(lineas) or VACIO


def indice(caso: Caso, _documento: Documento) -> Hoja:
    """El índice del expediente al hacerse: cada documento, en orden (N23)."""
    datos = congelar(caso, caso.ahora)
    cuerpo = {
        "datos": [
            ("Entidad", caso.entidad.nombre),
            ("Expediente", datos["expediente"]),
            ("Número de registro", datos["numero"]),
            ("Documentos", str(len(datos["documentos"]))),
            ("Folios", str(sum(d["folios"] or 0 for d in datos["documentos"]))),
            ("Fecha del índice", f"{momento_largo(_instante(datos['al']))} horas"),
        ],
        "titulo_de_los_archivos": "Documentos",
        "archivos": [_en_el_indice(d) for d in datos["documentos"]],
    }
    return Hoja("Índice del expediente", datos, _instante(datos["al"]), cuerpo)


def _en_el_indice(d: Mapping[str, Any]) -> Mapping[str, str]:
    partes = (
        d["codigo"],
        f"{momento_largo(_instante(d['fecha']))} horas",
        _cuantos_folios(d["folios"]),
        peso(d["tamano"]),
    )
    detalle = " · ".join(p for p in partes if p)
    return {
        "nombre": f"{d['orden']}. {d['nombre']}",
        "detalle": detalle,
        "sha256": d["sha256"],
    }


def archivos(fichas: Sequence[Mapping[str, Any]]) -> list[Mapping[str, str]]:
    """Los archivos como se imprimen: nombre, folios, tamaño, advertencias y huella (N20)."""
    return [{"nombre": a["nombre"], "detalle": _detalle(a), "sha256": a["sha256"]} for a in fichas]


def _detalle(a: Mapping[str, Any]) -> str:
    advertencias = (MARCAS.get(m, m) for m in a.get("marcas", ()))
    partes = (a["campo"], _cuantos_folios(a.get("paginas")), peso(a["tamano"]), *advertencias)
    return " · ".join(p for p in partes if p)


def _cuantos_folios(cuantos: int | None) -> str:
    if not cuantos:
        return ""
    return "1 folio" if cuantos == 1 else f"{cuantos} folios"


def _instante(texto: str) -> datetime:
    return datetime.fromisoformat(texto)
