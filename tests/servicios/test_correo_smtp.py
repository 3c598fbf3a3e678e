"""La entrega por SMTP, contra un servidor de verdad que acepta, se niega, se cuelga y se cae."""

import socket
import ssl
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from email import message_from_bytes
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.smtp import AuthResult
from buzon import Buzon, servidor

from facilita.servicios.correo import CorreoSMTP, Mensaje

MENSAJE = Mensaje(
    id_mensaje="<1@muni.gob.pe>",
    para="rosa@example.pe",
    asunto="Recibimos tu solicitud",
    texto="Hola, Ñusta\n",
    de="Mesa de Partes <mesa@muni.gob.pe>",
)


def para(*destinos: str) -> list[Mensaje]:
    return [replace(MENSAJE, id_mensaje=f"<{n}@x.pe>", para=d) for n, d in enumerate(destinos)]


@pytest.fixture
def buzon(puerto: int) -> Iterator[Buzon]:
    with servidor(Buzon(), puerto) as abierto:
        yield abierto


@pytest.fixture
def correo(puerto: int) -> CorreoSMTP:
    return CorreoSMTP(f"smtp://127.0.0.1:{puerto}?tls=no&timeout=1&helo=prueba")


def resultados(correo: CorreoSMTP, lote: list[Mensaje]) -> list[tuple[bool, bool]]:
    entregas = correo.enviar(lote)
    assert [entrega.id_mensaje for entrega in entregas] == [m.id_mensaje for m in lote]
    return [(entrega.entregado, entrega.definitivo) for entrega in entregas]


BIEN, NUNCA, LUEGO = (True, True), (False, True), (False, False)


def test_un_lote_va_por_una_sola_conexion(buzon: Buzon, correo: CorreoSMTP) -> None:
    lote = para(*["rosa@example.pe"] * 20)
    assert resultados(correo, lote) == [BIEN] * 20
    assert buzon.recibidos == [mensaje.id_mensaje for mensaje in lote]
    assert len(buzon.conexiones) == 1


def test_un_lote_vacio_no_conecta(correo: CorreoSMTP) -> None:
    assert correo.enviar([]) == []


def test_uno_rechazado_no_detiene_a_los_demas(buzon: Buzon, correo: CorreoSMTP) -> None:
    lote = para("a@x.pe", "nadie@x.pe", "luego@x.pe", "grande@x.pe", "sin-arroba", "b@x.pe")
    assert resultados(correo, lote) == [BIEN, NUNCA, LUEGO, NUNCA, NUNCA, BIEN]
    assert buzon.recibidos == ["<0@x.pe>", "<5@x.pe>"]
    assert len(buzon.conexiones) == 1
    (entrega,) = correo.enviar(para("nadie@x.pe"))
    assert entrega.respuesta == "550 5.1.1 No existe esa persona"


def test_un_reintento_lleva_el_mismo_identificador(buzon: Buzon, correo: CorreoSMTP) -> None:
    for _ in range(2):
        assert resultados(correo, [MENSAJE]) == [BIEN]
    assert buzon.recibidos == [MENSAJE.id_mensaje] * 2


def test_si_cuelgan_a_mitad_del_lote_se_vuelve_a_conectar(buzon: Buzon, correo: CorreoSMTP) -> None:
    assert resultados(correo, para("a@x.pe", "cuelga@x.pe", "b@x.pe")) == [BIEN, BIEN, BIEN]
    assert len(buzon.conexiones) == 2


def test_si_se_despide_lo_que_falta_sigue_por_otra_conexion(
    buzon: Buzon, correo: CorreoSMTP
) -> None:
    assert resultados(correo, para("adios@x.pe", "b@x.pe")) == [LUEGO, BIEN]
    assert buzon.recibidos == ["<1@x.pe>"]


def test_un_servidor_que_calla_no_detiene_el_lote(buzon: Buzon, correo: CorreoSMTP) -> None:
    inicio = time.monotonic()
    assert resultados(correo, para("mudo@x.pe", "b@x.pe")) == [LUEGO, BIEN]
    assert time.monotonic() - inicio < 5


def test_un_servidor_mudo_cuesta_un_par_de_plazos_y_no_uno_por_mensaje(
    buzon: Buzon, correo: CorreoSMTP
) -> None:
    inicio = time.monotonic()
    assert resultados(correo, para(*["mudo@x.pe"] * 50)) == [LUEGO] * 50
    assert time.monotonic() - inicio < 6


