"""Todo el viaje con el correo, el antivirus y la pasarela al celular caídos a la vez, y su vuelta.

Son tres servidores de verdad que se prenden y se apagan; el trabajador da sus vueltas de siempre.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from threading import Thread

import pytest
from buzon import Buzon, puerto_libre, servidor
from casillas import activar, con_casilla, depositar
from clamd import ServidorClamd
from fabrica import Mundo
from pasarela import Proveedor, pasarela
from test_analisis import subida

from facilita.plazos import fecha_lima
from facilita.servicios.antivirus import abrir_antivirus
from facilita.servicios.correo import CorreoSMTP
from facilita.servicios.mensajeria import MensajeriaHTTP
from facilita.trabajador import Trabajador, Vuelta
from facilita.tramite import (
    analisis,
    borradores,
    casilla,
    correspondencia,
    detalle,
    seguimiento,
    sin_entregar,
    subsanacion,
)
from facilita.tramite.casilla import DepositoVisto
from facilita.tramite.detalle import Detalle
from facilita.tramite.envios import AL_CELULAR
from facilita.tramite.modelos import Documento, Movimiento, Salida
from facilita.tramite.sin_entregar import Filtro

CAIDAS = ("entregar", "analizar")
CON_CELULAR = ("entregar", "entregar_al_celular", "analizar")


class Afuera:
    """El mundo de afuera: un SMTP, una pasarela y un clamd, siempre en las mismas direcciones."""

    def __init__(self, clamd: ServidorClamd) -> None:
        self.clamd = clamd
        self.smtp, self.http = puerto_libre(), puerto_libre()
        self.buzon = Buzon()
        self.celulares: list[str] = []
        self._proveedor = Proveedor()
        self._abiertos = ExitStack()

    def conectar(self, mundo: Mundo) -> Mundo:
        """El mismo mundo, con todo lo de afuera."""
        canal = MensajeriaHTTP(f"http://127.0.0.1:{self.http}/mensajes", "clave", plazo=2)
        correo = CorreoSMTP(f"smtp://127.0.0.1:{self.smtp}?tls=no&timeout=2&helo=prueba")
        antivirus = abrir_antivirus(self.clamd.url)
        return con_casilla(mundo, canal, correo=correo, antivirus=antivirus)

    def prender(self) -> None:
        """Los tres atienden."""
        self._abiertos.enter_context(servidor(self.buzon, self.smtp))
        self._proveedor = self._abiertos.enter_context(pasarela(self.http))
        self.clamd.prender()

    def apagar(self) -> None:
        """Los tres mueren."""
        self._abiertos.close()
        self.celulares += [str(c["id"]) for _, c in self._proveedor.recibidos]
        self._proveedor = Proveedor()
        self.clamd.apagar()


@pytest.fixture
def afuera(antivirus: ServidorClamd) -> Iterator[Afuera]:
    """El mundo de afuera, todavía apagado."""
    suyo = Afuera(antivirus)
    yield suyo
    suyo.apagar()


def vuelta(mundo: Mundo) -> Vuelta:
    """Una vuelta de un trabajador recién arrancado: nada queda apartado de antes."""
    return Trabajador(mundo.entorno).vuelta()


def corregir(mundo: Mundo, codigo: str) -> None:
    """La persona abre su expediente, corrige lo observado y lo entrega con otro archivo."""
    entorno, entidad, solicitud = mundo.entorno, mundo.entidad(), mundo.solicitud(codigo)
    seguimiento.comprobar_identidad(entorno, codigo, solicitud.identidad)
    ficha = subsanacion.abrir_correccion(entorno, entidad.id, solicitud.id)
    otra = mundo.subida("documento_principal", "corregida.pdf", paginas=2)
    borradores.guardar(entorno, entidad, ficha, {"folios": "2"}, [otra])
    hecha = subsanacion.subsanar(entorno, entidad, ficha, {}, mundo.reloj.ahora())
    assert hecha.codigo == codigo


def del_personal(mundo: Mundo, codigo: str) -> tuple[Detalle, Sequence[DepositoVisto]]:
    """Lo que ve quien atiende, y en ello lo depositado."""
    visto = detalle.ver(mundo.entorno, mundo.actor("luis"), mundo.solicitud(codigo).id)
    assert visto.casilla is not None
    return visto, visto.casilla.depositos


def archivos(mundo: Mundo, codigo: str) -> Mapping[str, int]:
    """Cuántos archivos de una solicitud hay en cada situación, como los ve el personal."""
    sid, entidad = mundo.solicitud(codigo).id, mundo.entidad().id
    return Counter(e.situacion for e in analisis.de_solicitud(mundo.entorno, entidad, sid).values())


def viaje(mundo: Mundo) -> str:
    """Presenta con un archivo malo, se observa, se corrige, se escriben, se deposita y se atiende.

    Cada paso con su vuelta del trabajador, que no puede con nada de lo de afuera.
    """
    ficha = mundo.abrir_mesa(acepta_notificacion="true")
    borradores.guardar(mundo.entorno, mundo.entidad(), ficha, {}, [subida(mundo)])
    codigo = mundo.presentar(ficha)
    assert vuelta(mundo).fallaron == CAIDAS
    mundo.transitar(codigo, "tomar")
    mundo.observar(codigo, documento_principal="Falta la segunda hoja.")
    mundo.pasar(hours=1)
    corregir(mundo, codigo)
    correspondencia.escribir_de_ciudadano(mundo.entorno, codigo, {"mensaje": "Ya está"}, [])
    assert vuelta(mundo).fallaron == CAIDAS
    depositar(mundo, codigo)
    responde = {"respuesta": "Está lista.", "recursos_del_acto": "No procede ninguno."}
    mundo.transitar(codigo, "atender", responde)
    # La respuesta se deposita con su PDF, en la vuelta siguiente a componerlo.
    for _ in range(2):
        mundo.pasar(hours=1)
        assert vuelta(mundo).fallaron == CON_CELULAR
    return codigo


def test_con_todo_caido_se_presenta_se_observa_se_corrige_y_al_volver_llega_todo_una_vez(
    mundo: Mundo, afuera: Afuera
):
    """N04, N06, N12, N24, N51, N53: nada se pierde, nada se repite y el personal ve qué falta."""
    mundo = afuera.conectar(mundo)
    afuera.prender()
    dueno = activar(mundo, mundo.presentar_mesa(acepta_notificacion="true"))
    assert vuelta(mundo).fallaron == ()
    afuera.apagar()

    antes = len(mundo.todo(Salida))
    codigo = viaje(mundo)
    esperan = mundo.todo(Salida)[antes:]
    assert {(s.situacion, s.intentos) for s in esperan} == {("lista", 0)}
    assert {d.situacion for d in mundo.todo(Documento)} == {"hecho"}, "los PDF no dependen de nadie"
    visto, depositados = del_personal(mundo, codigo)
    assert {c.situacion for c in visto.correos} == {"lista"}
    assert all(c.respuesta.startswith("Sin respuesta") for c in visto.correos)
    assert depositados
    for deposito in depositados:
        assert [(a.situacion, a.fallo) for a in deposito.alertas] == [("En camino", True)] * 2
        assert "ni al celular" in (deposito.falla or "") and deposito.abrir_hasta is None
    # El anexo malo, en lo presentado y en lo corregido, y la hoja nueva: nada es limpio porque sí.
    sin_analizar = archivos(mundo, codigo)
    assert set(sin_analizar) == {"pendiente", "limpio"} and sin_analizar["pendiente"] >= 3
    cuentas = sin_entregar.listar(mundo.entorno, mundo.actor("ana"), Filtro()).cuentas
    # El mensaje al celular cuenta como los demás.
    assert cuentas == {"muertos": 0, "fallando": 0, "en_camino": len(esperan)}

    mundo.pasar(days=1)
    afuera.prender()
    movimientos = len(mundo.todo(Movimiento))
    volver(mundo)
    afuera.apagar()
    salidas = [(f"{s.clave}@127.0.0.1", s.clase in AL_CELULAR) for s in mundo.todo(Salida)]
    al_correo = (f"<{cual}>" for cual, celular in salidas if not celular)
    assert Counter(afuera.buzon.recibidos) == Counter(al_correo)
    assert Counter(afuera.celulares) == Counter(cual for cual, celular in salidas if celular)
    assert {s.situacion for s in mundo.todo(Salida)} == {"entregada"}
    limpios = sum(sin_analizar.values()) - 2
    assert archivos(mundo, codigo) == {"limpio": limpios, "infectado": 2}
    for deposito in del_personal(mundo, codigo)[1]:
        assert deposito.falla is None
        assert [a.situacion for a in deposito.alertas] == ["Entregada"] * 2
        # El plazo para abrir no corrió mientras nadie le avisaba.
        assert deposito.abrir_hasta is not None
        assert fecha_lima(deposito.abrir_hasta).isoformat() == "2026-12-01"
    assert len(mundo.todo(Movimiento)) == movimientos, "lo que llega tarde no deshace ni repite"
    assert len(casilla.listar(mundo.entorno, dueno).filas) == len(depositados)


def volver(mundo: Mundo) -> None:
    """Dos trabajadores a la vez, hasta que no queda nada."""
    hilos = [Thread(target=vuelta, args=(mundo,)) for _ in range(2)]
    for hilo in hilos:
        hilo.start()
    for hilo in hilos:
        hilo.join()
    assert vuelta(mundo).fallaron == ()
