"""Verbos de entidades: crearlas desde su archivo y leer lo que se muestra de ellas."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from jsonschema import Draft202012Validator
from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from facilita.definicion import Definicion, SedeOfrecida, leer_yaml
from facilita.definicion.campos.personas import es_ruc
from facilita.definicion.esquema import SLUG, anotar_errores
from facilita.definicion.fallas import Buzon, DefinicionInvalida, Falla
from facilita.definicion.numeracion import falla_de_formato
from facilita.plazos import Calendario, DiaNoHabil, Horario
from facilita.tramite import situaciones
from facilita.tramite.ambito import NADA, Ambito
from facilita.tramite.entorno import Entorno
from facilita.tramite.errores import Conflicto, NoExiste, Suspendida
from facilita.tramite.modelos import Area, DiaInhabil, Entidad, Formulario, Sede, SistemaPropio
from facilita.tramite.normalizar import guardable, normalizar, palabras
from facilita.tramite.numeros import FORMATOS
from facilita.tramite.situaciones import Suspension

SLUGS_RESERVADOS = frozenset(
    {
        "acceso", "api", "bandeja", "bienvenida", "cuenta", "demo", "estatico", "favicon.ico",
        "formularios", "ingresar", "notificacion", "privacidad", "robots.txt", "salir", "salud",
        "seguimiento", "sgtd", "verificar", "accesibilidad", "ayuda", "buscar", "casilla",
        "entidades", "observatorio", "usuarios", "invitacion", "gob", "panel", "plataforma",
        "contrasena", "static",
    }
)  # fmt: skip

PRIVACIDAD = (
    "banco_datos", "oficial", "conservacion", "destinatarios", "transferencias", "finalidad",
)  # fmt: skip
_TEXTO = {"type": "string", "minLength": 1, "maxLength": 250}
_CODIGO = {"type": "string", "pattern": "^[a-z0-9][a-z0-9-]{0,39}$"}
_UBIGEO = {"type": "string", "pattern": "^[0-9]{6}$"}

ESQUEMA_ENTIDAD: dict[str, Any] = {
    "type": "object",
    "required": ["formato", "entidad", "nombre", "ruc", "ubigeo", "correo", "horario", "sedes"],
    "properties": {
        "formato": {"const": 1},
        "entidad": SLUG,
        "nombre": {**_TEXTO, "maxLength": 200},
        "nombre_corto": {**_TEXTO, "maxLength": 60},
        "ruc": _TEXTO,
        "tipo": _CODIGO | {"pattern": "^[a-z][a-z_]{0,39}$"},
        "ubigeo": _UBIGEO,
        "correo": _TEXTO,
        "telefono": {**_TEXTO, "maxLength": 40},
        "direccion": _TEXTO,
        "sitio": _TEXTO,
        "horario": {"type": "object"},
        "horario_otros": {"type": "object"},
        "plataforma": {"type": "boolean"},
        "numeracion": {
            "type": "object",
            "properties": {
                "registro": _TEXTO,
                "expediente": _TEXTO,
                "inicio": {
                    "type": "object",
                    "additionalProperties": {"type": "integer", "minimum": 1},
                },
            },
            "additionalProperties": False,
        },
        "privacidad": {
            "type": "object",
            "properties": dict.fromkeys(PRIVACIDAD, _TEXTO),
            "additionalProperties": False,
        },
        "sedes": {
            "type": "array",
            "minItems": 1,
            "items": {
                "type": "object",
                "required": ["codigo", "nombre"],
                "properties": {
                    "codigo": _CODIGO,
                    "nombre": {**_TEXTO, "maxLength": 150},
                    "direccion": _TEXTO,
                    "ubigeo": _UBIGEO,
                    "principal": {"type": "boolean"},
                    "recibe": {"type": "boolean"},
                },
                "additionalProperties": False,
            },
        },
        "areas": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["codigo", "nombre"],
                "properties": {
                    "codigo": _CODIGO,
                    "nombre": {**_TEXTO, "maxLength": 150},
                    "sede": _CODIGO,
                },
                "additionalProperties": False,
            },
        },
    },
    "additionalProperties": False,
}  # fmt: skip
_DIAS_INHABILES = select(DiaInhabil)
_CON_SISTEMA = select(SistemaPropio.entidad_id).where(
    SistemaPropio.direccion.is_not(None),
    # Vale lo último que reportó.
    SistemaPropio.id.in_(select(func.max(SistemaPropio.id)).group_by(SistemaPropio.entidad_id)),
)
_VALIDADOR = Draft202012Validator(ESQUEMA_ENTIDAD)


@dataclass(frozen=True)
class EntidadPublica:
    """Lo que cualquiera puede ver de una entidad, copiado fuera de la base."""

    id: int
    slug: str
    nombre: str
    nombre_corto: str
    ruc: str
    ubigeo: str
    correo: str
    telefono: str | None
    direccion: str | None
    sitio: str | None
    horario: Horario
    """El de mesa de partes."""
    horario_otros: Horario | None
    privacidad: Mapping[str, str]
    numeracion: Mapping[str, Any]
    sedes: tuple[SedeOfrecida, ...]
    locales: tuple[tuple[str, str | None], ...]
    revision: int
    es_plataforma: bool
    suspension: Suspension | None = None
    """Si está suspendida en la plataforma, desde cuándo."""
    logo: str | None = None
    """La huella de su logo, que va en su dirección."""
    horarios_editables: frozenset[str] = frozenset()
    """Los bloques que son una sugerencia: cada formulario puede tener otro horario (N42)."""
    horarios_propios: Mapping[str, Horario] = field(default_factory=dict)
    """El de cada formulario que tiene el suyo, por su dirección."""

    def horario_de(self, definicion: Definicion) -> Horario:
        """El horario que rige un formulario: el suyo, si se deja, o el de su bloque."""
        propio = self.horarios_propios.get(definicion.id)
        if propio is not None and bloque_de(definicion) in self.horarios_editables:
            return propio
        return (self.horario_otros if definicion.horario == "otros" else None) or self.horario

    def nombres_para(self, definicion: Definicion) -> dict[str, str]:
        """Los `{nombres}` en los textos de un formulario: con su horario y su conservación."""
        propios = {"horario": self.horario_de(definicion).texto()}
        if definicion.conservacion:
            propios["conservacion"] = definicion.conservacion.texto()
        return {**self.nombres, **propios}

    @property
    def nombres(self) -> dict[str, str]:
        """Los `{nombres}` con que los textos la mencionan."""
        return {
            "entidad": self.nombre,
            "entidad_corta": self.nombre_corto,
            "correo_entidad": self.correo,
            "telefono_entidad": self.telefono or self.correo,
            "horario": self.horario.texto(),
            "oficial_datos": self.privacidad.get("oficial", self.correo),
            "banco_datos": self.privacidad.get("banco_datos", "Mesa de partes"),
            "conservacion": self.privacidad.get(
                "conservacion", "el tiempo que fija su programa de control de documentos"
            ),
        }


def bloque_de(definicion: Definicion) -> str:
    """El bloque de horario de un formulario: «horario», el de mesa de partes, u otro."""
    return "horario_otros" if definicion.horario == "otros" else "horario"


def leer_archivo_de_entidad(texto: str | bytes, archivo: str) -> Mapping[str, Any]:
    """Lee y comprueba `entidad.yaml`; lanza `DefinicionInvalida` con todas sus fallas."""
    dato = leer_yaml(texto, archivo)
    buzon = Buzon(dato)
    anotar_errores(_VALIDADOR, dato, (), buzon)
    if not buzon.hay_errores:
        _comprobar(dato, buzon)
    if buzon.hay_errores:
        raise DefinicionInvalida(buzon.fallas)
    return dict(dato)


def avisos_de_entidad(texto: str | bytes, archivo: str) -> list[Falla]:
    """Lo que el aviso de privacidad de una entidad debería declarar y no declara (N34)."""
    dato = leer_yaml(texto, archivo)
    buzon = Buzon(dato)
    declara = dato.get("privacidad") or {}
    faltan = [c for c in PRIVACIDAD if c not in declara and c != "finalidad"]
    if faltan:
        frase = (
            f"el aviso de privacidad no declara {', '.join(faltan)}: "
            "DS 016-2024-JUS, art. 6; mientras tanto la página dice que la entidad no lo declara"
        )
        buzon.falla("privacidad.falta", ("privacidad",), frase, aviso=True)
    return buzon.fallas


def _comprobar(dato: Mapping[str, Any], buzon: Buzon) -> None:
    if dato["entidad"] in SLUGS_RESERVADOS:
        texto = f"«{dato['entidad']}» es una dirección del sistema; usa otra"
        buzon.falla("entidad.reservada", ("entidad",), texto)
    if not es_ruc(dato["ruc"]):
        texto = "no es un RUC: son 11 dígitos y el último no corresponde"
        buzon.falla("entidad.ruc", ("ruc",), texto)
    _comprobar_horarios(dato, buzon)
    for clave in ("sedes", "areas"):
        _comprobar_codigos(dato, clave, buzon)
    for serie in FORMATOS:
        reparo = falla_de_formato(dato.get("numeracion", {}).get(serie, FORMATOS[serie]))
        if reparo:
            buzon.falla("entidad.numeracion", ("numeracion", serie), reparo)
    if sum(bool(s.get("principal")) for s in dato["sedes"]) > 1:
        buzon.falla("entidad.principal", ("sedes",), "solo una sede puede ser la principal")


def _comprobar_horarios(dato: Mapping[str, Any], buzon: Buzon) -> None:
    for clave in ("horario", "horario_otros"):
        for falla in fallas_de_horario(dato.get(clave), clave):
            buzon.falla("entidad.horario", (clave,), falla)


def fallas_de_horario(dato: Mapping[str, Any] | None, bloque: str) -> list[str]:
    """Lo que está mal en un horario; las 8 horas continuas son de mesa de partes (N42)."""
    if dato is None:
        return []
    try:
        return Horario.de_dict(dato).fallas(continuas=bloque == "horario")
    except ValueError as error:
        return [str(error)]


def _comprobar_codigos(dato: Mapping[str, Any], clave: str, buzon: Buzon) -> None:
    vistos: set[str] = set()
    for n, lugar in enumerate(dato.get(clave, ())):
        if lugar["codigo"] in vistos:
            texto = f"«{lugar['codigo']}» está repetido"
            buzon.falla("id.repetido", (clave, n, "codigo"), texto)
        vistos.add(lugar["codigo"])


def crear(entorno: Entorno, dato: Mapping[str, Any]) -> int:
    """Crea la entidad con sus sedes y áreas, o actualiza sus datos si ya existe. Da su id."""
    with entorno.bd.transaccion(Ambito.de_plataforma("crear entidad")) as sesion:
        entidad = sesion.scalar(select(Entidad).where(Entidad.slug == dato["entidad"]))
        if entidad is None:
            otra = sesion.scalar(select(Entidad.slug).where(Entidad.ruc == dato["ruc"]))
            if otra:
                raise Conflicto(f"El RUC {dato['ruc']} ya es de la entidad «{otra}».")
            entidad = Entidad(slug=dato["entidad"], revision=0, creada_en=entorno.reloj.ahora())
            sesion.add(entidad)
        poner_datos(entidad, dato)
        sesion.flush()
        poner_lugares(sesion, entidad, dato)
        ahora = entorno.reloj.ahora()
        situaciones.registrar_datos(sesion, entidad, ahora)
        situaciones.dar_acceso(sesion, entidad, ahora)
        identidad = entidad.id
    entorno.punteros.olvidar()
    return identidad


def poner_datos(entidad: Entidad, dato: Mapping[str, Any]) -> None:
    """Escribe en la entidad los datos de su archivo."""
    entidad.nombre = dato["nombre"]
    entidad.nombre_corto = dato.get("nombre_corto", dato["nombre"])[:60]
    entidad.ruc = dato["ruc"]
    entidad.tipo = dato.get("tipo", "otra")
    entidad.ubigeo = dato["ubigeo"]
    entidad.correo = dato["correo"]
    for clave in ("telefono", "direccion", "sitio"):
        setattr(entidad, clave, dato.get(clave))
    entidad.horario = dict(dato["horario"])
    entidad.horario_otros = dict(dato["horario_otros"]) if dato.get("horario_otros") else None
    entidad.privacidad = dict(dato.get("privacidad", {}))
    entidad.numeracion = dict(dato.get("numeracion", {}))
    entidad.es_plataforma = dato.get("plataforma", False)
    entidad.busqueda = normalizar(f"{entidad.nombre} {entidad.nombre_corto} {entidad.ruc}")[:400]
    entidad.revision += 1


def poner_lugares(sesion: Session, entidad: Entidad, dato: Mapping[str, Any]) -> None:
    """Crea o actualiza sus sedes y sus áreas."""
    sedes = {s.codigo: s for s in sesion.scalars(_de(Sede, entidad.id))}
    for n, lugar in enumerate(dato["sedes"]):
        sede = sedes.setdefault(
            lugar["codigo"], Sede(entidad_id=entidad.id, codigo=lugar["codigo"])
        )
        sede.nombre = lugar["nombre"]
        sede.direccion = lugar.get("direccion")
        sede.ubigeo = lugar.get("ubigeo", entidad.ubigeo)
        sede.principal = lugar.get("principal", n == 0 and len(dato["sedes"]) == 1)
        sede.recibe = lugar.get("recibe", True)
        sesion.add(sede)
    sesion.flush()
    areas = {a.codigo: a for a in sesion.scalars(_de(Area, entidad.id))}
    for lugar in dato.get("areas", ()):
        area = areas.setdefault(
            lugar["codigo"], Area(entidad_id=entidad.id, codigo=lugar["codigo"])
        )
        area.nombre = lugar["nombre"]
        area.sede_id = sedes[lugar["sede"]].id if lugar.get("sede") in sedes else None
        sesion.add(area)


def _de(modelo: Any, entidad_id: int) -> Any:
    return select(modelo).where(modelo.entidad_id == entidad_id)


def publica(sesion: Session, entidad: Entidad) -> EntidadPublica:
    """La parte pública de una entidad; la sesión debe tener su ámbito."""
    consulta = select(Sede).where(Sede.activa).order_by(Sede.principal.desc(), Sede.nombre)
    sedes = sesion.scalars(consulta).all()
    editables = frozenset(entidad.horarios_editables or ())
    return EntidadPublica(
        id=entidad.id,
        slug=entidad.slug,
        nombre=entidad.nombre,
        nombre_corto=entidad.nombre_corto,
        ruc=entidad.ruc,
        ubigeo=entidad.ubigeo,
        correo=entidad.correo,
        telefono=entidad.telefono,
        direccion=entidad.direccion,
        sitio=entidad.sitio,
        horario=Horario.de_dict(entidad.horario),
        horario_otros=Horario.de_dict(otros) if (otros := entidad.horario_otros) else None,
        privacidad=entidad.privacidad,
        numeracion=entidad.numeracion,
        sedes=tuple(SedeOfrecida(s.codigo, s.nombre) for s in sedes if s.recibe),
        locales=tuple((s.nombre, s.direccion) for s in sedes),
        revision=entidad.revision,
        es_plataforma=entidad.es_plataforma,
        suspension=situaciones.suspension_de(sesion, entidad),
        logo=entidad.logo_huella,
        horarios_editables=editables,
        horarios_propios=_horarios_propios(sesion) if editables else {},
    )


def _horarios_propios(sesion: Session) -> dict[str, Horario]:
    # «null» de JSON y vacío son lo mismo: no tiene uno suyo.
    filas = sesion.execute(select(Formulario.slug, Formulario.horario)).all()
    return {slug: Horario.de_dict(propio) for slug, propio in filas if propio}


def exigir_activa(entidad: Entidad, ademas: str = "") -> None:
    """Lanza `Suspendida`, con lo que una persona puede hacer, si no recibe nada nuevo."""
    if not entidad.activa:
        raise Suspendida(
            f"{entidad.nombre} no recibe documentos por aquí en este momento. {ademas}Lo que ya "
            "presentaste sigue su trámite: míralo en Seguimiento con tu código. Para lo demás, "
            f"escribe a {entidad.correo}."
        )


def por_slug(entorno: Entorno, slug: str) -> EntidadPublica:
    """La entidad de una dirección; lanza `NoExiste`. Se recuerda por dos segundos."""
    hallada = entorno.punteros.dar(("entidad", slug), lambda: _buscar_entidad(entorno, slug))
    if not isinstance(hallada, EntidadPublica):
        raise NoExiste("No hay ninguna entidad con esa dirección.")
    return hallada


def _buscar_entidad(entorno: Entorno, slug: str) -> EntidadPublica | None:
    with entorno.bd.lectura(NADA) as sesion:
        suya = select(Entidad).where(Entidad.slug == guardable(slug))
        entidad = sesion.scalar(suya)
        if entidad is None:
            raise NoExiste("No hay ninguna entidad con esa dirección.")
    with entorno.bd.lectura(Ambito.de(entidad.id)) as sesion:
        return publica(sesion, entidad)


def de_la_plataforma(entorno: Entorno) -> EntidadPublica | None:
    """La entidad que administra la plataforma, si ya está."""
    with entorno.bd.lectura(NADA) as sesion:
        suya = select(Entidad.slug).where(Entidad.es_plataforma, Entidad.activa).limit(1)
        slug = sesion.scalar(suya)
    return por_slug(entorno, slug) if slug else None


def buscar(
    entorno: Entorno, texto: str, limite: int = 50, *, todas: bool = False
) -> list[tuple[str, str, str]]:
    """Las entidades cuyo nombre, sigla o RUC responde a lo escrito: (slug, nombre, RUC).

    Sin nada escrito, las que hoy reciben documentos por internet; con `todas`, cada una.
    """
    consulta = select(Entidad.slug, Entidad.nombre, Entidad.ruc).where(
        Entidad.es_plataforma.is_(False)
    )
    buscadas = palabras(texto)
    for palabra in buscadas:
        consulta = consulta.where(Entidad.busqueda.contains(palabra, autoescape=True))
    solo_las_que_reciben = not buscadas and not todas
    ambito = NADA
    if solo_las_que_reciben:
        ambito = Ambito.de_plataforma("entidades que reciben")
        recibe = exists().where(
            Formulario.entidad_id == Entidad.id, Formulario.vigente_id.is_not(None)
        )
        consulta = consulta.where(Entidad.activa & recibe | Entidad.id.in_(_CON_SISTEMA))
    with entorno.bd.lectura(ambito) as sesion:
        filas = sesion.execute(consulta.order_by(Entidad.nombre, Entidad.id).limit(limite)).all()
    return [(fila.slug, fila.nombre, fila.ruc) for fila in filas]


def calendario_de(sesion: Session, ubigeo: str) -> Calendario:
    """El calendario de un territorio con los días inhábiles declarados (N40, N41)."""
    dias = sesion.scalars(_DIAS_INHABILES).all()
    return Calendario(ubigeo, tuple(DiaNoHabil(d.fecha, d.ambito, d.motivo, d.norma) for d in dias))
