"""Quién puede qué y sobre qué solicitudes: la tabla de permisos y el alcance de cada puesto."""

from collections.abc import Callable
from typing import Any

import pytest
from fabrica import PERSONAL, RIO, Mundo
from sqlalchemy import select

from facilita.tramite import atencion, bandeja, descargas, detalle, notificaciones
from facilita.tramite.ambito import Ambito
from facilita.tramite.errores import NoExiste, NoPermitido
from facilita.tramite.modelos import Area, Solicitud
from facilita.tramite.permisos import PERMISOS, ROLES, Actor, alcance, exigir, papeles

ATIENDEN = ("coordinador_entidad", "coordinador_sede", "colaborador", "sgtd")
TODOS = (*ATIENDEN, "autoridad")
COORDINAN = ("coordinador_entidad", "coordinador_sede", "sgtd")
TABLA = {
    "cuenta.ver": TODOS,
    "cuenta.cambiar": TODOS,
    "bandeja.ver": TODOS,
    "solicitud.ver": TODOS,
    "solicitud.atender": ATIENDEN,
    "solicitud.derivar": ATIENDEN,
    "solicitud.asignar": COORDINAN,
    "solicitud.anotar": ATIENDEN,
    "formulario.publicar": ("coordinador_entidad", "sgtd"),
    "formulario.construir": ("coordinador_entidad", "sgtd"),
    "entidad.cambiar": ("coordinador_entidad", "sgtd"),
    "sede.cambiar": ("coordinador_entidad", "sgtd"),
    "area.cambiar": ("coordinador_entidad", "sgtd"),
    "usuario.crear": COORDINAN,
    "usuario.cambiar": COORDINAN,
    "entidad.crear": ("sgtd",),
    "entidad.ver": ("sgtd",),
    "entidad.suspender": ("sgtd",),
    "reporte.ver": ("sgtd",),
    "gobpe.publicar": ("coordinador_entidad",),
    "cumplimiento.reportar": ("coordinador_entidad",),
    "cumplimiento.revisar": ("sgtd",),
    "pasos.ver": ("coordinador_entidad",),
    "rol.asignar": ("coordinador_entidad", "sgtd"),
    "liderazgo.entregar": ("coordinador_entidad", "sgtd"),
    "segundo_factor.exigir": ("coordinador_entidad", "sgtd"),
    "horario.cambiar": ("coordinador_entidad",),
    "invitacion.renovar": ("sgtd",),
    "correo.reenviar": COORDINAN,
    "modelo.cambiar": ("coordinador_entidad", "sgtd"),
    "opinion.ver": ("coordinador_entidad", "autoridad", "sgtd"),
    "archivo.abrir_infectado": ("coordinador_entidad", "sgtd"),
    "casilla.notificar": ATIENDEN,
    "casilla.por_norma": ("coordinador_entidad", "sgtd"),
    "casilla.validar": ATIENDEN,
    "interrupcion.registrar": ("sgtd",),
}
"""Escrita aquí otra vez, a propósito: quien cambie la tabla cambia también esta."""


def de_rol(rol: str, **lugar: Any) -> Actor:
    return Actor(1, "Alguien", "alguien@example.com", 1, 1, "una", "Una", rol, **lugar)


def test_la_tabla_no_tiene_permisos_sin_probar():
    """N61: un permiso o un rol nuevo se decide también aquí."""
    assert set(TABLA) == set(PERMISOS)
    assert set(ROLES) == set(TODOS)


@pytest.mark.parametrize("permiso", sorted(PERMISOS))
@pytest.mark.parametrize("rol", TODOS)
def test_cada_rol_puede_lo_que_dice_la_tabla(rol: str, permiso: str):
    """N61: ni un permiso más, ni uno menos."""
    actor = de_rol(rol)
    assert actor.puede(permiso) is (rol in TABLA[permiso])
    if rol in TABLA[permiso]:
        exigir(actor, permiso)
    else:
        with pytest.raises(NoPermitido):
            exigir(actor, permiso)


@pytest.mark.parametrize(
    ("rol", "suyos"),
    [
        ("autoridad", set()),
        ("colaborador", {"atiende", "colaborador"}),
        ("coordinador_sede", {"atiende", "coordinador_sede", "coordinador"}),
        ("coordinador_entidad", {"atiende", "coordinador_entidad", "coordinador"}),
        ("sgtd", {"atiende", "sgtd", "coordinador_entidad", "coordinador"}),
    ],
)
def test_los_papeles_de_cada_rol_en_el_flujo(rol: str, suyos: set):
    """N61: nadie del personal cumple el papel del ciudadano ni el del reloj."""
    assert papeles(de_rol(rol)) == suyos


