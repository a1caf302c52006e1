# Everything sets up what it needs; see README.md. Settable: PYTHON, STAGE, DEPLOY_ARGS, BYTECODE=0, PYTEST_ARGS,
# TELESALUD_EMULATOR_PORT (4566), TELESALUD_GATEWAY_PORT (8080), TELESALUD_LOCAL_HOME.

PYTHON ?= $(shell for each in python3.11 python3.12 python3.13 python3; do \
	"$$each" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
	&& echo "$$each" && break; done)
RUN := .venv/bin/python
STAGE ?= local
PYTEST_ARGS ?=
DEPLOY_ARGS ?=
UNIT := not cloud and not browser and not long
# Two jobs at once, each line of them whole: what waits for timers and queues leaves a core free.
TOGETHER := $(MAKE) --jobs 2 --output-sync=line

# Written by npm at the end of an installation; older than the lock, the installation is another one.
SITE_READY := web/node_modules/.package-lock.json

.PHONY: up down reset push site demo demo-interop test test-unit test-cloud test-browser test-localstack test-long test-web lint lint-web \
	package deploy bench bom audit openapi web screens clean running-cloud running-core running-localstack

up: .venv/ready ## start the local cloud with a demonstration clinic
	$(RUN) -m localstack.up

down: .venv/ready ## stop it; data is kept
	$(RUN) -m localstack.down

reset: .venv/ready ## stop it and delete its data
	$(RUN) -m localstack.down --forget

push: .venv/ready ## bring changed code to the running functions
	$(RUN) -m localstack.push

site: .venv/ready web ## the record in one process and one encrypted folder (docs/sites.md)
	@test -f .local/site/slots.json || $(RUN) -m operations.site.command --folder .local/site init \
		--tenant puesto-demo --name "Puesto Demostración" --user-name admin.demo \
		--display-name "Administración Demostración"
	$(RUN) -m operations.site.command --folder .local/site serve

demo: .venv/ready ## a teleconsultation from booking to import, traced step by step
	$(RUN) -m localstack.demo

demo-interop: .venv/ready ## a citizen's triage, care, and a result as HL7 v2, traced step by step
	$(RUN) -m localstack.demo_interop

test: lint ## everything that runs without a cloud account
	$(TOGETHER) test-unit test-web
	$(MAKE) running-localstack
	$(RUN) -m localstack.throwaway $(MAKE) running-cloud running-core

test-unit: .venv/ready
	$(RUN) -m pytest -q -n 2 -m "$(UNIT)" $(PYTEST_ARGS)

test-cloud: .venv/ready ## against the real stacks on a throwaway local cloud
	$(RUN) -m localstack.throwaway $(MAKE) running-cloud

running-cloud:
	$(RUN) -m pytest -q -m "cloud and not long and not browser" $(PYTEST_ARGS)

running-core: # the browser tests that no change may break (CORE in tests/browser/conftest.py)
	@if command -v chromium >/dev/null && [ -f web/dist/index.html ]; then \
		$(RUN) -m pytest -q -m core $(PYTEST_ARGS); \
	else echo "no chromium or no built site: the core browser tests are left out"; fi

test-browser: .venv/ready web ## real browsers against the real stacks (jitsi_cluster/tests_setup.sh --browsers)
	$(RUN) -m localstack.throwaway $(RUN) -m pytest -q -m browser $(PYTEST_ARGS)

test-long: .venv/ready ## the heavy sweeps
	$(RUN) -m localstack.throwaway $(RUN) -m pytest -q -m long --timeout 3600 $(PYTEST_ARGS)

test-localstack: .venv/ready ## the contract suites against LocalStack and DynamoDB's own engine
	$(RUN) -m localstack.conformance $(PYTEST_ARGS)

running-localstack:
	@if command -v java >/dev/null && command -v npm >/dev/null; then \
		$(RUN) -m localstack.conformance; \
	else echo "no Java or no Node.js: LocalStack and DynamoDB's own engine are left out"; fi

test-web:
	@if command -v npm >/dev/null && [ -f web/package-lock.json ]; then \
		$(MAKE) $(SITE_READY) && cd web && npm run build && npm test; \
	else echo "no Node.js: the site's tests are left out"; fi

lint: .venv/ready lint-web ## style and types
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy schemas layers/telesalud/telesalud functions infra localstack operations jitsi_cluster tests

lint-web:
	@if command -v npm >/dev/null && [ -f web/package-lock.json ]; then \
		$(MAKE) $(SITE_READY) && cd web && npm run types && npm run format:check && npm run lint; \
	else echo "no Node.js: the site is not linted"; fi

package: .venv/ready ## build a stage's templates and zips
	$(RUN) -m infra.package $(STAGE)

deploy: .venv/ready ## make deploy STAGE=prod
	$(RUN) -m infra.deploy $(STAGE) $(DEPLOY_ARGS)

bench: .venv/ready ## every measurement of docs/benchmarks.md
	@for each in tests/load/bench_*.py; do \
		echo "== $$each"; $(RUN) -m tests.load.$$(basename $$each .py) || exit 1; done

bom: .venv/ready ## bills of materials of what is deployed, into .build/bom
	$(RUN) -m infra.supply_chain bom

audit: .venv/ready ## ask the registries what is known about every lock (needs their network)
	$(RUN) -m infra.supply_chain audit

openapi: .venv/ready ## write schemas/openapi and schemas/events
	$(RUN) -m infra.openapi

web: $(SITE_READY) ## build the site into web/dist
	cd web && npm run build

$(SITE_READY): web/package-lock.json
	cd web && npm ci --no-audit --no-fund

screens: .venv/ready web ## pictures of every screen into docs/screens
	$(RUN) -m localstack.throwaway $(RUN) -m tests.browser.take_screens

clean: ## delete what can be built again
	rm -rf .build .mypy_cache .ruff_cache .pytest_cache web/dist

.venv/ready: requirements/uv.txt requirements/dev.txt pyproject.toml
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed"; exit 1; }
	@echo "preparing .venv with $(PYTHON)"
	@test -x .venv/bin/python || $(PYTHON) -m venv .venv || \
		{ echo "on Debian and Ubuntu: apt install python3-venv"; rm -rf .venv; exit 1; }
	@$(RUN) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/uv.txt
	@.venv/bin/uv pip install --quiet --python $(RUN) --require-hashes -r requirements/dev.txt
	@.venv/bin/uv pip install --quiet --python $(RUN) --no-deps --no-build-isolation --editable .
	@touch $@
