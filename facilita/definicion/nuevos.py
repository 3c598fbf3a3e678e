"""Lo que se agrega por pantalla, ya con lo que su clase exige: después se edita como todo."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any

from facilita.definicion.campos import REGISTRO
from facilita.definicion.familias import FAMILIAS

Dato = Mapping[str, Any]
LARGO_DE_ID = 40
CON_OPCIONES = ("opcion_unica", "lista", "opciones_multiples")
SE_OFRECEN = (
    "texto", "parrafo", "opcion_unica", "lista", "opciones_multiples", "si_no", "numero", "dinero",
    "fecha", "hora", "correo", "telefono", "archivo", "enlace", "ubigeo", "ruc", "sede",
    "consentimiento", "informativo", "grupo", "pago", "documento_identidad", "expediente",
)  # fmt: skip
"""Las clases de pregunta que se pueden agregar, de la más usada a la menos."""
DEFECTOS: Mapping[str, Mapping[str, Any]] = {
    "archivo": {"tipos": ["pdf"], "tamano_maximo": 10},
    "pago": {"medios": [{"id": "banco", "etiqueta": "Banco de la Nación", "detalle": "Cuenta"}]},
    "documento_identidad": {"campo_tipo": "tipo_documento_identidad"},
}


def campo_nuevo(
    plantilla: Dato, dato: Dato, tipo: str, etiqueta: str, opciones: Sequence[str] = ()
) -> dict[str, Any]:
    """Un campo de esa clase con esa pregunta; su id sale de sus palabras y no se repite."""
    cual = nombre_libre(plantilla, dato, etiqueta)
    campo: dict[str, Any] = {"id": cual, "tipo": tipo, **DEFECTOS.get(tipo, {})}
    clase = REGISTRO.get(tipo)
    if clase is None or clase.se_responde:
        campo["etiqueta"] = etiqueta
    if tipo in ("consentimiento", "informativo"):
        campo["texto"] = etiqueta
    if tipo in CON_OPCIONES:
        campo["opciones"] = opciones_nuevas(opciones)
    if tipo == "grupo":
        propio = {"id": f"{cual[: LARGO_DE_ID - 7]}_nombre", "tipo": "texto", "etiqueta": "Nombre"}
        campo |= {"campos": [propio], "minimo": 1, "maximo": 5}
    return campo


def opciones_nuevas(etiquetas: Sequence[str], usados: Sequence[str] = ()) -> list[dict[str, str]]:
    """Una opción por etiqueta, con un valor que no se repite."""
    vistos, opciones = set(usados), []
    for etiqueta in etiquetas:
        valor = sin_repetir(etiqueta, vistos)
        vistos.add(valor)
        opciones.append({"valor": valor, "etiqueta": etiqueta})
    return opciones


def seccion_nueva(plantilla: Dato, dato: Dato, titulo: str) -> dict[str, Any]:
    """Una sección con un primer texto, que se cambia o se quita cuando tenga otra cosa."""
    return {
        "id": nombre_libre(plantilla, dato, titulo),
        "titulo": titulo,
        "campos": [_primero(plantilla, dato, titulo)],
    }


def pagina_nueva(plantilla: Dato, dato: Dato, titulo: str) -> dict[str, Any]:
    """Una página con una sección y un primer texto."""
    dentro = {
        "id": nombre_libre(plantilla, dato, f"{titulo} datos"),
        "campos": [_primero(plantilla, dato, titulo)],
    }
    suyo = nombre_libre(plantilla, dato, titulo, union="-")
    return {"id": suyo, "titulo": titulo, "secciones": [dentro]}


def _primero(plantilla: Dato, dato: Dato, titulo: str) -> dict[str, Any]:
    etiqueta = f"{titulo} texto"
    texto = "Escribe aquí lo que la persona debe saber, o agrega una pregunta y quita este texto."
    return {
        "id": nombre_libre(plantilla, dato, etiqueta), "tipo": "informativo", "texto": texto,
    }  # fmt: skip


def nombre_libre(plantilla: Dato, dato: Dato, etiqueta: str, union: str = "_") -> str:
    """Un id legible y sin usar, hecho con las palabras de una etiqueta.

    Tampoco vale el de algo que la plantilla tuvo y se quitó: podría volver.
    """
    usados = {
        e["id"]
        for d in (plantilla, dato)
        for f in FAMILIAS.values()
        for x in f.listas(d)
        for e in x
    }
    return sin_repetir(etiqueta, usados, union)


def sin_repetir(etiqueta: str, usados: set[str], union: str = "_") -> str:
    """Las palabras de una etiqueta como un nombre que nadie usa."""
    llano = unicodedata.normalize("NFKD", etiqueta.casefold()).encode("ascii", "ignore").decode()
    palabras = re.findall(r"[a-z0-9]+", llano)
    nombre = union.join(palabras)[: LARGO_DE_ID - 4].strip(union) or "nuevo"
    nombre = nombre if nombre[0].isalpha() else f"n{union}{nombre}"[: LARGO_DE_ID - 4].strip(union)
    libre, n = nombre, 2
    while libre in usados:
        libre, n = f"{nombre}{union}{n}", n + 1
    return libre
