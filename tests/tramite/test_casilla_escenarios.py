"""La casilla con el reloj puesto: las historias de `escenarios/casilla.yaml` (N50–N55).

El celular va por una pasarela HTTP de verdad. Para agregar una historia no se escribe Python.
"""

import json
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from casillas import activar, con_casilla, depositar, deposito, validar
from fabrica import LUNES, Mundo, crear_entidad
from historias import Relato, con_norma, instante, leer, local
from pasarela import Proveedor, pasarela

from facilita.plazos import DiaNoHabil
from facilita.servicios.correo import CorreoCarpeta, SinServidor
from facilita.servicios.mensajeria import MensajeriaHTTP
from facilita.tramite import (
    aperturas,
    bandeja,
    casilla,
    consentimientos,
    detalle,
    dias,
    documentos,
    en_casilla,
    interrupciones,
    notificaciones,
    salidas,
    seguimiento,
    vencimientos,
    vigencias,
)
from facilita.tramite.casilla import DelPersonal, DepositoVisto
from facilita.tramite.modelos import Deposito, Interrupcion, Notificacion, PorDepositar
from facilita.tramite.sesiones_casilla import Dueno

AQUI = Path(__file__).parent
ESCENARIOS = leer(AQUI / "escenarios" / "casilla.yaml")
VECTORES: list[dict[str, Any]] = json.loads(
    (AQUI.parent / "plazos" / "plazos.json").read_text("utf-8")
)["casilla"]
PASARELA = {"bien": 202, "caida": 503, "rechaza": 400}


@pytest.fixture(scope="module")
def proveedor() -> Iterator[Proveedor]:
    with pasarela() as suyo:
        yield suyo


