"""Lo que un verbo necesita del mundo: la base, los archivos, el reloj, el territorio."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from secrets import token_urlsafe
from threading import Lock
from time import monotonic
from typing import Generic, TypeVar

from facilita.definicion import Definicion, abrir
from facilita.servicios.almacen import Almacen
from facilita.servicios.antivirus import Antivirus, SinAntivirus
from facilita.servicios.catalogo import Catalogo
from facilita.servicios.correo import Correo
from facilita.servicios.firmas import Firmas
from facilita.servicios.mensajeria import Mensajeria
from facilita.servicios.reloj import Reloj
from facilita.servicios.sonda import Sonda
from facilita.servicios.territorio import Territorio
from facilita.tramite.bd import BaseDeDatos
from facilita.tramite.modelos import Version

V = TypeVar("V")


class Memoria(Generic[V]):
    """Una memoria con cabida: guarda lo más usado y, si se pide, por unos segundos."""

    def __init__(self, cabida: int, segundos: float | None = None) -> None:
        self.cabida = cabida
        self.segundos = segundos
        self._guardado: OrderedDict[Hashable, tuple[float, V]] = OrderedDict()
        self._turno = Lock()

    def dar(self, clave: Hashable, hacer: Callable[[], V]) -> V:
        """Lo guardado con esa clave, o lo que `hacer` produzca ahora."""
        ahora = monotonic()
        with self._turno:
            guardado = self._guardado.get(clave)
            if guardado and (self.segundos is None or ahora - guardado[0] < self.segundos):
                self._guardado.move_to_end(clave)
                return guardado[1]
        valor = hacer()
        with self._turno:
            self._guardado[clave] = (ahora, valor)
            self._guardado.move_to_end(clave)
            # Lo caducado también se suelta: retiene definiciones que ya no caben en su memoria.
            while len(self._guardado) > self.cabida or self._caduco_el_primero(ahora):
                self._guardado.popitem(last=False)
        return valor

    def _caduco_el_primero(self, ahora: float) -> bool:
        if self.segundos is None or not self._guardado:
            return False
        guardado_en, _ = next(iter(self._guardado.values()))
        return ahora - guardado_en >= self.segundos

    def mirar(self, clave: Hashable) -> V | None:
        """Lo guardado con esa clave, si lo hay y no caducó."""
        guardado = self._guardado.get(clave)
        if guardado and (self.segundos is None or monotonic() - guardado[0] < self.segundos):
            return guardado[1]
        return None

    def olvidar(self) -> None:
        """Vacía la memoria."""
        with self._turno:
            self._guardado.clear()


class Definiciones:
    """Las definiciones compiladas, por digest: lo publicado no cambia, así que nunca caduca."""

    def __init__(self, cabida: int = 300) -> None:
        self._memoria: Memoria[Definicion] = Memoria(cabida)

    def de(self, version: Version) -> Definicion:
        """La definición de una versión; compila solo si no la tiene."""
        return self._memoria.dar(version.digest, lambda: abrir(version.canonico))


@dataclass(frozen=True)
class Entorno:
    """El mundo de un proceso. Se arma una vez y no cambia."""

    bd: BaseDeDatos
    almacen: Almacen
    correo: Correo
    reloj: Reloj
    territorio: Territorio
    catalogo: Catalogo
    antivirus: Antivirus = field(default_factory=SinAntivirus)
    direccion_publica: str = "http://127.0.0.1:8000"
    correo_de: str = "Facilita <no-responder@localhost>"
    dias_de_borrador: int = 7
    dias_de_gracia: int = 15
    """Desde que se publica otra versión, cuánto se puede presentar todavía con la anterior."""
    secreto: str = field(default_factory=lambda: token_urlsafe(32), repr=False)
    """De él salen las fichas que se vuelven a dar; si no se pone, valen lo que dure el proceso."""
    firmas: Firmas = field(default_factory=Firmas)
    """Los certificados de las entidades y la TSA, si los hay."""
    mensajeria: Mensajeria | None = None
    """El canal al celular; sin él no hay casilla electrónica (N51)."""
    con_casilla: bool = False
    casilla_mismo_dia: bool = False
    """Si lo abierto en la casilla vale el mismo día y no el hábil siguiente (LPAG 25.2, N53)."""
    sonda: Sonda | None = None
    """Quien mira si una dirección de afuera responde; sin ella no se mira ninguna."""
    definiciones: Definiciones = field(default_factory=Definiciones)
    punteros: Memoria[object] = field(default_factory=lambda: Memoria(5000, segundos=2.0))
    """Dirección pública → versión vigente, por dos segundos como mucho."""
    fotos: Memoria[object] = field(default_factory=lambda: Memoria(6))
    """Las fotos del padrón que se acaban de mirar, por su día y lo último que ocurrió."""
