"""La bandeja de salida: se entrega al menos una vez, sin deshacer nunca un trámite."""

import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
from fabrica import DE_CONTACTO, DE_MESA, LUNES, RIO, Mundo

from facilita.servicios.correo import Entrega, Mensaje, leer_carpeta
from facilita.tramite import salidas
from facilita.tramite.errores import Conflicto, NoExiste
from facilita.tramite.mensajes import en_parrafos
from facilita.tramite.modelos import Bitacora, Salida, Solicitud


class CorreoDePrueba:
    """Anota lo que le dan y responde lo que se le pida."""

    def __init__(self, *, falla: bool = False, definitivo: bool = False) -> None:
        self.enviados: list[Mensaje] = []
        self.falla, self.definitivo = falla, definitivo

    def enviar(self, lote: Sequence[Mensaje]) -> list[Entrega]:
        """Un resultado por mensaje."""
        self.enviados += lote
        frase = "451 vuelve luego" if self.falla else "250 recibido"
        return [Entrega(m.id_mensaje, not self.falla, self.definitivo, frase) for m in lote]


class SinCorreo(Exception):
    """El proceso murió enviando."""


class CorreoQueMata:
    """No llega a responder."""

    def enviar(self, lote: Sequence[Mensaje]) -> list[Entrega]:
        """Muere."""
        raise SinCorreo


def unica(mundo: Mundo) -> Salida:
    (salida,) = mundo.todo(Salida)
    assert isinstance(salida, Salida)
    return salida


def test_lo_pendiente_se_entrega_y_queda_anotado(mundo: Mundo, tmp_path: Path):
    """N24: el correo sale con el cargo y su constancia de entrega se conserva."""
    codigo = mundo.presentar_mesa()
    assert salidas.entregar(mundo.entorno) == 1
    assert salidas.entregar(mundo.entorno) == 0
    (correo,) = leer_carpeta(tmp_path / "correos")
    assert correo.para == DE_MESA["correo"]
    assert correo.asunto == "Recibimos tu documento: registro 000001-2026"
    assert correo.de == "Muni Valle Sereno <no-responder@localhost>"
    assert codigo in correo.texto
    salida = unica(mundo)
    assert (salida.situacion, salida.intentos, salida.entregada_en) == ("entregada", 1, LUNES)
    assert salida.respuesta is not None and salida.respuesta.startswith("Guardado en")


def test_cada_entidad_firma_los_suyos(mundo: Mundo):
    """N24: un trabajador entrega lo de todas."""
    correo = CorreoDePrueba()
    mundo.presentar_contacto()
    mundo.presentar_contacto(RIO)
    assert salidas.entregar(mundo.con(correo=correo).entorno) == 2
    assert {m.para for m in correo.enviados} == {DE_CONTACTO["correo"]}
    assert len({m.id_mensaje for m in correo.enviados}) == 2


def test_un_correo_que_falla_no_deshace_lo_presentado(mundo: Mundo):
    """N24, N04: la solicitud está recibida aunque su correo no salga nunca."""
    correo = CorreoDePrueba(falla=True, definitivo=True)
    otro = mundo.con(correo=correo)
    codigo = otro.presentar_mesa()
    salidas.entregar(otro.entorno)
    assert mundo.solicitud(codigo).estado == "nuevo"
    assert (unica(mundo).situacion, unica(mundo).respuesta) == ("muerta", "451 vuelve luego")
    mundo.pasar(days=30)
    assert salidas.entregar(otro.entorno) == 0
    assert len(mundo.todo(Salida)) == 1, "N24: nunca se borra"


