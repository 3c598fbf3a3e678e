"""El borrador: guarda lo escrito tal como llegó, y no pide nada dos veces."""

from datetime import timedelta

import pytest
from fabrica import ACEPTA, CONTACTO, DE_CONTACTO, DE_MESA, LUNES, MESA, RIO, VALLE, Mundo

from facilita.tramite import borradores, descargas, formularios, solicitudes, subsanacion
from facilita.tramite.errores import NoExiste, Vencido
from facilita.tramite.leido import LARGO_DE_RESPUESTA, hallar
from facilita.tramite.modelos import Adjunto, Archivo, Borrador, Contenido
from facilita.tramite.paso import Paso


def abrir(mundo: Mundo, formulario: str = MESA, **crudo: object) -> str:
    vigente = formularios.vigente(mundo.entorno, VALLE, formulario)
    return borradores.abrir(mundo.entorno, vigente, crudo)[0]


def guardar(mundo: Mundo, ficha: str, subidas=(), quitar=(), **crudo: object) -> Paso:
    return borradores.guardar(mundo.entorno, mundo.entidad(), ficha, crudo, subidas, quitar)


def leer(mundo: Mundo, ficha: str) -> Paso:
    return borradores.leer(mundo.entorno, mundo.entidad(), ficha)


def nombres(paso: Paso, campo: str) -> list[str]:
    return [archivo["nombre"] for archivo in paso.crudo.get(campo, ())]


def test_nada_escrito_se_pierde_con_errores(mundo: Mundo):
    """N04: lo mal escrito vuelve tal como se escribió, junto a su error, y lo demás también."""
    malo = {"correo": "jose@@", "celular": " 12 ", "numero_documento_identidad": "ABC", "ruc": "1"}
    ficha = abrir(mundo, **{**DE_MESA, **malo})
    paso = leer(mundo, ficha)
    for campo, valor in {**DE_MESA, **malo}.items():
        assert paso.crudo[campo] == valor
    assert {e.campo for e in paso.lectura.errores} >= {"correo", "celular"}
    paso = guardar(mundo, ficha, correo="jose@example.com")
    assert paso.crudo["celular"] == " 12 "
    assert "correo" not in {e.campo for e in paso.lectura.errores}


def test_los_archivos_se_guardan_aunque_la_pagina_tenga_errores(mundo: Mundo):
    """N04: nadie sube dos veces el mismo archivo."""
    ficha = abrir(mundo, **DE_MESA)
    paso = guardar(mundo, ficha, [mundo.subida(), mundo.subida("anexos", "uno.pdf")], folios="abc")
    assert "folios" in {e.campo for e in paso.lectura.errores}
    paso = leer(mundo, ficha)
    assert nombres(paso, "documento_principal") == ["carta.pdf"]
    assert nombres(paso, "anexos") == ["uno.pdf"]


def test_lo_que_se_vacia_queda_vacio(mundo: Mundo):
    """N04: borrar una respuesta la borra; no responder otra página no toca las demás."""
    ficha = abrir(mundo, **DE_MESA)
    paso = guardar(mundo, ficha, pedido="", destinatario=None)
    assert "pedido" not in paso.lectura.valores
    assert "destinatario" not in paso.lectura.valores
    assert paso.lectura.valores["asunto"] == DE_MESA["asunto"]


def test_las_paginas_que_siguen_son_las_que_tocan(mundo: Mundo):
    """N04: en orden, y se sabe cuándo toca revisar."""
    paso = leer(mundo, abrir(mundo, **DE_MESA))
    assert [p.id for p in paso.paginas] == ["tus-datos", "tu-documento", "tus-archivos"]
    assert paso.siguiente(paso.paginas[0]) == paso.paginas[1]
    assert paso.siguiente(paso.paginas[2]) is None
    assert not paso.corrige and paso.codigo is None


def test_un_archivo_nuevo_reemplaza_al_unico(mundo: Mundo):
    """N12: en un campo de un archivo queda el último; el anterior se suelta."""
    ficha = abrir(mundo, **DE_MESA)
    guardar(mundo, ficha, [mundo.subida(nombre="uno.pdf")])
    paso = guardar(mundo, ficha, [mundo.subida(nombre="dos.pdf", paginas=2)])
    assert nombres(paso, "documento_principal") == ["dos.pdf"]
    assert mundo.cuantas(Adjunto, Archivo) == [1, 2]


def test_un_archivo_se_quita(mundo: Mundo):
    """N04: solo el propio, y solo el que se dijo."""
    ficha, ajena = abrir(mundo, **DE_MESA), mundo.abrir_mesa()
    paso = guardar(mundo, ficha, [mundo.subida("anexos", f"{n}.pdf") for n in range(3)])
    de_otro = leer(mundo, ajena).crudo["documento_principal"][0]["id"]
    segundo = paso.crudo["anexos"][1]["id"]
    paso = guardar(mundo, ficha, quitar=[segundo, de_otro, 999_999])
    assert nombres(paso, "anexos") == ["0.pdf", "2.pdf"]
    assert nombres(leer(mundo, ajena), "documento_principal") == ["carta.pdf"]
    paso = guardar(mundo, ficha, [mundo.subida("anexos", "nuevo.pdf")])
    assert nombres(paso, "anexos") == ["0.pdf", "2.pdf", "nuevo.pdf"]


