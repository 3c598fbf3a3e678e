"""Lo que instala `make run`: con el candado base y nada más, todo el programa se puede importar."""

import re
import subprocess
import sys
from importlib.metadata import packages_distributions

from fabrica import RAIZ

PROGRAMA = """
import importlib, pkgutil, sys
prohibidos = set(sys.argv[1].split(","))

class Falta:
    def find_spec(self, nombre, ruta=None, destino=None):
        if nombre.partition(".")[0] in prohibidos:
            raise ModuleNotFoundError(f"No está en el candado base: {nombre}", name=nombre)

sys.meta_path.insert(0, Falta())
import facilita
for modulo in pkgutil.walk_packages(facilita.__path__, "facilita."):
    # El almacén de S3 se instala con su grupo y se importa solo cuando se configura.
    if modulo.name.rpartition(".")[2] not in ("__main__", "env", "almacen_s3"):
        importlib.import_module(modulo.name)
"""


def _fuera_del_candado() -> set[str]:
    """Los módulos que están instalados para las pruebas y el candado base no trae."""
    candado = (RAIZ / "requirements.lock").read_text("utf-8")
    traidos = {_llano(n) for n in re.findall(r"^([A-Za-z0-9._-]+)==", candado, re.MULTILINE)}
    traidos |= {"facilita", "pip", "setuptools", "wheel"}
    return {
        modulo
        for modulo, de in packages_distributions().items()
        if modulo.isidentifier() and not {_llano(d) for d in de} & traidos
    }


def _llano(nombre: str) -> str:
    return re.sub(r"[-_.]+", "-", nombre).lower()


def test_con_el_candado_base_se_importa_todo() -> None:
    """Una dependencia que solo llegaba con las de pruebas dejaba sin PDF a quien instala."""
    fuera = _fuera_del_candado()
    assert {"pytest", "playwright"} <= fuera
    hecho = subprocess.run(
        [sys.executable, "-c", PROGRAMA, ",".join(sorted(fuera))],
        cwd=RAIZ,
        capture_output=True,
        text=True,
        check=False,
    )
    assert hecho.returncode == 0, hecho.stderr[-2000:]
