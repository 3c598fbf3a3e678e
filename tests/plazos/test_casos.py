"""Corre los casos contados a mano: cada verbo sabe pasar de lo dado a lo esperado."""

from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from facilita.plazos import (
    a_tiempo,
    ampliar,
    computar,
    considerado_depositado,
    plazo_desde,
    reanudar,
    restantes,
    semaforo,
    surte_efecto,
    suspender,
)

from .casos import CASOS, calendario, horario, parametros

Da = Mapping[str, Any]


def _computar(da: Da) -> Any:
    return computar(da["desde"], da["dias"], calendario(da))


def _ampliar(da: Da) -> Any:
    despues = calendario(da, "extras", "extras_despues")
    ampliado = ampliar(_computar(da), da["mas"], despues)
    assert ampliado == computar(da["desde"], da["dias"] + da["mas"], despues)
    return ampliado.vence


def _suspender(da: Da) -> Any:
    pausa = suspender(_computar(da), da["el_dia"], calendario(da))
    sigue = reanudar(pausa, da["reanuda"], calendario(da))
    return {"consumidos": pausa.consumidos, "restantes": pausa.restantes, "vence": sigue.vence}


def _restantes(da: Da) -> Any:
    quedan = restantes(da["hoy"], _computar(da), calendario(da))
    return [quedan, semaforo(da["hoy"], _computar(da), calendario(da))]


def _por_que_no(da: Da) -> Any:
    salto = calendario(da).por_que_no(da["fecha"])
    assert calendario(da).es_habil(da["fecha"]) is (salto is None)
    return salto and salto.motivo


def _efecto(da: Da) -> Any:
    mismo_dia = da.get("mismo_dia", False)
    return surte_efecto(da["depositado"], da.get("abierto"), horario(da), calendario(da), mismo_dia)


VERBOS: Mapping[str, Callable[[Da], Any]] = {
    "plazo_desde": lambda da: plazo_desde(da["presentado"], calendario(da)),
    "computar": lambda da: _computar(da).vence,
    "a_tiempo": lambda da: a_tiempo(da["instante"], _computar(da)),
    "ampliar": _ampliar,
    "suspender": _suspender,
    "restantes": _restantes,
    "por_que_no": _por_que_no,
    "dentro": lambda da: horario(da).dentro(da["instante"], calendario(da)),
    "fallas": lambda da: horario(da).fallas(),
    "depositado": lambda da: considerado_depositado(da["instante"], horario(da), calendario(da)),
    "efecto": _efecto,
}


@pytest.mark.parametrize("caso", parametros())
def test_caso(caso: dict[str, Any]) -> None:
    verbo, da = VERBOS[caso["verbo"]], caso["da"]
    if "error" in caso:
        with pytest.raises(ValueError) as atrapado:
            verbo(da)
        assert caso["error"] in str(atrapado.value)
        return
    assert verbo(da) == caso["espera"]
    if "saltados" in caso:
        assert [salto.fecha for salto in _computar(da).saltados] == caso["saltados"]


def test_los_casos_estan_bien_escritos() -> None:
    repetidos = [nombre for nombre, n in Counter(c["id"] for c in CASOS).items() if n > 1]
    assert repetidos == []
    for caso in CASOS:
        assert ("espera" in caso) != ("error" in caso), caso["id"]
        # Una coma sin comillas parte el texto y añade una clave en silencio.
        assert set(caso) <= {"id", "norma", "verbo", "da", "espera", "error", "saltados"}, caso[
            "id"
        ]


def test_ninguna_norma_del_calendario_se_queda_sin_caso() -> None:
    normas = {caso["norma"] for caso in CASOS}
    assert normas >= {f"N{n:02d}" for n in (1, 2, 3, 6, 7, 8, 10, 40, 41, 42, 52, 53, 54, 60)}
