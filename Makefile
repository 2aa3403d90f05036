# make demo    install, then evolve a reward for a sparse task; under 3 minutes after the install
# make test    the test suite
PYTHON ?= python3
# A CPU build is enough for everything here, and is taken where pip finds one. To choose a build:
# make install TORCH=torch TORCH_ARGS="--index-url <index>", as pytorch.org/get-started says.
TORCH ?= torch==2.13.0+cpu
TORCH_ARGS ?=
BIN := .venv/bin
export OMP_NUM_THREADS ?= 1

.PHONY: install demo test test-full test-learning lint types docs bench bench-standard bench-llm results presets clean

install: .venv/installed

.venv/installed: pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/pip install -q "$(TORCH)" $(TORCH_ARGS) || $(BIN)/pip install -q "torch>=2.8,<3"
	$(BIN)/pip install -q -e ".[dev]"
	@touch $@

demo: install
	rm -rf runs/demo
	$(BIN)/alignenv evolve AlignEnv-DoorKey-8x8-v0 --out runs/demo

test: install
	$(BIN)/python -m pytest -n 2

test-full: install
	$(BIN)/python -m pytest -n 2 -m "parity or hostile or kill or whole"

test-learning: install
	$(BIN)/python -m pytest -m learning

lint: install
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: install
	$(BIN)/python scripts/link_types.py
	$(BIN)/mypy

docs: install
	$(BIN)/python -m alignenv.benchmarks.bench.publish --check
	$(BIN)/python -m alignenv.benchmarks.pages docs/tasks
	$(BIN)/sphinx-build -q -W -b html docs docs/_build/html

bench: install
	$(BIN)/python -m alignenv.benchmarks.speed --write docs/speed.md

# Resumable: stop it and start it again. About 4 hours on 2 cores by its own plan, which it prints.
BENCH ?= benchmarks/results/bench
bench-standard: install
	$(BIN)/alignenv bench run standard --out $(BENCH) --plan
	$(BIN)/alignenv bench run standard --out $(BENCH)
	$(BIN)/alignenv bench report standard --out $(BENCH) --to runs/bench/standard.html

# README table, docs/results.md, docs/findings.md and their figures, from the committed records.
results: install
	$(BIN)/python -m alignenv.benchmarks.bench.publish

# A row for each designer that uses a model: make bench-llm LLM=openai:MODEL; caps are per search.
LLM ?=
BUDGET ?= calls=60
bench-llm: install
	@test -n "$(LLM)" || { echo "Name a model: make bench-llm LLM=openai:MODEL"; exit 2; }
	$(BIN)/alignenv bench run standard --out $(BENCH) --llm "$(LLM)" --budget "$(BUDGET)"

presets: install
	$(BIN)/python -m alignenv.benchmarks.measure

clean:
	rm -rf .venv .typing build docs/_build docs/tasks