def test_demasiados_archivos_se_dicen_y_los_que_entran_quedan(mundo: Mundo):
    """N04: once anexos donde caben diez: diez guardados y un aviso."""
    ficha = abrir(mundo, **DE_MESA)
    guardar(mundo, ficha, [mundo.subida("anexos", f"{n}.pdf") for n in range(9)])
    paso = guardar(mundo, ficha, [mundo.subida("anexos", f"{n}.pdf") for n in ("j", "k", "l")])
    assert len(nombres(paso, "anexos")) == 10
    assert nombres(paso, "anexos")[-1] == "j.pdf"
    assert [e.clave for e in paso.rechazos] == ["archivo_muchos"] * 2
    pagina = next(p for p in paso.paginas if p.id == "tus-archivos")
    assert "archivo_muchos" in [e.clave for e in paso.errores_de(pagina)]
    assert not leer(mundo, ficha).rechazos


def test_un_archivo_para_un_campo_que_no_es_de_archivos_no_entra(mundo: Mundo):
    """N12: ni en un texto ni en un campo que no existe."""
    ficha = abrir(mundo, **DE_MESA)
    guardar(mundo, ficha, [mundo.subida("asunto"), mundo.subida("no_existe")])
    assert mundo.cuantas(Adjunto) == [0]


def test_un_archivo_no_se_inventa_escribiendolo(mundo: Mundo):
    """N12, N20: la ficha de un archivo la pone el servidor."""
    falso = [{"nombre": "x.pdf", "tipo": "pdf", "tamano": 5, "sha256": "0" * 64}]
    paso = leer(mundo, abrir(mundo, **DE_MESA, documento_principal=falso))
    assert "documento_principal" not in paso.lectura.valores
    assert "documento_principal" in {e.campo for e in paso.lectura.errores}


@pytest.mark.parametrize(
    ("escrito", "leido"),
    [
        ("con\x00nulo", "connulo"),
        ("suelto\ud800", "suelto?"),
        ("ñandú 🙂 汉字", "ñandú 🙂 汉字"),
        ("x" * (LARGO_DE_RESPUESTA + 9), "x" * LARGO_DE_RESPUESTA),
        (["uno", "dos\x00"], ["uno", "dos"]),
        (None, None),
    ],
)
def test_lo_escrito_se_guarda_en_los_dos_motores(mundo: Mundo, escrito: object, leido: object):
    """N04: ningún texto hace fallar a la base."""
    assert leer(mundo, abrir(mundo, CONTACTO, mensaje=escrito)).crudo["mensaje"] == leido


def test_el_borrador_vence_y_usarlo_lo_alarga(mundo: Mundo):
    """N33: lo que no se presenta no se guarda para siempre."""
    ficha, dias = abrir(mundo, **DE_MESA), timedelta(days=mundo.entorno.dias_de_borrador)
    assert leer(mundo, ficha).vence_en == LUNES + dias
    mundo.pasar(days=6)
    paso = guardar(mundo, ficha, asunto="Otro")
    assert paso.vence_en == mundo.reloj.ahora() + dias
    mundo.reloj.avanzar(dias)
    assert leer(mundo, ficha)
    mundo.pasar(seconds=1)
    for hacer in (
        lambda: leer(mundo, ficha),
        lambda: guardar(mundo, ficha, asunto="Tarde"),
        lambda: mundo.presentar(ficha),
    ):
        with pytest.raises(Vencido):
            hacer()


def test_para_otra_entidad_no_existe(mundo: Mundo):
    """N33: ni se lee, ni se guarda, ni se bajan sus archivos."""
    ficha, rio = mundo.abrir_mesa(), mundo.entidad(RIO)
    archivo = leer(mundo, ficha).crudo["documento_principal"][0]["id"]
    bajado = descargas.del_borrador(mundo.entorno, mundo.entidad().id, ficha, archivo)
    assert bajado.nombre == "carta.pdf"
    for hacer in (
        lambda: borradores.leer(mundo.entorno, rio, ficha),
        lambda: borradores.guardar(mundo.entorno, rio, ficha, {"asunto": "x"}),
        lambda: descargas.del_borrador(mundo.entorno, rio.id, ficha, archivo),
        lambda: solicitudes.presentar(mundo.entorno, rio, ficha, {}),
    ):
        with pytest.raises(NoExiste):
            hacer()


