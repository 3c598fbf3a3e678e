"""Entrar a la casilla electrónica: con un código de un solo uso, su enlace o la contraseña.

Una sola respuesta para todo lo que no coincide, exista o no la casilla. Cómo se cuentan los fallos,
y por qué no dejan afuera al dueño, está en `facilita/tramite/intentos.py`.
"""

import hmac
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from facilita.servicios.claves import verificar
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
from facilita.tramite.errores import NoPermitido, Vencido
from facilita.tramite.intentos import (
    AQUI,
    DE_CODIGOS,
    Desde,
    anotar_fallo,
    exigir_turno,
    olvidar_los_suyos,
)
from facilita.tramite.modelos import Casilla, CodigoDeIngreso, Persona
from facilita.tramite.normalizar import guardable
from facilita.tramite.sesiones_casilla import abrir_sesion

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
