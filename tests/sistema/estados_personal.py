"""Los estados de las páginas que ve el personal."""

from fabrica import CLAVE, PLATAFORMA, RUC_RIO, VALLE, correo_de
from sqlalchemy import select

from facilita.tramite import borradores, opiniones, usuarios
from facilita.tramite.modelos import Salida
from facilita.tramite.usuarios import Puesto

from .estados import Mirada, estado
from .ventanas import guardar_pdf


def _atendida(m: Mirada) -> str:
    codigo = m.mundo.presentar_mesa()
    m.mundo.transitar(codigo, "tomar")
    carta = m.mundo.subida("documentos", "respuesta.pdf")
    m.mundo.transitar(codigo, "atender", {"respuesta": "Está lista."}, [carta])
    return codigo


# --- la cuenta ------------------------------------------------------------------------------------


@estado("cuenta.ingresar")
def ingresar(m: Mirada) -> None:
    m.ver("/ingresar")


@estado("cuenta.ingresar")
def ingresar_con_aviso(m: Mirada) -> None:
    m.ver("/bandeja")


@estado("cuenta.ingresar", 422)
def ingresar_con_error(m: Mirada) -> None:
    m.ver("/ingresar")
    m.escribir(correo="nadie@vallesereno.example", clave="no es esta")
    m.enviar("Ingresar")


@estado("cuenta.ingresar", 429)
def ingresar_detenido(m: Mirada) -> None:
    m.ver("/ingresar")
    for _ in range(6):
        m.escribir(correo=correo_de("oscar"), clave="no es esta")
        m.enviar("Ingresar")


@estado("", 429)
def demasiados_pedidos(m: Mirada) -> None:
    direccion = f"/seguimiento/{m.mundo.presentar_mesa()}"
    for _ in range(20):
        m.ventana.contexto.request.post(m.sitio.direccion + direccion)
    m.ver(direccion)
    m.enviar("Abrir")


@estado("cuenta.mi_cuenta")
def cuenta(m: Mirada) -> None:
    m.ingresar("ana")
    m.ver("/cuenta")


@estado("cuenta.mi_cuenta", 422)
def cuenta_con_error(m: Mirada) -> None:
    cuenta(m)
    m.enviar("Cambiar contraseña")


@estado("cuenta.mi_cuenta")
def cuenta_con_dos_puestos(m: Mirada) -> None:
    puesto = Puesto("colaborador")
    valle = m.mundo.entidad(VALLE).id
    usuarios.crear(m.mundo.entorno, valle, correo_de("rita"), "Rita", puesto, CLAVE)
    m.ingresar("rita")
    m.ver("/cuenta")


@estado("cuenta.mi_cuenta")
def cuenta_con_clave_nueva(m: Mirada) -> None:
    m.ingresar("olga")
    m.ver("/cuenta")
    m.escribir(actual=CLAVE, nueva="tortuga lenta 84")
    m.enviar("Cambiar contraseña")


# --- la bandeja -----------------------------------------------------------------------------------


@estado("personal.ver_bandeja")
def bandeja_sin_nada(m: Mirada) -> None:
    m.ingresar("rita")
    m.ver("/bandeja")
    assert "Todavía no llega ninguna solicitud" in m.persona.leer()


@estado("personal.ver_bandeja")
def bandeja_sin_hallazgos(m: Mirada) -> None:
    m.ingresar("nora")
    m.ver("/bandeja?q=nada+que+se+parezca")


@estado("personal.ver_bandeja")
def bandeja_con_de_todo(m: Mirada) -> None:
    for _ in range(26):
        m.mundo.presentar_contacto()
    largo = "Solicito constancia de posesión " + "MZ-LT" * 12
    codigos = [m.mundo.presentar_mesa(asunto=largo) for _ in range(3)]
    m.mundo.observar(codigos[0])
    m.mundo.transitar(codigos[1], "tomar")
    _atendida(m)
    m.ingresar("ana")
    m.ver("/bandeja")


