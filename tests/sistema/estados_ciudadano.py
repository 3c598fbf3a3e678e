"""Los estados del portal y del formulario, hasta el cargo."""

from pathlib import Path

import pikepdf
from fabrica import (
    CONTACTO,
    DE_MESA,
    FORMULARIOS,
    MESA,
    RIO,
    VALLE,
    Mundo,
    alargar_borradores,
    crear_entidad,
    pdf,
)

from facilita.tramite import borradores, formularios, subidas, trozos
from facilita.tramite.cruce import marca
from facilita.tramite.modelos import Formulario

from .estados import Mirada, estado
from .ventanas import guardar_pdf

MUESTRARIO = Path(__file__).with_name("muestrario.yaml")
PRIMERA = f"/{VALLE}/{MESA}"


def _cifrado(carpeta: Path) -> Path:
    ruta = guardar_pdf(carpeta, "cifrado.pdf", pdf(2))
    with pikepdf.open(ruta, allow_overwriting_input=True) as documento:
        documento.save(ruta, encryption=pikepdf.Encryption(owner="una", user="dos"))
    return ruta


# --- el portal ------------------------------------------------------------------------------------


@estado("portal.inicio")
def portada(m: Mirada) -> None:
    m.ver("/")


@estado("portal.inicio")
def portada_con_hallazgos(m: Mirada) -> None:
    m.ver("/?q=valle+sereno")


@estado("portal.inicio")
def portada_sin_hallazgos(m: Mirada) -> None:
    m.ver("/?q=" + "nadie" * 19)


@estado("portal.de_entidad")
def entidad_con_formularios(m: Mirada) -> None:
    m.ver(f"/{VALLE}/")


@estado("portal.de_entidad")
def entidad_sin_formularios(m: Mirada) -> None:
    crear_entidad(m.mundo.entorno, entidad="cerro-azul", ruc="20100000009")
    m.ver("/cerro-azul/")


@estado("portal.privacidad")
def privacidad(m: Mirada) -> None:
    m.ver(f"/{VALLE}/privacidad")


@estado("portal.accesibilidad")
def accesibilidad(m: Mirada) -> None:
    m.ver("/accesibilidad")


@estado("portal.accesibilidad_de")
def accesibilidad_de_una_entidad(m: Mirada) -> None:
    m.ver(f"/{VALLE}/accesibilidad")


@estado("portal.privacidad_de")
def privacidad_de_un_formulario(m: Mirada) -> None:
    m.ver(f"{PRIMERA}/privacidad")


@estado("", 404)
def no_existe(m: Mirada) -> None:
    m.ver("/nada/de/esto")


# --- el formulario --------------------------------------------------------------------------------


@estado("formulario.primera")
def primera_vacia(m: Mirada) -> None:
    m.ver(PRIMERA)


@estado("formulario.primera", 422)
def primera_con_errores(m: Mirada) -> None:
    m.ver(PRIMERA)
    m.enviar("Continuar")


@estado("formulario.primera")
def primera_de_persona_juridica(m: Mirada) -> None:
    m.ver(PRIMERA)
    m.persona.marcar(m.persona.control("tipo_persona-1"))


@estado("formulario.primera", 422)
def primera_de_persona_juridica_con_errores(m: Mirada) -> None:
    primera_de_persona_juridica(m)
    m.escribir(ruc="1", ubigeo="Miraflores", numero_documento_identidad="1", correo="yo@")
    m.enviar("Continuar")


def publicar_muestrario(mundo: Mundo) -> str:
    """El muestrario, publicado una sola vez; da su dirección."""
    entidad = mundo.entidad(RIO).id
    if "muestrario" not in {f.slug for f in mundo.todo(Formulario)}:
        texto = MUESTRARIO.read_text("utf-8")
        formularios.publicar(mundo.entorno, entidad, texto, MUESTRARIO.name, motivo="Muestra")
    return f"/{RIO}/muestrario"


@estado("formulario.primera")
def muestrario_vacio(m: Mirada) -> None:
    m.ver(publicar_muestrario(m.mundo))


@estado("formulario.primera", 422)
def muestrario_con_errores(m: Mirada) -> None:
    muestrario_vacio(m)
    m.enviar("Continuar")


