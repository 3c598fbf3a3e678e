"""Una solicitud llevada por un camino del flujo con los verbos de verdad, comparando cada paso."""

import random
import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import Select, bindparam, select
from sqlalchemy.orm import Session

from facilita.definicion import Transicion
from facilita.plazos import Calendario, computar, fecha_lima
from facilita.simulacion.caminos import Jugada, Mapa, Punto
from facilita.simulacion.cobertura import Cobertura, Meta
from facilita.simulacion.correcciones import corregir
from facilita.simulacion.mundo import Mundo
from facilita.simulacion.presentaciones import Discrepancia, Relato, separar
from facilita.simulacion.respuestas import responder
from facilita.simulacion.vigilancia import CIUDADANO, comprobar
from facilita.tramite import (
    atencion,
    detalle,
    notificaciones,
    salidas,
    seguimiento,
    terminos,
    vencimientos,
)
from facilita.tramite.ambito import Ambito
from facilita.tramite.caso import CIUDADANO as LA_PERSONA
from facilita.tramite.caso import Caso, armar_caso
from facilita.tramite.encargos import papeles_en
from facilita.tramite.modelos import Notificacion, Salida, Solicitud, Termino
from facilita.tramite.permisos import Actor, alcance_con_roles

_UN_MINUTO = timedelta(minutes=1)


@lru_cache(maxsize=100)
def _suya(actor: Actor) -> Select[int]:
    """La consulta de si una solicitud está al alcance de alguien: se arma una vez y se repite."""
    return select(Solicitud.id).where(Solicitud.id == bindparam("cual"), alcance_con_roles(actor))


