"""Una pasarela de mensajes al celular de verdad, con mal carácter, para las pruebas."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Proveedor:
    """Contesta lo que se le pida y recuerda lo recibido."""

    codigo: int = 202
    dice: str = '{"estado": "aceptado"}'
    cuelga: threading.Event | None = None
    recibidos: list[tuple[dict[str, str], Any]] = field(default_factory=list)
    url: str = ""


@contextmanager
def pasarela(puerto: int = 0) -> Iterator[Proveedor]:
    """Un proveedor que escucha en esta máquina, en ese puerto o en uno cualquiera."""
    suyo = Proveedor()

    class Atiende(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            cuerpo = self.rfile.read(int(self.headers["Content-Length"]))
            suyo.recibidos.append((dict(self.headers.items()), json.loads(cuerpo)))
            if suyo.cuelga is not None:
                suyo.cuelga.wait(20)
                return
            dicho = suyo.dice.encode()
            self.send_response(suyo.codigo)
            self.send_header("Content-Length", str(len(dicho)))
            self.end_headers()
            self.wfile.write(dicho)

        def log_message(self, format: str, *args: Any) -> None:
            pass

    servidor = ThreadingHTTPServer(("127.0.0.1", puerto), Atiende)
    suyo.url = f"http://127.0.0.1:{servidor.server_address[1]}/mensajes?de=facilita"
    hilo = threading.Thread(target=servidor.serve_forever, args=(0.02,), daemon=True)
    hilo.start()
    try:
        yield suyo
    finally:
        if suyo.cuelga is not None:
            suyo.cuelga.set()
        servidor.shutdown()
        servidor.server_close()
        hilo.join(5)
