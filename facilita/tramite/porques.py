"""Por qué cada fecha de un trámite es la que es, dicho para la persona."""

from facilita.plazos import Computo, fecha_larga
from facilita.tramite.caso import Caso
from facilita.tramite.modelos import Movimiento


def de_la_presentacion(caso: Caso) -> str:
    """Vale el instante en que llegó, de cualquier día y a cualquier hora (N01, N02, N03)."""
    cuenta = Computo.de_json(caso.solicitud.cargo["plazo"])
    dentro = caso.solicitud.cargo.get("dentro_de_horario")
    llego = "Llegó dentro" if dentro else "Llegó fuera"
    return (
        "Es el instante en que la entidad lo recibió, según el reloj del sistema. Se recibe todos "
        f"los días a cualquier hora y esa fecha no se mueve. {llego} del horario de atención. Los "
        f"plazos se cuentan desde el día hábil siguiente: el {fecha_larga(cuenta.primer_dia)}."
    )


def de_la_suspension(caso: Caso) -> str:
    """Por qué el plazo para resolver no corre, y cómo seguirá (N07, N08)."""
    termino = caso.termino("resolver")
    if termino is None or termino.situacion != "suspendido":
        return ""
    return (
        f"Se detuvo cuando tu trámite pasó a «{caso.estado.etiqueta}», y mientras siga así no "
        f"corre. {_como_sigue(caso, int(termino.cuenta['restantes']))}"
    )


def _como_sigue(caso: Caso, quedan: int) -> str:
    salidas = [t for t in caso.definicion.flujo.transiciones if caso.solicitud.estado in t.de]
    if any(e.nombre == "reiniciar_plazo" for t in salidas for e in t.efectos):
        return "Al corregir se cuenta entero otra vez, desde el día hábil siguiente."
    dias = "1 día hábil" if quedan == 1 else f"{quedan} días hábiles"
    return f"Después sigue donde quedó: {dias} desde el día hábil siguiente."


def del_suceso(caso: Caso, m: Movimiento) -> str:
    """Un suceso contado en una frase a la persona; vacía, si su título ya lo dice."""
    if m.tipo != "transicion":
        return _SUCESOS.get(m.tipo, "") or _CANALES.get(str(m.datos.get("canal")), "")
    paso = next((t for t in caso.definicion.flujo.transiciones if t.id == m.transicion), None)
    if paso is None:
        return ""
    if paso.acto:
        return _ACTOS[paso.acto]
    if paso.reabre:
        return "La entidad lo volvió a abrir y sigue su trámite."
    return _QUIENES.get(m.quien, "")


_ACTOS = {
    "observacion": "La entidad encontró algo por corregir. El plazo para responderte se detuvo.",
    "subsanacion": "La entidad recibió lo que corregiste. Conservas tu fecha de presentación.",
}
_QUIENES = {
    "ciudadano": "Lo pediste tú.",
    "reloj": "Terminó un plazo y el sistema dio este paso, sin que nadie lo decidiera.",
}
_SUCESOS = {
    "presentado": "La entidad lo recibió y te dio tu cargo.",
    "derivado": "Ahora lo ve esa área. No tienes que hacer nada.",
    "a_tiempo": "Tu corrección había llegado antes de que venciera el plazo, y vale.",
}
_CANALES = {
    "enlace": "Te enteraste de lo notificado: desde este día se cuenta tu plazo.",
    "expediente": "Te enteraste de lo notificado: desde este día se cuenta tu plazo.",
    "cedula": "Te lo notificaron en papel: desde ese día se cuenta tu plazo.",
}
