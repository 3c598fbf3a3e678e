"""Formularios con todo el lenguaje del flujo: uno con roles y tareas, y uno de la plataforma."""

from collections.abc import Mapping
from copy import deepcopy
from typing import Any

import yaml
from fabrica import RAIZ, VALLE, Mundo, crear_entidad

from facilita.tramite import borradores, encargos, formularios
from facilita.tramite.encargos import Titular
from facilita.tramite.modelos import Area, Usuario

INFORMACION, ACCESO = "informacion", "acceso"
RUC_NUEVO = "20512345671"

ROLES = [
    {"id": "frai", "etiqueta": "Funcionario responsable", "ayuda": "Responde por la información."},
    {"id": "poseedora", "etiqueta": "Área que tiene la información"},
]
PEDIR: dict[str, Any] = {
    "id": "pedir", "etiqueta": "Pedir la información", "quien": ["frai"], "en": ["nuevo"],
    "para": "poseedora", "plazo": {"dias_habiles": 3}, "detiene": ["entregar"],
    "pide": [
        {"id": "que", "tipo": "parrafo", "etiqueta": "Qué se pide", "obligatorio": True},
        {"id": "modelo", "tipo": "archivo", "etiqueta": "Modelo"},
    ],
    "responde": [
        {"id": "informacion", "tipo": "parrafo", "etiqueta": "La información", "obligatorio": True},
        {"id": "documento", "tipo": "archivo", "etiqueta": "Documento"},
    ],
}  # fmt: skip
CONSULTAR: dict[str, Any] = {
    "id": "consultar", "etiqueta": "Consultar a la coordinación", "quien": ["frai", "atiende"],
    "en": ["nuevo"], "para": "coordinador",
}  # fmt: skip
TRANSICIONES: list[dict[str, Any]] = [
    {"id": "prorrogar", "de": ["nuevo"], "a": "nuevo", "etiqueta": "Prorrogar", "quien": ["frai"],
     "una_vez": True, "efectos": [{"ampliar_plazo": 10}, {"notificar": "prorroga"}],
     "pide": [{"id": "motivo", "tipo": "parrafo", "etiqueta": "Motivo", "obligatorio": True}]},
    {"id": "entregar", "de": ["nuevo"], "a": "entregado", "etiqueta": "Entregar",
     "quien": ["frai"]},
    {"id": "archivar", "de": ["nuevo"], "a": "entregado", "etiqueta": "Archivar",
     "quien": ["coordinador"]},
]  # fmt: skip


def dato_de_informacion(**cambios: Any) -> dict[str, Any]:
    """La definición de un formulario con roles, tareas, prórroga y serie propia."""
    dato = _de_contacto(INFORMACION)
    dato |= {
        "titulo": "Acceso a la información", "horario": "otros", "roles": ROLES,
        "tareas": [PEDIR, CONSULTAR], "conservacion": {"anios": 5},
        "numeracion": {"serie": "informacion", "formato": "{numero:04}-{anio}-AIP"},
    }  # fmt: skip
    dato["flujo"] |= {
        "estados": [
            {"id": "nuevo", "etiqueta": "Nuevo", "ciudadano": "La estamos buscando."},
            {"id": "entregado", "etiqueta": "Entregado", "ciudadano": "Ya está.", "final": True},
        ],
        "transiciones": TRANSICIONES,
    }
    dato["mensajes"] = [
        {"id": "recibido", "asunto": "Tu pedido {numero_propio}", "cuerpo": "Hola, {nombre}."},
        {"id": "prorroga", "asunto": "Más plazo", "cuerpo": "Vencía {vencia}; vence {vence}."},
    ]
    dato["flujo"]["al_presentar"] = [{"notificar": "recibido"}]
    return deepcopy(dato | cambios)


