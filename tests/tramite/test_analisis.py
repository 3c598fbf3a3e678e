"""El análisis de los archivos: de pendiente a lo que el antivirus diga, nunca limpio porque sí."""

from dataclasses import replace
from typing import Any

import pytest
from clamd import EICAR, FIRMA, ServidorClamd
from fabrica import VALLE, Mundo

from facilita.servicios.antivirus import AntivirusNoDisponible, abrir_antivirus
from facilita.tramite import analisis, barrido, borradores, descargas, seguimiento
from facilita.tramite.archivos import Subida
from facilita.tramite.errores import EnCuarentena, Invalido, NoExiste, NoPermitido
from facilita.tramite.modelos import Adjunto, Analisis, Archivo, Bitacora


@pytest.fixture
def protegido(mundo: Mundo, antivirus: ServidorClamd) -> Mundo:
    """El mundo, con antivirus."""
    return mundo.con(antivirus=abrir_antivirus(antivirus.url))


def subida(mundo: Mundo, datos: bytes = EICAR, campo: str = "anexos") -> Subida:
    """Una nota que llegó, guardada y revisada."""
    with mundo.entorno.almacen.recibir() as recepcion:
        recepcion.write(datos)
        clave = mundo.entorno.almacen.guardar(recepcion, VALLE)
        return Subida(
            campo=campo, nombre="nota.txt", clave=clave, sha256=recepcion.sha256,
            tamano=recepcion.tamano, tipo="txt", mime="text/plain", paginas=None, marcas=(),
        )  # fmt: skip


def presentar(mundo: Mundo, datos: bytes = EICAR) -> str:
    """Presenta por mesa de partes con ese anexo; da el código."""
    ficha = mundo.abrir_mesa()
    borradores.guardar(mundo.entorno, mundo.entidad(), ficha, {}, [subida(mundo, datos)])
    return mundo.presentar(ficha)


def anexo(mundo: Mundo) -> Adjunto:
    (adjunto,) = mundo.todo(Adjunto, Adjunto.campo == "anexos")
    return adjunto


def situaciones(mundo: Mundo) -> list[str]:
    return sorted(a.situacion for a in mundo.todo(Analisis))


def agotar(mundo: Mundo) -> None:
    while analisis.analizar(mundo.entorno):
        pass


def test_de_pendiente_a_limpio_o_infectado(protegido: Mundo) -> None:
    """N12: se recibe y se analiza después; la segunda vez no hay nada que hacer."""
    presentar(protegido)
    assert situaciones(protegido) == ["pendiente", "pendiente"]
    agotar(protegido)
    assert situaciones(protegido) == ["infectado", "limpio"]
    (malo,) = protegido.todo(Analisis, Analisis.situacion == "infectado")
    assert malo.detalle == FIRMA and malo.motor.startswith("ClamAV")
    assert malo.analizado_en == protegido.reloj.ahora()
    assert analisis.analizar(protegido.entorno) == 0
    assert analisis.contar(protegido.entorno) == {
        "pendiente": 0, "limpio": 1, "infectado": 1, "no_analizado": 0,
    }  # fmt: skip


def test_lo_infectado_se_recibe_y_queda_apartado(protegido: Mundo) -> None:
    """N04, N12, N20: la presentación vale, el cargo no cambia y nadie lo descarga."""
    codigo = presentar(protegido)
    entorno, entidad = protegido.entorno, protegido.entidad()
    antes = seguimiento.ver_cargo(entorno, codigo)
    cual, sid = anexo(protegido).id, protegido.solicitud(codigo).id
    luis = protegido.actor("luis")
    assert descargas.del_personal(entorno, luis, sid, cual).nombre == "nota.txt"
    agotar(protegido)
    for hacer in (
        lambda: descargas.del_personal(entorno, luis, sid, cual),
        lambda: descargas.del_personal(entorno, protegido.actor("ana"), sid, cual),
        lambda: descargas.del_ciudadano(entorno, codigo, cual),
    ):
        with pytest.raises(EnCuarentena):
            hacer()
    assert seguimiento.ver_cargo(entorno, codigo) == antes
    assert protegido.entorno.almacen.existe(anexo(protegido).archivo.clave)
    estados = analisis.de_solicitud(entorno, entidad.id, sid)
    assert estados[cual].infectado and FIRMA in estados[cual].en_palabras
    assert sorted(e.situacion for e in estados.values()) == ["infectado", "limpio"]
    # Lo demás de la solicitud se abre como siempre.
    bueno = next(a for a in estados if a != cual)
    assert descargas.del_ciudadano(entorno, codigo, bueno).nombre == "carta.pdf"


