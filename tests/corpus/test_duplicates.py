"""Copies are known whatever was done to them; different music is not taken for a copy."""

from itertools import combinations
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ragsmith.corpus import works as deciding
from ragsmith.corpus.duplicates import (
    SAME_MELODY,
    SAME_TEXTURE,
    SKETCH,
    are_duplicates,
    are_related,
    compare,
    fingerprint,
    related_pairs,
)
from ragsmith.corpus.works import NEIGHBOURS, Works, works
from ragsmith.io import read
from ragsmith.piece import Hand, Note, normalise

SEEDS = st.integers(0, 2**32)


def rag(seed, bars=32):
    """Bass and chords under a melody, drawn at random; sorted notes."""
    draw = Random(seed)
    notes = []
    pitch = 74
    for beat in range(0, bars * 8, 2):
        low = draw.randrange(36, 50)
        chord = (low,) if beat % 4 == 0 else (low + 12, low + draw.choice((15, 16)), low + 19)
        notes += [Note(beat, p, 2, hand=Hand.LEFT) for p in chord]
        for onset in draw.choice(((0,), (0, 1))):
            pitch = min(96, max(66, pitch + draw.choice((-7, -5, -3, -2, -1, 1, 2, 3, 4, 5, 9))))
            notes.append(Note(beat + onset, pitch, 1, hand=Hand.RIGHT))
    return normalise(notes)


def in_another_key(notes, draw):
    up = draw.choice((-5, -2, 3, 6))
    return [n._replace(pitch=n.pitch + up) for n in notes]


def written_twice_as_slow(notes, draw):
    return [n._replace(onset=2 * n.onset, duration=2 * n.duration) for n in notes]


def with_hands_merged(notes, draw):
    return [n._replace(hand=Hand.UNKNOWN, velocity=64) for n in notes]


def with_repeats(notes, draw):
    half = notes[-1].onset // 2
    first = [n for n in notes if n.onset < half]
    return first + [n._replace(onset=n.onset + half) for n in notes]


def played_unevenly(notes, draw):
    moved = {i: draw.choice((-1, 1)) for i in range(len(notes)) if draw.random() < 0.05}
    return [n._replace(onset=max(0, n.onset + moved.get(i, 0))) for i, n in enumerate(notes)]


def with_slips(notes, draw):
    kept = []
    for note in notes:
        slip = draw.choice(("left out", -12, -1, 2)) if draw.random() < 0.05 else 0
        if slip != "left out":
            kept.append(note._replace(pitch=note.pitch + slip))
    return kept


CHANGES = (
    in_another_key,
    written_twice_as_slow,
    with_hands_merged,
    with_repeats,
    played_unevenly,
    with_slips,
)


def changed(change, notes, seed):
    return normalise(change(notes, Random(seed)))


@pytest.mark.parametrize("change", CHANGES)
@settings(max_examples=15)
@given(SEEDS)
def test_a_changed_copy_is_a_duplicate(change, seed):
    notes = rag(seed)
    assert are_duplicates(fingerprint(notes), fingerprint(changed(change, notes, seed)))


@given(SEEDS, SEEDS.filter(bool))
def test_different_music_is_not_related(seed, shift):
    assert not are_related(fingerprint(rag(seed)), fingerprint(rag(seed + shift)))


@given(SEEDS)
def test_an_excerpt_belongs_to_the_work_and_is_no_duplicate(seed):
    whole = rag(seed, bars=64)
    excerpt = fingerprint([n for n in whole if n.onset < 256])
    assert are_related(excerpt, fingerprint(whole))
    assert not are_duplicates(excerpt, fingerprint(whole))


def ornamented(notes, draw):
    changed = []
    for onset, pitch, duration, *_ in notes:
        onset, duration = 4 * onset, 4 * duration
        if pitch >= 66 and draw.random() < 0.3:
            turn = draw.choice(((pitch - 1,), (pitch, pitch + 2), (pitch + 2, pitch, pitch - 1)))
            changed += [Note(onset + i, p, 1) for i, p in enumerate(turn)]
            onset, duration = onset + len(turn), duration - len(turn)
        changed.append(Note(onset, pitch, duration))
    return changed


def in_octaves(notes, draw):
    doubled = {beat for beat in range(0, 9999, 8) if draw.random() < 0.4}
    above = [n for n in notes if n.pitch >= 60 and n.onset - n.onset % 8 in doubled]
    return [*notes, *(n._replace(pitch=n.pitch + 12) for n in above)]


def struck_apart(notes, draw):
    apart = [n for n in notes if draw.random() < 0.2]
    moved = [n._replace(onset=2 * n.onset + draw.choice((-1, 1))) for n in apart if n.onset]
    return moved + [n._replace(onset=2 * n.onset) for n in notes if n not in apart]


