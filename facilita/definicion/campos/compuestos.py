"""Campos hechos de otros: el grupo de filas que se repiten y el pago declarado."""

import random
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from facilita.definicion.campos.base import (
    NADA,
    TEXTO_CORTO,
    Campo,
    Enviados,
    FilaMostrada,
    Lector,
    Mostrado,
    Reparo,
)
from facilita.definicion.campos.dinero import MONTO, centimos, en_soles, reparo_de_monto
from facilita.definicion.campos.fechas import Fecha, escribir_fecha
from facilita.definicion.campos.numeros import es_numero, vecinos
from facilita.definicion.campos.opciones import FORMA_DE_VALOR, OpcionUnica
from facilita.definicion.campos.registro import crear_campo
from facilita.definicion.campos.textos import Texto
from facilita.definicion.condiciones import Hoja
from facilita.definicion.contexto import VACIO, Contexto

TOPE_DE_FILAS = 50


def leer_fila(campos: Sequence[Campo], crudo: Mapping[str, Any], fila: Lector) -> bool:
    """Lee unos campos en el lector de su fila; dice si la persona respondió alguno que se ve."""
    respondio = False
    for campo in campos:
        if campo.si is not None and not campo.si.evaluar(fila.comparables):
            continue
        fila.visibles.add(fila.prefijo + campo.id)
        suyo = crudo.get(campo.id)
        respondio = respondio or campo.responde(suyo, fila)
        fila.recibir(campo, suyo)
    return respondio


def _anotar(filas: Sequence[Lector], lector: Lector) -> bool:
    """Pasa al lector lo que las filas anotaron; dice si hubo errores."""
    for fila in filas:
        lector.errores += fila.errores
        lector.avisos += fila.avisos
    return any(fila.errores for fila in filas)


def _muestra_de_fila(
    campos: Sequence[Campo], azar: random.Random, contexto: Contexto, visto: Mapping[str, Any]
) -> dict[str, Any]:
    fila: dict[str, Any] = {}
    lector = Lector(contexto, comparables=dict(visto))
    # Una fila en blanco no cuenta: siempre se responde uno que siempre se ve.
    fijo = next((campo for campo in campos if campo.si is None), campos[0])
    for campo in campos:
        if campo.obligatorio or campo is fijo or azar.random() < 0.7:
            fila[campo.id] = campo.muestra(azar, contexto, lector.comparables)
            if campo.si is None or campo.si.evaluar(lector.comparables):
                lector.recibir(campo, fila[campo.id])
    return fila


