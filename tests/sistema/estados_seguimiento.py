"""Los estados de lo que viene después del cargo: el seguimiento, el expediente y la corrección."""

from facilita.tramite import borradores, correspondencia, detalle, subsanacion

from .estados import Mirada, estado


def _observada(m: Mirada) -> str:
    codigo = m.mundo.presentar_mesa()
    m.mundo.observar(codigo, asunto="Precisa cuál licencia.", documento_principal="Falta firmar.")
    return codigo


def _corrigiendo(m: Mirada) -> str:
    codigo = _observada(m)
    m.ver(f"/notificacion/{m.mundo.ficha_de_notificacion(codigo)}")
    m.enviar("Abrir notificación")
    m.enviar("Corregir ahora")
    return codigo


def _corregida(m: Mirada) -> str:
    codigo, mundo = _observada(m), m.mundo
    entidad, sid = mundo.entidad(), mundo.solicitud(codigo).id
    ficha = subsanacion.abrir_correccion(mundo.entorno, entidad.id, sid)
    firmado = mundo.subida(nombre="firmado-con-un-nombre-largo" * 4 + ".pdf", paginas=3)
    asunto = {"asunto": "Copia de mi licencia de obra " + "MZ-LT" * 12}
    borradores.guardar(mundo.entorno, entidad, ficha, asunto, [firmado])
    ahora = mundo.reloj.ahora()
    assert subsanacion.subsanar(mundo.entorno, entidad, ficha, {}, ahora).codigo == codigo
    return codigo


@estado("demo.correos")
def correos(m: Mirada) -> None:
    _observada(m)
    m.entregar()
    m.ver("/demo/correos")


# --- el seguimiento -------------------------------------------------------------------------------


@estado("ciudadano.buscar")
def buscar(m: Mirada) -> None:
    m.ver("/seguimiento")


@estado("ciudadano.buscar", 422)
def buscar_con_error(m: Mirada) -> None:
    m.ver("/seguimiento")
    m.escribir(codigo="F7XK-29QD-TRWM-4H6C")
    m.enviar("Ver")


@estado("ciudadano.seguimiento_de")
def seguimiento_nuevo(m: Mirada) -> None:
    m.ver(f"/seguimiento/{m.mundo.presentar_mesa()}")


@estado("ciudadano.seguimiento_de", 422)
def seguimiento_con_error(m: Mirada) -> None:
    seguimiento_nuevo(m)
    m.enviar("Abrir")


@estado("ciudadano.seguimiento_de")
def seguimiento_observado(m: Mirada) -> None:
    m.ver(f"/seguimiento/{_observada(m)}")


@estado("ciudadano.seguimiento_de")
def seguimiento_con_expediente_abierto(m: Mirada) -> None:
    codigo = m.mundo.presentar_mesa()
    m.abrir_expediente(codigo)
    m.ver(f"/seguimiento/{codigo}")


@estado("ciudadano.seguimiento_de")
def seguimiento_de_contacto(m: Mirada) -> None:
    m.ver(f"/seguimiento/{m.mundo.presentar_contacto()}")


@estado("verificar.ver")
def verificar(m: Mirada) -> None:
    m.ver(f"/verificar/{m.mundo.presentar_mesa()}")


@estado("verificar.ver")
def verificar_con_un_qr_falso(m: Mirada) -> None:
    m.ver(f"/verificar/{m.mundo.presentar_mesa()}?d=1~falso")


@estado("verificar.entrar")
def comprobar_un_documento(m: Mirada) -> None:
    m.ver("/verificar")


@estado("verificar.entrar", 422)
def comprobar_sin_documento(m: Mirada) -> None:
    m.ver("/verificar")
    m.enviar("Comprobar el documento")


@estado("documentos.mi_indice")
def indice_por_hacerse(m: Mirada) -> None:
    codigo = _corregida(m)
    m.abrir_expediente(codigo)
    m.ver(f"/seguimiento/{codigo}/expediente/indice")


@estado("ciudadano.notificacion")
def notificacion(m: Mirada) -> None:
    m.ver(f"/notificacion/{m.mundo.ficha_de_notificacion(_observada(m))}")


@estado("ciudadano.notificacion")
def notificacion_abierta(m: Mirada) -> None:
    notificacion(m)
    m.enviar("Abrir notificación")


