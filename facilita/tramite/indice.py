"""El índice del expediente: cada documento con su código, fecha, orden, huella y folios (N23)."""

import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import select

from facilita.plazos import a_lima
from facilita.servicios.revision import nombre_seguro
from facilita.tramite import analisis, reservados
from facilita.tramite.caso import Caso
from facilita.tramite.entidades import EntidadPublica
from facilita.tramite.modelos import Adjunto, Contenido, Documento, Movimiento
from facilita.tramite.recorrido import DEL_PERSONAL

NOMBRES = {
    "cargo": "Cargo de recepción",
    "respuestas": "Respuestas al formulario",
    "constancia": "Constancia de corrección",
    "respuesta": "Respuesta",
    "pedido": "Constancia de lo que pediste",
    "indice": "Índice del expediente",
}
"""Cómo se llama cada clase de documento que la entidad genera."""


LUGAR = {"cargo": 0, "constancia": 1, "respuestas": 2}
"""En el mismo instante, lo que genera la entidad va antes que los archivos."""


@dataclass(frozen=True)
class Pieza:
    """Un documento del expediente. Sin huella, todavía se está preparando."""

    codigo: str
    nombre: str
    archivo: str
    """Con qué nombre se descarga."""
    fecha: datetime
    folios: int | None
    tamano: int | None
    sha256: str | None
    clave: str | None
    """Dónde están sus bytes en el almacén."""
    clase: str = "archivo"
    fallido: bool = False
    """La entidad no pudo hacerlo y quien opera lo sabe."""
    documento_id: int | None = None
    adjunto_id: int | None = None
    interna: bool = False
    """La agregó el personal y el ciudadano no la ve."""
    apartada: bool = False
    """Tiene un programa dañino: se nombra con su huella y sus bytes no se dan."""

    @property
    def numero(self) -> int:
        """Su número entre los de su clase, para ordenar."""
        return self.documento_id or self.adjunto_id or 0


def piezas(caso: Caso, *, con_internas: bool = False) -> list[Pieza]:
    """Los documentos del expediente, en el orden en que entraron; sin el índice."""
    en_casilla = reservados.de_solicitud(caso.sesion, caso.solicitud.id)
    todas = [
        *_generados(caso, en_casilla.respuestas),
        *_de_lo_presentado(caso),
        *_de_los_movimientos(caso, en_casilla.movimientos),
    ]
    malas = analisis.huellas_apartadas(caso.sesion, (p.sha256 for p in todas if p.adjunto_id))
    todas = [replace(p, clave=None, apartada=True) if p.sha256 in malas else p for p in todas]
    visibles = (p for p in todas if con_internas or not p.interna)
    return sorted(visibles, key=lambda p: (p.fecha, LUGAR.get(p.clase, len(LUGAR)), p.numero))


def congelar(caso: Caso, ahora: datetime) -> dict[str, Any]:
    """El índice de hoy, con lo que ya tiene huella."""
    hechas = [p for p in piezas(caso) if p.sha256]
    return {
        "formato": 1,
        "entidad": {"slug": caso.entidad.slug, "nombre": caso.entidad.nombre},
        "numero": caso.solicitud.numero,
        "expediente": caso.expediente,
        "codigo": caso.solicitud.codigo,
        "al": a_lima(ahora).isoformat(),
        "documentos": [en_datos(n, p) for n, p in enumerate(hechas, 1)],
    }


def en_datos(orden: int, pieza: Pieza) -> dict[str, Any]:
    """Un documento del índice como dato."""
    return {
        "orden": orden,
        "codigo": pieza.codigo,
        "nombre": pieza.nombre,
        "archivo": pieza.archivo,
        "fecha": a_lima(pieza.fecha).isoformat(),
        "folios": pieza.folios,
        "tamano": pieza.tamano,
        "sha256": pieza.sha256,
    }


def nombre_de(documento: Documento) -> str:
    """Cómo se llama un documento generado, con su número si hay varios."""
    nombre = NOMBRES.get(documento.clase, documento.clase.capitalize())
    if documento.clase == "respuestas" and documento.orden:
        return f"{nombre}, corrección {documento.orden}"
    return nombre


def de_documento(documento: Documento) -> Pieza:
    """Un documento generado, hecho o por hacerse."""
    archivo = documento.archivo
    return Pieza(
        codigo=f"D-{documento.id}",
        nombre=nombre_de(documento),
        archivo=f"{_en_archivo(nombre_de(documento))}.pdf",
        fecha=documento.creado_en,
        folios=archivo.paginas if archivo else None,
        tamano=archivo.tamano if archivo else None,
        sha256=archivo.sha256 if archivo else None,
        clave=archivo.clave if archivo else None,
        clase=documento.clase,
        fallido=documento.situacion == "fallido",
        documento_id=documento.id,
    )


def _en_archivo(nombre: str) -> str:
    llano = unicodedata.normalize("NFKD", nombre).encode("ascii", "ignore").decode()
    return "-".join(llano.replace(",", "").lower().split())


def generados(caso: Caso) -> list[Documento]:
    """Los documentos que la entidad genera de este expediente, con todos sus índices."""
    consulta = (
        select(Documento).where(Documento.solicitud_id == caso.solicitud.id).order_by(Documento.id)
    )
    return list(caso.sesion.scalars(consulta))


def _generados(caso: Caso, sin_abrir: frozenset[int]) -> Iterator[Pieza]:
    for d in generados(caso):
        if d.clase != "indice":
            interna = d.clase == "respuesta" and d.orden in sin_abrir
            yield replace(de_documento(d), interna=interna)


