# make run · make test · make check · make bench
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: run test check bench

run: $(VENV)/.app
	$(BIN)/streamlit run app.py

# Side by side what bears company, a thread each; then alone what drives a browser or measures time.
test: $(VENV)/.dev $(VENV)/.browser
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest -n auto --dist loadfile -m "not (browser or alone)"
	$(BIN)/python -m pytest -m "browser or alone"

check: $(VENV)/.dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/python -m pytest tests/test_arrows.py

bench: $(VENV)/.dev $(VENV)/.browser
	$(BIN)/python -m benchmarks.embedding
	$(BIN)/python -m benchmarks.clusters
	$(BIN)/python -m benchmarks.speed
	$(BIN)/python -m benchmarks.questions
	$(BIN)/python -m benchmarks.hierarchy
	$(BIN)/python -m benchmarks.walk
	$(BIN)/python -m benchmarks.map_page
	$(BIN)/python -m benchmarks.batches
	$(BIN)/python -m benchmarks.judges
	$(BIN)/python -m benchmarks.injection
	$(BIN)/python -m benchmarks.naming
	$(BIN)/python -m benchmarks.multicsr
	$(BIN)/python -m benchmarks.retraining
	$(BIN)/python -m benchmarks.kills
	$(BIN)/python -m benchmarks.classification
	$(BIN)/python -m benchmarks.classification encoder

$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/.app: requirements.txt requirements-nodeps.txt | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet -r requirements.txt
	$(BIN)/python -m pip install --quiet --no-deps -r requirements-nodeps.txt
	touch $@

$(VENV)/.dev: requirements.txt requirements-nodeps.txt requirements-dev.txt | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet -r requirements-dev.txt
	$(BIN)/python -m pip install --quiet --no-deps -r requirements-nodeps.txt
	touch $@

# The browser tests drive the system's Chromium; where there is none, Playwright brings one.
$(VENV)/.browser: | $(VENV)/.dev
	command -v chromium || command -v chromium-browser || command -v google-chrome \
		|| $(BIN)/python -m playwright install chromium
	touch $@
