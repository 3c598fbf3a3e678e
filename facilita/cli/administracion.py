"""Las órdenes de quien administra: entidades, usuarios y lo que se publica."""

import secrets
import sys
from dataclasses import asdict
from pathlib import Path

import click

from facilita.cli.comun import Grupo, Orden, en_json, escribir_json, nota
from facilita.cli.consola import Consola, con_consola
from facilita.servicios.codigos import ALFABETO
from facilita.tramite import cuentas, entidades, formularios, importacion, usuarios
from facilita.tramite.entorno import Entorno
from facilita.tramite.errores import NoExiste
from facilita.tramite.permisos import ROLES

ARCHIVO = click.Path(exists=True, dir_okay=False, path_type=Path)
con_entidad = click.option(
    "--entidad",
    required=True,
    metavar="SLUG",
    help="La entidad, como sale en su dirección: «puerto-lindo».",
)
con_motivo = click.option(
    "--motivo", required=True, metavar="TEXTO", help="Por qué; queda en el historial."
)
con_clave_de_entrada = click.option(
    "--clave-de-entrada",
    is_flag=True,
    help="Lee la contraseña de la entrada estándar, su primera línea.",
)


QUE_PASO = {
    "nueva": "Publicada {cual}.",
    "vuelve": "Estaba retirado: se ofrece otra vez, con {cual}.",
    "repuesta": "Ese contenido ya existía: vuelve a estar vigente {cual}.",
    "ninguno": "Nada cambió: ya estaba vigente {cual}.",
}

# --- formularios --------------------------------------------------------------------------------


@click.command(cls=Orden, short_help="Publica un formulario.")
@click.argument("ruta", metavar="RUTA", type=ARCHIVO)
@con_entidad
@con_motivo
@click.option("--area", metavar="CÓDIGO", help="El área que recibe lo que llegue.")
@click.option("--usuario", metavar="CORREO", help="Quién publica.")
@en_json
@con_consola
def publicar(
    consola: Consola,
    ruta: Path,
    entidad: str,
    motivo: str,
    area: str | None,
    usuario: str | None,
    en_json: bool,
) -> None:
    """Publica el formulario de RUTA en una entidad.

    El mismo contenido no crea otra versión. Si el formulario tiene fallas, las escribe y no
    publica nada.
    """
    with consola.entorno() as entorno:
        publicado = formularios.publicar(
            entorno,
            entidades.por_slug(entorno, entidad).id,
            _leer(ruta),
            str(ruta),
            motivo=motivo,
            usuario_id=usuario_de(entorno, usuario) if usuario else None,
            area=area,
        )
        direccion = f"{entorno.direccion_publica}/{entidad}/{publicado.formulario}"
    if en_json:
        escribir_json(
            {
                "entidad": entidad,
                "formulario": publicado.formulario,
                "version": publicado.version,
                "digest": publicado.digest,
                "es_nueva": publicado.es_nueva,
                "cambio": publicado.cambio,
                "roles_sin_nadie": list(publicado.sin_nadie),
                "privacidad_sin_declarar": list(publicado.sin_declarar),
                "direccion": direccion,
            }
        )
        return
    cual = f"la versión {publicado.version} de «{publicado.formulario}»"
    click.echo(QUE_PASO[publicado.cambio].format(cual=cual))
    click.echo(direccion)
    if publicado.sin_declarar:
        falta = "; ".join(p.lower() for p in publicado.sin_declarar)
        nota(f"Su aviso de privacidad no dice: {falta}. Decláralo en el archivo de la entidad.")
    for rol in publicado.sin_nadie:
        nota(f"Nadie cumple todavía el rol «{rol}»: dáselo con «facilita rol asignar».")


@click.command(cls=Orden, short_help="Deja de ofrecer un formulario.")
@click.argument("formulario", metavar="FORMULARIO")
@con_entidad
@con_motivo
@click.option("--usuario", required=True, metavar="CORREO", help="Quién lo retira.")
@click.option("--aviso", metavar="TEXTO", help="Lo que se le dice a quien llegue a su dirección.")
@con_consola
def retirar(
    consola: Consola, formulario: str, entidad: str, motivo: str, usuario: str, aviso: str | None
) -> None:
    """Deja de ofrecer un formulario; lo ya presentado sigue su curso.

    FORMULARIO es su nombre en la dirección. Para ofrecerlo de nuevo, publícalo otra vez.
    """
    with consola.entorno() as entorno:
        suya = entidades.por_slug(entorno, entidad).id
        quien = usuario_de(entorno, usuario)
        try:
            formularios.retirar(
                entorno, suya, formulario, motivo=motivo, usuario_id=quien, aviso=aviso
            )
        except NoExiste:
            frase = f"«{entidad}» no tiene un formulario «{formulario}»."
            raise click.ClickException(frase) from None
    click.echo(f"«{formulario}» ya no se ofrece.")


