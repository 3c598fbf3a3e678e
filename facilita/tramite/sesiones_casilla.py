"""Entrar a la casilla electrónica: con un código de un solo uso o con contraseña.

Estas sesiones son aparte de las del personal: ni la cookie ni la tabla se comparten.
"""

import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from facilita.definicion.campos import Error
from facilita.servicios.claves import cifrar, fallas_de_clave, verificar
from facilita.servicios.codigos import ficha_secreta, huella
from facilita.tramite.ambito import NADA, Ambito
from facilita.tramite.bitacora import anotar
from facilita.tramite.cargo import normalizar_identidad
from facilita.tramite.entorno import Entorno
from facilita.tramite.envios import (
    CELULAR,
    CORREO,
    DEL_ENLACE,
    dejar_codigo,
    es_el_codigo,
    secreto_de,
)
from facilita.tramite.errores import Invalido, NoPermitido, Vencido
from facilita.tramite.intentos import (
    AQUI,
    DE_CODIGOS,
    Desde,
    anotar_fallo,
    exigir_turno,
    olvidar_los_suyos,
)
from facilita.tramite.modelos import Casilla, CodigoDeIngreso, Persona, SesionDeCasilla
from facilita.tramite.normalizar import guardable

INACTIVIDAD = timedelta(minutes=30)
DURACION = timedelta(hours=8)
VIVE_EL_CODIGO = timedelta(minutes=15)
VIVE_EL_ENLACE = timedelta(hours=1)
"""Lo mismo que se cuentan los códigos pedidos: si ya no se manda otro, hay uno vivo."""
FALLOS_POR_CODIGO = 5
CODIGOS_POR_HORA = 6
ENLACE_VENCIDO = "Este enlace ya no sirve. Pide un código nuevo: el correo trae otro enlace."
PARA_ENTRAR = "entrar a tu casilla electrónica"


class EntradaNegada(NoPermitido):
    """No se pudo entrar; la frase es la misma para todo lo que no coincide."""

    frase = "El documento y el código o la contraseña no coinciden. Revísalos."


@dataclass(frozen=True, slots=True)
class Dueno:
    """Quien está dentro de su casilla."""

    casilla_id: int
    nombres: str
    tipo: str
    numero: str
    nivel: str
    correo: str
    celular: str
    tiene_clave: bool


@dataclass(frozen=True, slots=True)
class SesionVista:
    """Una sesión abierta, como la ve su dueño."""

    abierta_en: datetime
    vista_en: datetime
    agente: str
    es_esta: bool


def pedir_codigo(entorno: Entorno, tipo: str, numero: str, canal: str) -> str:
    """Manda un código si hay una casilla abierta con ese documento; por fuera no se nota.

    Da la ficha con la que vale ese código: nadie gasta los intentos del código que pidió otro. En
    el correo va además un enlace que entra sin código. Cuando ya no se mandan más en la hora, el
    último enlace sigue vivo: pedir muchos en nombre de otro no lo deja afuera.
    """
    ahora, ficha = entorno.reloj.ahora(), ficha_secreta()
    canal = canal if canal == CELULAR else CORREO
    with entorno.bd.transaccion(Ambito.de_plataforma("código para una casilla")) as sesion:
        casilla = _casilla(sesion, tipo, numero)
        if casilla is not None and not _pidio_muchos(sesion, casilla.id, canal, ahora):
            _mandar_codigo(sesion, entorno, casilla, canal, huella(ficha))
    return ficha


