# Everything runs in .venv; a fresh machine needs Python 3.11 or newer and the package index.
PYTHON ?= python3
BIN := .venv/bin
RAGS ?= ../shared/corpora/joplin
PYTEST := $(BIN)/python -m pytest -n auto --maxprocesses 8 --dist loadfile

.PHONY: demo test test-slow check bench clean

.venv/installed: pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "$(PYTHON) is too old: Ragsmith needs Python 3.11 or newer; run make PYTHON=python3.12"; exit 1; }
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --upgrade pip
	$(BIN)/python -m pip install --quiet --editable '.[dev]'
	@touch $@

demo: .venv/installed
	$(BIN)/ragsmith compose --out demo --count 8 --keep 4 --bars 64 --seed 4
	@echo "Four new rags, by the model that comes with Ragsmith, are in demo/."

test: .venv/installed
	$(PYTEST) -m "not slow"

test-slow: .venv/installed
	$(PYTEST) -m slow

check: .venv/installed
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

# Wants the Joplin corpus; each script prints the table that stands in benchmarks/RESULTS.md.
# discriminator.py, score_joplin.py, second_reader.py and studio_pages.py want more than the dev extra, and say what.
bench: .venv/installed
	$(BIN)/python benchmarks/start_up.py
	$(BIN)/python benchmarks/reading_speed.py $(RAGS)/midi
	$(BIN)/python benchmarks/second_start.py $(RAGS)/midi
	$(BIN)/python benchmarks/kern_against_midi.py $(RAGS)/kern $(RAGS)/midi
	$(BIN)/python benchmarks/second_reader.py $(RAGS)/../piano/lieder --sample 150
	$(BIN)/python benchmarks/joplin_borrows.py $(RAGS)/midi
	$(BIN)/python benchmarks/difficulty.py $(RAGS)/../piano graded
	$(BIN)/python benchmarks/difficulty.py $(RAGS)/kern simplify
	$(BIN)/python benchmarks/markov_joplin.py $(RAGS)/midi $(RAGS)/split.json
	$(BIN)/python benchmarks/classic_speed.py $(RAGS)/midi
	$(BIN)/python benchmarks/kills.py
	$(BIN)/python benchmarks/corrupted.py $(RAGS)
	$(BIN)/python benchmarks/composing_speed.py
	$(BIN)/python benchmarks/own_corpus.py build/rags
	$(BIN)/python benchmarks/stride_rate.py $(RAGS)/kern $(RAGS)/split.json
	$(BIN)/python benchmarks/stride_joplin.py $(RAGS)/kern $(RAGS)/split.json stride markov multihot element
	$(BIN)/python benchmarks/free_running.py src/ragsmith/shipped/ragtime.ragsmith $(RAGS)/kern $(RAGS)/split.json
	$(BIN)/python benchmarks/parrot.py $(RAGS)/kern
	$(BIN)/python benchmarks/guarantee.py $(RAGS)/kern src/ragsmith/shipped/ragtime.ragsmith
	$(BIN)/python benchmarks/joins.py $(RAGS)/kern $(RAGS)/split.json
	$(BIN)/python benchmarks/piano_sound.py $(RAGS)/midi
	$(BIN)/python benchmarks/dynamics.py $(RAGS)/../midi-in-the-wild
	$(BIN)/python benchmarks/large_corpus.py 20000
	$(BIN)/python benchmarks/studio_load.py
	$(BIN)/python benchmarks/fresh_install.py

clean:
	rm -rf .venv demo build dist
