"""La configuración: de dónde sale cada ajuste, y todas las fallas de una vez."""

from dataclasses import FrozenInstanceError
from pathlib import Path

import pytest

from facilita import config, conversiones
from facilita.config import (
    AJUSTES,
    POR_OMISION,
    Configuracion,
    ConfiguracionInvalida,
    leer_configuracion,
)

SECRETO = "Kq3vX9-largo-y-al-azar-0123456789abcdef"
MINIMO = {"FACILITA_SECRETO": SECRETO, "FACILITA_DIRECCION_PUBLICA": "https://mesa.ejemplo.pe"}
DEL_PROYECTO = Path(__file__).parents[1] / "config.yaml"


def leer(carpeta: Path, texto: str = "", **entorno: str) -> Configuracion:
    ruta = carpeta / "config.yaml"
    ruta.write_text(texto, encoding="utf-8")
    return leer_configuracion(ruta, MINIMO | {f"FACILITA_{k}": v for k, v in entorno.items()})


def fallas(carpeta: Path, texto: str = "", **entorno: str) -> list[str]:
    with pytest.raises(ConfiguracionInvalida) as falla:
        leer(carpeta, texto, **entorno)
    return [str(f) for f in falla.value.fallas]


def test_por_omision_todo_vive_en_la_carpeta_de_datos(tmp_path):
    c = leer(tmp_path)
    assert c.carpeta_de_datos == tmp_path / "var"
    assert c.base_de_datos == f"sqlite:///{tmp_path}/var/facilita.db"
    assert c.almacen == f"{tmp_path}/var/archivos"
    assert c.correo == f"carpeta:{tmp_path}/var/correos"
    assert c.plantillas == tmp_path / "plantillas"
    assert (c.hilos, c.dias_de_borrador, c.tamano_maximo_envio_mb) == (8, 7, 120)
    assert (c.dias_de_gracia, c.red_en_consentimientos) == (15, "recortada")
    assert (c.saltos_de_proxy, c.trabajador_embebido, c.demo) == (0, True, False)
    assert c.secreto == SECRETO
    with pytest.raises(FrozenInstanceError):
        c.hilos = 9  # type: ignore[misc]


def test_mover_la_carpeta_de_datos_mueve_todo_lo_que_va_dentro(tmp_path):
    c = leer(tmp_path, CARPETA_DE_DATOS="/srv/facilita")
    assert c.base_de_datos == "sqlite:////srv/facilita/facilita.db"
    assert c.almacen == "/srv/facilita/archivos"
    assert c.correo == "carpeta:/srv/facilita/correos"


