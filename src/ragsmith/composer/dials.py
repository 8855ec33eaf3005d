"""Dials: more of this, less of that, in figures that are measured.

A dial names a figure of `ragsmith.measure` and asks for a value of it: a number, or low, middle or
high, the 5th, 50th or 95th percentile of the corpus. While a piece is composed the figure of its
latest bars is compared with that, and what the model chooses is leant the more, the farther away it
is: notes of a hand, further notes of a chord, notes off the beat, high notes, notes outside the key
become likelier or less likely. All else is the model's.
Source: a proportional controller on the logits, ours; exponential tilting as in importance sampling
(Siegmund 1976).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ragsmith.bundle.profile import Profile
from ragsmith.composer.sampling import Leaning, LogP, Pick
from ragsmith.errors import BadOption
from ragsmith.keys import key_at, tonic_of
from ragsmith.measure.difficulty import EASIEST, HARDEST
from ragsmith.measure.structure import structure_of
from ragsmith.measure.style import Band, style_of
from ragsmith.models.base import Model, Step, notes_of
from ragsmith.models.writing import Alphabet
from ragsmith.piece import LOWEST_PITCH, PIANO_KEYS, Piece
from ragsmith.strains import strains_of
from ragsmith.verbs import clip

__all__ = [
    "CHORD_CHANGES",
    "DIALS",
    "NAMES",
    "PLACES",
    "Dial",
    "DialLeaning",
    "Setting",
    "missed_by",
    "parse_dials",
    "settings_for",
]

Float = NDArray[np.float64]
BOTH_HANDS = 2 * PIANO_KEYS + 1
"""Choices of a model that writes both hands: all keys of each, and the end of the step."""
LEFT, RIGHT = slice(0, PIANO_KEYS), slice(PIANO_KEYS, 2 * PIANO_KEYS)
BARS = 8
"""The latest bars whose figure is compared."""
GAIN, MOST = 2.0, 2.5
"""Nats for half the width of the corpus's band, and at most."""
REMEMBERED = 1000
"""Figures of bars that are not measured again."""
OCTAVE = 12
MAJOR, HARMONIC_MINOR = (0, 2, 4, 5, 7, 9, 11), (0, 2, 3, 5, 7, 8, 11)
OF_STYLE = ("notes_per_step", "right_pitch")
PLACES = ("low", "middle", "high")


class Dial(NamedTuple):
    """One thing that is asked for: the name of a dial, a number or one of `PLACES`, and the strain
    that it is for; "" for the whole piece."""

    name: str
    value: str | float
    strain: str = ""


class Moment(NamedTuple):
    """Where a note is chosen: is it on a beat, the notes of this step so far, by their numbers, and
    which keys (88,) lie outside the scale."""

    on_beat: bool
    chosen: Sequence[int]
    outside: NDArray[np.bool_]


def _notes_of_hand(hand: slice) -> Callable[[Moment, float], Float]:
    def nats(moment: Moment, push: float) -> Float:
        row = np.zeros(BOTH_HANDS)
        row[hand] = push
        return row

    return nats


def _chords_of_hand(hand: slice) -> Callable[[Moment, float], Float]:
    def nats(moment: Moment, push: float) -> Float:
        row = np.zeros(BOTH_HANDS)
        row[hand] = push * any(hand.start <= number < hand.stop for number in moment.chosen)
        return row

    return nats


def _height(moment: Moment, push: float) -> Float:
    row = np.zeros(BOTH_HANDS)
    row[RIGHT] = push * (np.arange(PIANO_KEYS) - PIANO_KEYS / 2) / OCTAVE
    return row


def _syncopation(moment: Moment, push: float) -> Float:
    row = np.zeros(BOTH_HANDS)
    is_first = not any(number >= PIANO_KEYS for number in moment.chosen)
    row[RIGHT] = is_first * (-push if moment.on_beat else push / 2)
    return row


def _chromaticism(moment: Moment, push: float) -> Float:
    row = np.zeros(BOTH_HANDS)
    row[:-1] = push * np.tile(moment.outside, 2)
    return row


class _Steered(NamedTuple):
    """The figure of the portrait that a dial moves, and what is added to the choices. Negated is a
    share of which the dial names what is left."""

    figure: str
    negated: bool
    nats: Callable[[Moment, float], Float]


