"""Lo que comparten las reglas de una actualización: los tres lados, lo dicho y lo decidido."""

from collections.abc import Iterator, Mapping
from typing import Any

from facilita.definicion.fallas import Mapa, Ruta, ubicar
from facilita.definicion.familias import CONTENIDOS, FAMILIAS
from facilita.definicion.injertos import copiar
from facilita.definicion.lugares import Lugares
from facilita.definicion.novedades import ENTIDAD, LADOS, PLANTILLA, Conflicto, Novedad
from facilita.definicion.palabras import decir

Dato = Mapping[str, Any]


class Fusion:
    """Una actualización mientras se hace.

    `cambios` empieza como una copia de los de la entidad: cada regla les quita o les pone lo
    suyo, y dice por qué.
    """

    def __init__(
        self, vieja: Dato, nueva: Dato, documento: Dato, antes: Dato, decisiones: Dato
    ) -> None:
        self.vieja = Lugares(vieja)
        self.nueva = Lugares(nueva)
        self.antes = Lugares(antes)
        self.documento = documento
        self.decisiones = decisiones
        self.cambios: Mapa = copiar(documento.get("cambios") or Mapa())
        self.novedades: list[Novedad] = []
        self.conflictos: list[Conflicto] = []
        self.revividos: list[Mapa] = []
        """Lo que la plantilla quita y se queda como propio: entradas de `agregar`."""
        self.propios = set(_agregados(self.cambios))
        """Lo que la entidad agregó, con lo que contiene."""
        self.caidos: set[int] = set()
        """Las entradas de `agregar` que ya se resolvieron de otra manera."""

    # --- decir ----------------------------------------------------------------------------

    def avisar(self, cual: str, motivo: str, texto: str) -> None:
        """Anota una novedad."""
        self.novedades.append(Novedad(cual, motivo, texto))

    def disputar(
        self,
        cual: str,
        quien: str,
        ruta: Ruta,
        lados: tuple[Any, Any, Any],
        dicen: tuple[str, str],
    ) -> bool:
        """Anota un conflicto; dice si vale lo de la entidad.

        `lados` son la base, la plantilla y la entidad. Sin decisión vale lo de la entidad.
        """
        escrita, sitio = ubicar(self.documento, ruta)
        decision = self.decisiones.get(cual)
        decision = decision if decision in LADOS else None
        base, plantilla, entidad = lados
        self.conflictos.append(
            Conflicto(cual, quien, base, plantilla, entidad, *dicen, escrita, sitio, decision)
        )
        if decision == PLANTILLA:
            self.avisar(cual, "plantilla", f"{quien}: vale lo de la plantilla, como decidiste")
        elif decision == ENTIDAD:
            self.avisar(cual, "tuyo", f"{quien}: vale lo tuyo, como decidiste")
        return decision != PLANTILLA

    # --- cambiar los cambios --------------------------------------------------------------

    def borrar(self, *ruta: str) -> None:
        """Borra una entrada de los cambios, y lo que la contenía si queda vacío."""
        camino = [self.cambios]
        for paso in ruta[:-1]:
            camino.append(camino[-1][paso])
        camino[-1].pop(ruta[-1])
        for mapa, paso in zip(reversed(camino[:-1]), reversed(ruta[:-1]), strict=True):
            if not mapa[paso]:
                del mapa[paso]

    def poner(self, valor: Any, *ruta: str) -> None:
        """Escribe una entrada de los cambios."""
        mapa: Any = self.cambios
        for paso in ruta[:-1]:
            mapa = mapa.setdefault(paso, Mapa())
        mapa[ruta[-1]] = valor

    def sacar_de(self, cual: str, *ruta: str) -> None:
        """Saca un id de una lista de los cambios."""
        lista: Any = self.cambios
        for paso in ruta:
            lista = lista[paso]
        queda = [i for i in lista if i != cual]
        if queda:
            self.poner(queda, *ruta)
        else:
            self.borrar(*ruta)

    def apartar(self, familia: str, cual: str) -> None:
        """Agrega un elemento a lo que se quita de la plantilla."""
        quitar = self.cambios.setdefault("quitar", Mapa())
        ids = list(quitar.get(familia, ()))
        if cual not in ids:
            quitar[familia] = [*ids, cual]

    # --- qué queda de la plantilla nueva --------------------------------------------------

    def vivos(self) -> dict[str, set[str]]:
        """Los ids de la plantilla nueva que quedan después de quitar, por familia."""
        fuera = set(self.quitados())
        return {
            familia: {i for i in ids if (familia, i) not in fuera}
            for familia, ids in self.nueva.por_familia.items()
        }

    def quitados(self) -> Iterator[tuple[str, str]]:
        """Lo que los cambios quitan de la plantilla nueva, con lo que contiene."""
        quitar = self.cambios.get("quitar", {})
        for familia in FAMILIAS:
            for cual in quitar.get(familia, ()):
                if self.nueva.hallar(familia, cual):
                    yield familia, cual
                    yield from ((e.familia, e.id) for e in self.nueva.dentro(familia, cual))


def _agregados(cambios: Dato) -> Iterator[tuple[str, str]]:
    for entrada in cambios.get("agregar", ()):
        for familia, datos in FAMILIAS.items():
            if datos.singular in entrada:
                yield from contenidos(familia, entrada[datos.singular])


def contenidos(familia: str, dato: Dato) -> Iterator[tuple[str, str]]:
    """Un elemento suelto y los que contiene, por familia e id."""
    yield familia, dato["id"]
    dentro = CONTENIDOS.get(familia)
    for hijo in dato.get(dentro, ()) if dentro else ():
        yield from contenidos(str(dentro), hijo)


def resolver(
    fusion: Fusion,
    cual: str,
    quien: str,
    ruta: tuple[str, ...],
    lados: tuple[Any, Any, Any],
    motivo: str | None,
    *,
    otra_cosa: bool = False,
) -> None:
    """La regla de tres lados de una propiedad; `motivo` es por qué ya no puede cambiarse.

    `ruta` es la del cambio dentro de `cambios`. `otra_cosa` dice que la plantilla cambió tanto el
    elemento que el cambio de la entidad hay que mirarlo otra vez.
    """
    base, plantilla, entidad = lados
    propiedad = ruta[-1]
    if entidad == plantilla and (base != plantilla or motivo or otra_cosa):
        fusion.borrar(*ruta)
        fusion.avisar(cual, "sobra", f"{quien}: la plantilla ya dice lo mismo en «{propiedad}»")
    elif motivo:
        fusion.borrar(*ruta)
        texto = f"«{propiedad}» vuelve a {decir(propiedad, plantilla)}; tenías "
        fusion.avisar(cual, "fijo", f"{quien}: {texto}{decir(propiedad, entidad)}")
    elif base == plantilla and not otra_cosa:
        fusion.avisar(cual, "tuyo", f"{quien}: «{propiedad}» sigue en {decir(propiedad, entidad)}")
    else:
        dicen = (_dice(propiedad, base, plantilla), f"lo dejaste en {decir(propiedad, entidad)}")
        if not fusion.disputar(cual, quien, ("cambios", *ruta), lados, dicen):
            fusion.borrar(*ruta)


def _dice(propiedad: str, base: Any, plantilla: Any) -> str:
    antes, ahora = decir(propiedad, base), decir(propiedad, plantilla)
    if base == plantilla:
        return f"cambia su tipo y deja «{propiedad}» en {ahora}"
    if plantilla is None:
        return f"quita «{propiedad}», que era {antes}"
    if base is None:
        return f"pone «{propiedad}» en {ahora}"
    return f"pasa «{propiedad}» de {antes} a {ahora}"
