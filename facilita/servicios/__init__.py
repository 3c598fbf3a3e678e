"""El mundo de afuera: archivos, correo, reloj, territorio y secretos.

Aquí no se conoce Flask, ni la base de datos, ni el trámite: cada necesidad es un protocolo
pequeño con una implementación embebida que funciona de verdad y otra para producción.
"""
