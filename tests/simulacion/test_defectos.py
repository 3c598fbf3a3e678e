"""Defectos puestos a propósito, en el motor y en la definición: la simulación los encuentra."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from facilita.definicion import DefinicionInvalida, Flujo
from facilita.definicion.campos.personas import Ruc
from facilita.simulacion import Informe
from facilita.simulacion.cobertura import Meta
from facilita.tramite import atencion, efectos, terminos, transiciones, vencimientos
from facilita.tramite.caso import Caso

from .conftest import AQUI, Simular

Parchar = Callable[[pytest.MonkeyPatch], None]


def _sin_guardas(parche: pytest.MonkeyPatch) -> None:
    parche.setattr(Flujo, "permitida", staticmethod(lambda transicion, hechos: True))


def _sin_cuenta_de_veces(parche: pytest.MonkeyPatch) -> None:
    de_verdad = transiciones.hechos_de

    def _hechos(caso: Caso) -> Any:
        hechos = de_verdad(caso)
        return type(hechos)(hechos.ahora, {}, hechos.limites)

    parche.setattr(transiciones, "hechos_de", _hechos)


def _sin_un_nombre(parche: pytest.MonkeyPatch) -> None:
    de_verdad = Caso.todos_los_nombres
    parche.setattr(
        Caso,
        "todos_los_nombres",
        lambda caso, enlace: {c: v for c, v in de_verdad(caso, enlace).items() if c != "numero"},
    )


def _plazos_que_no_corren(parche: pytest.MonkeyPatch) -> None:
    parche.setattr(terminos, "abrir_del_reloj", lambda *_: None)


def _reloj_que_revienta(parche: pytest.MonkeyPatch) -> None:
    parche.setattr(vencimientos, "aplicar", _reventar)


def _efecto_que_revienta(parche: pytest.MonkeyPatch) -> None:
    parche.setitem(efectos.REGISTRO, "tomar", _reventar)


def _reventar(*_: Any) -> None:
    raise ZeroDivisionError("puesto a propósito")


def _cualquiera_puede(parche: pytest.MonkeyPatch) -> None:
    de_verdad = atencion.exigir_al_dia

    def _exigir(caso: Caso, cual: str, papeles: frozenset[str]) -> Any:
        return de_verdad(caso, cual, papeles | {"coordinador", "atiende", "reloj", "ciudadano"})

    parche.setattr(atencion, "exigir_al_dia", _exigir)


def _todo_ruc_vale(parche: pytest.MonkeyPatch) -> None:
    parche.setattr(Ruc, "interpretar", lambda campo, limpio, lector: limpio)


def _nada_es_obligatorio(parche: pytest.MonkeyPatch) -> None:
    parche.setattr(atencion, "leer_pedido", lambda *_: transiciones.NADA_PEDIDO)


DEFECTOS: dict[Parchar, str] = {
    _sin_guardas: "se le ofrece",
    _sin_cuenta_de_veces: "se le ofrece",
    _sin_un_nombre: "le falta {numero}",
    _plazos_que_no_corren: "el plazo de «vencer» no corre",
    _reloj_que_revienta: "debía quedar en «vencido»",
    _efecto_que_revienta: "ZeroDivisionError",
    _cualquiera_puede: "pudo dar",
    _todo_ruc_vale: "se aceptó lo mal respondido en «ruc»",
    _nada_es_obligatorio: "pudo dar «atender», que debía negarse por «pide»",
}


EN_CADA_CORRIDA = (_sin_guardas, _plazos_que_no_corren, _cualquiera_puede, _todo_ruc_vale)
"""Uno de cada clase: los demás, en las pruebas largas."""


@pytest.mark.parametrize(
    "defecto",
    [
        pytest.param(
            d, id=d.__name__.strip("_"), marks=() if d in EN_CADA_CORRIDA else pytest.mark.larga
        )
        for d in DEFECTOS
    ],
)
def test_un_defecto_del_motor_se_encuentra(
    defecto: Parchar, correr: Simular, monkeypatch: pytest.MonkeyPatch
) -> None:
    defecto(monkeypatch)
    informe = correr(fallas=3)
    _hallado(informe, defecto)
    assert not informe.pasa
    dicho = "\n".join(informe.lineas())
    assert "Pasos:" in dicho and "presentar" in dicho and "nombre: " in dicho


def test_la_orden_que_da_repite_el_defecto(
    correr: Simular, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Hasta ese caso vuelve a pasar lo mismo."""
    _sin_cuenta_de_veces(monkeypatch)
    informe = correr(fallas=3)
    caso = _hallado(informe, _sin_cuenta_de_veces).caso
    assert f"--semilla {informe.semilla} --caso {caso}" in informe.orden(caso)
    otra = correr(hasta=caso)
    assert otra.casos == caso
    assert _sin_traza(otra) == [t for t in _sin_traza(informe) if t[0] <= caso]


