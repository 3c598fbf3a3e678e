"""El Reporte Nacional: el padrón de un día en XLSX, CSV, JSON o PDF; siempre los mismos bytes."""

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

from facilita.plazos import fecha_larga
from facilita.servicios import hojas_de_calculo, taller
from facilita.servicios.hojas_de_calculo import Tabla
from facilita.tramite import observatorio
from facilita.tramite.ambito import Ambito
from facilita.tramite.bitacora import anotar
from facilita.tramite.entidades import EntidadPublica, de_la_plataforma
from facilita.tramite.entorno import Entorno
from facilita.tramite.errores import Conflicto
from facilita.tramite.observatorio import COLUMNAS, Cuenta, Foto
from facilita.tramite.padron import fin_del_dia
from facilita.tramite.permisos import Actor, exigir

TITULO = "Reporte Nacional de mesas de partes digitales"
FORMATOS: Mapping[str, str] = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
    "json": "application/json; charset=utf-8",
    "pdf": "application/pdf",
}
_GRUPO = ("Entidades", "Cumplen", "No cumplen", "De cada 100 cumplen")


def nacional(entorno: Entorno, actor: Actor, dia: date, formato: str) -> bytes:
    """El reporte de un día en un formato; queda anotado quién lo bajó (N61).

    Lanza `NoPermitido`, o `TallerFallo` si el PDF no se pudo componer.
    """
    exigir(actor, "reporte.ver")
    foto, plataforma = observatorio.mirar(entorno, dia), _plataforma(entorno)
    cuerpo = _ESCRITORES[formato](foto, plataforma)
    with entorno.bd.transaccion(Ambito.de(actor.entidad_id)) as sesion:
        ahora, quien = entorno.reloj.ahora(), actor.usuario_id
        anotar(
            sesion, ahora, actor.entidad_id, quien, "reporte.descargado",
            f"nacional {dia.isoformat()} {formato}",
        )  # fmt: skip
    return cuerpo


def datos_abiertos(foto: Foto, formato: str) -> bytes:
    """Lo mismo para cualquiera: cada entidad con su fila, en CSV o JSON."""
    return _csv(foto) if formato == "csv" else _json(foto)


def _plataforma(entorno: Entorno) -> EntidadPublica:
    plataforma = de_la_plataforma(entorno)
    if plataforma is None:
        raise Conflicto("Esta instalación no tiene una entidad que administre la plataforma.")
    return plataforma


def _csv(foto: Foto, _plataforma: EntidadPublica | None = None) -> bytes:
    return hojas_de_calculo.a_csv(tuple(COLUMNAS), [_celdas(f) for f in foto.filas])


def _json(foto: Foto, _plataforma: EntidadPublica | None = None) -> bytes:
    dato = {
        "formato": 1,
        "al": foto.dia.isoformat(),
        "total": _contado(foto.todas),
        "en_la_plataforma": foto.en_la_plataforma,
        "en_su_sistema": foto.en_su_sistema,
        "suspendidas": foto.suspendidas,
        "por_region": [_contado(c) for c in foto.por_region],
        "por_tipo": [_contado(c) for c in foto.por_tipo],
        "evolucion": [_contado(c) | {"al": d.isoformat()} for d, c in foto.evolucion],
        "columnas": dict(COLUMNAS),
        "entidades": list(foto.filas),
    }
    return (json.dumps(dato, ensure_ascii=False, indent=1) + "\n").encode()


def _contado(cuenta: Cuenta) -> dict[str, Any]:
    return {"nombre": cuenta.nombre, "entidades": cuenta.total, "cumplen": cuenta.cumplen}


def _xlsx(foto: Foto, plataforma: EntidadPublica) -> bytes:
    evolucion = [(d.strftime("%d/%m/%Y"), *_grupo(c)) for d, c in foto.evolucion]
    tablas = [
        Tabla("Resumen", ("Dato", "Valor"), _resumen(foto)),
        Tabla("Por región", ("Región", *_GRUPO), [(c.nombre, *_grupo(c)) for c in foto.por_region]),
        Tabla("Por tipo", ("Tipo", *_GRUPO), [(c.nombre, *_grupo(c)) for c in foto.por_tipo]),
        Tabla("Evolución", ("Al cierre del", *_GRUPO), evolucion),
        Tabla("Entidades", tuple(COLUMNAS.values()), [_celdas(f) for f in foto.filas]),
    ]
    return hojas_de_calculo.a_xlsx(tablas, TITULO, plataforma.nombre, fin_del_dia(foto.dia))


def _resumen(foto: Foto) -> list[tuple[str, str | int]]:
    return [
        ("Al cierre del", fecha_larga(foto.dia)),
        ("Entidades", foto.todas.total),
        ("Tienen mesa de partes digital", foto.todas.cumplen),
        ("De cada 100, la tienen", foto.todas.de_cada_100),
        ("La tienen en la plataforma", foto.en_la_plataforma),
        ("La tienen en su propio sistema", foto.en_su_sistema),
        ("Suspendidas en la plataforma", foto.suspendidas),
    ]


def _grupo(cuenta: Cuenta) -> tuple[int, int, int, int]:
    return (cuenta.total, cuenta.cumplen, cuenta.total - cuenta.cumplen, cuenta.de_cada_100)


def _celdas(fila: Mapping[str, str]) -> Sequence[str]:
    return [fila[clave] for clave in COLUMNAS]


def _pdf(foto: Foto, plataforma: EntidadPublica) -> bytes:
    datos = {
        "titulo": TITULO,
        "descripcion": f"{TITULO}, al cierre del {fecha_larga(foto.dia)}",
        "entidad": {
            "nombre": plataforma.nombre,
            "ruc": plataforma.ruc,
            "direccion": plataforma.direccion,
        },
        "pie": f"{TITULO} · al cierre del {fecha_larga(foto.dia)}",
        "datos": [[etiqueta, str(valor)] for etiqueta, valor in _resumen(foto)],
        "secciones": _secciones(foto),
    }
    return taller.componer("documento", datos, fin_del_dia(foto.dia))


def _secciones(foto: Foto) -> list[dict[str, Any]]:
    def tabla(titulo: str, primera: str, cuentas: Sequence[tuple[str, Cuenta]]) -> dict[str, Any]:
        filas = [[n, *(str(v) for v in _grupo(c))] for n, c in cuentas]
        return {"titulo": titulo, "columnas": [primera, *_GRUPO], "filas": filas}

    meses = [(d.strftime("%d/%m/%Y"), c) for d, c in foto.evolucion]
    entidades = [
        [f["ruc"], f["nombre"], f["region"], f["mesa"], f["direccion"]] for f in foto.filas
    ]
    return [
        tabla("Por región", "Región", [(c.nombre, c) for c in foto.por_region]),
        tabla("Por tipo de entidad", "Tipo", [(c.nombre, c) for c in foto.por_tipo]),
        tabla("Evolución", "Al cierre del", meses),
        {
            "titulo": "Entidades",
            "columnas": ["RUC", "Entidad", "Región", "Mesa de partes", "Dirección"],
            "filas": entidades,
        },
    ]


_ESCRITORES: Mapping[str, Callable[[Foto, EntidadPublica], bytes]] = {
    "xlsx": _xlsx,
    "csv": _csv,
    "json": _json,
    "pdf": _pdf,
}
