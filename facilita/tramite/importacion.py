"""Traer la lista de entidades de un CSV: primero se mira qué pasaría y después se hace."""

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from io import StringIO
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from facilita.definicion.campos.personas import es_ruc
from facilita.definicion.limpieza import una_linea
from facilita.plazos import HORARIO_MESA
from facilita.tramite import situaciones
from facilita.tramite.ambito import Ambito
from facilita.tramite.bitacora import anotar
from facilita.tramite.direcciones import elegir_slug
from facilita.tramite.entidades import poner_datos
from facilita.tramite.entorno import Entorno
from facilita.tramite.errores import Invalido
from facilita.tramite.modelos import Entidad, Sede, SucesoDeEntidad
from facilita.tramite.normalizar import guardable, normalizar
from facilita.tramite.padron import TIPOS
from facilita.tramite.permisos import Actor, exigir
from facilita.tramite.usuarios import normalizar_correo

OBLIGATORIAS = ("ruc", "nombre", "tipo", "ubigeo", "correo")
OPCIONALES = ("siglas", "telefono", "direccion", "sitio")
LARGOS = {
    "nombre": 200, "siglas": 60, "correo": 254, "telefono": 40, "direccion": 250, "sitio": 250,
}  # fmt: skip
MAXIMO = 10_000
"""Las filas que se aceptan de una vez."""
TAMANO = 2_000_000
"""Los caracteres que se aceptan de una vez."""
_TIPOS = {normalizar(nombre): clave for clave, nombre in TIPOS.items()} | {c: c for c in TIPOS}


@dataclass(frozen=True)
class FallaDeFila:
    """Algo mal en una línea del archivo."""

    linea: int
    columna: str
    texto: str


@dataclass(frozen=True)
class Fila:
    """Una entidad del archivo, ya leída, y qué pasaría con ella."""

    linea: int
    datos: Mapping[str, str]
    que: str
    """«nueva», «cambia» o «igual»."""
    cambios: Sequence[str] = ()
    """Lo que cambiaría, en palabras."""


@dataclass(frozen=True)
class Previa:
    """Lo que haría una importación."""

    filas: Sequence[Fila]
    fallas: Sequence[FallaDeFila]

    def cuantas(self, que: str) -> int:
        """Cuántas filas son nuevas, cambian o quedan igual."""
        return sum(f.que == que for f in self.filas)


def texto_de(datos: bytes) -> str:
    """El texto de un archivo: UTF-8 o, si no lo es, la codificación de Excel en Windows."""
    try:
        return datos.decode("utf-8-sig")
    except UnicodeDecodeError:
        return datos.decode("cp1252", "replace")


def mirar(entorno: Entorno, actor: Actor, texto: str) -> Previa:
    """Qué haría el archivo, con sus fallas por línea; no cambia nada. Lanza `NoPermitido`."""
    exigir(actor, "entidad.crear")
    return mirar_archivo(entorno, texto)


def mirar_archivo(entorno: Entorno, texto: str) -> Previa:
    """Lo mismo para quien opera la instalación."""
    leidas, fallas = _leer(entorno, texto)
    with entorno.bd.lectura(Ambito.de_plataforma("importar entidades")) as sesion:
        conocidas = _Conocidas(sesion)
        return Previa([_comparar(conocidas, *leida) for leida in leidas], fallas)


def importar(entorno: Entorno, actor: Actor, texto: str) -> Previa:
    """Hace lo que dijo la previa con las filas sin fallas, todo o nada; repetirla no cambia más."""
    exigir(actor, "entidad.crear")
    return importar_archivo(entorno, texto, actor)


def importar_archivo(entorno: Entorno, texto: str, actor: Actor | None = None) -> Previa:
    """Lo mismo para quien opera la instalación."""
    leidas, fallas = _leer(entorno, texto)
    ahora = entorno.reloj.ahora()
    quien = actor.usuario_id if actor else None
    with entorno.bd.transaccion(Ambito.de_plataforma("importar entidades")) as sesion:
        conocidas = _Conocidas(sesion)
        filas = [_comparar(conocidas, *leida) for leida in leidas]
        for fila in filas:
            if fila.que == "cambia":
                entidad = _cambiar(conocidas, fila.datos)
                situaciones.registrar_datos(sesion, entidad, ahora, quien)
        _crear(sesion, [f.datos for f in filas if f.que == "nueva"], conocidas, ahora, quien)
        previa = Previa(filas, fallas)
        donde = actor.entidad_id if actor else None
        anotar(
            sesion, ahora, donde, quien, "entidad.importadas", None,
            nuevas=previa.cuantas("nueva"), cambiadas=previa.cuantas("cambia"),
        )  # fmt: skip
    entorno.punteros.olvidar()
    return previa


