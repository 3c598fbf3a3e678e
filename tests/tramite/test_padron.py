"""El padrón a una fecha: sale de sucesos, así que un día pasado da siempre lo mismo."""

import json
from datetime import date, datetime
from io import BytesIO
from zipfile import ZipFile

import pytest
from fabrica import FORMULARIOS, MESA, PLATAFORMA, RIO, RUC_RIO, VALLE, Mundo, crear_entidad

from facilita.plazos import LIMA
from facilita.servicios.hojas_de_calculo import Tabla, a_csv, a_xlsx
from facilita.tramite import directorio, formularios, observatorio, padron, reportes, situaciones
from facilita.tramite.directorio import Busqueda
from facilita.tramite.errores import NoPermitido
from facilita.tramite.modelos import Bitacora, SistemaPropio
from facilita.tramite.reportes import FORMATOS

SOLO_SQLITE = pytest.mark.parametrize("motor", ["sqlite"], indirect=True)
"""La base no cambia nada aquí."""


HOY = date(2026, 11, 23)


def al(mundo: Mundo, dia: date) -> dict[str, padron.Ficha]:
    fichas = padron.leer(mundo.entorno, dia).al(padron.fin_del_dia(dia))
    return {f.slug: f for f in fichas}


def reportar_sistema(mundo: Mundo, slug: str, direccion: str | None) -> None:
    with mundo.entorno.bd.transaccion(PLATAFORMA) as sesion:
        sesion.add(
            SistemaPropio(
                entidad_id=mundo.entidad(slug).id, direccion=direccion, desde=date(2026, 1, 5),
                como_informa="Por correo", contacto="Rita", correo="rita@rio.example",
                cuando=mundo.reloj.ahora(),
            )
        )  # fmt: skip


@pytest.fixture
def historia(mundo: Mundo) -> Mundo:
    """Río publica el 23, se suspende el 24, cambia de nombre el 25, reporta su sistema el 26."""
    crear_entidad(mundo.entorno, plataforma=True)
    rio, sara = mundo.entidad(RIO).id, mundo.actor("sara")
    mundo.poner(24)
    situaciones.suspender(mundo.entorno, sara, rio, "No atiende")
    mundo.poner(25)
    crear_entidad(
        mundo.entorno, entidad=RIO, ruc=RUC_RIO, nombre="Río Alto", ubigeo="080101",
        tipo="universidad",
    )  # fmt: skip
    mundo.poner(26)
    reportar_sistema(mundo, RIO, "https://mesa.rio.example")
    mundo.poner(27)
    situaciones.reactivar(mundo.entorno, sara, rio, "Ya atiende")
    mundo.poner(28)
    formularios.retirar(mundo.entorno, rio, MESA, motivo="Usa su sistema")
    reportar_sistema(mundo, RIO, None)
    return mundo


DIAS = (
    (23, "con_acceso", "facilita", "15"),
    (24, "suspendida", None, "15"),
    (25, "suspendida", None, "08"),
    (26, "suspendida", "sistema_propio", "08"),
    (27, "con_acceso", "facilita", "08"),
    (28, "con_acceso", None, "08"),
)
"""Cada día de la historia: su situación, dónde está su mesa y su región."""


def test_cada_dia_dice_lo_que_habia_ese_dia(historia: Mundo):
    for dia, situacion, mesa, region in DIAS:
        ficha = al(historia, date(2026, 11, dia))[RIO]
        assert (ficha.situacion, ficha.mesa, ficha.region) == (situacion, mesa, region), dia
        assert ficha.cumple is (mesa is not None)
        if mesa == "facilita":
            assert (ficha.direccion or "").endswith(f"/{RIO}/{MESA}") and ficha.desde == HOY


@SOLO_SQLITE
def test_antes_de_que_existiera_no_esta_y_la_plataforma_no_se_cuenta(historia: Mundo):
    assert al(historia, date(2026, 11, 22)) == {}
    assert set(al(historia, HOY)) == {RIO}
    foto = observatorio.mirar(historia.entorno, date(2026, 11, 22))
    assert (foto.todas.total, foto.todas.de_cada_100) == (0, 0)


@SOLO_SQLITE
def test_el_ultimo_segundo_del_dia_es_de_ese_dia(mundo: Mundo):
    """El día es el de Lima."""
    rio, sara = mundo.entidad(RIO).id, mundo.actor("sara")
    mundo.reloj.poner(datetime(2026, 11, 24, 23, 59, 59, tzinfo=LIMA))
    situaciones.suspender(mundo.entorno, sara, rio, "No atiende")
    mundo.reloj.poner(datetime(2026, 11, 25, 0, 0, 0, tzinfo=LIMA))
    situaciones.reactivar(mundo.entorno, sara, rio, "Ya")
    assert al(mundo, date(2026, 11, 24))[RIO].situacion == "suspendida"
    assert al(mundo, date(2026, 11, 25))[RIO].situacion == "con_acceso"


