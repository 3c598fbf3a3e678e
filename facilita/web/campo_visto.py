"""Un campo en la pantalla, y los de sus filas o partes: lo escrito, sus errores y su control."""

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

import wtforms

from facilita.definicion import Contexto, Lugar
from facilita.definicion.campos import Campo, Error
from facilita.definicion.campos.compuestos import Grupo
from facilita.definicion.campos.personas import FUERA_DEL_PERU, Ubigeo
from facilita.definicion.condiciones import Condicion
from facilita.web.controles import clase_de_partes, llenar


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
    prefijo: str = ""
    """Por dónde se llega a él, si está dentro de otro: `integrantes-0-`."""
    en_fila: bool = False
    quitadas: frozenset[str] = frozenset()
    """Los valores de las opciones que el servidor ya sabe que no se ofrecen."""
    partes: "Sequence[CampoVisto]" = ()
    filas: "Sequence[FilaVista]" = ()

    @property
    def id(self) -> str:
        """El id de su control, y su nombre al enviarse."""
        return self.prefijo + self.campo.id

    @property
    def control(self) -> wtforms.Field | None:
        """Su control, que se arma cuando hace falta."""
        if not self.campo.se_responde or self.campo.campos:
            return None
        control = self.formulario()[self.campo.id]
        if self.quitadas:
            control.choices = [c for c in control.choices if c.value not in self.quitadas]
        return control

    @property
    def primera(self) -> str | None:
        """La opción adonde lleva su error: la primera que se ve siempre, si la hay."""
        return next((o.valor for o in self.campo.opciones if o.si is None), None)

    @property
    def con_ayuda(self) -> bool:
        """Si algo explica cómo responderlo."""
        c = self.campo
        return bool(c.ayuda or c.ejemplo or c.es_archivo or c.pista)

    @property
    def descrito_por(self) -> str | Literal[False]:
        """Los ids de lo que lo explica: ayuda, observación, error y aviso; `False`, si nada."""
        partes = (
            ("ayuda", self.con_ayuda),
            ("observado", self.observado),
            ("error", self.error),
            ("aviso", self.aviso),
        )
        return " ".join(f"{self.id}-{que}" for que, hay in partes if hay) or False

    @property
    def cabe_otra(self) -> bool:
        """Si al grupo se le puede agregar una fila."""
        return isinstance(self.campo, Grupo) and len(self.filas) < self.campo.maximo


@dataclass(frozen=True)
class FilaVista:
    """Una fila de un grupo en la pantalla."""

    id: str
    puesto: int
    nombre: str
    campos: Sequence[CampoVisto]


def diciendo_la_fila(errores: Iterable[Error], campos: Mapping[str, Campo]) -> tuple[Error, ...]:
    """Los errores para un resumen: llevan a un control, y los de una fila dicen de cuál son."""
    return tuple(_para_resumir(e, campos.get(e.de)) for e in errores)


def _para_resumir(error: Error, campo: Campo | None) -> Error:
    if campo is None or not campo.campos:
        return error
    if error.campo == campo.id:
        return replace(error, campo=_primer_control(campo, campo.id))
    if not isinstance(campo, Grupo):
        return error
    _, puesto, suyo, *resto = error.campo.split("-")
    dentro = next(c for c in campo.campos if c.id == suyo)
    control = error.campo if resto else _primer_control(dentro, error.campo)
    return Error(control, error.clave, f"{campo.nombre_de(int(puesto))}: {error.texto}")


def _primer_control(campo: Campo, cual: str) -> str:
    """El id del primer control de un campo; el de un grupo, el de su primera fila."""
    if not campo.campos:
        return cual
    primero = next((c for c in campo.campos if c.si is None), campo.campos[0])
    camino = f"{cual}-0-" if isinstance(campo, Grupo) else f"{cual}-"
    return _primer_control(primero, camino + primero.id)


def _nunca(condicion: Condicion | None) -> bool:
    return False


