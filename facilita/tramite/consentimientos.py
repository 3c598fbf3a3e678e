"""El libro de consentimientos: cada uno con su texto, cuándo y cómo se dio o se retiró (N33).

Solo se le agrega. Lo que vale hoy de un campo es lo último que se anotó de él.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from facilita.definicion import Transicion
from facilita.definicion.campos import Campo as Cualquiera
from facilita.definicion.campos.base import completar
from facilita.definicion.campos.opciones import Consentimiento as Campo
from facilita.servicios.codigos import normalizar_codigo
from facilita.tramite.ambito import NADA, Ambito
from facilita.tramite.caso import CIUDADANO, Caso, tomar_caso
from facilita.tramite.entorno import Entorno
from facilita.tramite.errores import Conflicto, NoExiste
from facilita.tramite.modelos import Codigo, Consentimiento, Movimiento, Solicitud
from facilita.tramite.sucesos import mover

DADO, RETIRADO = "dado", "retirado"
SIN_PRUEBA: Mapping[str, Any] = {}
DEL_PASO = ":"
"""Entre el orden del paso que lo pidió y su campo: «4:acepta»."""
CONSECUENCIAS = {
    "notificacion": (
        "Desde ahora no se te notifica en tu casilla electrónica: lo de este trámite se te "
        "notifica por correo con acuse o por cédula. Lo que ya se te notificó vale."
    ),
}
"""Lo que pasa al retirar el consentimiento de un uso."""
CONSECUENCIA = (
    "Desde ahora la entidad no usa tus datos para esto. Lo que ya hizo no cambia, y tu trámite "
    "sigue igual."
)


@dataclass(frozen=True)
class Consentido:
    """Cómo está hoy un consentimiento de una solicitud."""

    campo: str
    finalidad: str
    texto: str
    digest: str
    uso: str | None
    exigido: bool
    dado_en: datetime
    retirado_en: datetime | None

    @property
    def vale(self) -> bool:
        """Si sigue dado."""
        return self.retirado_en is None

    @property
    def se_retira(self) -> bool:
        """Si se puede retirar: una declaración que se exige para presentar, no."""
        return self.vale and not self.exigido

    @property
    def se_da(self) -> bool:
        """Si se puede volver a dar: se retiró y no se exigía."""
        return not (self.vale or self.exigido)

    @property
    def consecuencia(self) -> str:
        """Qué pasa al retirarlo, dicho antes."""
        return CONSECUENCIAS.get(self.uso or "", CONSECUENCIA)


def anotar_dados(caso: Caso, antes: Mapping[str, Any], prueba: Mapping[str, Any]) -> None:
    """Anota lo que la persona acaba de aceptar, o deja de aceptar al corregir (N33)."""
    era = dict(_aceptados(caso.definicion.campos.values(), antes))
    es = dict(_aceptados(caso.definicion.campos.values(), caso.respuestas))
    for camino, campo in {**era, **es}.items():
        if (camino in era) != (camino in es):
            _agregar(caso, camino, campo, DADO if camino in es else RETIRADO, prueba)


def anotar_del_paso(
    caso: Caso, transicion: Transicion, movimiento: Movimiento, prueba: Mapping[str, Any]
) -> None:
    """Anota lo que la persona aceptó al dar un paso de su trámite (N33)."""
    valores, prefijo = movimiento.datos["campos"], f"{movimiento.orden}{DEL_PASO}"
    for camino, campo in _aceptados(transicion.pide, valores, prefijo):
        _agregar(caso, camino, campo, DADO, prueba)


def _aceptados(
    campos: Iterable[Cualquiera], respuestas: Mapping[str, Any], prefijo: str = ""
) -> Iterator[tuple[str, Campo]]:
    """Los consentimientos aceptados, también los de cada fila, con su camino."""
    for campo in campos:
        valor = respuestas.get(campo.id)
        if isinstance(campo, Campo) and valor is True:
            yield prefijo + campo.id, campo
        elif campo.campos and isinstance(valor, list):
            for n, fila in enumerate(valor):
                yield from _aceptados(campo.campos, fila, f"{prefijo}{campo.id}-{n}-")


def _agregar(caso: Caso, camino: str, campo: Campo, acto: str, prueba: Mapping[str, Any]) -> None:
    texto = completar(campo.texto, caso.entidad.nombres_para(caso.definicion))
    caso.sesion.add(
        Consentimiento(
            entidad_id=caso.entidad.id,
            solicitud_id=caso.solicitud.id,
            version_id=caso.solicitud.version_id,
            campo=camino,
            acto=acto,
            finalidad=campo.etiqueta,
            uso=campo.uso,
            texto=texto,
            digest=hashlib.sha256(texto.encode()).hexdigest(),
            exigido=campo.obligatorio,
            cuando=caso.ahora,
            prueba=dict(prueba),
        )
    )


def de_solicitud(sesion: Session, solicitud_id: int) -> tuple[Consentido, ...]:
    """Los consentimientos de una solicitud y cómo está hoy cada uno, en el orden en que se dieron.

    Quien no aceptó algo no lo tiene aquí.
    """
    actos = sesion.scalars(
        select(Consentimiento)
        .where(Consentimiento.solicitud_id == solicitud_id)
        .order_by(Consentimiento.id)
    )
    hoy: dict[str, Consentido] = {}
    for acto in actos:
        dado = acto.acto == DADO
        previo = hoy.get(acto.campo)
        hoy[acto.campo] = Consentido(
            campo=acto.campo,
            finalidad=acto.finalidad,
            texto=acto.texto,
            digest=acto.digest,
            uso=acto.uso,
            exigido=acto.exigido,
            dado_en=acto.cuando if dado or previo is None else previo.dado_en,
            retirado_en=None if dado else acto.cuando,
        )
    return tuple(hoy.values())


def vale_uso(sesion: Session, solicitud_id: int, uso: str) -> bool:
    """Si la persona consintió ese uso en esa solicitud y no lo retiró (N50)."""
    return any(c.uso == uso and c.vale for c in de_solicitud(sesion, solicitud_id))


def retirar(entorno: Entorno, escrito: str, campo: str, prueba: Mapping[str, Any]) -> Consentido:
    """Retira un consentimiento; quien llama ya comprobó la identidad. Da cómo estaba.

    Queda como un suceso que ven la persona y el personal. Lanza `NoExiste`, o `Conflicto` si ya
    estaba retirado o es una declaración que no se retira.
    """
    with _del_ciudadano(entorno, escrito) as caso:
        consentido, pedido = _hallado(caso, campo)
        if not consentido.se_retira:
            raise Conflicto(_por_que_no(consentido))
        _agregar(caso, campo, pedido, RETIRADO, prueba)
        dicho = {"consecuencia": consentido.consecuencia}
        mover(caso, "consentimiento_retirado", _suceso(consentido) | dicho)
    return consentido


def volver_a_dar(
    entorno: Entorno, escrito: str, campo: str, prueba: Mapping[str, Any]
) -> Consentido:
    """Da otra vez uno que se retiró, con el mismo texto; da cómo estaba.

    Lanza `NoExiste`, o `Conflicto` si no estaba retirado.
    """
    with _del_ciudadano(entorno, escrito) as caso:
        consentido, pedido = _hallado(caso, campo)
        if not consentido.se_da:
            raise Conflicto("Ese consentimiento ya está dado.")
        _agregar(caso, campo, pedido, DADO, prueba)
        mover(caso, "consentimiento_dado", _suceso(consentido))
    return consentido


def _suceso(consentido: Consentido) -> dict[str, Any]:
    return {
        "campo": consentido.campo,
        "finalidad": consentido.finalidad,
        "digest": consentido.digest,
    }


@contextmanager
def _del_ciudadano(entorno: Entorno, escrito: str) -> Iterator[Caso]:
    codigo, entidad_id = _hallar(entorno, escrito)
    ahora = entorno.reloj.ahora()
    with entorno.bd.transaccion(Ambito.de(entidad_id)) as sesion:
        cual = sesion.scalar(select(Solicitud.id).where(Solicitud.codigo == codigo))
        yield tomar_caso(sesion, entorno, cual or 0, CIUDADANO, ahora)


def _hallado(caso: Caso, camino: str) -> tuple[Consentido, Campo]:
    """Un consentimiento de la solicitud y el campo que lo pidió; lanza `NoExiste`."""
    suyos = {c.campo: c for c in de_solicitud(caso.sesion, caso.solicitud.id)}
    campo = _campo_en(caso, camino) if camino in suyos else None
    if campo is None:
        raise NoExiste("No encontramos ese consentimiento.")
    return suyos[camino], campo


def _pedidos_en(caso: Caso, orden: str) -> Iterable[Cualquiera]:
    """Los campos del formulario o, con el orden de un paso, los que ese paso pidió."""
    if not orden:
        return caso.definicion.campos.values()
    paso = caso.sesion.scalar(
        select(Movimiento.transicion).where(
            Movimiento.solicitud_id == caso.solicitud.id, Movimiento.orden == int(orden)
        )
    )
    return next((t.pide for t in caso.definicion.flujo.transiciones if t.id == paso), ())


def _campo_en(caso: Caso, camino: str) -> Campo | None:
    """El campo de un camino: suelto, de una fila («testigos-0-declara») o de un paso."""
    orden, _, resto = camino.rpartition(DEL_PASO)
    campos = _pedidos_en(caso, orden)
    campo: Cualquiera | None = None
    for parte in resto.split("-"):
        if not parte.isdecimal():
            campo = next((c for c in campos if c.id == parte), None)
            campos = campo.campos if campo else ()
    return campo if isinstance(campo, Campo) else None


def _por_que_no(consentido: Consentido) -> str:
    if not consentido.vale:
        return "Ya habías retirado ese consentimiento."
    return (
        "Es una declaración que se exige para presentar: no se retira. Si no quieres seguir con "
        "el trámite, puedes desistir."
    )


def _hallar(entorno: Entorno, escrito: str) -> tuple[str, int]:
    codigo = normalizar_codigo(escrito)
    with entorno.bd.lectura(NADA) as sesion:
        entidad_id = sesion.scalar(select(Codigo.entidad_id).where(Codigo.codigo == codigo))
    if codigo is None or entidad_id is None:
        raise NoExiste
    return codigo, entidad_id
