"""El contrato de todo tipo de campo: lo que cualquiera de los del registro debe cumplir."""

import json
import random
from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from facilita.definicion import Contexto, Lectura, Respuestas
from facilita.definicion.campos import REGISTRO, Campo, Lector, Mostrado, crear_campo, esquema_de
from facilita.definicion.esquema import DEFINICIONES
from facilita.definicion.frases import FRASES
from facilita.definicion.lectura import leer
from facilita.definicion.validador import Validador

from .material import CONTEXTO, HOSTILES

PROPIO: dict[str, dict[str, Any]] = {
    "opcion_unica": {"opciones": [{"valor": "a", "etiqueta": "A"}]},
    "lista": {"opciones": [{"valor": "a", "etiqueta": "A"}]},
    "consentimiento": {"texto": "Acepto."},
    "informativo": {"texto": "Lee esto."},
    "documento_identidad": {"campo_tipo": "tipo"},
    "folios": {"archivos": ["principal"]},
    "archivo": {"cantidad_maxima": 3},
    "telefono": {"celular": True},
    "opciones_multiples": {
        "minimo": 2,
        "maximo": 3,
        "opciones": [
            {"valor": v, "etiqueta": v.upper(), "exclusiva": v == "n"} for v in "abcdn"
        ],
    },
    "fecha": {"desde": "2020-01-01", "hasta": "hoy"},
    "hora": {"desde": "08:00", "hasta": "16:30"},
    "dinero": {"minimo": 0.5, "maximo": 1200},
    "pago": {
        "concepto": "Derecho de trámite",
        "monto": 25.5,
        "medios": [{"id": "bn", "etiqueta": "Banco"}, {"id": "pagalo", "etiqueta": "Págalo.pe"}],
    },
    "grupo": {
        "maximo": 4,
        "campos": [
            {"id": "que", "tipo": "si_no", "etiqueta": "Qué", "obligatorio": True},
            {"id": "cuanto", "tipo": "dinero", "etiqueta": "Cuánto", "minimo": 1,
             "si": {"campo": "que", "es": True}},
            {"id": "voz", "tipo": "pago", "etiqueta": "Pago",
             "medios": [{"id": "bn", "etiqueta": "Banco"}]},
        ],
    },
}  # fmt: skip

todo_tipo = pytest.mark.parametrize("tipo", sorted(REGISTRO))


def campo_de(tipo: str, **mas: Any) -> Campo:
    """Un campo de ese tipo, con lo mínimo que exige."""
    clase = REGISTRO[tipo]
    comunes = {"etiqueta": "El campo"} if clase.se_responde else {}
    if not clase.se_responde:
        mas.pop("obligatorio", None)
    return crear_campo({"id": "x", "tipo": tipo, **comunes, **PROPIO.get(tipo, {}), **mas})


def claves_de(campo: Campo) -> frozenset[str]:
    """Las claves que puede decir un campo, con las de sus filas."""
    return campo.claves.union(*(claves_de(c) for c in campo.campos))


def leer_uno(campo: Campo, crudo: Any) -> Lectura:
    """Lo que da leer un solo campo."""
    return leer([(campo, None)], {} if crudo is None else {"x": crudo}, CONTEXTO)


@todo_tipo
def test_se_nombra_y_su_esquema_acepta_lo_minimo(tipo: str) -> None:
    clase = REGISTRO[tipo]
    assert clase.tipo == tipo
    assert clase.nombre and clase.control and clase.__doc__
    validador = Validador({**esquema_de(clase), "$defs": DEFINICIONES})
    assert list(validador.iter_errors(campo_de(tipo).dato)) == []
    assert list(validador.iter_errors({**campo_de(tipo).dato, "desconocida": 1}))
    assert clase.fallas(campo_de(tipo).dato) == []


@todo_tipo
def test_cada_error_que_dice_tiene_frase(tipo: str) -> None:
    clase = REGISTRO[tipo]
    assert clase.claves <= set(FRASES)
    assert not clase.se_responde or clase.clave_vacio in clase.claves


def test_ninguna_frase_sobra() -> None:
    dichas = {clave for clase in REGISTRO.values() for clave in clase.claves}
    assert set(FRASES) - dichas == {"forma"}  # La dice la pantalla, no un campo.