@dataclass
class Historia(Relato):
    """Una solicitud, la casilla de quien la presentó y lo que se le deposita."""

    mundo: Mundo
    proveedor: Proveedor
    codigo: str
    dueno: Dueno | None = None
    cual: int = 0
    _visto: DelPersonal | None = None
    """La pantalla del personal, leída una vez por paso."""

    @classmethod
    def empezar(cls, mundo: Mundo, proveedor: Proveedor, dato: Mapping[str, Any]) -> "Historia":
        """Presenta, y activa la casilla si no se dice otra cosa."""
        proveedor.codigo = 202
        canal = MensajeriaHTTP(proveedor.url, "clave", plazo=2)
        mundo = con_casilla(mundo, canal, casilla_mismo_dia=dato.get("mismo_dia", False))
        if "horario" in dato:
            crear_entidad(mundo.entorno, horario={"lunes_a_viernes": [dato["horario"].split("-")]})
        mundo.reloj.poner(instante(dato.get("presentado", LUNES)))
        consiente = {"acepta_notificacion": "true"} if dato.get("consiente", True) else {}
        suya = cls(mundo, proveedor, mundo.presentar_mesa(**consiente))
        if dato.get("activa", True):
            suya.dueno = activar(mundo, suya.codigo)
        return suya

    @property
    def visto(self) -> DepositoVisto:
        """El depósito como lo ve el personal."""
        return next(d for d in self.del_personal.depositos if d.id == self.cual)

    @property
    def del_personal(self) -> DelPersonal:
        """Lo de la casilla en la pantalla del personal."""
        if self._visto is None:
            luis = self.mundo.actor("luis")
            self._visto = detalle.ver(self.mundo.entorno, luis, self.sid).casilla
        assert self._visto is not None
        return self._visto

    def olvidar(self) -> None:
        """La pantalla se lee otra vez."""
        self._visto = None

    # --- lo que alguien hace ------------------------------------------------------------------

    def depositar(self, paso: Mapping[str, Any]) -> None:
        """El personal deposita."""
        mas = {"norma_obligatoria": paso["norma"]} if "norma" in paso else {}
        self.cual = depositar(self.mundo, self.codigo, paso.get("quien", "luis"), **mas)
        if paso.get("alerta", True):
            self.reloj(paso)

    def reloj(self, _paso: Mapping[str, Any]) -> None:
        """El trabajador da una vuelta."""
        for entregar in (salidas.entregar, salidas.entregar_al_celular):
            # Como el trabajador: lo que falla de un canal no detiene al otro.
            with suppress(SinServidor):
                entregar(self.mundo.entorno)
        self._depositar_respuestas()
        vigencias.surtir_efecto(self.mundo.entorno)
        vencimientos.vencer(self.mundo.entorno)
        notificaciones.pedir_cedulas(self.mundo.entorno)

    def _depositar_respuestas(self) -> None:
        if not self.mundo.todo(PorDepositar, PorDepositar.situacion == "espera"):
            return
        while documentos.hacer(self.mundo.entorno):
            pass
        if en_casilla.depositar_respuestas(self.mundo.entorno):
            self.cual = max([d.id for d in self.mundo.todo(Deposito)], default=0)
            self.reloj({})

    def responder(self, paso: Mapping[str, Any]) -> None:
        """El personal responde, con los recursos si se le piden."""
        crudo = {"respuesta": "Procede.", "recursos_del_acto": paso.get("recursos", "Ninguno.")}
        self.mundo.transitar(self.codigo, "atender", crudo, [self.mundo.subida("documentos")])

    def pasarela(self, paso: Mapping[str, Any]) -> None:
        """La pasarela cambia de humor."""
        self.proveedor.codigo = PASARELA[paso["como"]]

    def correo(self, paso: Mapping[str, Any]) -> None:
        """El correo se cae o vuelve."""
        carpeta = self.mundo.entorno.almacen.raiz.parent / "correos"  # type: ignore[attr-defined]
        if paso["como"] == "caido":
            ocupada = carpeta.parent / "ocupada"
            ocupada.write_text("no es una carpeta")
            carpeta = ocupada
        self.mundo = self.mundo.con(correo=CorreoCarpeta(carpeta))

    def mirar(self, _paso: Mapping[str, Any]) -> None:
        """La persona mira su bandeja y la notificación, sin abrirla."""
        assert self.dueno is not None
        casilla.listar(self.mundo.entorno, self.dueno)
        casilla.ver(self.mundo.entorno, self.dueno, self.cual)

    def abrir(self, _paso: Mapping[str, Any]) -> None:
        """La persona la abre."""
        assert self.dueno is not None
        aperturas.abrir(self.mundo.entorno, self.dueno.casilla_id, self.cual)

    def activar(self, _paso: Mapping[str, Any]) -> None:
        """La persona activa su casilla."""
        self.dueno = activar(self.mundo, self.codigo)

    def validar(self, paso: Mapping[str, Any]) -> None:
        """El personal valida su identidad en persona, con otro correo."""
        self.dueno = validar(self.mundo, self.codigo, paso.get("correo", "jose@otro.example"))

    def cambiar_correo(self, _paso: Mapping[str, Any]) -> None:
        """Presenta otra solicitud con otro correo: es de otra cuenta con el mismo documento."""
        self.codigo = self.mundo.presentar_mesa(
            acepta_notificacion="true", correo="otro@correo.example"
        )

    def observar(self, _paso: Mapping[str, Any]) -> None:
        """El personal observa."""
        self.mundo.observar(self.codigo)

    def abrir_expediente(self, _paso: Mapping[str, Any]) -> None:
        """La persona abre su expediente con su documento."""
        seguimiento.comprobar_identidad(self.mundo.entorno, self.codigo, "12345678")

    def retirar(self, _paso: Mapping[str, Any]) -> None:
        """La persona retira su consentimiento, desde su expediente."""
        consentimientos.retirar(self.mundo.entorno, self.codigo, "acepta_notificacion", {})

    def a_cedula(self, _paso: Mapping[str, Any]) -> None:
        """El personal pasa el depósito a cédula."""
        luis = self.mundo.actor("luis")
        aperturas.pasar_a_cedula(self.mundo.entorno, luis, self.sid, self.cual)

    def cedula(self, paso: Mapping[str, Any]) -> None:
        """El personal anota la cédula entregada ese día."""
        luis, cual = self.mundo.actor("luis"), self.notificacion.id
        notificaciones.registrar_cedula(
            self.mundo.entorno, luis, self.sid, cual, paso["dia"], aunque_venza=True
        )

    def declarar(self, paso: Mapping[str, Any]) -> None:
        """La plataforma declara un día no laborable."""
        dia = DiaNoHabil(paso["dia"], "nacional", "Día no laborable", "DS 1")
        dias.agregar(self.mundo.entorno, dia)

    def interrumpir(self, paso: Mapping[str, Any]) -> None:
        """La SGTD registra una interrupción."""
        sara = self.mundo.actor("sara")
        desde, hasta = instante(paso["desde"]), paso["hasta"] and instante(paso["hasta"])
        interrupciones.registrar(self.mundo.entorno, sara, desde, hasta, "Falló la base de datos")

    def terminar(self, _paso: Mapping[str, Any]) -> None:
        """La SGTD anota que terminó la que seguía."""
        (sigue,) = self.mundo.todo(Interrupcion, Interrupcion.termino_en.is_(None))
        interrupciones.terminar(self.mundo.entorno, self.mundo.actor("sara"), sigue.id, None)

    # --- lo que se ve -------------------------------------------------------------------------

    @property
    def notificacion(self) -> Notificacion:
        """La notificación del depósito."""
        suya: Notificacion = self.mundo.todo(Notificacion, Notificacion.deposito_id == self.cual)[
            -1
        ]
        return suya

    def alertas(self) -> list[str]:
        """Cómo va cada alerta."""
        return [f"{a.canal}: {a.situacion}" for a in self.visto.alertas]

    def en_bandeja(self) -> int:
        """Cuántas solicitudes dice la bandeja que esperan una cédula."""
        luis = self.mundo.actor("luis")
        return bandeja.listar(self.mundo.entorno, luis, bandeja.Filtros(espera="cedula")).total

    def corregir_hasta(self) -> Any:
        """Hasta cuándo puede corregir, en la pantalla de la persona."""
        hasta = seguimiento.ver(self.mundo.entorno, self.codigo).corregir_hasta
        return hasta and local(hasta)

    def respuesta(self) -> str | None:
        """Cómo va la respuesta por la casilla; nada si fue por correo desde el principio."""
        (dada,) = detalle.ver(self.mundo.entorno, self.mundo.actor("luis"), self.sid).respondido
        return dada.por_casilla and dada.por_casilla.situacion

    def en_expediente(self) -> list[str]:
        """Lo de la respuesta que la persona lee y descarga en su expediente, sin repetir nada."""
        e = seguimiento.ver_expediente(self.mundo.entorno, self.codigo)
        textos = [t for h in e.hitos for _, t in h.textos if t == "Procede."]
        archivos = [a["nombre"] for h in e.hitos for a in h.archivos if h.titulo == "Atendido"]
        piezas = [
            p.nombre for p in e.carpeta.piezas if p.clase == "respuesta" or "De la" in p.nombre
        ]
        return sorted({*(r.texto for r in e.respondido), *textos, *archivos}) + sorted(piezas)


