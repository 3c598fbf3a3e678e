"""Lo que el resto del sistema le pregunta a una definición, sin pasar por él."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from facilita.definicion import Definicion, Hechos, Transicion, compilar
from facilita.definicion.campos import crear_campo
from facilita.definicion.campos.base import completar, nombres_en
from facilita.definicion.css import pagina_de_pedido, vista_de, vista_de_pedido
from facilita.definicion.flujo import Efecto, Plazo
from facilita.definicion.numeracion import Conservacion

from .material import AQUI, CONTEXTO

HOY: Definicion = compilar((AQUI / "hoy.yaml").read_text("utf-8"), "hoy.yaml")
CSS: Definicion = compilar((AQUI / "css.yaml").read_text("utf-8"), "css.yaml")
AHORA = datetime(2026, 11, 25, 15, 0, tzinfo=UTC)


def paso(cual: str, **mas: Any) -> Transicion:
    """Un paso de «a» a «b» para el personal."""
    dicho = {
        "id": cual, "de": ("a",), "a": "b", "etiqueta": cual, "ayuda": None,
        "quien": frozenset({"atiende"}), "pide": (), "acto": None, "una_vez": False, "hasta": None,
        "al_vencer": None, "efectos": (), "reabre": False, "base_legal": (),
    }  # fmt: skip
    return Transicion(**{**dicho, **mas})


PLAZO = Plazo(2, "entrada")


@pytest.mark.parametrize(
    ("t", "hechos", "se_puede"),
    [
        (paso("x"), {}, True),
        (paso("x"), {"veces": {"x": 3}}, True),
        (paso("x", una_vez=True), {"veces": {"x": 1}}, False),
        (paso("x", una_vez=True), {"veces": {"x": 0}}, True),
        (paso("x", una_vez=True), {"veces": {"y": 1}}, True),
        (paso("x"), {"impedidas": {"x": "espera a una tarea"}}, False),
        (paso("x"), {"impedidas": {"y": "espera a una tarea"}}, True),
        (paso("x", hasta=PLAZO), {"limites": {"x": AHORA}}, True),
        (paso("x", hasta=PLAZO), {"limites": {"x": AHORA - timedelta(seconds=1)}}, False),
        (paso("x", hasta=PLAZO), {}, True),
        (paso("x"), {"limites": {"x": AHORA - timedelta(days=9)}}, True),
    ],
)
def test_las_guardas_de_un_paso(t: Transicion, hechos: dict[str, Any], se_puede: bool) -> None:
    """N06, N07: una sola vez, dentro de su plazo y sin nada que lo impida."""
    assert HOY.flujo.permitida(t, Hechos(AHORA, **hechos)) is se_puede


def test_los_pasos_de_cada_estado_y_de_cada_quien() -> None:
    flujo, hechos = HOY.flujo, Hechos(AHORA)

    def ids(estado: str, *papeles: str) -> list[str]:
        return [t.id for t in flujo.posibles(estado, frozenset(papeles), hechos)]

    assert ids("nuevo", "atiende") == ["observar", "cerrar"]
    assert ids("observado", "atiende") == ["cerrar"]
    assert ids("observado", "ciudadano") == ["subsanar"]
    assert ids("observado", "ciudadano", "atiende") == ["subsanar", "cerrar"]
    assert ids("nuevo", "ciudadano") == ids("listo", "atiende") == ids("nuevo") == []
    impedido = Hechos(AHORA, impedidas={"cerrar": "no"})
    assert [t.id for t in flujo.posibles("nuevo", frozenset({"atiende"}), impedido)] == ["observar"]
    observar = flujo.transicion("nuevo", "observar")
    assert observar is not None and (observar.id, observar.a) == ("observar", "observado")
    assert flujo.transicion("observado", "observar") is None
    assert flujo.transicion("nuevo", "nada") is None


def test_los_pasos_del_reloj_son_solo_los_suyos() -> None:
    base = compilar((AQUI / "rotas/base.yaml").read_text("utf-8"), "base.yaml").flujo
    assert [t.id for t in base.del_reloj("observado")] == ["vencer"]
    assert base.del_reloj("nuevo") == base.del_reloj("nada") == []


def test_lo_que_un_paso_notifica_y_responde() -> None:
    efectos = (Efecto("suspender"), Efecto("notificar", "uno"), Efecto("responder", "carta"))
    t = paso("x", efectos=(*efectos, Efecto("notificar", "dos")))
    assert (t.mensajes(), t.responde) == (("uno", "dos"), "carta")
    assert (paso("y").mensajes(), paso("y").responde) == ((), None)


def test_las_paginas_y_lo_que_se_ve_con_unas_respuestas() -> None:
    detalle = HOY.pagina("detalle")
    assert detalle is not None and detalle.titulo == "Más datos"
    assert HOY.pagina("revisar") is None
    un_dia, otro = date(2026, 11, 25), date(2027, 11, 25)
    valores = {"nombre": "Ana", "correo": "ana@example.com", "fecha": "2026-11-20"}
    en_su_dia = HOY.visibles(valores, un_dia)
    assert {"nombre", "correo", "fecha", "medio", "acepto"} <= en_su_dia
    assert HOY.visibles(valores, otro) != en_su_dia
    leido = HOY.leer({**valores, "fecha": "20/11/2026", "acepto": "true"}, CONTEXTO)
    assert HOY.visibles(leido.valores, date.fromisoformat(str(leido.dia))) == leido.visibles


def test_los_errores_y_avisos_de_unos_campos() -> None:
    lectura = HOY.leer({"nombre": "", "correo": "nada"}, CONTEXTO)
    assert [e.campo for e in lectura.errores_de(["correo", "nombre"])] == ["nombre", "correo"]
    assert [e.campo for e in lectura.errores_de(iter(["correo"]))] == ["correo"]
    assert lectura.errores_de([]) == lectura.errores_de(["nada"]) == ()
    assert lectura.avisos_de(["correo", "nombre"]) == ()
    con_aviso = compilar((AQUI / "rotas/base.yaml").read_text("utf-8"), "base.yaml").leer(
        {"tipo_persona": "natural", "hijos": "2", "tipo_documento": "dni", "numero": "00000000"},
        CONTEXTO,
    )
    avisados = {a.de for a in con_aviso.avisos}
    assert {a.de for a in con_aviso.avisos_de(avisados)} == avisados
    assert con_aviso.avisos_de(()) == ()


def test_dos_lecturas_deciden_otra_cosa() -> None:
    una, misma = (HOY.leer({"nombre": "Ana"}, CONTEXTO) for _ in range(2))
    otra = HOY.leer({"nombre": "Eva"}, CONTEXTO)
    assert not una.decide_otra_cosa(misma)
    assert una.decide_otra_cosa(otra)


def test_la_vista_de_lo_que_pide_un_paso() -> None:
    campos = [
        crear_campo({"id": "va", "tipo": "si_no", "etiqueta": "¿Va?"}),
        crear_campo(
            {"id": "por", "tipo": "texto", "etiqueta": "Por", "si": {"campo": "va", "es": True}}
        ),
    ]
    pagina = pagina_de_pedido(campos)
    assert (pagina.id, pagina.titulo, pagina.introduccion, pagina.si) == ("pedido", "", None, None)
    (seccion,) = pagina.secciones
    assert (seccion.id, seccion.titulo, seccion.introduccion, seccion.si, seccion.campos) == (
        "pedido", None, None, None, tuple(campos),
    )  # fmt: skip
    vista = vista_de_pedido(campos)
    assert "#campo-por" in vista.css and "#campo-va" not in vista.css.replace("#campo-va input", "")
    assert vista_de_pedido(campos[:1]).css == ""


def test_las_clases_que_pone_el_servidor() -> None:
    vistas = [vista_de(CSS, pagina) for pagina in CSS.paginas]
    vista = next(v for v in vistas if v.de_antes)
    todas = {vista.clases({"a": a, "n": n}) for a in (None, "x", "y") for n in (None, 1, 3, 5)}
    assert len(todas) > 2
    for clases in todas:
        assert all(c[0] == "s" and int(c[1:]) < len(vista.de_antes) for c in clases)
    dichas = [h.evaluar({"a": "x", "n": 5}) for h in vista.de_antes]
    assert vista.clases({"a": "x", "n": 5}) == tuple(f"s{n}" for n, d in enumerate(dichas) if d)


def test_un_grupo_sin_nada_escrito_esta_vacio() -> None:
    grupo = crear_campo(
        {
            "id": "g", "tipo": "grupo", "etiqueta": "G",
            "campos": [{"id": "x", "tipo": "texto", "etiqueta": "X"}],
        }
    )  # fmt: skip
    for vacio in (None, "x", {}, {"x": "a"}, [], ["a"], [{}], [{"x": " "}], [{"y": "a"}]):
        assert grupo.limpiar(vacio) is None, vacio
    lleno = [{"x": ""}, "a", {"x": "algo"}]
    assert grupo.limpiar(lleno) is lleno


def test_los_nombres_entre_llaves_llevan_cifras_y_no_empiezan_con_ellas() -> None:
    frase = "{campo2} {a_1b} {2campo} {Campo} {a-b} {} {x"
    assert nombres_en(frase) == {"campo2", "a_1b"}
    assert completar(frase, {"campo2": "uno"}) == frase.replace("{campo2}", "uno")


def test_cuanto_se_conserva_en_palabras() -> None:
    assert [Conservacion(n).texto() for n in (1, 2, 10)] == ["1 año", "2 años", "10 años"]


def test_lo_informativo_se_muestra_y_una_lista_se_responde_si_queda_que_elegir() -> None:
    nota = crear_campo({"id": "n", "tipo": "informativo", "texto": "Lee esto.", "etiqueta": "N"})
    lista = {"id": "l", "tipo": "lista", "etiqueta": "L"}
    si = {"campo": "a", "es": "x"}
    con_condicion = crear_campo({**lista, "opciones": [{"valor": "u", "etiqueta": "U", "si": si}]})
    assert nota.mostrar(None).texto == "Lee esto."
    assert con_condicion.se_puede_responder({"a": "x"})
    assert not con_condicion.se_puede_responder({"a": "y"})
    assert nota.se_puede_responder({})
