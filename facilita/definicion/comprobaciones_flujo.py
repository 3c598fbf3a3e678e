"""Lo que publicar prueba del flujo: que todo estado se alcanza, termina y se puede explicar."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from facilita.definicion.comprobaciones_tareas import (
    comprobar_papel,
    comprobar_pedido,
    papeles_de,
)
from facilita.definicion.esquema import campos_crudos
from facilita.definicion.fallas import Buzon, Ruta
from facilita.definicion.flujo import CON_DATO, DE_PLATAFORMA, EFECTOS
from facilita.definicion.sugerencias import parecido
from facilita.definicion.textos import DE_LA_SOLICITUD, SOLO_SI, fallas_de_texto

Dato = Mapping[str, Any]
_RAIZ: Ruta = ("flujo",)


def comprobar_flujo(dato: Dato, buzon: Buzon) -> None:
    """Corre las comprobaciones del flujo y de los mensajes."""
    for comprobacion in COMPROBACIONES:
        comprobacion(dato, buzon)


def _transiciones(dato: Dato) -> Iterator[tuple[Ruta, Dato]]:
    for n, transicion in enumerate(dato["flujo"]["transiciones"]):
        yield (*_RAIZ, "transiciones", n), transicion


def _estados(dato: Dato) -> dict[str, Dato]:
    return {e["id"]: e for e in dato["flujo"]["estados"]}


def _ids(dato: Dato, buzon: Buzon) -> None:
    for clave, nombre, lista in (
        (("flujo", "estados"), "el estado", dato["flujo"]["estados"]),
        (("mensajes",), "el mensaje", dato["mensajes"]),
    ):
        vistos: set[str] = set()
        for n, elemento in enumerate(lista):
            if elemento["id"] in vistos:
                texto = f"{nombre} «{elemento['id']}» está repetido"
                buzon.falla("id.repetido", (*clave, n, "id"), texto)
            vistos.add(elemento["id"])


def _pares_unicos(dato: Dato, buzon: Buzon) -> None:
    vistos: set[tuple[str, str]] = set()
    for ruta, transicion in _transiciones(dato):
        for estado in transicion["de"]:
            par = (estado, transicion["id"])
            if par in vistos:
                texto = f"desde «{estado}» ya sale otra transición «{transicion['id']}»"
                buzon.falla("flujo.ambiguo", (*ruta, "id"), texto)
            vistos.add(par)


def _extremos(dato: Dato, buzon: Buzon) -> None:
    estados = _estados(dato)
    if dato["flujo"]["inicial"] not in estados:
        inicial = dato["flujo"]["inicial"]
        texto = f"no hay un estado «{inicial}»{parecido(inicial, estados)}"
        buzon.falla("flujo.estado", (*_RAIZ, "inicial"), texto)
    for ruta, transicion in _transiciones(dato):
        extremos = [((*ruta, "de", n), e) for n, e in enumerate(transicion["de"])]
        for donde, estado in (*extremos, ((*ruta, "a"), transicion["a"])):
            if estado not in estados:
                texto = f"no hay un estado «{estado}»{parecido(estado, estados)}"
                buzon.falla("flujo.estado", donde, texto)


def _alcanzables(dato: Dato, buzon: Buzon) -> None:
    if dato["flujo"]["inicial"] not in _estados(dato):
        return
    desde: dict[str, set[str]] = {}
    for _, t in _transiciones(dato):
        for estado in t["de"]:
            desde.setdefault(estado, set()).add(t["a"])
    alcanzados = _seguir({dato["flujo"]["inicial"]}, desde)
    for n, estado in enumerate(dato["flujo"]["estados"]):
        if estado["id"] not in alcanzados:
            texto = f"ningún camino lleva al estado «{estado['id']}»"
            buzon.falla("flujo.inalcanzable", (*_RAIZ, "estados", n), texto)


def _terminan(dato: Dato, buzon: Buzon) -> None:
    hacia: dict[str, set[str]] = {}
    for _, t in _transiciones(dato):
        if not t.get("reabre"):
            hacia.setdefault(t["a"], set()).update(t["de"])
    finales = {e["id"] for e in dato["flujo"]["estados"] if e.get("final")}
    terminan = _seguir(finales, hacia)
    for n, estado in enumerate(dato["flujo"]["estados"]):
        if estado["id"] not in terminan:
            texto = f"desde el estado «{estado['id']}» no se llega a ninguno final"
            buzon.falla("flujo.sin_final", (*_RAIZ, "estados", n), texto)


def _seguir(inicio: set[str], pasos: Mapping[str, set[str]]) -> set[str]:
    vistos, pendientes = set(inicio), list(inicio)
    while pendientes:
        for otro in pasos.get(pendientes.pop(), ()):
            if otro not in vistos:
                vistos.add(otro)
                pendientes.append(otro)
    return vistos


def _finales(dato: Dato, buzon: Buzon) -> None:
    estados = _estados(dato)
    for ruta, t in _transiciones(dato):
        sale_de_final = [e for e in t["de"] if estados.get(e, {}).get("final")]
        if sale_de_final and not t.get("reabre"):
            texto = f"«{sale_de_final[0]}» es final: solo se sale de él con «reabre: true»"
            buzon.falla("flujo.salida_de_final", (*ruta, "de"), texto)
        if t.get("reabre") and len(sale_de_final) < len(t["de"]):
            buzon.falla("flujo.reabre", (*ruta, "reabre"), "solo se reabre desde estados finales")


def _quienes(dato: Dato, buzon: Buzon) -> None:
    papeles = papeles_de(dato)
    for ruta, t in _transiciones(dato):
        for n, papel in enumerate(t["quien"]):
            comprobar_papel((*ruta, "quien", n), papel, papeles, buzon)
        _del_reloj(ruta, t, buzon)


def _del_reloj(ruta: Ruta, t: Dato, buzon: Buzon) -> None:
    es_del_reloj = "reloj" in t["quien"]
    if es_del_reloj and "al_vencer" not in t:
        texto = "una transición del reloj dice su plazo en «al_vencer»"
        buzon.falla("flujo.reloj_sin_plazo", (*ruta, "quien"), texto)
    if "al_vencer" in t and list(t["quien"]) != ["reloj"]:
        texto = "si tiene «al_vencer», la da solo el reloj: quien: [reloj]"
        buzon.falla("flujo.reloj", (*ruta, "quien"), texto)
    if es_del_reloj and (t.get("pide") or t.get("acto")):
        buzon.falla("flujo.reloj", ruta, "el reloj no puede responder lo que esta transición pide")


def _actos(dato: Dato, buzon: Buzon) -> None:
    subsanables = {e for _, t in _transiciones(dato) if t.get("acto") == "subsanacion"
                   for e in t["de"]}  # fmt: skip
    for ruta, t in _transiciones(dato):
        if t.get("acto") == "subsanacion" and list(t["quien"]) != ["ciudadano"]:
            buzon.falla("flujo.acto", (*ruta, "quien"), "subsana solo el ciudadano")
        if t.get("acto") == "observacion" and "ciudadano" in t["quien"]:
            buzon.falla("flujo.acto", (*ruta, "quien"), "el ciudadano no observa")
        if t.get("acto") == "observacion" and t["a"] not in subsanables:
            texto = f"desde «{t['a']}» el ciudadano no puede subsanar: falta esa transición"
            buzon.falla("flujo.acto", (*ruta, "a"), texto)


def _semaforo(dato: Dato, buzon: Buzon) -> None:
    plazo = dato["flujo"]["plazo"]
    if plazo.get("rojo", 2) > plazo.get("ambar", 5):
        texto = "«rojo» debe ser menor o igual que «ambar»"
        buzon.falla("flujo.semaforo", (*_RAIZ, "plazo", "rojo"), texto)


def _pide(dato: Dato, buzon: Buzon) -> None:
    for ruta, t in _transiciones(dato):
        comprobar_pedido((*ruta, "pide"), t.get("pide", ()), buzon)


# --- efectos y mensajes ----------------------------------------------------------------------


def _efectos(dato: Dato, buzon: Buzon) -> None:
    mensajes = {m["id"] for m in dato["mensajes"]}
    listas = [((*ruta, "efectos"), t.get("efectos", ())) for ruta, t in _transiciones(dato)]
    listas.append(((*_RAIZ, "al_presentar"), dato["flujo"].get("al_presentar", ())))
    for ruta, efectos in listas:
        for n, efecto in enumerate(efectos):
            _efecto((*ruta, n), efecto, mensajes, buzon)


def _efecto(ruta: Ruta, efecto: Any, mensajes: set[str], buzon: Buzon) -> None:
    if isinstance(efecto, str):
        if efecto in CON_DATO:
            texto = f"falta su dato; se escribe {CON_DATO[efecto]}"
            buzon.falla("efecto.sin_dato", ruta, texto)
        elif efecto not in EFECTOS:
            cerca = parecido(efecto, EFECTOS)
            texto = f"no hay un efecto «{efecto}»{cerca}; puede ser: {', '.join(EFECTOS)}"
            buzon.falla("efecto.desconocido", ruta, texto)
    elif "notificar" in efecto and efecto["notificar"] not in mensajes:
        cual = efecto["notificar"]
        texto = f"no hay un mensaje «{cual}»{parecido(cual, mensajes)}"
        buzon.falla("mensaje.no_existe", ruta, texto)


def _mensajes(dato: Dato, buzon: Buzon) -> None:
    for n, mensaje in enumerate(dato["mensajes"]):
        for parte in ("asunto", "cuerpo"):
            if not mensaje[parte].strip():
                buzon.falla("texto.vacio", ("mensajes", n, parte), "el texto está vacío")
        permitidos = _nombres_del_mensaje(dato, mensaje["id"])
        if permitidos is None:
            texto = f"ningún paso envía el mensaje «{mensaje['id']}»"
            buzon.falla("mensaje.sin_uso", ("mensajes", n), texto, aviso=True)
            continue
        for parte in ("asunto", "cuerpo"):
            for frase in fallas_de_texto(mensaje[parte], permitidos, _de_quien_es(dato)):
                buzon.falla("mensaje.nombre", ("mensajes", n, parte), frase)


def _de_quien_es(dato: Dato) -> dict[str, str]:
    """Por qué un correo no puede decir lo que otro paso pide o lo que la persona respondió."""
    motivos = {
        campo["id"]: "un correo no lleva respuestas; con «uso: asunto» en ese campo, {asunto} sí"
        for ruta, campo in campos_crudos(dato)
        if ruta[0] in ("paginas", "revision")
    }
    for _, t in _transiciones(dato):
        for nombre in nombres_de_transicion(t):
            motivos[nombre] = f"solo lo tiene un mensaje que envía «{t['id']}» y ningún otro paso"
    return motivos


def _nombres_del_mensaje(dato: Dato, cual: str) -> dict[str, str] | None:
    """Los nombres que existen siempre que se envía el mensaje; `None` si nadie lo envía."""
    conjuntos: list[dict[str, str]] = []
    if {"notificar": cual} in dato["flujo"].get("al_presentar", ()):
        conjuntos.append({})
    for _, t in _transiciones(dato):
        if {"notificar": cual} in t.get("efectos", ()):
            conjuntos.append(nombres_de_transicion(t))
    if not conjuntos:
        return None
    comunes = set.intersection(*(set(c) for c in conjuntos))
    siempre = {n: q for n, q in DE_LA_SOLICITUD.items() if n not in SOLO_SI or SOLO_SI[n] in dato}
    return {**siempre, **{n: conjuntos[0][n] for n in comunes}}


def nombres_de_transicion(t: Dato) -> dict[str, str]:
    """Los `{nombres}` que agrega una transición a su mensaje: lo que pide y sus observaciones."""
    nombres = {campo["id"]: campo.get("etiqueta", campo["id"]) for campo in t.get("pide", ())}
    if t.get("acto") == "observacion":
        nombres["observaciones"] = "la lista de observaciones"
    if any(isinstance(e, Mapping) and "ampliar_plazo" in e for e in t.get("efectos", ())):
        nombres["vencia"] = "el último día que tenía el plazo antes de ampliarse"
    if any(isinstance(e, Mapping) and "responder" in e for e in t.get("efectos", ())):
        nombres["numero_respuesta"] = "el número de la respuesta"
    if DE_PLATAFORMA.intersection(e for e in t.get("efectos", ()) if isinstance(e, str)):
        nombres["entidad_nueva"] = "el nombre de la entidad creada"
        nombres["direccion_nueva"] = "la dirección de su página"
    return nombres


COMPROBACIONES: tuple[Callable[[Dato, Buzon], None], ...] = (
    _ids,
    _pares_unicos,
    _extremos,
    _alcanzables,
    _terminan,
    _finales,
    _quienes,
    _actos,
    _semaforo,
    _pide,
    _efectos,
    _mensajes,
)
