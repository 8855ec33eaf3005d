"""Dials: what they ask for, and which way they lean what is chosen."""

import numpy as np
import pytest

from ragsmith.bundle.profile import Profile
from ragsmith.composer import Wish, compose_all
from ragsmith.composer.dials import DIALS, NAMES, Dial, DialLeaning, parse_dials, settings_for
from ragsmith.composer.sampling import upright
from ragsmith.errors import BadOption
from ragsmith.measure.portrait import portrait_of
from ragsmith.models.base import Onset
from ragsmith.models.markov.config import MarkovConfig
from ragsmith.models.markov.learner import MarkovLearner
from ragsmith.options import DIALS as DIALS_OPTION
from ragsmith.piece import Hand, Key, Metre, Piece, Section, regular_bars
from support.fakes import Uniform, a_rag, indexed

CORPUS = [a_rag(seed) for seed in range(3)]
MODEL = MarkovLearner(MarkovConfig(hands=2), CORPUS).model()
PROFILE = Profile(portrait=portrait_of(CORPUS))
BARS = regular_bars(32, [(0, Metre(2, 4))])
OUTLINE = Piece((), BARS, keys=(Key(0, 0),), sections=(Section("A", 0, 16), Section("B", 16, 32)))
LEFT, RIGHT = (Onset(40, 2, Hand.LEFT),), (Onset(70, 1, Hand.RIGHT),)


def added(text, history, *chosen):
    """What a dial adds to each choice after a history, the notes of the step so far chosen."""
    leaning = DialLeaning(OUTLINE, settings_for(text, OUTLINE, MODEL, PROFILE), upright)
    answers = [*chosen, 176]
    rows = []

    def pick(log_p):
        rows.append(log_p)
        return answers[len(rows) - 1]

    leant = leaning(history, pick)
    for _ in answers:
        leant(np.zeros(177))
    return rows[-1]


@pytest.mark.parametrize(
    ("text", "history", "chosen", "choice", "sign"),
    [
        ("density=high", [RIGHT] * 8, (), 20, 1),
        ("density=0.1", [RIGHT] * 8, (), 120, -1),
        ("left-notes=high", [RIGHT] * 8, (), 20, 1),
        ("left-notes=low", [LEFT * 3] * 8, (), 20, -1),
        ("right-notes=high", [LEFT] * 8, (), 120, 1),
        ("left-chords=high", [LEFT] * 8, (20,), 24, 1),
        ("right-chords=high", [RIGHT] * 8, (), 120, 0),
        ("height=high", [RIGHT] * 8, (), 88 + 80, 1),
        ("height=40", [RIGHT] * 8, (), 88 + 80, -1),
        ("syncopation=9", [RIGHT] * 8, (), 120, -1),
        ("syncopation=9", [RIGHT] * 9, (), 120, 1),
        ("chromaticism=1", [RIGHT] * 8, (), 88 + 40, 1),
        ("chromaticism=1", [RIGHT] * 8, (), 88 + 39, 0),
        ("B: left-notes=9", [RIGHT] * 8, (), 20, 0),
        ("B: left-notes=9", [RIGHT] * 24, (), 20, 1),
    ],
)
def test_what_is_missing_becomes_likelier(text, history, chosen, choice, sign):
    row = added(text, history, *chosen)
    assert np.sign(row[choice]) == sign
    assert row[-1] == 0


def test_every_dial_names_a_figure_of_the_portrait():
    assert {steered.figure for steered in DIALS.values()} <= PROFILE.portrait.bands.keys()


def test_the_table_of_options_names_every_dial():
    assert DIALS_OPTION.proposals == NAMES
    assert all(name in DIALS_OPTION.help for name in NAMES)


def test_dials_are_read():
    assert parse_dials("A: height=74.5 ; syncopation=low") == (
        Dial("height", 74.5, "A"),
        Dial("syncopation", "low", ""),
    )


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("loudness=high", "dial 'loudness': does not exist; choose density, left-notes"),
        ("height=up", "height=up: is no value of a dial; write low, middle, high or a number"),
        ("height=nan", "is no value of a dial"),
        ("height", "height=: is no value"),
        ("", "dial '': does not exist"),
    ],
)
def test_what_cannot_be_read_is_one_line(text, words):
    with pytest.raises(BadOption, match=words):
        Wish(dials=text)


def test_what_cannot_be_turned_is_one_line():
    with pytest.raises(BadOption, match="dial for C: has no strain in a form of A, B"):
        settings_for("C: height=high", OUTLINE, MODEL, PROFILE)
    with pytest.raises(BadOption, match="the model does not know the range of its corpus"):
        settings_for("height=high", OUTLINE, MODEL, Profile())
    with pytest.raises(BadOption, match="by a model of the kind fake"):
        settings_for("height=high", OUTLINE, Uniform([()]), PROFILE)


def test_a_dial_is_turned_while_composing():
    bundle = indexed(MODEL, PROFILE, CORPUS)
    low, high = (
        compose_all(bundle, Wish(bars=8, rules=False, dials=f"left-notes={v}"), seeds=[1])[0]
        for v in ("low", "high")
    )
    counts = [sum(n.hand is Hand.LEFT for n in one.piece.notes) for one in (low, high)]
    assert counts[0] < counts[1]
