"""Los correos sin entregar: quien coordina los busca, ve por qué y los reenvía (N24)."""

from collections.abc import Sequence

import pytest
from fabrica import RIO, Mundo

from facilita.servicios.correo import Entrega, Mensaje
from facilita.tramite import salidas, sin_entregar
from facilita.tramite.errores import NoExiste, NoPermitido
from facilita.tramite.modelos import Bitacora, Salida
from facilita.tramite.sin_entregar import Filtro


class Caprichoso:
    """Lo que va a nadie@ no llega nunca; a luego@, más tarde."""

    def enviar(self, lote: Sequence[Mensaje]) -> list[Entrega]:
        """Un resultado por mensaje."""
        return [self._uno(m) for m in lote]

    def _uno(self, m: Mensaje) -> Entrega:
        if m.para.startswith("nadie@"):
            return Entrega(m.id_mensaje, False, True, "550 5.1.1 no existe")
        if m.para.startswith("luego@"):
            return Entrega(m.id_mensaje, False, False, "451 4.2.2 buzón lleno")
        return Entrega(m.id_mensaje, True, True, "250 recibido")


@pytest.fixture
def con_fallas(mundo: Mundo) -> Mundo:
    """Uno muerto en cada sede y en otra entidad, uno que falla, uno entregado y uno en camino."""
    mundo.presentar_mesa(correo="nadie@central.example", sede="central")
    mundo.presentar_mesa(correo="nadie@norte.example", sede="norte", asunto="Pido otra cosa")
    mundo.presentar_mesa(correo="luego@central.example", sede="central")
    mundo.presentar_mesa(correo="bien@central.example", sede="central")
    mundo.presentar_mesa(RIO, correo="nadie@rio.example")
    salidas.entregar(mundo.con(correo=Caprichoso()).entorno)
    mundo.presentar_contacto()
    return mundo


def vistos(mundo: Mundo, quien: str, **filtro: object) -> list[str]:
    pagina = sin_entregar.listar(mundo.entorno, mundo.actor(quien), Filtro(**filtro))  # type: ignore[arg-type]
    return [s.datos["para"] for s in pagina.filas]


def test_cada_quien_ve_los_de_su_alcance(con_fallas: Mundo):
    """N24, N61: los de su entidad y su sede, del más nuevo al más antiguo."""
    assert vistos(con_fallas, "ana") == [
        "julia.mamani@example.com", "luego@central.example", "nadie@norte.example",
        "nadie@central.example",
    ]  # fmt: skip
    assert vistos(con_fallas, "norma", como="muertos") == ["nadie@norte.example"]
    assert vistos(con_fallas, "rita") == ["nadie@rio.example"]
    with pytest.raises(NoPermitido):
        vistos(con_fallas, "luis")


@pytest.mark.parametrize(
    ("filtro", "cuales"),
    [
        ({"como": "muertos"}, ["nadie@norte.example", "nadie@central.example"]),
        ({"como": "fallando"}, ["luego@central.example"]),
        ({"como": "en_camino"}, ["julia.mamani@example.com"]),
        ({"texto": "NORTE.example"}, ["nadie@norte.example"]),
        ({"texto": "000003-2026"}, ["luego@central.example"]),
        ({"texto": "lleno"}, ["luego@central.example"]),
        ({"texto": "nadie central"}, ["nadie@central.example"]),
        ({"texto": "100%"}, []),
        ({"texto": "\x00"}, []),
        ({"como": "muertos", "texto": "luego"}, []),
        ({"como": "otra cosa", "texto": "luego"}, ["luego@central.example"]),
    ],
)  # fmt: skip
def test_se_buscan_por_correo_numero_asunto_y_respuesta(
    con_fallas: Mundo, filtro: dict[str, str], cuales: list[str]
):
    """N24: se encuentra el que se busca."""
    assert vistos(con_fallas, "ana", **filtro) == cuales


def test_se_cuentan_y_se_pagina(con_fallas: Mundo, monkeypatch: pytest.MonkeyPatch):
    """N24: cuántos hay de cada clase, y los que siguen."""
    monkeypatch.setattr(sin_entregar, "POR_PAGINA", 3)
    ana = con_fallas.actor("ana")
    pagina = sin_entregar.listar(con_fallas.entorno, ana, Filtro())
    assert pagina.cuentas == {"muertos": 2, "fallando": 1, "en_camino": 1}
    assert pagina.sigue is not None
    assert vistos(con_fallas, "ana", antes_de=pagina.sigue) == ["nadie@central.example"]


def test_se_reenvia_uno(con_fallas: Mundo):
    """N24, N61: el que falla también se intenta ahora; lo ajeno y lo que ya va, no existe."""
    mundo, ana = con_fallas, con_fallas.actor("ana")
    por_correo = {s.datos["para"]: s.id for s in mundo.todo(Salida)}
    for para in ("nadie@central.example", "luego@central.example"):
        sin_entregar.reenviar(mundo.entorno, ana, por_correo[para])
        salida = mundo.todo(Salida, Salida.id == por_correo[para])[0]
        assert (salida.situacion, salida.intentos) == ("lista", 0)
        assert salida.proxima_en <= mundo.reloj.ahora()
        assert len(salida.historia or ()) == 1, "lo que pasó antes se conserva"
    assert mundo.todo(Bitacora)[-1].accion == "correo.reenviado"
    for para in ("nadie@central.example", "bien@central.example", "nadie@rio.example"):
        with pytest.raises(NoExiste):
            sin_entregar.reenviar(mundo.entorno, ana, por_correo[para])
    with pytest.raises(NoExiste):
        sin_entregar.reenviar(mundo.entorno, mundo.actor("norma"), por_correo[para])
    with pytest.raises(NoPermitido):
        sin_entregar.reenviar(mundo.entorno, mundo.actor("luis"), por_correo[para])


def test_se_reenvian_todos_los_que_coinciden_y_ninguno_mas(con_fallas: Mundo):
    """N24, N61: los de la búsqueda, dentro de su alcance, y queda anotado cuáles."""
    mundo, ana = con_fallas, con_fallas.actor("ana")
    assert sin_entregar.reenviar_todos(mundo.entorno, ana, Filtro(texto="norte")) == 1
    assert vistos(mundo, "ana", como="muertos") == ["nadie@central.example"]
    assert sin_entregar.reenviar_todos(mundo.entorno, ana, Filtro()) == 2
    assert vistos(mundo, "rita", como="muertos") == ["nadie@rio.example"]
    assert len(mundo.todo(Bitacora)[-1].datos["correos"]) == 2
    assert sin_entregar.reenviar_todos(mundo.entorno, ana, Filtro()) == 0


def test_los_correos_al_personal_los_ve_quien_coordina_toda_la_entidad(mundo: Mundo):
    """N24, N61: no son de ninguna solicitud."""
    with mundo.entorno.bd.transaccion(salidas.Ambito.de(mundo.entidad().id)) as sesion:
        ahora = mundo.reloj.ahora()
        sesion.add(
            Salida(
                entidad_id=mundo.entidad().id, clase="correo", clave="tarea-1.1",
                datos={"para": "luis@x.example", "asunto": "Una tarea", "texto": "Hola"},
                situacion="muerta", proxima_en=ahora, creada_en=ahora,
            )
        )  # fmt: skip
    assert vistos(mundo, "ana") == ["luis@x.example"]
    assert vistos(mundo, "norma") == []
