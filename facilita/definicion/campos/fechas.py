"""Campos de fecha y hora: se escriben como cada quien las escribe y se guardan de una manera."""

import random
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from facilita.definicion.campos.base import Campo, Lector, Mostrado, Reparo
from facilita.definicion.condiciones import Hoja
from facilita.definicion.contexto import Contexto

FORMA_DE_LIMITE = r"^([0-9]{4}-[0-9]{2}-[0-9]{2}|hoy([+-][0-9]{1,5})?)$(?!\n)"
FORMA_DE_HORA = r"^([01][0-9]|2[0-3]):[0-5][0-9]$(?!\n)"

_ANIO_PRIMERO = re.compile(r"(?P<a>[0-9]{4})-(?P<m>[0-9]{1,2})-(?P<d>[0-9]{1,2})")
_DIA_PRIMERO = re.compile(r"(?P<d>[0-9]{1,2})([/\-. ])(?P<m>[0-9]{1,2})\2(?P<a>[0-9]{4})")
_ALREDEDOR = re.compile(r" ?([/\-.]) ?")
_HORA = re.compile(r"([0-9]{1,2})(?:[:.]([0-9]{2}))?(?:([ap])\.?m\.?|h|hs|hrs|horas)?")
SIN_HOY = date(2026, 1, 1)
"""Desde dónde se inventan fechas cuando nadie dice qué día es."""


def leer_fecha(texto: str) -> date | str:
    """El día escrito como día/mes/año o año-mes-día; si no, la clave de su error."""
    junto = _ALREDEDOR.sub(r"\1", texto)
    partes = _DIA_PRIMERO.fullmatch(junto) or _ANIO_PRIMERO.fullmatch(junto)
    if partes is None:
        return "fecha"
    try:
        return date(int(partes["a"]), int(partes["m"]), int(partes["d"]))
    except ValueError:
        return "fecha_no_existe"


def escribir_fecha(dia: date) -> str:
    """El día como lo lee una persona: «27/11/2026»."""
    return f"{dia.day:02}/{dia.month:02}/{dia.year:04}"


def leer_hora(texto: str) -> str | None:
    """La hora escrita con 24 horas o con am y pm, como `HH:MM`; `None` si no lo es."""
    partes = _HORA.fullmatch(texto.lower().replace(" ", ""))
    if partes is None or (partes[2] is None and partes[3] is None):
        return None
    hora, minuto = int(partes[1]), int(partes[2] or 0)
    if partes[3]:
        if not 1 <= hora <= 12:
            return None
        hora = hora % 12 + (12 if partes[3] == "p" else 0)
    return f"{hora:02}:{minuto:02}" if hora < 24 and minuto < 60 else None


def _dia_de(limite: str, hoy: date | None) -> date | None:
    """El día de un límite de la definición; `None` si dice «hoy» y no se sabe cuál es."""
    if not limite.startswith("hoy"):
        return date.fromisoformat(limite)
    return None if hoy is None else hoy + timedelta(int(limite[3:] or 0))


class Fecha(Campo):
    """Un día; `desde` y `hasta` son `AAAA-MM-DD` u `hoy`, con días de más o de menos: `hoy-30`."""

    tipo = "fecha"
    nombre = "Fecha"
    control = "fecha"
    propiedades = {
        "desde": {"type": "string", "pattern": FORMA_DE_LIMITE},
        "hasta": {"type": "string", "pattern": FORMA_DE_LIMITE},
    }
    claves = frozenset({"vacio", "fecha", "fecha_no_existe", "fecha_antes", "fecha_despues"})
    ordenable = True

    def preparar(self, dato: Mapping[str, Any]) -> None:
        self.desde: str | None = dato.get("desde")
        self.hasta: str | None = dato.get("hasta")

    @property
    def pista(self) -> str | None:
        return None if self.ejemplo else "Día, mes y año. Por ejemplo: 27/3/2026."

    def limites(self, hoy: date | None) -> tuple[date | None, date | None]:
        """El primer y el último día que acepta, si los tiene."""
        desde = _dia_de(self.desde, hoy) if self.desde else None
        return desde, _dia_de(self.hasta, hoy) if self.hasta else None

    def interpretar(self, limpio: str, lector: Lector) -> Any:
        dia = leer_fecha(limpio)
        if isinstance(dia, str):
            return lector.error(self, dia)
        desde, hasta = self.limites(lector.contexto.hoy)
        if desde and dia < desde:
            return lector.error(self, "fecha_antes", minimo=escribir_fecha(desde))
        if hasta and dia > hasta:
            return lector.error(self, "fecha_despues", maximo=escribir_fecha(hasta))
        return dia.isoformat()

    def mostrar(self, valor: Any) -> Mostrado:
        return Mostrado(escribir_fecha(date.fromisoformat(valor)))

    def bordes(self, hojas: Sequence[Hoja], hoy: date | None = None) -> Iterable[Any]:
        desde, hasta = self.limites(hoy)
        dias = {d for d in (*(_dia_de(h.contra, hoy) for h in hojas), desde, hasta) if d}
        cerca = {d + timedelta(n) for d in dias for n in (-1, 0, 1)}
        return [d.isoformat() for d in sorted(cerca) if _entre(d, desde, hasta)]

    def por_que_no_se_compara(self, contra: Any) -> str | None:
        if isinstance(contra, str) and re.search(FORMA_DE_LIMITE, contra) and _existe(contra):
            return None
        como = "como 2026-11-27, o con hoy, como hoy-30"
        return f"«{self.id}» es una fecha: se compara con un día que exista, {como}"

    def muestra(self, azar: random.Random, contexto: Contexto, visto: Mapping[str, Any]) -> Any:
        desde, hasta = self.limites(contexto.hoy or SIN_HOY)
        desde = desde or (hasta or SIN_HOY) - timedelta(3650)
        hasta = hasta or desde + timedelta(7300)
        dia = desde + timedelta(azar.randint(0, max(0, (hasta - desde).days)))
        escritos = (f"{dia.day}/{dia.month}/{dia.year:04}", escribir_fecha(dia), dia.isoformat())
        return azar.choice(escritos)

    def muestras_invalidas(self) -> Sequence[Any]:
        desde, hasta = self.limites(None)
        antes = [escribir_fecha(desde - timedelta(1))] if desde else []
        despues = [escribir_fecha(hasta + timedelta(1))] if hasta else []
        return ["ayer", "31/02/2026", "2026-13-01", "27/11/26", *antes, *despues]

    @classmethod
    def fallas(cls, dato: Mapping[str, Any]) -> list[Reparo]:
        fallas: list[Reparo] = [
            ("campo.limites", (p,), f"el día «{dato[p]}» no existe")
            for p in ("desde", "hasta")
            if p in dato and not _existe(dato[p])
        ]
        desde, hasta = dato.get("desde"), dato.get("hasta")
        if not fallas and desde and hasta and _al_reves(desde, hasta):
            frase = f"el primer día ({desde}) es posterior al último ({hasta})"
            fallas.append(("campo.limites", ("desde",), frase))
        return fallas


