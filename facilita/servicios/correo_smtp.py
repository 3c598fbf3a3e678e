"""La entrega por un servidor SMTP, con una conexión por lote."""

import smtplib
import socket
import ssl
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from email.message import EmailMessage
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, unquote, urlsplit

from facilita.servicios.correo_mensaje import Entrega, Mensaje, componer, una_linea

_PUERTOS = {"no": 25, "starttls": 587, "ssl": 465}
_DE_ESTA_MAQUINA = {"localhost", "127.0.0.1", "::1"}
_SE_DESPIDE = {421, -1}
_MUY_GRANDE = 552
_SILENCIOS = 2


@dataclass(frozen=True, slots=True)
class _Ajustes:
    equipo: str
    puerto: int
    tls: str
    plazo: float
    saludo: str
    usuario: str = ""
    clave: str = field(default="", repr=False)


class CorreoSMTP:
    """Entrega por `smtp://usuario:clave@equipo:puerto?tls=starttls|ssl|no&timeout=10`."""

    def __init__(self, url: str, contexto: ssl.SSLContext | None = None) -> None:
        self._ajustes = _leer_url(url)
        self._contexto = contexto or ssl.create_default_context()

    def enviar(self, lote: Sequence[Mensaje]) -> list[Entrega]:
        """Un resultado por mensaje y en su orden; nunca falla por una entrega."""
        linea = _Linea(self._conectar)
        try:
            return [linea.entregar(mensaje) for mensaje in lote]
        finally:
            linea.despedirse()

    def _conectar(self) -> "_Servidor":
        a = self._ajustes
        servidor: _Servidor
        if a.tls == "ssl":
            servidor = _ServidorConTLS(
                a.equipo, a.puerto, a.saludo, timeout=a.plazo, context=self._contexto
            )
        else:
            servidor = _Servidor(a.equipo, a.puerto, a.saludo, timeout=a.plazo)
        try:
            if a.tls == "starttls":
                servidor.starttls(context=self._contexto)
            if a.usuario:
                servidor.login(a.usuario, a.clave)
        except BaseException:
            servidor.close()
            raise
        return servidor


class _Servidor(smtplib.SMTP):
    """Recuerda con qué palabras aceptó el último mensaje: suele dar ahí su número de cola."""

    recibo = ""

    def data(self, msg: Any) -> tuple[int, bytes]:
        codigo, texto = super().data(msg)
        self.recibo = una_linea(f"{codigo} {texto.decode('utf-8', 'replace')}")
        return codigo, texto


class _ServidorConTLS(_Servidor, smtplib.SMTP_SSL):
    pass


class _Dictamen(NamedTuple):
    respuesta: str
    definitivo: bool = False
    sin_linea: bool = False
    colgaron: bool = False
    no_atiende: bool = False
    """Lo que dijo vale para cualquier mensaje: no se gasta en él un intento."""


class _Linea:
    """La conversación de un lote: reconecta cuando le cuelgan y se rinde si nadie contesta."""

    def __init__(self, conectar: Callable[[], _Servidor]) -> None:
        self._conectar = conectar
        self._servidor: _Servidor | None = None
        self._hablada = False
        self._silencios = 0
        self._caida = ""

    def entregar(self, mensaje: Mensaje) -> Entrega:
        """Lo intenta una vez, y otra si colgaron una conexión que ya venía en uso."""
        try:
            correo = componer(mensaje)
        except ValueError as falla:
            return Entrega(mensaje.id_mensaje, False, True, f"No se puede enviar: {falla}")
        venia_en_uso = self._hablada
        fallo = self._intentar(correo)
        if fallo and fallo.colgaron and venia_en_uso:
            fallo = self._intentar(correo)
        if fallo is None:
            recibo = self._servidor.recibo if self._servidor else ""
            return Entrega(mensaje.id_mensaje, True, True, recibo or "Aceptado por el servidor")
        return Entrega(
            mensaje.id_mensaje, False, fallo.definitivo, fallo.respuesta,
            intentado=not fallo.no_atiende,
        )  # fmt: skip

    def despedirse(self) -> None:
        """Termina la conversación, si la hay."""
        if self._servidor is not None:
            with suppress(OSError):
                self._servidor.quit()
        self._colgar()

    def _intentar(self, correo: EmailMessage) -> _Dictamen | None:
        servidor = self._conectada()
        if servidor is None:
            return _Dictamen(self._caida, sin_linea=True, no_atiende=True)
        try:
            servidor.send_message(correo)
        except (OSError, ValueError) as falla:
            dictamen = _dictaminar(falla)
            if dictamen.no_atiende:
                self._rendirse(dictamen.respuesta)
            else:
                self._anotar(dictamen.sin_linea, dictamen.respuesta)
            return dictamen
        self._anotar(False)
        return None

    def _rendirse(self, respuesta: str) -> None:
        """Lo que falta del lote no se intenta: le responderían lo mismo."""
        self._hablada = False
        self._colgar()
        self._caida = respuesta

    def _conectada(self) -> _Servidor | None:
        if self._servidor is None and not self._caida:
            try:
                self._servidor = self._conectar()
            except (OSError, ValueError) as falla:
                self._caida = _dictaminar(falla).respuesta
        return self._servidor

    def _anotar(self, sin_linea: bool, respuesta: str = "") -> None:
        self._hablada = not sin_linea
        self._silencios = self._silencios + 1 if sin_linea else 0
        if sin_linea:
            self._colgar()
        if self._silencios >= _SILENCIOS:
            # Un servidor mudo costaría un plazo entero por cada mensaje que falta.
            self._caida = respuesta

    def _colgar(self) -> None:
        if self._servidor is not None:
            self._servidor.close()
            self._servidor = None


