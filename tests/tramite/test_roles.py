"""Los roles propios de un formulario: a quién se dan, qué dejan ver y qué dejan hacer."""

import pytest
from fabrica import RIO, VALLE, Mundo
from propios import (
    INFORMACION,
    area_de,
    con_roles,
    dar_rol,
    dato_de_informacion,
    id_de,
    presentar,
    publicar,
)

from facilita.tramite import atencion, bandeja, detalle, encargos
from facilita.tramite.bandeja import Filtros
from facilita.tramite.encargos import Titular
from facilita.tramite.errores import Conflicto, Invalido, NoExiste, NoPermitido
from facilita.tramite.modelos import Area, Bitacora, Encargo


def ve(mundo: Mundo, quien: str, codigo: str) -> bool:
    """Si alguien ve una solicitud: en su bandeja y al abrirla, lo mismo."""
    sid, actor = mundo.solicitud(codigo).id, mundo.actor(quien)
    en_bandeja = sid in {f.id for f in bandeja.listar(mundo.entorno, actor, Filtros()).filas}
    try:
        detalle.ver(mundo.entorno, actor, sid)
    except NoExiste:
        assert not en_bandeja
        return False
    assert en_bandeja
    return True


def test_publicar_avisa_de_los_roles_que_nadie_cumple(mundo: Mundo):
    """N61: publicar no lo impide; dar el rol lo quita del aviso."""
    hecho = publicar(mundo, dato_de_informacion())
    assert hecho.sin_nadie == ("Funcionario responsable", "Área que tiene la información")
    dar_rol(mundo, "frai", Titular(usuario_id=id_de(mundo, "luis")))
    assert publicar(mundo, dato_de_informacion()).sin_nadie == ("Área que tiene la información",)


def test_solo_quien_coordina_la_entidad_da_y_quita_roles(mundo: Mundo):
    """N61: y queda anotado quién lo hizo."""
    con_roles(mundo)
    valle, nora = mundo.entidad().id, Titular(usuario_id=id_de(mundo, "nora"))
    for quien in ("luis", "norma"):
        for verbo in (encargos.asignar, encargos.quitar):
            with pytest.raises(NoPermitido):
                verbo(mundo.entorno, valle, INFORMACION, "frai", nora, mundo.actor(quien))
    ana = mundo.actor("ana")
    for _ in range(2):
        encargos.asignar(mundo.entorno, valle, INFORMACION, "frai", nora, ana)
    assert len(mundo.todo(Encargo, Encargo.rol == "frai")) == 2
    encargos.quitar(mundo.entorno, valle, INFORMACION, "frai", nora, ana)
    with pytest.raises(NoExiste):
        encargos.quitar(mundo.entorno, valle, INFORMACION, "frai", nora, ana)
    hechos = mundo.todo(Bitacora, Bitacora.usuario_id == ana.usuario_id)
    assert [b.accion for b in hechos if b.accion.startswith("rol.")] == [
        "rol.asignado", "rol.quitado",
    ]  # fmt: skip


def test_un_rol_es_de_personas_y_areas_de_la_entidad(mundo: Mundo):
    """N61: ni de otra entidad, ni de nadie, ni de los dos a la vez."""
    con_roles(mundo)
    ajena = mundo.todo(Area, Area.entidad_id == mundo.entidad(RIO).id)[0].id
    for titular in (
        Titular(usuario_id=id_de(mundo, "rita")),
        Titular(usuario_id=10**6),
        Titular(area_id=ajena),
        Titular(),
        Titular(id_de(mundo, "luis"), area_de(mundo, "obras")),
    ):
        with pytest.raises(Invalido):
            dar_rol(mundo, "frai", titular)
    with pytest.raises(NoExiste, match="no declara el rol «alcalde»"):
        dar_rol(mundo, "alcalde", Titular(usuario_id=id_de(mundo, "luis")))
    with pytest.raises(NoExiste):
        dar_rol(mundo, "frai", Titular(usuario_id=id_de(mundo, "luis")), "no-hay")


