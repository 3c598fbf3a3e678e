"""Escribir un dato como YAML del que lee `leer_yaml`."""

import json
from typing import Any

import yaml


def redactar(dato: Any) -> str:
    """Un dato como YAML, con las claves en su orden y sin alias."""
    # El paso por JSON deja datos llanos y separados: el lector no admite alias.
    llano = json.loads(json.dumps(dato))
    return str(yaml.safe_dump(llano, allow_unicode=True, sort_keys=False, width=92))
