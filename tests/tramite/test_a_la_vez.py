"""Muchos a la vez, y muertes a medio camino: ni huecos, ni dobles, ni nada a medias."""

import multiprocessing
import signal
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from fabrica import VALLE, Mundo, morir_al_presentar, presentar_aparte
from sqlalchemy.orm import Session

from facilita.tramite import (
    atencion,
    cargo,
    notificaciones,
    seguimiento,
    solicitudes,
    subsanacion,
    terminos,
    vencimientos,
)
from facilita.tramite.errores import Conflicto, NoExiste
from facilita.tramite.modelos import (
    Borrador,
    Codigo,
    Contador,
    Contenido,
    Expediente,
    Movimiento,
    Salida,
    Solicitud,
    Termino,
)

TODO = (Solicitud, Expediente, Codigo, Contenido, Movimiento, Termino, Salida, Contador)
NADA_QUEDO = [0] * len(TODO)
APARTE = multiprocessing.get_context("spawn")


def a_la_vez(hacer: Sequence[Callable[[], Any]]) -> list[Any]:
    """Corre todo a la vez, en hilos que parten juntos; da los resultados en su orden."""
    barrera = threading.Barrier(len(hacer))

    def correr(uno: Callable[[], Any]) -> Any:
        barrera.wait(30)
        return uno()

    with ThreadPoolExecutor(len(hacer)) as hilos:
        return list(hilos.map(correr, hacer))


def comprobar_cuenta(mundo: Mundo, cuantas: int) -> None:
    """Que haya exactamente esas solicitudes, numeradas de corrido y en el orden de sus horas."""
    filas = sorted(mundo.todo(Solicitud), key=lambda s: s.numero)
    assert [s.numero for s in filas] == [f"{n:06d}-2026" for n in range(1, cuantas + 1)]
    assert [s.presentado_en for s in filas] == sorted(s.presentado_en for s in filas)
    assert len({s.codigo for s in filas}) == len({s.expediente_id for s in filas}) == cuantas
    assert mundo.cuantas(Expediente, Contenido, Movimiento, Salida) == [cuantas] * 4
    assert {c.ultimo for c in mundo.todo(Contador)} == {cuantas}


def test_cincuenta_a_la_vez_sin_huecos_ni_dobles(mundo: Mundo):
    """N22: cincuenta personas aprietan «Presentar» en el mismo instante."""
    fichas = [mundo.abrir_contacto() for _ in range(50)]
    codigos = a_la_vez([lambda f=f: mundo.presentar(f) for f in fichas])
    assert len(set(codigos)) == 50
    comprobar_cuenta(mundo, 50)


def test_el_mismo_borrador_desde_ocho_hilos_es_una_solicitud(mundo: Mundo):
    """N20, N22: ocho clics a la vez reciben el mismo código."""
    ficha = mundo.abrir_mesa()
    codigos = a_la_vez([lambda: mundo.presentar(ficha)] * 8)
    assert len(set(codigos)) == 1
    comprobar_cuenta(mundo, 1)


def test_dos_procesos_presentan_a_la_vez_lo_suyo_y_lo_mismo(
    mundo: Mundo, url_mundo: str, tmp_path: Path
):
    """N22: dos servidores sobre una base: cinco borradores iguales y los demás propios."""
    fichas = [mundo.abrir_contacto() for _ in range(50)]
    mundo.entorno.bd.cerrar()
    comunes, propias = fichas[:5], (fichas[5:28], fichas[28:])
    salida, barrera = APARTE.Queue(), APARTE.Barrier(2)
    procesos = [
        APARTE.Process(
            target=presentar_aparte,
            args=(salida, barrera, url_mundo, str(tmp_path), [*comunes, *suyas]),
        )
        for suyas in propias
    ]
    for proceso in procesos:
        proceso.start()
    codigos = [salida.get(timeout=90) for _ in procesos]
    for proceso in procesos:
        proceso.join(30)
    salida.close()
    salida.join_thread()
    assert [p.exitcode for p in procesos] == [0, 0]
    assert codigos[0][:5] == codigos[1][:5], "los cinco comunes, con el mismo código"
    assert len({*codigos[0], *codigos[1]}) == 50
    comprobar_cuenta(mundo, 50)


def test_un_proceso_muerto_antes_de_confirmar_no_deja_nada(
    mundo: Mundo, url_mundo: str, tmp_path: Path
):
    """N22: kill -9 con todo escrito y sin confirmar; quien reintenta recibe el número 1."""
    ficha = mundo.abrir_mesa()
    mundo.entorno.bd.cerrar()
    proceso = APARTE.Process(target=morir_al_presentar, args=(url_mundo, str(tmp_path), ficha))
    proceso.start()
    proceso.join(90)
    assert proceso.exitcode == -signal.SIGKILL
    assert mundo.cuantas(*TODO) == NADA_QUEDO
    mundo.presentar(ficha)
    comprobar_cuenta(mundo, 1)


class Corte(BaseException):
    """Se fue la luz."""


CORTES = [
    (cuando, donde, que)
    for donde, que in (
        (solicitudes, "escribir"),
        (solicitudes, "dar_numeros"),
        (solicitudes, "_abrir_expediente"),
        (cargo, "congelar"),
        (solicitudes, "guardar_contenido"),
        (solicitudes, "mover"),
        (terminos, "abrir"),
        (solicitudes, "ejecutar"),
    )
    for cuando in ("antes", "despues")
]


