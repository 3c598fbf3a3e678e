"""Verbos del calendario: declarar un día no hábil y leer los declarados (N41)."""

from sqlalchemy import select

from facilita.plazos import DiaNoHabil
from facilita.tramite.ambito import NADA, Ambito
from facilita.tramite.bitacora import anotar
from facilita.tramite.entorno import Entorno
from facilita.tramite.errores import Conflicto
from facilita.tramite.modelos import DiaInhabil
from facilita.tramite.recalculos import recalcular


def agregar(entorno: Entorno, dia: DiaNoHabil) -> int:
    """Declara un día no hábil con la norma que lo manda; lanza `Conflicto` si ya lo estaba.

    Los plazos abiertos que ese día toca se cuentan otra vez, y cada uno lo deja dicho; da cuántos
    cambiaron. Los cerrados se quedan como se contaron (N41).
    """
    ahora = entorno.reloj.ahora()
    with entorno.bd.transaccion(Ambito.de_plataforma("declarar un día no hábil")) as sesion:
        mismo = select(DiaInhabil).where(
            DiaInhabil.fecha == dia.fecha, DiaInhabil.ambito == dia.ambito
        )
        if sesion.scalar(mismo) is not None:
            raise Conflicto(f"El {dia.fecha:%d/%m/%Y} ya está declarado para «{dia.ambito}».")
        sesion.add(
            DiaInhabil(
                fecha=dia.fecha,
                ambito=dia.ambito,
                motivo=dia.motivo.strip()[:200],
                norma=dia.norma.strip()[:200],
            )
        )
        sesion.flush()
        cambiados = recalcular(sesion, entorno, dia, ahora)
        anotar(
            sesion, ahora, None, None, "dia_inhabil.agregado",
            f"{dia.fecha.isoformat()} {dia.ambito}", norma=dia.norma, recalculados=cambiados,
        )  # fmt: skip
    return cambiados


def declarados(entorno: Entorno) -> tuple[DiaNoHabil, ...]:
    """Los días no hábiles declarados, del primero al último."""
    with entorno.bd.lectura(NADA) as sesion:
        filas = sesion.scalars(select(DiaInhabil).order_by(DiaInhabil.fecha, DiaInhabil.ambito))
        return tuple(DiaNoHabil(d.fecha, d.ambito, d.motivo, d.norma) for d in filas)
