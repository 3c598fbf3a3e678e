"""Contra los envíos automáticos: una duda pide confirmar y nunca pierde nada (N04)."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from fabrica import ACEPTA, CONTACTO, DE_CONTACTO, MESA, VALLE, Mundo

from facilita.tramite.modelos import Borrador, Solicitud
from facilita.tramite.sospechas import MUCHOS, PRISA, TRAMPA, dudas
from facilita.web import antispam

from .cliente import Pagina, Visita, codigo_de, de_pagina
from .conftest import Armar

PRESENTA = {**ACEPTA, "accion": "presentar"}
PRIMERA = f"/{VALLE}/{MESA}"


@pytest.fixture
def motor(request: pytest.FixtureRequest) -> str:
    """SQLite, salvo donde la base importa: eso corre en los dos."""
    return str(getattr(request, "param", "sqlite"))


EN_LOS_DOS = pytest.mark.parametrize("motor", ["sqlite", "postgresql"], indirect=True)


@pytest.fixture
def visita(otra_app: Armar) -> Visita:
    """Alguien frente a un servidor que cuenta dos segundos, como el de verdad."""
    return Visita(otra_app(segundos_de_revision="2"))


def marcas(pagina: Pagina) -> dict[str, Any]:
    """Lo que la revisión lleva puesto, como lo enviaría el navegador."""
    return {**pagina.escrito, "accion": "presentar"}


def test_quien_lee_presenta_sin_que_se_le_pregunte_nada(visita: Visita, mundo: Mundo):
    """N04: dos segundos después de ver la revisión."""
    carpeta = visita.hasta_revisar()
    puestas = marcas(visita.leer(carpeta + "revisar"))
    mundo.pasar(seconds=2)
    hecho = visita.enviar(carpeta + "revisar", {**puestas, **ACEPTA})
    assert codigo_de(visita.seguir(hecho))


def test_marcar_lo_que_faltaba_no_es_prisa(visita: Visita, mundo: Mundo):
    """N04: quien ya leyó la revisión y solo olvidó una casilla no tiene que esperar otra vez."""
    carpeta = visita.hasta_revisar()
    puestas = marcas(visita.leer(carpeta + "revisar"))
    mundo.pasar(seconds=5)
    con_errores = visita.enviar(carpeta + "revisar", puestas)
    assert con_errores.status_code == 422
    otra_vez = {**marcas(Pagina(con_errores.text)), **ACEPTA}
    assert codigo_de(visita.seguir(visita.enviar(carpeta + "revisar", otra_vez)))


@EN_LOS_DOS
def test_un_envio_con_prisa_se_confirma_y_no_se_pierde(visita: Visita, mundo: Mundo):
    """N04: queda guardado con lo marcado; un botón lo presenta; dos veces es una."""
    carpeta = visita.hasta_revisar()
    puestas = marcas(visita.leer(carpeta + "revisar"))
    (buena,) = puestas["-mirada"]
    marca_de = {"sin abrirla": "", "otra": "1.abc", "del futuro": buena.replace("1", "2", 1)}
    for como, mirada in {"al instante": buena, **marca_de}.items():
        respuesta = visita.enviar(carpeta + "revisar", {**puestas, **ACEPTA, "-mirada": mirada})
        pagina = Pagina(respuesta.text)
        assert respuesta.status_code == 422 and not mundo.todo(Solicitud), como
        assert "Todavía no lo recibimos" in pagina.texto and "más rápido" in pagina.texto
        assert pagina.escrito["declaracion_jurada"] == ["true"]
        assert visita.leer(carpeta + "revisar").escrito["privacidad"] == ["true"]
        # Al instante es lo único que el tiempo arregla.
        mundo.pasar(hours=1)
    for _ in range(2):
        codigo = codigo_de(visita.seguir(visita.enviar(carpeta + "revisar", marcas(pagina))))
    assert [s.codigo for s in mundo.todo(Solicitud)] == [codigo]


def test_si_ademas_falta_algo_primero_se_dice_que_falta(visita: Visita, mundo: Mundo):
    """N04: los errores van antes que la pregunta."""
    carpeta = visita.hasta_revisar()
    respuesta = visita.enviar(carpeta + "revisar", {"accion": "presentar"})
    assert set(Pagina(respuesta.text).errores) == {"declaracion_jurada", "privacidad"}
    assert "confirma" not in respuesta.text


def test_la_trampa_no_se_ve_y_caer_en_ella_solo_pregunta(visita: Visita, mundo: Mundo):
    """N04, N63: escondida también para quien no ve; el borrador se abre igual."""
    (trampa,) = visita.leer(PRIMERA).todos("input", name="sitio-web")
    assert trampa["tabindex"] == "-1" and trampa["autocomplete"] == "off"
    datos = {**DE_CONTACTO, "accion": "continuar", "sitio-web": "https://compra.example"}
    respuesta = visita.enviar(f"/{VALLE}/{CONTACTO}", datos)
    assert respuesta.status_code == 303 and mundo.todo(Borrador)[0].senales == [TRAMPA]
    puestas = marcas(visita.seguir(respuesta))
    mundo.pasar(minutes=5)
    pregunta = visita.enviar(respuesta.location, {**puestas, **ACEPTA})
    assert pregunta.status_code == 422 and "campo escondido" in pregunta.text
    hecho = visita.enviar(respuesta.location, marcas(Pagina(pregunta.text)))
    assert codigo_de(visita.seguir(hecho))


def test_confirmar_no_se_inventa_ni_sirve_para_otro(visita: Visita, mundo: Mundo):
    """N04: la confirmación de un borrador no presenta otro."""
    una, otra = visita.hasta_revisar(), visita.hasta_revisar()
    pregunta = Pagina(visita.enviar(una + "revisar", PRESENTA).text)
    for falsa in (pregunta.escrito["-confirma"][0], "si", "", "ñ"):
        respuesta = visita.enviar(otra + "revisar", {**PRESENTA, "-confirma": falsa})
        assert respuesta.status_code == 422 and "Sí, presentar" in respuesta.text
    assert not mundo.todo(Solicitud)


@EN_LOS_DOS
def test_muchos_de_la_misma_red_se_reciben_y_confirman(
    visita: Visita, mundo: Mundo, monkeypatch: pytest.MonkeyPatch
):
    """N04: pasado lo habitual, se abre igual; otro formulario y otra red no lo pagan."""
    monkeypatch.setattr(antispam, "SOSPECHOSO", "2/minute")
    carpetas = [visita.hasta_revisar() for _ in range(3)]
    visita.enviar(f"/{VALLE}/{CONTACTO}", {**DE_CONTACTO, "accion": "continuar"})
    otra = Visita(visita.app, ip="190.0.2.200")
    otra.hasta_revisar()
    assert [b.senales for b in mundo.todo(Borrador)] == [None, None, [MUCHOS], None, None]
    puestas = marcas(visita.leer(carpetas[2] + "revisar"))
    mundo.pasar(seconds=9)
    pregunta = visita.enviar(carpetas[2] + "revisar", {**puestas, **ACEPTA})
    assert "Desde tu conexión llegan muchos envíos" in pregunta.text
    hecho = visita.enviar(carpetas[2] + "revisar", marcas(Pagina(pregunta.text)))
    assert codigo_de(visita.seguir(hecho))


@EN_LOS_DOS
def test_demasiados_de_una_red_esperan_con_lo_escrito_en_la_pantalla(
    visita: Visita, mundo: Mundo, monkeypatch: pytest.MonkeyPatch
):
    """N04: 429 con la misma página, llena; ni un borrador más. En IPv6 se cuenta la casa."""
    monkeypatch.setattr(antispam, "DEMASIADO", "2/minute")
    casa = [Visita(visita.app, ip=f"2800:200:1:2::{n}") for n in range(3)]
    respuestas = [v.enviar(PRIMERA, de_pagina("tus-datos", nombres="Rosa" + "a" * n))
                  for n, v in enumerate(casa)]  # fmt: skip
    assert [r.status_code for r in respuestas] == [303, 303, 429]
    pagina = Pagina(respuestas[2].text)
    assert respuestas[2].headers["Retry-After"] == "60"
    assert "Espera un minuto" in pagina.texto and pagina.escrito["nombres"] == ["Rosaaa"]
    assert mundo.cuantas(Borrador) == [2]
    vecina = Visita(visita.app, ip="2800:200:1:3::1")
    assert vecina.enviar(PRIMERA, de_pagina("tus-datos")).status_code == 303


def test_corregir_no_pide_confirmar(visita: Visita, mundo: Mundo):
    """N07: quien corrige ya mostró quién es, y su plazo corre."""
    codigo = mundo.presentar_mesa()
    mundo.observar(codigo)
    visita.abrir_expediente(codigo)
    abierta = visita.con_csrf(f"/seguimiento/{codigo}/expediente/corregir")
    carpeta = abierta.location.rpartition("/")[0] + "/"
    corregido = {"asunto": "Pido copia de otra", "accion": "continuar"}
    assert visita.enviar(carpeta + "tu-documento", corregido).status_code == 303
    hecho = visita.enviar(carpeta + "revisar", {"accion": "presentar"})
    assert hecho.location == carpeta + "cargo"


def test_las_dudas_se_juntan_sin_repetirse():
    """N04: con cero segundos no se mide la prisa; una señal desconocida no dice nada."""
    ahora, dos = datetime(2026, 11, 23, 15, tzinfo=UTC), timedelta(seconds=2)
    assert dudas([], ahora - dos, ahora, dos) == ()
    assert dudas([], ahora - dos / 2, ahora, dos) == (PRISA,)
    assert dudas([], ahora + dos, ahora, dos) == (PRISA,)
    assert dudas([TRAMPA, TRAMPA, "otra"], None, ahora, timedelta(0)) == (TRAMPA,)
