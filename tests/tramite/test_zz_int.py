import pytest
from facilita.tramite import detalle
from facilita.tramite.errores import NoExiste
def test_int(mundo):
    with pytest.raises(NoExiste):
        detalle.ver(mundo.entorno, mundo.actor("luis"), 10**30)
