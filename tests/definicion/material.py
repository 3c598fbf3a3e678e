"""Lo que comparten las pruebas del lenguaje: plantillas, datos de prueba y un territorio."""

import os
import random
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from facilita.definicion import Contexto, Definicion, Lugar, SedeOfrecida, compilar, leer_yaml

RAIZ = Path(__file__).parents[2]
AQUI = Path(__file__).parent


def sin_tildes(texto: str) -> str:
    """El nombre de un caso, que así se escribe igual en toda terminal y en todo programa."""
    plano = unicodedata.normalize("NFKD", texto).encode("ascii", "ignore").decode()
    return plano.replace("::", ":")


def datos(nombre: str) -> Any:
    """Los datos de un archivo YAML de esta carpeta, leídos con el lector del lenguaje."""
    return leer_yaml((AQUI / nombre).read_text("utf-8"), nombre)


NORMAS = frozenset(
    n["id"] for n in leer_yaml((RAIZ / "plantillas/normas.yaml").read_text("utf-8"))["normas"]
)
TEXTOS = {
    ruta.stem: ruta.read_text("utf-8")
    for ruta in sorted((RAIZ / "plantillas").glob("*.yaml"))
    if ruta.stem != "normas"
}
PLANTILLAS = {nombre: leer_yaml(texto, f"{nombre}.yaml") for nombre, texto in TEXTOS.items()}
FORMULARIOS = {
    f"{ruta.parent.name}/{ruta.stem}": ruta.read_text("utf-8")
    for ruta in sorted((RAIZ / "formularios").glob("*/*.yaml"))
    if ruta.stem != "entidad"
}


def buscar_plantilla(cual: str, version: int) -> Mapping[str, Any] | None:
    """La plantilla de la carpeta `plantillas/` con ese id y versión."""
    plantilla = PLANTILLAS.get(cual)
    if plantilla and plantilla["version"] == version:
        return plantilla
    anterior = RAIZ / "plantillas" / "anteriores" / f"{cual}@{version}.yaml"
    return leer_yaml(anterior.read_text("utf-8"), anterior.name) if anterior.is_file() else None


def todas() -> dict[str, Definicion]:
    """Todas las definiciones del proyecto ya compiladas: plantillas y formularios."""
    return {
        nombre: compilar(texto, nombre, normas=NORMAS, buscar_plantilla=buscar_plantilla)
        for nombre, texto in {**TEXTOS, **FORMULARIOS}.items()
    }


DEFINICIONES = todas()


def semilla() -> int:
    """La semilla de lo generado: la de `SEMILLA` o una nueva, que se imprime."""
    escrita = os.environ.get("SEMILLA")
    elegida = int(escrita) if escrita else random.SystemRandom().randrange(2**32)
    print(f"SEMILLA={elegida}")
    return elegida


class Distritos:
    """Un territorio con unos pocos distritos, dos de ellos con el mismo nombre."""

    lugares = (
        Lugar("150101", "Lima", "Lima", "Lima"),
        Lugar("150122", "Miraflores", "Lima", "Lima"),
        Lugar("040110", "Miraflores", "Arequipa", "Arequipa"),
        Lugar("080101", "Cusco", "Cusco", "Cusco"),
    )

    def lugar(self, codigo: str) -> Lugar | None:
        """El distrito de ese código."""
        return next((x for x in self.lugares if x.codigo == codigo), None)

    def buscar(self, texto: str, limite: int = 20) -> Sequence[Lugar]:
        """Los distritos cuyo nombre contiene todas las palabras escritas."""
        palabras = _llano(texto).split()
        return [x for x in self.lugares if palabras and _todas(palabras, x)][:limite]


def _todas(palabras: list[str], lugar: Lugar) -> bool:
    return all(p in _llano(lugar.nombre).split() for p in palabras)


def _llano(texto: str) -> str:
    sin_tildes = unicodedata.normalize("NFD", texto.casefold()).replace(",", " ")
    return "".join(c for c in sin_tildes if not unicodedata.combining(c))


CONTEXTO = Contexto(
    sedes=(SedeOfrecida("central", "Palacio municipal"), SedeOfrecida("norte", "Agencia Norte")),
    territorio=Distritos(),
    existe_expediente=lambda numero: numero == "EXP-000123-2026",
    hoy=date(2026, 11, 27),
)

HOSTILES: tuple[Any, ...] = (
    None, "", " ", "\x00", "\u202egpj.exe", "\ud800", "\u200b", "a" * 200_000, "é" * 100_000,
    "a" + "\u0300\u0316" * 60_000, "a" * 5000 + "!", "1" * 5000, "-0", "1e999", "NaN", "-Infinity",
    "９８７", "٣٤٥", "1,2,3", "1.234,5", "<script>alert(1)</script>", "'; DROP TABLE x; --",
    "{campo}", "{0.__class__}", "%s%n", "../../etc/passwd", "https://", "https://[", "https://a.pe:99999/",
    "a@", "@b.pe", "a@b", "a@" + "b." * 200 + "pe", "=1+1", "\n\r\n", "\t\t", "\u2028x", "EXT",
    "000000", "true", "True", "on", 0, 1, -1, 1.5, float("inf"), True, False, b"bytes", object(),
    [], [None], [[]], ["a", 3], ["x"] * 5000, ["\x00", "\ud800"], [["a"], {"b": 1}], {}, {"a": 1},
    [{"que": "true"}] * 60, [{"que": {}}, {"voz": []}, {"cuanto": {"a": 1}}], {"medio": {}},
    {"medio": "bn", "operacion": "\x00", "fecha": "99999999999/1/1"}, {"fecha": []}, "1/1/0000",
    "2026-02-30", "24:00", "hoy", "S/ -0.001", "S/", ["a", "n"], [["a"], "b"],
    [{}], [{"nombre": None}], [{"nombre": "a", "tamano": "9"}], [{"nombre": 5, "tamano": 5}],
    [{"nombre": "a.pdf", "tamano": -1, "tipo": "pdf"}], [{"nombre": "a", "tamano": 1, "tipo": []}],
    [{"nombre": "a.pdf", "tamano": 1, "tipo": "pdf", "paginas": "mil"}], ({"nombre": "a"},),
    [{"nombre": "a.pdf", "tamano": 5, "tipo": "pdf", "paginas": [1]}] * 3,
)  # fmt: skip


def caminos(dato: Any, ruta: tuple[Any, ...] = ()) -> Iterator[tuple[tuple[Any, ...], Any]]:
    """Cada valor de un dato anidado, con su ruta."""
    yield ruta, dato
    pasos = (
        dato.items()
        if isinstance(dato, Mapping)
        else enumerate(dato)
        if isinstance(dato, list)
        else ()
    )
    for paso, dentro in pasos:
        yield from caminos(dentro, (*ruta, paso))
