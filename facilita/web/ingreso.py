"""La pantalla de ingreso: la propia y la que aparece cuando una sesión terminó a medio envío."""

from flask import render_template
from flask_wtf import FlaskForm
from wtforms import EmailField, PasswordField


class FormularioDeIngreso(FlaskForm):
    """Correo y contraseña."""

    correo = EmailField("Correo electrónico", render_kw={"autocomplete": "username"})
    clave = PasswordField("Contraseña", render_kw={"autocomplete": "current-password"})


def pantalla_de_ingreso(
    formulario: FormularioDeIngreso | None = None,
    *,
    error: str | None = None,
    aviso: str | None = None,
    pendiente: str | None = None,
) -> str:
    """La página para ingresar; `pendiente` es lo que se retomará, sellado."""
    return render_template(
        "ingresar.html",
        # Con un envío ajeno a medias, nada de él llena el correo ni la contraseña.
        formulario=formulario or FormularioDeIngreso(formdata=None),
        error=error,
        aviso=aviso,
        pendiente=pendiente,
    )
