"""Volver a escribir un formulario adaptado sin tocar lo que no cambió, con sus comentarios."""

import re
from collections.abc import Mapping
from typing import Any

from facilita.definicion import DefinicionInvalida, leer_yaml
from facilita.definicion.redaccion import redactar

Dato = Mapping[str, Any]


def reescribir(texto: str, viejo: Dato, nuevo: Dato) -> str:
    """El YAML del documento nuevo: lo igual queda como estaba escrito y lo demás se redacta.

    Si está escrito de una manera que no permite eso, se redacta entero, con los comentarios del
    comienzo.
    """
    por_partes = _por_partes(texto.splitlines(), viejo, nuevo)
    if por_partes is not None and _dice(por_partes, nuevo):
        return por_partes
    cabeza = re.match(r"(?:[ \t]*(?:#.*)?\n)*", texto)
    return (cabeza[0] if cabeza else "") + redactar(nuevo)


def _dice(texto: str, dato: Dato) -> bool:
    try:
        return bool(leer_yaml(texto) == dato)
    except DefinicionInvalida:
        return False


def _por_partes(lineas: list[str], viejo: Dato, nuevo: Dato) -> str | None:
    """Las líneas con la plantilla nueva y, de los cambios, solo lo distinto redactado otra vez."""
    sitios, cambios = getattr(viejo, "sitios", {}), viejo.get("cambios")
    propios = getattr(cambios, "sitios", {})
    if not propios or not nuevo.get("cambios") or set(propios) != set(cambios or ()):
        return None
    donde = sitios["plantilla"].linea - 1
    partes = _Partes(lineas, {c: s.linea - 1 for c, s in propios.items()}, sitios)
    if not partes.se_pueden_separar:
        return None
    salida = [*lineas[: partes.comienzo]]
    for clave in partes.claves:
        comentarios, cuerpo = partes.de(clave)
        salida += comentarios
        if clave in nuevo["cambios"]:
            valor = nuevo["cambios"][clave]
            igual = cambios is not None and valor == cambios[clave]
            salida += cuerpo if igual else _sangrado({clave: valor}, partes.sangria)
    agregadas = {c: v for c, v in nuevo["cambios"].items() if c not in propios}
    salida += _sangrado(agregadas, partes.sangria) if agregadas else []
    salida += lineas[partes.fin :]
    if donde < partes.comienzo:
        salida[donde] = salida[donde].replace(viejo["plantilla"], nuevo["plantilla"], 1)
    return "\n".join(salida) + "\n"


class _Partes:
    """Las líneas de cada clave de `cambios`, con los comentarios que la anteceden."""

    def __init__(self, lineas: list[str], donde: dict[str, int], sitios: Mapping[str, Any]) -> None:
        self.lineas = lineas
        self.claves = sorted(donde, key=lambda c: donde[c])
        self.donde = donde
        self.de_cambios = sitios["cambios"].linea - 1
        siguientes = [s.linea - 1 for s in sitios.values() if s.linea - 1 > self.de_cambios]
        self.fin = self._sin_comentarios(min(siguientes, default=len(lineas)))
        self.comienzo = self._sin_comentarios(donde[self.claves[0]])
        primera = lineas[donde[self.claves[0]]]
        self.sangria = len(primera) - len(primera.lstrip(" "))

    @property
    def se_pueden_separar(self) -> bool:
        """Si cada clave empieza su propia línea, más abajo que «cambios:»."""
        lugares = list(self.donde.values())
        return min(lugares) > self.de_cambios and len(set(lugares)) == len(lugares)

    def _sin_comentarios(self, hasta: int) -> int:
        """El comienzo de las líneas en blanco y los comentarios que anteceden a una."""
        while hasta and (not (linea := self.lineas[hasta - 1].strip()) or linea[0] == "#"):
            hasta -= 1
        return hasta

    def de(self, clave: str) -> tuple[list[str], list[str]]:
        """Los comentarios y el cuerpo de una clave."""
        lugar = self.claves.index(clave)
        desde = self.donde[clave]
        hasta = (
            self._sin_comentarios(self.donde[self.claves[lugar + 1]])
            if lugar + 1 < len(self.claves)
            else self.fin
        )
        return self.lineas[self._sin_comentarios(desde) : desde], self.lineas[desde:hasta]


def _sangrado(dato: Dato, sangria: int) -> list[str]:
    return [" " * sangria + linea for linea in redactar(dato).splitlines()]
