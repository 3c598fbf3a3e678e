"""En qué situación está cada entidad: todo es un suceso, y suspender no pierde nada."""

from typing import Any

import pytest
from fabrica import (
    ACEPTA,
    CLAVE,
    CONTACTO,
    FORMULARIOS,
    MESA,
    RIO,
    RUC_RIO,
    VALLE,
    Mundo,
    correo_de,
    crear_entidad,
)
from propios import con_plataforma, pedir_acceso

from facilita.tramite import (
    borradores,
    entidades,
    formularios,
    seguimiento,
    sesiones,
    situaciones,
    solicitudes,
    subsanacion,
)
from facilita.tramite.errores import Conflicto, Invalido, NoPermitido, Suspendida
from facilita.tramite.modelos import Bitacora, Entidad, Salida, Sede, SucesoDeEntidad

SOLO_SQLITE = pytest.mark.parametrize("motor", ["sqlite"], indirect=True)
"""La base no cambia nada aquí."""


def sucesos(mundo: Mundo, slug: str = RIO) -> list[str]:
    suyo = SucesoDeEntidad.entidad_id == mundo.entidad(slug).id
    return [s.clase for s in mundo.todo(SucesoDeEntidad, suyo)]


def suspender(mundo: Mundo, slug: str = RIO, motivo: str = "No atiende desde julio") -> int:
    suya = mundo.entidad(slug).id
    situaciones.suspender(mundo.entorno, mundo.actor("sara"), suya, motivo)
    return suya


def test_una_entidad_suspendida_no_recibe_y_lo_presentado_sigue(mundo: Mundo):
    """Ni abrir ni presentar; seguir, corregir, atender y entrar, sí."""
    a_medias, codigo = mundo.abrir_mesa(RIO), mundo.presentar_mesa(RIO)
    ingreso = sesiones.ingresar(mundo.entorno, correo_de("rita"), CLAVE, None)
    suya = suspender(mundo)
    for cual in (MESA, CONTACTO):
        with pytest.raises(Suspendida, match="no recibe documentos por aquí"):
            formularios.vigente(mundo.entorno, RIO, cual)
    rio = mundo.entidad(RIO)
    with pytest.raises(Suspendida, match="queda guardado"):
        solicitudes.presentar(mundo.entorno, rio, a_medias, ACEPTA)
    assert borradores.leer(mundo.entorno, rio, a_medias).crudo["asunto"]
    assert seguimiento.ver(mundo.entorno, codigo).entidad.nombre == rio.nombre
    rita = sesiones.actor_de(mundo.entorno, ingreso)
    assert rita and rita.suspension and rita.suspension[1] == "No atiende desde julio"
    assert sesiones.ingresar(mundo.entorno, correo_de("rita"), CLAVE, None)
    mundo.transitar(codigo, "observar", {"observacion-asunto": "Precisa cuál."}, quien="rita")
    ficha = subsanacion.abrir_correccion(mundo.entorno, suya, mundo.solicitud(codigo).id)
    borradores.guardar(mundo.entorno, rio, ficha, {"asunto": "Esta."})
    subsanacion.subsanar(mundo.entorno, rio, ficha, {}, mundo.reloj.ahora())
    texto = (FORMULARIOS / "contacto.yaml").read_text()
    with pytest.raises(Suspendida):
        formularios.publicar(mundo.entorno, suya, texto, "contacto.yaml", motivo="Otra")


def test_suspender_y_reactivar_quedan_con_quien_cuando_y_por_que(mundo: Mundo):
    """N61: cada uno es un suceso, y a quien coordina le llega un correo."""
    suya = suspender(mundo)
    mundo.pasar(days=2)
    sara = mundo.actor("sara")
    with pytest.raises(Conflicto, match="ya está suspendida"):
        situaciones.suspender(mundo.entorno, sara, suya, "Otra vez")
    situaciones.reactivar(mundo.entorno, sara, suya, "Ya atiende")
    assert sucesos(mundo) == ["registrada", "acceso", "suspendida", "reactivada"]
    ultimo = mundo.todo(SucesoDeEntidad)[-1]
    assert (ultimo.motivo, ultimo.usuario_id, ultimo.cuando) == (
        "Ya atiende", sara.usuario_id, mundo.reloj.ahora(),
    )  # fmt: skip
    assert [b.accion for b in mundo.todo(Bitacora, Bitacora.accion.like("entidad.%"))] == [
        "entidad.suspendida", "entidad.reactivada",
    ]  # fmt: skip
    asuntos = [s.datos["asunto"] for s in mundo.todo(Salida)]
    assert [("suspendida" in a, "activa" in a) for a in asuntos] == [(True, False), (False, True)]
    assert formularios.vigente(mundo.entorno, RIO, MESA)


