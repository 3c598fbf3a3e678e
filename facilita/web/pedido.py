"""Los campos que pide un paso o una tarea, dibujados y recogidos como los de un formulario."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask import request

from facilita.definicion import Contexto, Definicion
from facilita.definicion.campos import Campo, Error
from facilita.definicion.css import vista_de_pedido
from facilita.tramite.entidades import EntidadPublica
from facilita.web.campo_visto import CampoVisto, Lienzo
from facilita.web.controles import clase_suelta, llenar
from facilita.web.envio import cambiar_filas, recoger
from facilita.web.mundo import entorno

PASO = "paso."


def formulario_de_pedido(
    campos: Sequence[Campo],
    crudo: Mapping[str, Any],
    errores: Mapping[str, Error],
    contexto: Contexto | None = None,
) -> tuple[CampoVisto, ...]:
    """Los campos listos para dibujarse, con lo escrito y sus errores."""
    contexto = contexto or Contexto(territorio=entorno().territorio)
    formulario = llenar(clase_suelta(campos, contexto), campos, crudo)
    lienzo = Lienzo(contexto, errores={c: e.texto for c, e in errores.items()})
    vistos = (campo for campo in campos if campo.se_muestra(contexto))
    return tuple(lienzo.ver(c, crudo.get(c.id), lambda: formulario) for c in vistos)


def contexto_de_pedido(entidad: EntidadPublica) -> Contexto:
    """Con qué se dibuja lo que pide una transición."""
    return Contexto(sedes=entidad.sedes, territorio=entorno().territorio)


def recoger_pedido(campos: Sequence[Campo]) -> tuple[dict[str, Any], bool]:
    """Lo enviado para dar un paso, y si solo pidió agregar o quitar una fila."""
    crudo: dict[str, Any] = {**request.form.to_dict(), **recoger(campos)}
    return crudo, bool(cambiar_filas(crudo, campos))


def estilo_de_pedido(entidad: str, definicion: Definicion, campos: Sequence[Campo]) -> str | None:
    """La dirección del CSS de lo que pide un paso o una tarea, si tiene condiciones."""
    if not any(c.condiciones for campo in campos for c in (campo, *campo.campos)):
        return None
    n = next(n for n, pedido in enumerate(definicion.pedidos) if pedido is campos)
    return f"/{entidad}/{definicion.id}/estilo/{definicion.digest[:16]}/{PASO}{n}.css"


def css_de_pedido(definicion: Definicion, pagina: str) -> str | None:
    """El CSS que corresponde a una dirección de `estilo_de_pedido`; `None` si no lo hay."""
    n = pagina.removeprefix(PASO)
    if not pagina.startswith(PASO) or not (n.isascii() and n.isdecimal() and len(n) < 4):
        return None
    pedidos = definicion.pedidos
    return vista_de_pedido(pedidos[int(n)]).css if int(n) < len(pedidos) else None
