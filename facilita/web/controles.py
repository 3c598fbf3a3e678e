"""Los controles de un formulario publicado: WTForms los dibuja; la definición los lee.

Aquí no se comprueba nada: un segundo validador se apartaría del primero.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import wtforms
from wtforms.fields.choices import SelectChoice
from wtforms.widgets import TextInput

from facilita.definicion import Contexto, Pagina
from facilita.definicion.campos import Campo, Error
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
    "folios": _entrada("text", inputmode="numeric", size=6),
    "ruc": _entrada("text", inputmode="numeric", size=14),
    "correo": _entrada("email", inputmode="email", spellcheck="false"),
    "telefono": _entrada("tel", size=18),
    "enlace": _entrada("url", spellcheck="false"),
    "ubigeo": _entrada("text", list="distritos"),
    "opcion_unica": _opciones,
    "lista": _lista,
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
        if c.se_responde and c.se_muestra(contexto)
    }
    return type("FormularioDePagina", (wtforms.Form,), controles)


def llenar(
    clase: type[wtforms.Form],
    campos: Sequence[Campo],
    crudo: Mapping[str, Any],
    errores: Mapping[str, Error],
) -> wtforms.Form:
    """El formulario con lo que la persona escribió, errores incluidos."""
    datos = {c.id: _dato(c, crudo.get(c.id)) for c in campos if c.se_responde}
    formulario = clase(data=datos)
    for nombre, error in errores.items():
        if nombre in formulario:
            formulario[nombre].errors = [error.texto]
    return formulario


def _dato(campo: Campo, crudo: Any) -> Any:
    if campo.control == "consentimiento":
        return crudo == "true"
    if campo.control == "ubigeo":
        return escrito(crudo)
    return None if campo.es_archivo else crudo


def escrito(crudo: Any) -> str | None:
    """Lo que la persona escribió en el distrito: ni el código elegido ni «fuera del Perú»."""
    partes = crudo if isinstance(crudo, list) else [crudo]
    palabras = (p for p in partes if isinstance(p, str) and p and p != FUERA_DEL_PERU)
    return next((p for p in palabras if not (p.isdecimal() and len(p) == 6)), None)
