# The commands of the house. They need make, Python 3.11 or newer and the package registries; nothing else.
PORT ?= 8000
ONLY ?=
export PORT

PYTHON3 := $(shell command -v python3 || command -v python3.13 || command -v python3.12 || command -v python3.11 || command -v python)
PYTHON := .venv/bin/python

.PHONY: run test check lint types messages bench ready ready-for-tests locked clean

run: ready ## everything, with demo data, on PORT
	@exec $(PYTHON) -m sunkitchen serve

test: ready-for-tests ## every test, on SQLite and on PostgreSQL with Redis; T="tests/core -k permit" runs a part
	@failed=0; for servers in "" servers; do \
		echo "── on $${servers:-SQLite} ──"; \
		SUNKITCHEN_TEST_ON=$$servers $(PYTHON) -m pytest -n 2 --dist loadfile $(T) || failed=$$?; \
	done; exit $$failed

check: lint types messages test ## what .ci/run calls

lint: ready-for-tests
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .

types: ready-for-tests
	.venv/bin/mypy

messages: ready-for-tests
	$(PYTHON) -m sunkitchen makemigrations --check --dry-run
	$(PYTHON) -m sunkitchen messages --check

bench: ready-for-tests ## JSON lines; ONLY=relay runs a part
	@$(PYTHON) -m bench $(ONLY)

ready:
	@$(if $(PYTHON3),$(PYTHON3) bootstrap.py run,echo "Sunkitchen: no python3 on this machine; install Python 3.11 or newer." >&2; exit 1)

ready-for-tests:
	@$(if $(PYTHON3),$(PYTHON3) bootstrap.py test,echo "Sunkitchen: no python3 on this machine; install Python 3.11 or newer." >&2; exit 1)

locked: ## pins and hashes anew, from pyproject.toml (needs uv)
	uv pip compile --quiet --universal --generate-hashes --python-version 3.11 --extra ocr pyproject.toml -o requirements.txt
	uv pip compile --quiet --universal --generate-hashes --python-version 3.11 --extra ocr pyproject.toml --group dev -c requirements.txt -o requirements-dev.txt
	uv pip compile --quiet --universal --generate-hashes --python-version 3.11 requirements-node.in -o requirements-node.txt

clean: ## what bootstrap made, and nothing of yours: var/ stays
	rm -rf .venv node_modules .mypy_cache .ruff_cache
	find locale -name '*.mo' -delete
