"""`python -m bench [--breve]`: mide, dibuja la tabla y escribe bench/resultados/ultimo.json."""

import sys

import structlog

from bench import definiciones, documentos, en_proceso, viaje
from bench.tabla import escribir


def main() -> int:
    """Corre todas las medidas; siempre termina en 0: una barra no cumplida se lee en la tabla."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(40))
    breve = "--breve" in sys.argv
    medidas = [m for que in (en_proceso, definiciones, documentos, viaje) for m in que.medir(breve)]
    escribir(medidas)
    return 0


if __name__ == "__main__":
    sys.exit(main())
