"""En qué navegador y sistema se abrió una sesión, dicho para que su dueño la reconozca."""

NAVEGADORES = (
    ("Edg", "Edge"), ("OPR", "Opera"), ("SamsungBrowser", "Samsung Internet"),
    ("Firefox", "Firefox"), ("FxiOS", "Firefox"), ("CriOS", "Chrome"), ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)  # fmt: skip
"""El orden importa: casi todos dicen ser también Chrome o Safari."""
SISTEMAS = (
    ("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows"),
    ("CrOS", "ChromeOS"), ("Mac OS", "Mac"), ("Linux", "Linux"),
)  # fmt: skip


def en_palabras(agente: str) -> str:
    """«Firefox en Windows», o lo que se sepa."""
    navegador = next((nombre for marca, nombre in NAVEGADORES if marca in agente), None)
    sistema = next((nombre for marca, nombre in SISTEMAS if marca in agente), None)
    if navegador and sistema:
        return f"{navegador} en {sistema}"
    return navegador or sistema or "Un navegador que no reconocemos"
