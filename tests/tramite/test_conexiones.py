"""Las conexiones: la que murió mientras nadie la usaba se repone sin que nadie lo note."""

import pytest
from sqlalchemy import func, select

from facilita.tramite import bd as modulo
from facilita.tramite.ambito import Ambito
from facilita.tramite.bd import BaseDeDatos

PLATAFORMA = Ambito.de_plataforma("prueba")


@pytest.mark.parametrize("motor", ["postgresql"], indirect=True)
def test_una_conexion_que_murio_quieta_se_repone(bd: BaseDeDatos, monkeypatch: pytest.MonkeyPatch):
    """N22: reiniciar la base de datos no hace fallar a quien llega después."""
    monkeypatch.setattr(modulo, "QUIETA", 0.0)
    cual = select(func.pg_backend_pid())
    with bd.lectura(PLATAFORMA) as una, bd.lectura(PLATAFORMA) as otra:
        muere = una.scalar(cual)
        vive = otra.scalar(cual)
    vistas = set()
    for _ in range(4):
        with bd.lectura(PLATAFORMA) as sesion:
            if sesion.scalar(cual) == vive:
                sesion.scalar(select(func.pg_terminate_backend(muere)))
    for _ in range(4):
        with bd.lectura(PLATAFORMA) as sesion:
            vistas.add(sesion.scalar(cual))
    assert vive in vistas
    assert muere not in vistas
