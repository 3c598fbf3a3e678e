"""El lenguaje: entra texto, salen definiciones o la lista de lo que está mal.

Ley de esta habitación: sin reloj, disco, red, Flask, WTForms ni SQLAlchemy.
"""

from facilita.definicion.adaptacion import adaptar
from facilita.definicion.compilador import Examen, abrir, compilar, examinar, examinar_dato
from facilita.definicion.contexto import Contexto, Lugar, SedeOfrecida
from facilita.definicion.estructura import Definicion, Mensaje, Pagina, Seccion
from facilita.definicion.fallas import DefinicionInvalida, Falla, Sitio
from facilita.definicion.familias import es_adaptacion
from facilita.definicion.flujo import Efecto, Estado, Flujo, Hechos, Plazo, Transicion
from facilita.definicion.lectura import Lectura, Respuestas
from facilita.definicion.lectura_yaml import leer_yaml
from facilita.definicion.numeracion import Conservacion, Numeracion
from facilita.definicion.tareas import Rol, Tarea

__all__ = [
    "Conservacion",
    "Contexto",
    "Definicion",
    "DefinicionInvalida",
    "Efecto",
    "Estado",
    "Examen",
    "Falla",
    "Flujo",
    "Hechos",
    "Lectura",
    "Lugar",
    "Mensaje",
    "Numeracion",
    "Pagina",
    "Plazo",
    "Respuestas",
    "Rol",
    "Seccion",
    "SedeOfrecida",
    "Sitio",
    "Tarea",
    "Transicion",
    "abrir",
    "adaptar",
    "compilar",
    "es_adaptacion",
    "examinar",
    "examinar_dato",
    "leer_yaml",
]
