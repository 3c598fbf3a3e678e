"""Las pantallas de roles, tareas, horario e invitaciones, de punta a punta."""

import pytest
from fabrica import Mundo, crear_entidad
from flask import Flask
from propios import (
    INFORMACION,
    area_de,
    con_plataforma,
    con_roles,
    dato_de_informacion,
    id_de,
    pedir_acceso,
    presentar,
    publicar,
)

from facilita.tramite.modelos import Adjunto, Encargo, Tarea

from .cliente import Visita, adjunto


@pytest.fixture
def codigo(mundo: Mundo) -> str:
    """Una solicitud del formulario con roles."""
    con_roles(mundo)
    return presentar(mundo)


def test_dar_y_quitar_un_rol(app: Flask, mundo: Mundo):
    """N61: quien coordina elige de la lista; lo que no es de la lista no vale."""
    publicar(mundo, dato_de_informacion())
    ana, direccion = Visita(app).ingresar("ana"), f"/bandeja/roles/{INFORMACION}/poseedora"
    assert "Nadie lo cumple todavía" in ana.leer("/bandeja/roles").texto
    for titular in (f"a{area_de(mundo, 'obras')}", f"u{id_de(mundo, 'nora')}"):
        assert ana.con_csrf(direccion, {"titular": titular}).status_code == 303
    assert len(mundo.todo(Encargo)) == 2
    assert "Obras y desarrollo urbano" in ana.leer("/bandeja/roles").texto
    for titular in ("", "u", "x9", f"u{id_de(mundo, 'rita')}", "a999999", "u" + "9" * 40):
        respuesta = ana.con_csrf(direccion, {"titular": titular})
        assert (respuesta.status_code, "Elige a" in respuesta.text) == (422, True)
    datos = {"titular": f"u{id_de(mundo, 'nora')}"}
    assert ana.con_csrf(f"{direccion}/quitar", datos).status_code == 303
    assert ana.con_csrf(f"{direccion}/quitar", datos).status_code == 404
    assert len(mundo.todo(Encargo)) == 1


def test_una_tarea_de_la_bandeja_a_la_respuesta(app: Flask, mundo: Mundo, codigo: str):
    """N61: luis la pide con un archivo, oscar la ve en su bandeja y la responde con otro."""
    cual = mundo.solicitud(codigo).id
    luis, oscar = Visita(app).ingresar("luis"), Visita(app).ingresar("oscar")
    nueva = f"/bandeja/{cual}/tarea/nueva/pedir"
    assert nueva in [a["href"] for a in luis.leer(f"/bandeja/{cual}").todos("a")]
    respuesta = luis.con_csrf(nueva, {"que": "", "modelo": adjunto()})
    assert respuesta.status_code == 422
    assert "ya está subido" in respuesta.text
    assert luis.con_csrf(nueva, {"que": "El acta.", "modelo": adjunto()}).status_code == 303
    assert "entregar" not in luis.leer(f"/bandeja/{cual}").texto.lower()
    tarea = mundo.todo(Tarea)[0].id
    suya = f"/bandeja/{cual}/tarea/{tarea}"
    assert suya in [a["href"] for a in oscar.leer("/bandeja").todos("a")]
    assert "El acta." in oscar.leer(suya).texto
    assert oscar.con_csrf(suya, {"informacion": " "}).status_code == 422
    codigos = [
        oscar.con_csrf(suya, {"informacion": "Va el acta.", "documento": adjunto()}).status_code
        for _ in range(2)
    ]
    assert codigos == [303, 409]
    assert "Va el acta." in luis.leer(f"/bandeja/{cual}").texto
    assert len(mundo.todo(Adjunto, Adjunto.movimiento_id.is_not(None))) == 2
    assert "Entregar" in luis.leer(f"/bandeja/{cual}").texto


def test_la_deja_sin_efecto_quien_la_pidio(app: Flask, mundo: Mundo, codigo: str):
    cual = mundo.solicitud(codigo).id
    luis, oscar = Visita(app).ingresar("luis"), Visita(app).ingresar("oscar")
    luis.con_csrf(f"/bandeja/{cual}/tarea/nueva/pedir", {"que": "El acta."})
    tarea = mundo.todo(Tarea)[0].id
    retirar, motivo = f"/bandeja/{cual}/tarea/{tarea}/retirar", f"motivo-{tarea}"
    assert oscar.con_csrf(retirar, {motivo: "No."}).status_code == 403
    assert luis.con_csrf(retirar, {motivo: ""}).status_code == 422
    assert luis.con_csrf(retirar, {motivo: "Ya la tengo."}).status_code == 303
    assert oscar.ver(f"/bandeja/{cual}/tarea/{tarea}").status_code == 303


