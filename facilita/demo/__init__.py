"""La demostración: una entidad inventada con vida, solo en esta máquina y sin instalar nada."""

import secrets
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from facilita.armado import armar_entorno
from facilita.config import Configuracion, leer_configuracion
from facilita.conversiones import LARGO_DEL_SECRETO
from facilita.demo.carga import CLAVE, CUENTAS, Carga
from facilita.demo.historias import JOSE
from facilita.migraciones import migrar
from facilita.servicios.reloj import RelojFijo, RelojSistema
from facilita.tramite.entorno import Entorno
from facilita.tramite.permisos import ROLES

DIRECCION = "127.0.0.1"
DE_LA_CASILLA = JOSE["numero_documento_identidad"]
FORMULARIOS = Path("formularios")
_PROYECTO = Path(__file__).resolve().parents[2]


def configurar(puerto: int, datos: Path | None = None) -> Configuracion:
    """Los ajustes de la demostración; no mira `config.yaml` ni el entorno de la máquina.

    Su base de datos es solo suya: sus contraseñas son públicas y no deben tocar otra.
    """
    datos = datos or _raiz() / "var"
    datos.mkdir(parents=True, exist_ok=True)
    ajustes = {
        "demo": "si",
        "carpeta_de_datos": str(datos.absolute()),
        "base_de_datos": f"sqlite:///{datos.absolute() / 'demo.db'}",
        "plantillas": str((_raiz() / "plantillas").absolute()),
        "casilla": "si",
        "mensajeria": f"demo:{datos.absolute() / 'celulares'}",
        "secreto": _secreto(datos / "demo.secreto"),
        "direccion_publica": f"http://{DIRECCION}:{puerto}",
    }
    return leer_configuracion(None, {f"FACILITA_{c.upper()}": v for c, v in ajustes.items()})


def _raiz() -> Path:
    """La carpeta actual si es un proyecto; si no, la de este programa."""
    return Path() if FORMULARIOS.is_dir() else _PROYECTO


def _secreto(archivo: Path) -> str:
    """El mismo de la vez pasada: quien ingresó sigue dentro."""
    guardado = archivo.read_text("ascii") if archivo.is_file() else ""
    if len(guardado) < LARGO_DEL_SECRETO:
        guardado = secrets.token_urlsafe(48)
        archivo.touch(mode=0o600)
        archivo.write_text(guardado, "ascii")
    return guardado


def preparar(configuracion: Configuracion, decir: Callable[[str], None]) -> Entorno:
    """El entorno de la demostración; la primera vez carga sus datos, las demás los conserva."""
    archivo = configuracion.carpeta_de_datos / "demo.db"
    if not archivo.is_file():
        _cargar(configuracion, archivo, decir)
    entorno = armar_entorno(configuracion)
    migrar(entorno.bd)
    return entorno


def _cargar(configuracion: Configuracion, archivo: Path, decir: Callable[[str], None]) -> None:
    """Carga en otro archivo y lo deja en su lugar al terminar: no queda nunca a medias."""
    decir("Primera vez: cargando la demostración.")
    nuevo = archivo.with_name("demo.nueva.db")
    for resto in ("", "-wal", "-shm", "-turno"):
        nuevo.with_name(nuevo.name + resto).unlink(missing_ok=True)
    ahora = RelojSistema().ahora()
    reloj = RelojFijo(ahora)
    entorno = armar_entorno(replace(configuracion, base_de_datos=f"sqlite:///{nuevo}"), reloj)
    try:
        migrar(entorno.bd)
        Carga(entorno, reloj, ahora).cargar(_raiz() / FORMULARIOS, decir)
    finally:
        entorno.bd.cerrar()
    nuevo.replace(archivo)


def presentacion(configuracion: Configuracion) -> str:
    """La dirección y las cuentas, para quien acaba de arrancarla."""
    raiz = configuracion.direccion_publica
    ancho = max(map(len, CUENTAS))
    cuentas = [f"  {c:<{ancho}}  {ROLES[p.rol]}" for c, (_, _, p) in CUENTAS.items()]
    return "\n".join(
        [
            "",
            f"Facilita, demostración: {raiz}",
            "",
            f"  La mesa de partes    {raiz}/valle-sereno/mesa-de-partes",
            f"  Para el personal     {raiz}/ingresar",
            f"  La casilla           {raiz}/casilla, con el DNI {DE_LA_CASILLA}",
            f"  El observatorio      {raiz}/observatorio",
            f"  Los correos          {raiz}/demo/correos",
            f"  Los celulares        {raiz}/demo/celulares",
            "",
            f"Cuentas, todas con la contraseña: {CLAVE}",
            *cuentas,
            "",
            "Se detiene con Ctrl-C.",
        ]
    )
