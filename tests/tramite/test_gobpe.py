"""La página de gob.pe: lo que dice sale de lo publicado, y su dirección se anota y se mira."""

import json
from dataclasses import dataclass, field, replace

import pytest
from fabrica import Mundo
from sqlalchemy import select

from facilita.servicios.sonda import Sondeo
from facilita.tramite import direcciones_gobpe, formularios, gobpe, sedes
from facilita.tramite.ambito import Ambito
from facilita.tramite.errores import Conflicto, Invalido, NoPermitido
from facilita.tramite.gobpe import Pagina
from facilita.tramite.gobpe_formatos import en_jsonld, en_texto, escribir_jsonld
from facilita.tramite.modelos import DireccionGobpe, Sede, SistemaPropio, Sondeada
from facilita.tramite.sedes import SedeEscrita

EN_GOBPE = "https://www.gob.pe/20416-acceder-a-mesa-de-partes?child=1"


@dataclass
class SondaDePrueba:
    """Responde lo que se le dice y recuerda qué se le preguntó."""

    responde: bool = True
    vistas: list[str] = field(default_factory=list)

    def preguntar(self, direccion: str) -> Sondeo:
        self.vistas.append(direccion)
        return Sondeo(self.responde, "La página responde." if self.responde else "No.")


def pagina_de(mundo: Mundo) -> Pagina:
    pagina = gobpe.de_la_entidad(mundo.entorno, mundo.actor("ana"))
    assert pagina is not None
    return pagina


def test_dice_lo_que_esta_publicado(mundo: Mundo):
    """N01 siempre abierta; N02, N03 la fecha; N06, N07 la observación; N30 lo que se pide."""
    texto = en_texto(pagina_de(mundo))
    for dicho in (
        "Acceder a mesa de partes\n",
        "DNI, carné de extranjería, pasaporte",
        "Correo electrónico, adonde llega tu cargo",
        "Documento principal en PDF, de hasta 20 MB.",
        "las 24 horas del día, los 7 días de la semana",
        "cuenta como presentado ese mismo día",
        "dentro de los 2 días hábiles siguientes, y tienes 2 días hábiles",
        "Botón: Presentar documentos\nEnlace del botón: http://127.0.0.1:8000/valle-sereno/",
        "También puedes hacerlo presencialmente",
        "1. Ve a Plaza de Armas 100, Lima. De lunes a viernes, de 8:00 a 16:30.",
        "Agencia municipal Norte",
    ):
        assert dicho in texto, texto
    estados = {r.estado for r in gobpe.revisar(pagina_de(mundo)) if "https" in r.texto}
    assert estados == {"falta"}, "la demostración no tiene https y la lista lo dice"
    largo = replace(pagina_de(mundo), titulo="Mesa de partes " + "a" * 170, enlace="https://x.pe")
    assert [r.estado for r in gobpe.revisar(largo)][:3] == ["falta", "falta", "bien"]


def test_sin_direccion_no_hay_modalidad_presencial(mundo: Mundo):
    """gob.pe no admite una modalidad vacía; una sede inactiva tampoco sale."""
    entorno, ana = mundo.entorno, mundo.actor("ana")
    nueva = sedes.guardar(entorno, ana, SedeEscrita("Sede Sur", "Jr. Puno 1", ("040101",)))
    assert "Sede Sur" in en_texto(pagina_de(mundo))
    sedes.inactivar(entorno, ana, nueva)
    assert "Sede Sur" not in en_texto(pagina_de(mundo))
    with entorno.bd.transaccion(Ambito.de(ana.entidad_id)) as sesion:
        for sede in sesion.scalars(select(Sede)):
            sede.direccion = None
    pagina = pagina_de(mundo)
    assert "presencial" not in en_texto(pagina).lower()
    assert [c["name"] for c in en_jsonld(pagina)["availableChannel"]] == ["Online"]
    assert any("Ninguna sede" in r.texto for r in gobpe.revisar(pagina))


