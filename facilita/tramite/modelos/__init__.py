"""Los modelos: las tablas y nada más. Las reglas están en los verbos."""

from facilita.tramite.modelos.archivos import Analisis, SubidaParcial, Trozo
from facilita.tramite.modelos.casilla import (
    Activacion,
    Casilla,
    CodigoDeIngreso,
    Deposito,
    Interrupcion,
    Persona,
    PorDepositar,
    SesionDeCasilla,
)
from facilita.tramite.modelos.consentimientos import Consentimiento, Opinion
from facilita.tramite.modelos.cumplimiento import SucesoDeReporte
from facilita.tramite.modelos.documentos import Documento, Sello
from facilita.tramite.modelos.entidades import Area, Codigo, DiaInhabil, Entidad, Sede
from facilita.tramite.modelos.formularios import Formulario, Publicacion, Version
from facilita.tramite.modelos.gobpe import DireccionGobpe, Sondeada
from facilita.tramite.modelos.mensajes import Mensaje
from facilita.tramite.modelos.obras import Ensayo, Obra, PasoDeObra
from facilita.tramite.modelos.padron import SistemaPropio, SucesoDeEntidad
from facilita.tramite.modelos.personas import (
    Bitacora,
    CodigoDeRecuperacion,
    Intento,
    Invitacion,
    Liderazgo,
    Membresia,
    SegundoFactor,
    SesionAbierta,
    Usuario,
)
from facilita.tramite.modelos.respuestas import ModeloDeRespuesta
from facilita.tramite.modelos.solicitudes import (
    Adjunto,
    Archivo,
    Borrador,
    Contador,
    Contenido,
    Expediente,
    Solicitud,
)
from facilita.tramite.modelos.sucesos import (
    Movimiento,
    Notificacion,
    Observacion,
    Salida,
    Termino,
)
from facilita.tramite.modelos.tareas import Encargo, FormularioACargo, Tarea

__all__ = [
    "Activacion",
    "Adjunto",
    "Analisis",
    "Archivo",
    "Area",
    "Bitacora",
    "Borrador",
    "Casilla",
    "Codigo",
    "CodigoDeIngreso",
    "CodigoDeRecuperacion",
    "Consentimiento",
    "Contador",
    "Contenido",
    "Deposito",
    "DiaInhabil",
    "DireccionGobpe",
    "Documento",
    "Encargo",
    "Ensayo",
    "Entidad",
    "Expediente",
    "Formulario",
    "FormularioACargo",
    "Intento",
    "Interrupcion",
    "Invitacion",
    "Liderazgo",
    "Membresia",
    "Mensaje",
    "ModeloDeRespuesta",
    "Movimiento",
    "Notificacion",
    "Obra",
    "Observacion",
    "Opinion",
    "PasoDeObra",
    "Persona",
    "PorDepositar",
    "Publicacion",
    "Salida",
    "Sede",
    "SegundoFactor",
    "Sello",
    "SesionAbierta",
    "SesionDeCasilla",
    "SistemaPropio",
    "Solicitud",
    "Sondeada",
    "SubidaParcial",
    "SucesoDeEntidad",
    "SucesoDeReporte",
    "Tarea",
    "Termino",
    "Trozo",
    "Usuario",
    "Version",
]
