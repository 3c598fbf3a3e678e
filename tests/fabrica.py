"""Lo que las pruebas fabrican: un entorno entero, personas que atienden y presentaciones válidas.

No sabe de pytest: también lo usan los procesos que las pruebas lanzan aparte.
"""

import io
import os
import re
import signal
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pikepdf
from sqlalchemy import select
from sqlalchemy.orm import Session

from facilita.plazos import LIMA
from facilita.servicios.almacen import abrir_almacen
from facilita.servicios.catalogo import Catalogo
from facilita.servicios.correo import CorreoCarpeta
from facilita.servicios.reloj import RelojFijo
from facilita.servicios.territorio import Territorio, abrir_territorio
from facilita.tramite import atencion, borradores, entidades, formularios, solicitudes, usuarios
from facilita.tramite.ambito import Ambito
from facilita.tramite.archivos import Subida
from facilita.tramite.bd import BaseDeDatos
from facilita.tramite.entorno import Definiciones, Entorno
from facilita.tramite.modelos import (
    Borrador,
    Entidad,
    Membresia,
    Movimiento,
    Notificacion,
    Salida,
    Solicitud,
    Termino,
    Usuario,
)
from facilita.tramite.permisos import Actor
from facilita.tramite.usuarios import Puesto

RAIZ = Path(__file__).parent.parent
FORMULARIOS = RAIZ / "formularios" / "valle-sereno"
PLATAFORMA = Ambito.de_plataforma("prueba")

VALLE, RIO = "valle-sereno", "rio-claro"
RUC_RIO = "20131312955"
MESA, CONTACTO = "mesa-de-partes", "escribenos"
CLAVE = "caballo verde 12"

LUNES = datetime(2026, 11, 23, 10, 0, tzinfo=LIMA)
"""Un lunes de atención, sin feriados en las dos semanas que siguen."""

PERSONAL: Mapping[str, tuple[str, Puesto]] = {
    "ana": (VALLE, Puesto("coordinador_entidad")),
    "norma": (VALLE, Puesto("coordinador_sede", sede="norte")),
    "luis": (VALLE, Puesto("colaborador")),
    "nora": (VALLE, Puesto("colaborador", sede="norte")),
    "oscar": (VALLE, Puesto("colaborador", area="obras")),
    "olga": (VALLE, Puesto("colaborador", sede="norte", area="obras")),
    "max": (VALLE, Puesto("autoridad")),
    "sara": (VALLE, Puesto("sgtd")),
    "rita": (RIO, Puesto("coordinador_entidad")),
}
"""Quién trabaja y dónde: el nombre es también el de su correo."""

DE_MESA: Mapping[str, Any] = {
    "tipo_persona": "natural",
    "tipo_documento_identidad": "dni",
    "numero_documento_identidad": "12345678",
    "nombres": "José Wilfredo",
    "apellido_paterno": "Ñahui",
    "apellido_materno": "Quispe",
    "correo": "jose.nahui@example.com",
    "celular": "987654321",
    "ubigeo": ["Miraflores, Lima"],
    "direccion": "Jr. Los Cedros 123",
    "sede": "central",
    "destinatario": "Obras y desarrollo urbano",
    "tipo_documento": "carta",
    "numero_documento": "015-2026",
    "asunto": "Solicito copia de mi licencia",
    "pedido": "La perdí en la última mudanza.",
    "folios": "1",
}
DE_CONTACTO: Mapping[str, Any] = {
    "nombre": "Julia Mamani",
    "correo": "julia.mamani@example.com",
    "mensaje": "¿A qué hora pasa el camión recolector?",
}
ACEPTA: Mapping[str, Any] = {"declaracion_jurada": "true", "privacidad": "true"}


@cache
def territorio() -> Territorio:
    """El territorio, que tarda en cargar y no cambia."""
    return abrir_territorio()


_DEFINICIONES = Definiciones()


def armar_entorno(bd: BaseDeDatos, carpeta: Path, instante: datetime = LUNES) -> Entorno:
    """Un entorno de prueba sobre una base ya migrada, con todo lo suyo en una carpeta."""
    return Entorno(
        bd=bd,
        almacen=abrir_almacen(str(carpeta / "archivos")),
        correo=CorreoCarpeta(carpeta / "correos"),
        reloj=RelojFijo(instante),
        territorio=territorio(),
        catalogo=Catalogo(RAIZ / "plantillas"),
        definiciones=_DEFINICIONES,
    )


def poblar(entorno: Entorno) -> None:
    """Crea dos entidades con sus formularios y las personas que trabajan en ellas."""
    # El rol SGTD solo se da en la plataforma: lo es mientras se reparten los puestos.
    valle = crear_entidad(entorno, plataforma=True)
    ids = {VALLE: valle, RIO: crear_entidad(entorno, entidad=RIO, ruc=RUC_RIO)}
    for entidad_id in ids.values():
        for archivo in ("mesa-de-partes.yaml", "contacto.yaml"):
            texto = (FORMULARIOS / archivo).read_text()
            formularios.publicar(entorno, entidad_id, texto, archivo, motivo="Primera")
    for nombre, (entidad, puesto) in PERSONAL.items():
        usuarios.crear(entorno, ids[entidad], correo_de(nombre), nombre, puesto, CLAVE)
    crear_entidad(entorno)


