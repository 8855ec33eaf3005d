"""The write-up's experiments, repeated on any folder of music, as tables and plots.

A study's sentences follow from its figures. It can be stopped at any time: started again with the
same folder, settings and seed, it goes on where it stopped.
"""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

import ragsmith
from ragsmith.composer import Sampling
from ragsmith.corpus import Corpus, split_works
from ragsmith.errors import BadFile, BadFolder
from ragsmith.experiments.classic import draws, lengths, price, ways
from ragsmith.experiments.comparison import models_compared
from ragsmith.experiments.figures import COPIED_STEPS, SPAN_BARS
from ragsmith.experiments.report import markdown
from ragsmith.experiments.results import Results
from ragsmith.experiments.settings import FULL, QUICK, Settings
from ragsmith.files import make_folder, write_whole
from ragsmith.models.classic.vocabulary import vocabulary_of

__all__ = ["FULL", "QUICK", "Settings", "run_study", "study"]

EXPERIMENTS = (lengths, ways, draws, models_compared, price)
CHOOSING = Sampling()
PARTS = ("results", "models", "pieces")


def run_study(
    corpus: Corpus, out: Path, *, full: bool, seed: int, say: Callable[[str], None]
) -> Path:
    """Repeat the write-up's experiments on a corpus; returns the path of the report.

    Args:
        corpus: read on the grid of sixteenths; its held-out works measure, its test works rest.
        out: the folder of the report, its plots, the models and the pieces; made if missing.
        full: the write-up's settings, for hours, instead of minutes.
        seed: of the split, the learning and the composing.
        say: told what is going on, a line at a time.

    Raises:
        BadFolder: the corpus has a single work; `out` holds another study.
        BadFile: `out` cannot be written.
        BadOption: no piece is as long as a training sequence.
    """
    return study(corpus, out, FULL if full else QUICK, seed, say)


def study(
    corpus: Corpus, out: Path, settings: Settings, seed: int, say: Callable[[str], None]
) -> Path:
    """Run a study with settings of one's own; otherwise like `run_study`."""
    split = split_works(corpus, seed=seed)
    if not split.held_out:
        raise BadFolder(
            corpus.folder,
            "holds a single work, and a study measures on works that are not learnt",
            "put more works into it",
        )
    results = Results(corpus, split, out, settings, seed, say)
    _prepare(results)
    parts = [_head(results)]
    for experiment in EXPERIMENTS:
        section = experiment(results)
        for name, svg in section.charts.items():
            write_whole(out / f"{name}.svg", svg.encode())
        parts.append(markdown(section))
    return write_whole(out / "study.md", "\n".join(parts).encode())


def _prepare(results: Results) -> None:
    """Make the study's folder, or recognise it.

    Raises:
        BadFolder: another study lies there.
        BadFile: it cannot be made.
    """
    try:
        for part in PARTS:
            make_folder(results.out / part)
    except OSError as e:
        raise BadFile(
            results.out, f"cannot be made ({e.strerror or e})", "name another place"
        ) from e
    wanted = {
        "settings": asdict(results.settings),
        "seed": results.seed,
        "learnt": [entry.digest for entry in results.split.train],
        "held out": [entry.digest for entry in results.split.held_out],
        "ragsmith": ragsmith.__version__,
    }
    if results.stored("settings", lambda: wanted) != json.loads(json.dumps(wanted)):
        raise BadFolder(
            results.out,
            "holds a study of other files, with other settings, or another seed",
            "name another folder with --out, or remove that one",
        )


def _head(results: Results) -> str:
    settings, element = results.settings, results.settings.element
    learnt, held_out = (sum(p.steps for p in part) for part in (results.training, results.held_out))
    lengths = ", ".join(map(str, settings.lengths))
    machine = f"{os.cpu_count()} cores, {platform.system()} {platform.machine()}"
    return f"""# A study of {results.corpus.folder.resolve().name}

{len(results.training)} works are learnt ({learnt:,} steps of a sixteenth, \
{len(vocabulary_of(results.training)):,} elements), {len(results.held_out)} are held out \
({held_out:,} steps). Seed {results.seed}; ragsmith {ragsmith.__version__}; {machine}.

- `element`: sequences of {lengths} steps, hidden {element.hidden}, Adam \
{element.learning_rate:g} with decay {element.decay:g}, batch {element.batch}, {element.epochs} \
epochs. In experiments 1 to 3 it learns to the end and the epoch with the least training loss is \
kept, as in the write-up.
- In experiment 4 every model stops after {settings.patience} epochs without progress on the \
held-out works, and its best epoch is kept; those works have chosen it, so its figure flatters a \
little. `element` has the write-up's rate and at most {settings.contest_element.epochs} epochs. \
`multihot`: hidden {settings.multihot.hidden}, sequences of \
{settings.multihot.sequence_length}, at most {settings.multihot.epochs} epochs. `many-to-one`: \
three layers of {settings.many_to_one.hidden}, sequences of \
{settings.many_to_one.sequence_length}, at most {settings.many_to_one.epochs} epochs.
- Each model composes {settings.pieces} pieces of {settings.bars} bars in each way, each from \
what begins on a downbeat drawn from the learnt works, the same for all; `sample` and `unloop` \
draw at temperature {CHOOSING.temperature:g}, min-p {CHOOSING.min_p:g}. Human works are cut to \
{settings.bars} bars. One learning is measured of each kind: differences between two learnings \
with other seeds are not.

How to read the tables of pieces. Figures are medians over the pieces; runs and loops are \
*median · 90th percentile · longest*, in quarter-note beats. **Copied** texture and melody: the \
longest run shared with a learnt work, in any key (a learnt work is compared with all the others). \
**Steps copied**: in stretches of {COPIED_STEPS} steps or more that stand in a learnt work at the \
same pitch. **New moves**: from one set of onsets to the next, in no learnt work. **Looping**: in \
a motif three times in a row or more. **Distinct**: different sets of onsets. **In scale**: notes \
in the best major or minor scale. **Drift**: by how much that is more within {SPAN_BARS} bars than \
in the whole piece. **Outside the band**: figures of style outside the 5-95 % band of the learnt \
works. A finding says yes where one group has more in at least two thirds of all pairs of pieces.
"""
