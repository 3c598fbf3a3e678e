"""Los estados de las páginas de los correos: los que fallaron y los modelos de respuesta."""

from fabrica import PLATAFORMA
from sqlalchemy import select

from facilita.tramite import modelos_de_respuesta
from facilita.tramite.modelos import Documento, Salida
from facilita.tramite.modelos_de_respuesta import Escrito

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


# --- los modelos de respuesta ---------------------------------------------------------------------


def _modelo(m: Mirada, titulo: str) -> int:
    texto = "Hola, {nombre}:\n\nSobre «{asunto}», {numero_documento}.\n\n{entidad}"
    nuevo = Escrito(titulo, texto, "mesa-de-partes")
    return modelos_de_respuesta.guardar(m.mundo.entorno, m.mundo.actor("ana"), nuevo)


@estado("modelos.ver")
def modelos_ninguno(m: Mirada) -> None:
    m.ingresar("rita")
    m.ver("/bandeja/modelos")
    assert "Todavía no hay modelos" in m.persona.leer()


@estado("modelos.ver")
def modelos_con_varios(m: Mirada) -> None:
    _modelo(m, "Licencia lista para recoger " + "muy largo " * 9)
    m.ingresar("ana")
    m.ver("/bandeja/modelos")


@estado("modelos.nuevo")
def modelo_nuevo(m: Mirada) -> None:
    m.ingresar("ana")
    m.ver("/bandeja/modelos/nuevo")


@estado("modelos.abrir")
def modelo_por_cambiar(m: Mirada) -> None:
    cual = _modelo(m, "Uno para cambiar")
    m.ingresar("ana")
    m.ver(f"/bandeja/modelos/{cual}")


@estado("modelos.nuevo", 422)
def modelo_con_errores(m: Mirada) -> None:
    modelo_nuevo(m)
    m.escribir(texto="Hola, {nombr}")
    m.enviar("Guardar")


@estado("personal.preparar")
def paso_con_un_modelo_puesto(m: Mirada) -> None:
    _modelo(m, "Uno para responder")
    m.ver_solicitud(m.mundo.presentar_mesa(numero_documento=""), "/paso/atender")
    m.persona.elegir("modelo", "Uno para responder")
    m.enviar("Usar este modelo")


def _respondida(m: Mirada) -> str:
    codigo = m.mundo.presentar_mesa()
    for texto in ("La primera respuesta.", "La segunda.\n\n" + "palabra " * 60):
        carta = m.mundo.subida("documentos", "respuesta-con-un-nombre-muy-largo" * 3 + ".pdf")
        m.mundo.transitar(codigo, "atender", {"respuesta": texto}, [carta])
        if "primera" in texto:
            m.mundo.transitar(codigo, "reabrir", {"motivo": "Faltaba."}, quien="ana")
    return codigo


def _dar_por_hecho(m: Mirada, codigo: str) -> None:
    """Con otro archivo: aquí se mira la página, y componer de verdad tarda."""
    with m.mundo.entorno.bd.transaccion(PLATAFORMA) as sesion:
        suyos = select(Documento).where(
            Documento.solicitud_id == m.mundo.solicitud(codigo).id, Documento.clase == "respuesta"
        )
        for documento in sesion.scalars(suyos):
            documento.situacion = "hecho"


@estado("expediente.ver")
def expediente_con_la_respuesta_sin_su_pdf(m: Mirada) -> None:
    m.abrir_expediente(_respondida(m))


@estado("expediente.ver")
def expediente_con_la_respuesta(m: Mirada) -> None:
    codigo = _respondida(m)
    _dar_por_hecho(m, codigo)
    m.abrir_expediente(codigo)


@estado("personal.ver")
def detalle_con_la_respuesta(m: Mirada) -> None:
    m.ver_solicitud(_respondida(m))