def _mandar_codigo(
    sesion: Session, entorno: Entorno, casilla: Casilla, canal: str, pedido: str
) -> None:
    ahora, raiz = entorno.reloj.ahora(), entorno.direccion_publica
    fila = CodigoDeIngreso(
        casilla_id=casilla.id, pedido=pedido, canal=canal, fallos=0, creado_en=ahora,
        vence_en=ahora + VIVE_EL_CODIGO,
    )  # fmt: skip
    sesion.add(fila)
    sesion.flush()
    dejar_codigo(
        sesion, canal=canal, de=f"i.{fila.id}", entidad_id=casilla.origen_id,
        para=casilla.correo if canal == CORREO else casilla.celular, para_que=PARA_ENTRAR,
        enlace=f"{raiz}/casilla/ingresar", ahora=ahora,
        directo=(
            "O entra sin código con este enlace, que vale 1 hora:\n"
            f"{raiz}/casilla/entrar/{fila.id}-{DEL_ENLACE}\n\n"
        ),
    )  # fmt: skip


def _casilla(sesion: Session, tipo: str, numero: str) -> Casilla | None:
    return sesion.scalar(
        select(Casilla)
        .join(Persona, Persona.id == Casilla.persona_id)
        .where(
            Persona.tipo == tipo[:40],
            Persona.numero == guardable(normalizar_identidad(numero)),
            Casilla.cerrada_en.is_(None),
        )
    )


def _pidio_muchos(sesion: Session, casilla_id: int, canal: str, ahora: datetime) -> bool:
    recientes = select(func.count()).where(
        CodigoDeIngreso.casilla_id == casilla_id,
        CodigoDeIngreso.canal == canal,
        CodigoDeIngreso.creado_en > ahora - VIVE_EL_ENLACE,
    )
    return (sesion.scalar(recientes) or 0) >= CODIGOS_POR_HORA


def entrar_con_codigo(
    entorno: Entorno,
    tipo: str,
    numero: str,
    codigo: str,
    agente: str | None,
    *,
    pedido: str,
    desde: Desde = AQUI,
) -> str:
    """Abre una sesión con el código que se mandó al pedirlo con esa ficha.

    Lanza `EntradaNegada` o `IngresoDetenido`.
    """
    ahora, quien = entorno.reloj.ahora(), f"código de {_quien(tipo, numero)}"
    with entorno.bd.transaccion(NADA) as sesion:
        exigir_turno(sesion, quien, ahora, desde)
        casilla = _casilla(sesion, tipo, numero)
        fila = _codigo_pedido(sesion, casilla.id, pedido, ahora) if casilla else None
        if casilla and fila and _es(entorno, fila, codigo):
            fila.usado_en = ahora
            olvidar_los_suyos(sesion, quien, desde)
            return _entrar(sesion, casilla, agente, ahora)
        if fila:
            fila.fallos += 1
        anotar_fallo(sesion, quien, ahora, desde, DE_CODIGOS)
        anotar(sesion, ahora, None, None, "casilla.ingreso_fallido")
    raise EntradaNegada


def _quien(tipo: str, numero: str) -> str:
    return f"casilla\n{tipo}\n{normalizar_identidad(numero)}"


def _codigo_pedido(
    sesion: Session, casilla_id: int, pedido: str, ahora: datetime
) -> CodigoDeIngreso | None:
    """El código que se pidió con esa ficha, si todavía sirve."""
    fila = sesion.scalar(
        select(CodigoDeIngreso)
        .where(CodigoDeIngreso.casilla_id == casilla_id, CodigoDeIngreso.pedido == huella(pedido))
        .with_for_update()
    )
    if fila is None or fila.usado_en or fila.vence_en < ahora or fila.fallos >= FALLOS_POR_CODIGO:
        return None
    return fila


def _es(entorno: Entorno, fila: CodigoDeIngreso, codigo: str) -> bool:
    return es_el_codigo(entorno.secreto, f"i.{fila.id}.{fila.canal}", codigo)


def entrar_con_enlace(entorno: Entorno, secreto: str, agente: str | None) -> str:
    """Abre una sesión con el enlace del correo, que nadie adivina: no lo detiene ningún fallo.

    Sirve una vez y una hora. Lanza `Vencido` si no es uno, o ya no sirve.
    """
    ahora = entorno.reloj.ahora()
    with entorno.bd.transaccion(NADA) as sesion:
        fila = _del_enlace(sesion, entorno, secreto)
        casilla = sesion.get(Casilla, fila.casilla_id) if fila else None
        if fila is None or casilla is None or casilla.cerrada_en:
            raise Vencido(ENLACE_VENCIDO)
        if fila.usado_en or fila.creado_en + VIVE_EL_ENLACE < ahora:
            raise Vencido(ENLACE_VENCIDO)
        fila.usado_en = ahora
        return _entrar(sesion, casilla, agente, ahora)


