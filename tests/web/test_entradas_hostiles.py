"""Lo que ningún navegador envía: siempre una respuesta con su página, nunca una falla.

Y lo ya guardado en un borrador sigue ahí.
"""

import io
from typing import Any

import pytest
from fabrica import ACEPTA, CONTACTO, DE_CONTACTO, DE_MESA, MESA, VALLE, Mundo
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from facilita.tramite.modelos import Archivo, Solicitud

from .cliente import Pagina, Visita, adjunto, de_pagina

PRIMERA = f"/{VALLE}/{MESA}"
FORMULARIO = "application/x-www-form-urlencoded"
MULTIPARTE = "multipart/form-data; boundary=X"
TRAVIESOS = [
    "\x00", "a\x00b", "\ufeff", "\u202etxt.exe", "\u200b", "' OR 1=1 --", "../../etc/passwd",
    "<script>alert(1)</script>", "{{7*7}}", "{nombre}", "%s%n", "\r\nX-Inyectada: si", "田中さん",
    "=cmd|' /C calc'!A0", "Ω≈ç√∫˜µ≤≥÷", "👩\u200d👩\u200d👧" * 60, "ﷺ" * 200, "Z͑ͫ̓A̴̵̜̰͔ͫ͗͢", "١٢٣", "1e309",
    "-1", "99999999999999999999", "true", "null", "[]", " ", "\t\n", "9" * 5000, "x" * 100_000,
]  # fmt: skip
RAROS = [
    "\x00", "%00", "..", "../..", "..%2f..", "%2e%2e", "a/b", "\\", "ñ😀", "\ud800", "%ff%fe",
    "{x}",    "'\"<b>", ";?#", "x" * 3000, "-1", "9" * 11, "9" * 25, "9" * 5000, "１２",
    "\r\nX-Inyectada: si",
]  # fmt: skip


pytestmark = pytest.mark.usefixtures("sin_limites")


def sano(respuesta: Any) -> int:
    """Que haya una respuesta para una persona y nada inyectado; da su código."""
    assert respuesta.status_code < 500
    assert "X-Inyectada" not in respuesta.headers
    if respuesta.mimetype == "text/html" and respuesta.status_code != 303:
        assert Pagina(respuesta.text).titular
    return int(respuesta.status_code)


@pytest.fixture
def carpeta(visita: Visita) -> str:
    """Un borrador lleno hasta la revisión."""
    return visita.hasta_revisar()


def intacto(visita: Visita, carpeta: str) -> None:
    """Que el borrador siga con todo lo que tenía."""
    revision = visita.leer(carpeta + "revisar").texto
    for campo in ("nombres", "direccion", "destinatario", "asunto", "pedido"):
        assert DE_MESA[campo] in revision, campo
    assert "carta.pdf" in revision
    assert visita.enviar(carpeta + "revisar", {"accion": "presentar"}).status_code == 422


CUERPOS_ROTOS = [
    (MULTIPARTE, b""), (MULTIPARTE, b"--X"), (MULTIPARTE, b"hola"),
    (MULTIPARTE, b"--X\r\nContent-Disposition: form-data; name=\"asunto\"\r\n\r\ncorta"),
    (MULTIPARTE, b"--X\r\n\r\n\r\n--X--\r\n"),
    (MULTIPARTE, b"--X\r\nContent-Disposition: form-data\r\n\r\nsin nombre\r\n--X--\r\n"),
    (MULTIPARTE, b"--X\r\nContent-Disposition: form-data; name=\"\xff\xfe\"\r\n\r\nx\r\n--X--\r\n"),
    ("multipart/form-data", b"--X--\r\n"), ("multipart/form-data; boundary=", b"--X--\r\n"),
    ("multipart/form-data; boundary=\xf1", b"--\xf1--\r\n"),
    ("multipart/mixed; boundary=X", b"--X--"),
    (FORMULARIO, b"asunto=\xff\xfe&pedido=\x80"), (FORMULARIO, b"&&&==%%%"), (FORMULARIO, b"\x00"),
    (FORMULARIO, b"otro=%ff%fe%00&mas=%zz"), (FORMULARIO, b"=x&x"),
    ("application/json", b'{"asunto": ""}'), ("text/plain", b"asunto=x"), ("", b"asunto=x"),
    ("application/octet-stream", bytes(2000)), ("nada", b"x"),
]  # fmt: skip


