"""El resultado de contar un plazo: la fecha y su porqué."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any, Self

from facilita.plazos.calendario import Salto
from facilita.plazos.normas import DIAS_HABILES
from facilita.plazos.palabras import fecha_larga
from facilita.plazos.zona import LIMA

FIN_DEL_DIA = time(23, 59, 59)


@dataclass(frozen=True, slots=True)
class Computo:
    """Un plazo ya contado, en días hábiles, con los días que se saltó (N03, N10)."""

    desde: date
    dias_habiles: int
    primer_dia: date
    vence: date
    saltados: tuple[Salto, ...]
    revision: str

    @property
    def vence_en(self) -> datetime:
        """Último segundo del plazo, 23:59:59 en Lima (N10)."""
        return datetime.combine(self.vence, FIN_DEL_DIA, tzinfo=LIMA)

    def explicar(self) -> str:
        """Cuenta en un párrafo de dónde sale la fecha: qué días no se contaron y por qué norma."""
        no_contados = "; ".join(_motivos(self.saltados))
        return (
            f"{_cuenta(self.dias_habiles)} desde el {fecha_larga(self.desde)}, sin contar ese día. "
            f"El primero es el {fecha_larga(self.primer_dia)} y el plazo vence el "
            f"{fecha_larga(self.vence)} a las {FIN_DEL_DIA}, hora de Lima. "
            + (f"No se contaron: {no_contados}." if no_contados else "No hubo días que saltar.")
        )

    def a_json(self) -> dict[str, Any]:
        """Lo pasa a datos de JSON, con las fechas en ISO 8601."""
        return {
            "desde": self.desde.isoformat(),
            "dias_habiles": self.dias_habiles,
            "primer_dia": self.primer_dia.isoformat(),
            "vence": self.vence.isoformat(),
            "vence_en": self.vence_en.isoformat(),
            "saltados": [
                {"fecha": s.fecha.isoformat(), "motivo": s.motivo, "norma": s.norma}
                for s in self.saltados
            ],
            "revision": self.revision,
        }

    @classmethod
    def de_json(cls, datos: Mapping[str, Any]) -> Self:
        """Lo recupera de los datos de `a_json`; `ValueError` si les falta algo."""
        try:
            return cls(
                desde=date.fromisoformat(datos["desde"]),
                dias_habiles=int(datos["dias_habiles"]),
                primer_dia=date.fromisoformat(datos["primer_dia"]),
                vence=date.fromisoformat(datos["vence"]),
                saltados=tuple(_salto(dato) for dato in datos["saltados"]),
                revision=str(datos["revision"]),
            )
        except (KeyError, TypeError, ValueError) as error:
            raise ValueError(f"cómputo ilegible: {error!r}") from error


def _salto(dato: Mapping[str, str]) -> Salto:
    return Salto(date.fromisoformat(dato["fecha"]), dato["motivo"], dato["norma"])


def _cuenta(dias: int) -> str:
    return "Se cuenta 1 día hábil" if dias == 1 else f"Se cuentan {dias} días hábiles"


def _motivos(saltados: tuple[Salto, ...]) -> Iterator[str]:
    semanales = sum(salto.es_fin_de_semana for salto in saltados)
    if semanales:
        dias = "1 día" if semanales == 1 else f"{semanales} días"
        yield f"los sábados y domingos ({dias}, {DIAS_HABILES})"
    for salto in saltados:
        if not salto.es_fin_de_semana:
            yield f"el {fecha_larga(salto.fecha)}, {salto.motivo} ({salto.norma})"
