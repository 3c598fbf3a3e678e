"""Lo que el lenguaje dice, palabra por palabra: un cambio sin querer se ve como una diferencia.

Con `python -m tests.definicion.test_dicho` se vuelve a escribir `dicho.json`; se lee
antes de guardarlo.
"""

import json
import random
from collections import Counter
from typing import Any

import pytest

from facilita.definicion import compilar
from facilita.definicion.campos import REGISTRO
from facilita.definicion.css import vista_de
from facilita.definicion.diferencias import comparar

from .material import AQUI, CONTEXTO, NORMAS, TEXTOS
from .test_actualizacion import DE_LA_ENTIDAD, DE_LA_PLANTILLA, celda
from .test_campos import campo_de, leer_uno
from .test_diferencias import CASOS, MESA

ARCHIVO = AQUI / "dicho.json"


def de_un_tipo(tipo: str) -> dict[str, Any]:
    """Sus muestras como se leen y se muestran, y lo que contesta a lo que no acepta."""
    campo = campo_de(tipo, obligatorio=True)
    azar = random.Random(f"dicho-{tipo}")
    bien = []
    for _ in range(8):
        crudo = campo.muestra(azar, CONTEXTO, {})
        lectura = leer_uno(campo, crudo)
        valor = lectura.valores.get("x")
        visto = None if valor is None else campo.mostrar(valor)
        bien.append([crudo, valor, visto and visto.texto, [str(e) for e in lectura.errores]])
    mal = [
        [crudo, [str(e) for e in leer_uno(campo, crudo).errores]]
        for crudo in campo.muestras_invalidas()
    ]
    return {"pista": campo.pista, "bien": bien, "mal": mal}


def al_actualizar() -> dict[str, Any]:
    """Cada frase de la tabla de actualizar, y en cuántas celdas se dice; y un conflicto entero."""
    frases: Counter[str] = Counter()
    muestra: dict[str, Any] = {}
    for p in sorted(DE_LA_PLANTILLA):
        for e in sorted(DE_LA_ENTIDAD):
            hecha = celda(p, e)
            frases.update(map(str, (*hecha.novedades, *hecha.conflictos, *hecha.fallas)))
            for conflicto in hecha.conflictos:
                muestra.setdefault(conflicto.id, conflicto.a_json())
    return {"frases": dict(sorted(frases.items())), "conflictos": dict(sorted(muestra.items()))}


def de_las_diferencias() -> dict[str, Any]:
    """Cada diferencia como dato, con su frase."""
    dichas: dict[str, Any] = {}
    for caso, (cambiar, _) in CASOS.items():
        nueva = json.loads(json.dumps(MESA))
        cambiar(nueva)
        dichas[caso] = [d.a_json() for d in comparar(MESA, nueva)]
    return dichas


def del_css() -> dict[str, Any]:
    """El CSS de las condiciones de cada página de las plantillas."""
    return {
        f"{nombre}/{pagina.id}": vista_de(definicion, pagina).css
        for nombre, texto in TEXTOS.items()
        for definicion in [compilar(texto, normas=NORMAS)]
        for pagina in definicion.paginas
    }


PARTES = {
    **{f"tipo {tipo}": (lambda tipo=tipo: de_un_tipo(tipo)) for tipo in sorted(REGISTRO)},
    "actualizar": al_actualizar,
    "diferencias": de_las_diferencias,
    "css": del_css,
}


def _en_json(dato: Any) -> Any:
    return json.loads(json.dumps(dato, ensure_ascii=False, default=str))


@pytest.mark.parametrize("parte", PARTES)
def test_dice_lo_mismo(parte: str) -> None:
    dicho = json.loads(ARCHIVO.read_text("utf-8"))
    assert _en_json(PARTES[parte]()) == dicho[parte]


if __name__ == "__main__":
    todo = {parte: _en_json(hacer()) for parte, hacer in PARTES.items()}
    ARCHIVO.write_text(json.dumps(todo, ensure_ascii=False, indent=1) + "\n", "utf-8")
