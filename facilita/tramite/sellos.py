"""Las claves de la plataforma: cuál rige, rotarla y publicar lo público de todas."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import structlog
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from facilita.servicios import sello
from facilita.servicios.codigos import codigo_seguimiento
from facilita.servicios.firmas import Certificado
from facilita.tramite.ambito import NADA
from facilita.tramite.entorno import Entorno
from facilita.tramite.modelos import Sello

registro = structlog.get_logger(__name__)

LARGO_DEL_ID = 6
_VIGENTE = (
    select(Sello)
    .where(Sello.clase == "plataforma", Sello.retirado_en.is_(None))
    .order_by(Sello.creado_en.desc(), Sello.cual)
    .limit(1)
)


@dataclass(frozen=True)
class SelloEnUso:
    """El sello que rige, con sus claves privadas."""

    claves: sello.Claves
    certificado: str


def vigente(entorno: Entorno) -> SelloEnUso:
    """El sello con que se firma hoy; hace el primero, y otro si el secreto cambió."""
    with entorno.bd.lectura(NADA) as sesion:
        suyo = _en_uso(entorno, sesion.scalar(_VIGENTE))
    if suyo is None:
        with entorno.bd.transaccion(NADA) as sesion:
            suyo = _en_uso(entorno, sesion.scalar(_VIGENTE)) or _crear(sesion, entorno)
    return suyo


def _en_uso(entorno: Entorno, guardado: Sello | None) -> SelloEnUso | None:
    if guardado is None:
        return None
    claves = sello.derivar(entorno.secreto, guardado.cual)
    # Con otro secreto salen otras claves: ese sello ya no se puede usar, solo comprobar.
    return SelloEnUso(claves, guardado.certificado) if claves.publica == guardado.publica else None


def rotar(entorno: Entorno) -> str:
    """Retira el sello que rige y hace otro; lo firmado con el anterior se comprueba igual."""
    with entorno.bd.transaccion(NADA) as sesion:
        return _crear(sesion, entorno).claves.id


def _crear(sesion: Session, entorno: Entorno) -> SelloEnUso:
    ahora = entorno.reloj.ahora()
    plataforma = urlsplit(entorno.direccion_publica).netloc
    claves = sello.derivar(entorno.secreto, _id_nuevo())
    certificado = sello.certificar(claves, plataforma, ahora)
    sesion.execute(
        update(Sello)
        .where(Sello.clase == "plataforma", Sello.retirado_en.is_(None))
        .values(retirado_en=ahora)
    )
    sesion.add(
        Sello(
            cual=claves.id,
            clase="plataforma",
            quien=plataforma,
            publica=claves.publica,
            certificado=certificado,
            creado_en=ahora,
        )
    )
    registro.info("sello.nuevo", sello=claves.id)
    return SelloEnUso(claves, certificado)


def _id_nuevo() -> str:
    return codigo_seguimiento().replace("-", "")[:LARGO_DEL_ID].lower()


def anotar_certificado(
    sesion: Session, entorno: Entorno, certificado: Certificado, entidad: str
) -> None:
    """Deja entre los sellos el certificado con que firmó una entidad."""
    if sesion.get(Sello, certificado.huella) is None:
        sesion.add(
            Sello(
                cual=certificado.huella,
                clase="entidad",
                quien=entidad,
                certificado=certificado.pem,
                creado_en=entorno.reloj.ahora(),
            )
        )


def listar(entorno: Entorno) -> list[Sello]:
    """Todos los sellos, del más antiguo al más nuevo."""
    with entorno.bd.lectura(NADA) as sesion:
        return list(sesion.scalars(select(Sello).order_by(Sello.creado_en, Sello.cual)))


def publicar(entorno: Entorno) -> dict[str, Any]:
    """Lo público de todas las claves, para comprobar sin esta instalación."""
    return {
        "formato": 1,
        "plataforma": entorno.direccion_publica,
        "claves": [
            {
                "id": s.cual,
                "clase": s.clase,
                "quien": s.quien,
                "publica": s.publica,
                "certificado": s.certificado,
                "creada_en": s.creado_en.isoformat(timespec="seconds"),
                "retirada_en": s.retirado_en.isoformat(timespec="seconds")
                if s.retirado_en
                else None,
            }
            for s in listar(entorno)
        ],
    }
