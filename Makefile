# One door for people and CI. `make help` lists the targets; everything lives in .venv/ and var/.
SHELL := /bin/bash
PYTHON ?= python3
PORT ?= 8080
WORKERS ?= 2
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
EXTRAS := dev,train,postgres,redis,speed

.DEFAULT_GOAL := help
.PHONY: help install run test check bench rules train clean

help: ## list the targets
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

install: $(STAMP) ## create .venv and install everything (nothing to do when it is up to date)

$(STAMP): pyproject.toml .ci/constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "需要 Python 3.11 或更新版本：make $(MAKECMDGOALS) PYTHON=/path/to/python3.11"; exit 2; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c .ci/constraints.txt -e '.[$(EXTRAS)]'
	@touch $@

run: install ## migrate, load the sample estate into an empty database and serve on PORT (8080)
	@$(BIN)/guanjia migrate
	@$(BIN)/guanjia import-sample
	@GUANJIA__SERVER__PORT=$(PORT) exec $(BIN)/guanjia serve

test: install ## the whole test suite
	$(BIN)/python -m pytest -q -n $(WORKERS) $(ARGS)

check: install ## format, lint, types, layers, configuration
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy --strict bot handlers nlp storage
	$(BIN)/lint-imports --no-cache
	$(BIN)/guanjia check-config

bench: install ## speed and size figures of this machine
	@for script in bench/*.py; do echo "== $$script"; $(BIN)/python $$script || exit 1; done

rules: install ## bring the code and test columns of docs/rules.md up to date
	$(BIN)/python .ci/register.py

train: install ## train the intent model again from nlp/data
	$(BIN)/guanjia train

clean: ## remove caches (never var/, where the data is)
	rm -rf .mypy_cache .ruff_cache .pytest_cache .import_linter_cache build *.egg-info
	find . -name __pycache__ -not -path './$(VENV)/*' -prune -exec rm -rf {} +
