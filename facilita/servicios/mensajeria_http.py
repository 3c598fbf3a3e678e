"""El mensaje al celular por la pasarela HTTP de un proveedor: un POST con JSON por mensaje."""

import json
import re
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from types import MappingProxyType
from typing import Any
from urllib.parse import SplitResult, urlsplit

from facilita.servicios.correo_mensaje import Entrega, una_linea

CUERPO: Mapping[str, Any] = MappingProxyType({"id": "{id}", "para": "{para}", "texto": "{texto}"})
PLAZO = 10.0
LARGO_LEIDO = 2000
TAPADO = "•••"
_DE_ESTA_MAQUINA = ("127.0.0.1", "localhost", "::1")
# Una clave vencida o un límite no son culpa del mensaje: se arreglan y se reintenta.
_PASAJEROS = frozenset({401, 403, 407, 408, 425, 429})
_SILENCIOS = 2
_NOMBRE = re.compile(r"\{(id|para|texto)\}")
COMO = "la pasarela se escribe «https://pasarela.ejemplo.pe/mensajes»"


@dataclass(frozen=True, slots=True)
class TextoCelular:
    """Un mensaje a un celular; `id_mensaje` es el mismo en cada reintento."""

    id_mensaje: str
    para: str = field(repr=False)
    texto: str = field(repr=False)


class MensajeriaHTTP:
    """Entrega con un POST; la clave va en `Authorization: Bearer` y nunca en un registro."""

    def __init__(
        self,
        url: str,
        clave: str = "",
        cuerpo: Mapping[str, Any] = CUERPO,
        plazo: float = PLAZO,
    ) -> None:
        self._partes = _leer_url(url)
        self._clave = clave
        self._cuerpo = dict(cuerpo)
        self._plazo = plazo

    def enviar(self, lote: Sequence[TextoCelular]) -> list[Entrega]:
        """Un resultado por mensaje y en su orden; nunca falla por una entrega."""
        entregas: list[Entrega] = []
        silencios = 0
        for mensaje in lote:
            if silencios >= _SILENCIOS:
                # Una pasarela muda costaría un plazo entero por cada mensaje que falta.
                respuesta = entregas[-1].respuesta
                entregas.append(Entrega(mensaje.id_mensaje, False, False, respuesta, False))
                continue
            entrega, callo = self._entregar(mensaje)
            silencios = silencios + 1 if callo else 0
            entregas.append(entrega)
        return entregas

    def _entregar(self, mensaje: TextoCelular) -> tuple[Entrega, bool]:
        """El resultado de un mensaje, y si la pasarela no respondió."""
        try:
            codigo, dicho = self._pedir(mensaje)
        except (OSError, HTTPException) as falla:
            motivo = self._tapar(una_linea(str(falla)) or type(falla).__name__)
            texto = f"Sin respuesta de la pasarela: {motivo}"
            # Si ni siquiera atiende, no es culpa de este mensaje y no gasta sus intentos; si calla
            # después de recibirlo, sí: uno que la cuelga no detiene para siempre a los demás.
            atendio = isinstance(falla, TimeoutError | HTTPException)
            return Entrega(mensaje.id_mensaje, False, False, texto, atendio), True
        entregado = 200 <= codigo < 300
        definitivo = entregado or (400 <= codigo < 500 and codigo not in _PASAJEROS)
        texto = una_linea(f"{codigo} {self._tapar(dicho, mensaje)}")[:400]
        return Entrega(mensaje.id_mensaje, entregado, definitivo, texto), False

    def _pedir(self, mensaje: TextoCelular) -> tuple[int, str]:
        cabeceras = {
            "Content-Type": "application/json",
            "Accept": "application/json",
            # Una pasarela que lo entienda no manda dos veces lo que se reintenta.
            "Idempotency-Key": mensaje.id_mensaje,
        }
        if self._clave:
            cabeceras["Authorization"] = f"Bearer {self._clave}"
        direccion = self._partes.path or "/"
        if self._partes.query:
            direccion += f"?{self._partes.query}"
        with closing(self._conectar()) as linea:
            linea.request("POST", direccion, self._escribir(mensaje), cabeceras)
            respuesta: HTTPResponse = linea.getresponse()
            return respuesta.status, respuesta.read(LARGO_LEIDO).decode("utf-8", "replace")

    def _conectar(self) -> HTTPConnection:
        clase = HTTPSConnection if self._partes.scheme == "https" else HTTPConnection
        equipo = self._partes.hostname or ""
        return clase(equipo, self._partes.port, timeout=self._plazo)

    def _escribir(self, mensaje: TextoCelular) -> bytes:
        datos = {"id": mensaje.id_mensaje, "para": mensaje.para, "texto": mensaje.texto}
        return json.dumps(_llenar(self._cuerpo, datos), ensure_ascii=False).encode()

    def _tapar(self, dicho: str, mensaje: TextoCelular | None = None) -> str:
        """Lo que dijo la pasarela sin la clave ni lo que es de la persona."""
        secretos = [self._clave, mensaje.texto, mensaje.para] if mensaje else [self._clave]
        for secreto in filter(None, secretos):
            dicho = dicho.replace(secreto, TAPADO)
        return dicho


def _llenar(valor: Any, datos: Mapping[str, str]) -> Any:
    """El cuerpo con los datos en sus `{nombres}`, que nunca cambian la forma del JSON."""
    if isinstance(valor, str):
        return _NOMBRE.sub(lambda m: datos[m[1]], valor)
    if isinstance(valor, dict):
        return {clave: _llenar(v, datos) for clave, v in valor.items()}
    return [_llenar(v, datos) for v in valor] if isinstance(valor, list) else valor


def _leer_url(url: str) -> SplitResult:
    partes = urlsplit(url)
    if not partes.hostname or partes.username or partes.fragment:
        # La dirección no se repite en la falla: puede llevar un secreto.
        raise ValueError(COMO)
    local = partes.scheme == "http" and partes.hostname in _DE_ESTA_MAQUINA
    if partes.scheme != "https" and not local:
        raise ValueError(f"{COMO}: por http solo en esta máquina")
    _ = partes.port
    return partes