# --- leer -----------------------------------------------------------------------------------------


def _leer(
    entorno: Entorno, texto: str
) -> tuple[list[tuple[int, dict[str, str]]], list[FallaDeFila]]:
    filas: list[tuple[int, dict[str, str]]] = []
    fallas: list[FallaDeFila] = []
    vistos: dict[str, int] = {}
    for linea, cruda in _renglones(guardable(texto), fallas):
        datos, suyas = _leer_fila(entorno, linea, cruda)
        if not suyas and datos["ruc"] in vistos:
            frase = f"El RUC {datos['ruc']} ya está en la línea {vistos[datos['ruc']]}."
            suyas = [FallaDeFila(linea, "ruc", frase)]
        vistos.setdefault(datos["ruc"], linea)
        fallas += suyas
        if not suyas:
            filas.append((linea, datos))
    return filas, fallas


def _renglones(texto: str, fallas: list[FallaDeFila]) -> Iterator[tuple[int, dict[str, str]]]:
    if len(texto) > TAMANO:
        fallas.append(FallaDeFila(1, "archivo", "El archivo es muy grande: pártelo en varios."))
        return
    primera = texto.partition("\n")[0]
    lector = csv.reader(StringIO(texto), delimiter=";" if primera.count(";") else ",")
    try:
        titulos = [normalizar(t).replace(" ", "_") for t in next(lector, [])]
        faltan = [c for c in OBLIGATORIAS if c not in titulos]
        if faltan:
            frase = f"Le faltan columnas a la primera línea: {', '.join(faltan)}."
            fallas.append(FallaDeFila(1, "archivo", frase))
            return
        yield from _con_titulos(lector, titulos, fallas)
    except csv.Error:
        frase = "No se entiende desde aquí: revisa las comillas."
        fallas.append(FallaDeFila(max(lector.line_num, 1), "archivo", frase))


def _con_titulos(
    lector: Any, titulos: Sequence[str], fallas: list[FallaDeFila]
) -> Iterator[tuple[int, dict[str, str]]]:
    for n, celdas in enumerate(lector):
        if not any(c.strip() for c in celdas):
            continue
        if n >= MAXIMO:
            frase = f"Son más de {MAXIMO} filas: parte el archivo en varios."
            fallas.append(FallaDeFila(lector.line_num, "archivo", frase))
            return
        yield lector.line_num, dict(zip(titulos, celdas, strict=False))


def _leer_fila(
    entorno: Entorno, linea: int, cruda: Mapping[str, str]
) -> tuple[dict[str, str], list[FallaDeFila]]:
    datos = {c: una_linea(cruda.get(c, "")) or "" for c in (*OBLIGATORIAS, *OPCIONALES)}
    fallas = [FallaDeFila(linea, c, "Falta.") for c in OBLIGATORIAS if not datos[c]]
    fallas += [
        FallaDeFila(linea, c, f"Tiene más de {largo} caracteres.")
        for c, largo in LARGOS.items()
        if len(datos[c]) > largo
    ]
    for columna, revisar in _REVISIONES.items():
        falla = revisar(entorno, datos) if datos[columna] else None
        if falla:
            fallas.append(FallaDeFila(linea, columna, falla))
    return datos, fallas


def _revisar_ruc(_entorno: Entorno, datos: dict[str, str]) -> str | None:
    return None if es_ruc(datos["ruc"]) else "No es un RUC: son 11 dígitos y el último no cuadra."


def _revisar_tipo(_entorno: Entorno, datos: dict[str, str]) -> str | None:
    clave = _TIPOS.get(normalizar(datos["tipo"])) or _TIPOS.get(datos["tipo"])
    if clave is None:
        return f"«{datos['tipo']}» no es un tipo. Puede ser: {', '.join(TIPOS)}."
    datos["tipo"] = clave
    return None