@pytest.mark.parametrize("ficha", ["", "inventada", "x" * 10_000, "\ud800"])
def test_una_ficha_inventada_no_abre_nada(mundo: Mundo, ficha: str):
    """N33: y en la base solo está la huella de las verdaderas."""
    verdadera = abrir(mundo, **DE_MESA)
    with pytest.raises(NoExiste):
        leer(mundo, ficha)
    with pytest.raises(NoExiste):
        leer(mundo, mundo.todo(Borrador)[0].huella)
    assert mundo.todo(Borrador)[0].huella != verdadera


def test_ya_presentado_no_cambia(mundo: Mundo):
    """N12: guardar después de presentar no toca nada y dice que ya se presentó."""
    ficha = mundo.abrir_mesa()
    codigo = mundo.presentar(ficha)
    antes = mundo.todo(Borrador)[0].crudo
    adjunto = mundo.todo(Adjunto)[0].id
    paso = guardar(mundo, ficha, [mundo.subida(nombre="otro.pdf")], [adjunto], asunto="Otro")
    assert paso.presentado and paso.codigo == codigo
    assert mundo.todo(Borrador)[0].crudo == antes
    assert [a.nombre for a in mundo.todo(Adjunto)] == ["carta.pdf"]
    assert mundo.cuantas(Contenido) == [1]


def test_leer_sin_abrir_no_deja_nada(mundo: Mundo):
    """N33: mirar los errores de la primera página no guarda datos de nadie."""
    vigente = formularios.vigente(mundo.entorno, VALLE, CONTACTO)
    paso = borradores.leer_sin_abrir(mundo.entorno, vigente, {**DE_CONTACTO, "correo": "mal"})
    assert "correo" in {e.campo for e in paso.lectura.errores}
    assert mundo.cuantas(Borrador) == [0]


def test_dos_personas_con_el_mismo_archivo_no_se_ven(mundo: Mundo):
    """N12: los mismos bytes se guardan una vez; cada borrador tiene su propio adjunto."""
    una, otra = mundo.abrir_mesa(), mundo.abrir_mesa()
    archivo = leer(mundo, una).crudo["documento_principal"][0]["id"]
    assert mundo.cuantas(Archivo, Adjunto) == [1, 2]
    with pytest.raises(NoExiste):
        descargas.del_borrador(mundo.entorno, mundo.entidad().id, otra, archivo)
    guardar(mundo, una, quitar=[archivo])
    assert nombres(leer(mundo, otra), "documento_principal") == ["carta.pdf"]


def test_lo_que_otro_guardo_entre_tanto_no_se_pierde(mundo: Mundo):
    """N33: dos ventanas del mismo borrador: lo de una no borra lo de la otra."""
    ficha = mundo.abrir_mesa()
    antes = hallar(mundo.entorno, mundo.entidad(), ficha)
    guardar(mundo, ficha, asunto="Otro asunto")
    escrito = {"pedido": "Otro pedido"}
    paso = borradores.guardar(mundo.entorno, mundo.entidad(), ficha, escrito, leido=antes)
    assert (paso.crudo["asunto"], paso.crudo["pedido"]) == ("Otro asunto", "Otro pedido")
    assert leer(mundo, ficha).crudo == paso.crudo


def test_se_presenta_lo_ultimo_que_se_guardo(mundo: Mundo):
    """N12: lo leído antes de otro cambio se vuelve a leer al presentar."""
    ficha = mundo.abrir_mesa()
    antes = hallar(mundo.entorno, mundo.entidad(), ficha)
    guardar(mundo, ficha, asunto="Otro asunto")
    hecha = solicitudes.presentar(mundo.entorno, mundo.entidad(), ficha, ACEPTA, antes)
    assert mundo.solicitud(hecha.codigo).asunto == "Otro asunto"
    otra_vez = solicitudes.presentar(mundo.entorno, mundo.entidad(), ficha, ACEPTA, antes)
    assert otra_vez.codigo == hecha.codigo
    paso = borradores.guardar(mundo.entorno, mundo.entidad(), ficha, {"asunto": "x"}, leido=antes)
    assert paso.presentado and paso.codigo == hecha.codigo


def test_abrir_otra_vez_una_correccion_no_estorba_a_la_primera_pestana(mundo: Mundo):
    """N07: lo que se estaba escribiendo se guarda, y es lo que ve la segunda."""
    codigo = mundo.presentar_mesa()
    mundo.observar(codigo)
    cual, entidad = mundo.solicitud(codigo).id, mundo.entidad()
    ficha = subsanacion.abrir_correccion(mundo.entorno, entidad.id, cual)
    antes = hallar(mundo.entorno, entidad, ficha)
    segunda = subsanacion.abrir_correccion(mundo.entorno, entidad.id, cual)
    borradores.guardar(mundo.entorno, entidad, ficha, {"asunto": "x"}, leido=antes)
    assert borradores.leer(mundo.entorno, entidad, segunda).crudo["asunto"] == "x"