def test_el_rol_da_los_pasos_y_el_puesto_no_basta(mundo: Mundo):
    """N61: quien coordina la ve, pero entregar es del funcionario."""
    con_roles(mundo)
    codigo = presentar(mundo)
    sid = mundo.solicitud(codigo).id
    pasos = {
        quien: [p.transicion.id for p in detalle.ver(mundo.entorno, mundo.actor(quien), sid).pasos]
        for quien in ("luis", "ana")
    }
    assert pasos == {"luis": ["prorrogar", "entregar"], "ana": ["archivar"]}
    with pytest.raises(Conflicto):
        mundo.transitar(codigo, "entregar", quien="ana")
    mundo.transitar(codigo, "entregar", quien="luis")
    assert mundo.tipos(codigo) == ["presentado", "entregar"]


def test_el_rol_deja_ver_fuera_de_su_area_y_solo_lo_suyo(mundo: Mundo):
    """N61: nora es de la sede norte; con el rol ve lo de la central, pero no lo deriva."""
    con_roles(mundo)
    presentadas = presentar(mundo), mundo.presentar_mesa(sede="central")
    assert [ve(mundo, "nora", c) for c in presentadas] == [False, False]
    dar_rol(mundo, "frai", Titular(usuario_id=id_de(mundo, "nora")))
    assert [ve(mundo, "nora", c) for c in presentadas] == [True, False]
    sid, nora = mundo.solicitud(presentadas[0]).id, mundo.actor("nora")
    d = detalle.ver(mundo.entorno, nora, sid)
    assert (d.es_suya, [p.transicion.id for p in d.pasos]) == (False, ["prorrogar", "entregar"])
    with pytest.raises(NoExiste):
        atencion.derivar(mundo.entorno, nora, sid, area_de(mundo, "rentas"), None)
    atencion.anotar_nota(mundo.entorno, nora, sid, "Ya la busco.")
    listado = bandeja.listar(mundo.entorno, nora, Filtros(cargo_de="por_rol"))
    assert ([f.id for f in listado.filas], listado.roles) == (
        [sid], ("Funcionario responsable, en Acceso a la información",),
    )  # fmt: skip
    encargos.quitar(
        mundo.entorno, mundo.entidad().id, INFORMACION, "frai", Titular(nora.usuario_id)
    )
    assert not ve(mundo, "nora", presentadas[0])


def test_quien_solo_responde_tareas_no_ve_las_demas(mundo: Mundo):
    """N61: el área que tiene la información ve una solicitud cuando le piden algo de ella."""
    con_roles(mundo)
    codigo = presentar(mundo)
    assert not ve(mundo, "olga", codigo)


def test_una_version_nueva_cambia_lo_que_el_rol_deja_ver(mundo: Mundo):
    """N61: si el rol deja de dar pasos, deja de ver lo que no le toca."""
    con_roles(mundo)
    dar_rol(mundo, "frai", Titular(usuario_id=id_de(mundo, "nora")))
    codigo = presentar(mundo)
    assert ve(mundo, "nora", codigo)
    dato = dato_de_informacion(tareas=[])
    for transicion in dato["flujo"]["transiciones"]:
        transicion["quien"] = ["coordinador"]
    publicar(mundo, dato)
    assert not ve(mundo, "nora", codigo)


def test_listar_dice_quien_cumple_cada_rol(mundo: Mundo):
    con_roles(mundo)
    (informacion,) = encargos.listar(mundo.entorno, mundo.entidad(VALLE).id)
    dichos = {r.rol.id: [(e.nombre, e.es_area) for e in r.encargados] for r in informacion.roles}
    assert dichos == {
        "frai": [("luis", False)],
        "poseedora": [("Obras y desarrollo urbano", True)],
    }
    assert encargos.listar(mundo.entorno, mundo.entidad(RIO).id) == ()
