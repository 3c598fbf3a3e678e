"""`compilar`: de un texto a una definición, o a la lista de todo lo que está mal."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from facilita.definicion.adaptacion import adaptar
from facilita.definicion.campos import crear_campo
from facilita.definicion.canonico import canonizar, digerir
from facilita.definicion.causas import con_su_causa
from facilita.definicion.comprobaciones import comprobar
from facilita.definicion.condiciones import leer_condicion
from facilita.definicion.esquema import comprobar_forma
from facilita.definicion.estructura import Definicion, Mensaje, Pagina, Revision, Seccion
from facilita.definicion.fallas import Buzon, DefinicionInvalida, Falla, Sitio, en_orden
from facilita.definicion.familias import es_adaptacion, fallas_de_forma
from facilita.definicion.flujo import crear_efectos, crear_flujo
from facilita.definicion.lectura_yaml import leer_yaml
from facilita.definicion.numeracion import crear_conservacion, crear_numeracion
from facilita.definicion.presentacion import paginas_de
from facilita.definicion.tareas import crear_rol, crear_tarea

BuscarPlantilla = Callable[[str, int], Mapping[str, Any] | None]
"""Da el dato de una plantilla por su id y versión, o `None` si no la hay."""


@dataclass(frozen=True, slots=True)
class Examen:
    """Lo que resultó de examinar un texto: la definición si se pudo, y fallas y avisos."""

    definicion: Definicion | None
    fallas: tuple[Falla, ...]
    avisos: tuple[Falla, ...]


def _sin_plantillas(cual: str, version: int) -> None:
    return None


def examinar(
    texto: str | bytes,
    archivo: str = "definición",
    *,
    normas: frozenset[str] | None = None,
    buscar_plantilla: BuscarPlantilla = _sin_plantillas,
) -> Examen:
    """Examina una definición o una adaptación y dice todo lo que está mal, sin lanzar nada."""
    try:
        documento = leer_yaml(texto, archivo)
    except DefinicionInvalida as invalida:
        return Examen(None, invalida.fallas, ())
    if not isinstance(documento, Mapping):
        sitio = getattr(documento, "sitio", None) or Sitio(archivo, 1, 1)
        texto_falla = "el documento debe ser un mapa que empiece con «formato: 1»"
        return Examen(None, (Falla("forma.tipo", "documento", texto_falla, sitio),), ())
    if es_adaptacion(documento):
        return _examinar_adaptacion(documento, normas, buscar_plantilla)
    if "entidad" in documento and not {"plantilla", "formulario", "paginas"} & set(documento):
        buzon = Buzon(documento)
        frase = "es el archivo de una entidad, no un formulario: va en «facilita entidad crear»"
        buzon.falla("forma.entidad", ("entidad",), frase)
        return Examen(None, tuple(buzon.fallas), ())
    return examinar_dato(documento, normas=normas)


def _examinar_adaptacion(
    documento: Mapping[str, Any], normas: frozenset[str] | None, buscar: BuscarPlantilla
) -> Examen:
    fallas = fallas_de_forma(documento)
    if fallas:
        return Examen(None, en_orden(fallas), ())
    cual, version = documento["plantilla"].split("@")
    plantilla = buscar(cual, int(version))
    if plantilla is None:
        buzon = Buzon(documento)
        frase = (
            f"no se encuentra la plantilla «{cual}» en su versión {version}: su archivo va en la "
            "carpeta de las plantillas, y el de una versión de antes en «anteriores»"
        )
        buzon.falla("plantilla.no_existe", ("plantilla",), frase)
        return Examen(None, tuple(buzon.fallas), ())

    def adaptada(cambiado: Mapping[str, Any]) -> Examen:
        dato, de_cambios = adaptar(plantilla, cambiado)
        examen = examinar_dato(dato, normas=normas)
        todas = en_orden((*de_cambios, *examen.fallas))
        return Examen(None if todas else examen.definicion, todas, examen.avisos)

    examen = adaptada(documento)
    fallas = con_su_causa(documento, examen.fallas, lambda otro: adaptada(otro).fallas)
    avisos = con_su_causa(documento, examen.avisos, lambda otro: adaptada(otro).avisos)
    return Examen(examen.definicion, en_orden(fallas), en_orden(avisos))


def examinar_dato(dato: Mapping[str, Any], *, normas: frozenset[str] | None = None) -> Examen:
    """Examina el dato de una definición entera."""
    buzon = Buzon(dato)
    comprobar_forma(dato, buzon)
    if not buzon.hay_errores:
        comprobar(dato, buzon, normas)
    fallas = en_orden(f for f in buzon.fallas if not f.es_aviso)
    avisos = en_orden(f for f in buzon.fallas if f.es_aviso)
    return Examen(None if fallas else armar(dato), fallas, avisos)


def compilar(
    texto: str | bytes,
    archivo: str = "definición",
    *,
    normas: frozenset[str] | None = None,
    buscar_plantilla: BuscarPlantilla = _sin_plantillas,
) -> Definicion:
    """La definición de un texto YAML; lanza `DefinicionInvalida` con todas sus fallas."""
    examen = examinar(texto, archivo, normas=normas, buscar_plantilla=buscar_plantilla)
    if examen.definicion is None:
        raise DefinicionInvalida(examen.fallas)
    return examen.definicion


def abrir(canonico: str) -> Definicion:
    """La definición de su forma canónica, que ya se comprobó al publicarse."""
    return armar(json.loads(canonico))


def armar(dato: Mapping[str, Any]) -> Definicion:
    """Construye la definición de un dato que ya pasó todas las comprobaciones."""
    canonico = canonizar(dato)
    return Definicion(
        id=dato.get("plantilla") or dato["formulario"],
        es_plantilla="plantilla" in dato,
        titulo=dato["titulo"],
        introduccion=dato.get("introduccion"),
        base_legal=tuple(dato.get("base_legal", ())),
        paginas=paginas_de(dato, tuple(_pagina(p) for p in dato["paginas"])),
        flujo=crear_flujo(dato["flujo"]),
        mensajes={m["id"]: Mensaje(m["id"], m["asunto"], m["cuerpo"]) for m in dato["mensajes"]},
        al_presentar=crear_efectos(dato["flujo"].get("al_presentar")),
        revision=Revision(_revision(dato["revision"])),
        dato=dato,
        canonico=canonico,
        digest=digerir(canonico),
        roles={r["id"]: crear_rol(r) for r in dato.get("roles", ())},
        tareas={t["id"]: crear_tarea(t) for t in dato.get("tareas", ())},
        numeracion=crear_numeracion(dato.get("numeracion")),
        conservacion=crear_conservacion(dato.get("conservacion")),
        horario=dato.get("horario", "mesa_de_partes"),
        es_de_plataforma=dato.get("plataforma", False),
    )


def _pagina(dato: Mapping[str, Any]) -> Pagina:
    return Pagina(
        dato["id"],
        dato["titulo"],
        dato.get("introduccion"),
        leer_condicion(dato.get("si")),
        tuple(_seccion(s) for s in dato["secciones"]),
    )


def _seccion(dato: Mapping[str, Any]) -> Seccion:
    return Seccion(
        dato["id"],
        dato.get("titulo"),
        dato.get("introduccion"),
        leer_condicion(dato.get("si")),
        tuple(crear_campo(c) for c in dato["campos"]),
    )


def _revision(dato: Mapping[str, Any]) -> Pagina:
    seccion = Seccion("revision", None, None, None, tuple(crear_campo(c) for c in dato["campos"]))
    return Pagina("revisar", dato["titulo"], dato.get("introduccion"), None, (seccion,))
