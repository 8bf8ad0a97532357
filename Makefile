# make book · make test · make lab · make notebooks · make site-test · make bench · make clean
# PYTHON chooses the interpreter .venv is built with; without it the first suitable one is taken.

SHELL := /bin/sh
.DEFAULT_GOAL := help
.PHONY: help environment book test lab notebooks site site-test bench lock clean clean-caches

PY := .venv/bin/python
JOBS ?= 2
PYTEST := $(PY) -m pytest -q -n $(JOBS) --dist loadfile
BUILD := .venv/bin/jupyter-book build . -W -n --keep-going

# one BLAS thread: small matrices are slower with more; a fixed hash seed: the same outputs every time
export OPENBLAS_NUM_THREADS := 1
export PYTHONHASHSEED := 0
unexport PYTHONPATH PYTHONHOME

help:
	@echo "make book       build the environment (first time) and the book; prints where it is"
	@echo "make test       unit, paper, notebook and structure tests"
	@echo "make lab        the notebooks in JupyterLab"
	@echo "make notebooks  execute all notebooks again, in place"
	@echo "make site-test  build the book from nothing and try it in a browser"
	@echo "make bench      speed against plain NumPy and SciPy"
	@echo "make lock       write requirements.lock again from requirements.txt"
	@echo "make clean      remove everything make has built"

# With PYTHON given, that one; otherwise the environment's own, so long as it is there; otherwise the first suitable.
environment:
	@python="$(PYTHON)"; \
	if [ -z "$$python" ] && [ -f .venv/lowtglass-stamp.json ] && $(PY) -c '' 2>/dev/null; then python=$(PY); fi; \
	if [ -z "$$python" ]; then \
	  for candidate in python3.13 python3.12 python3.11 python3 python; do \
	    if "$$candidate" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; \
	    then python=$$candidate; break; fi; \
	  done; \
	fi; \
	if [ -z "$$python" ]; then \
	  for candidate in python3 python; do \
	    if "$$candidate" -c '' 2>/dev/null; then python=$$candidate; break; fi; \
	  done; \
	fi; \
	if [ -z "$$python" ] || ! "$$python" -c '' 2>/dev/null; then \
	  echo "No Python found$${python:+: $$python does not start}. lowtglass needs Python 3.11 or newer;"; \
	  echo "name one, for example: make PYTHON=/path/to/python3.12 book"; exit 1; \
	fi; \
	"$$python" tools/bootstrap.py

book: environment
	@$(BUILD)
	@echo; echo "The book: $(CURDIR)/_build/html/index.html"

test: environment
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	.venv/bin/lint-imports
	$(PYTEST) -m "not site" tests
	$(PYTEST) --nbval --nbval-current-env --nbval-cell-timeout 600 book

lab: environment
	@.venv/bin/jupyter lab --ServerApp.root_dir=book

notebooks: environment
	@$(PY) tools/execute_notebooks.py
	@$(PY) tools/overview_picture.py

site: environment
	$(BUILD) --all

site-test: site
	$(PY) -m pytest -q -rs -n $(JOBS) -m site tests/book

bench: environment
	$(PY) -m pytest -q benchmarks --benchmark-only

lock: environment
	@mkdir -p _build
	@$(PY) -m pip --disable-pip-version-check install --quiet uv
	@$(PY) -m uv pip compile --quiet --universal --python-version 3.11 --fork-strategy fewest \
	  --upgrade --no-header --no-annotate --output-file _build/lock requirements.txt
	@(echo "# Exact versions for Python 3.11 and newer, written by \`make lock\` from requirements.txt; do not edit."; \
	  grep -v '^#' _build/lock) > requirements.lock

# numba does not notice an edited callee in another module: clear its caches after such an edit
clean-caches:
	@find lowtglass tests benchmarks \( -name '*.nbi' -o -name '*.nbc' \) -exec rm -f {} +

clean: clean-caches
	@rm -rf .venv _build build dist lowtglass.egg-info .pytest_cache .hypothesis .benchmarks .ruff_cache .import_linter_cache
	@find lowtglass tests benchmarks tools -name __pycache__ -type d -exec rm -rf {} +
