"""Las propiedades de un elemento como preguntas: se dibujan y se leen con los campos de siempre."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from facilita.definicion import DefinicionInvalida, leer_yaml
from facilita.definicion.campos import REGISTRO, Campo, Error, Lector, crear_campo
from facilita.definicion.candados import Propiedad
from facilita.definicion.contexto import VACIO
from facilita.definicion.descripciones import DESCRIPCIONES
from facilita.definicion.frases import FRASES
from facilita.definicion.marcadas import Eleccion, condicion_de, marcadas_de
from facilita.definicion.palabras import decir
from facilita.definicion.redaccion import redactar

PREFIJO = "p_"
NOMBRES: Mapping[str, str] = {
    "etiqueta": "Pregunta o nombre que se ve",
    "titulo": "Título",
    "introduccion": "Introducción",
    "ayuda": "Texto de ayuda",
    "obligatorio": "¿Hay que responder?",
    "texto": "Texto",
    "ciudadano": "Cómo lo ve la persona",
    "asunto": "Asunto del correo",
    "cuerpo": "Texto del correo",
    "dias_habiles": "Días hábiles",
    "ambar": "Marcar en ámbar cuando falten (días hábiles)",
    "rojo": "Marcar en rojo cuando falten (días hábiles)",
    "tamano_maximo": "Peso máximo de cada archivo (MB)",
    "cantidad_maxima": "Cuántos archivos como máximo",
    "tipos": "Tipos de archivo que se reciben",
    "largo_maximo": "Cuántos caracteres como máximo",
    "largo_minimo": "Cuántos caracteres como mínimo",
    "minimo": "Mínimo",
    "maximo": "Máximo",
    "base_legal": "Normas que lo mandan (sus ids, uno por línea)",
    "conservacion": "Cuánto se conserva lo presentado",
    "numeracion": "Numeración propia",
    "nombre_de_fila": "Cómo se llama cada fila",
    "solo_peru": "¿Solo distritos del Perú?",
    "celular": "¿Solo celulares?",
    "desde": "Desde",
    "hasta": "Hasta",
    "presentacion": "Cómo se presenta",
    "exclusiva": "¿Va sola?",
    "una_vez": "¿Se da una sola vez?",
}
SE_EXPLICAN_SOLAS = frozenset(NOMBRES) - {"introduccion", "asunto", "cuerpo", "desde", "hasta"}
BASICAS = frozenset(
    {
        "etiqueta", "titulo", "introduccion", "ayuda", "ejemplo", "obligatorio", "texto",
        "ciudadano", "asunto", "cuerpo", "dias_habiles", "ambar", "rojo", "tamano_maximo",
        "cantidad_maxima", "tipos", "nombre_de_fila", "minimo", "maximo", "largo_maximo", "desde",
        "hasta", "concepto", "monto",
    }
)  # fmt: skip
"""Las que se muestran primero; las demás, en «Más propiedades»."""
SI, SI_ESCRITA, MENSAJE = "si", "si_escrita", "mensaje_"


@dataclass(frozen=True)
class Bloqueada:
    """Una propiedad que la plantilla no deja cambiar."""

    nombre: str
    dice: str
    motivo: str


@dataclass(frozen=True)
class Preguntas:
    """Las preguntas con que se edita un elemento, y lo que no se puede cambiar."""

    basicas: tuple[Campo, ...]
    otras: tuple[Campo, ...]
    crudo: Mapping[str, Any]
    bloqueadas: tuple[Bloqueada, ...]
    propiedades: tuple[Propiedad, ...]

    @property
    def todas(self) -> tuple[Campo, ...]:
        """Todas las que se pueden responder."""
        return (*self.basicas, *self.otras)


def nombre_de(propiedad: str) -> str:
    """Cómo se llama una propiedad en la pantalla."""
    return NOMBRES.get(propiedad) or propiedad.replace("_", " ").capitalize()


def preguntas_de(
    propiedades: Sequence[Propiedad], elecciones: Sequence[Eleccion] = (), tipo: str | None = None
) -> Preguntas:
    """Las preguntas de las propiedades de un elemento, con lo que dice hoy ya puesto."""
    campos: list[tuple[Propiedad, Campo]] = []
    crudo: dict[str, Any] = {}
    for propiedad in propiedades:
        if propiedad.motivo is None:
            for campo, valor in _preguntas(propiedad, elecciones, tipo):
                campos.append((propiedad, campo))
                if valor is not None:
                    crudo[campo.id] = valor
    bloqueadas = tuple(
        Bloqueada(nombre_de(p.nombre), decir(p.nombre, p.valor), p.motivo)
        for p in propiedades
        if p.motivo is not None and p.valor is not None
    )
    return Preguntas(
        tuple(c for p, c in campos if p.nombre in BASICAS),
        tuple(c for p, c in campos if p.nombre not in BASICAS),
        crudo,
        bloqueadas,
        tuple(p for p in propiedades if p.motivo is None),
    )


Pregunta = tuple[Campo, Any]


def _preguntas(
    propiedad: Propiedad, elecciones: Sequence[Eleccion], tipo: str | None
) -> Iterable[Pregunta]:
    if propiedad.nombre == SI:
        return _de_condicion(propiedad, elecciones)
    if propiedad.nombre == "mensajes" and tipo in REGISTRO:
        return _de_mensajes(propiedad, tipo)
    return [_pregunta(propiedad)]


def _campo(cual: str, clase: str, etiqueta: str, **propios: Any) -> Campo:
    dato = {"id": PREFIJO + cual, "tipo": clase, "etiqueta": etiqueta, **propios}
    return crear_campo({c: v for c, v in dato.items() if v is not None})


def _pregunta(propiedad: Propiedad) -> Pregunta:
    nombre, forma, valor = propiedad.nombre, propiedad.forma, propiedad.valor
    comunes = {"ayuda": _ayuda(propiedad), "obligatorio": propiedad.exigida or None}
    etiqueta = nombre_de(nombre)
    clase = forma.get("type")
    if clase == "boolean":
        # Lo que no se dice vale «no»: así se ve, y dejarlo igual no es un cambio.
        return _campo(nombre, "si_no", etiqueta, ayuda=comunes["ayuda"]), str(bool(valor)).lower()
    if "enum" in forma:
        opciones = [
            {"valor": v, "etiqueta": v.replace("_", " ").capitalize()} for v in forma["enum"]
        ]
        return _campo(nombre, "lista", etiqueta, opciones=opciones, **comunes), valor
    if clase in ("integer", "number"):
        decimales = 0 if clase == "integer" else 2
        campo = _campo(nombre, "numero", etiqueta, decimales=decimales, **comunes)
        return campo, None if valor is None else str(valor)
    if clase == "string":
        return _de_texto(nombre, etiqueta, forma, comunes), valor
    return _de_lista(propiedad, etiqueta, comunes)


def _de_texto(
    nombre: str, etiqueta: str, forma: Mapping[str, Any], comunes: Mapping[str, Any]
) -> Campo:
    largo = forma.get("maxLength", 200)
    # Un texto corto de más de una línea sería otra cosa: el control es de una.
    clase = "parrafo" if largo > 200 else "texto"
    return _campo(nombre, clase, etiqueta, largo_maximo=largo, **comunes)


def _de_lista(propiedad: Propiedad, etiqueta: str, comunes: Mapping[str, Any]) -> Pregunta:
    forma, valor, nombre = propiedad.forma, propiedad.valor, propiedad.nombre
    de_textos = forma.get("type") == "array" and forma.get("items", {}).get("type") == "string"
    if de_textos and "enum" in forma["items"]:
        opciones = [{"valor": v, "etiqueta": v.upper()} for v in forma["items"]["enum"]]
        campo = _campo(nombre, "opciones_multiples", etiqueta, opciones=opciones, **comunes)
        return campo, list(valor or ())
    if de_textos:
        return _campo(nombre, "parrafo", etiqueta, **comunes), "\n".join(valor or ()) or None
    ayuda = f"{comunes['ayuda'] or ''} Se escribe en YAML, como en el archivo de cambios.".strip()
    campo = _campo(nombre, "parrafo", etiqueta, ayuda=ayuda, largo_maximo=20000)
    return campo, None if valor is None else redactar(valor).strip()


def _ayuda(propiedad: Propiedad) -> str | None:
    nombre = propiedad.nombre
    partes = ["" if nombre in SE_EXPLICAN_SOLAS else DESCRIPCIONES.get(nombre, "")]
    if propiedad.rango:
        partes.append(f"La plantilla deja de {propiedad.rango[0]} a {propiedad.rango[1]}.")
    return " ".join(p for p in partes if p) or None


def _de_condicion(propiedad: Propiedad, elecciones: Sequence[Eleccion]) -> Iterable[Pregunta]:
    marcadas = marcadas_de(propiedad.valor)
    opciones = [
        {"valor": f"{e.campo}|{valor}", "etiqueta": f"{e.etiqueta} — {dicha}"}
        for e in elecciones
        for valor, dicha in e.respuestas
    ]
    if opciones:
        ayuda = (
            "Si no marcas nada, existe siempre. De una misma pregunta basta con una de las "
            "marcadas; de preguntas distintas, hacen falta todas."
        )
        campo = _campo(
            SI, "opciones_multiples", "Solo si respondió antes…", ayuda=ayuda, opciones=opciones
        )
        yield campo, marcadas or []
    escrita = redactar(propiedad.valor).strip() if propiedad.valor and marcadas is None else None
    ayuda = (
        f"Hoy es: {decir(SI, propiedad.valor)}. "
        if escrita
        else "Para comparar números o fechas, o decir «alguna» y «no». "
    )
    campo = _campo(
        SI_ESCRITA,
        "parrafo",
        "Otra condición, en YAML",
        ayuda=ayuda + "Por ejemplo: {campo: monto, mayor_que: 100}. Vale más que lo marcado.",
        largo_maximo=4000,
    )
    yield campo, escrita


def _de_mensajes(propiedad: Propiedad, tipo: str) -> Iterable[Pregunta]:
    valor = propiedad.valor if isinstance(propiedad.valor, Mapping) else {}
    for clave in sorted(REGISTRO[tipo].claves):
        etiqueta = f"Qué decir: {clave.replace('_', ' ')}"
        ayuda = f"Si lo dejas en blanco: {FRASES[clave]}"
        campo = _campo(MENSAJE + clave, "texto", etiqueta, ayuda=ayuda, largo_maximo=200)
        yield campo, valor.get(clave)


# --- leer -----------------------------------------------------------------------------------------


def leer_respuestas(
    preguntas: Preguntas, crudo: Mapping[str, Any]
) -> tuple[dict[str, Any], list[Error]]:
    """Las propiedades que cambian con lo respondido, y lo que no se entiende."""
    lector = Lector(VACIO)
    for campo in preguntas.todas:
        lector.recibir(campo, crudo.get(campo.id, ""))
    leidas, errores = {}, list(lector.errores)
    for propiedad in preguntas.propiedades:
        try:
            leida = _leida(propiedad, lector.valores)
        except DefinicionInvalida as invalida:
            cual = SI_ESCRITA if propiedad.nombre == SI else propiedad.nombre
            frase = f"{nombre_de(propiedad.nombre)}: {invalida.fallas[0].texto}."
            errores.append(Error(PREFIJO + cual, "yaml", frase))
            continue
        if not _es_lo_mismo(leida, propiedad.valor):
            leidas[propiedad.nombre] = leida
    return leidas, errores


def _es_lo_mismo(leida: Any, valor: Any) -> bool:
    # La pantalla no muestra el salto de línea con que termina un texto.
    if isinstance(leida, str) and isinstance(valor, str):
        return leida.strip() == valor.strip()
    if leida is False and valor is None:
        return True
    return bool(leida == valor)


def _leida(propiedad: Propiedad, valores: Mapping[str, Any]) -> Any:
    nombre, forma = propiedad.nombre, propiedad.forma
    if nombre == SI:
        escrita = valores.get(PREFIJO + SI_ESCRITA)
        return leer_yaml(escrita) if escrita else condicion_de(list(valores.get(PREFIJO + SI, ())))
    valor = valores.get(PREFIJO + nombre)
    if nombre == "mensajes" and forma.get("type") == "object":
        return _mensajes(propiedad, valores)
    if valor is None:
        return None
    return _en_su_forma(forma, valor)


def _mensajes(propiedad: Propiedad, valores: Mapping[str, Any]) -> Any:
    dichos = {
        clave.removeprefix(PREFIJO + MENSAJE): valor
        for clave, valor in valores.items()
        if clave.startswith(PREFIJO + MENSAJE)
    }
    return dichos or (None if propiedad.valor is None else {})


def _en_su_forma(forma: Mapping[str, Any], valor: Any) -> Any:
    clase = forma.get("type")
    if clase == "integer":
        return int(valor)
    if clase == "number":
        return int(valor) if float(valor).is_integer() else float(valor)
    if clase == "array" and forma.get("items", {}).get("type") == "string":
        return _lineas(valor) if isinstance(valor, str) else list(valor)
    if clase in ("string", "boolean") or "enum" in forma:
        return valor
    return leer_yaml(valor)


def _lineas(valor: str) -> list[str]:
    return [linea.strip() for linea in valor.splitlines() if linea.strip()]
