"""Escenarios con el reloj puesto: las historias de `escenarios/`, por los verbos (N06, N07, N08).

Para agregar uno no se escribe Python.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from fabrica import DE_MESA, FORMULARIOS, VALLE, Mundo, crear_entidad
from historias import Relato, con_norma, instante, leer

from facilita.plazos import LIMA, Computo, DiaNoHabil
from facilita.tramite import (
    detalle,
    dias,
    entidades,
    notificaciones,
    seguimiento,
    subsanacion,
    vencimientos,
)

AQUI = Path(__file__).parent
ESCENARIOS = leer(AQUI / "escenarios" / "observacion.yaml")
VECTORES: dict[str, Any] = json.loads((AQUI.parent / "plazos" / "plazos.json").read_text("utf-8"))
DNI = DE_MESA["numero_documento_identidad"]


@dataclass
class Historia(Relato):
    """Una presentación y lo que le va pasando."""

    mundo: Mundo
    codigo: str

    @classmethod
    def empezar(cls, mundo: Mundo, escenario: Mapping[str, Any]) -> "Historia":
        """Prepara el calendario y presenta."""
        mundo.reloj.poner(instante(escenario["presentado"]))
        if "norte" in escenario:
            _mudar_la_sede_norte(mundo, escenario["norte"])
        for dia in escenario.get("inhabiles", ()):
            dias.agregar(mundo.entorno, DiaNoHabil(**dia))
        return cls(mundo, mundo.presentar_mesa(sede=escenario.get("sede", "central")))

    # --- lo que alguien hace ------------------------------------------------------------------

    def observar(self, _paso: Mapping[str, Any]) -> None:
        """El personal observa."""
        self.mundo.observar(self.codigo)

    def tomar(self, _paso: Mapping[str, Any]) -> None:
        """El personal la toma."""
        self.mundo.transitar(self.codigo, "tomar")

    def reabrir(self, paso: Mapping[str, Any]) -> None:
        """La coordinación reabre, con su motivo."""
        crudo = paso.get("con", {"motivo": "Sí corrigió, por otro medio."})
        self.mundo.transitar(self.codigo, "reabrir", crudo, quien=paso.get("quien", "ana"))

    def mirar_enlace(self, _paso: Mapping[str, Any]) -> None:
        """Un filtro de correo visita el enlace."""
        notificaciones.hallar(self.mundo.entorno, self.mundo.ficha_de_notificacion(self.codigo))

    def abrir_enlace(self, _paso: Mapping[str, Any]) -> None:
        """La persona abre la notificación."""
        ficha = self.mundo.ficha_de_notificacion(self.codigo)
        aviso = notificaciones.hallar(self.mundo.entorno, ficha)
        notificaciones.acusar(self.mundo.entorno, aviso, ficha)

    def abrir_expediente(self, _paso: Mapping[str, Any]) -> None:
        """La persona abre su expediente con su documento."""
        seguimiento.comprobar_identidad(self.mundo.entorno, self.codigo, DNI)

    def corregir(self, paso: Mapping[str, Any]) -> None:
        """La persona corrige; `llego` es cuándo llegó, si se procesa después."""
        entidad, entorno = self.mundo.entidad(), self.mundo.entorno
        llego = instante(paso.get("llego", paso["en"]))
        ficha = self._correccion(llego)
        crudo = {"asunto": "Copia de la licencia 123"}
        subsanacion.subsanar(entorno, entidad, ficha, crudo, llego)

    def _correccion(self, llego: datetime) -> str:
        ahora = self.mundo.reloj.ahora()
        self.mundo.reloj.poner(llego)
        ficha = subsanacion.abrir_correccion(self.mundo.entorno, self.mundo.entidad().id, self.sid)
        self.mundo.reloj.poner(ahora)
        return ficha

    def desistir(self, _paso: Mapping[str, Any]) -> None:
        """La persona desiste."""
        seguimiento.actuar(self.mundo.entorno, self.codigo, "desistir", {"motivo": "Ya no."})

    def cedula(self, paso: Mapping[str, Any]) -> None:
        """El personal anota la cédula entregada ese día."""
        luis, cual = self.mundo.actor("luis"), self.mundo.notificacion(self.codigo).id
        notificaciones.registrar_cedula(
            self.mundo.entorno, luis, self.sid, cual, paso["dia"], aunque_venza=True
        )

    def declarar(self, paso: Mapping[str, Any]) -> None:
        """La plataforma declara un día no laborable."""
        dia = DiaNoHabil(paso["dia"], "nacional", "Día no laborable", "DS 1")
        dias.agregar(self.mundo.entorno, dia)

    def reloj(self, _paso: Mapping[str, Any]) -> None:
        """El trabajador da una vuelta."""
        vencimientos.vencer(self.mundo.entorno)
        notificaciones.pedir_cedulas(self.mundo.entorno)

    # --- lo que se ve -------------------------------------------------------------------------

    def se_ofrece_observar(self) -> bool:
        """Si la pantalla del personal ofrece observar."""
        visto = detalle.ver(self.mundo.entorno, self.mundo.actor("luis"), self.sid)
        return "observar" in [p.transicion.id for p in visto.pasos]

    def se_puede_corregir(self) -> bool:
        """Si la persona puede corregir ahora."""
        return seguimiento.ver(self.mundo.entorno, self.codigo).puede_corregir

    def corregir_hasta(self) -> datetime | None:
        """Hasta cuándo, según la pantalla de la persona."""
        hasta = seguimiento.ver(self.mundo.entorno, self.codigo).corregir_hasta
        return hasta and hasta.astimezone(LIMA).replace(tzinfo=None)

    def presentado(self) -> datetime:
        """La fecha de presentación, en hora de Lima."""
        cuando: datetime = self.mundo.solicitud(self.codigo).presentado_en
        return cuando.astimezone(LIMA).replace(tzinfo=None)

    def cuenta(self) -> Computo:
        """La cuenta del último plazo para resolver."""
        return Computo.de_json(self.mundo.termino(self.codigo).cuenta)

    def veces_vencida(self) -> int:
        """Cuántas veces la cerró el reloj."""
        return self.mundo.tipos(self.codigo).count("vencer")


Historia.HACERES = {
    "observar": Historia.observar,
    "tomar": Historia.tomar,
    "reabrir": Historia.reabrir,
    "mirar_enlace": Historia.mirar_enlace,
    "abrir_enlace": Historia.abrir_enlace,
    "abrir_expediente": Historia.abrir_expediente,
    "corregir": Historia.corregir,
    "desistir": Historia.desistir,
    "cedula": Historia.cedula,
    "declarar": Historia.declarar,
    "reloj": Historia.reloj,
}
Historia.VISTAS = {
    "estado": lambda h: h.mundo.solicitud(h.codigo).estado,
    "plazo": lambda h: h.mundo.termino(h.codigo).situacion,
    "desde": lambda h: h.cuenta().primer_dia,
    "vence": lambda h: h.cuenta().vence,
    "presentado": Historia.presentado,
    "se_ofrece_observar": Historia.se_ofrece_observar,
    "se_puede_corregir": Historia.se_puede_corregir,
    "corregir_hasta": Historia.corregir_hasta,
    "canal": lambda h: h.mundo.notificacion(h.codigo).canal,
    "cedula": lambda h: h.mundo.notificacion(h.codigo).por_cedula,
    "aviso": lambda h: h.mundo.correos(h.codigo)[-1],
    "veces_vencida": Historia.veces_vencida,
}


def _mudar_la_sede_norte(mundo: Mundo, ubigeo: str) -> None:
    archivo = FORMULARIOS / "entidad.yaml"
    dato = entidades.leer_archivo_de_entidad(archivo.read_text(), archivo.name)
    sedes = [{**s, "ubigeo": ubigeo if s["codigo"] == "norte" else s["ubigeo"]}
             for s in dato["sedes"]]  # fmt: skip
    crear_entidad(mundo.entorno, sedes=sedes)
    assert mundo.entidad(VALLE).slug == VALLE


def test_cada_escenario_tiene_su_nombre_y_cita_su_norma():
    """N06, N07, N08, N54: hay escenarios de cada una."""
    Historia.exigir_completos(ESCENARIOS, {"N06", "N07", "N08", "N54"}, 40)


@pytest.mark.parametrize("escenario", con_norma(ESCENARIOS))
def test_escenario(mundo: Mundo, escenario: Mapping[str, Any]):
    """N06, N07, N08, N54: lo que dice cada escenario, en los dos motores."""
    historia = Historia.empezar(mundo, escenario)
    for paso in escenario["pasos"]:
        historia.dar(paso)


@pytest.mark.parametrize("vector", VECTORES["observaciones"])
def test_vector_de_observacion(mundo: Mundo, vector: Mapping[str, str]):
    """N06, N07, N08: el vector contado por quien leyó la norma, por los verbos de verdad."""
    historia = Historia.empezar(mundo, vector)
    ultimo, fin = (instante(vector[f"se_puede_{q}_hasta"]) for q in ("observar", "subsanar"))
    historia.dar({"en": ultimo, "ve": {"se_ofrece_observar": True}})
    historia.dar({"en": vector["presentado"], "hace": "observar"})
    historia.dar({"en": vector["notificado"], "hace": "abrir_enlace"})
    historia.dar({"en": fin, "hace": "reloj", "ve": {"estado": "observado",
                  "corregir_hasta": fin.replace(tzinfo=None)}})  # fmt: skip
    desde = datetime.combine(date.fromisoformat(vector["no_presentada_desde"]), datetime.min.time())
    historia.dar({"en": desde, "hace": "reloj", "ve": {"estado": "no_presentado"}})


@pytest.mark.parametrize("vector", VECTORES["presentaciones"], ids=lambda v: v["presentado"])
def test_vector_de_presentacion(mundo: Mundo, vector: Mapping[str, Any]):
    """N02, N03, N10: la fecha no se mueve y el plazo corre desde el hábil siguiente."""
    historia = Historia.empezar(mundo, vector)
    assert historia.presentado().date().isoformat() == vector["fecha_presentacion"]
    assert historia.cuenta().primer_dia.isoformat() == vector["dias"]["1"]
    if "30" in vector["dias"]:
        assert historia.cuenta().vence.isoformat() == vector["dias"]["30"]
    if "2" in vector["dias"]:
        ultimo = datetime.fromisoformat(f"{vector['dias']['2']}T23:59:59")
        historia.dar({"en": ultimo, "hace": "observar", "ve": {"estado": "observado"}})