class Tramite:
    """Una solicitud presentada y el punto en que la definición dice que está."""

    def __init__(
        self,
        mundo: Mundo,
        mapa: Mapa,
        cobertura: Cobertura,
        codigo: str,
        azar: random.Random,
        relato: Relato,
    ) -> None:
        self.mundo = mundo
        self.entorno = mundo.entorno
        self.definicion = mundo.vigente.definicion
        self.mapa = mapa
        self.cobertura = cobertura
        self.codigo = codigo
        self.azar = azar
        self.relato = relato
        self.punto: Punto = mapa.inicio
        self.ultima: Jugada | None = None
        self.ambito = Ambito.de(mundo.vigente.entidad.id)
        solicitud = self._solicitud()
        self.id, self.tiene_correo = solicitud.id, bool(solicitud.correo)
        self.correo_visto = 0
        self._personal: Mapping[Actor, frozenset[str]] | None = None

    def _solicitud(self) -> Solicitud:
        with self.entorno.bd.lectura(self.ambito) as sesion:
            return sesion.scalars(select(Solicitud).where(Solicitud.codigo == self.codigo)).one()

    # --- mover --------------------------------------------------------------------------------

    def jugar(self, jugada: Jugada, siguiente: Punto) -> None:
        """Hace una jugada y comprueba que la solicitud quede donde la definición dice."""
        self.mundo.reloj.avanzar(_UN_MINUTO)
        antes = self.punto
        if jugada.clase == "acusar":
            self._acusar()
            siguiente = self._contado(siguiente)
        elif jugada.clase == "vencer" and jugada.transicion:
            self._dejar_vencer(jugada.transicion)
            una = self.mapa.vencida(antes, jugada.transicion)
            siguiente = self.mapa.al_dia(una, self._contado)
        elif jugada.transicion:
            self._dar(jugada.transicion)
        self.punto, self.ultima = siguiente, jugada
        comprobar(self)
        if jugada.transicion:
            self.cobertura.ver(Meta("paso", jugada.transicion.id, antes.estado))

    def _dar(self, t: Transicion) -> None:
        if t.acto == "subsanacion":
            self.relato.contar(f"corregir: {t.id}")
            corregir(self, t)
            self.cobertura.ver(Meta("papel", t.id, CIUDADANO))
            return
        quien = self.elegir(t)
        crudo, subidas, _ = separar(self.mundo, t.pide, self.pedido(t))
        crudo |= self.observaciones(t)
        self.relato.contar(f"{t.id}, por {self.papel(quien, t.quien)}: {crudo}")
        if quien is None:
            seguimiento.actuar(self.entorno, self.codigo, t.id, crudo)
        else:
            atencion.transitar(self.entorno, quien, self.id, t.id, crudo, subidas)
        self.cobertura.ver(Meta("papel", t.id, self.papel(quien, t.quien)))

    def pedido(self, t: Transicion) -> dict[str, Any]:
        """Respuestas válidas a lo que una transición pide."""
        return responder(t.pide, self.mundo.vigente.contexto(self.entorno), self.azar)

    def observaciones(self, t: Transicion) -> dict[str, str]:
        """Lo que se observa de lo respondido, si la transición es de observar."""
        if t.acto != "observacion":
            return {}
        visto = self.detalle()
        respondidos = [c for c in visto.respuestas if c in visto.observables]
        campos = [self.definicion.campos[c] for c in respondidos]
        # Uno que se pueda responder mal: así se prueba también que eso no corrige.
        primeros = [c.id for c in campos if c.muestras_invalidas() and not c.es_archivo]
        elegidos = {self.azar.choice(primeros or respondidos), self.azar.choice(respondidos)}
        return {f"{atencion.PREFIJO_OBSERVACION}{c}": "Revísalo." for c in sorted(elegidos)}

    # --- quién --------------------------------------------------------------------------------

    def elegir(self, t: Transicion) -> Actor | None:
        """Quién da una transición; antes, uno cuyo papel todavía no la dio. `None`: la persona."""
        posibles: list[Actor | None] = [a for a in self.al_alcance() if self.papeles(a) & t.quien]
        if CIUDADANO in t.quien:
            posibles.append(None)
        if not posibles:
            raise Discrepancia(f"nadie puede dar «{t.id}»: {', '.join(sorted(t.quien))}")
        nuevos = [
            a for a in posibles
            if self.cobertura.falta(Meta("papel", t.id, self.papel(a, t.quien)))
        ]  # fmt: skip
        return self.azar.choice(nuevos or posibles)

    def al_alcance(self) -> list[Actor]:
        """El personal al que le toca esta solicitud."""
        return list(self._del_personal())

    def _del_personal(self) -> Mapping[Actor, frozenset[str]]:
        """Los papeles de cada quien la alcanza; se recuerdan hasta que algo la mueva."""
        if self._personal is None:
            with self.entorno.bd.lectura(self.ambito) as sesion:
                cual, caso = {"cual": self.id}, self.caso(sesion)
                # De uno en uno: el filtro de entidad no alcanza lo que se pregunta en las columnas.
                suyos = [a for a in self.mundo.actores if sesion.scalar(_suya(a), cual)]
                self._personal = {a: papeles_en(caso, a) for a in suyos}
        return self._personal

    def olvidar_personal(self) -> None:
        """Algo cambió: a quién le toca se vuelve a preguntar."""
        self._personal = None

    def caso(self, sesion: Session) -> Caso:
        """El caso de la solicitud, para mirar lo que sus reglas miran."""
        solicitud = sesion.get_one(Solicitud, self.id)
        return armar_caso(
            sesion, self.entorno, solicitud, LA_PERSONA, self.entorno.reloj.ahora()
        )  # fmt: skip

    def papeles(self, actor: Actor) -> frozenset[str]:
        """Los papeles del actor en esta solicitud, con los roles que el formulario declara."""
        return self._del_personal()[actor]

    def papel(self, actor: Actor | None, quien: frozenset[str]) -> str:
        """Con qué papel actúa alguien: su rol declarado, si por él puede, o el de su puesto."""
        if actor is None:
            return CIUDADANO
        declarados = self.papeles(actor) & quien & set(self.definicion.roles)
        return min(declarados, default=actor.rol)

    def detalle(self, actor: Actor | None = None) -> detalle.Detalle:
        """La solicitud como la ve el personal."""
        return detalle.ver(self.entorno, actor or self.al_alcance()[-1], self.id)

    def _contado(self, punto: Punto) -> Punto:
        """El punto con los días que pasaron de verdad: el mapa los cuenta sin fines de semana."""
        with self.entorno.bd.lectura(self.ambito) as sesion:
            caso = self.caso(sesion)
            notificado = terminos.ocurrio(caso, "notificado")
            dias = self._pasaron(caso.solicitud.presentado_en, caso.calendario)
            sabe = punto.acuse is not None and notificado is not None
            acuse = self._pasaron(notificado, caso.calendario) if sabe and notificado else None
        return replace(punto, dias=dias, acuse=acuse)

    def _pasaron(self, desde: datetime, calendario: Calendario) -> int:
        """El plazo más corto, en días hábiles, que contado desde un instante aún no termina."""
        dia, ahora = fecha_lima(desde), self.entorno.reloj.ahora()
        if dia == fecha_lima(ahora):
            return 0
        plazos = (
            n for n in range(1, self.mapa.tope) if computar(dia, n, calendario).vence_en >= ahora
        )
        return next(plazos, self.mapa.tope)

    # --- el tiempo ----------------------------------------------------------------------------

    def _dejar_vencer(self, t: Transicion) -> None:
        with self.entorno.bd.lectura(self.ambito) as sesion:
            vence = sesion.scalar(
                select(Termino.vence_en).where(
                    Termino.solicitud_id == self.id,
                    Termino.clase == t.id,
                    Termino.situacion == "corre",
                )
            )
        if vence is None:
            raise Discrepancia(f"el plazo de «{t.id}» no corre en «{self.punto.estado}»")
        self.relato.contar(f"dejar pasar el plazo de «{t.id}»")
        self.pasar_de(vence)
        self.trabajar()

    def pasar_de(self, limite: datetime) -> None:
        """Adelanta el reloj hasta después de un instante."""
        self.mundo.reloj.poner(max(self.entorno.reloj.ahora(), limite + _UN_MINUTO))

    def trabajar(self) -> None:
        """Lo que hace el trabajador en una vuelta: plazos, cédulas y correos."""
        while vencimientos.vencer(self.entorno):
            pass
        notificaciones.pedir_cedulas(self.entorno)
        while salidas.entregar(self.entorno):
            pass

    # --- enterarse ----------------------------------------------------------------------------

    def _acusar(self) -> None:
        # Una corrección pudo cambiar el documento con que se abre el expediente.
        identidad = self._solicitud().identidad
        canales = [
            *(["enlace"] if self._ficha() else []),
            *(["expediente"] if identidad else []),
        ]
        nuevos = [c for c in canales if self.cobertura.falta(Meta("acuse", c))]
        canal = self.azar.choice(nuevos or canales or ["cedula"])
        self.relato.contar(f"abrir la notificación: {canal}")
        ficha = self._ficha()
        if canal == "enlace" and ficha:
            notificaciones.acusar(self.entorno, notificaciones.hallar(self.entorno, ficha), ficha)
        elif canal == "expediente":
            seguimiento.comprobar_identidad(self.entorno, self.codigo, identidad)
        else:
            self.notificar_por_cedula()
            return
        self.cobertura.ver(Meta("acuse", canal))

    def _ficha(self) -> str | None:
        """La ficha del último enlace de notificación que se le mandó."""
        textos = "\n".join(datos["texto"] for _, _, datos in self.correos())
        fichas = re.findall(r"/notificacion/(\S+)", textos)
        return fichas[-1] if fichas else None

    def notificar_por_cedula(self) -> None:
        """Deja pasar el acuse y anota la notificación por cédula, como el personal."""
        with self.entorno.bd.lectura(self.ambito) as sesion:
            pendiente = sesion.scalars(
                select(Notificacion)
                .where(Notificacion.solicitud_id == self.id, Notificacion.notificado_en.is_(None))
                .order_by(Notificacion.id.desc())
            ).first()
        if pendiente is None:
            raise Discrepancia("no hay ninguna notificación sin abrir")
        self.pasar_de(pendiente.acuse_hasta)
        notificaciones.pedir_cedulas(self.entorno)
        hoy = fecha_lima(self.entorno.reloj.ahora())
        self.relato.contar(f"notificar por cédula el {hoy}")
        actor = self.al_alcance()[-1]
        notificaciones.registrar_cedula(self.entorno, actor, self.id, pendiente.id, hoy)
        self.cobertura.ver(Meta("acuse", "cedula"))

    def correos(self, desde: int = 0) -> list[tuple[int, str, Mapping[str, Any]]]:
        """Los correos que se le escribieron después de uno: su id, su mensaje y lo que dicen."""
        with self.entorno.bd.lectura(self.ambito) as sesion:
            suyas = select(Salida).where(Salida.solicitud_id == self.id, Salida.id > desde)
            filas = sesion.scalars(suyas.order_by(Salida.id)).all()
        return [(s.id, s.clave.rpartition(".")[2], s.datos) for s in filas]
