# Everything a newcomer types. Each target works alone on a fresh checkout with Python 3.11+ and make.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
MIN_PYTHON := 3.11

.DEFAULT_GOAL := help
.PHONY: help serve ask ingest test torture fuzz eval gate bench users lint format lock corpus browser

help: ## Show this list
	@grep -E '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /  make \1\t/' | expand -t 18

serve: ingest ## Chat page and API on http://127.0.0.1:7860 (COE_HOST, COE_PORT)
	@$(BIN)/coe serve

ask: ingest ## Ask one question: make ask q="When did Kazakhstan join?"
	@$(BIN)/coe ask "$$q"

ingest: $(STAMP) ## Bring the library in step with docs_corpus/
	@$(BIN)/coe ingest

test: $(STAMP) browser ## Run every test
	@$(BIN)/python -m pytest -n 2 --dist worksteal --ignore tests/browser
	@$(BIN)/python -m pytest -n 2 --dist loadfile tests/browser  # apart: a browser's event loop stays in its thread

torture: $(STAMP) ## Kill ingestions again and again while readers ask; figures at the end (minutes)
	@$(BIN)/python -m tests.torture

fuzz: $(STAMP) ## Requests made up from the API's description, always new ones (20 minutes)
	@$(BIN)/python -m tests.fuzz

eval: ingest ## Measure answers against the reference questions
	@$(BIN)/coe eval run

gate: ingest ## Fail when answers became significantly worse than the committed baseline
	@$(BIN)/coe eval gate

bench: ingest ## Start, ingestion, growth and peers as tables; sizes=1000000 for a large library (an hour and more)
	@$(BIN)/python -m evals.benchmarks $(sizes)

users: ingest ## Many people asking at once: nobody refused, nothing mixed up (minutes)
	@$(BIN)/python -m evals.bench_users

lint: $(STAMP) ## Style and types
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy

format: $(STAMP) ## Put code into the project's style
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

corpus: $(STAMP) ## Make the non-Markdown documents of docs_corpus/ anew
	@$(BIN)/python docs_corpus/render.py

lock: $(STAMP) ## Resolve the newest allowed versions into requirements.lock (minutes)
	@$(BIN)/pip-compile --quiet --strip-extras --no-emit-index-url --no-emit-find-links --no-emit-trusted-host \
		--no-header --no-annotate --extra dev --extra openai --extra scale --extra tracing --output-file requirements.lock pyproject.toml
	@sed -i "s/+cpu$$//" requirements.lock  # a local build of the same version; elsewhere the plain one is right

$(STAMP): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "CoE Assistant needs Python $(MIN_PYTHON) or newer, but $(PYTHON) is $$($(PYTHON) --version 2>&1): set PYTHON=/path/to/python$(MIN_PYTHON)."; exit 2; }
	@echo "Installing the environment into $(VENV) (about two minutes)…"
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --editable .
	@touch $(STAMP)

# The browser tests need Debian's Chromium, the egress test strace; elsewhere those tests are skipped with one line.
browser:
	@command -v chromium >/dev/null && command -v strace >/dev/null || { \
		[ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null \
		&& echo "Installing chromium and strace for the tests…" \
		&& apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium strace fonts-dejavu-core >/dev/null; \
	} || true
