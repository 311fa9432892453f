# Two commands do everything: `make run` and `make test`.
SHELL := /bin/bash
.DEFAULT_GOAL := help
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PORT ?= 8000
HOST ?= 127.0.0.1
export PMP_DATA_DIR ?= var

.PHONY: help run test setup portal portal-test unit slow security e2e faults lint types bench api docs clean system-packages wheel

help: ## What there is to make
	@grep -E '^[a-z0-9-]+:.*##' Makefile | sed 's/:.*## /\t/' | expand -t 18

run: $(VENV)/.run portal ## Everything, on the embedded database, with demo data
	@exec $(BIN)/pmp up --demo --host $(HOST) --port $(PORT)

test: setup portal system-packages lint types portal-test unit security slow e2e faults ## The whole suite

# -- set-up ---------------------------------------------------------------------------------------
$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed (found $$($(PYTHON) --version))."; exit 1; }
	@echo "Making the virtual environment …"
	@if command -v uv >/dev/null; then uv venv -q --python $(PYTHON) $(VENV); else $(PYTHON) -m venv $(VENV); fi

$(VENV)/.run: $(VENV)/bin/python setup.cfg pyproject.toml
	@echo "Installing the platform and the embedded database …"
	@if command -v uv >/dev/null; then uv pip install -q --python $(BIN)/python -e '.[embedded]'; \
	else $(BIN)/python -m pip install -q --disable-pip-version-check -e '.[embedded]'; fi
	@touch $@

$(VENV)/.test: $(VENV)/.run
	@echo "Installing what the tests need …"
	@if command -v uv >/dev/null; then uv pip install -q --python $(BIN)/python -e '.[embedded,test]'; \
	else $(BIN)/python -m pip install -q --disable-pip-version-check -e '.[embedded,test]'; fi
	@touch $@

setup: $(VENV)/.test ## The virtual environment with everything for development

system-packages: # A browser for the tests; loudly absent where it cannot be installed
	@command -v chromium >/dev/null || { echo "Installing Chromium for the browser tests …"; \
	  (apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium) >/dev/null; }
	@command -v chromium >/dev/null || { echo "chromium is missing: apt-get install chromium"; exit 1; }

# -- portal ---------------------------------------------------------------------------------------
frontend/node_modules/.installed: frontend/package-lock.json
	@command -v npm >/dev/null || { echo "Node 20 or newer is needed to build the portal: https://nodejs.org"; exit 1; }
	@node -e 'process.exit(Number(process.versions.node.split(".")[0]) < 20 ? 1 : 0)' || { echo "Node 20 or newer is needed (found $$(node --version))."; exit 1; }
	@echo "Installing the portal's packages …"
	@cd frontend && npm ci --no-audit --no-fund --loglevel=error
	@touch $@

PORTAL_SOURCES := $(shell find frontend/src frontend/public frontend/index.html frontend/vite.config.ts -type f 2>/dev/null)
core/web/static/index.html: frontend/node_modules/.installed $(PORTAL_SOURCES)
	@echo "Building the portal …"
	@cd frontend && npm run --silent build -- --logLevel warn
	@touch $@

portal: core/web/static/index.html ## The built portal

portal-test: frontend/node_modules/.installed ## The portal's own tests and lint
	cd frontend && npm run --silent lint && npm run --silent api:check && npm test --silent

api: setup ## Regenerate the API description and the portal's types
	$(BIN)/pmp openapi > frontend/openapi.json
	cd frontend && npm run --silent api

# -- checks ---------------------------------------------------------------------------------------
lint: setup ## ruff and the import rules
	$(BIN)/ruff check .
	$(BIN)/ruff format --check core device_drivers plugins telehealth tests bench
	$(BIN)/lint-imports

types: setup ## mypy, strict
	$(BIN)/mypy

unit: setup ## The quick tests
	$(BIN)/pytest -q tests -n 2 --dist loadfile -m "not slow and not e2e and not faults" --ignore=tests/security --ignore=tests/contract

slow: setup portal ## Real installations, vendors' packages, fuzzing
	$(BIN)/pytest -q tests -m slow --ignore=tests/e2e --ignore=tests/faults

security: setup ## Access rules, attacks, and the API against its description
	$(BIN)/pytest -q tests/security tests/contract

e2e: setup portal system-packages ## Real browsers
	$(BIN)/pytest -q tests/e2e

faults: setup ## Processes killed while readings arrive
	$(BIN)/pytest -q tests/faults

bench: setup portal ## The budgets, measured
	$(BIN)/python -m bench

wheel: portal ## A wheel that carries the portal
	@test -f core/web/static/index.html
	$(BIN)/python -m pip wheel -q --no-deps -w dist .

clean: ## Remove what was made, but no data
	rm -rf $(VENV) build dist *.egg-info frontend/node_modules core/web/static