def test_un_dia_pasado_da_los_mismos_bytes_despues_de_mas_sucesos(historia: Mundo):
    """El Reporte Nacional, en sus cuatro formatos."""
    sara, dia = historia.actor("sara"), date(2026, 11, 26)
    antes = {f: reportes.nacional(historia.entorno, sara, dia, f) for f in FORMATOS}
    historia.poner(1, mes=12)
    crear_entidad(historia.entorno, entidad=RIO, ruc=RUC_RIO, nombre="Otra vez", tipo="otra")
    crear_entidad(historia.entorno, entidad="otra", ruc="20512345671", nombre="Nueva")
    texto = (FORMULARIOS / "mesa-de-partes.yaml").read_text()
    otra = historia.entidad("otra").id
    formularios.publicar(historia.entorno, otra, texto, "mesa-de-partes.yaml", motivo="Primera")
    historia.entorno.punteros.olvidar()
    despues = {f: reportes.nacional(historia.entorno, sara, dia, f) for f in FORMATOS}
    assert {f for f in FORMATOS if antes[f] != despues[f]} == set()
    hoy = reportes.nacional(historia.entorno, sara, date(2026, 12, 1), "json")
    assert [e["nombre"] for e in json.loads(hoy)["entidades"]] == ["Otra vez", "Nueva"]
    assert antes["pdf"].startswith(b"%PDF") and ZipFile(BytesIO(antes["xlsx"])).testzip() is None
    bajadas = historia.todo(Bitacora, Bitacora.accion == "reporte.descargado")
    assert len(bajadas) == 9 and bajadas[0].sobre == "nacional 2026-11-26 xlsx"


@SOLO_SQLITE
def test_la_evolucion_cuenta_doce_cortes_y_suma_igual_por_region_y_por_tipo(historia: Mundo):
    foto = observatorio.mirar(historia.entorno, date(2026, 11, 27))
    assert [d for d, _ in foto.evolucion][-2:] == [date(2026, 10, 31), date(2026, 11, 27)]
    assert len(foto.evolucion) == observatorio.MESES
    for grupos in (foto.por_region, foto.por_tipo):
        assert sum(c.total for c in grupos) == foto.todas.total
        assert sum(c.cumplen for c in grupos) == foto.todas.cumplen
    assert foto.en_la_plataforma + foto.en_su_sistema == foto.todas.cumplen
    assert [c.nombre for c in foto.por_region] == ["Cusco"]


@SOLO_SQLITE
@pytest.mark.parametrize("quien", ["ana", "rita", "luis"])
def test_el_directorio_y_el_reporte_son_de_la_sgtd(mundo: Mundo, quien: str):
    """N61."""
    actor = mundo.actor(quien)
    for verbo in (
        lambda: directorio.listar(mundo.entorno, actor, Busqueda()),
        lambda: directorio.ver(mundo.entorno, actor, mundo.entidad(RIO).id),
        lambda: reportes.nacional(mundo.entorno, actor, HOY, "csv"),
    ):
        with pytest.raises(NoPermitido):
            verbo()


@SOLO_SQLITE
def test_el_directorio_busca_filtra_y_reparte_en_paginas(
    historia: Mundo, monkeypatch: pytest.MonkeyPatch
):
    sara = historia.actor("sara")

    def hallar(**pedido: object) -> list[str]:
        busqueda = Busqueda(**pedido)  # type: ignore[arg-type]
        return [f.slug for f in directorio.listar(historia.entorno, sara, busqueda).fichas]

    crear_entidad(historia.entorno, entidad="otra", ruc="20512345671", nombre="Ñaña Baja")
    assert hallar() == ["otra", RIO]
    assert hallar(texto="nana") == ["otra"] == hallar(texto="20512345671 baja")
    assert hallar(region="08") == [RIO] == hallar(tipo="universidad")
    assert hallar(situacion="suspendida") == [] == hallar(mesa="facilita")
    assert hallar(mesa="ninguna") == ["otra", RIO]
    monkeypatch.setattr(directorio, "POR_PAGINA", 1)
    assert hallar(pagina=2) == [RIO] == hallar(pagina=99)
    visto = directorio.ver(historia.entorno, sara, historia.entidad(RIO).id)
    assert [s.que for s in visto.sucesos][-2:] == ["Recibió el acceso", "Se registró"]
    assert historia.todo(Bitacora, Bitacora.accion == "entidad.vista")[-1].sobre == RIO
    assert historia.entidad(VALLE).es_plataforma


def test_un_texto_ajeno_no_es_una_formula():
    """Lo que escribió una entidad no se ejecuta al abrirlo en una hoja de cálculo."""
    filas = [["=1+1", "@SUM(A1)", "normal", -5]]
    assert b"'=1+1,'@SUM(A1),normal,-5" in a_csv(["a", "b", "c", "d"], filas)
    libro = a_xlsx([Tabla("H", ["a", "b", "c", "d"], filas)], "T", "A", padron.fin_del_dia(HOY))
    hoja = ZipFile(BytesIO(libro)).read("xl/worksheets/sheet1.xml")
    assert b"<f>" not in hoja
