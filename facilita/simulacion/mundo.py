"""El mundo de una simulación: una base de paso y una entidad inventada con su personal."""

import secrets
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import event
from sqlalchemy.engine import make_url
from sqlalchemy.schema import CreateSchema, DropSchema

from facilita.migraciones import migrar
from facilita.plazos import LIMA
from facilita.servicios.almacen import abrir_almacen
from facilita.servicios.catalogo import Catalogo
from facilita.servicios.correo import Entrega, Mensaje
from facilita.servicios.correo_mensaje import componer
from facilita.servicios.reloj import RelojFijo
from facilita.servicios.territorio import abrir_territorio
from facilita.tramite import encargos, entidades, formularios, sesiones, usuarios
from facilita.tramite.bd import BaseDeDatos
from facilita.tramite.encargos import Titular
from facilita.tramite.entorno import Entorno
from facilita.tramite.formularios import Vigente
from facilita.tramite.permisos import Actor
from facilita.tramite.usuarios import Puesto

INICIO = datetime(2026, 11, 23, 10, 0, tzinfo=LIMA)
"""Un lunes de atención; el reloj de cada simulación parte siempre de aquí."""

SLUG = "entidad-de-ensayo"
ENTIDAD: Mapping[str, Any] = {
    "formato": 1,
    "entidad": SLUG,
    "nombre": "Entidad de Ensayo",
    "nombre_corto": "Ensayo",
    "ruc": "20987654326",
    "tipo": "gobierno_local",
    "ubigeo": "150101",
    "correo": "mesadepartes@ensayo.example",
    "horario": {"lunes_a_viernes": [["08:00", "16:30"]]},
    "sedes": [
        {"codigo": "central", "nombre": "Sede central", "principal": True, "recibe": True},
        {"codigo": "norte", "nombre": "Sede Norte", "ubigeo": "130101", "recibe": True},
        {"codigo": "sur", "nombre": "Sede Sur", "ubigeo": "080101", "recibe": True},
    ],
    "areas": [
        {"codigo": "tramite", "nombre": "Trámite documentario"},
        {"codigo": "obras", "nombre": "Obras"},
        {"codigo": "legal", "nombre": "Asesoría legal"},
    ],
}
PUESTOS: Sequence[Puesto] = (
    Puesto("colaborador"),
    Puesto("colaborador", area="tramite"),
    Puesto("colaborador", area="obras"),
    Puesto("coordinador_sede", sede="central"),
    Puesto("coordinador_sede", sede="norte"),
    Puesto("coordinador_sede", sede="sur"),
    Puesto("coordinador_entidad"),
)

PUESTO_DE_ROL = Puesto("colaborador", area="legal")
"""El de quien cumple un rol que el formulario declara: por su puesto solo no vería nada."""


class CatalogoConPropia(Catalogo):
    """El catálogo de la carpeta y, además, la plantilla que se está simulando."""

    def __init__(self, carpeta: Path, propia: Mapping[str, Any] | None) -> None:
        super().__init__(carpeta)
        self.propia = propia

    def plantilla(self, cual: str, version: int) -> Mapping[str, Any] | None:
        """La plantilla que se simula, si es esa; si no, la del catálogo."""
        propia = self.propia
        if propia and (propia["plantilla"], propia["version"]) == (cual, version):
            return propia
        return super().plantilla(cual, version)


@dataclass
class CorreoDeEnsayo:
    """Compone cada mensaje como si saliera y no lo manda a ninguna parte."""

    enviados: int = 0

    def enviar(self, lote: Sequence[Mensaje]) -> list[Entrega]:
        """Un resultado por mensaje y en su orden."""
        for mensaje in lote:
            componer(mensaje).as_bytes()
        self.enviados += len(lote)
        return [Entrega(m.id_mensaje, True, True, "de ensayo") for m in lote]


@dataclass(frozen=True)
class Mundo:
    """Un entorno entero con una entidad, su personal y un formulario publicado."""

    entorno: Entorno
    reloj: RelojFijo
    vigente: Vigente
    actores: Sequence[Actor]
    correo: CorreoDeEnsayo = field(default_factory=CorreoDeEnsayo)


