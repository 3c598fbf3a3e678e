"""Lo que publicar prueba de los plazos: que corren, que terminan y que la ley los permite."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from facilita.definicion.fallas import Buzon, Ruta

Dato = Mapping[str, Any]

MAXIMO_LEGAL = 30
"""Días hábiles para resolver, salvo norma que diga otra cosa (N10)."""


def comprobar_plazos(dato: Dato, buzon: Buzon) -> None:
    """Corre las comprobaciones de los plazos y de lo que un flujo espera."""
    for comprobacion in COMPROBACIONES:
        comprobacion(dato, buzon)


def _transiciones(dato: Dato) -> Iterator[tuple[Ruta, Dato]]:
    for n, transicion in enumerate(dato["flujo"]["transiciones"]):
        yield ("flujo", "transiciones", n), transicion


def _legal(dato: Dato, buzon: Buzon) -> None:
    plazo = dato["flujo"]["plazo"]
    if plazo["dias_habiles"] > MAXIMO_LEGAL and not plazo.get("base_legal"):
        texto = (
            f"pasa de {MAXIMO_LEGAL} días hábiles, el máximo para resolver (LPAG, arts. 35 y 140): "
            "acórtalo o cita en «base_legal» la norma que lo permite"
        )
        buzon.falla("ley.plazo", ("flujo", "plazo", "dias_habiles"), texto, aviso=True)


def _notifica(efectos: Any) -> bool:
    return any(isinstance(e, Mapping) and "notificar" in e for e in efectos or ())


def _sin_notificar(dato: Dato, buzon: Buzon) -> None:
    """Un plazo que corre desde que la persona se entera necesita que alguien la notifique."""
    avisados = {t["a"] for _, t in _transiciones(dato) if _notifica(t.get("efectos"))}
    if _notifica(dato["flujo"].get("al_presentar")):
        avisados.add(dato["flujo"]["inicial"])
    for ruta, t in _transiciones(dato):
        for clave in ("hasta", "al_vencer"):
            mudos = [e for e in t["de"] if e not in avisados]
            if t.get(clave, {}).get("desde") == "notificado" and mudos:
                texto = (
                    f"ningún paso que llega a «{mudos[0]}» notifica: este plazo no empezaría "
                    "nunca; agrégale el efecto {notificar: mensaje}"
                )
                buzon.falla("flujo.sin_notificar", (*ruta, clave, "desde"), texto)


def _ampliar(dato: Dato, buzon: Buzon) -> None:
    finales = {e["id"] for e in dato["flujo"]["estados"] if e.get("final")}
    listas = [((*r, "efectos"), t.get("efectos", ()), t["a"]) for r, t in _transiciones(dato)]
    al_presentar = dato["flujo"].get("al_presentar", ())
    listas.append((("flujo", "al_presentar"), al_presentar, None))
    for ruta, efectos, a in listas:
        for n, efecto in enumerate(efectos):
            amplia = isinstance(efecto, Mapping) and "ampliar_plazo" in efecto
            if amplia and (a is None or a in finales):
                texto = "aquí no hay un plazo en curso que ampliar: quita el efecto"
                buzon.falla("efecto.sin_plazo", (*ruta, n), texto)


def _atascados(dato: Dato, buzon: Buzon) -> None:
    """Un paso con plazo, o que se da una vez, puede faltar cuando más se lo necesita."""
    de_todos = [t for _, t in _transiciones(dato)]
    pasos = [t for t in de_todos if not t.get("reabre")]
    finales = {e["id"] for e in dato["flujo"]["estados"] if e.get("final")}
    todos = _llegan(finales, pasos)
    seguros = _llegan(finales, [t for t in pasos if not _puede_faltar(t, de_todos)])
    for n, estado in enumerate(dato["flujo"]["estados"]):
        if estado["id"] in todos - seguros:
            texto = (
                f"desde «{estado['id']}» solo se termina por pasos con «hasta» o «una_vez»: pasado "
                "el plazo, o dado el paso, el trámite quedaría sin salida; agrega otro paso"
            )
            buzon.falla("flujo.atascado", ("flujo", "estados", n), texto)


def _puede_faltar(t: Dato, pasos: list[Dato]) -> bool:
    if "hasta" in t:
        return True
    return bool(t.get("una_vez")) and bool(_llegan(set(t["de"]), pasos) & {t["a"]})


def _llegan(metas: set[str], pasos: list[Dato]) -> set[str]:
    """Los estados desde los que se llega a alguna meta, ellas incluidas."""
    llegan, antes = set(metas), -1
    while len(llegan) != antes:
        antes = len(llegan)
        llegan.update(e for t in pasos if t["a"] in llegan for e in t["de"])
    return llegan


def _esperas(dato: Dato, buzon: Buzon) -> None:
    salen: dict[str, set[str]] = {}
    for _, t in _transiciones(dato):
        for estado in t["de"]:
            salen.setdefault(estado, set()).update(t["quien"])
    for n, estado in enumerate(dato["flujo"]["estados"]):
        if salen.get(estado["id"]) == {"ciudadano"}:
            texto = (
                f"de «{estado['id']}» solo sale el ciudadano: si no vuelve, el trámite no termina; "
                "agrega un paso del reloj con «al_vencer», o uno del personal"
            )
            buzon.falla("flujo.espera", ("flujo", "estados", n), texto, aviso=True)


Situacion = tuple[str, bool]
"""Un estado, y si en él el plazo para resolver está detenido."""


def _detenidos(dato: Dato, buzon: Buzon) -> None:
    """Un plazo que se detiene vuelve a correr, o el estado dice que lo suspende (N07)."""
    estados = {e["id"]: e for e in dato["flujo"]["estados"]}
    pasos = _situaciones(dato, estados)
    for n, estado in enumerate(dato["flujo"]["estados"]):
        situacion = (estado["id"], True)
        callado = not estado.get("final") and not estado.get("suspende_plazo")
        if callado and situacion in pasos and not _vuelve_a_correr(situacion, pasos, estados):
            texto = (
                f"en «{estado['id']}» el plazo para resolver sigue detenido y ningún paso lo hace "
                "correr: ponle «reanudar» o «reiniciar_plazo» a un paso, o quita «suspender»"
            )
            buzon.falla("flujo.detenido", ("flujo", "estados", n), texto, aviso=True)


def _situaciones(dato: Dato, estados: Mapping[str, Dato]) -> dict[Situacion, set[Situacion]]:
    """Las situaciones a que se llega desde el principio, y las que siguen a cada una."""
    inicial = dato["flujo"]["inicial"]
    de_inicio = bool(estados.get(inicial, {}).get("suspende_plazo"))
    pasos: dict[Situacion, set[Situacion]] = {}
    pendientes = [(inicial, _tras(dato["flujo"].get("al_presentar"), de_inicio))]
    while pendientes:
        situacion = pendientes.pop()
        if situacion not in pasos:
            salen = (t for _, t in _transiciones(dato) if situacion[0] in t["de"])
            pasos[situacion] = {(t["a"], _queda(situacion, t, estados)) for t in salen}
            pendientes.extend(pasos[situacion])
    return pasos


def _queda(situacion: Situacion, t: Dato, estados: Mapping[str, Dato]) -> bool:
    """Si tras un paso el plazo queda detenido: lo detiene un estado o un efecto."""
    de, detenido = situacion
    if estados.get(t["a"], {}).get("suspende_plazo"):
        detenido = True
    elif t.get("reabre") or estados.get(de, {}).get("suspende_plazo"):
        detenido = False
    return _tras(t.get("efectos"), detenido)


def _tras(efectos: Any, detenido: bool) -> bool:
    for efecto in efectos or ():
        if efecto in ("suspender", "reanudar", "reiniciar_plazo"):
            detenido = efecto == "suspender"
    return detenido


def _vuelve_a_correr(
    desde: Situacion, pasos: Mapping[Situacion, set[Situacion]], estados: Mapping[str, Dato]
) -> bool:
    vistas, pendientes = {desde}, [desde]
    while pendientes:
        abiertas = (s for s in pasos[pendientes.pop()] if not estados.get(s[0], {}).get("final"))
        for otra in set(abiertas) - vistas:
            if not otra[1]:
                return True
            vistas.add(otra)
            pendientes.append(otra)
    return False


def _sin_fin(dato: Dato, buzon: Buzon) -> None:
    """Los plazos que cuentan desde la presentación no vuelven a empezar: no pueden dar vueltas."""
    pasos = [
        (ruta, t)
        for ruta, t in _transiciones(dato)
        if t.get("al_vencer", {}).get("desde") == "presentado"
    ]
    for ruta, t in pasos:
        vuelven = _llegan({t["a"]}, [{"a": de, "de": [p["a"]]} for _, p in pasos for de in p["de"]])
        if vuelven & set(t["de"]):
            texto = (
                "vencido este plazo, el reloj daría vueltas sin fin: cuenta desde «entrada» o "
                "lleva a un estado del que no se vuelva así"
            )
            buzon.falla("flujo.sin_fin", (*ruta, "al_vencer", "desde"), texto)


COMPROBACIONES: tuple[Callable[[Dato, Buzon], None], ...] = (
    _legal,
    _sin_notificar,
    _ampliar,
    _atascados,
    _esperas,
    _detenidos,
    _sin_fin,
)
