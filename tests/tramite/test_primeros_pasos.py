"""Los primeros pasos: se dan por hechos según lo que hay, no porque alguien los marque."""

import pytest
from fabrica import CLAVE, FORMULARIOS, PLATAFORMA, Mundo
from propios import con_plataforma, pedir_acceso
from test_altas import CARMEN, NUEVA, aprobar, ficha

from facilita.tramite import formularios, invitaciones, primeros_pasos, sesiones, usuarios
from facilita.tramite.errores import NoPermitido
from facilita.tramite.modelos import Salida, SistemaPropio
from facilita.tramite.permisos import Actor
from facilita.tramite.usuarios import Puesto

SOLO_SQLITE = pytest.mark.parametrize("motor", ["sqlite"], indirect=True)
"""La base no cambia nada aquí."""


def hechos(mundo: Mundo, actor: Actor) -> list[str]:
    tablero = primeros_pasos.ver(mundo.entorno, actor)
    return [p.paso.clave for p in tablero.pasos if p.desde]


@pytest.fixture
def carmen(mundo: Mundo) -> Actor:
    """La líder de una entidad recién creada, que acaba de entrar."""
    con_plataforma(mundo)
    codigo = pedir_acceso(mundo)
    aprobar(mundo, codigo)
    invitaciones.aceptar(mundo.entorno, ficha(mundo), NUEVA)
    sesion = sesiones.ingresar(mundo.entorno, CARMEN, NUEVA, None)
    actor = sesiones.actor_de(mundo.entorno, sesion)
    assert actor is not None
    return actor


def test_cada_paso_se_da_por_hecho_cuando_ocurre(mundo: Mundo, carmen: Actor):
    """Del acceso a los usuarios; retirar el formulario lo vuelve a dejar por hacer."""
    assert hechos(mundo, carmen) == ["acceso", "cuenta"]
    tablero = primeros_pasos.ver(mundo.entorno, carmen)
    assert [p.paso.clave for p in tablero.pasos if p.sigue] == ["formulario"]
    assert tablero.falta_alguno and tablero.plataforma
    texto = (FORMULARIOS / "mesa-de-partes.yaml").read_text()
    formularios.publicar(mundo.entorno, carmen.entidad_id, texto, "m.yaml", motivo="Apertura")
    usuarios.crear(
        mundo.entorno, carmen.entidad_id, "beto@lindo.example", "Beto", Puesto("colaborador"), CLAVE
    )
    assert hechos(mundo, carmen) == ["acceso", "cuenta", "formulario", "usuarios"]
    formularios.retirar(mundo.entorno, carmen.entidad_id, "mesa-de-partes", motivo="Cambio")
    assert hechos(mundo, carmen) == ["acceso", "cuenta", "usuarios"]


@SOLO_SQLITE
def test_quien_tiene_su_propio_sistema_ya_tiene_el_formulario(mundo: Mundo, carmen: Actor):
    """Y si dice que ya no lo tiene, le vuelve a faltar."""
    for direccion, esperado in (("https://mesa.lindo.example", True), (None, False)):
        with mundo.entorno.bd.transaccion(PLATAFORMA) as sesion:
            sesion.add(
                SistemaPropio(
                    entidad_id=carmen.entidad_id, direccion=direccion,
                    cuando=mundo.reloj.ahora(),
                )
            )  # fmt: skip
        assert ("formulario" in hechos(mundo, carmen)) is esperado


@SOLO_SQLITE
def test_la_bienvenida_dice_los_seis_pasos_y_a_quien_preguntar(mundo: Mundo, carmen: Actor):
    """El correo de la invitación lleva el enlace, los pasos y el contacto."""
    (correo,) = [s for s in mundo.todo(Salida) if s.clave.endswith("alta-del-lider")]
    texto = correo.datos["texto"]
    for paso in primeros_pasos.PASOS:
        assert paso.titulo in texto
    assert "/invitacion/" in texto and "/bandeja/primeros-pasos" in texto
    assert mundo.entidad().correo in texto


@SOLO_SQLITE
@pytest.mark.parametrize("quien", ["luis", "norma", "sara"])
def test_los_pasos_son_de_quien_coordina_la_entidad(mundo: Mundo, quien: str):
    """N61."""
    with pytest.raises(NoPermitido):
        primeros_pasos.ver(mundo.entorno, mundo.actor(quien))
