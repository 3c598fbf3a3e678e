"""La historia entera de un documento en mesa de partes, contada una vez para cada manera de andar.

Los pasos son de personas: llenar, presentar, seguir, tomar, observar, corregir y responder.
"""

import re
from dataclasses import dataclass
from pathlib import Path

from fabrica import CLAVE, correo_de
from playwright.sync_api import Locator, expect

from .personas import Persona, Teclado
from .servidor import Sitio

DNI = "12345678"
OBSERVADO = "Di de qué licencia."
RESPUESTA = "Su copia está lista."
CODIGO = re.compile(r"\b[2-9A-Z]{4}(?:-[2-9A-Z]{4}){3}\b")
MIRAFLORES = "150122"


@dataclass
class Ciudadano:
    """Quien presenta."""

    persona: Persona
    sitio: Sitio
    carta: Path

    def presentar(self) -> str:
        """Desde la portada hasta el cargo; da el código."""
        self.llegar()
        self.equivocarse()
        self.dar_sus_datos()
        self.decir_que_presenta()
        self.subir()
        p = self.persona
        p.enviar(p.boton("Presentar"))
        self._corrige_lo_que_falta("declaracion_jurada")
        p.marcar(p.control("declaracion_jurada"))
        p.marcar(p.control("privacidad"))
        p.enviar(p.boton("Presentar"))
        hallado = CODIGO.search(p.leer())
        assert "Recibimos tu documento" in p.leer() and hallado
        return hallado[0]

    def llegar(self) -> None:
        """Busca la entidad y abre su mesa de partes."""
        p = self.persona
        p.ventana.ir("/")
        p.escribir("q", "20987654326")
        p.enviar(p.boton("Buscar"))
        p.enviar(p.vinculo("Municipalidad Distrital de Valle Sereno"))
        p.enviar(p.vinculo("Mesa de partes digital"))

    def equivocarse(self) -> None:
        """Sigue sin llenar nada: el resumen toma el foco y lleva a lo que falta."""
        p = self.persona
        p.enviar(p.boton("Continuar"))
        self._corrige_lo_que_falta("tipo_persona")

    def _corrige_lo_que_falta(self, primero: str) -> None:
        p = self.persona
        assert p.ventana.estado == 422
        expect(p.control("resumen-errores")).to_be_focused()
        p.pulsar(p.pagina.locator("#resumen-errores a").first)
        expect(p.control(primero)).to_be_focused()

    def dar_sus_datos(self) -> None:
        """La primera página, con un distrito que se llama como otros."""
        p = self.persona
        p.marcar(p.control("tipo_persona"))
        p.elegir("tipo_documento_identidad", "DNI")
        escrito = {
            "numero_documento_identidad": DNI, "nombres": "José", "apellido_paterno": "Ñahui",
            "correo": "jose@example.com", "celular": "987 654 321", "ubigeo": "Miraflores",
            "direccion": "Jr. Los Cedros 123",
        }  # fmt: skip
        for cual, texto in escrito.items():
            p.escribir(cual, texto)
        p.enviar(p.boton("Continuar"))
        assert p.ventana.estado == 422
        expect(p.control("nombres")).to_have_value("José")
        p.marcar(p.control(f"ubigeo-{MIRAFLORES}"))
        p.enviar(p.boton("Continuar"))

    def decir_que_presenta(self) -> None:
        """La segunda página."""
        p = self.persona
        p.marcar(p.control("sede"))
        p.elegir("tipo_documento", "Carta")
        p.escribir("asunto", "Pido copia de mi licencia")
        p.enviar(p.boton("Continuar"))

    def subir(self) -> None:
        """La tercera: con programas el archivo sube solo y sus folios ya están contados."""
        p = self.persona
        p.adjuntar("documento_principal", self.carta)
        if p.ventana.script:
            expect(p.pagina.locator("main")).to_contain_text("3 páginas")
            expect(p.control("folios")).to_have_value("3")
        else:
            p.escribir("folios", "3")
        self._seguir_desde("folios")
        assert p.pagina.url.endswith("/revisar"), p.pagina.url

    def _seguir_desde(self, cual: str) -> None:
        """Con el teclado, Entrar dentro de un campo también es «Continuar»."""
        p = self.persona
        if isinstance(p, Teclado):
            p.enviar(p.control(cual))
        else:
            p.enviar(p.boton("Continuar"))

    def seguir(self, codigo: str) -> None:
        """Mira en qué va, se equivoca de documento y abre su expediente."""
        p = self.persona
        p.enviar(p.vinculo("Seguimiento"))
        p.escribir("codigo", codigo.lower())
        p.enviar(p.boton("Ver"))
        assert "Nuevo" in p.leer()
        p.escribir("identidad", "87654321")
        p.enviar(p.boton("Abrir"))
        self._corrige_lo_que_falta("identidad")
        p.escribir("identidad", DNI)
        p.enviar(p.boton("Abrir"))
        assert "Pido copia de mi licencia" in p.leer()

    def corregir(self) -> None:
        """Abre la notificación que le llegó y corrige lo observado."""
        p = self.persona
        p.ventana.ir(self.sitio.enlace("Corrige tu documento"))
        p.enviar(p.boton("Abrir notificación"))
        assert OBSERVADO in p.leer()
        p.enviar(p.boton("Corregir ahora"))
        expect(p.control("asunto")).to_have_value("Pido copia de mi licencia")
        p.escribir("asunto", "Pido copia de mi licencia de obra")
        p.enviar(p.boton("Continuar"))
        p.enviar(p.boton("Enviar corrección"))
        assert "Recibimos tu corrección" in p.leer()

    def leer_respuesta(self, nombre: str) -> bytes:
        """Sigue el enlace de su correo, lee la respuesta y se lleva el documento."""
        p = self.persona
        p.ventana.ir(self.sitio.enlace("respondió tu documento"))
        if p.vinculo("Ver el expediente completo").count():
            p.enviar(p.vinculo("Ver el expediente completo"))
        else:
            # Lo que abrió antes ya se cerró solo: vuelve a decir quién es.
            p.escribir("identidad", DNI)
            p.enviar(p.boton("Abrir"))
        assert RESPUESTA in p.leer()
        with p.pagina.expect_download() as bajada:
            p.pulsar(p.vinculo(nombre))
        return bajada.value.path().read_bytes()


