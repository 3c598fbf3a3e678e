"""Las sesiones del personal: entrar, seguir dentro, salir, y lo que se niega sin dar pistas."""

from datetime import timedelta

import pytest
from fabrica import CLAVE, PERSONAL, PLATAFORMA, RIO, VALLE, Mundo, correo_de
from sqlalchemy import select

from facilita.tramite import intentos, sesiones, usuarios
from facilita.tramite.errores import Invalido, NoExiste, NoPermitido
from facilita.tramite.intentos import Desde, IngresoDetenido
from facilita.tramite.modelos import Bitacora, Entidad, Intento, Membresia, SesionAbierta, Usuario
from facilita.tramite.sesiones import IngresoNegado
from facilita.tramite.usuarios import Puesto

MALA = "clave que no es"


def entrar(mundo: Mundo, quien: str = "luis", clave: str = CLAVE) -> str:
    return sesiones.ingresar(mundo.entorno, correo_de(quien), clave, "Firefox")


def fallar(mundo: Mundo, veces: int, quien: str = "luis") -> None:
    for _ in range(veces):
        with pytest.raises(IngresoNegado):
            entrar(mundo, quien, MALA)


def cambiar(mundo: Mundo, modelo: type, condicion: object, **valores: object) -> None:
    with mundo.entorno.bd.transaccion(PLATAFORMA) as sesion:
        for fila in sesion.scalars(select(modelo).where(condicion)):
            for nombre, valor in valores.items():
                setattr(fila, nombre, valor)


def acciones(mundo: Mundo) -> list[str]:
    return [b.accion for b in mundo.todo(Bitacora) if b.usuario_id]


def test_quien_entra_actua_desde_su_puesto(mundo: Mundo):
    """N61: la sesión dice quién es, de dónde y con qué rol; el ingreso queda anotado."""
    actor = sesiones.actor_de(mundo.entorno, entrar(mundo, "olga"))
    assert actor == mundo.actor("olga")
    assert actor is not None and actor.rol_en_palabras == "Colaborador"
    assert acciones(mundo) == ["ingreso"]


def test_el_correo_se_escribe_como_sea(mundo: Mundo):
    """N61: mayúsculas y espacios no impiden entrar."""
    ficha = sesiones.ingresar(mundo.entorno, " LUIS@VALLESERENO.example ", CLAVE, None)
    assert sesiones.actor_de(mundo.entorno, ficha) is not None


def test_la_ficha_no_se_guarda(mundo: Mundo):
    """N61: en la base solo está su huella."""
    ficha = entrar(mundo)
    assert ficha not in str([vars(s) for s in mundo.todo(SesionAbierta)])
    assert sesiones.actor_de(mundo.entorno, mundo.todo(SesionAbierta)[0].huella) is None


def test_clave_mala_y_correo_desconocido_responden_lo_mismo(mundo: Mundo):
    """N61: la respuesta no dice qué correos existen."""
    negados = []
    for correo, clave in (
        (correo_de("luis"), MALA),
        ("nadie@vallesereno.example", CLAVE),
        ("no es un correo", CLAVE),
        (correo_de("luis"), ""),
        (correo_de("luis"), "x" * 5000),
    ):
        with pytest.raises(IngresoNegado) as negado:
            sesiones.ingresar(mundo.entorno, correo, clave, None)
        negados.append((type(negado.value), negado.value.frase))
    assert set(negados) == {(IngresoNegado, sesiones.FRASE)}
    assert mundo.cuantas(SesionAbierta) == [0]


def test_a_la_quinta_hay_que_esperar(mundo: Mundo):
    """N61: ni con la clave buena; pasado el castigo, sí, y la cuenta vuelve a cero."""
    fallar(mundo, intentos.FALLOS)
    for clave in (MALA, CLAVE):
        with pytest.raises(IngresoDetenido) as detenido:
            entrar(mundo, clave=clave)
    assert detenido.value.hasta == mundo.reloj.ahora() + intentos.CASTIGO
    mundo.pasar(seconds=61)
    assert entrar(mundo)
    assert mundo.cuantas(Intento) == [0]
    assert acciones(mundo) == ["ingreso.fallido"] * 5 + ["ingreso"]


