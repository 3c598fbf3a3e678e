"""Seguir después lo que se dejó a medias: su enlace por correo, más tiempo, borrarlo y hallarlo."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, or_, select, update
from sqlalchemy.orm import Session

from facilita.definicion import Contexto
from facilita.definicion.campos import crear_campo
from facilita.definicion.lectura import leer as leer_campos
from facilita.plazos import momento_largo
from facilita.servicios.codigos import ficha_secreta, huella
from facilita.tramite.ambito import Ambito
from facilita.tramite.borradores import ficha_de
from facilita.tramite.entidades import EntidadPublica
from facilita.tramite.entorno import Entorno
from facilita.tramite.errores import Conflicto, Invalido
from facilita.tramite.leido import exigir_abierto, hallar
from facilita.tramite.modelos import Adjunto, Borrador, Entidad, Salida, SubidaParcial
from facilita.tramite.subidas import olvidar
from facilita.tramite.terminos import vencio

CLASE = "borrador"
"""La clase de estos correos: su enlace abre lo de una persona, así que el personal no los ve."""
CALLADA = "borrador_callado"
"""Uno de estos correos al que ya se le quitó el enlace."""
ANTES = timedelta(days=1)
"""Con cuánto tiempo se avisa que un borrador está por vencer."""
OLVIDO = timedelta(days=7)
POR_VUELTA = 100
_CORREO = crear_campo(
    {
        "id": "correo",
        "tipo": "correo",
        "etiqueta": "Correo electrónico",
        "obligatorio": True,
        "mensajes": {"vacio": "Escribe el correo donde quieres recibir el enlace."},
    }
)


@dataclass(frozen=True)
class Abierto:
    """Un borrador que alguien dejó abierto, para volver a él."""

    ficha: str
    tocado_en: datetime
    vence_en: datetime
    corrige: bool


def abiertos(
    entorno: Entorno, entidad: EntidadPublica, formulario: str, fichas: Sequence[str]
) -> list[Abierto]:
    """De esas fichas, los borradores de ese formulario que siguen abiertos; primero el último."""
    por_huella = {huella(ficha): ficha for ficha in fichas}
    ahora = entorno.reloj.ahora()
    with entorno.bd.lectura(Ambito.de(entidad.id)) as sesion:
        suyos = sesion.scalars(
            select(Borrador)
            .where(Borrador.huella.in_(por_huella), Borrador.presentado.is_(False))
            .order_by(Borrador.tocado_en.desc(), Borrador.id.desc())
        )
        return [
            Abierto(por_huella[b.huella], b.tocado_en, b.vence_en, b.subsana_id is not None)
            for b in suyos
            if not vencio(b.vence_en, ahora) and entorno.definiciones.de(b.version).id == formulario
        ]


def enviar_enlace(entorno: Entorno, entidad: EntidadPublica, ficha: str, escrito: str) -> str:
    """Deja en camino el correo con el enlace para seguir; da el correo al que va.

    Lanza `Invalido` si no es un correo, `Conflicto` si ya se presentó o es una corrección, y
    `NoExiste` o `Vencido`.
    """
    ahora = entorno.reloj.ahora()
    leido = hallar(entorno, entidad, ficha)
    exigir_abierto(leido, ahora)
    if leido.presentado or leido.corrige:
        raise Conflicto("Este borrador no se sigue por correo: su enlace ya lo tienes.")
    lectura = leer_campos([(_CORREO, None)], {"correo": escrito}, Contexto())
    if lectura.errores:
        raise Invalido(lectura.errores)
    correo = str(lectura.valores["correo"])
    titulo, cual = leido.definicion.titulo, leido.definicion.id
    enlace = _enlace(entorno, entidad.slug, cual, ficha)
    texto = (
        f"Guardamos lo que llevas escrito en «{titulo}», de {entidad.nombre}. Todavía no lo has "
        f"presentado.\n\nSigue donde te quedaste, desde cualquier equipo:\n{enlace}\n\n"
        f"Se guarda hasta el {momento_largo(leido.vence_en)}; después se borra. Cada vez que "
        "guardas, ese tiempo vuelve a empezar.\n\nQuien tenga este enlace puede ver y cambiar lo "
        "que escribiste: no lo reenvíes.\n\nSi no lo pediste tú, no hagas nada.\n"
    )
    with entorno.bd.transaccion(Ambito.de(entidad.id)) as sesion:
        # No toca su revisión: quien lo tenga abierto en otra ventana sigue igual.
        suyo = update(Borrador).where(Borrador.id == leido.id)
        sesion.execute(suyo.values(correo=correo, avisado_en=None))
        asunto = f"Sigue donde te quedaste: {titulo}"
        _escribir(sesion, entidad, leido.id, correo, asunto, texto, ahora)
    return correo


def _enlace(entorno: Entorno, entidad: str, formulario: str, ficha: str) -> str:
    camino = f"{entidad}/{formulario}/borrador/{ficha}/despues/seguir"
    return f"{entorno.direccion_publica}/{camino}"


def _escribir(
    sesion: Session,
    entidad: EntidadPublica | Entidad,
    borrador_id: int,
    para: str,
    asunto: str,
    texto: str,
    ahora: datetime,
) -> None:
    sesion.add(
        Salida(
            entidad_id=entidad.id,
            clase=CLASE,
            clave=f"{_clave(borrador_id)}{ficha_secreta()[:16]}",
            datos={
                "para": para,
                "asunto": asunto[:200],
                "texto": f"{texto}\n--\n{entidad.nombre}\n{entidad.correo}\n",
                "responder_a": entidad.correo,
                "nombre_de": entidad.nombre_corto,
                "entidad": entidad.nombre,
            },
            proxima_en=ahora,
            creada_en=ahora,
        )
    )


def _clave(borrador_id: int) -> str:
    return f"borrador-{borrador_id}."


def alargar(entorno: Entorno, entidad: EntidadPublica, ficha: str) -> datetime:
    """Vuelve a empezar el tiempo de un borrador; da hasta cuándo se guarda.

    El de una corrección vence con su plazo y no se alarga (N07). Lanza `NoExiste` o `Vencido`.
    """
    ahora = entorno.reloj.ahora()
    leido = hallar(entorno, entidad, ficha)
    exigir_abierto(leido, ahora)
    if leido.presentado or leido.corrige:
        return leido.vence_en
    hasta = ahora + timedelta(days=entorno.dias_de_borrador)
    with entorno.bd.transaccion(Ambito.de(entidad.id)) as sesion:
        suyo = update(Borrador).where(Borrador.id == leido.id, Borrador.presentado.is_(False))
        sesion.execute(suyo.values(vence_en=hasta, avisado_en=None))
    return hasta


def borrar(entorno: Entorno, entidad: EntidadPublica, ficha: str) -> None:
    """Borra un borrador con sus archivos, porque su dueño lo pide: no se puede deshacer.

    Lo presentado y las correcciones no se borran: lanza `Conflicto`. Lanza también `NoExiste`.
    """
    leido = hallar(entorno, entidad, ficha)
    with entorno.bd.transaccion(Ambito.de(entidad.id)) as sesion:
        # Primero lo que sube y luego el borrador, como cuando un archivo termina de llegar.
        de_el = select(SubidaParcial).where(SubidaParcial.borrador_id == leido.id)
        suyas = sesion.scalars(de_el.with_for_update()).all()
        borrador = sesion.scalar(
            select(Borrador).where(Borrador.id == leido.id).with_for_update(of=Borrador)
        )
        if borrador is None:
            return
        if borrador.presentado or borrador.subsana_id is not None:
            raise Conflicto("Lo que ya se presentó no se borra.")
        olvidar(sesion, entorno, suyas)
        sesion.execute(delete(Adjunto).where(Adjunto.borrador_id == leido.id))
        _olvidar_correos(sesion, leido.id)
        sesion.delete(borrador)


def _olvidar_correos(sesion: Session, borrador_id: int) -> None:
    clave = Salida.clave.startswith(_clave(borrador_id), autoescape=True)
    for salida in sesion.scalars(select(Salida).where(Salida.clase == CLASE, clave)):
        _callar(salida)


def _callar(salida: Salida) -> None:
    """Le quita el enlace: que el correo salió queda escrito (N24), y ya no abre nada."""
    salida.clase = CALLADA
    salida.datos = {**salida.datos, "texto": "El enlace de este correo ya no se guarda.\n"}
    if salida.situacion != "entregada":
        salida.situacion = "muerta"
        salida.respuesta = "Lo que llevaba a medias ya no está."


# --- lo que hace el trabajador ----------------------------------------------------------------


def avisar_por_vencer(entorno: Entorno) -> int:
    """Escribe el correo del día antes a quien dejó el suyo; devuelve cuántos."""
    ahora = entorno.reloj.ahora()
    with entorno.bd.transaccion(Ambito.de_plataforma("borradores por vencer")) as sesion:
        por_vencer = sesion.scalars(
            select(Borrador)
            .where(
                Borrador.correo.is_not(None),
                Borrador.presentado.is_(False),
                Borrador.avisado_en.is_(None),
                Borrador.vence_en > ahora,
                Borrador.vence_en <= ahora + ANTES,
            )
            .limit(POR_VUELTA)
            .with_for_update(of=Borrador, skip_locked=True)
        ).all()
        for borrador in por_vencer:
            _avisar(sesion, entorno, borrador, ahora)
    return len(por_vencer)


def olvidar_enlaces(entorno: Entorno) -> int:
    """Quita su enlace a los correos ya entregados: abre lo de una persona y no prueba nada."""
    limite = entorno.reloj.ahora() - OLVIDO
    with entorno.bd.transaccion(Ambito.de_plataforma("enlaces de borradores")) as sesion:
        viejos = sesion.scalars(
            select(Salida)
            .where(
                Salida.clase == CLASE,
                or_(Salida.situacion == "entregada", Salida.creada_en < limite),
            )
            .limit(POR_VUELTA)
            .with_for_update(skip_locked=True)
        ).all()
        for salida in viejos:
            _callar(salida)
    return len(viejos)


def _avisar(sesion: Session, entorno: Entorno, borrador: Borrador, ahora: datetime) -> None:
    marca = update(Borrador).where(Borrador.id == borrador.id).values(avisado_en=ahora)
    sesion.execute(marca.execution_options(synchronize_session=False))
    entidad = sesion.get_one(Entidad, borrador.entidad_id)
    if not borrador.semilla or not borrador.correo:
        return
    definicion = entorno.definiciones.de(borrador.version)
    ficha = ficha_de(entorno, borrador.semilla)
    enlace = _enlace(entorno, entidad.slug, definicion.id, ficha)
    texto = (
        f"Lo que dejaste a medias en «{definicion.titulo}», de {entidad.nombre}, se borra el "
        f"{momento_largo(borrador.vence_en)}.\n\nSi quieres seguir, entra antes y guarda:\n"
        f"{enlace}\n\nSi ya no lo necesitas, no hagas nada.\n"
    )
    asunto = f"Mañana se borra lo que dejaste a medias: {definicion.titulo}"
    _escribir(sesion, entidad, borrador.id, borrador.correo, asunto, texto, ahora)
