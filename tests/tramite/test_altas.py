"""La plataforma da de alta a una entidad con su propio motor: entidad, líder e invitación."""

import pytest
from fabrica import RIO, VALLE, Mundo, crear_entidad
from propios import (
    RUC_NUEVO,
    con_plataforma,
    dato_de_acceso,
    pedir_acceso,
    publicar,
    usuario,
)

from facilita.servicios.codigos import ficha_derivada, huella
from facilita.tramite import detalle, entidades, invitaciones, renovaciones, sesiones
from facilita.tramite.envios import DE_LA_FICHA
from facilita.tramite.errores import Conflicto, Invalido, NoExiste, NoPermitido, Vencido
from facilita.tramite.modelos import (
    Entidad,
    Invitacion,
    Membresia,
    Movimiento,
    Salida,
    Sede,
    Usuario,
)

CARMEN = "carmen.rios@puertolindo.example"
NUEVA = "tortuga lenta 84"


def aprobar(mundo: Mundo, codigo: str) -> None:
    mundo.transitar(codigo, "aprobar", quien="sara")


def ficha(mundo: Mundo) -> str:
    """La del último enlace: ningún correo la guarda, sale de su semilla al entregarse."""
    salidas = [s for s in mundo.todo(Salida) if "/invitacion/" in s.datos["texto"]]
    assert all(f"/invitacion/{DE_LA_FICHA}\n" in s.datos["texto"] for s in salidas)
    return ficha_derivada(mundo.entorno.secreto, salidas[-1].datos["ficha_de"])


@pytest.fixture
def codigo(mundo: Mundo) -> str:
    """Una entidad pide su acceso."""
    con_plataforma(mundo)
    return pedir_acceso(mundo)


def test_aprobar_crea_la_entidad_y_a_su_lider(mundo: Mundo, codigo: str):
    """N61: la entidad existe, con su sede; el líder la coordina y todavía no puede ingresar."""
    aprobar(mundo, codigo)
    nueva = entidades.por_slug(mundo.entorno, "mdpl")
    assert (nueva.nombre, nueva.ruc, nueva.ubigeo) == (
        "Municipalidad Distrital de Puerto Lindo", RUC_NUEVO, "150122",
    )  # fmt: skip
    assert [s.nombre for s in nueva.sedes] == ["Sede central"]
    assert nueva.horario.fallas() == []
    carmen = usuario(mundo, CARMEN)
    (lugar,) = mundo.todo(Membresia, Membresia.usuario_id == carmen.id)
    assert (lugar.rol, lugar.entidad_id, carmen.clave) == ("coordinador_entidad", nueva.id, None)
    assert mundo.tipos(codigo) == ["presentado", "aprobar", "entidad_creada"]
    aprobado = next(s for s in mundo.todo(Salida) if s.clave.endswith(".aprobado"))
    assert "/mdpl/" in aprobado.datos["texto"]
    with pytest.raises(sesiones.IngresoNegado):
        sesiones.ingresar(mundo.entorno, CARMEN, NUEVA, None)


def test_el_lider_pone_su_clave_una_vez(mundo: Mundo, codigo: str):
    """N61: el enlace se guarda como huella, sirve una vez y después se ingresa."""
    aprobar(mundo, codigo)
    enlace = ficha(mundo)
    assert [i.huella for i in mundo.todo(Invitacion)] == [huella(enlace)]
    assert invitaciones.mirar(mundo.entorno, enlace).entidad.endswith("Puerto Lindo")
    for mala in ("corta", CARMEN):
        with pytest.raises(Invalido):
            invitaciones.aceptar(mundo.entorno, enlace, mala)
    invitaciones.aceptar(mundo.entorno, enlace, NUEVA)
    for verbo in (
        lambda: invitaciones.mirar(mundo.entorno, enlace),
        lambda: invitaciones.aceptar(mundo.entorno, enlace, "otra cosa larga 9"),
    ):
        with pytest.raises(Vencido, match="ya se usó"):
            verbo()
    actor = sesiones.actor_de(mundo.entorno, sesiones.ingresar(mundo.entorno, CARMEN, NUEVA, None))
    assert actor and (actor.rol, actor.entidad_slug) == ("coordinador_entidad", "mdpl")


