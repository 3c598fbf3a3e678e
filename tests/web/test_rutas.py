"""Todas las rutas contra todos los roles: lo que dice la única tabla de permisos, y nada más."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from casillas import activar, codigo_enviado, con_casilla, depositar, deposito
from fabrica import CLAVE, PERSONAL, RIO, Mundo, correo_de
from flask import Flask
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from facilita.servicios.mensajeria import MensajeriaDemo
from facilita.tramite import (
    ensayos,
    entidades,
    formularios,
    ingresos_casilla,
    obras,
    personas,
    seguimiento,
    subidas,
    usuarios,
)
from facilita.tramite.accesos import HECHOS
from facilita.tramite.modelos import Area, Bitacora, Salida, Sede
from facilita.tramite.permisos import PERMISOS, ROLES
from facilita.tramite.usuarios import Puesto
from facilita.web.rutas import CASILLA, EXPEDIENTE, FICHA, PUBLICO

from .cliente import Pagina, Visita

DEMO = "http://127.0.0.1:8000"
QUIENES = {
    "colaborador": "luis", "coordinador_sede": "norma", "coordinador_entidad": "ana",
    "sgtd": "sara", "autoridad": "max", "de_otra_entidad": "rita",
}  # fmt: skip
"""Cada rol y quién lo tiene; «de_otra_entidad» coordina otra."""


@dataclass(frozen=True)
class Caso:
    """Cómo se pide una ruta y qué recibe quien puede."""

    direccion: str
    codigo: int = 200
    datos: dict[str, str] = field(default_factory=dict)
    es_de_la_entidad: bool = False
    """Si lo que se pide es de valle-sereno y a los de otra entidad se les dice que no existe."""

    @property
    def es_de_solicitud(self) -> bool:
        """Si es de una solicitud del personal."""
        return self.es_de_la_entidad and self.direccion.startswith(("/bandeja/{", DEPOSITADA))


def caso(direccion: str, codigo: int = 200, /, *, suya: bool = False, **datos: str) -> Caso:
    """Un caso, con los datos que se envían."""
    return Caso(direccion, codigo, datos, suya)


BORRADOR = "/valle-sereno/mesa-de-partes/borrador/{ficha}"
NOTIFICADA = "/notificacion/{notificacion}"
OBRA = "/bandeja/formularios/mesa-de-partes"
DEPOSITADA = "/bandeja/{depositada}/casilla"
ENTRA = "/casilla/ingresar"
SUYO = "/seguimiento/{codigo}/expediente"
CASOS: dict[tuple[str, str], Caso] = {
    ("acceso.explicar", "GET"): caso("/acceso"),
    ("acceso.preguntar", "GET"): caso("/acceso/oficio", 404),
    ("acceso.hacer", "POST"): caso("/acceso/oficio", 404, ruc="1"),
    ("api.ubigeo", "GET"): caso("/api/v1/ubigeo?q=lima"),
    ("portal.inicio", "GET"): caso("/"),
    ("portal.de_entidad", "GET"): caso("/valle-sereno/"),
    ("portal.privacidad", "GET"): caso("/valle-sereno/privacidad"),
    ("portal.accesibilidad", "GET"): caso("/accesibilidad"),
    ("portal.accesibilidad_de", "GET"): caso("/valle-sereno/accesibilidad"),
    ("portal.privacidad_de", "GET"): caso("/valle-sereno/mesa-de-partes/privacidad"),
    ("opiniones.preguntar", "GET"): caso(f"{BORRADOR}/opinion/dar", 303),
    ("opiniones.opinar", "POST"): caso(f"{BORRADOR}/opinion/dar", 409, nota="5"),
    ("opiniones_personal.ver", "GET"): caso("/bandeja/opiniones"),
    ("portal.recurso", "GET"): caso("/estatico/x/facilita.css"),
    ("portal.favicon", "GET"): caso("/favicon.ico"),
    ("portal.robots", "GET"): caso("/robots.txt"),
    ("portal.salud", "GET"): caso("/salud"),
    ("ciudadano.buscar", "GET"): caso("/seguimiento"),
    ("ciudadano.hallar", "POST"): caso("/seguimiento", 303, codigo="{codigo}"),
    ("ciudadano.seguimiento_de", "GET"): caso("/seguimiento/{codigo}"),
    ("ciudadano.abrir", "POST"): caso("/seguimiento/{codigo}", 422, identidad="9"),
    ("ciudadano.notificacion", "GET"): caso("/notificacion/{notificacion}"),
    ("ciudadano.abrir_notificacion", "POST"): caso("/notificacion/{notificacion}", 303),
    ("ciudadano.corregir_lo_notificado", "POST"): caso(f"{NOTIFICADA}/corregir", 303),
    ("verificar.entrar", "GET"): caso("/verificar"),
    ("verificar.comprobar_lo_dado", "POST"): caso("/verificar", 422),
    ("verificar.claves", "GET"): caso("/verificar/claves.json"),
    ("verificar.ver", "GET"): caso("/verificar/{codigo}"),
    ("documentos.recien_presentado", "GET"): caso(f"{BORRADOR}/cargo.pdf", 404),
    ("documentos.mio", "GET"): caso(f"{SUYO}/documento/999", 404),
    ("documentos.mi_cargo", "GET"): caso(f"{SUYO}/cargo.pdf", 404),
    ("documentos.mi_indice", "GET"): caso(f"{SUYO}/indice"),
    ("documentos.todo_lo_mio", "GET"): caso(f"{SUYO}/todo.zip"),
    ("documentos.del_personal", "GET"): caso("/bandeja/{id}/documento/999", 404, suya=True),
    ("documentos.indice_del_personal", "GET"): caso("/bandeja/{id}/indice", suya=True),
    ("documentos.todo_para_el_personal", "GET"): caso("/bandeja/{id}/todo.zip", suya=True),
    ("expediente.ver", "GET"): caso(SUYO),
    ("expediente.cargo", "GET"): caso(f"{SUYO}/cargo"),
    ("expediente.constancia", "GET"): caso(f"{SUYO}/constancia/999", 404),
    ("expediente.archivo", "GET"): caso(f"{SUYO}/archivo/{{adjunto}}"),
    ("expediente.corregir", "POST"): caso(f"{SUYO}/corregir", 303),
    ("expediente.accion", "GET"): caso(f"{SUYO}/accion/desistir"),
    ("expediente.actuar", "POST"): caso(
        f"{SUYO}/accion/desistir", 303, motivo="No", confirma="si"
    ),
    ("expediente.seguir", "POST"): caso(f"{SUYO}/seguir", 303),
    ("expediente.retirar", "POST"): caso(f"{SUYO}/consentimiento/privacidad/retirar", 409),
    ("expediente.volver_a_dar", "POST"): caso(f"{SUYO}/consentimiento/privacidad/dar", 409),
    ("expediente.cerrar", "POST"): caso(f"{SUYO}/cerrar", 303),
    ("expediente.quien_lo_abrio", "GET"): caso(f"{SUYO}/accesos"),
    ("mensajes.ver", "GET"): caso(f"{SUYO}/mensajes"),
    ("mensajes.escribir", "POST"): caso(f"{SUYO}/mensajes", 422, mensaje=""),
    ("mensajes_personal.ver_del_personal", "GET"): caso("/bandeja/{id}/mensajes", suya=True),
    ("mensajes_personal.escribir_del_personal", "POST"): caso(
        "/bandeja/{id}/mensajes", 422, suya=True, mensaje=""
    ),
    ("mensajes_personal.atendidos", "POST"): caso(
        "/bandeja/{id}/mensajes/atendidos", 303, suya=True
    ),
    ("cuenta.ingresar", "GET"): caso("/ingresar"),
    ("cuenta.entrar", "POST"): caso("/ingresar", 422, correo="x", clave="y"),
    ("cuenta.salir", "POST"): caso("/salir", 303),
    ("cuenta.mi_cuenta", "GET"): caso("/cuenta"),
    ("cuenta.cambiar_clave", "POST"): caso("/cuenta/clave", 422, actual="x", nueva="y"),
    ("cuenta.seguir", "POST"): caso("/cuenta/seguir"),
    ("cuenta.usar_puesto", "POST"): caso("/cuenta/puesto", 404, puesto="999"),
    ("personal.ver_bandeja", "GET"): caso("/bandeja"),
    ("personal.ver", "GET"): caso("/bandeja/{id}", suya=True),
    ("personal.archivo", "GET"): caso("/bandeja/{id}/archivo/{adjunto}", suya=True),
    ("cuarentena.ver", "GET"): caso("/bandeja/{id}/archivo/{adjunto}/cuarentena", 404, suya=True),
    ("cuarentena.abrir", "POST"): caso(
        "/bandeja/{id}/archivo/{adjunto}/cuarentena", 409, suya=True, motivo="Revisarlo"
    ),
    ("personal.preparar", "GET"): caso("/bandeja/{id}/paso/atender", 303, suya=True),
    ("personal.dar_paso", "POST"): caso("/bandeja/{id}/paso/atender", 409, suya=True),
    ("personal.derivar", "POST"): caso("/bandeja/{id}/derivar", 422, suya=True, area="0"),
    ("personal.asignar", "POST"): caso("/bandeja/{id}/asignar", 422, suya=True, usuario="0"),
    ("personal.nota", "POST"): caso("/bandeja/{id}/nota", 303, suya=True, nota="Hola"),
    ("personal.cedula", "POST"): caso("/bandeja/{id}/cedula/{acuse}", 422, suya=True),
    ("personal.renovar_invitacion", "POST"): caso("/bandeja/{id}/invitacion", 404, suya=True),
    ("tareas.preparar", "GET"): caso("/bandeja/{id}/tarea/nueva/pedir", 303, suya=True),
    ("tareas.abrir", "POST"): caso("/bandeja/{id}/tarea/nueva/pedir", 409, suya=True),
    ("tareas.responder", "GET"): caso("/bandeja/{id}/tarea/1", 303, suya=True),
    ("tareas.enviar", "POST"): caso("/bandeja/{id}/tarea/1", 404, suya=True),
    ("tareas.retirar", "POST"): caso("/bandeja/{id}/tarea/1/retirar", 404, suya=True),
    ("portal.logo", "GET"): caso("/valle-sereno/logo/no-hay.webp", 404),
    ("obras.listado", "GET"): caso("/bandeja/formularios"),
    ("obras.usar", "POST"): caso("/bandeja/formularios", 404, plantilla="no-hay"),
    ("obras.editar", "POST"): caso("/bandeja/formularios/no-hay/editar", 404),
    ("obras.ver", "GET"): caso(OBRA, suya=True),
    ("obras.hacer", "POST"): caso(f"{OBRA}/accion", 409, suya=True, boton="x"),
    ("obras.deshacer", "POST"): caso(f"{OBRA}/deshacer", 409, suya=True),
    ("obras.rehacer", "POST"): caso(f"{OBRA}/rehacer", 409, suya=True),
    ("obras.por_descartar", "GET"): caso(f"{OBRA}/descartar", suya=True),
    ("obras.descartar", "POST"): caso(f"{OBRA}/descartar", 409, suya=True),
    ("elementos.ver", "GET"): caso(f"{OBRA}/elemento/campos/destinatario", suya=True),
    ("elementos.cambiar", "POST"): caso(f"{OBRA}/elemento/campos/destinatario", 422, suya=True),
    ("elementos.vista", "POST"): caso(f"{OBRA}/vista/campos/destinatario", suya=True),
    ("elementos.opcion", "GET"): caso(f"{OBRA}/opcion/tipo_documento/carta", suya=True),
    ("elementos.cambiar_opcion", "POST"): caso(
        f"{OBRA}/opcion/tipo_documento/carta", 409, suya=True
    ),
    ("agregados.ver", "GET"): caso(f"{OBRA}/agregar/campos/destino", suya=True),
    ("agregados.agregar", "POST"): caso(f"{OBRA}/agregar/campos/destino", 422, suya=True),
    ("agregados.agregar_opciones", "POST"): caso(
        f"{OBRA}/opciones/tipo_documento", 303, suya=True
    ),
    ("publicar.ver", "GET"): caso(f"{OBRA}/publicar", suya=True),
    ("publicar.publicar", "POST"): caso(f"{OBRA}/publicar", 422, suya=True),
    ("publicar.archivo", "GET"): caso(f"{OBRA}/archivo", suya=True),
    ("publicar.descargar", "GET"): caso(f"{OBRA}/archivo.yaml", suya=True),
    ("publicar.subir", "POST"): caso(f"{OBRA}/archivo", 409, suya=True),
    ("publicar.versiones", "GET"): caso(f"{OBRA}/versiones"),
    ("publicar.volver", "POST"): caso(f"{OBRA}/versiones/volver", 422),
    ("publicar.retirar", "POST"): caso(f"{OBRA}/versiones/retirar", 422),
    ("asistente.ver", "GET"): caso(f"{OBRA}/asistente/entidad", suya=True),
    ("asistente.guardar", "POST"): caso(f"{OBRA}/asistente/entidad", 422, suya=True),
    ("horario_de_formulario.ver", "GET"): caso(f"{OBRA}/horario"),
    ("horario_de_formulario.cambiar", "POST"): caso(f"{OBRA}/horario", 409),
    ("ensayo.empezar", "GET"): caso(f"{OBRA}/prueba", 303, suya=True),
    ("ensayo.de_nuevo", "POST"): caso(f"{OBRA}/prueba/otra", 303, suya=True),
    ("ensayo.ver", "GET"): caso(f"{OBRA}/prueba/tus-datos", suya=True),
    ("ensayo.guardar", "POST"): caso(f"{OBRA}/prueba/tus-datos", 422, suya=True),
    ("ensayo.estilo", "GET"): caso(f"{OBRA}/prueba/estilo/{{digest}}/tus-datos.css", suya=True),
    ("roles.ver", "GET"): caso("/bandeja/roles"),
    ("roles.asignar", "POST"): caso("/bandeja/roles/no-hay/frai", 404, titular="u1"),
    ("roles.quitar", "POST"): caso("/bandeja/roles/no-hay/frai/quitar", 404, titular="u1"),
    ("navegacion.ver", "GET"): caso("/bandeja/administrar"),
    ("usuarios.ver", "GET"): caso("/bandeja/usuarios"),
    ("usuarios.nuevo", "GET"): caso("/bandeja/usuarios/nuevo"),
    ("usuarios.invitar", "POST"): caso("/bandeja/usuarios/nuevo", 422),
    ("usuarios.abrir", "GET"): caso("/bandeja/usuarios/{miembro}", suya=True),
    ("usuarios.cambiar", "POST"): caso("/bandeja/usuarios/{miembro}", 422, suya=True),
    ("usuarios.inactivar", "POST"): caso("/bandeja/usuarios/{miembro}/inactivar", 303, suya=True),
    ("usuarios.reactivar", "POST"): caso("/bandeja/usuarios/{miembro}/reactivar", 303, suya=True),
    ("usuarios.renovar", "POST"): caso("/bandeja/usuarios/{miembro}/invitacion", 409, suya=True),
    ("cuenta.cambiar_perfil", "POST"): caso("/cuenta/perfil", 422, nombres=""),
    ("planilla.ver", "GET"): caso("/bandeja/usuarios/planilla"),
    ("planilla.revisar", "POST"): caso("/bandeja/usuarios/planilla", 422),
    ("planilla.volver", "GET"): caso("/bandeja/usuarios/planilla/crear", 303),
    ("planilla.crear", "POST"): caso("/bandeja/usuarios/planilla/crear", 422, filas="x"),
    ("planilla.plantilla", "GET"): caso("/bandeja/usuarios/planilla/plantilla.xlsx"),
    ("liderazgo.ver", "GET"): caso("/bandeja/lider"),
    ("liderazgo.entregar", "POST"): caso("/bandeja/lider", 422),
    ("acceso_propio.pedir_codigo", "GET"): caso("/ingresar/codigo", 303),
    ("acceso_propio.dar_codigo", "POST"): caso("/ingresar/codigo", 303, codigo="1"),
    ("acceso_propio.ver", "GET"): caso("/cuenta/segundo-factor"),
    ("acceso_propio.activar", "POST"): caso("/cuenta/segundo-factor", 422, codigo="1"),
    ("acceso_propio.renovar_codigos", "POST"): caso("/cuenta/segundo-factor/codigos", 422),
    ("acceso_propio.quitar", "POST"): caso("/cuenta/segundo-factor/quitar", 422),
    ("acceso_propio.ver_sesiones", "GET"): caso("/cuenta/sesiones"),
    ("acceso_propio.cerrar_sesiones", "POST"): caso("/cuenta/sesiones", 404, cual="no-hay"),
    ("acceso_propio.ver_seguridad", "GET"): caso("/bandeja/seguridad"),
    ("acceso_propio.exigir", "POST"): caso("/bandeja/seguridad", 409, exige="true"),
    ("lugares.ver_sedes", "GET"): caso("/bandeja/sedes"),
    ("lugares.nueva_sede", "GET"): caso("/bandeja/sedes/nueva"),
    ("lugares.crear_sede", "POST"): caso("/bandeja/sedes/nueva", 422),
    ("lugares.abrir_sede", "GET"): caso("/bandeja/sedes/{sede}", suya=True),
    ("lugares.cambiar_sede", "POST"): caso("/bandeja/sedes/{sede}", 422, suya=True),
    ("lugares.inactivar_sede", "POST"): caso("/bandeja/sedes/{sede}/inactivar", 409, suya=True),
    ("lugares.reactivar_sede", "POST"): caso("/bandeja/sedes/{sede}/reactivar", 303, suya=True),
    ("lugares.ver_areas", "GET"): caso("/bandeja/areas"),
    ("lugares.nueva_area", "GET"): caso("/bandeja/areas/nueva"),
    ("lugares.crear_area", "POST"): caso("/bandeja/areas/nueva", 422),
    ("lugares.abrir_area", "GET"): caso("/bandeja/areas/{area}", suya=True),
    ("lugares.cambiar_area", "POST"): caso("/bandeja/areas/{area}", 422, suya=True),
    ("lugares.inactivar_area", "POST"): caso("/bandeja/areas/{area}/inactivar", 409, suya=True),
    ("lugares.reactivar_area", "POST"): caso("/bandeja/areas/{area}/reactivar", 303, suya=True),
    ("observatorio.ver", "GET"): caso("/observatorio"),
    ("observatorio.datos", "GET"): caso("/observatorio/datos.csv"),
    ("reportes.elegir", "GET"): caso("/bandeja/reporte-nacional"),
    ("reportes.nacional", "GET"): caso("/bandeja/reporte-nacional/reporte.csv", 409),
    ("importar.elegir", "GET"): caso("/bandeja/entidades/importar"),
    ("importar.mirar", "POST"): caso("/bandeja/entidades/importar", 422, texto=""),
    ("gobpe.ver", "GET"): caso("/bandeja/gobpe"),
    ("gobpe.declarar", "POST"): caso("/bandeja/gobpe", 422),
    ("gobpe.retirar", "POST"): caso("/bandeja/gobpe/retirar", 409),
    ("gobpe.descargar", "GET"): caso("/bandeja/gobpe/descargar/html"),
    ("gobpe.cartel", "GET"): caso("/bandeja/gobpe/cartel.pdf"),
    ("cumplimiento.ver", "GET"): caso("/bandeja/cumplimiento"),
    ("cumplimiento.enviar", "POST"): caso("/bandeja/cumplimiento", 422),
    ("cumplimiento.papel", "GET"): caso("/bandeja/cumplimiento/9/reporte.pdf", 404),
    ("cumplimientos.listar", "GET"): caso("/bandeja/cumplimientos"),
    ("cumplimientos.mirar", "GET"): caso("/bandeja/cumplimientos/{rio}"),
    ("cumplimientos.aceptar", "POST"): caso("/bandeja/cumplimientos/{rio}/aceptar", 404),
    ("cumplimientos.observar", "POST"): caso("/bandeja/cumplimientos/{rio}/observar", 422),
    ("cumplimientos.papel_de_una", "GET"): caso(
        "/bandeja/cumplimientos/{rio}/9/reporte.pdf", 404
    ),
    ("primeros_pasos.ver", "GET"): caso("/bandeja/primeros-pasos"),
    ("primeros_pasos.bienvenida", "GET"): caso("/bienvenida"),
    ("plataforma.listar", "GET"): caso("/bandeja/entidades"),
    ("plataforma.ver", "GET"): caso("/bandeja/entidades/{rio}"),
    ("plataforma.suspender", "POST"): caso("/bandeja/entidades/{rio}/suspender", 422, motivo=""),
    ("plataforma.reactivar", "POST"): caso("/bandeja/entidades/{rio}/reactivar", 422, motivo=""),
    ("horario.ver", "GET"): caso("/bandeja/horario"),
    ("horario.cambiar", "POST"): caso("/bandeja/horario", 422),
    ("invitacion.ver", "GET"): caso("/invitacion/no-hay", 404),
    ("invitacion.aceptar", "POST"): caso("/invitacion/no-hay", 404, nueva="x"),
    ("olvido.preguntar", "GET"): caso("/ingresar/olvido"),
    ("olvido.pedir", "POST"): caso("/ingresar/olvido", 422, correo=""),
    ("olvido.ver", "GET"): caso("/contrasena/no-hay", 404),
    ("olvido.cambiar", "POST"): caso("/contrasena/no-hay", 404, nueva="x"),
    ("personal.reenviar", "POST"): caso("/bandeja/{id}/correo/{salida}", 409, suya=True),
    ("formulario.primera", "GET"): caso("/valle-sereno/mesa-de-partes"),
    ("formulario.empezar", "POST"): caso("/valle-sereno/mesa-de-partes", 422),
    ("formulario.ver", "GET"): caso(f"{BORRADOR}/tus-datos"),
    ("formulario.guardar", "POST"): caso(f"{BORRADOR}/tu-documento", 422, asunto="", accion="x"),
    ("mudanza.ver", "GET"): caso(f"{BORRADOR}/version/nueva", 303),
    ("mudanza.mover", "POST"): caso(f"{BORRADOR}/version/nueva", 409),
    ("subidas.abrir", "POST"): caso(f"{BORRADOR}/archivo", 412),
    ("subidas.mirar", "GET"): caso(f"{BORRADOR}/archivo/parcial/{{parcial}}"),
    ("subidas.agregar", "PATCH"): caso(f"{BORRADOR}/archivo/parcial/{{parcial}}", 412),
    ("subidas.soltar", "DELETE"): caso(f"{BORRADOR}/archivo/parcial/{{parcial}}", 412),
    ("subidas.con_otro_metodo", "POST"): caso(f"{BORRADOR}/archivo/parcial/{{parcial}}", 412),
    ("formulario.archivo", "GET"): caso(f"{BORRADOR}/archivo/{{en_borrador}}"),
    ("formulario.estilo", "GET"): caso("{css}"),
    ("presentar.revisar", "GET"): caso(f"{BORRADOR}/revisar"),
    ("retomar.continuar", "GET"): caso("/valle-sereno/mesa-de-partes/continuar"),
    ("retomar.seguir", "GET"): caso(f"{BORRADOR}/despues/seguir", 303),
    ("retomar.guardado", "GET"): caso(f"{BORRADOR}/despues/guardado"),
    ("retomar.enviar_enlace", "POST"): caso(f"{BORRADOR}/despues/enlace", 422, correo="x"),
    ("retomar.alargar", "POST"): caso(f"{BORRADOR}/despues/alargar"),
    ("retomar.olvidar", "POST"): caso(f"{BORRADOR}/despues/olvidar", 303),
    ("retomar.preguntar", "GET"): caso(f"{BORRADOR}/despues/borrar"),
    # El de verdad hace falta en las demás.
    ("retomar.borrar", "POST"): caso(
        "/valle-sereno/mesa-de-partes/borrador/inventada/despues/borrar", 404
    ),
    ("retomar.mirar", "GET"): caso(f"{BORRADOR}/ventanas/elegir", 303),
    ("retomar.elegir", "POST"): caso(f"{BORRADOR}/ventanas/elegir", 303),
    ("presentar.presentar", "POST"): caso(f"{BORRADOR}/revisar", 422, accion="presentar"),
    ("presentar.cargo", "GET"): caso(f"{BORRADOR}/cargo", 303),
    ("modelos.ver", "GET"): caso("/bandeja/modelos"),
    ("modelos.nuevo", "GET"): caso("/bandeja/modelos/nuevo"),
    ("modelos.crear", "POST"): caso("/bandeja/modelos/nuevo", 422, titulo="", texto=""),
    ("modelos.abrir", "GET"): caso("/bandeja/modelos/999", 404),
    ("modelos.cambiar", "POST"): caso("/bandeja/modelos/999", 404, titulo="A", texto="B"),
    ("modelos.quitar", "POST"): caso("/bandeja/modelos/999/quitar", 404),
    ("correos.ver", "GET"): caso("/bandeja/correos"),
    ("correos.reenviar", "POST"): caso("/bandeja/correos/{salida}/reenviar", 404),
    ("correos.reenviar_todos", "POST"): caso("/bandeja/correos/reenviar", 303),
    ("demo.correos", "GET"): caso("/demo/correos"),
    ("demo.correo", "GET"): caso("/demo/correos/no-hay.eml", 404),
    ("demo.celulares", "GET"): caso("/demo/celulares"),
    ("casilla_ingreso.ingresar", "GET"): caso("/casilla/ingresar"),
    ("casilla_ingreso.entrar", "POST"): caso("/casilla/ingresar", 200, tipo="dni", numero="9"),
    ("casilla_ingreso.entrar_con_codigo", "POST"): caso(f"{ENTRA}/codigo", 422, numero="9"),
    ("casilla_ingreso.ver_enlace", "GET"): caso("/casilla/entrar/1-x"),
    ("casilla_ingreso.entrar_con_enlace", "POST"): caso("/casilla/entrar/1-x", 410),
    ("casilla_ingreso.pedir_activacion", "GET"): caso("/casilla/activar"),
    ("casilla_ingreso.mandar_codigos", "POST"): caso("/casilla/activar", 422, numero="77"),
    ("casilla_ingreso.escribir_codigos", "GET"): caso("/casilla/activar/{activacion}"),
    ("casilla_ingreso.activar", "POST"): caso("/casilla/activar/{activacion}", 422),
    ("casilla.ver_bandeja", "GET"): caso("/casilla"),
    ("casilla.ver", "GET"): caso("/casilla/{deposito}"),
    ("casilla.abrir", "POST"): caso("/casilla/{deposito}/abrir", 303),
    ("casilla.documento", "GET"): caso("/casilla/{deposito}/documento/{acto}"),
    ("casilla.constancia", "GET"): caso("/casilla/{deposito}/constancia"),
    ("casilla.exportar", "GET"): caso("/casilla/todo.zip"),
    ("casilla.cuenta", "GET"): caso("/casilla/cuenta"),
    ("casilla.poner_clave", "POST"): caso("/casilla/cuenta/clave", 422, nueva="x"),
    ("casilla.cerrar_otras", "POST"): caso("/casilla/cuenta/sesiones", 303),
    ("casilla.salir", "POST"): caso("/casilla/salir", 303),
    ("interrupciones.publicas", "GET"): caso("/casilla/interrupciones"),
    ("interrupciones.ver", "GET"): caso("/bandeja/interrupciones"),
    ("interrupciones.registrar", "POST"): caso("/bandeja/interrupciones", 422),
    ("interrupciones.terminar", "POST"): caso("/bandeja/interrupciones/999", 404),
    ("depositos.preparar", "GET"): caso(DEPOSITADA, suya=True),
    ("depositos.depositar", "POST"): caso(DEPOSITADA, 422, suya=True),
    ("depositos.ver_validar", "GET"): caso(f"{DEPOSITADA}/validar", suya=True),
    ("depositos.validar", "POST"): caso(f"{DEPOSITADA}/validar", 422, suya=True),
    ("depositos.a_cedula", "POST"): caso(f"{DEPOSITADA}/{{deposito}}/cedula", 409, suya=True),
    ("depositos.reenviar_alerta", "POST"): caso(f"{DEPOSITADA}/alerta/{{alerta}}", 303, suya=True),
    ("depositos.evidencia", "GET"): caso(f"{DEPOSITADA}/{{deposito}}/evidencia", suya=True),
}  # fmt: skip
"""Cada ruta y método del mapa. Una ruta nueva sin su caso no pasa."""

PUBLICAS = (PUBLICO, FICHA)
RESPUESTA_LIBRE = {("cuenta.ingresar", "GET"), ("ciudadano.notificacion", "GET")}
"""Responden distinto según quién mira: quien ya ingresó va a su bandeja; lo abierto, al trámite."""


def rutas(app: Flask) -> Iterator[tuple[Rule, str]]:
    """Cada regla del mapa con cada uno de sus métodos."""
    for regla in app.url_map.iter_rules():
        for metodo in sorted((regla.methods or set()) - {"HEAD", "OPTIONS"}):
            yield regla, metodo


@pytest.fixture
def mundo(mundo: Mundo, tmp_path: Path) -> Mundo:
    """Con la casilla encendida."""
    return con_casilla(mundo, MensajeriaDemo(tmp_path / "celulares", demo=True))


@pytest.fixture
def app(otra_app: Any, sin_limites: None) -> Flask:
    """Con la demostración, que tiene todas las rutas; y sin límites: aquí se pide muchas veces."""
    app: Flask = otra_app(demo="si", direccion_publica=DEMO)
    return app


@pytest.fixture
def partes(mundo: Mundo, app: Flask) -> dict[str, Any]:
    """Lo que llena las direcciones: una solicitud observada y un borrador con su archivo."""
    codigo, ficha = mundo.presentar_mesa(sede="norte"), mundo.abrir_mesa()
    depositada = mundo.presentar_mesa(sede="norte", acepta_notificacion="true")
    activacion = personas.pedir_activacion(mundo.entorno, "dni", "12345678", depositada)
    activar(mundo, depositada)
    deposito_id = depositar(mundo, depositada)
    mundo.observar(codigo)
    respuestas = seguimiento.ver_expediente(mundo.entorno, codigo).respuestas
    html = Visita(app).ver(f"{BORRADOR.format(ficha=ficha)}/tus-archivos").text
    primera = Visita(app).ver("/valle-sereno/mesa-de-partes").text
    obras.editar(mundo.entorno, mundo.actor("ana"), "mesa-de-partes")
    return {
        "depositada": mundo.solicitud(depositada).id,
        "activacion": activacion,
        "deposito": deposito_id,
        "acto": deposito(mundo, deposito_id).acto["documentos"][0]["id"],
        "alerta": mundo.todo(Salida, Salida.clase == "alerta_celular")[0].id,
        "codigo": codigo,
        "digest": ensayos.leer(
            mundo.entorno, mundo.actor("ana"), "mesa-de-partes"
        ).paso.definicion.digest,
        "ficha": ficha,
        "id": mundo.solicitud(codigo).id,
        "miembro": mundo.actor("nora").membresia_id,
        "rio": mundo.entidad(RIO).id,
        "sede": _de_valle(mundo, Sede, "norte"),
        "area": _de_valle(mundo, Area, "obras"),
        "adjunto": respuestas["documento_principal"][0]["id"],
        "salida": mundo.todo(Salida, Salida.clase == "correo")[0].id,
        "acuse": mundo.notificacion(codigo).id,
        "notificacion": mundo.ficha_de_notificacion(codigo),
        "parcial": subidas.abrir(mundo.entorno, mundo.entidad(), ficha, "anexos", "a.pdf", 9).id,
        "en_borrador": re.search(r"/archivo/(\d+)", html)[1],  # type: ignore[index]
        "css": re.search(r'"(/[^"]+/estilo/[^"]+\.css)"', primera)[1],  # type: ignore[index]
    }


def _de_valle(mundo: Mundo, modelo: type[Any], codigo: str) -> int:
    suya = modelo.entidad_id == mundo.entidad().id
    return int(mundo.todo(modelo, modelo.codigo == codigo, suya)[0].id)


def permiso_de(app: Flask, regla: Rule) -> str:
    vista = app.view_functions[regla.endpoint]
    permiso = getattr(vista, "permiso", None)
    assert permiso is not None, f"{regla.endpoint} no declara su permiso"
    return str(permiso)


def pedir(visita: Visita, metodo: str, cual: Caso, partes: dict[str, Any]) -> TestResponse:
    direccion = cual.direccion.format(**partes)
    if metodo == "GET":
        return visita.ver(direccion)
    if metodo != "POST":
        return visita.pedir(metodo, direccion)
    return visita.con_csrf(direccion, {k: v.format(**partes) for k, v in cual.datos.items()})


def test_cada_ruta_tiene_su_caso_y_su_permiso(app: Flask):
    """N61: y no sobran casos."""
    mapa = {(regla.endpoint, metodo) for regla, metodo in rutas(app)}
    assert mapa == set(CASOS)
    for regla, _ in rutas(app):
        assert permiso_de(app, regla) in {*PERMISOS, PUBLICO, FICHA, EXPEDIENTE, CASILLA}
    assert {*QUIENES} - {"de_otra_entidad"} == {*ROLES}
    assert all(PERSONAL[QUIENES[rol]][1].rol == rol for rol in ROLES)


def al_seguimiento(respuesta: TestResponse) -> str | None:
    """Adonde manda un expediente cerrado; lo que llevaba algo escrito se retoma ahí mismo."""
    if respuesta.status_code != 401:
        return respuesta.location
    return Pagina(respuesta.text).todos("form")[-1]["action"]


def test_cada_ruta_con_quien_no_ingreso(app: Flask, partes: dict[str, Any]):
    """N61: lo del personal manda a ingresar; lo de un expediente cerrado, a su seguimiento."""
    for regla, metodo in rutas(app):
        cual, permiso = CASOS[regla.endpoint, metodo], permiso_de(app, regla)
        respuesta = pedir(Visita(app, DEMO), metodo, cual, partes)
        que = (regla.endpoint, metodo, respuesta.status_code, respuesta.location)
        if permiso == EXPEDIENTE:
            assert al_seguimiento(respuesta) == f"/seguimiento/{partes['codigo']}", que
        elif permiso == CASILLA:
            assert respuesta.location == "/casilla/ingresar", que
        elif permiso not in PUBLICAS:
            # Lo que llevaba algo escrito no se pierde: se ingresa ahí mismo y se retoma.
            adonde = respuesta.location or Pagina(respuesta.text).todos("form")[-1]["action"]
            assert respuesta.status_code == (303 if respuesta.location else 401), que
            assert adonde.partition("?")[0] == "/ingresar", que
        elif (regla.endpoint, metodo) not in RESPUESTA_LIBRE:
            assert respuesta.status_code == cual.codigo, que


@pytest.mark.parametrize("rol", QUIENES)
def test_cada_ruta_con_cada_rol(app: Flask, partes: dict[str, Any], rol: str):
    """N61: lo que dice la tabla; de otra entidad, «no existe»; sin permiso, 403."""
    visita = Visita(app, DEMO).ingresar(QUIENES[rol])
    de_la_tabla = "coordinador_entidad" if rol == "de_otra_entidad" else rol
    # Salir va al final: después ya nadie es nadie.
    for regla, metodo in sorted(rutas(app), key=lambda r: r[0].endpoint == "cuenta.salir"):
        cual, permiso = CASOS[regla.endpoint, metodo], permiso_de(app, regla)
        if permiso in PUBLICAS:
            continue
        respuesta = pedir(visita, metodo, cual, partes)
        que = (regla.endpoint, metodo, respuesta.status_code, respuesta.location)
        if permiso == EXPEDIENTE:
            assert al_seguimiento(respuesta) == f"/seguimiento/{partes['codigo']}", que
        elif permiso == CASILLA:
            # Ser del personal no abre la casilla de nadie.
            assert respuesta.location == "/casilla/ingresar", que
        elif de_la_tabla not in PERMISOS[permiso]:
            assert respuesta.status_code == 403, que
        elif rol == "de_otra_entidad" and cual.es_de_la_entidad:
            assert respuesta.status_code == 404, que
        else:
            assert respuesta.status_code == cual.codigo, que


def test_cada_ruta_del_expediente_abierto(app: Flask, partes: dict[str, Any]):
    """N21: con su identidad entra a todo lo suyo y a nada de otro."""
    visita = Visita(app, DEMO)
    visita.abrir_expediente(partes["codigo"])
    ultimos = ("expediente.actuar", "expediente.cerrar")
    suyas = [(r.endpoint, m) for r, m in rutas(app) if permiso_de(app, r) == EXPEDIENTE]
    for endpoint, metodo in sorted(suyas, key=lambda ruta: (*ultimos, ruta[0]).index(ruta[0]) < 2):
        cual = CASOS[endpoint, metodo]
        assert pedir(visita, metodo, cual, partes).status_code == cual.codigo, endpoint


def test_cada_ruta_de_la_casilla_con_su_dueno_y_con_otro(
    app: Flask, mundo: Mundo, partes: dict[str, Any]
):
    """N51, N61: cada quien entra a todo lo suyo y a nada de otro."""
    otra = mundo.presentar_mesa(numero_documento_identidad="87654321")
    activar(mundo, otra, "87654321")
    suyas = [(r.endpoint, m) for r, m in rutas(app) if permiso_de(app, r) == CASILLA]
    orden = ("casilla.abrir", "casilla.documento", "casilla.salir")
    for numero, es_suya in (("87654321", False), ("12345678", True)):
        visita = Visita(app, DEMO)
        pedido = ingresos_casilla.pedir_codigo(mundo.entorno, "dni", numero, "correo")
        codigo = codigo_enviado(mundo, "codigo_correo")
        datos = {"tipo": "dni", "numero": numero, "codigo": codigo, "pedido": pedido}
        assert visita.con_csrf("/casilla/ingresar/codigo", datos).location == "/casilla"
        for ruta in sorted(suyas, key=lambda r: orden.index(r[0]) if r[0] in orden else 1.5):
            cual = CASOS[ruta]
            ajena = not es_suya and "{deposito}" in cual.direccion
            respuesta = pedir(visita, ruta[1], cual, partes)
            assert respuesta.status_code == (404 if ajena else cual.codigo), (ruta, numero)


def test_un_expediente_abierto_no_abre_otro(app: Flask, mundo: Mundo, partes: dict[str, Any]):
    """N21, N61: ni sus archivos por número."""
    otro = mundo.presentar_mesa(numero_documento_identidad="87654321")
    visita = Visita(app, DEMO)
    visita.abrir_expediente(otro, "87654321")
    for regla, metodo in rutas(app):
        if permiso_de(app, regla) == EXPEDIENTE:
            respuesta = pedir(visita, metodo, CASOS[regla.endpoint, metodo], partes)
            assert al_seguimiento(respuesta) == f"/seguimiento/{partes['codigo']}", regla
    assert (
        visita.ver(f"/seguimiento/{otro}/expediente/archivo/{partes['adjunto']}").status_code == 404
    )


def test_mirar_una_solicitud_deja_siempre_su_linea(
    app: Flask, partes: dict[str, Any], mundo: Mundo
):
    """N61: cada página del personal sobre una solicitud queda para quien presentó."""
    ana = Visita(app, DEMO).ingresar("ana")
    miradas = 0
    for (endpoint, metodo), cual in CASOS.items():
        if metodo == "GET" and cual.es_de_solicitud and cual.codigo != 404:
            antes = mundo.cuantas(Bitacora)
            pedir(ana, metodo, cual, partes)
            nuevas = mundo.todo(Bitacora)[antes[0] :]
            dichas = [b for b in nuevas if b.accion in HECHOS or b.accion.startswith("expediente.")]
            assert dichas and all(b.datos["puesto"]["rol"] for b in dichas), endpoint
            miradas += 1
    assert miradas >= 6


@pytest.mark.parametrize(
    ("quien", "rol"),
    [("oscar", "colaborador"), ("carla", "coordinador_sede"), ("clara", "colaborador")],
    ids=["de otra área", "coordina otra sede", "de otra sede"],
)
def test_lo_que_no_esta_a_mi_alcance_no_existe(
    app: Flask, mundo: Mundo, partes: dict[str, Any], quien: str, rol: str
):
    """N61: ni la solicitud ni la persona son de su área o de su sede: para él no existen."""
    if quien not in PERSONAL:
        puesto = Puesto(rol, sede="central")
        usuarios.crear(mundo.entorno, mundo.entidad().id, correo_de(quien), quien, puesto, CLAVE)
    visita = Visita(app, DEMO).ingresar(quien)
    for regla, metodo in rutas(app):
        cual = CASOS[regla.endpoint, metodo]
        if cual.es_de_la_entidad:
            codigo = pedir(visita, metodo, cual, partes).status_code
            puede = rol in PERMISOS[permiso_de(app, regla)]
            assert codigo == (404 if puede else 403), regla.endpoint


def test_los_numeros_ajenos_no_existen(app: Flask, partes: dict[str, Any], mundo: Mundo):
    """N61: un archivo o un acuse de otra solicitud, pedidos desde la propia."""
    otra = mundo.solicitud(mundo.presentar_mesa()).id
    luis = Visita(app, DEMO).ingresar("luis")
    assert luis.ver(f"/bandeja/{otra}/archivo/{partes['adjunto']}").status_code == 404
    datos = {"fecha_cedula": "2026-11-23"}
    assert luis.con_csrf(f"/bandeja/{otra}/cedula/{partes['acuse']}", datos).status_code == 404
    assert luis.ver("/bandeja/99999").status_code == 404


def test_ningun_slug_tapa_una_direccion_del_sistema(app: Flask):
    """N02: lo primero de cada ruta está reservado a las entidades; lo segundo, a formularios."""
    for regla in app.url_map.iter_rules():
        tramos = regla.rule.strip("/").split("/")
        if tramos[0] and not tramos[0].startswith("<"):
            assert tramos[0] in entidades.SLUGS_RESERVADOS, regla
        if regla.rule.startswith("/<entidad>/") and len(tramos) > 1 and "<" not in tramos[1]:
            assert tramos[1] in formularios.SLUGS_RESERVADOS, regla


def test_los_metodos_que_no_son(app: Flask, partes: dict[str, Any]):
    """405 con su página y los métodos que sí."""
    visita = Visita(app, DEMO)
    for direccion in ("/salud", "/valle-sereno/mesa-de-partes", "/ingresar"):
        for metodo in ("PUT", "DELETE", "PATCH"):
            respuesta = visita.pedir(metodo, direccion)
            assert respuesta.status_code == 405
            assert "Esta dirección no recibe eso" in respuesta.text
            assert "GET" in respuesta.headers["Allow"]
    assert visita.enviar("/salud").status_code == 405


def test_cambiar_de_puesto(app: Flask, mundo: Mundo):
    """N61: quien tiene dos entidades ve una a la vez, y solo las suyas."""
    rio = mundo.entidad(RIO).id
    usuarios.crear(mundo.entorno, rio, correo_de("luis"), "luis", Puesto("colaborador"), CLAVE)
    bandeja = f"/bandeja/{mundo.solicitud(mundo.presentar_mesa()).id}"
    luis = Visita(app, DEMO).ingresar("luis")
    botones = luis.leer("/cuenta").todos("button", name="puesto")
    vistas = set()
    for boton in botones:
        luis.con_csrf("/cuenta/puesto", {"puesto": boton["value"]})
        vistas.add(luis.ver(bandeja).status_code)
    assert (len(botones), vistas) == (2, {200, 404})
    ajeno = mundo.actor("ana").membresia_id
    assert luis.con_csrf("/cuenta/puesto", {"puesto": str(ajeno)}).status_code == 404