def test_un_cuerpo_roto_no_borra_nada(visita: Visita, carpeta: str):
    """N04: se niega, o se avisa; lo guardado no se toca."""
    for tipo, cuerpo in CUERPOS_ROTOS:
        opciones = {"content_type": tipo} if tipo else {}
        for pagina in ("tus-datos", "tu-documento", "tus-archivos"):
            codigo = sano(visita.enviar(carpeta + pagina, cuerpo, **opciones))
            assert codigo in (303, 400, 415), (tipo, cuerpo)
        assert sano(visita.enviar(carpeta + "revisar", cuerpo, **opciones)) in (200, 400, 415)
        assert sano(visita.enviar(PRIMERA, cuerpo, **opciones)) in (400, 415, 422)
        intacto(visita, carpeta)


@pytest.mark.parametrize(("tipo", "codigo"), [(FORMULARIO, 400), ("application/json", 415)])
def test_lo_que_no_se_entiende_se_dice(visita: Visita, carpeta: str, tipo: str, codigo: int):
    """N04: con una página, no con la del formulario vacía."""
    respuesta = visita.enviar(carpeta + "tu-documento", b"asunto=\xff", content_type=tipo)
    assert sano(respuesta) == codigo


def test_lo_que_no_viene_en_el_envio_queda_como_estaba(visita: Visita, carpeta: str):
    """N04: un envío a medias no borra lo demás; una casilla desmarcada sí cuenta."""
    visita.enviar(carpeta + "tus-datos", de_pagina("tus-datos", acepta_notificacion="true"))
    assert visita.leer(carpeta + "tus-datos").escrito["acepta_notificacion"] == ["true"]
    visita.enviar(carpeta + "tus-datos", de_pagina("tus-datos"))
    assert "acepta_notificacion" not in visita.leer(carpeta + "tus-datos").escrito
    visita.enviar(carpeta + "tu-documento", {"pedido": DE_MESA["pedido"], "accion": "continuar"})
    intacto(visita, carpeta)
    respuesta = visita.enviar(carpeta + "tu-documento", {"asunto": "", "accion": "continuar"})
    assert list(Pagina(respuesta.text).errores) == ["asunto"], "vacío a propósito sí se guarda"


def test_un_texto_enviado_como_archivo_y_al_reves(visita: Visita, carpeta: str):
    """N04."""
    datos = {"asunto": adjunto("asunto.pdf"), "pedido": adjunto("x.txt", b"hola")}
    assert sano(visita.enviar(carpeta + "tu-documento", {**datos, "accion": "continuar"})) == 303
    datos = {"documento_principal": "carta.pdf", "anexos": "C:\\fakepath\\x.pdf", "folios": "1"}
    assert sano(visita.enviar(carpeta + "tus-archivos", {**datos, "accion": "continuar"})) == 303
    intacto(visita, carpeta)


def test_campos_repetidos_y_mil_que_no_existen(visita: Visita, carpeta: str):
    """N04: vale el primero o se dice; lo que el formulario no tiene se ignora."""
    datos: dict[str, Any] = de_pagina("tu-documento")
    datos |= {f"campo-{n}": "x" for n in range(1000)}
    assert sano(visita.enviar(carpeta + "tu-documento", datos)) == 303
    intacto(visita, carpeta)
    repetidos = {c: [v, "otro", "otro más"] for c, v in de_pagina("tu-documento").items()}
    assert sano(visita.enviar(carpeta + "tu-documento", repetidos)) in (303, 422)
    datos = de_pagina("tus-datos", tipo_persona=["natural", "juridica"], ubigeo=["Lima"] * 500)
    assert sano(visita.enviar(carpeta + "tus-datos", datos)) in (303, 422)
    sano(visita.enviar(carpeta + "revisar", {"privacidad": ["true", "false"] * 50, **ACEPTA}))


@pytest.mark.parametrize(
    ("tipo", "cuerpo"),
    [
        (FORMULARIO, b"asunto=" + b"x" * 3_000_000),
        (FORMULARIO, b"a&" * 20_000),
        (MULTIPARTE, b'--X\r\nContent-Disposition: form-data; name="asunto"\r\n\r\n'
         + b"x" * 3_000_000 + b"\r\n--X--\r\n"),
        (MULTIPARTE, b'--X\r\nContent-Disposition: form-data; name="a"\r\n\r\nx\r\n' * 3000
         + b"--X--\r\n"),
    ],
    ids=["texto", "muchos", "parte", "partes"],
)  # fmt: skip
def test_demasiado_texto(visita: Visita, carpeta: str, tipo: str, cuerpo: bytes):
    """N62: 413 con una página clara, sin cargarlo en la memoria."""
    for direccion in (carpeta + "tu-documento", PRIMERA, "/seguimiento", "/ingresar"):
        respuesta = visita.enviar(direccion, cuerpo, content_type=tipo)
        assert sano(respuesta) == 413
        assert "Lo que envías pesa demasiado" in respuesta.text
    intacto(visita, carpeta)


