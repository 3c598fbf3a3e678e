"""El escenario de las medidas: una entidad, la mesa de partes y una presentación válida."""

import contextlib
import io
import json
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pikepdf

from facilita.armado import armar_entorno
from facilita.config import Configuracion, leer_configuracion
from facilita.migraciones import migrar
from facilita.tramite import entidades, formularios
from facilita.tramite.entorno import Entorno

RAIZ = Path(__file__).parents[1]
FORMULARIOS = RAIZ / "formularios" / "valle-sereno"
RESPUESTAS: dict[str, str] = {
    "tipo_persona": "natural", "tipo_documento_identidad": "dni",
    "numero_documento_identidad": "12345678", "nombres": "María Fernanda",
    "apellido_paterno": "Quispe", "apellido_materno": "Ñaupari", "correo": "maria@example.com",
    "celular": "987654321", "ubigeo": "Miraflores, Lima", "direccion": "Jr. Los Cedros 123",
    "sede": "central", "destinatario": "Obras", "tipo_documento": "carta",
    "numero_documento": "S/N", "asunto": "Solicito copia de mi licencia",
    "pedido": "La necesito para un trámite.", "folios": "1",
    "declaracion_jurada": "true", "privacidad": "true",
}  # fmt: skip


def ajustes(carpeta: Path, base: str) -> dict[str, str]:
    """Los ajustes de una medida, como en producción y con todo en su carpeta."""
    return {
        "FACILITA_SECRETO": "una medida no guarda nada que valga la pena proteger",
        "FACILITA_DIRECCION_PUBLICA": "https://mesa.example",
        "FACILITA_CARPETA_DE_DATOS": str(carpeta),
        "FACILITA_BASE_DE_DATOS": base,
        "FACILITA_PLANTILLAS": str(RAIZ / "plantillas"),
        # Cada persona llega con su IP por el proxy: los límites de frecuencia quedan puestos.
        "FACILITA_SALTOS_DE_PROXY": "1",
        # Quien viaja aquí no lee: se mide lo que cuesta presentar, no la pregunta que le haría.
        "FACILITA_SEGUNDOS_DE_REVISION": "0",
    }


def poblar(entorno: Entorno) -> None:
    """Migra y publica la mesa de partes, y otra con sus 28 campos en una sola página."""
    migrar(entorno.bd)
    archivo = FORMULARIOS / "entidad.yaml"
    dato = entidades.leer_archivo_de_entidad(archivo.read_text(), archivo.name)
    entidad = entidades.crear(entorno, dato)
    mesa = (FORMULARIOS / "mesa-de-partes.yaml").read_text()
    formularios.publicar(entorno, entidad, mesa, "mesa-de-partes.yaml", motivo="Medida")
    junta = json.dumps(en_una_pagina(entorno), ensure_ascii=False)
    formularios.publicar(entorno, entidad, junta, "en-una-pagina.yaml", motivo="Medida")


def en_una_pagina(entorno: Entorno) -> dict[str, Any]:
    """La plantilla de mesa de partes con sus 28 campos en una página, como se escribe a mano."""
    hallada = entorno.catalogo.ultima("mesa-de-partes")
    assert hallada is not None
    dato = json.loads(json.dumps(hallada[1]))
    dato = {k: v for k, v in dato.items() if k not in ("plantilla", "version")}
    secciones = [s for p in dato["paginas"] for s in p["secciones"]]
    secciones.append({"id": "acuerdo", "campos": dato["revision"]["campos"]})
    nota = {"id": "nota", "tipo": "informativo", "texto": "Revisa antes de presentar."}
    dato["revision"] = {**dato["revision"], "campos": [nota]}
    pagina = {"id": "todo", "titulo": "Mesa de partes", "secciones": secciones}
    return {**dato, "formulario": "en-una-pagina", "paginas": [pagina]}


def pdf_de_un_mega() -> bytes:
    """Un PDF válido de una página y 1 MB."""
    salida = io.BytesIO()
    with pikepdf.new() as documento:
        documento.add_blank_page()
        documento.Root.Relleno = documento.make_stream(os.urandom(1024 * 1024 - 1500))
        documento.save(salida, compress_streams=False)
    return salida.getvalue()


@contextlib.contextmanager
def postgres() -> Iterator[str]:
    """Un PostgreSQL propio, con la durabilidad de verdad; da la URL de una base vacía."""
    binarios = sorted(Path("/usr/lib/postgresql").glob("*/bin"))[-1]
    carpeta = Path(tempfile.mkdtemp(prefix="bench-pg-"))
    quien: dict[str, Any] = {"cwd": "/"}
    if os.geteuid() == 0:
        cuenta = pwd.getpwnam("postgres")
        os.chown(carpeta, cuenta.pw_uid, cuenta.pw_gid)
        quien.update(user=cuenta.pw_uid, group=cuenta.pw_gid, extra_groups=[])
    datos = carpeta / "datos"

    def correr(*orden: str) -> None:
        subprocess.run(orden, check=True, stdout=subprocess.DEVNULL, **quien)

    correr(
        str(binarios / "initdb"), "-D", str(datos), "-U", "postgres", "-A", "trust", "-E", "UTF8"
    )
    opciones = f"-c listen_addresses='' -k {carpeta} -c max_connections=100"
    control = str(binarios / "pg_ctl")
    correr(control, "-D", str(datos), "-w", "-l", str(carpeta / "log"), "-o", opciones, "start")
    try:
        correr(str(binarios / "createdb"), "-h", str(carpeta), "-U", "postgres", "bench")
        yield f"postgresql+psycopg://postgres@/bench?host={carpeta}"
    finally:
        correr(control, "-D", str(datos), "-m", "immediate", "stop")
        shutil.rmtree(carpeta, ignore_errors=True)


def armar(carpeta: Path, base: str) -> tuple[Configuracion, Entorno]:
    """La configuración y el entorno ya poblado."""
    configuracion = leer_configuracion(None, ajustes(carpeta, base))
    entorno = armar_entorno(configuracion)
    poblar(entorno)
    return configuracion, entorno
