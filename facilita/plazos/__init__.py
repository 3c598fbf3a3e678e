"""El calendario: días hábiles, plazos y horarios, y el porqué de cada fecha.

Ley de la habitación: es pura. No lee el reloj, el disco ni la red; el instante siempre llega de
fuera. Toda fecha que calcula sabe explicar qué días se saltó y por qué norma.
"""

from facilita.plazos.calendario import Calendario, Salto
from facilita.plazos.casilla import Efecto, considerado_depositado, efecto_de, surte_efecto
from facilita.plazos.computo import Computo
from facilita.plazos.feriados import DiaNoHabil, feriados_nacionales
from facilita.plazos.horario import HORARIO_MESA, Bloque, Horario
from facilita.plazos.palabras import fecha_larga, momento_largo
from facilita.plazos.terminos import (
    Color,
    Suspension,
    a_tiempo,
    ampliar,
    computar,
    habiles_entre,
    plazo_desde,
    reanudar,
    restantes,
    semaforo,
    suspender,
)
from facilita.plazos.zona import LIMA, a_lima, fecha_lima

__all__ = [
    "HORARIO_MESA",
    "LIMA",
    "Bloque",
    "Calendario",
    "Color",
    "Computo",
    "DiaNoHabil",
    "Efecto",
    "Horario",
    "Salto",
    "Suspension",
    "a_lima",
    "a_tiempo",
    "ampliar",
    "computar",
    "considerado_depositado",
    "efecto_de",
    "fecha_larga",
    "fecha_lima",
    "feriados_nacionales",
    "habiles_entre",
    "momento_largo",
    "plazo_desde",
    "reanudar",
    "restantes",
    "semaforo",
    "surte_efecto",
    "suspender",
]
