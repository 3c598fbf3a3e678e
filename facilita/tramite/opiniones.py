"""Cuán fácil fue presentar: una pregunta por solicitud, sin decir de quién es cada respuesta.

La fila no apunta a su solicitud ni guarda la hora; que haya una sola por solicitud lo dice una
huella que sale del código y del secreto de la instalación.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from facilita.definicion.campos import Error
from facilita.definicion.limpieza import varias_lineas
from facilita.plazos import fecha_lima
from facilita.servicios.codigos import ficha_derivada, huella
from facilita.tramite.ambito import Ambito
from facilita.tramite.entidades import EntidadPublica
from facilita.tramite.entorno import Entorno
from facilita.tramite.errores import Conflicto, Invalido
from facilita.tramite.leido import hallar
from facilita.tramite.modelos import Formulario, Opinion
from facilita.tramite.normalizar import guardable
from facilita.tramite.permisos import Actor, exigir

NOTAS = {5: "Muy fácil", 4: "Fácil", 3: "Ni fácil ni difícil", 2: "Difícil", 1: "Muy difícil"}
LARGO = 1000
MINIMO = 5
"""Con menos respuestas no se muestra nada: se podría saber de quién es cada una."""
COMENTARIOS = 50
PERIODOS = {"30": 30, "90": 90, "365": 365}


@dataclass(frozen=True)
class Resultado:
    """Lo que opinaron de los formularios de una entidad; sin bastantes respuestas, solo cuántas."""

    total: int
    cuentas: Mapping[int, int]
    promedio: float | None
    comentarios: tuple[tuple[date, int, str], ...]
    formularios: tuple[tuple[str, str], ...]

    @property
    def se_muestra(self) -> bool:
        """Si hay bastantes respuestas para mostrarlas sin señalar a nadie."""
        return self.total >= MINIMO


def opinar(
    entorno: Entorno, entidad: EntidadPublica, ficha: str, nota: int | None, comentario: str = ""
) -> bool:
    """Guarda la opinión de quien presentó con ese borrador; dice si es la primera.

    La segunda no cambia nada. Lanza `Invalido` sin una nota o con un comentario que no cabe,
    `Conflicto` si no se ha presentado y `NoExiste`.
    """
    leido = hallar(entorno, entidad, ficha)
    if not leido.presentado or leido.corrige or leido.codigo is None:
        raise Conflicto("Esto se responde después de presentar.")
    texto = guardable(varias_lineas(comentario) or "")
    if errores := [*_de_la_nota(nota), *_del_comentario(texto)]:
        raise Invalido(errores)
    suya = huella(ficha_derivada(entorno.secreto, "opinion", leido.codigo))
    with entorno.bd.transaccion(Ambito.de(entidad.id)) as sesion:
        if sesion.scalar(select(Opinion.id).where(Opinion.huella == suya)):
            return False
        try:
            with sesion.begin_nested():
                sesion.add(
                    Opinion(
                        entidad_id=entidad.id,
                        formulario_id=leido.version.formulario_id,
                        huella=suya,
                        nota=nota,
                        comentario=texto or None,
                        dia=fecha_lima(entorno.reloj.ahora()),
                    )
                )
        except IntegrityError:
            return False
    return True


def _de_la_nota(nota: int | None) -> Iterator[Error]:
    if nota not in NOTAS:
        yield Error("nota", "vacio", "Elige una de las cinco respuestas.")


def _del_comentario(texto: str) -> Iterator[Error]:
    if (sobran := len(texto) - LARGO) > 0:
        frase = f"Acorta lo que escribiste: caben {LARGO:,} caracteres y sobran {sobran:,}."
        yield Error("comentario", "largo", frase)


def ya_opino(entorno: Entorno, entidad: EntidadPublica, codigo: str) -> bool:
    """Si de esa solicitud ya se respondió."""
    suya = huella(ficha_derivada(entorno.secreto, "opinion", codigo))
    with entorno.bd.lectura(Ambito.de(entidad.id)) as sesion:
        return sesion.scalar(select(Opinion.id).where(Opinion.huella == suya)) is not None


def resultados(
    entorno: Entorno, actor: Actor, formulario: str | None = None, dias: int | None = None
) -> Resultado:
    """Lo que opinaron de la entidad del actor; lanza `NoPermitido`."""
    exigir(actor, "opinion.ver")
    condiciones: list[Any] = []
    if formulario:
        suyo = select(Formulario.id).where(Formulario.slug == guardable(formulario))
        condiciones.append(Opinion.formulario_id.in_(suyo))
    if dias:
        hoy = fecha_lima(entorno.reloj.ahora())
        condiciones.append(Opinion.dia > hoy - timedelta(days=dias))
    with entorno.bd.lectura(Ambito.de(actor.entidad_id)) as sesion:
        filas = sesion.execute(
            select(Opinion.nota, func.count()).where(*condiciones).group_by(Opinion.nota)
        ).all()
        formularios = sesion.execute(
            select(Formulario.slug, Formulario.titulo).order_by(Formulario.id)
        ).all()
        # Por día y huella: el orden de llegada diría de quién es cada una.
        comentadas = sesion.scalars(
            select(Opinion)
            .where(Opinion.comentario.is_not(None), *condiciones)
            .order_by(Opinion.dia.desc(), Opinion.huella)
            .limit(COMENTARIOS)
        ).all()
    cuentas = dict.fromkeys(NOTAS, 0) | {int(f[0]): int(f[1]) for f in filas}
    return _resultado(cuentas, comentadas, tuple((f[0], f[1]) for f in formularios))


def _resultado(
    cuentas: Mapping[int, int],
    comentadas: Sequence[Opinion],
    formularios: tuple[tuple[str, str], ...],
) -> Resultado:
    total = sum(cuentas.values())
    if total < MINIMO:
        return Resultado(total, {}, None, (), formularios)
    promedio = sum(nota * cuantas for nota, cuantas in cuentas.items()) / total
    comentarios = tuple((o.dia, o.nota, o.comentario or "") for o in comentadas)
    return Resultado(total, cuentas, round(promedio, 1), comentarios, formularios)
