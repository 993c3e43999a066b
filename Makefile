# dedup: `make run` finds the syndicated articles of a folder, `make test` runs the tests.
# Each target sets up what it needs in .venv, from pyproject.toml and nothing else.

PYTHON ?= python3
INPUT ?= fixtures/articles
INDEX ?= build/dedup.db
ARGS ?=

VENV := .venv
PEERS := .venv-peers
BIN := $(VENV)/bin
PIP := python -m pip --quiet --disable-pip-version-check install
KERNELS := $(shell find dedup -name '*kernel.py' 2>/dev/null)

.PHONY: help run test test-spark dist lint bench quality pictures soak clean
.DEFAULT_GOAL := help

help:
	@echo 'make run [INPUT=folder] [INDEX=file]  find the articles of a folder that share text; leaves an index'
	@echo 'make test                             run the tests'
	@echo 'make test-spark                       the same matches on Apache Spark; needs Java 17'
	@echo 'make dist                             dist/dedup.zip and dist/dedup-spark.py, for spark-submit'
	@echo 'make lint                             ruff and mypy'
	@echo 'make bench [ARGS="--articles 10000"]  speed and memory, beside rensa, datasketch and gaoya'
	@echo 'make quality                          passages and pairs against labelled data'
	@echo 'make soak [ARGS="--runs 100"]         a year of regular runs, 200 kills, 200 disk faults, 10,000 hostile lines'
	@echo 'make clean                            remove everything that make made'

run: $(VENV)/warm.stamp
	@mkdir -p "$(dir $(INDEX))"
	@$(BIN)/dedup run "$(INPUT)" --index "$(INDEX)" $(ARGS)

test: $(VENV)/dev.stamp $(VENV)/warm.stamp
	$(BIN)/python -m pytest -n 2 $(ARGS)

test-spark: $(VENV)/dev.stamp $(VENV)/spark.stamp $(VENV)/warm.stamp
	@command -v java >/dev/null || { [ -n "$$JAVA_HOME" ] && [ -x "$$JAVA_HOME/bin/java" ]; } || \
	  { echo 'Spark needs Java 17: install it (Debian and Ubuntu: apt-get install openjdk-17-jre-headless)' >&2; exit 1; }
	$(BIN)/python -m pytest -n 2 -m spark $(ARGS) tests/test_spark*.py

dist: $(VENV)/python.stamp
	$(BIN)/python tests/dist.py dist

lint: $(VENV)/dev.stamp
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

bench: $(VENV)/dev.stamp $(VENV)/warm.stamp $(PEERS)/peers.stamp
	$(BIN)/python tests/benchmarks/bench.py --peers $(PEERS)/bin/python $(ARGS)

quality: $(VENV)/warm.stamp
	$(BIN)/python tests/quality/check.py $(ARGS)

pictures: $(VENV)/dev.stamp $(VENV)/warm.stamp
	$(BIN)/python tests/pictures.py

soak: $(VENV)/dev.stamp $(VENV)/warm.stamp
	$(BIN)/python tests/soak.py $(ARGS)

clean:
	rm -rf $(VENV) $(PEERS) build
	find dedup tests -name __pycache__ -type d -prune -exec rm -rf {} +

$(VENV)/python.stamp:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || \
	  { echo 'dedup needs Python 3.11 or newer as $(PYTHON); name another: make PYTHON=python3.12 ...' >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || \
	  { echo 'Python lacks its venv module: install it (Debian and Ubuntu: apt-get install python3-venv)' >&2; exit 1; }
	@echo 'Setting up $(VENV) ...'
	@$(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/run.stamp: $(VENV)/python.stamp pyproject.toml
	@echo 'Installing dedup and what it needs ...'
	@$(BIN)/$(PIP) --editable .
	@touch $@

$(VENV)/dev.stamp: $(VENV)/run.stamp
	@echo 'Installing what tests and checks need ...'
	@$(BIN)/$(PIP) --editable '.[dev]'
	@touch $@

$(VENV)/spark.stamp: $(VENV)/run.stamp
	@echo 'Installing Spark ...'
	@$(BIN)/$(PIP) --editable '.[spark]'
	@touch $@

# Numba compiles each kernel at its first use, and the machine code is kept (dedup/kernels.py).
$(VENV)/warm.stamp: $(VENV)/run.stamp $(KERNELS)
	@echo 'Compiling the kernels, once ...'
	@$(BIN)/dedup prepare
	@touch $@

$(PEERS)/peers.stamp: $(VENV)/python.stamp tests/benchmarks/peers.txt
	@echo 'Installing the peers into $(PEERS) ...'
	@$(PYTHON) -m venv $(PEERS)
	@$(PEERS)/bin/$(PIP) --requirement tests/benchmarks/peers.txt
	@touch $@
