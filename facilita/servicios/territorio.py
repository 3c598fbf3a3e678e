"""Los distritos del Perú con su código INEI, y cómo encontrarlos escritos por cualquiera."""

import json
from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from itertools import chain

from facilita.definicion.contexto import Lugar
from facilita.servicios.territorio_busqueda import Busqueda

__all__ = ["Territorio", "abrir_territorio"]


class Territorio:
    """Los distritos y una búsqueda que se arma una sola vez; sin `lugares`, los del INEI."""

    def __init__(self, lugares: Iterable[Lugar] | None = None) -> None:
        ordenados = sorted(
            _del_inei() if lugares is None else lugares, key=lambda lugar: lugar.codigo
        )
        self._por_codigo = {lugar.codigo: lugar for lugar in ordenados}
        self._busqueda = Busqueda(ordenados)
        self._nombres: dict[str, str] = {}
        for lugar in ordenados:
            self._nombres[lugar.codigo] = lugar.nombre
            self._nombres[lugar.codigo[:4]] = f"{lugar.provincia}, {lugar.departamento}"
            self._nombres[lugar.codigo[:2]] = lugar.departamento

    def __len__(self) -> int:
        return len(self._por_codigo)

    def lugar(self, codigo: str) -> Lugar | None:
        """El distrito de ese código, o `None`."""
        return self._por_codigo.get(codigo)

    def nombre(self, codigo: str) -> str | None:
        """«Distrito, Provincia, Departamento»; también de provincia (4 dígitos) o región (2)."""
        return self._nombres.get(codigo)

    def buscar(self, texto: str, limite: int = 20) -> list[Lugar]:
        """Los que responden a lo escrito: los de ese nombre exacto o, si no, los parecidos."""
        conocido = self._por_codigo.get(texto.strip())
        if conocido:
            return [conocido][:limite]
        return next((h for h in self._busqueda.grados(texto) if h), [])[:limite]

    def sugerir(self, texto: str, limite: int = 10) -> list[Lugar]:
        """Para completar mientras se escribe: los exactos y después los que empiezan así."""
        exactos, por_inicio, *resto = self._busqueda.grados(texto)
        hallados = list(dict.fromkeys(chain(exactos, por_inicio)))
        return (hallados or next((h for h in resto if h), []))[:limite]


@cache
def abrir_territorio() -> Territorio:
    """El territorio del INEI, leído una sola vez."""
    return Territorio()


def _del_inei() -> list[Lugar]:
    datos = json.loads(files(__package__).joinpath("datos", "ubigeo.json").read_text("utf-8"))
    provincias, departamentos = datos["provincias"], datos["departamentos"]
    return [
        # La fuente escribe unas veces «del» y otras «Del».
        Lugar(
            codigo,
            distrito.replace(" Del ", " del "),
            provincias[codigo[:4]],
            departamentos[codigo[:2]],
        )
        for codigo, distrito in datos["distritos"].items()
    ]
