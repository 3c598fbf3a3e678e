"""Los estados del portal y del formulario, hasta el cargo."""

from pathlib import Path

import pikepdf
from fabrica import CONTACTO, MESA, RIO, VALLE, crear_entidad, pdf

from facilita.tramite import formularios
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


@estado("formulario.primera")
def muestrario_vacio(m: Mirada) -> None:
    if "muestrario" not in {f.slug for f in m.mundo.todo(Formulario)}:
        entidad = m.mundo.entidad(RIO).id
        texto = MUESTRARIO.read_text()
        formularios.publicar(m.mundo.entorno, entidad, texto, MUESTRARIO.name, motivo="Muestra")
    m.ver(f"/{RIO}/muestrario")


@estado("formulario.primera", 422)
def muestrario_con_errores(m: Mirada) -> None:
    muestrario_vacio(m)
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
    m.persona.pagina.get_by_text("cifrado.pdf").first.wait_for()


@estado("formulario.ver")
def pagina_con_archivo_rechazado(m: Mirada) -> None:
    m.ver_borrador(m.mundo.abrir_mesa(), "tus-archivos")
    falso = guardar_pdf(m.sitio.carpeta, "falso.pdf", b"MZ" + b"\0" * 500)
    m.persona.adjuntar("documento_principal", falso)
    m.persona.control("documento_principal-error").wait_for()


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


@estado("presentar.cargo")
def cargo_recien_dado(m: Mirada) -> None:
    ficha = m.mundo.abrir_mesa(tipo_persona="juridica", ruc="20131312955", razon_social="X SAC")
    m.mundo.presentar(ficha)
    m.ver_borrador(ficha, "cargo")


@estado("presentar.cargo")
def cargo_con_un_nombre_lleno_de_tildes(m: Mirada) -> None:
    ficha = m.mundo.abrir_mesa(nombres="J" + "\u0301\u0316" * 47 + "osé", asunto="Pido \u0301" * 9)
    m.mundo.presentar(ficha)
    m.ver_borrador(ficha, "cargo")
