"""Agregar un trozo a una subida; con el último, el archivo entra al borrador.

El archivo entero pasa por lo mismo que uno que llega de una vez, y entra en la misma transacción en
que la subida queda completa: si algo falla antes, se repite solo el último trozo.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from hashlib import sha256

from sqlalchemy.orm import Session

from facilita.definicion.campos import Error
from facilita.definicion.campos.archivos import Archivos
from facilita.servicios.almacen import AlmacenNoDisponible, ArchivoNoEncontrado, Recepcion
from facilita.tramite.ambito import Ambito
from facilita.tramite.archivos import Subida, recibir
from facilita.tramite.borradores import adjuntar, alargado
from facilita.tramite.entidades import EntidadPublica
from facilita.tramite.entorno import Entorno
from facilita.tramite.errores import Conflicto, NoExiste
from facilita.tramite.leido import Adelantado, Leido, escribir
from facilita.tramite.modelos import SubidaParcial, Trozo
from facilita.tramite.modelos.archivos import nombre_de_trozo
from facilita.tramite.subidas import (
    CON_TURNO,
    SUS_TROZOS,
    VIGENCIA,
    Parcial,
    abierto,
    exigir_que_cambie,
    ver,
    vista,
)

MENOR = 16 * 1024
"""Bytes que trae por lo menos un trozo que no es el último: de a poquitos costarían demasiado."""
BLOQUE = 256 * 1024
YA_NO = "El formulario cambió y ya no pide ese archivo."


def agregar(
    entorno: Entorno,
    entidad: EntidadPublica,
    ficha: str,
    cual: int,
    desde: int,
    recepcion: Recepcion,
) -> Parcial:
    """Agrega un trozo; con el último, el archivo entra al borrador o queda dicho por qué no.

    Lanza `Conflicto` si no empieza donde iba, `Vencido` o `NoExiste`. Si no se pudo guardar, lo ya
    recibido queda como estaba y se sigue desde ahí.
    """
    leido = abierto(entorno, entidad, ficha, entorno.reloj.ahora())
    parcial = ver(entorno, entidad, ficha, cual)
    _exigir_turno(parcial, desde)
    hasta = desde + recepcion.tamano
    if hasta > parcial.largo:
        raise Conflicto("Llegaron más bytes que los anunciados.")
    if hasta == parcial.largo:
        return _terminar(entorno, entidad, ficha, leido, parcial, recepcion)
    if recepcion.tamano < MENOR:
        return parcial
    return _guardar(entorno, entidad, cual, desde, recepcion)


def _exigir_turno(subida: Parcial | SubidaParcial, desde: int) -> None:
    if subida.situacion != "llegando" or subida.recibido != desde:
        raise Conflicto("Ese trozo no empieza donde la subida iba.")


def _guardar(
    entorno: Entorno, entidad: EntidadPublica, cual: int, desde: int, recepcion: Recepcion
) -> Parcial:
    with entorno.bd.lectura(Ambito.de(entidad.id)) as sesion:
        carpeta = sesion.get_one(SubidaParcial, cual).carpeta
    # Antes de la base: lo que la base cuenta como recibido ya está guardado de forma duradera.
    nombre = nombre_de_trozo(desde, recepcion.sha256)
    entorno.almacen.guardar_trozo(recepcion, carpeta, nombre)
    with _con_turno(entorno, entidad, cual, desde) as (sesion, subida):
        trozo = Trozo(
            entidad_id=entidad.id,
            subida_id=cual,
            desde=desde,
            largo=recepcion.tamano,
            sha256=recepcion.sha256,
        )
        sesion.add(trozo)
        subida.recibido = desde + recepcion.tamano
        subida.vence_en = entorno.reloj.ahora() + VIGENCIA
        return vista(subida)


@contextmanager
def _con_turno(
    entorno: Entorno, entidad: EntidadPublica, cual: int, desde: int
) -> Iterator[tuple[Session, SubidaParcial]]:
    """La subida con su fila tomada, si sigue donde iba: dos procesos no le agregan lo mismo."""
    with entorno.bd.transaccion(Ambito.de(entidad.id)) as sesion:
        subida = sesion.scalar(CON_TURNO, {"cual": cual})
        if subida is None:
            raise NoExiste("Esa subida no existe.")
        _exigir_turno(subida, desde)
        yield sesion, subida


def _terminar(
    entorno: Entorno,
    entidad: EntidadPublica,
    ficha: str,
    leido: Leido,
    parcial: Parcial,
    ultimo: Recepcion,
) -> Parcial:
    with entorno.bd.lectura(Ambito.de(entidad.id)) as sesion:
        carpeta = sesion.get_one(SubidaParcial, parcial.id).carpeta
        trozos = sesion.scalars(SUS_TROZOS, {"cual": parcial.id}).all()
    with entorno.almacen.recibir() as junta:
        entero = _juntar(entorno, carpeta, trozos, ultimo, junta) if trozos else ultimo
        llegada = _recibir_entero(entorno, entidad, leido, parcial, entero)
        suma = entero.sha256
    while True:
        try:
            with _con_turno(entorno, entidad, parcial.id, parcial.recibido) as (sesion, subida):
                subida.sha256 = suma
                _asentar(sesion, entorno, entidad, leido, subida, llegada)
            break
        except Adelantado:
            leido = abierto(entorno, entidad, ficha, entorno.reloj.ahora())
    # Si no se puede ahora, lo hará el barrido.
    with suppress(AlmacenNoDisponible):
        entorno.almacen.borrar_trozos(carpeta)
    return vista(subida)


def _juntar(
    entorno: Entorno, carpeta: str, trozos: Sequence[Trozo], ultimo: Recepcion, junta: Recepcion
) -> Recepcion:
    """Todos los trozos en orden, cada uno comprobado contra la huella con que llegó."""
    for trozo in trozos:
        suma = sha256()
        try:
            with entorno.almacen.abrir_trozo(carpeta, trozo.nombre) as archivo:
                while bloque := archivo.read(BLOQUE):
                    suma.update(bloque)
                    junta.write(bloque)
        except ArchivoNoEncontrado as falta:
            raise AlmacenNoDisponible("falta un trozo de una subida") from falta
        if suma.hexdigest() != trozo.sha256:
            raise AlmacenNoDisponible("un trozo de una subida no es el que llegó")
    ultimo.seek(0)
    while bloque := ultimo.read(BLOQUE):
        junta.write(bloque)
    return junta


def _recibir_entero(
    entorno: Entorno, entidad: EntidadPublica, leido: Leido, parcial: Parcial, entero: Recepcion
) -> Subida | Error:
    campo = leido.definicion.campos.get(parcial.campo)
    if not isinstance(campo, Archivos):
        return Error(parcial.campo, "archivo_tipo", YA_NO)
    if parcial.sha256 not in (None, entero.sha256):
        texto = f"«{parcial.nombre}» llegó distinto de como salió. Súbelo otra vez."
        return Error(campo.id, "archivo_tipo", texto)
    return recibir(entorno, entidad.slug, campo, parcial.nombre, entero)


def _asentar(
    sesion: Session,
    entorno: Entorno,
    entidad: EntidadPublica,
    leido: Leido,
    subida: SubidaParcial,
    llegada: Subida | Error,
) -> None:
    ahora = entorno.reloj.ahora()
    subida.recibido = subida.largo
    subida.vence_en = ahora + VIGENCIA
    errores: Sequence[Error] = (llegada,) if isinstance(llegada, Error) else ()
    if not isinstance(leido.definicion.campos.get(subida.campo), Archivos):
        errores = (Error(subida.campo, "archivo_tipo", YA_NO),)
    elif isinstance(llegada, Subida):
        exigir_que_cambie(sesion, entorno, entidad, leido, subida.campo)
        escribir(sesion, leido.con({}, vence_en=alargado(entorno, leido, ahora)), ahora)
        visto = None if subida.visto is None else {subida.campo: subida.visto}
        _, errores = adjuntar(sesion, entorno, leido, [llegada], ahora, visto)
    subida.situacion = "rechazada" if errores else "completa"
    subida.motivo = errores[0].texto[:500] if errores else None
