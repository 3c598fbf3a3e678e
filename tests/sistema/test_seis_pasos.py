"""Los seis pasos de una entidad, de una instalación vacía a una mesa de partes en marcha.

Los dan cuatro personas sin abrir una consola: quien lidera la tecnología, la SGTD, un colaborador
y quien presenta. Se imprime cuánto costó cada paso.
"""

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from fabrica import CLAVE, RAIZ, correo_de
from playwright.sync_api import Locator

from facilita.tramite import entidades, formularios, usuarios
from facilita.tramite.bd import BaseDeDatos
from facilita.tramite.entorno import Entorno
from facilita.tramite.usuarios import Puesto

from .conftest import AbrirVentana
from .personas import Persona, Teclado
from .servidor import Sitio, servir
from .viaje import CODIGO, DNI

AUTORIDAD = RAIZ / "formularios" / "gobierno-digital"
ENTIDAD = "Municipalidad Distrital de Alto Sauce"
LIDER = "ines.torre@altosauce.example"
COLABORADORA = "eva.luna@altosauce.example"
DIRECCION = "/alto-sauce/mesa-de-partes"
A_LO_MAS = 40
"""Cuántas veces se pulsa, a lo más, desde el acceso aprobado hasta el formulario publicado."""


@dataclass
class Cuenta:
    """Lo que costó un paso."""

    pulsadas: int = 0
    escritos: int = 0
    segundos: float = 0.0

    def __str__(self) -> str:
        return f"{self.pulsadas:3} pulsadas, {self.escritos:3} datos, {self.segundos:5.1f} s"


@dataclass
class Costo:
    """La cuenta de cada paso; quien anda la va llenando."""

    pasos: dict[str, Cuenta] = field(default_factory=dict)
    ahora: Cuenta = field(default_factory=Cuenta)

    @contextmanager
    def paso(self, nombre: str) -> Iterator[None]:
        """Lo que pase adentro es de ese paso."""
        self.ahora = self.pasos.setdefault(nombre, Cuenta())
        empieza = time.monotonic()
        yield
        self.ahora.segundos += time.monotonic() - empieza

    def __str__(self) -> str:
        return "\n".join(f"{nombre:<34} {cuenta}" for nombre, cuenta in self.pasos.items())


class Contada(Persona):
    """Alguien a quien se le cuentan las veces que pulsa y lo que escribe."""

    costo: Costo

    def pulsar(self, objeto: Locator) -> None:
        self.costo.ahora.pulsadas += 1
        super().pulsar(objeto)

    def marcar(self, casilla: Locator) -> None:
        self.costo.ahora.pulsadas += 1
        super().marcar(casilla)

    def elegir(self, cual: str, opcion: str) -> None:
        self.costo.ahora.pulsadas += 1
        super().elegir(cual, opcion)

    def escribir(self, cual: str, texto: str) -> None:
        self.costo.ahora.escritos += 1
        super().escribir(cual, texto)

    def adjuntar(self, cual: str, archivo: Path) -> None:
        self.costo.ahora.pulsadas += 1
        super().adjuntar(cual, archivo)

    def llenar(self, **escrito: str) -> None:
        """Escribe en varios campos."""
        for cual, texto in escrito.items():
            self.escribir(cual, texto)

    def ingresar(self, correo: str, clave: str = CLAVE) -> None:
        """Escribe sus datos donde se le piden."""
        self.llenar(correo=correo, clave=clave)
        self.enviar(self.boton("Ingresar"))


class ContadaConTeclado(Contada, Teclado):
    """Lo mismo, sin ratón ni dedo."""


def _solo_la_autoridad(entorno: Entorno) -> None:
    """Lo que deja quien instala: la SGTD con su formulario y una persona."""
    archivo = AUTORIDAD / "entidad.yaml"
    dato = entidades.leer_archivo_de_entidad(archivo.read_text(), archivo.name)
    cual = entidades.crear(entorno, dato)
    solicitud = AUTORIDAD / "solicitud-de-acceso.yaml"
    formularios.publicar(entorno, cual, solicitud.read_text(), solicitud.name, motivo="Primera")
    usuarios.crear(entorno, cual, correo_de("sara"), "Sara León", Puesto("sgtd"), CLAVE)


@pytest.fixture
def vacio(bd: BaseDeDatos, url_bd: str, tmp_path: Path) -> Iterator[Sitio]:
    """Un sitio recién instalado."""
    with servir(bd, url_bd, tmp_path, trabaja=True, poblar=_solo_la_autoridad) as sitio:
        yield sitio


