"""`adaptar`: el formulario de una entidad es la plantilla más sus cambios, nunca una copia.

Lo `fijo` de la plantilla no se quita, no se renombra, no se vuelve opcional ni se afloja.
"""

from collections.abc import Mapping
from typing import Any

from facilita.definicion.fallas import Buzon, Falla, Lista, Mapa, Ruta, en_orden
from facilita.definicion.familias import (
    DE_LA_RAIZ,
    DE_UNA_OPCION,
    FAMILIAS,
    OPCIONALES,
    PLAZO,
    RAIZ,
    Familia,
    con_fijo,
    fallas_de_forma,
    familia_de,
    permiso_de_opciones,
    por_que_no_cambia,
)
from facilita.definicion.injertos import (
    copiar,
    meter,
    nombre_de_parte,
    olvidar_opcion,
    poner,
    reordenar,
    sacar,
)
from facilita.definicion.sugerencias import cuales_hay, parecido


def adaptar(
    plantilla: Mapping[str, Any], documento: Mapping[str, Any]
) -> tuple[Mapa, tuple[Falla, ...]]:
    """Aplica los cambios a la plantilla: la definición entera y las fallas de los cambios.

    Pura y total: siempre devuelve un dato, aunque haya fallas, para poder mostrarlas todas.
    Unos cambios sin la forma debida no se aplican.
    """
    trabajo = _Adaptacion(plantilla, documento)
    mal_formados = fallas_de_forma(documento)
    if mal_formados:
        return trabajo.dato, en_orden(mal_formados)
    trabajo.aplicar()
    return trabajo.dato, en_orden(trabajo.buzon.fallas)


