"""Lo que publicar prueba de una respuesta: que tiene texto, la da la entidad y se notifica."""

from collections.abc import Iterator, Mapping
from typing import Any

from facilita.definicion.fallas import Buzon, Ruta

Dato = Mapping[str, Any]


def comprobar_respuestas(dato: Dato, buzon: Buzon) -> None:
    """Corre las comprobaciones del efecto `responder` (N09)."""
    for n, _ in _que_responden(dato["flujo"].get("al_presentar", ())):
        texto = "al presentar todavía no hay qué responder: quita el efecto"
        buzon.falla("efecto.responder", ("flujo", "al_presentar", n), texto)
    for t, transicion in enumerate(dato["flujo"]["transiciones"]):
        suyos = list(_que_responden(transicion.get("efectos", ())))
        donde: Ruta = ("flujo", "transiciones", t, "efectos")
        for n, efecto in suyos:
            for frase in _fallas(transicion, efecto["responder"], len(suyos)):
                buzon.falla("efecto.responder", (*donde, n), frase)


def _que_responden(efectos: Any) -> Iterator[tuple[int, Dato]]:
    for n, efecto in enumerate(efectos):
        if isinstance(efecto, Mapping) and "responder" in efecto:
            yield n, efecto


def _fallas(t: Dato, cual: str, cuantos: int) -> Iterator[str]:
    campo = next((c for c in t.get("pide", ()) if c.get("id") == cual), None)
    if campo is None or campo.get("tipo") != "parrafo":
        yield f"«{cual}» debe ser un campo de tipo parrafo de lo que pide este paso"
    elif not campo.get("obligatorio") or "si" in campo:
        yield f"«{cual}» es la respuesta: va con «obligatorio: true» y sin condición"
    if {"ciudadano", "reloj"} & set(t["quien"]):
        yield "responde la entidad: este paso no lo da ni el ciudadano ni el reloj"
    if not any(isinstance(e, Mapping) and "notificar" in e for e in t.get("efectos", ())):
        yield (
            "la respuesta se notifica por el mismo canal (Ley 31170, art. 4): agrega "
            "{notificar: mensaje}"
        )
    if cuantos > 1:
        yield "un paso responde una sola vez: deja un solo «responder»"
