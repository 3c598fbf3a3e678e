"""Definiciones inventadas: páginas, campos de cada tipo, condiciones, flujos y mensajes al azar.

Salen del registro y de los esquemas: un tipo nuevo entra solo. Casi todas son válidas; las que no,
las rechaza quien las examina.
"""

import json
import random
import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from hypothesis import strategies as st

from facilita.definicion import Contexto, SedeOfrecida
from facilita.definicion.campos import REGISTRO, Campo, Lector, crear_campo
from facilita.definicion.campos.archivos import Archivos
from facilita.definicion.condiciones import COMPARADORES

PALABRAS = ("Año", "El motivo", "¿Cuál?", "Ñ & <b>", "«x»", "d’une", "%s {entidad}", "a" * 60)
TEXTOS = ("a1", "x_9", "2026-01-15", "hoy", "hoy+30", "08:30", "17:00", "zona")
DE_OTRO = {"folios", "documento_identidad"}
"""Los que nombran a otro campo: van después de él y no en las filas de un grupo."""
DNI = {"dni", "pasaporte", "otro"}


CONTEXTO = Contexto(
    sedes=(SedeOfrecida("central", "Central"), SedeOfrecida("norte", "Norte")),
    hoy=date(2026, 11, 25),
)


PAPELES = ("atiende", "colaborador", "coordinador", "coordinador_entidad")