def test_sin_archivo_basta_el_entorno(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    assert leer_configuracion(None, MINIMO).carpeta_de_datos == tmp_path / "var"


def test_el_entorno_manda_y_lo_vacio_no_cuenta(tmp_path):
    texto = "hilos: 3\nconexiones: 4\nalmacen:\n"
    c = leer(tmp_path, texto, HILOS="5", CONEXIONES="")
    assert (c.hilos, c.conexiones) == (5, 4)
    assert c.origenes["hilos"] == "FACILITA_HILOS"
    assert c.origenes["conexiones"] == "config.yaml:2"
    assert c.origenes["almacen"] == POR_OMISION


def test_las_rutas_parten_de_la_carpeta_del_archivo(tmp_path, monkeypatch):
    monkeypatch.chdir("/")
    (tmp_path / "p").mkdir()
    texto = (
        "base_de_datos: sqlite:///var/x.db\nalmacen: file:a\ncorreo: carpeta:c\nplantillas: p\n"
        "carpeta_de_datos: ../d\n"
    )
    c = leer(tmp_path, texto)
    assert c.base_de_datos == f"sqlite:///{tmp_path}/var/x.db"
    assert c.almacen == f"{tmp_path}/a"
    assert c.correo == f"carpeta:{tmp_path}/c"
    assert c.plantillas == tmp_path / "p"
    assert c.carpeta_de_datos == tmp_path / "../d"
    assert leer(tmp_path, ALMACEN="otro").almacen == f"{tmp_path}/otro"
    assert leer(tmp_path, BASE_DE_DATOS="sqlite:////abs/x.db").base_de_datos.endswith(
        "////abs/x.db"
    )


def test_todas_las_fallas_de_una_vez_con_su_nombre_y_su_origen(tmp_path):
    ruta = tmp_path / "config.yaml"
    ruta.write_text("hilos: 0\nhilo: 3\nsecreto: abc\ndireccion_publica: http://mesa.pe\n")
    with pytest.raises(ConfiguracionInvalida) as falla:
        leer_configuracion(ruta, {"FACILITA_SALTOS_DE_PROXY": "6", "FACILITA_HILOZ": "2"})
    assert [(f.ajuste, f.origen) for f in falla.value.fallas] == [
        ("hilo", "config.yaml:2"),
        ("secreto", "config.yaml:3"),
        ("FACILITA_HILOZ", "FACILITA_HILOZ"),
        ("secreto", "falta"),
        ("direccion_publica", "config.yaml:4"),
        ("hilos", "config.yaml:1"),
        ("saltos_de_proxy", "FACILITA_SALTOS_DE_PROXY"),
    ]
    assert str(falla.value).count("\n") == 6


def test_lo_desconocido_es_falla_y_se_propone_lo_parecido(tmp_path):
    assert fallas(tmp_path, "hilo: 3\nnada_parecido_a_esto: 1", DIAS_BORRADOR="3") == [
        "hilo (config.yaml:1): no es un ajuste de Facilita; quizá es «hilos»",
        "nada_parecido_a_esto (config.yaml:2): no es un ajuste de Facilita",
        "FACILITA_DIAS_BORRADOR (FACILITA_DIAS_BORRADOR): no es un ajuste de Facilita; "
        "quizá es «FACILITA_DIAS_DE_BORRADOR»",
    ]


def test_lo_de_otros_programas_en_el_entorno_no_importa(tmp_path):
    ruta = tmp_path / "config.yaml"
    ruta.write_text("")
    assert leer_configuracion(ruta, {**MINIMO, "PATH": "/bin", "FACIL": "x"}).hilos == 8


@pytest.mark.parametrize("nombre", ["secreto", "demo"])
def test_lo_que_solo_va_en_el_entorno_no_va_en_el_archivo(tmp_path, nombre):
    dichas = fallas(tmp_path, f"{nombre}: {SECRETO}")
    assert len(dichas) == 1
    assert f"ponlo solo en FACILITA_{nombre.upper()}" in dichas[0]
    assert SECRETO not in dichas[0]


@pytest.mark.parametrize("secreto", ["corto", "a" * 64, "12345678901234567890123456789 1"])
def test_un_secreto_debil_se_rechaza_sin_repetirlo(tmp_path, secreto):
    dichas = fallas(tmp_path, SECRETO=secreto)
    assert len(dichas) == 1
    assert dichas[0].startswith("secreto (FACILITA_SECRETO): debe tener 32 caracteres")
    assert secreto not in dichas[0]


def test_la_demostracion_no_pide_nada_y_no_sale_de_esta_maquina(tmp_path):
    entorno = {"FACILITA_DEMO": "true"}
    c, otra = (leer_configuracion(DEL_PROYECTO, entorno) for _ in range(2))
    assert c.demo
    assert len(c.secreto) >= 32
    assert c.secreto != otra.secreto
    assert c.direccion_publica == "http://127.0.0.1:8000"
    assert leer(tmp_path, DEMO="1", DIRECCION_PUBLICA="http://localhost:9000").demo
    assert "solo atiende en esta máquina" in fallas(tmp_path, DEMO="sí")[0]


@pytest.mark.parametrize(
    ("dada", "queda"),
    [
        ("https://mesa.pe", "https://mesa.pe"),
        ("https://mesa.pe/", "https://mesa.pe"),
        ("https://mesa.pe:8443", "https://mesa.pe:8443"),
        ("http://mesa.pe", None),
        ("http://127.0.0.1:8000", None),
        ("ftp://mesa.pe", None),
        ("mesa.pe", None),
        ("https://", None),
        ("https://mesa.pe:puerto", None),
        ("https://mesa.pe/ruta", None),
        ("https://mesa.pe?x=1", None),
        ("https://yo:clave@mesa.pe", None),
        ("https://me sa.pe", None),
    ],
)
def test_la_direccion_publica(tmp_path, dada, queda):
    if queda:
        assert leer(tmp_path, DIRECCION_PUBLICA=dada).direccion_publica == queda
    else:
        assert fallas(tmp_path, DIRECCION_PUBLICA=dada)[0].startswith("direccion_publica (FACI")


@pytest.mark.parametrize(
    ("nombre", "sirven", "no_sirven"),
    [
        ("hilos", ["1", "64"], ["0", "65", "-1", "ocho", "8.5", "٣", "9" * 30]),
        ("conexiones", ["1", "200"], ["0", "201"]),
        ("dias_de_borrador", ["1", "90"], ["0", "91"]),
        ("dias_de_gracia", ["0", "365"], ["-1", "366"]),
        ("tamano_maximo_envio_mb", ["1", "2048"], ["0", "2049", "120 MB"]),
        ("saltos_de_proxy", ["0", "5"], ["-1", "6"]),
        ("segundos_de_revision", ["0", "30"], ["-1", "31"]),
        ("red_en_consentimientos", ["recortada", "Completa", "no"], ["sí", "a medias"]),
        ("trabajador_embebido", ["sí", "No", "true", "0"], ["quizá", "2"]),
        (
            "base_de_datos",
            ["sqlite:///x.db", "postgresql://u:c@h/b", "postgresql+psycopg://u@/b?host=/run"],
            ["sqlite://", "sqlite:///:memory:", "mysql://u:c@h/b", "postgres://u@h/b", "x.db",
             "postgresql://u@h", "postgresql://u:c@h:puerto/b"],
        ),
        (
            "almacen",
            ["carpeta", "file:/srv/x", "s3://balde?endpoint=https://s3.pe&region=lima"],
            ["s3://", "s3:balde", "s3://balde/ruta", "s3://llave:clave@balde", "ftp://x", "s3://["],
        ),
        ("correo_de", ["Mesa <a@b.pe>", "a@b.pe"], ["Mesa", "a@", "a b@c.pe", "x\ny@z.pe"]),
        ("plantillas", ["."], ["no-existe"]),
    ],
)  # fmt: skip
def test_lo_que_sirve_y_lo_que_no(tmp_path, nombre, sirven, no_sirven):
    for valor in sirven:
        c = leer(tmp_path, f"{nombre}: '{valor}'")
        assert c.origenes[nombre] == "config.yaml:1"
        assert leer(tmp_path, **{nombre.upper(): valor}) is not None
    for valor in no_sirven:
        dichas = fallas(tmp_path, **{nombre.upper(): valor})
        assert [d.partition(":")[0] for d in dichas] == [f"{nombre} (FACILITA_{nombre.upper()})"]


@pytest.mark.parametrize("valor", ["[1]", "{a: 1}", "3", "true"])
@pytest.mark.parametrize("nombre", ["almacen", "correo", "base_de_datos", "plantillas"])
def test_un_texto_que_no_es_texto(tmp_path, nombre, valor):
    assert len(fallas(tmp_path, f"{nombre}: {valor}")) == 1


@pytest.mark.parametrize(
    "correo",
    [
        "smtp://h", "smtps://u:c@h", "smtp://u:c@h:587?tls=starttls",
        "smtp://localhost:2525?tls=no",
    ],
)  # fmt: skip
def test_el_correo_por_smtp_pide_quien_firma(tmp_path, correo):
    assert leer(tmp_path, CORREO=correo, CORREO_DE="a@b.pe").correo == correo
    assert fallas(tmp_path, CORREO=correo)[0].startswith("correo_de (falta)")


@pytest.mark.parametrize(
    "correo",
    [
        "carpeta:", "imap://h", "smtp://", "smtp://u:secretisima@h?tls=no",
        "smtp://u:secretisima/x@h", "smtp://u:c@h?secretisima=1", "smtp://h?timeout=secretisima",
    ],
)  # fmt: skip
def test_un_correo_que_no_sirve_se_dice_sin_la_clave(tmp_path, correo):
    dichas = fallas(tmp_path, CORREO=correo)
    assert dichas == [f"correo (FACILITA_CORREO): {conversiones.COMO_CORREO}"]


def test_si_falta_la_biblioteca_se_dice_cual_instalar(tmp_path, monkeypatch):
    monkeypatch.setattr(conversiones, "find_spec", lambda _nombre: None)
    dichas = fallas(tmp_path, BASE_DE_DATOS="postgresql://u@h/b", ALMACEN="s3://b")
    assert "facilita[postgres]" in dichas[0]
    assert "facilita[s3]" in dichas[1]


@pytest.mark.parametrize("texto", ["a: [", "hilos: 3\nhilos: 4\n", "- hilos\n", "solo texto"])
def test_un_archivo_mal_escrito_se_dice_junto_con_lo_demas(tmp_path, texto):
    dichas = fallas(tmp_path, texto, CONEXIONES="0")
    assert dichas[0].startswith("config.yaml (config.yaml:")
    assert dichas[-1].startswith("conexiones (FACILITA_CONEXIONES)")


def test_un_archivo_que_no_esta_es_una_falla(tmp_path):
    with pytest.raises(ConfiguracionInvalida, match="no se puede leer el archivo"):
        leer_configuracion(tmp_path / "nada.yaml", MINIMO)


def test_mostrar_dice_todo_tapa_los_secretos_y_da_el_origen(tmp_path):
    c = leer(
        tmp_path,
        "trabajador_embebido: no\n",
        BASE_DE_DATOS="postgresql://yo:cl@ve/1@h/b?sslpassword=clave2&host=x",
        CORREO="smtp://yo:clave3@h",
        CORREO_DE="a@b.pe",
    )
    mostrado = {a.nombre: (a.valor, a.origen) for a in c.mostrar()}
    assert tuple(mostrado) == AJUSTES
    assert mostrado["secreto"] == ("•••", "FACILITA_SECRETO")
    assert mostrado["base_de_datos"][0] == "postgresql://yo:•••@h/b?sslpassword=•••&host=x"
    assert mostrado["correo"] == ("smtp://yo:•••@h", "FACILITA_CORREO")
    assert mostrado["trabajador_embebido"] == ("no", "config.yaml:1")
    assert mostrado["hilos"] == ("8", POR_OMISION)
    for secreto in (SECRETO, "cl@ve", "clave2", "clave3"):
        assert secreto not in str(c.mostrar())
        assert secreto not in repr(c)


def test_la_configuracion_del_proyecto_sirve_y_guarda_en_var():
    c = leer_configuracion(DEL_PROYECTO, MINIMO)
    raiz = DEL_PROYECTO.parent
    assert c.base_de_datos == f"sqlite:///{raiz}/var/facilita.db"
    assert c.plantillas == raiz / "plantillas"
    escrito = DEL_PROYECTO.read_text(encoding="utf-8")
    for nombre in set(AJUSTES) - set(config._SOLO_DEL_ENTORNO):
        assert f"\n{nombre}: " in escrito or f"\n# {nombre}: " in escrito, nombre


PASARELA = "https://pasarela.ejemplo.pe/mensajes"


def test_la_casilla_no_se_enciende_sin_un_canal_al_celular(tmp_path):
    """N51: y el canal de la demostración no vale fuera de ella."""
    assert not leer(tmp_path).casilla
    dicho = f"casilla (config.yaml:1): {conversiones.COMO_CASILLA}"
    assert fallas(tmp_path, "casilla: sí") == [dicho]
    for canal in ("demo:var/celulares", "http://pasarela.pe/", "https://u:c@p.pe/"):
        dichas = fallas(tmp_path, CASILLA="si", MENSAJERIA=canal)
        assert [f.partition(" ")[0] for f in dichas] == ["mensajeria", "casilla"]
    c = leer(tmp_path, CASILLA="si", MENSAJERIA=PASARELA, MENSAJERIA_CLAVE="abc123")
    assert (c.casilla, c.mensajeria, c.mensajeria_clave) == (True, PASARELA, "abc123")
    assert "abc123" not in repr(c) + str(c.mostrar())


def test_la_clave_de_la_pasarela_va_solo_en_el_entorno_y_el_cuerpo_nombra_a_quien(tmp_path):
    (dicha,) = fallas(tmp_path, "mensajeria_clave: abc")
    assert "FACILITA_MENSAJERIA_CLAVE" in dicha
    assert conversiones.COMO_CUERPO in fallas(tmp_path, MENSAJERIA_CUERPO='{"to": "{para}"}')[0]
