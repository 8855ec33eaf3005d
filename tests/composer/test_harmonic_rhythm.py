"""The dial of the rate of harmony: which of the drawn progressions is taken, and when none is."""

import pytest

from ragsmith.bundle.profile import Profile
from ragsmith.composer import Wish
from ragsmith.composer.harmonic_rhythm import chord_rate, rates_for
from ragsmith.composer.harmony_plan import drawn_chords
from ragsmith.composer.vary import vary
from ragsmith.errors import BadOption
from ragsmith.models.markov.config import MarkovConfig
from ragsmith.models.markov.learner import MarkovLearner
from ragsmith.piece import Key, Metre, Piece, Section, regular_bars
from support.fakes import a_rag, indexed

PROGRESSIONS = {"I | I | I | I": 3, "I V7 | I IV | ii V7 | I vi": 3, "I | V7 | V7 | I": 4}
PROFILE = Profile(progressions=PROGRESSIONS)
OUTLINE = Piece(
    (),
    regular_bars(64, [(0, Metre(2, 4))]),
    keys=(Key(0, 0),),
    sections=(Section("A", 0, 32), Section("B", 32, 64)),
)


def changes(dials, seed=1):
    """How often the chords change in A and in B."""
    rates = rates_for(dials, None, OUTLINE, PROFILE)
    marks = drawn_chords(OUTLINE, PROGRESSIONS, {}, seed, rates)
    return [sum(start < mark.step < start + 32 for mark in marks) for start in (0, 32)]


def test_chords_change_as_often_as_the_dial_says():
    (slow, _), (fast, _) = changes("chord-changes=low"), changes("chord-changes=high")
    assert slow < 3 < 5 <= fast
    mixed = changes("A: chord-changes=low; B: chord-changes=high")
    assert mixed[0] < 3 < 5 <= mixed[1]


def test_the_rate_is_counted_in_half_bars():
    assert chord_rate(["I V7", "I V7"]) == 1
    assert chord_rate(["I", "I"]) == chord_rate(["I"]) == chord_rate([]) == 0
    assert chord_rate(["I / V7"]) == 1


def test_where_chords_are_not_drawn_the_dial_is_refused():
    words = "dial chord-changes: cannot be turned where no chords are drawn"
    with pytest.raises(BadOption, match=words):
        rates_for("chord-changes=low", "I | V7", OUTLINE, PROFILE)
    bundle = indexed(MarkovLearner(MarkovConfig(hands=2), [a_rag()]).model())
    with pytest.raises(BadOption, match=words):
        vary(bundle, a_rag(), (1, 2), Wish(dials="chord-changes=low"), seeds=[1])
    with pytest.raises(BadOption, match="the model knows no progressions"):
        rates_for("chord-changes=low", None, OUTLINE, Profile())
    with pytest.raises(BadOption, match="dial for C: has no strain in a form of A, B"):
        rates_for("C: chord-changes=low", None, OUTLINE, PROFILE)
