"""Una línea mala de verdad: pasa los bytes de un lado a otro y se corta cuando se le pide."""

import socket
import struct
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from threading import Lock, Thread

LOCAL = "127.0.0.1"
BLOQUE = 64 * 1024


class Linea:
    """Un puente TCP hacia un servidor; se corta al pasar cierta cantidad de bytes de ida."""

    def __init__(self, destino: str, cortes: Sequence[int], caida: int = 1) -> None:
        """`cortes`: tras cuántos bytes enviados; `caida`: conexiones que después rechaza."""
        self._destino = destino.rpartition(":")[2]
        self._por_cortar = sorted(cortes)
        self._caida = caida
        self._rechazar = 0
        self._turno = Lock()
        self._abiertas: set[socket.socket] = set()
        self._hilos: list[Thread] = []
        self._puerta = socket.create_server((LOCAL, 0), backlog=64)
        self.enviados = 0
        self.cortadas = 0
        self.direccion = f"http://{LOCAL}:{self._puerta.getsockname()[1]}"
        self._lanzar(self._atender)

    def _lanzar(self, que: object, *con: object) -> None:
        hilo = Thread(target=que, args=con, daemon=True)  # type: ignore[arg-type]
        self._hilos.append(hilo)
        hilo.start()

    def _atender(self) -> None:
        while True:
            try:
                llega, _ = self._puerta.accept()
            except OSError:
                return
            with self._turno:
                rechaza, self._rechazar = self._rechazar > 0, max(0, self._rechazar - 1)
            if rechaza:
                _cortar(llega)
                continue
            sale = socket.create_connection((LOCAL, int(self._destino)))
            self._abiertas |= {llega, sale}
            self._lanzar(self._pasar, llega, sale, True)
            self._lanzar(self._pasar, sale, llega, False)

    def _pasar(self, de: socket.socket, a: socket.socket, ida: bool) -> None:
        with suppress(OSError):
            while datos := de.recv(BLOQUE):
                if ida and self._toca_cortar(len(datos)):
                    break
                a.sendall(datos)
        for enchufe in (de, a):
            _cortar(enchufe)

    def _toca_cortar(self, cuantos: int) -> bool:
        with self._turno:
            self.enviados += cuantos
            if not self._por_cortar or self.enviados < self._por_cortar[0]:
                return False
            self._por_cortar.pop(0)
            self._rechazar = self._caida
            self.cortadas += 1
            return True

    def cerrar(self) -> None:
        """La línea se va del todo."""
        with suppress(OSError):
            self._puerta.shutdown(socket.SHUT_RDWR)
        self._puerta.close()
        for enchufe in self._abiertas:
            _cortar(enchufe)
        for hilo in self._hilos:
            hilo.join(10)
            assert not hilo.is_alive()


def _cortar(enchufe: socket.socket) -> None:
    """Sin despedirse, como cuando se pierde la señal."""
    with suppress(OSError):
        enchufe.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    with suppress(OSError):
        enchufe.shutdown(socket.SHUT_RDWR)
    enchufe.close()


@contextmanager
def linea(destino: str, *cortes: int, caida: int = 1) -> Iterator[Linea]:
    """Una línea hacia ese servidor mientras dure."""
    abierta = Linea(destino, cortes, caida)
    try:
        yield abierta
    finally:
        abierta.cerrar()
