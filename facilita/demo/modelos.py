"""Los modelos de respuesta con que empieza la demostración."""

from facilita.tramite.modelos_de_respuesta import Escrito

MODELOS = (
    Escrito(
        "Copia lista para recoger",
        """{hoy}

{nombre}:

Atendimos tu documento «{asunto}», con registro {numero}, presentado el {presentado}.

La copia que pediste está lista. Recógela en {sede}, ventanilla 3, con tu documento \
de identidad. No tiene costo.

{entidad}
{telefono_entidad}""",
        "mesa-de-partes",
    ),
    Escrito(
        "Pedido atendido",
        """{hoy}

{nombre}:

Revisamos lo que presentaste el {presentado} (registro {numero}, expediente {expediente}) sobre \
«{asunto}».

[Escribe aquí lo que se resolvió y por qué.]

Si no estás de acuerdo, puedes presentar un recurso dentro de los 15 días hábiles siguientes a \
esta notificación, por esta misma mesa de partes.

{entidad}
{correo_entidad}""",
    ),
)
