"""Lo que la entidad quitó, frente a lo que trae la plantilla nueva."""

from facilita.definicion.familias import FAMILIAS, con_fijo, permiso_de_opciones
from facilita.definicion.fusion import Fusion
from facilita.definicion.lugares import nombrar


def fundir_quitados(fusion: Fusion) -> None:
    """Lo quitado sigue quitado, salvo que la plantilla lo fije o ya no lo tenga."""
    # Lo que salió de algo quitado se aparta al mirarlo, y ahí se dice: no se mira otra vez.
    quitados = [(f, cual) for f in FAMILIAS for cual in fusion.cambios.get("quitar", {}).get(f, ())]
    for familia, cual in quitados:
        _quitado(fusion, familia, cual)
    for campo in list(fusion.cambios.get("quitar", {}).get("opciones", {})):
        for valor in list(fusion.cambios["quitar"]["opciones"][campo]):
            _opcion_quitada(fusion, campo, valor)


def _quitado(fusion: Fusion, familia: str, cual: str) -> None:
    quien, clave = nombrar(familia, cual), f"quitar.{familia}.{cual}"
    nuevo, viejo = fusion.nueva.hallar(familia, cual), fusion.vieja.hallar(familia, cual)
    if nuevo is None:
        fusion.sacar_de(cual, "quitar", familia)
        fusion.avisar(clave, "sobra", f"{quien}: la plantilla también lo quita")
    elif any(con_fijo(nuevo.dato)):
        fusion.sacar_de(cual, "quitar", familia)
        fusion.avisar(clave, "fijo", f"{quien}: lo habías quitado y vuelve")
    elif (familia, cual) in _por_contenido(fusion, familia):
        fusion.sacar_de(cual, "quitar", familia)
        texto = f"{quien}: ahora está dentro de algo que también quitas"
        fusion.avisar(clave, "sobra", texto)
    elif _vale_lo_que_entro(fusion, familia, cual):
        cambio = viejo is not None and viejo.dato != nuevo.dato
        aunque = ", aunque la plantilla lo cambió" if cambio else ""
        fusion.avisar(clave, "tuyo", f"{quien}: sigue quitado{aunque}")
        _lo_que_salio(fusion, familia, cual)


def _por_contenido(fusion: Fusion, familia: str) -> set[tuple[str, str]]:
    """Lo de una familia que se quita porque se quita lo que lo contiene."""
    quitar = fusion.cambios.get("quitar", {})
    return {
        (dentro.familia, dentro.id)
        for mayor in FAMILIAS
        for cual in quitar.get(mayor, ())
        for dentro in fusion.nueva.dentro(mayor, cual)
        if dentro.familia == familia
    }


def _vale_lo_que_entro(fusion: Fusion, familia: str, cual: str) -> bool:
    """Si la plantilla movió ahí algo que la entidad usa, quitarlo se decide otra vez."""
    entraron = [
        e
        for e in fusion.nueva.dentro(familia, cual)
        if fusion.antes.hallar(e.familia, e.id) and (e.familia, e.id) not in fusion.propios
    ]
    if not entraron:
        return True
    nombres = ", ".join(e.nombre for e in entraron)
    queda = fusion.disputar(
        f"quitar.{familia}.{cual}",
        nombrar(familia, cual),
        ("cambios", "quitar", familia),
        (None, [e.id for e in entraron], None),
        (f"pone ahí {nombres}", "quitas todo lo que tiene"),
    )
    if not queda:
        fusion.sacar_de(cual, "quitar", familia)
    return queda


def _lo_que_salio(fusion: Fusion, familia: str, cual: str) -> None:
    """Lo que se quitaba con su contenedor y la plantilla llevó a otra parte sigue quitado."""
    quitados = set(fusion.quitados())
    for salio in fusion.vieja.dentro(familia, cual):
        nuevo = fusion.nueva.hallar(salio.familia, salio.id)
        donde = (salio.familia, salio.id)
        if nuevo is None or donde in quitados or fusion.antes.hallar(*donde):
            continue
        clave = f"quitar.{salio.familia}.{salio.id}"
        if any(con_fijo(nuevo.dato)):
            texto = f"{salio.nombre}: lo habías quitado con {nombrar(familia, cual)} y vuelve"
            fusion.avisar(clave, "fijo", texto)
        else:
            fusion.apartar(*donde)
            quitados = set(fusion.quitados())
            a_donde = f", aunque la plantilla lo llevó a {nuevo.lugar}" if nuevo.lugar else ""
            fusion.avisar(clave, "tuyo", f"{salio.nombre}: sigue quitado{a_donde}")


def _opcion_quitada(fusion: Fusion, campo: str, valor: str) -> None:
    nuevo = fusion.nueva.hallar("campos", campo)
    if nuevo is None:
        return
    quien, clave = f"la opción «{campo}.{valor}»", f"quitar.opciones.{campo}.{valor}"
    opciones = {o["valor"]: o for o in nuevo.dato.get("opciones", ())}
    ruta = ("quitar", "opciones", campo)
    if valor not in opciones:
        fusion.sacar_de(valor, *ruta)
        fusion.avisar(clave, "sobra", f"{quien}: la plantilla también la quita")
    elif opciones[valor].get("fijo") or permiso_de_opciones(nuevo.dato) == "nada":
        fusion.sacar_de(valor, *ruta)
        fusion.avisar(clave, "fijo", f"{quien}: la habías quitado y vuelve")
    else:
        fusion.avisar(clave, "tuyo", f"{quien}: sigue quitada")