@SOLO_SQLITE
@pytest.mark.parametrize("quien", ["ana", "norma", "luis", "rita"])
def test_solo_la_sgtd_suspende(mundo: Mundo, quien: str):
    """N61."""
    with pytest.raises(NoPermitido):
        situaciones.suspender(mundo.entorno, mundo.actor(quien), mundo.entidad(RIO).id, "Porque sí")


@SOLO_SQLITE
@pytest.mark.parametrize("motivo", [None, "", " \n ", "x" * 501])
def test_suspender_dice_por_que(mundo: Mundo, motivo: Any):
    with pytest.raises(Invalido):
        situaciones.suspender(mundo.entorno, mundo.actor("sara"), mundo.entidad(RIO).id, motivo)


@SOLO_SQLITE
def test_la_plataforma_no_se_suspende(mundo: Mundo):
    con_plataforma(mundo)
    with pytest.raises(Conflicto, match="no se suspende"):
        suspender(mundo, VALLE)


@SOLO_SQLITE
def test_cambiar_sus_datos_es_un_suceso_y_no_cambiarlos_no(mundo: Mundo):
    crear_entidad(mundo.entorno, entidad=RIO, ruc=RUC_RIO)
    assert sucesos(mundo) == ["registrada", "acceso"]
    crear_entidad(mundo.entorno, entidad=RIO, ruc=RUC_RIO, nombre="Río Claro y Alto")
    assert sucesos(mundo) == ["registrada", "acceso", "datos"]
    assert mundo.todo(SucesoDeEntidad)[-1].datos["nombre"] == "Río Claro y Alto"


def test_el_alta_de_una_ya_registrada_usa_la_misma(mundo: Mundo):
    """La que vino de una lista recibe su acceso; su dirección no cambia y queda una sola."""
    con_plataforma(mundo)
    ruc = "20512345671"
    with mundo.entorno.bd.transaccion(situaciones.Ambito.de_plataforma("prueba")) as sesion:
        vieja = mundo.todo(Entidad, Entidad.slug == RIO)[0]
        sesion.add(
            Entidad(
                slug="puerto-lindo", nombre="Puerto Lindo", nombre_corto="PL", ruc=ruc,
                tipo="otra", ubigeo="150101", correo="x@example.com", horario=vieja.horario,
                horario_otros=None, privacidad={}, numeracion={}, busqueda="puerto lindo",
                creada_en=mundo.reloj.ahora(),
            )
        )  # fmt: skip
    codigo = pedir_acceso(mundo, ruc=ruc)
    mundo.transitar(codigo, "aprobar", quien="sara")
    (nueva,) = mundo.todo(Entidad, Entidad.ruc == ruc)
    assert (nueva.slug, nueva.nombre) == (
        "puerto-lindo", "Municipalidad Distrital de Puerto Lindo",
    )  # fmt: skip
    assert sucesos(mundo, "puerto-lindo") == ["registrada", "acceso"]
    assert len(mundo.todo(Sede, Sede.entidad_id == nueva.id)) == 1


@SOLO_SQLITE
def test_el_portal_muestra_de_entrada_solo_a_quien_recibe(mundo: Mundo):
    """Y buscando por su nombre aparecen todas: su página dice qué pasa con ella."""
    suspender(mundo)
    assert [s for s, _, _ in entidades.buscar(mundo.entorno, "")] == [VALLE]
    assert RIO in [s for s, _, _ in entidades.buscar(mundo.entorno, RUC_RIO)]
