"""Facilita: la mesa de partes digital que una entidad pública abre en una tarde."""

__version__ = "0.1.0"
