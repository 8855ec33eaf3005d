"""The rule, the index and the exact search against the definition, on music with long rests."""

from itertools import accumulate

from hypothesis import example, given, settings
from hypothesis import strategies as st

from ragsmith.composer.rules.no_copy import NoCopy
from ragsmith.models.base import steps_of
from ragsmith.originality import compact
from ragsmith.originality import index as sealed
from ragsmith.originality.corpora import CorpusIndex
from ragsmith.originality.runs import LONGEST_SILENCE, index_of, longest_runs
from ragsmith.originality.search import Limits, against_indices, against_passages, as_played
from ragsmith.piece import Hand, Metre, Note, Piece, normalise, regular_bars
from ragsmith.playing_order import PlayingOrder
from ragsmith.verbs import join

GRID = 4
SILENCE = LONGEST_SILENCE * GRID
GAPS = (1, 1, 2, 3, 5, 20, SILENCE - 1, SILENCE, SILENCE + 1, 150)
CHORDS = (
    ((60, Hand.RIGHT),),
    ((62, Hand.RIGHT),),
    ((48, Hand.LEFT),),
    ((48, Hand.LEFT), (60, Hand.RIGHT)),
)


def piece_of(gaps, chords):
    """A chord after every gap, the first one on the first step."""
    steps = list(accumulate(gaps[1:], initial=0))
    notes = [
        Note(step, pitch, 1, hand=hand)
        for step, chord in zip(steps, chords, strict=False)
        for pitch, hand in chord
    ]
    bars = regular_bars(steps[len(chords) - 1] + 1, [(0, Metre(1, 16))])
    return Piece(normalise(notes), bars, GRID)


pieces = st.integers(1, 12).flatmap(
    lambda length: st.builds(
        piece_of,
        st.lists(st.sampled_from(GAPS), min_size=length, max_size=length),
        st.lists(st.sampled_from(CHORDS), min_size=length, max_size=length),
    )
)


LAST = piece_of((1, 3, 2), CHORDS[:3])


def lane(piece, which):
    """(step, pitches) of every onset of the texture, the melody, or the right hand's melody."""
    pitches = {}
    for note in piece.notes:
        if which != "right hand" or note.hand is Hand.RIGHT:
            pitches.setdefault(note.onset, set()).add(note.pitch)
    whole = which == "texture"
    return [(step, here if whole else {max(here)}) for step, here in sorted(pitches.items())]


def longest_by_definition(ours, theirs):
    """Steps of the longest run: every pair of onsets, followed for as long as both agree."""
    longest = 0
    for first, (start, chord) in enumerate(ours):
        for other, (their_start, their_chord) in enumerate(theirs):
            up = min(chord) - min(their_chord)
            latest = start
            for (step, here), (their_step, there) in zip(
                ours[first:], theirs[other:], strict=False
            ):
                same_place = step - start == their_step - their_start
                same_chord = here == {pitch + up for pitch in there}
                if not (same_place and same_chord) or step - latest > SILENCE:
                    break
                if step > start:
                    longest = max(longest, step - start + 1)
                latest = step
    return longest


def longest_of(piece, corpus):
    """(texture, melody) in beats."""
    texture, *melodies = (
        max((longest_by_definition(lane(piece, which), lane(c, which)) for c in corpus), default=0)
        for which in ("texture", "melody", "right hand")
    )
    return texture / GRID, max(melodies) / GRID


@given(pieces, st.lists(pieces, max_size=2), st.sampled_from([1, 1.5, 2.5, 16]))
@example(piece_of((1, 151), CHORDS[:2]), [piece_of((1, 151), CHORDS[:2])], 2.5)
@example(piece_of((1, SILENCE), CHORDS[:2]), [piece_of((1, SILENCE), CHORDS[:2])], 16)
@example(piece_of((1, 60, 60), CHORDS[:3]), [piece_of((1, 60, 60), CHORDS[:3])], 16)
@settings(max_examples=150)
def test_rule_index_and_exact_search_say_what_the_definition_says(piece, others, limit):
    corpus = [*others, LAST]
    truth = longest_of(piece, corpus)
    exact = longest_runs(piece, index_of(corpus))
    assert tuple(run.beats if run else 0 for run in exact) == truth
    beyond_a_beat = tuple(beats if beats > 1 else 0 for beats in truth)
    for make in (sealed.passages_of, compact.passages_of):
        passages = make(corpus, GRID)
        by_index = against_passages(as_played(piece), passages)
        assert tuple(run.beats if run else 0 for run in by_index) == beyond_a_beat
        assert allowed_by([CorpusIndex(passages)], piece, limit) == (max(truth) <= limit)


def allowed_by(indices, piece, limit):
    """Whether the rule lets the piece through, step by step."""
    rule = NoCopy(indices, Limits(limit, limit), PlayingOrder.of(piece))
    steps = steps_of(piece)
    return all(rule.allows(steps[:now], step) for now, step in enumerate(steps))


@given(pieces, pieces, pieces, st.sampled_from([1, 1.5, 2.5]))
@settings(max_examples=80)
def test_corpus_and_base_together_are_one_corpus(piece, learnt, before, limit):
    learnt, before = (join(each, LAST) for each in (learnt, before))
    indices = [
        CorpusIndex(sealed.passages_of([learnt], GRID), ("learnt",)),
        CorpusIndex(compact.passages_of([before], GRID), ("before",), "base"),
    ]
    truth = longest_of(piece, [learnt, before])
    by_indices = against_indices(as_played(piece), indices)
    assert [run.beats if run else 0 for run in by_indices] == [b if b > 1 else 0 for b in truth]
    for kind, run in enumerate(by_indices):
        if run:
            stands_in = longest_of(piece, [(learnt, before)[run.in_index]])[kind]
            assert stands_in == run.beats
    assert allowed_by(indices, piece, limit) == (max(truth) <= limit)
