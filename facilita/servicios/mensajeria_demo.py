"""El canal al celular de la demostración: nada sale, cada mensaje queda en una carpeta."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from facilita.servicios.correo_mensaje import Entrega
from facilita.servicios.mensajeria_http import TextoCelular


@dataclass(frozen=True, slots=True)
class TextoGuardado:
    """Un mensaje de la carpeta, para mostrarlo."""

    para: str
    texto: str
    fecha: datetime


class MensajeriaDemo:
    """Guarda los mensajes en una carpeta; fuera de la demostración se niega a existir (N51)."""

    def __init__(self, carpeta: Path | str, *, demo: bool) -> None:
        if not demo:
            raise ValueError("el canal de demostración no avisa a nadie: usa una pasarela")
        self.carpeta = Path(carpeta)

    def enviar(self, lote: Sequence[TextoCelular]) -> list[Entrega]:
        """Un resultado por mensaje y en su orden; nunca falla por una entrega."""
        return [self._entregar(mensaje) for mensaje in lote]

    def _entregar(self, mensaje: TextoCelular) -> Entrega:
        ahora = datetime.now(UTC)
        marca = hashlib.sha256(mensaje.id_mensaje.encode()).hexdigest()[:8]
        dato = {"para": mensaje.para, "texto": mensaje.texto, "fecha": ahora.isoformat()}
        try:
            self.carpeta.mkdir(parents=True, exist_ok=True)
            archivo = self.carpeta / f"{ahora:%Y%m%dT%H%M%S.%fZ}-{marca}.json"
            archivo.write_text(json.dumps(dato, ensure_ascii=False), "utf-8")
        except OSError as falla:
            return Entrega(mensaje.id_mensaje, False, False, f"No se pudo escribir: {falla}")
        return Entrega(mensaje.id_mensaje, True, True, "Guardado en la demostración")


def leer_textos(carpeta: Path | str, limite: int = 50) -> list[TextoGuardado]:
    """Los mensajes guardados, del más nuevo al más antiguo; vacía si no hay carpeta."""
    archivos = sorted(Path(carpeta).glob("*.json"), reverse=True)[:limite]
    leidos = [json.loads(archivo.read_text("utf-8")) for archivo in archivos]
    return [
        TextoGuardado(d["para"], d["texto"], datetime.fromisoformat(d["fecha"])) for d in leidos
    ]
