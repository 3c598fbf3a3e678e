"""El contrato de todo tipo de campo en la pantalla: etiqueta, ayuda, error y lo escrito."""

import random
from collections.abc import Callable, Iterator
from typing import Any, cast

import pytest
from definicion.material import CONTEXTO, HOSTILES
from definicion.test_campos import campo_de, leer_uno
from flask import Flask

from facilita.definicion.campos import REGISTRO, Campo
from facilita.web.campo_visto import Lienzo, diciendo_la_fila
from facilita.web.controles import clase_suelta, llenar

from .cliente import Elemento, Pagina

CONTROLES = ("input", "select", "textarea")
todo_tipo = pytest.mark.parametrize("tipo", sorted(REGISTRO))
Dibujar = Callable[..., Pagina]


@pytest.fixture(scope="module")
def dibujar() -> Iterator[Dibujar]:
    """Dibuja un campo suelto con la plantilla de verdad, sin base de datos ni sesión."""
    from facilita.web.filtros import registrar_filtros

    app = Flask("facilita.web", template_folder="paginas")
    app.jinja_env.autoescape = True
    registrar_filtros(app)
    macros = cast(Any, app.jinja_env.get_template("_campo.html").module)

    def hacer(campo: Campo, crudo: Any, *, con_errores: bool = True) -> Pagina:
        lectura = leer_uno(campo, crudo)
        errores = {e.campo: e.texto for e in reversed(lectura.errores)} if con_errores else {}
        lienzo = Lienzo(CONTEXTO, errores, {a.campo: a.texto for a in lectura.avisos})
        clase = clase_suelta([campo], CONTEXTO)
        formulario = llenar(clase, [campo], {"x": crudo})
        return Pagina(str(macros.campo(lienzo.ver(campo, crudo, lambda: formulario), {})))

    yield hacer


def visibles(pagina: Pagina) -> list[Elemento]:
    """Los controles que una persona encuentra."""
    return [e for n in CONTROLES for e in pagina.todos(n) if e.get("type") != "hidden"]


def comprobar(pagina: Pagina) -> None:
    """Lo que cumple todo campo dibujado: ids únicos, cada control con su etiqueta, nada suelto."""
    ids = [e.id for e in pagina.elementos if e.id]
    assert len(ids) == len(set(ids))
    de_etiquetas = {e["for"] for e in pagina.todos("label")}
    for control in visibles(pagina):
        assert control.id in de_etiquetas, control.atributos
    assert de_etiquetas <= set(ids)
    for elemento in pagina.elementos:
        nombrados = elemento.get("aria-describedby").split()
        assert set(nombrados) <= set(ids), elemento.atributos
    for grupo in pagina.todos("fieldset"):
        assert grupo.texto.strip()
    assert len(pagina.todos("legend")) == len(pagina.todos("fieldset"))


def describe(pagina: Pagina, cual: str) -> bool:
    """Si algún control o grupo de controles dice que ese texto lo explica."""
    return any(cual in e.get("aria-describedby").split() for e in pagina.elementos)


@todo_tipo
def test_vacio_se_dibuja_con_su_etiqueta_y_su_ayuda(tipo: str, dibujar: Dibujar) -> None:
    campo = campo_de(tipo, ayuda="Una ayuda <b>.")
    pagina = dibujar(campo, None)
    comprobar(pagina)
    if campo.se_responde:
        assert "El campo" in pagina.html and visibles(pagina)
        assert "Una ayuda &lt;b&gt;." in pagina.html
        assert describe(pagina, "x-ayuda")
        assert pagina.por_id("campo-x") is not None


@todo_tipo
def test_su_error_esta_junto_al_control_y_atado_a_el(tipo: str, dibujar: Dibujar) -> None:
    campo = campo_de(tipo, obligatorio=True)
    for crudo in (None, *campo.muestras_invalidas()):
        pagina = dibujar(campo, crudo)
        comprobar(pagina)
        for error in leer_uno(campo, crudo).errores:
            puesto = pagina.por_id(f"{error.campo}-error")
            assert puesto is not None and puesto.texto.startswith("Error: ")
            assert describe(pagina, f"{error.campo}-error")
        # El resumen de errores lleva a un control.
        for error in diciendo_la_fila(leer_uno(campo, crudo).errores, {"x": campo}):
            enlazado = pagina.por_id(error.campo)
            assert enlazado is not None and enlazado.nombre in CONTROLES


@todo_tipo
def test_lo_escrito_vuelve_a_estar(tipo: str, dibujar: Dibujar) -> None:
    """Lo que la página muestra, enviado otra vez, da la misma respuesta."""
    campo = campo_de(tipo)
    azar = random.Random(tipo)
    if not campo.se_responde or campo.es_archivo:
        return
    for _ in range(10):
        crudo = campo.muestra(azar, CONTEXTO, {})
        if tipo == "ubigeo" and len(crudo) == 1 and crudo[0].isdecimal():
            continue  # Un código sin nombre no se escribe en la pantalla.
        pagina = dibujar(campo, crudo)
        comprobar(pagina)
        escrito = pagina.escrito
        otra = campo.recoger("x", lambda nombre, e=escrito: e.get(nombre, []))  # type: ignore[misc]
        assert leer_uno(campo, otra).valores == leer_uno(campo, crudo).valores


@todo_tipo
def test_lo_mal_escrito_tambien_vuelve(tipo: str, dibujar: Dibujar) -> None:
    campo = campo_de(tipo)
    for crudo in campo.muestras_invalidas():
        if isinstance(crudo, str) and campo.control not in SIN_LO_QUE_NO_ES_OPCION:
            assert crudo in [v for vs in dibujar(campo, crudo).escrito.values() for v in vs]


SIN_LO_QUE_NO_ES_OPCION = ("opcion_unica", "lista", "sede", "si_no", "consentimiento")
"""Lo que no es una de sus opciones no se puede volver a marcar."""


@pytest.mark.timeout(60)
@todo_tipo
def test_lo_hostil_no_revienta_ni_escapa(tipo: str, dibujar: Dibujar) -> None:
    campo = campo_de(tipo)
    for crudo in HOSTILES:
        # Las fichas de los archivos las escribe el servidor.
        if como_se_guarda(crudo) and not campo.es_archivo:
            pagina = dibujar(campo, crudo)
            assert "<script" not in pagina.html
            comprobar(pagina)


@pytest.mark.parametrize("ejemplo", ["Mesa de partes", "No se envían a otros países."])
def test_el_ejemplo_termina_en_un_solo_punto(dibujar: Dibujar, ejemplo: str):
    html = dibujar(campo_de("texto", ejemplo=ejemplo), "").html
    assert f"Por ejemplo: {ejemplo.removesuffix('.')}." in html and ".." not in html


def como_se_guarda(crudo: Any) -> bool:
    """Si un borrador puede tener eso: textos, listas y mapas de textos."""
    if isinstance(crudo, list):
        return len(crudo) <= 100 and all(como_se_guarda(c) for c in crudo)
    if isinstance(crudo, dict):
        return all(como_se_guarda(c) for c in crudo.values())
    if not isinstance(crudo, str):
        return crudo is None
    return len(crudo) < 10_000 and "\ud800" not in crudo
