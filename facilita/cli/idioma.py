"""Las palabras de click en español: «Usage», «Options», «--help» y sus errores.

click pregunta cada frase a `gettext`; aquí se le contesta con esta tabla, sin depender del idioma
de la máquina ni de archivos compilados.
"""

from importlib import import_module

FRASES = {
    "Usage:": "Uso:",
    "Options": "Opciones",
    "Commands": "Órdenes",
    "Positional arguments": "Argumentos",
    "Show this message and exit.": "Muestra esta ayuda y termina.",
    "Show the version and exit.": "Muestra la versión y termina.",
    "%(prog)s, version %(version)s": "%(prog)s, versión %(version)s",
    "Aborted!": "Interrumpido.",
    "deprecated": "en desuso",
    "Error: {message}": "Error: {message}",
    "Error: invalid input": "Error: eso no se entiende",
    "Error: The two entered values do not match.": "Error: las dos veces no coinciden.",
    "Repeat for confirmation": "Repítela",
    "Do you want to continue?": "¿Continuar?",
    "Confirm the action without prompting.": "No pide confirmación.",
    "Try '{command} {option}' for help.": "Mira la ayuda con «{command} {option}».",
    "Invalid value: {message}": "Valor inválido: {message}",
    "Invalid value for {param_hint}: {message}": "Valor inválido para {param_hint}: {message}",
    "Missing argument": "Falta el argumento",
    "Missing option": "Falta la opción",
    "Missing parameter": "Falta el parámetro",
    "Missing {param_type}": "Falta {param_type}",
    "Missing parameter: {param_name}": "Falta el parámetro {param_name}",
    "Missing command.": "Falta la orden.",
    "No such option {name!r}.": "No hay una opción {name}.",
    "No such command {name!r}.": "No hay una orden «{name}».",
    "unknown error": "error desconocido",
    "Could not open file {filename!r}: {message}": "No se pudo abrir «{filename}»: {message}",
    "Argument {name!r} takes {nargs} values.": "El argumento {name} lleva {nargs} valores.",
    "Option {name!r} does not take a value.": "La opción {name} no lleva valor.",
    "default: {default}": "por omisión: {default}",
    "required": "obligatorio",
    "env var: {var}": "variable: {var}",
    "(dynamic)": "(se calcula)",
    "Choose from:\n\t{choices}": "Elige entre:\n\t{choices}",
    "{value!r} is not a valid {number_type}.": "«{value}» no es un {number_type}.",
    "{value} is not in the range {range}.": "{value} está fuera de {range}.",
    "{name} {filename!r} does not exist.": "{name} «{filename}» no existe.",
    "{name} {filename!r} is a file.": "{name} «{filename}» es un archivo.",
    "{name} {filename!r} is a directory.": "{name} «{filename}» es una carpeta.",
    "{name} {filename!r} is not readable.": "{name} «{filename}» no se puede leer.",
    "{name} {filename!r} is not writable.": "{name} «{filename}» no se puede escribir.",
    "file": "archivo",
    "directory": "carpeta",
    "path": "ruta",
}  # fmt: skip

# Las que cambian con el número: (uno, varios), por la frase en singular de click.
PLURALES = {
    "Got unexpected extra argument ({args})": (
        "Sobra un argumento ({args})",
        "Sobran argumentos ({args})",
    ),
    "Did you mean {possibility}?": (
        "¿Quisiste decir {possibility}?",
        "(¿Quisiste decir una de estas: {possibilities}?)",
    ),
    "Option {name!r} requires an argument.": (
        "La opción {name} necesita un valor.",
        "La opción {name} necesita {nargs} valores.",
    ),
    "{value!r} is not {choice}.": (
        "«{value}» no es {choice}.",
        "«{value}» no es una de {choices}.",
    ),
    "{value!r} does not match the format {format}.": (
        "«{value}» no tiene la forma {format}.",
        "«{value}» no tiene ninguna de las formas {formats}.",
    ),
    "Takes {nargs} values but 1 was given.": (
        "Lleva {nargs} valores y se dio 1.",
        "Lleva {nargs} valores y se dieron {len}.",
    ),
}

_MODULOS = ("core", "decorators", "exceptions", "formatting", "parser", "termui", "types")


def decir(frase: str) -> str:
    """La frase de click en español, o la misma si no está en la tabla."""
    return FRASES.get(frase, frase)


def decir_cuantos(uno: str, varios: str, cuantos: int) -> str:
    """La frase que concuerda con la cantidad."""
    en_espanol = PLURALES.get(uno, (uno, varios))
    return en_espanol[0] if cuantos == 1 else en_espanol[1]


def poner_espanol() -> None:
    """Hace que click hable con esta tabla; llamarlo otra vez no cambia nada."""
    for nombre in _MODULOS:
        modulo = import_module(f"click.{nombre}")
        for propia, nuestra in (("_", decir), ("ngettext", decir_cuantos)):
            if hasattr(modulo, propia):
                setattr(modulo, propia, nuestra)
