"""Las personas de la plataforma y la activación de su casilla electrónica.

Lo que se sabe de alguien se dice con su nivel. Con una solicitud propia, el correo y el celular
probados, la identidad es «declarada»: esa casilla solo recibe lo de solicitudes hechas con su
mismo correo, así que ocuparla con el documento de otro no da nada de ese otro. «Presencial» es
cuando el personal vio el documento, y recibe todo lo de ese documento.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from facilita.definicion.campos import Error
from facilita.servicios.codigos import ficha_secreta, huella
from facilita.servicios.mensajeria import numero_de_celular
from facilita.tramite import seguimiento
from facilita.tramite.ambito import NADA, Ambito, en_ambito
from facilita.tramite.atencion import tomar
from facilita.tramite.bitacora import anotar
from facilita.tramite.cargo import normalizar_identidad, valor_de
from facilita.tramite.caso import CIUDADANO, Caso, armar_caso
from facilita.tramite.destinatarios import (
    DECLARADA,
    PRESENCIAL,
    Identidad,
    casilla_de,
    de_caso,
)
from facilita.tramite.entorno import Entorno
from facilita.tramite.envios import CANALES, CELULAR, CORREO, dejar_codigo, es_el_codigo
from facilita.tramite.errores import Conflicto, Invalido, NoExiste, Vencido
from facilita.tramite.intentos import (
    AQUI,
    SIN_TOPE,
    Desde,
    anotar_fallo,
    exigir_turno,
    olvidar_los_suyos,
)
from facilita.tramite.modelos import (
    Activacion,
    Casilla,
    Deposito,
    Persona,
    SesionDeCasilla,
    Solicitud,
)
from facilita.tramite.permisos import Actor
from facilita.tramite.sesiones_casilla import abrir_sesion
from facilita.tramite.usuarios import normalizar_correo

NIVELES = {
    DECLARADA: "Declarada: se probaron el correo, el celular y una solicitud de esa persona.",
    PRESENCIAL: "Comprobada en persona: el personal de una entidad vio el documento original.",
}
DURA, DURA_PRESENCIAL = timedelta(minutes=15), timedelta(days=2)
FALLOS = 5
PARA_ACTIVAR = "activar tu casilla electrónica"
APAGADA = "La casilla electrónica no está disponible en esta plataforma."
NO_COINCIDE = "El documento y el código no coinciden con ninguna solicitud. Revísalos."
MALOS = "Los códigos no son correctos. Revisa los dos y prueba otra vez."
YA_HAY = (
    "Ya hay una casilla activa con ese documento. Ingresa con ella; si no es tuya, acércate a la "
    "entidad con tu documento y pide que la validen en persona."
)


def exigir_encendida(entorno: Entorno) -> None:
    """Lanza `NoExiste` si la casilla no está encendida o no hay canal al celular (N51)."""
    if not entorno.con_casilla or entorno.mensajeria is None:
        raise NoExiste(APAGADA)


# --- pedir la activación ------------------------------------------------------------------------


def pedir_activacion(
    entorno: Entorno, tipo: str, numero: str, escrito: str, desde: Desde = AQUI
) -> str:
    """Manda los dos códigos al correo y al celular de una solicitud propia; da la ficha.

    Una sola respuesta, `NoExiste`, si el documento y el código no coinciden; `Conflicto` si esa
    solicitud no tiene correo o celular.
    """
    exigir_encendida(entorno)
    ahora, quien = entorno.reloj.ahora(), _nombre_de_intento(tipo, numero)
    with entorno.bd.lectura(NADA) as sesion:
        exigir_turno(sesion, quien, ahora, desde)
    try:
        ficha = _pedir(entorno, tipo, normalizar_identidad(numero), escrito, ahora)
    except NoExiste:
        with entorno.bd.transaccion(NADA) as sesion:
            anotar_fallo(sesion, quien, ahora, desde, SIN_TOPE)
        raise NoExiste(NO_COINCIDE) from None
    with entorno.bd.transaccion(NADA) as sesion:
        olvidar_los_suyos(sesion, quien, desde)
    return ficha


def _nombre_de_intento(tipo: str, numero: str) -> str:
    return f"activar\n{tipo}\n{normalizar_identidad(numero)}"


def _pedir(entorno: Entorno, tipo: str, numero: str, escrito: str, ahora: datetime) -> str:
    codigo, entidad_id = seguimiento.hallar(entorno, escrito)
    with entorno.bd.transaccion(Ambito.de(entidad_id)) as sesion:
        suya = select(Solicitud).where(Solicitud.codigo == codigo)
        solicitud = sesion.scalars(suya).one()
        caso = armar_caso(sesion, entorno, solicitud, CIUDADANO, ahora)
        identidad = de_caso(caso)
        if identidad is None or (identidad.tipo, identidad.numero) != (tipo, numero):
            raise NoExiste
        celular = numero_de_celular(valor_de(caso.definicion, caso.respuestas, "celular"))
        if not celular or not caso.solicitud.correo:
            raise Conflicto(
                "Esa solicitud no tiene un correo y un celular: usa otra, o pide en la entidad "
                "que validen tu identidad en persona."
            )
        return _empezar(caso, identidad, caso.solicitud.correo.casefold(), celular)


def validar_en_persona(
    entorno: Entorno, actor: Actor, solicitud_id: int, correo: str, celular: str, *, visto: bool
) -> None:
    """El personal vio el documento de quien presentó: le llegan los códigos para activarla.

    Lanza `Invalido` si falta decir que lo vio, el correo o el celular.
    """
    exigir_encendida(entorno)
    with tomar(entorno, actor, solicitud_id, "casilla.validar") as caso:
        identidad = de_caso(caso)
        if identidad is None:
            raise Conflicto("Esta solicitud no dice el documento de quien presentó.")
        limpio = _correo_valido(correo)
        numero = numero_de_celular(celular)
        if not visto:
            raise _invalido("visto", "Marca que viste su documento de identidad original.")
        if numero is None:
            raise _invalido("celular", "Escribe su celular: 9 cifras, o con el código de su país.")
        _empezar(caso, identidad, limpio, numero, actor.usuario_id)
        anotar(
            caso.sesion, caso.ahora, actor.entidad_id, actor.usuario_id, "casilla.validada",
            caso.solicitud.numero,
        )  # fmt: skip


def _correo_valido(escrito: str) -> str:
    try:
        return normalizar_correo(escrito)
    except Invalido as falla:
        raise _invalido("correo", falla.errores[0].texto) from None


def _invalido(campo: str, frase: str) -> Invalido:
    return Invalido([Error(campo, campo, frase)])


def _empezar(
    caso: Caso, quien: Identidad, correo: str, celular: str, validada_por_id: int | None = None
) -> str:
    ficha = ficha_secreta()
    suya = huella(ficha)
    dura = DURA_PRESENCIAL if validada_por_id else DURA
    caso.sesion.add(
        Activacion(
            huella=suya, tipo=quien.tipo, numero=quien.numero, nombres=quien.nombres,
            correo=correo, celular=celular, origen_id=caso.entidad.id, fallos=0,
            validada_por_id=validada_por_id, creada_en=caso.ahora, vence_en=caso.ahora + dura,
        )
    )  # fmt: skip
    enlace = f"{caso.entorno.direccion_publica}/casilla/activar/{ficha}"
    for canal in CANALES:
        dejar_codigo(
            caso.sesion, canal=canal, de=f"a.{suya[:32]}", entidad_id=caso.entidad.id,
            para=correo if canal == CORREO else celular, para_que=PARA_ACTIVAR, enlace=enlace,
            ahora=caso.ahora, dura=dura,
        )  # fmt: skip
    return ficha


# --- activarla ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class PorActivar:
    """Una activación que espera sus dos códigos, con adónde se mandaron a medias."""

    nombres: str
    correo: str
    celular: str
    presencial: bool


def ver_activacion(entorno: Entorno, ficha: str) -> PorActivar:
    """Adónde se mandaron los códigos; lanza `NoExiste` o `Vencido`."""
    exigir_encendida(entorno)
    with entorno.bd.lectura(NADA) as sesion:
        fila = _activacion(sesion, ficha, entorno.reloj.ahora())
        return PorActivar(
            fila.nombres,
            tapado(fila.correo),
            tapado(fila.celular),
            fila.validada_por_id is not None,
        )


def tapado(dato: str) -> str:
    """Un correo o un celular con lo justo para reconocerlo."""
    usuario, arroba, dominio = dato.partition("@")
    if arroba:
        return f"{usuario[:2]}•••@{dominio}"
    return f"•••{dato[-3:]}"


def activar(
    entorno: Entorno, ficha: str, del_correo: str, del_celular: str, agente: str | None
) -> str:
    """Con los dos códigos, abre la casilla y una sesión en ella; da la ficha de la sesión.

    Lanza `NoExiste`, `Vencido`, `Invalido` si un código no es, o `Conflicto` si ya hay una.
    """
    exigir_encendida(entorno)
    ahora = entorno.reloj.ahora()
    with entorno.bd.transaccion(Ambito.de_plataforma("activar una casilla")) as sesion:
        fila = _activacion(sesion, ficha, ahora, con_turno=True)
        escritos = {CORREO: del_correo, CELULAR: del_celular}
        de = f"a.{fila.huella[:32]}"
        if all(es_el_codigo(entorno.secreto, f"{de}.{c}", e) for c, e in escritos.items()):
            return _abrir(sesion, fila, agente, ahora)
        fila.fallos += 1
    raise _invalido("codigo_correo", MALOS)


def _activacion(
    sesion: Session, ficha: str, ahora: datetime, *, con_turno: bool = False
) -> Activacion:
    consulta = select(Activacion).where(Activacion.huella == huella(ficha))
    fila = sesion.scalar(consulta.with_for_update() if con_turno else consulta)
    if fila is None:
        raise NoExiste("Este enlace no lleva a ninguna activación. Cópialo completo.")
    if fila.usada_en or fila.vence_en < ahora or fila.fallos >= FALLOS:
        raise Vencido("Esta activación ya no sirve. Pide otra: es rápido.")
    return fila


def _abrir(sesion: Session, fila: Activacion, agente: str | None, ahora: datetime) -> str:
    persona = _persona(sesion, fila, ahora)
    anterior = casilla_de(sesion, fila.tipo, fila.numero)
    if anterior and not fila.validada_por_id:
        raise Conflicto(YA_HAY)
    fila.usada_en = ahora
    nueva = Casilla(
        persona_id=persona.id, correo=fila.correo, celular=fila.celular,
        nivel=PRESENCIAL if fila.validada_por_id else DECLARADA,
        origen_id=fila.origen_id, validada_por_id=fila.validada_por_id, activada_en=ahora,
    )  # fmt: skip
    if anterior:
        anterior.cerrada_en = ahora
    sesion.add(nueva)
    sesion.flush()
    if anterior:
        _suceder(sesion, anterior, nueva)
    anotar(sesion, ahora, None, fila.validada_por_id, "casilla.activada", str(nueva.id))
    return abrir_sesion(sesion, nueva.id, agente, ahora)


def _persona(sesion: Session, fila: Activacion, ahora: datetime) -> Persona:
    suya = select(Persona).where(Persona.tipo == fila.tipo, Persona.numero == fila.numero)
    persona = sesion.scalar(suya.with_for_update())
    if persona is None:
        try:
            with sesion.begin_nested():
                persona = Persona(
                    tipo=fila.tipo, numero=fila.numero, nombres=fila.nombres, creada_en=ahora
                )
                sesion.add(persona)
        except IntegrityError:
            pass  # Otra activación del mismo documento la creó a la vez.
        persona = sesion.scalars(suya.with_for_update()).one()
    if fila.validada_por_id:
        persona.nombres = fila.nombres
    return persona


def _suceder(sesion: Session, anterior: Casilla, nueva: Casilla) -> None:
    """La casilla nueva toma el lugar: la anterior ya no se abre.

    Lo depositado en una «declarada» con otro correo no pasa: pudo ser de quien ocupó el documento.
    """
    sesion.execute(delete(SesionDeCasilla).where(SesionDeCasilla.casilla_id == anterior.id))
    if anterior.nivel == PRESENCIAL or anterior.correo == nueva.correo:
        with en_ambito(sesion, Ambito.de_plataforma("casilla que cambia de correo")):
            suyos = update(Deposito).where(Deposito.casilla_id == anterior.id)
            sesion.execute(suyos.values(casilla_id=nueva.id))
