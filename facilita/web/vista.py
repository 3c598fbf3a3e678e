"""Lo que una página del formulario muestra: secciones, controles, archivos y errores."""

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

import wtforms

from facilita.definicion import Contexto, Lugar, Pagina, Seccion
from facilita.definicion.campos import Campo, Error
from facilita.definicion.campos.personas import FUERA_DEL_PERU, Ubigeo
from facilita.definicion.css import Vista, decide_el_servidor, vista_de
from facilita.tramite.entidades import EntidadPublica
from facilita.tramite.entorno import Memoria
from facilita.tramite.paso import Paso
from facilita.web.controles import clase_de, llenar
from facilita.web.mundo import entorno

_vistas: Memoria[Vista] = Memoria(2000)


def css_de(paso: Paso, pagina: Pagina) -> Vista:
    """El CSS y las clases de las condiciones de una página; se arma una vez por contenido."""
    definicion = paso.definicion
    return _vistas.dar((definicion.digest, pagina.id), lambda: vista_de(definicion, pagina))


@dataclass(frozen=True)
class CampoVisto:
    """Un campo en la pantalla."""

    campo: Campo
    formulario: Callable[[], wtforms.Form]
    error: str | None
    aviso: str | None
    observado: str | None
    archivos: Sequence[Mapping[str, Any]] = ()
    candidatos: Sequence[Lugar] = ()
    fuera_del_peru: bool = False
    elegido: str | None = None
    intacto: Hashable = None
    """De qué depende su dibujo, si no hay en él nada de una persona."""

    @property
    def control(self) -> wtforms.Field | None:
        """Su control, que se arma cuando hace falta."""
        return self.formulario()[self.campo.id] if self.campo.se_responde else None

    @property
    def descrito_por(self) -> str | Literal[False]:
        """Los ids de lo que lo explica: ayuda, observación, error y aviso; `False`, si nada."""
        partes = (
            ("ayuda", self.campo.ayuda or self.campo.ejemplo or self.campo.es_archivo),
            ("observado", self.observado),
            ("error", self.error),
            ("aviso", self.aviso),
        )
        return " ".join(f"{self.campo.id}-{que}" for que, hay in partes if hay) or False


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
    errores = {e.campo: e for e in reversed(paso.errores_de(pagina))} if con_errores else {}
    clase = clase_de(paso.definicion.digest, pagina, contexto)
    crudo = _con_propuestas(paso, pagina)
    formulario = cache(lambda: llenar(clase, pagina.campos, crudo, errores))
    de_quien = (paso.definicion.digest, entidad.id, entidad.revision)
    armador = _Armador(paso, pagina, contexto, formulario, crudo, errores, de_quien)
    secciones = (
        SeccionVista(s, tuple(armador.campo(c) for c in s.campos if armador.toca(c)))
        for s in pagina.secciones
        if not armador.oculta(s.si)
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
    pagina: Pagina
    contexto: Contexto
    formulario: Callable[[], wtforms.Form]
    propuesto: Mapping[str, Any]
    errores: Mapping[str, Error]
    de_quien: Hashable

    def oculta(self, condicion: Any) -> bool:
        if not decide_el_servidor(condicion, self.pagina):
            return False
        return not condicion.evaluar(self.paso.comparables)

    def toca(self, campo: Campo) -> bool:
        if self.oculta(campo.si) or not campo.se_muestra(self.contexto):
            return False
        return self.paso.se_cambia(campo.id)

    def campo(self, campo: Campo) -> CampoVisto:
        error = self.errores.get(campo.id)
        aviso = next((a.texto for a in self.paso.lectura.avisos if a.campo == campo.id), None)
        observado = (self.paso.observaciones or {}).get(campo.id)
        if self.propuesto.get(campo.id) is None and not (error or aviso or observado):
            intacto = (self.de_quien, campo.id)
            return CampoVisto(campo, self.formulario, None, None, None, intacto=intacto)
        crudo = self.paso.crudo.get(campo.id)
        lista = crudo if isinstance(crudo, list) else []
        candidatos = self._candidatos(campo, lista)
        return CampoVisto(
            campo=campo,
            formulario=self.formulario,
            error=error.texto if error else None,
            aviso=aviso,
            observado=observado,
            archivos=lista if campo.es_archivo else (),
            candidatos=candidatos,
            fuera_del_peru=FUERA_DEL_PERU in lista,
            elegido=next((p for p in lista if p in {x.codigo for x in candidatos}), None)
            if candidatos
            else None,
        )

    def _candidatos(self, campo: Campo, lista: Sequence[Any]) -> Sequence[Lugar]:
        if not isinstance(campo, Ubigeo) or not lista:
            return ()
        limpio = campo.limpiar(list(lista))
        if not limpio or FUERA_DEL_PERU in limpio:
            return ()
        escritos = tuple(p for p in limpio if not p.isdecimal())
        hallados = self.contexto.territorio.buscar(escritos[0]) if escritos else ()
        return hallados if len(hallados) > 1 else ()


def uno_por_campo(errores: Sequence[Error]) -> tuple[Error, ...]:
    """El primer error de cada campo, en el orden en que llegan."""
    vistos: dict[str, Error] = {}
    for error in errores:
        vistos.setdefault(error.campo, error)
    return tuple(vistos.values())


def resumen(paso: Paso, pagina: Pagina) -> tuple[Error, ...]:
    """Los errores de la página para el resumen, en el orden de sus campos."""
    orden = [c.id for c in pagina.campos]
    errores = uno_por_campo(paso.errores_de(pagina))
    return tuple(sorted(errores, key=lambda e: orden.index(e.campo)))