DIALS: Mapping[str, _Steered] = {
    "density": _Steered("notes_per_step", False, _notes_of_hand(slice(0, 2 * PIANO_KEYS))),
    "left-notes": _Steered("left_notes", False, _notes_of_hand(LEFT)),
    "right-notes": _Steered("right_notes", False, _notes_of_hand(RIGHT)),
    "left-chords": _Steered("left_chord", False, _chords_of_hand(LEFT)),
    "right-chords": _Steered("right_chord", False, _chords_of_hand(RIGHT)),
    "height": _Steered("right_pitch", False, _height),
    "syncopation": _Steered("syncopation", False, _syncopation),
    "chromaticism": _Steered("local_scale_share", True, _chromaticism),
}
"""By name as people type it."""
CHORD_CHANGES = "chord-changes"
"""The dial that the plan of chords holds (`ragsmith.composer.harmonic_rhythm`), no leaning."""
NAMES = (*DIALS, CHORD_CHANGES)


def parse_dials(text: str) -> tuple[Dial, ...]:
    """The dials that a text asks for: "NAME=VALUE", several with commas; after "B:" for a strain,
    strains with semicolons.

    Raises:
        BadOption: it cannot be read, or names no dial.

    >>> parse_dials("syncopation=high; B: left-notes=low, height=74")
    (Dial(name='syncopation', value='high', strain=''), Dial(name='left-notes', value='low', \
strain='B'), Dial(name='height', value=74.0, strain='B'))
    """
    dials = []
    for part in text.split(";"):
        strain, colon, rest = part.partition(":")
        for word in (rest if colon else part).split(","):
            name, _, value = (side.strip() for side in word.partition("="))
            if name not in NAMES:
                raise BadOption(f"dial {name!r}", "does not exist", f"choose {', '.join(NAMES)}")
            dials.append(Dial(name, _value(name, value), strain.strip() if colon else ""))
    return tuple(dials)


def _value(name: str, text: str) -> str | float:
    if text in PLACES:
        return text
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        rule = "is no value of a dial"
        raise BadOption(f"{name}={text}", rule, "write low, middle, high or a number")
    return number


EASIEST_FIGURES = {
    "left-notes": 0.25, "right-notes": 0.3, "left-chords": 1.0, "right-chords": 1.0,
    "syncopation": 0.0,
}  # fmt: skip
HARDEST_FIGURES = {
    "left-notes": 1.3, "right-notes": 1.4, "left-chords": 2.6, "right-chords": 2.2,
    "syncopation": 0.5,
}  # fmt: skip
"""What dials are turned to at the two ends of the scale of difficulty."""


def dials_of(difficulty: int) -> tuple[Dial, ...]:
    """The dials that lead to a difficulty (`ragsmith.measure.difficulty`), 1 to 9: evenly between
    the figures of the easiest and the hardest.

    >>> dials_of(5)[0]
    Dial(name='left-notes', value=0.775, strain='')
    """
    share = (difficulty - EASIEST) / (HARDEST - EASIEST)
    return tuple(
        Dial(name, easy + share * (HARDEST_FIGURES[name] - easy))
        for name, easy in EASIEST_FIGURES.items()
    )


class Setting(NamedTuple):
    """A dial where it holds.

    Attributes:
        steered: the figure and what moves it.
        target: of the figure.
        width: half of the corpus's band.
        span: the steps in which it holds.
    """

    steered: _Steered
    target: float
    width: float
    span: range


def settings_for(
    text: str | None,
    outline: Piece,
    model: Model,
    profile: Profile,
    difficulty: int | None = None,
) -> tuple[Setting, ...]:
    """The dials that a text asks of a piece, and those of a difficulty; none where neither is.

    Args:
        text: see `parse_dials`.
        outline: with its strains.
        model: that composes it.
        profile: of its corpus.
        difficulty: 1 to 9; what the text says of its dials holds.

    Raises:
        BadOption: there is no such strain, the corpus has no band of a figure, or the model does
            not write the hands apart.
    """
    dials = parse_dials(text) if text is not None else ()
    if difficulty is not None:
        named = {dial.name for dial in dials}
        dials += tuple(dial for dial in dials_of(difficulty) if dial.name not in named)
    dials = tuple(dial for dial in dials if dial.name in DIALS)
    if not dials:
        return ()
    alphabet: Alphabet | None = getattr(model, "alphabet", None)
    if alphabet is None or alphabet.hands == 1:
        rule = f"cannot be turned by a model of the kind {model.name} that knows no hands"
        asked_for = f"dials {text}" if text else f"difficulty {difficulty}"
        raise BadOption(asked_for, rule, "use a model of the kind stride with two hands")
    bands = profile.portrait.bands if profile.portrait else {}
    strains = {strain.name: range(strain.start, strain.end) for strain in strains_of(outline)}
    return tuple(_setting(dial, strains, range(outline.steps), bands) for dial in dials)


