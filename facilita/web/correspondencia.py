"""Los mensajes de un expediente, de los dos lados: leerlos y escribir, con sus archivos."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from secrets import token_urlsafe
from typing import Any

from flask import redirect, render_template, request, session, url_for

from facilita.definicion.campos import Error
from facilita.tramite import analisis, correspondencia
from facilita.tramite.archivos import Subida
from facilita.tramite.correspondencia import CAMPOS, Conversacion
from facilita.tramite.errores import Conflicto, Invalido
from facilita.web.analizados import mostrar_analisis
from facilita.web.envio import Envio, codigo_de_errores, medir_cuota, recibir_archivos
from facilita.web.mundo import entorno
from facilita.web.pedido import formulario_de_pedido
from facilita.web.retenidos import retener_para, retenidos_para
from facilita.web.rutas import EXPEDIENTE, Rutas
from facilita.web.sesion import actor, expediente_abierto

de_la_persona = Rutas("mensajes", __name__, url_prefix="/seguimiento/<codigo>/expediente/mensajes")
del_personal = Rutas("mensajes_personal", __name__, url_prefix="/bandeja/<int:cual>/mensajes")

ENVIADO = "Tu mensaje ya llegó."


@dataclass(frozen=True)
class Escrito:
    """Lo que vuelve a la pantalla: errores, lo escrito, lo ya subido y lo que no se envió."""

    errores: Sequence[Error] = ()
    crudo: Mapping[str, Any] = field(default_factory=dict)
    guardados: Sequence[tuple[str, str]] = ()
    no_enviado: str | None = None


EN_BLANCO = Escrito()
Verbo = Callable[[Mapping[str, Any], Sequence[Subida]], None]


@de_la_persona.url_value_preprocessor
def _medir(_ruta: str | None, partes: dict[str, Any] | None) -> None:
    """Antes de nada: comprobar que el envío es de aquí ya lee el formulario, con sus archivos."""
    codigo = str((partes or {}).get("codigo", ""))
    if request.method == "POST":
        medir_cuota(codigo if expediente_abierto(codigo) else "")


@de_la_persona.ruta("", permiso=EXPEDIENTE)
def ver(codigo: str) -> Any:
    """La conversación, para la persona."""
    return _de_la_persona(codigo)


@de_la_persona.ruta("", permiso=EXPEDIENTE, metodos=("POST",), limite="30/minute")
def escribir(codigo: str) -> Any:
    """La persona escribe."""
    entidad = correspondencia.abrir_de_ciudadano(entorno(), codigo).entidad.slug

    def verbo(crudo: Mapping[str, Any], subidas: Sequence[Subida]) -> None:
        correspondencia.escribir_de_ciudadano(entorno(), codigo, crudo, subidas)

    destino = url_for("mensajes.ver", codigo=codigo)
    return _enviar(verbo, f"expediente.{codigo}", entidad, destino,
                   lambda con: _de_la_persona(codigo, con))  # fmt: skip


def _de_la_persona(codigo: str, con: Escrito = EN_BLANCO) -> str:
    c = correspondencia.abrir_de_ciudadano(entorno(), codigo)
    return _pagina("mensajes.html", c, con, base=f"/seguimiento/{c.codigo}/expediente/")


@del_personal.ruta("", permiso="solicitud.ver")
def ver_del_personal(cual: int) -> Any:
    """La conversación, para el personal."""
    return _del_personal(cual)


@del_personal.ruta("", permiso="solicitud.atender", metodos=("POST",))
def escribir_del_personal(cual: int) -> Any:
    """El personal escribe."""

    def verbo(crudo: Mapping[str, Any], subidas: Sequence[Subida]) -> None:
        correspondencia.escribir_de_personal(entorno(), actor(), cual, crudo, subidas)

    quien = f"mensaje.{actor().entidad_id}.{actor().usuario_id}.{cual}"
    destino = url_for("mensajes_personal.ver_del_personal", cual=cual)
    return _enviar(verbo, quien, actor().entidad_slug, destino,
                   lambda con: _del_personal(cual, con))  # fmt: skip


@del_personal.ruta("/atendidos", permiso="solicitud.atender", metodos=("POST",))
def atendidos(cual: int) -> Any:
    """Lo escrito no necesita respuesta."""
    correspondencia.dar_por_atendidos(entorno(), actor(), cual)
    session["aviso"] = "Listo: ya no esperan respuesta."
    return redirect(url_for("mensajes_personal.ver_del_personal", cual=cual), 303)


def _del_personal(cual: int, con: Escrito = EN_BLANCO) -> str:
    c = correspondencia.abrir_de_personal(entorno(), actor(), cual)
    base = f"/bandeja/{cual}/"
    return _pagina("mensajes_personal.html", c, con, base=base, actor=actor(), cual=cual)


def _enviar(
    verbo: Verbo, de_quien: str, entidad: str, destino: str, otra_vez: Callable[[Escrito], str]
) -> Any:
    crudo = request.form.to_dict()
    if "retomar" in crudo:
        return otra_vez(Escrito(crudo=crudo))
    envio = Envio({}, subidas=retenidos_para(de_quien, request.form.getlist("retenido")))
    recibir_archivos(envio, CAMPOS, entidad)
    errores: Sequence[Error] = envio.rechazos
    if not errores:
        try:
            verbo(crudo, envio.subidas)
        except Conflicto as negativa:
            return otra_vez(Escrito(crudo=crudo, no_enviado=negativa.frase)), 409
        except Invalido as negativa:
            errores = negativa.errores
        else:
            session["aviso"] = ENVIADO
            return redirect(destino, 303)
    guardados = tuple((s.nombre, retener_para(de_quien, s)) for s in envio.subidas)
    return otra_vez(Escrito(errores, crudo, guardados)), *codigo_de_errores(envio)


def _pagina(plantilla: str, c: Conversacion, con: Escrito, **mas: Any) -> str:
    suyos = [a["id"] for m in c.mensajes for a in m.archivos]
    para = "personal" if "actor" in mas else "ciudadano"
    mostrar_analisis(analisis.de_estos(entorno(), c.entidad.id, suyos), para=para)
    return render_template(
        plantilla,
        c=c,
        pedido=formulario_de_pedido(CAMPOS, con.crudo, {e.campo: e for e in reversed(con.errores)}),
        errores=con.errores,
        guardados=con.guardados,
        escrito=con.crudo,
        no_enviado=con.no_enviado,
        envio=con.crudo.get("envio") or token_urlsafe(16),
        aviso=session.pop("aviso", None),
        **mas,
    )