@estado("personal.ver_bandeja")
def bandeja_con_plazos_vencidos(m: Mirada) -> None:
    m.mundo.presentar_mesa()
    m.mundo.poner(29, mes=12)
    m.mundo.presentar_mesa()
    m.mundo.reloj.poner(m.mundo.reloj.ahora().replace(year=2027, month=2, day=24))
    m.ingresar("ana")
    m.ver("/bandeja")


@estado("personal.ver_bandeja")
def bandeja_con_filtros(m: Mirada) -> None:
    m.mundo.presentar_mesa()
    m.ingresar("ana")
    m.ver("/bandeja?q=copia&a_cargo=sin_asignar&estado=nuevo&formulario=mesa-de-partes")


# --- el detalle -----------------------------------------------------------------------------------


@estado("personal.ver")
def detalle_nuevo(m: Mirada) -> None:
    m.ver_solicitud(
        m.mundo.presentar_mesa(tipo_persona="juridica", ruc=RUC_RIO, razon_social="Río SAC")
    )


def _infectada(m: Mirada) -> tuple[str, int]:
    """Una solicitud con un archivo en cuarentena: su código y el adjunto."""
    # Con hojas de más: los demás estados de esta vitrina presentan el mismo archivo de una hoja.
    ficha, entidad = m.mundo.abrir_mesa(), m.mundo.entidad()
    subida = m.mundo.subida("anexos", "fotos del predio.pdf", paginas=17)
    borradores.guardar(m.mundo.entorno, entidad, ficha, {}, [subida])
    adjunto = m.infectar()
    return m.mundo.presentar(ficha), adjunto


@estado("personal.ver")
def detalle_con_archivo_infectado(m: Mirada) -> None:
    m.ver_solicitud(_infectada(m)[0])


@estado("expediente.ver")
def expediente_con_archivo_infectado(m: Mirada) -> None:
    m.abrir_expediente(_infectada(m)[0])


@estado("cuarentena.ver")
def cuarentena(m: Mirada) -> None:
    codigo, adjunto = _infectada(m)
    m.ver_solicitud(codigo, f"/archivo/{adjunto}")


@estado("cuarentena.abrir", 422)
def cuarentena_sin_motivo(m: Mirada) -> None:
    cuarentena(m)
    m.enviar("Descargar el archivo dañino")


@estado("", 403)
def cuarentena_sin_permiso(m: Mirada) -> None:
    codigo, adjunto = _infectada(m)
    m.ver_solicitud(codigo, f"/archivo/{adjunto}", quien="luis")


@estado("personal.ver")
def detalle_tomado(m: Mirada) -> None:
    m.ver_solicitud(m.mundo.presentar_mesa(), "/paso/tomar")
    m.enviar("Tomar")


@estado("personal.ver")
def detalle_observado(m: Mirada) -> None:
    codigo = m.mundo.presentar_mesa()
    m.mundo.observar(codigo)
    m.entregar()
    m.ver_solicitud(codigo)


@estado("personal.ver")
def detalle_por_cedula(m: Mirada) -> None:
    codigo = m.mundo.presentar_mesa()
    m.mundo.observar(codigo)
    m.mundo.poner(27)
    m.vencer()
    m.ver_solicitud(codigo)


@estado("personal.ver", 422)
def detalle_con_error_en_la_cedula(m: Mirada) -> None:
    detalle_por_cedula(m)
    m.enviar("Guardar")


@estado("personal.ver", 422)
def detalle_con_error_en_la_nota(m: Mirada) -> None:
    detalle_nuevo(m)
    m.abrir_todo()
    m.enviar("Guardar nota")


@estado("personal.ver", 422)
def detalle_con_error_al_derivar(m: Mirada) -> None:
    detalle_nuevo(m)
    m.abrir_todo()
    m.enviar("Derivar")


@estado("personal.ver", 422)
def detalle_con_un_comentario_que_no_cabe(m: Mirada) -> None:
    detalle_nuevo(m)
    m.abrir_todo()
    m.persona.elegir("area", "Obras y desarrollo urbano")
    m.escribir(comentario="palabra " * 600)
    m.enviar("Derivar")


