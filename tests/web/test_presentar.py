"""Presentar por mesa de partes, página a página: lo escrito y lo subido no se pierde nunca."""

import pytest
from fabrica import ACEPTA, CONTACTO, MESA, RIO, VALLE, Mundo
from flask import Flask

from facilita.tramite import seguimiento
from facilita.tramite.modelos import Borrador, Salida, Solicitud

from .cliente import Pagina, Visita, adjunto, codigo_de, de_pagina

PRIMERA = f"/{VALLE}/{MESA}"


def test_la_primera_pagina_con_errores(visita: Visita, mundo: Mundo):
    """N04: 422, un resumen con enlaces a cada campo, y todo lo escrito sigue ahí."""
    datos = de_pagina(
        "tus-datos", nombres="", correo="jose arroba nada", celular="98", direccion="Jr. <Uno> & 2"
    )
    respuesta = visita.enviar(PRIMERA, datos)
    pagina = Pagina(respuesta.text)
    assert respuesta.status_code == 422
    assert set(pagina.errores) == {"nombres", "correo", "celular"}
    assert pagina.errores["nombres"] == "Escribe tus nombres."
    for campo in pagina.errores:
        control = pagina.por_id(campo)
        assert control is not None and control["aria-invalid"] == "true"
        assert f"{campo}-error" in control["aria-describedby"].split()
        assert pagina.por_id(f"{campo}-error") is not None
    escrito = pagina.escrito
    for campo, valor in datos.items():
        if campo not in ("accion", "tipo_persona"):
            assert valor in ([""] if not valor else escrito[campo], [valor], valor), campo
            assert escrito[campo][0] == (valor[0] if isinstance(valor, list) else valor), campo
    assert escrito["tipo_persona"] == ["natural"]
    assert "Error:" in pagina.todos("title")[0].texto
    assert mundo.cuantas(Borrador) == [0]


def test_sin_escribir_nada(visita: Visita, mundo: Mundo):
    """N04: dice todo lo que falta y cada enlace lleva a un control de la página."""
    respuesta = visita.enviar(PRIMERA, {})
    pagina = Pagina(respuesta.text)
    assert respuesta.status_code == 422
    assert list(pagina.errores) == [
        "tipo_persona", "tipo_documento_identidad", "numero_documento_identidad", "nombres",
        "apellido_paterno", "correo", "celular", "ubigeo", "direccion",
    ]  # fmt: skip
    for campo in pagina.errores:
        control = pagina.por_id(campo)
        assert control is not None and control.nombre in ("input", "select", "textarea")
    assert pagina.por_id("resumen-errores") is not None


def test_un_distrito_dudoso_se_elige(visita: Visita):
    """N04: «Miraflores» son varios; se ofrecen y lo elegido vale."""
    respuesta = visita.enviar(PRIMERA, de_pagina("tus-datos", ubigeo=["Miraflores"]))
    pagina = Pagina(respuesta.text)
    assert list(pagina.errores) == ["ubigeo"]
    codigos = [e["value"] for e in pagina.todos("input", name="ubigeo", type="radio")]
    assert len(codigos) > 1
    otra = visita.enviar(PRIMERA, de_pagina("tus-datos", ubigeo=["Miraflores", codigos[0]]))
    assert otra.status_code == 303


def test_las_paginas_se_siguen_y_guardan(visita: Visita):
    """N04: cada página vuelve a abrirse con lo que se escribió en ella."""
    carpeta = visita.hasta_revisar()
    for pagina in ("tus-datos", "tu-documento", "tus-archivos"):
        escrito = visita.leer(carpeta + pagina).escrito
        for campo, valor in de_pagina(pagina).items():
            if campo != "accion":
                esperado = valor if isinstance(valor, list) else [valor]
                assert escrito[campo] == esperado, campo
    assert carpeta.startswith(f"/{VALLE}/{MESA}/borrador/")


def test_una_pagina_que_no_existe_no_se_abre(visita: Visita):
    """N04."""
    carpeta = visita.hasta_revisar()
    assert visita.ver(carpeta + "otra").status_code == 404
    assert visita.enviar(carpeta + "otra", {"accion": "continuar"}).status_code == 404
    assert visita.ver(f"{carpeta}archivo/99").status_code == 404


def test_lo_subido_se_conserva_entre_errores_y_propone_los_folios(visita: Visita):
    """N04: con folios mal escritos el archivo ya está; en blanco, se proponen los contados."""
    carpeta = visita.hasta_revisar()
    visita.enviar(carpeta + "tus-archivos", {"quitar": "1"})
    assert "carta.pdf" not in visita.ver(carpeta + "tus-archivos").text
    datos = {"folios": "tres", "documento_principal": adjunto("pedido.pdf", paginas=3)}
    respuesta = visita.enviar(carpeta + "tus-archivos", {**datos, "accion": "continuar"})
    pagina = Pagina(respuesta.text)
    assert (respuesta.status_code, list(pagina.errores)) == (422, ["folios"])
    assert "pedido.pdf" in pagina.texto and "3 páginas" in pagina.texto
    assert pagina.escrito["folios"] == ["tres"]
    respuesta = visita.enviar(carpeta + "tus-archivos", {"folios": "", "accion": "continuar"})
    assert respuesta.location == carpeta + "revisar"
    assert visita.leer(carpeta + "tus-archivos").escrito["folios"] == ["3"]
    revision = visita.leer(carpeta + "revisar").texto
    assert "pedido.pdf" in revision and "contamos 3 páginas en tu documento" in revision


