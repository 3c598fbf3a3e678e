"""El reporte de cumplimiento: la entidad lo envía y la SGTD lo acepta u observa."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from facilita.definicion import Contexto
from facilita.definicion.campos import Error
from facilita.definicion.lectura import leer
from facilita.definicion.limpieza import varias_lineas
from facilita.plazos import fecha_larga, fecha_lima
from facilita.tramite import avisos_de_plataforma, direcciones_gobpe
from facilita.tramite.ambito import Ambito
from facilita.tramite.bitacora import anotar
from facilita.tramite.entorno import Entorno
from facilita.tramite.errores import Conflicto, Invalido, NoExiste
from facilita.tramite.modelos import Entidad, SucesoDeReporte, Usuario
from facilita.tramite.normalizar import guardable
from facilita.tramite.padron import MESAS, Ficha, Padron
from facilita.tramite.permisos import Actor, exigir
from facilita.tramite.reporte_campos import (
    CAMPOS,
    DECLARACION,
    SERVICIOS,
    TEXTO_JURADO,
    llenado,
)
from facilita.tramite.servicios_digitales import servicios_de

ENVIADO, ACEPTADO, OBSERVADO = "enviado", "aceptado", "observado"
LARGO_DEL_MOTIVO = 1000
SIN_MESA = "Primero publica tu mesa de partes digital, o reporta la de tu propio sistema."
EN_REVISION = "Tu reporte está en revisión: podrás enviar otro cuando lo acepten o lo observen."


@dataclass(frozen=True)
class Suceso:
    """Un envío o una decisión."""

    clase: str
    numero: int
    cuando: datetime
    quien: str | None
    motivo: str | None
    datos: Mapping[str, Any]

    @property
    def en_palabras(self) -> str:
        """Qué pasó, dicho en una frase."""
        dicho = {
            ENVIADO: "se envió",
            ACEPTADO: "la SGTD lo aceptó",
            OBSERVADO: "la SGTD lo observó",
        }
        return f"Reporte {self.numero}: {dicho[self.clase]}"


@dataclass(frozen=True)
class Reportes:
    """Los reportes de una entidad: cómo van y todo lo que les pasó, lo último primero."""

    sucesos: Sequence[Suceso]

    @property
    def situacion(self) -> str | None:
        """La clase de lo último que pasó; nada, si nunca se envió."""
        return self.sucesos[0].clase if self.sucesos else None

    @property
    def ultimo(self) -> Suceso | None:
        """El último envío."""
        return next((s for s in self.sucesos if s.clase == ENVIADO), None)

    def envio(self, numero: int) -> Suceso:
        """El envío de ese número; lanza `NoExiste`."""
        suyo = next((s for s in self.sucesos if (s.clase, s.numero) == (ENVIADO, numero)), None)
        if suyo is None:
            raise NoExiste("No encontramos ese reporte.")
        return suyo


@dataclass(frozen=True)
class PorReportar:
    """Lo que la entidad tiene delante para reportar."""

    hechos: Mapping[str, str]
    """Lo de la mesa que el sistema ya sabe y no se pregunta; vacío, si no tiene mesa."""
    crudo: Mapping[str, Any]
    reportes: Reportes

    @property
    def desde(self) -> date | None:
        """Desde qué día recibe la mesa."""
        escrito = self.hechos.get("desde")
        return date.fromisoformat(escrito) if escrito else None

    @property
    def por_que_no(self) -> str | None:
        """Por qué ahora no se puede enviar, si no se puede."""
        if not self.hechos:
            return SIN_MESA
        return EN_REVISION if self.reportes.situacion == ENVIADO else None


def preparar(entorno: Entorno, actor: Actor) -> PorReportar:
    """Lo que ya se sabe para el reporte de la entidad del actor, y cómo van los suyos."""
    exigir(actor, "cumplimiento.reportar")
    with entorno.bd.lectura(Ambito.de(actor.entidad_id)) as sesion:
        entidad = sesion.get_one(Entidad, actor.entidad_id)
        reportes = de_la_entidad(sesion, actor.entidad_id)
        datos = {"responsable": actor.nombres, "correo": entidad.correo}
        datos["telefono"] = entidad.telefono or ""
        anterior = reportes.ultimo.datos if reportes.ultimo else None
        crudo = llenado(datos, servicios_de(sesion), anterior)
        return PorReportar(_hechos(sesion, entorno, entidad), crudo, reportes)


def mios(entorno: Entorno, actor: Actor) -> Reportes:
    """Los reportes de la entidad del actor."""
    exigir(actor, "cumplimiento.reportar")
    with entorno.bd.lectura(Ambito.de(actor.entidad_id)) as sesion:
        return de_la_entidad(sesion, actor.entidad_id)


def de_la_entidad(sesion: Session, entidad_id: int) -> Reportes:
    """Lo que le pasó a los reportes de una entidad; la sesión debe poder verla."""
    filas = sesion.execute(
        select(SucesoDeReporte, Usuario.nombres)
        .outerjoin(Usuario, Usuario.id == SucesoDeReporte.usuario_id)
        .where(SucesoDeReporte.entidad_id == entidad_id)
        .order_by(SucesoDeReporte.orden.desc())
    ).all()
    return Reportes(
        tuple(Suceso(s.clase, s.numero, s.cuando, q, s.motivo, s.datos) for s, q in filas)
    )


def _hechos(sesion: Session, entorno: Entorno, entidad: Entidad) -> dict[str, str]:
    ficha = _ficha(sesion, entorno, entidad)
    if ficha is None or ficha.mesa is None:
        return {}
    publicada = direcciones_gobpe.vigente(sesion)
    return {
        "direccion": ficha.direccion or "",
        "desde": ficha.desde.isoformat() if ficha.desde else "",
        "tipo": MESAS[ficha.mesa],
        "gobpe": (publicada.direccion or "") if publicada else "",
    }


def _ficha(sesion: Session, entorno: Entorno, entidad: Entidad) -> Ficha | None:
    ahora = entorno.reloj.ahora()
    fichas = Padron(sesion, ahora, entorno.direccion_publica, entidad.id).al(ahora)
    return fichas[0] if fichas else None


# --- la entidad -----------------------------------------------------------------------------------


def enviar(entorno: Entorno, actor: Actor, crudo: Mapping[str, Any]) -> int:
    """Envía el reporte, con su declaración jurada; da su número.

    Lanza `Invalido` con lo que está mal, o `Conflicto` si no hay mesa o el anterior está en
    revisión.
    """
    exigir(actor, "cumplimiento.reportar")
    ahora = entorno.reloj.ahora()
    contexto = Contexto(territorio=entorno.territorio, hoy=fecha_lima(ahora))
    lectura = leer([(campo, campo.si) for campo in CAMPOS], crudo, contexto)
    with entorno.bd.transaccion(Ambito.de(actor.entidad_id)) as sesion:
        entidad = sesion.get_one(Entidad, actor.entidad_id, with_for_update=True)
        reportes = de_la_entidad(sesion, entidad.id)
        hechos = _hechos(sesion, entorno, entidad)
        por_que_no = PorReportar(hechos, {}, reportes).por_que_no
        if por_que_no:
            raise Conflicto(por_que_no)
        if lectura.errores:
            raise Invalido(lectura.errores)
        numero = (reportes.ultimo.numero if reportes.ultimo else 0) + 1
        datos = _congelar(entidad, hechos, lectura.valores, actor)
        _agregar(sesion, entidad.id, reportes, ahora, actor, numero, ENVIADO, datos=datos)
        anotar(
            sesion, ahora, entidad.id, actor.usuario_id, "cumplimiento.enviado",
            f"{entidad.slug} {numero}",
        )  # fmt: skip
    return numero


def _congelar(
    entidad: Entidad, hechos: Mapping[str, str], valores: Mapping[str, Any], actor: Actor
) -> dict[str, Any]:
    de_la_mesa = {c: v for c, v in valores.items() if c not in (SERVICIOS, DECLARACION)}
    return {
        "formato": 1,
        "entidad": {"nombre": entidad.nombre, "ruc": entidad.ruc, "direccion": entidad.direccion},
        "mesa": {**hechos, **de_la_mesa},
        SERVICIOS: list(valores.get(SERVICIOS, ())),
        "declara": {"nombres": actor.nombres, "correo": actor.correo, "texto": TEXTO_JURADO},
    }


def _agregar(
    sesion: Session,
    entidad_id: int,
    reportes: Reportes,
    ahora: datetime,
    actor: Actor,
    numero: int,
    clase: str,
    *,
    motivo: str | None = None,
    datos: Mapping[str, Any] | None = None,
) -> SucesoDeReporte:
    suceso = SucesoDeReporte(
        entidad_id=entidad_id,
        cuando=ahora,
        orden=len(reportes.sucesos) + 1,
        numero=numero,
        clase=clase,
        usuario_id=actor.usuario_id,
        motivo=motivo,
        datos=dict(datos or {}),
    )
    sesion.add(suceso)
    sesion.flush()
    return suceso


# --- la SGTD --------------------------------------------------------------------------------------


def aceptar(entorno: Entorno, actor: Actor, entidad_id: int, numero: int) -> None:
    """Acepta un reporte y avisa a quien coordina la entidad; lanza `Conflicto` si ya se decidió."""
    _decidir(entorno, actor, entidad_id, numero, ACEPTADO, None)


def observar(
    entorno: Entorno, actor: Actor, entidad_id: int, numero: int, motivo: str | None
) -> None:
    """Observa un reporte, con su motivo: la entidad lo corrige y lo envía otra vez."""
    exigir(actor, "cumplimiento.revisar")
    dicho = guardable(varias_lineas(motivo or "") or "")
    if not dicho:
        raise Invalido([Error("motivo", "vacio", "Escribe qué tiene que corregir la entidad.")])
    if len(dicho) > LARGO_DEL_MOTIVO:
        frase = f"Escríbelo en {LARGO_DEL_MOTIVO} caracteres o menos."
        raise Invalido([Error("motivo", "largo", frase)])
    _decidir(entorno, actor, entidad_id, numero, OBSERVADO, dicho)


def _decidir(
    entorno: Entorno, actor: Actor, entidad_id: int, numero: int, clase: str, motivo: str | None
) -> None:
    exigir(actor, "cumplimiento.revisar")
    ahora = entorno.reloj.ahora()
    with entorno.bd.transaccion(Ambito.de_plataforma(f"reporte {clase}")) as sesion:
        entidad = sesion.get(Entidad, entidad_id, with_for_update=True)
        if entidad is None:
            raise NoExiste("No encontramos esa entidad.")
        reportes = de_la_entidad(sesion, entidad_id)
        reportes.envio(numero)
        ultimo = reportes.sucesos[0]
        if (ultimo.clase, ultimo.numero) != (ENVIADO, numero):
            raise Conflicto("Ese reporte ya se decidió, o la entidad envió otro después.")
        suceso = _agregar(sesion, entidad_id, reportes, ahora, actor, numero, clase, motivo=motivo)
        _avisar(entorno, sesion, actor, entidad, suceso)
        anotar(
            sesion, ahora, actor.entidad_id, actor.usuario_id, f"cumplimiento.{clase}",
            f"{entidad.slug} {numero}",
        )  # fmt: skip


def _avisar(
    entorno: Entorno, sesion: Session, actor: Actor, entidad: Entidad, suceso: SucesoDeReporte
) -> None:
    dia = fecha_larga(fecha_lima(suceso.cuando))
    if suceso.clase == ACEPTADO:
        asunto = f"Aceptaron el reporte de cumplimiento de {entidad.nombre_corto}"
        que = f"El reporte de cumplimiento de {entidad.nombre} se aceptó el {dia}."
    else:
        asunto = f"Observaron el reporte de cumplimiento de {entidad.nombre_corto}"
        que = (
            f"El reporte de cumplimiento de {entidad.nombre} se observó el {dia}. Corrígelo y "
            f"envíalo otra vez en {entorno.direccion_publica}/bandeja/cumplimiento\n\n"
            f"Qué hay que corregir: {suceso.motivo}"
        )
    plataforma = sesion.get_one(Entidad, actor.entidad_id)
    avisos_de_plataforma.avisar_a_quien_coordina(
        sesion, plataforma, entidad,
        f"reporte-{suceso.clase}.{suceso.id}", suceso.cuando, asunto, que,
    )  # fmt: skip


def de_una(entorno: Entorno, actor: Actor, entidad_id: int) -> tuple[str, Reportes]:
    """El nombre de una entidad y sus reportes; queda anotado quién los miró (N61)."""
    exigir(actor, "cumplimiento.revisar")
    ahora = entorno.reloj.ahora()
    with entorno.bd.transaccion(Ambito.de_plataforma("ver un reporte")) as sesion:
        entidad = sesion.get(Entidad, entidad_id)
        if entidad is None:
            raise NoExiste("No encontramos esa entidad.")
        anotar(
            sesion, ahora, actor.entidad_id, actor.usuario_id, "cumplimiento.visto", entidad.slug
        )
        return entidad.nombre, de_la_entidad(sesion, entidad_id)
