"""El correo que queda en una carpeta: se escribe entero y se puede leer."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from facilita.servicios.correo import (
    CorreoCarpeta,
    CorreoSMTP,
    Mensaje,
    abrir_correo,
    leer_carpeta,
)

MENSAJE = Mensaje(
    id_mensaje="<1@muni.gob.pe>",
    para="Rosa Ñahui <rosa@example.pe>",
    asunto="Recibimos tu solicitud",
    texto="Tu código: F7XK\n",
    html="<p>Tu código: F7XK</p>",
    de="Mesa de Partes <mesa@muni.gob.pe>",
)


def test_se_lee_lo_que_se_envio_del_mas_nuevo_al_mas_antiguo(tmp_path: Path) -> None:
    correo = CorreoCarpeta(tmp_path / "correos")
    lote = [replace(MENSAJE, id_mensaje=f"<{n}@x.pe>", asunto=f"N.º {n}") for n in range(5)]
    entregas = correo.enviar(lote)
    assert [entrega.id_mensaje for entrega in entregas] == [m.id_mensaje for m in lote]
    assert all(entrega.entregado and entrega.definitivo for entrega in entregas)
    leidos = leer_carpeta(tmp_path / "correos")
    assert [leido.asunto for leido in leidos] == [f"N.º {n}" for n in reversed(range(5))]
    assert leidos[0].para == "Rosa Ñahui <rosa@example.pe>"
    assert leidos[0].texto.strip() == "Tu código: F7XK"
    assert (leidos[0].html or "").strip() == MENSAJE.html
    assert datetime.now(UTC) - leidos[0].fecha < timedelta(minutes=1)
    assert [leido.asunto for leido in leer_carpeta(tmp_path / "correos", limite=1)] == ["N.º 4"]


def test_un_mensaje_imposible_no_detiene_a_los_demas(tmp_path: Path) -> None:
    mala = replace(MENSAJE, para="nadie")
    entregas = CorreoCarpeta(tmp_path).enviar([MENSAJE, mala, MENSAJE])
    assert [(e.entregado, e.definitivo) for e in entregas] == [
        (True, True),
        (False, True),
        (True, True),
    ]
    assert len(leer_carpeta(tmp_path)) == 2


def test_si_no_se_puede_escribir_se_reintentara(tmp_path: Path) -> None:
    (tmp_path / "ocupado").touch()
    (entrega,) = CorreoCarpeta(tmp_path / "ocupado").enviar([MENSAJE])
    assert (entrega.entregado, entrega.definitivo) == (False, False)


def test_sin_carpeta_no_hay_correos(tmp_path: Path) -> None:
    assert leer_carpeta(tmp_path / "no-hay") == []


def test_un_archivo_cualquiera_no_detiene_la_lectura(tmp_path: Path) -> None:
    CorreoCarpeta(tmp_path).enviar([MENSAJE])
    (tmp_path / "vacio.eml").touch()
    (tmp_path / "raro.eml").write_bytes(bytes(range(256)))
    (tmp_path / "mal.eml").write_bytes(
        b"Date: ayer\nContent-Type: text/plain; charset=klingon\n\nhola"
    )
    (tmp_path / ".a-medias.eml.7").touch()
    (tmp_path / "carpeta.eml").mkdir()
    leidos = {leido.archivo: leido for leido in leer_carpeta(tmp_path)}
    assert {"vacio.eml", "raro.eml", "mal.eml"} < leidos.keys()
    assert len(leidos) == 4
    assert all(leido.fecha.tzinfo for leido in leidos.values())


def test_la_direccion_elige(tmp_path: Path) -> None:
    assert isinstance(abrir_correo(f"carpeta:{tmp_path}"), CorreoCarpeta)
    assert isinstance(abrir_correo("smtp://localhost:25?tls=no"), CorreoSMTP)
    for mala in ("", "carpeta:", "http://x", "smtp://", "smtp://x?tls=quizas", "smtp://x?otra=1"):
        with pytest.raises(ValueError):
            abrir_correo(mala)


def test_la_clave_no_viaja_sin_cifrar_ni_sale_en_la_falla() -> None:
    with pytest.raises(ValueError) as falla:
        abrir_correo("smtp://mesa:secreta@correo.example.pe?tls=no")
    assert "secreta" not in str(falla.value)
    assert "secreta" not in repr(abrir_correo("smtp://mesa:secreta@correo.example.pe").__dict__)


def test_una_direccion_sin_buzon_se_rechaza_como_lo_haria_un_servidor(tmp_path: Path) -> None:
    """En la demostración se ve qué pasa con un correo que no llega."""
    lote = [replace(MENSAJE, para="a@no-existe.example"), MENSAJE]
    malo, bueno = CorreoCarpeta(tmp_path).enviar(lote)
    assert (malo.entregado, malo.definitivo, malo.respuesta[:9]) == (False, True, "550 5.1.1")
    assert bueno.entregado
    assert len(leer_carpeta(tmp_path)) == 1
