"""El catálogo de frases con que se dice un error al ciudadano.

Una definición puede cambiar cada frase de un campo con `mensajes: {clave: frase}`.
`{campo}` es la etiqueta; los demás nombres son los límites del tipo.
"""

from collections.abc import Mapping

FRASES: Mapping[str, str] = {
    "vacio": "Completa «{campo}».",
    "vacio_opcion": "Elige una opción en «{campo}».",
    "vacio_multiples": "Marca al menos una opción en «{campo}».",
    "vacio_archivo": "Sube el archivo que pide «{campo}».",
    "vacio_consentimiento": "Marca la casilla «{campo}» para continuar.",
    "vacio_grupo": "Completa al menos una fila de «{campo}».",
    "vacio_pago": "Completa «{campo}»: dónde pagaste, el número de operación y la fecha.",
    "forma": "No pudimos leer la respuesta de «{campo}». Escríbela otra vez.",
    "muy_largo": "«{campo}» debe tener {maximo} caracteres como máximo; escribiste {escritos}.",
    "muy_corto": "«{campo}» debe tener {minimo} caracteres como mínimo.",
    "formato_nombre": "Escribe «{campo}» solo con letras, espacios, guiones o apóstrofos.",
    "formato_codigo": "Escribe «{campo}» solo con letras, números, guiones, puntos o barras.",
    "formato_placa": "Escribe la placa con seis letras o números; por ejemplo, ABC-123.",
    "opcion": "Elige una de las opciones de «{campo}».",
    "opcion_no_va": "«{opcion}» no va con tus otras respuestas: elige otra en «{campo}».",
    "opcion_descartada": "Quitamos «{opcion}» de «{campo}»: no va con tus otras respuestas.",
    "pocas_opciones": "En «{campo}» marca {minimo} o más; marcaste {elegidas}.",
    "muchas_opciones": "En «{campo}» puedes marcar hasta {maximo}; marcaste {elegidas}.",
    "opcion_exclusiva": "En «{campo}» marca solo «{opcion}», o desmárcala si van otras.",
    "correo": "Escribe un correo como nombre@ejemplo.pe, sin espacios.",
    "celular": (
        "Escribe un celular de 9 dígitos que empiece con 9, o un número de otro país con + y su "
        "código."
    ),
    "telefono": "Escribe un teléfono de 6 a 15 dígitos; puede empezar con + y el código del país.",
    "dni": "El DNI tiene 8 dígitos.",
    "carne_extranjeria": "El carné de extranjería tiene de 9 a 12 letras o números.",
    "pasaporte": "El pasaporte tiene de 5 a 15 letras o números.",
    "ptp": "El PTP tiene de 8 a 15 letras o números.",
    "cedula_identidad": "La cédula tiene de 5 a 15 letras, números o guiones.",
    "otro_documento": "El número tiene de 3 a 20 letras, números o guiones.",
    "ruc_forma": "El RUC tiene 11 dígitos y empieza con 10, 15, 16, 17 o 20.",
    "ruc_digito": "Ese RUC no existe: su último dígito no corresponde. Revísalo.",
    "numero": "Escribe «{campo}» solo con números.",
    "numero_entero": "Escribe «{campo}» con un número entero, sin decimales.",
    "muy_grande": "«{campo}» debe ser {maximo} como máximo.",
    "muy_pequeno": "«{campo}» debe ser {minimo} como mínimo.",
    "dinero": ("Escribe «{campo}» en soles, con dos decimales como máximo; por ejemplo, 1234.50."),
    "fecha": "Escribe «{campo}» como día/mes/año, con el año completo; por ejemplo, 27/3/2026.",
    "fecha_no_existe": "La fecha de «{campo}» no existe. Revisa el día y el mes.",
    "fecha_antes": "«{campo}» no puede ser antes del {minimo}.",
    "fecha_despues": "«{campo}» no puede ser después del {maximo}.",
    "hora": "Escribe «{campo}» como hora y minutos; por ejemplo, 15:30 o 3:30 pm.",
    "hora_antes": "«{campo}» no puede ser antes de las {minimo}.",
    "hora_despues": "«{campo}» no puede ser después de las {maximo}.",
    "pocas_filas": "«{campo}» debe tener {minimo} filas como mínimo; completaste {cantidad}.",
    "muchas_filas": "«{campo}» puede tener hasta {maximo} filas; hay {cantidad}.",
    "enlace": "Escribe una dirección que empiece con https://.",
    "enlace_privado": "Escribe una dirección de internet, que cualquiera pueda abrir.",
    "ubigeo_ninguno": (
        "No encontramos ese distrito. Escribe su nombre y, si quieres, su provincia; por ejemplo: "
        "Miraflores, Lima."
    ),
    "ubigeo_varios": "Hay varios distritos con ese nombre: elige el tuyo.",
    "archivo_tipo": "«{nombre}» no se puede recibir: {motivo}",
    "archivo_grande": "«{nombre}» pesa {peso}; el máximo es {maximo}.",
    "archivo_muchos": "Puedes subir {maximo} archivos como máximo en «{campo}»; hay {cantidad}.",
    "archivo_vacio": "«{nombre}» está vacío. Elige otra vez el archivo.",
    "expediente_no_hallado": (
        "No encontramos el expediente {numero} en esta entidad. Revisa el número; si es correcto, "
        "puedes continuar."
    ),
    "folios_distintos": (
        "Contamos {paginas} en tu documento y escribiste {folios}. Si está bien así, puedes "
        "continuar."
    ),
    "folios_contados": "Pusimos este número porque contamos {paginas} en tu documento.",
}
