"""Any wish ends in a piece that fulfils it, or in one clear line."""

import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ragsmith.bundle.profile import Profile
from ragsmith.composer import Composed, Wish, compose_all
from ragsmith.composer.dials import NAMES, PLACES
from ragsmith.composer.easing import missed_difficulty
from ragsmith.composer.form import parse_form
from ragsmith.composer.outline import outline_of
from ragsmith.composer.rules.playable import unplayable
from ragsmith.errors import UserError
from ragsmith.keys import key_named
from ragsmith.measure.difficulty import difficulty, level_of
from ragsmith.measure.portrait import portrait_of
from ragsmith.models.markov.config import MarkovConfig
from ragsmith.models.markov.learner import MarkovLearner
from ragsmith.originality.search import as_played
from ragsmith.piece import Metre
from ragsmith.shipped import load_model
from ragsmith.verbs import clip
from support.fakes import a_rag, indexed

CORPUS = [a_rag(seed) for seed in range(3)]
LINE = re.compile(r"[^\n]+: [^\n]+; [^\n]+")
CHORDS = ("I | V7", "Bb | F7 | Bb | Bb", "A: C | G7 ; B: F | C", "auto", "Eb Bb7 | Eb")
WISHED = {
    "form": ("A(2)", "A(4)B(4)", "A(2)A(2)B(2)", "Intro A(4)", "A(2) Coda(2)", "A(3)B(1)C(2)"),
    "bars": (1, 2, 3, 4, 6),
    "key": ("C", "Eb", "F# minor", "Db"),
    "metre": ("2/4", "3/4", "6/8", "4/4"),
    "tempo": (60, 100.5, 10, 400),
    "chords": CHORDS,
    "dials": [f"{name}={place}" for name in NAMES for place in PLACES] + ["A: density=1.5"],
    "difficulty": (1, 3, 5, 9),
    "limits": ((2.5, 4), (1, 1), (16, 16)),
    "primer": (clip(a_rag(9), 0, 16),),
}
NONSENSE = (
    *[("form", text) for text in ("A(0)", "A(2)A(3)", "a", "Coda", "")],
    *[("bars", number) for number in (0, -1, 10**9, 2.5)],
    *[("key", "H"), ("metre", "2/5"), ("metre", "x"), ("limits", (0, 4)), ("difficulty", 12)],
    *[("tempo", 0), ("tempo", 1e9), ("tempo", float("nan"))],
    *[("chords", text) for text in ("H | X", "|", "A: ; B:", "C | " * 40, "Q: C")],
    *[("dials", text) for text in ("loudness=high", "height=nan", "D: height=low", "height")],
)


def quick_bundle():
    model = MarkovLearner(MarkovConfig(hands=2), CORPUS).model()
    return indexed(model, Profile(portrait=portrait_of(CORPUS), metre=Metre(2, 4)), CORPUS)


@st.composite
def wishes(draw):
    """The fields of a wish, one of five such that nobody can fulfil it."""
    names = draw(st.sets(st.sampled_from(sorted(WISHED)), max_size=5))
    fields = {name: draw(st.sampled_from(WISHED[name])) for name in sorted(names)}
    if "form" not in fields and "primer" not in fields:
        fields.setdefault("bars", 4)
    if draw(st.integers(0, 4)) == 0:
        name, value = draw(st.sampled_from(NONSENSE))
        fields[name] = value
    return fields


def check(bundle, fields, seed):
    """A wish ends in a piece that fulfils it, or in a line."""
    outcome = ended(bundle, fields, seed)
    if isinstance(outcome, Composed) and not outcome.broken_off:
        assert_fulfilled(bundle, Wish(**fields), outcome)
    else:
        line = getattr(outcome, "broken_off", outcome)
        assert LINE.fullmatch(str(line)), str(line)


def ended(bundle, fields, seed):
    try:
        return compose_all(bundle, Wish(**fields), seeds=[seed], seconds=60)[0]
    except UserError as error:
        return error


def assert_fulfilled(bundle, wish, composed):
    piece, profile = composed.piece, bundle.profile
    outline = outline_of(wish, profile, bundle.model.steps_per_quarter)
    assert (piece.bars, piece.sections, piece.order) == (
        outline.bars,
        outline.sections,
        outline.order,
    )
    if wish.form is None:
        assert len(piece.full_bars) == wish.bars
    else:
        assert {p.name for p in parse_form(wish.form, 8).parts} <= {s.name for s in piece.sections}
    if wish.primer:
        onsets = [note for note in piece.notes if note.onset < wish.primer.steps]
        assert [n[:2] for n in onsets] == [n[:2] for n in wish.primer.notes]
    elif wish.key:
        assert piece.keys[0] == key_named(wish.key)
    if wish.metre and not wish.primer:
        assert {bar.metre for bar in piece.full_bars} == {wish.metre}
    if wish.tempo:
        assert piece.tempos[0].microseconds == round(60_000_000 / wish.tempo)
    if wish.chords:
        assert piece.chords
    if wish.difficulty:
        met = level_of(difficulty(piece)) == wish.difficulty
        assert bool(missed_difficulty(piece, wish)) != met
    assert composed.originality.within(wish.limits)
    if not wish.primer:
        assert not unplayable(as_played(piece), profile.habits)


QUICK = quick_bundle()


@given(wishes(), st.integers(0, 2**32 - 1))
@settings(max_examples=5, suppress_health_check=[HealthCheck.too_slow], deadline=None)
def test_a_few_wishes(fields, seed):
    check(QUICK, fields, seed)


@pytest.mark.slow
@given(fields=wishes(), seed=st.integers(0, 2**32 - 1))
@settings(max_examples=200, suppress_health_check=[HealthCheck.too_slow], deadline=None)
def test_two_hundred_wishes(fields, seed):
    check(load_model("ragtime"), fields, seed)
