"""La primera página de un formulario: los mismos bytes para todos, ligera y al día."""

import gzip
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from fabrica import ACEPTA, FORMULARIOS, MESA, RIO, VALLE, Mundo
from flask import Flask

import facilita.web
from facilita.tramite import formularios
from facilita.tramite.entorno import Memoria

from .cliente import Pagina, Visita, adjunto, codigo_de, de_pagina

PRIMERA = f"/{VALLE}/{MESA}"
KB = 1000


class Balanza(Visita):
    """Un navegador que comprime, guarda lo que puede guardar y pesa cuanto le llega."""

    def __init__(self, app: Flask) -> None:
        super().__init__(app)
        self.bytes = 0
        self._guardado: set[str] = set()

    def abrir(self, direccion: str) -> Pagina:
        """Una página con todo lo que necesita para verse."""
        pagina = Pagina(self._bajar(direccion).decode())
        partes = [e["href"] for e in pagina.todos("link")]
        partes += [e["src"] for e in pagina.elementos if "src" in e.atributos]
        for parte in partes:
            if parte not in self._guardado:
                self._guardado.add(parte)
                self._bajar(parte)
        return pagina

    def mandar(self, direccion: str, datos: object) -> str:
        """Envía un formulario; da adónde manda."""
        respuesta = self.enviar(direccion, datos, headers={"Accept-Encoding": "gzip"})
        assert respuesta.status_code == 303, respuesta.text
        self._pesar(respuesta)
        return str(respuesta.location)

    def _bajar(self, direccion: str) -> bytes:
        respuesta = self.ver(direccion, headers={"Accept-Encoding": "gzip"})
        assert respuesta.status_code == 200, direccion
        self._pesar(respuesta)
        comprimida = respuesta.headers.get("Content-Encoding") == "gzip"
        return gzip.decompress(respuesta.data) if comprimida else respuesta.data

    def _pesar(self, respuesta: object) -> None:
        cabeceras = str(respuesta.headers)  # type: ignore[attr-defined]
        self.bytes += len(respuesta.data) + len(cabeceras)  # type: ignore[attr-defined]


def test_los_mismos_bytes_para_todos(app: Flask, mundo: Mundo):
    """N63: con cuenta o sin ella, la primera vez o después: bytes y cabeceras iguales."""
    uno, otro = Visita(app), Visita(app, ip="190.0.2.2")
    otro.ingresar("luis")
    otro.abrir_expediente(mundo.presentar_mesa())
    respuestas = [quien.ver(PRIMERA) for quien in (uno, otro, uno, otro)]
    assert len({r.data for r in respuestas}) == 1
    assert len({str(sorted(r.headers)) for r in respuestas}) == 1
    assert "Set-Cookie" not in respuestas[0].headers
    assert respuestas[0].headers["Vary"] == "Accept-Encoding"
    assert "luis" not in respuestas[0].text and "csrf" not in respuestas[0].text


@pytest.mark.parametrize("direccion", [PRIMERA, f"/{VALLE}/"])
def test_quien_ya_la_tiene_no_la_baja(visita: Visita, direccion: str):
    """N63: 304 con su ETag, comprimida o no; nunca sin volver a preguntar."""
    for acepta in ("gzip, deflate, br", "identity", "gzip;q=0", "deflate", "br;q=1.0, gzip;q=0.5"):
        cabeceras = {"Accept-Encoding": acepta}
        respuesta = visita.ver(direccion, headers=cabeceras)
        comprimida = acepta.startswith("gzip,") or "gzip;q=0.5" in acepta
        assert (respuesta.headers.get("Content-Encoding") == "gzip") is comprimida
        assert respuesta.headers["Cache-Control"] == "public, no-cache"
        assert int(respuesta.headers["Content-Length"]) == len(respuesta.data)
        cabeceras["If-None-Match"] = respuesta.headers["ETag"]
        otra = visita.ver(direccion, headers=cabeceras)
        assert (otra.status_code, otra.data) == (304, b"")
        assert otra.headers["ETag"] == respuesta.headers["ETag"]
        cabeceras["If-None-Match"] = '"otra"'
        assert visita.ver(direccion, headers=cabeceras).status_code == 200
    assert visita.pedir("HEAD", direccion).data == b""


