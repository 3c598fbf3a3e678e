"""Lo que no se debe poder: cada guarda de cada transición se desafía y tiene que negarse."""

from collections.abc import Callable

from facilita.definicion import Transicion
from facilita.simulacion.cobertura import Meta
from facilita.simulacion.presentaciones import Discrepancia
from facilita.simulacion.tramites import Tramite
from facilita.simulacion.vigilancia import CIUDADANO
from facilita.tramite import atencion, seguimiento, subsanacion, terminos
from facilita.tramite.errores import Conflicto, Invalido, Negativa, NoExiste, Vencido
from facilita.tramite.permisos import Actor


def desafiar(tramite: Tramite) -> None:
    """Prueba, donde está la solicitud, las guardas que faltan y que ahí deben negarse."""
    for t in tramite.mapa.flujo.transiciones:
        for que, se_prueba in _DESAFIOS.items():
            if tramite.cobertura.falta(Meta("guarda", t.id, que)):
                se_prueba(tramite, t)


def llegar_tarde(tramite: Tramite, t: Transicion) -> None:
    """Deja pasar el plazo de una transición, sin que el trabajador corra, y la intenta."""
    with tramite.entorno.bd.lectura(tramite.ambito) as sesion:
        limite = terminos.limite_de(tramite.caso(sesion), t.hasta) if t.hasta else None
    if limite is None:
        raise Discrepancia(f"«{t.id}» no tiene un último instante en «{tramite.punto.estado}»")
    tramite.pasar_de(limite)
    # Si el mismo plazo movió el trámite, se niega porque ya no está ahí.
    _se_niega(tramite, t, "plazo", tramite.elegir(t), Vencido, Conflicto)


def _por_papel(tramite: Tramite, t: Transicion) -> None:
    """Quien no tiene el papel no la da."""
    if tramite.punto.estado not in t.de or not tramite.mapa.permitida(tramite.punto, t):
        return
    ajenos: list[Actor | None] = [
        a for a in tramite.al_alcance() if not tramite.papeles(a) & t.quien
    ]
    if CIUDADANO not in t.quien:
        ajenos.append(None)
    if ajenos:
        _se_niega(tramite, t, "papel", tramite.azar.choice(ajenos), Negativa)


def _por_pedido(tramite: Tramite, t: Transicion) -> None:
    """Sin lo que pide no se da."""
    toca = tramite.punto.estado in t.de and tramite.mapa.permitida(tramite.punto, t)
    if toca and t.acto != "subsanacion":
        _se_niega(tramite, t, "pide", tramite.elegir(t), Invalido)


def _por_vez(tramite: Tramite, t: Transicion) -> None:
    """Lo que se hace una vez no se hace dos."""
    if tramite.punto.estado in t.de and t.id in tramite.punto.hechas:
        _se_niega(tramite, t, "una_vez", tramite.elegir(t), Conflicto)


def _por_estado(tramite: Tramite, t: Transicion) -> None:
    """Desde otro estado no se da."""
    # Una corrección a tiempo vale aunque el reloj ya haya movido la solicitud.
    la_movio_el_reloj = tramite.ultima is not None and tramite.ultima.clase == "vencer"
    if tramite.punto.estado not in t.de and not (t.acto == "subsanacion" and la_movio_el_reloj):
        quien = None if t.al_vencer else tramite.elegir(t)
        _se_niega(tramite, t, "estado", quien, Negativa)


_DESAFIOS: dict[str, Callable[[Tramite, Transicion], None]] = {
    "papel": _por_papel,
    "pide": _por_pedido,
    "una_vez": _por_vez,
    "estado": _por_estado,
}


def debe_negarse(intento: Callable[[], object], por: str, como: type[Negativa] = Negativa) -> None:
    """Hace algo que no se debe poder; si se pudo, o se negó por otra cosa, es `Discrepancia`."""
    try:
        intento()
    except como:
        return
    except Negativa as otra:
        raise Discrepancia(f"debía negarse por «{por}» y dijo: {otra.frase}") from otra
    raise Discrepancia(f"se pudo hacer algo que debía negarse por «{por}»")


def _se_niega(
    tramite: Tramite,
    t: Transicion,
    que: str,
    quien: Actor | None,
    *como: type[Negativa],
) -> None:
    tramite.relato.contar(
        f"intentar {t.id}, por {tramite.papel(quien, t.quien)}: debe negarse ({que})"
    )
    esperadas: tuple[type[Negativa], ...] = (*como, NoExiste)
    try:
        _intentar(tramite, t, quien)
    except esperadas:
        tramite.cobertura.ver(Meta("guarda", t.id, que))
    except Negativa as otra:
        frase = f"«{t.id}» debía negarse por «{que}» y dijo: {otra.frase}"
        raise Discrepancia(frase) from otra
    else:
        frase = f"{tramite.papel(quien, t.quien)} pudo dar «{t.id}», que debía negarse por «{que}»"
        raise Discrepancia(frase)


def _intentar(tramite: Tramite, t: Transicion, quien: Actor | None) -> None:
    if quien is not None:
        atencion.transitar(tramite.entorno, quien, tramite.id, t.id, {})
    elif t.acto == "subsanacion":
        entidad = tramite.mundo.vigente.entidad
        subsanacion.abrir_correccion(tramite.entorno, entidad.id, tramite.id)
    else:
        seguimiento.actuar(tramite.entorno, tramite.codigo, t.id, {})
