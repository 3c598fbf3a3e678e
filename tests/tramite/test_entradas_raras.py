"""Lo que nadie escribe a propósito: nulos, sustitutos sueltos, textos larguísimos."""

from collections.abc import Callable
from typing import Any

import pytest
from fabrica import CLAVE, CONTACTO, DE_CONTACTO, MESA, VALLE, Mundo, correo_de

from facilita.tramite import (
    atencion,
    bandeja,
    entidades,
    formularios,
    notificaciones,
    seguimiento,
    sesiones,
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


@pytest.mark.parametrize("raro", RAROS, ids=lambda raro: ascii(raro[:4]))
def test_lo_que_no_se_puede_hallar_se_niega(mundo: Mundo, raro: str):
    """N04: una negativa con su frase, nunca una falla; igual en los dos motores."""
    for nombre, verbo in NEGADOS.items():
        with pytest.raises(Negativa):
            verbo(mundo, raro)
            pytest.fail(nombre)


@pytest.mark.parametrize("raro", RAROS, ids=lambda raro: ascii(raro[:4]))
def test_los_filtros_raros_no_encuentran_nada(mundo: Mundo, raro: str):
    """N22: ni fallan."""
    luis = mundo.actor("luis")
    mundo.presentar_contacto()
    for filtros in (Filtros(estado=raro), Filtros(formulario=CONTACTO + raro)):
        assert bandeja.listar(mundo.entorno, luis, filtros).filas == ()
    bandeja.listar(mundo.entorno, luis, Filtros(texto=raro))
    entidades.buscar(mundo.entorno, raro)


@pytest.mark.parametrize("raro", RAROS, ids=lambda raro: ascii(raro[:4]))
def test_lo_raro_que_escribe_el_personal_se_guarda_o_se_dice(mundo: Mundo, raro: str):
    """N12: notas, respuestas y nombres; en los dos motores lo mismo."""
    codigo, luis = mundo.presentar_mesa(), mundo.actor("luis")
    sid = mundo.solicitud(codigo).id
    atencion.anotar_nota(mundo.entorno, luis, sid, f"Nota {raro}")
    usuarios.crear(
        mundo.entorno, luis.entidad_id, luis.correo, f"Luis {raro}", usuarios.Puesto("colaborador"),
        CLAVE,
    )  # fmt: skip
    nombre = mundo.todo(Usuario, Usuario.correo == luis.correo)[0].nombres
    assert nombre.startswith("Luis") and len(nombre) <= 150
    try:
        mundo.transitar(codigo, "atender", {"respuesta": f"Va {raro}"})
    except Invalido as negado:
        assert [e.campo for e in negado.errores] == ["respuesta"]


@pytest.mark.parametrize("raro", RAROS, ids=lambda raro: ascii(raro[:4]))
def test_lo_raro_que_escribe_el_ciudadano_se_recibe_o_se_dice(mundo: Mundo, raro: str):
    """N04: se presenta o vuelve con su error; nunca se pierde ni revienta."""
    ficha = mundo.abrir_mesa(asunto=f"Pido {raro}", pedido=f"Porque {raro}", nombres=f"José{raro}")
    try:
        codigo = mundo.presentar(ficha)
    except AssertionError:
        return
    assert mundo.solicitud(codigo).asunto.startswith("Pido")


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