@dataclass(frozen=True)
class Lienzo:
    """Lo que hace falta para ver un campo: qué se dijo de él y qué decide el servidor."""

    contexto: Contexto
    errores: Mapping[str, str] = field(default_factory=dict)
    avisos: Mapping[str, str] = field(default_factory=dict)
    observaciones: Mapping[str, str] = field(default_factory=dict)
    oculta: Callable[[Condicion | None], bool] = _nunca
    digest: str | None = None

    def ver(
        self, campo: Campo, crudo: Any, formulario: Callable[[], wtforms.Form], prefijo: str = ""
    ) -> CampoVisto:
        """El campo con lo escrito en él y, si tiene, en sus filas o sus partes."""
        cual = prefijo + campo.id
        lista = crudo if isinstance(crudo, list) else []
        candidatos = self._candidatos(campo, lista)
        codigos = {x.codigo for x in candidatos}
        return CampoVisto(
            campo=campo,
            formulario=formulario,
            error=self.errores.get(cual),
            aviso=self.avisos.get(cual),
            observado=self.observaciones.get(cual),
            archivos=lista if campo.es_archivo else (),
            candidatos=candidatos,
            fuera_del_peru=FUERA_DEL_PERU in lista,
            elegido=next((p for p in lista if isinstance(p, str) and p in codigos), None),
            prefijo=prefijo,
            quitadas=self.quitadas(campo),
            partes=self._partes(campo, crudo, cual),
            filas=self._filas(campo, lista, cual),
        )

    def quitadas(self, campo: Campo) -> frozenset[str]:
        """Las opciones que no se ofrecen por lo respondido en páginas anteriores."""
        return frozenset(o.valor for o in campo.opciones if o.si and self.oculta(o.si))

    def hay_que_elegir(self, campo: Campo) -> bool:
        """Si al campo le queda alguna opción, o si no es de elección."""
        return not campo.opciones or len(self.quitadas(campo)) < len(campo.opciones)

    def _filas(self, campo: Campo, escritas: Sequence[Any], cual: str) -> list[FilaVista]:
        """Las filas escritas, y en blanco las que falten hasta el mínimo; siempre una."""
        if not isinstance(campo, Grupo):
            return []
        filas = [*escritas, *[{}] * (max(campo.minimo, 1) - len(escritas))]
        return [
            FilaVista(
                f"{cual}-{n}",
                n,
                campo.nombre_de(n),
                self._dentro(campo, fila, f"{cual}-{n}-", en_fila=True),
            )
            for n, fila in enumerate(filas)
        ]

    def _partes(self, campo: Campo, crudo: Any, cual: str) -> Sequence[CampoVisto]:
        if not campo.campos or isinstance(campo, Grupo):
            return ()
        return self._dentro(campo, crudo, f"{cual}-", en_fila=False)

    def _dentro(self, campo: Campo, crudo: Any, prefijo: str, *, en_fila: bool) -> list[CampoVisto]:
        escrito = crudo if isinstance(crudo, Mapping) else {}
        clase = clase_de_partes(self.digest, campo, self.contexto)
        formulario = llenar(clase, campo.campos, escrito, prefijo)
        vistos = (
            self.ver(suyo, escrito.get(suyo.id), lambda: formulario, prefijo)
            for suyo in campo.campos
            if suyo.se_muestra(self.contexto) and not self.oculta(suyo.si)
        )
        return [replace(visto, en_fila=en_fila) for visto in vistos]

    def _candidatos(self, campo: Campo, lista: Sequence[Any]) -> Sequence[Lugar]:
        if not isinstance(campo, Ubigeo) or not lista:
            return ()
        limpio = campo.limpiar(list(lista))
        if not limpio or FUERA_DEL_PERU in limpio:
            return ()
        escritos = tuple(p for p in limpio if not p.isdecimal())
        hallados = self.contexto.territorio.buscar(escritos[0]) if escritos else ()
        return hallados if len(hallados) > 1 else ()