def test_subir_se_queda_en_la_pagina(visita: Visita):
    """N04: como lo hace el programa de la página al elegir el archivo."""
    carpeta = visita.hasta_revisar()
    datos = {
        "accion": "subir", "ancla": "anexos", "folios": "1",
        "anexos": [adjunto("uno.pdf"), adjunto("dos.pdf", paginas=2)],
    }  # fmt: skip
    respuesta = visita.enviar(carpeta + "tus-archivos", datos)
    assert respuesta.status_code == 303
    assert respuesta.location == carpeta + "tus-archivos#campo-anexos"
    pagina = visita.leer(carpeta + "tus-archivos")
    assert "uno.pdf" in pagina.texto and "dos.pdf" in pagina.texto
    quitar = next(b for b in pagina.todos("button", name="quitar") if "uno.pdf" in b.texto)
    visita.enviar(carpeta + "tus-archivos", {"folios": "1", "quitar": quitar["value"]})
    pagina = visita.leer(carpeta + "tus-archivos")
    assert "uno.pdf" not in pagina.texto and "dos.pdf" in pagina.texto
    assert pagina.escrito["folios"] == ["1"]


def test_un_programa_disfrazado_de_pdf(visita: Visita):
    """N04, N62: 422 con su frase; lo demás se guarda."""
    carpeta = visita.hasta_revisar(asunto="Pido mi licencia")
    programa = b"MZ\x90\x00" + b"\x00" * 60 + b"PE\x00\x00" + b"\x00" * 500
    datos = {"folios": "7", "documento_principal": adjunto("carta.pdf", programa)}
    respuesta = visita.enviar(carpeta + "tus-archivos", {**datos, "accion": "continuar"})
    pagina = Pagina(respuesta.text)
    assert respuesta.status_code == 422
    frase = "por dentro es otra cosa: un programa de Windows"
    assert frase in pagina.errores["documento_principal"]
    assert pagina.escrito["folios"] == ["7"]
    assert "carta.pdf" in pagina.texto, "el anterior sigue"
    assert "Pido mi licencia" in visita.leer(carpeta + "revisar").texto


def test_al_revisar_se_ve_todo_y_se_puede_cambiar(visita: Visita):
    """N04: y «Cambiar» vuelve a la revisión."""
    carpeta = visita.hasta_revisar(asunto="Pido <b>mi</b> licencia")
    pagina = visita.leer(carpeta + "revisar")
    for dicho in ("José Wilfredo", "Ñahui", "12345678", "Miraflores", "Carta", "carta.pdf"):
        assert dicho in pagina.texto
    assert "Pido <b>mi</b> licencia" in pagina.texto
    cambiar = [a["href"] for a in pagina.todos("a") if "Cambiar" in a.texto]
    assert cambiar == [
        "tus-datos?volver=revisar", "tu-documento?volver=revisar", "tus-archivos?volver=revisar",
    ]  # fmt: skip
    datos = de_pagina("tus-datos", nombres="Josefa")
    respuesta = visita.enviar(carpeta + cambiar[0], datos)
    assert respuesta.location == carpeta + "revisar"
    assert "Josefa" in visita.seguir(respuesta).texto


@pytest.mark.parametrize("falta", ["declaracion_jurada", "privacidad"])
def test_sin_un_consentimiento_no_se_presenta(visita: Visita, mundo: Mundo, falta: str):
    """N04, N34."""
    carpeta = visita.hasta_revisar()
    datos = {**ACEPTA, "accion": "presentar"}
    del datos[falta]
    respuesta = visita.enviar(carpeta + "revisar", datos)
    pagina = Pagina(respuesta.text)
    assert (respuesta.status_code, list(pagina.errores)) == (422, [falta])
    assert pagina.por_id(falta) is not None
    otro = next(c for c in ACEPTA if c != falta)
    assert pagina.escrito.get(otro) == ["true"]
    assert mundo.cuantas(Solicitud) == [0]


def test_si_falta_una_pagina_la_revision_lleva_a_ella(visita: Visita, mundo: Mundo):
    """N04: el enlace abre la página en el campo."""
    respuesta = visita.enviar(PRIMERA, de_pagina("tus-datos"))
    carpeta = respuesta.location.removesuffix("tu-documento")
    respuesta = visita.enviar(carpeta + "revisar", {**ACEPTA, "accion": "presentar"})
    pagina = Pagina(respuesta.text)
    assert respuesta.status_code == 422
    enlaces = [a["href"] for a in pagina.todos("a") if "#" in a["href"]]
    assert "tu-documento?volver=revisar#asunto" in enlaces
    assert "tus-archivos?volver=revisar#documento_principal" in enlaces
    assert visita.leer(carpeta + "tu-documento?volver=revisar").por_id("asunto") is not None
    assert mundo.cuantas(Solicitud) == [0]