def dato_de_acceso(**cambios: Any) -> dict[str, Any]:
    """La definición con que una entidad pide su acceso a la plataforma."""
    dato = _de_contacto(ACCESO)
    campos: list[dict[str, Any]] = [
        {"id": "entidad", "tipo": "texto", "uso": "entidad_nombre"},
        {"id": "siglas", "tipo": "texto", "uso": "entidad_siglas", "obligatorio": False},
        {"id": "ruc", "tipo": "ruc", "uso": "entidad_ruc"},
        {"id": "distrito", "tipo": "ubigeo", "uso": "entidad_ubigeo"},
        {"id": "lider", "tipo": "texto", "uso": "lider_nombres"},
        {"id": "correo_lider", "tipo": "correo", "uso": "lider_correo"},
    ]
    campos = [{"etiqueta": c["id"].capitalize(), "obligatorio": True, **c} for c in campos]
    dato["paginas"][0]["secciones"].append({"id": "entidad", "campos": campos})
    dato |= {"plataforma": True, "titulo": "Solicitud de acceso"}
    dato["flujo"] |= {
        "estados": [
            {"id": "nuevo", "etiqueta": "Nuevo", "ciudadano": "Lo estamos viendo."},
            {"id": "aprobado", "etiqueta": "Aprobado", "ciudadano": "Aprobado.", "final": True},
        ],
        "transiciones": [
            {"id": "aprobar", "de": ["nuevo"], "a": "aprobado", "etiqueta": "Aprobar",
             "quien": ["atiende"], "efectos": ["crear_entidad", {"notificar": "aprobado"}]},
            {"id": "reabrir", "de": ["aprobado"], "a": "nuevo", "etiqueta": "Reabrir",
             "quien": ["coordinador"], "reabre": True},
        ],
        "al_presentar": [],
    }  # fmt: skip
    aprobado = "{entidad_nueva}: {direccion_nueva}"
    dato["mensajes"] = [{"id": "aprobado", "asunto": "Aprobado", "cuerpo": aprobado}]
    return dato | cambios


def _de_contacto(formulario: str) -> dict[str, Any]:
    dato = yaml.safe_load((RAIZ / "plantillas" / "contacto.yaml").read_text())
    del dato["plantilla"], dato["version"]
    return dato | {"formulario": formulario}


def publicar(mundo: Mundo, dato: Mapping[str, Any], entidad: str = VALLE) -> formularios.Publicado:
    """Publica una definición en una entidad."""
    texto = yaml.safe_dump(dict(dato), allow_unicode=True, sort_keys=False)
    return formularios.publicar(
        mundo.entorno, mundo.entidad(entidad).id, texto, "propio.yaml", motivo="Propio"
    )


def con_roles(mundo: Mundo) -> None:
    """El formulario publicado: luis es el funcionario y el área de obras tiene la información."""
    publicar(mundo, dato_de_informacion())
    dar_rol(mundo, "frai", Titular(usuario_id=id_de(mundo, "luis")))
    dar_rol(mundo, "poseedora", Titular(area_id=area_de(mundo, "obras")))


def dar_rol(mundo: Mundo, rol: str, titular: Titular, formulario: str = INFORMACION) -> None:
    """Da un rol en valle-sereno."""
    encargos.asignar(mundo.entorno, mundo.entidad().id, formulario, rol, titular)


def id_de(mundo: Mundo, nombre: str) -> int:
    """El id de alguien del personal."""
    return int(mundo.actor(nombre).usuario_id)


def area_de(mundo: Mundo, codigo: str, entidad: str = VALLE) -> int:
    """El id de un área."""
    suyas = Area.entidad_id == mundo.entidad(entidad).id
    return int(mundo.todo(Area, Area.codigo == codigo, suyas)[0].id)


def presentar(mundo: Mundo, formulario: str = INFORMACION, **mas: Any) -> str:
    """Presenta un formulario propio en valle-sereno; da su código."""
    vigente = formularios.vigente(mundo.entorno, VALLE, formulario)
    crudo = {"nombre": "Julia Mamani", "correo": "julia@example.com", "mensaje": "Hola", **mas}
    return mundo.presentar(borradores.abrir(mundo.entorno, vigente, crudo)[0])


def con_plataforma(mundo: Mundo) -> None:
    """Valle-sereno administra la plataforma y recibe solicitudes de acceso."""
    crear_entidad(mundo.entorno, plataforma=True)
    publicar(mundo, dato_de_acceso())


def pedir_acceso(mundo: Mundo, **mas: Any) -> str:
    """Una entidad pide su acceso; da el código."""
    crudo = {
        "entidad": "Municipalidad Distrital de Puerto Lindo", "siglas": "MDPL", "ruc": RUC_NUEVO,
        "distrito": ["Miraflores, Lima"], "lider": "Carmen Ríos",
        "correo_lider": "carmen.rios@puertolindo.example",
    }  # fmt: skip
    return presentar(mundo, ACCESO, **{**crudo, **mas})


def usuario(mundo: Mundo, correo: str) -> Usuario:
    """El usuario de un correo."""
    hallado: Usuario = mundo.todo(Usuario, Usuario.correo == correo)[0]
    return hallado
