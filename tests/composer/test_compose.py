from dataclasses import replace

import mido
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ragsmith.bundle.profile import Profile
from ragsmith.composer import (
    DeadEnd,
    Sampling,
    Wish,
    compose,
    compose_all,
    compose_many,
    draft,
    fill,
)
from ragsmith.errors import BadBundle, BadOption, BadPrimer
from ragsmith.models.base import Onset, steps_of
from ragsmith.models.markov.config import MarkovConfig
from ragsmith.models.markov.learner import MarkovLearner
from ragsmith.originality.gate import NotOriginal, check_originality
from ragsmith.originality.search import Limits
from ragsmith.piece import Bar, Hand, Key, Metre, Note, Piece, Tempo, regular_bars
from ragsmith.verbs import clip
from support.fakes import Looping, Parrot, Splicing, Uniform, a_piece, a_rag, indexed, untrained
from support.strategies import pieces

BASS = (Onset(40, 2), Onset(52, 2))
CHOICES = ((), BASS, (Onset(60, 4), Onset(64, 4)), (Onset(67, 1),), (Onset(72, 16),))
PROFILE = Profile(metre=Metre(3, 4), tempo=500_000)
BUNDLE = indexed(Uniform(CHOICES), PROFILE)
EXAMPLE = a_piece(3)


class Anything(Uniform):
    """Takes any primer."""

    def advance(self, states, steps):
        return [(*state, step) for state, step in zip(states, steps, strict=True)]


def played(path):
    """The notes of a MIDI file as mido reads it: (onset, duration) in quarters, pitch, velocity."""
    file = mido.MidiFile(path)
    found = []
    for number, track in enumerate(file.tracks):
        now, begun = 0, {}
        for message in track:
            now += message.time
            if message.type == "note_on" and message.velocity:
                assert message.note not in begun
                begun[message.note] = (now, message.velocity)
            elif message.type in ("note_on", "note_off"):
                onset, velocity = begun.pop(message.note)
                times = onset / file.ticks_per_beat, (now - onset) / file.ticks_per_beat
                found.append((*times, message.note, velocity, number))
        assert not begun
    return sorted(found)


def meant(piece):
    grid = piece.steps_per_quarter
    tracks = {Hand.RIGHT: 1, Hand.LEFT: 2}
    return sorted(
        (n.onset / grid, n.duration / grid, n.pitch, n.velocity, tracks[n.hand])
        for n in piece.notes
    )


@pytest.mark.parametrize("bars", [1, 2, 33])
def test_the_length_is_what_was_asked_for_in_the_metre_of_the_corpus(bars):
    piece = compose(BUNDLE, Wish(bars=bars))
    assert [bar.metre for bar in piece.bars] == [Metre(3, 4)] * bars
    assert piece.steps == bars * 12
    assert piece.tempos == (Tempo(0, 500_000),)
    assert piece.steps_per_quarter == 4


def test_metre_and_tempo_can_be_wished_for():
    piece = compose(BUNDLE, Wish(bars=4, metre=Metre(6, 8), tempo=120))
    assert piece.steps == 4 * 12
    assert {bar.metre for bar in piece.bars} == {Metre(6, 8)}
    assert piece.tempos == (Tempo(0, 500_000),)


@given(st.integers(0, 2**32 - 1), st.sampled_from(["sample", "argmax", "unloop"]))
@settings(max_examples=25)
def test_a_piece_is_one_that_two_hands_can_be_given(seed, way):
    bundle = indexed(Looping(CHOICES, 4, 0.7), PROFILE)
    piece = compose(bundle, Wish(bars=6, sampling=Sampling(way)), seed=seed)
    assert piece.notes == tuple(sorted(piece.notes))
    assert all(note.hand in (Hand.LEFT, Hand.RIGHT) for note in piece.notes)
    assert all(0 <= note.onset < note.onset + note.duration <= piece.steps for note in piece.notes)
    last = {}
    for note in piece.notes:
        assert last.get(note.pitch, 0) <= note.onset
        last[note.pitch] = note.onset + note.duration


def test_one_seed_gives_one_piece_alone_or_beside_others():
    for model in (BUNDLE.model, untrained("many-to-one", [EXAMPLE], sequence_length=4)):
        bundle = indexed(model, PROFILE)
        together = compose_many(bundle, Wish(bars=4), seeds=[5, 6, 7])
        alone = [compose(bundle, Wish(bars=4), seed=s) for s in (5, 6, 7)]
        assert [piece.notes for piece in together] == [piece.notes for piece in alone]
        assert together[0].notes != together[1].notes
        assert "5" in together[0].title


