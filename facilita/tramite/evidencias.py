"""La evidencia de una notificación por casilla: constancia, alertas y acuse (N51, N55)."""

from datetime import datetime
from typing import Any

from sqlalchemy import select

from facilita.plazos import a_lima, fecha_larga, momento_largo
from facilita.tramite import casilla, firmados
from facilita.tramite.ambito import Ambito
from facilita.tramite.bitacora import anotar
from facilita.tramite.casilla import Alerta, DepositoVisto
from facilita.tramite.entorno import Entorno
from facilita.tramite.errores import NoExiste
from facilita.tramite.firmados import PorImprimir
from facilita.tramite.modelos import Deposito, Solicitud
from facilita.tramite.modelos.casilla import CUMPLIDO
from facilita.tramite.permisos import Actor, alcance
from facilita.tramite.personas import NIVELES
from facilita.tramite.sesiones_casilla import Dueno


def evidencia(entorno: Entorno, dueno: Dueno, cual: int) -> tuple[str, bytes]:
    """El nombre y el PDF con la cadena de una notificación: constancia, alertas y acuse (N51)."""
    leido = casilla.ver(entorno, dueno, cual)
    return en_pdf(entorno, leido, completa=not leido.sin_abrir)


def evidencia_del_personal(
    entorno: Entorno, actor: Actor, solicitud_id: int, cual: int
) -> tuple[str, bytes]:
    """Lo mismo, para el personal que tiene la solicitud a su alcance; queda anotado (N61)."""
    with entorno.bd.transaccion(Ambito.de(actor.entidad_id)) as sesion:
        fila = sesion.execute(
            select(Deposito, Solicitud.numero)
            .join(Solicitud, Solicitud.id == Deposito.solicitud_id)
            .where(Deposito.id == cual, Deposito.solicitud_id == solicitud_id, alcance(actor))
        ).one_or_none()
        if fila is None:
            raise NoExiste
        deposito, numero = fila
        anotar(
            sesion, entorno.reloj.ahora(), actor.entidad_id, actor.usuario_id,
            "documento.descargado", numero,
        )  # fmt: skip
        leido = casilla.visto(sesion, deposito)
    return en_pdf(entorno, leido, completa=True)


def en_pdf(entorno: Entorno, d: DepositoVisto, *, completa: bool) -> tuple[str, bytes]:
    """El nombre y el PDF firmado de la cadena de un depósito ya leído.

    Incompleta, para quien todavía no la abrió: no adelanta lo notificado.
    """
    acto = d.acto
    papel = PorImprimir(
        clase="casilla",
        entidad=acto["entidad"]["slug"],
        codigo=acto["codigo"],
        numero=acto["registro"],
        fecha=d.depositado_en,
        datos=_impreso(d, completa=completa),
        congelado=_congelado(d, completa=completa),
    )
    return f"{d.numero}.pdf", firmados.imprimir(entorno, papel)


def _congelado(d: DepositoVisto, *, completa: bool) -> dict[str, Any]:
    """La cadena en datos: lo que la declaración firmada cubre."""
    return {
        "numero": d.acto["registro"],
        "codigo": d.acto["codigo"],
        "entidad": d.acto["entidad"],
        "al": a_lima(d.depositado_en).isoformat(),
        "constancia": dict(d.constancia),
        "alertas": [
            {"canal": a.canal, "a": a.destino, "situacion": a.situacion,
             "entregada_en": _iso(a.entregada_en), "respuesta": a.respuesta}
            for a in d.alertas
        ],
        "abierto_en": _iso(d.abierto_en),
        "efecto_en": _iso(d.efecto_en),
        "situacion": d.situacion_id,
        "archivos": list(d.acto["documentos"]) if completa else [],
    }  # fmt: skip


def _iso(instante: datetime | None) -> str | None:
    return a_lima(instante).isoformat() if instante else None


def _impreso(d: DepositoVisto, *, completa: bool) -> dict[str, Any]:
    acto, constancia = d.acto, d.constancia
    persona = acto["persona"]
    archivos = acto["documentos"] if completa else []
    return {
        "titulo": f"Notificación por casilla electrónica {d.numero}",
        "entidad": {
            "nombre": acto["entidad"]["nombre"], "ruc": acto["entidad"]["ruc"],
            "unidad": acto["unidad"],
        },
        "datos": [
            ["Constancia de depósito", d.numero],
            ["Expediente", acto["expediente"]],
            ["Registro", acto["registro"]],
            ["Persona", f"{persona['nombres']}, {persona['tipo'].upper()} {persona['numero']}"],
            ["Qué se notifica", acto["asunto"]],
            ["Situación", d.situacion],
        ],
        "secciones": [
            {"titulo": "1. Depósito y constancia", "datos": _del_deposito(d)},
            {"titulo": "2. Alertas", "columnas": ["Canal", "A", "Situación", "Respuesta"],
             "filas": [[a.canal, a.destino, _cuando_llego(a), a.respuesta] for a in d.alertas]},
            {"titulo": "3. Acuse y efecto", "datos": _del_acuse(d)},
            {"titulo": "Por qué esas fechas", "parrafos": list(d.explicacion)},
            *(_lo_notificado(d) if completa else ()),
            {"titulo": "Huellas", "datos": [
                ["Lo notificado (SHA-256)", constancia["acto_sha256"]],
                ["Movimiento del expediente", constancia["movimiento"]["huella"]],
            ]},
        ],
        "archivos": [
            {"nombre": a["nombre"], "detalle": f"{a['tamano']:,} bytes", "sha256": a["sha256"]}
            for a in archivos
        ],
        "pie": f"{acto['entidad']['nombre']} · Constancia {d.numero}",
    }  # fmt: skip


def _lo_notificado(d: DepositoVisto) -> list[dict[str, Any]]:
    """El mensaje y los recursos, una vez abierta (N55)."""
    partes = (("Mensaje", d.acto["mensaje"]), ("Recursos y plazos", d.acto["recursos"]))
    return [{"titulo": titulo, "parrafos": texto.splitlines()} for titulo, texto in partes]


def _del_deposito(d: DepositoVisto) -> list[list[str]]:
    autorizacion = d.constancia["autorizacion"]
    clase = "Consentimiento" if autorizacion["clase"] == "consentimiento" else "Norma"
    return [
        ["Depositado", momento_largo(d.depositado_en)],
        ["Se tiene por depositado", momento_largo(d.vale_en)],
        [clase, f"{autorizacion['texto']} {autorizacion['de']}".strip()],
        ["Identidad", NIVELES[d.constancia["nivel"]]],
    ]


def _cuando_llego(alerta: Alerta) -> str:
    if alerta.entregada_en:
        return f"{alerta.situacion} el {momento_largo(alerta.entregada_en)}"
    return alerta.situacion


def _del_acuse(d: DepositoVisto) -> list[list[str]]:
    abierto = momento_largo(d.abierto_en) if d.abierto_en else "No se abrió"
    filas = [["Acuse", abierto]]
    if d.efecto_en and (d.abierto_en or d.situacion_id == CUMPLIDO):
        filas.append(["Surte efecto", fecha_larga(a_lima(d.efecto_en).date())])
    return filas
