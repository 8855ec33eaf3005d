"""Where nobody names a key, each piece's home key is drawn from those of the corpus."""

from collections import Counter
from dataclasses import replace

import pytest

from ragsmith.bundle.card import Card
from ragsmith.bundle.profile import Profile
from ragsmith.composer import Composed, Wish, compose, compose_all, compose_many
from ragsmith.composer.home_keys import drawn_key, keys_by_seed
from ragsmith.keys import key_name
from ragsmith.measure.cadence import cadence_share
from ragsmith.piece import Key
from ragsmith.shipped import shipped_model
from ragsmith.verbs import clip
from support.fakes import Uniform, a_rag, indexed

COUNTS = {"C major": 5, "Ab major": 3, "F minor": 2}
EIGHT = range(8)


def bundle_of(**card):
    return indexed(Uniform([()]), Profile(key=Key(0, 2)), card=Card(**card))


def keys_of(wish, seeds=EIGHT, keys=COUNTS):
    return [piece.keys for piece in compose_many(bundle_of(keys=keys), wish, seeds=seeds)]


def test_keys_are_drawn_as_often_as_they_are_frequent():
    drawn = Counter(drawn_key(COUNTS, seed) for seed in range(200))
    for name, count in COUNTS.items():
        assert drawn[name] == pytest.approx(20 * count, abs=25)
    assert drawn.total() == 200


def test_the_order_of_the_counts_is_no_matter():
    turned = dict(reversed(COUNTS.items()))
    assert [drawn_key(turned, seed) for seed in EIGHT] == [
        drawn_key(COUNTS, seed) for seed in EIGHT
    ]


def test_a_seed_draws_the_same_key_alone_as_beside_others():
    wish = Wish(bars=1, rules=False)
    together = keys_of(wish)
    assert together == [keys_of(wish, [seed])[0] for seed in EIGHT]
    assert len(set(together)) > 1
    assert together == [tuple(keys_by_seed(COUNTS, wish, Profile(), 4, [s])[s]) for s in EIGHT]


def test_a_trio_stands_a_fourth_above_the_key_that_was_drawn():
    (home, trio), *_ = keys_of(Wish(form="A(1) B(1) C(1)", rules=False))
    assert (trio.step, trio.fifths, trio.minor) == (16, home.fifths - 1, home.minor)


def test_numerals_stand_in_the_key_that_was_drawn_and_names_say_theirs():
    named = Wish(bars=2, chords="Eb | Bb7", rules=False)
    assert set(keys_of(named)) == {(Key(0, -3),)}
    bundle = shipped_model()
    pieces = compose_many(bundle, Wish(bars=2, chords="V7 | I", rules=False), seeds=EIGHT)
    assert len({piece.keys for piece in pieces}) > 1
    for piece in pieces:
        home = key_name(piece.keys[0])
        again = Wish(bars=2, chords="V7 | I", rules=False, key=home)
        assert compose(bundle, again, seed=int(piece.title.split()[-1])).chords == piece.chords


def test_a_key_that_is_wished_for_or_a_primer_leaves_none_to_draw():
    assert set(keys_of(Wish(bars=1, key="E", rules=False))) == {(Key(0, 4),)}
    silent = replace(clip(a_rag(1), 0, 8), notes=())
    assert set(keys_of(Wish(bars=2, primer=silent, rules=False))) == {()}
    in_key = replace(silent, keys=(Key(0, -5),))
    assert set(keys_of(Wish(bars=2, primer=in_key, rules=False))) == {(Key(0, -5),)}


def test_where_the_card_has_no_keys_the_profile_says_the_key():
    assert set(keys_of(Wish(bars=1, rules=False), keys={})) == {(Key(0, 2),)}


def test_pieces_in_keys_of_their_own_close_in_them_side_by_side():
    """Under rules that go by keys, and a critic that does."""
    bundle, wish = shipped_model(), Wish(form="A(2) C(2)")
    outcomes = compose_all(bundle, wish, seeds=EIGHT)
    pieces = [outcome.piece for outcome in outcomes if isinstance(outcome, Composed)]
    assert len({piece.keys for piece in pieces}) > 2
    assert [cadence_share(piece) for piece in pieces] == [1.0] * len(pieces)
    last = next(p for p in reversed(pieces) if p.keys[0].fifths)
    seed = int(last.title.split()[-1])
    assert compose(bundle, wish, seed=seed).notes == last.notes
    named = replace(wish, key=key_name(last.keys[0]))
    assert compose(bundle, named, seed=seed).notes == last.notes