@contextmanager
def abrir_mundo(
    catalogo: CatalogoConPropia, texto: str, archivo: str, base: str | None = None
) -> Iterator[Mundo]:
    """Levanta el mundo en una carpeta y una base de paso, que desaparecen al terminar.

    Lanza `DefinicionInvalida` si el formulario no se puede publicar.
    """
    with tempfile.TemporaryDirectory(prefix="facilita-simular-") as nombre:
        carpeta = Path(nombre)
        with _base_de_paso(base, carpeta) as bd:
            migrar(bd)
            reloj, correo = RelojFijo(INICIO), CorreoDeEnsayo()
            entorno = Entorno(
                bd=bd,
                almacen=abrir_almacen(str(carpeta / "archivos")),
                correo=correo,
                reloj=reloj,
                territorio=abrir_territorio(),
                catalogo=catalogo,
            )
            entidad_id = entidades.crear(entorno, _entidad_para(entorno, texto, archivo))
            publicado = formularios.publicar(
                entorno, entidad_id, texto, archivo, motivo="Simulación", area="tramite"
            )
            vigente = formularios.vigente(entorno, SLUG, publicado.formulario)
            puestos = [*(PUESTO_DE_ROL for _ in vigente.definicion.roles), *PUESTOS]
            actores = [_contratar(entorno, entidad_id, n, p) for n, p in enumerate(puestos)]
            repartir_roles(entorno, vigente, actores)
            yield Mundo(entorno, reloj, vigente, actores, correo)


def repartir_roles(entorno: Entorno, vigente: Vigente, actores: Sequence[Actor]) -> None:
    """Da cada rol que el formulario declara a una persona, en su orden."""
    for rol, actor in zip(vigente.definicion.roles, actores, strict=False):
        titular = Titular(usuario_id=actor.usuario_id)
        encargos.asignar(entorno, vigente.entidad.id, vigente.slug, rol, titular)


def _entidad_para(entorno: Entorno, texto: str, archivo: str) -> Mapping[str, Any]:
    """La entidad de ensayo; es la de la plataforma si el formulario actúa sobre ella."""
    definicion = formularios.examinar_fuente(entorno, texto, archivo).definicion
    return {**ENTIDAD, "plataforma": bool(definicion and definicion.dato.get("plataforma"))}


@contextmanager
def _base_de_paso(url: str | None, carpeta: Path) -> Iterator[BaseDeDatos]:
    if url is None:
        bd = BaseDeDatos(f"sqlite:///{carpeta / 'simulacion.db'}")
        # Es de paso: no hace falta que sobreviva a un corte de luz.
        event.listen(bd.motor, "connect", _sin_esperar_al_disco)
        try:
            yield bd
        finally:
            bd.cerrar()
        return
    with _esquema_de_paso(url) as en_su_esquema:
        yield en_su_esquema


def _sin_esperar_al_disco(conexion: Any, _registro: Any) -> None:
    conexion.execute("PRAGMA synchronous=OFF")


@contextmanager
def _esquema_de_paso(url: str) -> Iterator[BaseDeDatos]:
    """Un esquema propio en esa base de PostgreSQL: no toca lo que ya haya en ella."""
    esquema = f"simulacion_{secrets.token_hex(6)}"
    duena = BaseDeDatos(url)
    try:
        with duena.motor.begin() as conexion:
            conexion.execute(CreateSchema(esquema))
        propia = make_url(url).update_query_dict({"options": f"-csearch_path={esquema}"})
        bd = BaseDeDatos(propia.render_as_string(hide_password=False))
        try:
            yield bd
        finally:
            bd.cerrar()
            with duena.motor.begin() as conexion:
                conexion.execute(DropSchema(esquema, cascade=True))
    finally:
        duena.cerrar()


def _contratar(entorno: Entorno, entidad_id: int, n: int, puesto: Puesto) -> Actor:
    """Una persona en ese puesto, que ingresó como cualquiera."""
    correo, clave = f"personal-{n}@ensayo.example", secrets.token_urlsafe(18)
    usuarios.crear(entorno, entidad_id, correo, f"Persona {n}", puesto, clave)
    ficha = sesiones.ingresar(entorno, correo, clave, "simulación")
    actor = sesiones.actor_de(entorno, ficha)
    if actor is None:
        raise RuntimeError(f"{correo} no puede ingresar")
    return actor
