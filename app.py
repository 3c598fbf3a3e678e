"""La entrada WSGI de un despliegue: `gunicorn app:app`, `granian --interface wsgi app:app`."""

import os
from pathlib import Path

from facilita import create_app
from facilita.config import leer_configuracion

ARCHIVO = Path(__file__).with_name("config.yaml")

app = create_app(leer_configuracion(ARCHIVO if ARCHIVO.is_file() else None, os.environ))