def _setting(
    dial: Dial, strains: Mapping[str, range], whole: range, bands: Mapping[str, Band]
) -> Setting:
    if dial.strain and dial.strain not in strains:
        rule = f"has no strain in a form of {', '.join(strains) or 'none'}"
        raise BadOption(f"dial for {dial.strain}", rule, "name one of these, or none")
    steered = DIALS[dial.name]
    band = bands.get(steered.figure)
    if band is None:
        rule = "cannot be turned: the model does not know the range of its corpus"
        raise BadOption(f"dial {dial.name}", rule, "learn it again, from pieces with two hands")
    low, middle, high = sorted(band, reverse=steered.negated)
    if isinstance(dial.value, str):
        target = dict(zip(PLACES, (low, middle, high), strict=True))[dial.value]
    else:
        target = 1 - dial.value if steered.negated else dial.value
    span = strains[dial.strain] if dial.strain else whole
    return Setting(steered, target, abs(high - low) / 2 or 1.0, span)


def missed_by(text: str | None, figures: Mapping[str, float], bands: Mapping[str, Band]) -> float:
    """How far a whole piece is from its dials, in halves of the corpus's bands; dials for a strain
    and of the plan of chords are left out.

    >>> missed_by("left-notes=high", {"left_notes": 1.0}, {"left_notes": Band(0.5, 1.0, 1.5)})
    1.0
    """
    settings = [
        _setting(dial, {}, range(0), bands)
        for dial in (parse_dials(text) if text is not None else ())
        if dial.name in DIALS and not dial.strain
    ]
    return sum(
        abs(figures[setting.steered.figure] - setting.target) / setting.width
        for setting in settings
        if setting.steered.figure in figures
    )


class DialLeaning:
    """Leans the choices of every step towards the values of dials.

    Args:
        outline: its bars say where beats are, its keys what lies outside.
        settings: of the dials.
        then: leans what comes of it further.
    """

    def __init__(self, outline: Piece, settings: Sequence[Setting], then: Leaning) -> None:
        self._outline, self._settings, self._then = outline, settings, then
        self._measured: dict[tuple[str, int, tuple[Step, ...]], float | None] = {}
        self._starts = [bar.start for bar in outline.bars]
        self._beats = {
            step
            for bar in outline.bars
            for step in range(bar.start, bar.start + bar.length)
            if (step - bar.start + bar.offset) % outline.steps_per_quarter == 0
        }

    def __call__(self, history: Sequence[Step], pick: Pick) -> Pick:
        """The chooser for the step after `history`, leant; to be made anew for every proposal."""
        now = len(history)
        holding = [s for s in self._settings if now in s.span]
        if not holding:
            return self._then(history, pick)
        pushes = [(s, self._push(s, history)) for s in holding]
        on_beat, outside, chosen = now in self._beats, self._outside(now), list[int]()

        def leant(log_p: LogP) -> int:
            if len(log_p) != BOTH_HANDS:
                return pick(log_p)
            moment = Moment(on_beat, chosen, outside)
            added = [s.steered.nats(moment, push) for s, push in pushes]
            chosen.append(pick(log_p + np.sum(added, 0)))
            return chosen[-1]

        return self._then(history, leant)

    def _push(self, setting: Setting, history: Sequence[Step]) -> float:
        """Nats towards the target: the more, the farther the figure of the latest bars is away."""
        figure = self._figure(setting, history)
        missing = 0.0 if figure is None else (setting.target - figure) / setting.width
        missing = -missing if setting.steered.negated else missing
        return float(np.clip(GAIN * missing, -MOST, MOST))

    def _figure(self, setting: Setting, history: Sequence[Step]) -> float | None:
        """The figure of the latest full bars; None before the first."""
        full = [start for start in self._starts if start <= len(history)]
        first = max(full[-BARS - 1 :][0], setting.span.start)
        if full[-1] <= first:
            return None
        latest = setting.steered.figure, first, tuple(history[first : full[-1]])
        if latest not in self._measured:
            if len(self._measured) > REMEMBERED:
                self._measured.clear()
            self._measured[latest] = _figure_of(self._outline, *latest)
        return self._measured[latest]

    def _outside(self, step: int) -> NDArray[np.bool_]:
        key = key_at(self._outline.keys, step)
        scale = HARMONIC_MINOR if key.minor else MAJOR
        classes = (np.arange(PIANO_KEYS) + LOWEST_PITCH - tonic_of(key)) % OCTAVE
        return ~np.isin(classes, scale)


def _figure_of(outline: Piece, figure: str, first: int, steps: Sequence[Step]) -> float | None:
    """A figure of some bars, from the step `first` on."""
    end = first + len(steps)
    notes = notes_of([*[()] * first, *steps])
    inside = tuple(n._replace(duration=min(n.duration, end - n.onset)) for n in notes)
    piece = clip(replace(outline, notes=inside), first, end)
    measured = style_of(piece) if figure in OF_STYLE else structure_of(piece)
    value: float | None = getattr(measured, figure)
    return value
