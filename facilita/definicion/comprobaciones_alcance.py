"""Lo que publicar prueba de las condiciones: que cada campo se muestra en alguna presentación.

Se prueban las respuestas posibles de los campos que una condición mira, directa o
indirectamente: uno obligatorio siempre responde y uno oculto nunca. Pasado el límite, se avisa.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from facilita.definicion.campos import Campo, crear_campo
from facilita.definicion.campos.fechas import SIN_HOY
from facilita.definicion.comprobaciones_documento import por_quien
from facilita.definicion.condiciones import HOY, Condicion, Hoja, Todas, Valores, leer_condicion
from facilita.definicion.fallas import Buzon, Ruta
from facilita.definicion.palabras import decir_condicion

LIMITE_POR_CONDICION = 20_000
LIMITE_POR_DOCUMENTO = 200_000
"""Cuántas combinaciones se prueban antes de avisar que no se pudo."""

DIAS_POR_CONDICION = 100
"""En cuántos días distintos se prueba una condición que mira «hoy»."""

CAMPOS_POR_CONDICION = 150
"""Cuántos campos puede mirar, directa o indirectamente, una condición que se prueba."""

Condiciones = tuple[Condicion, ...]
Condicionado = tuple[Campo, Condiciones]


@dataclass(frozen=True, slots=True)
class _Dentro:
    """Lo que debe cumplirse para llegar a un lugar, y si ya se sabe que nunca se cumple."""

    condiciones: Condiciones = ()
    nunca: bool = False


_SIEMPRE = _Dentro()


class _Alcance:
    """Recorre el documento de arriba abajo y anota lo que nunca se muestra."""

    def __init__(self, buzon: Buzon) -> None:
        self.buzon = buzon
        self.vistos: dict[str, Condicionado] = {}
        self.queda = LIMITE_POR_DOCUMENTO

    def entrar(self, que: str, dato: Mapping[str, Any], ruta: Ruta, fuera: _Dentro) -> _Dentro:
        """Lo que debe cumplirse dentro de un elemento; comprueba su condición si la tiene."""
        condicion = leer_condicion(dato.get("si"))
        if condicion is None:
            return fuera
        nombre = f"{que} «{dato['id']}»"
        nunca = fuera.nunca or self._nunca(nombre, (*ruta, "si"), fuera.condiciones, dato["si"])
        return _Dentro((*fuera.condiciones, condicion), nunca)

    def recibir(self, dato: Mapping[str, Any], ruta: Ruta, fuera: _Dentro) -> None:
        """Comprueba un campo y lo deja listo para las condiciones de más abajo."""
        dentro = self.entrar("el campo", dato, ruta, fuera)
        campo = crear_campo(dato)
        self._opciones(campo, dato, ruta, dentro)
        self.vistos[campo.id] = (campo, dentro.condiciones)
        # En una fila, cada campo se mira como uno más: basta que alguna fila lo muestre.
        for n, suyo in enumerate(dato.get("campos", ())):
            self.recibir(suyo, (*ruta, "campos", n), dentro)

    def _opciones(self, campo: Campo, dato: Mapping[str, Any], ruta: Ruta, dentro: _Dentro) -> None:
        """Cada opción se ofrece alguna vez, y siempre queda una que elegir."""
        if dentro.nunca or all(o.si is None for o in campo.opciones):
            return
        mal = False
        for n, opcion in enumerate(campo.opciones):
            if opcion.si is not None:
                nombre = f"la opción «{opcion.valor}» de «{campo.id}»"
                suya = dato["opciones"][n]["si"]
                donde = (*ruta, "opciones", n, "si")
                mal = self._nunca(nombre, donde, dentro.condiciones, suya) or mal
        if not mal:
            self._alguna_queda(campo, (*ruta, "opciones"), dentro)

    def _alguna_queda(self, campo: Campo, ruta: Ruta, dentro: _Dentro) -> None:
        busqueda = self._buscar((*dentro.condiciones, _SinOpciones(campo)))
        if busqueda.hallada:
            texto = (
                f"con algunas respuestas, a «{campo.id}» no le quedan opciones que elegir: deja "
                "siempre alguna, o ponle a él una condición"
            )
            self.buzon.falla("opcion.ninguna", ruta, texto)
        elif busqueda.agotada:
            self._sin_probar(f"«{campo.id}» tenga siempre una opción que elegir", ruta)

    def _nunca(self, que: str, ruta: Ruta, fuera: Condiciones, escrita: Any) -> bool:
        busqueda = self._buscar((*fuera, *_partes([escrita])))
        if busqueda.hallada:
            return False
        if busqueda.agotada:
            self._sin_probar(f"{que} se muestre alguna vez", ruta)
            return False
        texto = f"{que} no se muestra nunca: ninguna presentación completa cumple su condición"
        self.buzon.falla("si.nunca", ruta, texto + self._lo_que_sobra(fuera, escrita))
        return True

    def _lo_que_sobra(self, fuera: Condiciones, escrita: Any) -> str:
        """Cuál de sus partes la hace imposible, o si es la de donde está."""
        if fuera and self._buscar(_partes([escrita])).hallada:
            return "; sola se cumpliría, pero no junto con la de la página o la sección donde está"
        partes = escrita.get("todas", ())
        if len(partes) < 2:
            return ""
        imposibles = [p for p in partes if self._es_imposible((*fuera, *_partes([p])))]
        if imposibles:
            return f"; no se cumple nunca: {decir_condicion(imposibles[0])}"
        sobran = [
            parte
            for n, parte in enumerate(partes)
            if self._buscar((*fuera, *_partes([*partes[:n], *partes[n + 1 :]]))).hallada
        ]
        if not sobran:
            return ""
        juntas = "no se cumplen a la vez" if len(sobran) > 1 else "sobra"
        return f"; {juntas}: {', y '.join(map(decir_condicion, sobran))}"

    def _es_imposible(self, condiciones: Condiciones) -> bool:
        busqueda = self._buscar(condiciones)
        return not busqueda.hallada and not busqueda.agotada

    def _buscar(self, condiciones: Condiciones) -> "_Busqueda":
        busqueda = _Busqueda(self.vistos, Todas(condiciones), min(LIMITE_POR_CONDICION, self.queda))
        busqueda.hallar()
        self.queda -= busqueda.probadas
        return busqueda

    def _sin_probar(self, que: str, ruta: Ruta) -> None:
        texto = (
            f"no se pudo probar que {que}: su condición mira demasiadas combinaciones de respuestas"
        )
        self.buzon.falla("si.sin_probar", ruta, texto, aviso=True)


def _partes(escritas: Sequence[Any]) -> Condiciones:
    """Unas condiciones escritas, ya leídas."""
    return tuple(leida for dato in escritas if (leida := leer_condicion(dato)) is not None)


class _SinOpciones(Condicion):
    """Se cumple cuando a un campo de elección no le queda nada que elegir."""

    __slots__ = ("campo",)

    def __init__(self, campo: Campo) -> None:
        self.campo = campo

    def evaluar(self, valores: Valores) -> bool:
        return not self.campo.se_puede_responder(valores)

    @property
    def hojas(self) -> tuple[Hoja, ...]:
        return tuple(h for o in self.campo.opciones if o.si for h in o.si.hojas)


class _Busqueda:
    def __init__(
        self, vistos: Mapping[str, Condicionado], condicion: Condicion, limite: int
    ) -> None:
        self.condicion = condicion
        self.probadas = 0
        self.hallada = False
        mirados = _todo_lo_que_mira(vistos, condicion)
        self.campos = [par for cual, par in vistos.items() if cual in mirados]
        self.limite = limite if len(self.campos) <= CAMPOS_POR_CONDICION else 0
        suyas: dict[str, list[Hoja]] = {}
        for una in (condicion, *(c for campo, cs in self.campos for c in _suyas(campo, cs))):
            for hoja in una.hojas:
                suyas.setdefault(hoja.campo, []).append(hoja)
        self.suyas = suyas
        self.valores: Mapping[str, tuple[Any, ...]] = {}

    @property
    def agotada(self) -> bool:
        return self.probadas >= self.limite

    def hallar(self) -> None:
        """Busca; lo que resulte queda en `hallada`."""
        self.hallada = any(self._en(hoy) for hoy in self._dias())

    def _en(self, hoy: date | None) -> bool:
        """Si un día, alguna combinación cumple la condición."""
        self.valores = {c.id: _valores(c, self.suyas.get(c.id, ()), hoy) for c, _ in self.campos}
        return self._desde(0, {} if hoy is None else {HOY: hoy.isoformat()})

    def _dias(self) -> Sequence[date | None]:
        """Los días que distinguen lo que se cuenta desde hoy de lo que tiene fecha."""
        corridos = {int(h.contra[3:] or 0) for hs in self.suyas.values() for h in hs if h.mira_hoy}
        if not corridos:
            return (None,)
        fijos = {
            date.fromisoformat(dia)
            for campo, _ in self.campos
            if any(h.mira_hoy for h in self.suyas.get(campo.id, ()))
            for dia in campo.bordes(self.suyas[campo.id])
        }
        dias = {fijo - timedelta(corrido) for fijo in fijos for corrido in corridos}
        return [SIN_HOY, *sorted(dias)][:DIAS_POR_CONDICION]

    def _desde(self, n: int, respuestas: dict[str, Any]) -> bool:
        if n == len(self.campos):
            self.probadas += 1
            return self.condicion.evaluar(respuestas)
        campo, condiciones = self.campos[n]
        se_ve = all(c.evaluar(respuestas) for c in condiciones)
        for valor in self._posibles(campo, respuestas) if se_ve else (None,):
            if self.agotada:
                return False
            siguiente = respuestas if valor is None else {**respuestas, campo.id: valor}
            if self._desde(n + 1, siguiente):
                return True
        return False

    def _posibles(self, campo: Campo, respuestas: Mapping[str, Any]) -> Sequence[Any]:
        """Lo que se puede responder; nada, si no queda qué elegir."""
        todos = self.valores[campo.id]
        return [v for v in todos if v is None or campo.ofrece(v, respuestas)] or (None,)


def _suyas(campo: Campo, condiciones: Condiciones) -> Condiciones:
    """Las condiciones de un campo: las de donde está y las de sus opciones."""
    return (*condiciones, *(o.si for o in campo.opciones if o.si))


def _todo_lo_que_mira(vistos: Mapping[str, Condicionado], condicion: Condicion) -> set[str]:
    mirados: set[str] = set()
    pendientes = set(condicion.campos)
    while pendientes:
        cual = pendientes.pop()
        if cual not in mirados and cual in vistos:
            mirados.add(cual)
            pendientes.update(h for c in _suyas(*vistos[cual]) for h in c.campos)
    return mirados


def _valores(campo: Campo, hojas: Sequence[Hoja], hoy: date | None) -> tuple[Any, ...]:
    posibles = tuple(campo.bordes(hojas, hoy))
    return posibles if campo.obligatorio else (*posibles, None)


def comprobar_alcance(dato: Mapping[str, Any], buzon: Buzon) -> None:
    """Comprueba páginas, secciones y campos de un dato cuyas condiciones ya se entienden."""
    alcance = _Alcance(buzon)
    for p, pagina in enumerate(dato["paginas"]):
        de_pagina = alcance.entrar("la página", pagina, ("paginas", p), _SIEMPRE)
        for s, seccion in enumerate(pagina["secciones"]):
            ruta: Ruta = ("paginas", p, "secciones", s)
            de_seccion = alcance.entrar("la sección", seccion, ruta, de_pagina)
            for c, campo in enumerate(seccion["campos"]):
                alcance.recibir(campo, (*ruta, "campos", c), de_seccion)
    for c, campo in enumerate(dato["revision"]["campos"]):
        alcance.recibir(campo, ("revision", "campos", c), _SIEMPRE)
    for quien, escritos in por_quien(dato).items():
        de_un_paso = _Alcance(buzon)
        for ruta, campo in escritos:
            # Los de una fila vienen con su grupo.
            if quien and len(ruta) == len(quien) + 1:
                de_un_paso.recibir(campo, ruta, _SIEMPRE)