def test_presentar_dos_veces_da_el_mismo_cargo(visita: Visita, mundo: Mundo):
    """N04, N20: una sola solicitud y un solo correo."""
    carpeta = visita.hasta_revisar()
    codigo = visita.presentar(carpeta)
    cargo = visita.ver(carpeta + "cargo")
    assert visita.presentar(carpeta) == codigo
    assert visita.ver(carpeta + "cargo").data == cargo.data
    assert mundo.cuantas(Solicitud, Salida) == [1, 1]
    for pagina in ("tus-datos", "revisar"):
        assert visita.leer(carpeta + pagina).titular == "Cargo de recepción"
    respuesta = visita.enviar(carpeta + "tu-documento", de_pagina("tu-documento", asunto="Otro"))
    assert visita.seguir(respuesta).titular == "Cargo de recepción"
    assert mundo.solicitud(codigo).asunto == "Solicito copia de mi licencia"


def test_el_cargo_dice_lo_que_debe(visita: Visita, mundo: Mundo):
    """N20: número, fecha y hora, plazo explicado, folios, archivos con su huella y el QR."""
    carpeta = visita.hasta_revisar()
    codigo = visita.presentar(carpeta)
    pagina, solicitud = visita.leer(carpeta + "cargo"), mundo.solicitud(codigo)
    archivo = seguimiento.ver_cargo(mundo.entorno, codigo)["archivos"][0]
    for dicho in (
        solicitud.numero, codigo, "Municipalidad Distrital de Valle Sereno", "20987654326",
        "lunes 23 de noviembre de 2026, 10:00:00", "Ñahui", "Solicito copia de mi licencia",
        "carta.pdf", archivo["sha256"], "Dentro del horario",
        f"https://mesa.example/verificar/{codigo}",
    ):  # fmt: skip
        assert dicho in pagina.texto, dicho
    assert pagina.todos("svg")


def test_antes_de_presentar_no_hay_cargo(visita: Visita):
    """N04."""
    carpeta = visita.hasta_revisar()
    assert visita.seguir(visita.ver(carpeta + "cargo")).titular == "Revisa y envía"


def test_un_borrador_vencido(visita: Visita, mundo: Mundo):
    """N34: a los siete días se niega con 410 y una frase."""
    carpeta = visita.hasta_revisar()
    mundo.pasar(days=8)
    for direccion in ("tus-datos", "revisar", "cargo"):
        respuesta = visita.ver(carpeta + direccion)
        assert respuesta.status_code == 410
        assert "Empieza de nuevo" in respuesta.text
    assert visita.enviar(carpeta + "tus-datos", de_pagina("tus-datos")).status_code == 410
    assert visita.enviar(carpeta + "revisar", {"accion": "presentar"}).status_code == 410


def test_el_borrador_se_sigue_desde_otro_equipo(visita: Visita, app: Flask):
    """N04: basta su dirección, que nadie puede adivinar; y no sirve en otra entidad."""
    carpeta = visita.hasta_revisar()
    otra = Visita(app)
    assert otra.leer(carpeta + "tu-documento").escrito["asunto"]
    ajena = carpeta.replace(VALLE, RIO)
    for direccion in ("tus-datos", "revisar", "cargo", "archivo/1"):
        assert otra.ver(ajena + direccion).status_code == 404
    assert otra.enviar(ajena + "tus-datos", de_pagina("tus-datos")).status_code == 404
    assert otra.enviar(ajena + "revisar", {**ACEPTA, "accion": "presentar"}).status_code == 404


def test_el_mensaje_de_contacto(visita: Visita, mundo: Mundo):
    """N04: una sola página, revisar y el cargo; se abre con el correo."""
    respuesta = visita.enviar(f"/{VALLE}/{CONTACTO}", {"nombre": "Julia", "accion": "continuar"})
    pagina = Pagina(respuesta.text)
    assert (respuesta.status_code, list(pagina.errores)) == (422, ["correo", "mensaje"])
    assert pagina.escrito["nombre"] == ["Julia"]
    codigo = visita.presentar_contacto()
    publico = visita.ver(f"/seguimiento/{codigo}").text
    for privado in ("Julia", "julia.mamani@example.com", "camión recolector"):
        assert privado not in publico
    expediente = visita.abrir_expediente(codigo, "JULIA.mamani@example.com ")
    assert "camión recolector" in expediente.texto
    assert codigo_de(visita.leer(f"/seguimiento/{codigo}/expediente/cargo")) == codigo
    assert mundo.correos(codigo) == ["recibido"]
