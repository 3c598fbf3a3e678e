"""Las contraseñas: cómo se guardan, cómo se comprueban y cuáles no se aceptan."""

import re
import unicodedata
from functools import cache
from importlib.resources import files

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

LARGO_MINIMO = 10
LARGO_MAXIMO = 128

# Cifras de OWASP: 19 MiB por verificación, para que muchas a la vez no agoten la memoria.
_ARGON2 = PasswordHasher(memory_cost=19456, time_cost=2, parallelism=1, hash_len=32, salt_len=16)
_ADORNO = re.compile(r"^[\d\W_]+|[\d\W_]+$")


def cifrar(clave: str) -> str:
    """El hash argon2id de la contraseña; `ValueError` si pasa de `LARGO_MAXIMO`."""
    if len(clave) > LARGO_MAXIMO:
        raise ValueError(f"La contraseña pasa de {LARGO_MAXIMO} caracteres")
    return _ARGON2.hash(_bytes(clave))


def verificar(hash: str | None, clave: str) -> bool:
    """Si la contraseña es esa; con `None` (usuario desconocido) tarda lo mismo y dice que no."""
    admisible = len(clave) <= LARGO_MAXIMO
    guardado = hash if hash and admisible else _hash_de_nadie()
    try:
        _ARGON2.verify(guardado, _bytes(clave[:LARGO_MAXIMO]))
    except (VerificationError, InvalidHashError):
        return False
    return bool(hash) and admisible


def necesita_cifrar(hash: str) -> bool:
    """Si el hash usa cifras antiguas y conviene rehacerlo al próximo ingreso."""
    try:
        return _ARGON2.check_needs_rehash(hash)
    except InvalidHashError:
        return True


def fallas_de_clave(clave: str, correo: str) -> list[str]:
    """Lo que impide usar esa contraseña, en frases para mostrar; vacía si sirve."""
    if len(clave) < LARGO_MINIMO:
        return [f"Escribe una contraseña de al menos {LARGO_MINIMO} caracteres."]
    if len(clave) > LARGO_MAXIMO:
        return [f"Escribe una contraseña de {LARGO_MAXIMO} caracteres como máximo."]
    fallas = []
    if _es_comun(clave):
        fallas.append(
            "Esa contraseña es fácil de adivinar. Prueba con varias palabras sin relación."
        )
    if _es_el_correo(clave, correo):
        fallas.append("La contraseña no puede ser tu correo.")
    return fallas


def _es_comun(clave: str) -> bool:
    llana = _llana(clave)
    if llana.isdigit() or len(set(llana)) < 4:
        return True
    return not _comunes().isdisjoint({llana, _ADORNO.sub("", llana)})


def _es_el_correo(clave: str, correo: str) -> bool:
    llana, buzon = _llana(clave), _llana(correo)
    usuario = buzon.partition("@")[0]
    del_correo = {buzon, usuario, _ADORNO.sub("", usuario)} - {""}
    return not del_correo.isdisjoint({llana, _ADORNO.sub("", llana)})


def _llana(texto: str) -> str:
    separada = unicodedata.normalize("NFKD", texto.casefold())
    return "".join(c for c in separada if not unicodedata.combining(c)).strip()


@cache
def _comunes() -> frozenset[str]:
    lista = files(__package__).joinpath("datos", "claves-comunes.txt")
    return frozenset(lista.read_text("utf-8").split())


@cache
def _hash_de_nadie() -> str:
    return _ARGON2.hash("nadie entra con esta contraseña")


def _bytes(clave: str) -> bytes:
    # Un teclado manda «ñ» en un carácter y otro en dos: es la misma contraseña.
    return unicodedata.normalize("NFKC", clave).encode("utf-8", "surrogatepass")
