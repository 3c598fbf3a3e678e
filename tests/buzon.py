"""Un servidor SMTP de verdad, en esta máquina, con mal carácter según a quién le escriban."""

import asyncio
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any, cast

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session


def puerto_libre() -> int:
    """Un puerto en el que hoy no atiende nadie."""
    with socket.create_server(("127.0.0.1", 0)) as puerta:
        return int(puerta.getsockname()[1])


class Buzon:
    """Un servidor con mal carácter, según a quién vaya dirigido el mensaje."""

    def __init__(self) -> None:
        self.recibidos: list[str] = []
        self.cuerpos: list[bytes] = []
        self.conexiones: set[Any] = set()
        self.una_vez: dict[str, int] = {}
        self.para: list[str] = []
        self.al_remitente = ""
        """Lo que responde a quien envía, si hoy no le acepta nada."""

    @property
    def correos(self) -> list[EmailMessage]:
        """Los mensajes recibidos, ya leídos."""
        leidos = (message_from_bytes(c, policy=default) for c in self.cuerpos)
        return [cast(EmailMessage, correo) for correo in leidos]

    async def handle_MAIL(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, opciones: list[str]
    ) -> str:
        if self.al_remitente:
            return self.al_remitente
        envelope.mail_from = address
        envelope.mail_options.extend(opciones)
        return "250 OK"

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, opciones: list[str]
    ) -> str:
        self.conexiones.add(session.peer)
        if address.startswith("nadie@"):
            return "550 5.1.1 No existe esa persona"
        if address.startswith("luego@"):
            return "451 4.3.0 Ahora no puedo"
        if address.startswith("adios@"):
            return "421 4.3.2 Me despido"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        destino = envelope.rcpt_tos[0]
        if destino.startswith("mudo@"):
            await asyncio.sleep(30)
        if destino.startswith("grande@"):
            return "552 5.3.4 Muy grande"
        if destino.startswith("cuelga@") and not self.una_vez.setdefault(destino, 0):
            self.una_vez[destino] = 1
            assert isinstance(server.transport, asyncio.Transport)
            server.transport.abort()
        contenido = envelope.content
        assert isinstance(contenido, bytes)
        self.recibidos.append(str(message_from_bytes(contenido)["Message-ID"]))
        self.cuerpos.append(contenido)
        self.para.append(destino)
        return f"250 2.0.0 Ok: queued as {len(self.cuerpos):04X}"


@contextmanager
def servidor(buzon: Buzon, puerto: int, **opciones: Any) -> Iterator[Buzon]:
    control = Controller(buzon, hostname="127.0.0.1", port=puerto, **opciones)
    control.start()
    try:
        yield buzon
    finally:
        control.stop()
