"""La definición ya compilada: páginas, secciones, campos, flujo y mensajes, todo inmutable."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any

from facilita.definicion.campos import Campo
from facilita.definicion.citas import citas
from facilita.definicion.condiciones import HOY, Condicion, Todas
from facilita.definicion.contexto import VACIO, Contexto
from facilita.definicion.flujo import Efecto, Flujo
from facilita.definicion.lectura import Lectura, leer
from facilita.definicion.numeracion import Conservacion, Numeracion
from facilita.definicion.tareas import Rol, Tarea


@dataclass(frozen=True)
class Seccion:
    """Un grupo de campos con título, dentro de una página."""

    id: str
    titulo: str | None
    introduccion: str | None
    si: Condicion | None
    campos: tuple[Campo, ...]


@dataclass(frozen=True)
class Pagina:
    """Una pantalla del formulario."""

    id: str
    titulo: str
    introduccion: str | None
    si: Condicion | None
    secciones: tuple[Seccion, ...]

    @cached_property
    def campos(self) -> tuple[Campo, ...]:
        """Los campos de todas sus secciones, en orden."""
        return tuple(campo for seccion in self.secciones for campo in seccion.campos)

    @cached_property
    def ids(self) -> frozenset[str]:
        """Los ids de sus campos, con los de las filas de sus grupos."""
        return frozenset(
            cual for campo in self.campos for cual in (campo.id, *(c.id for c in campo.campos))
        )

    @cached_property
    def mirados(self) -> frozenset[str]:
        """Los campos que miran las condiciones de sus secciones, sus campos y sus filas."""
        campos = [c for campo in self.campos for c in (campo, *campo.campos)]
        condiciones = [s.si for s in self.secciones if s.si]
        condiciones += [si for campo in campos for si in campo.condiciones]
        return frozenset(cual for si in condiciones for cual in si.campos)


@dataclass(frozen=True)
class Mensaje:
    """Un correo al ciudadano, con `{nombres}` de la lista permitida."""

    id: str
    asunto: str
    cuerpo: str


@dataclass(frozen=True, eq=False)
class Definicion:
    """Un formulario publicado o una plantilla. Inmutable; `digest` la identifica."""

    id: str
    es_plantilla: bool
    titulo: str
    introduccion: str | None
    base_legal: tuple[str, ...]
    paginas: tuple[Pagina, ...]
    flujo: Flujo
    mensajes: Mapping[str, Mensaje]
    al_presentar: tuple[Efecto, ...]
    revision: "Revision"
    dato: Mapping[str, Any]
    canonico: str
    digest: str
    roles: Mapping[str, Rol] = field(default_factory=dict)
    tareas: Mapping[str, Tarea] = field(default_factory=dict)
    numeracion: Numeracion | None = None
    conservacion: Conservacion | None = None
    horario: str = "mesa_de_partes"
    """Cuál de los dos horarios de la entidad lo rige: «mesa_de_partes» u «otros»."""
    es_de_plataforma: bool = False
    """Si sus efectos pueden actuar sobre la plataforma."""

    @cached_property
    def campos(self) -> Mapping[str, Campo]:
        """Todos los campos por id, en el orden en que se preguntan."""
        return {
            campo.id: campo
            for pagina in (*self.paginas, self.revision.pagina)
            for campo in pagina.campos
        }

    @cached_property
    def pedidos(self) -> tuple[tuple[Campo, ...], ...]:
        """Los campos que pide cada paso y cada tarea, en el orden en que se escribieron."""
        pasos = tuple(t.pide for t in self.flujo.transiciones)
        return (*pasos, *(lista for t in self.tareas.values() for lista in (t.pide, t.responde)))

    @cached_property
    def normas(self) -> tuple[str, ...]:
        """Los ids de todas las normas que cita, sin repetir: primero las del formulario entero."""
        return tuple(dict.fromkeys((*self.base_legal, *(cual for _, cual in citas(self.dato)))))

    @cached_property
    def usos(self) -> Mapping[str, Campo]:
        """El campo de cada uso (asunto, correo, identidad…)."""
        return {campo.uso: campo for campo in self.campos.values() if campo.uso}

    @cached_property
    def roles_que_atienden(self) -> frozenset[str]:
        """Los roles propios que dan pasos o abren tareas; los demás solo responden."""
        activos = [t.quien for t in self.flujo.transiciones]
        activos += [t.quien for t in self.tareas.values()]
        return frozenset().union(*activos) & frozenset(self.roles)

    @cached_property
    def condicionados(self) -> tuple[tuple[Campo, Condicion | None], ...]:
        """Cada campo con todo lo que debe cumplirse para que exista: página, sección y él."""
        return tuple(
            (campo, juntar(pagina.si, seccion.si, campo.si))
            for pagina in (*self.paginas, self.revision.pagina)
            for seccion in pagina.secciones
            for campo in seccion.campos
        )

    @cached_property
    def por_campo(self) -> Mapping[str, Condicion | None]:
        """La condición completa de cada campo."""
        return {campo.id: condicion for campo, condicion in self.condicionados}

    def pagina(self, cual: str) -> Pagina | None:
        """La página de ese id, o `None`."""
        return next((p for p in self.paginas if p.id == cual), None)

    def leer(self, crudo: Mapping[str, Any], contexto: Contexto = VACIO) -> Lectura:
        """Lee y comprueba respuestas crudas; lo único que produce `Respuestas`."""
        return leer(self.condicionados, crudo, contexto)

    @cached_property
    def mira_hoy(self) -> bool:
        """Si alguna condición se decide con el día en que se presenta."""
        condiciones = [si for _, si in self.condicionados]
        condiciones += [pagina.si for pagina in self.paginas]
        for campo in self.campos.values():
            condiciones += [si for c in (campo, *campo.campos) for si in c.condiciones]
        return any(hoja.mira_hoy for si in condiciones if si for hoja in si.hojas)

    def visibles(self, valores: Mapping[str, Any], presentado: date) -> frozenset[str]:
        """Los campos que existen para unas respuestas ya aceptadas, presentadas ese día."""
        comparables = {c: self.campos[c].comparable(v) for c, v in valores.items()}
        comparables[HOY] = presentado.isoformat()
        return frozenset(
            campo.id
            for campo, condicion in self.condicionados
            if condicion is None or condicion.evaluar(comparables)
        )


@dataclass(frozen=True)
class Revision:
    """La última página: todo lo respondido y las declaraciones."""

    pagina: Pagina

    @property
    def campos(self) -> tuple[Campo, ...]:
        """Las declaraciones y consentimientos que se marcan al presentar."""
        return self.pagina.campos


def juntar(*condiciones: Condicion | None) -> Condicion | None:
    """La condición que se cumple con todas; `None` si no hay ninguna."""
    presentes = tuple(c for c in condiciones if c is not None)
    if len(presentes) < 2:
        return presentes[0] if presentes else None
    return Todas(presentes)
