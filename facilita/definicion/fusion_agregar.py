"""Lo que la entidad agregó, frente a lo que trae la plantilla nueva."""

from collections.abc import Mapping
from typing import Any

from facilita.definicion.anclas import ANCLAS, ancla_de_opcion, ancla_nueva, ancla_perdida
from facilita.definicion.fallas import Lista, Mapa, Ruta
from facilita.definicion.familias import (
    CONTENIDOS,
    DE_UNA_OPCION,
    FAMILIAS,
    con_fijo,
    familia_de,
    permiso_de_opciones,
)
from facilita.definicion.fusion import Fusion, contenidos
from facilita.definicion.fusion_cambios import sin_fijo
from facilita.definicion.lugares import Elemento, nombrar


def fundir_agregados(fusion: Fusion) -> None:
    """Lo agregado se queda y en su lugar, salvo que la plantilla ya lo traiga o lo impida."""
    agregar = fusion.cambios.get("agregar", Lista())
    sitios = list(getattr(agregar, "sitios", ())) or [None] * len(agregar)
    quedan: list[Mapa] = []
    de_donde = []
    for n, entrada in enumerate(agregar):
        if n not in fusion.caidos and _se_queda(fusion, n, entrada):
            quedan.append(entrada)
            de_donde.append(sitios[n])
    entradas = Lista([*fusion.revividos, *quedan])
    entradas.sitios = [None] * len(fusion.revividos) + de_donde
    _anclar(fusion, entradas)
    if entradas:
        fusion.cambios["agregar"] = entradas
    elif agregar:
        fusion.borrar("agregar")


def _clave(entrada: Mapping[str, Any]) -> str:
    return next(c for c in entrada if c not in ANCLAS and c != "de")


def _se_queda(fusion: Fusion, n: int, entrada: Mapa) -> bool:
    clave = _clave(entrada)
    ruta: Ruta = ("cambios", "agregar", n, clave)
    if clave == "opcion":
        return _opcion_se_queda(fusion, ruta, entrada)
    familia = familia_de(clave)
    cae = _que_cae(fusion, ruta, familia, entrada[clave])
    if (familia, entrada[clave]["id"]) in cae:
        return False
    podado = _sin(entrada[clave], familia, cae) if cae else entrada[clave]
    if podado is None:
        texto = f"{nombrar(familia, entrada[clave]['id'])}: todo lo que tenía viene de la plantilla"
        fusion.avisar(f"agregar.{familia}.{entrada[clave]['id']}", "sobra", texto)
        return False
    entrada[clave] = podado
    return True


def _que_cae(
    fusion: Fusion, ruta: Ruta, familia: str, dato: Mapping[str, Any]
) -> set[tuple[str, str]]:
    """De un elemento agregado y lo que contiene, lo que no se queda."""
    cae: set[tuple[str, str]] = set()
    for donde in contenidos(familia, dato):
        nuevo, propio = fusion.nueva.hallar(*donde), fusion.antes.hallar(*donde)
        if nuevo is None or propio is None or _convivian(fusion, donde):
            continue
        if _choca(fusion, ruta, nuevo, propio.dato):
            cae.add(donde)
        else:
            fusion.apartar(*donde)
    return cae


def _convivian(fusion: Fusion, donde: tuple[str, str]) -> bool:
    """Si lo propio ya tenía el id de algo de la plantilla, que se quita."""
    ya_estaba = fusion.vieja.hallar(*donde) and donde not in _quitados_antes(fusion)
    return bool(ya_estaba) or donde in set(fusion.quitados())


def _quitados_antes(fusion: Fusion) -> set[tuple[str, str]]:
    """Lo que los cambios quitaban de la plantilla vieja, con lo que contiene."""
    quitar = (fusion.documento.get("cambios") or {}).get("quitar", {})
    return {
        donde
        for familia in FAMILIAS
        for cual in quitar.get(familia, ())
        if (viejo := fusion.vieja.hallar(familia, cual)) is not None
        for donde in contenidos(familia, viejo.dato)
    }


def _choca(fusion: Fusion, ruta: Ruta, nuevo: Elemento, propio: Mapping[str, Any]) -> bool:
    """La plantilla trae algo con el id de algo propio; dice si lo propio cae."""
    clave = f"agregar.{nuevo.familia}.{nuevo.id}"
    if sin_fijo(propio) == sin_fijo(nuevo.dato):
        fusion.avisar(clave, "sobra", f"{nuevo.nombre}: la plantilla ya lo trae igual")
        return True
    if any(con_fijo(nuevo.dato)):
        fusion.avisar(clave, "fijo", f"{nuevo.nombre}: la plantilla lo trae y es el que vale")
        return True
    return not fusion.disputar(
        clave,
        nuevo.nombre,
        ruta,
        (None, nuevo.dato, propio),
        ("agrega otro con el mismo id", "ya lo habías agregado"),
    )


def _sin(dato: Mapa, familia: str, cae: set[tuple[str, str]]) -> Mapa | None:
    """El elemento sin lo que cae; nada, si se queda vacío."""
    dentro = CONTENIDOS.get(familia)
    if dentro is None:
        return dato
    hijos = [_sin(hijo, dentro, cae) for hijo in dato[dentro] if (dentro, hijo["id"]) not in cae]
    quedan = [hijo for hijo in hijos if hijo is not None]
    return Mapa({**dato, dentro: quedan}) if quedan else None


# --- opciones ---------------------------------------------------------------------------------


