# Everything that is done with this house, by name. `make help` lists it.

SHELL := /bin/bash
.SHELLFLAGS := -o pipefail -ec
MAKEFLAGS += --no-print-directory
.ONESHELL:
.DEFAULT_GOAL := help

PORT ?= 8000
DATA ?=
ARGS ?=

VENV := .venv
PY := $(VENV)/bin/python
INSTALLED := $(VENV)/.installed
INSTALLED_DEV := $(VENV)/.installed-dev
DISTRIBUTED := -n auto --maxprocesses 4 --dist loadfile --no-loadscope-reorder
WITH_DATA := $(if $(DATA),--data $(DATA))

# pip says nothing, or too much: show which package it is at
PIP_INSTALL := $(PY) -m pip install --disable-pip-version-check --no-input --no-compile
PIP_PROGRESS := sed -u -n -e 's/^Collecting \([A-Za-z0-9._-]*\).*/  \1/p' -e 's/^Installing collected.*/  unpacking .../p'

.PHONY: help demo test prove bench check reset install install-dev css messages catalogs constraints

help: ## list what can be made
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/\1\t\2/' | expand -t 14

demo: $(INSTALLED) catalogs ## run a seeded bank on http://localhost:8000 (PORT= moves it), Ctrl-C ends it
	@exec $(PY) -m portal.demo --port $(PORT) $(WITH_DATA)

test: $(INSTALLED_DEV) catalogs ## run the whole suite on real engines (ARGS= goes to pytest)
	@exec $(PY) -m pytest $(DISTRIBUTED) $(ARGS)

prove: $(INSTALLED_DEV) catalogs ## run the long proofs
	@exec $(PY) -m pytest -m prove $(ARGS)

bench: $(INSTALLED_DEV) catalogs ## measure, each figure beside a baseline of the same run
	@exec $(PY) -m portal.benchmarks $(ARGS)

check: $(INSTALLED_DEV) catalogs ## format, lint, types, layers, templates, migrations, translations, deployment
	@exec $(PY) -m portal.checks $(ARGS)

reset: ## remove the demo's data
	@if [ -x $(PY) ]; then exec $(PY) -m portal.demo --reset $(WITH_DATA); else echo "Nothing to remove: nothing is installed."; fi

install: $(INSTALLED) ## make the virtual environment and install what the portal needs

install-dev: $(INSTALLED_DEV) ## and what tests and checks need

css: $(INSTALLED_DEV) ## build the stylesheet from the theme and the templates
	@$(PY) -m portal.core.theme.build

messages: $(INSTALLED_DEV) ## collect strings to translate from the sources, and compile them (needs Debian's gettext)
	@$(PY) -m portal.checks --collect-messages
	$(PY) -m portal.catalogs

catalogs: $(INSTALLED) # translations are compiled when they changed
	@$(PY) -m portal.catalogs

constraints: ## pin what the requirements bring along, as a fresh environment resolves them
	@rm -rf .venv.fresh
	python3 -m venv .venv.fresh
	sed '/^-c /d' requirements.txt > .venv.fresh/requirements.txt
	cp requirements-*.txt .venv.fresh/
	cd .venv.fresh && bin/python -m pip install --quiet --disable-pip-version-check \
	  -r requirements-dev.txt -r requirements-learn.txt -r requirements-bench.txt && cd ..
	{ echo '# Every package that the requirements bring along, pinned. Written by `make constraints`.'
	  echo 'async-timeout==5.0.1 ; python_full_version < "3.11.3"  # redis wants it on Debian 12'
	  .venv.fresh/bin/python -m pip freeze | grep -v '^async-timeout' | LC_ALL=C sort -f
	} > constraints.txt
	rm -rf .venv.fresh

$(PY):
	@for python in python3.11 python3.12 python3.13 python3; do
		if "$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then found="$$python"; break; fi
	done
	if [ -z "$${found:-}" ]; then echo "Python 3.11 or newer is needed."; exit 1; fi
	if ! "$$found" -c 'import ensurepip' 2>/dev/null; then
		echo "$$found cannot make virtual environments. On Debian: apt-get install python3-venv"; exit 1
	fi
	echo "Making a virtual environment with $$($$found --version)"
	rm -rf $(VENV)
	"$$found" -m venv $(VENV)

$(INSTALLED): requirements.txt constraints.txt | $(PY)
	@echo "Installing what the portal needs"
	$(PIP_INSTALL) -r requirements.txt 2> $(VENV)/pip.log | $(PIP_PROGRESS) || { cat $(VENV)/pip.log >&2; exit 1; }
	touch $@

$(INSTALLED_DEV): requirements-dev.txt $(INSTALLED)
	@echo "Installing what tests and checks need"
	$(PIP_INSTALL) -r requirements-dev.txt 2> $(VENV)/pip.log | $(PIP_PROGRESS) || { cat $(VENV)/pip.log >&2; exit 1; }
	touch $@
