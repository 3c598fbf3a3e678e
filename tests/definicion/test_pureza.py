"""El lenguaje se importa solo: sin Flask, bases de datos, pantallas ni red."""

import subprocess
import sys

from .material import RAIZ, TEXTOS

PROHIBIDOS = ("flask", "werkzeug", "sqlalchemy", "wtforms", "jinja2", "flask_login", "alembic")
PROGRAMA = """
import sys
from facilita.definicion import compilar
compilar(sys.stdin.read())
cargados = {nombre.split(".")[0] for nombre in sys.modules}
print(",".join(sorted(cargados & set(sys.argv[1:]))))
cargadas = {n for n in sys.modules if n.startswith("facilita.")}
print(",".join(sorted(n for n in cargadas if not n.startswith("facilita.definicion"))))
"""


def test_compilar_no_carga_otras_habitaciones() -> None:
    orden = [sys.executable, "-I", "-X", "utf8", "-c", PROGRAMA, *PROHIBIDOS]
    salida = subprocess.run(
        orden, input=TEXTOS["contacto"], capture_output=True, text=True, cwd=RAIZ, check=True
    )
    assert salida.stdout.splitlines() == ["", ""]
    assert salida.stderr == ""
