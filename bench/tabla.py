"""Las medidas como tabla y como JSON."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

RESULTADOS = Path(__file__).parent / "resultados" / "ultimo.json"


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
    for m in medidas:
        contra = "" if m.referencia is None else f" (referencia {m.referencia:.3g})"
        razon = "" if m.razon is None else f", razón {m.razon:.2f}"
        marca = "cumple" if m.cumple else "NO CUMPLE"
        print(f"{m.medida}\n    {m.valor:.3g} {m.unidad}{contra}{razon}; barra {m.barra}: {marca}")
    filas = [
        {
            **{k: round(v, 4) if isinstance(v, float) else v for k, v in asdict(m).items()},
            "cumple": m.cumple,
        }
        for m in medidas
    ]
    RESULTADOS.parent.mkdir(exist_ok=True)
    RESULTADOS.write_text(json.dumps(filas, ensure_ascii=False, indent=1) + "\n")