def _de_lo_presentado(caso: Caso) -> Iterator[Pieza]:
    filas = caso.sesion.execute(
        select(Adjunto, Contenido.creado_en)
        .join(Contenido, Contenido.id == Adjunto.contenido_id)
        .where(Contenido.solicitud_id == caso.solicitud.id)
        .order_by(Contenido.orden, Adjunto.campo, Adjunto.orden, Adjunto.id)
    )
    vistos: set[tuple[str, int]] = set()
    for adjunto, fecha in filas:
        # Un archivo que se conserva al corregir cambia de fila y no de bytes: va una vez.
        if (adjunto.campo, adjunto.archivo_id) not in vistos:
            vistos.add((adjunto.campo, adjunto.archivo_id))
            yield _de_adjunto(adjunto, fecha, _etiqueta(caso, adjunto.campo))


def _etiqueta(caso: Caso, campo: str) -> str:
    hallado = caso.definicion.campos.get(campo)
    return hallado.etiqueta if hallado else "Archivo"


def _de_los_movimientos(caso: Caso, sin_abrir: frozenset[int]) -> Iterator[Pieza]:
    filas = caso.sesion.execute(
        select(Adjunto, Movimiento)
        .join(Movimiento, Movimiento.id == Adjunto.movimiento_id)
        .where(Movimiento.solicitud_id == caso.solicitud.id)
        .order_by(Movimiento.orden, Adjunto.orden, Adjunto.id)
    )
    for adjunto, movimiento in filas:
        if movimiento.tipo == "depositado" and movimiento.datos.get("respuesta"):
            continue  # Los de una respuesta ya están: como su PDF y como lo que la acompaña.
        interna = movimiento.tipo in DEL_PERSONAL or movimiento.id in sin_abrir
        que = "Del ciudadano" if movimiento.quien == "ciudadano" else "De la entidad"
        yield _de_adjunto(adjunto, movimiento.cuando, que, interna=interna)


def _de_adjunto(adjunto: Adjunto, fecha: datetime, que: str, *, interna: bool = False) -> Pieza:
    archivo = adjunto.archivo
    return Pieza(
        codigo=f"A-{adjunto.id}",
        nombre=f"{que}: {adjunto.nombre}",
        archivo=adjunto.nombre,
        fecha=fecha,
        folios=archivo.paginas,
        tamano=archivo.tamano,
        sha256=archivo.sha256,
        clave=archivo.clave,
        adjunto_id=adjunto.id,
        interna=interna,
    )


def nombres_en_carpeta(todas: Iterable[Pieza]) -> Mapping[str, Pieza]:
    """Cada documento con un nombre que no se repite y conserva el orden: `03-plano.pdf`."""
    return {f"{n:02}-{nombre_seguro(p.archivo)}": p for n, p in enumerate(todas, 1)}


@dataclass(frozen=True)
class Carpeta:
    """Los documentos de un expediente, en orden."""

    entidad: EntidadPublica
    codigo: str
    numero: str
    expediente: str
    formulario: str
    al: datetime
    piezas: tuple[Pieza, ...]
    indice: Pieza | None
    """El índice en PDF más nuevo, si ya está hecho."""
    indice_al_dia: bool
    """Si el índice en PDF nombra justo los documentos de hoy."""

    @property
    def folios(self) -> int:
        """Cuántos folios suman los documentos cuyas páginas se pueden contar."""
        return sum(p.folios or 0 for p in self.piezas)

    @property
    def por_hacer(self) -> int:
        """Cuántos documentos se están preparando todavía."""
        return sum(p.sha256 is None for p in self.piezas)

    @property
    def cargo(self) -> Pieza | None:
        """El cargo en PDF, hecho o por hacerse."""
        return next((p for p in self.piezas if p.clase == "cargo"), None)


def ver(caso: Caso, *, con_internas: bool = False) -> Carpeta:
    """La carpeta de un expediente ya abierto."""
    todas = tuple(piezas(caso, con_internas=con_internas))
    hechos = [d for d in generados(caso) if d.clase == "indice" and d.archivo]
    ultimo = hechos[-1] if hechos else None
    nombradas = {d["codigo"] for d in (ultimo.datos or {})["documentos"]} if ultimo else set()
    return Carpeta(
        entidad=caso.entidad,
        codigo=caso.solicitud.codigo,
        numero=caso.solicitud.numero,
        expediente=caso.expediente,
        formulario=caso.definicion.titulo,
        al=caso.ahora,
        piezas=todas,
        indice=de_documento(ultimo) if ultimo else None,
        indice_al_dia=nombradas == {p.codigo for p in todas if not p.interna},
    )


def carpeta_en_datos(carpeta: Carpeta) -> dict[str, Any]:
    """El índice de la carpeta como dato, para ir dentro del ZIP."""
    nombradas: Mapping[str, Pieza] = nombres_en_carpeta(carpeta.piezas)
    return {
        "formato": 1,
        "entidad": carpeta.entidad.nombre,
        "numero": carpeta.numero,
        "expediente": carpeta.expediente,
        "codigo": carpeta.codigo,
        "al": carpeta.al.isoformat(timespec="seconds"),
        "documentos": [
            {**en_datos(n, p), "archivo": nombre if p.clave else None}
            for n, (nombre, p) in enumerate(nombradas.items(), 1)
        ],
    }
