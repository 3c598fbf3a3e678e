"""El punto de partida de una adaptación: lo mínimo que vale, y ejemplos que también valen."""

from collections.abc import Iterator, Mapping
from typing import Any

import yaml

from facilita.definicion import examinar
from facilita.servicios.catalogo import Catalogo

Dato = Mapping[str, Any]
Ejemplo = tuple[str, dict[str, Any]]


def redactar_adaptacion(catalogo: Catalogo, referencia: str, plantilla: Dato, entidad: str) -> str:
    """El YAML de un formulario que adapta la plantilla, con ejemplos comentados de sus cambios."""
    slug = plantilla["plantilla"]
    cabeza = (
        f"# Formulario de la entidad «{entidad}», adaptado de la plantilla «{referencia}»:\n"
        f"# {plantilla['titulo']}.\n"
        "#\n"
        "# Solo se escribe lo que cambia; lo demás viene de la plantilla. Para usar un ejemplo,\n"
        "# quítale el «# » del comienzo a sus líneas y cámbialo.\n"
        f"# Revísalo con: facilita validar ESTE-ARCHIVO\n"
        "formato: 1\n"
        f"# Su dirección será /{entidad}/{slug}. No se cambia una vez publicada.\n"
        f"formulario: {slug}\n"
        f"plantilla: {referencia}\n"
        "cambios:\n"
        f"{_sangrar(_yaml({'titulo': plantilla['titulo']}))}"
    )
    ejemplos = _que_valen(catalogo, referencia, plantilla)
    return cabeza + "".join(_comentar(titulo, cambios) for titulo, cambios in ejemplos)


def _que_valen(catalogo: Catalogo, referencia: str, plantilla: Dato) -> list[Ejemplo]:
    """El primer ejemplo de cada clase que la plantilla admite, junto con los anteriores."""
    juntos: dict[str, Any] = {"titulo": plantilla["titulo"]}
    elegidos = []
    for titulo, candidatos in _candidatos(plantilla):
        for cambios in candidatos:
            prueba = {**juntos, **cambios}
            if _vale(catalogo, referencia, plantilla["plantilla"], prueba):
                juntos = prueba
                elegidos.append((titulo, cambios))
                break
    return elegidos


def _vale(catalogo: Catalogo, referencia: str, slug: str, cambios: Dato) -> bool:
    documento = {"formato": 1, "formulario": slug, "plantilla": referencia, "cambios": cambios}
    examen = examinar(
        _yaml(documento), normas=catalogo.ids_de_normas, buscar_plantilla=catalogo.plantilla
    )
    return examen.definicion is not None


def _candidatos(plantilla: Dato) -> Iterator[tuple[str, Iterator[dict[str, Any]]]]:
    campos = [
        c for p in plantilla["paginas"] for s in p["secciones"] for c in s["campos"] if "id" in c
    ]
    plazo = plantilla["flujo"].get("plazo", {}).get("dias_habiles", 2)
    introduccion = "Escribe aquí lo que la persona debe saber antes de empezar."
    yield "La presentación del formulario.", iter([{"introduccion": introduccion}])
    yield (
        "Un plazo más corto para resolver, en días hábiles.",
        iter([{"plazo": {"dias_habiles": max(1, plazo - 1)}}]),
    )
    yield "La ayuda de un campo, con palabras de tu entidad.", _de_ayuda(campos)
    yield "Cómo se llama una opción.", _de_opcion(campos)
    yield "Lo que tu entidad no necesita.", _de_quitar(campos)
    yield "Un campo más, con su lugar.", _de_agregar(campos)


def _de_ayuda(campos: list[Dato]) -> Iterator[dict[str, Any]]:
    for campo in sorted(campos, key=lambda c: bool(c.get("fijo"))):
        ayuda = campo.get("ayuda") or "Escríbelo como aparece en tus documentos."
        yield {"campos": {campo["id"]: {"ayuda": ayuda}}}


def _de_opcion(campos: list[Dato]) -> Iterator[dict[str, Any]]:
    for campo in campos:
        for opcion in reversed(campo.get("opciones", ())):
            cambio = {opcion["valor"]: {"etiqueta": opcion["etiqueta"] + " (otro nombre)"}}
            yield {"opciones": {campo["id"]: cambio}}


def _de_quitar(campos: list[Dato]) -> Iterator[dict[str, Any]]:
    for campo in reversed(campos):
        if not campo.get("fijo"):
            yield {"quitar": {"campos": [campo["id"]]}}


def _de_agregar(campos: list[Dato]) -> Iterator[dict[str, Any]]:
    nuevo = {
        "id": "referencia",
        "tipo": "texto",
        "etiqueta": "Referencia que ya tengas",
        "ayuda": "Si no tienes una, déjala en blanco.",
        "largo_maximo": 80,
    }
    for campo in campos:
        yield {"agregar": [{"campo": nuevo, "despues_de": campo["id"]}]}


def _comentar(titulo: str, cambios: dict[str, Any]) -> str:
    lineas = _sangrar(_yaml(cambios)).splitlines()
    return f"\n  # -- {titulo}\n" + "".join(f"# {linea}\n" for linea in lineas)


def _sangrar(texto: str) -> str:
    return "".join(f"  {linea}\n" for linea in texto.splitlines())


def _yaml(dato: Any) -> str:
    return yaml.safe_dump(dato, allow_unicode=True, sort_keys=False, width=92)
