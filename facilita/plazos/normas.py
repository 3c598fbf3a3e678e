"""Las citas de la habitación, como datos y en un solo lugar: ninguna norma se escribe en otro."""

from collections.abc import Mapping
from types import MappingProxyType

DIAS_HABILES = "LPAG art. 134"
HORARIO_MINIMO = "LPAG art. 138"
CASILLA_DEPOSITO = "Ley 31736, art. 5.2"
CASILLA_ALERTAS = "Ley 31736, arts. 5.4 a 5.7"
CASILLA_EFECTO = "Ley 31736, art. 5.6"
CASILLA_CAIDAS = "Ley 31736, arts. 6 y 8.2"
CASILLA_MISMO_DIA = "LPAG art. 25.2"
DL_713 = "DL 713, art. 6"

FERIADOS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "Año Nuevo": ("Año Nuevo", DL_713),
        "Jueves Santo": ("Jueves Santo", DL_713),
        "Viernes Santo": ("Viernes Santo", DL_713),
        "Día del Trabajo": ("Día del Trabajo", DL_713),
        "Batalla de Arica y Día de la Bandera": (
            "Batalla de Arica y Día de la Bandera",
            f"{DL_713}; Ley 31788",
        ),
        "San Pedro y San Pablo": ("San Pedro y San Pablo", DL_713),
        "Día de la Fuerza Aérea del Perú": (
            "Día de la Fuerza Aérea del Perú",
            f"{DL_713}; Ley 31822",
        ),
        "Día de la Independencia": ("Fiestas Patrias", DL_713),
        "Día de la Gran Parada Militar": ("Fiestas Patrias", DL_713),
        "Batalla de Junín": ("Batalla de Junín", f"{DL_713}; Ley 31530"),
        "Santa Rosa de Lima": ("Santa Rosa de Lima", DL_713),
        "Combate de Angamos": ("Combate de Angamos", DL_713),
        "Todos Los Santos": ("Todos los Santos", DL_713),
        "Inmaculada Concepción": ("Inmaculada Concepción", DL_713),
        "Batalla de Ayacucho": ("Batalla de Ayacucho", f"{DL_713}; Ley 31381"),
        "Navidad del Señor": ("Navidad del Señor", DL_713),
    }
)
"""Nombre en la biblioteca `holidays` → motivo y norma; lo que no está aquí no es feriado (N40)."""
