"""El servidor de la medida: el mismo de `facilita servir`, con el que se pida."""

import os
import sys

from facilita.cli.comun import preparar_registro
from facilita.cli.servidor import atender_con_granian, atender_con_waitress
from facilita.config import leer_configuracion
from facilita.web import create_app


def main() -> None:
    """Atiende hasta que lo terminen: waitress en un proceso, o granian con dos."""
    cual, puerto = sys.argv[1], int(sys.argv[2])
    configuracion = leer_configuracion(None, os.environ)
    preparar_registro("warning")
    if cual == "granian":
        atender_con_granian(None, configuracion, "127.0.0.1", puerto, 2)
        return
    app = create_app(configuracion)
    entorno = app.extensions["facilita"].entorno
    atender_con_waitress(app, entorno, configuracion, "127.0.0.1", puerto)


if __name__ == "__main__":
    main()