def test_el_jsonld_no_cierra_la_etiqueta_que_lo_lleva(mundo: Mundo):
    pagina = pagina_de(mundo)
    mala = replace(pagina.entidad, nombre="</script><script>alert(1)</script>")
    escrito = escribir_jsonld(replace(pagina, entidad=mala))
    assert "<" not in escrito
    dato = json.loads(escrito)
    assert dato["@type"] == "GovernmentService"
    assert dato["provider"]["name"] == mala.nombre
    horas = dato["availableChannel"][1]["serviceLocation"]["openingHoursSpecification"]
    assert horas[0]["opens"] == "08:00" and len(horas) == 5


def test_sin_mesa_no_hay_pagina_y_con_sistema_propio_si(mundo: Mundo):
    ana = mundo.actor("ana")
    formularios.retirar(mundo.entorno, ana.entidad_id, "mesa-de-partes", motivo="Prueba")
    assert gobpe.de_la_entidad(mundo.entorno, ana) is None
    with mundo.entorno.bd.transaccion(Ambito.de(ana.entidad_id)) as sesion:
        propio = SistemaPropio(
            entidad_id=ana.entidad_id, cuando=mundo.reloj.ahora(), direccion="https://mdp.example"
        )
        sesion.add(propio)
    pagina = pagina_de(mundo)
    assert (pagina.enlace, pagina.es_propia) == ("https://mdp.example", True)


@pytest.mark.parametrize("motor", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("escrita", "dice"),
    [
        ("", "Completa"),
        ("http://www.gob.pe/x", "https"),
        ("https://gob.pe.malo.example/x", "Tu página tiene que estar en gob.pe"),
        ("https://malogob.pe/x", "Tu página tiene que estar en gob.pe"),
        ("https://otrovallesereno.example/", "Tu página tiene que estar en gob.pe"),
        ("https://yo:clave@www.gob.pe/x", "https"),
        ("https://www.gob.pe:8443/x", "barra del navegador"),
        ("https://www.gob.pe/" + "x" * 300, "caben 300"),
    ],
)
def test_una_direccion_que_no_sirve(mundo: Mundo, escrita: str, dice: str):
    with pytest.raises(Invalido) as negativa:
        direcciones_gobpe.declarar(mundo.entorno, mundo.actor("ana"), escrita)
    assert dice in negativa.value.errores[0].texto
    assert mundo.cuantas(DireccionGobpe) == [0]


def test_se_anota_se_mira_y_queda_con_su_fecha(mundo: Mundo):
    """N61: quién y cuándo; se mira una vez al día, cada hora si falla, y nada se borra."""
    sonda = SondaDePrueba()
    mundo = mundo.con(sonda=sonda)
    entorno, ana = mundo.entorno, mundo.actor("ana")
    with pytest.raises(NoPermitido):
        direcciones_gobpe.declarar(entorno, mundo.actor("luis"), EN_GOBPE)
    direcciones_gobpe.declarar(entorno, ana, "https://mesa.vallesereno.example/")
    mundo.pasar(minutes=1)
    direcciones_gobpe.declarar(entorno, ana, EN_GOBPE)
    direcciones_gobpe.declarar(entorno, ana, EN_GOBPE)
    assert mundo.cuantas(DireccionGobpe) == [2]
    assert direcciones_gobpe.mirar_direcciones(entorno) == 1
    assert direcciones_gobpe.mirar_direcciones(entorno) == 0
    assert sonda.vistas == [EN_GOBPE], "solo la vigente"
    vista = direcciones_gobpe.ver(entorno, ana)
    assert (vista.responde, vista.mirada_en) == (True, mundo.reloj.ahora())
    assert vista.actual and vista.actual.quien == "ana"

    mundo.pasar(hours=25)
    sonda.responde = False
    assert direcciones_gobpe.mirar_direcciones(entorno) == 1
    mundo.pasar(hours=2)
    assert direcciones_gobpe.mirar_direcciones(entorno) == 1, "si falla, cada hora"
    assert direcciones_gobpe.ver(entorno, ana).responde is False

    direcciones_gobpe.retirar(entorno, ana)
    with pytest.raises(Conflicto):
        direcciones_gobpe.retirar(entorno, ana)
    mundo.pasar(days=3)
    assert direcciones_gobpe.mirar_direcciones(entorno) == 0
    assert mundo.cuantas(DireccionGobpe, Sondeada) == [3, 3]
    assert direcciones_gobpe.mirar_direcciones(mundo.con(sonda=None).entorno) == 0