@estado("formulario.ver")
def muestrario_con_otra_fila(m: Mirada) -> None:
    muestrario_vacio(m)
    m.persona.marcar(m.persona.control("testigos-0-declara"))
    m.enviar("Agregar testigo")


@estado("formulario.ver", 422)
def muestrario_con_errores_en_las_filas(m: Mirada) -> None:
    muestrario_con_otra_fila(m)
    m.escribir(**{"testigos-0-testigo": "Rosa", "testigos-1-vive": "Miraflores", "costo": "x"})
    m.persona.marcar(m.persona.control("pago-medio"))
    m.enviar("Continuar")


@estado("formulario.primera")
def contacto_vacio(m: Mirada) -> None:
    m.ver(f"/{VALLE}/{CONTACTO}")


@estado("formulario.ver")
def pagina_llena(m: Mirada) -> None:
    m.ver_borrador(m.mundo.abrir_mesa(), "tus-datos")


@estado("formulario.ver", 422)
def pagina_con_errores(m: Mirada) -> None:
    m.ver_borrador(m.mundo.abrir_mesa(asunto="", tipo_documento=""), "tu-documento")
    m.enviar("Continuar")


@estado("formulario.ver")
def pagina_con_archivo(m: Mirada) -> None:
    m.ver_borrador(m.mundo.abrir_mesa(), "tus-archivos")


@estado("formulario.ver")
def pagina_con_archivo_recien_subido(m: Mirada) -> None:
    m.ver_borrador(m.mundo.abrir_mesa(), "tus-archivos")
    m.persona.adjuntar("documento_principal", _cifrado(m.sitio.carpeta))
    m.persona.pagina.get_by_text("pide una contraseña").wait_for()


def _detenida(m: Mirada, como: str) -> None:
    """Un archivo a mitad de subir: la línea no avanza, o se cortó."""
    m.ver_borrador(m.mundo.abrir_mesa(), "tus-archivos")
    m.ventana.tolera = ("net::ERR_",)
    pagina = m.persona.pagina
    if como == "cortada":
        pagina.route("**/archivo/parcial/*", lambda ruta: ruta.abort("connectionreset"))
    else:
        pagina.route("**/archivo/parcial/*", lambda ruta: None)
    m.persona.adjuntar("anexos", guardar_pdf(m.sitio.carpeta, "memoria-descriptiva.pdf", pdf(9)))


@estado("formulario.ver")
def pagina_con_archivo_subiendo(m: Mirada) -> None:
    _detenida(m, "subiendo")
    m.persona.pagina.get_by_text("0 %").wait_for()


@estado("formulario.ver")
def pagina_con_la_linea_cortada(m: Mirada) -> None:
    _detenida(m, "cortada")
    m.persona.pagina.get_by_text("Se cortó la conexión").wait_for()


@estado("formulario.ver")
def pagina_con_archivos_que_no_entran(m: Mirada) -> None:
    m.ver_borrador(m.mundo.abrir_mesa(), "tus-archivos")
    programas = [guardar_pdf(m.sitio.carpeta, n, b"MZ") for n in ("uno.exe", "dos.exe")]
    m.persona.control("anexos").set_input_files(programas)
    m.persona.pagina.get_by_text("«dos.exe»").wait_for()


def _a_medias(m: Mirada) -> str:
    """Un borrador con un archivo que no terminó de subir; da su ficha."""
    ficha, entorno, entidad = m.mundo.abrir_mesa(), m.mundo.entorno, m.mundo.entidad()
    cual = subidas.abrir(entorno, entidad, ficha, "anexos", "memoria-descriptiva.pdf", 9_000_000)
    with entorno.almacen.recibir() as recepcion:
        recepcion.write(b"0" * 3_000_000)
        trozos.agregar(entorno, entidad, ficha, cual.id, 0, recepcion)
    return ficha


@estado("formulario.ver")
def pagina_con_archivo_a_medias(m: Mirada) -> None:
    m.ver_borrador(_a_medias(m), "tus-archivos")


@estado("presentar.revisar")
def revisar_con_archivo_a_medias(m: Mirada) -> None:
    m.ver_borrador(_a_medias(m), "revisar")


