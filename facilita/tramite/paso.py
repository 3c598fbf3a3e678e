"""El paso en que está un borrador: lo escrito, lo que significa y por dónde se sigue."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from facilita.definicion import Contexto, Definicion, Lectura, Pagina
from facilita.definicion.campos import Error
from facilita.plazos import fecha_lima
from facilita.tramite.entidades import EntidadPublica
from facilita.tramite.entorno import Entorno
from facilita.tramite.modelos import Expediente
from facilita.tramite.numeros import FORMATOS, como_se_dio

_CON_NUMERO = select(Expediente.id).where(
    Expediente.numero.in_((bindparam("numero"), bindparam("como_se_dio")))
)


@dataclass(frozen=True)
class Paso:
    """Un borrador leído: lo escrito, lo que significa y por dónde se sigue."""

    definicion: Definicion
    crudo: Mapping[str, Any]
    lectura: Lectura
    presentado: bool
    vence_en: datetime
    rechazos: tuple[Error, ...] = ()
    observaciones: Mapping[str, str] | None = None
    """En una corrección: el campo observado y lo que se le observó."""
    codigo: str | None = None
    """El código de la solicitud, si ya se presentó o si esto la corrige."""
    estrenados: frozenset[str] = frozenset()
    """En una corrección: los campos que no existían y que lo corregido hizo aparecer."""
    intactos: frozenset[str] = frozenset()
    """En una corrección: lo observado que sigue como se presentó."""
    por_elegir: frozenset[str] = frozenset()
    """Los campos que dos ventanas respondieron distinto y esperan que la persona elija."""

    @property
    def comparables(self) -> Mapping[str, Any]:
        """Lo que miran las condiciones."""
        return self.lectura.comparables

    @property
    def corrige(self) -> bool:
        """Si es la corrección de una solicitud observada."""
        return self.observaciones is not None

    def con_rechazos(self, rechazos: Iterable[Error]) -> "Paso":
        """El mismo paso con archivos que no se pudieron recibir."""
        return replace(self, rechazos=(*self.rechazos, *rechazos))

    @property
    def paginas(self) -> tuple[Pagina, ...]:
        """Las páginas que tocan, según lo respondido (y lo observado)."""
        return tuple(p for p in self.definicion.paginas if self._toca(p))

    def _toca(self, pagina: Pagina) -> bool:
        if pagina.si is not None and not pagina.si.evaluar(self.comparables):
            return False
        return not self.corrige or any(self.se_cambia(c.id) for c in pagina.campos)

    def se_cambia(self, campo: str) -> bool:
        """Si la persona puede responderlo; al corregir, solo lo observado o lo que falta."""
        if self.observaciones is None or campo in self.observaciones or campo in self.estrenados:
            return True
        if self._acompana_a_lo_observado(campo, self.observaciones):
            return True
        return any(e.de == campo for e in self.lectura.errores)

    def _acompana_a_lo_observado(self, campo: str, observaciones: Mapping[str, str]) -> bool:
        """Los folios van con su documento, y el tipo de documento de identidad con su número."""
        campos = self.definicion.campos
        mios = campos[campo].acompana
        suyos = (campos[o].acompana for o in observaciones if o in campos)
        return any(o in mios for o in observaciones) or any(campo in s for s in suyos)

    def siguiente(self, pagina: Pagina) -> Pagina | None:
        """La página que sigue, o `None` si toca revisar."""
        paginas = self.paginas
        orden = [p.id for p in self.definicion.paginas]
        despues = [p for p in paginas if orden.index(p.id) > orden.index(pagina.id)]
        return despues[0] if despues else None

    def errores_de(self, pagina: Pagina) -> tuple[Error, ...]:
        """Los errores de una página: los archivos rechazados y lo mal respondido."""
        rechazados = {e.campo for e in self.rechazos}
        propios = tuple(e for e in self.rechazos if e.campo in pagina.ids)
        leidos = self.lectura.errores_de(pagina.ids)
        return propios + tuple(e for e in leidos if e.campo not in rechazados)


def contexto_de(
    sesion: Session,
    entorno: Entorno,
    entidad: EntidadPublica,
    ahora: datetime | None = None,
    presentado: date | None = None,
) -> Contexto:
    """El contexto con que se leen las respuestas dentro de una sesión.

    `ahora` es el instante del acto, si ya se leyó: por él se sabe qué día es hoy. `presentado` es
    el día en que se presentó lo que se corrige.
    """

    def existe(numero: str) -> bool:
        formato = entidad.numeracion.get("expediente", FORMATOS["expediente"])
        escrito = {"numero": numero, "como_se_dio": como_se_dio(numero, formato)}
        return sesion.scalar(_CON_NUMERO, escrito) is not None

    return Contexto(
        sedes=entidad.sedes,
        territorio=entorno.territorio,
        existe_expediente=existe,
        hoy=fecha_lima(ahora or entorno.reloj.ahora()),
        presentado=presentado,
    )
