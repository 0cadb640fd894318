# Everything that one does with this repository. `make` alone lists it.
SHELL := /bin/bash
.DEFAULT_GOAL := help
# Each step is short or uses all cores itself; one after the other keeps the output readable.
.NOTPARALLEL:
# Node 24 comes as a development dependency: the machine's own is only needed to run npm.
export PATH := $(CURDIR)/node_modules/.bin:$(PATH)

LAB := test/lab/lab
# What each step of `make test` found, summed up by .ci/run.
RESULTS := .lab/results
step = @.ci/step $(RESULTS)
vitest = vitest run --reporter=default --reporter=json --outputFile.json=$(RESULTS)/$(1).json --project $(1)

.PHONY: help
help: ## This list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: setup
setup: node_modules/.package-lock.json ## Check the machine for Node.js and install the npm packages of the lock file

node_modules/.package-lock.json: package-lock.json
	@.ci/check-node
	@echo "installing npm packages (about a minute)"
	@# Errors only: npm runs on the machine's Node.js, and would warn of packages that want the newer one which it is installing.
	@npm ci --no-progress --loglevel=error
	@touch $@

.PHONY: verify
verify: format lint types generated unit ## Everything that needs no lab: format, lint, types, generated files, unit tests

.PHONY: test
test: prerequisites verify model integration e2e ## All that CI runs: verify, then the tests against the lab

.PHONY: test-full
test-full: ## The same with the long-running tests
	@BATCHWRIGHT_FULL=1 $(MAKE) --no-print-directory test nfs

.PHONY: format lint types generated unit model nfs integration e2e prerequisites
format: setup
	$(step) format npm run --silent format:check
lint: setup
	$(step) lint npm run --silent lint
types: setup
	$(step) types npm run --silent typecheck
generated: setup
	$(step) generated npm run --silent generate:check
unit: setup
	$(step) unit $(call vitest,unit)
integration: setup prerequisites
	$(step) integration $(call vitest,integration)
e2e: setup prerequisites
	$(step) e2e $(call vitest,e2e)
model: setup ## Look at every state of the model of dispatch (docs/model.md), with Spin; BATCHWRIGHT_FULL=1 for the large tables
	@$(LAB) check spin:spin gcc:gcc
	$(step) model $(call vitest,model)
nfs: setup ## Measure what a client of NFS sees of fresh marks, in a machine of its own (about ten minutes)
	$(step) nfs test/model/nfs/measure
prerequisites:
	$(step) prerequisites $(LAB) check

.PHONY: demo
demo: setup prerequisites ## Watch a real ab-initio calculation go through templates, scripts and submissions
	@examples/silicon/demo.sh

.PHONY: demo-down
demo-down: ## End the operator and the lab of the demo
	@examples/silicon/demo.sh down

.PHONY: bench
ROWS ?=
SCALE ?= 1
bench: setup prerequisites ## Measure speed and load against their bars, writing docs/performance.md; ROWS=accepted,idle for some, SCALE=0.1 for small sizes
	@node test/bench/main.ts --rows "$(ROWS)" --scale "$(SCALE)"

.PHONY: chaos
FAULTS ?= 100
chaos: setup prerequisites ## Break real parts under a running operator FAULTS times (100), adding to the totals of docs/reliability.md
	@node test/chaos/main.ts $(FAULTS)

.PHONY: lab-up lab-down lab-status
lab-up: ## Start the lab: a Kubernetes control plane and two Slurm clusters
	@$(LAB) up
lab-status: ## Which labs are up, the demo's too: pids, ports, logs, kubeconfig
	@$(LAB) list
lab-down: ## End the lab and remove all of it, except what took long to build
	@$(LAB) down

.PHONY: clean
clean: ## Remove what was built here
	@rm -rf dist coverage .lab
	@echo "removed dist, coverage and .lab; what the lab has built is kept in $${BATCHWRIGHT_CACHE:-$${XDG_CACHE_HOME:-~/.cache}/batchwright}"
