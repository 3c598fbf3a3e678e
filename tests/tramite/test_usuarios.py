"""Los usuarios de una entidad: quién puede qué sobre quién, y que nadie se borra (N61)."""

from collections.abc import Callable
from typing import Any

import pytest
from fabrica import CLAVE, MESA, RIO, VALLE, Mundo, correo_de
from sqlalchemy import select

from facilita.tramite import (
    atencion,
    bandeja,
    correspondencia,
    detalle,
    encargos,
    invitaciones,
    membresias,
    plantel,
    salidas,
    sesiones,
    usuarios,
)
from facilita.tramite.ambito import Ambito
from facilita.tramite.encargos import Titular
from facilita.tramite.envios import texto_de
from facilita.tramite.errores import Conflicto, Invalido, NoExiste, NoPermitido, Vencido
from facilita.tramite.intentos import IngresoDetenido
from facilita.tramite.membresias import PorInvitar
from facilita.tramite.modelos import (
    Bitacora,
    FormularioACargo,
    Membresia,
    Mensaje,
    Salida,
    Solicitud,
    Usuario,
)
from facilita.tramite.permisos import Actor
from facilita.tramite.puestos import Puesto

NUEVA = PorInvitar("julia@vallesereno.example", "Julia Mamani")
TODO = Puesto("colaborador", atiende_todo=True)
DEL_NORTE = Puesto("colaborador", sede="norte", atiende_todo=True)


def puesto_de(mundo: Mundo, quien: str) -> int:
    return mundo.actor(quien).membresia_id


def errores(hacer: Callable[[], Any]) -> dict[str, str]:
    with pytest.raises(Invalido) as negativa:
        hacer()
    return {e.campo: e.texto for e in negativa.value.errores}


def ficha_de(enlace: invitaciones.Enlace) -> str:
    return enlace.direccion.rpartition("/")[2]


# --- el límite exacto de cada rol -----------------------------------------------------------------

ADMINISTRA = {
    "ana": {"norma", "luis", "nora", "oscar", "olga", "max"},
    "norma": {"nora", "olga"},
    "sara": {"ana", "norma", "luis", "nora", "oscar", "olga", "max"},
    "rita": set(),
}
"""A quiénes puede cambiar cada uno, sin contarse. El colaborador y la autoridad, a nadie."""
GENTE = ("ana", "norma", "luis", "nora", "oscar", "olga", "max", "sara", "rita")


@pytest.mark.parametrize("quien", GENTE)
def test_cada_rol_administra_a_los_suyos_y_a_nadie_mas(mundo: Mundo, quien: str):
    """N61: rol × acción × (los suyos, otra sede, otra área, otra entidad, uno mismo)."""
    actor, entorno = mundo.actor(quien), mundo.entorno
    acciones: tuple[Callable[[int], Any], ...] = (
        lambda cual: plantel.ver(entorno, actor, cual),
        lambda cual: membresias.renovar(entorno, actor, cual),
        lambda cual: membresias.cambiar_puesto(entorno, actor, cual, DEL_NORTE),
        lambda cual: membresias.inactivar(entorno, actor, cual),
        lambda cual: membresias.reactivar(entorno, actor, cual),
    )
    if quien not in ADMINISTRA:
        for accion in acciones:
            with pytest.raises(NoPermitido):
                accion(puesto_de(mundo, "nora"))
        with pytest.raises(NoPermitido):
            plantel.listar(entorno, actor)
        with pytest.raises(NoPermitido):
            membresias.invitar(entorno, actor, NUEVA, TODO)
        return
    vistos = {m.correo for m in plantel.listar(entorno, actor)}
    assert vistos == {correo_de(n) for n in ADMINISTRA[quien] | {quien}}
    for otro in set(GENTE) - {quien} - ADMINISTRA[quien]:
        for accion in acciones:
            with pytest.raises(NoExiste):
                accion(puesto_de(mundo, otro))
    for accion in acciones[2:4]:
        with pytest.raises(Conflicto, match="propio puesto"):
            accion(actor.membresia_id)
    for otro in sorted(ADMINISTRA[quien] - {"ana"}):
        cual = puesto_de(mundo, otro)
        assert plantel.ver(entorno, actor, cual).miembro.correo == correo_de(otro)
        membresias.inactivar(entorno, actor, cual, "Ya no trabaja aquí")
        membresias.reactivar(entorno, actor, cual)
        membresias.cambiar_puesto(entorno, actor, cual, DEL_NORTE)
        assert mundo.actor(otro).sede_id is not None


