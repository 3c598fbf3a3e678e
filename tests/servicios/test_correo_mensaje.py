"""El mensaje que sale: bien escrito, y sin que nadie le inyecte una cabecera."""

from dataclasses import replace
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

import pytest
from hypothesis import given
from hypothesis import strategies as st

from facilita.servicios.correo import Adjunto, Mensaje
from facilita.servicios.correo_mensaje import componer, direccion, una_linea

MENSAJE = Mensaje(
    id_mensaje="<cargo-2026-7@muni.gob.pe>",
    para="Rosa Quispe Ñahui <rosa@example.pe>",
    asunto="Recibimos tu solicitud N.º 7 — Municipalidad",
    texto="Guarda tu código: F7XK-29QD-TRWM-4H6C\n",
    html="<p>Guarda tu <b>código</b></p>",
    de="Mesa de Partes <mesa@muni.gob.pe>",
    responder_a="atencion@muni.gob.pe",
    adjuntos=(Adjunto("cargo ñandú.pdf", "application/pdf", b"%PDF-1.7"),),
)
CABECERAS = {
    *("message-id", "date", "from", "to", "reply-to", "subject", "auto-submitted"),
    *("mime-version", "content-type", "content-transfer-encoding"),
}


def leer(mensaje: Mensaje) -> EmailMessage:
    return message_from_bytes(componer(mensaje).as_bytes(), EmailMessage, policy=default)


def test_llega_lo_que_se_escribio() -> None:
    correo = leer(MENSAJE)
    assert correo["Message-ID"] == MENSAJE.id_mensaje
    assert correo["Subject"] == MENSAJE.asunto
    assert correo["To"].addresses[0].display_name == "Rosa Quispe Ñahui"
    assert correo["To"].addresses[0].addr_spec == "rosa@example.pe"
    assert correo["Reply-To"] == "atencion@muni.gob.pe"
    assert correo["Auto-Submitted"] == "auto-generated"
    texto, html = correo.get_body(("plain",)), correo.get_body(("html",))
    assert texto is not None
    assert html is not None
    assert texto.get_content().replace("\r\n", "\n") == MENSAJE.texto
    assert html.get_content().strip() == MENSAJE.html
    (adjunto,) = correo.iter_attachments()
    assert adjunto.get_filename() == "cargo ñandú.pdf"
    assert adjunto.get_content() == b"%PDF-1.7"


def test_un_reintento_lleva_el_mismo_identificador() -> None:
    assert componer(MENSAJE)["Message-ID"] == componer(MENSAJE)["Message-ID"]


def test_el_secreto_no_se_imprime() -> None:
    assert "F7XK" not in repr(MENSAJE)
    assert "PDF-1.7" not in repr(MENSAJE)


@pytest.mark.parametrize(
    "asunto", ["Hola\r\nBcc: todos@example.pe", "Hola\nX: y", "a\u2028Bcc: b", "a\x00b", "\ud800"]
)
def test_un_asunto_no_agrega_cabeceras(asunto: str) -> None:
    correo = leer(replace(MENSAJE, asunto=asunto))
    assert {nombre.lower() for nombre in correo} <= CABECERAS
    assert "Bcc" not in correo
    assert "\n" not in una_linea(asunto)


@pytest.mark.parametrize(
    "codificado", ["=?utf-8?q?Hola=0D=0ABcc:_x?=", "=?utf-8?b?DQpCY2M6IHg=?=", "==??utf-8?q?=0Ax?="]
)
def test_un_texto_ya_codificado_no_se_decodifica_en_cabeceras(codificado: str) -> None:
    lote = [
        replace(MENSAJE, asunto=codificado),
        replace(MENSAJE, de=f"{codificado} <mesa@muni.gob.pe>"),
        replace(MENSAJE, para=f'"{codificado}" <mesa@muni.gob.pe>'),
        replace(MENSAJE, adjuntos=(Adjunto(codificado, "text/plain", b"x"),)),
    ]
    for mensaje in lote:
        crudo = componer(mensaje).as_bytes()
        assert b"\nBcc" not in crudo
        assert {nombre.lower() for nombre in leer(mensaje)} <= CABECERAS
    assert leer(lote[0])["Subject"] == codificado.replace("=?", "= ?")
    with pytest.raises(ValueError):
        componer(replace(MENSAJE, para="=?utf-8?q?=0Ax?=@example.pe"))


