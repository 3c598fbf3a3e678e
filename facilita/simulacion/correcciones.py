"""La persona corrige lo observado: primero mal, si eso todavía no se vio, y después bien."""

from typing import TYPE_CHECKING, Any

from facilita.definicion import Transicion
from facilita.definicion.campos import Campo, Lector
from facilita.simulacion.cobertura import Meta
from facilita.simulacion.presentaciones import Discrepancia, frases, separar
from facilita.tramite import borradores, subsanacion
from facilita.tramite.paso import Paso

if TYPE_CHECKING:
    from facilita.simulacion.tramites import Tramite

VUELTAS = 6
"""Al cambiar una respuesta se muestran otros campos, y al responderlos, otros."""


def corregir(tramite: "Tramite", t: Transicion) -> None:
    """Abre la corrección, responde de nuevo lo observado y la entrega."""
    entorno, entidad = tramite.entorno, tramite.mundo.vigente.entidad
    ficha = subsanacion.abrir_correccion(entorno, entidad.id, tramite.id)
    paso = borradores.leer(entorno, entidad, ficha)
    observados = [tramite.definicion.campos[c] for c in paso.observaciones or {}]
    _corregir_mal(tramite, t, ficha, observados)
    por_responder = observados
    for _ in range(VUELTAS):
        paso = _responder(tramite, ficha, paso, por_responder)
        con_error = {e.de for e in paso.lectura.errores}
        por_responder = [c for c in tramite.definicion.campos.values() if c.id in con_error]
        if not por_responder:
            break
    ahora = entorno.reloj.ahora()
    hecha = subsanacion.subsanar(entorno, entidad, ficha, {}, ahora, aunque_sea_igual=True)
    if hecha.codigo is None:
        errores = hecha.paso.lectura.errores if hecha.paso else ()
        raise Discrepancia(f"no se recibió una corrección válida: {frases(errores)}")


def _responder(tramite: "Tramite", ficha: str, paso: Paso, campos: list[Campo]) -> Paso:
    entorno, vigente = tramite.entorno, tramite.mundo.vigente
    contexto = vigente.contexto(entorno)
    crudo: dict[str, Any] = {}
    lector = Lector(contexto, comparables=dict(paso.comparables))
    for campo in campos:
        crudo[campo.id] = campo.muestra(tramite.azar, contexto, lector.comparables)
        lector.recibir(campo, crudo[campo.id])
    escrito, subidas, _ = separar(tramite.mundo, campos, crudo)
    # Los archivos de antes se quitan: los nuevos van en su lugar.
    quitar = [f["id"] for c in campos if c.es_archivo for f in paso.crudo.get(c.id) or ()]
    tramite.relato.contar(f"  responder {escrito} y {[s.nombre for s in subidas]}")
    return borradores.guardar(entorno, vigente.entidad, ficha, escrito, subidas, quitar)


def _corregir_mal(tramite: "Tramite", t: Transicion, ficha: str, observados: list[Campo]) -> None:
    meta = Meta("guarda", t.id, "pide")
    malos = [(c, m) for c in observados if not c.es_archivo for m in c.muestras_invalidas()]
    if not tramite.cobertura.falta(meta) or not malos:
        return
    entorno, entidad = tramite.entorno, tramite.mundo.vigente.entidad
    campo, malo = malos[0]
    tramite.relato.contar(f"  responder mal {campo.id}: {malo!r}")
    paso = borradores.guardar(entorno, entidad, ficha, {campo.id: malo})
    if campo.id not in paso.lectura.visibles:
        return
    ahora = entorno.reloj.ahora()
    hecha = subsanacion.subsanar(entorno, entidad, ficha, {}, ahora, aunque_sea_igual=True)
    if hecha.codigo is not None:
        raise Discrepancia(f"se recibió una corrección con «{campo.id}» mal respondido")
    tramite.cobertura.ver(meta)
