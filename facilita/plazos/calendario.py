"""Qué día se trabaja en un territorio, y por qué no los demás."""

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import astuple, dataclass, field
from datetime import date, timedelta
from functools import lru_cache
from itertools import groupby
from operator import attrgetter
from types import MappingProxyType

from holidays.version import __version__ as version_de_holidays

from facilita.plazos.feriados import DiaNoHabil, exigir_fecha, feriados_nacionales
from facilita.plazos.normas import DIAS_HABILES, FERIADOS

UN_DIA = timedelta(days=1)
FIN_DE_SEMANA: Mapping[int, str] = MappingProxyType({5: "Sábado", 6: "Domingo"})
_UBIGEO = re.compile("[0-9]{2}|[0-9]{4}|[0-9]{6}")


@dataclass(frozen=True, slots=True)
class Salto:
    """Un día que no se contó, con todos sus motivos y las normas que los mandan (N40)."""

    fecha: date
    motivo: str
    norma: str

    @property
    def es_fin_de_semana(self) -> bool:
        """Dice si solo se saltó por ser sábado o domingo."""
        semanal = (FIN_DE_SEMANA.get(self.fecha.weekday()), DIAS_HABILES)
        return (self.motivo, self.norma) == semanal


@dataclass(frozen=True)
class Calendario:
    """Días hábiles de un territorio (ubigeo INEI o su prefijo) más los declarados (N40, N41)."""

    ubigeo: str | None = None
    extras: tuple[DiaNoHabil, ...] = ()
    revision: str = field(init=False, compare=False)
    _declarados: Mapping[date, tuple[DiaNoHabil, ...]] = field(
        init=False, compare=False, repr=False
    )

    def __post_init__(self) -> None:
        """Ordena los extras y fija la revisión; `ValueError` si el ubigeo no tiene forma de tal."""
        if self.ubigeo is not None and not _UBIGEO.fullmatch(self.ubigeo):
            raise ValueError(f"ubigeo {self.ubigeo!r}: son 2, 4 o 6 cifras del INEI")
        object.__setattr__(self, "extras", tuple(sorted(set(self.extras))))
        rigen = [extra for extra in self.extras if extra.rige_en(self.ubigeo)]
        object.__setattr__(self, "_declarados", _por_fecha(rigen))
        object.__setattr__(self, "revision", _huella(self.ubigeo, rigen))

    def es_habil(self, fecha: date) -> bool:
        """Dice si ese día se cuenta; `ValueError` fuera de 1900-2200 (N40)."""
        exigir_fecha(fecha)
        return fecha not in _saltos_del_anio(fecha.year) and fecha not in self._declarados

    def por_que_no(self, fecha: date) -> Salto | None:
        """Explica por qué no se cuenta el día, o `None` si es hábil (N40, N41)."""
        exigir_fecha(fecha)
        comun = _saltos_del_anio(fecha.year).get(fecha)
        declarados = self._declarados.get(fecha)
        if not declarados:
            return comun
        return _unir(fecha, [comun, *declarados] if comun else declarados)

    def siguiente_habil(self, fecha: date) -> date:
        """Primer día hábil posterior a la fecha, que no se cuenta (N03)."""
        exigir_fecha(fecha)
        dia = fecha + UN_DIA
        while not self.es_habil(dia):
            dia += UN_DIA
        return dia


@lru_cache(maxsize=512)
def _saltos_del_anio(anio: int) -> Mapping[date, Salto]:
    """Los días que no se cuentan en ningún lugar del país."""
    feriados = feriados_nacionales(anio)
    saltos = {fecha: Salto(fecha, dia.motivo, dia.norma) for fecha, dia in feriados.items()}
    primero = date(anio, 1, 1)
    for dia in (primero + UN_DIA * n for n in range(366)):
        if dia.weekday() in FIN_DE_SEMANA and dia.year == anio:
            semanal = Salto(dia, FIN_DE_SEMANA[dia.weekday()], DIAS_HABILES)
            saltos[dia] = _unir(dia, [semanal, saltos[dia]]) if dia in saltos else semanal
    return MappingProxyType(saltos)


def _unir(fecha: date, causas: Iterable[Salto | DiaNoHabil]) -> Salto:
    """Un domingo feriado tiene dos razones y se dicen las dos, cada norma una sola vez."""
    motivos, normas = zip(*((causa.motivo, causa.norma) for causa in causas), strict=True)
    return Salto(fecha, " y ".join(dict.fromkeys(motivos)), "; ".join(dict.fromkeys(normas)))


def _por_fecha(dias: list[DiaNoHabil]) -> Mapping[date, tuple[DiaNoHabil, ...]]:
    grupos = groupby(dias, key=attrgetter("fecha"))
    return MappingProxyType({fecha: tuple(grupo) for fecha, grupo in grupos})


def _huella(ubigeo: str | None, rigen: list[DiaNoHabil]) -> str:
    """Solo entra lo que cambia un resultado: un feriado del Cusco no mueve la revisión de Lima."""
    datos = [version_de_holidays, sorted(FERIADOS.items()), ubigeo, [astuple(d) for d in rigen]]
    return hashlib.sha256(json.dumps(datos, default=str).encode()).hexdigest()[:12]
