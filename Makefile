# Thin: each target makes .venv with pinned dependencies and calls the CLI or a tool.
# `make demo ARGS="--for 60"`, `make test ARGS="tests/unit -x"`.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt
ARGS ?=
CODE := common grabber processor model_api analyzer console training maskwatch deploy
# Twice the cores of a small machine: tests mostly wait, for servers and processes. 0: one after the other, as for --pdb.
# In the order of folders, for the longest waits come first there; tests/conftest.py says which tests stay together.
WORKERS ?= 4

.PHONY: help demo test check format services services-down test-compose clean
.DEFAULT_GOAL := help

help: ## List the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "maskwatch needs Python 3.11 or newer; found `$(PYTHON) --version`. Name one: make PYTHON=python3.12 demo"; exit 1; }
	$(PYTHON) -m venv $(VENV)

# One stamp per set of dependencies: a second start installs nothing. The larger set holds the smaller.
$(VENV)/.serving: pyproject.toml constraints.txt | $(BIN)/python
	@echo "setting up .venv (once) …"
	$(PIP) --editable '.[all]'
	@touch $@

$(VENV)/.dev: pyproject.toml constraints.txt | $(BIN)/python
	@echo "setting up .venv for development (once) …"
	$(PIP) --editable '.[dev]'
	@touch $@ $(VENV)/.serving

demo: $(VENV)/.serving ## Run everything in one process on a simulated RTSP camera, or on ARGS="--source …"
	@$(BIN)/maskwatch up --demo --data data/demo $(ARGS)

check: $(VENV)/.dev ## Lint, types, layers, dead code, security, dependencies
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/vulture
	$(BIN)/bandit --quiet --severity-level medium --configfile pyproject.toml --recursive $(CODE)
	$(BIN)/python deploy/dev/dependencies.py

format: $(VENV)/.dev ## Format the code
	$(BIN)/ruff check --fix --quiet . ; $(BIN)/ruff format .

services: $(VENV)/.dev ## Start RabbitMQ, PostgreSQL, Redis and an S3 server for the tests
	@$(BIN)/python deploy/dev/services up

services-down: ## Stop them
	@$(PYTHON) deploy/dev/services down

test: $(VENV)/.dev services ## Run the whole test suite
	@$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder $(ARGS); status=$$?; $(BIN)/python deploy/dev/services down; exit $$status

test-compose: $(VENV)/.dev ## Bring docker-compose.yml up for real and see an alert
	@deploy/compose-test

clean: ## Remove what was built; keeps your data
	rm -rf $(VENV) build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
