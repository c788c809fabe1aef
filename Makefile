# Everything runs inside .venv, which the first target that needs it makes.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PEERS := .venv-peers
export KERAS_BACKEND := jax

.PHONY: app setup setup-dev browser test lint bench bench-large accuracy sample screenshots lock clean help

help:  ## list the targets
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/'

app: setup  ## install what is needed and open the app
	$(BIN)/python -m streamlit run app.py

setup: $(VENV)/.runtime  ## install what the app needs

$(VENV)/.runtime: requirements.txt
	$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' \
		|| { echo "Perennial needs Python 3.11, 3.12 or 3.13: make $(MAKECMDGOALS) PYTHON=python3.11"; exit 2; }
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	touch $@

setup-dev: $(VENV)/.dev  ## install what tests and lint need as well

$(VENV)/.dev: $(VENV)/.runtime requirements-dev.txt requirements-spark.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt -r requirements-spark.txt
	touch $@

browser:  ## install Debian's chromium where there is none and we may
	@command -v chromium >/dev/null || command -v google-chrome >/dev/null \
		|| { test "$$(id -u)" = 0 && command -v apt-get >/dev/null \
			&& apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium >/dev/null; } \
		|| echo "No chromium found: the browser tests will be skipped and say so."

test: setup-dev browser  ## run every test, the browser's included
	$(BIN)/python -m pytest --numprocesses auto --maxprocesses 4 --dist loadfile

lint: setup-dev  ## ruff and mypy
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

bench: setup-dev browser  ## measure, as ratios to a reference of the same run, into docs/benchmarks.md
	$(BIN)/python -m tests.benchmarks

bench-large: setup-dev browser  ## the same at sizes that take an hour or more, and 40 GB of disk
	$(BIN)/python -m tests.benchmarks --large

accuracy: setup-dev $(PEERS)/.peers  ## every model and other tools on the same windows, into docs/accuracy.md
	$(BIN)/python -m tests.accuracy --peers $(PEERS)/bin/python

$(PEERS)/.peers: tests/accuracy/requirements-peers.txt
	test -x $(PEERS)/bin/python || $(PYTHON) -m venv $(PEERS)
	$(PEERS)/bin/python -m pip install --quiet --disable-pip-version-check -r $<
	touch $@

sample: setup  ## write sample_data again
	$(BIN)/python -m clv_core sample --out sample_data

screenshots: setup-dev browser  ## take the pictures in docs/ again
	$(BIN)/python -m tests.e2e.screenshots

lock: setup-dev  ## compile the requirements with exact pins
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --no-emit-index-url requirements.in -o requirements.txt
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --no-emit-index-url requirements-dev.in -o requirements-dev.txt

clean:  ## remove the environment and caches, never the workspace
	rm -rf $(VENV) $(PEERS) .pytest_cache .mypy_cache .ruff_cache .hypothesis
