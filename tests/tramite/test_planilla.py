"""Invitar a muchos con una planilla: cada falta en su fila, y ninguna planilla hostil hace daño."""

import io
import zipfile
from collections.abc import Sequence

import openpyxl
import pytest
from fabrica import Mundo, correo_de

from facilita.servicios import planillas
from facilita.tramite import planilla, plantel
from facilita.tramite.errores import Invalido, NoPermitido
from facilita.tramite.modelos import Membresia, Usuario

TITULOS = list(planilla.COLUMNAS)
ROSA = ["rosa@vallesereno.example", "Rosa Ñahui", "Colaborador", "", "", "", "sí"]
JUAN = ["juan@vallesereno.example", "Juan Poma", "coordinador de SEDE", "Agencia municipal Norte"]
PIA = [
    "pia@vallesereno.example", "Pía Soto", "colaborador", "central", "Obras y desarrollo urbano",
    "mesa-de-partes; Escríbele a tu municipalidad",
]  # fmt: skip


def xlsx(filas: Sequence[Sequence[object]]) -> bytes:
    libro = openpyxl.Workbook()
    for fila in filas:
        libro.active.append(list(fila))
    salida = io.BytesIO()
    libro.save(salida)
    return salida.getvalue()


def rehecho(datos: bytes, **partes: bytes) -> bytes:
    """El mismo paquete con otras partes, o con más."""
    salida = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(datos)) as de, zipfile.ZipFile(salida, "w", 8) as a:
        for nombre in de.namelist():
            a.writestr(nombre, de.read(nombre))
        for nombre, contenido in partes.items():
            a.writestr(nombre.replace("__", "/") + ".xml", contenido)
    return salida.getvalue()


BUENA = xlsx([TITULOS, ROSA, JUAN, PIA])


@pytest.mark.parametrize(
    "datos",
    [
        BUENA,
        planillas.escribir_csv([TITULOS, ROSA, JUAN, PIA]),
        "\n".join(",".join(f'"{c}"' for c in f) for f in (TITULOS, ROSA, JUAN, PIA)).encode(),
        planillas.escribir_csv([TITULOS, ROSA, JUAN, PIA]).decode("utf-8-sig").encode("cp1252"),
    ],
    ids=["xlsx", "csv", "con comas", "de un Excel en español"],
)
def test_de_la_planilla_a_las_invitaciones(mundo: Mundo, datos: bytes):
    """N61: se mira, no se crea nada; se confirma, y cada quien tiene su enlace y su puesto."""
    ana, entorno = mundo.actor("ana"), mundo.entorno
    filas = planilla.leer(datos)
    antes = mundo.cuantas(Usuario, Membresia)
    vistas = planilla.previa(entorno, ana, filas)
    assert [v.errores for v in vistas] == [(), (), ()]
    assert mundo.cuantas(Usuario, Membresia) == antes
    hechos = planilla.crear(entorno, ana, filas)
    assert len({h.enlace.direccion for h in hechos}) == 3
    por_correo = {m.correo: m for m in plantel.listar(entorno, ana)}
    rosa, juan, pia = (por_correo[f[0]] for f in (ROSA, JUAN, PIA))
    assert (rosa.nombres, rosa.atiende, rosa.situacion) == ("Rosa Ñahui", "Todo", "invitado")
    assert (juan.puesto.rol, juan.puesto.sede) == ("coordinador_sede", "norte")
    assert (pia.puesto.area, len(pia.formularios)) == ("obras", 2)
    with pytest.raises(Invalido, match="corregir"):
        planilla.crear(entorno, ana, filas)
    assert len(mundo.todo(Usuario)) == antes[0] + 3


FALTAS = [
    (["", "Rosa", "colaborador", "", "", "", "si"], "correo completo"),
    ([correo_de("luis"), "Luis", "colaborador", "", "", "", "si"], "ya es de alguien"),
    (["a@x.pe", "", "colaborador", "", "", "", "si"], "nombres y apellidos"),
    (["a@x.pe", "A", "", "", "", "", ""], "Elige un rol"),
    (["a@x.pe", "A", "jefe"], "No hay ningún «jefe» para «rol»"),
    (["a@x.pe", "A", "sgtd"], "No hay ningún «sgtd» para «rol»"),
    (["a@x.pe", "A", "coordinador de sede"], "necesita su sede"),
    (["a@x.pe", "A", "colaborador", "Sur", "", "", "si"], "No hay ningún «Sur» para «sede»"),
    (["a@x.pe", "A", "colaborador", "", "", "licencia"], "«licencia» para «formularios»"),
    (["a@x.pe", "A", "colaborador"], "Elige su área"),
    (["a@x.pe", "A", "colaborador", "", "", "", "quizá"], "escribe «sí»"),
    (["a@x.pe", "=HYPERLINK(1)", "colaborador", "", "", "", "si"], "empieza como una fórmula"),
    (["a@x.pe", "@SUM(A1)", "colaborador", "", "", "", "si"], "empieza como una fórmula"),
    (ROSA, "dos veces"),
]


