"""Verbos del borrador: abrirlo, guardar cada página y sus archivos, y leerlo.

Guarda lo escrito tal como llegó, con errores y todo: nada se pide dos veces. Se lee y se piensa
fuera de la transacción; al escribir, la revisión del borrador dice si otro lo cambió entre tanto.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete
from sqlalchemy.orm import Session

from facilita.definicion.campos import Error
from facilita.definicion.campos.archivos import Archivos
from facilita.servicios.codigos import ficha_derivada, ficha_secreta, huella
from facilita.tramite.ambito import Ambito
from facilita.tramite.archivos import Subida, por_campo, registrar
from facilita.tramite.cruce import cruzar, juntar, marca
from facilita.tramite.entidades import EntidadPublica
from facilita.tramite.entorno import Entorno
from facilita.tramite.formularios import Vigente
from facilita.tramite.leido import (
    Adelantado,
    Leido,
    armar,
    buscar,
    de_su_solicitud,
    escribir,
    exigir_abierto,
    hallar,
    paso_de,
    paso_en,
    recortar,
)
from facilita.tramite.modelos import Adjunto, Borrador
from facilita.tramite.paso import Paso, contexto_de


def leer_sin_abrir(entorno: Entorno, vigente: Vigente, crudo: Mapping[str, Any]) -> Paso:
    """Lee lo enviado desde la primera página sin abrir un borrador."""
    definicion = vigente.definicion
    with entorno.bd.lectura(Ambito.de(vigente.entidad.id)) as sesion:
        lectura = definicion.leer(crudo, contexto_de(sesion, entorno, vigente.entidad))
    return Paso(
        definicion,
        crudo,
        lectura,
        presentado=False,
        vence_en=_hasta(entorno, entorno.reloj.ahora()),
    )


def abrir(
    entorno: Entorno,
    vigente: Vigente,
    crudo: Mapping[str, Any],
    subidas: Sequence[Subida] = (),
    senales: Sequence[str] = (),
) -> tuple[str, Paso]:
    """Abre un borrador con lo respondido en la primera página. Da su ficha y cómo quedó.

    `senales` es lo que hizo dudar de que lo llena una persona: no impide nada, se pregunta después.
    """
    semilla = ficha_secreta()
    ficha = ficha_de(entorno, semilla)
    ahora = entorno.reloj.ahora()
    with entorno.bd.transaccion(Ambito.de(vigente.entidad.id)) as sesion:
        borrador = Borrador(
            entidad_id=vigente.entidad.id,
            huella=huella(ficha),
            version_id=vigente.version_id,
            crudo=recortar(crudo),
            creado_en=ahora,
            tocado_en=ahora,
            vence_en=_hasta(entorno, ahora),
            semilla=semilla,
            senales=list(senales) or None,
        )
        sesion.add(borrador)
        sesion.flush()
        leido = armar(borrador, vigente.definicion)
        leido, rechazos = adjuntar(sesion, entorno, leido, subidas, ahora, None)
    return ficha, paso_de(entorno, vigente.entidad, leido, rechazos)


def ficha_de(entorno: Entorno, semilla: str) -> str:
    """La ficha de un borrador: sale de su semilla y del secreto, que no está en la base."""
    return ficha_derivada(entorno.secreto, "borrador", semilla)


def guardar(
    entorno: Entorno,
    entidad: EntidadPublica,
    ficha: str,
    crudo: Mapping[str, Any],
    subidas: Sequence[Subida] = (),
    quitar: Iterable[int] = (),
    leido: Leido | None = None,
    visto: Mapping[str, str] | None = None,
) -> Paso:
    """Guarda lo respondido en una página y sus archivos; `leido` ahorra leerlo otra vez.

    `visto` es lo que la página mostraba: con eso, lo que otra ventana cambió no se pisa, y lo que
    cambiaron las dos queda por elegir. Lanza `NoExiste` o `Vencido`; si ya se presentó, no cambia
    nada y lo dice.
    """
    ahora = entorno.reloj.ahora()
    leido = leido or hallar(entorno, entidad, ficha)
    exigir_abierto(leido, ahora)
    rechazos: tuple[Error, ...] = ()
    while not leido.presentado:
        try:
            with entorno.bd.transaccion(Ambito.de(entidad.id)) as sesion:
                permitido = campos_que_cambian(sesion, entorno, entidad, leido)
                escrito = {c: v for c, v in crudo.items() if _entra(c, permitido)}
                cruce = cruzar(visto, leido.crudo, recortar(escrito))
                nuevo = leido.con(
                    cruce.escrito,
                    vence_en=alargado(entorno, leido, ahora),
                    por_elegir=juntar(leido.por_elegir, cruce.chocan),
                )
                escribir(sesion, nuevo, ahora)
                nuevo = _quitar(sesion, nuevo, quitar, permitido)
                admitidas = [s for s in subidas if _entra(s.campo, permitido)]
                leido, rechazos = adjuntar(sesion, entorno, nuevo, admitidas, ahora, visto)
            break
        except Adelantado:
            leido = hallar(entorno, entidad, ficha)
    return paso_de(entorno, entidad, leido, rechazos)


def alargado(entorno: Entorno, leido: Leido, ahora: datetime) -> datetime:
    """Hasta cuándo vive un borrador en el que se acaba de escribir."""
    # El de una corrección vence con su plazo: escribir no lo alarga (N07).
    return leido.vence_en if leido.corrige else _hasta(entorno, ahora)


def _hasta(entorno: Entorno, ahora: datetime) -> datetime:
    return ahora + timedelta(days=entorno.dias_de_borrador)


def leer(entorno: Entorno, entidad: EntidadPublica, ficha: str) -> Paso:
    """El borrador de una ficha; lanza `NoExiste` o `Vencido`."""
    return paso_de(entorno, entidad, hallar(entorno, entidad, ficha))


def cargo_de(
    entorno: Entorno, entidad: EntidadPublica, ficha: str
) -> tuple[Mapping[str, Any] | None, bool]:
    """El cargo de lo presentado con un borrador, o `None` si aún no; y si fue una corrección."""
    with entorno.bd.lectura(Ambito.de(entidad.id)) as sesion:
        borrador = buscar(sesion, ficha, entorno.reloj.ahora())
        corrige = borrador.subsana_id is not None
        if not borrador.presentado:
            return None, corrige
        return de_su_solicitud(sesion, borrador, "cargo"), corrige


def campos_que_cambian(
    sesion: Session, entorno: Entorno, entidad: EntidadPublica, leido: Leido
) -> frozenset[str] | None:
    """Los campos que un borrador deja cambiar; `None` si todos."""
    if not leido.corrige:
        return None
    paso = paso_en(sesion, entorno, entidad, leido)
    return frozenset(c for c in leido.definicion.campos if paso.se_cambia(c))


def _entra(campo: str, permitido: frozenset[str] | None) -> bool:
    return permitido is None or campo in permitido


def _quitar(
    sesion: Session, leido: Leido, cuales: Iterable[int], permitido: frozenset[str] | None
) -> Leido:
    ids = frozenset(cuales)
    suyos = (a for a in leido.adjuntos if a.id in ids)
    return _sin(sesion, leido, {a.id for a in suyos if _entra(a.campo, permitido)})


def _sin(sesion: Session, leido: Leido, fuera: set[int]) -> Leido:
    if fuera:
        suyos = delete(Adjunto).where(Adjunto.borrador_id == leido.id, Adjunto.id.in_(fuera))
        sesion.execute(suyos)
    return replace(leido, adjuntos=tuple(a for a in leido.adjuntos if a.id not in fuera))


def adjuntar(
    sesion: Session,
    entorno: Entorno,
    leido: Leido,
    subidas: Sequence[Subida],
    ahora: datetime,
    visto: Mapping[str, str] | None,
) -> tuple[Leido, tuple[Error, ...]]:
    """Pone unas subidas en un borrador ya tomado; da cómo quedó y lo que no entró."""
    rechazos = []
    de_otra = _de_otra_ventana(leido, visto)
    for subida in subidas:
        campo = leido.definicion.campos.get(subida.campo)
        if not isinstance(campo, Archivos):
            continue
        puestos = [a for a in leido.adjuntos if a.campo == subida.campo]
        if campo.cantidad_maxima == 1 and campo.id not in de_otra:
            leido = _sin(sesion, leido, {a.id for a in puestos})
        elif campo.cantidad_maxima > 1 and len(puestos) >= campo.cantidad_maxima:
            rechazos.append(_demasiados(campo, len(puestos) + 1))
            continue
        orden = max((a.orden for a in puestos), default=-1) + 1
        adjunto = _poner(sesion, entorno, leido, subida, orden, ahora)
        leido = replace(leido, adjuntos=(*leido.adjuntos, adjunto))
    return leido, tuple(rechazos)


def _de_otra_ventana(leido: Leido, visto: Mapping[str, str] | None) -> frozenset[str]:
    """Los campos con un archivo que esta ventana no mostraba: no se reemplaza sin mirarlo."""
    if visto is None:
        return frozenset()
    puestos = por_campo(leido.adjuntos)
    return frozenset(c for c, suyos in puestos.items() if marca(suyos) != visto.get(c, ""))


def _poner(
    sesion: Session, entorno: Entorno, leido: Leido, subida: Subida, orden: int, ahora: datetime
) -> Adjunto:
    archivo = registrar(sesion, entorno, subida, ahora)
    adjunto = Adjunto(
        borrador_id=leido.id,
        archivo_id=archivo.id,
        campo=subida.campo,
        nombre=subida.nombre,
        tipo=subida.tipo,
        orden=orden,
    )
    adjunto.archivo = archivo
    sesion.add(adjunto)
    sesion.flush()
    return adjunto


def _demasiados(campo: Archivos, cantidad: int) -> Error:
    datos = {"maximo": campo.cantidad_maxima, "cantidad": cantidad}
    return Error(campo.id, "archivo_muchos", campo.frase("archivo_muchos", **datos))
