"""Los formularios en obra: pasos que se deshacen byte por byte, dos personas a la vez, publicar."""

import json
from typing import Any

import pytest
from fabrica import MESA, RIO, VALLE, Mundo
from sqlalchemy import select

from facilita.definicion.redaccion import redactar
from facilita.tramite import estanteria, formularios, historial, obras, pasos_de_obra, publicaciones
from facilita.tramite.ambito import Ambito
from facilita.tramite.errores import (
    Conflicto,
    Invalido,
    NoExiste,
    NoPermitido,
    ObraCambiada,
    Retirado,
)
from facilita.tramite.modelos import Obra, PasoDeObra

AYUDA = {"accion": "cambiar", "familia": "campos", "cual": "destinatario"}


def ayuda(texto: str) -> dict[str, Any]:
    """La acción que cambia la ayuda del destinatario."""
    return {**AYUDA, "propiedades": {"ayuda": texto}}


def documentos(mundo: Mundo) -> list[str]:
    """Los bytes guardados de cada paso, en orden."""
    with mundo.entorno.bd.lectura(Ambito.de_plataforma("prueba")) as sesion:
        return list(sesion.scalars(select(PasoDeObra.documento).order_by(PasoDeObra.numero)))


def test_deshacer_da_los_mismos_bytes_y_rehacer_tambien(mundo: Mundo) -> None:
    entorno, ana = mundo.entorno, mundo.actor("ana")
    obras.editar(entorno, ana, MESA)
    obra = obras.leer(entorno, ana, MESA)
    for n in range(3):
        obra = pasos_de_obra.hacer(entorno, ana, MESA, obra.revision, ayuda(f"Ayuda {n}"))
    hechos = documentos(mundo)
    assert len(hechos) == 4
    for n in (2, 1, 0):
        obra = pasos_de_obra.deshacer(entorno, ana, MESA, obra.revision)
        assert obra.yaml == _yaml(hechos[n])
    with pytest.raises(Conflicto, match="No hay más pasos que deshacer"):
        pasos_de_obra.deshacer(entorno, ana, MESA, obra.revision)
    for n in (1, 2, 3):
        obra = pasos_de_obra.rehacer(entorno, ana, MESA, obra.revision)
        assert obra.yaml == _yaml(hechos[n])
    assert documentos(mundo) == hechos
    obra = pasos_de_obra.deshacer(entorno, ana, MESA, obra.revision)
    obra = pasos_de_obra.hacer(entorno, ana, MESA, obra.revision, ayuda("Otra"))
    assert obra.por_rehacer is None and len(obra.pasos) == 3


def _yaml(documento: str) -> str:
    return redactar(json.loads(documento))


def test_dos_personas_a_la_vez_la_segunda_se_entera_y_no_pierde_nada(mundo: Mundo) -> None:
    entorno, ana, sara = mundo.entorno, mundo.actor("ana"), mundo.actor("sara")
    obras.editar(entorno, ana, MESA)
    vista = obras.leer(entorno, sara, MESA).revision
    pasos_de_obra.hacer(entorno, ana, MESA, vista, ayuda("La de Ana"))
    with pytest.raises(ObraCambiada, match=r"ana cambió este formulario.*La de Ana"):
        pasos_de_obra.hacer(entorno, sara, MESA, vista, ayuda("La de Sara"))
    hoy = obras.leer(entorno, sara, MESA)
    assert "La de Ana" in hoy.yaml
    assert (
        "La de Sara"
        in pasos_de_obra.hacer(entorno, sara, MESA, hoy.revision, ayuda("La de Sara")).yaml
    )


def test_solo_quien_coordina_construye_y_cada_entidad_lo_suyo(mundo: Mundo) -> None:
    entorno = mundo.entorno
    obras.editar(entorno, mundo.actor("ana"), MESA)
    for quien in ("luis", "norma"):
        with pytest.raises(NoPermitido):
            obras.leer(entorno, mundo.actor(quien), MESA)
    with pytest.raises(NoExiste):
        obras.leer(entorno, mundo.actor("rita"), MESA)
    assert mundo.entidad(RIO).slug == RIO


def test_usar_la_plantilla_dos_veces_es_una_y_se_publica(mundo: Mundo) -> None:
    entorno, ana = mundo.entorno, mundo.actor("ana")
    cual = "libro-de-reclamaciones"
    assert obras.empezar(entorno, ana, cual) == obras.empezar(entorno, ana, cual)
    assert len(mundo.todo(Obra)) == 1
    with pytest.raises(NoExiste):
        obras.empezar(entorno, mundo.actor("rita"), "solicitud-de-acceso")
    obra = obras.leer(entorno, ana, cual)
    with pytest.raises(Invalido) as sin_motivo:
        publicaciones.publicar(entorno, ana, cual, obra.revision, "  ")
    assert [e.campo for e in sin_motivo.value.errores] == ["motivo"]
    hecho = publicaciones.publicar(entorno, ana, cual, obra.revision, "Empezamos")
    assert (hecho.version, hecho.cambio) == (1, "nueva")
    assert formularios.vigente(entorno, VALLE, cual).numero == 1
    with pytest.raises(Conflicto, match="nada que publicar"):
        publicaciones.publicar(entorno, ana, cual, obra.revision, "Otra vez")
    tenidos, ofrecidas = estanteria.listar(entorno, ana)
    assert next(t for t in tenidos if t.slug == cual).version == 1
    assert ofrecidas[0].id == "mesa-de-partes" and ofrecidas[0].usada


