# `make` lists what there is. Everything sets itself up in .venv; see scripts/setup.
.DEFAULT_GOAL := help
.PHONY: help demo wheel test interop interop-outlook lint format messages docs bench check setup setup-run lock clean
MAKEFLAGS += --no-print-directory
# else each of the hundreds of processes that tests start would compile the program anew
unexport PYTHONDONTWRITEBYTECODE
BIN := .venv/bin
ARGS ?=

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 18

demo: setup-run ## a whole organisation on this machine; ONCE=1 checks the result and ends
	@$(BIN)/passerelle demo $(if $(filter-out 0 no false,$(ONCE)),--once) $(ARGS)

wheel: setup ## the package, in dist/, for pip on any machine, Windows too
	@$(BIN)/python -m pip --disable-pip-version-check wheel -q . --no-deps --no-build-isolation -w dist
	@ls dist/*.whl

test: setup ## every test, on all cores (ARGS="-k journal" narrows)
	@$(BIN)/pytest -n auto $(ARGS)

interop: setup ## tests against software we did not write, with the reason of each one skipped
	@$(BIN)/pytest tests/interop -rs $(ARGS)

interop-outlook: setup ## the double of Outlook through real COM: Windows' Python under Wine, set up when missing
	@scripts/setup-wine
	@PASSERELLE_COM=1 $(BIN)/pytest tests/interop/outlook -rs $(ARGS)

lint: setup ## style, types, direction of imports, no host in lock files
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	@! grep -n '://' requirements/*.lock || { echo 'lint: a lock names a host, see docs/decisions/0001' >&2; exit 1; }

format: setup ## put source into the style that lint asks for
	$(BIN)/ruff check --fix-only --quiet .
	$(BIN)/ruff format .

messages: setup ## catalogues in step with the code, and what is left to translate
	@$(BIN)/python scripts/messages

docs: setup ## the manual, in site/; a broken link is an error
	@NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict

check: test lint docs ## what .ci/run checks

bench: setup-run ## measure us and others; the others get .venv-bench
	@scripts/setup bench
	@$(BIN)/python -m benchmarks $(ARGS)

setup: ## make .venv ready for working on Passerelle
	@scripts/setup dev

setup-run:
	@scripts/setup run

lock: setup ## resolve pyproject.toml into requirements/*.lock (ARGS=--upgrade takes newer versions)
	@scripts/lock $(ARGS)
	@scripts/setup dev

clean: ## remove virtualenvs, caches and built files
	rm -rf .venv .venv-bench .venv-node .venv*.lock web/node_modules src/passerelle/desk/static build dist site htmlcov .coverage
	rm -rf .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	find src tests -name __pycache__ -type d -prune -exec rm -rf {} +
