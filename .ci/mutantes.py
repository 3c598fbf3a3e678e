"""Corre mutmut en esta carpeta, entero o con una muestra, y cuenta lo que las pruebas notan.

Uso: mutantes.py CUANTOS SEMILLA PROCESOS (CUANTOS 0: todos).
Los que nadie nota quedan en sobreviven.txt.
"""

import json
import math
import random
import subprocess
import sys
from collections import Counter
from pathlib import Path

MUTMUT = Path(sys.executable).with_name("mutmut")
NOTADOS = {1, 3, -24, 24, 36, 152, 255, -9, -11}
"""Falla una prueba, se acaba el tiempo o el proceso cae."""
ESPERA = tuple("⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏")
"""Las ruedas con que mutmut entretiene."""


def mutmut(*palabras: str) -> str:
    """Lo que mutmut dice; todo queda también en el archivo `registro`."""
    hecho = subprocess.run(  # noqa: S603
        [str(MUTMUT), *palabras],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    dicho = "".join(r for r in hecho.stdout.splitlines(keepends=True) if r[:1] not in ESPERA)
    with Path("registro").open("a") as registro:
        registro.write(f"$ mutmut {palabras[0]}: {hecho.returncode}\n{dicho}")
    return hecho.stdout


def resultados() -> dict[str, int | None]:
    """Cómo terminó cada mutante; nada, si no se corrió."""
    todos: dict[str, int | None] = {}
    for archivo in Path("mutants").rglob("*.meta"):
        todos.update(json.loads(archivo.read_text())["exit_code_by_key"])
    return todos


def main() -> None:
    """Prepara los mutantes, corre la muestra y escribe la cuenta."""
    cuantos, semilla, procesos = (int(p) for p in sys.argv[1:])
    hijos = ("--max-children", str(procesos))
    if cuantos:
        mutmut("run", *hijos, "ninguno*")  # los escribe todos y no corre ninguno
        nombres = sorted(resultados())
        azar = random.Random(semilla)  # noqa: S311
        mutmut("run", *hijos, *azar.sample(nombres, min(cuantos, len(nombres))))
    else:
        mutmut("run", *hijos)
    todos = resultados()
    corridos = {n: c for n, c in todos.items() if c is not None}
    if not corridos:
        raise SystemExit("mutmut no corrió ninguno:\n" + Path("registro").read_text()[-20000:])
    vivos = sorted(n for n, c in corridos.items() if c not in NOTADOS)
    parte = 1 - len(vivos) / len(corridos)
    error = 1.96 * math.sqrt(parte * (1 - parte) / len(corridos)) if cuantos else 0.0
    print(f"{len(todos)} mutantes, {len(corridos)} corridos, {len(vivos)} sobreviven: "
          f"{parte:.1%} notados (± {error:.1%}); {Counter(corridos.values())}")  # fmt: skip
    with Path("sobreviven.txt").open("w") as salida:
        for nombre in vivos:
            cambio = mutmut("show", nombre).splitlines()
            salida.write(f"## {nombre} ({corridos[nombre]})\n")
            salida.writelines(
                f"{r}\n" for r in cambio if r[:1] in "+-" and r[:3] not in ("+++", "---")
            )


main()
