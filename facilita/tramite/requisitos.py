"""Lo que hace falta para presentar, dicho en una lista: sale del formulario publicado. Puro."""

from collections.abc import Iterator

from facilita.definicion import Definicion
from facilita.definicion.campos.archivos import Archivos, peso
from facilita.definicion.flujo import Transicion

SIN_FORMULARIO = (
    "Número de tu documento de identidad: DNI, carné de extranjería o pasaporte. Si presentas por "
    "una organización, su RUC.",
    "Correo electrónico: ahí se confirma que tu documento llegó.",
    "Documento con tu pedido, legible y firmado, y los que lo sustenten.",
)
"""Lo que pide cualquier mesa de partes; para quien recibe en su propio sistema (N30)."""
DIAS_DE_OBSERVAR = DIAS_DE_CORREGIR = 2
"""Los de la ley, si el flujo no dice otra cosa (N06, N07)."""


def requisitos_de(definicion: Definicion) -> tuple[str, ...]:
    """Identidad, correo y archivos con sus formatos y tamaños, como están configurados (N30)."""
    lineas = [*_identidad(definicion), *_contacto(definicion), *_archivos(definicion)]
    return tuple(lineas)


def _identidad(definicion: Definicion) -> Iterator[str]:
    tipo = definicion.usos.get("tipo_documento_identidad")
    nombres = [o.etiqueta for o in getattr(tipo, "opciones", ()) if o.valor != "otro"]
    if nombres:
        yield f"Número de tu documento de identidad: {_enumerar(nombres, 'o')}."
    if "ruc" in definicion.usos:
        poder = next((c for c in definicion.campos.values() if c.id == "poder"), None)
        sustento = " y, si lo tienes a la mano, el documento que acredita que la representas"
        yield f"Si presentas por una organización: su RUC{sustento if poder else ''}."


def _contacto(definicion: Definicion) -> Iterator[str]:
    correo, celular = definicion.usos.get("correo"), definicion.usos.get("celular")
    if correo and celular and celular.obligatorio:
        yield "Correo electrónico, adonde llega tu cargo, y número de celular."
    elif correo:
        yield "Correo electrónico: ahí llega tu cargo."


def _archivos(definicion: Definicion) -> Iterator[str]:
    for campo in definicion.campos.values():
        if isinstance(campo, Archivos) and campo.id != "poder":
            yield _archivo(campo, definicion)
        elif campo.tipo == "enlace":
            yield "Si tus archivos pesan más, un enlace https para descargarlos."


def _archivo(campo: Archivos, definicion: Definicion) -> str:
    hasta = f"de hasta {peso(campo.tamano_maximo)}"
    if campo.cantidad_maxima > 1:
        cuantos = f": hasta {campo.cantidad_maxima} archivos en {campo.tipos_en_palabras}, "
        detalle = f"{cuantos}{hasta} cada uno"
    else:
        detalle = f" en {campo.tipos_en_palabras}, {hasta}"
    siempre = campo.obligatorio and definicion.por_campo[campo.id] is None
    nombre = campo.etiqueta if siempre else f"Si hace falta, {_minuscula(campo.etiqueta)}"
    return f"{nombre}{detalle}."


def dias_de_observacion(definicion: Definicion | None) -> tuple[int, int]:
    """Los días hábiles para observar y para corregir, según el flujo (N06, N07)."""
    pasos = definicion.flujo.transiciones if definicion else ()
    return (
        _dias(pasos, "observacion", DIAS_DE_OBSERVAR),
        _dias(pasos, "subsanacion", DIAS_DE_CORREGIR),
    )


def _dias(pasos: tuple[Transicion, ...], acto: str, si_no: int) -> int:
    paso = next((p for p in pasos if p.acto == acto and p.hasta), None)
    dias = paso.hasta.dias_habiles if paso and paso.hasta else None
    return dias or si_no


def _minuscula(texto: str) -> str:
    return texto if texto[:2].isupper() else texto[:1].lower() + texto[1:]


def _enumerar(nombres: list[str], y: str) -> str:
    dichos = [n if n[:2].isupper() or k == 0 else _minuscula(n) for k, n in enumerate(nombres)]
    return dichos[0] if len(dichos) == 1 else f"{', '.join(dichos[:-1])} {y} {dichos[-1]}"
