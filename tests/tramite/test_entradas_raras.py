"""Lo que nadie escribe a propósito: nulos, sustitutos sueltos, textos larguísimos."""

from collections.abc import Callable
from typing import Any

import pytest
from fabrica import ACEPTA, CLAVE, CONTACTO, DE_CONTACTO, MESA, VALLE, Mundo, correo_de

from facilita.tramite import (
    atencion,
    bandeja,
    entidades,
    formularios,
    notificaciones,
    seguimiento,
    sesiones,
    solicitudes,
    usuarios,
)
from facilita.tramite.bandeja import Filtros
from facilita.tramite.errores import Invalido, Negativa
from facilita.tramite.modelos import Usuario

RAROS = ["\x00", "\ud800", "a\x00b", "x" * 100_000, "%00", "\u202e", "😀" * 300]

NEGADOS: dict[str, Callable[[Mundo, str], Any]] = {
    "entidad": lambda m, raro: entidades.por_slug(m.entorno, VALLE + raro),
    "formulario": lambda m, raro: formularios.vigente(m.entorno, VALLE, MESA + raro),
    "vigente": lambda m, raro: formularios.vigente(m.entorno, VALLE + raro, MESA),
    "digest": lambda m, raro: formularios.de_digest(m.entorno, VALLE, MESA + raro, "a" * 12),
    "prefijo": lambda m, raro: formularios.de_digest(m.entorno, VALLE, MESA, "a" * 12 + raro),
    "codigo": lambda m, raro: seguimiento.ver(m.entorno, raro),
    "ficha": lambda m, raro: notificaciones.hallar(m.entorno, raro),
    "correo": lambda m, raro: sesiones.ingresar(m.entorno, correo_de("luis") + raro, CLAVE, None),
    "clave": lambda m, raro: sesiones.ingresar(m.entorno, correo_de("luis"), CLAVE + raro, None),
}


@pytest.mark.parametrize("verbo", NEGADOS)
def test_lo_que_no_se_puede_hallar_se_niega(mundo: Mundo, verbo: str):
    """N04: una negativa con su frase, nunca una falla; igual en los dos motores."""
    for raro in RAROS:
        with pytest.raises(Negativa):
            NEGADOS[verbo](mundo, raro)


def test_los_filtros_raros_no_encuentran_nada(mundo: Mundo):
    """N22: ni fallan."""
    luis = mundo.actor("luis")
    mundo.presentar_contacto()
    for raro in RAROS:
        for filtros in (Filtros(estado=raro), Filtros(formulario=CONTACTO + raro)):
            assert bandeja.listar(mundo.entorno, luis, filtros).filas == ()
        bandeja.listar(mundo.entorno, luis, Filtros(texto=raro))
        entidades.buscar(mundo.entorno, raro)


def test_lo_raro_que_escribe_el_personal_se_guarda_o_se_dice(mundo: Mundo):
    """N12: notas, respuestas y nombres; en los dos motores lo mismo."""
    luis, puesto = mundo.actor("luis"), usuarios.Puesto("colaborador")
    for numero, raro in enumerate(RAROS):
        codigo = mundo.presentar_mesa()
        sid = mundo.solicitud(codigo).id
        try:
            atencion.anotar_nota(mundo.entorno, luis, sid, f"Nota {raro}")
        except Invalido as negado:
            assert len(raro) > atencion.LARGO_DE_NOTA
            assert [e.campo for e in negado.errores] == ["nota"]
        otro = f"otro{numero}@vallesereno.example"
        usuarios.crear(mundo.entorno, luis.entidad_id, otro, f"Luis {raro}", puesto, CLAVE)
        nombre = mundo.todo(Usuario, Usuario.correo == otro)[0].nombres
        assert nombre.startswith("Luis") and len(nombre) <= 150
        try:
            mundo.transitar(codigo, "atender", {"respuesta": f"Va {raro}"})
        except Invalido as negado:
            assert [e.campo for e in negado.errores] == ["respuesta"]


def test_lo_raro_que_escribe_el_ciudadano_se_recibe_o_se_dice(mundo: Mundo):
    """N04: se presenta o vuelve con su error; nunca se pierde ni revienta."""
    entidad = mundo.entidad()
    for raro in RAROS:
        ficha = mundo.abrir_mesa(asunto=f"Pido {raro}", pedido=raro, nombres=f"José{raro}")
        hecha = solicitudes.presentar(mundo.entorno, entidad, ficha, ACEPTA)
        if hecha.codigo:
            assert mundo.solicitud(hecha.codigo).asunto.startswith("Pido")
        else:
            assert hecha.paso is not None
            errados = {e.campo for e in hecha.paso.lectura.errores}
            assert errados and errados <= {"asunto", "pedido", "nombres"}


def test_los_textos_mas_largos_que_se_admiten_caben(mundo: Mundo):
    """N20, N04: en cada columna, también en PostgreSQL, que no recorta."""
    largo = "Ñandú " * 200
    codigo = mundo.presentar_mesa(
        asunto=largo[:199] + "x", nombres=largo[:99] + "x", apellido_paterno=largo[:99] + "x",
        apellido_materno=largo[:99] + "x", direccion=largo[:150] + "x",
        destinatario=largo[:149] + "x", numero_documento="9" * 80, pedido=largo[:999] + "x",
        tipo_documento_identidad="otro", numero_documento_identidad="A" * 20,
    )  # fmt: skip
    assert mundo.solicitud(codigo).identidad == "a" * 20
    assert len(mundo.solicitud(codigo).remitente) <= 250


def test_con_un_correo_largo_se_abre_el_expediente(mundo: Mundo):
    """N20: la identidad se guarda recortada y se compara igual de recortada."""
    correo = f"{'julia' * 12}@{'municipalidad' * 4}.example"
    codigo = mundo.presentar_contacto(**{**DE_CONTACTO, "correo": correo})
    assert seguimiento.comprobar_identidad(mundo.entorno, codigo, correo) == codigo
