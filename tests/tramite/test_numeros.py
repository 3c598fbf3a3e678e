"""La numeración: progresiva, sin huecos, por entidad y año, con un reloj que no retrocede."""

from datetime import datetime, timedelta

import pytest
from fabrica import FORMULARIOS, LUNES, RIO, VALLE, Mundo, crear_entidad

from facilita.definicion.fallas import DefinicionInvalida
from facilita.plazos import LIMA
from facilita.tramite import entidades, solicitudes
from facilita.tramite.modelos import Contador, Expediente, Solicitud


class RelojQueCorre:
    """Da los instantes de una lista, uno por lectura, y se queda en el último."""

    def __init__(self, *instantes: datetime) -> None:
        self._faltan = list(instantes)

    def ahora(self) -> datetime:
        """El que sigue."""
        return self._faltan.pop(0) if len(self._faltan) > 1 else self._faltan[0]


def numeros(mundo: Mundo, slug: str = VALLE) -> list[str]:
    entidad_id = mundo.entidad(slug).id
    return [s.numero for s in mundo.todo(Solicitud, Solicitud.entidad_id == entidad_id)]


def expedientes(mundo: Mundo) -> list[str]:
    return [e.numero for e in mundo.todo(Expediente)]


def en_lima(texto: str) -> datetime:
    return datetime.fromisoformat(texto).replace(tzinfo=LIMA)


def test_los_numeros_avanzan_de_uno_en_uno(mundo: Mundo):
    """N22: progresivos y sin huecos, mezclando formularios de la misma entidad."""
    for presentar in (mundo.presentar_contacto, mundo.presentar_mesa, mundo.presentar_contacto):
        presentar()
    assert numeros(mundo) == ["000001-2026", "000002-2026", "000003-2026"]
    assert expedientes(mundo) == ["EXP-000001-2026", "EXP-000002-2026", "EXP-000003-2026"]


def test_cada_entidad_lleva_su_cuenta(mundo: Mundo):
    """N22: la cuenta de una entidad no gasta la de otra."""
    for slug in (VALLE, RIO, VALLE):
        mundo.presentar_contacto(slug)
    assert numeros(mundo, VALLE) == ["000001-2026", "000002-2026"]
    assert numeros(mundo, RIO) == ["000001-2026"]


def test_lo_que_no_se_recibe_no_gasta_numero(mundo: Mundo):
    """N22: un intento incompleto no deja hueco."""
    ficha = mundo.abrir_contacto(correo="no es un correo")
    for _ in range(3):
        hecha = solicitudes.presentar(mundo.entorno, mundo.entidad(), ficha, {})
        assert hecha.codigo is None
    assert mundo.cuantas(Contador) == [0]
    mundo.presentar_contacto()
    assert numeros(mundo) == ["000001-2026"]


def test_el_anio_es_el_de_lima(mundo: Mundo):
    """N02, N22: a las 00:00 UTC del 1 de enero en Lima todavía es 31 de diciembre."""
    mundo.reloj.poner(en_lima("2026-12-31T23:59:59"))
    mundo.presentar_contacto()
    mundo.pasar(seconds=1)
    mundo.presentar_contacto()
    mundo.presentar_contacto()
    assert numeros(mundo) == ["000001-2026", "000001-2027", "000002-2027"]
    assert expedientes(mundo)[1:] == ["EXP-000001-2027", "EXP-000002-2027"]


def test_si_el_anio_cambia_mientras_se_espera_el_turno_el_numero_es_del_nuevo(mundo: Mundo):
    """N22: manda la hora leída con el turno tomado, y el expediente es del mismo año."""
    antes, despues = en_lima("2026-12-31T23:59:59"), en_lima("2027-01-01T00:00:00")
    mundo.reloj.poner(antes)
    ficha = mundo.abrir_contacto()
    codigo = mundo.con(reloj=RelojQueCorre(antes, antes, antes, despues)).presentar(ficha)
    assert numeros(mundo) == ["000001-2027"]
    assert expedientes(mundo) == ["EXP-000001-2027"]
    assert mundo.solicitud(codigo).presentado_en == despues
    assert [(c.serie, c.anio, c.ultimo) for c in mundo.todo(Contador)] == [
        ("expediente", 2026, 0),
        ("expediente", 2027, 1),
        ("registro", 2026, 0),
        ("registro", 2027, 1),
    ]


