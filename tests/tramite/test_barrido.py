"""El barrido: se va lo que nadie presentó y se queda todo lo demás (N60)."""

from fabrica import Mundo

from facilita.tramite import barrido, borradores
from facilita.tramite.modelos import Adjunto, Archivo, Borrador


def test_borra_lo_abandonado_con_sus_bytes(mundo: Mundo) -> None:
    """Un borrador vencido se va, y a las 48 horas también sus archivos."""
    mundo.abrir_mesa()
    (archivo,) = mundo.todo(Archivo)
    mundo.pasar(days=7, hours=23)
    assert barrido.barrer_borradores(mundo.entorno) == 0
    mundo.pasar(days=2)
    assert barrido.barrer_borradores(mundo.entorno) == 1
    assert mundo.cuantas(Borrador, Adjunto) == [0, 0]
    assert barrido.barrer_archivos(mundo.entorno) == 1
    assert mundo.cuantas(Archivo) == [0]
    assert not mundo.entorno.almacen.existe(archivo.clave)


def test_lo_presentado_se_queda(mundo: Mundo) -> None:
    """Nada presentado se borra, por más que pase el tiempo (N60)."""
    mundo.presentar_mesa()
    mundo.pasar(days=400)
    assert barrido.barrer_borradores(mundo.entorno) == 0
    assert barrido.barrer_archivos(mundo.entorno) == 0
    (archivo,) = mundo.todo(Archivo)
    assert mundo.entorno.almacen.existe(archivo.clave)


def test_un_archivo_recien_subido_espera(mundo: Mundo) -> None:
    """Un archivo sin dueño de hace poco puede estar llegando todavía."""
    ficha = mundo.abrir_mesa()
    entidad = mundo.entidad()
    (adjunto,) = mundo.todo(Adjunto)
    borradores.guardar(mundo.entorno, entidad, ficha, {}, (), (adjunto.id,))
    assert barrido.barrer_archivos(mundo.entorno) == 0
    mundo.pasar(hours=49)
    assert barrido.barrer_archivos(mundo.entorno) == 1
