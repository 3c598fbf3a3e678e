import time

from .cliente import *


def test_uno(visita, mundo, app):
    t = time.perf_counter()
    c = visita.hasta_revisar()
    print("llenar", time.perf_counter() - t)
    t = time.perf_counter()
    cod = visita.presentar(c)
    print("presentar", time.perf_counter() - t, cod)
    r = visita.ver("/valle-sereno/mesa-de-partes")
    print(dict(r.headers))


def test_dos(visita, mundo, app):
    test_uno(visita, mundo, app)
    t = time.perf_counter()
    v = Visita(app).ingresar("luis")
    print("login", time.perf_counter() - t)
    p = v.leer("/bandeja")
    print(p.titular)
