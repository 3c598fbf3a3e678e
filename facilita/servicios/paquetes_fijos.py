"""Un paquete ZIP (un DOCX) con las fechas de sus partes fijas: siempre los mismos bytes."""

from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

FECHA = (1980, 1, 1, 0, 0, 0)
"""La más antigua que un ZIP puede decir."""


def fijar(paquete: bytes) -> bytes:
    """El mismo paquete, con sus partes en su orden y sin la hora en que se armó."""
    salida = BytesIO()
    with ZipFile(BytesIO(paquete)) as origen, ZipFile(salida, "w", ZIP_DEFLATED) as destino:
        for parte in origen.infolist():
            info = ZipInfo(parte.filename, FECHA)
            info.compress_type, info.external_attr = ZIP_DEFLATED, 0o600 << 16
            destino.writestr(info, origen.read(parte))
    return salida.getvalue()
