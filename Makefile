# Two commands for a newcomer: `make demo` and `make test`. Both make the same environment first.

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
STAMP  := $(VENV)/.installed
EMULATOR := .venv-emulator
MUTATION := .venv-mutation
RELEASE  := .venv-release
SPARK    := .venv-spark
SITE     := .venv-site
LOCKS    := requirements.lock requirements-dev.lock requirements-release.lock requirements-site.lock tests/emulator.lock tests/mutation.lock tests/spark.lock

# A run that rewrites what it compares with would always pass.
unexport XDIAG_UPDATE_GOLDENS

.PHONY: demo test coverage test-spark check format lock bench house docs site mutation audit package try-package fuzz clean FORCE

# An environment stays while it works, unless a Python of another version is named for it: `make PYTHON=...`.
VERSION_OF = $(shell $(1) -c 'import platform; print(platform.python_version())' 2>/dev/null)
OTHER = $(if $(filter file,$(origin PYTHON)),,$(if $(filter $(call VERSION_OF,$(1)/bin/python),$(call VERSION_OF,$(PYTHON))),,FORCE))

define environment
	@$(if $(call OTHER,$(1)),false,$(1)/bin/python -c '' 2>/dev/null) || { \
		$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "xdiag needs Python 3.11 or newer; for example: make PYTHON=python3.12"; exit 1; }; \
		$(PYTHON) -m venv --clear $(1); }
endef

demo: $(STAMP)
	$(BIN)/xdiag demo

test: $(STAMP) $(EMULATOR)/.installed check
	$(BIN)/xdiag rules check
	XDIAG_EMULATOR=$(CURDIR)/$(EMULATOR)/bin/ministack $(BIN)/pytest -n 2 --no-loadscope-reorder -q $(MEASURED)

# The same, and which lines and branches no test runs: it takes half as long again.
coverage: MEASURED = --cov --cov-report=term:skip-covered
coverage: test

check: $(STAMP)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(STAMP)
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

$(STAMP): requirements.lock requirements-dev.lock pyproject.toml $(call OTHER,$(VENV))
	$(call environment,$(VENV))
	$(BIN)/pip install --quiet --require-hashes --requirement requirements-dev.lock
	$(BIN)/pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

$(EMULATOR)/.installed: tests/emulator.lock $(call OTHER,$(EMULATOR))
	$(call environment,$(EMULATOR))
	$(EMULATOR)/bin/pip install --quiet --require-hashes --requirement tests/emulator.lock
	@touch $@

$(SPARK)/.installed: tests/spark.lock pyproject.toml $(call OTHER,$(SPARK))
	$(call environment,$(SPARK))
	$(SPARK)/bin/pip install --quiet --require-hashes --requirement tests/spark.lock
	$(SPARK)/bin/pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

# Apart from `make test`: Spark is large, and needs Java.
test-spark: $(SPARK)/.installed
	@$${JAVA_HOME:+$$JAVA_HOME/bin/}java -version 2>/dev/null || { \
		echo "test-spark needs Java 17: there is no java on the PATH, nor in JAVA_HOME"; exit 1; }
	$(SPARK)/bin/pytest --confcutdir=tests/spark tests/spark -q

bench: $(STAMP) $(EMULATOR)/.installed
	$(BIN)/python benchmarks/start.py
	$(BIN)/python benchmarks/batch.py
	$(BIN)/python benchmarks/decisions.py
	$(BIN)/python benchmarks/matrix.py
	$(BIN)/python benchmarks/lengths.py
	PYTHONPATH=. $(BIN)/python benchmarks/live.py
	XDIAG_EMULATOR=$(CURDIR)/$(EMULATOR)/bin/ministack PYTHONPATH=. $(BIN)/python benchmarks/network.py

# How the code is laid out, in figures; of another checkout: `make house PACKAGE=../other/src/diagnose`.
PACKAGE ?= src/diagnose

house: $(STAMP)
	$(BIN)/python benchmarks/house.py $(PACKAGE)

