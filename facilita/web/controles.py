"""Los controles de un formulario publicado: WTForms los dibuja; la definición los lee.

Aquí no se comprueba nada: un segundo validador se apartaría del primero.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import wtforms
from wtforms.fields.choices import SelectChoice
from wtforms.widgets import CheckboxInput, TextInput

from facilita.definicion import Contexto, Pagina
from facilita.definicion.campos import Campo
from facilita.definicion.campos.personas import FUERA_DEL_PERU
from facilita.tramite.entorno import Memoria

Control = Callable[[Campo, Contexto], wtforms.Field]
POCAS = 7
"""Hasta este número, las opciones van todas a la vista."""


def _entrada(tipo: str, **atributos: Any) -> Control:
    def hacer(campo: Campo, _contexto: Contexto) -> wtforms.Field:
        propios = {"autocomplete": campo.autocompletar or "off", **atributos}
        largo = getattr(campo, "maximo", None)
        if tipo == "text" and isinstance(largo, int) and "inputmode" not in atributos:
            propios["size"] = min(largo, 40)
        return wtforms.StringField(campo.etiqueta, widget=TextInput(tipo), render_kw=propios)

    return hacer


def _parrafo(campo: Campo, _contexto: Contexto) -> wtforms.Field:
    return wtforms.TextAreaField(campo.etiqueta, render_kw={"rows": 6})


def _opciones(campo: Any, _contexto: Contexto) -> wtforms.Field:
    opciones = [SelectChoice(o.valor, o.etiqueta) for o in campo.opciones]
    return wtforms.RadioField(campo.etiqueta, choices=opciones, validate_choice=False)


def _lista(campo: Any, _contexto: Contexto) -> wtforms.Field:
    return _desplegable(campo, [(o.valor, o.etiqueta) for o in campo.opciones])


def _desplegable(campo: Campo, pares: Sequence[tuple[str, str]]) -> wtforms.Field:
    opciones = [SelectChoice("", "Elige una opción"), *(SelectChoice(*par) for par in pares)]
    propios = {"autocomplete": campo.autocompletar} if campo.autocompletar else {}
    return wtforms.SelectField(
        campo.etiqueta, choices=opciones, validate_choice=False, render_kw=propios
    )


def _sede(campo: Campo, contexto: Contexto) -> wtforms.Field:
    pares = [(s.codigo, s.nombre) for s in contexto.sedes]
    if len(pares) > POCAS:
        return _desplegable(campo, pares)
    opciones = [SelectChoice(*par) for par in pares]
    return wtforms.RadioField(campo.etiqueta, choices=opciones, validate_choice=False)


def _multiples(campo: Any, _contexto: Contexto) -> wtforms.Field:
    opciones = [SelectChoice(o.valor, o.etiqueta) for o in campo.opciones]
    return wtforms.SelectMultipleField(
        campo.etiqueta, choices=opciones, validate_choice=False, option_widget=CheckboxInput()
    )


def _si_no(campo: Campo, _contexto: Contexto) -> wtforms.Field:
    opciones = [SelectChoice("true", "Sí"), SelectChoice("false", "No")]
    return wtforms.RadioField(campo.etiqueta, choices=opciones, validate_choice=False)


def _consentimiento(campo: Any, _contexto: Contexto) -> wtforms.Field:
    return wtforms.BooleanField(campo.etiqueta, render_kw={"value": "true"})


def _archivo(campo: Any, _contexto: Contexto) -> wtforms.Field:
    propios = {"accept": ",".join(f".{t}" for t in _extensiones(campo.tipos))}
    if campo.cantidad_maxima > 1:
        return wtforms.MultipleFileField(campo.etiqueta, render_kw=propios)
    return wtforms.FileField(campo.etiqueta, render_kw=propios)


def _extensiones(tipos: Sequence[str]) -> list[str]:
    return [e for t in tipos for e in (("jpg", "jpeg") if t == "jpg" else (t,))]


CONTROLES: Mapping[str, Control] = {
    "texto": _entrada("text"),
    "parrafo": _parrafo,
    "numero": _entrada("text", inputmode="decimal", size=12),
    "dinero": _entrada("text", inputmode="decimal", size=14),
    "fecha": _entrada("text", size=12),
    "hora": _entrada("text", size=10),
    "folios": _entrada("text", inputmode="numeric", size=6),
    "ruc": _entrada("text", inputmode="numeric", size=14),
    "correo": _entrada("email", inputmode="email", spellcheck="false"),
    "telefono": _entrada("tel", size=18),
    "enlace": _entrada("url", spellcheck="false"),
    "ubigeo": _entrada("text"),
    "opcion_unica": _opciones,
    "lista": _lista,
    "opciones_multiples": _multiples,
    "si_no": _si_no,
    "sede": _sede,
    "consentimiento": _consentimiento,
    "archivo": _archivo,
}

_clases: Memoria[type[wtforms.Form]] = Memoria(2000)


def clase_de(digest: str, pagina: Pagina, contexto: Contexto) -> type[wtforms.Form]:
    """La clase de formulario de una página; se arma una vez por contenido."""
    return _clases.dar((digest, pagina.id, contexto.sedes), lambda: _armar(pagina.campos, contexto))


def _armar(campos: Sequence[Campo], contexto: Contexto) -> type[wtforms.Form]:
    controles = {
        c.id: CONTROLES[c.control](c, contexto)
        for c in campos
        if c.control in CONTROLES and c.se_muestra(contexto)
    }
    return type("FormularioDePagina", (wtforms.Form,), controles)


def clase_de_partes(digest: str | None, campo: Campo, contexto: Contexto) -> type[wtforms.Form]:
    """La clase de formulario de una fila de un grupo o de las partes de un campo."""
    if digest is None:
        return _armar(campo.campos, contexto)
    clave = (digest, "partes", campo.id, contexto.sedes)
    return _clases.dar(clave, lambda: _armar(campo.campos, contexto))


def clase_suelta(campos: Sequence[Campo], contexto: Contexto) -> type[wtforms.Form]:
    """La clase de formulario de unos campos que no son una página."""
    return _armar(campos, contexto)


def llenar(
    clase: type[wtforms.Form], campos: Sequence[Campo], crudo: Mapping[str, Any], prefijo: str = ""
) -> wtforms.Form:
    """El formulario con lo que la persona escribió, errores incluidos."""
    datos = {c.id: _dato(c, crudo.get(c.id)) for c in campos if c.control in CONTROLES}
    return clase(data=datos, prefix=prefijo)


def _dato(campo: Campo, crudo: Any) -> Any:
    if campo.control == "consentimiento":
        return crudo == "true"
    if campo.control == "ubigeo":
        return escrito(crudo)
    if campo.varios:
        return crudo if isinstance(crudo, list) else [crudo]
    return None if campo.es_archivo else crudo


def escrito(crudo: Any) -> str | None:
    """Lo que la persona escribió en el distrito: ni el código elegido ni «fuera del Perú»."""
    partes = crudo if isinstance(crudo, list) else [crudo]
    palabras = (p for p in partes if isinstance(p, str) and p and p != FUERA_DEL_PERU)
    return next((p for p in palabras if not (p.isdecimal() and len(p) == 6)), None)