@dataclass
class Funcionario:
    """Quien atiende."""

    persona: Persona
    carta: Path

    def ingresar(self) -> None:
        """Va a su bandeja, que le pide ingresar; primero se equivoca."""
        p = self.persona
        p.ventana.ir("/bandeja")
        for clave in ("no es esta", CLAVE):
            p.escribir("correo", correo_de("luis"))
            p.escribir("clave", clave)
            p.enviar(p.boton("Ingresar"))
        assert p.pagina.url.endswith("/bandeja")

    def abrir_la_primera(self) -> None:
        """Vuelve a la bandeja y abre lo más nuevo."""
        p = self.persona
        p.enviar(p.vinculo("Bandeja"))
        p.enviar(p.pagina.locator("table a").first)

    def tomar(self) -> None:
        """La pone a su cargo."""
        self._paso("Tomar")
        assert "En proceso" in self.persona.leer()

    def observar(self) -> None:
        """Observa el asunto; la primera vez se olvida de decir qué."""
        p = self.persona
        p.enviar(p.vinculo("Observar"))
        p.enviar(p.boton("Observar"))
        assert p.ventana.estado == 422
        expect(p.control("resumen-errores")).to_be_focused()
        p.pulsar(self._observable("Asunto"))
        p.escribir("observacion-asunto", OBSERVADO)
        p.enviar(p.boton("Observar"))
        assert "Observado" in p.leer()

    def _observable(self, etiqueta: str) -> Locator:
        nombre = self.persona.pagina.get_by_text(etiqueta, exact=True)
        return self.persona.pagina.locator("summary").filter(has=nombre)

    def responder(self) -> None:
        """Atiende con una respuesta y un documento; antes se olvida de la respuesta."""
        p = self.persona
        p.enviar(p.vinculo("Atender"))
        p.adjuntar("documentos", self.carta)
        p.enviar(p.boton("Atender"))
        assert p.ventana.estado == 422
        expect(p.control("resumen-errores")).to_be_focused()
        p.escribir("respuesta", RESPUESTA)
        p.enviar(p.boton("Atender"))
        assert "Atendido" in p.leer()

    def _paso(self, nombre: str) -> None:
        p = self.persona
        p.enviar(p.vinculo(nombre))
        p.enviar(p.boton(nombre))
