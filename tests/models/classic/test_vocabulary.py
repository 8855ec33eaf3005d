import pytest
from hypothesis import given
from hypothesis import strategies as st

from ragsmith.errors import BadBundle, BadPrimer
from ragsmith.models.base import Onset
from ragsmith.models.classic.vocabulary import (
    LONGEST_DURATION,
    UNSEEN,
    Vocabulary,
    elements_of,
    spell,
    vocabulary_of,
)
from support.fakes import a_piece

durations = st.integers(1, LONGEST_DURATION)
elements = st.dictionaries(st.integers(0, 127), durations, max_size=4).map(
    lambda notes: tuple(sorted(notes.items()))
)
vocabularies = st.lists(elements, max_size=12).map(Vocabulary)


def shares(wanted, element):
    """Share of pitches in common, then of (pitch, duration): intersection over union."""
    pairs = [({p for p, _ in wanted}, {p for p, _ in element}), (set(wanted), set(element))]
    return tuple(len(a & b) / len(a | b) if a | b else 1.0 for a, b in pairs)


@given(vocabularies)
def test_a_vocabulary_survives_json(vocabulary):
    again = Vocabulary.from_json(vocabulary.to_json())
    assert again.elements == vocabulary.elements
    assert again.elements[0] == ()


@given(vocabularies)
def test_every_element_has_its_own_number(vocabulary):
    numbers = [vocabulary.index(vocabulary.step(i)) for i in range(len(vocabulary))]
    assert numbers == list(range(len(vocabulary)))
    assert [vocabulary.known(vocabulary.step(i)) for i in numbers] == numbers


@given(vocabularies, elements)
def test_the_nearest_is_the_nearest(vocabulary, wanted):
    nearest = vocabulary.elements[vocabulary.nearest(wanted)]
    best = max(shares(wanted, element) for element in vocabulary.elements)
    assert shares(wanted, nearest) == best
    assert vocabulary.nearest(wanted) == next(
        i for i, e in enumerate(vocabulary.elements) if shares(wanted, e) == best
    )


def test_a_piece_is_read_in_its_own_vocabulary_as_it_is():
    piece = a_piece()
    vocabulary = vocabulary_of([piece])
    indices = vocabulary.indices(piece)
    assert [vocabulary.elements[i] for i in indices] == elements_of(piece)
    assert vocabulary.read(piece).tolist() == indices.tolist()


def test_an_unseen_element_is_marked_and_read_as_its_nearest():
    known, other = a_piece(1), a_piece(2)
    vocabulary = vocabulary_of([known])
    indices, read = vocabulary.indices(other), vocabulary.read(other)
    unseen = [t for t, i in enumerate(indices) if i == UNSEEN]
    assert unseen
    for t, element in enumerate(elements_of(other)):
        expected = vocabulary.nearest(element) if t in unseen else indices[t]
        assert read[t] == expected


def test_an_unknown_step_of_a_primer_is_named_with_the_nearest():
    vocabulary = Vocabulary([((60, 2), (64, 2)), ((70, 1),)])
    with pytest.raises(BadPrimer) as caught:
        vocabulary.known((Onset(60, 2), Onset(64, 4)))
    assert "C4:2+E4:4" in str(caught.value)
    assert "nearest that it knows is C4:2+E4:2" in str(caught.value)


@pytest.mark.parametrize(
    ("element", "spelt"),
    [((), "silence"), (((60, 2),), "C4:2"), (((21, 1), (108, 16)), "A0:1+C8:16")],
)
def test_elements_are_spelt_for_people(element, spelt):
    assert spell(element) == spelt


@pytest.mark.parametrize(
    "data",
    [
        None,
        5,
        "text",
        {},
        [],
        [[[60, 2]]],
        [[], [[60, 2]], [[60, 2]]],
        [[], []],
        [[], [60, 2]],
        [[], [[60]]],
        [[], [[60, 2, 3]]],
        [[], [[-5, 2]]],
        [[], [[128, 2]]],
        [[], [[10**9, 2]]],
        [[], [[60, 0]]],
        [[], [[60, -1]]],
        [[], [[60, LONGEST_DURATION + 1]]],
        [[], [[60, 10**30]]],
        [[], [[60.5, 2]]],
        [[], [["60", 2]]],
        [[], [[True, 2]]],
        [[], [[60, None]]],
        [[], [[64, 2], [60, 2]]],
        [[], [[60, 2], [60, 4]]],
        [[], [[[60], 2]]],
    ],
    ids=str,
)
def test_what_is_no_vocabulary_is_refused(data):
    with pytest.raises(BadBundle):
        Vocabulary.from_json(data)
