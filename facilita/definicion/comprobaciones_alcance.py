"""Lo que publicar prueba de las condiciones: que cada campo se muestra en alguna presentación.

Se prueban las respuestas posibles de los campos que una condición mira, directa o
indirectamente: uno obligatorio siempre responde y uno oculto nunca. Pasado el límite, se avisa.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from facilita.definicion.campos import Campo, crear_campo
from facilita.definicion.condiciones import Condicion, Hoja, Todas, leer_condicion
from facilita.definicion.fallas import Buzon, Ruta

LIMITE_POR_CONDICION = 20_000
LIMITE_POR_DOCUMENTO = 200_000
"""Cuántas combinaciones se prueban antes de avisar que no se pudo."""

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
        condiciones = (*fuera.condiciones, condicion)
        nombre = f"{que} «{dato['id']}»"
        return _Dentro(condiciones, fuera.nunca or self._nunca(nombre, (*ruta, "si"), condiciones))

    def recibir(self, dato: Mapping[str, Any], ruta: Ruta, fuera: _Dentro) -> None:
        """Comprueba un campo y lo deja listo para las condiciones de más abajo."""
        dentro = self.entrar("el campo", dato, ruta, fuera)
        self.vistos[dato["id"]] = (crear_campo(dato), dentro.condiciones)
        # En una fila, cada campo se mira como uno más: basta que alguna fila lo muestre.
        for n, suyo in enumerate(dato.get("campos", ())):
            self.recibir(suyo, (*ruta, "campos", n), dentro)

    def _nunca(self, que: str, ruta: Ruta, condiciones: Condiciones) -> bool:
        busqueda = _Busqueda(self.vistos, Todas(condiciones), min(LIMITE_POR_CONDICION, self.queda))
        se_muestra = busqueda.hallar()
        self.queda -= busqueda.probadas
        if se_muestra:
            return False
        if busqueda.agotada:
            texto = (
                f"no se pudo probar que {que} se muestre alguna vez: su condición mira demasiadas "
                "combinaciones de respuestas"
            )
            self.buzon.falla("si.sin_probar", ruta, texto, aviso=True)
            return False
        texto = f"{que} no se muestra nunca: ninguna presentación completa cumple su condición"
        self.buzon.falla("si.nunca", ruta, texto)
        return True


class _Busqueda:
    def __init__(
        self, vistos: Mapping[str, Condicionado], condicion: Condicion, limite: int
    ) -> None:
        self.condicion = condicion
        self.probadas = 0
        mirados = _todo_lo_que_mira(vistos, condicion)
        self.campos = [par for cual, par in vistos.items() if cual in mirados]
        self.limite = limite if len(self.campos) <= CAMPOS_POR_CONDICION else 0
        suyas: dict[str, list[Hoja]] = {}
        for una in (condicion, *(c for _, cs in self.campos for c in cs)):
            for hoja in una.hojas:
                suyas.setdefault(hoja.campo, []).append(hoja)
        self.valores = {c.id: _valores(c, suyas.get(c.id, ())) for c, _ in self.campos}

    @property
    def agotada(self) -> bool:
        return self.probadas >= self.limite

    def hallar(self) -> bool:
        return self._desde(0, {})

    def _desde(self, n: int, respuestas: dict[str, Any]) -> bool:
        if n == len(self.campos):
            self.probadas += 1
            return self.condicion.evaluar(respuestas)
        campo, condiciones = self.campos[n]
        se_ve = all(c.evaluar(respuestas) for c in condiciones)
        for valor in self.valores[campo.id] if se_ve else (None,):
            if self.agotada:
                return False
            siguiente = respuestas if valor is None else {**respuestas, campo.id: valor}
            if self._desde(n + 1, siguiente):
                return True
        return False


def _todo_lo_que_mira(vistos: Mapping[str, Condicionado], condicion: Condicion) -> set[str]:
    mirados: set[str] = set()
    pendientes = set(condicion.campos)
    while pendientes:
        cual = pendientes.pop()
        if cual not in mirados and cual in vistos:
            mirados.add(cual)
            pendientes.update(h for c in vistos[cual][1] for h in c.campos)
    return mirados


def _valores(campo: Campo, hojas: Sequence[Hoja]) -> tuple[Any, ...]:
    posibles = tuple(campo.bordes(hojas))
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
    for t, transicion in enumerate(dato["flujo"]["transiciones"]):
        de_transicion = _Alcance(buzon)
        for c, campo in enumerate(transicion.get("pide", ())):
            ruta = ("flujo", "transiciones", t, "pide", c)
            de_transicion.recibir(campo, ruta, _SIEMPRE)