def test_se_reintenta_con_espera_y_el_mismo_identificador(mundo: Mundo):
    """N24: al menos una vez, y quien lo reciba dos veces sabe que es el mismo."""
    correo = CorreoDePrueba(falla=True)
    otro = mundo.con(correo=correo)
    mundo.presentar_contacto()
    for segundos in (30, 60, 120, 240):
        assert salidas.entregar(otro.entorno) == 1
        assert salidas.entregar(otro.entorno) == 0
        mundo.pasar(seconds=segundos - 1)
        assert salidas.entregar(otro.entorno) == 0
        mundo.pasar(seconds=1)
    correo.falla = False
    assert salidas.entregar(otro.entorno) == 1
    assert [m.id_mensaje for m in correo.enviados] == [correo.enviados[0].id_mensaje] * 5
    salida = unica(mundo)
    assert (salida.situacion, salida.intentos) == ("entregada", 5)


def test_la_espera_se_dobla_hasta_seis_horas_y_dura_mas_de_dos_dias():
    """N24: un servidor de correo caído un fin de semana no pierde mensajes."""
    esperas = [salidas.COLA.espera_tras(n) for n in range(1, salidas.INTENTOS)]
    assert esperas[:3] == [timedelta(seconds=30), timedelta(minutes=1), timedelta(minutes=2)]
    assert max(esperas) == timedelta(hours=6)
    assert timedelta(days=2) < sum(esperas, timedelta()) < timedelta(days=3)


def test_tras_muchos_intentos_queda_muerta_y_se_puede_reenviar(mundo: Mundo):
    """N24: queda a la vista; alguien la vuelve a poner en camino, con el mismo identificador."""
    correo = CorreoDePrueba(falla=True)
    otro = mundo.con(correo=correo)
    mundo.presentar_contacto()
    for _ in range(salidas.INTENTOS):
        assert salidas.entregar(otro.entorno) == 1
        mundo.pasar(hours=6)
    assert salidas.entregar(otro.entorno) == 0
    salida = unica(mundo)
    assert (salida.situacion, salida.intentos) == ("muerta", salidas.INTENTOS)
    salidas.reenviar(mundo.entorno, mundo.entidad(RIO).id, salida.id)
    assert unica(mundo).situacion == "muerta", "otra entidad no la alcanza"
    correo.falla = False
    salidas.reenviar(mundo.entorno, mundo.entidad().id, salida.id)
    assert salidas.entregar(otro.entorno) == 1
    assert unica(mundo).situacion == "entregada"
    assert len({m.id_mensaje for m in correo.enviados}) == 1


def test_lo_tomado_por_un_proceso_que_murio_lo_retoma_otro(mundo: Mundo):
    """N24: pasado su turno, con el mismo identificador."""
    mundo.presentar_contacto()
    with pytest.raises(SinCorreo):
        salidas.entregar(mundo.con(correo=CorreoQueMata()).entorno)
    correo = CorreoDePrueba()
    otro = mundo.con(correo=correo)
    assert salidas.entregar(otro.entorno) == 0
    mundo.reloj.avanzar(salidas.TURNO)
    assert salidas.entregar(otro.entorno) == 0
    mundo.pasar(seconds=1)
    assert salidas.entregar(otro.entorno) == 1
    assert [m.id_mensaje for m in correo.enviados] == [f"<{unica(mundo).clave}@127.0.0.1>"]


def test_dos_trabajadores_no_envian_lo_mismo(mundo: Mundo):
    """N24: lo que uno tomó el otro no lo toca."""
    for _ in range(30):
        mundo.presentar_contacto()
    correos = [CorreoDePrueba() for _ in range(3)]
    barrera = threading.Barrier(3)

    def trabajar(correo: CorreoDePrueba) -> None:
        barrera.wait(30)
        while salidas.entregar(mundo.con(correo=correo).entorno):
            pass

    with ThreadPoolExecutor(3) as hilos:
        list(hilos.map(trabajar, correos))
    ids = [m.id_mensaje for c in correos for m in c.enviados]
    assert len(ids) == len(set(ids)) == 30
    assert {s.situacion for s in mundo.todo(Salida)} == {"entregada"}


