"""`python -m bench.gasto sqlite|pg`: qué gasta cada pedido de un viaje, en un solo proceso.

No mide el servidor ni la red: sirve para ver qué pedido cuesta y comparar dos versiones. El mínimo
de muchas vueltas cambia poco aunque la máquina esté ocupada.
"""

import re
import statistics
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

import structlog
from flask import Flask
from sqlalchemy import event
from sqlalchemy.engine import Engine

from bench.escena import armar, pdf_de_un_mega, postgres
from bench.viaje import Persona
from facilita.web import create_app

VUELTAS = 60
FICHA = re.compile(r"/borrador/[^/]*")


class DePrueba(Persona):
    """La misma persona, con el cliente de pruebas de Flask."""

    def __init__(self, app: Flask, numero: int, pdf: bytes, gastos: dict[str, list[float]]) -> None:
        super().__init__(0, numero, pdf)
        self.cliente = app.test_client()
        self.gastos = gastos

    def pedir(self, direccion: str) -> bytes:
        """Un GET."""
        return self._gastar("GET", direccion, 200)[0]

    def enviar(self, direccion: str, cuerpo: bytes, tipo: str = "") -> str:
        """Un POST; da adónde manda."""
        propias = {"data": cuerpo, "content_type": tipo or "application/x-www-form-urlencoded"}
        return str(self._gastar("POST", direccion, 303, **propias)[1])

    def _gastar(
        self, metodo: str, direccion: str, espera: int, **propias: object
    ) -> tuple[bytes, str | None]:
        antes = time.process_time()
        respuesta = self.cliente.open(direccion, method=metodo, headers=self.cabeceras, **propias)
        cuerpo = respuesta.data
        gasto = (time.process_time() - antes) * 1000
        assert respuesta.status_code == espera, (direccion, respuesta.status_code)
        self.gastos.setdefault(f"{metodo} {FICHA.sub('/…', direccion)}", []).append(gasto)
        return cuerpo, respuesta.location


def main() -> None:
    """Viaja muchas veces y escribe el gasto de cada pedido y las sentencias de un viaje."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(40))
    sentencias: list[str] = []
    with ExitStack() as pila:
        # En memoria: el disco de una máquina ocupada no es de lo que se pregunta.
        donde = "/dev/shm" if Path("/dev/shm").is_dir() else None
        carpeta = Path(pila.enter_context(tempfile.TemporaryDirectory(dir=donde)))
        en_pg = sys.argv[1:] == ["pg"]
        base = pila.enter_context(postgres()) if en_pg else f"sqlite:///{carpeta}/bench.db"
        configuracion, entorno = armar(carpeta, base)
        pila.callback(entorno.bd.cerrar)
        app, pdf = create_app(configuracion), pdf_de_un_mega()
        for n in range(3):
            DePrueba(app, n, pdf, {}).viajar()
        gastos: dict[str, list[float]] = {}
        for n in range(VUELTAS):
            DePrueba(app, 10 + n, pdf, gastos).viajar()
        event.listen(Engine, "before_cursor_execute", lambda *datos: sentencias.append(datos[2]))
        DePrueba(app, 9, pdf, {}).viajar()
        app.extensions["facilita"].entorno.bd.cerrar()
    for pedido, gasto in gastos.items():
        print(f"{min(gasto):6.2f} ms (mediana {statistics.median(gasto):6.2f})  {pedido}")
    suma = sum(min(g) for g in gastos.values())
    print(f"{suma:6.2f} ms el viaje entero; {len(sentencias)} sentencias")


if __name__ == "__main__":
    main()
