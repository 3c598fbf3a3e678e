"""El servidor de la medida del viaje: el embebido, con su trabajador en un hilo."""

import sys
from pathlib import Path

import structlog
from waitress import serve

from bench.escena import configurar
from facilita import create_app
from facilita.armado import armar_entorno
from facilita.trabajador import arrancar_en_hilo


def main() -> None:
    """Atiende hasta que lo terminen."""
    carpeta, base, puerto = sys.argv[1:]
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(40))
    # Cada persona llega con su IP por el proxy: los límites de frecuencia quedan puestos.
    configuracion = configurar(Path(carpeta), base, FACILITA_SALTOS_DE_PROXY="1")
    entorno = armar_entorno(configuracion)
    arrancar_en_hilo(entorno)
    serve(create_app(configuracion, entorno), host="127.0.0.1", port=int(puerto), threads=8)


if __name__ == "__main__":
    main()