def test_quien_ni_saluda_tampoco(correo: CorreoSMTP, puerto: int) -> None:
    with socket.create_server(("127.0.0.1", puerto)):
        inicio = time.monotonic()
        assert resultados(correo, para(*["a@x.pe"] * 10)) == [LUEGO] * 10
        assert time.monotonic() - inicio < 5


def test_quien_contesta_basura_tampoco(correo: CorreoSMTP, puerto: int) -> None:
    with socket.create_server(("127.0.0.1", puerto)) as puerta:
        hilo = threading.Thread(target=_contestar_basura, args=(puerta,))
        hilo.start()
        assert resultados(correo, para("a@x.pe", "b@x.pe")) == [LUEGO] * 2
        hilo.join()


def _contestar_basura(puerta: socket.socket) -> None:
    conexion, _ = puerta.accept()
    with conexion:
        conexion.sendall(b"\xff\x00 no soy un correo\r\n" * 10)


def test_caido_se_reintentara_y_al_volver_llega(correo: CorreoSMTP, puerto: int) -> None:
    lote = para("a@x.pe", "b@x.pe")
    assert resultados(correo, lote) == [LUEGO] * 2
    with servidor(Buzon(), puerto) as buzon:
        assert resultados(correo, lote) == [BIEN] * 2
        assert buzon.recibidos == ["<0@x.pe>", "<1@x.pe>"]
    assert resultados(correo, lote) == [LUEGO] * 2
    with servidor(Buzon(), puerto):
        assert resultados(correo, lote) == [BIEN] * 2


def test_nadie_inyecta_destinatarios(buzon: Buzon, correo: CorreoSMTP) -> None:
    lote = [
        replace(MENSAJE, asunto="Hola\r\nBcc: espia@x.pe\r\n\r\ncuerpo falso"),
        replace(MENSAJE, para="a@x.pe>\r\nRCPT TO:<espia@x.pe"),
        replace(MENSAJE, texto="uno\r\n.\r\nMAIL FROM:<espia@x.pe>\r\n"),
    ]
    assert resultados(correo, lote) == [BIEN, NUNCA, BIEN]
    assert len(buzon.cuerpos) == 2
    assert message_from_bytes(buzon.cuerpos[0])["Bcc"] is None
    assert b"\r\n.\r\nMAIL FROM:<espia@x.pe>" in buzon.cuerpos[1]


@pytest.fixture(scope="session")
def certificado(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Un certificado de paso para 127.0.0.1, con su llave en el mismo archivo."""
    archivo = tmp_path_factory.mktemp("tls") / "todo.pem"
    orden = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"]
    orden += ["-nodes", "-keyout", str(archivo), "-out", f"{archivo}.crt", "-days", "2"]
    orden += ["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"]
    subprocess.run(orden, check=True, capture_output=True)
    archivo.write_bytes(archivo.read_bytes() + Path(f"{archivo}.crt").read_bytes())
    return archivo


def comprobador(clave: bytes) -> Callable[..., AuthResult]:
    def comprobar(
        server: Any, session: Any, envelope: Any, mecanismo: str, dato: Any
    ) -> AuthResult:
        return AuthResult(success=dato.password == clave, handled=False)

    return comprobar


@pytest.mark.parametrize("modo", ["starttls", "ssl"])
def test_con_tls_y_clave(modo: str, certificado: Path, puerto: int) -> None:
    del_servidor = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    del_servidor.load_cert_chain(certificado)
    opciones: dict[str, Any] = {"authenticator": comprobador(b"secreta?&")}
    if modo == "ssl":
        opciones |= {"ssl_context": del_servidor, "auth_require_tls": False}
    else:
        opciones |= {"tls_context": del_servidor, "require_starttls": True, "auth_required": True}
    confiado = ssl.create_default_context(cafile=str(certificado))
    url = f"smtp://mesa:%s@127.0.0.1:{puerto}?tls={modo}&timeout=3"
    with servidor(Buzon(), puerto, **opciones) as buzon:
        assert resultados(CorreoSMTP(url % "secreta%3F%26", confiado), [MENSAJE]) == [BIEN]
        # Una clave equivocada o un certificado ajeno son de configuración: no matan los mensajes.
        assert resultados(CorreoSMTP(url % "otra", confiado), [MENSAJE] * 2) == [LUEGO] * 2
        assert resultados(CorreoSMTP(url % "secreta%3F%26"), [MENSAJE]) == [LUEGO]
        assert len(buzon.recibidos) == 1
