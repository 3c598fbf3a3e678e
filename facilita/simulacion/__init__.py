"""La simulación: un formulario recorrido entero contra el motor de verdad, antes de publicarlo.

De una definición salen presentaciones válidas e inválidas y los caminos de su flujo, con el reloj;
todo ocurre en una base de paso. La misma semilla repite lo mismo.
"""

import json
from collections.abc import Callable
from pathlib import Path

from facilita.definicion import DefinicionInvalida, examinar
from facilita.servicios.catalogo import Catalogo
from facilita.simulacion.casos import Simulacion
from facilita.simulacion.informe import Informe
from facilita.simulacion.mundo import CatalogoConPropia, abrir_mundo

__all__ = ["Informe", "simular"]


def simular(
    archivo: Path,
    catalogo: Catalogo,
    *,
    casos: int,
    semilla: int,
    hasta: int | None = None,
    fallas: int = 20,
    base: str | None = None,
    avisar: Callable[[int], None] = lambda hechos: None,
) -> Informe:
    """Simula el formulario o la plantilla de un archivo; lanza `DefinicionInvalida`.

    Se detiene después del caso `hasta`, o con ese número de fallas. `avisar` recibe cuántos casos
    van.
    """
    texto = archivo.read_text("utf-8")
    examen = examinar(
        texto,
        str(archivo),
        normas=catalogo.ids_de_normas,
        buscar_plantilla=catalogo.plantilla,
    )
    if examen.definicion is None:
        raise DefinicionInvalida(examen.fallas)
    propia = examen.definicion.dato if examen.definicion.es_plantilla else None
    if propia is not None:
        # Una plantilla no se publica: se simula el formulario que la adapta sin cambiar nada.
        adaptada = f"{propia['plantilla']}@{propia['version']}"
        formulario = {
            "formato": 1, "formulario": propia["plantilla"], "plantilla": adaptada, "cambios": {}
        }  # fmt: skip
        texto = json.dumps(formulario)
    with abrir_mundo(
        CatalogoConPropia(catalogo.carpeta, propia), texto, str(archivo), base
    ) as mundo:
        simulacion = Simulacion(mundo, semilla)
        simulacion.correr(casos, hasta, fallas, avisar)
        return Informe.de(simulacion, str(archivo))
