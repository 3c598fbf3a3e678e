"""Lo que la persona pide en su trámite, como desistir: su constancia y el aviso a quien atiende."""

from typing import Any

from facilita.definicion import Transicion
from facilita.plazos import a_lima
from facilita.tramite import constancia, documentos, recados
from facilita.tramite.caso import Caso
from facilita.tramite.modelos import Movimiento
from facilita.tramite.transiciones import Pedido

CLASE = "pedido"
"""La clase de documento de su constancia."""


def en_palabras(transicion: Transicion, pedido: Pedido) -> tuple[tuple[str, str], ...]:
    """Lo que escribió para dar el paso, con el nombre de cada dato."""
    return tuple(
        (campo.etiqueta, campo.mostrar(valor).texto)
        for campo in transicion.pide
        if (valor := pedido.valores.get(campo.id)) is not None
    )


def dejar_constancia(
    caso: Caso, transicion: Transicion, pedido: Pedido, movimiento: Movimiento
) -> None:
    """Congela la constancia de lo pedido y se lo dice a quien atiende."""
    documentos.pedir(caso, CLASE, movimiento.orden, _congelar(caso, transicion, pedido, movimiento))
    numero, que = caso.solicitud.numero, transicion.etiqueta
    texto = (
        f"La persona dio este paso en el registro {numero}: {que}.\n"
        f"Estado de hoy: {caso.estado.etiqueta}.\n\n"
        f"Míralo aquí: {caso.entorno.direccion_publica}/bandeja/{caso.solicitud.id}\n"
    )
    clave = f"paso-{movimiento.orden}"
    recados.a_quien_atiende(caso, clave, f"{que}: registro {numero}", texto)


def _congelar(
    caso: Caso, transicion: Transicion, pedido: Pedido, movimiento: Movimiento
) -> dict[str, Any]:
    return {
        **constancia.membrete(caso),
        "titulo": transicion.etiqueta,
        "pedido_en": a_lima(caso.ahora).replace(microsecond=0).isoformat(),
        "estado": caso.estado.etiqueta,
        "dicho": [list(par) for par in en_palabras(transicion, pedido)],
        "huella_del_movimiento": movimiento.huella,
    }