$(MUTATION)/.installed: tests/mutation.lock $(call OTHER,$(MUTATION))
	$(call environment,$(MUTATION))
	$(MUTATION)/bin/pip install --quiet --require-hashes --requirement tests/mutation.lock
	@touch $@

# So many mutants of each package, or of those in OF, each against the tests of its package; see tests/mutants/.
EACH ?= 12
OF   ?=

mutation: $(STAMP) $(MUTATION)/.installed
	PYTHONPATH=$$($(MUTATION)/bin/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))') \
		$(BIN)/python -m tests.mutants $(OF) --each $(EACH)

# Every target of tests/fuzz/ in turn, in so many seconds all together; a failure prints what makes it again.
FUZZ_SECONDS ?= 900
FUZZ_SEED    ?= 1

fuzz: $(STAMP)
	$(BIN)/python -m tests.fuzz $(FUZZ_SECONDS) $(FUZZ_SEED)

# Extras stay in the locks: a pip before 23.3 takes `coverage[toml]` for unpinned where only `coverage` is pinned.
lock: $(STAMP)
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate --no-strip-extras pyproject.toml -o requirements.lock
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate --no-strip-extras pyproject.toml --group dev --group lock --group build -o requirements-dev.lock
	echo ministack | $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate --no-strip-extras - -o tests/emulator.lock
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate --no-strip-extras pyproject.toml --group mutation -o tests/mutation.lock
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate --no-strip-extras pyproject.toml --group spark --group build -o tests/spark.lock
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate --no-strip-extras --group release -o requirements-release.lock
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate --no-strip-extras --group site -o requirements-site.lock

$(RELEASE)/.installed: requirements-release.lock $(call OTHER,$(RELEASE))
	$(call environment,$(RELEASE))
	$(RELEASE)/bin/pip install --quiet --require-hashes --requirement requirements-release.lock
	@touch $@

# Every pinned version against the known vulnerabilities. Needs the network; CI runs it each week.
audit: $(RELEASE)/.installed
	for lock in $(LOCKS); do $(RELEASE)/bin/pip-audit --require-hashes --disable-pip --requirement $$lock || exit 1; done

# dist/: the wheel, the sdist, and the bill of materials of what is installed with them.
package: $(RELEASE)/.installed
	rm -rf dist
	$(RELEASE)/bin/python -m build --no-isolation
	$(RELEASE)/bin/cyclonedx-py requirements --output-reproducible --pyproject pyproject.toml --output-file dist/xdiag.cdx.json requirements.lock
	$(RELEASE)/bin/twine check --strict dist/*.whl dist/*.tar.gz

# The wheel of dist/ in an empty environment, with what its lock pins: in a folder apart, it answers.
TRIAL := .venv-trial

try-package:
	$(PYTHON) -m venv --clear $(TRIAL)
	$(TRIAL)/bin/pip install --quiet --require-hashes --requirement requirements.lock
	$(TRIAL)/bin/pip install --quiet --no-index --no-deps dist/xdiag-*.whl
	$(TRIAL)/bin/pip check
	cd $$(mktemp -d) && $(CURDIR)/$(TRIAL)/bin/xdiag --version && $(CURDIR)/$(TRIAL)/bin/xdiag demo external-id --quiet
	rm -rf $(TRIAL)

docs: $(STAMP)
	$(BIN)/python -m diagnose.authoring.pages
	$(BIN)/python -m diagnose.serve.page

$(SITE)/.installed: requirements-site.lock $(call OTHER,$(SITE))
	$(call environment,$(SITE))
	$(SITE)/bin/pip install --quiet --require-hashes --requirement requirements-site.lock
	@touch $@

# site/: the pages of docs/ and those of each cause, as a site that loads nothing from elsewhere.
site: docs $(SITE)/.installed
	$(BIN)/python -m diagnose.authoring.site
	$(SITE)/bin/zensical build --clean --strict

clean:
	rm -rf $(VENV) $(EMULATOR) $(MUTATION) $(RELEASE) $(SPARK) $(SITE) $(TRIAL) dist site build .mypy_cache .pytest_cache .ruff_cache .coverage
