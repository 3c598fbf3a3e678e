"""Las historias de la demostración: quién presentó qué, y qué pasó después. Todo es inventado."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

Crudo = Mapping[str, Any]

ANA, PEDRO, LUIS, ELENA, HUAMAN, SARA = (
    "ana.rojas@vallesereno.example",
    "pedro.salas@vallesereno.example",
    "luis.paz@vallesereno.example",
    "elena.quispe@vallesereno.example",
    "rosa.huaman@surandina.example",
    "sara.leon@sgtd.example",
)


@dataclass(frozen=True)
class Hecho:
    """Algo que pasó unos días hábiles después de presentar: un paso del flujo u otro verbo."""

    dias: int
    hora: str
    que: str
    quien: str = LUIS
    datos: Crudo = field(default_factory=dict)


@dataclass(frozen=True)
class Historia:
    """Una solicitud y lo que le pasó después.

    `hace` cuenta días hábiles; con 0, `hora` dice cuánto hace.
    """

    formulario: str
    hace: int
    hora: str
    crudo: Crudo
    hechos: tuple[Hecho, ...] = ()
    anexo: str | None = None


def _persona(dni: str, nombres: str, paterno: str, materno: str, correo: str) -> Crudo:
    return {
        "tipo_persona": "natural",
        "tipo_documento_identidad": "dni",
        "numero_documento_identidad": dni,
        "nombres": nombres,
        "apellido_paterno": paterno,
        "apellido_materno": materno,
        "correo": correo,
        "celular": "987654321",
        "ubigeo": ["Miraflores, Lima"],
        "direccion": "Jr. Los Cedros 123",
        "sede": "central",
        "tipo_documento": "solicitud",
        "folios": "1",
    }


ROSA = _persona("40112233", "Rosa Elvira", "Huamán", "Ccori", "rosa.huaman@correo.example")
JOSE = _persona("41223344", "José Wilfredo", "Ñahui", "Quispe", "jose.nahui@correo.example")
MARTA = _persona("42334455", "Marta", "Vílchez", "Tello", "marta.vilchez@correo.example")
CARLOS = _persona("43445566", "Carlos Alberto", "Inga", "Rojas", "carlos.inga@correo.example")
LUCIA = _persona("44556677", "Lucía", "Condori", "Apaza", "lucia.condori@no-existe.example")
EMPRESA = {
    **_persona("45667788", "Hugo", "Zegarra", "Luna", "hugo.zegarra@molino.example"),
    "tipo_persona": "juridica",
    "ruc": "20555123451",
    "razon_social": "Molino Santa Clara S.A.C.",
    "cargo_representante": "Gerente general",
}
UGEL = {
    **_persona("46778899", "Nélida", "Poma", "Ríos", "nelida.poma@educacion.example"),
    "tipo_persona": "entidad_publica",
    "ruc": "20111222330",
    "razon_social": "Unidad de Gestión Educativa Local del Valle",
    "cargo_representante": "Directora",
    "tipo_documento": "oficio",
    "numero_documento": "Oficio N.° 214-2026",
}


def _pide(quien: Crudo, asunto: str, pedido: str, **mas: str) -> Crudo:
    return {**quien, "asunto": asunto, "pedido": pedido, **mas}


def _escribe(nombre: str, correo: str, mensaje: str) -> Crudo:
    return {"nombre": nombre, "correo": correo, "mensaje": mensaje}


MESA, CONTACTO = "mesa-de-partes", "escribenos"

HISTORIAS = (
    Historia(
        MESA, 29, "09:12",
        _pide(ROSA, "Solicito autorización para ampliar mi horario de atención",
              "Atiendo una bodega y pido abrir hasta las once de la noche.",
              destinatario="Licencias y autorizaciones"),
        (Hecho(1, "11:05", "tomar"),
         Hecho(2, "10:30", "nota", datos={"texto": "Falta la opinión de Fiscalización."}),
         Hecho(9, "15:10", "derivar", ANA,
               {"area": "Licencias y autorizaciones", "comentario": "Para la resolución."})),
    ),
    Historia(
        MESA, 26, "16:40",
        _pide(EMPRESA, "Solicito licencia de edificación, modalidad A",
              "Adjuntamos los planos y la memoria descriptiva.",
              destinatario="Obras y desarrollo urbano"),
        (Hecho(1, "09:20", "tomar"),
         Hecho(8, "18:12", "escribir", datos={"mensaje": (
             "Buenas tardes. ¿Ya revisaron los planos? Si hace falta otra lámina, la subimos por "
             "aquí.")}),
         Hecho(9, "09:40", "contestar", datos={"mensaje": (
             "Están en revisión y no falta ninguna. La respuesta llegará dentro del plazo que ves "
             "en tu expediente.")})),
        anexo="Memoria descriptiva",
    ),
    Historia(
        MESA, 21, "10:02",
        _pide(JOSE, "Solicito copia de mi licencia de funcionamiento",
              "La perdí en la última mudanza. Es la licencia 0457-2019.",
              acepta_notificacion="true"),
        (Hecho(1, "12:00", "tomar"),
         Hecho(1, "20:10", "activar_casilla"),
         Hecho(6, "16:20", "depositar", datos={
             "asunto_del_acto": "Carta N.° 088-2026-LIC: entrega de copia de licencia",
             "unidad_emisora": "Licencias y autorizaciones",
             "mensaje_del_acto": "Tu copia está lista. Recógela en el Palacio municipal.",
             "recursos_del_acto": "Contra esta carta no procede recurso.",
             "texto_del_acto": "Se comunica que la copia de la licencia 0457-2019 está lista."}),
         Hecho(7, "08:15", "abrir_deposito"),
         Hecho(20, "11:30", "depositar", datos={
             "asunto_del_acto": "Resolución N.° 412-2026-LIC: archivo del expediente",
             "unidad_emisora": "Licencias y autorizaciones",
             "mensaje_del_acto": "Archivamos tu expediente porque ya recogiste la copia.",
             "recursos_del_acto": (
                 "Reconsideración, ante Licencias y autorizaciones, o apelación, ante la Gerencia "
                 "municipal: 15 días hábiles desde que surte efecto."),
             "texto_del_acto": "SE RESUELVE:\nArchivar el expediente de la referencia."}),
         # Hace un rato: su PDF lo hace el trabajador, y entonces se deposita en su casilla.
         Hecho(21, "00:15", "atender", datos={
             "respuesta": (
                 "Ya recogiste la copia de tu licencia 0457-2019. Con eso tu pedido queda "
                 "atendido y archivamos el expediente."),
             "recursos_del_acto": "Contra esta respuesta no procede recurso."})),
    ),
    Historia(
        CONTACTO, 13, "20:15",
        _escribe("Julia Mamani", "julia.mamani@correo.example",
                 "¿A qué hora pasa el camión recolector por la urbanización Los Jazmines?"),
    ),
    Historia(
        MESA, 12, "08:31",
        _pide(MARTA, "Solicito la poda de un árbol que toca los cables",
              "Está frente a mi casa y cuando llueve salen chispas.",
              acepta_notificacion="true"),
        (Hecho(1, "09:45", "observar", datos={
            "observacion-documento_principal": "El documento no está firmado.",
            "observacion-asunto": "Indica la dirección exacta del árbol."}),
         Hecho(1, "19:30", "abrir"),
         Hecho(2, "21:10", "corregir", datos={
             "asunto": "Solicito la poda de un árbol en Jr. Los Cedros, cuadra 1"}),
         # En su expediente puede darlo otra vez.
         Hecho(3, "07:40", "retirar", datos={"campo": "acepta_notificacion"}),
         Hecho(4, "10:20", "derivar", ANA, {"area": "Obras y desarrollo urbano"})),
    ),
    Historia(
        MESA, 11, "11:22",
        _pide(CARLOS, "Solicito prescripción de deuda de arbitrios",
              "La deuda es de hace más de cuatro años."),
        (Hecho(1, "10:10", "observar", datos={
            "observacion-pedido": "Di de qué años y de qué predio es la deuda."}),
         Hecho(1, "18:00", "abrir")),
    ),
    Historia(
        MESA, 9, "14:05",
        _pide(UGEL, "Solicito información sobre predios cercanos a la I.E. 1023",
              "La necesitamos para el saneamiento del colegio."),
        (Hecho(1, "15:30", "derivar_entidad", ANA, {
            "entidad_destino": "Superintendencia Nacional de los Registros Públicos",
            "motivo": "La información registral de los predios le corresponde a esa entidad."}),),
    ),
    Historia(
        CONTACTO, 7, "07:50",
        _escribe("Andrés Coila", "andres.coila@correo.example",
                 "Felicito al personal del vivero municipal: me atendieron muy bien."),
        (Hecho(1, "09:05", "responder", datos={
            "respuesta": "Gracias por escribirnos, Andrés. Se lo haremos saber al equipo."}),),
    ),
    Historia(
        MESA, 6, "12:48",
        _pide(LUCIA, "Solicito uso de la losa deportiva para un campeonato",
              "Sería el segundo domingo del próximo mes.", sede="norte"),
        (Hecho(2, "17:20", "desistir", datos={
            "motivo": "Conseguimos otro lugar para el campeonato."}),),
    ),
    Historia(
        MESA, 6, "15:33",
        _pide(ROSA, "Solicito constancia de no adeudo",
              "La necesito para vender mi casa."),
        (Hecho(1, "08:40", "observar", datos={
            "observacion-documento_principal": "La segunda parte no se lee. Súbela otra vez."}),),
    ),
    Historia(
        MESA, 3, "09:58",
        _pide(LUCIA, "Solicito reparación de la pista de la avenida Los Molles",
              "Hay un hueco que ya causó dos accidentes.", sede="norte"),
        (Hecho(1, "10:35", "tomar", PEDRO),
         Hecho(2, "19:05", "escribir", datos={
             "mensaje": "Hoy se cayó otro ciclista. ¿Pueden poner una señal mientras tanto?"})),
    ),
    Historia(
        MESA, 2, "16:21",
        _pide(MARTA, "Presento queja por ruidos molestos",
              "Es un taller que trabaja de noche.", tipo_documento="queja"),
        (Hecho(1, "11:50", "observar", datos={
            "observacion-pedido": "Indica la dirección del taller."}),),
    ),
    Historia(
        MESA, 1, "18:44",
        _pide(EMPRESA, "Presento carta sobre el contrato de suministro 12-2026",
              "Comunicamos el cambio de nuestra cuenta bancaria.", tipo_documento="carta",
              numero_documento="Carta N.° 015-2026"),
    ),
    Historia(
        CONTACTO, 0, "01:50",
        _escribe("Teresa Lazo", "teresa.lazo@correo.example",
                 "¿Qué necesito para inscribir a mi mamá en el programa del adulto mayor?"),
    ),
    Historia(
        MESA, 0, "00:25",
        _pide(CARLOS, "Solicito certificado de parámetros urbanísticos",
              "Es para un terreno en la urbanización Los Jazmines."),
    ),
)  # fmt: skip
