"""Las medidas como tabla y como JSON."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

RESULTADOS = Path(__file__).parent / "resultados" / "ultimo.json"
COLUMNAS = "{:<58} {:>9} {:<12} {:>10} {:>7} {:>8}  {}"


@dataclass(frozen=True)
class Medida:
    """Un valor, su referencia, la razón entre ambos y la barra que debe cumplir."""

    medida: str
    valor: float
    unidad: str
    referencia: float | None
    razon: float | None
    barra: str

    @property
    def cumple(self) -> bool:
        """Si la razón (o el valor, si no hay referencia) pasa la barra."""
        signo, numero = self.barra.split()
        mirado = self.valor if self.razon is None else self.razon
        return mirado >= float(numero) if signo == ">=" else mirado <= float(numero)


def escribir(medidas: list[Medida]) -> None:
    """Dibuja la tabla y la guarda."""
    cabeza = COLUMNAS.format("medida", "valor", "", "referencia", "razón", "barra", "cumple")
    print(f"\n{cabeza}\n{'─' * len(cabeza)}")
    for m in medidas:
        valor, referencia, razon = map(_numero, (m.valor, m.referencia, m.razon))
        cumple = "sí" if m.cumple else "NO"
        print(COLUMNAS.format(m.medida, valor, m.unidad, referencia, razon, m.barra, cumple))
    filas = [
        {
            **{k: round(v, 4) if isinstance(v, float) else v for k, v in asdict(m).items()},
            "cumple": m.cumple,
        }
        for m in medidas
    ]
    RESULTADOS.parent.mkdir(exist_ok=True)
    RESULTADOS.write_text(json.dumps(filas, ensure_ascii=False, indent=1) + "\n")


def _numero(valor: float | None) -> str:
    return "—" if valor is None else f"{valor:.0f}" if valor >= 100 else f"{valor:.3g}"