@todo_tipo
@pytest.mark.parametrize("crudo", [None, "", "  ", [], [""], ["", " "]])
def test_lo_vacio_no_se_guarda_y_solo_lo_obligatorio_lo_reclama(tipo: str, crudo: Any) -> None:
    opcional = leer_uno(campo_de(tipo), crudo)
    assert (opcional.valores, opcional.errores, opcional.avisos) == ({}, (), ())
    exigido = leer_uno(campo_de(tipo, obligatorio=True), crudo)
    esperados = [REGISTRO[tipo].clave_vacio] if REGISTRO[tipo].se_responde else []
    assert [e.clave for e in exigido.errores] == esperados


@todo_tipo
def test_la_frase_del_formulario_gana(tipo: str) -> None:
    clase = REGISTRO[tipo]
    if clase.se_responde:
        campo = campo_de(tipo, obligatorio=True, mensajes={clase.clave_vacio: "Falta {campo}."})
        assert [e.texto for e in leer_uno(campo, None).errores] == ["Falta El campo."]


@todo_tipo
def test_lo_que_guarda_va_y_vuelve_de_json_y_se_muestra(tipo: str) -> None:
    azar = random.Random(tipo)
    campo = campo_de(tipo)
    for _ in range(50):
        lectura = leer_uno(campo, campo.muestra(azar, CONTEXTO, {}))
        respuestas = lectura.respuestas
        assert respuestas is not None, lectura.errores
        assert set(respuestas) == ({"x"} if campo.se_responde else set())
        vuelta = Respuestas.de_guardadas(json.loads(json.dumps(respuestas.a_json())))
        assert dict(vuelta) == dict(respuestas)
        for valor in vuelta.values():
            mostrado = campo.mostrar(valor)
            assert isinstance(mostrado, Mostrado) and mostrado.texto
            assert mostrado == campo.mostrar(respuestas["x"])
            hash(campo.comparable(valor)) if not campo.es_archivo else None


@todo_tipo
def test_leer_lo_guardado_da_lo_mismo(tipo: str) -> None:
    """Lo que se muestra al corregir se puede volver a enviar sin cambios."""
    azar = random.Random(tipo)
    campo = campo_de(tipo)
    for _ in range(20):
        valor = leer_uno(campo, campo.muestra(azar, CONTEXTO, {})).valores.get("x")
        if valor is not None and not campo.es_archivo and not campo.campos:
            assert leer_uno(campo, campo.cruda(campo.comparable(valor))).valores == {"x": valor}


@pytest.mark.timeout(60)
@todo_tipo
def test_lo_hostil_no_revienta_ni_se_guarda_mal(tipo: str) -> None:
    for crudo in HOSTILES:
        for campo in (campo_de(tipo), campo_de(tipo, obligatorio=True)):
            lectura = leer_uno(campo, crudo)
            claves = {e.clave for e in (*lectura.errores, *lectura.avisos)}
            assert claves <= claves_de(campo)
            assert {e.de for e in (*lectura.errores, *lectura.avisos)} <= {"x"}
            if lectura.valores:
                escrito = json.dumps(lectura.valores, ensure_ascii=False)
                assert json.loads(escrito) == lectura.valores
                escrito.encode()
                assert not set("\x00\u202e\u2066") & set(escrito)
                assert campo.mostrar(lectura.valores["x"]).texto


@todo_tipo
def test_sus_muestras_invalidas_no_se_aceptan(tipo: str) -> None:
    """Cada una es un error del campo, obligatorio o no, y se guarda en un borrador como JSON."""
    for campo in (campo_de(tipo), campo_de(tipo, obligatorio=True)):
        for crudo in campo.muestras_invalidas():
            assert leer_uno(campo, crudo).errores, crudo
            assert json.loads(json.dumps(crudo)) == crudo


@todo_tipo
def test_dice_como_se_escribe_lo_que_miran_las_condiciones(tipo: str) -> None:
    azar = random.Random(tipo)
    campo = campo_de(tipo)
    for _ in range(20):
        valor = leer_uno(campo, campo.muestra(azar, CONTEXTO, {})).valores.get("x")
        if valor is not None and not campo.es_archivo:
            visto = campo.comparable(valor)
            uno = visto[0] if isinstance(visto, list) and visto else visto
            otra = leer_uno(campo, campo.cruda(uno)).valores["x"]
            assert campo.comparable(otra) in (uno, [uno])


