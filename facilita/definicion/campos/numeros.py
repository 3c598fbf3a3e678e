"""Campos de número: número y folios."""

import math
import random
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from facilita.definicion.campos.base import Campo, Lector, Mostrado, Reparo
from facilita.definicion.condiciones import Hoja
from facilita.definicion.contexto import Contexto

_NUMERO = re.compile(r"-?[0-9]{1,15}(?:\.[0-9]{1,10})?")
_CON_MILES = re.compile(r"-?[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?")
LIMITE = {"type": "number", "minimum": -1e12, "maximum": 1e12}


def leer_decimal(texto: str) -> Decimal | None:
    """El número escrito con punto o coma decimal, o con separador de miles; `None` si no lo es."""
    limpio = texto.replace(" ", "").removeprefix("+")
    if _CON_MILES.fullmatch(limpio):
        limpio = limpio.replace(",", "")
    elif "." not in limpio:
        limpio = limpio.replace(",", ".")
    if not limpio.isascii() or not _NUMERO.fullmatch(limpio):
        return None
    try:
        return Decimal(limpio)
    except InvalidOperation:
        return None


def es_numero(valor: Any) -> bool:
    """Si un valor escrito en una definición es un número."""
    return isinstance(valor, int | float) and not isinstance(valor, bool)


def vecinos(
    limites: Iterable[float], menor: float | None, mayor: float | None, unidad: int
) -> Iterator[float]:
    """Cada límite y los números de al lado, sin salir de lo que se acepta."""
    desde = -math.inf if menor is None else menor
    hasta = math.inf if mayor is None else mayor
    for borde in sorted({*limites, desde, hasta} - {-math.inf, math.inf}):
        base = math.floor(borde * unidad)
        for vecino in range(base - 1, base + 3):
            if desde <= vecino / unidad <= hasta:
                yield vecino / unidad


FRASE_DE_NUMERO = "«{campo}» es un número: se compara con un número sin comillas"


class Numero(Campo):
    """Un número entero o con hasta `decimales` cifras después del punto."""

    tipo = "numero"
    nombre = "Número"
    control = "numero"
    propiedades = {
        "minimo": LIMITE,
        "maximo": LIMITE,
        "decimales": {"type": "integer", "minimum": 0, "maximum": 6},
    }
    claves = frozenset({"vacio", "numero", "numero_entero", "muy_grande", "muy_pequeno"})
    ordenable = True

    def preparar(self, dato: Mapping[str, Any]) -> None:
        self.minimo: float | None = dato.get("minimo")
        self.maximo: float | None = dato.get("maximo")
        self.decimales: int = dato.get("decimales", 0)

    def interpretar(self, limpio: str, lector: Lector) -> Any:
        numero = leer_decimal(limpio)
        if numero is None:
            return lector.error(self, "numero")
        if numero != round(numero, self.decimales):
            return lector.error(self, "numero_entero" if self.decimales == 0 else "numero")
        if self.minimo is not None and numero < Decimal(str(self.minimo)):
            return lector.error(self, "muy_pequeno", minimo=self.minimo)
        if self.maximo is not None and numero > Decimal(str(self.maximo)):
            return lector.error(self, "muy_grande", maximo=self.maximo)
        return int(numero) if self.decimales == 0 else float(numero)

    def muestra(self, azar: random.Random, contexto: Contexto, visto: Mapping[str, Any]) -> Any:
        menor, mayor = self._extremos()
        paso = Decimal(10) ** self.decimales
        return str(Decimal(azar.randint(math.ceil(menor * paso), math.floor(mayor * paso))) / paso)

    def _extremos(self) -> tuple[Decimal, Decimal]:
        """Lo menor y lo mayor que acepta; donde no hay límite, un número de tamaño corriente."""
        menor = None if self.minimo is None else Decimal(str(self.minimo))
        mayor = None if self.maximo is None else Decimal(str(self.maximo))
        if menor is None:
            menor = Decimal(-1000) if mayor is None else mayor - 5000
        return menor, menor + 5000 if mayor is None else mayor

    def muestras_invalidas(self) -> Sequence[Any]:
        pocos = [] if self.minimo is None else [_escrito(self.minimo, -1)]
        muchos = [] if self.maximo is None else [_escrito(self.maximo, 1)]
        return ["cinco", "1." + "1" * (self.decimales + 1), *pocos, *muchos]

    def bordes(self, hojas: Sequence[Hoja], hoy: date | None = None) -> Iterable[Any]:
        limites = [h.contra for h in hojas]
        return vecinos(limites, self.minimo, self.maximo, 10**self.decimales)

    def por_que_no_se_compara(self, contra: Any) -> str | None:
        return None if es_numero(contra) else FRASE_DE_NUMERO.format(campo=self.id)

    @classmethod
    def fallas(cls, dato: Mapping[str, Any]) -> list[Reparo]:
        minimo, maximo = dato.get("minimo"), dato.get("maximo")
        if minimo is not None and maximo is not None and minimo > maximo:
            frase = f"el mínimo ({minimo}) es mayor que el máximo ({maximo})"
            return [("campo.limites", ("minimo",), frase)]
        paso = 10 ** dato.get("decimales", 0)
        if minimo is not None and maximo is not None and not _hay_entre(minimo, maximo, paso):
            frase = f"entre {minimo} y {maximo} no cabe ningún número con esos decimales"
            return [("campo.limites", ("minimo",), frase)]
        return []


