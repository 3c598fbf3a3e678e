"""El reporte de cumplimiento: se envía lleno, se observa, se corrige y se acepta, con su fecha."""

from typing import Any

import pytest
from fabrica import RIO, Mundo

from facilita.tramite import cumplimiento, cumplimientos, primeros_pasos
from facilita.tramite.cumplimiento import ACEPTADO, ENVIADO, OBSERVADO
from facilita.tramite.cumplimiento_papel import en_pdf
from facilita.tramite.errores import Conflicto, Invalido, NoExiste, NoPermitido
from facilita.tramite.modelos import Bitacora, Salida, SucesoDeReporte
from facilita.tramite.padron import fin_del_dia, leer

FALTA: dict[str, Any] = {"cargo": "Jefe de TI", "interopera": "no", "declaracion": "true"}


def lleno(mundo: Mundo, quien: str = "rita", **cambios: Any) -> dict[str, Any]:
    """Lo que el sistema ya sabe, con lo poco que falta."""
    return {
        **cumplimiento.preparar(mundo.entorno, mundo.actor(quien)).crudo,
        **FALTA,
        **cambios,
    }


def test_de_principio_a_fin(mundo: Mundo):
    """N61: cada envío y cada decisión queda con quién y cuándo; nada cambia después."""
    entorno, rita, sara = mundo.entorno, mundo.actor("rita"), mundo.actor("sara")
    rio = mundo.entidad(RIO).id
    mundo.presentar_contacto(RIO)
    por = cumplimiento.preparar(entorno, rita)
    assert por.hechos["direccion"].endswith("/rio-claro/mesa-de-partes")
    (servicio,) = por.crudo["servicios"]
    assert (servicio["recibidas"], servicio["estado"]) == ("1", "en_linea")

    crudo = lleno(mundo)
    crudo["servicios"][0]["responsable"] = "Imagen institucional"
    assert cumplimiento.enviar(entorno, rita, crudo) == 1
    with pytest.raises(Conflicto, match="en revisión"):
        cumplimiento.enviar(entorno, rita, crudo)
    with pytest.raises(Invalido):
        cumplimiento.observar(entorno, sara, rio, 1, " \n ")
    primero = en_pdf(cumplimiento.mios(entorno, rita).envio(1))
    mundo.pasar(hours=1)
    cumplimiento.observar(entorno, sara, rio, 1, "El teléfono no contesta.")
    with pytest.raises(Conflicto, match="ya se decidió"):
        cumplimiento.aceptar(entorno, sara, rio, 1)
    otra_vez = lleno(mundo)
    assert otra_vez["servicios"][0]["responsable"] == "Imagen institucional", "se conserva"
    mundo.pasar(days=1)
    assert cumplimiento.enviar(entorno, rita, {**otra_vez, "telefono": "(01) 555-0199"}) == 2
    cumplimiento.aceptar(entorno, sara, rio, 2)

    reportes = cumplimiento.mios(entorno, rita)
    clases = [(s.clase, s.numero, s.quien) for s in reportes.sucesos]
    assert clases == [
        (ACEPTADO, 2, "sara"), (ENVIADO, 2, "rita"), (OBSERVADO, 1, "sara"), (ENVIADO, 1, "rita"),
    ]  # fmt: skip
    assert en_pdf(reportes.envio(1)) == primero, "los mismos bytes después de más sucesos"
    correos = [s.datos["asunto"] for s in mundo.todo(Salida, Salida.clave.startswith("reporte-"))]
    assert [a.partition(" ")[0] for a in correos] == ["Observaron", "Aceptaron"]
    hechos = [b.accion for b in mundo.todo(Bitacora) if b.accion.startswith("cumplimiento.")]
    assert hechos == [f"cumplimiento.{c}" for c in (ENVIADO, OBSERVADO, ENVIADO, ACEPTADO)]

    # Un día pasado dice lo que había ese día.
    lunes = mundo.reloj.ahora().date().replace(day=23)
    padron = leer(entorno, lunes.replace(day=24))
    al_lunes, al_martes = (
        next(f for f in padron.al(fin_del_dia(lunes.replace(day=d))) if f.entidad_id == rio)
        for d in (23, 24)
    )
    assert (al_lunes.reporte, al_martes.reporte) == (OBSERVADO, ACEPTADO)


@pytest.mark.parametrize("motor", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("cambios", "campo"),
    [
        ({"declaracion": ""}, "declaracion"),
        ({"cargo": ""}, "cargo"),
        ({"correo": "yo@"}, "correo"),
        ({"interopera": "si"}, "interopera_con"),
        ({"servicios": [{"nombre": "Licencias"}]}, "servicios-0-responsable"),
        ({"servicios": "no es una lista", "cargo": "x" * 121}, "cargo"),
    ],
)
def test_lo_que_falta_se_dice_en_su_campo(mundo: Mundo, cambios: dict[str, Any], campo: str):
    """N33: la declaración jurada no viene marcada y sin ella no se envía."""
    with pytest.raises(Invalido) as negativa:
        cumplimiento.enviar(mundo.entorno, mundo.actor("rita"), lleno(mundo, **cambios))
    assert campo in [e.campo for e in negativa.value.errores]
    assert mundo.cuantas(SucesoDeReporte) == [0]


def test_cada_quien_lo_suyo(mundo: Mundo):
    """N61: la entidad reporta lo suyo y decide la SGTD."""
    entorno, rita, sara = mundo.entorno, mundo.actor("rita"), mundo.actor("sara")
    rio = mundo.entidad(RIO).id
    cumplimiento.enviar(entorno, rita, lleno(mundo))
    for quien in ("luis", "norma", "sara"):
        with pytest.raises(NoPermitido):
            cumplimiento.preparar(entorno, mundo.actor(quien))
    with pytest.raises(NoPermitido):
        cumplimiento.aceptar(entorno, rita, rio, 1)
    with pytest.raises(NoExiste):
        cumplimiento.aceptar(entorno, sara, rio, 7)
    assert cumplimiento.mios(entorno, mundo.actor("ana")).sucesos == ()
    lista = cumplimientos.listar(entorno, sara)
    assert (lista.lineas[0].entidad_id, lista.por_revisar) == (rio, 1)
    sin = cumplimientos.listar(entorno, sara, "ninguna")
    assert rio not in [x.entidad_id for x in sin.lineas]
    assert cumplimientos.listar(entorno, sara, "enviado", "no hay nadie").total == 0


def test_el_paso_se_da_por_hecho_mientras_no_este_observado(mundo: Mundo):
    entorno, rita, sara = mundo.entorno, mundo.actor("rita"), mundo.actor("sara")

    def hecho() -> bool:
        pasos = {p.paso.clave: p.desde for p in primeros_pasos.ver(entorno, rita).pasos}
        return pasos["reporte"] is not None

    assert not hecho()
    cumplimiento.enviar(entorno, rita, lleno(mundo))
    assert hecho()
    cumplimiento.observar(entorno, sara, mundo.entidad(RIO).id, 1, "Falta algo.")
    assert not hecho()
