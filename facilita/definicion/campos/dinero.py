"""El campo de dinero: soles, guardados como céntimos enteros."""

import random
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from facilita.definicion.campos.base import Campo, Lector, Mostrado, Reparo
from facilita.definicion.campos.numeros import (
    FRASE_DE_NUMERO,
    es_numero,
    leer_decimal,
    vecinos,
)
from facilita.definicion.condiciones import Hoja
from facilita.definicion.contexto import Contexto

MONTO = {"type": "number", "minimum": 0, "maximum": 1e10}
MONTO_MAXIMO = 10**10
_ADORNOS = re.compile(r"^s/\.?|(nuevos )?sol(es)?$", re.IGNORECASE)


def centimos(soles: float) -> int:
    """Un monto en soles de una definición, en céntimos."""
    return int(Decimal(str(soles)) * 100)


def en_soles(monto: int) -> str:
    """Un monto en céntimos, escrito para una persona: «S/ 1,234.50»."""
    return f"S/ {monto // 100:,}.{monto % 100:02}"


def leer_monto(texto: str) -> int | None:
    """Los céntimos de un monto escrito en soles; `None` si no es un monto."""
    monto = leer_decimal(_ADORNOS.sub("", texto).strip())
    if monto is None or monto != round(monto, 2):
        return None
    return int(monto * 100)


def reparo_de_monto(dato: Mapping[str, Any], propiedad: str) -> list[Reparo]:
    """La falla de un monto con más de dos decimales."""
    monto = dato.get(propiedad)
    if monto is None or Decimal(str(monto)) == round(Decimal(str(monto)), 2):
        return []
    frase = f"un monto va en soles, con dos decimales como máximo, y es {monto}"
    return [("campo.limites", (propiedad,), frase)]


class Dinero(Campo):
    """Un monto en soles, con dos decimales como máximo; `minimo` y `maximo` van en soles."""

    tipo = "dinero"
    nombre = "Dinero"
    control = "dinero"
    propiedades = {"minimo": MONTO, "maximo": MONTO}
    claves = frozenset({"vacio", "dinero", "muy_grande", "muy_pequeno"})
    ordenable = True

    def preparar(self, dato: Mapping[str, Any]) -> None:
        self.minimo: int = centimos(dato.get("minimo", 0))
        self.maximo: int = centimos(dato.get("maximo", MONTO_MAXIMO))

    @property
    def pista(self) -> str | None:
        return None if self.ejemplo else "En soles. Por ejemplo: 1234.50."

    def interpretar(self, limpio: str, lector: Lector) -> Any:
        monto = leer_monto(limpio)
        if monto is None:
            return lector.error(self, "dinero")
        if monto < self.minimo:
            return lector.error(self, "muy_pequeno", minimo=en_soles(self.minimo))
        if monto > self.maximo:
            return lector.error(self, "muy_grande", maximo=en_soles(self.maximo))
        return monto

    def comparable(self, valor: Any) -> Any:
        return valor / 100

    def mostrar(self, valor: Any) -> Mostrado:
        return Mostrado(en_soles(valor))

    def bordes(self, hojas: Sequence[Hoja], hoy: date | None = None) -> Iterable[Any]:
        limites = [h.contra for h in hojas]
        return vecinos(limites, self.minimo / 100, self.maximo / 100, 100)

    def por_que_no_se_compara(self, contra: Any) -> str | None:
        return None if es_numero(contra) else FRASE_DE_NUMERO.format(campo=self.id)

    def muestra(self, azar: random.Random, contexto: Contexto, visto: Mapping[str, Any]) -> Any:
        monto = azar.randint(self.minimo, min(self.maximo, self.minimo + 500_000))
        escritos = (f"{monto / 100:.2f}", en_soles(monto), f"{monto // 100},{monto % 100:02}")
        return azar.choice(escritos)

    def muestras_invalidas(self) -> Sequence[Any]:
        poco = [] if not self.minimo else [f"{(self.minimo - 1) / 100:.2f}"]
        return ["mucho", "1.234", "$ 5", "-1", f"{(self.maximo + 1) / 100:.2f}", *poco]

    @classmethod
    def fallas(cls, dato: Mapping[str, Any]) -> list[Reparo]:
        minimo, maximo = dato.get("minimo", 0), dato.get("maximo", MONTO_MAXIMO)
        fallas = [*reparo_de_monto(dato, "minimo"), *reparo_de_monto(dato, "maximo")]
        if minimo > maximo:
            frase = f"el mínimo ({minimo}) es mayor que el máximo ({maximo})"
            fallas.append(("campo.limites", ("minimo",), frase))
        return fallas
