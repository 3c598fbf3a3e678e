"""Qué pasa con lo respondido al llevarlo de una versión de un formulario a otra.

Nada se pierde sin decirse: de cada respuesta se sabe si se queda, si hay que corregirla o si se
pierde y por qué.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from facilita.definicion.campos import Campo, Mostrado
from facilita.definicion.contexto import Contexto
from facilita.definicion.estructura import Definicion
from facilita.definicion.lectura import Lectura

MOTIVOS: Mapping[str, str] = {
    "no_esta": "Ya no se pregunta.",
    "otra_pregunta": "Se pregunta de otra manera: respóndela otra vez.",
    "otro_texto": "Cambió lo que aceptas: léelo y márcalo otra vez.",
    "opcion": "Lo que elegiste ya no está entre las opciones.",
    "oculto": "Con tus otras respuestas, ya no se pregunta.",
    "no_va": "Con tus otras respuestas, lo que elegiste ya no se ofrece.",
    "parte": "Se conserva solo una parte.",
}
"""Por qué se pierde una respuesta, como se le dice a la persona."""

NO_OFRECIDA = "opcion"
"""La clave del error de quien eligió algo que no está entre las opciones."""


@dataclass(frozen=True, slots=True)
class Llevada:
    """Una respuesta y qué pasa con ella."""

    campo: Campo
    mostrado: Mostrado
    motivo: str
    """Una clave de `MOTIVOS`; nada, si se queda o se corrige."""
    texto: str
    """La frase para la persona; nada, si se queda igual."""


@dataclass(frozen=True, slots=True)
class Mudanza:
    """Lo respondido en una versión, visto desde otra."""

    se_quedan: tuple[Llevada, ...]
    se_corrigen: tuple[Llevada, ...]
    se_pierden: tuple[Llevada, ...]
    se_preguntan: tuple[Campo, ...]
    crudo: Mapping[str, Any]
    """Lo que se lleva, tal como se escribió."""

    @property
    def pierde(self) -> bool:
        """Si alguna respuesta no llega entera."""
        return bool(self.se_pierden)


def mudar(
    vieja: Definicion, nueva: Definicion, crudo: Mapping[str, Any], contexto: Contexto
) -> Mudanza:
    """Compara lo respondido en una versión con lo que pide otra. Pura."""
    antes = vieja.leer(crudo, contexto)
    respondidos = [
        c
        for c in vieja.campos.values()
        if c.se_responde and c.id in antes.visibles and _hay(crudo.get(c.id))
    ]
    caen = {c.id: m for c in respondidos if (m := _no_pasa(c, nueva.campos.get(c.id)))}
    lleva = {c: v for c, v in crudo.items() if c in nueva.campos and c not in caen}
    ahora = nueva.leer(lleva, contexto)
    caen |= {
        c.id: "opcion"
        for c in respondidos
        if c.id not in caen and _no_ofrecida(ahora, c.id) and not _no_ofrecida(antes, c.id)
    }
    lleva = {c: v for c, v in lleva.items() if c not in caen}
    ahora = nueva.leer(lleva, contexto)
    llevadas = [_llevar(c, nueva, caen, antes, ahora, crudo) for c in respondidos]
    return Mudanza(
        se_quedan=tuple(x for x in llevadas if not x.texto),
        se_corrigen=tuple(x for x in llevadas if x.texto and not x.motivo),
        se_pierden=tuple(x for x in llevadas if x.motivo),
        se_preguntan=tuple(
            c
            for c in nueva.campos.values()
            if c.se_muestra(contexto)
            and c.id in ahora.visibles
            and c.se_responde
            and not _hay(lleva.get(c.id))
            and (c.id in caen or _es_nueva(c, vieja, antes))
        ),
        crudo=lleva,
    )


def _hay(crudo: Any) -> bool:
    """Si se respondió algo."""
    if isinstance(crudo, list | tuple):
        return any(_hay(parte) for parte in crudo)
    if isinstance(crudo, Mapping):
        return any(_hay(parte) for parte in crudo.values())
    return crudo is not None and bool(str(crudo).strip())


def _no_pasa(campo: Campo, nuevo: Campo | None) -> str | None:
    """Por qué una respuesta no sirve en la otra versión, sin mirar cuál es."""
    if nuevo is None or not nuevo.se_responde:
        return "no_esta"
    if campo.vale_en(nuevo):
        return None
    return "otro_texto" if type(nuevo) is type(campo) else "otra_pregunta"


def _no_ofrecida(lectura: Lectura, cual: str) -> bool:
    return any(e.campo == cual and e.clave == NO_OFRECIDA for e in lectura.errores)


def _llevar(
    campo: Campo,
    nueva: Definicion,
    caen: Mapping[str, str],
    antes: Lectura,
    ahora: Lectura,
    crudo: Mapping[str, Any],
) -> Llevada:
    motivo = caen.get(campo.id) or _motivo(campo.id, antes, ahora)
    if motivo:
        return Llevada(campo, _mostrar(campo, antes, crudo), motivo, MOTIVOS[motivo])
    errores = set(_errores(ahora, campo.id)) - set(_errores(antes, campo.id))
    texto = next((e for e in _errores(ahora, campo.id) if e in errores), "")
    return Llevada(nueva.campos[campo.id], _mostrar(campo, antes, crudo), "", texto)


def _motivo(cual: str, antes: Lectura, ahora: Lectura) -> str | None:
    if cual not in ahora.visibles:
        return "oculto"
    if cual not in antes.valores or list(_errores(ahora, cual)):
        return None
    if cual not in ahora.valores:
        return "no_va"
    return None if ahora.valores[cual] == antes.valores[cual] else "parte"


def _errores(lectura: Lectura, cual: str) -> Iterator[str]:
    """Las frases de los errores de un campo o de lo que va dentro de él."""
    for error in lectura.errores:
        if error.campo == cual or error.campo.startswith(f"{cual}-"):
            yield error.texto


def _mostrar(campo: Campo, antes: Lectura, crudo: Mapping[str, Any]) -> Mostrado:
    if campo.id in antes.valores:
        return campo.mostrar(antes.valores[campo.id])
    escrito = crudo[campo.id]
    partes = escrito if isinstance(escrito, list) else [escrito]
    return Mostrado(", ".join(str(p) for p in partes if _hay(p)))


def _es_nueva(campo: Campo, vieja: Definicion, antes: Lectura) -> bool:
    """Si en la otra versión no se le había preguntado, o ahora hay que responderla."""
    viejo = vieja.campos.get(campo.id)
    if viejo is None or campo.id not in antes.visibles or not viejo.vale_en(campo):
        return True
    return campo.obligatorio and not viejo.obligatorio