def test_nadie_alcanza_la_tarea_de_otra_entidad(app: Flask, mundo: Mundo, codigo: str):
    """N61: para rita no existe."""
    cual = mundo.solicitud(codigo).id
    Visita(app).ingresar("luis").con_csrf(f"/bandeja/{cual}/tarea/nueva/pedir", {"que": "Eso."})
    rita, tarea = Visita(app).ingresar("rita"), mundo.todo(Tarea)[0].id
    base = f"/bandeja/{cual}/tarea"
    assert rita.ver(f"{base}/{tarea}").status_code == 404
    assert rita.con_csrf(f"{base}/{tarea}", {"informacion": "Ja."}).status_code == 404
    assert rita.con_csrf(f"{base}/{tarea}/retirar", {f"motivo-{tarea}": "Ja."}).status_code == 404
    assert rita.con_csrf(f"{base}/nueva/pedir", {"que": "Ja."}).status_code == 404


def test_el_numero_propio_se_ve_en_el_cargo_y_el_seguimiento(app: Flask, codigo: str):
    visita = Visita(app)
    assert "0001-2026-AIP" in visita.leer(f"/seguimiento/{codigo}").texto
    assert "0001-2026-AIP" in visita.abrir_expediente(codigo, "julia@example.com").texto
    assert "0001-2026-AIP" in visita.leer(f"/seguimiento/{codigo}/expediente/cargo").texto
    assert "Acceso a la información: 5 años" in visita.leer("/valle-sereno/privacidad").texto


def test_cambiar_el_horario(app: Flask, mundo: Mundo):
    """N42: lo escrito no se pierde y la página pública lo dice al momento."""
    ana = Visita(app).ingresar("ana")
    pagina = ana.leer("/bandeja/horario")
    assert pagina.escrito["horario-lunes"] == ["08:00 a 16:30"]
    assert pagina.escrito["el_mismo"] == ["true"]
    mala = ana.con_csrf("/bandeja/horario", {"horario-lunes": "temprano", "el_mismo": "true"})
    assert (mala.status_code, "temprano" in mala.text) == (422, True)
    datos = {"horario-lunes": "7 a 15", "horario_otros-sabado": "9:00 a 12:00"}
    assert ana.con_csrf("/bandeja/horario", datos).status_code == 303
    publica = Visita(app).leer("/valle-sereno/").texto
    assert "los lunes, de 7:00 a 15:00" in publica.lower()
    assert "los sábados, de 9:00 a 12:00" in publica


def test_el_lider_pone_su_clave_y_entra(app: Flask, mundo: Mundo):
    """N61: la SGTD ve el enlace una vez; el líder lo usa una vez."""
    con_plataforma(mundo)
    codigo = pedir_acceso(mundo)
    cual, sara = mundo.solicitud(codigo).id, Visita(app).ingresar("sara")
    assert sara.con_csrf(f"/bandeja/{cual}/paso/aprobar").status_code == 303
    crear_entidad(mundo.entorno)
    assert "Invitamos a carmen.rios@puertolindo.example" in sara.leer(f"/bandeja/{cual}").texto
    pagina = sara.seguir(sara.con_csrf(f"/bandeja/{cual}/invitacion"))
    enlace = "/invitacion/" + pagina.texto.split("/invitacion/")[1].split()[0]
    assert "/invitacion/" not in sara.leer(f"/bandeja/{cual}").texto
    carmen = Visita(app)
    assert "Hola, Carmen Ríos." in carmen.leer(enlace).texto
    assert carmen.con_csrf(enlace, {"nueva": "corta"}).status_code == 422
    assert carmen.enviar(enlace, {"nueva": "tortuga lenta 84"}).status_code == 400
    bienvenida = carmen.seguir(carmen.con_csrf(enlace, {"nueva": "tortuga lenta 84"}))
    assert bienvenida.titular == "Te damos la bienvenida"
    assert carmen.ver(enlace).status_code == 410
    datos = {"correo": "carmen.rios@puertolindo.example", "clave": "tortuga lenta 84"}
    assert carmen.con_csrf("/ingresar", datos).status_code == 303
    assert "Primeros pasos: 2 de 6" in carmen.leer("/bandeja").texto
    assert "Es el que sigue" in carmen.leer("/bandeja/primeros-pasos").texto
