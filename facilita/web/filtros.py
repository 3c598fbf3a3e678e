"""Cómo se escriben los textos, fechas y tamaños en las páginas."""

from collections.abc import Mapping
from datetime import date, datetime

from flask import Flask
from markupsafe import Markup, escape

from facilita.definicion.campos.archivos import peso
from facilita.definicion.campos.base import completar
from facilita.plazos import a_lima, fecha_larga
from facilita.servicios.revision import MARCAS
from facilita.tramite.correos import como_va
from facilita.web.analizados import analizado
from facilita.web.mundo import mundo
from facilita.web.sesion import cierre_de_expediente, quedan


def parrafos(texto: str | None) -> Markup:
    """Un texto con párrafos separados por líneas en blanco, escapado."""
    if not texto:
        return Markup("")
    bloques = [b.strip() for b in str(texto).replace("\r\n", "\n").split("\n\n") if b.strip()]
    return Markup("").join(Markup("<p>{}</p>").format(_lineas(b)) for b in bloques)


def lineas(texto: str | None) -> Markup:
    """Un texto escrito por una persona, con sus saltos de línea."""
    return _lineas(str(texto or "").strip(), seguidas=False)


def _lineas(bloque: str, *, seguidas: bool = True) -> Markup:
    if seguidas:
        return escape(" ".join(bloque.split("\n")))
    return Markup("<br>").join(escape(linea) for linea in bloque.splitlines())


def con_nombres(texto: str | None, nombres: Mapping[str, str]) -> str:
    """El texto de una definición con los `{nombres}` de la entidad puestos."""
    return completar(texto or "", nombres)


def minuscula(texto: str) -> str:
    """El texto para ir en medio de una frase; unas siglas se quedan como están."""
    return texto if texto[:2].isupper() else texto[:1].lower() + texto[1:]


def marca(clave: str) -> str:
    """Lo que se advirtió al revisar un archivo, dicho para una persona."""
    return MARCAS.get(clave, clave)


def fecha(valor: date | datetime) -> str:
    """«lunes 23 de noviembre de 2026», en hora de Lima."""
    return fecha_larga(a_lima(valor).date() if isinstance(valor, datetime) else valor)


def momento(valor: datetime | str) -> str:
    """«lunes 23 de noviembre de 2026, 10:00:00 a. m.», en hora de Lima."""
    instante = a_lima(_instante(valor))
    return f"{fecha_larga(instante.date())}, {instante:%H:%M:%S} horas"


def corta(valor: datetime | str) -> str:
    """«23/11/2026 10:00», en hora de Lima."""
    return f"{a_lima(_instante(valor)):%d/%m/%Y %H:%M}"


def dia_y_hora(valor: datetime) -> str:
    """«lunes 23 de noviembre de 2026, 10:00 horas», en hora de Lima."""
    return f"{fecha_larga(a_lima(valor).date())}, {hora(valor)} horas"


def hora(valor: datetime) -> str:
    """«10:00», en hora de Lima."""
    return f"{a_lima(valor):%H:%M}"


def iso(valor: datetime | str) -> str:
    """El instante para el atributo `datetime`."""
    return a_lima(_instante(valor)).isoformat(timespec="seconds")


def _instante(valor: datetime | str) -> datetime:
    return datetime.fromisoformat(valor) if isinstance(valor, str) else valor


def registrar_filtros(app: Flask) -> None:
    """Los pone al alcance de las plantillas."""
    app.jinja_env.filters.update(
        parrafos=parrafos, lineas=lineas, fecha=fecha, momento=momento, corta=corta, iso=iso,
        hora=hora, dia_y_hora=dia_y_hora, peso=peso, con_nombres=con_nombres, marca=marca,
        minuscula=minuscula, analizado=analizado,
    )  # fmt: skip
    app.jinja_env.globals["estatico"] = lambda nombre: mundo().recursos.direccion(nombre)
    app.jinja_env.globals["como_va"] = como_va
    app.jinja_env.globals.update(cierre_de_expediente=cierre_de_expediente, quedan=quedan)
    app.jinja_env.globals["es_demo"] = lambda: mundo().ajustes.demo
    app.jinja_env.globals["con_casilla"] = lambda: mundo().entorno.con_casilla