def test_un_envio_que_pasa_del_maximo(otra_app: Any, mundo: Mundo):
    """N04, N62: 413; lo escrito se guarda y los archivos no. Lo absurdo no se lee."""
    visita = Visita(otra_app(tamano_maximo_envio_mb="1"))
    carpeta = visita.hasta_revisar()
    archivos = mundo.cuantas(Archivo)

    def enviar(direccion: str, bytes_: int, **escrito: str) -> Any:
        partes = [f'name="{campo}"\r\n\r\n{valor}'.encode() for campo, valor in escrito.items()]
        pesado = b'name="documento_principal"; filename="x.pdf"\r\n\r\n' + bytes(bytes_)
        partes = [b"--X\r\nContent-Disposition: form-data; " + p for p in (*partes, pesado)]
        cuerpo = b"\r\n".join((*partes, b"--X--\r\n"))
        # Como lo entrega el servidor de verdad.
        marcado = {"wsgi.input_terminated": True}
        return visita.enviar(direccion, cuerpo, content_type=MULTIPARTE, environ_base=marcado)

    respuesta = enviar(carpeta + "tus-archivos", 1_500_000, folios="9", accion="continuar")
    pagina = Pagina(respuesta.text)
    assert sano(respuesta) == 413
    assert "junto pesa más de 1 MB" in pagina.errores["documento_principal"]
    assert pagina.escrito["folios"] == visita.leer(carpeta + "tus-archivos").escrito["folios"]
    assert pagina.escrito["folios"] == ["9"]
    # Donde no hay nada escrito que guardar, y con lo que ni se lee, la página de siempre.
    for direccion, bytes_ in (("/verificar", 1_500_000), (carpeta + "tus-archivos", 3_000_000)):
        respuesta = enviar(direccion, bytes_, folios="8")
        assert sano(respuesta) == 413
        assert "lo que ya guardaste sigue ahí" in respuesta.text
    assert mundo.cuantas(Archivo) == archivos
    intacto(visita, carpeta)


@pytest.mark.parametrize("desde", range(0, len(TRAVIESOS), 8))
def test_textos_traviesos_en_todos_los_campos(visita: Visita, carpeta: str, desde: int):
    """N04, N62: en cada página y en el seguimiento; lo que vuelve, vuelve escapado."""
    for cosa in TRAVIESOS[desde : desde + 8]:
        escribir_en_todas(visita, carpeta, cosa)


def escribir_en_todas(visita: Visita, carpeta: str, cosa: str) -> None:
    for pagina in ("tus-datos", "tu-documento", "tus-archivos"):
        datos = dict.fromkeys(de_pagina(pagina), cosa)
        datos["accion"] = "continuar"
        codigo = sano(visita.enviar(carpeta + pagina, datos))
        assert codigo in (303, 422)
        html = visita.ver(carpeta + pagina).text
        assert "<script>alert" not in html
        if pagina == "tu-documento" and cosa.strip() and cosa.isprintable() and len(cosa) < 150:
            assert visita.leer(carpeta + pagina).escrito["pedido"] == [cosa]
    sano(visita.enviar(PRIMERA, dict.fromkeys(de_pagina("tus-datos"), cosa)))
    for datos in ({"accion": cosa}, {"quitar": cosa}, {"ancla": cosa, "accion": "subir"}):
        sano(visita.enviar(carpeta + "tus-archivos", datos))
    sano(visita.enviar(carpeta + "revisar", {**dict.fromkeys(ACEPTA, cosa), "accion": "presentar"}))
    sano(visita.enviar("/seguimiento", {"codigo": cosa}))
    for direccion in ("/", "/api/v1/ubigeo"):
        assert sano(visita.ver(direccion, query_string={"q": cosa})) == 200
    sano(visita.ver("/seguimiento", query_string={"codigo": cosa}))


@pytest.fixture
def presentada(visita: Visita, carpeta: str, mundo: Mundo) -> tuple[str, int]:
    """El código y el id de una solicitud."""
    codigo = visita.presentar(carpeta)
    return codigo, mundo.solicitud(codigo).id


