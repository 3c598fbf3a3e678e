"""El programa del taller: recibe un encargo por línea y responde uno por línea, en JSON."""

import base64
import json
import os
import resource
import signal
import sys
from dataclasses import asdict
from datetime import datetime
from io import BytesIO
from time import monotonic
from typing import Any

import pikepdf
from pyhanko.sign.timestamps.common_utils import TimestampRequestError

from facilita.servicios import firma_pdf
from facilita.servicios.impresion import componer

CAIDA_S = 20.0
CPU_S = 15.0
_caidas: dict[str, float] = {}
_MEMORIA = 1024 * 1024 * 1024


def atender(encargo: dict[str, Any]) -> dict[str, Any]:
    """Hace un encargo; lo que no se puede vuelve como `error`."""
    try:
        return _ENCARGOS[encargo["que"]](encargo)
    except TimestampRequestError as error:
        _caidas[encargo["firma"]["tsa"]["url"]] = monotonic()
        return {"error": f"la TSA no respondió: {error}"}
    except Exception as error:
        # El oficial no se va porque un encargo salga mal.
        return {"error": f"{type(error).__name__}: {error}"[:400]}


def _imprimir(encargo: dict[str, Any]) -> dict[str, Any]:
    creado = datetime.fromisoformat(encargo["creado"])
    firma = encargo["firma"]
    pdf = firma_pdf.firmar(
        componer(encargo["impreso"], encargo["datos"], creado),
        _firmante(firma),
        ahora=datetime.fromisoformat(firma["ahora"]),
        motivo=firma["motivo"],
        anexo=json.dumps(encargo["anexo"], ensure_ascii=False, sort_keys=True).encode(),
        tiempo=_tiempo(firma.get("tsa")),
    )
    with pikepdf.open(BytesIO(pdf)) as abierto:
        paginas = len(abierto.pages)
    return {"pdf": base64.b64encode(pdf).decode(), "paginas": paginas}


def _componer(encargo: dict[str, Any]) -> dict[str, Any]:
    creado = datetime.fromisoformat(encargo["creado"])
    return {
        "pdf": base64.b64encode(componer(encargo["impreso"], encargo["datos"], creado)).decode()
    }


def _firmante(firma: dict[str, Any]) -> Any:
    if "p12" in firma:
        return firma_pdf.firmante_de_p12(base64.b64decode(firma["p12"]), firma["clave"])
    clave = base64.b64decode(firma["privada"])
    return firma_pdf.firmante_de_clave(clave, firma["certificado"].encode())


def _tiempo(tsa: dict[str, Any] | None) -> Any:
    if tsa is None:
        return None
    # Una TSA que no responde tarda en no responder: no se le pregunta por cada documento.
    if monotonic() - _caidas.get(tsa["url"], -CAIDA_S) < CAIDA_S:
        raise OSError("la TSA no respondió hace un momento")
    return firma_pdf.sellador(tsa["url"], tsa["usuario"], tsa["clave"])


def _revisar(encargo: dict[str, Any]) -> dict[str, Any]:
    firma, anexo = firma_pdf.leer(base64.b64decode(encargo["pdf"]), encargo["conocidos"])
    return {
        "firma": asdict(firma) if firma else None,
        "anexo": anexo.decode("utf-8", "replace") if anexo is not None else None,
    }


_ENCARGOS = {"imprimir": _imprimir, "componer": _componer, "revisar": _revisar}


def main() -> None:
    """Atiende encargos hasta que del otro lado cuelguen."""
    if "cede" in sys.argv:
        os.nice(5)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_DATA, (_MEMORIA, _MEMORIA))
    for linea in sys.stdin.buffer:
        # Sin manejador, lo que gasta demasiado mata al oficial; la espera no cuenta, la CPU sí.
        signal.setitimer(signal.ITIMER_PROF, CPU_S)
        respuesta = json.dumps(atender(json.loads(linea)), default=str)
        signal.setitimer(signal.ITIMER_PROF, 0)
        sys.stdout.buffer.write(respuesta.encode() + b"\n")
        sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