def test_si_el_anio_cambia_entre_los_dos_numeros_el_expediente_sigue_a_su_registro(mundo: Mundo):
    """N22: registro y expediente se dan en el mismo instante."""
    antes, despues = en_lima("2026-12-31T23:59:59"), en_lima("2027-01-01T00:00:00")
    mundo.reloj.poner(antes)
    ficha = mundo.abrir_contacto()
    mundo.con(reloj=RelojQueCorre(antes, antes, antes, antes, despues)).presentar(ficha)
    assert (numeros(mundo), expedientes(mundo)) == (["000001-2026"], ["EXP-000001-2026"])


def test_al_cambiar_de_anio_la_hora_tampoco_retrocede(mundo: Mundo):
    """N02, N22: quien esperó el turno del año nuevo no queda antes que quien ya lo tuvo."""
    antes, despues = en_lima("2026-12-31T23:59:58"), en_lima("2027-01-01T00:00:00")
    mundo.reloj.poner(antes)
    fichas = [mundo.abrir_contacto() for _ in range(3)]
    mundo.presentar(fichas[0])
    mundo.reloj.poner(despues + timedelta(seconds=1))
    primera = mundo.presentar(fichas[1])
    otro = mundo.con(reloj=RelojQueCorre(antes, antes, antes, despues))
    segunda = otro.presentar(fichas[2])
    assert numeros(mundo)[1:] == ["000001-2027", "000002-2027"]
    assert mundo.solicitud(segunda).presentado_en >= mundo.solicitud(primera).presentado_en


def test_el_reloj_atrasado_no_lleva_atras_la_hora_de_presentacion(mundo: Mundo):
    """N02, N22, N64: el orden de los números es el de las horas, aunque corrijan el reloj."""
    codigos = [mundo.presentar_contacto()]
    mundo.pasar(minutes=-10)
    codigos.append(mundo.presentar_contacto())
    mundo.pasar(minutes=5)
    codigos.append(mundo.presentar_contacto())
    horas = [mundo.solicitud(c).presentado_en for c in codigos]
    assert horas == [LUNES, LUNES, LUNES]
    mundo.pasar(minutes=6)
    codigo = mundo.presentar_contacto()
    assert mundo.solicitud(codigo).presentado_en == LUNES + timedelta(minutes=1)


def test_el_formato_y_el_comienzo_son_de_la_entidad(mundo: Mundo):
    """N22: ninguna norma fija el formato; una entidad que llega a mitad de año sigue su cuenta."""
    numeracion = {
        "registro": "{numero}-{anio}-MDVS",
        "expediente": "{anio}/{numero:04d}",
        "inicio": {"2026": 4512},
    }
    crear_entidad(mundo.entorno, numeracion=numeracion)
    mundo.presentar_contacto()
    mundo.presentar_contacto()
    mundo.reloj.poner(en_lima("2027-01-04T09:00:00"))
    mundo.presentar_contacto()
    assert numeros(mundo) == ["4512-2026-MDVS", "4513-2026-MDVS", "1-2027-MDVS"]
    assert expedientes(mundo) == ["2026/0001", "2026/0002", "2027/0001"]


@pytest.mark.parametrize(
    "formato",
    [
        "{numero:06d}",
        "{anio}-fijo",
        "{numero}-{anio}-{area}",
        "{numero.__class__}-{anio}",
        "{numero}-{anio",
        "{numero:q}-{anio}",
        "{}-{}",
        "{numero}-{anio}-" + "x" * 60,
    ],
)
def test_un_formato_que_repetiria_o_no_se_puede_escribir_no_se_acepta(formato: str):
    """N04, N22: se dice al leer el archivo de la entidad, no el día en que alguien presenta."""
    texto = (FORMULARIOS / "entidad.yaml").read_text()
    texto += f"\nnumeracion:\n  registro: '{formato}'\n"
    with pytest.raises(DefinicionInvalida) as negado:
        entidades.leer_archivo_de_entidad(texto, "entidad.yaml")
    assert "numeracion" in str(negado.value)
