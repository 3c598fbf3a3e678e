"""Invitar a muchos con una planilla: primero se dice qué está mal en cada fila, después se crea."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from facilita.definicion.campos import Error
from facilita.servicios import planillas
from facilita.servicios.planillas import LARGO_DE_CELDA, PlanillaIlegible
from facilita.tramite import plantel
from facilita.tramite.ambito import Ambito
from facilita.tramite.entorno import Entorno
from facilita.tramite.errores import Invalido
from facilita.tramite.invitaciones import Enlace
from facilita.tramite.membresias import PorInvitar, agregar, con_turno, revisar
from facilita.tramite.normalizar import guardable, normalizar
from facilita.tramite.permisos import COORDINADOR_ENTIDAD, ROLES, Actor, exigir
from facilita.tramite.plantel import Opciones
from facilita.tramite.puestos import Puesto

COLUMNAS: Mapping[str, str] = {
    "correo": "Obligatorio. Con él ingresará.",
    "nombres": "Obligatorio. Nombres y apellidos.",
    "rol": "Obligatorio. Uno de la hoja «Opciones».",
    "sede": "El nombre de su sede; en blanco, toda la entidad.",
    "area": "El nombre de su área.",
    "formularios": "Los que atiende, separados por punto y coma.",
    "atiende_todo": "«sí» si atiende todo lo que llega a su sede.",
}
OBLIGATORIAS = ("correo", "nombres", "rol")
FILAS = 500
_FORMULA = ("=", "+", "-", "@")
_SI, _NO = frozenset({"si", "x", "1", "true", "verdadero"}), frozenset({"", "no", "0", "false"})

Fila = Mapping[str, str]
"""Lo escrito en cada columna."""


@dataclass(frozen=True)
class FilaVista:
    """Una fila de la planilla, y lo que está mal en ella."""

    numero: int
    """El de su línea en la planilla, con la de los títulos contada."""
    escrito: Fila
    errores: tuple[str, ...]


@dataclass(frozen=True)
class Invitado:
    """Alguien recién invitado, con su enlace, que se muestra una sola vez."""

    correo: str
    nombres: str
    enlace: Enlace


def leer(datos: bytes) -> list[Fila]:
    """Las filas de una planilla; lanza `Invalido` si no se puede leer o le faltan columnas."""
    try:
        filas = planillas.leer(datos, FILAS + 1)
    except PlanillaIlegible as falla:
        raise _invalida(falla.frase) from None
    titulos = [normalizar(t).replace(" ", "_") for t in filas[0]] if filas else []
    faltan = [c for c in OBLIGATORIAS if c not in titulos]
    if faltan:
        lista = ", ".join(faltan)
        raise _invalida(f"A la primera fila le faltan estas columnas: {lista}. Usa la plantilla.")
    if len(filas) < 2:
        raise _invalida("La planilla tiene los títulos y ninguna persona debajo.")
    return [
        {t: celda for t, celda in zip(titulos, fila, strict=False) if t in COLUMNAS}
        for fila in filas[1:]
    ]


def _invalida(frase: str) -> Invalido:
    return Invalido([Error("planilla", "planilla", frase)])


def previa(entorno: Entorno, actor: Actor, filas: Sequence[Fila]) -> tuple[FilaVista, ...]:
    """Qué está mal en cada fila; no crea nada."""
    exigir(actor, "usuario.crear")
    lector = _Lector(plantel.opciones(entorno, actor))
    with entorno.bd.lectura(Ambito.de(actor.entidad_id)) as sesion:
        return tuple(p.vista for p in _mirar(sesion, actor, lector, filas))


def crear(entorno: Entorno, actor: Actor, filas: Sequence[Fila]) -> tuple[Invitado, ...]:
    """Invita a todas las personas de unas filas sin faltas, o a ninguna.

    Lanza `Invalido` si alguna tiene una falta: pudo cambiar algo desde que se miró.
    """
    exigir(actor, "usuario.crear")
    lector = _Lector(plantel.opciones(entorno, actor))
    with entorno.bd.transaccion(Ambito.de(actor.entidad_id)) as sesion:
        entidad = con_turno(sesion, actor)
        leidas = _mirar(sesion, actor, lector, filas)
        if not leidas or any(p.vista.errores for p in leidas):
            raise _invalida("Algo cambió desde que la revisaste. Sube la planilla otra vez.")
        return tuple(
            Invitado(
                p.quien.correo,
                p.quien.nombres,
                agregar(entorno, sesion, actor, entidad, p.quien, p.puesto),
            )
            for p in leidas
        )


@dataclass(frozen=True)
class _Leida:
    """Una fila con lo que se entendió de ella."""

    vista: FilaVista
    quien: PorInvitar
    puesto: Puesto


def _mirar(sesion: Session, actor: Actor, lector: "_Lector", filas: Sequence[Fila]) -> list[_Leida]:
    leidas, vistos = [], set[str]()
    for n, cruda in enumerate(filas[:FILAS], 2):
        fila = {c: guardable(celda)[:LARGO_DE_CELDA] for c, celda in cruda.items()}
        errores = _formulas(fila)
        puesto = lector.puesto(fila, errores)
        quien, malos = revisar(sesion, actor, _persona(fila), puesto)
        errores += [e.texto for e in malos if e.campo not in lector.dichos]
        if quien.correo and quien.correo in vistos:
            errores.append("Ese correo está dos veces en la planilla.")
        vistos.add(quien.correo)
        vista = FilaVista(n, fila, tuple(dict.fromkeys(errores)))
        leidas.append(_Leida(vista, quien, puesto))
    return leidas


def _persona(fila: Fila) -> PorInvitar:
    return PorInvitar(fila.get("correo", ""), fila.get("nombres", ""))


def _formulas(fila: Fila) -> list[str]:
    return [
        f"«{columna}» empieza como una fórmula: escribe solo el dato."
        for columna, celda in fila.items()
        if celda.startswith(_FORMULA)
    ]


class _Lector:
    """Lee el puesto de cada fila: los lugares se escriben por su nombre o su código."""

    def __init__(self, opciones: Opciones) -> None:
        roles = tuple((r, ROLES[r]) for r in opciones.roles)
        self._roles = _indice(roles)
        self._sedes = _indice(opciones.sedes)
        # Quien coordina una sede solo da puestos ahí: no hace falta escribirla.
        self._sede = opciones.sedes[0][0] if COORDINADOR_ENTIDAD not in opciones.roles else None
        self._areas = _indice(opciones.areas)
        self._formularios = _indice(opciones.formularios)
        self.dichos: set[str] = set()
        """Los campos cuyo error ya se dijo en la última fila."""

    def puesto(self, fila: Fila, errores: list[str]) -> Puesto:
        """El puesto de una fila; lo que no se entiende se agrega a los errores."""
        self.dichos = set()

        def uno(columna: str, de: Mapping[str, str]) -> str | None:
            return self._hallar(columna, fila.get(columna, ""), de, errores)

        escritos = [f for f in fila.get("formularios", "").split(";") if f.strip()]
        formularios = [self._hallar("formularios", f, self._formularios, errores) for f in escritos]
        return Puesto(
            rol=uno("rol", self._roles) or "",
            sede=uno("sede", self._sedes) or self._sede,
            area=uno("area", self._areas),
            formularios=tuple(f for f in formularios if f),
            atiende_todo=self._si_o_no(fila.get("atiende_todo", ""), errores),
        )

    def _hallar(
        self, columna: str, escrito: str, de: Mapping[str, str], errores: list[str]
    ) -> str | None:
        if not escrito.strip():
            return None
        hallado = de.get(normalizar(escrito))
        if hallado is None:
            errores.append(f"No hay ningún «{escrito[:60]}» para «{columna}».")
            # Sin esto se diría además que falta.
            self.dichos |= {columna, "atiende_todo"}
        return hallado

    def _si_o_no(self, escrito: str, errores: list[str]) -> bool:
        dicho = normalizar(escrito)
        if dicho not in _SI | _NO:
            errores.append("En «atiende_todo» escribe «sí» o déjalo en blanco.")
            self.dichos.add("atiende_todo")
        return dicho in _SI


def _indice(pares: Sequence[tuple[str, str]]) -> Mapping[str, str]:
    """Cada código, hallado por su nombre o por sí mismo."""
    return {
        **{normalizar(nombre): codigo for codigo, nombre in pares},
        **{normalizar(codigo): codigo for codigo, _ in pares},
    }


# --- la plantilla ---------------------------------------------------------------------------------


def plantilla(entorno: Entorno, actor: Actor, formato: str) -> bytes:
    """La planilla por llenar, con los títulos y, en XLSX, lo que se puede elegir."""
    exigir(actor, "usuario.crear")
    opciones = plantel.opciones(entorno, actor)
    if formato == "csv":
        return planillas.escribir_csv([list(COLUMNAS)])
    return planillas.escribir_xlsx(
        [
            ("Usuarios", [list(COLUMNAS)]),
            ("Opciones", _opciones(opciones)),
            ("Cómo se llena", [["Columna", "Qué va"], *map(list, COLUMNAS.items())]),
        ]
    )


def _opciones(opciones: Opciones) -> list[list[str]]:
    listas = {
        "rol": [ROLES[r] for r in opciones.roles],
        "sede": [n for _, n in opciones.sedes],
        "area": [n for _, n in opciones.areas],
        "formularios": [n for _, n in opciones.formularios],
    }
    alto = max(len(lista) for lista in listas.values())
    filas = [
        [_sin_formula(lista[n]) if n < len(lista) else "" for lista in listas.values()]
        for n in range(alto)
    ]
    return [list(listas), *filas]


def _sin_formula(nombre: str) -> str:
    return f"'{nombre}" if nombre.startswith(_FORMULA) else nombre
