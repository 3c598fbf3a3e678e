"""Los campos que pide una transición, dibujados con los mismos controles."""

from collections.abc import Mapping, Sequence
from typing import Any

import wtforms

from facilita.definicion import Contexto
from facilita.definicion.campos import Campo, Error
from facilita.web.controles import CONTROLES, llenar
from facilita.web.vista import CampoVisto


def formulario_de_pedido(
    campos: Sequence[Campo], crudo: Mapping[str, Any], errores: Mapping[str, Error]
) -> tuple[CampoVisto, ...]:
    """Los campos listos para dibujarse, con lo escrito y sus errores."""
    controles = {c.id: CONTROLES[c.control](c, Contexto()) for c in campos if c.se_responde}
    clase = type("FormularioDePedido", (wtforms.Form,), controles)
    formulario = llenar(clase, campos, crudo, errores)
    return tuple(
        CampoVisto(
            campo=campo,
            formulario=lambda: formulario,
            error=errores[campo.id].texto if campo.id in errores else None,
            aviso=None,
            observado=None,
        )
        for campo in campos
    )
