"""Las condiciones de una misma página escritas en CSS, para que funcionen sin programa.

Sin `:has` en el navegador todo se muestra y el servidor descarta lo que no corresponde.
Lo que mira una página anterior lo decide el servidor y llega como clase del formulario (`s0`…).
Dentro de un grupo, cada fila decide lo suyo: sus campos se hallan por `data-campo`.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from facilita.definicion.campos import Campo
from facilita.definicion.condiciones import Condicion, Hoja
from facilita.definicion.estructura import Definicion, Pagina, Seccion

LARGO_MAXIMO = 20_000
"""Una regla más larga se omite: el campo se muestra y el servidor lo descarta si no va."""


@dataclass(frozen=True)
class Vista:
    """Lo que una página necesita para esconder y mostrar: su CSS y sus condiciones de antes."""

    css: str
    de_antes: tuple[Hoja, ...]

    def clases(self, comparables: Mapping[str, Any]) -> tuple[str, ...]:
        """Las clases que el servidor pone al formulario con lo ya respondido."""
        return tuple(f"s{n}" for n, h in enumerate(self.de_antes) if h.evaluar(comparables))


def vista_de(definicion: Definicion, pagina: Pagina) -> Vista:
    """La vista de una página; depende solo de la definición."""
    return _Escritor(pagina, definicion.por_campo).escribir()


def vista_de_pedido(campos: Sequence[Campo]) -> Vista:
    """La vista de los campos que pide una transición."""
    return _Escritor(pagina_de_pedido(campos), {c.id: c.si for c in campos}).escribir()


def pagina_de_pedido(campos: Sequence[Campo]) -> Pagina:
    """La página que forman los campos que pide una transición."""
    return Pagina("pedido", "", None, None, (Seccion("pedido", None, None, None, tuple(campos)),))


def decide_el_servidor(condicion: Condicion | None, pagina: Pagina) -> bool:
    """Si una condición mira solo páginas anteriores."""
    return condicion is not None and not (condicion.campos & pagina.ids)


class _MuyLarga(Exception):
    """Una condición no se puede escribir entera: ninguna regla debe llevarla a medias."""


class _Escritor:
    def __init__(self, pagina: Pagina, por_campo: Mapping[str, Condicion | None]) -> None:
        self.pagina = pagina
        self.por_campo = por_campo
        self.de_antes: list[Hoja] = []
        self.visibles: dict[str, str | None] = {}
        self.ofrecidas: dict[tuple[str, str], str | None] = {}
        """De las opciones que se ofrecen a veces, cuándo."""

    def escribir(self) -> Vista:
        mirados = self.pagina.mirados
        # De arriba abajo: una condición solo mira campos que ya están escritos.
        for campo in self.pagina.campos:
            self._anotar_visible(campo, self.por_campo[campo.id], mirados, self._hoja)
            for suyo in campo.campos:
                self._anotar_visible(suyo, suyo.si, mirados, self._hoja_de_fila)
        utiles = "".join(self._reglas())
        css = f"@supports selector(:has(*)){{{utiles}}}\n" if utiles else ""
        return Vista(css, tuple(self.de_antes))

    def _anotar_visible(
        self,
        campo: Campo,
        condicion: Condicion | None,
        mirados: frozenset[str],
        hoja: Callable[[Hoja], str],
    ) -> None:
        if campo.id in mirados:
            self.visibles[campo.id] = self._escrita(condicion, hoja) if condicion else ""
            for opcion in campo.opciones:
                if opcion.si and not decide_el_servidor(opcion.si, self.pagina):
                    self.ofrecidas[campo.id, opcion.valor] = self._escrita(opcion.si, hoja)

    def _reglas(self) -> Iterator[str]:
        for seccion in self.pagina.secciones:
            yield self._regla(seccion.si, ".formulario", f"#seccion-{seccion.id}", self._hoja)
            for campo in seccion.campos:
                yield from self._de_campo(campo, ".formulario", f"#campo-{campo.id}", self._hoja)
                for suyo in campo.campos:
                    fila, que = f".formulario .fila-{campo.id}", f'[data-campo="{suyo.id}"]'
                    yield from self._de_campo(suyo, fila, que, self._hoja_de_fila)

    def _de_campo(
        self, campo: Campo, donde: str, que: str, hoja: Callable[[Hoja], str]
    ) -> Iterator[str]:
        yield self._regla(campo.si, donde, que, hoja)
        for opcion in campo.opciones:
            valor = f'[value="{opcion.valor}"]'
            una = f"{que} :is(.marca-texto:has({valor}),option{valor})"
            yield self._regla(opcion.si, donde, una, hoja)

    def _regla(
        self, condicion: Condicion | None, donde: str, que: str, hoja: Callable[[Hoja], str]
    ) -> str:
        if condicion is None or decide_el_servidor(condicion, self.pagina):
            return ""
        escrita = self._escrita(condicion, hoja)
        if escrita is None:
            return ""
        regla = f"{donde}:not({escrita}) {que}{{display:none}}"
        return regla if len(regla) <= LARGO_MAXIMO else ""

    def _escrita(self, condicion: Condicion, hoja: Callable[[Hoja], str]) -> str | None:
        try:
            escrita = condicion.css(hoja)
        except _MuyLarga:
            return None
        return escrita if len(escrita) <= LARGO_MAXIMO else None

    def _visible(self, campo: str) -> str:
        visible = self.visibles.get(campo)
        if visible is None:
            raise _MuyLarga
        return visible

    def _de_antes(self, hoja: Hoja) -> str:
        if hoja not in self.de_antes:
            self.de_antes.append(hoja)
        return f".s{self.de_antes.index(hoja)}"

    def _hoja(self, hoja: Hoja) -> str:
        if hoja.campo not in self.pagina.ids:
            return self._de_antes(hoja)
        return self._marcada(
            hoja,
            lambda v: (
                f'[name="{hoja.campo}"][value="{v}"]:checked,'
                f'[name="{hoja.campo}"] [value="{v}"]:checked'
            ),
        )

    def _hoja_de_fila(self, hoja: Hoja) -> str:
        if hoja.campo not in self.pagina.ids:
            return f":is({self._de_antes(hoja)} *)"
        return self._marcada(hoja, lambda v: f'[data-campo="{hoja.campo}"] [value="{v}"]:checked')

    def _marcada(self, hoja: Hoja, marca: Callable[[str], str]) -> str:
        """Que esté marcado un valor; un campo o una opción escondidos no cuentan.

        Por eso la condición de cada uno acompaña a la comparación.
        """
        a_veces = {v: self._ofrecida(hoja.campo, v) for v in _marcados(hoja)}
        siempre = ",".join(marca(v) for v, cuando in a_veces.items() if not cuando)
        partes = [f":has({siempre})"] if siempre else []
        partes += [f"{cuando}:has({marca(v)})" for v, cuando in a_veces.items() if cuando]
        junto = partes[0] if len(partes) == 1 else f":is({','.join(partes)})"
        return f"{self._visible(hoja.campo)}{junto}"

    def _ofrecida(self, campo: str, valor: str) -> str:
        cuando = self.ofrecidas.get((campo, valor), "")
        if cuando is None:
            raise _MuyLarga
        return cuando


def _marcados(hoja: Hoja) -> list[str]:
    return [str(v).lower() if isinstance(v, bool) else str(v) for v in hoja.esperados]
