"""Models that nobody taught: for the sampler, which knows no music, and for files of models."""

import numpy as np

from ragsmith.bundle.bundle import Bundle, Card, Profile
from ragsmith.errors import BadPrimer
from ragsmith.models.base import Onset, steps_of
from ragsmith.models.classic.configs import ElementConfig
from ragsmith.models.classic.many_to_one import LAYERS
from ragsmith.models.classic.multihot import note_vocabulary
from ragsmith.models.classic.vocabulary import vocabulary_of
from ragsmith.models.registry import config_for, model_from
from ragsmith.models.weights import lstm_shapes, out_shapes
from ragsmith.originality.corpora import CorpusIndex
from ragsmith.originality.index import passages_of
from ragsmith.originality.search import as_played
from ragsmith.piece import Hand, Metre, Note, Piece, normalise, regular_bars


def handless(step):
    """A step by what is struck, as models see it that know no hands."""
    return step if isinstance(step, str) else tuple(sorted(onset[:2] for onset in step))


class Fake:
    """Chooses among `choices`; its state is the tuple of all steps so far."""

    name = "fake"
    config = ElementConfig()
    steps_per_quarter = 4
    parameters = 0

    def __init__(self, choices):
        self.choices = tuple(choices)

    def probabilities(self, history):
        """The probability of each choice after these steps."""
        raise NotImplementedError

    def begin(self, outline):
        return ()

    def propose(self, states, picks):
        with np.errstate(divide="ignore"):
            return [
                self.choices[pick(np.log(self.probabilities(state)))]
                for state, pick in zip(states, picks, strict=True)
            ]

    def advance(self, states, steps):
        known = {handless(choice): choice for choice in self.choices}
        if unknown := [step for step in steps if handless(step) not in known]:
            raise BadPrimer(f"step {unknown[0]}", "is unknown", "give another primer")
        chosen = (known[handless(step)] for step in steps)
        return [(*state, step) for state, step in zip(states, chosen, strict=True)]

    def log_likelihood(self, piece):
        steps = [tuple(Onset(o.pitch, o.duration) for o in step) for step in steps_of(piece)]
        with np.errstate(divide="ignore"):
            return np.array(
                [
                    np.log(self.probabilities(tuple(steps[:t])))[self.choices.index(step)]
                    if step in self.choices
                    else -np.inf
                    for t, step in enumerate(steps)
                ]
            )

    def vocabulary(self):
        return None

    def arrays(self):
        return {}


class Uniform(Fake):
    """Holds every choice to be as likely as the others, or to have its fixed probability."""

    def __init__(self, choices, p=None):
        super().__init__(choices)
        self.p = np.full(len(self.choices), 1 / len(self.choices)) if p is None else np.array(p)

    def probabilities(self, history):
        return self.p


class Looping(Uniform):
    """Says the first `period` choices over and over with probability `certainty`."""

    def __init__(self, choices, period, certainty=0.9):
        super().__init__(choices)
        self.period, self.certainty = period, certainty

    def probabilities(self, history):
        p = (1 - self.certainty) * self.p
        p[len(history) % self.period] += self.certainty
        return p


class Parrot(Fake):
    """Says what a piece says, and after its end begins it anew."""

    def __init__(self, piece):
        self.steps = [tuple(Onset(o.pitch, o.duration) for o in s) for s in steps_of(piece)]
        super().__init__(dict.fromkeys(self.steps))

    def probabilities(self, history):
        wanted = self.steps[len(history) % len(self.steps)]
        return np.array([float(choice == wanted) for choice in self.choices])


class Splicing(Fake):
    """Says what pieces say, in any of three keys, and now and then jumps to another place.

    Its state is the piece's step that it said last, and how far it was moved. How likely anything
    is nobody asks it.
    """

    KEYS = (-5, 0, 2)

    def __init__(self, pieces, certainty=0.9):
        self.material = [step for piece in pieces for step in steps_of(piece)]
        self.certainty = certainty
        self.places = [(place, key) for place in range(len(self.material)) for key in self.KEYS]

    def begin(self, outline):
        return -1, 0

    def moved(self, place, key):
        return tuple(o._replace(pitch=o.pitch + key) for o in self.material[place])

    def after(self, state):
        return (state[0] + 1) % len(self.material), state[1]

    def propose(self, states, picks):
        steps = []
        for state, pick in zip(states, picks, strict=True):
            p = np.full(len(self.places), (1 - self.certainty) / len(self.places))
            p[self.places.index(self.after(state))] += self.certainty
            steps.append(self.moved(*self.places[pick(np.log(p))]))
        return steps

    def advance(self, states, steps):
        after = []
        for state, step in zip(states, steps, strict=True):
            pitches = [o.pitch for o in step]
            near = [self.after(state), *(self.places[state[0] :] + self.places)]
            same = (at for at in near if [o.pitch for o in self.moved(*at)] == pitches)
            after.append(next(same, state))
        return after

    def log_likelihood(self, piece):
        return np.zeros(piece.steps)


def indexed(model, profile=None, corpus=(), card=None):
    """A bundle with the index of pieces, on the grid of sixteenths."""
    card = card or Card()
    names = tuple(source.path for source in card.sources)
    index = CorpusIndex(passages_of(map(as_played, corpus), 4), names)
    return Bundle(model, card, profile or Profile(), (index,))


def untrained(name, pieces, seed=0, **settings):
    """A classic network as it is before it learns, with random weights."""
    config = config_for(name, {"hidden": 6, **settings})
    vocabulary = vocabulary_of(pieces)
    if name == "multihot":
        vocabulary = note_vocabulary(vocabulary)
    n, hidden = len(vocabulary), config.hidden
    shapes = out_shapes(hidden, n)
    if name == "many-to-one":
        for i in range(LAYERS):
            shapes |= lstm_shapes(hidden if i else n + 1, hidden, str(i))
    else:
        shapes |= lstm_shapes(n + (name == "element"), hidden)
    rng = np.random.default_rng(seed)
    arrays = {k: rng.normal(0, 0.5, shape).astype(np.float32) for k, shape in shapes.items()}
    return model_from(name, config, vocabulary.to_json(), arrays)


def a_rag(seed=0, bars=8):
    """Random stride that two hands can play: a bass or a chord on the eighths, a melody above."""
    rng = np.random.default_rng(seed)
    notes = []
    for step in range(bars * 8):
        if step % 2 == 0:
            low = int(rng.integers(36, 44)) if step % 4 == 0 else int(rng.integers(50, 55))
            chord = (0,) if step % 4 == 0 else (0, int(rng.integers(3, 6)))
            notes += [Note(step, low + above, 2, hand=Hand.LEFT) for above in chord]
        if rng.random() < 0.7:
            notes.append(Note(step, int(rng.integers(64, 76)), 1, hand=Hand.RIGHT))
    return Piece(normalise(notes), regular_bars(bars * 8, [(0, Metre(2, 4))]))


def a_piece(seed=0, bars=8, metre=(2, 4)):
    """Random notes in regular bars, on the grid of sixteenths."""
    rng = np.random.default_rng(seed)
    grid = regular_bars(bars * Metre(*metre).steps(4), [(0, Metre(*metre))])
    steps = grid[-1].start + grid[-1].length
    notes = []
    for _ in range(steps * 3 // 2):
        onset, pitch = int(rng.integers(steps)), int(rng.integers(40, 80))
        notes.append(Note(onset, pitch, min(int(rng.integers(1, 5)), steps - onset)))
    return Piece(normalise(notes), grid)
