"""La base de todo tipo de campo: qué lee, qué guarda, cómo se muestra y qué frases dice."""

import random
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType
from typing import Any, ClassVar

from facilita.definicion.campos.opcion import Opcion
from facilita.definicion.condiciones import HOY, Condicion, Hoja, leer_condicion
from facilita.definicion.contexto import VACIO, Contexto
from facilita.definicion.frases import FRASES
from facilita.definicion.limpieza import una_linea

USOS = (
    "nombres", "apellidos", "segundo_apellido", "razon_social", "tipo_documento_identidad",
    "identidad", "ruc", "correo", "celular", "direccion", "ubigeo", "notificacion",
    "representante", "sede",
    "destinatario", "tipo_documento", "numero_documento", "asunto", "expediente",
    "documento_principal", "folios", "anexos",
    "entidad_nombre", "entidad_siglas", "entidad_ruc", "entidad_ubigeo", "entidad_tipo",
    "entidad_correo", "lider_nombres", "lider_dni", "lider_correo", "lider_celular",
    "sistema_direccion", "sistema_desde", "sistema_estados",
)  # fmt: skip

# «$» solo también acepta un salto de línea al final: «(?!\\n)» lo rechaza.
FORMA_DE_ID = r"^[a-z][a-z0-9_]{0,39}$(?!\n)"
FORMA_DE_SLUG = r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$(?!\n)"
FORMA_DE_AUTOCOMPLETAR = r"^[a-z][a-z0-9 -]{1,60}$(?!\n)"

TEXTO = {"type": "string", "minLength": 1, "maxLength": 4000}
TEXTO_CORTO = {"type": "string", "minLength": 1, "maxLength": 200}

COMUNES: dict[str, Any] = {
    "id": {"type": "string", "pattern": FORMA_DE_ID},
    "tipo": {"type": "string"},
    "etiqueta": TEXTO_CORTO,
    "ayuda": TEXTO,
    "ejemplo": TEXTO_CORTO,
    "obligatorio": {"type": "boolean"},
    "si": {"$ref": "#/$defs/condicion"},
    "mensajes": {"type": "object", "additionalProperties": TEXTO_CORTO},
    "base_legal": {"type": "array", "items": {"type": "string"}, "minItems": 1},
    "autocompletar": {"type": "string", "pattern": FORMA_DE_AUTOCOMPLETAR},
    "uso": {"type": "string", "enum": list(USOS)},
    "fijo": {"$ref": "#/$defs/fijo"},
}

NADA: Mapping[str, Any] = MappingProxyType({})
"""Cuando no se ha respondido nada."""

_NOMBRE = re.compile(r"\{([a-z_][a-z0-9_]*)\}")


def completar(frase: str, datos: Mapping[str, Any]) -> str:
    """Pone los datos en los `{nombres}` de una frase; un nombre desconocido queda como está."""
    return _NOMBRE.sub(lambda m: str(datos.get(m[1], m[0])), frase)


def nombres_en(frase: str) -> frozenset[str]:
    """Los `{nombres}` que usa una frase."""
    return frozenset(_NOMBRE.findall(frase))


@dataclass(frozen=True, slots=True)
class Error:
    """Una respuesta que no se puede aceptar: el control, la clave del error y su frase.

    El control es el id del campo o, si está dentro de otro, su camino: `integrantes-0-nombre`.
    """

    campo: str
    clave: str
    texto: str

    @property
    def de(self) -> str:
        """El campo del formulario al que pertenece el control."""
        return self.campo.partition("-")[0]


@dataclass(slots=True)
class Lector:
    """El estado de una lectura mientras avanza por los campos."""

    contexto: Contexto
    valores: dict[str, Any] = field(default_factory=dict)
    comparables: dict[str, Any] = field(default_factory=dict)
    errores: list[Error] = field(default_factory=list)
    avisos: list[Error] = field(default_factory=list)
    visibles: set[str] = field(default_factory=set)
    prefijo: str = ""
    """Por dónde se llega a los controles de una fila: `integrantes-0-`."""

    def __post_init__(self) -> None:
        if self.contexto.dia is not None:
            self.comparables.setdefault(HOY, self.contexto.dia.isoformat())

    def error(self, campo: "Campo", clave: str, **datos: Any) -> Any:
        """Anota un error; devuelve `None` para poder escribir `return lector.error(...)`."""
        self.errores.append(Error(self.prefijo + campo.id, clave, campo.frase(clave, **datos)))
        return None

    def aviso(self, campo: "Campo", clave: str, **datos: Any) -> None:
        """Anota un aviso, que se muestra y nunca impide presentar (N04)."""
        self.avisos.append(Error(self.prefijo + campo.id, clave, campo.frase(clave, **datos)))

    def recibir(self, campo: "Campo", crudo: Any) -> Any:
        """Lee un campo y anota su valor, si lo tiene, para lo que va más abajo."""
        valor = campo.leer(crudo, self)
        if valor is not None:
            self.valores[campo.id] = valor
            self.comparables[campo.id] = campo.comparable(valor)
        return valor

    def dentro(self, camino: str) -> "Lector":
        """Un lector para los campos de una fila: ve lo respondido antes y anota aparte."""
        prefijo = f"{self.prefijo}{camino}-"
        return Lector(self.contexto, comparables=dict(self.comparables), prefijo=prefijo)