@todo_tipo
def test_un_campo_de_un_grupo_se_lee_en_su_fila(tipo: str) -> None:
    """Cada fila se lee como el campo solo; sus errores dicen la fila y el campo."""
    if not REGISTRO[tipo].cabe_en_grupo:
        return
    suyo = {**campo_de(tipo, obligatorio=True).dato, "id": "y"}
    grupo = crear_campo({"id": "x", "tipo": "grupo", "etiqueta": "G", "campos": [suyo]})
    azar = random.Random(tipo)
    bien = [{"y": grupo.campos[0].muestra(azar, CONTEXTO, {})} for _ in range(3)]
    sueltos = [leer_uno(campo_de(tipo), fila["y"]).valores["x"] for fila in bien]
    assert leer_uno(grupo, bien).valores == {"x": [{"y": v} for v in sueltos]}
    assert leer_uno(grupo, [{}, *bien, {"y": ""}]).valores == leer_uno(grupo, bien).valores
    for mala in grupo.campos[0].muestras_invalidas():
        lectura = leer_uno(grupo, [bien[0], {"y": mala}])
        assert lectura.valores == {}
        assert lectura.errores and all(e.campo.startswith("x-1-y") for e in lectura.errores)


@todo_tipo
def test_se_recoge_de_un_formulario(tipo: str) -> None:
    """Lo que mandan los controles de una muestra se recoge como la muestra."""
    campo = campo_de(tipo)
    if not campo.se_responde or campo.es_archivo:
        return
    azar = random.Random(tipo)
    for _ in range(20):
        crudo = campo.muestra(azar, CONTEXTO, {})
        enviado = defaultdict(list, controles_de("x", campo, crudo))
        recogido = campo.recoger("x", enviado.__getitem__)
        assert leer_uno(campo, recogido).valores == leer_uno(campo, crudo).valores
    assert campo.recoger("x", lambda nombre: []) is None


def controles_de(nombre: str, campo: Campo, crudo: Any) -> Iterator[tuple[str, list[str]]]:
    """Lo que un navegador manda de un campo: nombre de control y valores."""
    if campo.tipo == "grupo":
        yield nombre, [str(len(crudo))]
        for n, fila in enumerate(crudo):
            for suyo in (c for c in campo.campos if c.id in fila):
                yield from controles_de(f"{nombre}-{n}-{suyo.id}", suyo, fila[suyo.id])
    elif campo.campos:
        for parte in campo.campos:
            yield from controles_de(f"{nombre}-{parte.id}", parte, crudo[parte.id])
    else:
        yield nombre, list(crudo) if isinstance(crudo, list) else [crudo]


def test_nadie_mas_crea_respuestas() -> None:
    with pytest.raises(TypeError):
        Respuestas({"a": 1})
    respuestas = Respuestas.de_guardadas({"a": 1})
    assert (respuestas["a"], len(respuestas), list(respuestas)) == (1, 1, ["a"])
    assert not hasattr(respuestas, "__dict__")


def test_sin_saber_que_dia_es_los_limites_de_hoy_no_se_miran() -> None:
    campo = crear_campo(
        {"id": "x", "tipo": "fecha", "etiqueta": "X", "desde": "hoy", "hasta": "hoy"}
    )
    assert leer([(campo, None)], {"x": "1/1/1990"}, Contexto()).valores == {"x": "1990-01-01"}
    for hoy, error in ((date(1990, 1, 2), "fecha_antes"), (date(1989, 12, 31), "fecha_despues")):
        lectura = leer([(campo, None)], {"x": "1/1/1990"}, Contexto(hoy=hoy))
        assert [e.clave for e in lectura.errores] == [error]


def test_un_centimo_se_compara_sin_perder_nada() -> None:
    """Lo que compara una condición es el mismo número que se escribe en ella."""
    campo = campo_de("dinero", minimo=0, maximo=1e10)
    for escrito in ("0.07", "1.15", "4.35", "100.50", "9999999999.99"):
        valor = leer_uno(campo, escrito).valores["x"]
        assert campo.comparable(valor) == float(escrito)


def test_las_filas_se_agregan_hasta_el_maximo_y_se_quitan_por_su_puesto() -> None:
    campo: Any = campo_de("grupo")
    filas: list[Any] = campo.con_otra_fila(None)
    for _ in range(9):
        filas = campo.con_otra_fila(filas)
    assert filas == [{}] * 4
    assert campo.sin_fila([{"que": "a"}, {"que": "b"}], 0) == [{"que": "b"}]
    assert campo.sin_fila([{"que": "a"}], 7) == [{"que": "a"}] and campo.sin_fila(None, 0) == []


def test_con_una_sola_sede_no_se_pregunta() -> None:
    una = Contexto(sedes=CONTEXTO.sedes[:1])
    campo = campo_de("sede", obligatorio=True)
    assert not campo.se_muestra(una) and campo.se_muestra(CONTEXTO)
    assert campo.leer(None, Lector(una)) == {"codigo": "central", "nombre": "Palacio municipal"}
    assert campo.leer("sur", Lector(Contexto())) is None