def test_cada_falta_se_dice_en_su_fila(mundo: Mundo):
    """N61: lo bueno queda listo; con una falta no se crea a nadie."""
    ana, entorno = mundo.actor("ana"), mundo.entorno
    escritas = [
        [f"a{n}@x.pe" if fila[0] == "a@x.pe" else fila[0], *fila[1:]]
        for n, (fila, _) in enumerate(FALTAS)
    ]
    filas = planilla.leer(xlsx([TITULOS, ROSA, *escritas]))
    vistas = planilla.previa(entorno, ana, filas)
    assert vistas[0].errores == ()
    for vista, (fila, dice) in zip(vistas[1:], FALTAS, strict=True):
        assert any(dice in e for e in vista.errores), (fila, vista.errores)
        assert len(vista.errores) == 1, (fila, vista.errores)
    assert [v.numero for v in vistas] == list(range(2, len(FALTAS) + 3))
    antes = mundo.cuantas(Usuario)
    with pytest.raises(Invalido):
        planilla.crear(entorno, ana, filas)
    assert mundo.cuantas(Usuario) == antes


def test_cada_quien_con_su_limite(mundo: Mundo):
    """N61: quien coordina una sede, en la suya y sin decirla; los demás, nada."""
    entorno, norma = mundo.entorno, mundo.actor("norma")
    filas = planilla.leer(xlsx([TITULOS, ROSA, [*JUAN[:2], "coordinador de entidad"], PIA]))
    rosa, juan, pia = planilla.previa(entorno, norma, filas)
    assert rosa.errores == ()
    assert "«coordinador de entidad» para «rol»" in juan.errores[0]
    assert "«central» para «sede»" in pia.errores[0]
    planilla.crear(entorno, norma, filas[:1])
    (hecha,) = [m for m in plantel.listar(entorno, norma) if m.correo == ROSA[0]]
    assert hecha.puesto.sede == "norte"
    for quien in ("luis", "max"):
        for hacer in (planilla.previa, planilla.crear):
            with pytest.raises(NoPermitido):
                hacer(entorno, mundo.actor(quien), filas)


BOMBA = b"<a>" + b" " * (planillas.INFLADO_MAXIMO + 1)
ENTIDADES = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "bbbb">]><a>&b;</a>'


@pytest.mark.parametrize(
    ("datos", "dice"),
    [
        (b"", "vacío"),
        (b"x" * (planillas.PESO_MAXIMO + 1), "más de 1 MB"),
        (b"\xd0\xcf\x11\xe0" + b"x" * 600, "Excel antiguo"),
        ("correo;nombres;rol\n".encode("utf-16"), "No entendemos cómo está escrito"),
        (b"correo;nombres\x81;rol", "No entendemos cómo está escrito"),
        (b"%PDF-1.7\x00\x01", "No entendemos cómo está escrito"),
        (b"PK\x03\x04 roto", "dañado"),
        (rehecho(BUENA, bomba=BOMBA), "se infla demasiado"),
        (rehecho(BUENA, **{f"parte{n}": b"" for n in range(201)}), "se infla demasiado"),
        (rehecho(BUENA, xl__otra=ENTIDADES), "podamos leer"),
        (b"a;b;c\n1;2;3", "le faltan estas columnas: correo, nombres, rol"),
        (planillas.escribir_csv([TITULOS]), "ninguna persona debajo"),
        (planillas.escribir_csv([TITULOS, *[ROSA] * 501]), "más de 500 filas"),
        (xlsx([TITULOS, *[ROSA] * 501]), "más de 500 filas"),
        (b'correo;nombres;rol\n"' + b"x" * 200_000, "bien formado"),
    ],
    ids=lambda x: x if isinstance(x, str) else "",
)
def test_una_planilla_hostil_recibe_una_frase_clara(datos: bytes, dice: str):
    """N61: nada de eso es un error del servidor, y dice qué hacer."""
    with pytest.raises(Invalido) as negativa:
        planilla.leer(datos)
    (error,) = negativa.value.errores
    assert (error.campo, dice in error.texto) == ("planilla", True), error.texto


def test_la_plantilla_se_llena_y_se_lee(mundo: Mundo):
    """N61: la que se baja es la que se sube; sus opciones son las de quien la pide."""
    ana, entorno = mundo.actor("ana"), mundo.entorno
    libro = openpyxl.load_workbook(io.BytesIO(planilla.plantilla(entorno, ana, "xlsx")))
    assert [c.value for c in libro.worksheets[0][1]] == TITULOS
    opciones = {c.value for fila in libro["Opciones"] for c in fila}
    assert {"Colaborador", "Palacio municipal", "Obras y desarrollo urbano"} <= opciones
    assert "SGTD" not in opciones
    csv = planilla.plantilla(entorno, ana, "csv") + ";".join(ROSA).encode()
    assert planilla.previa(entorno, ana, planilla.leer(csv))[0].errores == ()
