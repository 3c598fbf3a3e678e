"""El contrato de todo tipo de campo: lo que cualquiera de los del registro debe cumplir."""

import json
import random
from typing import Any

import pytest

from facilita.definicion import Lectura, Respuestas
from facilita.definicion.campos import REGISTRO, Campo, Lector, Mostrado, crear_campo, esquema_de
from facilita.definicion.esquema import DEFINICIONES, Validador
from facilita.definicion.frases import FRASES
from facilita.definicion.lectura import leer

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
}

todo_tipo = pytest.mark.parametrize("tipo", sorted(REGISTRO))


def campo_de(tipo: str, **mas: Any) -> Campo:
    """Un campo de ese tipo, con lo mínimo que exige."""
    clase = REGISTRO[tipo]
    comunes = {"etiqueta": "El campo"} if clase.se_responde else {}
    if not clase.se_responde:
        mas.pop("obligatorio", None)
    return crear_campo({"id": "x", "tipo": tipo, **comunes, **PROPIO.get(tipo, {}), **mas})


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
    assert (opcional.valores, opcional.errores) == ({}, ())
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
        if isinstance(valor, str | int | float) and not isinstance(valor, bool):
            assert leer_uno(campo, str(valor)).valores == {"x": valor}


@pytest.mark.timeout(60)
@todo_tipo
def test_lo_hostil_no_revienta_ni_se_guarda_mal(tipo: str) -> None:
    for crudo in HOSTILES:
        for campo in (campo_de(tipo), campo_de(tipo, obligatorio=True)):
            lectura = leer_uno(campo, crudo)
            claves = {e.clave for e in (*lectura.errores, *lectura.avisos)}
            assert claves <= campo.claves
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


def test_nadie_mas_crea_respuestas() -> None:
    with pytest.raises(TypeError):
        Respuestas({"a": 1})
    respuestas = Respuestas.de_guardadas({"a": 1})
    assert (respuestas["a"], len(respuestas), list(respuestas)) == (1, 1, ["a"])
    assert not hasattr(respuestas, "__dict__")


def test_con_una_sola_sede_no_se_pregunta() -> None:
    from facilita.definicion import Contexto

    una = Contexto(sedes=CONTEXTO.sedes[:1])
    campo = campo_de("sede", obligatorio=True)
    assert not campo.se_muestra(una) and campo.se_muestra(CONTEXTO)
    assert campo.leer(None, Lector(una)) == {"codigo": "central", "nombre": "Palacio municipal"}
    assert campo.leer("sur", Lector(Contexto())) is None