def _dictaminar(falla: Exception) -> _Dictamen:
    if isinstance(falla, smtplib.SMTPRecipientsRefused):
        codigo, texto = next(iter(falla.recipients.values()))
        return _segun_codigo(codigo, texto, 500)
    if isinstance(falla, smtplib.SMTPDataError):
        return _segun_codigo(falla.smtp_code, falla.smtp_error, 500)
    if isinstance(falla, smtplib.SMTPResponseException):
        dicho = _segun_codigo(falla.smtp_code, falla.smtp_error, 600)
        if falla.smtp_code == _MUY_GRANDE:
            return dicho._replace(definitivo=True)
        # Que no acepten a quien envía es de la configuración o de un tope, no del destinatario.
        return dicho._replace(no_atiende=not dicho.sin_linea)
    if isinstance(falla, smtplib.SMTPNotSupportedError | ValueError):
        return _Dictamen(una_linea(f"No se puede enviar: {falla}"), definitivo=True)
    motivo = una_linea(str(falla)) or type(falla).__name__
    # Tras un plazo vencido no se insiste enseguida: quizá lo aceptó y solo tardaba en decirlo.
    vencio = isinstance(falla, TimeoutError) or isinstance(falla.__context__, TimeoutError)
    return _Dictamen(f"Sin respuesta del servidor: {motivo}", sin_linea=True, colgaron=not vencio)


def _segun_codigo(codigo: int, texto: bytes | str, definitivo_desde: int) -> _Dictamen:
    dicho = texto.decode("utf-8", "replace") if isinstance(texto, bytes) else str(texto)
    definitivo = definitivo_desde <= codigo < 600
    sin_linea = codigo in _SE_DESPIDE
    return _Dictamen(una_linea(f"{codigo} {dicho}"), definitivo, sin_linea, sin_linea)


def _leer_url(url: str) -> _Ajustes:
    partes = urlsplit(url)
    opciones = dict(parse_qsl(partes.query))
    tls = opciones.pop("tls", "ssl" if partes.scheme == "smtps" else "starttls")
    plazo, saludo = opciones.pop("timeout", "10"), opciones.pop("helo", socket.gethostname())
    if (
        partes.scheme not in {"smtp", "smtps"}
        or not partes.hostname
        or tls not in _PUERTOS
        or opciones
    ):
        # La dirección no se repite en la falla: lleva la clave.
        raise ValueError("El correo se escribe «smtp://usuario:clave@equipo:puerto?tls=starttls»")
    if tls == "no" and partes.username and partes.hostname not in _DE_ESTA_MAQUINA:
        raise ValueError("Con usuario y clave, el correo necesita tls=starttls o tls=ssl")
    return _Ajustes(
        equipo=partes.hostname,
        puerto=partes.port or _PUERTOS[tls],
        tls=tls,
        plazo=float(plazo),
        saludo=saludo,
        usuario=unquote(partes.username or ""),
        clave=unquote(partes.password or ""),
    )