class Inventor:
    """Inventa una definición con un azar, que puede ser el de Hypothesis."""

    def __init__(self, azar: random.Random) -> None:
        self.azar = azar
        self.cuenta = 0
        self.anteriores: list[tuple[int, Campo]] = []
        self.una_pagina = azar.random() < 0.2
        self.roles: list[str] = []

    def definicion(self, cual: str) -> dict[str, Any]:
        """El dato de un formulario entero."""
        self.roles = [self._id("r") for _ in range(self.azar.choice((0, 0, 1, 2)))]
        paginas = [self._pagina(n) for n in range(self.azar.randint(1, 3))]
        dato: dict[str, Any] = {
            "formato": 1,
            "formulario": cual,
            "titulo": self._palabra(),
            "paginas": paginas,
            "revision": {"titulo": "Revisa", "campos": [self._consentimiento(len(paginas))]},
            **self._flujo(),
        }
        if self.una_pagina:
            dato["presentacion"] = "una_pagina"
        if self.roles:
            dato["roles"] = [{"id": r, "etiqueta": self._palabra()} for r in self.roles]
        if self._quizas():
            dato["tareas"] = [self._tarea(dato["flujo"]) for _ in range(self.azar.randint(1, 2))]
        return dato

    def _id(self, letra: str) -> str:
        self.cuenta += 1
        return f"{letra}{self.cuenta}"

    def _palabra(self) -> str:
        return self.azar.choice(PALABRAS)

    def _quizas(self, parte: float = 0.3) -> bool:
        return self.azar.random() < parte

    # --- el formulario ------------------------------------------------------------------------

    def _pagina(self, n: int) -> dict[str, Any]:
        pagina: dict[str, Any] = {"id": f"p{n}", "titulo": self._palabra()}
        if n and self._quizas(0.2):
            pagina |= self._si(n)
        pagina["secciones"] = [self._seccion(n) for _ in range(self.azar.randint(1, 2))]
        return pagina

    def _seccion(self, pagina: int) -> dict[str, Any]:
        seccion: dict[str, Any] = {"id": self._id("s")}
        if self._quizas(0.2):
            seccion |= self._si(pagina)
        seccion["campos"] = [self._campo(pagina) for _ in range(self.azar.randint(1, 4))]
        return seccion

    def _consentimiento(self, pagina: int) -> dict[str, Any]:
        dato = {"id": self._id("c"), "tipo": "consentimiento", "etiqueta": "Acepto", "texto": "Sí."}
        return {**dato, "obligatorio": True, **(self._si(pagina) if self._quizas(0.2) else {})}

    def _campo(self, pagina: int) -> dict[str, Any]:
        tipos = [t for t in sorted(REGISTRO) if self._se_puede(t)]
        dato = self._de_tipo(self.azar.choice(tipos))
        if self._quizas():
            dato |= self._si(pagina)
        # La primera se ofrece siempre: un campo no se queda sin opciones.
        for opcion in dato.get("opciones", ())[1:]:
            opcion |= self._si(pagina) if self._quizas(0.2) else {}
        campo = crear_campo(dato)
        if campo.se_responde:
            self.anteriores.append((pagina, campo))
        return dato

    def _se_puede(self, tipo: str) -> bool:
        return tipo not in DE_OTRO or bool(self._referencias(tipo))

    def _referencias(self, tipo: str) -> dict[str, Any]:
        """Lo que nombra a otro campo, si ya hay uno que sirva."""
        archivos = [c.id for _, c in self.anteriores if isinstance(c, Archivos)]
        elecciones = [c.id for _, c in self.anteriores if set(c.valores_posibles or "x") <= DNI]
        if tipo == "folios" and archivos:
            return {"archivos": archivos[:2]}
        if tipo == "documento_identidad" and elecciones:
            return {"campo_tipo": elecciones[-1]}
        return {}

    def _de_tipo(self, tipo: str, *, en_fila: bool = False) -> dict[str, Any]:
        """Un campo de ese tipo con propiedades al azar que no se contradicen."""
        clase = REGISTRO[tipo]
        comunes: dict[str, Any] = {"id": self._id("c"), "tipo": tipo}
        if clase.se_responde:
            comunes |= {"etiqueta": self._palabra(), "obligatorio": self._quizas(0.5)}
        if tipo == "correo" and not en_fila and self._quizas(0.5) and not self._hay_uso("correo"):
            comunes["uso"] = "correo"
        for propiedad in clase.exigidas:
            if propiedad in clase.propiedades and propiedad not in comunes:
                comunes[propiedad] = self._valor(clase.propiedades[propiedad])
        comunes |= self._referencias(tipo)
        if tipo in ("opcion_unica", "lista") and self._quizas():
            comunes["opciones"] = [{"valor": v, "etiqueta": v} for v in sorted(DNI)]
        if any(p == "campos" for p in clase.propiedades):
            comunes["campos"] = self._de_la_fila()
        dato = {**comunes, **self._opcionales(clase, comunes)}
        return dato if not clase.fallas(dato) and self._leida(crear_campo(dato)) else comunes

    def _hay_uso(self, uso: str) -> bool:
        return any(c.uso == uso for _, c in self.anteriores)

    def _opcionales(self, clase: type[Campo], comunes: Mapping[str, Any]) -> dict[str, Any]:
        sueltas = [p for p in clase.propiedades if p not in comunes]
        return {p: self._valor(clase.propiedades[p]) for p in sueltas if self._quizas(0.4)}

    def _de_la_fila(self) -> list[dict[str, Any]]:
        tipos = [t for t, c in sorted(REGISTRO.items()) if c.cabe_en_grupo and t not in DE_OTRO]
        tipos = [t for t in tipos if REGISTRO[t].se_responde and not REGISTRO[t].es_archivo]
        datos: list[dict[str, Any]] = []
        for n in range(self.azar.randint(1, 3)):
            dato = self._de_tipo(self.azar.choice(tipos), en_fila=True)
            posibles = [c for c in map(crear_campo, datos) if c.valores_posibles]
            if n and posibles and self._quizas():
                dato["si"] = self._hoja(self.azar.choice(posibles))
            if n and posibles and "opciones" in dato and self._quizas():
                dato["opciones"][-1]["si"] = self._hoja(self.azar.choice(posibles))
            datos.append(dato)
        return datos

    # --- valores de un esquema ----------------------------------------------------------------

    def _valor(self, esquema: Mapping[str, Any]) -> Any:
        if "enum" in esquema:
            return self.azar.choice(esquema["enum"])
        de_clase: Callable[[Mapping[str, Any]], Any] = getattr(self, f"_un_{esquema['type']}")
        return de_clase(esquema)

    def _un_boolean(self, _esquema: Mapping[str, Any]) -> bool:
        return self._quizas(0.5)

    def _un_integer(self, esquema: Mapping[str, Any]) -> int:
        menor = esquema["minimum"]
        return self.azar.randint(menor, min(esquema["maximum"], menor + 30))

    def _un_number(self, esquema: Mapping[str, Any]) -> float:
        return self.azar.choice([n for n in (0, 1, 2.5, 10, 100.25) if n >= esquema["minimum"]])

    def _un_string(self, esquema: Mapping[str, Any]) -> str:
        if "pattern" not in esquema:
            return self._palabra()
        return self.azar.choice([t for t in TEXTOS if re.search(esquema["pattern"], t)])

    def _un_array(self, esquema: Mapping[str, Any]) -> list[Any]:
        elementos = [self._valor(esquema["items"]) for _ in range(self.azar.randint(1, 4))]
        return [e for n, e in enumerate(elementos) if e not in elementos[:n]]

    def _un_object(self, esquema: Mapping[str, Any]) -> dict[str, Any]:
        if "properties" not in esquema:
            return {}
        self.cuenta += 1
        exigidas = dict.fromkeys(esquema["required"], f"v{self.cuenta}")
        otras = {
            p: self._valor(e)
            for p, e in esquema["properties"].items()
            if p not in (*exigidas, "fijo", "si") and self._quizas(0.2)
        }
        return {**exigidas, **otras}

    # --- condiciones --------------------------------------------------------------------------

    def _si(self, pagina: int) -> dict[str, Any]:
        """Una condición sobre lo de arriba, o nada si no hay de qué."""
        hojas = [h for _ in range(self.azar.randint(1, 2)) if (h := self._hoja_de(pagina))]
        if not hojas:
            return {}
        if len(hojas) == 2:
            return {"si": {self.azar.choice(("todas", "alguna")): hojas}}
        return {"si": {"no": hojas[0]} if self._quizas() else hojas[0]}

    def _hoja_de(self, pagina: int) -> dict[str, Any] | None:
        contables = [c for _, c in self.anteriores if c.valores_posibles]
        de_antes = [] if self.una_pagina else [
            c for p, c in self.anteriores if p < pagina and c.ordenable
        ]  # fmt: skip
        if not contables and not de_antes:
            return None
        campo = self.azar.choice([*contables, *de_antes])
        return self._hoja(campo) if campo.valores_posibles else self._comparacion(campo)

    def _hoja(self, campo: Campo) -> dict[str, Any]:
        valores = list(campo.valores_posibles or ())
        valor = self.azar.choice(valores)
        if isinstance(valor, bool) or self._quizas(0.6):
            return {"campo": campo.id, "es": valor}
        return {"campo": campo.id, "es_alguno": valores[:2]}

    def _comparacion(self, campo: Campo) -> dict[str, Any] | None:
        valor = self._leida(campo)
        if valor is None or valor is True:
            return None
        operador = self.azar.choice(sorted(COMPARADORES))
        if campo.tipo == "fecha" and self._quizas(0.5):
            return {"campo": campo.id, operador: f"hoy{self.azar.randint(-40, 40):+d}"}
        return {"campo": campo.id, operador: campo.comparable(valor)}

    def _leida(self, campo: Campo) -> Any:
        """Una respuesta de muestra, leída; nada si hoy ninguna vale, como un plazo ya pasado."""
        lector = Lector(CONTEXTO)
        valor = campo.leer(campo.muestra(self.azar, CONTEXTO, {}), lector)
        return None if lector.errores else True if valor is None else valor

    # --- el flujo -----------------------------------------------------------------------------

    def _flujo(self) -> dict[str, Any]:
        cuantos = self.azar.randint(1, 3)
        estados = [
            {"id": f"e{n}", "etiqueta": self._palabra(), "ciudadano": "Está en eso.",
             "final": n == cuantos} for n in range(cuantos + 1)
        ]  # fmt: skip
        transiciones = [self._transicion(f"e{n}", f"e{n + 1}") for n in range(cuantos)]
        if self._quizas(0.5):
            transiciones += self._observacion(estados)
        if self._quizas():
            transiciones.append({
                "id": "reabrir", "de": [f"e{cuantos}"], "a": "e0", "etiqueta": "Reabrir",
                "quien": ["coordinador"], "reabre": True,
            })  # fmt: skip
        mensajes = [{"id": "m1", "asunto": "Sobre {numero}", "cuerpo": "{nombre}: {enlace}"}]
        flujo = {
            "inicial": "e0",
            "al_presentar": [{"notificar": "m1"}],
            "plazo": {"dias_habiles": self.azar.randint(1, 30)},
            "estados": estados,
            "transiciones": transiciones,
        }
        return {"flujo": flujo, "mensajes": mensajes}

    def _transicion(self, de: str, a: str) -> dict[str, Any]:
        dato: dict[str, Any] = {"id": self._id("t"), "de": [de], "a": a, "etiqueta": "Dar"}
        dato["quien"] = [self.azar.choice((*PAPELES, "ciudadano", *self.roles))]
        if self._quizas(0.2):
            desde = self.azar.choice(("entrada", "presentado"))
            al_vencer = {"dias_habiles": self.azar.randint(1, 5), "desde": desde}
            return {**dato, "quien": ["reloj"], "al_vencer": al_vencer}
        if self._quizas(0.5):
            dato["efectos"] = [{"notificar": "m1"}]
        if self._quizas(0.4):
            dato["pide"] = self._pedidos()
        return dato

    def _tarea(self, flujo: Mapping[str, Any]) -> dict[str, Any]:
        """Un encargo entre el personal en alguno de los estados que no son finales."""
        abiertos = [e["id"] for e in flujo["estados"] if not e.get("final")]
        en = self.azar.sample(abiertos, self.azar.randint(1, len(abiertos)))
        ajenos = {"ciudadano", "reloj"}
        detenibles = [
            t["id"] for t in flujo["transiciones"]
            if not ajenos & set(t["quien"]) and set(t["de"]) & set(en) and not t.get("reabre")
        ]  # fmt: skip
        dato: dict[str, Any] = {
            "id": self._id("k"), "etiqueta": self._palabra(), "en": en,
            "quien": [self.azar.choice((*PAPELES, *self.roles))],
            "para": self.azar.choice((*PAPELES, *self.roles)),
            "responde": self._pedidos(),
        }  # fmt: skip
        if self._quizas(0.5):
            dato["pide"] = self._pedidos()
        if self._quizas(0.5):
            dato["plazo"] = {"dias_habiles": self.azar.randint(1, 5)}
        if detenibles and self._quizas(0.5):
            dato["detiene"] = [self.azar.choice(detenibles)]
        return dato

    def _pedidos(self) -> list[dict[str, Any]]:
        """Los campos que se llenan al dar un paso, o al abrir y responder una tarea."""
        tipos = [t for t in sorted(REGISTRO) if t not in (*DE_OTRO, "sede")]
        return [self._de_tipo(self.azar.choice(tipos), en_fila=True)]

    def _observacion(self, estados: list[dict[str, Any]]) -> list[dict[str, Any]]:
        estados.append({"id": "obs", "etiqueta": "Observado", "ciudadano": "Corrige.",
                        "suspende_plazo": self._quizas(0.5)})  # fmt: skip
        observar: dict[str, Any] = {
            "id": "observar", "de": ["e0"], "a": "obs", "etiqueta": "Observar",
            "quien": ["atiende"], "acto": "observacion", "una_vez": self._quizas(0.5),
            "efectos": [{"notificar": "m1"}],
        }  # fmt: skip
        subsanar = {"id": "subsanar", "de": ["obs"], "a": "e0", "etiqueta": "Corregir",
                    "quien": ["ciudadano"], "acto": "subsanacion"}  # fmt: skip
        return [observar, subsanar]


def definicion_al_azar(azar: random.Random, cual: str = "inventado") -> dict[str, Any]:
    """El dato de una definición inventada."""
    return Inventor(azar).definicion(cual)


definiciones = st.randoms(use_true_random=False).map(definicion_al_azar)
"""Definiciones inventadas con el azar de Hypothesis: las que fallan se achican."""


def escribir(dato: dict[str, Any]) -> str:
    """La definición como la escribiría una persona: sin exponentes, que el lenguaje no lee."""
    return re.sub(
        '"\u00a7([^\u00a7"]*)\u00a7"', r"\1", json.dumps(_sin_exponentes(dato), ensure_ascii=False)
    )


def _sin_exponentes(dato: Any) -> Any:
    if isinstance(dato, dict):
        return {clave: _sin_exponentes(valor) for clave, valor in dato.items()}
    if isinstance(dato, list):
        return [_sin_exponentes(valor) for valor in dato]
    return f"\u00a7{dato:.12f}".rstrip("0") + "0\u00a7" if isinstance(dato, float) else dato