Historia.HACERES = {
    cual: getattr(Historia, cual)
    for cual in (
        "depositar", "reloj", "pasarela", "correo", "mirar", "abrir", "activar", "validar",
        "cambiar_correo", "observar", "abrir_expediente", "a_cedula", "cedula", "declarar",
        "interrumpir", "terminar", "retirar", "responder",
    )
}  # fmt: skip
Historia.VISTAS = {
    "situacion": lambda h: h.visto.situacion_id,
    "vale": lambda h: local(h.visto.vale_en),
    "efecto": lambda h: h.visto.efecto_en and local(h.visto.efecto_en).date(),
    "abrir_hasta": lambda h: h.visto.abrir_hasta and local(h.visto.abrir_hasta),
    "abierto": lambda h: h.visto.abierto_en and local(h.visto.abierto_en),
    "canal": lambda h: h.notificacion.canal,
    "enterado": lambda h: h.notificacion.notificado_en is not None,
    "por_cedula": lambda h: h.notificacion.por_cedula,
    "en_bandeja": Historia.en_bandeja,
    "alertas": Historia.alertas,
    "falla": lambda h: h.visto.falla,
    "autoriza": lambda h: h.visto.constancia["autorizacion"]["clase"],
    "se_puede": lambda h: h.del_personal.disponible.por_que_no is None,
    "estado": lambda h: h.mundo.solicitud(h.codigo).estado,
    "corregir_hasta": Historia.corregir_hasta,
    "interrupciones": lambda h: [i.duracion for i in h.visto.interrupciones],
    "respuesta": Historia.respuesta,
    "en_expediente": Historia.en_expediente,
    "avisado": lambda h: h.mundo.correos(h.codigo)[-1],
    "recibe": lambda h: [d["nombre"] for d in h.visto.acto["documentos"]],
    "por_que": lambda h: list(h.visto.explicacion),
}


def test_cada_escenario_tiene_su_nombre_y_cita_su_norma():
    """N50, N51, N52, N53, N54, N55: hay escenarios de cada una."""
    Historia.exigir_completos(ESCENARIOS, {"N09", "N50", "N51", "N52", "N53", "N54", "N55"}, 51)


@pytest.mark.parametrize("escenario", con_norma(ESCENARIOS))
def test_escenario(mundo: Mundo, proveedor: Proveedor, escenario: Mapping[str, Any]):
    """N50–N55: lo que dice cada escenario, en los dos motores."""
    historia = Historia.empezar(mundo, proveedor, escenario)
    for paso in escenario["pasos"]:
        historia.dar(paso)


@pytest.mark.parametrize("vector", VECTORES, ids=lambda v: v["depositado"])
def test_vector(mundo: Mundo, proveedor: Proveedor, vector: Mapping[str, Any]):
    """N52, N53: el vector contado por quien leyó la norma, por los verbos de verdad."""
    dato = {"horario": vector["horario"], "presentado": "2026-08-31T09:00:00"}
    historia = Historia.empezar(mundo, proveedor, dato)
    historia.dar({"en": vector["depositado"], "hace": "depositar"})
    if vector["abierto"]:
        historia.dar({"en": vector["abierto"], "hace": "abrir"})
    historia.dar({"en": "2026-09-30T00:00:00", "hace": "reloj"})
    fila = deposito(historia.mundo, historia.cual)
    assert fila.vale_en == instante(vector["se_considera_depositado"])
    assert fila.efecto_en is not None
    assert local(fila.efecto_en).date().isoformat() == vector["surte_efecto"]
    assert historia.notificacion.notificado_en == fila.efecto_en
