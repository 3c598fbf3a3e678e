"""Los grupos por dentro: se adaptan, se ordenan y su presentación en una página."""

from typing import Any

from facilita.definicion import adaptar, compilar, examinar_dato, leer_yaml
from facilita.definicion.presentacion import paginas_de

from .material import AQUI, CONTEXTO

TEXTO = (AQUI / "grupos.yaml").read_text("utf-8")
PLANTILLA = leer_yaml(
    TEXTO.replace("formulario: grupos", "plantilla: grupos\nversion: 1"), "g.yaml"
)


def adaptada(**cambios: Any) -> tuple[dict[str, Any], list[str]]:
    """El grupo «g» de la plantilla con esos cambios, y lo que se dijo de ellos."""
    documento = {"formato": 1, "formulario": "x", "plantilla": "grupos@1", "cambios": cambios}
    dato, fallas = adaptar(PLANTILLA, documento)
    examen = examinar_dato(dato)
    grupo = next(c for c in dato["paginas"][1]["secciones"][0]["campos"] if c["id"] == "g")
    return grupo, [str(f) for f in (*fallas, *examen.fallas)]


def test_lo_de_adentro_de_un_grupo_se_cambia_se_quita_y_se_agrega() -> None:
    nuevo = {"id": "nuevo", "tipo": "texto", "etiqueta": "Nuevo", "si": {"campo": "c", "es": "x"}}
    grupo, dicho = adaptada(
        campos={"e": {"etiqueta": "Otra"}, "g": {"maximo": 9}},
        quitar={"campos": ["k"]},
        agregar=[
            {"campo": nuevo, "despues_de": "c"},
            {"campo": {"id": "fin_de_fila", "tipo": "hora", "etiqueta": "Hora"}, "en": "g"},
        ],
    )
    assert dicho == []
    ids = [c["id"] for c in grupo["campos"]]
    assert ids == ["c", "nuevo", "d", "e", "f", "h", "i", "j", "medio", "fin_de_fila"]
    assert grupo["campos"][3]["etiqueta"] == "Otra" and grupo["maximo"] == 9


def test_las_filas_se_ordenan() -> None:
    ids = ["medio", "k", "c", "d", "e", "f", "h", "i", "j"]
    grupo, dicho = adaptada(orden={"g": ids})
    assert (dicho, [c["id"] for c in grupo["campos"]]) == ([], ids)
    _, dicho = adaptada(orden={"g": ["c"]})
    assert len(dicho) == 1 and "el orden debe nombrar todos" in dicho[0]


def test_los_campos_de_un_grupo_no_se_reemplazan_enteros() -> None:
    _, dicho = adaptada(campos={"g": {"campos": []}})
    assert len(dicho) == 1 and "«campos» se cambia con «agregar»" in dicho[0]


def test_en_una_pagina_cada_pagina_lleva_su_condicion_y_su_titulo() -> None:
    texto = TEXTO.replace("formulario: grupos", "formulario: grupos\npresentacion: una_pagina")
    texto = texto.replace("    titulo: Dos\n", "    titulo: Dos\n    introduccion: Lo que sigue.\n"
                          "    si: {campo: m, es: x}\n")  # fmt: skip
    for comparada in ("monto, mayor_que: 100.5", 'dia, menor_que: "2026-01-01"',
                      'hora, desde: "12:00"'):  # fmt: skip
        texto = texto.replace(comparada, "a, es: true")
    texto = texto.replace("{todas: [{campo: c, es: y}, {campo: a, es: true}]}", "{campo: c, es: y}")
    texto = texto.replace("si: {campo: monto, desde: 10}", "si: {campo: c, es: x}")
    definicion = compilar(texto)
    (pagina,) = definicion.paginas
    assert (pagina.id, pagina.titulo, pagina.si) == ("uno", "Uno", None)
    assert [s.titulo for s in pagina.secciones] == [None, None, "Dos"]
    assert pagina.secciones[2].introduccion == "Lo que sigue."
    assert "caro" not in definicion.leer({"a": "true"}, CONTEXTO).visibles
    assert "caro" in definicion.leer({"a": "true", "m": ["x"]}, CONTEXTO).visibles
    varias = compilar(TEXTO)
    assert paginas_de(varias.dato, varias.paginas) is varias.paginas