@pytest.mark.parametrize(
    "mala",
    [
        "",
        "rosa",
        "rosa@",
        "@example.pe",
        "a@b.pe, c@d.pe",
        "a@b.pe\r\nBcc: c@d.pe",
        "Rosa\n <a@b.pe>",
        "a b@c.pe",
        "a@b.pe\u2028",
        "a@\ud800.pe",
        "a@" + "x" * 70 + ".pe",
    ],
)
def test_una_direccion_que_no_sirve_se_rechaza(mala: str) -> None:
    malos = [replace(MENSAJE, para=mala), replace(MENSAJE, de=mala)]
    if mala:
        malos.append(replace(MENSAJE, responder_a=mala))
    for malo in malos:
        with pytest.raises(ValueError):
            componer(malo)


@pytest.mark.parametrize("mala", ["", "sin-angulos@x", "<a b@c>", "<a@b>\r\nBcc: c@d.pe", "<a@b"])
def test_un_identificador_que_no_sirve_se_rechaza(mala: str) -> None:
    with pytest.raises(ValueError):
        componer(replace(MENSAJE, id_mensaje=mala))


@pytest.mark.parametrize(
    ("texto", "nombre"),
    [
        ("Municipalidad de Lima, Perú <mesa@muni.gob.pe>", "Municipalidad de Lima, Perú"),
        ('"Quispe, Rosa" <mesa@muni.gob.pe>', "Quispe, Rosa"),
        ("Mesa (SJL) <mesa@muni.gob.pe>", "Mesa (SJL)"),
        ("mesa@muni.gob.pe", ""),
        (" <mesa@muni.gob.pe> ", ""),
    ],
)
def test_el_nombre_puede_llevar_comas_y_parentesis(texto: str, nombre: str) -> None:
    (leida,) = leer(replace(MENSAJE, de=texto))["From"].addresses
    assert (leida.display_name, leida.addr_spec) == (nombre, "mesa@muni.gob.pe")


def test_un_dominio_con_enie_sale_en_ascii() -> None:
    assert direccion("rosa@ñandú.pe").addr_spec == "rosa@xn--and-6ma2c.pe"


def test_un_adjunto_con_tipo_raro_sale_como_bytes() -> None:
    for mime in ("", "texto", "message/rfc822", "multipart/mixed", "a/b\r\nX: y"):
        correo = leer(replace(MENSAJE, adjuntos=(Adjunto("a\r\nX: y", mime, b"x"),)))
        (adjunto,) = correo.iter_attachments()
        assert adjunto.get_content_type() == "application/octet-stream"
        assert adjunto.get_filename() == "a X: y"
        assert "X" not in adjunto


textos = st.lists(
    st.one_of(st.text(), st.sampled_from(["=?utf-8?q?", "=0D=0ABcc:_x", "?=", "\r\n", "<", '"']))
).map("".join)


@given(textos, textos, textos, textos, textos, textos)
def test_ningun_texto_inyecta_una_cabecera(
    quien: str, asunto: str, texto: str, html: str, archivo: str, para: str
) -> None:
    adjuntos = (Adjunto(archivo, "text/plain", texto.encode("utf-8", "replace")),)
    for destino in (para, f"{quien} <rosa@example.pe>", f"{quien}@example.pe"):
        try:
            correo = leer(
                replace(
                    MENSAJE, para=destino, asunto=asunto, texto=texto, html=html, adjuntos=adjuntos
                )
            )
        except ValueError:
            continue
        assert {nombre.lower() for nombre in correo} <= CABECERAS
        assert len(correo.keys()) == len(set(correo.keys()))
        assert len(correo["To"].addresses) == 1
