"""Lo que una entidad dice de sí misma: contacto, privacidad (N34), logo y ensayos."""

import io

import pytest
from fabrica import ACEPTA, DE_MESA, MESA, VALLE, Mundo
from PIL import Image

from facilita.servicios import logo
from facilita.tramite import datos_de_entidad, ensayos, obras, pasos_de_obra
from facilita.tramite.errores import Conflicto, Invalido, NoExiste, NoPermitido
from facilita.tramite.modelos import Borrador, Contador, Ensayo, Solicitud

CONTACTO = {
    "nombre_corto": "Muni Valle", "correo": "mesa@valle.example", "telefono": "(01) 555-0123",
    "direccion": "Plaza 1", "sitio": "https://valle.example",
}  # fmt: skip


def imagen(ancho: int, alto: int, formato: str = "PNG") -> bytes:
    """Una imagen con mucho detalle, que cuesta achicar."""
    salida = io.BytesIO()
    Image.effect_noise((ancho, alto), 90).convert("RGB").save(salida, formato)
    return salida.getvalue()


def test_el_contacto_y_la_privacidad_se_ven_al_momento(mundo: Mundo) -> None:
    entorno, ana = mundo.entorno, mundo.actor("ana")
    antes = mundo.entidad().revision
    datos_de_entidad.cambiar_contacto(entorno, ana, CONTACTO)
    datos_de_entidad.cambiar_privacidad(entorno, ana, {"oficial": "Ada", "conservacion": ""})
    hoy = mundo.entidad()
    assert (hoy.nombre_corto, hoy.correo, hoy.revision) == (
        "Muni Valle",
        CONTACTO["correo"],
        antes + 2,
    )
    assert hoy.privacidad == {"oficial": "Ada"}
    assert datos_de_entidad.leer(entorno, ana).contacto == CONTACTO
    with pytest.raises(Invalido) as mal:
        datos_de_entidad.cambiar_contacto(
            entorno, ana, {"correo": "x", "sitio": "ftp://x", "nombre_corto": "a" * 61}
        )
    assert [e.campo for e in mal.value.errores] == ["nombre_corto", "correo", "direccion", "sitio"]
    with pytest.raises(NoPermitido):
        datos_de_entidad.cambiar_contacto(entorno, mundo.actor("luis"), CONTACTO)


def test_el_logo_se_vuelve_a_dibujar_y_pesa_poco(mundo: Mundo) -> None:
    entorno, ana = mundo.entorno, mundo.actor("ana")
    datos_de_entidad.cambiar_logo(entorno, ana, imagen(600, 400))
    huella = mundo.entidad().logo
    assert huella
    dibujado = datos_de_entidad.logo_de(entorno, VALLE, huella)
    assert len(dibujado) <= logo.PESO_FINAL
    assert Image.open(io.BytesIO(dibujado)).format == "WEBP"
    with pytest.raises(NoExiste):
        datos_de_entidad.logo_de(entorno, VALLE, "otra")
    datos_de_entidad.quitar_logo(entorno, ana)
    assert mundo.entidad().logo is None


@pytest.mark.parametrize(
    ("datos", "dicho"),
    [
        (b"", "Elige"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "No es una imagen"),
        (b"\x89PNG\r\n\x1a\n" + b"\x00" * 40, "imagen"),
        (imagen(60, 60)[:-200], "dañada"),
        (b"x" * (1024 * 1024 + 1), "más de 1 MB"),
    ],
)
def test_lo_que_no_es_un_logo_se_dice(datos: bytes, dicho: str) -> None:
    with pytest.raises(logo.LogoInvalido, match=dicho):
        logo.achicar(datos)


def test_una_imagen_inmensa_no_se_abre() -> None:
    salida = io.BytesIO()
    Image.new("1", (9000, 9000)).save(salida, "PNG")
    with pytest.raises(logo.LogoInvalido, match="demasiado grande"):
        logo.achicar(salida.getvalue())


def test_un_ensayo_no_toma_numero_ni_llega_a_nadie(mundo: Mundo) -> None:
    entorno, ana = mundo.entorno, mundo.actor("ana")
    obras.editar(entorno, ana, MESA)
    antes = mundo.cuantas(Solicitud, Borrador, Contador)
    ficha = {"id": 0, "nombre": "a.pdf", "tamano": 9, "tipo": "pdf", "paginas": 1, "marcas": []}
    hecho = ensayos.guardar(
        entorno, ana, MESA, {**DE_MESA, **ACEPTA}, {"documento_principal": [ficha]}
    )
    assert not hecho.paso.lectura.errores
    assert hecho.paso.lectura.respuestas is not None
    assert mundo.cuantas(Solicitud, Borrador, Contador) == antes
    # Cada quien el suyo.
    assert ensayos.leer(entorno, mundo.actor("sara"), MESA).paso.lectura.errores
    ensayos.terminar(entorno, ana, MESA)
    assert mundo.cuantas(Ensayo) == [0]


def test_lo_que_tiene_problemas_no_se_prueba(mundo: Mundo) -> None:
    entorno, ana = mundo.entorno, mundo.actor("ana")
    obras.editar(entorno, ana, MESA)
    si = {"si": {"campo": "no_existe", "es": "x"}}
    accion = {"accion": "cambiar", "familia": "campos", "cual": "pedido", "propiedades": si}
    pasos_de_obra.hacer(entorno, ana, MESA, obras.leer(entorno, ana, MESA).revision, accion)
    with pytest.raises(Conflicto, match="problemas por arreglar"):
        ensayos.leer(entorno, ana, MESA)