def _revisar_ubigeo(entorno: Entorno, datos: dict[str, str]) -> str | None:
    # Una hoja de cálculo quita el cero de la izquierda.
    datos["ubigeo"] = datos["ubigeo"].zfill(6)
    if entorno.territorio.lugar(datos["ubigeo"]) is None:
        return f"«{datos['ubigeo']}» no es el ubigeo de un distrito: son 6 dígitos del INEI."
    return None


def _revisar_correo(_entorno: Entorno, datos: dict[str, str]) -> str | None:
    try:
        datos["correo"] = normalizar_correo(datos["correo"])
    except Invalido as malo:
        return malo.errores[0].texto
    return None


_REVISIONES = {
    "ruc": _revisar_ruc,
    "tipo": _revisar_tipo,
    "ubigeo": _revisar_ubigeo,
    "correo": _revisar_correo,
}


# --- comparar y poner -----------------------------------------------------------------------------


class _Conocidas:
    """Las entidades que ya están, leídas una sola vez."""

    def __init__(self, sesion: Session) -> None:
        todas = sesion.scalars(select(Entidad)).all()
        self.por_ruc = {e.ruc: e for e in todas}
        self.slugs = {e.slug for e in todas}
        self.con_acceso = set(
            sesion.scalars(
                select(SucesoDeEntidad.entidad_id).where(
                    SucesoDeEntidad.clase == situaciones.ACCESO
                )
            )
        )

    def que_trae(self, entidad: Entidad) -> Mapping[str, str]:
        """Las columnas que una lista cambia; el contacto de quien ya tiene acceso es suyo."""
        comunes = {"nombre": "nombre", "tipo": "tipo", "ubigeo": "ubigeo"}
        if entidad.es_plataforma or entidad.id in self.con_acceso:
            return comunes
        return comunes | {
            "siglas": "nombre_corto", "correo": "correo", "telefono": "telefono",
            "direccion": "direccion", "sitio": "sitio",
        }  # fmt: skip


def _comparar(conocidas: _Conocidas, linea: int, datos: Mapping[str, str]) -> Fila:
    entidad = conocidas.por_ruc.get(datos["ruc"])
    if entidad is None:
        return Fila(linea, datos, "nueva")
    cambios = [
        f"{columna}: {getattr(entidad, atributo) or 'nada'} → {datos[columna]}"
        for columna, atributo in conocidas.que_trae(entidad).items()
        if datos[columna] and datos[columna] != (getattr(entidad, atributo) or "")
    ]
    return Fila(linea, datos, "cambia" if cambios else "igual", cambios)


def _cambiar(conocidas: _Conocidas, datos: Mapping[str, str]) -> Entidad:
    entidad = conocidas.por_ruc[datos["ruc"]]
    for columna, atributo in conocidas.que_trae(entidad).items():
        if datos[columna]:
            setattr(entidad, atributo, datos[columna])
    completa = f"{entidad.nombre} {entidad.nombre_corto} {entidad.ruc}"
    entidad.busqueda = normalizar(completa)[:400]
    entidad.revision += 1
    return entidad


def _crear(
    sesion: Session,
    nuevas: Sequence[Mapping[str, str]],
    conocidas: _Conocidas,
    ahora: datetime,
    quien: int | None,
) -> None:
    """Todas juntas: la base las recibe en tres viajes, no en tres por cada una."""
    entidades = [_entidad(datos, conocidas.slugs, ahora) for datos in nuevas]
    sesion.add_all(entidades)
    sesion.flush()
    sesion.add_all(
        Sede(
            entidad_id=e.id, codigo="central", nombre="Sede central", ubigeo=e.ubigeo,
            principal=True, recibe=True,
        )
        for e in entidades
    )  # fmt: skip
    sesion.add_all(situaciones.suceso(e, situaciones.REGISTRADA, ahora, quien) for e in entidades)
    sesion.flush()


def _entidad(datos: Mapping[str, str], usados: set[str], ahora: datetime) -> Entidad:
    slug = elegir_slug(datos["siglas"], datos["nombre"], usados.__contains__)
    usados.add(slug)
    dato = {
        "nombre": datos["nombre"],
        "nombre_corto": datos["siglas"] or datos["nombre"],
        **{c: datos[c] for c in ("ruc", "tipo", "ubigeo", "correo")},
        **{c: datos[c] or None for c in ("telefono", "direccion", "sitio")},
        "horario": HORARIO_MESA.a_dict(),
    }
    entidad = Entidad(slug=slug, revision=0, creada_en=ahora)
    poner_datos(entidad, dato)
    return entidad