def test_el_enlace_vence_y_la_sgtd_da_otro(mundo: Mundo, codigo: str):
    """N61: el de antes deja de servir; se muestra una vez y queda en la historia."""
    aprobar(mundo, codigo)
    primero, sara, sid = ficha(mundo), mundo.actor("sara"), mundo.solicitud(codigo).id
    segundo = renovaciones.renovar(mundo.entorno, sara, sid).rpartition("/")[2]
    with pytest.raises(Vencido, match="venció"):
        invitaciones.mirar(mundo.entorno, primero)
    mundo.pasar(days=7)
    with pytest.raises(Vencido, match="venció"):
        invitaciones.aceptar(mundo.entorno, segundo, NUEVA)
    alta = detalle.ver(mundo.entorno, sara, sid).alta
    assert alta and (alta.situacion, alta.correo) == ("vencida", CARMEN)
    tercero = renovaciones.renovar(mundo.entorno, sara, sid).rpartition("/")[2]
    invitaciones.aceptar(mundo.entorno, tercero, NUEVA)
    alta = detalle.ver(mundo.entorno, sara, sid).alta
    assert alta and alta.situacion == "aceptada"
    with pytest.raises(Conflicto):
        renovaciones.renovar(mundo.entorno, sara, sid)
    assert mundo.tipos(codigo)[-2:] == ["invitacion_renovada"] * 2
    for quien in ("ana", "luis"):
        with pytest.raises(NoPermitido):
            renovaciones.renovar(mundo.entorno, mundo.actor(quien), sid)


def test_aprobar_otra_vez_no_crea_otra(mundo: Mundo, codigo: str):
    """Reabrir y aprobar de nuevo deja la misma entidad y el mismo líder."""
    aprobar(mundo, codigo)
    antes = mundo.cuantas(Entidad, Usuario, Membresia, Sede, Invitacion)
    mundo.transitar(codigo, "reabrir", quien="ana")
    aprobar(mundo, codigo)
    assert mundo.cuantas(Entidad, Usuario, Membresia, Sede, Invitacion) == antes


def test_un_ruc_que_ya_esta_no_deja_nada_a_medias(mundo: Mundo, codigo: str):
    """Todo va en la transacción del paso: si no se puede, el estado no cambia."""
    aprobar(mundo, codigo)
    otra = pedir_acceso(mundo, siglas="OTRA", correo_lider="otro@puertolindo.example")
    antes = mundo.cuantas(Entidad, Usuario, Movimiento)
    with pytest.raises(Conflicto, match="ya es de la entidad «mdpl»"):
        aprobar(mundo, otra)
    assert mundo.solicitud(otra).estado == "nuevo"
    assert mundo.cuantas(Entidad, Usuario, Movimiento) == antes


@pytest.mark.parametrize(
    ("nombre", "siglas", "slug"),
    [
        ("Municipalidad Distrital de Puerto Lindo", "MDPL", "mdpl"),
        ("Universidad Ñandú", "", "universidad-nandu"),
        ("Casilla", "Casilla", "casilla-2"),
        ("Otra", "Valle Sereno", "valle-sereno-2"),
        ("2 de Mayo", "", "entidad-2-de-mayo"),
    ],
)
def test_la_direccion_sale_de_sus_siglas_o_su_nombre(
    mundo: Mundo, nombre: str, siglas: str, slug: str
):
    """Única y sin tapar las direcciones del sistema."""
    con_plataforma(mundo)
    aprobar(mundo, pedir_acceso(mundo, entidad=nombre, siglas=siglas))
    assert entidades.por_slug(mundo.entorno, slug).nombre == nombre


def test_quien_ya_tiene_cuenta_conserva_su_clave(mundo: Mundo):
    """N61: se le da el lugar en la entidad nueva y se le avisa, sin enlace."""
    con_plataforma(mundo)
    rita = usuario(mundo, "rita@vallesereno.example")
    codigo = pedir_acceso(mundo, correo_lider="Rita@vallesereno.example", lider="Otro Nombre")
    aprobar(mundo, codigo)
    despues = usuario(mundo, rita.correo)
    assert (despues.nombres, despues.clave) == (rita.nombres, rita.clave)
    lugares = mundo.todo(Membresia, Membresia.usuario_id == rita.id)
    assert [m.rol for m in lugares] == ["coordinador_entidad"] * 2
    assert lugares[0].entidad_id == mundo.entidad(RIO).id
    assert mundo.cuantas(Invitacion) == [0]
    alta = detalle.ver(mundo.entorno, mundo.actor("sara"), mundo.solicitud(codigo).id).alta
    assert alta and alta.situacion == "con_cuenta"


def test_fuera_de_la_plataforma_no_se_publica_ni_se_crea(mundo: Mundo):
    """N61: publicar lo niega; y si la entidad deja de serlo, el paso también."""
    with pytest.raises(Conflicto, match="plataforma: true"):
        publicar(mundo, dato_de_acceso())
    con_plataforma(mundo)
    codigo = pedir_acceso(mundo)
    crear_entidad(mundo.entorno)
    with pytest.raises(Conflicto):
        aprobar(mundo, codigo)
    assert mundo.cuantas(Entidad) == [2]


def test_una_ficha_cualquiera_no_es_una_invitacion(mundo: Mundo):
    for mala in ("", "x" * 43, "\x00", "ñ"):
        with pytest.raises(NoExiste):
            invitaciones.mirar(mundo.entorno, mala)
    assert mundo.entidad(VALLE)
