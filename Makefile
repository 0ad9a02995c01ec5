# What a person types: `make demo`, `make test`, `make check`, `make bench`, `make torture`. Each makes the environment it needs.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
TESTS := $(VENV)/.tests-installed
TOOL := $(VENV)/.installed
# Groups of development tools are declared in pyproject.toml; pip reads them from 25.1 on.
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet

.PHONY: demo test check format lint types contracts catalogue docs wheel bench torture clean

$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV)
	$(PIP) install "pip>=25.1"

$(TOOL): $(VENV)/bin/python pyproject.toml
	$(PIP) install --editable .
	touch $@

$(TESTS): $(TOOL) pyproject.toml
	$(PIP) install --editable ".[all]" --group dev
	touch $@

demo: $(TOOL)
	@PATH="$(CURDIR)/$(BIN):$$PATH" sh examples/tour.sh

test: $(TESTS)
	$(BIN)/python -m pytest -n auto --dist loadgroup $(PYTEST_ARGS)

check: format lint types contracts catalogue test docs wheel

format: $(TESTS)
	$(BIN)/ruff format --check src tests

lint: $(TESTS)
	$(BIN)/ruff check src tests

types: $(TESTS)
	$(BIN)/mypy

contracts: $(TESTS)
	$(BIN)/lint-imports

# The French catalogue is complete, and its compiled form is that of its source.
catalogue: $(TESTS)
	$(BIN)/python tests/tools/catalogue.py --check

# The README's help text is the program's own.
docs: $(TESTS)
	$(BIN)/python tests/tools/readme.py

# The wheel, built and installed in an environment of its own, runs.
wheel: $(TESTS)
	rm -rf dist build/wheel
	$(PIP) wheel --no-deps --wheel-dir dist .
	$(PYTHON) -m venv build/wheel
	build/wheel/bin/python -m pip --disable-pip-version-check --quiet install dist/pipe_crm-*.whl
	build/wheel/bin/pipe --version
	PIPE_DB=build/wheel/demo.db build/wheel/bin/pipe demo --size 20
	PIPE_DB=build/wheel/demo.db build/wheel/bin/pipe doctor

bench: $(TESTS)
	$(BIN)/python tests/bench/ratio.py $(BENCH_ARGS)
	$(BIN)/python tests/bench/team.py

# A quarter of an hour: crowds, processes and servers killed at random moments, disks that fail. Not part of `make test`.
torture: $(TESTS)
	PYTHONPATH=tests $(BIN)/python -m torture $(TORTURE_ARGS)

clean:
	rm -rf $(VENV) build dist .bench .pytest_cache .mypy_cache .ruff_cache .hypothesis