def _entre(dia: date, desde: date | None, hasta: date | None) -> bool:
    return (desde is None or desde <= dia) and (hasta is None or dia <= hasta)


def _existe(limite: str) -> bool:
    try:
        _dia_de(limite, SIN_HOY)
    except (ValueError, OverflowError):
        return False
    return True


def _al_reves(desde: str, hasta: str) -> bool:
    """Si los límites se contradicen; uno que dice «hoy» solo se compara con otro que lo dice."""
    comparables = desde.startswith("hoy") == hasta.startswith("hoy")
    uno, otro = _dia_de(desde, SIN_HOY), _dia_de(hasta, SIN_HOY)
    return comparables and uno is not None and otro is not None and uno > otro


class Hora(Campo):
    """Una hora del día; `desde` y `hasta` son `HH:MM`."""

    tipo = "hora"
    nombre = "Hora"
    control = "hora"
    propiedades = {
        "desde": {"type": "string", "pattern": FORMA_DE_HORA},
        "hasta": {"type": "string", "pattern": FORMA_DE_HORA},
    }
    claves = frozenset({"vacio", "hora", "hora_antes", "hora_despues"})
    ordenable = True

    def preparar(self, dato: Mapping[str, Any]) -> None:
        self.desde: str = dato.get("desde", "00:00")
        self.hasta: str = dato.get("hasta", "23:59")

    @property
    def pista(self) -> str | None:
        return None if self.ejemplo else "Por ejemplo: 15:30 o 3:30 pm."

    def interpretar(self, limpio: str, lector: Lector) -> Any:
        hora = leer_hora(limpio)
        if hora is None:
            return lector.error(self, "hora")
        if hora < self.desde:
            return lector.error(self, "hora_antes", minimo=self.desde)
        if hora > self.hasta:
            return lector.error(self, "hora_despues", maximo=self.hasta)
        return hora

    def bordes(self, hojas: Sequence[Hoja], hoy: date | None = None) -> Iterable[Any]:
        minutos = {_minutos(h.contra) + n for h in hojas for n in (-1, 0, 1)}
        minutos |= {_minutos(self.desde), _minutos(self.hasta)}
        cerca = (f"{m // 60:02}:{m % 60:02}" for m in sorted(minutos) if 0 <= m < 24 * 60)
        return [h for h in cerca if self.desde <= h <= self.hasta]

    def por_que_no_se_compara(self, contra: Any) -> str | None:
        if isinstance(contra, str) and re.search(FORMA_DE_HORA, contra):
            return None
        return f"«{self.id}» es una hora: se compara con una hora como 08:30"

    def muestra(self, azar: random.Random, contexto: Contexto, visto: Mapping[str, Any]) -> Any:
        minutos = azar.randint(_minutos(self.desde), _minutos(self.hasta))
        hora, minuto = divmod(minutos, 60)
        doce = f"{hora % 12 or 12}:{minuto:02} {'p' if hora > 11 else 'a'}. m."
        return azar.choice((f"{hora:02}:{minuto:02}", f"{hora}.{minuto:02}", doce))

    def muestras_invalidas(self) -> Sequence[Any]:
        pronto = [_escrita(_minutos(self.desde) - 1)] if self.desde > "00:00" else []
        tarde = [_escrita(_minutos(self.hasta) + 1)] if self.hasta < "23:59" else []
        return ["mediodía", "25:00", "13:00 pm", "8", *pronto, *tarde]

    @classmethod
    def fallas(cls, dato: Mapping[str, Any]) -> list[Reparo]:
        desde, hasta = dato.get("desde", "00:00"), dato.get("hasta", "23:59")
        if desde <= hasta:
            return []
        frase = f"la primera hora ({desde}) es posterior a la última ({hasta})"
        return [("campo.limites", ("desde",), frase)]


def _minutos(hora: str) -> int:
    return int(hora[:2]) * 60 + int(hora[3:])


def _escrita(minutos: int) -> str:
    return f"{minutos // 60:02}:{minutos % 60:02}"
