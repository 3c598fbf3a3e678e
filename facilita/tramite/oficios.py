"""El oficio con que una entidad pide su acceso: se hace de unos datos y no se guarda nada.

Sus campos son los de la solicitud de acceso, con los mismos ids: lo escrito sirve para pedirla.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from facilita.definicion import Contexto
from facilita.definicion.campos import Campo, crear_campo
from facilita.definicion.lectura import leer
from facilita.plazos import fecha_larga, fecha_lima
from facilita.tramite.entidades import EntidadPublica
from facilita.tramite.entorno import Entorno
from facilita.tramite.errores import Invalido

NORMAS = ("ley-31170", "rlgd-46")
"""Las que el oficio cita."""
SIN_NUMERO = "____________________"


def _campo(cual: str, tipo: str, etiqueta: str, **mas: Any) -> Campo:
    return crear_campo({"id": cual, "tipo": tipo, "etiqueta": etiqueta, "obligatorio": True, **mas})


_TIPOS = [
    {"valor": "dni", "etiqueta": "DNI"},
    {"valor": "carne_extranjeria", "etiqueta": "Carné de extranjería"},
]
GRUPOS: tuple[tuple[str, tuple[Campo, ...]], ...] = (
    (
        "La entidad",
        (
            _campo("nombre_entidad", "texto", "Nombre de la entidad", largo_maximo=200,
                   autocompletar="organization",
                   ejemplo="Municipalidad Distrital de Valle Sereno"),
            _campo("ruc", "ruc", "RUC de la entidad", ayuda="Son 11 dígitos y empieza con 20."),
            _campo("numero_oficio", "texto", "Número del oficio", obligatorio=False,
                   ayuda="Si todavía no lo tienes, queda una línea para ponerlo.",
                   ejemplo="045-2026-MDVS/A", largo_maximo=80),
        ),
    ),
    (
        "La máxima autoridad, que firma",
        (
            _campo("nombre_autoridad", "texto", "Nombres y apellidos de la autoridad",
                   formato="nombre", largo_maximo=150),
            _campo("cargo_autoridad", "texto", "Cargo de la autoridad", ejemplo="Alcaldesa",
                   largo_maximo=120),
        ),
    ),
    (
        "El líder de TI, que administrará la plataforma",
        (
            _campo("nombres", "texto", "Nombres", formato="nombre", largo_maximo=100),
            _campo("apellido_paterno", "texto", "Apellido paterno", formato="nombre",
                   ayuda="Si tiene un solo apellido, escríbelo aquí.", largo_maximo=100),
            _campo("apellido_materno", "texto", "Apellido materno", formato="nombre",
                   obligatorio=False, largo_maximo=100),
            _campo("tipo_documento_identidad", "lista", "Tipo de documento de identidad",
                   opciones=_TIPOS),
            _campo("numero_documento_identidad", "documento_identidad", "Número de documento",
                   ayuda="Si es DNI, son 8 dígitos.", campo_tipo="tipo_documento_identidad"),
            _campo("cargo", "texto", "Cargo que ocupa", largo_maximo=120,
                   ejemplo="Jefe de Tecnologías de la Información"),
            _campo("correo", "correo", "Correo institucional",
                   ayuda="Ahí llegará el enlace para entrar."),
            _campo("celular", "telefono", "Celular", celular=True, ejemplo="987 654 321"),
        ),
    ),
)  # fmt: skip
"""Lo que se pregunta, por grupos."""
CAMPOS: tuple[Campo, ...] = tuple(campo for _, campos in GRUPOS for campo in campos)


@dataclass(frozen=True)
class Oficio:
    """Un oficio redactado, igual para el PDF y para el documento que se puede cambiar."""

    datos: Mapping[str, Any]
    """Lo que leen `impresos/oficio.typ` y `oficio_docx.componer`."""
    creado: datetime


def redactar(entorno: Entorno, plataforma: EntidadPublica, crudo: Mapping[str, Any]) -> Oficio:
    """El oficio dirigido a la entidad de la plataforma; lanza `Invalido` con los errores."""
    contexto = Contexto(territorio=entorno.territorio)
    lectura = leer([(campo, campo.si) for campo in CAMPOS], crudo, contexto)
    if lectura.errores:
        raise Invalido(lectura.errores)
    ahora = entorno.reloj.ahora()
    dicho = {c.id: c.mostrar(v).texto for c in CAMPOS if (v := lectura.valores.get(c.id))}
    normas = [entorno.catalogo.normas[n].titulo for n in NORMAS]
    return Oficio(_datos(dicho, plataforma, normas, ahora), ahora)


def _datos(
    dicho: Mapping[str, str], plataforma: EntidadPublica, normas: list[str], ahora: datetime
) -> dict[str, Any]:
    entidad = dicho["nombre_entidad"]
    return {
        "titulo": f"Oficio N.° {dicho.get('numero_oficio') or SIN_NUMERO}",
        "descripcion": f"{entidad} pide su acceso a la plataforma y designa a su líder de TI",
        "entidad": {"nombre": entidad, "ruc": dicho["ruc"]},
        "fecha": fecha_larga(fecha_lima(ahora)).partition(" ")[2],
        "para": ["Señores", plataforma.nombre, plataforma.direccion or "Presente.-"],
        "encabezado": [
            ["Asunto", "Solicitud de acceso a la plataforma y designación del líder de TI"],
            ["Referencia", "; ".join(normas)],
        ],
        "parrafos": _parrafos(entidad, plataforma.nombre_corto),
        "lider": _del_lider(dicho),
        "despues": [
            "El líder de TI, o quien haga sus veces, coordinará con ustedes la puesta en marcha y "
            "cuidará las cuentas que se le entreguen.",
            "Es propicia la oportunidad para expresarles nuestra consideración.",
            "Atentamente,",
        ],
        "firma": [dicho["nombre_autoridad"], dicho["cargo_autoridad"], entidad],
        "pie": f"{entidad} · RUC {dicho['ruc']}",
    }  # fmt: skip


def _parrafos(entidad: str, plataforma: str) -> list[str]:
    return [
        "De nuestra consideración:",
        f"Nos dirigimos a ustedes para pedir que nuestra entidad, {entidad}, tenga acceso a la "
        f"plataforma de mesas de partes digitales que administra {plataforma}, con el fin de "
        "recibir por ella los documentos de las personas.",
        "Con ese fin designamos como líder de TI, que administrará la plataforma en la entidad, a:",
    ]


def _del_lider(dicho: Mapping[str, str]) -> list[list[str]]:
    apellidos = (dicho["apellido_paterno"], dicho.get("apellido_materno"))
    return [
        ["Nombres y apellidos", " ".join(p for p in (dicho["nombres"], *apellidos) if p)],
        [dicho["tipo_documento_identidad"], dicho["numero_documento_identidad"]],
        ["Cargo", dicho["cargo"]],
        ["Correo institucional", dicho["correo"]],
        ["Celular", dicho["celular"]],
    ]
