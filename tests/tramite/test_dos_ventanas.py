"""Dos ventanas sobre el mismo borrador: ninguna pierde lo que respondió."""

import itertools
import random
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from fabrica import ACEPTA, DE_MESA, Mundo

from facilita.tramite import borradores, elecciones, solicitudes, subsanacion
from facilita.tramite.cruce import cruzar, escribir_visto, juntar, leer_visto, marca
from facilita.tramite.errores import PorElegir
from facilita.tramite.leido import hallar
from facilita.tramite.paso import Paso

PAGINA = ("asunto", "pedido", "destinatario", "documento_principal")


class VentanaAbierta:
    """Alguien que abrió una página del borrador y todavía no la envía."""

    def __init__(self, mundo: Mundo, ficha: str) -> None:
        self.mundo, self.ficha = mundo, ficha
        crudo = borradores.leer(mundo.entorno, mundo.entidad(), ficha).crudo
        self.mostrado = {c: crudo.get(c) or "" for c in PAGINA[:3]}
        self.visto = leer_visto(escribir_visto(PAGINA, crudo))

    def enviar(self, *subidas: Any, **cambios: str) -> Paso:
        """Envía la página entera, como un navegador: también lo que no se tocó."""
        return borradores.guardar(
            self.mundo.entorno, self.mundo.entidad(), self.ficha,
            {**self.mostrado, **cambios}, subidas, visto=self.visto,
        )  # fmt: skip


def crudo(mundo: Mundo, ficha: str) -> Mapping[str, Any]:
    return hallar(mundo.entorno, mundo.entidad(), ficha).crudo


def elegir(mundo: Mundo, ficha: str, **elegidas: str) -> elecciones.PorElegir:
    """Elige por su texto, con lo que la página muestra ahora."""
    dudas = elecciones.ver(mundo.entorno, mundo.entidad(), ficha).dudas
    return elecciones.elegir(
        mundo.entorno, mundo.entidad(), ficha,
        {c: marca(v) or "nada" for c, v in elegidas.items()},
        {d.campo.id: d.marcas for d in dudas},
    )  # fmt: skip


@pytest.mark.parametrize(
    ("antes", "hoy", "mio", "queda", "choca"),
    [
        ("a", "a", "b", "b", False),
        ("a", "b", "a", "b", False),
        ("a", "b", "b", "b", False),
        ("a", "b", "c", "b", True),
        ("", "b", "", "b", False),
        ("", "b", "c", "b", True),
        ("a", "", "a", "", False),
        ("a", "", "b", "", True),
        ("a", "b", "", "b", True),
        ("uno\r\ndos", "uno\ndos", "x", "x", False),
        (["a", "b"], ["b", "a"], ["c"], ["c"], False),
        (["a"], ["a", "b"], ["a"], ["a", "b"], False),
        ([{"n": "a"}], [{"n": "b"}], [{"n": "a", "m": ""}], [{"n": "b"}], False),
    ],
)
def test_cada_caso_de_un_cruce(antes: Any, hoy: Any, mio: Any, queda: Any, choca: bool):
    visto = leer_visto(escribir_visto(["x"], {"x": antes}))
    cruce = cruzar(visto, {"x": hoy}, {"x": mio})
    assert ({"x": hoy} | dict(cruce.escrito))["x"] == queda
    assert bool(cruce.chocan) is choca
    assert not choca or cruce.chocan == {"x": mio}


def test_sin_saber_lo_que_se_veia_vale_lo_enviado():
    """Quien envía sin la marca, como antes, guarda lo suyo."""
    assert cruzar(None, {"x": "b"}, {"x": "c"}).escrito == {"x": "c"}
    assert leer_visto(None) is None and leer_visto("") == {}
    assert leer_visto("a.1 \x00 b . ..") is not None


def test_juntar_no_repite():
    assert juntar({"x": ["a"]}, {"x": " a ", "y": "b"}) == {"x": ["a"], "y": ["b"]}