@settings(max_examples=5)
@given(SEEDS)
def test_ornaments_octaves_and_uneven_chords_leave_the_work_the_same(seed):
    notes = rag(seed, bars=64)
    whole = fingerprint(notes)
    for change in (ornamented, in_octaves, struck_apart):
        assert are_related(whole, fingerprint(changed(change, notes, seed))), change.__name__


def test_scales_and_figures_that_go_on_are_no_melody_to_share():
    scale = [Note(i, 48 + (i if i < 40 else 80 - i), 1) for i in range(80)]
    figure = [Note(i, (60, 64, 67, 72, 67, 64)[i % 6], 1) for i in range(200)]
    for same in (scale, figure):
        one, other = (
            fingerprint([*same, *(n._replace(onset=n.onset + 300) for n in rag(seed))])
            for seed in (1, 2)
        )
        assert not are_related(one, other)


@pytest.mark.slow
@given(SEEDS)
def test_a_tune_in_another_setting_belongs_to_the_work_and_is_no_duplicate(seed):
    right = [n for n in rag(seed) if n.hand == Hand.RIGHT]
    left = [n for n in rag(seed + 1) if n.hand == Hand.LEFT]
    one, other = fingerprint(rag(seed)), fingerprint(normalise(right + left))
    assert are_related(one, other)
    assert not are_duplicates(one, other)


def test_key_and_speed_change_nothing_at_all():
    notes = rag(1)
    old = fingerprint(notes)
    for change in (in_another_key, written_twice_as_slow, with_hands_merged):
        new = fingerprint(changed(change, notes, 1))
        np.testing.assert_array_equal(old.melody.hashes, new.melody.hashes)
        np.testing.assert_array_equal(old.texture.hashes, new.texture.hashes)


@pytest.mark.parametrize("notes", [(), (Note(0, 60, 1),), tuple(Note(i, 60, 1) for i in range(99))])
def test_what_has_no_melody_is_like_nothing(notes):
    print_ = fingerprint(notes)
    assert not are_related(print_, print_)


def test_a_long_piece_is_sampled_and_still_known():
    notes = rag(3, bars=600)
    melody = fingerprint(notes).melody
    assert len(melody.hashes) == SKETCH
    assert melody.limit > melody.hashes.max()
    likeness = compare(melody, fingerprint([n for n in notes if n.onset < 2400]).melody)
    assert likeness.resemblance == pytest.approx(0.5, abs=0.1)
    assert likeness.containment == pytest.approx(1, abs=0.01)


def test_every_copy_of_a_large_group_is_found():
    copies = [rag(seed) for seed in range(3) for _ in range(4 * NEIGHBOURS)]
    prints = [fingerprint(changed(with_slips, notes, i)) for i, notes in enumerate(copies)]
    found = works(prints, [str(i) for i in range(len(prints))])
    assert found == [i - i % (4 * NEIGHBOURS) for i in range(len(prints))]


def test_what_is_one_work_already_is_not_compared_again(monkeypatch):
    copies = [rag(seed, 16) for seed in range(2) for _ in range(3 * NEIGHBOURS)]
    prints = [fingerprint(changed(with_slips, notes, i)) for i, notes in enumerate(copies)]
    compared = []

    def counted(prints, pairs):
        compared.extend(pairs)
        return related_pairs(prints, pairs)

    monkeypatch.setattr(deciding, "related_pairs", counted)
    by_all_pairs = Works(prints)
    for pair in related_pairs(prints, combinations(range(len(prints)), 2)):
        by_all_pairs.link(*pair)
    assert works(prints, [str(i) for i in range(len(prints))]) == by_all_pairs.firsts()
    assert len(compared) < 3 * len(prints)


def test_equal_files_are_one_work_even_without_a_melody():
    nothing = fingerprint(())
    assert works([nothing] * 3, ["a", "b", "a"]) == [0, 1, 0]
    assert works([], []) == []


@pytest.mark.slow
@pytest.mark.corpus
def test_no_rag_is_taken_for_another_and_every_copy_is_found(shared):
    paths = sorted((shared / "corpora/joplin/midi").glob("*.mid"))
    rags = [read(path).notes for path in paths]
    prints = [fingerprint(notes) for notes in rags]
    for one, other in combinations(prints, 2):
        assert compare(one.melody, other.melody).resemblance < SAME_MELODY / 4
        assert compare(one.melody, other.melody).containment < 0.25 / 4
        assert not are_related(one, other)
        assert compare(one.texture, other.texture).resemblance < SAME_TEXTURE / 4
    for change in CHANGES:
        copies = [fingerprint(changed(change, notes, 1)) for notes in rags]
        assert all(map(are_duplicates, prints, copies)), change.__name__
    assert works(prints * 2, [str(i) for i in range(2 * len(prints))]) == [*range(len(prints))] * 2
