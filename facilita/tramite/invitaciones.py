"""Las invitaciones: un enlace que vence y sirve una vez para que alguien ponga su contraseña."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from facilita.definicion.campos import Error
from facilita.plazos import momento_largo
from facilita.servicios.claves import cifrar, fallas_de_clave, verificar
from facilita.servicios.codigos import ficha_derivada, ficha_secreta, huella
from facilita.tramite import bienvenida
from facilita.tramite.ambito import NADA, Ambito
from facilita.tramite.bitacora import anotar
from facilita.tramite.caso import Caso
from facilita.tramite.correos import dejar
from facilita.tramite.entorno import Entorno
from facilita.tramite.envios import DE_LA_FICHA
from facilita.tramite.errores import Invalido, NoExiste, Vencido
from facilita.tramite.intentos import (
    AQUI,
    Desde,
    anotar_fallo,
    exigir_turno,
    olvidar_los_suyos,
)
from facilita.tramite.modelos import (
    Entidad,
    Invitacion,
    Membresia,
    Movimiento,
    Salida,
    Usuario,
)
from facilita.tramite.permisos import COORDINADOR_ENTIDAD, ROLES

DURACION = timedelta(days=7)
SUCESO = "entidad_creada"


@dataclass(frozen=True)
class Invitado:
    """A quién se invita, y a qué entidad."""

    usuario_id: int
    correo: str
    nombres: str
    entidad_id: int
    entidad: str
    rol: str = COORDINADOR_ENTIDAD
    tiene_cuenta: bool = False
    """Si ya puso su contraseña: entonces acepta con ella."""

    @property
    def rol_en_palabras(self) -> str:
        """El rol que tendrá, en minúsculas: va en medio de una frase."""
        rol = ROLES[self.rol]
        return rol if rol.isupper() else rol[:1].lower() + rol[1:]


@dataclass(frozen=True)
class Enlace:
    """El enlace con que alguien acepta, para mostrarlo una sola vez a quien invita."""

    usuario_id: int
    direccion: str
    vence_en: datetime


@dataclass(frozen=True)
class Alta:
    """La entidad que creó una solicitud y en qué va la invitación de su líder."""

    slug: str
    entidad: str
    correo: str
    situacion: str
    """«con_cuenta», «aceptada», «pendiente» o «vencida»."""
    vence_en: datetime | None


def invitar(caso: Caso, invitado: Invitado, slug: str, clave: str) -> None:
    """Escribe el correo con el enlace; a quien ya tiene contraseña solo le avisa.

    El correo no guarda el enlace: sale del secreto de la instalación al entregarse, así que quien
    mira la bandeja de salida no lo ve.
    """
    raiz = caso.entorno.direccion_publica
    usuario = caso.sesion.get_one(Usuario, invitado.usuario_id)
    semilla = None
    if usuario.clave is None:
        semilla = f"invitacion.{ficha_secreta()}"
        ficha = ficha_derivada(caso.entorno.secreto, semilla)
        _guardar(caso.sesion, ficha, invitado.usuario_id, invitado.entidad_id, caso.ahora)
        hasta = momento_largo(caso.ahora + DURACION)
        como = (
            f"Pon tu contraseña aquí: {raiz}/invitacion/{DE_LA_FICHA}\n"
            f"El enlace sirve una sola vez, hasta el {hasta}.\n"
        )
    else:
        como = f"Ingresa con tu contraseña de siempre: {raiz}/ingresar\n"
    texto = bienvenida.correo(
        invitado.nombres, invitado.entidad, f"{raiz}/{slug}/", como, caso.entidad, raiz
    )
    asunto = f"Tu cuenta para {invitado.entidad}"
    dejar(caso, clave, invitado.correo, asunto, texto, ficha_de=semilla)


def escribir(entorno: Entorno, sesion: Session, entidad: Entidad, invitado: Invitado) -> Enlace:
    """Un enlace nuevo para alguien con un puesto, y su correo; el anterior deja de servir."""
    ahora = entorno.reloj.ahora()
    semilla = f"invitacion.{ficha_secreta()}"
    ficha = ficha_derivada(entorno.secreto, semilla)
    _guardar(sesion, ficha, invitado.usuario_id, invitado.entidad_id, ahora)
    raiz, hasta = entorno.direccion_publica, momento_largo(ahora + DURACION)
    texto = (
        f"Hola, {invitado.nombres}:\n\n{entidad.nombre} te invita a trabajar en su mesa de partes "
        f"digital, con el rol de {invitado.rol_en_palabras}.\n\n"
        f"Acepta aquí: {raiz}/invitacion/{DE_LA_FICHA}\n"
        f"El enlace sirve una sola vez, hasta el {hasta}.\n\n"
        f"Si no esperabas esta invitación, no hagas nada.\n\n--\n{entidad.nombre}\n"
    )
    sesion.add(
        Salida(
            entidad_id=entidad.id,
            clase="correo",
            clave=f"invitacion.{huella(semilla)[:32]}",
            datos={
                "para": invitado.correo,
                "asunto": f"Te invitan a trabajar en {entidad.nombre_corto}",
                "texto": texto,
                "ficha_de": semilla,
                "responder_a": entidad.correo,
                "nombre_de": entidad.nombre_corto,
                "entidad": entidad.nombre,
            },
            proxima_en=ahora,
            creada_en=ahora,
        )
    )
    return Enlace(invitado.usuario_id, f"{raiz}/invitacion/{ficha}", ahora + DURACION)


def nueva(sesion: Session, usuario_id: int, entidad_id: int, ahora: datetime) -> str:
    """Una ficha nueva; las anteriores de esa persona para esa entidad dejan de servir."""
    ficha = ficha_secreta()
    _guardar(sesion, ficha, usuario_id, entidad_id, ahora)
    return ficha


def _guardar(
    sesion: Session, ficha: str, usuario_id: int, entidad_id: int, ahora: datetime
) -> None:
    vigentes = update(Invitacion).where(
        Invitacion.usuario_id == usuario_id,
        Invitacion.destino_id == entidad_id,
        Invitacion.usada_en.is_(None),
        Invitacion.vence_en > ahora,
    )
    sesion.execute(vigentes.values(vence_en=ahora))
    sesion.add(
        Invitacion(
            huella=huella(ficha),
            usuario_id=usuario_id,
            destino_id=entidad_id,
            creada_en=ahora,
            vence_en=ahora + DURACION,
        )
    )
    sesion.flush()


def mirar(entorno: Entorno, ficha: str) -> Invitado:
    """A quién invita un enlace; lanza `NoExiste`, o `Vencido` si ya no sirve."""
    with entorno.bd.lectura(Ambito.de_plataforma("a quién invita un enlace")) as sesion:
        invitacion = _vigente(sesion, ficha, entorno.reloj.ahora())
        usuario = sesion.get_one(Usuario, invitacion.usuario_id)
        entidad = sesion.get_one(Entidad, invitacion.destino_id)
        puesto = _puesto(sesion, invitacion)
        return Invitado(
            usuario.id,
            usuario.correo,
            puesto.invitada_como or usuario.nombres,
            entidad.id,
            entidad.nombre,
            puesto.rol,
            usuario.clave is not None,
        )


def _puesto(sesion: Session, invitacion: Invitacion) -> Membresia:
    puesto = sesion.scalar(
        select(Membresia).where(
            Membresia.usuario_id == invitacion.usuario_id,
            Membresia.entidad_id == invitacion.destino_id,
            Membresia.activa,
        )
    )
    if puesto is None:
        raise Vencido("Esta invitación ya no vale. Pide otra a quien te invitó.")
    return puesto


def aceptar(entorno: Entorno, ficha: str, clave: str, desde: Desde = AQUI) -> None:
    """Pone la contraseña de quien fue invitado, o comprueba la que ya tiene, y gasta el enlace.

    Quien ya tiene cuenta acepta con su contraseña: ni el enlace solo ni la contraseña sola
    abren una entidad nueva. Lanza `NoExiste`, `Vencido`, `IngresoDetenido` o `Invalido`.
    """
    invitado, ahora = mirar(entorno, ficha), entorno.reloj.ahora()
    if invitado.tiene_cuenta:
        _exigir_su_clave(entorno, invitado, clave, ahora, desde)
        cifrada = None
    else:
        fallas = fallas_de_clave(clave, invitado.correo)
        if fallas:
            raise Invalido([Error("nueva", "nueva", falla) for falla in fallas])
        cifrada = cifrar(clave)
    with entorno.bd.transaccion(Ambito.de_plataforma("aceptar una invitación")) as sesion:
        usuario = sesion.get_one(Usuario, invitado.usuario_id, with_for_update=True)
        # Con el turno tomado: dos envíos a la vez del mismo enlace no sirven los dos.
        invitacion = _vigente(sesion, ficha, ahora)
        if cifrada is not None:
            if usuario.clave is not None:
                raise Vencido("Esta cuenta ya tiene contraseña. Ingresa con ella.")
            usuario.clave, usuario.nombres = cifrada, invitado.nombres
        _puesto(sesion, invitacion).invitada_como = None
        invitacion.usada_en = ahora
        olvidar_los_suyos(sesion, usuario.correo, desde)
        anotar(sesion, ahora, invitado.entidad_id, usuario.id, "invitacion.aceptada")


def _exigir_su_clave(
    entorno: Entorno, invitado: Invitado, clave: str, ahora: datetime, desde: Desde
) -> None:
    with entorno.bd.lectura(NADA) as sesion:
        guardada = sesion.get_one(Usuario, invitado.usuario_id).clave
        exigir_turno(sesion, invitado.correo, ahora, desde)
    if verificar(guardada, clave):
        return
    with entorno.bd.transaccion(NADA) as sesion:
        anotar_fallo(sesion, invitado.correo, ahora, desde)
    frase = "Esa no es la contraseña de tu cuenta."
    raise Invalido([Error("nueva", "nueva", frase)])


def _vigente(sesion: Session, ficha: str, ahora: datetime) -> Invitacion:
    invitacion = sesion.scalar(
        select(Invitacion)
        .where(Invitacion.huella == huella(ficha))
        .execution_options(populate_existing=True)
    )
    if invitacion is None:
        raise NoExiste("Ese enlace no es de ninguna invitación. Revísalo o pide otro.")
    if invitacion.usada_en is not None:
        raise Vencido("Este enlace ya se usó. Ingresa con la contraseña que pusiste.")
    if ahora >= invitacion.vence_en:
        raise Vencido("Este enlace venció. Pide otro a quien te invitó.")
    return invitacion


def de_solicitud(caso: Caso) -> Alta | None:
    """La entidad que creó esta solicitud, o `None`."""
    if not caso.definicion.es_de_plataforma:
        return None
    suceso = suceso_de(caso)
    if suceso is None:
        return None
    datos = suceso.datos
    invitacion = caso.sesion.scalar(
        select(Invitacion)
        .where(
            Invitacion.usuario_id == datos["usuario_id"],
            Invitacion.destino_id == datos["entidad_id"],
        )
        .order_by(Invitacion.id.desc())
        .limit(1)
    )
    situacion = _situacion(invitacion, caso.ahora)
    vence = invitacion.vence_en if invitacion else None
    return Alta(datos["entidad"], datos["nombre"], datos["correo"], situacion, vence)


def _situacion(invitacion: Invitacion | None, ahora: datetime) -> str:
    if invitacion is None:
        return "con_cuenta"
    if invitacion.usada_en is not None:
        return "aceptada"
    return "pendiente" if ahora < invitacion.vence_en else "vencida"


def suceso_de(caso: Caso) -> Movimiento | None:
    """El movimiento con que la solicitud creó una entidad, si la creó."""
    return caso.sesion.scalar(
        select(Movimiento).where(
            Movimiento.solicitud_id == caso.solicitud.id, Movimiento.tipo == SUCESO
        )
    )