def test_textos_traviesos_del_personal(
    app: Flask, visita: Visita, presentada: tuple[str, int], mundo: Mundo
):
    """N62: en cada acción y cada filtro; el ciudadano los ve escapados."""
    codigo, cual = presentada
    ana, bandeja = Visita(app).ingresar("ana"), f"/bandeja/{cual}"
    csrf = ana.csrf()
    visita.abrir_expediente(codigo)
    csrf_suyo = visita.csrf()
    for cosa in TRAVIESOS[::2]:
        for accion, campo in (
            ("nota", "nota"), ("derivar", "area"), ("asignar", "usuario"), ("cedula/1", "dia"),
            ("paso/atender", "retenido"), ("paso/observar", "observacion-nada"),
        ):  # fmt: skip
            sano(ana.enviar(f"{bandeja}/{accion}", {campo: cosa, "csrf_token": csrf}))
        filtros = dict.fromkeys(
            ("estado", "q", "formulario", "a_cargo", "plazo", "espera", "antes_de"), cosa
        )
        assert sano(ana.ver("/bandeja", query_string=filtros)) == 200
        sano(ana.enviar("/cuenta/puesto", {"puesto": cosa, "csrf_token": csrf}))
        sano(visita.enviar(f"/seguimiento/{codigo}", {"identidad": cosa}))
        nada = f"/seguimiento/{codigo}/expediente/accion/nada"
        sano(visita.enviar(nada, {"motivo": cosa, "csrf_token": csrf_suyo}))
    suyo = f"/seguimiento/{codigo}/expediente"
    for cosa in ("\x00nulo", *TRAVIESOS[::9]):
        escrito = {"mensaje": cosa, "envio": cosa, "retenido": cosa}
        sano(ana.enviar(f"{bandeja}/mensajes", {**escrito, "csrf_token": csrf}))
        sano(visita.enviar(f"{suyo}/mensajes", {**escrito, "csrf_token": csrf_suyo}))
        desistir = {"motivo": cosa, "csrf_token": csrf_suyo}
        sano(visita.enviar(f"{suyo}/accion/desistir", desistir))
    for quien, direccion in ((ana, bandeja), (ana, f"{bandeja}/mensajes"), (visita, suyo)):
        assert "<script>alert" not in quien.ver(direccion).text
    for cosa in ("99999999999999999999", "١٢٣", "-1", "\x00"):
        # Una sede que no es de nadie no es un área de toda la entidad.
        datos = {"nombre": "Archivo", "sede": cosa, "csrf_token": csrf}
        assert sano(ana.enviar("/bandeja/areas/nueva", datos)) == 422
    for cosa in TRAVIESOS[:6]:
        datos = {"actual": cosa, "nueva": cosa, "csrf_token": csrf}
        assert sano(ana.enviar("/cuenta/clave", datos)) == 422
        otra = Visita(app)
        datos = {"correo": cosa, "clave": cosa, "csrf_token": otra.csrf()}
        assert sano(otra.enviar("/ingresar", datos)) == 422
    assert mundo.solicitud(codigo).estado == "nuevo"


def test_rarezas_en_cada_parte_de_cada_direccion(
    app: Flask, visita: Visita, carpeta: str, presentada: tuple[str, int]
):
    """N62: subir de carpeta, nulos, números enormes: 404 y nunca una falla."""
    codigo, cual = presentada
    visita.abrir_expediente(codigo)
    ana = Visita(app).ingresar("ana")
    buenas = {
        "entidad": VALLE, "formulario": MESA, "ficha": carpeta.split("/")[4], "pagina": "tus-datos",
        "adjunto": "1", "codigo": codigo, "cual": "desistir", "huella": "x", "digest": "a" * 16,
        "nombre": "facilita.css", "notificacion": "1", "paso": "atender",
    }  # fmt: skip
    for regla in app.url_map.iter_rules():
        es_personal = regla.endpoint.startswith("personal.")
        quien, propias = (ana, {"cual": str(cual)}) if es_personal else (visita, {})
        for parte in regla.arguments:
            for n, raro in enumerate(RAROS):
                direccion = llenar(regla.rule, {**buenas, **propias, parte: raro})
                sano(quien.ver(direccion))
                if n % 4 == 0 and "POST" in (regla.methods or ()):
                    sano(quien.enviar(direccion, {"x": "y"}))


