"""La cola de los documentos: cuántos PDF compone, firma y guarda el trabajador."""

import resource
import tempfile
import time
from pathlib import Path

import structlog
from sqlalchemy import func, select

from bench.escena import RESPUESTAS, armar, pdf_de_un_mega
from bench.tabla import Medida
from facilita.servicios import taller
from facilita.trabajador import Trabajador
from facilita.tramite import borradores, entidades, formularios, solicitudes
from facilita.tramite.ambito import Ambito
from facilita.tramite.archivos import Subida
from facilita.tramite.entorno import Entorno
from facilita.tramite.modelos import Documento, Salida

PLATAFORMA = Ambito.de_plataforma("medida")
ACEPTA = {"declaracion_jurada": "true", "privacidad": "true"}


def medir(breve: bool) -> list[Medida]:
    """PDF por segundo de un trabajador en su vuelta normal, y los correos de ese rato."""
    presentadas = 20 if breve else 60
    with tempfile.TemporaryDirectory(prefix="facilita-medida-") as nombre:
        carpeta = Path(nombre)
        _, entorno = armar(carpeta, f"sqlite:///{carpeta}/medida.db")
        try:
            return _medir(entorno, presentadas)
        finally:
            entorno.bd.cerrar()
            taller.cerrar()


def _medir(entorno: Entorno, presentadas: int) -> list[Medida]:
    trabajador = Trabajador(entorno)
    _presentar(entorno, 1)
    while trabajador.vuelta().hechos:
        pass
    antes = _hechos(entorno)
    _presentar(entorno, presentadas)
    inicio, cpu = time.perf_counter(), _cpu()
    while trabajador.vuelta().hechos:
        pass
    pasaron = time.perf_counter() - inicio
    documentos, correos = (d - a for d, a in zip(_hechos(entorno), antes, strict=True))
    assert documentos == 3 * presentadas, documentos
    taller.cerrar()
    gastado = (_cpu() - cpu) * 1000 / documentos
    return [
        Medida("Documentos en PDF por segundo, con el correo al lado", documentos / pasaron, "/s",
               None, None, ">= 15"),
        Medida("Correos entregados mientras tanto", correos / pasaron, "/s", None, None, ">= 3"),
        Medida("CPU por documento", gastado, "ms", None, None, "<= 66"),
    ]  # fmt: skip


def _presentar(entorno: Entorno, cuantas: int) -> None:
    entidad = entidades.por_slug(entorno, "valle-sereno")
    vigente = formularios.vigente(entorno, "valle-sereno", "en-una-pagina")
    for n in range(cuantas):
        crudo = {**RESPUESTAS, "ubigeo": ["Miraflores, Lima"], "asunto": f"Pedido {n}"}
        ficha = borradores.abrir(entorno, vigente, crudo, [_carta(entorno)])[0]
        hecha = solicitudes.presentar(entorno, entidad, ficha, ACEPTA)
        assert hecha.codigo, hecha.paso and hecha.paso.lectura.errores


def _carta(entorno: Entorno) -> Subida:
    with entorno.almacen.recibir() as recepcion:
        recepcion.write(pdf_de_un_mega())
        clave = entorno.almacen.guardar(recepcion, "valle-sereno")
        return Subida(
            campo="documento_principal", nombre="carta.pdf", clave=clave, sha256=recepcion.sha256,
            tamano=recepcion.tamano, tipo="pdf", mime="application/pdf", paginas=1, marcas=(),
        )  # fmt: skip


def _hechos(entorno: Entorno) -> tuple[int, int]:
    with entorno.bd.lectura(PLATAFORMA) as sesion:
        documentos = select(func.count(Documento.id)).where(Documento.situacion == "hecho")
        correos = select(func.count(Salida.id)).where(Salida.situacion == "entregada")
        return sesion.scalar(documentos) or 0, sesion.scalar(correos) or 0


def _cpu() -> float:
    """Los segundos de CPU de este proceso y de los que ya terminaron."""
    suyo, hijos = (resource.getrusage(w) for w in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(u.ru_utime + u.ru_stime for u in (suyo, hijos))


if __name__ == "__main__":
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(40))
    for medida in medir(breve=True):
        print(medida)
