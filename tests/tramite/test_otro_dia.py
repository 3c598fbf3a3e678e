"""Lo que se decide con el día en que se presenta, y una presentación que cruza la medianoche."""

from datetime import date

import pytest
from fabrica import RAIZ, VALLE, Mundo
from test_numeros import RelojQueCorre, en_lima

from facilita.tramite import borradores, formularios, solicitudes, subsanacion
from facilita.tramite.modelos import Contenido

TEXTO = (RAIZ / "tests/definicion/hoy.yaml").read_text("utf-8")
CRUDO = {
    "nombre": "Ana", "correo": "ana@example.com", "fecha": "21/11/2026", "medio": "normal",
    "ultimos": "Llamé", "testigos": [{"testigo": "Rosa"}],
}  # fmt: skip
LUNES, MARTES = date(2026, 11, 23), date(2026, 11, 24)


@pytest.fixture
def ficha(mundo: Mundo) -> str:
    """Un borrador listo para presentar, abierto un lunes antes de la medianoche."""
    entidad = mundo.entidad().id
    formularios.publicar(mundo.entorno, entidad, TEXTO, "hoy.yaml", motivo="Prueba")
    mundo.poner(23, "23:58:00")
    return abrir(mundo)


def abrir(mundo: Mundo, **cambios: object) -> str:
    """La ficha de un borrador con esas respuestas."""
    vigente = formularios.vigente(mundo.entorno, VALLE, "hoy")
    return borradores.abrir(mundo.entorno, vigente, {**CRUDO, **cambios})[0]


def presentar(mundo: Mundo, ficha: str, mirado: date | None) -> solicitudes.Presentada:
    """Presenta lo que se miró ese día."""
    return solicitudes.presentar(
        mundo.entorno, mundo.entidad(), ficha, {"acepto": "true"}, mirado=mirado
    )


def respuestas(mundo: Mundo, codigo: str | None) -> dict[str, object]:
    """Lo último que se guardó de una solicitud."""
    assert codigo is not None
    de_ella = Contenido.solicitud_id == mundo.solicitud(codigo).id
    return dict(mundo.todo(Contenido, de_ella)[-1].respuestas)


def test_el_mismo_dia_se_presenta_lo_que_se_miro(mundo: Mundo, ficha: str):
    assert "ultimos" in respuestas(mundo, presentar(mundo, ficha, LUNES).codigo)


def test_pasada_la_medianoche_decide_el_dia_en_que_se_presenta(mundo: Mundo, ficha: str):
    """Si con el día nuevo cambia lo que se presenta, primero se mira otra vez."""
    mundo.poner(27, "00:00:01")
    hecha = presentar(mundo, ficha, LUNES)
    assert hecha.codigo is None and hecha.otro_dia
    assert hecha.paso is not None and not hecha.paso.lectura.errores
    assert "ultimos" not in respuestas(mundo, presentar(mundo, ficha, date(2026, 11, 27)).codigo)


def test_pasada_la_medianoche_sin_que_cambie_nada_se_presenta(mundo: Mundo, ficha: str):
    mundo.poner(24, "00:00:01")
    assert "ultimos" in respuestas(mundo, presentar(mundo, ficha, LUNES).codigo)


def test_lo_que_el_dia_nuevo_exige_se_pide(mundo: Mundo, ficha: str):
    otra = abrir(mundo, fecha="24/10/2026", ultimos="")
    mundo.poner(24, "00:00:01")
    hecha = presentar(mundo, otra, LUNES)
    assert hecha.codigo is None and hecha.otro_dia and hecha.paso is not None
    assert [e.de for e in hecha.paso.lectura.errores] == ["tarde"]


def test_si_el_dia_cambia_mientras_se_espera_el_turno_se_decide_con_el_nuevo(
    mundo: Mundo, ficha: str
):
    """N02: manda la hora leída con el turno tomado, también para las condiciones."""
    otra = abrir(mundo, fecha="24/10/2026", ultimos="")
    antes, despues = en_lima("2026-11-23T23:59:59"), en_lima("2026-11-24T00:00:00")
    en_la_fila = mundo.con(reloj=RelojQueCorre(antes, antes, despues))
    hecha = presentar(en_la_fila, otra, None)
    assert hecha.codigo is None and hecha.paso is not None
    assert [e.de for e in hecha.paso.lectura.errores] == ["tarde"]


def test_una_correccion_se_decide_con_el_dia_en_que_se_presento(mundo: Mundo, ficha: str):
    """El tiempo que pasa no cambia lo que se preguntó; los límites sí son los de hoy."""
    codigo = presentar(mundo, ficha, LUNES).codigo
    assert codigo is not None
    mundo.transitar(codigo, "observar", {"observacion-ultimos": "Precisa."}, quien="luis")
    mundo.pasar(days=40)
    entidad, sid = mundo.entidad(), mundo.solicitud(codigo).id
    correccion = subsanacion.abrir_correccion(mundo.entorno, entidad.id, sid)
    paso = borradores.leer(mundo.entorno, entidad, correccion)
    assert not paso.lectura.errores and "tarde" not in paso.lectura.visibles
    assert not paso.estrenados & set(paso.definicion.campos) and paso.se_cambia("ultimos")
    borradores.guardar(mundo.entorno, entidad, correccion, {"ultimos": "Fui a la agencia"})
    ahora = mundo.reloj.ahora()
    hecha = subsanacion.subsanar(mundo.entorno, entidad, correccion, {}, ahora)
    assert respuestas(mundo, hecha.codigo)["ultimos"] == "Fui a la agencia"


@pytest.mark.parametrize(
    ("filas", "se_ven"), [(0, {"solo"}), (1, set()), (2, {"vocero"}), (4, {"vocero"})]
)
def test_cuantas_filas_hay_decide(mundo: Mundo, ficha: str, filas: int, se_ven: set[str]):
    otra = abrir(mundo, testigos=[{"testigo": f"T{n}"} for n in range(filas)])
    visibles = borradores.leer(mundo.entorno, mundo.entidad(), otra).lectura.visibles
    assert visibles & {"vocero", "solo"} == se_ven