def test_se_abre_con_permiso_y_un_motivo_que_queda(protegido: Mundo) -> None:
    """N61: quién, cuándo y para qué; con otro nombre, para que no se abra solo."""
    codigo = presentar(protegido)
    entorno, sid, cual = (
        protegido.entorno, protegido.solicitud(codigo).id, anexo(protegido).id,
    )  # fmt: skip
    agotar(protegido)
    ana = protegido.actor("ana")
    apartado = descargas.ver_apartado(entorno, ana, sid, cual)
    assert apartado.estado.detalle == FIRMA
    for vacio in (None, "  ", "x" * 501):
        with pytest.raises(Invalido):
            descargas.abrir_apartado(entorno, ana, sid, cual, vacio)
    abierta = descargas.abrir_apartado(entorno, ana, sid, cual, "Lo pide el equipo de respuesta.")
    assert abierta.nombre == "nota.txt.infectado"
    (anotado,) = protegido.todo(Bitacora, Bitacora.accion == "archivo.infectado_descargado")
    assert anotado.usuario_id == ana.usuario_id
    assert anotado.datos["motivo"] == "Lo pide el equipo de respuesta."
    for quien in ("luis", "norma"):
        with pytest.raises(NoPermitido):
            descargas.abrir_apartado(entorno, protegido.actor(quien), sid, cual, "Quiero")
    with pytest.raises(NoExiste):
        descargas.abrir_apartado(entorno, protegido.actor("rita"), sid, cual, "De otra entidad")


def test_en_el_borrador_tampoco_se_abre(protegido: Mundo) -> None:
    """N04: se puede quitar, o presentar así."""
    ficha = protegido.abrir_mesa()
    entidad = protegido.entidad()
    borradores.guardar(protegido.entorno, entidad, ficha, {}, [subida(protegido)])
    agotar(protegido)
    with pytest.raises(EnCuarentena):
        descargas.del_borrador(protegido.entorno, entidad.id, ficha, anexo(protegido).id)
    codigo = protegido.presentar(ficha)
    assert seguimiento.ver_cargo(protegido.entorno, codigo)["archivos"][1]["nombre"] == "nota.txt"


def test_sin_antivirus_nada_se_da_por_limpio(mundo: Mundo) -> None:
    """N12: se dice que no se analizó; si después hay antivirus, se pide y se analiza."""
    codigo = presentar(mundo)
    entidad, sid = mundo.entidad(), mundo.solicitud(codigo).id
    assert analisis.analizar(mundo.entorno) == 0
    assert mundo.cuantas(Analisis) == [0]
    estados = analisis.de_solicitud(mundo.entorno, entidad.id, sid)
    assert {e.en_palabras for e in estados.values()} == {
        "No analizado: esta instalación no tiene antivirus."
    }
    assert analisis.contar(mundo.entorno)["no_analizado"] == 2
    assert descargas.del_ciudadano(mundo.entorno, codigo, anexo(mundo).id).nombre == "nota.txt"


def test_los_de_antes_se_piden_y_se_analizan(mundo: Mundo, antivirus: ServidorClamd) -> None:
    """N12: poner el antivirus después alcanza a lo que ya estaba; de una entidad o de todas."""
    presentar(mundo)
    protegido = mundo.con(antivirus=abrir_antivirus(antivirus.url))
    assert analisis.pedir(protegido.entorno, entidad_id=mundo.entidad("rio-claro").id) == 0
    assert analisis.pedir(protegido.entorno) == 2
    agotar(protegido)
    assert situaciones(protegido) == ["infectado", "limpio"]
    assert analisis.pedir(protegido.entorno) == 0
    # Con firmas nuevas: lo infectado sigue apartado mientras espera.
    assert analisis.pedir(protegido.entorno, todos=True) == 2
    assert situaciones(protegido) == ["infectado", "limpio"]
    agotar(protegido)
    assert situaciones(protegido) == ["infectado", "limpio"]


