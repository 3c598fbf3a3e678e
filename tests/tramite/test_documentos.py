"""Los documentos del expediente: se componen una vez y no cambian (N20, N23)."""

import hashlib
import json
from dataclasses import replace
from io import BytesIO
from typing import Any

import pdfua
import pikepdf
import pytest
from fabrica import PLATAFORMA, Mundo

from facilita.servicios import sello, taller
from facilita.tramite import (
    borradores,
    documentos,
    hojas,
    imprenta,
    seguimiento,
    sellos,
    subsanacion,
)
from facilita.tramite.barrido import barrer_archivos
from facilita.tramite.caso import RELOJ, armar_caso
from facilita.tramite.modelos import Archivo, Contenido, Documento, Sello, Solicitud

EN_SQLITE = pytest.mark.parametrize("motor", ["sqlite"], indirect=True)
"""Lo que se mira está en el PDF: la base da igual."""


def componer(mundo: Mundo) -> None:
    """Hace todo lo que espera su turno."""
    while documentos.hacer(mundo.entorno):
        pass


def bytes_de(mundo: Mundo, documento: Documento) -> bytes:
    """El PDF de un documento, del almacén."""
    assert documento.archivo is not None
    with mundo.entorno.almacen.abrir(documento.archivo.clave) as archivo:
        return archivo.read()


def conocidos(mundo: Mundo) -> dict[str, str]:
    return {s.cual: s.certificado for s in sellos.listar(mundo.entorno)}


def anexo(mundo: Mundo, documento: Documento) -> dict[str, Any]:
    visto = taller.revisar(bytes_de(mundo, documento), conocidos(mundo))
    return json.loads(visto["anexo"])


def por_clase(mundo: Mundo) -> dict[str, Documento]:
    return {d.clase: d for d in mundo.todo(Documento)}


def test_al_presentar_quedan_pedidos_y_la_cola_los_hace(mundo: Mundo) -> None:
    """N20, N23: el cargo, el documento de las respuestas y el índice, sin que nadie los pida."""
    mundo.presentar_mesa()
    assert sorted(d.clase for d in mundo.todo(Documento)) == ["cargo", "respuestas"]
    componer(mundo)
    hechos = por_clase(mundo)
    assert set(hechos) == {"cargo", "respuestas", "indice"}
    assert {d.situacion for d in hechos.values()} == {"hecho"}
    for documento in hechos.values():
        pdf = bytes_de(mundo, documento)
        assert hashlib.sha256(pdf).hexdigest() == documento.archivo.sha256
        assert documento.archivo.paginas == len(pikepdf.open(BytesIO(pdf)).pages)


@EN_SQLITE
def test_el_pdf_lleva_sus_datos_una_declaracion_y_una_firma(mundo: Mundo) -> None:
    """N21: cubierto entero por la clave de la plataforma, que no dice ser lo que no es."""
    codigo = mundo.presentar_mesa()
    componer(mundo)
    cargo = por_clase(mundo)["cargo"]
    visto = taller.revisar(bytes_de(mundo, cargo), conocidos(mundo))
    assert visto["firma"]["cubre_todo"] and visto["firma"]["integra"]
    assert visto["firma"]["nombre"].startswith("Sello ")
    dentro = json.loads(visto["anexo"])
    assert dentro["clase"] == "cargo"
    assert dentro["datos"] == seguimiento.ver_cargo(mundo.entorno, codigo)
    publicas = {s.cual: s.publica or "" for s in sellos.listar(mundo.entorno)}
    declarado = sello.comprobar_declaracion(dentro["declaracion"], publicas)
    assert declarado is not None
    assert declarado.codigo == codigo
    assert declarado.numero == mundo.solicitud(codigo).numero
    assert declarado.huella == sello.huella_de(dentro["datos"])
    assert "No es una firma digital de la IOFE" in imprenta.SIN_FIRMA_DIGITAL


def test_las_respuestas_son_las_que_dice_el_cargo(mundo: Mundo) -> None:
    """N23: el cargo congela la huella de lo respondido, y el documento lo lleva."""
    mundo.presentar_mesa()
    componer(mundo)
    hechos = por_clase(mundo)
    dentro = anexo(mundo, hechos["respuestas"])["datos"]
    assert dentro["respuestas"] == mundo.todo(Contenido)[0].respuestas
    cargo = anexo(mundo, hechos["cargo"])["datos"]
    assert cargo["respuestas"] == sello.huella_de(dentro["respuestas"])