@pytest.mark.timeout(180)
@pytest.mark.parametrize(
    ("clase", "script"),
    [
        pytest.param(Contada, True, id="en_el_telefono"),
        pytest.param(ContadaConTeclado, False, id="solo_teclado_y_sin_script"),
    ],
)
def test_los_seis_pasos(
    vacio: Sitio,
    abrir_ventana: AbrirVentana,
    carta: Path,
    clase: type[Contada],
    script: bool,
) -> None:
    costo = Costo()

    def llega() -> Contada:
        persona = clase(abrir_ventana(vacio, script=script))
        persona.costo = costo
        return persona

    lider, sara = llega(), llega()
    with costo.paso("1. Pedir el acceso"):
        _pedir_el_acceso(lider, carta)
    with costo.paso("   La SGTD lo aprueba"):
        _aprobar(sara)
    with costo.paso("2. Recibir el acceso"):
        _recibir(lider, vacio)
    with costo.paso("3. Crear y publicar el formulario"):
        _publicar(lider)
    with costo.paso("4. Registrar a los usuarios"):
        _invitar(lider)
    with costo.paso("   La colaboradora entra"):
        eva = llega()
        _entrar(eva, vacio)
    with costo.paso("   Una persona presenta"):
        _presentar(llega(), carta)
    with costo.paso("   La colaboradora la atiende"):
        _atender(eva)
    with costo.paso("5. Publicar en gob.pe"):
        _anotar_en_gobpe(lider)
    with costo.paso("6. Reportar el cumplimiento"):
        _reportar(lider)
    with costo.paso("   La SGTD lo acepta"):
        _aceptar(sara)
    lider.enviar(lider.vinculo("Administrar"))
    lider.enviar(lider.vinculo("Primeros pasos"))
    assert "hiciste los 6 pasos" in lider.leer()
    print(f"\n{costo}")
    hasta_publicar = [costo.pasos[p] for p in costo.pasos if p[:2] in ("2.", "3.")]
    assert sum(c.pulsadas for c in hasta_publicar) <= A_LO_MAS


def _pedir_el_acceso(lider: Contada, carta: Path) -> None:
    """El oficio se hace con pocos datos, y la solicitud empieza con lo ya escrito."""
    lider.ventana.ir("/")
    lider.enviar(lider.vinculo("Abre la mesa de tu entidad"))
    lider.enviar(lider.vinculo("Hacer el oficio"))
    lider.llenar(
        nombre_entidad=ENTIDAD, ruc="20987650011", numero_oficio="Oficio N.° 045-2026-MDAS/A",
        nombre_autoridad="Carmen Ríos Lozano", cargo_autoridad="Alcaldesa", nombres="Inés",
        apellido_paterno="Torre", numero_documento_identidad="40506070",
        cargo="Jefa de Tecnologías de la Información", correo=LIDER, celular="987 654 321",
    )  # fmt: skip
    lider.elegir("tipo_documento_identidad", "DNI")
    with lider.pagina.expect_download() as bajada:
        lider.pulsar(lider.boton("Descargar en PDF"))
    assert bajada.value.path().read_bytes().startswith(b"%PDF-")
    lider.enviar(lider.boton("Empezar la solicitud"))
    lider.llenar(
        siglas="Alto Sauce", ubigeo="Sauce, San Martín", direccion="Plaza Mayor 1", folios="3"
    )
    lider.elegir("tipo_entidad", "Gobierno local")
    lider.adjuntar("oficio", carta)
    lider.enviar(lider.boton("Continuar"))
    lider.enviar(lider.boton("Continuar"))
    lider.marcar(lider.control("declaracion_jurada"))
    lider.marcar(lider.control("privacidad"))
    lider.enviar(lider.boton("Presentar"))
    assert CODIGO.search(lider.leer()), lider.leer()


def _aprobar(sara: Contada) -> None:
    """La SGTD atiende la solicitud en su bandeja; al aprobarla nace la entidad."""
    sara.ventana.ir("/bandeja")
    sara.ingresar(correo_de("sara"))
    sara.enviar(sara.pagina.locator("table a").first)
    for paso in ("Tomar", "Aprobar y crear la entidad"):
        sara.enviar(sara.vinculo(paso))
        sara.enviar(sara.boton(paso))
    assert "Aprobado" in sara.leer()


def _invitacion(sitio: Sitio, asunto: str) -> str:
    hallado = re.search(r"/invitacion/\S+", sitio.correo(asunto).texto)
    assert hallado
    return hallado[0]


def _recibir(lider: Contada, sitio: Sitio) -> None:
    """Del enlace del correo al panel de los primeros pasos."""
    lider.ventana.ir(_invitacion(sitio, "Tu cuenta para"))
    lider.escribir("nueva", CLAVE)
    lider.enviar(lider.boton("Guardar contraseña"))
    lider.enviar(lider.vinculo("Ingresar y empezar"))
    lider.ingresar(LIDER)
    assert "Llevas 2 de 6" in lider.leer()