@pytest.mark.parametrize(
    ("quien", "puesto", "campo"),
    [
        ("ana", Puesto("sgtd"), "rol"),
        ("ana", Puesto("jefe"), "rol"),
        ("ana", Puesto(""), "rol"),
        ("ana", Puesto("coordinador_sede"), "sede"),
        ("ana", Puesto("colaborador", atiende_todo=False), "atiende_todo"),
        ("ana", Puesto("colaborador", formularios=("no-hay",)), "formularios"),
        ("norma", Puesto("coordinador_entidad", sede="norte"), "rol"),
        ("norma", Puesto("autoridad", sede="norte"), "rol"),
        ("norma", Puesto("sgtd", sede="norte"), "rol"),
        ("norma", Puesto("colaborador", sede="central", atiende_todo=True), "sede"),
        ("norma", Puesto("colaborador", atiende_todo=True), "sede"),
    ],
)
def test_los_puestos_que_no_se_pueden_dar(mundo: Mundo, quien: str, puesto: Puesto, campo: str):
    """N61: ni a alguien nuevo ni a quien ya está; y nada queda a medias."""
    actor, entorno = mundo.actor(quien), mundo.entorno
    antes = mundo.cuantas(Usuario, Membresia, FormularioACargo, Salida)
    assert campo in errores(lambda: membresias.invitar(entorno, actor, NUEVA, puesto))
    nora = puesto_de(mundo, "nora")
    assert campo in errores(lambda: membresias.cambiar_puesto(entorno, actor, nora, puesto))
    assert mundo.cuantas(Usuario, Membresia, FormularioACargo, Salida) == antes


def test_un_area_o_una_sede_ajena_no_se_da(mundo: Mundo):
    """N61: los códigos son los de su entidad."""
    ana = mundo.actor("ana")
    for puesto in (Puesto("colaborador", area="legal"), Puesto("coordinador_sede", sede="sur")):
        with pytest.raises(NoExiste):
            membresias.invitar(mundo.entorno, ana, NUEVA, puesto)


# --- invitar --------------------------------------------------------------------------------------


def test_la_invitacion_de_principio_a_fin(mundo: Mundo):
    """N61: el enlace se da una vez y llega por correo; el correo guardado no lo lleva."""
    ana, entorno = mundo.actor("ana"), mundo.entorno
    enlace = membresias.invitar(entorno, ana, NUEVA, Puesto("colaborador", area="obras"))
    (miembro,) = plantel.listar(entorno, ana, "JULIÁ mamani")
    assert (miembro.situacion, miembro.atiende) == ("invitado", "Obras y desarrollo urbano")
    assert miembro.vence_en == enlace.vence_en
    ficha, salida = ficha_de(enlace), mundo.todo(Salida)[-1]
    assert ficha not in str(salida.datos)
    while salidas.entregar(entorno):
        pass
    salida = mundo.todo(Salida)[-1]
    assert (salida.situacion, salida.datos["para"]) == ("entregada", NUEVA.correo)
    assert ficha in texto_de(entorno, salida)

    with pytest.raises(sesiones.IngresoNegado):
        sesiones.ingresar(entorno, NUEVA.correo, CLAVE, None)
    visto = invitaciones.mirar(entorno, ficha)
    assert (visto.rol_en_palabras, visto.tiene_cuenta) == ("colaborador", False)
    invitaciones.aceptar(entorno, ficha, CLAVE)
    actor = sesiones.actor_de(entorno, sesiones.ingresar(entorno, NUEVA.correo, CLAVE, None))
    assert actor and (actor.nombres, actor.rol) == ("Julia Mamani", "colaborador")
    with pytest.raises(Vencido):
        invitaciones.aceptar(entorno, ficha, CLAVE)
    (miembro,) = plantel.listar(entorno, ana, "julia")
    assert miembro.situacion == "activo"
    with pytest.raises(Conflicto, match="ya aceptó"):
        membresias.renovar(entorno, ana, miembro.id)


