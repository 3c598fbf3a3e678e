"""El vestíbulo: la primera página de un formulario se sirve antes de entrar a Flask.

Son los mismos bytes para todos y ya están hechos; lo que no está listo sigue de largo y lo
atiende la aplicación, que lo deja listo.
"""

from collections.abc import Iterable, Sequence
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from facilita.tramite import formularios
from facilita.web.formulario import clave_de_primera
from facilita.web.mundo import Mundo
from facilita.web.recursos import REVALIDAR, Recurso


class Vestibulo:
    """Un WSGI que responde lo que ya está listo y deja pasar lo demás."""

    def __init__(
        self, mundo: Mundo, seguras: Sequence[tuple[str, str]], siguiente: WSGIApplication
    ) -> None:
        self.mundo = mundo
        self.seguras = list(seguras)
        self.siguiente = siguiente

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Atiende una petición."""
        recurso = self._listo(environ) if environ["REQUEST_METHOD"] == "GET" else None
        if recurso is None:
            return self.siguiente(environ, start_response)
        estado, cabeceras, cuerpo = recurso.servir(
            environ.get("HTTP_ACCEPT_ENCODING", ""),
            environ.get("HTTP_IF_NONE_MATCH", ""),
            REVALIDAR,
        )
        start_response(estado, [*cabeceras, *self.seguras])
        return [cuerpo]

    def _listo(self, environ: WSGIEnvironment) -> Recurso | None:
        partes = environ.get("PATH_INFO", "").split("/")
        if len(partes) != 3 or not (partes[1] and partes[2]):
            return None
        vigente = formularios.vigente_recordado(self.mundo.entorno, partes[1], partes[2])
        return self.mundo.paginas.mirar(clave_de_primera(vigente)) if vigente else None
