"""El logo de una entidad: cualquier imagen se vuelve a dibujar pequeña para la página pública."""

import io
import warnings

from PIL import Image, UnidentifiedImageError

TAMANO_MAXIMO = 1024 * 1024
PESO_FINAL = 4 * 1024
PUNTOS_MAXIMOS = 25_000_000
FORMATOS = ("PNG", "JPEG", "WEBP", "GIF")
MEDIDAS = ((240, 80), (180, 60), (120, 40), (90, 30), (60, 20))
CALIDADES = (85, 70, 55, 40)
MIME = "image/webp"


class LogoInvalido(ValueError):
    """No es una imagen que se pueda usar; su texto dice por qué."""


def achicar(datos: bytes) -> bytes:
    """La imagen en WebP de 4 KB como máximo; lanza `LogoInvalido`. No conserva sus metadatos."""
    if not datos:
        raise LogoInvalido("Elige la imagen de tu logo.")
    if len(datos) > TAMANO_MAXIMO:
        raise LogoInvalido("La imagen pesa más de 1 MB: achícala o elige otra.")
    imagen = _abrir(datos)
    for medida in MEDIDAS:
        copia = imagen.copy()
        copia.thumbnail(medida)
        for calidad in CALIDADES:
            salida = io.BytesIO()
            copia.save(salida, "WEBP", quality=calidad, method=6)
            if salida.tell() <= PESO_FINAL:
                return salida.getvalue()
    raise LogoInvalido("La imagen tiene demasiado detalle para un logo: elige una más simple.")


def _abrir(datos: bytes) -> Image.Image:
    try:
        # Una imagen inmensa avisa antes de leerse; aquí un aviso es un no.
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            imagen = Image.open(io.BytesIO(datos), formats=FORMATOS)
            if imagen.width * imagen.height > PUNTOS_MAXIMOS:
                raise LogoInvalido("La imagen es demasiado grande: achícala o elige otra.")
            return imagen.convert("RGBA")
    except UnidentifiedImageError:
        raise LogoInvalido("No es una imagen PNG, JPG, WEBP o GIF: elige otra.") from None
    except (OSError, SyntaxError, ValueError, Warning, Image.DecompressionBombError) as error:
        if isinstance(error, LogoInvalido):
            raise
        raise LogoInvalido("La imagen está dañada: elige otra.") from None
