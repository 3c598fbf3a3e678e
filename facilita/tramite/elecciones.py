"""Elegir entre lo que dos ventanas respondieron en el mismo campo: ninguna respuesta se pierde."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from facilita.definicion.campos import Campo, Mostrado
from facilita.tramite.ambito import Ambito
from facilita.tramite.cruce import marca
from facilita.tramite.entidades import EntidadPublica
from facilita.tramite.entorno import Entorno
from facilita.tramite.leido import Adelantado, Leido, escribir, exigir_abierto, hallar
from facilita.tramite.paso import contexto_de


@dataclass(frozen=True)
class Respuesta:
    """Una de las respuestas entre las que se elige."""

    marca: str
    mostrado: Mostrado | None
    guardada: bool
    """Si es la que está guardada hoy."""


@dataclass(frozen=True)
class Duda:
    """Un campo con varias respuestas, y todas ellas."""

    campo: Campo
    respuestas: tuple[Respuesta, ...]

    @property
    def marcas(self) -> str:
        """Cuáles se mostraron: si mientras tanto hay otra, se vuelve a preguntar."""
        return ".".join(r.marca or "nada" for r in self.respuestas)


@dataclass(frozen=True)
class PorElegir:
    """Un borrador y lo que falta elegir en él."""

    leido: Leido
    dudas: tuple[Duda, ...]


def ver(entorno: Entorno, entidad: EntidadPublica, ficha: str) -> PorElegir:
    """Lo que falta elegir en un borrador; lanza `NoExiste` o `Vencido`."""
    leido = hallar(entorno, entidad, ficha)
    return PorElegir(leido, _dudas(entorno, entidad, leido))


def _dudas(entorno: Entorno, entidad: EntidadPublica, leido: Leido) -> tuple[Duda, ...]:
    campos = leido.definicion.campos
    suyos = [c for c in campos.values() if c.id in leido.por_elegir]
    if not suyos:
        return ()
    with entorno.bd.lectura(Ambito.de(entidad.id)) as sesion:
        contexto = contexto_de(sesion, entorno, entidad)

        def mostrar(campo: Campo, valor: Any) -> Mostrado | None:
            valores = leido.definicion.leer({**leido.crudo, campo.id: valor}, contexto).valores
            if campo.id in valores:
                return campo.mostrar(valores[campo.id])
            # Lo mal escrito también se elige: se muestra tal como se escribió.
            return Mostrado(_en_texto(valor)) if marca(valor) else None

        return tuple(
            Duda(
                campo,
                tuple(
                    Respuesta(marca(valor), mostrar(campo, valor), n == 0)
                    for n, valor in enumerate(_opciones(leido, campo.id))
                ),
            )
            for campo in suyos
        )


def _opciones(leido: Leido, campo: str) -> list[Any]:
    """Lo guardado y, después, lo que otras ventanas quisieron guardar."""
    return [leido.crudo.get(campo), *leido.por_elegir[campo]]


def _en_texto(valor: Any) -> str:
    return ", ".join(map(_en_texto, valor)) if isinstance(valor, list) else str(valor)


def elegir(
    entorno: Entorno,
    entidad: EntidadPublica,
    ficha: str,
    elegidas: Mapping[str, str],
    mostradas: Mapping[str, str],
) -> PorElegir:
    """Se queda con las respuestas elegidas, por su marca; da lo que todavía falta elegir.

    Un campo cuyas respuestas ya no son las que se mostraron no se toca: se pregunta otra vez.
    Lanza `NoExiste` o `Vencido`.
    """
    ahora = entorno.reloj.ahora()
    leido = hallar(entorno, entidad, ficha)
    exigir_abierto(leido, ahora)
    while not leido.presentado:
        try:
            nuevo = _con_lo_elegido(leido, elegidas, mostradas)
            with entorno.bd.transaccion(Ambito.de(entidad.id)) as sesion:
                escribir(sesion, nuevo, ahora)
            leido = nuevo
            break
        except Adelantado:
            leido = hallar(entorno, entidad, ficha)
    return PorElegir(leido, _dudas(entorno, entidad, leido))


def _con_lo_elegido(
    leido: Leido, elegidas: Mapping[str, str], mostradas: Mapping[str, str]
) -> Leido:
    crudo: dict[str, Any] = {}
    quedan = dict(leido.por_elegir)
    for campo in leido.por_elegir:
        por_marca = {marca(v) or "nada": v for v in _opciones(leido, campo)}
        sin_cambios = mostradas.get(campo) == ".".join(
            marca(v) or "nada" for v in _opciones(leido, campo)
        )
        if sin_cambios and elegidas.get(campo) in por_marca:
            crudo[campo] = por_marca[elegidas[campo]]
            del quedan[campo]
    return replace(leido.con(crudo), por_elegir=quedan)