def test_cada_ventana_cambia_lo_suyo(mundo: Mundo):
    """N04: una cambia el asunto y otra el pedido: quedan los dos."""
    ficha = mundo.abrir_mesa()
    una, otra = VentanaAbierta(mundo, ficha), VentanaAbierta(mundo, ficha)
    una.enviar(asunto="El de una")
    paso = otra.enviar(pedido="El de otra")
    assert (paso.crudo["asunto"], paso.crudo["pedido"]) == ("El de una", "El de otra")
    assert not paso.por_elegir


def test_lo_que_cambian_las_dos_se_elige(mundo: Mundo):
    """N04: las dos respuestas se guardan, se muestran y se elige; antes no se presenta."""
    ficha = mundo.abrir_mesa()
    ventanas = [VentanaAbierta(mundo, ficha) for _ in range(3)]
    ventanas[0].enviar(asunto="Primero")
    for texto, ventana in zip(("Segundo", "Tercero"), ventanas[1:], strict=True):
        paso = ventana.enviar(asunto=texto, pedido=f"Pedido {texto}")
    assert paso.por_elegir == {"asunto", "pedido"} and paso.crudo["asunto"] == "Primero"
    (asunto, pedido) = elecciones.ver(mundo.entorno, mundo.entidad(), ficha).dudas
    assert [r.mostrado.texto for r in asunto.respuestas] == ["Primero", "Segundo", "Tercero"]
    assert [r.guardada for r in asunto.respuestas] == [True, False, False]
    assert [r.mostrado.texto for r in pedido.respuestas] == ["Pedido Segundo", "Pedido Tercero"]
    with pytest.raises(PorElegir):
        solicitudes.presentar(mundo.entorno, mundo.entidad(), ficha, ACEPTA)
    queda = elegir(mundo, ficha, asunto="Segundo")
    assert [d.campo.id for d in queda.dudas] == ["pedido"]
    assert not elegir(mundo, ficha, pedido="Pedido Tercero").dudas
    codigo = mundo.presentar(ficha)
    assert mundo.solicitud(codigo).asunto == "Segundo"


def test_vaciar_tambien_es_una_respuesta(mundo: Mundo):
    """N04: entre una respuesta y ninguna, también se elige."""
    ficha = mundo.abrir_mesa()
    una, otra = VentanaAbierta(mundo, ficha), VentanaAbierta(mundo, ficha)
    una.enviar(pedido="Otro pedido")
    otra.enviar(pedido="")
    (duda,) = elecciones.ver(mundo.entorno, mundo.entidad(), ficha).dudas
    assert [r.mostrado and r.mostrado.texto for r in duda.respuestas] == ["Otro pedido", None]
    elegir(mundo, ficha, pedido="")
    assert not crudo(mundo, ficha)["pedido"]


def test_si_aparece_otra_respuesta_se_pregunta_de_nuevo(mundo: Mundo):
    """N04: se elige solo entre lo que se mostró; una marca inventada no elige nada."""
    ficha = mundo.abrir_mesa()
    una, otra, tercera = (VentanaAbierta(mundo, ficha) for _ in range(3))
    una.enviar(asunto="Primero")
    otra.enviar(asunto="Segundo")
    mostradas = {"asunto": elecciones.ver(mundo.entorno, mundo.entidad(), ficha).dudas[0].marcas}
    tercera.enviar(asunto="Tercero")
    elegida = {"asunto": marca("Segundo")}
    queda = elecciones.elegir(mundo.entorno, mundo.entidad(), ficha, elegida, mostradas)
    assert len(queda.dudas[0].respuestas) == 3
    assert elegir(mundo, ficha, asunto="Inventado").dudas == queda.dudas
    assert crudo(mundo, ficha)["asunto"] == "Primero"