def test_renovar_deja_sin_valor_el_anterior_y_solo_el_de_esa_entidad(mundo: Mundo):
    """N61: lo que hace una entidad no toca la invitación de otra."""
    ana, rita, entorno = mundo.actor("ana"), mundo.actor("rita"), mundo.entorno
    de_rio = membresias.invitar(entorno, rita, NUEVA, TODO)
    primero = membresias.invitar(entorno, ana, NUEVA, TODO)
    mundo.pasar(days=8)
    (miembro,) = plantel.listar(entorno, ana, "julia")
    assert miembro.situacion == "vencida"
    segundo = membresias.renovar(entorno, ana, miembro.id)
    tercero = membresias.renovar(entorno, ana, miembro.id)
    for viejo in (primero, segundo, de_rio):
        with pytest.raises(Vencido, match="venció"):
            invitaciones.mirar(entorno, ficha_de(viejo))
    de_rio = membresias.renovar(entorno, rita, plantel.listar(entorno, rita, "julia")[0].id)
    invitaciones.aceptar(entorno, ficha_de(tercero), CLAVE)
    assert invitaciones.mirar(entorno, ficha_de(de_rio)).tiene_cuenta


def test_una_cuenta_de_otra_entidad_se_invita_igual_y_acepta_con_su_clave(mundo: Mundo):
    """N61: nadie sabe si un correo tiene cuenta, y ni el enlace ni la clave solos bastan."""
    ana, entorno = mundo.actor("ana"), mundo.entorno
    rita = PorInvitar(correo_de("rita"), "Margarita Ponce")
    enlace = membresias.invitar(entorno, ana, rita, TODO)
    (miembro,) = plantel.listar(entorno, ana, "margarita")
    assert (miembro.nombres, miembro.situacion) == ("Margarita Ponce", "invitado")
    sesion = sesiones.ingresar(entorno, correo_de("rita"), CLAVE, None)
    usuario_id = mundo.todo(Usuario, Usuario.correo == correo_de("rita"))[0].id
    assert [p.entidad for p in sesiones.puestos(entorno, usuario_id)] == [mundo.entidad(RIO).nombre]
    with pytest.raises(NoExiste):
        sesiones.usar_puesto(entorno, sesion, usuario_id, miembro.id)
    ficha = ficha_de(enlace)
    for _ in range(5):
        assert "nueva" in errores(lambda: invitaciones.aceptar(entorno, ficha, "no es esta 12"))
    with pytest.raises(IngresoDetenido):
        invitaciones.aceptar(entorno, ficha, CLAVE)
    mundo.pasar(minutes=16)
    invitaciones.aceptar(entorno, ficha, CLAVE)
    assert len(sesiones.puestos(entorno, usuario_id)) == 2
    (miembro,) = plantel.listar(entorno, ana, "rita")
    assert (miembro.nombres, miembro.situacion) == ("rita", "activo")


@pytest.mark.parametrize(
    ("nuevo", "campo", "dice"),
    [
        (PorInvitar("", "Julia"), "correo", "correo completo"),
        (PorInvitar("julia@", "Julia"), "correo", "correo completo"),
        (PorInvitar("julia@x.pe", " \u200b"), "nombres", "nombres y apellidos"),
        (PorInvitar("julia@x.pe", "J" * 151), "nombres", "150"),
        (PorInvitar(correo_de("luis").upper(), "Luis"), "correo", "ya es de alguien"),
    ],
)
def test_lo_mal_escrito_al_invitar(mundo: Mundo, nuevo: PorInvitar, campo: str, dice: str):
    """N61: se dice qué está mal y no se invita a nadie."""
    ana, antes = mundo.actor("ana"), mundo.cuantas(Usuario, Membresia)
    assert dice in errores(lambda: membresias.invitar(mundo.entorno, ana, nuevo, TODO))[campo]
    assert mundo.cuantas(Usuario, Membresia) == antes


# --- inactivar ------------------------------------------------------------------------------------


