"""Tables and findings as Markdown; what a finding says is decided here, by the figures alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ragsmith.experiments.figures import Figures

__all__ = ["Section", "Table", "compared", "markdown", "ranks", "style_table"]

CLEAR = 2 / 3
"""In at least this share of all pairs one group has to lie above the other to be called so."""


class Table(NamedTuple):
    """Headings, and rows of cells as they are printed."""

    columns: Sequence[str]
    rows: Sequence[Sequence[str]]


class Section(NamedTuple):
    """An experiment: its question, what was found in plain sentences, tables, charts as SVG text by
    name."""

    title: str
    question: str
    findings: Sequence[str]
    tables: Sequence[Table]
    charts: Mapping[str, str]


def markdown(section: Section) -> str:
    """The section as Markdown; charts are linked by name."""
    parts = [f"## {section.title}", f"**Question.** {section.question}"]
    parts.append("\n".join(f"- {finding}" for finding in section.findings))
    for columns, rows in section.tables:
        ruler = ["---", *["---:"] * (len(columns) - 1)]
        parts.append("\n".join(f"| {' | '.join(row)} |" for row in [columns, ruler, *rows]))
    parts += [f"![{name.replace('-', ' ')}]({name}.svg)" for name in section.charts]
    return "\n\n".join(parts) + "\n"


def compared(
    claim: str,
    above: tuple[str, Sequence[Figures]],
    below: tuple[str, Sequence[Figures]],
    figure: str,
) -> str:
    """Whether the first group has more of a figure than the second, in a sentence.

    Decided by the share of all pairs (one piece of each group) in which the first has more, ties
    counted half: the common-language effect size (McGraw and Wong 1992).
    """
    (high_name, high), (low_name, low) = above, below
    a = np.array([getattr(f, figure) for f in high])
    b = np.array([getattr(f, figure) for f in low])
    chance = float(np.mean((a[:, None] > b) + 0.5 * (a[:, None] == b)))
    answer = "no clear difference"
    if chance >= CLEAR:
        answer = "**yes**"
    elif chance <= 1 - CLEAR:
        answer = "**no, the reverse**"
    say = _beats if figure in ("texture", "melody", "longest_loop") else _percent
    medians = f"median {say(np.median(a))} ({high_name}) against {say(np.median(b))} ({low_name})"
    return f"{claim}: {answer}; {medians}, more in {chance:.0%} of the pairs."


def _beats(value: float) -> str:
    return f"{value:.2f} beats"


def _percent(value: float) -> str:
    return f"{value:.1%}"


def ranks(
    groups: Mapping[str, Sequence[Figures]], figure: str
) -> dict[str, list[tuple[float, float]]]:
    """Lines for a chart: each group's values of a figure, least first, over 0 to 100 %."""
    lines = {}
    for name, group in groups.items():
        values = sorted(getattr(f, figure) for f in group)
        lines[name] = list(zip(np.linspace(0, 100, len(values)).tolist(), values, strict=True))
    return lines


def style_table(groups: Mapping[str, Sequence[Figures]]) -> Table:
    """A row for each group of pieces: runs and loops as median, 90th percentile and longest, the
    rest as medians."""
    columns = (
        "pieces",
        "number",
        "texture copied, beats",
        "melody copied, beats",
        "steps copied",
        "new moves",
        "looping",
        "longest loop, beats",
        "distinct",
        "in scale",
        "drift",
        "notes a step",
        "outside the band",
    )
    return Table(columns, [_style_row(name, group) for name, group in groups.items()])


def _style_row(name: str, group: Sequence[Figures]) -> list[str]:
    columns = zip(*group, strict=True)
    of = {f: np.array(values) for f, values in zip(Figures._fields, columns, strict=True)}
    share = {field: f"{np.median(values):.0%}" for field, values in of.items()}
    return [
        name,
        str(len(group)),
        _spread(of["texture"]),
        _spread(of["melody"]),
        share["copied"],
        share["seams"],
        share["loops"],
        _spread(of["longest_loop"]),
        share["distinct"],
        share["scale"],
        f"{np.median(of['drift']):.1%}",
        f"{np.median(of['notes']):.2f}",
        share["outside"],
    ]


def _spread(values: NDArray[np.float64]) -> str:
    middle, high = np.percentile(values, [50, 90])
    return f"{middle:.2f} · {high:.2f} · {values.max():.2f}"