def test_el_castigo_se_dobla_y_tiene_tope(mundo: Mundo):
    """N61: quien insiste espera más, hasta un cuarto de hora."""
    fallar(mundo, intentos.FALLOS)
    esperas = []
    for _ in range(6):
        (hasta,) = [i.bloqueado_hasta for i in mundo.todo(Intento) if i.bloqueado_hasta]
        esperas.append((hasta - mundo.reloj.ahora()) // timedelta(minutes=1))
        mundo.reloj.poner(hasta)
        mundo.pasar(seconds=1)
        fallar(mundo, 1)
    assert esperas == [1, 2, 4, 8, 15, 15]


def test_un_correo_sin_cuenta_recibe_el_mismo_castigo(mundo: Mundo):
    """N61: insistir tampoco dice qué correos existen; al día siguiente se olvida en los dos."""
    dichos = []
    for correo in (correo_de("luis"), "nadie@vallesereno.example"):
        oidos = []
        for _ in range(intentos.FALLOS + 2):
            with pytest.raises(NoPermitido) as negado:
                sesiones.ingresar(mundo.entorno, correo, MALA, None)
            oidos.append((type(negado.value), negado.value.frase))
        mundo.pasar(days=1, seconds=61)
        with pytest.raises(IngresoNegado):
            sesiones.ingresar(mundo.entorno, correo, MALA, None)
        with pytest.raises(IngresoNegado):
            sesiones.ingresar(mundo.entorno, correo, MALA, None)
        dichos.append(oidos)
    assert dichos[0] == dichos[1]
    assert [c for c, _ in dichos[0]] == [IngresoNegado] * 5 + [IngresoDetenido] * 2
    mundo.pasar(days=2)
    sesiones.barrer(mundo.entorno)
    assert mundo.cuantas(Intento) == [0]


def desde(mundo: Mundo, origen: Desde, clave: str = CLAVE) -> str:
    return sesiones.ingresar(mundo.entorno, correo_de("luis"), clave, None, origen)


def test_quien_falla_a_proposito_no_deja_afuera_al_dueno(mundo: Mundo):
    """N61: se detiene su red; el tope de todas no alcanza a un equipo conocido."""
    casa, equipo = Desde("200.1.1.1"), Desde("200.1.1.1", "suyo")
    for _ in range(intentos.FALLOS):
        with pytest.raises(IngresoNegado):
            desde(mundo, Desde("190.0.0.0"), MALA)
    with pytest.raises(IngresoDetenido):
        desde(mundo, Desde("190.0.0.0"))
    assert desde(mundo, casa) and desde(mundo, Desde("190.0.0.0", "suyo"))
    for n in range(intentos.DE_CLAVES.fallos - intentos.FALLOS):
        with pytest.raises(IngresoNegado):
            desde(mundo, Desde(f"190.0.{n}.1"), MALA)
    with pytest.raises(IngresoDetenido):
        desde(mundo, casa)
    assert desde(mundo, equipo)
    mundo.pasar(minutes=16)
    assert desde(mundo, casa)
    with pytest.raises(IngresoNegado):
        desde(mundo, Desde("190.1.1.1"), MALA)
    with pytest.raises(IngresoDetenido):
        desde(mundo, casa)


def test_el_castigo_de_uno_no_detiene_a_otro(mundo: Mundo):
    """N61: cada cuenta lleva su cuenta."""
    fallar(mundo, intentos.FALLOS)
    assert entrar(mundo, "ana")


def test_la_sesion_se_cierra_sola_sin_actividad(mundo: Mundo):
    """N61: dos horas sin uso; usarla la mantiene."""
    ficha = entrar(mundo)
    for _ in range(3):
        mundo.pasar(hours=2)
        assert sesiones.actor_de(mundo.entorno, ficha) is not None
    mundo.pasar(hours=2, seconds=1)
    assert sesiones.actor_de(mundo.entorno, ficha) is None


def test_la_sesion_dura_doce_horas_aunque_se_use(mundo: Mundo):
    """N61: al cabo del día se entra otra vez; lo vencido se barre."""
    ficha = entrar(mundo)
    for _ in range(12):
        mundo.pasar(hours=1)
        assert sesiones.actor_de(mundo.entorno, ficha) is not None
    sesiones.barrer(mundo.entorno)
    assert mundo.cuantas(SesionAbierta) == [1]
    mundo.pasar(seconds=1)
    assert sesiones.actor_de(mundo.entorno, ficha) is None
    sesiones.barrer(mundo.entorno)
    assert mundo.cuantas(SesionAbierta) == [0]


def test_salir_cierra_esa_sesion_y_no_las_otras(mundo: Mundo):
    """N61: y queda anotado; salir dos veces no falla."""
    una, otra = entrar(mundo), entrar(mundo)
    sesiones.salir(mundo.entorno, una)
    sesiones.salir(mundo.entorno, una)
    assert sesiones.actor_de(mundo.entorno, una) is None
    assert sesiones.actor_de(mundo.entorno, otra) is not None
    assert acciones(mundo).count("salida") == 1


@pytest.mark.parametrize("modelo", [Usuario, Membresia])
def test_lo_que_se_desactiva_cierra_la_puerta_al_instante(mundo: Mundo, modelo: type):
    """N61: la cuenta o el puesto; también para quien ya estaba dentro."""
    luis, ficha = mundo.actor("luis"), entrar(mundo)
    condicion = {
        Usuario: Usuario.id == luis.usuario_id,
        Membresia: Membresia.id == luis.membresia_id,
    }[modelo]
    columna = "activo" if modelo is Usuario else "activa"
    cambiar(mundo, modelo, condicion, **{columna: False})
    assert sesiones.actor_de(mundo.entorno, ficha) is None
    with pytest.raises(NoPermitido):
        entrar(mundo)
    cambiar(mundo, modelo, condicion, **{columna: True})
    assert sesiones.actor_de(mundo.entorno, ficha) is not None


def test_quien_es_de_una_entidad_suspendida_entra_y_lo_sabe(mundo: Mundo):
    """N09: lo presentado se sigue atendiendo, porque sus plazos corren."""
    luis = mundo.actor("luis")
    cambiar(mundo, Entidad, Entidad.id == luis.entidad_id, activa=False)
    actor = sesiones.actor_de(mundo.entorno, entrar(mundo))
    assert actor is not None and actor.suspension is not None


def test_la_cuenta_desactivada_responde_como_una_clave_mala(mundo: Mundo):
    """N61: no se anuncia que existió."""
    cambiar(mundo, Usuario, Usuario.correo == correo_de("luis"), activo=False)
    with pytest.raises(IngresoNegado) as negado:
        entrar(mundo)
    assert negado.value.frase == sesiones.FRASE


def test_cambiar_la_clave_cierra_las_demas_sesiones(mundo: Mundo):
    """N61: la propia sigue; la clave vieja ya no sirve."""
    una, otra, luis = entrar(mundo), entrar(mundo), mundo.actor("luis")
    nueva = "tortuga azul 34 lenta"
    usuarios.cambiar_clave(
        mundo.entorno, luis.usuario_id, CLAVE, nueva, sesiones.huella(una)
    )  # fmt: skip
    assert sesiones.actor_de(mundo.entorno, una) is not None
    assert sesiones.actor_de(mundo.entorno, otra) is None
    with pytest.raises(IngresoNegado):
        entrar(mundo)
    assert entrar(mundo, clave=nueva)
    assert "clave.cambiada" in acciones(mundo)


@pytest.mark.parametrize(
    ("actual", "nueva", "campo"),
    [(MALA, "tortuga azul 34 lenta", "actual"), (CLAVE, "corta", "nueva")],
)
def test_la_clave_no_se_cambia_sin_la_actual_ni_por_una_debil(
    mundo: Mundo, actual: str, nueva: str, campo: str
):
    """N61: y las sesiones siguen abiertas."""
    luis, una, otra = mundo.actor("luis"), entrar(mundo), entrar(mundo)
    with pytest.raises(Invalido) as negado:
        usuarios.cambiar_clave(
            mundo.entorno, luis.usuario_id, actual, nueva, sesiones.huella(una)
        )  # fmt: skip
    assert {e.campo for e in negado.value.errores} == {campo}
    assert sesiones.actor_de(mundo.entorno, otra) is not None


def test_quien_trabaja_en_dos_entidades_elige_desde_cual(mundo: Mundo):
    """N61: cambia de puesto sin volver a entrar, y solo entre los suyos."""
    rio = mundo.entidad(RIO)
    usuarios.crear(
        mundo.entorno, rio.id, correo_de("luis"), "luis", Puesto("coordinador_entidad"), CLAVE
    )
    ficha, luis = entrar(mundo), mundo.actor("ana")
    suyos = sesiones.puestos(mundo.entorno, usuario_id(mundo, "luis"))
    assert {p.rol for p in suyos} == {"colaborador", "coordinador_entidad"}
    otro = next(p.id for p in suyos if p.rol == "coordinador_entidad")
    sesiones.usar_puesto(mundo.entorno, ficha, usuario_id(mundo, "luis"), otro)
    actor = sesiones.actor_de(mundo.entorno, ficha)
    assert actor is not None and (actor.entidad_slug, actor.rol) == (RIO, "coordinador_entidad")
    with pytest.raises(NoExiste):
        sesiones.usar_puesto(mundo.entorno, ficha, usuario_id(mundo, "luis"), luis.membresia_id)


def usuario_id(mundo: Mundo, quien: str) -> int:
    hallado: Usuario = mundo.todo(Usuario, Usuario.correo == correo_de(quien))[0]
    return hallado.id


def test_dar_un_puesto_no_cambia_la_clave_de_nadie(mundo: Mundo):
    """N61: otra entidad le da un lugar y no por eso le cambia la contraseña."""
    usuarios.crear(
        mundo.entorno, mundo.entidad(RIO).id, correo_de("luis"), "luis", Puesto("colaborador"),
        "otra clave de otros 7",
    )  # fmt: skip
    assert entrar(mundo)
    fallar(mundo, 1)
    assert mundo.cuantas(Membresia) == [len(PERSONAL) + 1]


@pytest.mark.parametrize(
    ("puesto", "campo"), [(Puesto("jefe"), "rol"), (Puesto("coordinador_sede"), "sede")]
)
def test_un_puesto_mal_dado_no_se_crea(mundo: Mundo, puesto: Puesto, campo: str):
    """N61: se dice qué le falta."""
    with pytest.raises(Invalido) as negado:
        usuarios.crear(mundo.entorno, mundo.entidad().id, "x@example.com", "Xi", puesto, CLAVE)
    assert [e.campo for e in negado.value.errores] == [campo]


def test_un_puesto_en_una_sede_o_area_que_no_existe_no_se_crea(mundo: Mundo):
    """N61: las sedes y áreas son las de su entidad."""
    entidad_id = mundo.entidad(VALLE).id
    for puesto in (Puesto("colaborador", sede="sur"), Puesto("colaborador", area="legal")):
        with pytest.raises(NoExiste):
            usuarios.crear(mundo.entorno, entidad_id, "x@example.com", "Xi", puesto, CLAVE)
    assert mundo.todo(Usuario, Usuario.correo == "x@example.com") == []


def test_cambiar_de_puesto_conserva_desde_cuando_lo_tiene(mundo: Mundo):
    """N61: mover a alguien de área no reescribe cuándo empezó."""
    luis = mundo.actor("luis")
    antes = mundo.todo(Membresia, Membresia.id == luis.membresia_id)[0].creada_en
    mundo.pasar(days=3)
    puesto = Puesto("colaborador", sede="norte", area="obras")
    usuarios.crear(mundo.entorno, luis.entidad_id, luis.correo, "luis", puesto, CLAVE)
    ahora = mundo.todo(Membresia, Membresia.id == luis.membresia_id)[0]
    assert ahora.creada_en == antes
    assert (ahora.sede_id, ahora.area_id) != (None, None)
