"""Lo que dijo el antivirus, junto a cada archivo de la página que se dibuja."""

from collections.abc import Iterable, Mapping
from typing import Any

from flask import g, has_app_context

from facilita.tramite import analisis
from facilita.tramite.analisis import Estado
from facilita.web.mundo import entorno

PERSONAL, CIUDADANO, BORRADOR = "personal", "ciudadano", "borrador"


def mostrar_analisis(estados: Mapping[int, Estado], para: str) -> None:
    """Deja a mano lo que se sabe de cada adjunto, por su id, mientras se dibuja esta página."""
    g.analisis, g.analisis_para = estados, para


def mostrar_de_borrador(entidad_id: int, crudo: Mapping[str, Any]) -> None:
    """Lo mismo, con los archivos que hay puestos en un borrador."""
    suyos = (ficha["id"] for ficha in _fichas(crudo.values()))
    mostrar_analisis(analisis.de_estos(entorno(), entidad_id, suyos), para=BORRADOR)


def _fichas(valores: Iterable[Any]) -> Iterable[Mapping[str, Any]]:
    listas = (valor for valor in valores if isinstance(valor, list))
    return (f for lista in listas for f in lista if isinstance(f, dict) and "sha256" in f)


def analizado(adjunto_id: int | None) -> Mapping[str, Any] | None:
    """Qué decir del análisis de un adjunto en esta página; nada si no hay qué decir."""
    if not has_app_context():  # un campo se puede dibujar solo, sin que nadie lo pida
        return None
    estado = g.get("analisis", {}).get(adjunto_id)
    para = g.get("analisis_para")
    if estado is None or not (estado.infectado or para == PERSONAL):
        return None
    return {"texto": _texto(estado, para), "infectado": estado.infectado}


def _texto(estado: Estado, para: str) -> str:
    if para == PERSONAL:
        return estado.en_palabras
    hallado = f"El antivirus halló un programa dañino en este archivo ({estado.detalle})"
    if para == BORRADOR:
        return f"{hallado}. Quítalo y sube otra copia: si lo presentas así, nadie lo podrá abrir."
    return (
        f"{hallado} y está apartado: nadie lo descarga. Lo que presentaste vale igual y tu cargo "
        "no cambia. Envía otra copia por un mensaje."
    )
