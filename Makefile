# Everything is run from here: `make run` to try it, `make test` to check it.
SHELL := /bin/bash
PORT ?= 8000
VENV := .venv
BIN := $(VENV)/bin
export PATH := $(CURDIR)/$(BIN):$(PATH)
# The programs of Debian that the tests drive.
TOOLS := chromium-headless-shell pdftotext pdftoppm lynx tmux openssl pg_createcluster curl nginx systemd-analyze
# Three to two cores: one always has something to do while the others wait for a browser or a server.
WORKERS := -n $(shell expr $$(nproc) \* 3 / 2) --dist worksteal
# One catalogue a language; the folder's name is all that makes it one of the service.
MO := $(patsubst %.po,%.mo,$(wildcard translations/*/LC_MESSAGES/messages.po))

.DEFAULT_GOAL := help
.PHONY: help run test test-postgresql quick lint audit hostile fuzz-calls setup bench bench-load bench-documents bench-exports bench-desk ledger deploy-check screens docs house translations lock tools

help: ## What there is to make
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*##/ –/'

tools:
	@command -v python3 >/dev/null || { echo "python3 is missing: apt-get install python3"; exit 1; }
	@python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "python3 is too old: 3.11 or newer is needed"; exit 1; }
	@python3 -c 'import venv, ensurepip' 2>/dev/null || { echo "python3-venv is missing: apt-get install python3-venv"; exit 1; }
	@command -v git >/dev/null || { echo "git is missing: apt-get install git"; exit 1; }

$(VENV)/.runtime: requirements.txt | tools
	test -x $(BIN)/python || python3 -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	touch $@

$(VENV)/.dev: requirements-dev.txt $(VENV)/.runtime
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	touch $@

$(MO): %.mo: %.po $(VENV)/.runtime
	$(BIN)/pybabel --quiet compile -i $< -o $@

run: $(VENV)/.runtime $(MO) ## Try the service at http://127.0.0.1:8000 (PORT=…)
	TRYOUT=true HELD_OPEN="$${HELD_OPEN:-[\"strategiarahoitus-2021\"]}" BASE_URL=$${BASE_URL:-http://127.0.0.1:$(PORT)} \
	  $(BIN)/gunicorn --bind 127.0.0.1:$(PORT)

test: $(VENV)/.dev $(MO) ## Everything there is to check; what is missing of Debian is installed when root
	@if [ $$(command -v $(TOOLS) | wc -l) = $(words $(TOOLS)) ]; then :; \
	elif [ $$(id -u) = 0 ]; then $(MAKE) setup; \
	else echo "*** One of $(TOOLS) is missing: tests that need it are SKIPPED. Install: sudo make setup"; fi
	$(BIN)/pytest $(WORKERS)

test-postgresql: $(VENV)/.dev $(MO) ## The same, all of it on PostgreSQL (``make test`` runs there what is about the database)
	DATABASE=postgresql $(BIN)/pytest $(WORKERS)

quick: $(VENV)/.dev $(MO) ## The tests that need neither a browser nor a server of their own
	$(BIN)/pytest $(WORKERS) -m quick

lint: $(VENV)/.dev $(MO) ## Style, types, structure, catalogues
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy .
	$(BIN)/lint-imports
	$(BIN)/djlint --quiet --lint templates
	$(BIN)/vulture
	$(BIN)/bandit --quiet --configfile pyproject.toml --recursive .

audit: $(VENV)/.dev ## Known faults in the pinned dependencies; asks the network, and fails when one could not be looked up
	$(BIN)/pip-audit --strict --require-hashes --disable-pip --requirement requirements-dev.txt

hostile: $(VENV)/.dev $(MO) ## Twenty thousand hostile requests (three minutes; HOSTILE=… for another number)
	HOSTILE=$${HOSTILE:-20000} $(BIN)/pytest -s tests/security/test_hostile.py

fuzz-calls: $(VENV)/.dev $(MO) ## Two thousand call files changed at random (a minute; MUTATIONS=… for another number)
	MUTATIONS=$${MUTATIONS:-2000} $(BIN)/pytest -s tests/test_call_fuzz.py

setup: ## The Debian packages that the tests need (as root)
	apt-get update -qq
	DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium-headless-shell poppler-utils fonts-dejavu-core lynx tmux openssl curl nginx-light postgresql systemd

bench: $(VENV)/.dev $(MO) ## The service beside the least that the same work can cost; growth (five minutes)
	$(BIN)/python -m bench

bench-load: $(VENV)/.dev $(MO) ## 150 people write, send and are exported for MINUTES=15; KNEE=1 raises the rate instead
	$(BIN)/python -m bench.load

bench-documents: $(VENV)/.dev $(MO) ## What documents cost, and an evening of 150 sendings (six minutes)
	$(BIN)/python -m bench.documents

bench-exports: $(VENV)/.dev $(MO) ## Time and memory of exporting 5 000 applications (ten minutes)
	$(BIN)/python -m bench.exports

bench-desk: $(VENV)/.dev $(MO) ## The desk with 5 000 applications: its pages, and saves beside exports (ten minutes)
	$(BIN)/python -m bench.desk

ledger: $(VENV)/.dev $(MO) ## The ledger test at full length: 200 writers, two minutes
	LEDGER=full $(BIN)/pytest -s tests/faults/test_ledger.py

deploy-check: $(VENV)/.dev $(MO) ## Walk docs/operations.md on a machine of its own: units, web server, upgrade, restore
	$(BIN)/pytest -v tests/deploy

screens: $(VENV)/.dev $(MO) ## Pictures of every page, into screens/; of key states, into docs/screens/
	$(BIN)/python -m tests.screens

docs: $(VENV)/.dev $(MO) ## Draw anew what docs/ shows of the program: mails, settings, the picture of the house
	DRAW=anew $(BIN)/pytest tests/test_mails_drawn.py tests/test_house.py

house: $(VENV)/.dev ## The picture of the house, drawn from its imports, and how large its rooms are
	$(BIN)/python -m tests.house

translations: $(VENV)/.dev ## Bring the catalogues up to the texts of the program
	$(BIN)/pybabel --quiet extract -F babel.cfg -k msg -k msgn:1,2 -c TRANSLATORS: --no-location --omit-header -o translations/messages.pot .
	$(BIN)/pybabel --quiet update -i translations/messages.pot -d translations --no-fuzzy-matching --ignore-obsolete --no-wrap --ignore-pot-creation-date
	rm translations/messages.pot

lock: ## Pin the dependencies anew (needs uv)
	uv pip compile pyproject.toml --generate-hashes --no-emit-index-url --no-emit-find-links --no-annotate --no-header --python-version 3.11 -o requirements.txt
	uv pip compile pyproject.toml --extra dev --generate-hashes --no-emit-index-url --no-emit-find-links --no-annotate --no-header --python-version 3.11 -o requirements-dev.txt