def _leer(ruta: Path) -> str:
    try:
        return ruta.read_text("utf-8")
    except UnicodeDecodeError:
        raise click.ClickException(f"{ruta}:1: documento: no está escrito en UTF-8") from None


def usuario_de(entorno: Entorno, correo: str) -> int:
    """El id del usuario de ese correo; lanza `NoExiste`."""
    hallado = cuentas.hallar(entorno, correo)
    if hallado is None:
        raise NoExiste(f"No hay ningún usuario con el correo {correo}.")
    return hallado


# --- entidades ----------------------------------------------------------------------------------


@click.group(cls=Grupo)
def entidad() -> None:
    """Crea y lista las entidades."""


@entidad.command("crear")
@click.argument("archivo", metavar="ARCHIVO", type=ARCHIVO)
@en_json
@con_consola
def crear_entidad(consola: Consola, archivo: Path, en_json: bool) -> None:
    """Crea la entidad de ARCHIVO con sus sedes y áreas.

    Si ya existe, actualiza sus datos.
    """
    dato = entidades.leer_archivo_de_entidad(archivo.read_bytes(), str(archivo))
    with consola.entorno() as entorno:
        entidades.crear(entorno, dato)
        direccion = f"{entorno.direccion_publica}/{dato['entidad']}/"
    if en_json:
        propios = {c: dato[c] for c in ("entidad", "nombre", "ruc")}
        escribir_json({**propios, "direccion": direccion})
        return
    click.echo(f"Lista la entidad «{dato['entidad']}»: {dato['nombre']}.")
    click.echo(direccion)


@entidad.command("importar")
@click.argument("archivo", metavar="ARCHIVO", type=ARCHIVO)
@click.option("--solo-mirar", is_flag=True, help="Dice qué pasaría y no guarda nada.")
@en_json
@con_consola
def importar_entidades(consola: Consola, archivo: Path, solo_mirar: bool, en_json: bool) -> None:
    """Registra las entidades de un CSV, o actualiza las que ya están.

    La primera línea de ARCHIVO nombra las columnas: ruc, nombre, tipo, ubigeo y correo y, si hay,
    siglas, telefono, direccion y sitio. Una línea con fallas no se importa; si las hay, sale con 1.
    """
    verbo = importacion.mirar_archivo if solo_mirar else importacion.importar_archivo
    with consola.entorno() as entorno:
        previa = verbo(entorno, importacion.texto_de(archivo.read_bytes()))
    cuentas = {que: previa.cuantas(que) for que in ("nueva", "cambia", "igual")}
    if en_json:
        escribir_json({**cuentas, "fallas": [asdict(f) for f in previa.fallas]})
    else:
        for falla in previa.fallas:
            click.echo(f"{archivo}:{falla.linea}: {falla.columna}: {falla.texto}")
        como = "Se registrarían" if solo_mirar else "Registradas"
        click.echo(
            f"{como}: {cuentas['nueva']}. Con cambios: {cuentas['cambia']}. "
            f"Iguales: {cuentas['igual']}."
        )
    if previa.fallas:
        raise click.exceptions.Exit(1)


@entidad.command("lista")
@click.argument("texto", metavar="[TEXTO]", default="", required=False)
@en_json
@con_consola
def listar_entidades(consola: Consola, texto: str, en_json: bool) -> None:
    """Lista las entidades, o las que responden a TEXTO."""
    with consola.entorno() as entorno:
        filas = entidades.buscar(entorno, texto, limite=10_000, todas=True)
    if en_json:
        escribir_json([{"entidad": s, "nombre": n, "ruc": r} for s, n, r in filas])
        return
    ancho = max((len(slug) for slug, _, _ in filas), default=0)
    for slug, nombre, ruc in filas:
        click.echo(f"{slug:<{ancho}}  {ruc}  {nombre}")


# --- usuarios -----------------------------------------------------------------------------------


@click.group(cls=Grupo)
def usuario() -> None:
    """Crea usuarios y repone sus contraseñas."""


