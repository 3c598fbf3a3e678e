"""Los estados de la página de gob.pe y del reporte de cumplimiento."""

from fabrica import RIO

from facilita.tramite import direcciones_gobpe
from facilita.tramite.ambito import Ambito
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
    m.enviar("Anotar la dirección")


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