@pytest.mark.parametrize(
    ("cuando", "donde", "que"),
    [*CORTES, ("antes", Session, "commit")],
    ids=lambda x: getattr(x, "__name__", x),
)
def test_un_corte_en_cualquier_punto_no_deja_nada(
    mundo: Mundo, monkeypatch: pytest.MonkeyPatch, donde: Any, que: str, cuando: str
):
    """N22: ni número gastado, ni código, ni correo; el borrador sigue entero y se presenta."""
    ficha, entero = mundo.abrir_mesa(), getattr(donde, que)

    def cortado(*a: Any, **k: Any) -> Any:
        if cuando == "despues":
            entero(*a, **k)
        raise Corte

    with monkeypatch.context() as parche:
        parche.setattr(donde, que, cortado)
        with pytest.raises(Corte):
            mundo.presentar(ficha)
    assert mundo.cuantas(*TODO) == NADA_QUEDO
    assert not mundo.todo(Borrador)[0].presentado
    mundo.presentar(ficha)
    comprobar_cuenta(mundo, 1)


def test_un_corte_al_corregir_deja_la_solicitud_observada(
    mundo: Mundo, monkeypatch: pytest.MonkeyPatch
):
    """N08, N12: la corrección entra entera o no entra."""
    codigo = mundo.presentar_mesa()
    mundo.observar(codigo)
    sid, entidad = mundo.solicitud(codigo).id, mundo.entidad()
    ficha = subsanacion.abrir_correccion(mundo.entorno, entidad.id, sid)
    antes = mundo.cuantas(*TODO)

    def cortado(*_: Any, **__: Any) -> Any:
        raise Corte

    with monkeypatch.context() as parche:
        parche.setattr(subsanacion, "aplicar", cortado)
        with pytest.raises(Corte):
            corregir(mundo, ficha)
    assert mundo.cuantas(*TODO) == antes
    assert mundo.solicitud(codigo).estado == "observado"
    assert corregir(mundo, ficha) == codigo


def corregir(mundo: Mundo, ficha: str) -> str | None:
    crudo, ahora = {"asunto": "Copia de mi licencia 123"}, mundo.reloj.ahora()
    return subsanacion.subsanar(mundo.entorno, mundo.entidad(), ficha, crudo, ahora).codigo


def resultado(hacer: Callable[[], Any]) -> Any:
    """Lo que da, o el nombre de su negativa."""
    try:
        return hacer() or "hecho"
    except (Conflicto, NoExiste) as negativa:
        return type(negativa).__name__


def test_dos_que_toman_la_misma_solicitud_uno_la_toma(mundo: Mundo):
    """N12: el estado cambia una vez; al segundo se le dice que cambió."""
    codigo = mundo.presentar_mesa()
    sid = mundo.solicitud(codigo).id

    def tomar(quien: str) -> Callable[[], Any]:
        actor = mundo.actor(quien)
        return lambda: resultado(lambda: atencion.transitar(mundo.entorno, actor, sid, "tomar", {}))

    hechos = a_la_vez([tomar(quien) for quien in ("luis", "ana", "sara")])
    assert sorted(hechos) == ["YaCambio", "YaCambio", "hecho"]
    assert mundo.tipos(codigo) == ["presentado", "tomar"]


def test_el_reloj_en_dos_trabajadores_da_cada_paso_una_vez(mundo: Mundo):
    """N08: dos trabajadores a la vez no cierran dos veces la misma solicitud."""
    codigos = [mundo.presentar_mesa() for _ in range(4)]
    for codigo in codigos:
        mundo.observar(codigo)
        seguimiento.comprobar_identidad(mundo.entorno, codigo, "12345678")
    mundo.poner(26, "00:00:00")
    dados = a_la_vez([lambda: vencimientos.vencer(mundo.entorno)] * 3)
    assert sum(dados) == 4
    for codigo in codigos:
        assert mundo.tipos(codigo).count("vencer") == 1


def test_dos_trabajadores_abren_una_sola_tarea_de_cedula(mundo: Mundo):
    """N54: la tarea de notificar por cédula se abre una vez."""
    codigo = mundo.presentar_mesa()
    mundo.observar(codigo)
    mundo.poner(26, "00:00:00")
    a_la_vez([lambda: notificaciones.pedir_cedulas(mundo.entorno)] * 3)
    assert mundo.tipos(codigo).count("sin_acuse") == 1


def test_abrir_y_entregar_la_correccion_a_la_vez_no_se_traba(mundo: Mundo):
    """N08: dos pestañas de la misma persona nunca se esperan la una a la otra."""
    entidad = mundo.entidad(VALLE)
    for _ in range(4):
        codigo = mundo.presentar_mesa()
        mundo.observar(codigo)
        sid = mundo.solicitud(codigo).id
        ficha = subsanacion.abrir_correccion(mundo.entorno, entidad.id, sid)

        def abrir(sid: int = sid) -> str:
            return subsanacion.abrir_correccion(mundo.entorno, entidad.id, sid)

        hechos = a_la_vez(
            [lambda f=ficha: resultado(lambda: corregir(mundo, f)), lambda: resultado(abrir)]
        )
        assert hechos[0] in (codigo, "NoExiste")