@usuario.command("crear")
@click.argument("correo", metavar="CORREO")
@con_entidad
@click.option("--nombres", required=True, metavar="TEXTO", help="Nombres y apellidos.")
@click.option(
    "--rol", required=True, type=click.Choice(list(ROLES)), metavar="ROL",
    help=f"Su rol: {', '.join(ROLES)}.",
)  # fmt: skip
@click.option("--sede", metavar="CÓDIGO", help="Su sede.")
@click.option("--area", metavar="CÓDIGO", help="Su área.")
@con_clave_de_entrada
@en_json
@con_consola
def crear_usuario(
    consola: Consola,
    correo: str,
    entidad: str,
    nombres: str,
    rol: str,
    sede: str | None,
    area: str | None,
    clave_de_entrada: bool,
    en_json: bool,
) -> None:
    """Crea un usuario y le da su lugar en una entidad.

    Pide la contraseña; si se deja en blanco, o no hay quien la escriba, hace una y la muestra una
    sola vez. Si el usuario ya existe, solo cambia sus nombres y su lugar: su contraseña no.
    """
    puesto = usuarios.Puesto(rol, sede, area)
    with consola.entorno() as entorno:
        suya = entidades.por_slug(entorno, entidad).id
        es_nuevo = cuentas.hallar(entorno, correo) is None
        clave, hecha = _pedir_clave(clave_de_entrada) if es_nuevo else (clave_nueva(), False)
        usuarios.crear(entorno, suya, correo, nombres, puesto, clave)
    if en_json:
        dado = {"correo": correo, "entidad": entidad, "rol": rol, "nuevo": es_nuevo}
        escribir_json({**dado, "clave": clave if hecha else None})
        return
    if not es_nuevo:
        click.echo(f"{correo} ya tenía cuenta: conserva su contraseña.")
    click.echo(f"Listo: {correo} es {ROLES[rol]} en «{entidad}».")
    _mostrar_si_hecha(clave, hecha)


@usuario.command("clave")
@click.argument("correo", metavar="CORREO")
@con_clave_de_entrada
@en_json
@con_consola
def reponer_clave(consola: Consola, correo: str, clave_de_entrada: bool, en_json: bool) -> None:
    """Pone otra contraseña a un usuario y cierra sus sesiones.

    Pide la contraseña; si se deja en blanco, o no hay quien la escriba, hace una y la muestra una
    sola vez.
    """
    with consola.entorno() as entorno:
        usuario_de(entorno, correo)
        clave, hecha = _pedir_clave(clave_de_entrada)
        cuentas.restablecer_clave(entorno, correo, clave)
    if en_json:
        escribir_json({"correo": correo, "clave": clave if hecha else None})
        return
    click.echo(f"Listo: {correo} ingresa desde ahora con la contraseña nueva.")
    _mostrar_si_hecha(clave, hecha)


@usuario.command("sin-segundo-factor")
@click.argument("correo", metavar="CORREO")
@con_consola
def quitar_segundo_factor(consola: Consola, correo: str) -> None:
    """Quita el segundo factor a quien perdió su celular y sus códigos, y cierra sus sesiones.

    Comprueba antes quién lo pide: después basta su contraseña para entrar.
    """
    with consola.entorno() as entorno:
        cuentas.quitar_segundo_factor(entorno, correo)
    click.echo(f"Listo: {correo} entra con su contraseña y puede activarlo otra vez.")


def _pedir_clave(de_entrada: bool) -> tuple[str, bool]:
    """La contraseña, y si hubo que hacerla."""
    if de_entrada:
        return sys.stdin.readline().rstrip("\r\n"), False
    if sys.stdin.isatty():
        escrita = click.prompt(
            "Contraseña (en blanco, se hace una)",
            default="",
            hide_input=True,
            confirmation_prompt=True,
            show_default=False,
        )
        if escrita:
            return escrita, False
    return clave_nueva(), True


def clave_nueva() -> str:
    """Una contraseña de 90 bits que se puede dictar por teléfono."""
    letras = [secrets.choice(ALFABETO.lower()) for _ in range(20)]
    return "-".join("".join(letras[n : n + 5]) for n in range(0, 20, 5))


def _mostrar_si_hecha(clave: str, hecha: bool) -> None:
    if hecha:
        click.echo(f"Contraseña: {clave}")
        click.echo("No se volverá a mostrar. Pide que la cambie al ingresar.")
