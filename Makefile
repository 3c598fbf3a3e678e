# Facilita: `make` a secas muestra esta ayuda.
SHELL := /bin/bash
.DEFAULT_GOAL := help
PYTHON ?= python3
PORT ?= 8000
VENV := .venv
BIN := $(VENV)/bin
UV := /usr/bin/env uv

.PHONY: help run test bench lint pruebas-largas mutantes candados limpiar

help: ## Muestra esta ayuda
	@grep -hE '^[a-z-]+:.*?## ' $(MAKEFILE_LIST) | awk -F ':.*?## ' '{printf "  make %-16s %s\n", $$1, $$2}'

$(VENV)/.base: requirements.lock pyproject.toml
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.dev: requirements-dev.lock $(VENV)/.base
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@touch $@

run: $(VENV)/.base ## Prepara todo, carga la demostración y atiende en 127.0.0.1:$(PORT)
	$(BIN)/facilita demo --puerto $(PORT)

test: $(VENV)/.dev ## Corre todas las pruebas: unidades, las dos bases de datos y el navegador
	@bash .ci/paquetes
	$(BIN)/python -m pytest -n 3 -m "not larga" $(ARGS)

pruebas-largas: $(VENV)/.dev ## Corre además las pruebas de más de un minuto
	@bash .ci/paquetes
	$(BIN)/python -m pytest -n 3 -m "larga or not larga" --timeout=7200 $(ARGS)

mutantes: $(VENV)/.dev ## Cambia definicion y plazos línea por línea y mira si las pruebas lo notan (horas; MUESTRA=300, menos)
	@bash .ci/mutantes $(ARGS)

bench: $(VENV)/.dev ## Mide la velocidad y el peso; escribe bench/resultados/ultimo.json
	@bash .ci/paquetes
	$(BIN)/python -m bench $(ARGS)

lint: $(VENV)/.dev ## Revisa estilo, tipos y la dirección de las importaciones
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy facilita
	$(BIN)/lint-imports

candados: ## Vuelve a fijar las versiones de las dependencias (necesita uv)
	$(UV) pip compile -q --universal --generate-hashes --no-emit-index-url --no-header --python-version 3.11 --extra construir pyproject.toml -o requirements.lock
	$(UV) pip compile -q --universal --generate-hashes --no-emit-index-url --no-header --python-version 3.11 --all-extras pyproject.toml -o requirements-dev.lock

limpiar: ## Borra el entorno y los datos de la demostración
	rm -rf $(VENV) var