class _Adaptacion:
    def __init__(self, plantilla: Mapping[str, Any], documento: Mapping[str, Any]) -> None:
        self.dato: Mapa = copiar(plantilla)
        self.buzon = Buzon(documento)
        self.plantilla = plantilla
        self.cambios: Mapping[str, Any] = documento.get("cambios") or {}
        self.dato["origen"] = self.dato.pop("plantilla")
        self.dato.pop("version", None)
        self.dato["formulario"] = documento.get("formulario")

    def aplicar(self) -> None:
        for opcional in OPCIONALES:
            self.dato.setdefault(opcional, Lista())
        for familia in FAMILIAS:
            self._cambiar_familia(familia)
        self._cambiar_opciones()
        self._quitar()
        for n, agregado in enumerate(self.cambios.get("agregar", ())):
            self._agregar(agregado, ("cambios", "agregar", n))
        self._ordenar()
        self._cambiar_raiz()
        for opcional in OPCIONALES:
            if not self.dato[opcional]:
                del self.dato[opcional]

    # --- buscar ---------------------------------------------------------------------------

    def _buscar(self, familia: str, cual: str) -> tuple[Any, int] | None:
        return _hallado(self.dato, familia, cual)

    def _hallar(self, familia: str, cual: str, ruta: Ruta) -> tuple[Any, int] | None:
        hallado = self._buscar(familia, cual)
        if hallado is None:
            self.buzon.falla("cambio.no_existe", ruta, self._por_que_no_esta(familia, cual))
        return hallado

    def _por_que_no_esta(self, familia: str, cual: str) -> str:
        if _hallado(self.plantilla, familia, cual):
            return f"{FAMILIAS[familia].nombre} «{cual}» ya no está: lo quitas en estos cambios"
        texto = f"la plantilla no tiene {FAMILIAS[familia].nombre} «{cual}»"
        if cual == "revision":
            suyo = self.dato["revision"]["campos"][-1]["id"]
            return f"{texto}: en la revisión se agrega con «despues_de: {suyo}»"
        otra = next((f for f in FAMILIAS if f != familia and self._buscar(f, cual)), None)
        if otra is None:
            hay = [e["id"] for lista in FAMILIAS[familia].listas(self.dato) for e in lista]
            return texto + parecido(cual, hay)
        return f"{texto}: es {FAMILIAS[otra].indefinido}{self._sus_secciones(otra, cual)}"

    def _sus_secciones(self, familia: str, cual: str) -> str:
        hallado = self._buscar(familia, cual)
        if familia != "paginas" or hallado is None:
            return ""
        suyas = [s["id"] for s in hallado[0][hallado[1]]["secciones"]]
        return f"; sus secciones son: {', '.join(suyas)}"

    # --- cambiar --------------------------------------------------------------------------

    def _cambiar_familia(self, familia: str) -> None:
        for cual, nuevo in self.cambios.get(familia, {}).items():
            ruta: Ruta = ("cambios", familia, cual)
            hallado = self._hallar(familia, cual, ruta)
            if hallado:
                self._cambiar(FAMILIAS[familia], hallado[0][hallado[1]], nuevo, ruta)

    def _cambiar(
        self, familia: Familia, elemento: Mapa, nuevo: Mapping[str, Any], ruta: Ruta
    ) -> None:
        for propiedad, valor in nuevo.items():
            donde = (*ruta, propiedad)
            motivo = por_que_no_cambia(familia, elemento, propiedad, valor)
            if motivo:
                self.buzon.falla("fijo.cambio", donde, motivo)
            else:
                poner(elemento, propiedad, valor, nuevo)

    def _cambiar_raiz(self) -> None:
        suyos = Mapa({c: v for c, v in self.cambios.items() if c in DE_LA_RAIZ})
        suyos.sitios = getattr(self.cambios, "sitios", {})
        self._cambiar(RAIZ, self.dato, suyos, ("cambios",))
        plazo = self.cambios.get("plazo", {})
        self._cambiar(PLAZO, self.dato["flujo"]["plazo"], plazo, ("cambios", "plazo"))

    def _cambiar_opciones(self) -> None:
        for campo, cambios in self.cambios.get("opciones", {}).items():
            for valor, nuevo in cambios.items():
                ruta: Ruta = ("cambios", "opciones", campo, valor)
                opcion = self._opcion(campo, valor, ruta)
                if opcion is not None:
                    for propiedad, dato in nuevo.items():
                        self._cambiar_opcion(campo, opcion, (*ruta, propiedad), dato, nuevo)

    def _cambiar_opcion(
        self, campo: str, opcion: Mapa, ruta: Ruta, dato: Any, nuevo: Mapping[str, Any]
    ) -> None:
        propiedad = str(ruta[-1])
        if propiedad not in DE_UNA_OPCION:
            texto = "de una opción solo cambian «etiqueta», «ayuda» y «si»"
            self.buzon.falla("fijo.cambio", ruta, texto)
        elif propiedad != "ayuda" and self._es_fija(campo, opcion):
            texto = f"la plantilla fija la opción «{opcion['valor']}»: solo cambia su «ayuda»"
            self.buzon.falla("fijo.cambio", ruta, texto)
        else:
            poner(opcion, propiedad, dato, nuevo)

    def _es_fija(self, campo: str, opcion: Mapa) -> bool:
        return bool(opcion.get("fijo")) or self._permiso_de_opciones(campo) != "libre"

    def _opcion(self, campo: str, valor: str, ruta: Ruta) -> Mapa | None:
        lista = self._opciones(campo, ruta)
        opcion = next((o for o in lista or () if o["valor"] == valor), None)
        if lista is not None and opcion is None:
            texto = f"el campo «{campo}» no tiene la opción «{valor}»"
            texto += cuales_hay(valor, [o["valor"] for o in lista or ()])
            self.buzon.falla("cambio.no_existe", ruta, texto)
        return opcion

    def _opciones(self, campo: str, ruta: Ruta) -> Any:
        hallado = self._hallar("campos", campo, ruta)
        if not hallado:
            return None
        opciones = hallado[0][hallado[1]].get("opciones")
        if opciones is None:
            self.buzon.falla("cambio.no_existe", ruta, f"el campo «{campo}» no tiene opciones")
        return opciones

    def _permiso_de_opciones(self, campo: str) -> str:
        """Qué se puede con las opciones: «libre», «quitar» o «nada»."""
        hallado = self._buscar("campos", campo)
        return permiso_de_opciones(hallado[0][hallado[1]]) if hallado else "libre"

    # --- quitar ---------------------------------------------------------------------------

    def _quitar(self) -> None:
        quitar = self.cambios.get("quitar", {})
        for familia in FAMILIAS:
            for n, cual in enumerate(quitar.get(familia, ())):
                self._quitar_uno(familia, cual, ("cambios", "quitar", familia, n))
        for campo, valores in quitar.get("opciones", {}).items():
            for n, valor in enumerate(valores):
                self._quitar_opcion(campo, valor, ("cambios", "quitar", "opciones", campo, n))

    def _quitar_uno(self, familia: str, cual: str, ruta: Ruta) -> None:
        hallado = self._hallar(familia, cual, ruta)
        if not hallado:
            return
        lista, n = hallado
        fijos = [e["id"] for e in con_fijo(lista[n])]
        if fijos:
            que = FAMILIAS[familia].nombre
            texto = f"{que} «{cual}» no se puede quitar: la plantilla lo fija ({', '.join(fijos)})"
            self.buzon.falla("fijo.quitado", ruta, texto)
        else:
            sacar(lista, n)

    def _quitar_opcion(self, campo: str, valor: str, ruta: Ruta) -> None:
        opcion = self._opcion(campo, valor, ruta)
        if opcion is None:
            return
        if opcion.get("fijo") or self._permiso_de_opciones(campo) == "nada":
            texto = f"la opción «{valor}» de «{campo}» no se puede quitar: la plantilla la fija"
            self.buzon.falla("fijo.quitado", ruta, texto)
        else:
            lista = self._opciones(campo, ruta)
            sacar(lista, lista.index(opcion))
            olvidar_opcion(self.dato, campo, valor)

    # --- agregar --------------------------------------------------------------------------

    def _agregar(self, agregado: Mapping[str, Any], ruta: Ruta) -> None:
        claves = [c for c in agregado if c not in ("de", "en", "antes_de", "despues_de")]
        if len(claves) != 1:
            texto = "agrega una sola cosa por elemento: " + ", ".join(
                [*(f.singular for f in FAMILIAS.values()), "opcion"]
            )
            self.buzon.falla("cambio.forma", ruta, texto)
            return
        clave = claves[0]
        destino = (
            self._destino_opcion(agregado, ruta)
            if clave == "opcion"
            else self._destino(familia_de(clave), agregado, ruta)
        )
        if destino is not None:
            lista, lugar = destino
            sitio = getattr(agregado, "sitios", {}).get(clave)
            meter(lista, lugar, copiar(agregado[clave]), sitio)

    def _destino(
        self, familia: str, agregado: Mapping[str, Any], ruta: Ruta
    ) -> tuple[Any, int] | None:
        for ancla, corrimiento in (("despues_de", 1), ("antes_de", 0)):
            if ancla in agregado:
                hallado = self._hallar(familia, agregado[ancla], (*ruta, ancla))
                return (hallado[0], hallado[1] + corrimiento) if hallado else None
        if "en" in agregado:
            return self._dentro_de(familia, agregado["en"], (*ruta, "en"))
        listas = list(FAMILIAS[familia].listas(self.dato))
        if len(listas) == 1:
            return listas[0], len(listas[0])
        texto = "falta decir dónde va: «despues_de», «antes_de» o «en»"
        self.buzon.falla("cambio.sin_lugar", ruta, texto)
        return None

    def _dentro_de(self, familia: str, donde: str, ruta: Ruta) -> tuple[Any, int] | None:
        contenedor = {"campos": ("secciones", "campos"), "secciones": ("paginas", "secciones")}
        if familia not in contenedor:
            self.buzon.falla("cambio.sin_lugar", ruta, "aquí «en» no se usa; quítalo")
            return None
        grupo = self._filas_de(donde) if familia == "campos" else None
        if grupo is not None:
            return grupo, len(grupo)
        mayor, lista = contenedor[familia]
        hallado = self._hallar(mayor, donde, ruta)
        if not hallado:
            return None
        dentro = hallado[0][hallado[1]][lista]
        return dentro, len(dentro)

    def _destino_opcion(self, agregado: Mapping[str, Any], ruta: Ruta) -> tuple[Any, int] | None:
        campo = agregado.get("de")
        if campo is None:
            self.buzon.falla("cambio.sin_lugar", ruta, "falta «de», el campo de la opción")
            return None
        lista = self._opciones(campo, (*ruta, "de"))
        if lista is None:
            return None
        if self._permiso_de_opciones(campo) != "libre":
            texto = f"la plantilla fija las opciones de «{campo}»: no se le agregan otras"
            self.buzon.falla("fijo.cambio", ruta, texto)
            return None
        valores = [o["valor"] for o in lista]
        for ancla, corrimiento in (("despues_de", 1), ("antes_de", 0)):
            if ancla in agregado:
                if agregado[ancla] in valores:
                    return lista, valores.index(agregado[ancla]) + corrimiento
                texto = f"el campo «{campo}» no tiene la opción «{agregado[ancla]}»"
                self.buzon.falla("cambio.no_existe", (*ruta, ancla), texto)
                return None
        return lista, len(lista)

    # --- ordenar --------------------------------------------------------------------------

    def _ordenar(self) -> None:
        for donde, ids in self.cambios.get("orden", {}).items():
            ruta: Ruta = ("cambios", "orden", donde)
            lista = self._lista_de(donde)
            if lista is None:
                texto = f"no hay página ni sección «{donde}»; para las páginas escribe «paginas»"
                self.buzon.falla("cambio.no_existe", ruta, texto)
            elif "valor" in lista[0] and self._permiso_de_opciones(donde) != "libre":
                texto = f"la plantilla fija las opciones de «{donde}»: su orden no se cambia"
                self.buzon.falla("fijo.cambio", ruta, texto)
            elif sorted(map(nombre_de_parte, lista)) != sorted(ids):
                texto = "el orden debe nombrar todos y solo estos: " + ", ".join(
                    map(nombre_de_parte, lista)
                )
                self.buzon.falla("cambio.orden", ruta, texto)
            else:
                reordenar(lista, ids)

    def _lista_de(self, donde: str) -> Any:
        if donde == "paginas":
            return self.dato["paginas"]
        for familia, dentro in (("secciones", "campos"), ("paginas", "secciones")):
            hallado = self._buscar(familia, donde)
            if hallado:
                return hallado[0][hallado[1]][dentro]
        hallado = self._buscar("campos", donde)
        opciones = hallado[0][hallado[1]].get("opciones") if hallado else None
        return self._filas_de(donde) or opciones

    def _filas_de(self, grupo: str) -> Any:
        """Los campos de las filas de un grupo, o `None` si no es un grupo."""
        hallado = self._buscar("campos", grupo)
        return hallado[0][hallado[1]].get("campos") if hallado else None


def _hallado(dato: Mapping[str, Any], familia: str, cual: str) -> tuple[Any, int] | None:
    """La lista y el lugar donde está un elemento, o `None`."""
    for lista in FAMILIAS[familia].listas(dato):
        for n, elemento in enumerate(lista):
            if elemento["id"] == cual:
                return lista, n
    return None
