import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ragsmith.errors import BadBundle, BadOption, BadPrimer
from ragsmith.models.base import Onset, notes_of, steps_of
from ragsmith.models.markov import counts, tokens
from ragsmith.models.markov import model as markov_model
from ragsmith.models.markov.config import MarkovConfig
from ragsmith.models.markov.counts import Memory, Table, blend
from ragsmith.models.markov.learner import MarkovLearner
from ragsmith.models.markov.model import Markov
from ragsmith.models.markov.tokens import spelling_of
from ragsmith.models.writing import Alphabet, numbers_of, step_of
from ragsmith.piece import Hand, Metre, Note, Piece, normalise, regular_bars
from ragsmith.verbs import transpose


def piece_of(notes, steps=64):
    return Piece(normalise(notes), regular_bars(steps, [(0, Metre(2, 4))]))


def noise(seed, steps=64, low=55, high=75, count=80):
    draw = np.random.default_rng(seed)
    return piece_of(
        (
            Note(*map(int, (draw.integers(steps), draw.integers(low, high), draw.integers(1, 5))))
            for _ in range(count)
        ),
        steps,
    )


def stride(steps=64):
    """Bass, chord, bass, chord: a bar of eight steps, again and again."""
    bar = [(0, 48, 2), (2, 60, 2), (2, 64, 2), (2, 67, 2), (4, 43, 2), (6, 59, 2), (6, 65, 1)]
    return piece_of((Note(8 * i + t, p, d) for i in range(steps // 8) for t, p, d in bar), steps)


def learnt(*pieces, **settings):
    return MarkovLearner(MarkovConfig(**settings), pieces).model()


@pytest.fixture(scope="module")
def model():
    return learnt(stride(), noise(1), noise(2))


def sampler(seed, log=None):
    draw = np.random.default_rng(seed)

    def pick(log_probs):
        assert np.exp(log_probs).sum() == pytest.approx(1, abs=1e-12)
        chosen = int(draw.choice(len(log_probs), p=np.exp(log_probs)))
        if log is not None:
            log.append(log_probs[chosen])
        return chosen

    return pick


def composed(model, pick, outline, primer=()):
    """The outline filled, after a primer of steps; exactly what was proposed, also where a key is
    struck again before it was let go, which a piece would mend."""
    state = model.begin(outline)
    notes = []
    for onset in range(outline.steps):
        step = primer[onset] if onset < len(primer) else model.propose([state], [pick])[0]
        [state] = model.advance([state], [step])
        notes += [Note(onset, note.pitch, note.duration) for note in step]
    piece = Piece((), outline.bars)
    object.__setattr__(piece, "notes", tuple(notes))
    return piece


@pytest.mark.parametrize(
    "settings", [{"steps_per_quarter": 5}, {"order": 17}, {"order": -1}], ids=str
)
def test_bad_settings_are_refused(settings):
    with pytest.raises(BadOption):
        MarkovConfig(**settings)


@pytest.mark.parametrize("memory", [True, False])
@pytest.mark.parametrize("order", [0, 3, 16])
def test_probabilities_of_all_sets_of_notes_sum_to_one(monkeypatch, order, memory):
    """On a keyboard of three keys and two durations, every step can be listed."""
    tiny = spelling_of(Alphabet(1, 2))._replace(numbers=slice(86, 90))
    monkeypatch.setattr(markov_model, "spelling_of", lambda alphabet: tiny)
    music = noise(3, 16, 106, 109, 12)
    music = piece_of((n._replace(duration=1 + n.duration % 2) for n in music.notes), 16)
    model = learnt(music, order=order, memory=memory, longest=2)
    note = {p: [(), *((Onset(p, d),) for d in (1, 2))] for p in (106, 107, 108)}
    every = [sum(chosen, ()) for chosen in itertools.product(*note.values())]
    before = steps_of(music)[:11]
    assert len(every) == 27
    last = [
        model.log_likelihood(Piece(notes_of([*before, step]), music.bars))[len(before)]
        for step in every
    ]
    assert np.exp(last).sum() == pytest.approx(1, abs=1e-12)


def test_what_is_proposed_is_as_likely_as_it_was_when_picked(model):
    log = []
    piece = composed(model, sampler(5, log), stride(32))
    assert len(piece.notes) > 5
    assert model.log_likelihood(piece).sum() == pytest.approx(sum(log), rel=1e-9)


def test_learnt_music_is_likelier_than_new_music(model):
    assert np.exp(model.log_likelihood(stride())[16:]).min() > 0.85
    assert model.log_likelihood(noise(1)).mean() > model.log_likelihood(noise(9)).mean() + 3


def test_every_step_is_possible():
    anything = piece_of([Note(0, p, 500) for p in range(21, 109)], 600)
    for model in (learnt(stride()), learnt(), learnt(Piece((), ()))):
        assert np.isfinite(model.log_likelihood(anything)).all()


def test_without_a_corpus_the_first_choice_is_uniform():
    silent = piece_of([], 8)
    assert learnt().log_likelihood(silent)[0] == pytest.approx(-np.log(89))


def test_a_piece_scores_alike_in_all_learnt_keys():
    model = learnt(stride(), noise(1))
    there = model.log_likelihood(stride())
    for semitones in range(-5, 7):
        moved = model.log_likelihood(transpose(stride(), semitones))
        assert np.abs(moved - there).max() < 0.7
        assert moved.mean() == pytest.approx(there.mean(), abs=0.05)


def test_transpositions_can_be_switched_off():
    elsewhere = transpose(noise(1), 3)
    both = [learnt(noise(1), transpositions=t, memory=False) for t in (True, False)]
    with_, without = (model.log_likelihood(elsewhere).sum() for model in both)
    assert with_ > without + 50


def test_music_at_both_ends_of_the_keyboard_is_learnt_in_its_own_key():
    wide = piece_of([Note(0, 21, 2), Note(0, 108, 2)] * 3, 8)
    for transpositions in (True, False):
        assert learnt(wide, transpositions=transpositions).log_likelihood(wide)[0] > -3


def test_a_piece_is_remembered_while_it_lasts():
    twice = [*steps_of(noise(7)), *steps_of(noise(7))]
    piece = Piece(notes_of(twice), regular_bars(128, [(0, Metre(2, 4))]))
    memory, none = (learnt(stride(), memory=m).log_likelihood(piece) for m in (True, False))
    assert memory[80:].mean() > memory[:64].mean() + 3
    assert none[80:].mean() == pytest.approx(none[:64].mean(), abs=1)


def test_learning_and_scoring_are_deterministic():
    first, second = (learnt(stride(), noise(1)).log_likelihood(noise(4)) for _ in range(2))
    np.testing.assert_array_equal(first, second)


def test_argmax_goes_on_with_a_repeating_pattern():
    model = learnt(noise(1), stride())
    whole = composed(model, lambda p: int(np.argmax(p)), stride(), steps_of(stride())[:16])
    assert whole.notes == stride().notes


def test_states_do_not_change(model):
    start = model.begin(stride())
    first = model.propose([start], [sampler(0)])
    model.advance([start], [(Onset(60, 2),)])
    assert model.propose([start], [sampler(0)]) == first


def test_states_side_by_side_are_independent(model):
    states = [model.begin(stride()), *model.advance([model.begin(stride())], [(Onset(48, 2),)])]
    together = model.propose(states, [sampler(0), sampler(1)])
    alone = [model.propose([s], [sampler(i)])[0] for i, s in enumerate(states)]
    assert together == alone


def test_an_outline_may_be_overrun_or_missing(model):
    pick = sampler(0)
    for outline in (Piece((), ()), piece_of([], 8)):
        state = model.begin(outline)
        for _ in range(20):
            [step] = model.propose([state], [pick])
            [state] = model.advance([state], [step])
            assert list(step) == sorted(step)


def test_a_bar_is_a_context():
    """After the same notes, the place in the bar tells what comes."""
    model = learnt(stride(), order=3)
    state = model.begin(stride())
    shifted = model.advance([state], [()])
    chances = []
    for s in (state, *shifted):
        model.propose([s], [lambda p: chances.append(p[48 - 21]) or 88])
    assert chances[0] > chances[1]


def test_notes_off_the_keyboard_cannot_be_played(model):
    notes = [*stride().notes, Note(10, 20, 2), Note(21, 109, 2)]
    scores = model.log_likelihood(piece_of(notes))
    assert np.flatnonzero(scores == -np.inf).tolist() == [10, 21]
    np.testing.assert_allclose(
        np.delete(scores, [10, 21]), np.delete(model.log_likelihood(stride()), [10, 21])
    )
    with pytest.raises(BadPrimer, match="pitch 20"):
        model.advance([model.begin(stride())], [(Onset(20, 2),)])
    assert np.isfinite(learnt(piece_of(notes)).log_likelihood(stride())).all()


def test_a_piece_without_steps_has_no_likelihood(model):
    assert model.log_likelihood(Piece((), ())).shape == (0,)


@pytest.mark.parametrize("pieces", [(), (Piece((), ()),), (stride(), Piece((), ()), noise(1))])
def test_a_model_is_its_arrays(pieces):
    model = learnt(*pieces)
    arrays = {name: np.copy(part) for name, part in model.arrays().items()}
    again = Markov.from_parts(model.config, model.vocabulary(), arrays)
    np.testing.assert_array_equal(model.log_likelihood(noise(4)), again.log_likelihood(noise(4)))
    assert again.parameters == model.parameters == len(arrays["tokens"])


@pytest.mark.parametrize("name", ["tokens", "lengths", "places", "bar_lengths"])
def test_arrays_that_do_not_fit_are_refused(model, name):
    arrays = {**model.arrays(), name: model.arrays()[name][:-1]}
    with pytest.raises(BadBundle):
        Markov.from_parts(model.config, None, arrays)


def test_the_learner_learns_in_one_batch():
    learner = MarkovLearner(MarkovConfig(), [Piece((), ()), stride()])
    [(done, loss)] = learner.epoch(0)
    assert (done, learner.batches_per_epoch, learner.epochs) == (1, 1, 1)
    assert 0 < loss < 1
    learner.restore(learner.state())
    assert learner.model() is learner.model()
    assert [*MarkovLearner(MarkovConfig(), []).epoch(0)] == [(1, 0.0)]


STEPS = st.lists(
    st.dictionaries(st.integers(21, 108), st.integers(1, 160), max_size=5), max_size=6
).map(lambda steps: [tuple(Onset(p, d) for p, d in sorted(s.items())) for s in steps])


@given(STEPS)
def test_steps_survive_as_bytes(steps):
    alphabet = Alphabet(1, 160)
    spelling = spelling_of(alphabet)
    for step in steps:
        numbers = numbers_of(step, alphabet)
        assert step_of(numbers, alphabet) == step
        written = tokens.encode(numbers, spelling)
        assert written[-1] == spelling.end
        first = spelling.durations.start
        assert [
            (k - 1, written[2 * i + 1] - first + 1) for i, k in enumerate(written[:-1:2])
        ] == numbers


@pytest.mark.parametrize("longest", [2, 78, 79, 240])
def test_hands_and_durations_beyond_the_bytes(longest):
    """Two hands leave 78 bytes for durations; what is longer shares the chance of the last."""
    notes = [Note(0, 40, 100, hand=Hand.LEFT), Note(0, 41, 3, hand=Hand.RIGHT)]
    music = piece_of(notes, 128)
    model = learnt(music, noise(1, 64), hands=2, longest=longest)
    choices = list(model.choices(music))
    assert all(np.exp(c.log_p).sum() == pytest.approx(1) for c in choices)
    assert [c.made for c in choices[:4]] == [
        19,
        min(100, longest) - 1,
        88 + 20,
        min(3, longest) - 1,
    ]
    assert choices[4].log_p.argmax() == choices[4].made == 176
    assert choices[2].log_p[88 + 19] == -np.inf, "the key that the left hand holds down"
    assert model.propose([model.begin(music)], [lambda p: int(np.argmax(p))])


@given(st.data())
@settings(max_examples=50)
def test_counts_are_those_of_a_naive_count(data):
    size = data.draw(st.integers(0, 40))
    few = st.binary(min_size=tokens.WIDTH * size, max_size=tokens.WIDTH * size)
    rows = np.frombuffer(data.draw(few), np.uint8).reshape(size, tokens.WIDTH) % 2
    followed = np.frombuffer(data.draw(st.binary(min_size=size, max_size=size)), np.uint8) % 3
    context = np.frombuffer(data.draw(st.binary(min_size=16, max_size=16)), np.uint8) % 2
    order = data.draw(st.integers(0, tokens.WIDTH))
    table = Table(rows, followed)
    memory = Memory(np.stack([rows, rows]), followed)
    many, counts.MANY = counts.MANY, data.draw(st.sampled_from([1, 5, 2048]))
    try:
        found = table.counts(table.spans(context[None])[0], order)
    finally:
        counts.MANY = many
    plain = memory.counts(1, context, order)
    pairs = [(bytes(r), t) for r, t in zip(rows, followed, strict=True)]
    for k in range(order + 1):
        alike = [(r, t) for r, t in pairs if r[:k] == bytes(context[:k])]
        longer = alike if k == order else {(r[: k + 1], t) for r, t in alike}
        for token in range(3):
            continued = sum(t == token for _, t in longer)
            assert (found[k, token] if k < len(found) else 0) == continued
            occurred = sum(t == token for _, t in alike)
            assert (plain[k, token] if k < len(plain) else 0) == occurred


def test_a_blend_is_the_recursion():
    draw = np.random.default_rng(0)
    corpus, piece = draw.integers(0, 4, (3, 256)), draw.integers(0, 3, (2, 256))
    expected = np.full(10, 1 / 10)
    for k in range(3):
        for source, (table, discount) in enumerate(((corpus, 0.9), (piece, 0.5))):
            if k < len(table):
                c, strength = table[k, 20:30], counts.STRENGTH[source]
                new = strength + discount * np.count_nonzero(c)
                expected = (np.maximum(c - discount, 0) + new * expected) / (c.sum() + strength)
    np.testing.assert_allclose(blend(corpus, piece, slice(20, 30)), expected)