def test_caido_se_espera_se_dice_y_despues_se_analiza(
    protegido: Mundo, antivirus: ServidorClamd
) -> None:
    """N04, N12: se presenta igual; cada vez espera más, y al volver se analiza todo."""
    antivirus.apagar()
    codigo = presentar(protegido)
    entidad, sid = protegido.entidad(), protegido.solicitud(codigo).id
    esperas = []
    for _ in range(analisis.INTENTOS):
        antes = protegido.reloj.ahora()
        with pytest.raises(AntivirusNoDisponible):
            analisis.analizar(protegido.entorno)
        uno, otro = protegido.todo(Analisis)
        assert uno.proxima_en == otro.proxima_en and uno.tomado_hasta is None
        esperas.append((uno.proxima_en - antes).total_seconds())
        assert analisis.analizar(protegido.entorno) == 0
        protegido.reloj.poner(uno.proxima_en)
    assert esperas == [20, 40, 80, 160, 320, 640, 1280, 86400]
    estados = analisis.de_solicitud(protegido.entorno, entidad.id, sid)
    assert {e.en_palabras for e in estados.values()} == {"No analizado: el antivirus no respondía."}
    antivirus.prender()
    agotar(protegido)
    assert situaciones(protegido) == ["infectado", "limpio"]


def test_un_archivo_que_no_esta_no_detiene_a_los_demas(protegido: Mundo) -> None:
    """N12: se dice y se sigue."""
    presentar(protegido)
    protegido.entorno.almacen.borrar(anexo(protegido).archivo.clave)
    agotar(protegido)
    assert situaciones(protegido) == ["limpio", "no_analizado"]


def test_lo_que_otro_tomo_no_se_toca_y_si_murio_se_retoma(protegido: Mundo) -> None:
    """N12: un turno de quince minutos, como en la bandeja de salida."""
    presentar(protegido)
    tomados = analisis.COLA.tomar(protegido.entorno)
    assert len(tomados) == 2
    assert analisis.analizar(protegido.entorno) == 0
    protegido.pasar(minutes=16)
    agotar(protegido)
    assert situaciones(protegido) == ["infectado", "limpio"]
    # El primero despierta tarde: su turno ya no vale.
    analisis._anotar_falla(protegido.entorno, tomados[0], "tarde")
    assert situaciones(protegido) == ["infectado", "limpio"]


def test_unos_mismos_bytes_se_analizan_una_vez_por_entidad(protegido: Mundo) -> None:
    """N12: cada entidad sabe lo suyo."""
    for _ in range(2):
        protegido.presentar_mesa()
    protegido.presentar_mesa("rio-claro")
    assert protegido.cuantas(Archivo, Analisis) == [2, 2]


def test_lo_barrido_se_lleva_su_analisis(protegido: Mundo) -> None:
    """N60: lo que nadie presentó se va entero."""
    protegido.abrir_mesa()
    agotar(protegido)
    protegido.pasar(days=30)
    assert barrido.barrer_borradores(protegido.entorno) == 1
    assert barrido.barrer_archivos(protegido.entorno) == 1
    assert protegido.cuantas(Archivo, Analisis) == [0, 0]


class _SinFuerzas:
    """Un antivirus que dice que sí y se cae a mitad."""

    configurado, maximo = True, 10**9

    def version(self) -> str:
        return "a medias"

    def analizar(self, archivo: Any) -> Any:
        archivo.read(3)
        raise AntivirusNoDisponible("se cayó")


def test_si_se_cae_a_mitad_no_es_limpio(mundo: Mundo) -> None:
    """N12: lo empezado no cuenta."""
    roto = Mundo(replace(mundo.entorno, antivirus=_SinFuerzas()), mundo.reloj)
    roto.presentar_mesa()
    with pytest.raises(AntivirusNoDisponible):
        analisis.analizar(roto.entorno)
    assert situaciones(roto) == ["pendiente"]