@pytest.mark.parametrize("seed", [-1, 2**32])
def test_a_seed_out_of_range_is_refused(seed):
    with pytest.raises(BadOption, match=f"seed {seed}"):
        compose(BUNDLE, seed=seed)


@pytest.mark.parametrize("name", ["element", "multihot", "markov"])
def test_a_second_reader_sees_the_notes_that_were_meant(name, tmp_path):
    primer = clip(EXAMPLE, 0, 16)
    if name == "markov":
        model = MarkovLearner(MarkovConfig(transpositions=False), [EXAMPLE]).model()
    else:
        model = untrained(name, [EXAMPLE, primer])
    found = compose_many(
        indexed(model, PROFILE), Wish(bars=6, primer=primer, rules=False), seeds=[1, 2]
    )
    for piece in found:
        assert played(piece.save(tmp_path / "a.mid")) == meant(piece)


@given(pieces(grids=(4,)))
@settings(max_examples=40)
def test_a_primer_is_kept_to_the_note(primer):
    count = sum(not bar.offset for bar in primer.bars)
    bundle = indexed(Anything(CHOICES), PROFILE)
    piece = compose(bundle, Wish(bars=count + 2, primer=primer), seed=1)
    begun = [n for n in piece.notes if n.onset < primer.steps]
    assert [n[:4] for n in begun] == [n[:4] for n in primer.notes]
    for note, before in zip(begun, primer.notes, strict=True):
        assert note.hand == (before.hand or note.hand)
    assert piece.keys == primer.keys
    assert piece.tempos == (primer.tempos or (Tempo(0, 500_000),))
    assert piece.bars[: len(primer.bars) - 1] == primer.bars[:-1]
    assert piece.pickup == primer.pickup
    assert sum(not bar.offset for bar in piece.bars) == count + 2
    assert [b.metre for b in piece.bars[-2:]] == [primer.bars[-1].metre] * 2
    ends = [bar.start + bar.length for bar in piece.bars]
    assert [bar.start for bar in piece.bars] == [0, *ends[:-1]]


def test_a_parrot_goes_on_where_the_primer_ends():
    said = replace(EXAMPLE, notes=tuple(n._replace(duration=1) for n in EXAMPLE.notes))
    piece = compose(
        indexed(Parrot(said), PROFILE), Wish(bars=8, primer=clip(said, 0, 24), rules=False)
    )
    assert [n[:3] for n in piece.notes] == [n[:3] for n in said.notes]


def test_a_last_bar_of_the_primer_that_is_not_full_is_filled_up():
    """As after a pickup: the rest of a strain's last bar is its beginning."""
    bars = (Bar(0, 2, Metre(2, 4), 6), Bar(2, 8, Metre(2, 4)), Bar(10, 6, Metre(2, 4)))
    primer = Piece((Note(0, 60, 2), Note(10, 64, 6)), bars)
    piece = compose(indexed(Anything(CHOICES), PROFILE), Wish(bars=3, primer=primer))
    assert piece.bars == (*bars[:2], Bar(10, 8, Metre(2, 4)), Bar(18, 8, Metre(2, 4)))
    assert piece.pickup == 2
    filled = compose(indexed(Anything(CHOICES), PROFILE), Wish(bars=2, primer=primer))
    assert filled.bars == piece.bars[:3]


def test_a_wish_for_metre_and_tempo_goes_before_the_primers():
    primer = replace(EXAMPLE, tempos=(Tempo(0, 700_000),), keys=(Key(0, -3),))
    wish = Wish(bars=10, metre=Metre(3, 4), tempo=60, primer=primer)
    piece = compose(indexed(Anything(CHOICES), PROFILE), wish)
    assert [bar.metre for bar in piece.bars] == [Metre(2, 4)] * 8 + [Metre(3, 4)] * 2
    assert piece.tempos == (Tempo(0, 1_000_000),)
    assert piece.keys == (Key(0, -3),)


@pytest.mark.parametrize("bars", [1, 7, 8])
def test_a_primer_as_long_as_the_wish_is_refused_with_what_to_do(bars):
    with pytest.raises(
        BadPrimer, match=r"8 bars.*piece of \d written bars; ask for more than 8 bars"
    ):
        compose(BUNDLE, Wish(bars=bars, primer=EXAMPLE))


def test_a_primer_on_another_grid_or_without_bars_is_refused():
    for primer in (replace(EXAMPLE, steps_per_quarter=6), Piece((), ())):
        with pytest.raises(BadPrimer):
            compose(BUNDLE, Wish(bars=99, primer=primer))