class Grupo(Campo):
    """Filas de los mismos campos, de `minimo` a `maximo`; una fila en blanco no cuenta."""

    tipo = "grupo"
    nombre = "Grupo que se repite"
    control = "grupo"
    propiedades = {
        "campos": {"type": "array", "minItems": 1, "maxItems": 30, "items": {"type": "object"}},
        "minimo": {"type": "integer", "minimum": 0, "maximum": TOPE_DE_FILAS},
        "maximo": {"type": "integer", "minimum": 1, "maximum": TOPE_DE_FILAS},
        "nombre_de_fila": TEXTO_CORTO,
    }
    exigidas = ("etiqueta", "campos")
    claves = frozenset({"vacio_grupo", "pocas_filas", "muchas_filas"})
    clave_vacio = "vacio_grupo"
    cabe_en_grupo = False
    ordenable = True

    def preparar(self, dato: Mapping[str, Any]) -> None:
        self.campos = tuple(crear_campo(c) for c in dato["campos"])
        self.minimo: int = dato.get("minimo", 1 if self.obligatorio else 0)
        self.maximo: int = dato.get("maximo", max(10, self.minimo))
        self.nombre_de_fila: str = dato.get("nombre_de_fila", "Fila")

    def recoger(self, nombre: str, enviados: Enviados) -> Any:
        """Las filas enviadas; cuántas son viaja en un control con el nombre del grupo."""
        marca = enviados(nombre)[-1:]
        if not marca or not (marca[0].isascii() and marca[0].isdecimal() and len(marca[0]) < 4):
            return None
        filas = range(min(int(marca[0]), TOPE_DE_FILAS + 1))
        return [recoger_fila(self.campos, f"{nombre}-{n}-", enviados) for n in filas]

    def con_otra_fila(self, crudo: Any) -> list[Any]:
        """Las filas crudas con una más en blanco, si todavía cabe."""
        filas = list(crudo) if isinstance(crudo, list) else []
        return [*filas, {}] if len(filas) < self.maximo else filas

    def sin_fila(self, crudo: Any, cual: int) -> list[Any]:
        """Las filas crudas sin la de ese puesto; las que siguen suben uno."""
        filas = list(crudo) if isinstance(crudo, list) else []
        return [fila for n, fila in enumerate(filas) if n != cual]

    def limpiar(self, crudo: Any) -> Any:
        filas = [f for f in crudo if isinstance(f, Mapping)] if isinstance(crudo, list) else []
        llenas = (any(c.limpiar(f.get(c.id)) is not None for c in self.campos) for f in filas)
        return crudo if any(llenas) else None

    def leer(self, crudo: Any, lector: Lector) -> Any:
        filas = []
        # Una fila de más basta para decir que sobran.
        for n, una in enumerate(crudo[: TOPE_DE_FILAS + 1] if isinstance(crudo, list) else ()):
            fila = lector.dentro(f"{self.id}-{n}")
            if isinstance(una, Mapping) and leer_fila(self.campos, una, fila):
                filas.append(fila)
            lector.visibles |= fila.visibles
        if not filas:
            if self.obligatorio:
                lector.error(self, self.clave_vacio, fila=self.nombre_de_fila)
            return None
        hay_mal = self._contar(len(filas), lector)
        hay_mal = _anotar(filas, lector) or hay_mal
        return None if hay_mal else [fila.valores for fila in filas]

    def _contar(self, cantidad: int, lector: Lector) -> bool:
        if cantidad < self.minimo:
            lector.error(self, "pocas_filas", minimo=self.minimo, cantidad=cantidad)
        elif cantidad > self.maximo:
            lector.error(self, "muchas_filas", maximo=self.maximo, cantidad=cantidad)
        return not self.minimo <= cantidad <= self.maximo

    def comparable(self, valor: Any) -> Any:
        return len(valor)

    def bordes(self, hojas: Sequence[Hoja], hoy: date | None = None) -> Iterable[Any]:
        cuantas = vecinos([h.contra for h in hojas], max(self.minimo, 1), self.maximo, 1)
        return [int(n) for n in cuantas]

    def por_que_no_se_compara(self, contra: Any) -> str | None:
        if es_numero(contra) and contra == int(contra):
            return None
        return f"«{self.id}» es un grupo: se compara con cuántas filas tiene, como 2"

    def mostrar(self, valor: Any) -> Mostrado:
        filas = tuple(self._mostrada(n, fila) for n, fila in enumerate(valor))
        return Mostrado("\n".join(_en_una_linea(fila) for fila in filas), filas=filas)

    def nombre_de(self, puesto: int) -> str:
        """Cómo se llama la fila de ese puesto: «Integrante 1» la primera."""
        return f"{self.nombre_de_fila} {puesto + 1}"

    def _mostrada(self, n: int, fila: Mapping[str, Any]) -> FilaMostrada:
        respuestas = tuple(
            (c.etiqueta, c.mostrar(fila[c.id])) for c in self.campos if fila.get(c.id) is not None
        )
        return FilaMostrada(self.nombre_de(n), respuestas)

    def muestra(self, azar: random.Random, contexto: Contexto, visto: Mapping[str, Any]) -> Any:
        menos = max(self.minimo, 1)
        cuantas = azar.randint(menos, min(self.maximo, menos + 2))
        return [_muestra_de_fila(self.campos, azar, contexto, visto) for _ in range(cuantas)]

    def muestras_invalidas(self) -> Sequence[Any]:
        malas = ((c, m) for c in self.campos for m in c.muestras_invalidas() if c.si is None)
        pocas = [self.cruda(self.minimo - 1)] if self.minimo > 1 else []
        return [*pocas, self.cruda(self.maximo + 1), *([{c.id: mala}] for c, mala in malas)]

    def cruda(
        self, comparable: Any, visto: Mapping[str, Any] = NADA, contexto: Contexto = VACIO
    ) -> Any:
        azar = random.Random(comparable)  # noqa: S311 (es una muestra, no un secreto)
        return [_muestra_de_fila(self.campos, azar, contexto, visto) for _ in range(comparable)]

    @classmethod
    def fallas(cls, dato: Mapping[str, Any]) -> list[Reparo]:
        fallas: list[Reparo] = []
        minimo = dato.get("minimo", 0)
        if minimo > dato.get("maximo", max(10, minimo)):
            frase = f"el mínimo ({minimo}) es mayor que el máximo ({dato['maximo']})"
            fallas.append(("campo.limites", ("minimo",), frase))
        return fallas


def recoger_fila(campos: Sequence[Campo], prefijo: str, enviados: Enviados) -> dict[str, Any]:
    """Lo enviado de una fila; de lo que no vino no dice nada, salvo si callar es responder."""
    suyos = {c.id: c.recoger(prefijo + c.id, enviados) for c in campos}
    calla = {c.id: "" for c in campos if c.callar_es_responder}
    return {**calla, **{c: crudo for c, crudo in suyos.items() if crudo is not None}}


def _en_una_linea(fila: FilaMostrada) -> str:
    dichas = (
        f"{etiqueta}{' ' if etiqueta.endswith('?') else ': '}{m.texto}".replace("\n", ", ")
        for etiqueta, m in fila.respuestas
    )
    return f"{fila.nombre}. " + "; ".join(dichas)


