"""Cada página en cada estado: quién la pone así y qué debe verse.

Una dirección que muestra una página y no tiene aquí un estado hace fallar las pruebas.
"""

from collections.abc import Callable
from dataclasses import dataclass

from fabrica import CLAVE, LUNES, MESA, PLATAFORMA, VALLE, Mundo, correo_de
from sqlalchemy import delete, select

from facilita.tramite import notificaciones, salidas, sesiones, vencimientos
from facilita.tramite.modelos import Adjunto, Analisis, Intento

from .personas import Persona
from .servidor import Sitio
from .ventanas import Ventana


@dataclass(frozen=True)
class Mirada:
    """Alguien frente al sitio y el mundo que hay detrás, para llegar a un estado."""

    sitio: Sitio
    ventana: Ventana

    @property
    def mundo(self) -> Mundo:
        """El mundo detrás del sitio."""
        return self.sitio.mundo

    @property
    def persona(self) -> Persona:
        """Quien mira."""
        return Persona(self.ventana)

    def ver(self, direccion: str) -> None:
        """Va a una dirección."""
        self.ventana.ir(direccion)

    def enviar(self, boton: str) -> None:
        """Pulsa un botón que lleva a otra página."""
        self.persona.enviar(self.persona.boton(boton))

    def escribir(self, **escrito: str) -> None:
        """Escribe en varios campos."""
        for cual, texto in escrito.items():
            self.persona.escribir(cual, texto)

    def ver_borrador(self, ficha: str, pagina: str, entidad: str = VALLE, cual: str = MESA) -> None:
        """Va a una página de un borrador."""
        self.ver(f"/{entidad}/{cual}/borrador/{ficha}/{pagina}")

    def ingresar(self, quien: str) -> None:
        """Entra como alguien del personal, aunque otro estado lo haya detenido por insistir."""
        self.perdonar_intentos()
        ficha = sesiones.ingresar(self.mundo.entorno, correo_de(quien), CLAVE, None)
        self.ventana.poner_cookie("sesion", ficha)

    def perdonar_intentos(self) -> None:
        """Nadie queda detenido por lo que insistió otro estado."""
        with self.mundo.entorno.bd.transaccion(PLATAFORMA) as sesion:
            sesion.execute(delete(Intento))

    def ver_solicitud(self, codigo: str, resto: str = "", quien: str = "ana") -> None:
        """Va al detalle de una solicitud, como alguien del personal."""
        self.ingresar(quien)
        self.ver(f"/bandeja/{self.mundo.solicitud(codigo).id}{resto}")

    def abrir_expediente(self, codigo: str, identidad: str = "12345678") -> None:
        """Abre el expediente con el documento de quien presentó."""
        self.ver(f"/seguimiento/{codigo}")
        self.escribir(identidad=identidad)
        self.enviar("Abrir")

    def abrir_todo(self) -> None:
        """Despliega todo lo que está plegado."""
        self.ventana.evaluar("document.querySelectorAll('details').forEach(d => d.open = true)")

    def infectar(self) -> int:
        """Deja como infectado el último archivo que llegó; da el id de su adjunto."""
        with self.mundo.entorno.bd.transaccion(PLATAFORMA) as sesion:
            adjunto = sesion.scalars(select(Adjunto).order_by(Adjunto.id.desc())).first()
            assert adjunto is not None
            suyo = Analisis.archivo_id == adjunto.archivo_id
            analisis = sesion.scalar(select(Analisis).where(suyo)) or Analisis(
                entidad_id=adjunto.entidad_id, archivo_id=adjunto.archivo_id, pedido_en=LUNES
            )
            analisis.situacion, analisis.detalle = "infectado", "Win.Trojan.Ejemplo-1"
            analisis.analizado_en = LUNES
            sesion.add(analisis)
            return int(adjunto.id)

    def entregar(self) -> None:
        """Manda los correos que esperan."""
        while salidas.entregar(self.mundo.entorno):
            pass

    def vencer(self) -> None:
        """Da los pasos del reloj."""
        notificaciones.pedir_cedulas(self.mundo.entorno)
        vencimientos.vencer(self.mundo.entorno)


Preparar = Callable[[Mirada], None]


@dataclass(frozen=True)
class Estado:
    """Una página en un estado."""

    nombre: str
    ruta: str
    """El nombre de la ruta que la muestra."""
    codigo: int
    preparar: Preparar


ESTADOS: list[Estado] = []


def estado(ruta: str, codigo: int = 200) -> Callable[[Preparar], Preparar]:
    """Apunta una función que deja la ventana mirando esa página en un estado."""

    def apuntar(preparar: Preparar) -> Preparar:
        ESTADOS.append(Estado(preparar.__name__, ruta, codigo, preparar))
        return preparar

    return apuntar