class CorreoLento(CorreoDePrueba):
    """Mientras envía, pasa su turno y otro trabajador termina el mismo envío."""

    def __init__(self, mundo: Mundo, otro: CorreoDePrueba, *, falla: bool) -> None:
        super().__init__(falla=falla)
        self._mundo, self._otro = mundo, otro

    def enviar(self, lote: Sequence[Mensaje]) -> list[Entrega]:
        """Tarda más que su turno."""
        self._mundo.reloj.avanzar(salidas.TURNO + timedelta(seconds=1))
        salidas.entregar(self._mundo.con(correo=self._otro).entorno)
        return super().enviar(lote)


def test_quien_perdio_su_turno_no_borra_lo_que_hizo_el_otro(mundo: Mundo):
    """N24: el fallo tardío de uno no revive lo que el otro ya entregó."""
    otro = CorreoDePrueba()
    mundo.presentar_contacto()
    salidas.entregar(mundo.con(correo=CorreoLento(mundo, otro, falla=True)).entorno)
    salida = unica(mundo)
    assert (salida.situacion, salida.respuesta) == ("entregada", "250 recibido")
    assert (salida.intentos, len(otro.enviados)) == (1, 1)


def test_quien_perdio_su_turno_no_le_quita_el_suyo_al_otro(mundo: Mundo):
    """N24: si el otro todavía está enviando, un tercero no lo toma."""
    mundo.presentar_contacto()
    tercero = CorreoDePrueba()

    class Segundo(CorreoDePrueba):
        def enviar(self, lote: Sequence[Mensaje]) -> list[Entrega]:
            raise SinCorreo

    class Primero(CorreoDePrueba):
        def enviar(self, lote: Sequence[Mensaje]) -> list[Entrega]:
            mundo.reloj.avanzar(salidas.TURNO + timedelta(seconds=1))
            with pytest.raises(SinCorreo):
                salidas.entregar(mundo.con(correo=Segundo()).entorno)
            return super().enviar(lote)

    salidas.entregar(mundo.con(correo=Primero(falla=True)).entorno)
    mundo.pasar(minutes=1)
    assert salidas.entregar(mundo.con(correo=tercero).entorno) == 0
    mundo.reloj.avanzar(salidas.TURNO)
    assert salidas.entregar(mundo.con(correo=tercero).entorno) == 1


def test_sale_primero_lo_que_lleva_mas_tiempo_y_por_lotes(mundo: Mundo):
    """N24: un lote tiene tope; el resto espera al siguiente."""
    for _ in range(salidas.POR_LOTE + 1):
        mundo.presentar_contacto()
        mundo.pasar(seconds=1)
    correo = CorreoDePrueba()
    otro = mundo.con(correo=correo)
    assert salidas.entregar(otro.entorno) == salidas.POR_LOTE
    assert salidas.entregar(otro.entorno) == 1
    numeros = [m.asunto.rpartition(" ")[2] for m in correo.enviados]
    assert sorted(numeros[:-1]) + numeros[-1:] == sorted(numeros)


def test_quien_no_dejo_correo_no_recibe_correo(mundo: Mundo):
    """N24, N54: sin correo no hay salida, y lo que espera acuse pasa a cédula."""
    codigo = mundo.presentar_mesa()
    with mundo.entorno.bd.transaccion(salidas.Ambito.de(mundo.entidad().id)) as sesion:
        sesion.get_one(Solicitud, mundo.solicitud(codigo).id).correo = None
    mundo.observar(codigo)
    assert mundo.correos(codigo) == ["presentado"]
    assert mundo.notificacion(codigo).acuse_hasta is not None


def muerto(mundo: Mundo, codigo: str) -> int:
    """El id del correo de una solicitud, que no se pudo entregar."""
    otro = mundo.con(correo=CorreoDePrueba(falla=True, definitivo=True))
    salidas.entregar(otro.entorno)
    sid = mundo.solicitud(codigo).id
    salida = mundo.todo(Salida, Salida.solicitud_id == sid)[0]
    assert salida.situacion == "muerta"
    return int(salida.id)


