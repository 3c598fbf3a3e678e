"""Cuántas entidades cumplen: por región, por tipo y mes a mes, contado del padrón de un día."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from facilita.definicion.contexto import Territorio
from facilita.plazos import fecha_lima
from facilita.tramite.entorno import Entorno
from facilita.tramite.normalizar import normalizar
from facilita.tramite.padron import (
    FACILITA,
    MESAS,
    PROPIO,
    REPORTES,
    TIPOS,
    Ficha,
    fin_del_dia,
    leer,
    ultimo_suceso,
)

MESES = 12
"""Cuántos meses muestra la evolución."""
COLUMNAS: Mapping[str, str] = {
    "ruc": "RUC",
    "nombre": "Entidad",
    "tipo": "Tipo",
    "region": "Región",
    "provincia": "Provincia",
    "distrito": "Distrito",
    "ubigeo": "Ubigeo",
    "situacion": "Situación en la plataforma",
    "mesa": "Mesa de partes digital",
    "direccion": "Dirección de la mesa",
    "desde": "Recibe desde",
    "cumple": "Cumple",
    "gobpe": "Página en gob.pe",
    "reporte": "Reporte de cumplimiento",
    "registrada": "Registrada el",
    "acceso": "Con acceso desde",
}
"""Lo que se dice de cada entidad, en su orden: la clave y el título de la columna."""
SITUACIONES = {
    "con_acceso": "Con acceso",
    "registrada": "Sin acceso",
    "suspendida": "Suspendida",
}


@dataclass(frozen=True)
class Cuenta:
    """Un grupo de entidades y cuántas cumplen."""

    nombre: str
    total: int
    cumplen: int

    @property
    def de_cada_100(self) -> int:
        """Cuántas de cada cien cumplen, sin decimales."""
        return round(100 * self.cumplen / self.total) if self.total else 0


@dataclass(frozen=True)
class Foto:
    """Todas las entidades en un día, contadas."""

    dia: date
    todas: Cuenta
    en_la_plataforma: int
    en_su_sistema: int
    suspendidas: int
    por_region: Sequence[Cuenta]
    por_tipo: Sequence[Cuenta]
    evolucion: Sequence[tuple[date, Cuenta]]
    """El último día de cada mes y, al final, el día pedido."""
    filas: Sequence[Mapping[str, str]]
    """Cada entidad con lo que dice `COLUMNAS`, por su RUC."""


def mirar(entorno: Entorno, dia: date) -> Foto:
    """La foto de un día: para uno que ya pasó, siempre la misma. Se recuerda si nada ocurrió."""
    clave = ("foto", dia, ultimo_suceso(entorno))
    hecha = entorno.fotos.dar(clave, lambda: _mirar(entorno, dia))
    if not isinstance(hecha, Foto):
        raise TypeError("la memoria guarda otra cosa con esa clave")
    return hecha


def _mirar(entorno: Entorno, dia: date) -> Foto:
    padron = leer(entorno, dia)
    fichas = padron.al(fin_del_dia(dia))
    cortes = [*_cierres(dia), dia]
    return Foto(
        dia=dia,
        todas=_contar("Todas", fichas),
        en_la_plataforma=sum(f.mesa == FACILITA for f in fichas),
        en_su_sistema=sum(f.mesa == PROPIO for f in fichas),
        suspendidas=sum(f.suspendida_en is not None for f in fichas),
        por_region=_por(fichas, lambda f: entorno.territorio.nombre(f.region) or f.region),
        por_tipo=_por(fichas, lambda f: TIPOS[f.tipo]),
        evolucion=[(d, Cuenta(d.isoformat(), *padron.contar(fin_del_dia(d)))) for d in cortes],
        filas=[_fila(f, entorno.territorio) for f in fichas],
    )


def _contar(nombre: str, fichas: Sequence[Ficha]) -> Cuenta:
    return Cuenta(nombre, len(fichas), sum(f.cumple for f in fichas))


def _por(fichas: Sequence[Ficha], grupo: Callable[[Ficha], str]) -> list[Cuenta]:
    grupos: dict[str, list[Ficha]] = {}
    for ficha in fichas:
        grupos.setdefault(grupo(ficha), []).append(ficha)
    return [_contar(n, grupos[n]) for n in sorted(grupos, key=normalizar)]


def _cierres(dia: date) -> list[date]:
    """Los últimos días de los meses anteriores, del más antiguo al más nuevo."""
    cierres: list[date] = []
    cierre = dia.replace(day=1) - timedelta(days=1)
    while len(cierres) < MESES - 1:
        cierres.append(cierre)
        cierre = cierre.replace(day=1) - timedelta(days=1)
    return cierres[::-1]


def _fila(ficha: Ficha, territorio: Territorio) -> dict[str, str]:
    lugar: Any = territorio.lugar(ficha.ubigeo)
    return {
        "ruc": ficha.ruc,
        "nombre": ficha.nombre,
        "tipo": TIPOS[ficha.tipo],
        "region": lugar.departamento if lugar else "",
        "provincia": lugar.provincia if lugar else "",
        "distrito": lugar.distrito if lugar else "",
        "ubigeo": ficha.ubigeo,
        "situacion": SITUACIONES[ficha.situacion],
        "mesa": MESAS[ficha.mesa],
        "direccion": ficha.direccion or "",
        "desde": ficha.desde.isoformat() if ficha.desde else "",
        "cumple": "Sí" if ficha.cumple else "No",
        "gobpe": ficha.gobpe or "",
        "reporte": REPORTES[ficha.reporte],
        "registrada": fecha_lima(ficha.registrada_en).isoformat(),
        "acceso": fecha_lima(ficha.acceso_en).isoformat() if ficha.acceso_en else "",
    }