def llenar(regla: str, partes: dict[str, str]) -> str:
    """La dirección de una regla, aunque sus partes no sean posibles."""
    direccion = regla.replace("<int:", "<")
    for nombre, valor in partes.items():
        direccion = direccion.replace(f"<{nombre}>", valor)
    return direccion.encode("utf-8", "replace").decode()


def test_cabeceras_raras(visita: Visita, carpeta: str):
    """N62: idiomas, navegadores y condiciones imposibles."""
    for cabeceras in (
        {"Accept": "\xff" * 50}, {"Accept": "application/json"}, {"Accept-Encoding": "gzip;q=0"},
        {"If-None-Match": '"' * 100}, {"If-None-Match": ""}, {"Range": "bytes=0-1,5-"},
        {"User-Agent": ""}, {"User-Agent": "x" * 9000}, {"Cookie": "sesion=\x01; navegacion=a.b.c"},
        {"Cookie": "sesion=" + "x" * 4000}, {"X-Forwarded-For": "'"}, {"Referer": "\xff"},
        {"Content-Length": "-1"}, {"Host": "otra.example"},
    ):  # fmt: skip
        for direccion in ("/", PRIMERA, "/ingresar", carpeta + "revisar", "/bandeja", "/nada"):
            sano(visita.ver(direccion, headers=cabeceras))


TEXTOS = (
    st.text(max_size=60) | st.sampled_from(TRAVIESOS[:28]) | st.sampled_from(["", "1", "natural"])
)
CAMPOS = st.sampled_from(
    [*de_pagina("tus-datos"), *de_pagina("tu-documento"), *ACEPTA, "folios", "anexos", "quitar",
     "documento_principal", "ruc", "acepta_notificacion", "csrf_token", "x"]
)  # fmt: skip


@st.composite
def cuerpos(sortear: st.DrawFn) -> dict[str, Any]:
    """Un envío cualquiera: unos campos con textos o archivos."""
    datos: dict[str, Any] = sortear(
        st.dictionaries(CAMPOS, st.lists(TEXTOS, max_size=3), max_size=8)
    )
    for campo in sortear(st.lists(CAMPOS, max_size=2)):
        nombre = sortear(st.text(min_size=1, max_size=20))
        archivo = sortear(st.binary(max_size=40) | st.just(b"%PDF-1.4\n%%EOF"))
        limpio = nombre.encode("utf-8", "replace").decode().replace("\r", "").replace("\n", "")
        datos[campo] = (io.BytesIO(archivo), limpio + ".pdf")
    accion = sortear(st.sampled_from([None, "continuar", "subir", "presentar"]))
    return {**datos, "accion": accion} if accion else datos


def test_cuerpos_al_azar(visita: Visita, app: Flask, mundo: Mundo):
    """N62: ningún envío hace fallar a ninguna página, ni presenta lo que no está completo."""
    lleno = visita.enviar(f"/{VALLE}/{CONTACTO}", {**DE_CONTACTO, "accion": "continuar"}).location
    carpeta = visita.hasta_revisar()
    destinos = st.sampled_from(
        [PRIMERA, f"/{VALLE}/{CONTACTO}", "/seguimiento", lleno,
         *(carpeta + p for p in ("tus-datos", "tu-documento", "tus-archivos", "revisar"))]
    )  # fmt: skip

    @settings(
        max_examples=60, deadline=None, database=None, derandomize=True,
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(destinos, cuerpos(), st.booleans())
    def probar(destino: str, datos: dict[str, Any], multiparte: bool) -> None:
        tipo = {"content_type": "multipart/form-data"} if multiparte else {}
        codigo = sano(visita.enviar(destino, datos, **tipo))
        assert codigo in (200, 303, 400, 413, 415, 422)
        if codigo == 422:
            assert visita.ver(destino).status_code < 400

    probar()
    for solicitud in mundo.todo(Solicitud):
        assert solicitud.asunto and solicitud.numero


@settings(
    max_examples=80, deadline=None, database=None, derandomize=True,
    suppress_health_check=list(HealthCheck),
)  # fmt: skip
@given(cuerpo=st.binary(max_size=300), con_frontera=st.booleans())
def test_bytes_al_azar(visita: Visita, cuerpo: bytes, con_frontera: bool):
    """N62: el cuerpo puede ser cualquier cosa."""
    tipo = MULTIPARTE if con_frontera else FORMULARIO
    cuerpo = b"--X\r\n" + cuerpo + b"\r\n--X--\r\n" if con_frontera else cuerpo
    assert sano(visita.enviar(PRIMERA, cuerpo, content_type=tipo)) in (303, 400, 413, 422)
