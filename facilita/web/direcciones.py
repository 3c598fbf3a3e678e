"""Las direcciones de un borrador: aquí se escriben, para todas las vistas."""

CARPETA = "/<entidad>/<formulario>/borrador/<ficha>"


def de_borrador(entidad: str, formulario: str, ficha: str, pagina: str) -> str:
    """La dirección de una página de un borrador."""
    return f"/{entidad}/{formulario}/borrador/{ficha}/{pagina}"
