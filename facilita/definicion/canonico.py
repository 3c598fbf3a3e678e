"""La forma canónica de una definición: el mismo contenido da siempre los mismos bytes."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any


def canonizar(dato: Mapping[str, Any]) -> str:
    """JSON con claves ordenadas y sin espacios, sin la versión (que va aparte)."""
    limpio = {clave: valor for clave, valor in dato.items() if clave != "version"}
    return json.dumps(limpio, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def digerir(canonico: str) -> str:
    """El SHA-256, en hexadecimal, de la forma canónica."""
    return hashlib.sha256(canonico.encode()).hexdigest()
