"""El padrón: cada entidad como estaba en un instante, contado desde sus sucesos con fecha.

Nada sale de lo que dice hoy una columna: un día pasado da siempre lo mismo.
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from facilita.plazos import LIMA, fecha_lima
from facilita.tramite.ambito import Ambito
from facilita.tramite.entorno import Entorno
from facilita.tramite.modelos import (
    DireccionGobpe,
    Entidad,
    Formulario,
    Publicacion,
    SistemaPropio,
    SucesoDeEntidad,
    SucesoDeReporte,
)
from facilita.tramite.situaciones import ACCESO, REACTIVADA, SUSPENDIDA

PLANTILLA_DE_MESA = "mesa-de-partes"
FACILITA, PROPIO = "facilita", "sistema_propio"
TIPOS: Mapping[str, str] = {
    "gobierno_nacional": "Gobierno nacional",
    "gobierno_regional": "Gobierno regional",
    "gobierno_local": "Gobierno local",
    "organismo_autonomo": "Organismo constitucional autónomo",
    "universidad": "Universidad pública",
    "empresa_publica": "Empresa pública",
    "otra": "Otra",
}
MESAS: Mapping[str | None, str] = {
    FACILITA: "En la plataforma",
    PROPIO: "En su propio sistema",
    None: "Todavía no",
}
REPORTES: Mapping[str | None, str] = {
    None: "Sin reporte",
    "enviado": "Por revisar",
    "aceptado": "Aceptado",
    "observado": "Observado",
}
"""Cómo va el reporte de cumplimiento de una entidad."""


def tipo_de(clave: str) -> str:
    """El tipo de una entidad en palabras; uno que no está en la lista es «otra»."""
    return TIPOS.get(clave, TIPOS["otra"])


@dataclass(frozen=True)
class Ficha:
    """Una entidad en un instante."""

    entidad_id: int
    slug: str
    ruc: str
    nombre: str
    nombre_corto: str
    tipo: str
    """Una clave de `TIPOS`."""
    ubigeo: str
    registrada_en: datetime
    acceso_en: datetime | None
    suspendida_en: datetime | None
    mesa: str | None
    """«facilita», «sistema_propio» o nada."""
    direccion: str | None
    """Dónde recibe: la dirección de su mesa de partes digital."""
    desde: date | None
    """Desde qué día recibe ahí."""
    gobpe: str | None = None
    """Dónde está publicada su página de gob.pe."""
    reporte: str | None = None
    """«enviado», «aceptado» u «observado», según lo último que pasó; nada, si no reportó."""

    @property
    def cumple(self) -> bool:
        """Si ese día tenía una mesa de partes digital que recibía."""
        return self.mesa is not None

    @property
    def region(self) -> str:
        """El código de su región."""
        return self.ubigeo[:2]

    @property
    def situacion(self) -> str:
        """«suspendida», «con_acceso» o «registrada»."""
        if self.suspendida_en:
            return "suspendida"
        return "con_acceso" if self.acceso_en else "registrada"


@dataclass
class _Vida:
    """Los sucesos de una entidad, en su orden."""

    sucesos: list[Any] = field(default_factory=list)
    mesas: list[tuple[datetime, int, str, bool]] = field(default_factory=list)
    """(cuándo, formulario, su slug, si quedó publicado)."""
    propios: list[Any] = field(default_factory=list)
    gobpe: list[Any] = field(default_factory=list)
    reportes: list[Any] = field(default_factory=list)


class Padron:
    """Los sucesos de todas las entidades hasta un instante: se leen una vez y se miran a varios."""

    def __init__(
        self, sesion: Session, hasta: datetime, raiz: str, solo: int | None = None
    ) -> None:
        self.raiz = raiz
        self._vidas: dict[int, _Vida] = defaultdict(_Vida)
        suyas = Entidad.es_plataforma.is_(False) if solo is None else Entidad.id == solo
        # Columnas sueltas: armar un objeto por fila cuesta el doble.
        for suceso in sesion.execute(_ordenados(SucesoDeEntidad, _DE_SUCESO, hasta, suyas)):
            self._vidas[suceso.entidad_id].sucesos.append(suceso)
        for fila in sesion.execute(_publicaciones(hasta, suyas)):
            mesa = (fila.cuando, fila.formulario_id, fila.slug, fila.version_id is not None)
            self._vidas[fila.entidad_id].mesas.append(mesa)
        for propio in sesion.execute(_ordenados(SistemaPropio, _DE_PROPIO, hasta, suyas)):
            self._vidas[propio.entidad_id].propios.append(propio)
        for publicada in sesion.execute(_ordenados(DireccionGobpe, _DE_GOBPE, hasta, suyas)):
            self._vidas[publicada.entidad_id].gobpe.append(publicada)
        for reporte in sesion.execute(_ordenados(SucesoDeReporte, _DE_REPORTE, hasta, suyas)):
            self._vidas[reporte.entidad_id].reportes.append(reporte)

    def al(self, instante: datetime) -> tuple[Ficha, ...]:
        """Las entidades que existían en ese instante, por su RUC."""
        fichas = (self._ficha(cual, vida, instante) for cual, vida in self._vidas.items())
        return tuple(sorted((f for f in fichas if f), key=lambda f: (f.ruc, f.entidad_id)))

    def contar(self, instante: datetime) -> tuple[int, int]:
        """Cuántas existían en ese instante y cuántas cumplían, sin armar sus fichas."""
        total = cumplen = 0
        for vida in self._vidas.values():
            sucesos = _hasta(vida.sucesos, instante)
            if sucesos:
                total += 1
                suspendida = _suspendida_en(sucesos)
                slug = sucesos[-1].datos["slug"]
                cumplen += self._mesa(vida, slug, suspendida, instante)[0] is not None
        return total, cumplen

    def _ficha(self, cual: int, vida: _Vida, instante: datetime) -> Ficha | None:
        sucesos = _hasta(vida.sucesos, instante)
        if not sucesos:
            return None
        datos: Mapping[str, Any] = sucesos[-1].datos
        suspendida = _suspendida_en(sucesos)
        mesa, direccion, desde = self._mesa(vida, datos["slug"], suspendida, instante)
        return Ficha(
            entidad_id=cual,
            slug=datos["slug"],
            ruc=datos["ruc"],
            nombre=datos["nombre"],
            nombre_corto=datos["nombre_corto"],
            tipo=datos["tipo"] if datos["tipo"] in TIPOS else "otra",
            ubigeo=datos["ubigeo"],
            registrada_en=sucesos[0].cuando,
            acceso_en=next((s.cuando for s in sucesos if s.clase == ACCESO), None),
            suspendida_en=suspendida,
            mesa=mesa,
            direccion=direccion,
            desde=desde,
            gobpe=gobpe[-1].direccion if (gobpe := _hasta(vida.gobpe, instante)) else None,
            reporte=dichos[-1].clase if (dichos := _hasta(vida.reportes, instante)) else None,
        )

    def _mesa(
        self, vida: _Vida, slug: str, suspendida: datetime | None, instante: datetime
    ) -> tuple[str | None, str | None, date | None]:
        abiertas: dict[int, tuple[datetime, str]] = {}
        for cuando, formulario, suyo, publicado in vida.mesas:
            if cuando > instante:
                break
            if not publicado:
                abiertas.pop(formulario, None)
            else:
                abiertas.setdefault(formulario, (cuando, suyo))
        if abiertas and not suspendida:
            cuando, suyo = min(abiertas.values())
            return FACILITA, f"{self.raiz}/{slug}/{suyo}", fecha_lima(cuando)
        propios = _hasta(vida.propios, instante)
        if propios and propios[-1].direccion:
            return PROPIO, propios[-1].direccion, propios[-1].desde
        return None, None, None


_DE_SUCESO = ("entidad_id", "clase", "cuando", "datos")
_DE_GOBPE = ("entidad_id", "direccion", "cuando")
_DE_REPORTE = ("entidad_id", "clase", "cuando")
_DE_PROPIO = ("entidad_id", "direccion", "desde", "cuando")


def _ordenados(
    modelo: Any, columnas: Sequence[str], hasta: datetime, suyas: ColumnElement[bool]
) -> Any:
    return (
        select(*(getattr(modelo, c) for c in columnas))
        .join(Entidad, Entidad.id == modelo.entidad_id)
        .where(modelo.cuando <= hasta, suyas)
        .order_by(modelo.entidad_id, modelo.cuando, modelo.id)
    )


def _publicaciones(hasta: datetime, suyas: ColumnElement[bool]) -> Any:
    de_mesa = Formulario.plantilla == PLANTILLA_DE_MESA
    return (
        select(
            Publicacion.entidad_id,
            Publicacion.cuando,
            Publicacion.formulario_id,
            Publicacion.version_id,
            Formulario.slug,
        )
        .join(Formulario, Formulario.id == Publicacion.formulario_id)
        .join(Entidad, Entidad.id == Publicacion.entidad_id)
        .where(Publicacion.cuando <= hasta, de_mesa, suyas)
        .order_by(Publicacion.entidad_id, Publicacion.cuando, Publicacion.id)
    )


def _hasta(sucesos: Sequence[Any], instante: datetime) -> Sequence[Any]:
    return sucesos[: bisect_right(sucesos, instante, key=lambda s: s.cuando)]


def _suspendida_en(sucesos: Sequence[Any]) -> datetime | None:
    ultimo = next((s for s in reversed(sucesos) if s.clase in (SUSPENDIDA, REACTIVADA)), None)
    return ultimo.cuando if ultimo and ultimo.clase == SUSPENDIDA else None


def fin_del_dia(dia: date) -> datetime:
    """El último instante de un día en Lima."""
    return datetime.combine(dia + timedelta(days=1), time(), LIMA) - timedelta(microseconds=1)


def leer(entorno: Entorno, dia: date) -> Padron:
    """El padrón hasta el fin de un día; se puede mirar en cualquier instante anterior."""
    with entorno.bd.lectura(Ambito.de_plataforma("padrón de entidades")) as sesion:
        return Padron(sesion, fin_del_dia(dia), entorno.direccion_publica)


def ultimo_suceso(entorno: Entorno) -> tuple[int, ...]:
    """Lo último que se anotó: mientras no cambie, ninguna foto cambia."""
    with entorno.bd.lectura(Ambito.de_plataforma("padrón de entidades")) as sesion:
        ultimos = [
            sesion.scalar(select(func.max(modelo.id)))
            for modelo in (
                SucesoDeEntidad,
                Publicacion,
                SistemaPropio,
                DireccionGobpe,
                SucesoDeReporte,
            )
        ]
    return tuple(ultimo or 0 for ultimo in ultimos)
