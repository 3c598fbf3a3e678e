"""El Observatorio y lo que la SGTD hace por pantalla con las entidades."""

import csv
import json
from io import BytesIO, StringIO

import pytest
from fabrica import RIO, RUC_RIO, Mundo, crear_entidad
from flask import Flask

from facilita.tramite.modelos import Entidad

from .cliente import Visita

SOLO_SQLITE = pytest.mark.parametrize("motor", ["sqlite"], indirect=True)
"""La base no cambia nada aquí."""


@SOLO_SQLITE
def test_el_observatorio_cuenta_y_da_sus_datos(mundo: Mundo, app: Flask, visita: Visita):
    """Lo dibujado se lee también en su tabla, y los datos abiertos dicen lo mismo."""
    crear_entidad(mundo.entorno, plataforma=True)
    pagina = visita.leer("/observatorio")
    assert "1 de 1 entidades: 100 de cada 100" in pagina.texto
    dichos = [d.texto for d in pagina.todos("desc")]
    assert len(dichos) == 3 and all("1 de 1" in d or "100 de cada 100" in d for d in dichos)
    assert len(pagina.todos("table")) == 3
    dado = visita.ver("/observatorio/datos.csv")
    (fila,) = csv.DictReader(StringIO(dado.data.decode("utf-8-sig")))
    assert (fila["ruc"], fila["cumple"], fila["mesa"]) == (RUC_RIO, "Sí", "En la plataforma")
    en_json = visita.ver("/observatorio/datos.json?al=2026-11-23").json
    assert en_json is not None and en_json["total"]["cumplen"] == 1
    assert dado.headers["Access-Control-Allow-Origin"] == "*"
    for mala in ("datos.xml", "datos.csv?al=2090-01-01", "datos.csv?al=x"):
        assert visita.ver(f"/observatorio/{mala}").status_code == 404


@SOLO_SQLITE
def test_el_reporte_nacional_se_baja_en_cada_formato(mundo: Mundo, app: Flask):
    crear_entidad(mundo.entorno, plataforma=True)
    sara = Visita(app).ingresar("sara")
    bajados = {
        f: sara.ver(f"/bandeja/reporte-nacional/reporte.{f}?al=2026-11-23")
        for f in ("xlsx", "csv", "json", "pdf")
    }
    assert {r.status_code for r in bajados.values()} == {200}
    assert bajados["xlsx"].data[:2] == b"PK" and bajados["pdf"].data[:4] == b"%PDF"
    assert json.loads(bajados["json"].data)["al"] == "2026-11-23"
    assert "reporte-nacional-2026-11-23.csv" in bajados["csv"].headers["Content-Disposition"]
    assert sara.ver("/bandeja/reporte-nacional/reporte.exe").status_code == 404


@SOLO_SQLITE
def test_la_sgtd_importa_por_pantalla(mundo: Mundo, app: Flask):
    """Sube el archivo, mira qué va a pasar y confirma; lo malo no se guarda."""
    crear_entidad(mundo.entorno, plataforma=True)
    sara = Visita(app).ingresar("sara")
    lista = "ruc;nombre;tipo;ubigeo;correo\n20512345671;Lindo;otra;150101;m@l.example\n1;;;;\n"
    datos = {"archivo": (BytesIO(lista.encode()), "lista.csv")}
    previa = sara.pagina(sara.con_csrf("/bandeja/entidades/importar", datos))
    assert "Línea 3, ruc" in previa.texto and mundo.cuantas(Entidad) == [2]
    confirmado = {"texto": previa.escrito["texto"][0], "accion": "importar"}
    pagina = sara.seguir(sara.con_csrf("/bandeja/entidades/importar", confirmado))
    assert "Entidades nuevas: 1." in pagina.texto and "Lindo" in pagina.texto
    assert mundo.cuantas(Entidad) == [3]
    assert "no recibe documentos por aquí" in Visita(app).leer("/lindo/").texto


@SOLO_SQLITE
def test_suspender_por_pantalla_se_ve_en_todas_partes(mundo: Mundo, app: Flask, visita: Visita):
    """La ciudadanía, el personal y la SGTD leen lo que pasa; lo presentado se sigue."""
    codigo = mundo.presentar_mesa(RIO)
    sara, rita = Visita(app).ingresar("sara"), Visita(app).ingresar("rita")
    cual = f"/bandeja/entidades/{mundo.entidad(RIO).id}"
    assert sara.con_csrf(f"{cual}/suspender", {"motivo": " "}).status_code == 422
    pagina = sara.seguir(sara.con_csrf(f"{cual}/suspender", {"motivo": "No atiende"}))
    assert "La entidad quedó suspendida" in pagina.texto
    assert "no recibe documentos por aquí desde" in visita.leer(f"/{RIO}/").texto
    negado = visita.ver(f"/{RIO}/mesa-de-partes")
    assert negado.status_code == 410 and "Seguimiento" in negado.text
    assert visita.ver(f"/seguimiento/{codigo}").status_code == 200
    suya = rita.leer("/bandeja")
    assert "está suspendida en la plataforma" in suya.texto and "No atiende" in suya.texto
    assert sara.con_csrf(f"{cual}/suspender", {"motivo": "Otra"}).status_code == 409
    sara.con_csrf(f"{cual}/reactivar", {"motivo": "Ya"})
    assert visita.ver(f"/{RIO}/mesa-de-partes").status_code == 200