CASOS = {
    "central": {"sede": "central"},
    "norte": {"sede": "norte"},
    "central-obras": {"sede": "central", "area": "obras"},
    "norte-obras": {"sede": "norte", "area": "obras"},
    "norte-rentas": {"sede": "norte", "area": "rentas"},
    "sin-sede": {"sede": None},
    "de-nora": {"sede": "central", "asignada": "nora"},
    "de-oscar": {"sede": "norte", "area": "rentas", "asignada": "oscar"},
}
ALCANCE = {
    "ana": set(CASOS),
    "max": set(CASOS),
    "sara": set(CASOS),
    "luis": set(CASOS),
    "norma": {"norte", "norte-obras", "norte-rentas", "sin-sede", "de-oscar"},
    "nora": {"norte", "norte-obras", "norte-rentas", "sin-sede", "de-oscar", "de-nora"},
    "oscar": {"central-obras", "norte-obras", "de-oscar"},
    "olga": {"norte-obras"},
    "rita": set(),
}


@pytest.fixture
def casos(mundo: Mundo) -> dict[str, int]:
    """Una solicitud por cada combinación de sede, área y persona a cargo; da sus ids."""
    ids = {}
    areas = {a.codigo: a.id for a in mundo.todo(Area, Area.entidad_id == mundo.entidad().id)}
    usuarios = {nombre: mundo.actor(nombre).usuario_id for nombre in ("nora", "oscar")}
    for nombre, lugar in CASOS.items():
        codigo = mundo.presentar_mesa(sede=lugar["sede"] or "central")
        ids[nombre] = mundo.solicitud(codigo).id
        with mundo.entorno.bd.transaccion(Ambito.de(mundo.entidad().id)) as sesion:
            solicitud = sesion.get_one(Solicitud, ids[nombre])
            solicitud.area_id = areas.get(lugar.get("area"))
            solicitud.asignada_id = usuarios.get(lugar.get("asignada"))
            if lugar["sede"] is None:
                solicitud.sede_id = None
    return ids


def test_cada_puesto_alcanza_lo_suyo(mundo: Mundo, casos: dict[str, int]):
    """N61: su sede, su área y lo que tiene asignado; lo de otra entidad no existe."""
    assert set(ALCANCE) == set(PERSONAL)
    for quien, alcanza in ALCANCE.items():
        actor = mundo.actor(quien)
        with mundo.entorno.bd.lectura(Ambito.de(actor.entidad_id)) as sesion:
            ids = set(sesion.scalars(select(Solicitud.id).where(alcance(actor))))
        assert {n for n, i in casos.items() if i in ids} == alcanza, quien
        vistas = bandeja.listar(mundo.entorno, actor, bandeja.Filtros())
        assert {n for n, i in casos.items() if i in {f.id for f in vistas.filas}} == alcanza
        assert vistas.total == len(alcanza)


def test_un_coordinador_de_sede_sin_sede_no_ve_nada(mundo: Mundo, casos: dict[str, int]):
    """N61: un puesto a medio configurar cierra, no abre."""
    entidad_id = mundo.entidad().id
    actor = Actor(1, "x", "x@x.pe", 1, entidad_id, "x", "x", "coordinador_sede")
    assert bandeja.listar(mundo.entorno, actor, bandeja.Filtros()).total == 0
    with pytest.raises(NoExiste):
        detalle.ver(mundo.entorno, actor, casos["central"])


VERBOS: dict[str, Callable[[Mundo, Actor, int], Any]] = {
    "ver": lambda m, a, s: detalle.ver(m.entorno, a, s),
    "transitar": lambda m, a, s: atencion.transitar(m.entorno, a, s, "tomar", {}),
    "derivar": lambda m, a, s: atencion.derivar(m.entorno, a, s, 1, None),
    "asignar": lambda m, a, s: atencion.asignar(m.entorno, a, s, a.usuario_id),
    "anotar": lambda m, a, s: atencion.anotar_nota(m.entorno, a, s, "Nota"),
    "cedula": lambda m, a, s: notificaciones.registrar_cedula(m.entorno, a, s, 1, None),
    "descargar": lambda m, a, s: descargas.del_personal(m.entorno, a, s, 1),
}


@pytest.mark.parametrize("quien", ["rita", "norma"])
def test_fuera_de_su_alcance_ningun_verbo_la_encuentra(mundo: Mundo, quien: str):
    """N61: «no es tuya» y «no existe» son la misma respuesta, y nada cambia."""
    codigo = mundo.presentar_mesa(sede="central")
    sid = mundo.solicitud(codigo).id
    actor = mundo.actor(quien)
    for verbo in VERBOS.values():
        for cual in (sid, 999_999):
            with pytest.raises(NoExiste):
                verbo(mundo, actor, cual)
    assert mundo.tipos(codigo) == ["presentado"]
    assert mundo.solicitud(codigo).asignada_id is None


def test_la_sgtd_de_una_entidad_no_ve_las_otras(mundo: Mundo):
    """N61: aun con todos los permisos, cada puesto es de una entidad."""
    codigo = mundo.presentar_mesa(entidad=RIO)
    with pytest.raises(NoExiste):
        detalle.ver(mundo.entorno, mundo.actor("sara"), mundo.solicitud(codigo).id)