@dataclass(frozen=True, slots=True)
class Mostrado:
    """Una respuesta para ser leída: su texto y, si los hay, sus archivos o sus filas."""

    texto: str
    archivos: tuple[Mapping[str, Any], ...] = ()
    filas: "tuple[FilaMostrada, ...]" = ()


@dataclass(frozen=True, slots=True)
class FilaMostrada:
    """Una fila de un grupo para ser leída: su nombre y cada respuesta con su etiqueta."""

    nombre: str
    respuestas: tuple[tuple[str, Mostrado], ...]


Enviados = Callable[[str], list[str]]
"""Da los valores que llegaron de un formulario con ese nombre de control."""

Reparo = tuple[str, tuple[str | int, ...], str]
"""Una contradicción entre propiedades: (código, ruta dentro del campo, frase)."""


class Campo:
    """Un campo de un formulario. Inmutable después de construido; sin estado de una persona."""

    tipo: ClassVar[str]
    nombre: ClassVar[str]
    control: ClassVar[str] = "texto"
    propiedades: ClassVar[Mapping[str, Any]] = {}
    exigidas: ClassVar[tuple[str, ...]] = ("etiqueta",)
    claves: ClassVar[frozenset[str]] = frozenset({"vacio"})
    clave_vacio: ClassVar[str] = "vacio"
    varios: ClassVar[bool] = False
    """Si su control puede mandar varios valores con el mismo nombre."""
    es_archivo: ClassVar[bool] = False
    se_completa: ClassVar[bool] = False
    """Si en blanco se completa con lo que ya se sabe, y entonces no falta."""
    callar_es_responder: ClassVar[bool] = False
    """Si no mandar nada es una respuesta: una casilla sin marcar no viaja."""
    se_responde: ClassVar[bool] = True
    se_decide: ClassVar[bool] = False
    """Si responderlo o no lo decide solo la persona, mientras no sea obligatorio."""
    ordenable: ClassVar[bool] = False
    """Si una condición puede compararlo con `mayor_que`, `desde`…"""
    cabe_en_grupo: ClassVar[bool] = True
    """Si puede ser un campo de las filas de un grupo."""
    campos: "tuple[Campo, ...]" = ()
    """Los campos de sus filas o de sus partes; casi ninguno tiene."""
    opciones: tuple[Opcion, ...] = ()
    """Entre qué se elige, si es de elección."""

    def __init__(self, dato: Mapping[str, Any]) -> None:
        self.dato = dato
        self.id: str = dato["id"]
        self.etiqueta: str = dato.get("etiqueta", "")
        self.ayuda: str | None = dato.get("ayuda")
        self.ejemplo: str | None = dato.get("ejemplo")
        self.obligatorio: bool = dato.get("obligatorio", False)
        self.si: Condicion | None = leer_condicion(dato.get("si"))
        self.mensajes: Mapping[str, str] = dato.get("mensajes", {})
        self.autocompletar: str | None = dato.get("autocompletar")
        self.base_legal: tuple[str, ...] = tuple(dato.get("base_legal", ()))
        self.uso: str | None = dato.get("uso")
        self.preparar(dato)

    def preparar(self, dato: Mapping[str, Any]) -> None:
        """Lo propio de cada tipo: lee sus límites de la definición."""

    @property
    def condiciones(self) -> tuple[Condicion, ...]:
        """La condición con que existe y las de sus opciones."""
        todas = (self.si, *(opcion.si for opcion in self.opciones))
        return tuple(condicion for condicion in todas if condicion is not None)

    @property
    def acompana(self) -> tuple[str, ...]:
        """Los campos con los que se responde: al corregir uno, se pueden corregir los dos."""
        return ()

    # --- leer -----------------------------------------------------------------------------

    def leer(self, crudo: Any, lector: Lector) -> Any:
        """El valor que se guarda, o `None` si está vacío o mal (y entonces anota el error)."""
        limpio = self.limpiar(crudo)
        if limpio is None:
            if self.obligatorio:
                lector.error(self, self.clave_vacio)
            return None
        return self.interpretar(limpio, lector)

    def limpiar(self, crudo: Any) -> Any:
        """Lo escrito sin espacios sobrantes ni caracteres de control; `None` si no hay nada."""
        return una_linea(crudo)

    def interpretar(self, limpio: Any, lector: Lector) -> Any:
        """Convierte lo escrito en el valor que se guarda, o anota un error."""
        return limpio

    def responde(self, crudo: Any, lector: Lector) -> bool:
        """Si la persona respondió algo; lo que no se le ofrece no cuenta."""
        return self.limpiar(crudo) is not None

    def del_formulario(self, enviados: list[str]) -> Any:
        """La respuesta cruda que guarda el borrador, desde los valores enviados."""
        return enviados if self.varios else enviados[-1]

    def recoger(self, nombre: str, enviados: Enviados) -> Any:
        """La respuesta cruda de su control entre lo enviado; `None` si no vino."""
        suyos = enviados(nombre)
        return self.del_formulario(suyos) if suyos else None

    def comparable(self, valor: Any) -> Any:
        """Lo que miran las condiciones."""
        return valor

    def se_muestra(self, contexto: Contexto) -> bool:
        """Si la pantalla lo muestra; algunos se saben sin preguntar."""
        return True

    def vale_en(self, nuevo: "Campo") -> bool:
        """Si lo respondido aquí sirve tal cual en el mismo campo de otra versión."""
        return type(nuevo) is type(self)

    # --- mostrar --------------------------------------------------------------------------

    def mostrar(self, valor: Any) -> Mostrado:
        """La respuesta como la lee una persona."""
        return Mostrado(str(valor))

    @property
    def pista(self) -> str | None:
        """Cómo se responde, dicho junto a la ayuda; `None` si no hace falta."""
        return None

    def frase(self, clave: str, **datos: Any) -> str:
        """La frase de un error: la del formulario o la del catálogo."""
        frase = self.mensajes.get(clave) or FRASES[clave]
        return completar(frase, {"campo": self.etiqueta, **datos})

    # --- responder como ejemplo -----------------------------------------------------------

    def muestra(self, azar: random.Random, contexto: Contexto, visto: Mapping[str, Any]) -> Any:
        """Una respuesta cruda válida, distinta cada vez; `visto` es lo respondido más arriba."""
        raise NotImplementedError

    def muestras_invalidas(self) -> Sequence[Any]:
        """Respuestas crudas que no acepta nunca que se muestra."""
        return ()

    def cruda(
        self, comparable: Any, visto: Mapping[str, Any] = NADA, contexto: Contexto = VACIO
    ) -> Any:
        """La respuesta cruda cuyo valor miran las condiciones como `comparable`."""
        texto = str(comparable).lower() if isinstance(comparable, bool) else str(comparable)
        return [texto] if self.varios else texto

    # --- comprobar la definición ----------------------------------------------------------

    @property
    def valores_posibles(self) -> tuple[Any, ...] | None:
        """Los valores con los que una condición puede compararlo, o `None` si no son contables."""
        return None

    def bordes(self, hojas: Sequence[Hoja], hoy: date | None = None) -> Iterable[Any]:
        """Los comparables que bastan para distinguir esas comparaciones, cumplidas o no."""
        return self.valores_posibles or ()

    def ofrece(self, comparable: Any, visto: Mapping[str, Any]) -> bool:
        """Si eso se puede responder con lo respondido más arriba."""
        return True

    def se_puede_responder(self, visto: Mapping[str, Any]) -> bool:
        """Si con lo respondido más arriba queda algo que responder."""
        return True

    def por_que_no_se_compara(self, contra: Any) -> str | None:
        """Por qué no se puede ordenar contra ese valor, o `None` si se puede."""
        return None

    @classmethod
    def fallas(cls, dato: Mapping[str, Any]) -> list[Reparo]:
        """Contradicciones entre sus propiedades: (código, ruta dentro del campo, frase)."""
        return []