def test_lo_que_falta_se_dice_con_su_lugar_y_su_norma(mundo: Mundo) -> None:
    """Sin lo que la ley manda no se publica: la ayuda que rompe la condición, el horario (N42)."""
    entorno, ana = mundo.entorno, mundo.actor("ana")
    obras.editar(entorno, ana, MESA)
    obra = obras.leer(entorno, ana, MESA)
    mal = {"si": {"campo": "no_existe", "es": "x"}}
    accion = {**AYUDA, "cual": "poder", "propiedades": mal}
    obra = pasos_de_obra.hacer(entorno, ana, MESA, obra.revision, accion)
    lista = publicaciones.comprobar(entorno, ana, MESA)
    falta = next(p for p in lista.faltan if p.problema)
    assert falta.problema and falta.problema.cual == "poder"
    assert "el campo «Documento que acredita la representación»" in falta.problema.lugar
    assert falta.normas == ("lpag-115",)
    with pytest.raises(Invalido, match="Todavía no se puede publicar"):
        publicaciones.publicar(entorno, ana, MESA, obra.revision, "A ver")
    assert lista.cambios and not lista.es_igual


def test_subir_un_archivo_pasa_por_las_mismas_comprobaciones(mundo: Mundo) -> None:
    entorno, ana = mundo.entorno, mundo.actor("ana")
    obras.editar(entorno, ana, MESA)
    obra = obras.leer(entorno, ana, MESA)
    bueno = obra.yaml
    for texto, dicho in (
        ("a: &x [1]\nb: *x", "anclas"),
        ("- 1\n- 2", "No es un archivo de cambios"),
        (bueno.replace("formulario: mesa-de-partes", "formulario: otro"), "de otro formulario"),
        (bueno.replace("mesa-de-partes@1", "contacto@1"), "de otra plantilla"),
        (bueno + "  titulo: ''\n", "Línea"),
        (bueno + "  quitar: {campos: [asunto]}\n", "repetida"),
        (bueno.replace("memorial", "solicitud").replace("tipo_documento", "tipo_persona"), "Línea"),
        ("\x00", "mal escrito"),
        (b"a: \xc3\x28", "UTF-8"),
        ("x" * 600_000, "pasa de 512 KB"),
    ):
        with pytest.raises(Invalido) as mal:
            pasos_de_obra.subir(entorno, ana, MESA, obra.revision, texto)
        assert any(dicho in e.texto for e in mal.value.errores), (texto[:60], mal.value.errores)
    assert obras.leer(entorno, ana, MESA).yaml == bueno
    nuevo = pasos_de_obra.subir(entorno, ana, MESA, obra.revision, bueno + "  titulo: Otro\n")
    assert nuevo.titulo == "Otro" and nuevo.pasos[0].hecho == "Se subió un archivo de cambios"


def test_volver_retirar_y_lo_que_queda_en_curso(mundo: Mundo) -> None:
    entorno, ana = mundo.entorno, mundo.actor("ana")
    mundo.presentar_mesa()
    mundo.abrir_mesa()
    obras.editar(entorno, ana, MESA)
    obra = obras.leer(entorno, ana, MESA)
    obra = pasos_de_obra.hacer(entorno, ana, MESA, obra.revision, ayuda("Otra"))
    publicaciones.publicar(entorno, ana, MESA, obra.revision, "Otra ayuda")
    vista = historial.historia(entorno, ana, MESA)
    assert [(v.numero, v.es_vigente) for v in vista.versiones] == [(2, True), (1, False)]
    assert (vista.versiones[1].en_curso.solicitudes, vista.versiones[1].en_curso.borradores) == (
        1,
        1,
    )
    assert "Otra" in vista.versiones[0].diferencias[0]
    ultimo = vista.sucesos[0]
    assert (ultimo.numero, ultimo.motivo, ultimo.quien) == (2, "Otra ayuda", "ana")
    hecho = historial.volver(entorno, ana, MESA, 1, "La otra confundía")
    assert (hecho.version, hecho.cambio) == (1, "repuesta")
    assert formularios.vigente(entorno, VALLE, MESA).numero == 1
    assert obras.leer(entorno, ana, MESA).pasos[0].hecho == "Se volvió a publicar la versión 1"
    assert publicaciones.comprobar(entorno, ana, MESA).es_igual
    with pytest.raises(Conflicto):
        historial.volver(entorno, ana, MESA, 1, "Otra vez")
    with pytest.raises(Invalido):
        historial.retirar(entorno, ana, MESA, "Cierra", " ")
    historial.retirar(entorno, ana, MESA, "Cierra", "Presenta en Jr. Lima 100 hasta marzo.")
    with pytest.raises(Retirado, match=r"Jr\. Lima 100"):
        formularios.vigente(entorno, VALLE, MESA)
    assert historial.historia(entorno, ana, MESA).sucesos[0].numero is None
    historial.volver(entorno, ana, MESA, 2, "Reabre")
    assert formularios.vigente(entorno, VALLE, MESA).numero == 2


def test_lo_publicado_por_fuera_se_avisa_y_descartar_vuelve_a_lo_publicado(mundo: Mundo) -> None:
    entorno, ana = mundo.entorno, mundo.actor("ana")
    obras.editar(entorno, ana, MESA)
    obra = obras.leer(entorno, ana, MESA)
    assert not obra.publicada_por_fuera
    texto = obra.yaml + "  titulo: Por la consola\n"
    formularios.publicar(entorno, ana.entidad_id, texto, "mesa.yaml", motivo="Consola")
    assert obras.leer(entorno, ana, MESA).publicada_por_fuera
    obras.descartar(entorno, ana, MESA, obra.revision)
    with pytest.raises(NoExiste):
        obras.leer(entorno, ana, MESA)
    obras.editar(entorno, ana, MESA)
    assert obras.leer(entorno, ana, MESA).titulo == "Por la consola"
