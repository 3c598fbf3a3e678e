"""Los días que nadie trabaja: los feriados nacionales (N40) y los que añade una norma (N41)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from types import MappingProxyType

from holidays.countries.peru import Peru

from facilita.plazos.normas import FERIADOS

PRIMER_ANIO, ULTIMO_ANIO = 1900, 2200
_DEPARTAMENTO = "(?:0[1-9]|1[0-9]|2[0-5])"
_AMBITO = re.compile(
    f"nacional|region:{_DEPARTAMENTO}|provincia:{_DEPARTAMENTO}[0-9]{{2}}"
    f"|distrito:{_DEPARTAMENTO}[0-9]{{4}}"
)


class _Peru(Peru):
    # La biblioteca calla, sin avisar, fuera de sus años; los feriados de 2150 no son cero.
    start_year = PRIMER_ANIO
    end_year = ULTIMO_ANIO


@dataclass(frozen=True, slots=True, order=True)
class DiaNoHabil:
    """Un día que no se cuenta en un ámbito (nacional o territorio INEI), con su norma (N41)."""

    fecha: date
    ambito: str
    motivo: str
    norma: str

    def __post_init__(self) -> None:
        """Rechaza con `ValueError` un día sin motivo, sin norma o de ámbito desconocido (N41)."""
        exigir_fecha(self.fecha)
        if not self.motivo.strip():
            raise ValueError(f"el día no hábil {self.fecha} no dice su motivo")
        if not self.norma.strip():
            raise ValueError(f"el día no hábil {self.fecha} no cita la norma que lo declara")
        if not _AMBITO.fullmatch(self.ambito):
            raise ValueError(
                f"ámbito {self.ambito!r} desconocido: escribe nacional, region:NN, "
                "provincia:NNNN o distrito:NNNNNN, con el código del INEI"
            )

    def rige_en(self, ubigeo: str | None) -> bool:
        """Dice si el día alcanza a un territorio INEI; sin territorio, solo los nacionales."""
        _, _, prefijo = self.ambito.partition(":")
        return (ubigeo or "").startswith(prefijo)


def exigir_fecha(fecha: date) -> None:
    """Rechaza con `ValueError` un instante donde va un día, o un año fuera de 1900-2200 (N02)."""
    if isinstance(fecha, datetime):
        raise ValueError(f"{fecha} es un instante y no un día: usa fecha_lima")
    _exigir_anio(fecha.year)


@lru_cache(maxsize=512)
def feriados_nacionales(anio: int) -> Mapping[date, DiaNoHabil]:
    """Feriados nacionales de un año, cada uno con su norma; `ValueError` fuera de 1900-2200 (N40).

    Antes de 1992 proyecta hacia atrás la lista del DL 713, que rige desde entonces.
    """
    _exigir_anio(anio)
    return MappingProxyType(
        {
            fecha: DiaNoHabil(fecha, "nacional", *FERIADOS[nombre])
            for fecha, nombre in _Peru(years=anio, expand=False, language="es").items()
            if nombre in FERIADOS
        }
    )


def _exigir_anio(anio: int) -> None:
    if not PRIMER_ANIO <= anio <= ULTIMO_ANIO:
        raise ValueError(
            f"el calendario va del año {PRIMER_ANIO} al {ULTIMO_ANIO}: {anio} queda fuera"
        )
