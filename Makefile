# Slipway. `make help` lists what there is.
.DEFAULT_GOAL := help
SHELL := /bin/bash
export PATH := $(CURDIR)/.venv/bin:$(PATH)
export ANSIBLE_COLLECTIONS_PATH := $(CURDIR)/.cache
export MOLECULE_GLOB := molecule/*/molecule.yml
INVENTORY ?= examples/hello/inventory.yml
# More words for ansible-playbook, such as ARGS='--check --diff'.
ARGS ?=
PLAY = ansible-playbook -i $(INVENTORY) $(ARGS)

RUN := .venv/.ready-for-run
TEST := .venv/.ready-for-test

.PHONY: help
help: ## What can be typed
	@echo "make TARGET, where TARGET is one of:"
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  %-13s %s\n", $$1, $$2}' $(MAKEFILE_LIST)
	@echo "INVENTORY=path names a fleet of yours, ARGS='...' more words for ansible-playbook."

.PHONY: setup
setup: $(TEST) ## All that is needed to run and to test, in .venv and .cache

.PHONY: up
up: $(RUN) examples/hello/web/rootfs.tar ## An engine and the stacks of the inventory, on this machine or on INVENTORY=...
	@$(PLAY) playbooks/site.yml
	@python tools/where.py $(INVENTORY)

.PHONY: down
down: $(RUN) ## The stacks are taken away; the engine and the data stay
	@$(PLAY) playbooks/remove.yml

.PHONY: test
test: $(TEST) ## Everything: lint, sanity, unit, integration, faults, molecule
	@python tools/check.py

.PHONY: lint
lint: $(TEST) ## ruff, mypy --strict, yamllint, ansible-lint
	@python tools/check.py ruff mypy yamllint ansible-lint

.PHONY: sanity
sanity: $(TEST) ## ansible-test sanity, without an ignore file
	@tools/sanity

.PHONY: unit
unit: $(TEST) ## The tests that need no engine, with the coverage of the core
	@python tools/check.py unit coverage

.PHONY: faults
faults: $(TEST) ## Runs that are killed at every call, engines that fail in mid-run, on a real engine
	@tools/engine
	@python tools/check.py faults

.PHONY: test-engines
test-engines: $(TEST) ## The engine's own tests on every version there is: 20.10, 26.1, 28.5
	@tools/engine
	@SLIPWAY_ALL_ENGINES=yes python tools/check.py engines standing

.PHONY: bench
bench: $(TEST) ## How fast we are, beside community.docker and docker compose
	@tools/engine
	@benchmarks/peers
	@PYTHONPATH=.cache python -m benchmarks.run

.PHONY: oracles
oracles: $(TEST) ## The Compose reader against other implementations' answers in ORACLES=dir
	@$(if $(ORACLES),SLIPWAY_ORACLES=$(abspath $(ORACLES))) python -m tests.oracles.run

.PHONY: clean
clean: ## Away with the test hosts, .venv and .cache; the engine stays
	@if [ -x .venv/bin/python ]; then python -m tests.hosts down --all; fi
	rm -rf .venv .cache .ansible

examples/hello/web/rootfs.tar: examples/hello/base-image
	@examples/hello/base-image

$(RUN): requirements.txt tools/setup tools/system
	@tools/setup run

$(TEST): $(RUN) requirements-test.txt
	@tools/setup test
