"""Qué cambio de la entidad causa una falla: se dice ahí, en su línea, y no en la plantilla."""

import pytest

from facilita.definicion import Examen, examinar, leer_yaml

from .material import AQUI, NORMAS

BASE = (AQUI / "rotas" / "base.yaml").read_text("utf-8")
CABEZA = "formato: 1\nformulario: prueba\nplantilla: base@1\ncambios:\n"


def examinar_cambios(cambios: str, base: str = BASE) -> Examen:
    """Examina unos cambios sobre la plantilla de base, o sobre otra."""
    return examinar(
        CABEZA + cambios,
        "propio.yaml",
        normas=NORMAS,
        buscar_plantilla=lambda *_: leer_yaml(base, "base.yaml"),
    )


@pytest.mark.parametrize(
    ("cambios", "linea", "ruta", "dice"),
    [
        ("  quitar: {campos: [hijos]}\n", 5, "cambios.quitar.campos.1", "quitas el campo «hijos»"),
        (
            "  quitar:\n    opciones:\n      medio: [correo, papel]\n",
            7,
            "cambios.quitar.opciones.medio.2",
            "quitas la opción «papel»",
        ),
        (
            "  titulo: Otro\n  transiciones:\n    subsanar: {a: perdido}\n",
            7,
            "flujo.transiciones.subsanar.a",
            "no hay un estado «perdido»",
        ),
        (
            "  orden: {pedido: [folios, asunto, medio, copias, documento, correo]}\n",
            5,
            "cambios.orden.pedido",
            "cambias el orden de «pedido»",
        ),
        (
            "  campos:\n    hijos: {maximo: 0}\n",
            6,
            "cambios.campos.hijos.maximo",
            "cambias «maximo» de «hijos»",
        ),
    ],
)
def test_se_dice_en_el_cambio_y_no_en_la_plantilla(
    cambios: str, linea: int, ruta: str, dice: str
) -> None:
    falla = examinar_cambios(cambios).fallas[0]
    assert falla.sitio is not None
    assert (falla.sitio.archivo, falla.sitio.linea, falla.ruta) == ("propio.yaml", linea, ruta)
    assert falla.texto.startswith(dice)


def test_cuando_hacen_falta_dos_cambios_se_dicen_los_que_van_juntos() -> None:
    otra = BASE.replace("      - id: empresa\n", "      - id: empresa\n").replace(
        "si: {campo: hijos, desde: 1}",
        "si: {alguna: [{campo: hijos, desde: 1}, {campo: tipo_persona, es: entidad}]}",
    )
    cambios = "  campos:\n    hijos: {maximo: 0}\n  quitar: {opciones: {tipo_persona: [entidad]}}\n"
    fallas = examinar_cambios(cambios, otra).fallas
    assert {f.sitio.archivo for f in fallas if f.sitio} == {"propio.yaml"}


def test_lo_que_ya_estaba_mal_en_la_plantilla_se_dice_en_ella() -> None:
    rota = BASE.replace("{campo: medio, es: papel}", "{campo: medio, es: paloma}")
    fallas = examinar_cambios("  titulo: Otro\n", rota).fallas
    assert [f.sitio.archivo for f in fallas if f.sitio] == ["base.yaml"]


def test_un_aviso_se_dice_en_el_cambio_que_lo_causa_y_no_impide_publicar() -> None:
    examen = examinar_cambios("  titulo: Otro\n  quitar: {campos: [correo]}\n")
    assert examen.definicion is not None
    (aviso,) = examen.avisos
    assert aviso.es_aviso and aviso.sitio is not None
    assert (aviso.codigo, aviso.ruta) == ("mensaje.sin_destino", "cambios.quitar.campos.1")
    assert (aviso.sitio.archivo, aviso.sitio.linea) == ("propio.yaml", 6)


def test_el_aviso_que_la_plantilla_ya_tenia_se_dice_en_ella() -> None:
    sin_correo = BASE.replace(", uso: correo}", "}")
    (aviso,) = examinar_cambios("  quitar: {campos: [correo]}\n", sin_correo).avisos
    assert aviso.sitio is not None and aviso.sitio.archivo == "base.yaml"


def test_con_demasiados_cambios_no_se_busca() -> None:
    muchos = "".join(
        f"    - campo: {{id: c{n}, tipo: texto, etiqueta: C{n}}}\n      en: pedido\n"
        for n in range(250)
    )
    fallas = examinar_cambios(f"  quitar: {{campos: [hijos]}}\n  agregar:\n{muchos}").fallas
    assert [f.sitio.archivo for f in fallas if f.sitio] == ["base.yaml"]
