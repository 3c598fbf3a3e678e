"""Los estados de lo que es de la plataforma: pedir el acceso y lo que hace quien la administra."""

from collections.abc import Iterator
from contextlib import contextmanager

from fabrica import LUNES, MESA, PLATAFORMA, RAIZ, RIO, RUC_RIO, crear_entidad

from facilita.tramite import formularios, situaciones
from facilita.tramite.modelos import SistemaPropio

from .estados import Mirada, estado


def con_plataforma(m: Mirada) -> None:
    """Valle-sereno administra la plataforma."""
    crear_entidad(m.mundo.entorno, plataforma=True)
    m.mundo.entorno.punteros.olvidar()


@estado("acceso.explicar")
def pedir_acceso_sin_quien_lo_de(m: Mirada) -> None:
    crear_entidad(m.mundo.entorno)
    m.ver("/acceso")


@estado("acceso.explicar")
def pedir_acceso(m: Mirada) -> None:
    con_plataforma(m)
    m.ver("/acceso")


@estado("acceso.explicar")
def pedir_acceso_con_sus_formularios(m: Mirada) -> None:
    con_plataforma(m)
    for archivo in sorted((RAIZ / "formularios" / "gobierno-digital").glob("s*.yaml")):
        texto, suya = archivo.read_text(), m.mundo.entidad().id
        formularios.publicar(m.mundo.entorno, suya, texto, archivo.name, motivo="Apertura")
    m.ver("/acceso")


@estado("acceso.preguntar")
def oficio_vacio(m: Mirada) -> None:
    con_plataforma(m)
    m.ver("/acceso/oficio")


@estado("acceso.hacer", 422)
def oficio_con_errores(m: Mirada) -> None:
    oficio_vacio(m)
    m.escribir(ruc="20131312950", correo="yo@")
    m.enviar("Descargar en PDF")


@estado("portal.de_entidad")
def entidad_con_su_propio_sistema(m: Mirada) -> None:
    with m.mundo.entorno.bd.transaccion(PLATAFORMA) as sesion:
        sesion.add(
            SistemaPropio(
                entidad_id=_rio(m), direccion="https://mesa.rio.example/" + "larga-" * 20,
                desde=LUNES.date(), como_informa="Por correo", contacto="Rita",
                correo="rita@rio.example", cuando=LUNES,
            )
        )  # fmt: skip
    m.ver(f"/{RIO}/")


# --- las entidades --------------------------------------------------------------------------------


def _rio(m: Mirada) -> int:
    return m.mundo.entidad(RIO).id


@estado("plataforma.listar")
def entidades_de_la_plataforma(m: Mirada) -> None:
    m.ingresar("sara")
    m.ver("/bandeja/entidades")


@estado("plataforma.listar")
def entidades_que_no_hay(m: Mirada) -> None:
    m.ingresar("sara")
    m.ver("/bandeja/entidades?q=zzz&tipo=universidad")


@estado("plataforma.ver")
def una_entidad(m: Mirada) -> None:
    m.ingresar("sara")
    m.ver(f"/bandeja/entidades/{_rio(m)}")


@estado("plataforma.suspender", 422)
def suspender_sin_motivo(m: Mirada) -> None:
    una_entidad(m)
    m.enviar("Suspender la entidad")


@estado("plataforma.ver")
def una_entidad_suspendida(m: Mirada) -> None:
    una_entidad(m)
    m.escribir(motivo="No atiende desde julio")
    m.enviar("Suspender la entidad")
    _reactivar_al_final(m)


@estado("portal.de_entidad")
def entidad_suspendida_en_publico(m: Mirada) -> None:
    with _suspendida(m):
        m.ver(f"/{RIO}/")


@estado("", 410)
def formulario_de_una_suspendida(m: Mirada) -> None:
    with _suspendida(m):
        m.ver(f"/{RIO}/{MESA}")


@estado("personal.ver_bandeja")
def bandeja_de_una_suspendida(m: Mirada) -> None:
    with _suspendida(m):
        m.ingresar("rita")
        m.ver("/bandeja")


@contextmanager
def _suspendida(m: Mirada) -> Iterator[None]:
    sara = m.mundo.actor("sara")
    situaciones.suspender(m.mundo.entorno, sara, _rio(m), "No atiende desde julio")
    try:
        yield
    finally:
        _reactivar_al_final(m)


def _reactivar_al_final(m: Mirada) -> None:
    """Los demás estados la necesitan activa; lo que ya se mira no cambia."""
    situaciones.reactivar(m.mundo.entorno, m.mundo.actor("sara"), _rio(m), "Ya atiende")


# --- el observatorio y el reporte -----------------------------------------------------------------


@estado("observatorio.ver")
def observatorio(m: Mirada) -> None:
    con_plataforma(m)
    m.ver("/observatorio")


@estado("observatorio.ver")
def observatorio_de_un_dia_sin_entidades(m: Mirada) -> None:
    m.ver("/observatorio?al=2020-01-01")


@estado("observatorio.ver", 422)
def observatorio_de_un_dia_que_no_llega(m: Mirada) -> None:
    m.ver("/observatorio?al=2090-01-01")


@estado("reportes.elegir")
def reporte_nacional(m: Mirada) -> None:
    m.ingresar("sara")
    m.ver("/bandeja/reporte-nacional")


@estado("reportes.elegir", 422)
def reporte_nacional_de_un_dia_que_no_hay(m: Mirada) -> None:
    m.ingresar("sara")
    m.ver("/bandeja/reporte-nacional?al=ayer")


# --- importar -------------------------------------------------------------------------------------

LISTA = f"""ruc;nombre;tipo;ubigeo;correo
20512345671;Municipalidad Distrital de Puerto Lindo;Gobierno local;150122;mesa@lindo.example
{RUC_RIO};Río Claro y sus orillas;gobierno_local;150101;mesa@rio.example
20512345670;Sin RUC;nada;999999;nada
"""


@estado("importar.elegir")
def importar_vacio(m: Mirada) -> None:
    m.ingresar("sara")
    m.ver("/bandeja/entidades/importar")


@estado("importar.mirar", 422)
def importar_sin_archivo(m: Mirada) -> None:
    importar_vacio(m)
    m.enviar("Ver qué va a pasar")


@estado("importar.elegir")
def importar_con_su_previa(m: Mirada) -> None:
    importar_vacio(m)
    m.abrir_todo()
    m.escribir(texto=LISTA)
    m.enviar("Ver qué va a pasar")


@estado("importar.mirar", 422)
def importar_con_puras_fallas(m: Mirada) -> None:
    importar_vacio(m)
    m.abrir_todo()
    m.escribir(texto="ruc,nombre\n1,Una")
    m.enviar("Ver qué va a pasar")


# --- los primeros pasos ---------------------------------------------------------------------------


@estado("primeros_pasos.ver")
def primeros_pasos(m: Mirada) -> None:
    m.ingresar("ana")
    m.ver("/bandeja/primeros-pasos")


@estado("primeros_pasos.bienvenida")
def bienvenida(m: Mirada) -> None:
    con_plataforma(m)
    m.ver("/bienvenida")
