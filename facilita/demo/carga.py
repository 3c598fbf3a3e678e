"""Contar las historias con los verbos de verdad, moviendo el reloj por los días en que pasaron."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from pathlib import Path

from facilita.definicion.campos import Error
from facilita.definicion.campos.archivos import Archivos
from facilita.demo import accesos, padron, publicadas
from facilita.demo.historias import (
    ANA,
    ELENA,
    HISTORIAS,
    HUAMAN,
    LUIS,
    PEDRO,
    SARA,
    Hecho,
    Historia,
)
from facilita.demo.modelos import MODELOS
from facilita.demo.obra import EN_OBRA
from facilita.demo.papel import carta
from facilita.plazos import LIMA, Calendario, fecha_larga, fecha_lima
from facilita.servicios.codigos import huella
from facilita.servicios.reloj import RelojFijo
from facilita.tramite import (
    aperturas,
    archivos,
    atencion,
    borradores,
    consentimientos,
    correspondencia,
    depositos,
    detalle,
    encargos,
    entidades,
    formularios,
    membresias,
    modelos_de_respuesta,
    notificaciones,
    obras,
    opiniones,
    pasos_de_obra,
    personas,
    salidas,
    seguimiento,
    sesiones,
    sesiones_casilla,
    solicitudes,
    subsanacion,
    usuarios,
    vencimientos,
    vigencias,
)
from facilita.tramite.archivos import Subida
from facilita.tramite.encargos import Titular
from facilita.tramite.entorno import Entorno
from facilita.tramite.envios import CANALES, codigo_de
from facilita.tramite.membresias import PorInvitar
from facilita.tramite.permisos import Actor
from facilita.tramite.sesiones_casilla import Dueno
from facilita.tramite.usuarios import Puesto

Decir = Callable[[str], None]

ENTIDAD, UNIVERSIDAD, PLATAFORMA = "valle-sereno", "universidad-sur-andina", "gobierno-digital"
CLAVE = "valle sereno 2026"
ACEPTA = {"declaracion_jurada": "true", "privacidad": "true"}
CUENTAS: Mapping[str, tuple[str, str, Puesto]] = {
    ANA: (ENTIDAD, "Ana Rojas Medina", Puesto("coordinador_entidad")),
    PEDRO: (ENTIDAD, "Pedro Salas Quinto", Puesto("coordinador_sede", sede="norte")),
    LUIS: (ENTIDAD, "Luis Paz Oré", Puesto("colaborador", area="tramite")),
    ELENA: (ENTIDAD, "Elena Quispe Tito", Puesto("autoridad")),
    HUAMAN: (UNIVERSIDAD, "Rosa Huamán Ccori", Puesto("coordinador_entidad")),
    SARA: (PLATAFORMA, "Sara León Vega", Puesto("sgtd")),
}
"""Correo → entidad, nombres y puesto."""

JORGE = PorInvitar("jorge.lima@vallesereno.example", "Jorge Lima Soto")
"""Alguien invitado que todavía no acepta: su enlace está en los correos de la demostración."""
DE_JORGE = Puesto("colaborador", sede="norte", area="rentas", formularios=("mesa-de-partes",))

ENCARGOS: Sequence[tuple[str, str, str, str]] = (
    (ENTIDAD, "acceso-informacion-publica", "frai", LUIS),
    (ENTIDAD, "acceso-informacion-publica", "area_poseedora", "obras"),
    (ENTIDAD, "libro-de-reclamaciones", "responsable_reclamos", LUIS),
    (ENTIDAD, "libro-de-reclamaciones", "area_reclamada", "licencias"),
    (UNIVERSIDAD, "acceso-informacion-publica", "frai", HUAMAN),
    (UNIVERSIDAD, "acceso-informacion-publica", "area_poseedora", "secretaria"),
)
"""Entidad, formulario, rol, y quién lo cumple: una persona o un área."""
AREAS = {ENTIDAD: "tramite", UNIVERSIDAD: "secretaria", PLATAFORMA: "accesos"}
"""El área a la que llegan los formularios de cada entidad."""

OPINIONES = (
    (5, ""), (4, "Que diga antes cuánto puede pesar el PDF."), (5, ""), (3, ""),
    (5, "Muy rápido, no tuve que ir."), (2, "No sabía qué poner en folios."), (4, ""),
)  # fmt: skip
"""Lo que opina quien presenta, por turnos."""


class Carga:
    """Una demostración que se está cargando en una base vacía."""

    def __init__(self, entorno: Entorno, reloj: RelojFijo, ahora: datetime) -> None:
        self.entorno = entorno
        self.reloj = reloj
        self.ahora = ahora
        self.codigos: dict[int, str] = {}
        self.actores: dict[str, Actor] = {}
        self.casilla: Dueno | None = None
        self.deposito = 0

    def cargar(self, carpeta: Path, decir: Decir) -> None:
        """Crea las entidades y las cuentas, y cuenta las historias en el orden en que pasaron."""
        agenda = sorted(self._agenda(), key=lambda suceso: suceso[0])
        self.reloj.poner(agenda[0][0] - timedelta(days=1))
        decir("  entidad, formularios y cuentas")
        self._crear(carpeta)
        padron.cargar(self.entorno, self.reloj, self.ahora, self.actores[SARA])
        hechas = 0
        for instante, hacer in agenda:
            self.reloj.poner(instante)
            hacer()
            if len(self.codigos) > hechas:
                hechas = len(self.codigos)
                decir(f"  solicitud {hechas} de {len(HISTORIAS)}")
        sgtd, muni, uni = (self.actores[c] for c in (SARA, ANA, HUAMAN))
        publicadas.contar(self.entorno, self.reloj, self.ahora, sgtd, muni, uni)
        membresias.invitar(self.entorno, self.actores[ANA], JORGE, DE_JORGE)

    # --- preparar -----------------------------------------------------------------------------

    def _crear(self, carpeta: Path) -> None:
        ids = {cual: self._crear_entidad(carpeta / cual) for cual in AREAS}
        for correo, (entidad, nombres, puesto) in CUENTAS.items():
            usuarios.crear(self.entorno, ids[entidad], correo, nombres, puesto, CLAVE)
            self.actores[correo] = self._ingresar(correo)
        for cual, entidad_id in ids.items():
            self._publicar(carpeta / cual, entidad_id, AREAS[cual])
        for entidad, formulario, rol, quien in ENCARGOS:
            titular = (
                Titular(usuario_id=self.actores[quien].usuario_id)
                if quien in self.actores
                else Titular(area_id=encargos.area_de(self.entorno, ids[entidad], quien))
            )
            encargos.asignar(self.entorno, ids[entidad], formulario, rol, titular)
        for modelo in MODELOS:
            modelos_de_respuesta.guardar(self.entorno, self.actores[ANA], modelo)
        self._dejar_en_obra()

    def _dejar_en_obra(self) -> None:
        """Unos cambios a medias en la mesa de partes: para mirar el constructor y publicarlos."""
        slug = obras.editar(self.entorno, self.actores[ANA], "mesa-de-partes")
        for accion in EN_OBRA:
            revision = obras.leer(self.entorno, self.actores[ANA], slug).revision
            pasos_de_obra.hacer(self.entorno, self.actores[ANA], slug, revision, accion)

    def _crear_entidad(self, carpeta: Path) -> int:
        archivo = carpeta / "entidad.yaml"
        dato = entidades.leer_archivo_de_entidad(archivo.read_bytes(), str(archivo))
        return entidades.crear(self.entorno, dato)

    def _publicar(self, carpeta: Path, entidad_id: int, area: str) -> None:
        for archivo in sorted(carpeta.glob("*.yaml")):
            if archivo.name != "entidad.yaml":
                formularios.publicar(
                    self.entorno, entidad_id, archivo.read_text("utf-8"), str(archivo),
                    motivo="Apertura de la mesa de partes digital", area=area,
                    usuario_id=self.actores[ANA].usuario_id if area == "tramite" else None,
                )  # fmt: skip

    def _ingresar(self, correo: str) -> Actor:
        ficha = sesiones.ingresar(self.entorno, correo, CLAVE, "demostración")
        actor = sesiones.actor_de(self.entorno, ficha)
        sesiones.salir(self.entorno, ficha)
        if actor is None:
            raise RuntimeError(f"la cuenta {correo} no puede ingresar")
        return actor

    # --- cuándo -------------------------------------------------------------------------------

    def _agenda(self) -> Iterator[tuple[datetime, Callable[[], None]]]:
        dias = _habiles_hacia_atras(fecha_lima(self.ahora), max(h.hace for h in HISTORIAS))
        for n, historia in enumerate(HISTORIAS):
            yield self._cuando(dias, historia.hace, historia.hora), self._presentar_despues(n)
            for hecho in historia.hechos:
                hace = historia.hace - hecho.dias
                yield self._cuando(dias, hace, hecho.hora), self._hacer_despues(n, hecho)
        for hace, cual in enumerate(accesos.PEDIDOS, 1):
            yield self._cuando(dias, hace, "11:20"), self._pedir_despues(cual)
        dia = dias[-1]
        while dia <= fecha_lima(self.ahora):
            # El reloj de la plataforma, cada madrugada.
            yield datetime.combine(dia, time(0, 1), LIMA), self._dar_pasos_del_reloj
            dia += timedelta(days=1)

    def _cuando(self, dias: list[date], hace: int, hora: str) -> datetime:
        escrita = time.fromisoformat(hora)
        if hace == 0:
            return self.ahora - timedelta(hours=escrita.hour, minutes=escrita.minute)
        return datetime.combine(dias[hace - 1], escrita, LIMA)

    def _presentar_despues(self, n: int) -> Callable[[], None]:
        return lambda: self._presentar(n)

    def _pedir_despues(self, cual: str) -> Callable[[], None]:
        return lambda: accesos.presentar(self.entorno, PLATAFORMA, cual)

    def _hacer_despues(self, n: int, hecho: Hecho) -> Callable[[], None]:
        return lambda: self._hacer(n, hecho)

    def _dar_pasos_del_reloj(self) -> None:
        vigencias.surtir_efecto(self.entorno)
        vencimientos.vencer(self.entorno)
        notificaciones.pedir_cedulas(self.entorno)

    # --- presentar ----------------------------------------------------------------------------

    def _presentar(self, n: int) -> None:
        historia = HISTORIAS[n]
        vigente = formularios.vigente(self.entorno, ENTIDAD, historia.formulario)
        subidas = list(self._subidas(vigente, historia))
        ficha, _ = borradores.abrir(self.entorno, vigente, historia.crudo, subidas)
        hecha = solicitudes.presentar(self.entorno, vigente.entidad, ficha, ACEPTA)
        if hecha.codigo is None:
            errores = hecha.paso.lectura.errores if hecha.paso else ()
            raise RuntimeError(f"la historia {n} no se pudo presentar: {errores}")
        self.codigos[n] = hecha.codigo
        nota, dicho = OPINIONES[n % len(OPINIONES)]
        opiniones.opinar(self.entorno, vigente.entidad, ficha, nota, dicho)

    def _subidas(self, vigente: formularios.Vigente, historia: Historia) -> Iterator[Subida]:
        if "documento_principal" not in vigente.definicion.campos:
            return
        crudo, nombre = historia.crudo, "documento.pdf"
        firma = f"{crudo['nombres']} {crudo['apellido_paterno']} {crudo['apellido_materno']}"
        lineas = [
            fecha_larga(fecha_lima(self.reloj.ahora())).capitalize(),
            "", f"Señores {vigente.entidad.nombre}:",
            "", crudo["asunto"], "", crudo["pedido"], "", "Atentamente,", "",
            firma, f"DNI {crudo['numero_documento_identidad']}",
            "", "(Documento de demostración: nada de esto es verdad.)",
        ]  # fmt: skip
        yield self._subir(vigente, "documento_principal", nombre, lineas)
        if historia.anexo:
            yield self._subir(vigente, "anexos", "anexo.pdf", [historia.anexo])

    def _subir(
        self, vigente: formularios.Vigente, cual: str, nombre: str, lineas: list[str]
    ) -> Subida:
        campo = vigente.definicion.campos[cual]
        if not isinstance(campo, Archivos):
            raise RuntimeError(f"el campo «{cual}» no recibe archivos")
        with self.entorno.almacen.recibir() as recepcion:
            recepcion.write(carta(lineas))
            subida = archivos.recibir(self.entorno, ENTIDAD, campo, nombre, recepcion)
        if isinstance(subida, Error):
            raise RuntimeError(f"no se aceptó «{nombre}»: {subida.texto}")
        return subida

    # --- lo que pasó después ------------------------------------------------------------------

    def _hacer(self, n: int, hecho: Hecho) -> None:
        codigo, hacer = self.codigos[n], _POR_NOMBRE.get(hecho.que)
        if hacer is not None:
            hacer(self, n, codigo, hecho)
            return
        atencion.transitar(
            self.entorno, self.actores[hecho.quien], self._id(codigo), hecho.que, hecho.datos
        )

    def _id(self, codigo: str) -> int:
        return seguimiento.ver_expediente(self.entorno, codigo).solicitud_id

    def _abrir(self, n: int, codigo: str, _hecho: Hecho) -> None:
        """La persona entra a su expediente: queda notificada."""
        identidad = HISTORIAS[n].crudo["numero_documento_identidad"]
        seguimiento.comprobar_identidad(self.entorno, codigo, identidad)

    def _activar_casilla(self, n: int, codigo: str, _hecho: Hecho) -> None:
        """La persona activa su casilla y pone una contraseña, para poder mirarla."""
        numero = HISTORIAS[n].crudo["numero_documento_identidad"]
        ficha = personas.pedir_activacion(self.entorno, "dni", numero, codigo)
        de = f"a.{huella(ficha)[:32]}"
        codigos = [codigo_de(self.entorno.secreto, f"{de}.{canal}") for canal in CANALES]
        sesion = personas.activar(self.entorno, ficha, codigos[0], codigos[1], "demostración")
        dueno = sesiones_casilla.dueno_de(self.entorno, sesion)
        if dueno is None:
            raise RuntimeError("la casilla recién activada no se abre")
        sesiones_casilla.poner_clave(self.entorno, dueno, "", CLAVE, sesion)
        sesiones_casilla.salir(self.entorno, sesion)
        self.casilla = dueno

    def _depositar(self, _n: int, codigo: str, hecho: Hecho) -> None:
        actor = self.actores[hecho.quien]
        self.deposito = depositos.depositar(self.entorno, actor, self._id(codigo), hecho.datos)
        # Las alertas salen con el reloj de la historia: son parte de lo que se mira.
        for entregar in (salidas.entregar, salidas.entregar_al_celular):
            while entregar(self.entorno):
                pass
        vigencias.surtir_efecto(self.entorno)

    def _abrir_deposito(self, _n: int, _codigo: str, _hecho: Hecho) -> None:
        if self.casilla:
            aperturas.abrir(self.entorno, self.casilla.casilla_id, self.deposito)

    def _corregir(self, _n: int, codigo: str, hecho: Hecho) -> None:
        entidad = entidades.por_slug(self.entorno, ENTIDAD)
        ficha = subsanacion.abrir_correccion(self.entorno, entidad.id, self._id(codigo))
        borradores.guardar(self.entorno, entidad, ficha, hecho.datos)
        subsanacion.subsanar(self.entorno, entidad, ficha, {}, self.reloj.ahora())

    def _desistir(self, _n: int, codigo: str, hecho: Hecho) -> None:
        seguimiento.actuar(self.entorno, codigo, "desistir", hecho.datos)

    def _retirar(self, _n: int, codigo: str, hecho: Hecho) -> None:
        """La persona retira un consentimiento (N33)."""
        prueba = {"canal": "demostración"}
        consentimientos.retirar(self.entorno, codigo, hecho.datos["campo"], prueba)

    def _anotar(self, _n: int, codigo: str, hecho: Hecho) -> None:
        actor = self.actores[hecho.quien]
        atencion.anotar_nota(self.entorno, actor, self._id(codigo), hecho.datos["texto"])

    def _escribir(self, _n: int, codigo: str, hecho: Hecho) -> None:
        correspondencia.escribir_de_ciudadano(self.entorno, codigo, hecho.datos)

    def _contestar(self, _n: int, codigo: str, hecho: Hecho) -> None:
        actor, cual = self.actores[hecho.quien], self._id(codigo)
        correspondencia.abrir_de_personal(self.entorno, actor, cual)
        correspondencia.escribir_de_personal(self.entorno, actor, cual, hecho.datos)

    def _derivar(self, _n: int, codigo: str, hecho: Hecho) -> None:
        actor, cual = self.actores[hecho.quien], self._id(codigo)
        areas = {nombre: i for i, nombre in detalle.ver(self.entorno, actor, cual).areas}
        area, comentario = areas[hecho.datos["area"]], hecho.datos.get("comentario")
        atencion.derivar(self.entorno, actor, cual, area, comentario)


_POR_NOMBRE: Mapping[str, Callable[[Carga, int, str, Hecho], None]] = {
    "abrir": Carga._abrir,
    "activar_casilla": Carga._activar_casilla,
    "depositar": Carga._depositar,
    "abrir_deposito": Carga._abrir_deposito,
    "corregir": Carga._corregir,
    "desistir": Carga._desistir,
    "retirar": Carga._retirar,
    "nota": Carga._anotar,
    "derivar": Carga._derivar,
    "escribir": Carga._escribir,
    "contestar": Carga._contestar,
}
"""Lo que no es un paso del flujo que dé el personal."""


def _habiles_hacia_atras(hoy: date, cuantos: int) -> list[date]:
    calendario, dia = Calendario("150101"), hoy
    dias: list[date] = []
    while len(dias) < cuantos:
        dia -= timedelta(days=1)
        if calendario.es_habil(dia):
            dias.append(dia)
    return dias