def _hallado(informe: Informe, defecto: Parchar) -> Any:
    hallado = next((t for t in informe.tropiezos if DEFECTOS[defecto] in t.que), None)
    assert hallado is not None, "\n".join(informe.lineas())
    return hallado


def _sin_traza(informe: Informe) -> list[Any]:
    return [(t.caso, t.que, t.crudo, t.pasos) for t in informe.tropiezos]


def _con(tmp_path: Path, viejo: str, nuevo: str) -> Path:
    texto = (AQUI / "pequeno.yaml").read_text("utf-8")
    assert texto.count(viejo) == 1
    archivo = tmp_path / "roto.yaml"
    archivo.write_text(texto.replace(viejo, nuevo), "utf-8")
    return archivo


def test_una_guarda_que_nunca_deja_pasar(correr: Simular, tmp_path: Path) -> None:
    """Después del vencimiento ya no quedan días: «reabrir» no se puede dar nunca desde ahí."""
    archivo = _con(
        tmp_path,
        "      reabre: true\n",
        "      reabre: true\n      hasta: {dias_habiles: 1, desde: presentado}\n",
    )
    informe = correr(archivo)
    assert not informe.tropiezos
    assert Meta("paso", "reabrir", "vencido") in informe.faltan
    assert "FALTA: paso reabrir vencido" in list(informe.lineas())


def test_un_plazo_que_cuenta_desde_un_aviso_que_nadie_manda(
    correr: Simular, tmp_path: Path
) -> None:
    """Ni se simula: ya lo dice la comprobación al compilar."""
    archivo = _con(tmp_path, "      efectos: [{notificar: observado}]\n", "")
    with pytest.raises(DefinicionInvalida, match="no empezaría nunca"):
        correr(archivo)


def test_dos_plazos_del_reloj_y_solo_uno_llega(correr: Simular, tmp_path: Path) -> None:
    archivo = _con(
        tmp_path,
        "    - id: atender\n",
        "    - {id: archivar, de: [observado], a: vencido, etiqueta: Archivar, quien: [reloj],\n"
        "       al_vencer: {dias_habiles: 90, desde: notificado}}\n"
        "    - id: atender\n",
    )
    informe = correr(archivo)
    assert informe.faltan == [Meta("paso", "archivar", "observado")]


def test_una_condicion_que_no_puede_ser_falsa_no_es_falta(correr: Simular, tmp_path: Path) -> None:
    archivo = _con(
        tmp_path,
        "si: {campo: clase, es: empresa}",
        "si: {campo: clase, es_alguno: [empresa, persona]}",
    )
    informe = correr(archivo)
    assert informe.pasa, "\n".join(informe.lineas())
    motivos = {m: motivo for m, motivo in informe.cobertura.metas.items() if motivo}
    assert motivos == {Meta("condición", "ruc", "no"): "ninguna presentación lo permite"}