def _opcion_se_queda(fusion: Fusion, ruta: Ruta, entrada: Mapa) -> bool:
    campo, opcion = entrada["de"], entrada["opcion"]
    nuevo = fusion.nueva.hallar("campos", campo)
    if nuevo is None or ("campos", campo) in set(fusion.quitados()):
        return True
    valor = opcion["valor"]
    clave, quien = f"agregar.opciones.{campo}.{valor}", f"la opción «{campo}.{valor}»"
    quitadas = fusion.cambios.get("quitar", {}).get("opciones", {}).get(campo, ())
    opciones = {o["valor"]: o for o in nuevo.dato.get("opciones", ()) if o["valor"] not in quitadas}
    igual = opciones.get(valor)
    if igual is not None and sin_fijo(igual) == sin_fijo(opcion):
        fusion.avisar(clave, "sobra", f"{quien}: la plantilla ya la trae igual")
        return False
    if "opciones" not in nuevo.dato:
        fusion.avisar(clave, "no_cabe", f"{quien}: el campo ya no tiene opciones")
        return False
    if permiso_de_opciones(nuevo.dato) != "libre" or (igual and igual.get("fijo")):
        fusion.avisar(clave, "fijo", f"{quien}: se va; la plantilla decide las opciones")
        return False
    return igual is None or _opcion_repetida(fusion, ruta, campo, igual, opcion)


def _opcion_repetida(
    fusion: Fusion, ruta: Ruta, campo: str, nueva: Mapping[str, Any], propia: Mapping[str, Any]
) -> bool:
    """La plantilla trae una opción con el valor de una propia: la propia pasa a ser un cambio."""
    valor = propia["valor"]
    queda = fusion.disputar(
        f"agregar.opciones.{campo}.{valor}",
        f"la opción «{campo}.{valor}»",
        ruta,
        (None, nueva, propia),
        ("agrega otra con el mismo valor", "ya la habías agregado"),
    )
    if queda:
        distinto = {p: propia.get(p) for p in DE_UNA_OPCION if propia.get(p) != nueva.get(p)}
        fusion.poner(Mapa(distinto), "opciones", campo, valor)
    return False


# --- el lugar ---------------------------------------------------------------------------------


def _anclar(fusion: Fusion, entradas: list[Mapa]) -> None:
    vivos = fusion.vivos()
    valores: dict[str, set[str]] = {}
    for entrada in entradas:
        clave = _clave(entrada)
        if clave == "opcion":
            _anclar_opcion(fusion, entrada, valores)
            continue
        familia, dato = familia_de(clave), entrada[clave]
        perdida = ancla_perdida(entrada, familia, vivos)
        if perdida is not None or _vuelve(fusion, entrada):
            _mudar(fusion, entrada, familia, dato["id"], perdida, vivos)
        else:
            texto = f"{nombrar(familia, dato['id'])}: sigue agregado"
            fusion.avisar(f"agregar.{familia}.{dato['id']}", "tuyo", texto)
        for donde, cual in contenidos(familia, dato):
            vivos[donde].add(cual)


def _mudar(
    fusion: Fusion,
    entrada: Mapa,
    familia: str,
    cual: str,
    perdida: str | None,
    vivos: Mapping[str, set[str]],
) -> None:
    """Da otro lugar a lo que perdió el suyo, y uno a lo que vuelve propio."""
    lugar = _cambiar_ancla(entrada, ancla_nueva(fusion.antes, familia, cual, vivos))
    if perdida is not None:
        texto = f"{nombrar(familia, cual)}: va {lugar}; ya no está «{perdida}»"
        fusion.avisar(f"agregar.{familia}.{cual}", "lugar", texto)


def _vuelve(fusion: Fusion, entrada: Mapa) -> bool:
    """Si es algo que la plantilla quita y la entidad conserva."""
    return any(entrada is revivido for revivido in fusion.revividos)


def _anclar_opcion(fusion: Fusion, entrada: Mapa, valores: dict[str, set[str]]) -> None:
    campo, valor = entrada["de"], entrada["opcion"]["valor"]
    vivos = valores.setdefault(campo, _opciones_vivas(fusion, campo))
    clave, quien = f"agregar.opciones.{campo}.{valor}", f"la opción «{campo}.{valor}»"
    perdida = next((entrada[a] for a in ANCLAS if a in entrada and entrada[a] not in vivos), None)
    if perdida is not None or _vuelve(fusion, entrada):
        antes = fusion.antes.hallar("campos", campo)
        suyas = [o["valor"] for o in antes.dato.get("opciones", ())] if antes else []
        lugar = _cambiar_ancla(entrada, ancla_de_opcion(suyas, valor, vivos))
        if perdida is not None:
            fusion.avisar(clave, "lugar", f"{quien}: va {lugar}; ya no está «{perdida}»")
    else:
        fusion.avisar(clave, "tuyo", f"{quien}: sigue agregada")
    vivos.add(valor)


def _opciones_vivas(fusion: Fusion, campo: str) -> set[str]:
    quitadas = fusion.cambios.get("quitar", {}).get("opciones", {}).get(campo, ())
    propio = ("campos", campo) in fusion.propios
    lado = fusion.antes if propio else fusion.nueva
    elemento = lado.hallar("campos", campo)
    opciones = elemento.dato.get("opciones", ()) if elemento else ()
    return {o["valor"] for o in opciones if propio or o["valor"] not in quitadas}


def _cambiar_ancla(entrada: Mapa, lugar: Mapping[str, str]) -> str:
    """Pone el lugar de una entrada y lo dice."""
    for ancla in ANCLAS:
        entrada.pop(ancla, None)
    entrada.update(lugar)
    palabras = {"despues_de": "después de", "antes_de": "antes de", "en": "dentro de"}
    return next((f"{palabras[c]} «{v}»" for c, v in lugar.items()), "al final")
