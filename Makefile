# Set up, check, test, show. Kept to what GNU make 3.81 and BSD tools know (macOS).

.DEFAULT_GOAL := install
.PHONY: install test quick torture lint format demo policies bench lock upgrade help clean

export PYTHON
BIN := .venv/bin
READY := .venv/.ready
PIP := $(BIN)/python -m pip --disable-pip-version-check --no-input -q -q install
PINNED := --require-hashes --only-binary :all:
PYTEST := $(BIN)/pytest --numprocesses auto --dist loadfile
COMPILE := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-annotate --no-header $(UPGRADE)

install: $(READY)  ## create .venv with the pinned requirements and the project (the default)

$(BIN)/python:
	@sh requirements/venv.sh

$(READY): pyproject.toml requirements/runtime.txt requirements/dev.txt $(BIN)/python
	@echo "Installing the pinned requirements and iepbridge into .venv"
	@$(PIP) $(PINNED) -r requirements/runtime.txt -r requirements/dev.txt
	@$(PIP) --no-build-isolation --no-deps --editable .
	@touch $@

test: lint  ## check everything, as CI does
	@sh requirements/servers.sh
	@$(PYTEST)

quick: install  ## run the tests that take no more than ten seconds each
	@$(PYTEST) -m "not long"

torture: install  ## kill, cut and hinder runs at every place there is (two hours; Linux)
	@sh requirements/servers.sh
	@$(BIN)/python -m tests.torture

lint: install  ## check style, types and the architecture's import contracts
	@$(BIN)/ruff check --quiet
	@$(BIN)/ruff format --check --quiet
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo

format: install  ## put the code into its form and mend what can be mended unseen
	@$(BIN)/ruff check --fix --quiet
	@$(BIN)/ruff format --quiet

demo: install  ## show the whole flow on made-up plans
	@$(BIN)/iepbridge demo

policies: install  ## make docs/policies.md anew from the rules
	@$(BIN)/python docs/make_policies.py

bench: install  ## measure speed and memory
	@$(BIN)/python bench/run.py

lock: install  ## pin requirements/ anew after a change of the dependencies in pyproject.toml
	@$(PIP) $(PINNED) -r requirements/lock.txt
	@$(COMPILE) pyproject.toml --output-file requirements/runtime.txt
	@$(COMPILE) --group dev --constraint requirements/runtime.txt --output-file requirements/dev.txt
	@$(COMPILE) --group lock --output-file requirements/lock.txt

upgrade:  ## the same, with the newest release of everything
	@$(MAKE) --no-print-directory lock UPGRADE=--upgrade

help:  ## list these commands
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-8s %s\n", $$1, $$2 }' Makefile

clean:  ## remove .venv and everything made by these commands
	@rm -rf .venv dist demo-output .coverage
	@rm -rf .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	@find bench core plugins tests -name __pycache__ -prune -exec rm -rf {} +