def test_inactivar_cierra_las_sesiones_y_deja_la_huella(mundo: Mundo):
    """N61: nadie se borra; lo que hizo y lo que tiene a su cargo sigue a su nombre."""
    ana, entorno, luis = mundo.actor("ana"), mundo.entorno, mundo.actor("luis")
    codigo = mundo.presentar_mesa()
    atencion.asignar(entorno, ana, mundo.solicitud(codigo).id, luis.usuario_id)
    ficha = sesiones.ingresar(entorno, luis.correo, CLAVE, None)
    assert plantel.ver(entorno, ana, luis.membresia_id).a_cargo == 1
    membresias.inactivar(entorno, ana, luis.membresia_id, "Fin de contrato")
    assert sesiones.actor_de(entorno, ficha) is None
    with pytest.raises(NoPermitido):
        sesiones.ingresar(entorno, luis.correo, CLAVE, None)
    assert mundo.solicitud(codigo).asignada_id == luis.usuario_id
    assert detalle.ver(entorno, ana, mundo.solicitud(codigo).id).asignada == "luis"
    assert luis.correo not in {m.correo for m in plantel.listar(entorno, ana)}
    assert luis.correo in {m.correo for m in plantel.listar(entorno, ana, inactivos=True)}
    dicho = plantel.ver(entorno, ana, luis.membresia_id).hechos[0]
    assert dicho[1:] == ("Se inactivó: Fin de contrato", "ana")
    with pytest.raises(Invalido, match="corregir"):
        atencion.asignar(entorno, ana, mundo.solicitud(codigo).id, luis.usuario_id)
    assert (
        "reactívalo"
        in errores(lambda: membresias.invitar(entorno, ana, PorInvitar(luis.correo, "Luis"), TODO))[
            "correo"
        ]
    )
    for hacer in (
        lambda: membresias.cambiar_puesto(entorno, ana, luis.membresia_id, TODO),
        lambda: membresias.renovar(entorno, ana, luis.membresia_id),
    ):
        with pytest.raises(Conflicto, match="reactívalo"):
            hacer()
    membresias.reactivar(entorno, ana, luis.membresia_id)
    assert sesiones.ingresar(entorno, luis.correo, CLAVE, None)
    acciones = [b.accion for b in mundo.todo(Bitacora, Bitacora.sobre == luis.correo)]
    assert acciones == ["usuario.creado", "usuario.inactivado", "usuario.reactivado"]


def test_inactivar_en_una_entidad_no_toca_otra(mundo: Mundo):
    """N61: el puesto es de una entidad; la persona, de nadie."""
    ana, entorno, luis = mundo.actor("ana"), mundo.entorno, mundo.actor("luis")
    rio = mundo.entidad(RIO).id
    usuarios.crear(entorno, rio, luis.correo, "luis", Puesto("colaborador"), CLAVE)
    membresias.inactivar(entorno, ana, luis.membresia_id)
    actor = sesiones.actor_de(entorno, sesiones.ingresar(entorno, luis.correo, CLAVE, None))
    assert actor and actor.entidad_id == rio


def test_el_ultimo_que_coordina_no_se_quita(mundo: Mundo):
    """N61: ni quitándole el rol; un invitado que no aceptó todavía no cuenta."""
    ana, sara, entorno = mundo.actor("ana"), mundo.actor("sara"), mundo.entorno
    enlace = membresias.invitar(entorno, ana, NUEVA, Puesto("coordinador_entidad"))
    for hacer in (
        lambda: membresias.inactivar(entorno, sara, ana.membresia_id),
        lambda: membresias.cambiar_puesto(entorno, sara, ana.membresia_id, TODO),
    ):
        with pytest.raises(Conflicto, match="única persona que coordina"):
            hacer()
    invitaciones.aceptar(entorno, ficha_de(enlace), CLAVE)
    membresias.inactivar(entorno, sara, ana.membresia_id)
    assert not mundo.todo(Membresia, Membresia.id == ana.membresia_id)[0].activa
    with pytest.raises(Conflicto, match="propio puesto"):
        membresias.inactivar(entorno, sara, sara.membresia_id)


# --- lo que cada uno alcanza ----------------------------------------------------------------------


