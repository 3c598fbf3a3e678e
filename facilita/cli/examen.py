"""Examinar archivos por su contenido: plantillas, formularios, entidades y normas."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from facilita.definicion import DefinicionInvalida, Falla, examinar, leer_yaml
from facilita.definicion.fallas import Buzon
from facilita.servicios.catalogo import Catalogo
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

    def examinar(self, archivos: Sequence[Path]) -> Revisados:
        """Examina todos; las plantillas primero, porque los formularios las nombran."""
        resultado = Revisados(len(archivos))
        leidos = [(archivo, *_asomarse(archivo)) for archivo in archivos]
        for archivo, clase, texto in sorted(leidos, key=lambda leido: leido[1] != "plantilla"):
            fallas, avisos = self._examinar_uno(archivo, clase, texto)
            resultado.fallas += fallas
            resultado.avisos += avisos
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
            dato = examen.definicion.dato
            self._de_aqui[f"{dato['plantilla']}@{dato['version']}"] = dato
        return examen.fallas, examen.avisos

    def plantilla(self, cual: str, version: int) -> Mapping[str, Any] | None:
        """Una plantilla de los archivos dados o, si no está ahí, del catálogo."""
        return self._de_aqui.get(f"{cual}@{version}") or self.catalogo.plantilla(cual, version)


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
