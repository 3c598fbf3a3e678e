"""Lo que llega de un formulario: respuestas crudas por campo y archivos ya guardados."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

from flask import abort, current_app, request

from facilita.definicion.campos import Campo, Error
from facilita.definicion.campos.archivos import Archivos
from facilita.definicion.campos.compuestos import Grupo
from facilita.servicios.almacen import Recepcion
from facilita.servicios.codigos import huella
from facilita.tramite.archivos import Subida, recibir
from facilita.tramite.cruce import leer_visto
from facilita.web.limites import limitador
from facilita.web.mundo import entorno
from facilita.web.peticion import PESADO, Peticion

# Lo que se puede subir sin cuenta: por borrador alcanza para repetir todo varias veces en mala
# línea; por dirección, para muchos teléfonos detrás de una misma.
MEGAS_POR_BORRADOR = "1000/hour"
MEGAS_POR_DIRECCION = "6000/hour"
SIN_CONTAR = 256 * 1024
"""Bytes de un envío que no gasta cuota: no lleva archivos que pesen."""
SIN_CUOTA = (
    "No recibimos este archivo: en la última hora se subió demasiado desde aquí. "
    "Lo que escribiste no se perdió; súbelo otra vez dentro de una hora."
)
MUY_PESADO = (
    "No recibimos este archivo: lo que enviaste junto pesa más de {maximo} MB. "
    "Lo que escribiste no se perdió; sube los archivos de a uno."
)
ESPERA = "3600"
"""Los segundos que se pide esperar a quien gastó su cuota."""

VISTO = "-visto"
"""El control con lo que la página mostraba; ningún campo puede llamarse así."""
DE_FORMULARIO = ("application/x-www-form-urlencoded", "multipart/form-data")


@dataclass
class Envio:
    """Las respuestas de una página, los archivos aceptados y los rechazados."""

    crudo: dict[str, Any]
    subidas: list[Subida] = field(default_factory=list)
    rechazos: list[Error] = field(default_factory=list)
    quitar: tuple[int, ...] = ()
    soltar: tuple[int, ...] = ()
    """Las subidas a medias que ya no quiere."""
    llegaron: tuple[int, ...] = ()
    """Las subidas por trozos que terminaron: si alguna no se recibió, se dice en su campo."""
    accion: str = "continuar"
    fila: str = ""
    """Si pidió agregar o quitar una fila, el id adonde volver."""
    visto: dict[str, str] | None = None
    """Lo que la página mostraba en cada campo, si lo trajo."""

    def tiene(self, clave: str) -> bool:
        """Si algún archivo no se recibió por esa razón."""
        return any(error.clave == clave for error in self.rechazos)


def medir_cuota(ficha: str = "") -> None:
    """Descuenta lo que se va a subir, antes de leerlo; pasada la cuota se lee solo lo escrito."""
    pesa = request.content_length or 0
    if pesa > SIN_CONTAR and not cabe_en_la_cuota(pesa, ficha):
        cast(Peticion, request).sin_archivos = "cuota"


def cabe_en_la_cuota(pesa: int, ficha: str = "") -> bool:
    """Descuenta esos bytes de lo que se puede subir sin cuenta; dice si alcanzó."""
    megas = -(-pesa // (1024 * 1024))
    if ficha and not limitador.cabe(MEGAS_POR_BORRADOR, "subir", huella(ficha)[:32], cuanto=megas):
        return False
    return limitador.cabe(MEGAS_POR_DIRECCION, "subir", request.remote_addr or "", cuanto=megas)


def codigo_de_errores(envio: Envio) -> tuple[int, dict[str, str]]:
    """Con qué código vuelve una página con errores, y sus cabeceras."""
    if envio.tiene("cuota"):
        return 429, {"Retry-After": ESPERA}
    return (413 if envio.tiene(PESADO) else 422), {}


def leer_envio(campos: Iterable[Campo], entidad: str) -> Envio:
    """Lee lo enviado para esos campos; lo que no viene no está en el crudo y queda como estaba."""
    if request.content_length and request.mimetype not in DE_FORMULARIO:
        abort(415)
    campos = [c for c in campos if c.se_responde]
    crudo = _leer_crudo([c for c in campos if not c.es_archivo])
    envio = Envio(crudo, accion=request.form.get("accion", "continuar"))
    envio.visto = leer_visto(request.form.get(VISTO))
    envio.fila = cambiar_filas(envio.crudo, campos)
    envio.quitar, envio.soltar = _numeros("quitar"), _numeros("soltar")
    envio.llegaron = _numeros("llegaron")
    recibir_archivos(envio, campos, entidad)
    return envio


def _numeros(cuales: str) -> tuple[int, ...]:
    escritos = request.form.getlist(cuales)
    return tuple(int(n) for n in escritos[:50] if len(n) < 19 and n.isascii() and n.isdecimal())


def _leer_crudo(campos: Sequence[Campo]) -> dict[str, Any]:
    enviado = request.form
    crudo = recoger(campos)
    if crudo or any(clave in enviado for clave in ("accion", "quitar", "soltar", "fila")):
        sin_marcar = (c.id for c in campos if c.callar_es_responder)
        crudo = {**dict.fromkeys(sin_marcar, ""), **crudo}
    return crudo


def recoger(campos: Iterable[Campo]) -> dict[str, Any]:
    """Lo que llegó de cada campo; lo que no vino no está."""
    suyos = ((c.id, c.recoger(c.id, request.form.getlist)) for c in campos if not c.es_archivo)
    return {cual: crudo for cual, crudo in suyos if crudo is not None}


def cambiar_filas(crudo: dict[str, Any], campos: Iterable[Campo]) -> str:
    """Agrega o quita la fila que pidió el botón; da el id adonde volver, o nada si no se pidió."""
    orden, _, resto = request.form.get("fila", "").partition("-")
    cual, _, puesto = resto.partition("-")
    grupo = next((c for c in campos if c.id == cual and isinstance(c, Grupo)), None)
    if grupo is None or orden not in ("agregar", "quitar"):
        return ""
    if orden == "agregar":
        crudo[cual] = grupo.con_otra_fila(crudo.get(cual))
        return f"{cual}-{len(crudo[cual]) - 1}"
    if puesto.isascii() and puesto.isdecimal() and len(puesto) < 4:
        crudo[cual] = grupo.sin_fila(crudo.get(cual), int(puesto))
    return cual


def recibir_archivos(envio: Envio, campos: Iterable[Campo], entidad: str) -> None:
    """Guarda los archivos aceptados y anota por qué no los demás."""
    for campo in campos:
        if not isinstance(campo, Archivos):
            continue
        peticion = cast(Peticion, request)
        for archivo in peticion.archivos_de(campo.id):
            if not archivo.filename:
                continue
            if peticion.sin_archivos:
                envio.rechazos.append(_no_recibido(campo, peticion.sin_archivos))
                break
            recepcion = cast(Recepcion, archivo.stream)
            resultado = recibir(entorno(), entidad, campo, archivo.filename, recepcion)
            if isinstance(resultado, Subida):
                envio.subidas.append(resultado)
            else:
                envio.rechazos.append(resultado)


def _no_recibido(campo: Campo, razon: str) -> Error:
    if razon != PESADO:
        return Error(campo.id, razon, SIN_CUOTA)
    maximo = (current_app.config["MAX_CONTENT_LENGTH"] or 0) // (1024 * 1024)
    return Error(campo.id, razon, MUY_PESADO.format(maximo=maximo))