@estado("ciudadano.notificacion")
def notificacion_sin_tiempo(m: Mirada) -> None:
    direccion = f"/notificacion/{m.mundo.ficha_de_notificacion(_observada(m))}"
    m.ver(direccion)
    m.enviar("Abrir notificación")
    m.mundo.poner(27)
    m.ver(direccion)


# --- el expediente --------------------------------------------------------------------------------


@estado("expediente.ver")
def expediente_nuevo(m: Mirada) -> None:
    m.abrir_expediente(m.mundo.presentar_mesa())


@estado("expediente.ver")
def expediente_observado(m: Mirada) -> None:
    m.abrir_expediente(_observada(m))


@estado("expediente.ver")
def expediente_sin_tiempo_para_corregir(m: Mirada) -> None:
    codigo = _observada(m)
    m.abrir_expediente(codigo)
    m.mundo.poner(27)
    # Lo abierto dura media hora del reloj: días después se abre otra vez.
    m.abrir_expediente(codigo)


@estado("expediente.ver")
def expediente_no_presentado(m: Mirada) -> None:
    codigo = _observada(m)
    m.abrir_expediente(codigo)
    m.mundo.poner(27)
    m.vencer()
    m.abrir_expediente(codigo)


@estado("expediente.ver")
def expediente_con_un_consentimiento_retirado(m: Mirada) -> None:
    m.abrir_expediente(m.mundo.presentar_mesa(acepta_notificacion="true"))
    m.abrir_todo()
    m.enviar("Retirar mi consentimiento de Notificación electrónica")


@estado("expediente.ver")
def expediente_atendido(m: Mirada) -> None:
    codigo = m.mundo.presentar_mesa()
    carta = m.mundo.subida("documentos", "respuesta.pdf")
    m.mundo.transitar(codigo, "atender", {"respuesta": "Su copia\n\nestá lista."}, [carta])
    m.abrir_expediente(codigo)


@estado("expediente.ver")
def expediente_derivado(m: Mirada) -> None:
    codigo = m.mundo.presentar_mesa()
    crudo = {"entidad_destino": "Ministerio de Cultura", "motivo": "Es su competencia."}
    m.mundo.transitar(codigo, "derivar_entidad", crudo)
    m.abrir_expediente(codigo)


def _conversada(m: Mirada) -> str:
    codigo, mundo = m.mundo.presentar_mesa(), m.mundo
    luis, sid = mundo.actor("luis"), mundo.solicitud(codigo).id
    largo = {"mensaje": "¿Cuánto falta?\n\n" + "MZ-LT" * 20}
    plano = mundo.subida("archivos", "plano-con-un-nombre-largo" * 4 + ".pdf", paginas=3)
    correspondencia.escribir_de_ciudadano(mundo.entorno, codigo, largo, [plano])
    mensaje = {"mensaje": "Tres días hábiles."}
    correspondencia.escribir_de_personal(mundo.entorno, luis, sid, mensaje)
    correspondencia.escribir_de_ciudadano(mundo.entorno, codigo, {"mensaje": "Gracias."})
    return codigo


@estado("expediente.ver")
def expediente_con_mensajes(m: Mirada) -> None:
    m.abrir_expediente(_conversada(m))


@estado("expediente.quien_lo_abrio")
def quien_lo_abrio(m: Mirada) -> None:
    codigo = _conversada(m)
    sid = m.mundo.solicitud(codigo).id
    for quien in ("luis", "ana", "ana", "sara"):
        detalle.ver(m.mundo.entorno, m.mundo.actor(quien), sid)
    m.abrir_expediente(codigo)
    m.persona.enviar(m.persona.vinculo("Ver quién lo abrió"))


@estado("mensajes.ver")
def mensajes_sin_ninguno(m: Mirada) -> None:
    m.abrir_expediente(_observada(m))
    m.persona.enviar(m.persona.vinculo("Escribir un mensaje"))


@estado("mensajes.ver", 422)
def mensajes_con_error(m: Mirada) -> None:
    m.abrir_expediente(_conversada(m))
    m.persona.enviar(m.persona.vinculo("Ver los mensajes"))
    m.enviar("Enviar mensaje")