@estado("personal.ver", 422)
def detalle_con_error_al_asignar(m: Mirada) -> None:
    detalle_nuevo(m)
    m.abrir_todo()
    m.enviar("Asignar")


@estado("personal.ver")
def detalle_atendido(m: Mirada) -> None:
    m.ver_solicitud(_atendida(m))


@estado("personal.ver")
def detalle_corregido(m: Mirada) -> None:
    codigo = m.mundo.presentar_mesa()
    m.mundo.observar(codigo)
    m.ver(f"/notificacion/{m.mundo.ficha_de_notificacion(codigo)}")
    m.enviar("Abrir notificación")
    m.enviar("Corregir ahora")
    m.escribir(asunto="Copia de mi licencia de obra")
    m.enviar("Continuar")
    m.enviar("Enviar corrección")
    m.ver_solicitud(codigo)


@estado("personal.ver")
def detalle_con_correos_muertos(m: Mirada) -> None:
    codigo = m.mundo.presentar_mesa()
    with m.mundo.entorno.bd.transaccion(PLATAFORMA) as sesion:
        for salida in sesion.scalars(select(Salida)):
            salida.situacion, salida.respuesta = "muerta", "550 5.1.1 buzón desconocido"
    m.ver_solicitud(codigo)


@estado("", 404)
def detalle_que_no_existe(m: Mirada) -> None:
    m.ingresar("ana")
    m.ver("/bandeja/999999")


# --- los pasos ------------------------------------------------------------------------------------


@estado("personal.preparar")
def paso_tomar(m: Mirada) -> None:
    m.ver_solicitud(m.mundo.presentar_mesa(), "/paso/tomar")


@estado("personal.preparar")
def paso_observar(m: Mirada) -> None:
    m.ver_solicitud(m.mundo.presentar_mesa(), "/paso/observar")


@estado("personal.preparar", 422)
def paso_observar_con_error(m: Mirada) -> None:
    paso_observar(m)
    m.enviar("Observar")


@estado("personal.preparar", 422)
def paso_observar_con_un_texto_que_no_cabe(m: Mirada) -> None:
    paso_observar(m)
    m.abrir_todo()
    m.escribir(**{"observacion-asunto": "palabra " * 600})
    m.enviar("Observar")


@estado("personal.preparar")
def paso_atender(m: Mirada) -> None:
    m.ver_solicitud(m.mundo.presentar_mesa(), "/paso/atender")


@estado("personal.preparar", 422)
def paso_atender_con_error_y_archivo(m: Mirada) -> None:
    paso_atender(m)
    carta = guardar_pdf(m.sitio.carpeta, "respuesta-con-un-nombre-largo" * 4 + ".pdf", b"%PDF-1.4")
    m.persona.adjuntar("documentos", carta)
    m.enviar("Atender")


@estado("personal.preparar", 422)
def paso_derivar_con_errores(m: Mirada) -> None:
    m.ver_solicitud(m.mundo.presentar_mesa(), "/paso/derivar_entidad")
    m.enviar("Derivar a otra entidad")


@estado("personal.preparar")
def paso_reabrir(m: Mirada) -> None:
    m.ver_solicitud(_atendida(m), "/paso/reabrir")


@estado("documentos.indice_del_personal")
def indice_del_personal(m: Mirada) -> None:
    codigo = _atendida(m)
    m.ingresar("luis")
    m.ver(f"/bandeja/{m.mundo.solicitud(codigo).id}/indice")


@estado("opiniones_personal.ver")
def opiniones_sin_bastantes(m: Mirada) -> None:
    m.ingresar("rita")
    m.ver("/bandeja/opiniones?periodo=30")


@estado("opiniones_personal.ver")
def opiniones_dibujadas(m: Mirada) -> None:
    for nota in (5, 5, 4, 3, 1):
        ficha = m.mundo.abrir_contacto()
        m.mundo.presentar(ficha)
        opiniones.opinar(m.mundo.entorno, m.mundo.entidad(), ficha, nota, f"Puse {nota}.")
    m.ingresar("ana")
    m.ver("/bandeja/opiniones")