def test_a_primer_that_the_model_cannot_represent_is_refused_with_the_nearest():
    bundle = indexed(untrained("element", [EXAMPLE]), PROFILE)
    primer = Piece((Note(0, 60, 8),), regular_bars(8, [(0, Metre(2, 4))]))
    with pytest.raises(BadPrimer, match=r"C4:8.*the nearest that it knows is"):
        compose(bundle, Wish(primer=primer))


def test_an_opening_of_silence_is_a_primer_too():
    silence = Piece((), regular_bars(8, [(0, Metre(2, 4))]))
    piece = compose(BUNDLE, Wish(bars=2, primer=silence))
    assert not any(n.onset < 8 for n in piece.notes)


def test_a_rule_that_closes_every_door_is_named(monkeypatch):
    monkeypatch.setattr(draft, "BACKTRACKS", 5)
    bundle = indexed(Parrot(EXAMPLE), PROFILE, [EXAMPLE])
    (closed,) = compose_all(bundle, Wish(bars=8), seeds=[1])
    assert isinstance(closed, DeadEnd)
    with pytest.raises(
        DeadEnd,
        match=r"^seed 1: stops at step \d+: the rule NoCopy turns every proposal down there; ",
    ):
        compose(bundle, Wish(bars=8), seed=1)


def test_a_piece_that_fails_the_check_costs_the_others_nothing(monkeypatch):
    def check(piece, free, guarantee, name, melody):
        limits = Limits(0, 0) if name == "seed 2" else guarantee.limits
        return check_originality(piece, free, guarantee._replace(limits=limits), name, melody)

    corpus = [a_rag(seed, bars=24) for seed in range(3)]
    bundle = indexed(Splicing(corpus), corpus=corpus)
    wish = Wish(bars=4, sampling=Sampling(min_p=0))
    alone = [compose(bundle, wish, seed=seed).notes for seed in (1, 3)]
    monkeypatch.setattr(fill, "check_originality", check)
    first, failed, third = compose_all(bundle, wish, seeds=[1, 2, 3])
    assert [first.piece.notes, third.piece.notes] == alone
    assert isinstance(failed, NotOriginal)
    with pytest.raises(NotOriginal, match=r"^seed 2: repeats [\d.]+ beats of file \d "):
        compose_many(bundle, wish, seeds=[1, 2, 3])


def test_rules_want_an_index_of_the_corpus():
    bundle = BUNDLE._replace(passages=())
    with pytest.raises(BadBundle, match=r"has no index.*or compose with --no-rules"):
        compose(bundle, Wish(bars=1))
    assert compose(bundle, Wish(bars=1, rules=False)).steps == 12


def test_progress_is_told_in_steps():
    told = []
    compose_many(BUNDLE, Wish(bars=2), seeds=[1], on_step=lambda *at: told.append(at))
    assert told == [(n, 24) for n in range(1, 25)]


def test_what_is_written_is_told_while_it_is():
    told = []
    found = compose_all(
        BUNDLE, Wish(bars=2), seeds=[1, 2], on_steps=lambda all_: told.append(list(map(list, all_)))
    )
    for each, steps in zip(found, told[-1], strict=True):
        struck = [tuple(o.pitch for o in step) for step in steps]
        assert struck == [tuple(o.pitch for o in step) for step in steps_of(each.piece)]


def test_steps_of_a_piece_are_the_models_own_choices():
    piece = compose(BUNDLE, Wish(bars=20), seed=3)
    struck = {tuple(o.pitch for o in step) for step in steps_of(piece)}
    assert struck == {tuple(o.pitch for o in step) for step in CHOICES}


@pytest.mark.parametrize(
    ("wish", "value"),
    [
        ({"bars": 0}, "bars 0"),
        ({"bars": -3}, "bars -3"),
        ({"bars": 4097}, "bars 4097"),
        ({"tempo": 0}, "tempo 0"),
        ({"tempo": float("nan")}, "tempo nan"),
        ({"tempo": 1e9}, "tempo 1e\\+09"),
        ({"metre": Metre(5, 7)}, "metre 5/7"),
        ({"metre": Metre(0, 4)}, "metre 0/4"),
        ({"metre": Metre(10**9, 4)}, "metre 1000000000/4"),
    ],
    ids=str,
)
def test_wishes_out_of_range_are_refused_by_value(wish, value):
    with pytest.raises(BadOption, match=value):
        Wish(**wish)
