"""Importar la lista de entidades: primero se mira, después se hace, y repetirla no cambia nada."""

import pytest
from fabrica import RIO, RUC_RIO, Mundo, crear_entidad

from facilita.tramite import importacion
from facilita.tramite.errores import NoPermitido
from facilita.tramite.importacion import Previa
from facilita.tramite.modelos import Entidad, Sede, SucesoDeEntidad

SOLO_SQLITE = pytest.mark.parametrize("motor", ["sqlite"], indirect=True)
"""La base no cambia nada aquí."""


NUEVA = "20512345671"
CABEZA = "ruc,nombre,siglas,tipo,ubigeo,correo,telefono"
LINDO = f"{NUEVA},Municipalidad de Puerto Lindo,MDPL,Gobierno Local,080101,mesa@lindo.example,5551"
OTRA = "20771000003,Otra,MDPL,otra,150101,o@o.example,"


def mirar(mundo: Mundo, *lineas: str, cabeza: str = CABEZA) -> Previa:
    return importacion.mirar(mundo.entorno, mundo.actor("sara"), "\n".join([cabeza, *lineas]))


def importar(mundo: Mundo, *lineas: str) -> Previa:
    return importacion.importar(mundo.entorno, mundo.actor("sara"), "\n".join([CABEZA, *lineas]))


@pytest.fixture
def mundo(mundo: Mundo) -> Mundo:
    """Valle-sereno administra la plataforma."""
    crear_entidad(mundo.entorno, plataforma=True)
    return mundo


def test_mirar_no_guarda_e_importar_si(mundo: Mundo):
    """La registra sin acceso, con su sede y su dirección; otra vez, no cambia nada."""
    antes = mundo.cuantas(Entidad, SucesoDeEntidad)
    assert mirar(mundo, LINDO).cuantas("nueva") == 1
    assert mundo.cuantas(Entidad, SucesoDeEntidad) == antes
    assert importar(mundo, LINDO).cuantas("nueva") == 1
    (nueva,) = mundo.todo(Entidad, Entidad.ruc == NUEVA)
    assert (nueva.slug, nueva.tipo, nueva.ubigeo, nueva.telefono) == (
        "mdpl", "gobierno_local", "080101", "5551",
    )  # fmt: skip
    assert len(mundo.todo(Sede, Sede.entidad_id == nueva.id)) == 1
    suyos = SucesoDeEntidad.entidad_id == nueva.id
    assert [s.clase for s in mundo.todo(SucesoDeEntidad, suyos)] == ["registrada"]
    despues = mundo.cuantas(Entidad, SucesoDeEntidad)
    assert importar(mundo, LINDO).cuantas("igual") == 1
    assert mundo.cuantas(Entidad, SucesoDeEntidad) == despues


@SOLO_SQLITE
def test_a_quien_ya_tiene_acceso_no_se_le_cambia_el_contacto(mundo: Mundo):
    """Su nombre, su tipo y su distrito sí, y queda como suceso."""
    correo = mundo.entidad(RIO).correo
    previa = importar(mundo, f"{RUC_RIO},Río Claro Alto,RCA,otra,150101,nuevo@rio.example,9")
    assert previa.cuantas("cambia") == 1
    rio = mundo.todo(Entidad, Entidad.ruc == RUC_RIO)[0]
    assert (rio.nombre, rio.tipo, rio.correo, rio.slug) == ("Río Claro Alto", "otra", correo, RIO)
    suyos = SucesoDeEntidad.entidad_id == rio.id
    assert [s.clase for s in mundo.todo(SucesoDeEntidad, suyos)] == [
        "registrada", "acceso", "datos",
    ]  # fmt: skip


@SOLO_SQLITE
@pytest.mark.parametrize(
    ("linea", "columna"),
    [
        ("20512345670,A,A,otra,150101,a@a.example,", "ruc"),
        (f"{NUEVA},,A,otra,150101,a@a.example,", "nombre"),
        (f"{NUEVA},A,A,cualquiera,150101,a@a.example,", "tipo"),
        (f"{NUEVA},A,A,otra,999999,a@a.example,", "ubigeo"),
        (f"{NUEVA},A,A,otra,150101,nadie,", "correo"),
        (f"{NUEVA},{'x' * 201},A,otra,150101,a@a.example,", "nombre"),
        (f"{NUEVA}", "nombre"),
        ('20512345671,"A,A,otra', "tipo"),
    ],
)
def test_cada_falla_dice_su_linea_y_su_columna(mundo: Mundo, linea: str, columna: str):
    """Y lo demás se importa igual."""
    previa = mirar(mundo, OTRA, linea)
    assert (3, columna) in {(f.linea, f.columna) for f in previa.fallas}
    assert previa.cuantas("nueva") == 1


@SOLO_SQLITE
@pytest.mark.parametrize(
    ("texto", "frase"),
    [
        ("", "Le faltan columnas"),
        ("hola", "Le faltan columnas"),
        ("ruc,nombre\n1,2", "tipo, ubigeo, correo"),
        (CABEZA + "\n" + "x" * 2_000_001, "muy grande"),
        (f"{CABEZA}\n{LINDO}\n{LINDO}", "ya está en la línea 2"),
    ],
)
def test_un_archivo_que_no_es_se_dice(mundo: Mundo, texto: str, frase: str):
    previa = importacion.mirar(mundo.entorno, mundo.actor("sara"), texto)
    assert any(frase in f.texto for f in previa.fallas)


@SOLO_SQLITE
def test_se_lee_como_lo_guarda_una_hoja_de_calculo(mundo: Mundo):
    """Con punto y coma, con tildes de Windows, con el cero del ubigeo perdido y en otro orden."""
    datos = (
        "Correo;RUC;Nombre;Tipo;Ubigeo\r\nm@l.example;20512345671;Ñaña;Universidad pública;80101"
    )
    texto = importacion.texto_de(datos.encode("cp1252"))
    previa = importacion.mirar(mundo.entorno, mundo.actor("sara"), texto)
    assert not previa.fallas
    assert previa.filas[0].datos["nombre"] == "Ñaña"
    assert previa.filas[0].datos["ubigeo"] == "080101"
    assert importacion.texto_de("Ñ".encode("utf-8-sig")) == "Ñ"


@SOLO_SQLITE
def test_dos_con_las_mismas_siglas_tienen_direcciones_distintas(mundo: Mundo):
    assert importar(mundo, LINDO, OTRA).cuantas("nueva") == 2
    slugs = [e.slug for e in mundo.todo(Entidad, Entidad.slug.like("mdpl%"))]
    assert slugs == ["mdpl", "mdpl-2"]


@SOLO_SQLITE
@pytest.mark.parametrize("quien", ["ana", "luis", "rita"])
def test_solo_la_sgtd_importa(mundo: Mundo, quien: str):
    """N61."""
    for verbo in (importacion.mirar, importacion.importar):
        with pytest.raises(NoPermitido):
            verbo(mundo.entorno, mundo.actor(quien), CABEZA)
