"""Presentar como una persona: página por página, con sus archivos, y al final lo que acepta."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from facilita.definicion import Pagina
from facilita.definicion.campos import Campo, Error
from facilita.definicion.campos.archivos import Archivos
from facilita.simulacion.mundo import Mundo
from facilita.simulacion.papeles import fabricar
from facilita.tramite import archivos, borradores, solicitudes
from facilita.tramite.archivos import Subida
from facilita.tramite.paso import Paso


class Discrepancia(Exception):
    """El motor no hizo lo que la definición dice."""


@dataclass
class Relato:
    """Lo que se hizo en un caso, para poder repetirlo a mano."""

    crudo: Mapping[str, Any] = field(default_factory=dict)
    pasos: list[str] = field(default_factory=list)

    def contar(self, que: str) -> None:
        """Anota algo que se va a hacer."""
        self.pasos.append(que)


@dataclass(frozen=True)
class Intento:
    """Cómo terminó una presentación: su código, o por qué no se recibió."""

    codigo: str | None
    paso: Paso
    errores: tuple[Error, ...] = ()


def subir(mundo: Mundo, campo: Campo, fichas: Any) -> tuple[list[Subida], list[Error]]:
    """Manda por un campo los archivos de unas fichas; da los recibidos y los rechazados."""
    recibidos: list[Subida] = []
    rechazados: list[Error] = []
    if not isinstance(campo, Archivos):
        return recibidos, rechazados
    for ficha in fichas or ():
        with mundo.entorno.almacen.recibir() as recepcion:
            recepcion.write(fabricar(ficha))
            entidad = mundo.vigente.entidad.slug
            uno = archivos.recibir(mundo.entorno, entidad, campo, ficha["nombre"], recepcion)
        if isinstance(uno, Error):
            rechazados.append(uno)
        else:
            recibidos.append(uno)
    return recibidos, rechazados


def separar(
    mundo: Mundo, campos: Iterable[Campo], crudo: Mapping[str, Any]
) -> tuple[dict[str, Any], list[Subida], list[Error]]:
    """Lo escrito de unos campos, por un lado, y sus archivos ya mandados, por otro."""
    escrito: dict[str, Any] = {}
    subidas: list[Subida] = []
    rechazos: list[Error] = []
    for campo in campos:
        if campo.es_archivo:
            recibidos, rechazados = subir(mundo, campo, crudo.get(campo.id))
            subidas += recibidos
            rechazos += rechazados
        elif campo.id in crudo:
            escrito[campo.id] = crudo[campo.id]
    return escrito, subidas, rechazos


def presentar(mundo: Mundo, crudo: Mapping[str, Any], relato: Relato) -> Intento:
    """Abre un borrador con la primera página, guarda las demás y presenta."""
    entorno, vigente = mundo.entorno, mundo.vigente
    primera = vigente.definicion.paginas[0]
    escrito, subidas, rechazos = separar(mundo, primera.campos, crudo)
    borradores.leer_sin_abrir(entorno, vigente, escrito)
    ficha, paso = borradores.abrir(entorno, vigente, escrito, subidas)
    rechazos += paso.rechazos
    pagina: Pagina | None = paso.siguiente(primera)
    while pagina is not None:
        escrito, subidas, malos = separar(mundo, pagina.campos, crudo)
        paso = borradores.guardar(entorno, vigente.entidad, ficha, escrito, subidas)
        rechazos += [*malos, *paso.rechazos]
        pagina = paso.siguiente(pagina)
    relato.contar("presentar")
    finales, _, _ = separar(mundo, vigente.definicion.revision.campos, crudo)
    hecha = solicitudes.presentar(entorno, vigente.entidad, ficha, finales)
    despues = hecha.paso or borradores.leer(entorno, vigente.entidad, ficha)
    _comprobar(hecha.codigo, despues)
    return Intento(hecha.codigo, despues, (*despues.lectura.errores, *rechazos))


def _comprobar(codigo: str | None, paso: Paso) -> None:
    """Se recibe si y solo si no hay errores, y lo presentado se puede leer otra vez."""
    if (codigo is None) != bool(paso.lectura.errores):
        raise Discrepancia("se recibió con errores, o no se recibió y no dice por qué")
    for cual, valor in paso.lectura.valores.items():
        if not paso.definicion.campos[cual].mostrar(valor).texto:
            raise Discrepancia(f"lo respondido en «{cual}» no se puede mostrar")


def frases(errores: Sequence[Error]) -> str:
    """Los errores en una línea."""
    return "; ".join(f"{e.campo}: {e.texto}" for e in errores)