@estado("formulario.ver")
def pagina_con_archivo_infectado(m: Mirada) -> None:
    ficha = m.mundo.abrir_mesa()
    subida = m.mundo.subida("anexos", "fotos del predio.pdf", paginas=17)
    borradores.guardar(m.mundo.entorno, m.mundo.entidad(), ficha, {}, [subida])
    m.infectar()
    m.ver_borrador(ficha, "tus-archivos")


@estado("formulario.ver")
def pagina_con_archivo_rechazado(m: Mirada) -> None:
    m.ver_borrador(m.mundo.abrir_mesa(), "tus-archivos")
    falso = guardar_pdf(m.sitio.carpeta, "falso.pdf", b"MZ" + b"\0" * 500)
    m.persona.adjuntar("documento_principal", falso)
    m.persona.control("documento_principal-error").wait_for()


@estado("formulario.ver")
def pagina_por_vencer(m: Mirada) -> None:
    ficha = m.mundo.abrir_mesa()
    m.mundo.pasar(days=6, hours=23, minutes=57)
    m.ver_borrador(ficha, "tu-documento")
    m.persona.boton("Necesito más tiempo").wait_for()


@estado("retomar.continuar")
def nada_que_continuar(m: Mirada) -> None:
    m.ver(PRIMERA + "/continuar")


@estado("retomar.continuar")
def continuar_lo_empezado(m: Mirada) -> None:
    for _ in range(2):
        m.ver_borrador(m.mundo.abrir_mesa(), "despues/guardado")
    m.ver(PRIMERA + "/continuar")


@estado("retomar.guardado")
def guardado(m: Mirada) -> None:
    m.ver(PRIMERA)
    m.enviar("Guardar y continuar después")


@estado("retomar.enviar_enlace", 422)
def guardado_con_un_correo_mal_escrito(m: Mirada) -> None:
    m.ver_borrador(m.mundo.abrir_mesa(), "despues/guardado")
    m.escribir(correo="rosa@")
    m.enviar("Enviarme el enlace")


@estado("retomar.preguntar")
def borrar_un_borrador(m: Mirada) -> None:
    m.ver_borrador(m.mundo.abrir_mesa(), "despues/borrar")


@estado("retomar.preguntar")
def borrado(m: Mirada) -> None:
    borrar_un_borrador(m)
    m.enviar("Sí, borrarlo")


def _dos_ventanas(m: Mirada) -> None:
    ficha, entidad = m.mundo.abrir_mesa(), m.mundo.entidad()
    for asunto in ("Lo que escribí primero", "Lo que escribí después"):
        escrito = {"asunto": asunto, "pedido": f"{asunto}, y por qué"}
        visto = {c: marca(DE_MESA[c]) for c in escrito}
        borradores.guardar(m.mundo.entorno, entidad, ficha, escrito, visto=visto)
    m.ver_borrador(ficha, "ventanas/elegir")


@estado("retomar.mirar")
def elegir_entre_dos_ventanas(m: Mirada) -> None:
    _dos_ventanas(m)


@estado("retomar.elegir", 422)
def elegir_sin_elegir(m: Mirada) -> None:
    _dos_ventanas(m)
    m.enviar("Quedarme con lo elegido")


@estado("presentar.revisar")
def revision_con_algo_por_elegir(m: Mirada) -> None:
    _dos_ventanas(m)
    m.ver(m.persona.pagina.url.replace("ventanas/elegir", "revisar"))


@estado("", 410)
def borrador_vencido(m: Mirada) -> None:
    ficha = m.mundo.abrir_mesa()
    m.mundo.pasar(days=40)
    m.ver_borrador(ficha, "tus-datos")


@estado("presentar.revisar")
def revision(m: Mirada) -> None:
    m.ver_borrador(m.mundo.abrir_mesa(), "revisar")


@estado("presentar.revisar", 422)
def revision_con_errores(m: Mirada) -> None:
    m.ver_borrador(m.mundo.abrir_mesa(asunto="", folios="9"), "revisar")
    m.enviar("Presentar")


