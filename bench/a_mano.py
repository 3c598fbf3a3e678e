"""La referencia: el mismo formulario escrito a mano con WTForms y un bucle de Jinja.

Es lo que haría una buena persona programadora: la clase se arma una vez, la plantilla también.
Está congelado: cambiarlo es un commit aparte, con su motivo.
"""

from flask import Flask
from wtforms import (
    BooleanField,
    EmailField,
    FileField,
    Form,
    IntegerField,
    MultipleFileField,
    RadioField,
    SelectField,
    StringField,
    TelField,
    TextAreaField,
    URLField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import URL, Email, InputRequired, Length, NumberRange, Optional, Regexp

NOMBRE = r"^[^\W\d_]+(?:[ '’.\-·]+[^\W\d_]+)*[.]?$"


def opciones(*pares: tuple[str, str]) -> list[SelectChoice]:
    """Las opciones de una lista."""
    return [SelectChoice(valor, etiqueta) for valor, etiqueta in pares]


class MesaDePartes(Form):
    """Los 28 campos de la mesa de partes."""

    tipo_persona = RadioField(
        "¿Presentas el documento como…?",
        [InputRequired()],
        choices=opciones(
            ("natural", "Persona natural"), ("juridica", "Persona jurídica"),
            ("entidad_publica", "Entidad pública"),
        ),
    )  # fmt: skip
    ruc = StringField("RUC", [Optional(), Regexp(r"^(10|15|16|17|20)[0-9]{9}$")])
    razon_social = StringField("Razón social", [Optional(), Length(max=200)])
    cargo_representante = StringField("Cargo que ejerces", [Optional(), Length(max=120)])
    poder = FileField("Documento que acredita la representación")
    tipo_documento_identidad = SelectField(
        "Tipo de documento de identidad",
        [InputRequired()],
        choices=opciones(
            ("", "Elige una opción"), ("dni", "DNI"), ("carne_extranjeria", "Carné de extranjería"),
            ("pasaporte", "Pasaporte"), ("ptp", "Permiso temporal de permanencia (PTP)"),
            ("cedula_identidad", "Cédula de identidad"), ("otro", "Otro"),
        ),
    )  # fmt: skip
    numero_documento_identidad = StringField(
        "Número de documento", [InputRequired(), Regexp(r"^[0-9]{8}$")]
    )
    nombres = StringField("Nombres", [InputRequired(), Length(max=100), Regexp(NOMBRE)])
    apellido_paterno = StringField(
        "Apellido paterno", [InputRequired(), Length(max=100), Regexp(NOMBRE)]
    )
    apellido_materno = StringField(
        "Apellido materno", [Optional(), Length(max=100), Regexp(NOMBRE)]
    )
    correo = EmailField("Correo electrónico", [InputRequired(), Email()])
    celular = TelField("Celular", [InputRequired(), Regexp(r"^9[0-9]{8}$")])
    ubigeo = StringField("Distrito donde vives", [InputRequired(), Length(max=200)])
    direccion = StringField("Dirección", [InputRequired(), Length(max=200)])
    acepta_notificacion = BooleanField("Notificación electrónica")
    sede = RadioField(
        "Sede a la que se dirige",
        [InputRequired()],
        choices=opciones(("central", "Palacio municipal"), ("norte", "Agencia municipal Norte")),
    )
    destinatario = StringField(
        "Área o autoridad a la que te diriges", [Optional(), Length(max=150)]
    )
    tipo_documento = SelectField(
        "Tipo de documento que presentas",
        [InputRequired()],
        choices=opciones(
            ("", "Elige una opción"), ("solicitud", "Solicitud"), ("carta", "Carta"),
            ("oficio", "Oficio"), ("escrito", "Escrito"), ("informe", "Informe"),
            ("memorial", "Memorial"), ("recurso", "Recurso administrativo"),
            ("queja", "Queja por defecto de tramitación"), ("formulario", "Formulario"),
            ("otro", "Otro"),
        ),
    )  # fmt: skip
    numero_documento = StringField("Número del documento", [Optional(), Length(max=80)])
    asunto = StringField("Asunto", [InputRequired(), Length(max=200)])
    pedido = TextAreaField("¿Qué pides y por qué?", [Optional(), Length(max=4000)])
    expediente_relacionado = StringField(
        "Número de expediente, si continúas uno", [Optional(), Length(max=60)]
    )
    documento_principal = FileField("Documento principal")
    folios = IntegerField("Número de folios", [InputRequired(), NumberRange(min=1, max=100000)])
    anexos = MultipleFileField("Anexos")
    enlace_descarga = URLField("Enlace de descarga", [Optional(), URL(), Length(max=2000)])
    declaracion_jurada = BooleanField("Declaración jurada", [InputRequired()])
    privacidad = BooleanField("Privacidad", [InputRequired()])


PAGINA = """<!doctype html>
<html lang="es-PE"><head><meta charset="utf-8"><title>Mesa de partes</title></head><body>
<main><h1>Mesa de partes digital</h1>
<form method="post" enctype="multipart/form-data" novalidate>
{% for campo in formulario %}
<div class="campo">
{% if campo.type == "RadioField" %}
<fieldset><legend>{{ campo.label.text }}</legend>
{% for opcion in campo %}<div>{{ opcion() }} {{ opcion.label }}</div>{% endfor %}</fieldset>
{% else %}{{ campo.label }} {{ campo(aria_describedby=campo.id ~ "-ayuda") }}{% endif %}
{% for error in campo.errors %}<p class="error">{{ error }}</p>{% endfor %}
</div>
{% endfor %}
<button>Continuar</button></form></main></body></html>"""


def crear(tamano_estatico: int) -> Flask:
    """Una aplicación Flask con el formulario a mano y una respuesta estática."""
    app = Flask(__name__)
    cuerpo = b"x" * tamano_estatico
    # `render_template_string` compilaría la plantilla en cada pedido.
    plantilla = app.jinja_env.from_string(PAGINA)

    @app.get("/a-mano")
    def a_mano() -> str:
        return plantilla.render(formulario=MesaDePartes())

    @app.get("/estatica")
    def estatica() -> bytes:
        return cuerpo

    return app