@EN_SQLITE
def test_el_indice_dice_codigo_fecha_orden_huella_y_folios(mundo: Mundo) -> None:
    """N23."""
    mundo.presentar_mesa()
    componer(mundo)
    documentos_ = anexo(mundo, por_clase(mundo)["indice"])["datos"]["documentos"]
    assert [d["orden"] for d in documentos_] == [1, 2, 3]
    assert {d["nombre"].partition(":")[0] for d in documentos_} >= {
        "Cargo de recepción", "Respuestas al formulario",
    }  # fmt: skip
    assert len({d["codigo"] for d in documentos_}) == 3
    huellas = {a.sha256 for a in mundo.todo(Archivo)}
    assert {d["sha256"] for d in documentos_} < huellas
    assert all(d["folios"] and d["fecha"] for d in documentos_)


@EN_SQLITE
def test_cada_clase_de_pdf_pasa_el_revisor_de_accesibilidad(mundo: Mundo, tmp_path: Any) -> None:
    codigo = mundo.presentar_mesa(asunto="😀 Licencia #panic() «日本»")
    mundo.observar(codigo)
    componer(mundo)
    _corregir(mundo, codigo)
    seguimiento.actuar(mundo.entorno, codigo, "desistir", {"motivo": "😀 Ya no #set page()"})
    mundo.transitar(mundo.presentar_contacto(), "responder", {"respuesta": "😀 A las #6"})
    componer(mundo)
    hechos = mundo.todo(Documento)
    assert {d.clase for d in hechos} == set(documentos.CLASES)
    for documento in hechos:
        archivo = tmp_path / f"{documento.id}.pdf"
        archivo.write_bytes(bytes_de(mundo, documento))
        assert not pdfua.validate(str(archivo)).findings, documento.clase


def _corregir(mundo: Mundo, codigo: str) -> None:
    solicitud = mundo.solicitud(codigo)
    ficha = subsanacion.abrir_correccion(mundo.entorno, solicitud.entidad_id, solicitud.id)
    borradores.guardar(mundo.entorno, mundo.entidad(), ficha, {"asunto": "La licencia 44"})
    subsanacion.subsanar(mundo.entorno, mundo.entidad(), ficha, {}, mundo.reloj.ahora())


@EN_SQLITE
def test_lo_hecho_no_se_vuelve_a_hacer(mundo: Mundo) -> None:
    mundo.presentar_contacto()
    componer(mundo)
    antes = {d.id: (d.archivo_id, d.hecho_en) for d in mundo.todo(Documento)}
    mundo.pasar(days=3)
    assert documentos.hacer(mundo.entorno) == 0
    assert {d.id: (d.archivo_id, d.hecho_en) for d in mundo.todo(Documento)} == antes


def test_lo_que_falla_se_reintenta_y_no_detiene_a_los_demas(
    mundo: Mundo, monkeypatch: pytest.MonkeyPatch
) -> None:
    mundo.presentar_contacto()

    def romper(caso: Any, documento: Any) -> Any:
        raise RuntimeError("no sale")

    with monkeypatch.context() as parche:
        parche.setitem(documentos.CLASES, "cargo", romper)
        assert documentos.hacer(mundo.entorno) == 2
        hechos = por_clase(mundo)
        assert hechos["respuestas"].situacion == "hecho"
        assert hechos["cargo"].falla == "RuntimeError: no sale"
        assert documentos.hacer(mundo.entorno) == 0
    mundo.pasar(minutes=1)
    componer(mundo)
    assert {d.situacion for d in mundo.todo(Documento)} == {"hecho"}
    assert "indice" in por_clase(mundo)


@EN_SQLITE
def test_tras_muchos_intentos_queda_fallido(mundo: Mundo, monkeypatch: pytest.MonkeyPatch) -> None:
    mundo.presentar_contacto()
    monkeypatch.setattr(documentos, "COLA", replace(documentos.COLA, intentos=2))
    for clase in ("cargo", "respuestas"):
        monkeypatch.setitem(documentos.CLASES, clase, lambda *_: 1 / 0)
    for _ in range(3):
        documentos.hacer(mundo.entorno)
        mundo.pasar(hours=7)
    assert {d.situacion for d in mundo.todo(Documento)} == {"fallido"}


