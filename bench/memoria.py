"""`python -m bench.memoria N`: publica N formularios distintos, los usa todos y dice su memoria.

Cada uno es la mesa de partes entera con otro título. Usar es pedir su primera página y abrir un
borrador; lo que se mide es la mayor memoria del proceso, en MB, desde que arrancó.
"""

import json
import resource
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import structlog

from bench.escena import armar
from facilita import create_app
from facilita.definicion.canonico import canonizar, digerir
from facilita.tramite import borradores, entidades, formularios
from facilita.tramite.ambito import Ambito
from facilita.tramite.entorno import Entorno
from facilita.tramite.modelos import Formulario, Version

POR_TANDA = 250


def main(cuantos: int) -> float:
    """Los MB que llegó a usar el proceso."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(40))
    with tempfile.TemporaryDirectory() as carpeta:
        configuracion, entorno = armar(Path(carpeta), f"sqlite:///{carpeta}/bench.db")
        _publicar(entorno, cuantos)
        cliente = create_app(configuracion, entorno).test_client()
        for n in range(cuantos):
            respuesta = cliente.get(f"/valle-sereno/f-{n}", headers={"Accept-Encoding": "gzip"})
            assert respuesta.status_code == 200
            if n % 10 == 0:
                vigente = formularios.vigente(entorno, "valle-sereno", f"f-{n}")
                borradores.abrir(entorno, vigente, {"asunto": "Pido una copia"})
        entorno.bd.cerrar()
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _publicar(entorno: Entorno, cuantos: int) -> None:
    """Escribe las versiones directamente: compilarlas para publicar no es lo que se mide."""
    entidad = entidades.por_slug(entorno, "valle-sereno").id
    base = formularios.vigente(entorno, "valle-sereno", "mesa-de-partes").definicion.dato
    for desde in range(0, cuantos, POR_TANDA):
        with entorno.bd.transaccion(Ambito.de(entidad)) as sesion:
            for n in range(desde, min(cuantos, desde + POR_TANDA)):
                _uno(sesion, entidad, {**base, "formulario": f"f-{n}", "titulo": f"Mesa {n}"})


def _uno(sesion: Any, entidad: int, dato: dict[str, Any]) -> None:
    canonico, ahora = canonizar(dato), datetime.now(UTC)
    formulario = Formulario(
        entidad_id=entidad, slug=dato["formulario"], plantilla="mesa-de-partes@1",
        titulo=dato["titulo"], creado_en=ahora,
    )  # fmt: skip
    sesion.add(formulario)
    sesion.flush()
    version = Version(
        formulario_id=formulario.id, numero=1, digest=digerir(canonico), canonico=canonico,
        fuente=json.dumps({"formulario": dato["formulario"]}), creada_en=ahora,
    )  # fmt: skip
    sesion.add(version)
    sesion.flush()
    formulario.vigente_id = version.id


if __name__ == "__main__":
    print(round(main(int(sys.argv[1])), 1))