def _del_enlace(sesion: Session, entorno: Entorno, secreto: str) -> CodigoDeIngreso | None:
    cual, _, escrito = secreto.partition("-")
    if not (cual.isascii() and cual.isdigit() and len(cual) < 16):
        return None
    bueno = secreto_de(entorno.secreto, f"i.{cual}.{CORREO}")
    if not hmac.compare_digest(escrito.encode("utf-8", "surrogatepass"), bueno.encode()):
        return None
    return sesion.get(CodigoDeIngreso, int(cual), with_for_update=True)


def entrar_con_clave(
    entorno: Entorno,
    tipo: str,
    numero: str,
    clave: str,
    agente: str | None,
    desde: Desde = AQUI,
) -> str:
    """Abre una sesión con la contraseña; lanza `EntradaNegada` o `IngresoDetenido`."""
    ahora, quien = entorno.reloj.ahora(), _quien(tipo, numero)
    with entorno.bd.lectura(NADA) as sesion:
        casilla = _casilla(sesion, tipo, numero)
    # Verificar cuesta lo mismo exista o no la casilla, y no detiene a nadie más.
    coincide = verificar(casilla.clave if casilla else None, clave)
    with entorno.bd.transaccion(NADA) as sesion:
        exigir_turno(sesion, quien, ahora, desde)
        if casilla and coincide:
            olvidar_los_suyos(sesion, quien, desde)
            return _entrar(sesion, casilla, agente, ahora)
        anotar_fallo(sesion, quien, ahora, desde)
        anotar(sesion, ahora, None, None, "casilla.ingreso_fallido")
    raise EntradaNegada


def _entrar(sesion: Session, casilla: Casilla, agente: str | None, ahora: datetime) -> str:
    anotar(sesion, ahora, None, None, "casilla.ingreso", str(casilla.id))
    return abrir_sesion(sesion, casilla.id, agente, ahora)


def abrir_sesion(sesion: Session, casilla_id: int, agente: str | None, ahora: datetime) -> str:
    """Abre una sesión en una casilla y da su ficha."""
    ficha = ficha_secreta()
    sesion.add(
        SesionDeCasilla(
            huella=huella(ficha), casilla_id=casilla_id, abierta_en=ahora, vista_en=ahora,
            vence_en=ahora + DURACION, agente=guardable(agente or "")[:200] or None,
        )
    )  # fmt: skip
    return ficha


def dueno_de(entorno: Entorno, ficha: str) -> Dueno | None:
    """Quien usa una sesión, o `None` si no hay tal, ya terminó o la casilla se cerró."""
    ahora = entorno.reloj.ahora()
    with entorno.bd.lectura(NADA) as sesion:
        fila = sesion.execute(
            select(SesionDeCasilla, Casilla)
            .join(Casilla, Casilla.id == SesionDeCasilla.casilla_id)
            .where(SesionDeCasilla.huella == huella(ficha), Casilla.cerrada_en.is_(None))
        ).one_or_none()
        if fila is None:
            return None
        abierta, casilla = fila
        if ahora > abierta.vence_en or ahora - abierta.vista_en > INACTIVIDAD:
            return None
        dueno = _dueno(casilla)
    if ahora - abierta.vista_en > timedelta(minutes=1):
        _marcar_vista(entorno, ficha, ahora)
    return dueno


def _dueno(casilla: Casilla) -> Dueno:
    return Dueno(
        casilla_id=casilla.id,
        nombres=casilla.persona.nombres,
        tipo=casilla.persona.tipo,
        numero=casilla.persona.numero,
        nivel=casilla.nivel,
        correo=casilla.correo,
        celular=casilla.celular,
        tiene_clave=casilla.clave is not None,
    )