def test_lo_comprimido_dice_lo_mismo(visita: Visita):
    """N63."""
    for direccion in (PRIMERA, "/", "/seguimiento", "/favicon.ico", "/accesibilidad"):
        simple = visita.ver(direccion)
        comprimida = visita.ver(direccion, headers={"Accept-Encoding": "gzip"})
        if comprimida.headers.get("Content-Encoding") == "gzip":
            assert gzip.decompress(comprimida.data) == simple.data
        guardable = "no-store" not in simple.headers["Cache-Control"]
        assert not guardable or "Accept-Encoding" in simple.headers["Vary"]


def test_la_primera_vista_pesa_poco(app: Flask, record_property: Callable[[str, object], None]):
    """N63: la página, su estilo, el de sus condiciones, el programa y el icono: hasta 25 KB."""
    balanza = Balanza(app)
    pagina = balanza.abrir(PRIMERA)
    hojas = [e["href"] for e in pagina.todos("link", rel="stylesheet")]
    assert len(hojas) == 2 and any("/estilo/" in h for h in hojas)
    assert [e["src"] for e in pagina.todos("script")] and pagina.todos("link", rel="icon")
    record_property("primera_vista", balanza.bytes)
    print(f"primera vista: {balanza.bytes} bytes")
    assert balanza.bytes <= 25 * KB


def test_el_viaje_entero_pesa_poco(app: Flask, record_property: Callable[[str, object], None]):
    """N63: de la entidad al expediente, con sus errores y sin lo que la persona sube: 60 KB."""
    balanza = Balanza(app)
    balanza.abrir(f"/{VALLE}/")
    balanza.abrir(PRIMERA)
    carpeta = balanza.mandar(PRIMERA, de_pagina("tus-datos")).removesuffix("tu-documento")
    balanza.abrir(carpeta + "tu-documento")
    balanza.mandar(carpeta + "tu-documento", de_pagina("tu-documento"))
    balanza.abrir(carpeta + "tus-archivos")
    subida = {"accion": "subir", "documento_principal": adjunto(), "ancla": "documento_principal"}
    balanza.abrir(balanza.mandar(carpeta + "tus-archivos", subida).partition("#")[0])
    balanza.mandar(carpeta + "tus-archivos", de_pagina("tus-archivos"))
    balanza.abrir(carpeta + "revisar")
    balanza.mandar(carpeta + "revisar", {**ACEPTA, "accion": "presentar"})
    codigo = codigo_de(balanza.abrir(carpeta + "cargo"))
    balanza.abrir(f"/seguimiento/{codigo}")
    balanza.abrir(balanza.mandar(f"/seguimiento/{codigo}", {"identidad": "12345678"}))
    record_property("viaje_entero", balanza.bytes)
    print(f"viaje entero: {balanza.bytes} bytes")
    assert balanza.bytes <= 60 * KB


def publicar(mundo: Mundo, cual: str, cambiar: str, por: str, *, entidad: str = VALLE) -> None:
    """Publica otra versión desde otro proceso: la memoria de este no se entera."""
    texto = (FORMULARIOS / f"{cual}.yaml").read_text()
    assert cambiar in texto
    otro = replace(mundo.entorno, punteros=Memoria(10))
    formularios.publicar(
        otro, mundo.entidad(entidad).id, texto.replace(cambiar, por), f"{cual}.yaml", motivo="Otra"
    )


