"""El correo que no sale: cada mensaje queda como un `.eml` en una carpeta que se puede leer."""

import hashlib
import os
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from email.utils import parsedate_to_datetime
from pathlib import Path

from facilita.servicios.correo_mensaje import Entrega, Mensaje, componer


@dataclass(frozen=True, slots=True)
class CorreoGuardado:
    """Un mensaje de la carpeta, para mostrarlo."""

    archivo: str
    de: str
    para: str
    asunto: str
    fecha: datetime
    texto: str = field(repr=False)
    html: str | None = field(repr=False)


SIN_BUZON = "@no-existe.example"
"""Lo que va a ese dominio se rechaza como lo haría un servidor: así se ve qué pasa entonces."""


class CorreoCarpeta:
    """Entrega dejando un archivo por mensaje; su nombre se ordena por la hora."""

    def __init__(self, carpeta: Path | str) -> None:
        self.carpeta = Path(carpeta)

    def enviar(self, lote: Sequence[Mensaje]) -> list[Entrega]:
        """Un resultado por mensaje y en su orden; nunca falla por una entrega."""
        return [self._entregar(mensaje) for mensaje in lote]

    def _entregar(self, mensaje: Mensaje) -> Entrega:
        if mensaje.para.endswith(SIN_BUZON):
            respuesta = f"550 5.1.1 <{mensaje.para}>: no hay un buzón con ese nombre"
            return Entrega(mensaje.id_mensaje, False, True, respuesta)
        try:
            archivo = self._escribir(mensaje.id_mensaje, componer(mensaje).as_bytes())
        except ValueError as falla:
            return Entrega(mensaje.id_mensaje, False, True, f"No se puede enviar: {falla}")
        except OSError as falla:
            respuesta = f"No se pudo escribir: {falla}"
            return Entrega(mensaje.id_mensaje, False, False, respuesta, intentado=False)
        return Entrega(mensaje.id_mensaje, True, True, f"Guardado en {archivo}")

    def _escribir(self, id_mensaje: str, contenido: bytes) -> str:
        marca = hashlib.sha256(id_mensaje.encode()).hexdigest()[:8]
        nombre = f"{datetime.now(UTC):%Y%m%dT%H%M%S.%fZ}-{marca}.eml"
        self.carpeta.mkdir(parents=True, exist_ok=True)
        temporal = self.carpeta / f".{nombre}.{os.getpid()}"
        try:
            with temporal.open("wb") as salida:
                salida.write(contenido)
                salida.flush()
                os.fsync(salida.fileno())
            temporal.replace(self.carpeta / nombre)
        finally:
            temporal.unlink(missing_ok=True)
        return nombre


def leer_carpeta(carpeta: Path | str, limite: int = 50) -> list[CorreoGuardado]:
    """Los mensajes guardados, del más nuevo al más antiguo; vacía si no hay carpeta."""
    nombres = sorted((ruta.name for ruta in Path(carpeta).glob("[!.]*.eml")), reverse=True)
    return list(_leer(Path(carpeta), nombres[:limite]))


def _leer(carpeta: Path, nombres: list[str]) -> Iterator[CorreoGuardado]:
    for nombre in nombres:
        with suppress(OSError):
            ruta = carpeta / nombre
            modificado = datetime.fromtimestamp(ruta.stat().st_mtime, UTC)
            correo = message_from_bytes(ruta.read_bytes(), EmailMessage, policy=default)
            yield CorreoGuardado(
                archivo=nombre,
                de=_cabecera(correo, "From"),
                para=_cabecera(correo, "To"),
                asunto=_cabecera(correo, "Subject"),
                fecha=_fecha(correo) or modificado,
                texto=_cuerpo(correo, "plain") or "",
                html=_cuerpo(correo, "html"),
            )


def _cabecera(correo: EmailMessage, nombre: str) -> str:
    return str(correo.get(nombre, ""))


def _fecha(correo: EmailMessage) -> datetime | None:
    try:
        fecha = parsedate_to_datetime(_cabecera(correo, "Date"))
    except ValueError:
        return None
    return fecha.astimezone(UTC) if fecha.tzinfo else None


def _cuerpo(correo: EmailMessage, clase: str) -> str | None:
    parte = correo.get_body((clase,))
    if parte is None:
        return None
    try:
        contenido = parte.get_content()
    except (LookupError, ValueError):
        return None
    return contenido if isinstance(contenido, str) else None