def test_el_personal_reenvia_lo_muerto_de_lo_suyo(mundo: Mundo):
    """N24, N61: una sola vez, y queda anotado."""
    codigo = mundo.presentar_mesa()
    cual, sid = muerto(mundo, codigo), mundo.solicitud(codigo).id
    for quien in ("rita", "nora"):
        with pytest.raises(NoExiste):
            salidas.reenviar_de(mundo.entorno, mundo.actor(quien), sid, cual)
    with pytest.raises(NoExiste):
        salidas.reenviar_de(mundo.entorno, mundo.actor("luis"), sid, cual + 99)
    salidas.reenviar_de(mundo.entorno, mundo.actor("luis"), sid, cual)
    salida = mundo.todo(Salida, Salida.id == cual)[0]
    assert (salida.situacion, salida.intentos) == ("lista", 0)
    assert mundo.todo(Bitacora)[-1].accion == "correo.reenviado"
    with pytest.raises(Conflicto):
        salidas.reenviar_de(mundo.entorno, mundo.actor("luis"), sid, cual)


def test_se_listan_los_de_una_entidad(mundo: Mundo):
    """N24: por cómo están, sin mezclar entidades."""
    cual = muerto(mundo, mundo.presentar_contacto())
    mundo.presentar_contacto()
    mundo.presentar_contacto(RIO)
    suya = mundo.entidad().id
    assert [s.id for s in salidas.listar(mundo.entorno, suya, "muerta")] == [cual]
    assert len(salidas.listar(mundo.entorno, suya)) == 2


def test_los_correos_no_traen_los_cortes_del_archivo(mundo: Mundo):
    """N24: cada párrafo en su línea; las listas, los datos y los enlaces, como se escribieron."""
    codigo = mundo.presentar_mesa()
    mundo.observar(codigo, asunto="Precisa cuál.\nY de qué año.", pedido="Falta la fecha.")
    textos = [s.datos["texto"] for s in mundo.todo(Salida)]
    assert "\nNúmero de registro: 000001-2026\nExpediente: EXP-000001-2026\nCódigo" in textos[0]
    assert "trámite aquí:\nhttp" in textos[0]
    assert "- Asunto: Precisa cuál.\nY de qué año.\n- ¿Qué pides y por qué?: Falta" in textos[-1]
    assert "Si no corriges dentro de ese plazo, tu documento se considerará" in textos[-1]


@pytest.mark.parametrize(
    ("cuerpo", "queda"),
    [
        ("Una línea larga que el ancho del archivo cortó a la\nmitad.",
         "Una línea larga que el ancho del archivo cortó a la mitad."),
        ("Atentamente,\nLa entidad", "Atentamente,\nLa entidad"),
        ("Estos son los requisitos que hacen falta y son:\n- uno que es largo y sigue en la\n"
         "  otra línea\n- dos", "Estos son los requisitos que hacen falta y son:\n"
         "- uno que es largo y sigue en la\n  otra línea\n- dos"),
        ("Código de seguimiento de tu solicitud: {codigo}\nNúmero: {numero}",
         "Código de seguimiento de tu solicitud: {codigo}\nNúmero: {numero}"),
        ("Mira en esta dirección todo lo que ha pasado\n{enlace}",
         "Mira en esta dirección todo lo que ha pasado\n{enlace}"),
        ("Uno que es bastante largo para ser un párrafo\n\nDos",
         "Uno que es bastante largo para ser un párrafo\n\nDos"),
        ("", ""),
    ],
)  # fmt: skip
def test_que_se_junta_y_que_no(cuerpo: str, queda: str) -> None:
    """N24: solo se junta lo que el ancho cortó."""
    assert en_parrafos(cuerpo) == queda
