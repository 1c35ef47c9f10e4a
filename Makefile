# callcontrol: every command that a person types. `make help` lists them; each says what it does before it does it.
# Nothing outside this folder is written, but for Debian packages that are missing (tools/packages.sh has the list).

PYTHON := $(shell for p in python3 /usr/bin/python3 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
BIN := .venv/bin
STAMP := .venv/.installed

.DEFAULT_GOAL := help
.PHONY: help run setup demo call test test-unit test-hostile check bench lock clean-runtime packages test-packages rootfs

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: $(STAMP) ## start everything with the demo company, and keep it up until Ctrl-C
	@echo "== starting PostgreSQL, Asterisk, the mail server, calls and web with the demo company"
	@exec $(BIN)/callcontrol run --demo

demo: $(STAMP) ## play a short film on real SIP calls (starts the system if it is not up; ARGS=--with-crash)
	@echo "== the film: real phones call each other on this machine"
	@exec $(BIN)/python -m demo.film $(ARGS)

setup: $(STAMP) rootfs ## install everything and start nothing

call: $(STAMP) ## a call from outside to a line of the running demo (TO=0222969570 FROM=0612345678)
	@exec $(BIN)/python -m demo.call $(TO) --from $(or $(FROM),0612345678)

test: $(STAMP) test-packages rootfs ## every test, with real Asterisk, PostgreSQL and phones
	@echo "== tests without a telephone system, side by side"
	@$(BIN)/python -m pytest -n 2 tests --ignore=tests/e2e --ignore=tests/realtime
	@echo "== tests at the pace of real sound, and with Asterisk, PostgreSQL and phones"
	@$(BIN)/python -m pytest tests/realtime tests/e2e

test-unit: $(STAMP) ## the fast tests: no clock, no long search (less than a minute)
	@echo "== the fast tests"
	@$(BIN)/python -m pytest -n 2 tests/unit

test-hostile: $(STAMP) test-packages rootfs ## bounded attacks and bad days in their long form (their short form is in test)
	@echo "== hostile hands and bad days, in their long form"
	@HOSTILE=long $(BIN)/python -m pytest -m hostile tests

check: $(STAMP) ## format, lint, types, import rules
	@echo "== format"
	@$(BIN)/ruff format --check .
	@echo "== lint"
	@$(BIN)/ruff check .
	@echo "== types"
	@$(BIN)/mypy
	@echo "== import rules"
	@$(BIN)/python -m pytest -q tests/unit/test_architecture.py

bench: $(STAMP) test-packages rootfs ## the benchmarks, each beside Asterisk's own Dial() in the same run
	@echo "== benchmarks"
	@exec $(BIN)/python -m bench

lock: packages ## renew requirements.lock: the newest versions that pyproject.toml admits (needs Python 3.11)
	@tools/lock.sh

clean-runtime: ## delete .runtime: Asterisk, database, recordings, mails, secrets
	@echo "== deleting .runtime"
	@if [ -e .runtime/run/supervisor.pid ] && ! flock -n .runtime/run/supervisor.pid true; then \
		echo "callcontrol is running: stop it first."; exit 1; fi
	@chmod -R u+w .runtime 2>/dev/null || true
	@rm -rf .runtime

packages:
	@tools/packages.sh run

test-packages:
	@tools/packages.sh test

rootfs: $(STAMP)
	@$(BIN)/python -m callcontrol.runtime.install

$(STAMP): pyproject.toml requirements.lock | packages
	@flock $(firstword $(MAKEFILE_LIST)) tools/venv.sh "$(PYTHON)"