def test_lo_publicado_se_ve_en_dos_segundos(
    app: Flask, mundo: Mundo, monkeypatch: pytest.MonkeyPatch
):
    """N17: antes puede verse lo anterior; pasados dos segundos, nunca."""
    reloj = [1000.0]
    monkeypatch.setattr("facilita.tramite.entorno.monotonic", lambda: reloj[0])
    visita = Visita(app)
    antes = visita.ver(PRIMERA)
    publicar(mundo, "mesa-de-partes", "Código de contribuyente", "Código de vecino")
    publicar(mundo, "mesa-de-partes", "venir al palacio", "acercarte al palacio")
    reloj[0] += 1.9
    assert visita.ver(PRIMERA).data == antes.data
    reloj[0] += 0.2
    ahora = visita.ver(PRIMERA, headers={"If-None-Match": antes.headers["ETag"]})
    assert ahora.status_code == 200 and "acercarte al palacio" in ahora.text
    assert "acercarte" not in visita.ver(f"/{RIO}/{MESA}").text


def test_un_borrador_sigue_con_su_version(visita: Visita, mundo: Mundo):
    """N17: lo que la persona empezó no cambia a medio camino, ni sus estilos."""
    css = re.search(r'"(/[^"]+/estilo/[^"]+\.css)"', visita.ver(PRIMERA).text)
    assert css is not None
    carpeta = visita.hasta_revisar()
    publicar(mundo, "mesa-de-partes", "largo_maximo: 20", "largo_maximo: 5")
    assert visita.ver(css[1]).status_code == 200
    datos = de_pagina("tu-documento", codigo_contribuyente="ABCDEFGHIJ")
    assert visita.enviar(carpeta + "tu-documento", datos).status_code == 303
    assert visita.presentar(carpeta)


def test_los_estilos_son_de_su_formulario(visita: Visita):
    """N17: ni de otra entidad, ni con otra huella; y se guardan para siempre."""
    css = re.search(r'"(/[^"]+/estilo/[^"]+\.css)"', visita.ver(PRIMERA).text)
    assert css is not None
    respuesta = visita.ver(css[1])
    assert respuesta.mimetype == "text/css" and "immutable" in respuesta.headers["Cache-Control"]
    assert "tipo_persona" in respuesta.text
    for ajena in (
        css[1].replace(f"/{MESA}/", "/escribenos/"), css[1].replace("tus-datos", "otra"),
        css[1].replace(VALLE, "nadie"), re.sub(r"estilo/\w+", "estilo/" + "a" * 16, css[1]),
    ):  # fmt: skip
        assert visita.ver(ajena).status_code == 404, ajena
    for nombre in ("facilita.css", "facilita.js", "icono.svg"):
        respuesta = visita.ver(f"/estatico/x/{nombre}")
        assert respuesta.status_code == 200 and respuesta.mimetype != "text/html"
    assert visita.ver("/estatico/x/nada.css").status_code == 404
    assert visita.ver("/favicon.ico").mimetype == "image/svg+xml"


def test_los_programas_se_pueden_aligerar():
    """Se sirven sin comentarios ni sangría: ningún texto suyo ocupa varias líneas."""
    for ruta in (Path(facilita.web.__file__).parent / "estatico").glob("*.js"):
        for numero, linea in enumerate(ruta.read_text().splitlines(), 1):
            assert linea.count("`") % 2 == 0, f"{ruta.name}:{numero}"


def test_lo_que_sube_archivos_pesa_poco_y_solo_va_donde_hace_falta(app: Flask, mundo: Mundo):
    """El programa de las subidas cabe en 4 KB comprimido y no va donde no hay archivos."""
    visita = Visita(app)
    assert "subidas.js" not in visita.ver("/valle-sereno/escribenos").text
    pagina = visita.ver(f"/valle-sereno/mesa-de-partes/borrador/{mundo.abrir_mesa()}/tus-archivos")
    direccion = re.search(r'src="(/estatico/[^"]+/subidas.js)"', pagina.text)[1]  # type: ignore[index]
    servido = visita.ver(direccion, headers={"Accept-Encoding": "gzip"})
    assert len(servido.get_data()) <= 4096