def _marcar_vista(entorno: Entorno, ficha: str, ahora: datetime) -> None:
    with entorno.bd.transaccion(NADA) as sesion:
        abierta = sesion.get(SesionDeCasilla, huella(ficha))
        if abierta is not None:
            abierta.vista_en = ahora


def poner_clave(entorno: Entorno, dueno: Dueno, actual: str, nueva: str, ficha: str) -> None:
    """Pone o cambia la contraseña y cierra las demás sesiones; lanza `Invalido`."""
    fallas = fallas_de_clave(nueva, dueno.correo)
    if fallas:
        raise Invalido([Error("nueva", "clave", falla) for falla in fallas])
    with entorno.bd.lectura(NADA) as sesion:
        guardada = sesion.get_one(Casilla, dueno.casilla_id).clave
    if guardada and not verificar(guardada, actual):
        raise Invalido([Error("actual", "clave", "Esa no es tu contraseña actual.")])
    cifrada, ahora = cifrar(nueva), entorno.reloj.ahora()
    with entorno.bd.transaccion(NADA) as sesion:
        sesion.get_one(Casilla, dueno.casilla_id, with_for_update=True).clave = cifrada
        _cerrar_otras(sesion, dueno, ficha)
        anotar(sesion, ahora, None, None, "casilla.clave", str(dueno.casilla_id))


def cerrar_otras(entorno: Entorno, dueno: Dueno, ficha: str) -> None:
    """Cierra todas las sesiones menos esta."""
    with entorno.bd.transaccion(NADA) as sesion:
        _cerrar_otras(sesion, dueno, ficha)
        ahora = entorno.reloj.ahora()
        anotar(sesion, ahora, None, None, "casilla.sesiones_cerradas", str(dueno.casilla_id))


def _cerrar_otras(sesion: Session, dueno: Dueno, ficha: str) -> None:
    sesion.execute(
        delete(SesionDeCasilla).where(
            SesionDeCasilla.casilla_id == dueno.casilla_id, SesionDeCasilla.huella != huella(ficha)
        )
    )


def abiertas(entorno: Entorno, dueno: Dueno, ficha: str) -> list[SesionVista]:
    """Las sesiones vivas de una casilla, la más reciente primero."""
    ahora = entorno.reloj.ahora()
    with entorno.bd.lectura(NADA) as sesion:
        filas = sesion.scalars(
            select(SesionDeCasilla)
            .where(
                SesionDeCasilla.casilla_id == dueno.casilla_id,
                SesionDeCasilla.vence_en >= ahora,
                SesionDeCasilla.vista_en >= ahora - INACTIVIDAD,
            )
            .order_by(SesionDeCasilla.abierta_en.desc())
        )
        return [
            SesionVista(s.abierta_en, s.vista_en, s.agente or "", s.huella == huella(ficha))
            for s in filas
        ]


def salir(entorno: Entorno, ficha: str) -> None:
    """Cierra una sesión."""
    ahora = entorno.reloj.ahora()
    with entorno.bd.transaccion(NADA) as sesion:
        abierta = sesion.get(SesionDeCasilla, huella(ficha))
        if abierta is not None:
            sesion.delete(abierta)
            anotar(sesion, ahora, None, None, "casilla.salida", str(abierta.casilla_id))


def barrer(entorno: Entorno) -> int:
    """Borra las sesiones vencidas y los códigos de ayer."""
    ahora = entorno.reloj.ahora()
    with entorno.bd.transaccion(NADA) as sesion:
        sesion.execute(delete(SesionDeCasilla).where(SesionDeCasilla.vence_en < ahora))
        ayer = ahora - timedelta(days=1)
        sesion.execute(delete(CodigoDeIngreso).where(CodigoDeIngreso.vence_en < ayer))
    return 0