def test_un_colaborador_ve_sus_formularios_ademas_de_su_area(mundo: Mundo):
    """N61: y quitarle todo no le abre lo demás."""
    ana, entorno = mundo.actor("ana"), mundo.entorno
    de_mesa, de_contacto = mundo.presentar_mesa(), mundo.presentar_contacto()
    oscar = puesto_de(mundo, "oscar")

    def ve() -> set[str]:
        filas = bandeja.listar(entorno, mundo.actor("oscar"), bandeja.Filtros()).filas
        return {f.numero for f in filas}

    assert ve() == set()
    puesto = Puesto("colaborador", area="obras", formularios=(MESA,))
    membresias.cambiar_puesto(entorno, ana, oscar, puesto)
    assert ve() == {mundo.solicitud(de_mesa).numero}
    assert plantel.ver(entorno, ana, oscar).miembro.formularios
    membresias.cambiar_puesto(
        entorno, ana, oscar, Puesto("colaborador", sede="norte", formularios=(MESA,))
    )
    assert ve() == set(), "la sede manda"
    membresias.cambiar_puesto(entorno, ana, oscar, TODO)
    numeros = {mundo.solicitud(c).numero for c in (de_mesa, de_contacto)}
    assert ve() == numeros
    with entorno.bd.transaccion(Ambito.de(ana.entidad_id)) as sesion:
        sesion.scalars(select(Membresia).where(Membresia.id == oscar)).one().atiende_todo = False
    assert ve() == set()


def test_la_maxima_autoridad_ve_todo_y_no_cambia_nada(mundo: Mundo):
    """N61: mira toda la bandeja; ningún verbo la deja cambiar, ni con un rol encima."""
    max_, entorno = mundo.actor("max"), mundo.entorno
    codigo = mundo.presentar_mesa()
    cual = mundo.solicitud(codigo).id
    correspondencia.escribir_de_ciudadano(entorno, codigo, {"mensaje": "¿Cómo va?"})
    visto = detalle.ver(entorno, max_, cual)
    assert visto.pasos == () and visto.es_suya
    correspondencia.abrir_de_personal(entorno, max_, cual)
    assert mundo.todo(Mensaje)[0].leido_en is None, "mirar no es leer por quien atiende"
    assert bandeja.listar(entorno, max_, bandeja.Filtros()).total == 1
    antes = mundo.tipos(codigo), mundo.solicitud(codigo).estado
    for hacer in _cambios(mundo, max_, cual):
        with pytest.raises(NoPermitido):
            hacer()
    with pytest.raises(Invalido):
        atencion.asignar(entorno, mundo.actor("ana"), cual, max_.usuario_id)
    with pytest.raises((Invalido, NoExiste)):
        titular = Titular(usuario_id=max_.usuario_id)
        encargos.asignar(entorno, max_.entidad_id, MESA, "frai", titular)
    assert (mundo.tipos(codigo), mundo.solicitud(codigo).estado) == antes
    assert max_.usuario_id not in dict(visto.colegas)


def _cambios(mundo: Mundo, actor: Actor, cual: int) -> tuple[Callable[[], Any], ...]:
    entorno = mundo.entorno
    return (
        lambda: atencion.transitar(entorno, actor, cual, "tomar", {}),
        lambda: atencion.derivar(entorno, actor, cual, 1, None),
        lambda: atencion.asignar(entorno, actor, cual, actor.usuario_id),
        lambda: atencion.anotar_nota(entorno, actor, cual, "Nota"),
        lambda: correspondencia.escribir_de_personal(entorno, actor, cual, {"mensaje": "Hola"}),
        lambda: correspondencia.dar_por_atendidos(entorno, actor, cual),
        lambda: membresias.invitar(entorno, actor, NUEVA, TODO),
    )


def test_cada_uno_cambia_sus_datos_y_solo_los_suyos(mundo: Mundo):
    """N61: el nombre y el documento son de la persona."""
    luis, entorno = mundo.actor("luis"), mundo.entorno
    usuarios.cambiar_perfil(entorno, luis.usuario_id, "  Luis   Paz ", "12345678")
    assert usuarios.perfil(entorno, luis.usuario_id) == ("Luis Paz", "12345678")
    assert set(errores(lambda: usuarios.cambiar_perfil(entorno, luis.usuario_id, "", "1"))) == {
        "nombres", "documento",
    }  # fmt: skip
    assert mundo.todo(Solicitud) == [] and mundo.entidad(VALLE).slug == VALLE