def _publicar(lider: Contada) -> None:
    """Las cinco pantallas del asistente; la plantilla ya trae lo demás."""
    lider.enviar(lider.pagina.locator("main li[aria-current=step] a"))
    lider.enviar(
        lider.pagina.get_by_role("button", name="Usar la plantilla Mesa de partes digital")
    )
    lider.llenar(telefono="(042) 555-0101")
    lider.enviar(lider.boton("Continuar"))
    lider.enviar(lider.boton("Continuar"))
    lider.enviar(lider.boton("Continuar"))
    lider.llenar(
        oficial="Rosa Lima, datos@altosauce.example", banco_datos="Mesa de partes",
        conservacion="10 años", destinatarios="No se entregan a terceros.",
        transferencias="No se envían a otros países.",
    )  # fmt: skip
    lider.enviar(lider.boton("Continuar"))
    lider.escribir("motivo", "Abrimos la mesa de partes digital")
    lider.enviar(lider.boton("Publicar"))
    assert "Ya recibe documentos" in lider.leer()


def _invitar(lider: Contada) -> None:
    """Una colaboradora para todo lo que llega."""
    lider.enviar(lider.vinculo("Administrar"))
    lider.enviar(lider.vinculo("Usuarios"))
    lider.enviar(lider.vinculo("Invitar a alguien"))
    lider.llenar(correo=COLABORADORA, nombres="Eva Luna")
    lider.marcar(lider.control("rol-colaborador"))
    lider.marcar(lider.control("atiende_todo"))
    lider.enviar(lider.boton("Invitar"))
    assert COLABORADORA in lider.leer()


def _entrar(eva: Contada, sitio: Sitio) -> None:
    eva.ventana.ir(_invitacion(sitio, "Te invitan a trabajar"))
    eva.escribir("nueva", CLAVE)
    eva.enviar(eva.boton("Guardar contraseña"))
    eva.ventana.ir("/bandeja")
    eva.ingresar(COLABORADORA)


def _presentar(persona: Contada, carta: Path) -> str:
    persona.ventana.ir(DIRECCION)
    persona.marcar(persona.control("tipo_persona"))
    persona.elegir("tipo_documento_identidad", "DNI")
    persona.llenar(
        numero_documento_identidad=DNI, nombres="José", apellido_paterno="Ñahui",
        correo="jose@example.com", celular="987 654 321", ubigeo="Miraflores, Lima",
        direccion="Jr. Los Cedros 123",
    )  # fmt: skip
    persona.enviar(persona.boton("Continuar"))
    persona.elegir("tipo_documento", "Carta")
    persona.escribir("asunto", "Pido copia de mi licencia")
    persona.enviar(persona.boton("Continuar"))
    persona.adjuntar("documento_principal", carta)
    persona.escribir("folios", "3")
    persona.enviar(persona.boton("Continuar"))
    persona.marcar(persona.control("declaracion_jurada"))
    persona.marcar(persona.control("privacidad"))
    persona.enviar(persona.boton("Presentar"))
    hallado = CODIGO.search(persona.leer())
    assert hallado, persona.leer()
    return hallado[0]


def _atender(eva: Contada) -> None:
    eva.enviar(eva.vinculo("Bandeja"))
    eva.enviar(eva.pagina.locator("table a").first)
    for paso in ("Tomar", "Atender"):
        eva.enviar(eva.vinculo(paso))
        if paso == "Atender":
            eva.escribir("respuesta", "Tu copia está lista.")
        eva.enviar(eva.boton(paso))
    assert "Atendido" in eva.leer()


def _anotar_en_gobpe(lider: Contada) -> None:
    """La página ya está escrita; se anota dónde se publicó."""
    _seguir(lider)
    assert "Acceder a mesa de partes" in lider.leer()
    with lider.pagina.expect_download() as bajada:
        lider.pulsar(lider.vinculo("Descargar el cartel (PDF)"))
    assert bajada.value.path().read_bytes().startswith(b"%PDF-")
    lider.escribir("direccion", "https://www.gob.pe/institucion/munialtosauce/mesa-de-partes")
    lider.enviar(lider.pagina.locator("form[action='/bandeja/gobpe'] button"))


def _reportar(lider: Contada) -> None:
    """Casi todo se sabe ya; falta decir quién responde y declararlo."""
    _seguir(lider)
    lider.llenar(cargo="Jefa de Tecnologías de la Información")
    lider.marcar(lider.pagina.get_by_role("radio", name="No", exact=True))
    lider.marcar(lider.pagina.get_by_role("checkbox", name=re.compile("Declaro bajo juramento")))
    lider.enviar(lider.boton("Enviar el reporte"))
    assert "Enviaste el reporte 1" in lider.leer(), lider.leer()


def _aceptar(sara: Contada) -> None:
    sara.enviar(sara.vinculo("Administrar"))
    sara.enviar(sara.vinculo("Reportes de cumplimiento"))
    sara.enviar(sara.vinculo(ENTIDAD))
    sara.enviar(sara.boton("Aceptar el reporte"))


def _seguir(lider: Contada) -> None:
    """Al paso que sigue, desde el panel."""
    lider.enviar(lider.vinculo("Administrar"))
    lider.enviar(lider.vinculo("Primeros pasos"))
    lider.enviar(lider.pagina.locator("main li[aria-current=step] a"))