def crear_entidad(entorno: Entorno, **cambios: Any) -> int:
    """Crea (o cambia) una entidad como la de valle-sereno, con esos cambios."""
    archivo = FORMULARIOS / "entidad.yaml"
    dato = entidades.leer_archivo_de_entidad(archivo.read_text(), archivo.name)
    return entidades.crear(entorno, {**dato, **cambios})


def alargar_borradores(mundo: "Mundo", dias: int = 60) -> None:
    """Alarga lo que está a medio llenar, como si se siguiera escribiendo en ello."""
    with mundo.entorno.bd.transaccion(PLATAFORMA) as sesion:
        for borrador in sesion.scalars(select(Borrador)):
            borrador.vence_en += timedelta(days=dias)


def correo_de(nombre: str) -> str:
    """El correo con que ingresa alguien del personal."""
    return f"{nombre}@vallesereno.example"


@cache
def pdf(paginas: int = 1) -> bytes:
    """Un PDF pequeño y válido, de hojas en blanco."""
    documento, salida = pikepdf.new(), io.BytesIO()
    for _ in range(paginas):
        documento.add_blank_page()
    documento.save(salida)
    return salida.getvalue()


@dataclass
class Mundo:
    """Un entorno de prueba y los atajos para contar una historia en él."""

    entorno: Entorno
    reloj: RelojFijo

    @classmethod
    def en(cls, entorno: Entorno) -> "Mundo":
        """El mundo de un entorno armado con `armar_entorno`."""
        assert isinstance(entorno.reloj, RelojFijo)
        return cls(entorno, entorno.reloj)

    # --- leer la base -------------------------------------------------------------------------

    def todo(self, modelo: type[Any], *condiciones: Any) -> list[Any]:
        """Todas las filas de un modelo, de cualquier entidad."""
        with self.entorno.bd.lectura(PLATAFORMA) as sesion:
            return list(
                sesion.scalars(select(modelo).where(*condiciones).order_by(*_clave(modelo)))
            )

    def cuantas(self, *modelos: type[Any]) -> list[int]:
        """Cuántas filas hay de cada modelo."""
        return [len(self.todo(modelo)) for modelo in modelos]

    def entidad(self, slug: str = VALLE) -> entidades.EntidadPublica:
        """La parte pública de una entidad."""
        return entidades.por_slug(self.entorno, slug)

    def solicitud(self, codigo: str) -> Solicitud:
        """La solicitud de un código."""
        return self.todo(Solicitud, Solicitud.codigo == codigo)[0]

    def movimientos(self, codigo: str) -> list[Movimiento]:
        """Los movimientos de una solicitud, en su orden."""
        return self.todo(Movimiento, Movimiento.solicitud_id == self.solicitud(codigo).id)

    def tipos(self, codigo: str) -> list[str]:
        """Qué le ocurrió a una solicitud: el tipo de cada movimiento o su transición."""
        return [m.transicion or m.tipo for m in self.movimientos(codigo)]

    def termino(self, codigo: str, clase: str = "resolver") -> Termino:
        """El último plazo de esa clase."""
        sid = self.solicitud(codigo).id
        return self.todo(Termino, Termino.solicitud_id == sid, Termino.clase == clase)[-1]

    def notificacion(self, codigo: str) -> Notificacion:
        """La última notificación con acuse."""
        return self.todo(Notificacion, Notificacion.solicitud_id == self.solicitud(codigo).id)[-1]

    def correos(self, codigo: str) -> list[str]:
        """Los mensajes que se le escribieron, por su id."""
        salidas = self.todo(Salida, Salida.solicitud_id == self.solicitud(codigo).id)
        return [s.clave.rpartition(".")[2] for s in salidas]

    def ficha_de_notificacion(self, codigo: str) -> str:
        """La ficha del enlace de su última notificación, como la recibe la persona."""
        sid = self.solicitud(codigo).id
        textos = [s.datos["texto"] for s in self.todo(Salida, Salida.solicitud_id == sid)]
        fichas = re.findall(r"/notificacion/(\S+)", "\n".join(textos))
        return str(fichas[-1])

    def actor(self, nombre: str) -> Actor:
        """Alguien del personal, listo para actuar."""
        with self.entorno.bd.lectura(PLATAFORMA) as sesion:
            return _actor(sesion, correo_de(nombre))

    # --- presentar ----------------------------------------------------------------------------

    def subida(
        self, campo: str = "documento_principal", nombre: str = "carta.pdf", paginas: int = 1,
        entidad: str = VALLE,
    ) -> Subida:  # fmt: skip
        """Un PDF que llegó por un campo, guardado como si ya se hubiera revisado."""
        with self.entorno.almacen.recibir() as recepcion:
            recepcion.write(pdf(paginas))
            clave = self.entorno.almacen.guardar(recepcion, entidad)
            return Subida(
                campo=campo, nombre=nombre, clave=clave, sha256=recepcion.sha256,
                tamano=recepcion.tamano, tipo="pdf", mime="application/pdf", paginas=paginas,
                marcas=(),
            )  # fmt: skip

    def abrir_mesa(self, entidad: str = VALLE, **cambios: Any) -> str:
        """Abre un borrador de mesa de partes al que solo le faltan los consentimientos."""
        vigente = formularios.vigente(self.entorno, entidad, MESA)
        crudo = {**DE_MESA, **cambios}
        return borradores.abrir(self.entorno, vigente, crudo, [self.subida(entidad=entidad)])[0]

    def abrir_contacto(self, entidad: str = VALLE, **cambios: Any) -> str:
        """Abre un borrador de contacto al que solo le falta el consentimiento."""
        vigente = formularios.vigente(self.entorno, entidad, CONTACTO)
        return borradores.abrir(self.entorno, vigente, {**DE_CONTACTO, **cambios})[0]

    def presentar(self, ficha: str, entidad: str = VALLE) -> str:
        """Presenta un borrador completo; da su código."""
        hecha = solicitudes.presentar(self.entorno, self.entidad(entidad), ficha, ACEPTA)
        assert hecha.codigo is not None, hecha.paso and hecha.paso.lectura.errores
        return hecha.codigo

    def presentar_mesa(self, entidad: str = VALLE, **cambios: Any) -> str:
        """Presenta un documento por mesa de partes; da su código."""
        return self.presentar(self.abrir_mesa(entidad, **cambios), entidad)

    def presentar_contacto(self, entidad: str = VALLE, **cambios: Any) -> str:
        """Presenta un mensaje por el formulario de contacto; da su código."""
        return self.presentar(self.abrir_contacto(entidad, **cambios), entidad)

    # --- atender ------------------------------------------------------------------------------

    def transitar(
        self, codigo: str, cual: str, crudo: Mapping[str, Any] | None = None,
        subidas: Sequence[Subida] = (), quien: str = "luis",
    ) -> None:  # fmt: skip
        """Da un paso del personal."""
        sid = self.solicitud(codigo).id
        atencion.transitar(self.entorno, self.actor(quien), sid, cual, crudo or {}, subidas)

    def observar(self, codigo: str, **observaciones: str) -> None:
        """Observa unos campos; si no se dice cuáles, el asunto."""
        observado = observaciones or {"asunto": "Precisa cuál licencia."}
        self.transitar(codigo, "observar", {f"observacion-{c}": t for c, t in observado.items()})

    # --- tiempo -------------------------------------------------------------------------------

    def poner(self, dia: int, hora: str = "10:00:00", mes: int = 11) -> None:
        """Pone el reloj en una hora de Lima de 2026."""
        self.reloj.poner(datetime.fromisoformat(f"2026-{mes:02}-{dia:02}T{hora}-05:00"))

    def pasar(self, **cuanto: float) -> None:
        """Adelanta el reloj."""
        self.reloj.avanzar(timedelta(**cuanto))

    def con(self, **cambios: Any) -> "Mundo":
        """El mismo mundo con otra pieza: su correo, su almacén…"""
        return Mundo(replace(self.entorno, **cambios), self.reloj)