@estado("mensajes.ver", 409)
def mensajes_que_ya_no_se_reciben(m: Mirada) -> None:
    codigo = _conversada(m)
    m.abrir_expediente(codigo)
    m.persona.enviar(m.persona.vinculo("Ver los mensajes"))
    m.escribir(mensaje="Una pregunta más")
    m.mundo.transitar(codigo, "atender", {"respuesta": "Va."})
    m.enviar("Enviar mensaje")


@estado("ciudadano.seguimiento_de", 401)
def seguimiento_con_algo_por_enviar(m: Mirada) -> None:
    codigo = m.mundo.presentar_mesa()
    m.abrir_expediente(codigo)
    m.persona.enviar(m.persona.vinculo("Escribir un mensaje"))
    m.escribir(mensaje="Una pregunta")
    m.mundo.pasar(minutes=31)
    m.enviar("Enviar mensaje")


@estado("ciudadano.seguimiento_de")
def lo_que_ibas_a_enviar(m: Mirada) -> None:
    seguimiento_con_algo_por_enviar(m)
    m.escribir(identidad="12345678")
    m.enviar("Abrir")


@estado("mensajes_personal.ver_del_personal")
def mensajes_del_personal(m: Mirada) -> None:
    m.ver_solicitud(_conversada(m), "/mensajes")


@estado("mensajes_personal.ver_del_personal", 422)
def mensajes_del_personal_con_error(m: Mirada) -> None:
    mensajes_del_personal(m)
    m.enviar("Enviar mensaje")


@estado("personal.ver_bandeja")
def bandeja_con_lo_que_espera(m: Mirada) -> None:
    _conversada(m)
    _observada(m)
    m.mundo.poner(30)
    m.vencer()
    m.ingresar("ana")
    m.ver("/bandeja?espera=mensajes")


@estado("expediente.cargo")
def expediente_cargo(m: Mirada) -> None:
    codigo = m.mundo.presentar_mesa()
    m.abrir_expediente(codigo)
    m.ver(f"/seguimiento/{codigo}/expediente/cargo")


@estado("expediente.accion")
def desistir(m: Mirada) -> None:
    codigo = m.mundo.presentar_mesa()
    m.abrir_expediente(codigo)
    m.ver(f"/seguimiento/{codigo}/expediente/accion/desistir")


@estado("expediente.accion", 422)
def desistir_con_error(m: Mirada) -> None:
    desistir(m)
    m.enviar("Continuar")


@estado("expediente.accion")
def confirmar_que_desiste(m: Mirada) -> None:
    desistir(m)
    m.escribir(motivo="Ya no la necesito.")
    m.enviar("Continuar")


@estado("expediente.ver")
def expediente_desistido(m: Mirada) -> None:
    confirmar_que_desiste(m)
    m.enviar("Sí, desistir del trámite")


# --- la corrección --------------------------------------------------------------------------------


@estado("formulario.ver")
def corregir(m: Mirada) -> None:
    _corrigiendo(m)


@estado("formulario.ver", 422)
def corregir_con_error(m: Mirada) -> None:
    _corrigiendo(m)
    m.escribir(asunto="")
    m.enviar("Continuar")


@estado("presentar.revisar")
def corregir_revision(m: Mirada) -> None:
    _corrigiendo(m)
    m.escribir(asunto="Copia de mi licencia de obra")
    m.enviar("Continuar")
    m.enviar("Continuar")


@estado("presentar.revisar", 422)
def corregir_sin_cambiar_nada(m: Mirada) -> None:
    _corrigiendo(m)
    m.enviar("Continuar")
    m.enviar("Continuar")
    m.enviar("Enviar corrección")


@estado("presentar.cargo")
def corregir_cargo(m: Mirada) -> None:
    corregir_revision(m)
    m.enviar("Enviar corrección")


@estado("expediente.constancia")
def constancia_de_antes(m: Mirada) -> None:
    codigo = _corregida(m)
    m.abrir_expediente(codigo)
    m.persona.enviar(m.persona.vinculo("Ver la constancia de corrección"))


@estado("expediente.ver")
def expediente_corregido(m: Mirada) -> None:
    m.abrir_expediente(_corregida(m))


@estado("verificar.ver")
def verificar_lo_corregido(m: Mirada) -> None:
    m.ver(f"/verificar/{_corregida(m)}")