@estado("presentar.revisar", 422)
def revision_por_confirmar(m: Mirada) -> None:
    m.ver_borrador(m.mundo.abrir_mesa(), "revisar")
    # Como un programa: llena también lo que nadie ve.
    m.ventana.evaluar("document.getElementById('sitio-web').value = 'https://x.example'")
    for cual in ("declaracion_jurada", "privacidad"):
        m.persona.marcar(m.persona.control(cual))
    m.enviar("Presentar")


@estado("opiniones.opinar", 422)
def opinion_sin_elegir_y_muy_larga(m: Mirada) -> None:
    _recien_presentada(m)
    m.ventana.evaluar("document.getElementById('comentario').value = 'a'.repeat(1001)")
    m.enviar("Enviar mi opinión")


def _recien_presentada(m: Mirada) -> None:
    ficha = m.mundo.abrir_mesa()
    m.mundo.presentar(ficha)
    m.ver_borrador(ficha, "cargo")


@estado("opiniones.preguntar")
def opinion_dada(m: Mirada) -> None:
    _recien_presentada(m)
    m.persona.marcar(m.persona.control("nota"))
    m.enviar("Enviar mi opinión")


@estado("presentar.cargo")
def cargo_recien_dado(m: Mirada) -> None:
    ficha = m.mundo.abrir_mesa(tipo_persona="juridica", ruc="20131312955", razon_social="X SAC")
    m.mundo.presentar(ficha)
    m.ver_borrador(ficha, "cargo")


# --- una versión nueva --------------------------------------------------------------------------

MESA_DOS = f"""\
formato: 1
formulario: {MESA}
plantilla: {MESA}@1
cambios:
  campos:
    pedido: {{largo_maximo: 10}}
  quitar:
    campos: [numero_documento]
    opciones:
      tipo_documento: [carta]
  agregar:
    - campo: {{id: partida, tipo: texto, etiqueta: Partida registral, obligatorio: true}}
      despues_de: asunto
"""


def _mirar_con_version_nueva(
    m: Mirada, pagina: str, *, dias: int = 0, cual: str = MESA, texto: str = MESA_DOS
) -> None:
    """Mira un borrador de la versión anterior y deja el formulario como estaba."""
    ficha = m.mundo.abrir_mesa() if cual == MESA else m.mundo.abrir_contacto()
    _publicar(m, texto)
    m.mundo.pasar(days=dias, seconds=1)
    alargar_borradores(m.mundo)
    m.ver_borrador(ficha, pagina, cual=cual)
    archivo = "mesa-de-partes.yaml" if cual == MESA else "contacto.yaml"
    _publicar(m, (FORMULARIOS / archivo).read_text())


def _publicar(m: Mirada, texto: str) -> None:
    entidad = m.mundo.entidad(VALLE).id
    formularios.publicar(m.mundo.entorno, entidad, texto, "v.yaml", motivo="Mejora")


@estado("formulario.ver")
def pagina_con_version_nueva(m: Mirada) -> None:
    _mirar_con_version_nueva(m, "tu-documento")


@estado("presentar.revisar")
def revision_con_version_nueva(m: Mirada) -> None:
    _mirar_con_version_nueva(m, "revisar")


@estado("mudanza.ver")
def mudanza_que_pierde(m: Mirada) -> None:
    _mirar_con_version_nueva(m, "version/nueva")
    m.abrir_todo()


@estado("mudanza.ver")
def mudanza_pasada_la_gracia(m: Mirada) -> None:
    _mirar_con_version_nueva(m, "version/nueva", dias=m.mundo.entorno.dias_de_gracia)


@estado("mudanza.ver")
def mudanza_que_no_pierde_nada(m: Mirada) -> None:
    texto = (FORMULARIOS / "contacto.yaml").read_text() + "  introduccion: Otra.\n"
    _mirar_con_version_nueva(m, "version/nueva", cual=CONTACTO, texto=texto)


@estado("presentar.cargo")
def cargo_con_un_nombre_lleno_de_tildes(m: Mirada) -> None:
    ficha = m.mundo.abrir_mesa(nombres="J" + "\u0301\u0316" * 47 + "osé", asunto="Pido \u0301" * 9)
    m.mundo.presentar(ficha)
    m.ver_borrador(ficha, "cargo")