def test_si_quien_lo_hacia_murio_otro_lo_retoma(mundo: Mundo) -> None:
    mundo.presentar_contacto()
    assert len(documentos.COLA.tomar(mundo.entorno)) == 2
    assert documentos.hacer(mundo.entorno) == 0
    mundo.pasar(minutes=6)
    componer(mundo)
    assert {d.situacion for d in mundo.todo(Documento)} == {"hecho"}


@EN_SQLITE
def test_el_barrido_no_se_lleva_un_documento(mundo: Mundo) -> None:
    """N60: ni el que alguien volvió a subir en un borrador que después dejó."""
    mundo.presentar_contacto()
    componer(mundo)
    mundo.pasar(days=30)
    barrer_archivos(mundo.entorno)
    for documento in mundo.todo(Documento):
        assert bytes_de(mundo, documento)


@EN_SQLITE
def test_rotar_la_clave_no_estorba_a_lo_firmado(mundo: Mundo) -> None:
    """N21: la clave vieja sigue publicada y comprueba lo suyo."""
    mundo.presentar_contacto()
    componer(mundo)
    primero = por_clase(mundo)["cargo"]
    nueva = sellos.rotar(mundo.entorno)
    mundo.presentar_contacto()
    componer(mundo)
    assert len(mundo.todo(Sello)) == 2
    assert sellos.vigente(mundo.entorno).claves.id == nueva
    cargos = [d for d in mundo.todo(Documento) if d.clase == "cargo"]
    assert [d.firma["sello"] == nueva for d in cargos] == [False, True]
    publicas = {c["id"]: c["publica"] for c in sellos.publicar(mundo.entorno)["claves"]}
    dicho = anexo(mundo, primero)["declaracion"]
    assert sello.comprobar_declaracion(dicho, publicas) is not None


def test_si_cambia_el_secreto_se_hace_otra_clave(mundo: Mundo) -> None:
    antes = sellos.vigente(mundo.entorno).claves.id
    otro = mundo.con(secreto="otro secreto de la instalación, largo")
    despues = sellos.vigente(otro.entorno).claves.id
    assert antes != despues
    assert sellos.vigente(otro.entorno).claves.id == despues


@EN_SQLITE
def test_el_cargo_trae_cada_dato_de_la_norma(mundo: Mundo) -> None:
    """N20: dato por dato, en lo que se imprime."""
    codigo = mundo.presentar_mesa()
    with mundo.entorno.bd.lectura(PLATAFORMA) as sesion:
        solicitud = sesion.get_one(Solicitud, mundo.solicitud(codigo).id)
        caso = armar_caso(sesion, mundo.entorno, solicitud, RELOJ, mundo.reloj.ahora())
        hoja = hojas.cargo(caso, Documento(clase="cargo"))
        imprime = imprenta.imprime(mundo.entorno, caso, hoja, "1~d", imprenta.SIN_FIRMA_DIGITAL)
    filas, grandes = dict(imprime["datos"]), dict(imprime["destacados"])
    entidad = mundo.entidad()
    assert filas["Entidad"] == f"{entidad.nombre}\nRUC {entidad.ruc}"
    assert filas["Unidad que recibe"]
    assert grandes == {"Número de registro": solicitud.numero, "Código de seguimiento": codigo}
    assert filas["Expediente"] == caso.expediente
    assert filas["Presentado el"].startswith(
        "lunes 23 de noviembre de 2026, 10:00:00 horas\nDentro"
    )
    assert filas["El plazo se cuenta desde el"] == "martes 24 de noviembre de 2026"
    assert filas["Documento"] == "Carta 015-2026"
    assert filas["Asunto"] == "Solicito copia de mi licencia"
    assert filas["Remitente"] == "José Wilfredo Ñahui Quispe"
    assert filas["DNI"] == "12345678"
    assert filas["Destinatario"] == "Obras y desarrollo urbano"
    assert filas["Folios"] == "1"
    assert filas["Canal"] == "Mesa de partes digital"
    assert filas["Observaciones"] == "Sin observaciones al momento de la recepción."
    (archivo,) = imprime["archivos"]
    assert archivo["nombre"] == "carta.pdf"
    assert "1 folio" in archivo["detalle"]
    assert len(archivo["sha256"]) == 64
    direccion = f"{mundo.entorno.direccion_publica}/verificar/{codigo}"
    assert imprime["qr"]["texto"] == f"{direccion}?d=1~d"
    assert direccion in imprime["al_pie_del_qr"][0]
    assert "No es una firma digital de la IOFE" in imprime["al_pie_del_qr"][1]
