"""Los estados de las páginas con que se construye, se prueba y se publica un formulario."""

from fabrica import CONTACTO, MESA

from facilita.tramite import horarios, obras, pasos_de_obra

from .estados import Mirada, estado

BASE = "/bandeja/formularios"
LIBRO = "libro-de-reclamaciones"


def _ver(m: Mirada, resto: str, cual: str = CONTACTO, quien: str = "ana") -> None:
    obras.editar(m.mundo.entorno, m.mundo.actor(quien), cual)
    m.ingresar(quien)
    m.ver(f"{BASE}/{cual}{resto}")


def _romper(m: Mirada) -> None:
    """Deja la obra de contacto con una condición que no existe."""
    entorno, rita = m.mundo.entorno, m.mundo.actor("rita")
    obras.editar(entorno, rita, CONTACTO)
    obra = obras.leer(entorno, rita, CONTACTO)
    si = {"si": {"campo": "no_existe", "es": "x"}}
    nuevo = {"id": f"otro_{obra.revision}", "tipo": "texto", "etiqueta": "Otro dato", **si}
    accion = {"accion": "agregar", "familia": "campos", "elemento": nuevo, "en": "mensaje"}
    pasos_de_obra.hacer(entorno, rita, CONTACTO, obra.revision, accion)


@estado("obras.listado")
def formularios_de_la_entidad(m: Mirada) -> None:
    m.ingresar("rita")
    m.ver(BASE)


@estado("obras.ver")
def obra_entera(m: Mirada) -> None:
    entorno, ana = m.mundo.entorno, m.mundo.actor("ana")
    obras.editar(entorno, ana, MESA)
    quita = {"accion": "quitar", "familia": "campos", "cual": "anexos"}
    pasos_de_obra.hacer(entorno, ana, MESA, obras.leer(entorno, ana, MESA).revision, quita)
    _ver(m, "", MESA)


@estado("obras.ver", 422)
def obra_con_algo_que_no_se_puede(m: Mirada) -> None:
    _ver(m, "")
    m.ventana.evaluar(
        "document.querySelector('button[name=boton]').value = 'quitar|campos|mensaje'"
    )
    m.persona.enviar(m.persona.pagina.locator("button[name=boton]").first)


@estado("obras.por_descartar")
def obra_por_descartar(m: Mirada) -> None:
    _ver(m, "/descartar")


@estado("elementos.ver")
def elemento_con_opciones(m: Mirada) -> None:
    _ver(m, "/elemento/campos/tipo_documento", MESA)
    m.abrir_todo()


@estado("elementos.ver", 422)
def elemento_con_errores(m: Mirada) -> None:
    _ver(m, "/elemento/campos/documento_principal", MESA)
    m.abrir_todo()
    m.escribir(p_tamano_maximo="90")
    m.enviar("Guardar")


@estado("elementos.ver")
def elemento_del_plazo(m: Mirada) -> None:
    _ver(m, "/elemento/plazo/-")


@estado("elementos.opcion")
def opcion_de_un_campo(m: Mirada) -> None:
    _ver(m, "/opcion/tipo_documento/carta", MESA)


@estado("agregados.ver", 422)
def agregar_sin_nada_escrito(m: Mirada) -> None:
    _ver(m, "/agregar/campos/mensaje")
    m.enviar("Agregar")


@estado("agregados.ver")
def agregar_una_seccion(m: Mirada) -> None:
    _ver(m, "/agregar/secciones/tu-mensaje")


@estado("publicar.ver")
def publicar_con_problemas(m: Mirada) -> None:
    _romper(m)
    m.ingresar("rita")
    m.ver(f"{BASE}/{CONTACTO}/publicar")


@estado("ensayo.empezar")
def ensayo_con_problemas(m: Mirada) -> None:
    _romper(m)
    m.ingresar("rita")
    m.ver(f"{BASE}/{CONTACTO}/prueba")


@estado("publicar.ver", 422)
def publicar_sin_motivo(m: Mirada) -> None:
    m.mundo.entorno.punteros.olvidar()
    obras.empezar(m.mundo.entorno, m.mundo.actor("ana"), LIBRO)
    m.ingresar("ana")
    m.ver(f"{BASE}/{LIBRO}/publicar?asistente=si")
    m.escribir(motivo="")
    m.enviar("Publicar")


@estado("publicar.archivo", 422)
def archivo_hostil(m: Mirada) -> None:
    _ver(m, "/archivo")
    m.escribir(texto="a: &x [1]\nb: *x")
    m.enviar("Usar estos cambios")


@estado("publicar.archivo")
def archivo_de_cambios(m: Mirada) -> None:
    _ver(m, "/archivo")


@estado("publicar.versiones", 422)
def versiones_sin_decir_por_que(m: Mirada) -> None:
    _ver(m, "/versiones")
    m.enviar("Retirar")


@estado("publicar.versiones")
def versiones_de_un_formulario(m: Mirada) -> None:
    _ver(m, "/versiones")
    m.abrir_todo()


@estado("asistente.ver", 422)
def asistente_con_errores(m: Mirada) -> None:
    _ver(m, "/asistente/entidad")
    m.escribir(correo="x", direccion="")
    m.enviar("Continuar")


@estado("asistente.ver")
def asistente_del_horario(m: Mirada) -> None:
    _ver(m, "/asistente/horario")
    m.abrir_todo()


@estado("horario_de_formulario.ver")
def horario_fijo_de_un_formulario(m: Mirada) -> None:
    m.ingresar("ana")
    m.ver(f"{BASE}/{MESA}/horario")


@estado("horario_de_formulario.ver", 422)
def horario_propio_con_error(m: Mirada) -> None:
    entorno, rita = m.mundo.entorno, m.mundo.actor("rita")
    horarios.cambiar(entorno, rita, {"lunes": "8:00 a 16:00"}, None, editables=["horario"])
    m.ingresar("rita")
    m.ver(f"{BASE}/{MESA}/horario")
    m.escribir(**{"horario-lunes": "8:00 a 9:00"})
    m.enviar("Guardar")


@estado("asistente.ver")
def asistente_de_sedes(m: Mirada) -> None:
    _ver(m, "/asistente/sedes")


@estado("ensayo.ver")
def ensayo_en_la_primera_pagina(m: Mirada) -> None:
    _ver(m, "/prueba")


@estado("ensayo.ver")
def ensayo_en_la_revision(m: Mirada) -> None:
    _ver(m, "/prueba/revisar")


@estado("ensayo.ver", 422)
def ensayo_con_errores_al_final(m: Mirada) -> None:
    _ver(m, "/prueba/revisar")
    m.enviar("Terminar la prueba")
