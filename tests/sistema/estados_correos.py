"""Los estados de las páginas de los correos: los que fallaron y los modelos de respuesta."""

from fabrica import PLATAFORMA
from sqlalchemy import select

from facilita.tramite.modelos import Salida

from .estados import Mirada, estado

LARGA = "550 5.1.1 <alguien@example.com>: Recipient address rejected: no existe en este servidor"


def _con_fallas(m: Mirada) -> str:
    """Un correo muerto, otro que falla y otro entregado, con sus intentos."""
    codigo = m.mundo.presentar_mesa()
    m.mundo.transitar(codigo, "tomar")
    m.mundo.observar(codigo)
    ahora = m.mundo.reloj.ahora()
    estados = [("muerta", 2, LARGA), ("lista", 5, "451 4.2.2 Buzón lleno"), ("entregada", 1, "250")]
    with m.mundo.entorno.bd.transaccion(PLATAFORMA) as sesion:
        suyas = select(Salida).where(Salida.solicitud_id == m.mundo.solicitud(codigo).id)
        for salida, (como, intentos, dicho) in zip(sesion.scalars(suyas), estados, strict=True):
            salida.situacion, salida.intentos, salida.respuesta = como, intentos, dicho
            intento = {"cuando": ahora.isoformat(), "para": salida.datos["para"],
                       "entregado": como == "entregada", "respuesta": dicho}  # fmt: skip
            salida.historia = [intento] * intentos
            salida.entregada_en = ahora if como == "entregada" else None
    return codigo


@estado("correos.ver")
def sin_entregar_ninguno(m: Mirada) -> None:
    m.ingresar("rita")
    m.ver("/bandeja/correos")
    assert "No hay correos sin entregar" in m.persona.leer()


@estado("correos.ver")
def sin_entregar_con_de_todo(m: Mirada) -> None:
    _con_fallas(m)
    m.mundo.presentar_contacto()
    m.ingresar("ana")
    m.ver("/bandeja/correos")


@estado("correos.ver")
def sin_entregar_sin_hallazgos(m: Mirada) -> None:
    m.ingresar("ana")
    m.ver("/bandeja/correos?como=muertos&q=nada+que+se+parezca")


@estado("personal.ver")
def detalle_con_correos_que_fallan(m: Mirada) -> None:
    m.ver_solicitud(_con_fallas(m))


@estado("expediente.ver")
def expediente_con_correos_sin_entregar(m: Mirada) -> None:
    codigo = _con_fallas(m)
    m.abrir_expediente(codigo)
    assert "Todavía no pudimos entregar" in m.persona.leer()


@estado("demo.correo")
def un_correo_con_formato(m: Mirada) -> None:
    codigo = m.mundo.presentar_mesa()
    m.mundo.observar(codigo, asunto="Precisa cuál.", pedido="Falta la fecha.")
    m.entregar()
    m.ver("/demo/correos")
    m.persona.enviar(m.ventana.pagina.get_by_role("link", name="Ver con formato").first)
