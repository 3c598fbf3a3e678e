"""La pantalla de la versión nueva: se avisa, se ve qué se pierde y se pasa solo con el botón."""

from fabrica import CONTACTO, FORMULARIOS, MESA, VALLE, Mundo

from facilita.tramite import formularios
from facilita.tramite.modelos import Borrador, Solicitud

from .cliente import Pagina, Visita

SIN_NUMERO = (
    "  quitar:\n    campos: [numero_documento]\n    opciones:\n      tipo_documento: [carta]\n"
)


def publicar_mesa(mundo: Mundo, cambios: str = SIN_NUMERO) -> None:
    """Publica otra versión de mesa de partes."""
    texto = f"formato: 1\nformulario: {MESA}\nplantilla: {MESA}@1\ncambios:\n{cambios}"
    formularios.publicar(mundo.entorno, mundo.entidad().id, texto, "v.yaml", motivo="Mejora")


def carpeta(ficha: str, cual: str = MESA) -> str:
    """La carpeta de un borrador."""
    return f"/{VALLE}/{cual}/borrador/{ficha}/"


def ocultos(pagina: Pagina) -> dict[str, str]:
    """Lo que la pantalla manda sin que se vea."""
    return {e["name"]: e["value"] for e in pagina.todos("input", type="hidden")}


def test_cada_pagina_del_borrador_avisa(visita: Visita, mundo: Mundo) -> None:
    ficha = mundo.abrir_mesa()
    for pagina in ("tus-datos", "revisar"):
        assert "versión nueva" not in visita.leer(carpeta(ficha) + pagina).texto
    publicar_mesa(mundo)
    for pagina in ("tus-datos", "tu-documento", "revisar"):
        leida = visita.leer(carpeta(ficha) + pagina)
        assert "Hay una versión nueva de este formulario." in leida.texto
    (enlace,) = [e for e in leida.todos("a") if "version/nueva" in e["href"]]
    assert enlace["href"].endswith("version/nueva?desde=revisar")
    assert "versión nueva" not in visita.leer(f"/{VALLE}/{MESA}").texto


def test_mirar_que_cambia_guarda_antes_lo_escrito(visita: Visita, mundo: Mundo) -> None:
    ficha = mundo.abrir_mesa()
    publicar_mesa(mundo)
    pagina = visita.leer(carpeta(ficha) + "tu-documento")
    acciones = [b["value"] for b in pagina.todos("button", name="accion")]
    # El primero es el que pulsa la tecla Entrar dentro de un campo.
    assert acciones == ["seguir", "version", "continuar", "guardar"]
    escrito = {"asunto": "A medio escr", "numero_documento": "777", "accion": "version"}
    respuesta = visita.enviar(carpeta(ficha) + "tu-documento", escrito)
    assert respuesta.location == carpeta(ficha) + "version/nueva?desde=tu-documento"
    texto = visita.seguir(respuesta).texto
    assert "777" in texto and "A medio escr" in texto


def test_se_ve_que_se_pierde_y_nada_cambia_hasta_pulsar(visita: Visita, mundo: Mundo) -> None:
    ficha = mundo.abrir_mesa()
    antes = mundo.todo(Borrador)[0]
    publicar_mesa(mundo)
    pagina = visita.leer(carpeta(ficha) + "version/nueva?desde=tu-documento")
    assert pagina.titular == "Hay una versión nueva de este formulario"
    for dicho in (
        "Lo que se pierde",
        "015-2026",
        "Ya no se pregunta.",
        "Carta",
        "que se recibe hasta el",
    ):
        assert dicho in pagina.texto
    seguir = [e["href"] for e in pagina.todos("a") if e.texto == "Seguir con la anterior"]
    assert seguir == [carpeta(ficha) + "tu-documento"]
    despues = mundo.todo(Borrador)[0]
    assert (despues.version_id, despues.crudo) == (antes.version_id, antes.crudo)
    respuesta = visita.enviar(carpeta(ficha) + "version/nueva", ocultos(pagina))
    assert respuesta.location == carpeta(ficha) + "tu-documento"
    llegada = visita.seguir(respuesta)
    assert "versión nueva" not in llegada.texto
    assert llegada.escrito["asunto"] == ["Solicito copia de mi licencia"]
    assert llegada.por_id("numero_documento") is None


def test_se_sigue_con_la_anterior(visita: Visita, mundo: Mundo) -> None:
    ficha = mundo.abrir_mesa()
    publicar_mesa(mundo)
    vieja = mundo.todo(Borrador)[0].version_id
    codigo = mundo.presentar(ficha)
    assert mundo.solicitud(codigo).version_id == vieja
    assert visita.ver(carpeta(ficha) + "version/nueva").location == carpeta(ficha) + "cargo"


def test_pasada_la_gracia_presentar_lleva_a_la_pantalla(visita: Visita, mundo: Mundo) -> None:
    ficha = mundo.abrir_mesa()
    publicar_mesa(mundo)
    mundo.entorno.__dict__["dias_de_gracia"] = 0
    mundo.pasar(minutes=1)
    datos = {"declaracion_jurada": "true", "privacidad": "true", "accion": "presentar"}
    pagina = visita.seguir(visita.enviar(carpeta(ficha) + "revisar", datos))
    assert "ya no recibe la versión con la que empezaste" in pagina.texto
    assert "Seguir con la anterior" not in pagina.texto
    assert mundo.cuantas(Solicitud) == [0]


def test_si_algo_cambio_se_muestra_otra_vez(visita: Visita, mundo: Mundo) -> None:
    ficha = mundo.abrir_mesa()
    publicar_mesa(mundo)
    direccion = carpeta(ficha) + "version/nueva"
    vistos = ocultos(visita.leer(direccion))
    visita.enviar(carpeta(ficha) + "tu-documento", {"asunto": "Otro", "accion": "continuar"})
    respuesta = visita.enviar(direccion, vistos)
    assert respuesta.status_code == 409
    assert "Algo cambió mientras lo mirabas." in Pagina(respuesta.text).texto
    raros = ("-1", "٣", "9" * 25, "9" * 5000)
    for malos in ({}, {"hacia": "x" * 500}, *({**vistos, "revision": r} for r in raros)):
        assert visita.enviar(direccion, malos).status_code == 409
    assert visita.enviar(direccion, ocultos(Pagina(respuesta.text))).status_code == 303


def test_sin_version_nueva_no_hay_nada_que_pasar(visita: Visita, mundo: Mundo) -> None:
    ficha = mundo.abrir_contacto()
    direccion = carpeta(ficha, CONTACTO) + "version/nueva"
    assert visita.ver(direccion).status_code == 303
    assert visita.enviar(direccion, {}).status_code == 409
    assert visita.ver(carpeta("nada" * 10) + "version/nueva").status_code == 404
    texto = (FORMULARIOS / "contacto.yaml").read_text() + "  introduccion: Otra.\n"
    formularios.publicar(mundo.entorno, mundo.entidad().id, texto, "c.yaml", motivo="Mejora")
    assert "No se pierde nada de lo que respondiste." in visita.leer(direccion).texto


def test_un_formulario_retirado_no_avisa(visita: Visita, mundo: Mundo) -> None:
    ficha = mundo.abrir_mesa()
    publicar_mesa(mundo)
    formularios.retirar(mundo.entorno, mundo.entidad().id, MESA, motivo="Cierre")
    assert "versión nueva" not in visita.leer(carpeta(ficha) + "tus-datos").texto
