"""El canal al celular contra una pasarela HTTP de verdad que acepta, se niega, se cuelga y vuelve.

N51: el aviso al celular es requisito de validez y su evidencia se guarda.
"""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from pasarela import Proveedor, pasarela

from facilita.servicios.mensajeria import (
    MensajeriaDemo,
    MensajeriaHTTP,
    Pasarela,
    TextoCelular,
    abrir_mensajeria,
    leer_cuerpo,
    numero_de_celular,
)
from facilita.servicios.mensajeria_demo import leer_textos

CLAVE = "clave-de-la-pasarela"
MENSAJE = TextoCelular("deposito.1", "+51987654321", "Tienes una notificación en tu casilla")
BIEN, NUNCA, LUEGO = (True, True), (False, True), (False, False)


@pytest.fixture
def proveedor() -> Iterator[Proveedor]:
    with pasarela() as suyo:
        yield suyo


def resultados(canal: MensajeriaHTTP, cuantos: int = 1) -> list[tuple[bool, bool]]:
    return [(e.entregado, e.definitivo) for e in canal.enviar([MENSAJE] * cuantos)]


def test_un_mensaje_es_un_post_con_json(proveedor: Proveedor):
    """N51: con su clave y con la misma identidad en cada reintento."""
    (entrega,) = MensajeriaHTTP(proveedor.url, CLAVE).enviar([MENSAJE])
    assert (entrega.entregado, entrega.respuesta) == (True, '202 {"estado": "aceptado"}')
    cabeceras, cuerpo = proveedor.recibidos[0]
    assert cuerpo == {"id": "deposito.1", "para": "+51987654321", "texto": MENSAJE.texto}
    assert cabeceras["Authorization"] == f"Bearer {CLAVE}"
    assert cabeceras["Idempotency-Key"] == "deposito.1"


def test_el_cuerpo_tiene_la_forma_que_pide_el_proveedor(proveedor: Proveedor):
    """N51: lo que va dentro nunca cambia la forma del JSON."""
    cuerpo = leer_cuerpo('{"to": ["{para}"], "m": {"text": "{texto}", "flash": false}}')
    raro = TextoCelular("x", MENSAJE.para, 'comillas " y {para} y \\n')
    assert MensajeriaHTTP(proveedor.url, CLAVE, cuerpo).enviar([raro])[0].entregado
    enviado = {"to": [MENSAJE.para], "m": {"text": raro.texto, "flash": False}}
    assert proveedor.recibidos[0][1] == enviado


@pytest.mark.parametrize(
    ("codigo", "que"),
    [(200, BIEN), (400, NUNCA), (404, NUNCA), (422, NUNCA),
     (401, LUEGO), (429, LUEGO), (500, LUEGO), (503, LUEGO), (302, LUEGO)],
)  # fmt: skip
def test_cada_respuesta_se_entiende(proveedor: Proveedor, codigo: int, que: tuple[bool, bool]):
    """N51: un número malo no se reintenta; una pasarela con problemas, sí."""
    proveedor.codigo = codigo
    assert resultados(MensajeriaHTTP(proveedor.url)) == [que]


def test_lo_que_dice_la_pasarela_se_guarda_sin_la_clave_ni_lo_de_la_persona(proveedor: Proveedor):
    """N51: la evidencia no filtra secretos."""
    proveedor.codigo = 400
    proveedor.dice = f"{CLAVE} no puede enviar a {MENSAJE.para}: {MENSAJE.texto}\r\nX: y"
    (entrega,) = MensajeriaHTTP(proveedor.url, CLAVE).enviar([MENSAJE])
    assert entrega.respuesta == "400 ••• no puede enviar a •••: ••• X: y"
    assert CLAVE not in repr(MensajeriaHTTP(proveedor.url, CLAVE))
    assert MENSAJE.para not in repr(MENSAJE)


def test_una_pasarela_muda_no_cuesta_un_plazo_por_mensaje(proveedor: Proveedor):
    """N51: se cuelga, se anota, y cuando vuelve se entrega."""
    proveedor.cuelga = threading.Event()
    canal = MensajeriaHTTP(proveedor.url, CLAVE, plazo=0.2)
    assert resultados(canal, 5) == [LUEGO] * 5
    assert len(proveedor.recibidos) == 2
    proveedor.cuelga.set()
    proveedor.cuelga = None
    assert resultados(canal, 2) == [BIEN] * 2


def test_una_pasarela_caida_se_reintenta():
    """N51: nadie escucha en ese puerto."""
    (entrega,) = MensajeriaHTTP("http://127.0.0.1:9/").enviar([MENSAJE])
    assert (entrega.entregado, entrega.definitivo) == (False, False)
    assert entrega.respuesta.startswith("Sin respuesta de la pasarela")


@pytest.mark.parametrize(
    "url", ["http://pasarela.pe/x", "https://u:c@pasarela.pe/", "ftp://x", "https://", "demo:"]
)
def test_una_direccion_insegura_o_rota_no_sirve(url: str):
    """N51: fuera de esta máquina, solo https y sin claves en la dirección."""
    with pytest.raises(ValueError, match="pasarela"):
        abrir_mensajeria(Pasarela(url), demo=True)


def test_el_canal_de_la_demostracion_se_niega_a_existir_fuera_de_ella(tmp_path: Path):
    """N51: lo que no avisa a nadie no puede encender una casilla de verdad."""
    suyo = Pasarela(f"demo:{tmp_path}")
    for abrir in (
        lambda: abrir_mensajeria(suyo, demo=False),
        lambda: MensajeriaDemo("x", demo=False),
    ):
        with pytest.raises(ValueError, match="no avisa a nadie"):
            abrir()
    canal = abrir_mensajeria(suyo, demo=True)
    assert canal is not None
    assert canal.enviar([MENSAJE])[0].entregado
    assert [(t.para, t.texto) for t in leer_textos(tmp_path)] == [(MENSAJE.para, MENSAJE.texto)]
    assert abrir_mensajeria(Pasarela(""), demo=True) is None


@pytest.mark.parametrize(
    ("escrito", "numero"),
    [("987654321", "+51987654321"), ("+51 987-654-321", "+51987654321"),
     ("+56912345678", "+56912345678"), ("014445566", None), ("", None), (None, None),
     ("+51014445566", None)],
)  # fmt: skip
def test_el_numero_lleva_su_pais(escrito: str | None, numero: str | None):
    """N51: un fijo no es un celular."""
    assert numero_de_celular(escrito) == numero
