"""El aviso de privacidad de un formulario: lo que declara la entidad y lo que dice él (N34)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from facilita.definicion import Definicion
from facilita.definicion.campos.base import completar
from facilita.definicion.campos.opciones import Consentimiento
from facilita.servicios.catalogo import Norma
from facilita.tramite.entidades import EntidadPublica


@dataclass(frozen=True)
class Punto:
    """Algo que el aviso debe decir: su título, lo que dice y, si los hay, sus elementos."""

    titulo: str
    texto: str | None
    lista: tuple[str, ...] = ()

    @property
    def falta(self) -> bool:
        """Si nadie lo declaró todavía."""
        return not (self.texto or self.lista)


def aviso(
    entidad: EntidadPublica, definicion: Definicion, normas: Mapping[str, Norma]
) -> tuple[Punto, ...]:
    """Todo lo que la ley manda decir, en su orden; lo que nadie declaró queda como falta."""
    return tuple(hacer(entidad, definicion, normas) for hacer in _PUNTOS)


def faltan(entidad: EntidadPublica, definicion: Definicion) -> tuple[str, ...]:
    """Los títulos de lo que el aviso de un formulario no puede decir todavía."""
    return tuple(p.titulo for p in aviso(entidad, definicion, {}) if p.falta)


def _quien(e: EntidadPublica, _d: Definicion, _n: Mapping[str, Norma]) -> Punto:
    donde = f", {e.direccion}" if e.direccion else ""
    texto = f"{e.nombre}, RUC {e.ruc}{donde}. Es la responsable de tus datos."
    return Punto("Quién tiene tus datos y dónde", texto if e.direccion else None)


def _para_que(e: EntidadPublica, d: Definicion, normas: Mapping[str, Norma]) -> Punto:
    propia = e.privacidad.get("finalidad")
    bases = "; ".join(normas[n].titulo for n in d.base_legal if n in normas)
    texto = f"Recibir, registrar y responder lo que presentas en «{d.titulo}»"
    texto += f", como mandan: {bases}." if bases else "."
    voluntarias = tuple(
        f"Solo si aceptas «{c.etiqueta}»: {completar(c.texto, e.nombres_para(d))}"
        for c in d.campos.values()
        if isinstance(c, Consentimiento) and not c.obligatorio
    )
    return Punto("Para qué se usan", f"{texto} {propia}" if propia else texto, voluntarias)


def _banco(e: EntidadPublica, _d: Definicion, _n: Mapping[str, Norma]) -> Punto:
    banco = e.privacidad.get("banco_datos")
    texto = f"En el banco de datos personales «{banco}»." if banco else None
    return Punto("En qué banco de datos quedan", texto)


def _destinatarios(e: EntidadPublica, _d: Definicion, _n: Mapping[str, Norma]) -> Punto:
    return Punto("Quién más los recibe", e.privacidad.get("destinatarios"))


def _obligatorias(_e: EntidadPublica, d: Definicion, _n: Mapping[str, Norma]) -> Punto:
    suyas = tuple(
        f"{c.etiqueta} (cuando se pregunta)" if pagina.si or seccion.si or c.si else c.etiqueta
        for pagina in (*d.paginas, d.revision.pagina)
        for seccion in pagina.secciones
        for c in seccion.campos
        if c.se_responde and c.obligatorio
    )
    texto = "Estas respuestas son obligatorias; las demás, no." if suyas else "Ninguna."
    return Punto("Qué respuestas son obligatorias", texto, suyas)


def _consecuencias(e: EntidadPublica, _d: Definicion, _n: Mapping[str, Norma]) -> Punto:
    texto = (
        f"Sin las obligatorias no se puede presentar por aquí, y {e.nombre_corto} no podría "
        "responderte ni notificarte. Puedes presentar también en persona."
    )
    return Punto("Qué pasa si no las das", texto)


def _transferencias(e: EntidadPublica, _d: Definicion, _n: Mapping[str, Norma]) -> Punto:
    return Punto("Si se envían a otros países", e.privacidad.get("transferencias"))


def _decisiones(_e: EntidadPublica, d: Definicion, _n: Mapping[str, Norma]) -> Punto:
    flujo = d.flujo
    del_reloj = tuple(
        f"Si vence el plazo, el trámite pasa solo a «{flujo.estados[t.a].etiqueta}»"
        for t in flujo.transiciones
        if t.al_vencer
    )
    if not del_reloj:
        return Punto("Si decide un programa", "No: todo lo decide una persona.")
    texto = "Lo que pides lo decide siempre una persona. El sistema solo da estos pasos:"
    return Punto("Si decide un programa", texto, del_reloj)


def _conservacion(e: EntidadPublica, d: Definicion, normas: Mapping[str, Norma]) -> Punto:
    titulo = "Cuánto tiempo se guardan"
    if d.conservacion:
        citas = "; ".join(normas[n].titulo for n in d.conservacion.base_legal if n in normas)
        return Punto(titulo, f"{d.conservacion.texto()}{f' ({citas})' if citas else ''}.")
    dicho = e.privacidad.get("conservacion")
    return Punto(titulo, f"{dicho[:1].upper()}{dicho[1:]}." if dicho else None)


def _derechos(e: EntidadPublica, _d: Definicion, _n: Mapping[str, Norma]) -> Punto:
    oficial = e.privacidad.get("oficial")
    texto = (
        "Puedes pedir acceder a tus datos, rectificarlos, cancelarlos u oponerte a su uso. Escribe "
        f"a: {oficial}. Lo que aceptaste lo retiras desde tu expediente. Si no te responden, "
        "puedes reclamar ante la Autoridad Nacional de Protección de Datos Personales."
    )
    return Punto("Cómo ejerces tus derechos", texto if oficial else None)


_PUNTOS: tuple[Callable[[EntidadPublica, Definicion, Mapping[str, Norma]], Punto], ...] = (
    _quien, _para_que, _banco, _destinatarios, _obligatorias, _consecuencias, _transferencias,
    _decisiones, _conservacion, _derechos,
)  # fmt: skip
