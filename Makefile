# Everything runs from .venv, which the targets make themselves. `make help` lists them.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
INPUT ?= samples/ikos_export.csv
OUT ?= out
GOLD ?= samples/gold
HELD_OUT ?= $(sort $(foreach n,34 51 52 53 66 67 82 88 91 95 96 97 98 99 100 101 102 103 104 105 106 107 108 109 110 111 112 113,$(wildcard samples/gold/$(n)-*)))
# The authors that reach was learnt from (samples/README.md): those kept for measuring, when it was, stay out.
LEARN ?= $(filter-out $(foreach n,16 18 21,$(wildcard samples/gold/$(n)-*)),$(sort $(wildcard samples/gold/[012][0-9]-*.jsonl)))
.DEFAULT_GOAL := help

help: ## list the targets
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-14s %s\n", $$1, $$2}'

$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Vigie needs Python 3.11 or newer: make PYTHON=python3.11 …"; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { echo "Installing Debian's python3-venv …"; apt-get update -qq && apt-get install -y -qq python3-venv && $(PYTHON) -m venv $(VENV); }
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps -e .
	$(BIN)/python -m compileall -q scanner recognizers # a start costs a sixth less, where Python may not write byte code too
	@touch $(READY)

setup: $(READY) ## make the virtual environment with the locked dependencies

scan: $(READY) ## scan INPUT (default: the sample export) into OUT (default: out/)
	@$(BIN)/vigie scan $(INPUT) --out $(OUT) || [ $$? -eq 1 ] # 1 says that there are findings, which is what one scans for

stories: $(READY) ## tell the three stories of samples/stories: their documents in out/stories/
	@rm -rf out/stories && mkdir -p out/stories && $(BIN)/vigie keygen out/stories/vigie.key
	@for story in samples/stories/*/; do \
	  echo "== $$story"; folder="$(CURDIR)/out/stories/$$(basename $$story)"; mkdir "$$folder"; \
	  { echo 'vigie() { command vigie "$$@" || [ $$? -ne 2 ] || exit 2; }'; sed -n '/^```sh$$/,/^```$$/ { /^```/d; p }' "$$story/README.md"; } | \
	  (cd "$$story" && OUT="$$folder" VIGIE_KEY_FILE="$(CURDIR)/out/stories/vigie.key" PATH="$(CURDIR)/$(BIN):$$PATH" sh -u) || exit 1; \
	done # 2 says that a command could not do its work; 1 and 3 that there is something to be read

test: $(READY) servers ## run the tests
	$(BIN)/python -m pytest --numprocesses auto --maxprocesses 4 --dist loadfile

servers: ## install the servers, the browser and the Java that some tests start, where they are missing (Debian, root)
	@missing=; \
	{ ls /usr/lib/postgresql/*/bin/postgres || command -v postgres; } > /dev/null 2>&1 || missing="$$missing postgresql"; \
	PATH="$$PATH:/usr/sbin" command -v mariadbd > /dev/null || missing="$$missing mariadb-server"; \
	command -v chromium > /dev/null || missing="$$missing chromium fonts-dejavu fonts-liberation"; \
	command -v java > /dev/null || missing="$$missing openjdk-17-jre-headless"; \
	[ -e /usr/share/java/postgresql.jar ] || missing="$$missing libpostgresql-jdbc-java"; \
	[ -e /usr/share/java/mariadb-java-client.jar ] || missing="$$missing libmariadb-java"; \
	if [ -z "$$missing" ]; then :; \
	elif [ "$$(id -u)" -eq 0 ] && command -v apt-get > /dev/null; then \
	  echo "Installing$$missing …"; \
	  apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $$missing; \
	else echo "Not installed:$$missing. The tests that need them are skipped and say so."; fi

lint: $(READY) type ## ruff (rules and format) and mypy
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

type: $(READY) ## mypy, strict
	$(BIN)/mypy

evaluate: $(READY) ## measure the detection: all labelled comments, then the authors that nobody has read, then assertion and subject
	@echo "== $(GOLD): every labelled comment; most were read while the rules were written"
	@$(BIN)/vigie evaluate $(GOLD)/*.jsonl
	@for file in $(HELD_OUT); do echo "== $$file: an author held out while the rules were written"; $(BIN)/vigie evaluate $$file; done
	@echo "== all authors held out"
	@$(BIN)/vigie evaluate $(HELD_OUT)
	@echo "== assertion and subject"
	@$(BIN)/vigie evaluate --qualifiers samples/qualifiers.jsonl

quality: $(READY) ## measure the authors that nobody has read, and write the figures that reports print (scanner/data/quality.json)
	@$(BIN)/vigie evaluate $(HELD_OUT) --quality scanner/data/quality.json

bench: $(READY) ## measure the speed against stock Presidio in one run; writes tests/bench/RESULTS.md
	PYTHONPATH=tests $(BIN)/python -m bench

bench-quality: $(READY) ## compare the detection with stock Presidio and, where installed, EDS-NLP; writes tests/bench/QUALITY.md
	@PYTHONPATH=tests TQDM_DISABLE=1 $(BIN)/python -m bench.quality $(HELD_OUT)

load: $(READY) ## measure the latency of the service at rising load; writes tests/load/RESULTS.md
	@PYTHONPATH=tests $(BIN)/python -m load

reach: $(READY) ## learn again how far remarks reach, from labelled comments (LEARN)
	$(BIN)/python -m models.train_reach $(LEARN)

evidence: $(READY) ## note what the rules make of new authors (COMMENTS), before they learn from them
	$(BIN)/python -m models.note_evidence $(COMMENTS)

model: $(READY) ## learn again what comments tell beside the rules, and how to weigh all of it; measured on HELD_OUT
	@$(BIN)/python -c 'import sklearn, torch' 2> /dev/null \
		|| $(BIN)/python -m pip install --quiet --disable-pip-version-check 'scikit-learn>=1.6' 'torch==2.13.0'
	$(BIN)/python -m models.train $(filter-out $(HELD_OUT),$(sort $(wildcard $(GOLD)/*.jsonl samples/lessons/*.jsonl))) \
		--phrases $(sort $(wildcard samples/phrases/*.jsonl)) --held-out $(HELD_OUT)

lock: $(READY) ## write requirements.lock from what is installed
	$(BIN)/python -m pip freeze --exclude-editable > requirements.lock

clean: ## remove the virtual environment, caches and outputs
	rm -rf $(VENV) $(OUT) build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

.PHONY: help setup scan stories test servers lint type evaluate quality reach evidence model bench bench-quality load lock clean
