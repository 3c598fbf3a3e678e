"""La bandeja: pestañas, búsqueda, filtros, páginas y plazos en palabras."""

from datetime import date

import pytest
from fabrica import CONTACTO, FORMULARIOS, MESA, RIO, Mundo

from facilita.plazos import DiaNoHabil
from facilita.tramite import bandeja, dias, formularios
from facilita.tramite.bandeja import Bandeja, Filtros


def listar(mundo: Mundo, quien: str = "luis", **filtros: object) -> Bandeja:
    return bandeja.listar(mundo.entorno, mundo.actor(quien), Filtros(**filtros))


def numeros(vista: Bandeja) -> list[str]:
    return [f.numero for f in vista.filas]


def test_lo_mas_nuevo_primero_y_las_pestanas_cuentan(mundo: Mundo):
    """N22: cada estado con su cuenta, y ninguna de otra entidad."""
    codigos = [mundo.presentar_mesa(), mundo.presentar_contacto(), mundo.presentar_mesa()]
    mundo.presentar_mesa(RIO)
    mundo.transitar(codigos[0], "tomar")
    vista = listar(mundo)
    assert numeros(vista) == ["000003-2026", "000002-2026", "000001-2026"]
    cuentas = {p[0]: p[2] for p in vista.pestanas}
    assert (cuentas["nuevo"], cuentas["en_proceso"], cuentas["atendido"]) == (2, 1, 0)
    assert vista.total == 3
    assert numeros(listar(mundo, estado="en_proceso")) == ["000001-2026"]
    assert listar(mundo, estado="en_proceso").total == 3, "las pestañas no cambian al elegir una"


def test_un_estado_con_dos_nombres_se_dice_con_los_dos(mundo: Mundo):
    """N05: cada formulario llama a sus estados a su manera; la pestaña no elige uno por otro."""
    texto = (FORMULARIOS / "contacto.yaml").read_text()
    texto += "  estados:\n    nuevo: {etiqueta: Por leer}\n"
    formularios.publicar(mundo.entorno, mundo.entidad().id, texto, "c.yaml", motivo="Otro nombre")
    mundo.presentar_mesa()
    de = {cual: {p[0]: p[1] for p in listar(mundo, formulario=cual).pestanas}
          for cual in (None, MESA, CONTACTO)}  # fmt: skip
    assert [de[c]["nuevo"] for c in (None, MESA, CONTACTO)] == [
        "Nuevo / Por leer", "Nuevo", "Por leer"
    ]  # fmt: skip


def test_se_busca_por_lo_que_se_recuerda(mundo: Mundo):
    """N22: número, expediente, remitente, documento, asunto; sin tildes ni mayúsculas."""
    mundo.presentar_mesa()
    mundo.presentar_contacto()
    for texto in (
        "licencia", "LICENCIA copia", "ñahui", "nahui jose", "12345678", "000001-2026",
        "EXP-000001-2026", "jose.nahui@example.com",
    ):  # fmt: skip
        assert numeros(listar(mundo, texto=texto)) == ["000001-2026"], texto


def test_lo_que_no_esta_no_aparece(mundo: Mundo):
    """N22: los comodines son letras como cualquier otra; sin palabras no se filtra."""
    mundo.presentar_mesa()
    for texto in ("zzz", "licencia zzz", "' OR 1=1 --", "licencia%otra"):
        assert numeros(listar(mundo, texto=texto)) == [], texto
    for texto in ("%", "_", "\\", "  "):
        assert numeros(listar(mundo, texto=texto)) == ["000001-2026"], texto


def test_se_busca_por_codigo_de_seguimiento(mundo: Mundo):
    """N20: con o sin guiones, como lo dicta la persona por teléfono."""
    codigo = mundo.presentar_mesa()
    mundo.presentar_mesa()
    assert numeros(listar(mundo, texto=codigo.replace("-", "").lower())) == ["000001-2026"]
    assert numeros(listar(mundo, texto=codigo)) == ["000001-2026"]


def test_los_filtros_se_suman(mundo: Mundo):
    """N05: por formulario, a mi cargo, sin asignar."""
    suya = mundo.presentar_mesa()
    mundo.presentar_contacto()
    mundo.transitar(suya, "tomar")
    assert numeros(listar(mundo, cargo_de="mias")) == ["000001-2026"]
    assert numeros(listar(mundo, "ana", cargo_de="mias")) == []
    assert numeros(listar(mundo, cargo_de="sin_asignar")) == ["000002-2026"]
    assert numeros(listar(mundo, formulario=MESA)) == ["000001-2026"]
    assert numeros(listar(mundo, formulario=CONTACTO, cargo_de="mias")) == []


def test_las_paginas_siguen_sin_saltar_ni_repetir(mundo: Mundo, monkeypatch: pytest.MonkeyPatch):
    """N22: aunque lleguen otras mientras tanto."""
    monkeypatch.setattr(bandeja, "POR_PAGINA", 3)
    for _ in range(7):
        mundo.presentar_contacto()
    vistos, sigue = [], None
    while True:
        vista = listar(mundo, antes_de=sigue)
        vistos += numeros(vista)
        if (sigue := vista.sigue) is None:
            break
        mundo.presentar_contacto()
    assert vistos == [f"{n:06d}-2026" for n in range(7, 0, -1)]


PLAZOS = [
    (23, 11, "verde", "Quedan 10 días hábiles", None),
    (30, 11, "verde", "Quedan 5 días hábiles", None),
    (1, 12, "ambar", "Quedan 4 días hábiles", "por_vencer"),
    (3, 12, "ambar", "Quedan 2 días hábiles", "por_vencer"),
    (4, 12, "rojo", "Queda 1 día hábil", "por_vencer"),
    (7, 12, "rojo", "Vence hoy", "por_vencer"),
    (8, 12, "vencido", "Venció hace 1 día hábil", "vencido"),
    (11, 12, "vencido", "Venció hace 2 días hábiles", "vencido"),
]


def test_el_plazo_se_dice_en_palabras_y_se_filtra(mundo: Mundo):
    """N10: 10 días hábiles desde el lunes 23: vence el lunes 7 de diciembre."""
    mundo.presentar_contacto()
    for dia, mes, color, texto, plazo in PLAZOS:
        mundo.poner(dia, mes=mes)
        (fila,) = listar(mundo).filas
        assert (fila.plazo.color, fila.plazo.texto) == (color, texto)
        for filtro in ("vencido", "por_vencer"):
            assert len(listar(mundo, plazo=filtro).filas) == (filtro == plazo), (dia, filtro)


def test_un_dia_no_habil_declarado_mueve_los_plazos_que_se_abren_despues(mundo: Mundo):
    """N40, N41: el de su territorio, con su norma; el de otro territorio no."""
    dias.agregar(
        mundo.entorno,
        DiaNoHabil(date(2026, 11, 24), "distrito:150101", "Aniversario", "Ordenanza 12-2026"),
    )
    dias.agregar(
        mundo.entorno,
        DiaNoHabil(date(2026, 11, 25), "distrito:080101", "Otra fiesta", "Ordenanza 9-2026"),
    )
    codigo = mundo.presentar_contacto()
    cuenta = mundo.termino(codigo).cuenta
    assert cuenta["primer_dia"] == "2026-11-25"
    assert ("2026-11-24", "Ordenanza 12-2026") in [
        (s["fecha"], s["norma"]) for s in cuenta["saltados"]
    ]
