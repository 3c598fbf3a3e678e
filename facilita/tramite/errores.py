"""Las negativas del trámite; la web las traduce a respuestas en una sola tabla."""

from collections.abc import Sequence

from facilita.definicion.campos import Error


class Negativa(Exception):
    """Algo que no se puede hacer, con su frase para quien lo pidió."""

    frase = "No se puede hacer eso."

    def __init__(self, frase: str | None = None) -> None:
        self.frase = frase or self.frase
        super().__init__(self.frase)


class NoExiste(Negativa):
    """No existe o no es de quien pregunta: por fuera son lo mismo (404)."""

    frase = "No encontramos lo que buscas."


class Suspendida(NoExiste):
    """La entidad está suspendida en la plataforma y no recibe nada nuevo (410)."""

    frase = "Esta entidad no recibe documentos por aquí en este momento."


class Retirado(NoExiste):
    """La entidad retiró el formulario y dejó un aviso para quien llega (410)."""

    frase = "Este formulario ya no recibe documentos."


class NoPermitido(Negativa):
    """Quien lo pide no tiene permiso (403)."""

    frase = "Tu cuenta no puede hacer eso."


class EnCuarentena(NoPermitido):
    """El antivirus halló un programa dañino: el archivo está apartado (403)."""

    frase = (
        "El antivirus halló un programa dañino en este archivo y está apartado: nadie lo descarga. "
        "Lo presentado vale igual."
    )


class Conflicto(Negativa):
    """Como están las cosas, eso no se puede (409)."""

    frase = "Ahora no se puede hacer eso."


class YaCambio(Conflicto):
    """Se podía cuando se miró, y algo cambió desde entonces (409)."""

    frase = "Esto cambió mientras lo mirabas. Vuelve a abrirlo."


class VersionVencida(Conflicto):
    """El formulario cambió y ya no se presenta con la versión anterior (409)."""

    frase = "Este formulario cambió. Pasa a la versión nueva para presentar; verás qué cambia."


class ObraCambiada(Conflicto):
    """Otra persona cambió el mismo formulario mientras se editaba: se dice quién y qué (409)."""

    def __init__(self, quien: str, hecho: str) -> None:
        self.quien, self.hecho = quien, hecho
        super().__init__(
            f"{quien} cambió este formulario mientras escribías ({hecho}). Lo tuyo no se perdió: "
            "míralo y guárdalo otra vez."
        )


class PorElegir(Conflicto):
    """Dos ventanas respondieron distinto lo mismo y falta elegir con cuál se queda (409)."""

    frase = "Respondiste lo mismo en dos ventanas. Elige con cuál respuesta te quedas."


class Vencido(Negativa):
    """Lo que se pide ya venció (410)."""

    frase = "El plazo para hacer esto terminó."


class Invalido(Negativa):
    """Los datos tienen errores (422); `errores` dice cuáles."""

    frase = "Hay respuestas por corregir."

    def __init__(self, errores: Sequence[Error], frase: str | None = None) -> None:
        self.errores = tuple(errores)
        super().__init__(frase)
