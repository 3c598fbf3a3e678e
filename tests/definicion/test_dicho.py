"""Lo que el lenguaje dice, palabra por palabra: un cambio sin querer se ve como una diferencia.

Con `PYTHONPATH=tests python -m tests.definicion.test_dicho` se vuelve a escribir `dicho.json`; se
lee antes de guardarlo.
"""

import json
import random
from collections import Counter
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import Any

import pytest
from definiciones_al_azar import definicion_al_azar

from facilita.definicion import Definicion, DefinicionInvalida, compilar, examinar_dato, leer_yaml
from facilita.definicion.actualizacion import actualizar
from facilita.definicion.campos import REGISTRO, Campo
from facilita.definicion.css import vista_de
from facilita.definicion.diferencias import comparar

from .generador import presentacion
from .material import AQUI, CONTEXTO, NORMAS, TEXTOS
from .test_actualizacion import DE_LA_ENTIDAD, DE_LA_PLANTILLA, VIEJA, celda
from .test_actualizacion_al_azar import formulario_propio, plantilla_cambiada
from .test_campos import campo_de, leer_uno
from .test_diferencias import CASOS, MESA
from .test_estropeadas import escribir, estropear

ARCHIVO = AQUI / "dicho.json"
ESTABLES = ("rotas/base", "actualizacion/base", "css", "grupos", "hoy", "opciones")
"""Las definiciones de esta carpeta: no cambian cuando cambia una plantilla."""


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


def estable(nombre: str) -> Any:
    """Una definición de esta carpeta, leída cada vez: así se mira también cómo se lee."""
    return leer_yaml((AQUI / f"{nombre}.yaml").read_text("utf-8"), f"{nombre}.yaml")


def del_css_de_prueba() -> dict[str, Any]:
    """El CSS y las condiciones de las páginas hechas para probarlo."""
    dicho: dict[str, Any] = {}
    for nombre in ("css", "grupos", "hoy", "opciones"):
        definicion = compilar((AQUI / f"{nombre}.yaml").read_text("utf-8"), nombre)
        for pagina in definicion.paginas:
            vista = vista_de(definicion, pagina)
            dicho[f"{nombre}/{pagina.id}"] = desarmado(vista)
    return dicho


def desarmado(cosa: Any) -> Any:
    """Un objeto del lenguaje como datos: su clase y lo que guarda."""
    if is_dataclass(cosa) and not isinstance(cosa, type):
        guardado = {f.name: getattr(cosa, f.name) for f in fields(cosa) if f.name != "dato"}
        return {n: d for n, v in guardado.items() if (d := desarmado(v)) not in (None, [], {}, "")}
    if isinstance(cosa, Mapping):
        return {str(c): desarmado(v) for c, v in cosa.items()}
    if isinstance(cosa, Campo):
        return desarmado({n: v for n, v in vars(cosa).items() if n != "dato" and v})
    if isinstance(cosa, frozenset | set):
        return sorted(map(str, cosa))
    if isinstance(cosa, list | tuple):
        return [desarmado(v) for v in cosa]
    if isinstance(cosa, str | int | float | bool) or cosa is None:
        return cosa
    return getattr(cosa, "id", None) or type(cosa).__name__


def de_lo_compilado() -> dict[str, Any]:
    """Lo que se arma de cada definición: páginas, flujo, tareas, roles y mensajes."""
    dicho: dict[str, Any] = {}
    for nombre in ESTABLES:
        definicion = examinar_dato(estable(nombre), normas=NORMAS).definicion
        assert isinstance(definicion, Definicion)
        dicho[nombre] = desarmado(definicion)
    return dicho


def de_lo_estropeado() -> dict[str, Any]:
    """Las fallas y los avisos de definiciones con uno a cuatro cambios sin sentido."""
    dicho: dict[str, Any] = {}
    for n in range(90):
        azar = random.Random(f"dicho-{n}")
        nombre = azar.choice(ESTABLES)
        texto = escribir(estropear(estable(nombre), azar))
        try:
            examen = examinar_dato(leer_yaml(texto, "x"), normas=NORMAS)
        except DefinicionInvalida as invalida:
            dicho[f"{n} {nombre}"] = [f"{f.codigo} {f}" for f in invalida.fallas]
            continue
        dicho[f"{n} {nombre}"] = [
            f"{f.codigo} {f}" for f in (*examen.fallas[:8], *examen.avisos[:4])
        ]
    return dicho


def de_las_escenas() -> dict[str, Any]:
    """Plantillas y entidades que cambian al azar: lo que se dice, se discute y queda."""
    dicho: dict[str, Any] = {}
    for n in range(40):
        azar = random.Random(f"dicho-{n}")
        vieja = azar.choice((VIEJA, estable("rotas/base")))
        nueva, propio = plantilla_cambiada(vieja, azar), formulario_propio(vieja, azar)
        hecha = actualizar(vieja, nueva, propio, normas=NORMAS)
        dicho[str(n)] = {
            "dice": [*map(str, (*hecha.novedades, *hecha.conflictos, *hecha.fallas[:6]))],
            "queda": hecha.cambios["cambios"],
        }
    return dicho


def de_lo_inventado() -> dict[str, Any]:
    """Formularios inventados: sus avisos y lo que contestan a respuestas sin sentido."""
    dicho: dict[str, Any] = {}
    for n in range(40):
        azar = random.Random(f"dicho-{n}")
        examen = examinar_dato(definicion_al_azar(azar))
        dice = [str(f) for f in (*examen.fallas, *examen.avisos)]
        if examen.definicion is not None:
            lectura = examen.definicion.leer(presentacion(examen.definicion, azar, 0.3), CONTEXTO)
            dice += [f"{e.campo}: {e}" for e in lectura.errores]
        dicho[str(n)] = dice
    return dicho


PARTES = {
    **{f"tipo {tipo}": (lambda tipo=tipo: de_un_tipo(tipo)) for tipo in sorted(REGISTRO)},
    "actualizar": al_actualizar,
    "diferencias": de_las_diferencias,
    "css": del_css,
    "css de prueba": del_css_de_prueba,
    "compilado": de_lo_compilado,
    "estropeado": de_lo_estropeado,
    "escenas": de_las_escenas,
    "inventado": de_lo_inventado,
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
