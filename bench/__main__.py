"""`python -m bench [--breve]`: mide, dibuja la tabla y escribe bench/resultados/ultimo.json."""

import sys

import structlog

from bench import definiciones, en_proceso, viaje
from bench.tabla import escribir


def main() -> int:
    """Corre todas las medidas; siempre termina en 0: una barra no cumplida se lee en la tabla."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(40))
    breve = "--breve" in sys.argv
    escribir([*en_proceso.medir(breve), *definiciones.medir(breve), *viaje.medir(breve)])
    return 0


if __name__ == "__main__":
    sys.exit(main())