def test_un_archivo_que_la_otra_ventana_no_vio_no_se_reemplaza(mundo: Mundo):
    """N12: quedan los dos y se dice; quitar uno lo resuelve."""
    ficha = mundo.abrir_mesa()
    una, otra = VentanaAbierta(mundo, ficha), VentanaAbierta(mundo, ficha)
    una.enviar(mundo.subida(nombre="una.pdf"))
    paso = otra.enviar(mundo.subida(nombre="otra.pdf"))
    archivos = paso.crudo["documento_principal"]
    assert [a["nombre"] for a in archivos] == ["una.pdf", "otra.pdf"]
    assert "archivo_muchos" in {e.clave for e in paso.lectura.errores}
    tercera = VentanaAbierta(mundo, ficha)
    paso = tercera.enviar(mundo.subida(nombre="final.pdf"))
    assert [a["nombre"] for a in paso.crudo["documento_principal"]] == ["final.pdf"]


def test_al_corregir_tambien_se_elige(mundo: Mundo):
    """N07: dos ventanas de la misma corrección; no se entrega sin elegir."""
    codigo = mundo.presentar_mesa()
    mundo.observar(codigo)
    entidad = mundo.entidad()
    ficha = subsanacion.abrir_correccion(mundo.entorno, entidad.id, mundo.solicitud(codigo).id)
    una, otra = VentanaAbierta(mundo, ficha), VentanaAbierta(mundo, ficha)
    una.enviar(asunto="Primero")
    paso = otra.enviar(asunto="Segundo", pedido="No se observó")
    assert paso.por_elegir == {"asunto"} and paso.crudo["pedido"] == DE_MESA["pedido"]
    ahora = mundo.reloj.ahora()
    with pytest.raises(PorElegir):
        subsanacion.subsanar(mundo.entorno, entidad, ficha, {}, ahora)
    elegir(mundo, ficha, asunto="Segundo")
    assert subsanacion.subsanar(mundo.entorno, entidad, ficha, {}, ahora).codigo == codigo
    assert mundo.solicitud(codigo).asunto == "Segundo"


def test_toda_intercalacion_de_dos_ventanas_conserva_lo_escrito(mundo: Mundo):
    """N04: en cualquier orden de abrir y enviar, cada texto está guardado o por elegir."""
    ordenes = [
        o
        for o in itertools.permutations("AaBb")
        if o.index("A") < o.index("a") and o.index("B") < o.index("b")
    ]
    for orden in ordenes:
        ficha = mundo.abrir_mesa()
        abiertas: dict[str, VentanaAbierta] = {}
        for paso in orden:
            if paso.isupper():
                abiertas[paso.lower()] = VentanaAbierta(mundo, ficha)
            else:
                abiertas[paso].enviar(asunto=f"Asunto {paso}")
        queda = hallar(mundo.entorno, mundo.entidad(), ficha)
        a_la_vez = "".join(orden) not in ("AaBb", "BbAa")
        textos = {queda.crudo["asunto"], *queda.por_elegir.get("asunto", ())}
        # Quien abre después de que la otra envió ve su respuesta: cambiarla es a propósito.
        assert textos == ({"Asunto a", "Asunto b"} if a_la_vez else {f"Asunto {orden[-1]}"})


def test_muchas_ventanas_de_verdad_a_la_vez(mundo: Mundo):
    """N04: ocho hilos envían la misma página en el mismo instante: nada se pierde."""
    semilla = random.randrange(10**6)
    print(f"semilla: {semilla}")
    azar = random.Random(semilla)
    ficha = mundo.abrir_mesa()
    ventanas = [VentanaAbierta(mundo, ficha) for _ in range(8)]
    barrera = threading.Barrier(8)

    def enviar(n: int) -> Callable[[], Paso]:
        campo = azar.choice(("asunto", "pedido"))
        return lambda: (barrera.wait(30), ventanas[n].enviar(**{campo: f"De {n}"}))[1]

    hacer = [enviar(n) for n in range(8)]
    with ThreadPoolExecutor(8) as hilos:
        list(hilos.map(lambda uno: uno(), hacer))
    queda = hallar(mundo.entorno, mundo.entidad(), ficha)
    textos = {
        texto
        for campo in ("asunto", "pedido")
        for texto in (queda.crudo[campo], *queda.por_elegir.get(campo, ()))
    }
    assert textos >= {f"De {n}" for n in range(8)}