def _clave(modelo: type[Any]) -> tuple[Any, ...]:
    return tuple(modelo.__mapper__.primary_key)


def _actor(sesion: Session, correo: str) -> Actor:
    usuario = sesion.scalars(select(Usuario).where(Usuario.correo == correo)).one()
    suyos = select(Membresia).where(Membresia.usuario_id == usuario.id).order_by(Membresia.id)
    lugar = sesion.scalars(suyos.limit(1)).one()
    entidad = sesion.get_one(Entidad, lugar.entidad_id)
    return Actor(
        usuario_id=usuario.id, nombres=usuario.nombres, correo=usuario.correo,
        membresia_id=lugar.id, entidad_id=entidad.id, entidad_slug=entidad.slug,
        entidad_nombre=entidad.nombre, rol=lugar.rol, sede_id=lugar.sede_id, area_id=lugar.area_id,
        atiende_todo=lugar.atiende_todo,
    )  # fmt: skip


# --- lo que corre en otro proceso -----------------------------------------------------------------


def presentar_aparte(
    salida: Any, barrera: Any, url: str, carpeta: str, fichas: Sequence[str]
) -> None:
    """Presenta unos borradores desde otro proceso; deja sus códigos en `salida`."""
    bd = BaseDeDatos(url)
    try:
        mundo = Mundo.en(armar_entorno(bd, Path(carpeta)))
        barrera.wait(60)
        salida.put([mundo.presentar(ficha) for ficha in fichas])
    finally:
        bd.cerrar()


def morir_al_presentar(url: str, carpeta: str, ficha: str) -> None:
    """Presenta un borrador y muere de golpe cuando ya escribió todo y falta confirmar."""

    entero = solicitudes.guardar_contenido

    def morir(*a: Any, **k: Any) -> None:
        entero(*a, **k)
        os.kill(os.getpid(), signal.SIGKILL)

    solicitudes.guardar_contenido = morir  # type: ignore[assignment]
    Mundo.en(armar_entorno(BaseDeDatos(url), Path(carpeta))).presentar(ficha)
