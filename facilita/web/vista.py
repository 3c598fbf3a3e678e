"""Lo que una página del formulario muestra: secciones, controles, archivos y errores."""

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import wtforms

from facilita.definicion import Contexto, Pagina, Seccion
from facilita.definicion.campos import Campo, Error
from facilita.definicion.condiciones import Condicion
from facilita.definicion.css import Vista, decide_el_servidor, vista_de
from facilita.tramite.entidades import EntidadPublica
from facilita.tramite.entorno import Memoria
from facilita.tramite.paso import Paso
from facilita.web.campo_visto import CampoVisto, Lienzo, diciendo_la_fila
from facilita.web.controles import clase_de, llenar
from facilita.web.mundo import entorno

_vistas: Memoria[Vista] = Memoria(2000)


def css_de(paso: Paso, pagina: Pagina) -> Vista:
    """El CSS y las clases de las condiciones de una página; se arma una vez por contenido."""
    definicion = paso.definicion
    return _vistas.dar((definicion.digest, pagina.id), lambda: vista_de(definicion, pagina))


@dataclass(frozen=True)
class SeccionVista:
    """Una sección en la pantalla."""

    seccion: Seccion
    campos: tuple[CampoVisto, ...]


def ver_pagina(
    paso: Paso, pagina: Pagina, entidad: EntidadPublica, *, con_errores: bool
) -> tuple[SeccionVista, ...]:
    """Las secciones y campos que tocan en una página, con lo ya respondido."""
    contexto = Contexto(sedes=entidad.sedes, territorio=entorno().territorio)
    errores = paso.errores_de(pagina) if con_errores else ()
    clase = clase_de(paso.definicion.digest, pagina, contexto)
    crudo = _con_propuestas(paso, pagina)
    formulario = cache(lambda: llenar(clase, pagina.campos, crudo))
    de_quien = (paso.definicion.digest, entidad.id, entidad.revision)

    def oculta(condicion: Condicion | None) -> bool:
        if condicion is None or not decide_el_servidor(condicion, pagina):
            return False
        return not condicion.evaluar(paso.comparables)

    lienzo = Lienzo(
        contexto,
        errores={e.campo: e.texto for e in reversed(errores)},
        avisos={a.campo: a.texto for a in reversed(paso.lectura.avisos)},
        observaciones=paso.observaciones or {},
        oculta=oculta,
        digest=paso.definicion.digest,
    )
    armador = _Armador(paso, lienzo, formulario, crudo, de_quien)
    secciones = (
        SeccionVista(s, tuple(armador.campo(c) for c in s.campos if armador.toca(c)))
        for s in pagina.secciones
        if not oculta(s.si)
    )
    return tuple(s for s in secciones if s.campos)


def _con_propuestas(paso: Paso, pagina: Pagina) -> Mapping[str, Any]:
    """Lo escrito y, donde no hay nada, lo que el servidor ya sabe: los folios contados."""
    crudo = dict(paso.crudo)
    for campo in pagina.campos:
        contar = getattr(campo, "contar", None)
        if contar and not crudo.get(campo.id):
            contados = contar(paso.lectura.valores)
            if contados:
                crudo[campo.id] = str(contados)
    return crudo


@dataclass(frozen=True)
class _Armador:
    paso: Paso
    lienzo: Lienzo
    formulario: Callable[[], wtforms.Form]
    propuesto: Mapping[str, Any]
    de_quien: Hashable

    def toca(self, campo: Campo) -> bool:
        if self.lienzo.oculta(campo.si) or not campo.se_muestra(self.lienzo.contexto):
            return False
        return self.lienzo.hay_que_elegir(campo) and self.paso.se_cambia(campo.id)

    def campo(self, campo: Campo) -> CampoVisto:
        if self._esta_intacto(campo):
            quitadas = self.lienzo.quitadas(campo)
            intacto = (self.de_quien, campo.id, quitadas)
            visto = CampoVisto(campo, self.formulario, None, None, None)
            return replace(visto, intacto=intacto, quitadas=quitadas)
        return self.lienzo.ver(campo, self.propuesto.get(campo.id), self.formulario)

    def _esta_intacto(self, campo: Campo) -> bool:
        """Si no hay en él nada de una persona; uno con filas mira además lo respondido antes."""
        lienzo = self.lienzo
        dichos = (lienzo.errores, lienzo.avisos, lienzo.observaciones)
        escrito = self.propuesto.get(campo.id)
        return escrito is None and not (campo.campos or any(campo.id in d for d in dichos))


def supuestos(paso: Paso, pagina: Pagina) -> tuple[tuple[str, str], ...]:
    """Al corregir, lo ya respondido en campos que no se muestran y otros de la página miran.

    El CSS de las condiciones lo busca marcado: sin esto escondería lo observado.
    """
    if not paso.corrige:
        return ()
    mirados = (c for c in pagina.campos if c.id in pagina.mirados)
    ausentes = (c for c in mirados if not paso.se_cambia(c.id))
    respondidos = ((c.id, paso.comparables.get(c.id)) for c in ausentes)
    return tuple(
        (cual, str(uno).lower() if isinstance(uno, bool) else str(uno))
        for cual, visto in respondidos
        if visto is not None
        for uno in (visto if isinstance(visto, tuple) else (visto,))
    )


def uno_por_campo(errores: Sequence[Error]) -> tuple[Error, ...]:
    """El primer error de cada control, en el orden en que llegan."""
    vistos: dict[str, Error] = {}
    for error in errores:
        vistos.setdefault(error.campo, error)
    return tuple(vistos.values())


def para_resumir(paso: Paso, pagina: Pagina) -> tuple[Error, ...]:
    """Los errores de una página, uno por control; los de una fila dicen de cuál son."""
    return diciendo_la_fila(uno_por_campo(paso.errores_de(pagina)), paso.definicion.campos)


def resumen(paso: Paso, pagina: Pagina) -> tuple[Error, ...]:
    """Los errores de la página para el resumen, en el orden de sus campos."""
    orden = [c.id for c in pagina.campos]
    errores = para_resumir(paso, pagina)
    return tuple(sorted(errores, key=lambda e: orden.index(e.de)))
