# `make demo` and `make test` are all a newcomer needs: each sets up what it uses.
# The virtual environment is rebuilt when pyproject.toml changes.
PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin

.PHONY: demo rehearsals test check benchmark single-file clean

demo: $(VENV)/.installed ## diagnose the recorded cluster, and write the HTML report
	@PATH="$(BIN):$$PATH" sh examples/demo.sh

rehearsals: $(VENV)/.installed ## eight pods that go wrong, rehearsed here side by side in a minute
	@$(BIN)/python examples/rehearsals/rehearse_all.py

test: check ## everything that must be green before a change lands
	$(BIN)/pytest -q -n auto --dist loadgroup

check: $(VENV)/.developer
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache

benchmark: $(VENV)/.developer ## ratios, measured side by side on this machine
	$(BIN)/pip install --quiet --group benchmark
	PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/python -m benchmarks

$(VENV)/.installed: pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "holdfast needs Python 3.11 or newer; call: make PYTHON=python3.12")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --upgrade "pip>=25.1"
	$(BIN)/pip install --quiet --editable .
	@touch $@

$(VENV)/.developer: $(VENV)/.installed
	$(BIN)/pip install --quiet --group dev
	@touch $@

single-file: $(VENV)/.installed ## the waiter as one file for any Python image
	$(BIN)/python -m holdfast.wait.write_single_file holdfast-wait.py

clean:
	rm -rf $(VENV) holdfast-wait.py .mypy_cache .pytest_cache .ruff_cache .hypothesis
