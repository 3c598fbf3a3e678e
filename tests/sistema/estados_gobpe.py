"""Los estados de la página de gob.pe y del reporte de cumplimiento."""

from fabrica import RIO

from facilita.tramite import cumplimiento, direcciones_gobpe
from facilita.tramite.ambito import Ambito
from facilita.tramite.cumplimiento import ENVIADO
from facilita.tramite.modelos import DireccionGobpe, Sondeada

from .estados import Mirada, estado

EN_GOBPE = "https://www.gob.pe/20416-acceder-a-mesa-de-partes?child=" + "1234567890" * 8


@estado("gobpe.ver")
def gobpe_por_publicar(m: Mirada) -> None:
    m.ingresar("rita")
    m.ver("/bandeja/gobpe")


@estado("gobpe.ver", 422)
def gobpe_con_direccion_ajena(m: Mirada) -> None:
    gobpe_por_publicar(m)
    m.escribir(direccion="https://otra.example/mesa")
    m.enviar("Guardar la dirección")


@estado("gobpe.ver")
def gobpe_que_no_responde(m: Mirada) -> None:
    entorno, rita = m.mundo.entorno, m.mundo.actor("rita")
    direcciones_gobpe.declarar(entorno, rita, "https://www.gob.pe/mesa")
    direcciones_gobpe.declarar(entorno, rita, EN_GOBPE)
    entidad = m.mundo.entidad(RIO).id
    ultima = m.mundo.todo(DireccionGobpe, DireccionGobpe.entidad_id == entidad)[-1]
    with entorno.bd.transaccion(Ambito.de(entidad)) as sesion:
        sesion.add(
            Sondeada(
                entidad_id=entidad,
                direccion_id=ultima.id,
                cuando=entorno.reloj.ahora(),
                responde=False,
                detalle="La página no existe (respondió 404).",
            )
        )
    gobpe_por_publicar(m)


def _por_reportar(m: Mirada) -> None:
    """Deja a río claro con su reporte por enviar: si espera, se lo observan."""
    entorno, rita, sara = m.mundo.entorno, m.mundo.actor("rita"), m.mundo.actor("sara")
    reportes = cumplimiento.mios(entorno, rita)
    if reportes.situacion == ENVIADO and reportes.ultimo:
        rio = m.mundo.entidad(RIO).id
        cumplimiento.observar(
            entorno, sara, rio, reportes.ultimo.numero, "El teléfono no contesta."
        )


def _enviado(m: Mirada) -> None:
    _por_reportar(m)
    entorno, rita = m.mundo.entorno, m.mundo.actor("rita")
    falta = {"cargo": "Jefa de " + "Tecnologías" * 8, "interopera": "no", "declaracion": "true"}
    crudo = cumplimiento.preparar(entorno, rita).crudo
    filas = [{**f, "responsable": "Imagen"} for f in crudo["servicios"]]
    cumplimiento.enviar(entorno, rita, {**crudo, **falta, "servicios": filas})


@estado("cumplimiento.ver")
def reporte_por_enviar(m: Mirada) -> None:
    _enviado(m)
    _por_reportar(m)
    m.ingresar("rita")
    m.ver("/bandeja/cumplimiento")
    assert "El teléfono no contesta." in m.persona.leer()


@estado("cumplimiento.ver", 422)
def reporte_con_errores(m: Mirada) -> None:
    reporte_por_enviar(m)
    m.escribir(cargo="")
    m.enviar("Enviar el reporte")


@estado("cumplimiento.ver")
def reporte_enviado(m: Mirada) -> None:
    _enviado(m)
    m.ingresar("rita")
    m.ver("/bandeja/cumplimiento")


@estado("cumplimientos.listar")
def reportes_de_todas(m: Mirada) -> None:
    _enviado(m)
    m.ingresar("sara")
    m.ver("/bandeja/cumplimientos")


@estado("cumplimientos.mirar")
def reporte_por_decidir(m: Mirada) -> None:
    _enviado(m)
    m.ingresar("sara")
    m.ver(f"/bandeja/cumplimientos/{m.mundo.entidad(RIO).id}")


@estado("cumplimientos.mirar", 422)
def reporte_observado_sin_motivo(m: Mirada) -> None:
    reporte_por_decidir(m)
    m.enviar("Observar el reporte")