class Pago(Campo):
    """Un pago ya hecho: su medio, su número de operación y su día; nunca el comprobante (N31)."""

    tipo = "pago"
    nombre = "Pago declarado"
    control = "pago"
    propiedades = {
        "concepto": TEXTO_CORTO,
        "monto": MONTO,
        "medios": {
            "type": "array",
            "minItems": 1,
            "maxItems": 20,
            "items": {
                "type": "object",
                "required": ["id", "etiqueta"],
                "properties": {
                    "id": {"type": "string", "pattern": FORMA_DE_VALOR},
                    "etiqueta": TEXTO_CORTO,
                    "detalle": TEXTO_CORTO,
                },
                "additionalProperties": False,
            },
        },
    }
    exigidas = ("etiqueta", "medios")
    claves = frozenset(
        {"vacio_pago", "vacio", "vacio_opcion", "opcion", "muy_largo", "formato_codigo"}
        | {"fecha", "fecha_no_existe", "fecha_despues"}
    )
    clave_vacio = "vacio_pago"

    def preparar(self, dato: Mapping[str, Any]) -> None:
        self.concepto: str | None = dato.get("concepto")
        self.monto: int | None = centimos(dato["monto"]) if "monto" in dato else None
        comunes = {"obligatorio": True, "mensajes": self.mensajes}
        opciones = [
            {"valor": m["id"], "etiqueta": m["etiqueta"], "ayuda": m.get("detalle")}
            for m in dato["medios"]
        ]
        self.medio = OpcionUnica(
            {"id": "medio", "etiqueta": "¿Dónde pagaste?", "opciones": opciones, **comunes}
        )
        numero = {"formato": "codigo", "largo_maximo": 40, "ayuda": "Está en tu constancia."}
        partes: tuple[Campo, ...] = (
            Texto({"id": "operacion", "etiqueta": "Número de operación", **numero, **comunes}),
            Fecha({"id": "fecha", "etiqueta": "Fecha del pago", "hasta": "hoy", **comunes}),
        )
        # Si hay un solo medio, no hace falta elegirlo.
        self.campos = partes if len(opciones) == 1 else (self.medio, *partes)

    @property
    def pista(self) -> str | None:
        monto = en_soles(self.monto) if self.monto is not None else None
        que = ": ".join(p for p in (self.concepto, monto) if p)
        medio = self.medio.opciones[0] if self.medio not in self.campos else None
        donde = ": ".join(p for p in (medio.etiqueta, medio.ayuda) if p) if medio else None
        return " ".join(f"{p.rstrip('.')}." for p in (que, donde) if p) or None

    def recoger(self, nombre: str, enviados: Enviados) -> Any:
        return recoger_fila(self.campos, f"{nombre}-", enviados) or None

    def limpiar(self, crudo: Any) -> Any:
        if not isinstance(crudo, Mapping):
            return None
        lleno = any(c.limpiar(crudo.get(c.id)) is not None for c in self.campos)
        return crudo if lleno else None

    def interpretar(self, limpio: Mapping[str, Any], lector: Lector) -> Any:
        fila = lector.dentro(self.id)
        leer_fila(self.campos, limpio, fila)
        unico = self.medio.opciones[0].valor
        return None if _anotar([fila], lector) else {"medio": unico, **fila.valores}

    def comparable(self, valor: Any) -> Any:
        return valor["medio"]

    def cruda(
        self, comparable: Any, visto: Mapping[str, Any] = NADA, contexto: Contexto = VACIO
    ) -> Any:
        return {"medio": comparable, "operacion": "123456", "fecha": "5/1/2026"}

    def mostrar(self, valor: Any) -> Mostrado:
        medio = self.medio.mostrar(valor["medio"]).texto
        dia = escribir_fecha(date.fromisoformat(valor["fecha"]))
        return Mostrado(f"{medio}\nOperación {valor['operacion']}, del {dia}")

    def muestra(self, azar: random.Random, contexto: Contexto, visto: Mapping[str, Any]) -> Any:
        return {c.id: c.muestra(azar, contexto, {}) for c in self.campos}

    def muestras_invalidas(self) -> Sequence[Any]:
        bien = self.cruda(self.medio.opciones[0].valor)
        solo_medio = [{"medio": bien["medio"]}] if self.medio in self.campos else []
        malas = ({"operacion": "¡!"}, {"operacion": ""}, {"fecha": "31/02/2026"}, {"fecha": ""})
        return [*solo_medio, *({**bien, **mala} for mala in malas)]

    @classmethod
    def fallas(cls, dato: Mapping[str, Any]) -> list[Reparo]:
        fallas = reparo_de_monto(dato, "monto")
        for propiedad in ("id", "etiqueta"):
            vistos: set[str] = set()
            for n, medio in enumerate(dato["medios"]):
                if medio[propiedad] in vistos:
                    frase = f"el medio de pago «{medio[propiedad]}» está repetido"
                    fallas.append(("campo.opcion_repetida", ("medios", n, propiedad), frase))
                vistos.add(medio[propiedad])
        return fallas
