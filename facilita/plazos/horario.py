"""El horario de atención: se muestra y se comprueba, pero nunca impide presentar (N01)."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby, pairwise
from types import MappingProxyType
from typing import Any, NamedTuple, Self

from facilita.plazos.calendario import Calendario
from facilita.plazos.normas import HORARIO_MINIMO
from facilita.plazos.palabras import DIAS, enumerar
from facilita.plazos.zona import a_lima

MINUTOS_CONTINUOS = 8 * 60
_HORA = re.compile("([0-9]{1,2}):([0-5][0-9])")
_SIN_TILDES = str.maketrans("áé", "ae")
_NOMBRES: Mapping[str, int] = MappingProxyType(
    {forma: n for n, dia in enumerate(DIAS) for forma in (dia, dia.translate(_SIN_TILDES))}
)


class Bloque(NamedTuple):
    """Un tramo de atención, en minutos desde la medianoche; el minuto `hasta` ya es fuera."""

    desde: int
    hasta: int

    def texto(self) -> str:
        """Lo escribe como «de 7:00 a 15:00»."""
        return f"de {_hora(self.desde)} a {_hora(self.hasta)}"


@dataclass(frozen=True, slots=True)
class Horario:
    """Los bloques de atención de cada día de la semana, de lunes (0) a domingo (6) (N01)."""

    semana: tuple[tuple[Bloque, ...], ...]

    @classmethod
    def de_dict(cls, datos: Mapping[Any, Any]) -> Self:
        """Lee {«lunes», «lunes_a_viernes» o 0-6: [[HH:MM, HH:MM], …]}; `ValueError` si no puede."""
        semana: dict[int, tuple[Bloque, ...]] = {}
        for clave, bloques in datos.items():
            if not isinstance(bloques, list | tuple):
                raise ValueError(f"día {clave!r}: se espera una lista de bloques, no {bloques!r}")
            leidos = tuple(sorted(map(_bloque, bloques)))
            for dia in _dias_de(clave):
                if dia in semana:
                    raise ValueError(
                        f"el {DIAS[dia]} está dos veces en el horario: sobra {clave!r}"
                    )
                semana[dia] = leidos
        return cls(tuple(semana.get(dia, ()) for dia in range(7)))

    def a_dict(self) -> dict[str, list[list[str]]]:
        """Lo pasa a datos de JSON que `de_dict` vuelve a leer; los días sin atención no están."""
        return {
            str(dia): [[_hora(b.desde, 2), _hora(b.hasta, 2)] for b in bloques]
            for dia, bloques in enumerate(self.semana)
            if bloques
        }

    def dentro(self, instante: datetime, calendario: Calendario | None = None) -> bool:
        """Dice si se atiende en ese instante; con calendario, un día no hábil es fuera (N01)."""
        local = a_lima(instante)
        if calendario is not None and not calendario.es_habil(local.date()):
            return False
        minuto = local.hour * 60 + local.minute
        return any(b.desde <= minuto < b.hasta for b in self.semana[local.weekday()])

    def texto(self) -> str:
        """Lo escribe en una frase: «De lunes a viernes, de 7:00 a 15:00»."""
        partes = [f"{_dias(dias)}, {enumerar(horas)}" for horas, dias in self._por_bloques()]
        frase = "; ".join(partes) or "sin días de atención"
        return frase[0].upper() + frase[1:]

    def fallas(self, *, continuas: bool = True) -> list[str]:
        """Nombra bloques al revés, cruces y, si se piden, días sin 8 horas continuas (N42)."""
        if not any(self.semana):
            return ["El horario no tiene ningún día de atención."]
        return [
            f"{DIAS[dia].capitalize()}: {falla}."
            for dia, bloques in enumerate(self.semana)
            for falla in _fallas_del_dia(bloques, continuas=continuas)
        ]

    def _por_bloques(self) -> list[tuple[list[str], list[int]]]:
        grupos: dict[tuple[Bloque, ...], list[int]] = {}
        for dia, bloques in enumerate(self.semana):
            if bloques:
                grupos.setdefault(bloques, []).append(dia)
        return [([b.texto() for b in bloques], dias) for bloques, dias in grupos.items()]


def _fallas_del_dia(bloques: tuple[Bloque, ...], *, continuas: bool) -> Iterator[str]:
    invertidos = [b for b in bloques if b.hasta <= b.desde]
    yield from (f"el bloque {b.texto()} termina antes de empezar" for b in invertidos)
    for uno, otro in pairwise(bloques):
        if not invertidos and otro.desde < uno.hasta:
            yield f"los bloques {uno.texto()} y {otro.texto()} se cruzan"
    if continuas and bloques and not invertidos and _tramo_mayor(bloques) < MINUTOS_CONTINUOS:
        yield f"atiende menos de 8 horas continuas ({HORARIO_MINIMO})"


def _tramo_mayor(bloques: tuple[Bloque, ...]) -> int:
    """Minutos seguidos más largos: dos bloques que se tocan son un solo tramo."""
    inicio, fin = bloques[0]
    mayor = 0
    for desde, hasta in bloques:
        inicio, fin = (inicio, max(fin, hasta)) if desde <= fin else (desde, hasta)
        mayor = max(mayor, fin - inicio)
    return mayor


def _dias(dias: list[int]) -> str:
    """«de lunes a viernes», «los sábados», «de lunes a miércoles y los viernes»."""
    tramos = [
        [dia for _, dia in tramo] for _, tramo in groupby(enumerate(dias), lambda p: p[1] - p[0])
    ]
    largos = [f"de {DIAS[t[0]]} a {DIAS[t[-1]]}" for t in tramos if len(t) > 2]
    sueltos = [_plural(dia) for t in tramos if len(t) <= 2 for dia in t]
    return enumerar([*largos, f"los {enumerar(sueltos)}"] if sueltos else largos)


def _plural(dia: int) -> str:
    return DIAS[dia] if DIAS[dia].endswith("s") else f"{DIAS[dia]}s"


def _dias_de(clave: Any) -> range:
    """Los días que nombra una clave: «miercoles», «lunes_a_viernes» o «0»."""
    texto = str(clave)
    if texto in {"0", "1", "2", "3", "4", "5", "6"}:
        return range(int(texto), int(texto) + 1)
    extremos = [_NOMBRES.get(nombre) for nombre in texto.split("_a_")]
    match extremos:
        case [int(dia)]:
            return range(dia, dia + 1)
        case [int(desde), int(hasta)] if desde < hasta:
            return range(desde, hasta + 1)
        case [int(), int()]:
            raise ValueError(f"días {clave!r}: el rango va del primer día al último de la semana")
        case _:
            raise ValueError(
                f"día {clave!r}: escribe lunes, lunes_a_viernes o de 0 (lunes) a 6 (domingo)"
            )


def _bloque(dato: Any) -> Bloque:
    if not isinstance(dato, list | tuple) or len(dato) != 2:
        raise ValueError(f"bloque {dato!r}: son dos horas, la de abrir y la de cerrar")
    return Bloque(_minutos(dato[0]), _minutos(dato[1]))


def _minutos(texto: Any) -> int:
    # YAML lee 7:00 sin comillas como el número 420: se rechaza en vez de adivinar.
    forma = _HORA.fullmatch(texto) if isinstance(texto, str) else None
    minutos = int(forma[1]) * 60 + int(forma[2]) if forma else -1
    if not 0 <= minutos <= 24 * 60:
        raise ValueError(f"hora {texto!r}: se escribe HH:MM entre comillas, de 00:00 a 24:00")
    return minutos


def _hora(minutos: int, cifras: int = 1) -> str:
    return f"{minutos // 60:0{cifras}d}:{minutos % 60:02d}"


HORARIO_MESA = Horario.de_dict({dia: [("07:00", "15:00")] for dia in range(5)})