def _hay_entre(minimo: float, maximo: float, paso: int) -> bool:
    return math.ceil(Decimal(str(minimo)) * paso) <= math.floor(Decimal(str(maximo)) * paso)


def _escrito(limite: float, mas: int) -> str:
    return f"{Decimal(str(limite)) + mas:f}"


class Folios(Campo):
    """El número de folios: lo que declara la persona y lo que el servidor contó, los dos."""

    tipo = "folios"
    nombre = "Número de folios"
    se_completa = True
    control = "folios"
    propiedades = {
        "archivos": {"type": "array", "items": {"type": "string"}, "minItems": 1},
    }
    exigidas = ("etiqueta", "archivos")
    claves = frozenset(
        {
            "vacio", "numero_entero", "muy_grande", "muy_pequeno", "folios_distintos",
            "folios_contados",
        }
    )  # fmt: skip
    maximo = 100_000
    cabe_en_grupo = False

    def preparar(self, dato: Mapping[str, Any]) -> None:
        self.archivos: tuple[str, ...] = tuple(dato["archivos"])

    @property
    def acompana(self) -> tuple[str, ...]:
        return self.archivos

    def leer(self, crudo: Any, lector: Lector) -> Any:
        """Quien no los escribe acepta los contados: los ve antes de presentar."""
        contados = self.contar(lector.valores)
        if contados is None or self.limpiar(crudo) is not None:
            return super().leer(crudo, lector)
        lector.aviso(self, "folios_contados", paginas=_cuantas(contados, "página"))
        return {"declarados": contados, "contados": contados}

    def interpretar(self, limpio: str, lector: Lector) -> Any:
        numero = leer_decimal(limpio)
        if numero is None or numero != int(numero):
            return lector.error(self, "numero_entero")
        if numero < 1:
            return lector.error(self, "muy_pequeno", minimo=1)
        if numero > self.maximo:
            return lector.error(self, "muy_grande", maximo=self.maximo)
        contados = self.contar(lector.valores)
        if contados is not None and contados != numero:
            lector.aviso(
                self,
                "folios_distintos",
                contados=contados,
                escritos=int(numero),
                paginas=_cuantas(contados, "página"),
                folios=_cuantas(int(numero), "folio"),
            )
        return {"declarados": int(numero), "contados": contados}

    def muestra(self, azar: random.Random, contexto: Contexto, visto: Mapping[str, Any]) -> Any:
        return str(azar.randint(1, 300))

    def muestras_invalidas(self) -> Sequence[Any]:
        return ("0", "1.5", "cinco", str(self.maximo + 1))

    def contar(self, valores: Mapping[str, Any]) -> int | None:
        """La suma de páginas de los archivos que mira, o `None` si alguna no se pudo contar."""
        fichas = [ficha for campo in self.archivos for ficha in valores.get(campo) or ()]
        paginas = [ficha.get("paginas") for ficha in fichas]
        contadas = [p for p in paginas if isinstance(p, int) and p > 0]
        return sum(contadas) if paginas and len(contadas) == len(paginas) else None

    def comparable(self, valor: Any) -> Any:
        return valor["declarados"]

    def mostrar(self, valor: Any) -> Mostrado:
        declarados, contados = valor["declarados"], valor["contados"]
        if contados is None or contados == declarados:
            return Mostrado(str(declarados))
        return Mostrado(f"{declarados} (contamos {_cuantas(contados, 'página')})")


def _cuantas(numero: int, cosa: str) -> str:
    return f"{numero} {cosa}" if numero == 1 else f"{numero} {cosa}s"
