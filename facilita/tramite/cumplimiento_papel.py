"""El reporte de cumplimiento para leer y para imprimir: sale solo de lo congelado al enviarlo."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from facilita.definicion.campos.fechas import escribir_fecha
from facilita.plazos import momento_largo
from facilita.servicios import taller
from facilita.tramite.cumplimiento import Suceso
from facilita.tramite.reporte_campos import ESTADOS

Ficha = list[tuple[str, str]]


def de_la_mesa(datos: Mapping[str, Any]) -> Ficha:
    """Lo declarado de la mesa de partes, en palabras."""
    mesa = datos["mesa"]
    interopera = mesa.get("interopera_con") if mesa.get("interopera") == "si" else "No"
    dichos = (
        ("Dirección", mesa.get("direccion")),
        ("Recibe desde", _dia(mesa.get("desde"))),
        ("Tipo", mesa.get("tipo")),
        ("Página en gob.pe", mesa.get("gobpe")),
        ("Responsable", mesa.get("responsable")),
        ("Cargo", mesa.get("cargo")),
        ("Correo", mesa.get("correo")),
        ("Teléfono", mesa.get("telefono")),
        ("Interoperabilidad", interopera),
    )
    return [(nombre, str(valor)) for nombre, valor in dichos if valor]


COLUMNAS = ("Servicio", "Responsable", "Estado", "Desde", "Hasta", "Recibidas")


def de_los_servicios(datos: Mapping[str, Any]) -> list[tuple[str, ...]]:
    """Cada servicio digitalizado, en el orden de `COLUMNAS`."""
    return [
        (
            s["nombre"], s["responsable"], ESTADOS.get(s["estado"], s["estado"]),
            _dia(s["desde"]), _dia(s.get("hasta")), str(s["recibidas"]),
        )
        for s in datos["servicios"]
    ]  # fmt: skip


def _dia(escrito: str | None) -> str:
    return escribir_fecha(date.fromisoformat(escrito)) if escrito else ""


def en_pdf(envio: Suceso) -> bytes:
    """El PDF de un envío: siempre los mismos bytes. Lanza `TallerFallo`."""
    return taller.componer("documento", _impreso(envio.datos, envio), envio.cuando)


def _impreso(datos: Mapping[str, Any], envio: Suceso) -> dict[str, Any]:
    entidad, declara = datos["entidad"], datos["declara"]
    servicios = de_los_servicios(datos)
    cuantos = "1 servicio" if len(servicios) == 1 else f"{len(servicios)} servicios"
    return {
        "titulo": "Reporte de cumplimiento",
        "descripcion": f"Reporte de cumplimiento {envio.numero} de {entidad['nombre']}",
        "entidad": {c: v for c, v in entidad.items() if v},
        "pie": f"{entidad['nombre']} · reporte de cumplimiento {envio.numero}",
        "destacados": [["Reporte", f"{envio.numero}, enviado el {_momento(envio.cuando)}"]],
        "secciones": [
            {"titulo": "La mesa de partes digital", "datos": [list(f) for f in de_la_mesa(datos)]},
            {
                "titulo": f"Los servicios digitalizados: {cuantos}",
                "columnas": list(COLUMNAS),
                "filas": [list(f) for f in servicios],
            },
            {
                "titulo": "Declaración jurada",
                "parrafos": [
                    declara["texto"],
                    f"Lo declaró {declara['nombres']} ({declara['correo']}) al enviarlo, el "
                    f"{_momento(envio.cuando)}, desde su cuenta en la plataforma.",
                    "Este documento no lleva firma digital.",
                ],
            },
        ],
    }


def _momento(instante: datetime) -> str:
    return momento_largo(instante)
