"""Verbos de usuarios: crearlos, darles un puesto en una entidad y cambiar su clave."""

import re
from datetime import datetime

from email_validator import EmailNotValidError, validate_email
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from facilita.definicion.campos import Error
from facilita.definicion.limpieza import una_linea
from facilita.servicios.claves import cifrar, fallas_de_clave, verificar
from facilita.tramite.ambito import NADA, Ambito
from facilita.tramite.bitacora import anotar
from facilita.tramite.entorno import Entorno
from facilita.tramite.errores import Invalido
from facilita.tramite.modelos import Membresia, SesionAbierta, Usuario
from facilita.tramite.permisos import COORDINADOR_SEDE, ROLES
from facilita.tramite.puestos import Puesto, dar

__all__ = ["Puesto", "cambiar_clave", "cambiar_perfil", "crear", "normalizar_correo", "perfil"]

_DOCUMENTO = re.compile(r"[0-9]{8}|[0-9A-Za-z]{9,12}")


def normalizar_correo(texto: str) -> str:
    """El correo con que se ingresa, en minúsculas; lanza `Invalido`."""
    try:
        hallado = validate_email(texto.strip(), check_deliverability=False).normalized
    except EmailNotValidError:
        frase = "Escribe un correo completo, como nombre@entidad.gob.pe."
        raise Invalido([Error("correo", "correo", frase)]) from None
    return hallado.casefold()


def crear(
    entorno: Entorno, entidad_id: int, correo: str, nombres: str, puesto: Puesto, clave: str
) -> int:
    """Crea el usuario si no existe y le da su puesto en la entidad. Da el id del usuario.

    El nombre y la clave solo se ponen a un usuario nuevo: una entidad no cambia los de otra.
    """
    limpio = normalizar_correo(correo)
    _comprobar(puesto, nombres, clave, limpio)
    ahora = entorno.reloj.ahora()
    with entorno.bd.transaccion(Ambito.de(entidad_id)) as sesion:
        usuario = sesion.scalar(select(Usuario).where(Usuario.correo == limpio))
        if usuario is None:
            usuario = Usuario(
                correo=limpio,
                nombres=(una_linea(nombres) or "")[:150],
                clave=cifrar(clave),
                creado_en=ahora,
            )
            sesion.add(usuario)
        sesion.flush()
        _dar_puesto(sesion, entidad_id, usuario, puesto, ahora)
        anotar(sesion, ahora, entidad_id, None, "usuario.creado", limpio, rol=puesto.rol)
        return usuario.id


def _comprobar(puesto: Puesto, nombres: str, clave: str, correo: str) -> None:
    errores = []
    if puesto.rol not in ROLES:
        roles = ", ".join(ROLES)
        errores.append(Error("rol", "rol", f"El rol «{puesto.rol}» no existe; puede ser: {roles}."))
    if puesto.rol == COORDINADOR_SEDE and not puesto.sede:
        errores.append(Error("sede", "sede", "Un coordinador de sede necesita su sede."))
    if not una_linea(nombres):
        errores.append(Error("nombres", "nombres", "Escribe los nombres y apellidos."))
    errores += [Error("clave", "clave", falla) for falla in fallas_de_clave(clave, correo)]
    if errores:
        raise Invalido(errores)


def _dar_puesto(
    sesion: Session, entidad_id: int, usuario: Usuario, puesto: Puesto, ahora: datetime
) -> None:
    membresia = sesion.scalar(select(Membresia).where(Membresia.usuario_id == usuario.id))
    if membresia is None:
        membresia = Membresia(entidad_id=entidad_id, usuario_id=usuario.id, creada_en=ahora)
    dar(sesion, membresia, puesto, ahora)


def cambiar_clave(
    entorno: Entorno, usuario_id: int, actual: str, nueva: str, huella_en_uso: str
) -> None:
    """Cambia la clave propia y cierra las demás sesiones; lanza `Invalido`."""
    ahora = entorno.reloj.ahora()
    with entorno.bd.transaccion(NADA) as sesion:
        usuario = sesion.get_one(Usuario, usuario_id, with_for_update=True)
        if not verificar(usuario.clave, actual):
            frase = "Esa no es tu contraseña actual."
            raise Invalido([Error("actual", "actual", frase)])
        fallas = fallas_de_clave(nueva, usuario.correo)
        if fallas:
            raise Invalido([Error("nueva", "nueva", falla) for falla in fallas])
        usuario.clave = cifrar(nueva)
        sesion.execute(
            delete(SesionAbierta).where(
                SesionAbierta.usuario_id == usuario_id, SesionAbierta.huella != huella_en_uso
            )
        )
        anotar(sesion, ahora, None, usuario_id, "clave.cambiada")


def cambiar_perfil(entorno: Entorno, usuario_id: int, nombres: str, documento: str) -> None:
    """Cambia los datos propios: nadie los cambia por otro. Lanza `Invalido`."""
    limpios, numero = una_linea(nombres) or "", una_linea(documento) or ""
    errores = []
    if not limpios or len(limpios) > 150:
        frase = "Escribe tus nombres y apellidos, en 150 letras como máximo."
        errores.append(Error("nombres", "nombres", frase))
    if numero and not _DOCUMENTO.fullmatch(numero):
        frase = "Escribe tu DNI (8 cifras) o tu carné de extranjería (9 a 12 letras y cifras)."
        errores.append(Error("documento", "documento", frase))
    if errores:
        raise Invalido(errores)
    ahora = entorno.reloj.ahora()
    with entorno.bd.transaccion(NADA) as sesion:
        usuario = sesion.get_one(Usuario, usuario_id, with_for_update=True)
        usuario.nombres, usuario.documento = limpios, numero.upper() or None
        anotar(sesion, ahora, None, usuario_id, "perfil.cambiado")


def perfil(entorno: Entorno, usuario_id: int) -> tuple[str, str]:
    """Los nombres y el documento propios."""
    with entorno.bd.lectura(NADA) as sesion:
        usuario = sesion.get_one(Usuario, usuario_id)
        return usuario.nombres, usuario.documento or ""
