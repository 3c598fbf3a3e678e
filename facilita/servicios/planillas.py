"""Leer la primera hoja de una planilla ajena, en CSV o XLSX, sin creerle nada."""

import csv
import io
import zipfile
from collections.abc import Iterable, Sequence
from itertools import islice
from typing import Any

import openpyxl

PESO_MAXIMO = 1024 * 1024
INFLADO_MAXIMO = 20 * 1024 * 1024
PARTES_MAXIMAS = 200
COLUMNAS_MAXIMAS = 20
LARGO_DE_CELDA = 1000

_COMO = "Guárdala como XLSX, o como CSV en UTF-8, y súbela otra vez."
_ANTIGUA = b"\xd0\xcf\x11\xe0"
"""Con esto empieza un Excel de antes de 2007, y también uno con contraseña."""


class PlanillaIlegible(ValueError):
    """El archivo no es una planilla que se pueda leer; la frase dice por qué y qué hacer."""

    def __init__(self, frase: str) -> None:
        super().__init__(frase)
        self.frase = frase


def leer(datos: bytes, filas_maximas: int) -> list[list[str]]:
    """Las filas de la primera hoja, cada celda como texto; lanza `PlanillaIlegible`."""
    if not datos:
        raise PlanillaIlegible("El archivo está vacío. Elige la planilla que llenaste.")
    if len(datos) > PESO_MAXIMO:
        raise PlanillaIlegible("La planilla pesa más de 1 MB. Quita lo que sobra o pártela en dos.")
    if datos.startswith(_ANTIGUA):
        frase = "Es un Excel antiguo (.xls) o tiene contraseña."
        raise PlanillaIlegible(f"{frase} {_COMO}")
    filas = _de_xlsx(datos, filas_maximas) if datos.startswith(b"PK") else _de_csv(datos)
    con_algo = [fila for fila in filas if any(fila)]
    if len(con_algo) > filas_maximas:
        raise PlanillaIlegible(f"Tiene más de {filas_maximas - 1} filas. Pártela en dos.")
    return con_algo


def escribir_csv(filas: Iterable[Sequence[str]]) -> bytes:
    """Las filas en CSV, con la marca que Excel necesita para leer las tildes."""
    salida = io.StringIO()
    csv.writer(salida, delimiter=";", lineterminator="\r\n").writerows(filas)
    return salida.getvalue().encode("utf-8-sig")


def escribir_xlsx(hojas: Iterable[tuple[str, Iterable[Sequence[str]]]]) -> bytes:
    """Las hojas, con su nombre y sus filas, en XLSX."""
    libro = openpyxl.Workbook(write_only=True)
    for nombre, filas in hojas:
        hoja = libro.create_sheet(nombre)
        for fila in filas:
            hoja.append(list(fila))
    salida = io.BytesIO()
    libro.save(salida)
    return salida.getvalue()


# --- CSV ------------------------------------------------------------------------------------------


def _de_csv(datos: bytes) -> list[list[str]]:
    texto = _texto(datos)
    primera = texto.lstrip().split("\n", 1)[0]
    separador = max(";,\t", key=primera.count)
    try:
        lector = csv.reader(io.StringIO(texto, newline=""), delimiter=separador)
        return [[_celda(c) for c in fila[:COLUMNAS_MAXIMAS]] for fila in lector]
    except csv.Error:
        frase = "No es un CSV bien formado: quizá falta cerrar unas comillas."
        raise PlanillaIlegible(f"{frase} {_COMO}") from None


def _texto(datos: bytes) -> str:
    """En UTF-8 o, como lo guarda un Excel en español, en Windows-1252."""
    for codificacion in ("utf-8-sig", "cp1252"):
        try:
            texto = datos.decode(codificacion)
        except UnicodeDecodeError:
            continue
        if not any(c < " " and c not in "\t\r\n" for c in texto):
            return texto
    raise PlanillaIlegible(f"No entendemos cómo está escrito ese archivo. {_COMO}")


# --- XLSX -----------------------------------------------------------------------------------------


def _de_xlsx(datos: bytes, filas_maximas: int) -> list[list[str]]:
    _exigir_sensato(datos)
    try:
        libro = openpyxl.load_workbook(io.BytesIO(datos), read_only=True, keep_links=False)
        filas = libro.worksheets[0].iter_rows(max_col=COLUMNAS_MAXIMAS, values_only=True)
        # Las de más se leen para poder decirlo; lo que dice medir la hoja no se cree.
        return [[_celda(c) for c in fila] for fila in islice(filas, 4 * filas_maximas)]
    except Exception:
        # Lo ajeno puede estar roto de cualquier manera: para quien lo sube es lo mismo.
        raise PlanillaIlegible(f"No es un XLSX que podamos leer. {_COMO}") from None


def _exigir_sensato(datos: bytes) -> None:
    """Mira lo que trae antes de abrirlo: uno pequeño puede inflarse a gigas."""
    try:
        with zipfile.ZipFile(io.BytesIO(datos)) as paquete:
            partes = paquete.infolist()
            if len(partes) > PARTES_MAXIMAS or sum(p.file_size for p in partes) > INFLADO_MAXIMO:
                raise PlanillaIlegible("Esa planilla se infla demasiado. Copia sus datos a otra.")
            if "[Content_Types].xml" not in paquete.namelist():
                raise PlanillaIlegible(f"No es un XLSX. {_COMO}")
            if any(_declara_entidades(paquete, p) for p in partes):
                raise PlanillaIlegible(f"No es un XLSX que podamos leer. {_COMO}")
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, EOFError):
        raise PlanillaIlegible(f"El XLSX está dañado o tiene contraseña. {_COMO}") from None


def _declara_entidades(paquete: zipfile.ZipFile, parte: zipfile.ZipInfo) -> bool:
    """Si el XML define sus propias entidades: ninguna planilla de verdad lo hace."""
    if not parte.filename.endswith((".xml", ".rels")):
        return False
    with paquete.open(parte) as archivo:
        return b"<!DOCTYPE" in archivo.read(4096).upper()


def _celda(valor: Any) -> str:
    return "" if valor is None else " ".join(str(valor)[:LARGO_DE_CELDA].split())
