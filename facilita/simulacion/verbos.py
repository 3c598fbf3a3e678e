"""Lo que el personal hace sin mover el estado: derivar, asignar y anotar."""

from facilita.simulacion.tramites import Tramite
from facilita.simulacion.vigilancia import comprobar
from facilita.tramite import atencion
from facilita.tramite.permisos import Actor


def atender_un_poco(tramite: Tramite) -> None:
    """Deriva a otra área, asigna a alguien y deja una nota, si el trámite sigue abierto."""
    actor: Actor = tramite.al_alcance()[-1]
    visto = tramite.detalle(actor)
    if not visto.abierta:
        return
    otras = [cual for cual, _ in visto.areas if cual != visto.area_id]
    area, colega = tramite.azar.choice(otras), tramite.azar.choice(visto.colegas)[0]
    tramite.relato.contar(f"derivar al área {area}, asignar a {colega} y anotar")
    atencion.derivar(tramite.entorno, actor, tramite.id, area, "Para su opinión.")
    atencion.asignar(tramite.entorno, actor, tramite.id, colega)
    atencion.anotar_nota(tramite.entorno, actor, tramite.id, "Falta una opinión.")
    comprobar(tramite)
