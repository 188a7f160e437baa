# Slipway. `make help` lists what there is.
.DEFAULT_GOAL := help
SHELL := /bin/bash
VENV := .venv/bin
export PATH := $(CURDIR)/$(VENV):$(PATH)
export ANSIBLE_COLLECTIONS_PATH := $(CURDIR)/.cache
INVENTORY ?= examples/hello/inventory.yml

.PHONY: help
help: ## What can be typed
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.venv/.ready-for-run: requirements.txt tools/setup tools/system
	@tools/setup run

.venv/.ready-for-test: .venv/.ready-for-run requirements-test.txt
	@tools/setup test

.PHONY: setup
setup: .venv/.ready-for-test ## A virtual environment in .venv with all that is needed
