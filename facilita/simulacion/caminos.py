"""Los caminos de un flujo: adónde se llega, por dónde y cuánto tiempo pasa, sin tocar el motor.

Es la otra lectura de la definición: lo que aquí se puede y el motor niega, o al revés, es un
defecto de uno de los dos.
"""

from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from facilita.definicion import Definicion, Efecto, Flujo, Plazo, Transicion
from facilita.tramite.efectos import espera_acuse

LIMITE = 20_000
"""Cuántos puntos se exploran."""


@dataclass(frozen=True)
class Punto:
    """Dónde está una solicitud: su estado y lo que sus guardas y plazos miran.

    `dias` y `acuse` son los días hábiles desde que se presentó y desde el último acuse.
    """

    estado: str
    hechas: frozenset[str] = frozenset()
    dias: int = 0
    acuse: int | None = None
    pendiente: bool = False
    acusado_aqui: bool = False


@dataclass(frozen=True)
class Jugada:
    """Algo que mueve una solicitud: dar un paso, abrir la notificación o dejar vencer un plazo."""

    clase: str
    transicion: Transicion | None = None


ACUSAR = Jugada("acusar")
Camino = tuple[tuple[Punto, Jugada], ...]


class Mapa:
    """Los puntos a los que se puede llegar desde que se presenta, y cómo."""

    def __init__(self, definicion: Definicion) -> None:
        self.flujo: Flujo = definicion.flujo
        plazos = [p for t in self.flujo.transiciones for p in (t.hasta, t.al_vencer) if p]
        self.tope = max(p.dias_habiles for p in (*plazos, self.flujo.plazo)) + 2
        self.inicio = self._avisado(Punto(self.flujo.inicial), definicion.al_presentar)
        self.viene_de: dict[Punto, tuple[Punto, Jugada] | None] = {self.inicio: None}
        self._explorar()

    def _explorar(self) -> None:
        pendientes = deque([self.inicio])
        while pendientes and len(self.viene_de) < LIMITE:
            punto = pendientes.popleft()
            for jugada, siguiente in self.jugadas(punto):
                if siguiente not in self.viene_de:
                    self.viene_de[siguiente] = (punto, jugada)
                    pendientes.append(siguiente)

    @property
    def puntos(self) -> Iterator[Punto]:
        """Los puntos alcanzados, los más cercanos primero."""
        return iter(self.viene_de)

    def camino(self, sirve: Callable[[Punto], bool]) -> Camino | None:
        """El camino más corto a un punto que sirve, o `None` si no lo hay."""
        hallado = next((p for p in self.viene_de if sirve(p)), None)
        return None if hallado is None else self.camino_a(hallado)

    def camino_a(self, punto: Punto) -> Camino:
        """Cómo se llega a un punto."""
        pasos: list[tuple[Punto, Jugada]] = []
        while (anterior := self.viene_de[punto]) is not None:
            pasos.append(anterior)
            punto = anterior[0]
        return tuple(reversed(pasos))

    # --- qué se puede -------------------------------------------------------------------------

    def jugadas(self, punto: Punto) -> Iterator[tuple[Jugada, Punto]]:
        """Lo que se puede hacer en un punto y adónde lleva."""
        for t in self.flujo.transiciones:
            if punto.estado in t.de and self.permitida(punto, t) and not t.al_vencer:
                yield Jugada("dar", t), self.despues(punto, t)
        if punto.pendiente:
            yield ACUSAR, replace(punto, pendiente=False, acuse=0, acusado_aqui=True)
        proxima = self.proxima_del_reloj(punto)
        if proxima is not None:
            yield Jugada("vencer", proxima), self.despues_de_vencer(punto, proxima)

    def permitida(self, punto: Punto, t: Transicion) -> bool:
        """Si las guardas de una transición la dejan pasar en ese punto."""
        if t.una_vez and t.id in punto.hechas:
            return False
        if self._amplia(t) and punto.dias > self.flujo.plazo.dias_habiles:
            return False
        desde = self.desde(punto, t.hasta) if t.hasta else None
        return desde is None or t.hasta is None or desde <= t.hasta.dias_habiles

    @staticmethod
    def _amplia(t: Transicion) -> bool:
        """Si amplía el plazo para resolver, que mientras no venza se puede."""
        return any(e.nombre == "ampliar_plazo" for e in t.efectos)

    @staticmethod
    def desde(punto: Punto, plazo: Plazo) -> int | None:
        """Cuántos días hábiles pasaron de un plazo; `None` si todavía no corre."""
        return {"presentado": punto.dias, "entrada": 0, "notificado": punto.acuse}[plazo.desde]

    def proxima_del_reloj(self, punto: Punto) -> Transicion | None:
        """La transición del reloj que llega primero, si corre alguna."""
        corren = [t for t in self.flujo.del_reloj(punto.estado) if self._corre(punto, t)]
        return min(corren, key=lambda t: self._faltan(punto, t), default=None)

    @staticmethod
    def _corre(punto: Punto, t: Transicion) -> bool:
        return t.al_vencer is not None and (t.al_vencer.desde != "notificado" or punto.acusado_aqui)

    def _faltan(self, punto: Punto, t: Transicion) -> int:
        """Los días hábiles que faltan para que sea tarde; menos que cero, si ya lo era."""
        plazo = t.al_vencer
        return plazo.dias_habiles + 1 - (self.desde(punto, plazo) or 0) if plazo else 0

    def _resta(self, punto: Punto, t: Transicion) -> int:
        return max(0, self._faltan(punto, t))

    # --- adónde lleva -------------------------------------------------------------------------

    def despues(self, punto: Punto, t: Transicion) -> Punto:
        """El punto en que queda la solicitud después de una transición."""
        hechas = punto.hechas | {t.id} if t.una_vez else punto.hechas
        nuevo = replace(punto, estado=t.a, hechas=hechas, acusado_aqui=False)
        return self._avisado(nuevo, t.efectos)

    def despues_de_vencer(self, punto: Punto, t: Transicion) -> Punto:
        """Lo mismo, cuando el reloj la da al terminar su plazo, y las que ya habían vencido."""
        return self.al_dia(self.vencida(punto, t))

    def al_dia(self, punto: Punto, contar: Callable[[Punto], Punto] = lambda punto: punto) -> Punto:
        """El punto cuando el reloj ya dio, una por una, las que vencieron al llegar."""
        punto = contar(punto)
        for _ in range(LIMITE):
            proxima = self.proxima_del_reloj(punto)
            if proxima is None or self._faltan(punto, proxima) > 0:
                break
            punto = contar(self.vencida(punto, proxima))
        return punto

    def vencida(self, punto: Punto, t: Transicion) -> Punto:
        """El punto cuando el reloj da una, y nada más."""
        pasan = self._resta(punto, t)
        acuse = None if punto.acuse is None else min(self.tope, punto.acuse + pasan)
        dias = min(self.tope, punto.dias + pasan)
        return self.despues(replace(punto, dias=dias, acuse=acuse), t)

    def _avisado(self, punto: Punto, efectos: tuple[Efecto, ...]) -> Punto:
        avisa = any(e.nombre == "notificar" for e in efectos)
        if avisa and espera_acuse(self.flujo, punto.estado):
            return replace(punto, pendiente=True, acuse=None)
        return punto
