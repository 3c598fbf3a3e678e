"""Examinar archivos por su contenido: plantillas, formularios, entidades y normas."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from facilita.definicion import DefinicionInvalida, Falla, examinar, leer_yaml
from facilita.definicion.fallas import Buzon
from facilita.servicios.catalogo import ANTERIORES, Catalogo
from facilita.tramite.entidades import avisos_de_entidad, leer_archivo_de_entidad


@dataclass
class Revisados:
    """Lo que resultó de examinar varios archivos."""

    archivos: int = 0
    fallas: list[Falla] = field(default_factory=list)
    avisos: list[Falla] = field(default_factory=list)


class Examinador:
    """Examina archivos que pueden nombrarse entre sí: un formulario, la plantilla de al lado."""

    def __init__(self, catalogo: Catalogo) -> None:
        self.catalogo = catalogo
        self._de_aqui: dict[str, Mapping[str, Any]] = {}
        self._archivos: dict[str, Path] = {}

    def examinar(
        self, archivos: Sequence[Path], avisar: Callable[[int], None] = lambda hechos: None
    ) -> Revisados:
        """Examina todos; las plantillas primero, porque los formularios las nombran.

        `avisar` recibe cuántos van.
        """
        resultado = Revisados(len(archivos))
        leidos = [(archivo, *_asomarse(archivo)) for archivo in archivos]
        leidos.sort(key=_primero_las_plantillas)
        for hechos, (archivo, clase, texto) in enumerate(leidos, 1):
            fallas, avisos = self._examinar_uno(archivo, clase, texto)
            resultado.fallas += fallas
            resultado.avisos += avisos
            avisar(hechos)
        return resultado

    def _examinar_uno(
        self, archivo: Path, clase: str, texto: bytes
    ) -> tuple[Sequence[Falla], Sequence[Falla]]:
        if clase == "entidad":
            return _examinar_entidad(texto, str(archivo))
        if clase == "normas":
            return _fallas_de_normas(texto, str(archivo)), ()
        examen = examinar(
            texto,
            str(archivo),
            normas=self.catalogo.ids_de_normas,
            buscar_plantilla=self.plantilla,
        )
        if examen.definicion is not None and examen.definicion.es_plantilla:
            del_catalogo = self._anotar(archivo, examen.definicion.dato)
            fallas = [f for f in del_catalogo if not f.es_aviso]
            avisos = [f for f in del_catalogo if f.es_aviso]
            return (*examen.fallas, *fallas), (*examen.avisos, *avisos)
        return examen.fallas, examen.avisos

    def _anotar(self, archivo: Path, dato: Mapping[str, Any]) -> Sequence[Falla]:
        """Deja la plantilla a mano de los formularios; una versión publicada no se repite."""
        buzon = Buzon(dato)
        cual, version = dato["plantilla"], dato["version"]
        otro = self._archivos.setdefault(f"{cual}@{version}", archivo)
        if otro != archivo:
            texto = f"«{cual}@{version}» ya está en {otro}; una versión nueva lleva otro número"
            buzon.falla("plantilla.repetida", ("version",), texto)
        self._de_aqui.setdefault(f"{cual}@{version}", dato)
        if version > 1 and self.plantilla(cual, version - 1) is None:
            texto = (
                f"no está «{cual}@{version - 1}»: los formularios que la nombran dejarían de "
                f"abrirse; guárdala en {ANTERIORES}/{cual}@{version - 1}.yaml"
            )
            buzon.falla("plantilla.sin_anterior", ("version",), texto, aviso=True)
        return buzon.fallas

    def plantilla(self, cual: str, version: int) -> Mapping[str, Any] | None:
        """Una plantilla de los archivos dados o, si no está ahí, del catálogo."""
        return self._de_aqui.get(f"{cual}@{version}") or self.catalogo.plantilla(cual, version)


def _primero_las_plantillas(leido: tuple[Path, str, bytes]) -> tuple[bool, bool]:
    """Antes que los formularios, que las nombran; y las anteriores antes que las últimas."""
    archivo, clase, _ = leido
    return clase != "plantilla", archivo.parent.name != ANTERIORES


def archivos_de(rutas: Sequence[Path]) -> Iterator[Path]:
    """Los archivos YAML de unas rutas, cada uno una vez; las carpetas, con las que contienen."""
    vistos: set[Path] = set()
    for ruta in rutas:
        hallados = [ruta] if ruta.is_file() else sorted(_yaml_dentro(ruta))
        for archivo in hallados:
            if archivo.resolve() not in vistos:
                vistos.add(archivo.resolve())
                yield archivo


def _yaml_dentro(carpeta: Path) -> Iterator[Path]:
    for terminacion in ("*.yaml", "*.yml"):
        yield from carpeta.rglob(terminacion)


def _asomarse(archivo: Path) -> tuple[str, bytes]:
    """De qué es un archivo, por las claves que trae; si no se entiende, de un formulario."""
    texto = archivo.read_bytes()
    try:
        dato = leer_yaml(texto, str(archivo))
    except DefinicionInvalida:
        return "formulario", texto
    if not isinstance(dato, Mapping) or "formulario" in dato:
        return "formulario", texto
    clases = (c for c in ("plantilla", "entidad", "normas") if c in dato)
    return next(clases, "formulario"), texto


def _examinar_entidad(texto: bytes, archivo: str) -> tuple[Sequence[Falla], Sequence[Falla]]:
    try:
        leer_archivo_de_entidad(texto, archivo)
    except DefinicionInvalida as invalida:
        return invalida.fallas, ()
    return (), avisos_de_entidad(texto, archivo)


def _fallas_de_normas(texto: bytes, archivo: str) -> Sequence[Falla]:
    dato = leer_yaml(texto, archivo)
    buzon = Buzon(dato)
    normas = dato["normas"]
    if not isinstance(normas, list):
        buzon.falla("normas.forma", ("normas",), "debe ser una lista de normas")
        return buzon.fallas
    vistas: set[str] = set()
    for n, norma in enumerate(normas):
        for clave in ("id", "titulo", "sumilla"):
            if not isinstance(norma, Mapping) or not isinstance(norma.get(clave), str):
                buzon.falla("normas.forma", ("normas", n), f"falta «{clave}», un texto")
                break
        else:
            if norma["id"] in vistas:
                texto_falla = f"«{norma['id']}» está repetida"
                buzon.falla("id.repetido", ("normas", n, "id"), texto_falla)
            vistas.add(norma["id"])
    return buzon.fallas
