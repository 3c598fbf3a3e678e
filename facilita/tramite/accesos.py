"""Quién abrió un expediente: lo que dice la bitácora, contado a la persona día por día (N61)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import groupby
from typing import Any

from sqlalchemy import or_, select

from facilita.plazos import a_lima, fecha_lima
from facilita.tramite.caso import Caso
from facilita.tramite.entorno import Entorno
from facilita.tramite.modelos import Bitacora, Movimiento, Usuario
from facilita.tramite.permisos import ROLES
from facilita.tramite.seguimiento import del_ciudadano

LINEAS = 3000
"""Cuántas líneas de la bitácora se cuentan, de las últimas."""
PROPIO = "expediente.abierto"
_DE_EXPEDIENTE = "expediente."
HECHOS: Mapping[str, tuple[str, str]] = {
    "solicitud.vista": ("abrió el expediente", "abrió el expediente {n} veces"),
    "archivo.descargado": ("descargó un archivo", "descargó {n} archivos"),
    "archivo.apartado_visto": ("miró un archivo apartado", "miró archivos apartados {n} veces"),
    "archivo.infectado_descargado": (
        "descargó un archivo apartado",
        "descargó {n} archivos apartados",
    ),
    "documento.descargado": ("descargó un documento", "descargó {n} documentos"),
    "mensajes.vistos": ("leyó los mensajes", "leyó los mensajes {n} veces"),
    "expediente.indice_visto": ("vio el índice", "vio el índice {n} veces"),
    "expediente.descargado": ("lo descargó entero", "lo descargó entero {n} veces"),
    "solicitud.exportada": ("lo incluyó en una lista", "lo incluyó en {n} listas"),
    PROPIO: ("se abrió una vez", "se abrió {n} veces"),
}
"""Lo que cuenta como abrir un expediente, dicho una vez y varias."""
_OTRO = ("abrió sus documentos", "abrió sus documentos {n} veces")


@dataclass(frozen=True)
class Acceso:
    """Lo que alguien miró en un día."""

    quien: str
    """El nombre de quien lo atiende, o cuántas personas de un puesto."""
    puesto: str
    desde: datetime
    hasta: datetime
    hechos: tuple[str, ...]
    es_propio: bool = False
    """Si se abrió con el código y el documento de la persona."""


@dataclass(frozen=True)
class Dia:
    """Los accesos de un día, de la primera persona a la última."""

    fecha: date
    accesos: tuple[Acceso, ...]


@dataclass(frozen=True)
class Accesos:
    """Quién abrió un expediente, del día más nuevo al más antiguo."""

    codigo: str
    numero: str
    entidad: str
    correo: str
    dias: tuple[Dia, ...]
    hay_mas: bool = False


@dataclass
class _Grupo:
    """Las líneas de un día que se cuentan juntas."""

    usuarios: set[int] = field(default_factory=set)
    cuando: list[datetime] = field(default_factory=list)
    veces: dict[str, int] = field(default_factory=dict)


def ver(entorno: Entorno, codigo: str) -> Accesos:
    """Quién abrió el expediente; quien llama ya comprobó la identidad."""
    with del_ciudadano(entorno, codigo) as caso:
        lineas = _lineas(caso)
        return Accesos(
            codigo=caso.solicitud.codigo,
            numero=caso.solicitud.numero,
            entidad=caso.entidad.nombre,
            correo=caso.entidad.correo,
            dias=_por_dia(lineas[:LINEAS], _atienden(caso)),
            hay_mas=len(lineas) > LINEAS,
        )


def _lineas(caso: Caso) -> list[tuple[Bitacora, str | None]]:
    consulta = (
        select(Bitacora, Usuario.nombres)
        .outerjoin(Usuario, Usuario.id == Bitacora.usuario_id)
        .where(
            Bitacora.entidad_id == caso.entidad.id,
            Bitacora.sobre == caso.solicitud.numero,
            or_(Bitacora.accion.in_(HECHOS), Bitacora.accion.startswith(_DE_EXPEDIENTE)),
        )
        .order_by(Bitacora.id.desc())
        .limit(LINEAS + 1)
    )
    return [(fila[0], fila[1]) for fila in caso.sesion.execute(consulta)]


def _atienden(caso: Caso) -> set[int | None]:
    """Quienes lo tienen a su cargo o hicieron algo con él: de ellos se dice el nombre."""
    hicieron = select(Movimiento.usuario_id).where(Movimiento.solicitud_id == caso.solicitud.id)
    return {*caso.sesion.scalars(hicieron), caso.solicitud.asignada_id} - {None}


def _por_dia(
    lineas: Iterable[tuple[Bitacora, str | None]], atienden: set[int | None]
) -> tuple[Dia, ...]:
    por_fecha = groupby(lineas, key=lambda linea: fecha_lima(linea[0].cuando))
    return tuple(Dia(fecha, _del_dia(suyas, atienden)) for fecha, suyas in por_fecha)


def _del_dia(
    lineas: Iterable[tuple[Bitacora, str | None]], atienden: set[int | None]
) -> tuple[Acceso, ...]:
    grupos: dict[tuple[str | None, str], _Grupo] = {}
    for linea, nombres in lineas:
        quien = nombres if linea.usuario_id in atienden else None
        grupo = grupos.setdefault((quien, _puesto(linea)), _Grupo())
        grupo.usuarios.add(linea.usuario_id or 0)
        grupo.cuando.append(linea.cuando)
        grupo.veces[linea.accion] = grupo.veces.get(linea.accion, 0) + 1
    accesos = (_acceso(quien, puesto, g) for (quien, puesto), g in grupos.items())
    return tuple(sorted(accesos, key=lambda a: a.desde))


def _puesto(linea: Bitacora) -> str:
    """El puesto desde el que se miró; vacío, si fue con el código y el documento."""
    if linea.usuario_id is None:
        return ""
    dicho: Mapping[str, Any] = linea.datos.get("puesto") or {}
    rol = ROLES.get(dicho.get("rol") or "", "Personal de la entidad")
    return ", ".join(p for p in (rol, dicho.get("area"), dicho.get("sede")) if p)


def _acceso(quien: str | None, puesto: str, grupo: _Grupo) -> Acceso:
    es_propio = not puesto
    cuantas = len(grupo.usuarios)
    return Acceso(
        quien=quien or ("" if cuantas == 1 else f"{cuantas} personas"),
        puesto=puesto,
        desde=a_lima(min(grupo.cuando)),
        hasta=a_lima(max(grupo.cuando)),
        hechos=tuple(_dicho(accion, n) for accion, n in grupo.veces.items()),
        es_propio=es_propio,
    )


def _dicho(accion: str, veces: int) -> str:
    una, varias = HECHOS.get(accion, _OTRO)
    return una if veces == 1 else varias.format(n=veces)
