"""The stride model: its likelihoods are exact, and it learns what it plays."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from dataclasses import replace
from itertools import product

import numpy as np
import pytest

from ragsmith.errors import BadBundle, BadOption
from ragsmith.io import read
from ragsmith.models.base import Onset, steps_of
from ragsmith.models.registry import suited
from ragsmith.models.stride import formulas
from ragsmith.models.stride.config import StrideConfig
from ragsmith.models.stride.echoes import echoes_of
from ragsmith.models.stride.encoding import encode_piece, tokens_of
from ragsmith.models.stride.inputs import inputs_at
from ragsmith.models.stride.model import StrideModel
from ragsmith.models.stride.shapes import first_weights
from ragsmith.piece import Hand, Metre, Note, Piece, normalise, regular_bars
from ragsmith.shipped.rags import rag_files
from ragsmith.verbs import clip

SMALL = StrideConfig(size="small")


@pytest.fixture(scope="module")
def model() -> StrideModel:
    return StrideModel(SMALL, first_weights(SMALL, 1))


@pytest.fixture(scope="module")
def piece() -> Piece:
    return clip(read(rag_files()[0]), 0, 96)


def test_probabilities_of_all_next_tokens_sum_to_one(model: StrideModel, piece: Piece) -> None:
    state = model.begin(piece)
    seen: list[float] = []

    def first(log_p: np.ndarray) -> int:
        seen.append(float(np.exp(log_p).sum()))
        return int(np.argmax(log_p))

    for _ in range(4):
        (step,) = model.propose([state], [first])
        (state,) = model.advance([state], [step])
    assert np.allclose(seen, 1)


def test_stepping_through_a_piece_gives_its_likelihood(model: StrideModel, piece: Piece) -> None:
    state, nats = model.begin(piece), []
    for step in steps_of(piece):
        nats.append(_nats_of(model, state, step))
        (state,) = model.advance([state], [step])
    assert np.allclose(nats, model.log_likelihood(piece), atol=2e-3)


def _nats_of(model: StrideModel, state: object, step: tuple[Onset, ...]) -> float:
    """The log-probability of a step, by answering the model's every question with it."""
    wanted = []
    for onset in sorted(step, key=lambda o: (o.hand == Hand.RIGHT, o.pitch)):
        wanted += [onset.pitch - 21 + (88 if onset.hand == Hand.RIGHT else 0), onset.duration - 1]
    answers, total = iter([*wanted, 176]), 0.0

    def pick(log_p: np.ndarray) -> int:
        nonlocal total
        answer = next(answers)
        total += float(log_p[answer])
        return answer

    model.propose([state], [pick])
    return total


def test_a_hidden_past_is_as_if_the_piece_began_there(piece: Piece) -> None:
    horizon = 32
    whole, cut = encode_piece(piece, SMALL), encode_piece(clip(piece, horizon, piece.steps), SMALL)
    steps = np.arange(horizon, piece.steps)
    hidden = inputs_at(
        whole,
        steps,
        echoes_of(whole, horizon, piece.steps, horizon),
        whole.held_from[steps],
        [whole.durations],
        horizon,
    )
    echoes = echoes_of(cut, 0, cut.steps)
    begun = inputs_at(cut, steps - horizon, echoes, cut.held_from[steps - horizon], [cut.durations])
    assert all(np.array_equal(a, b) for a, b in zip(hidden, begun, strict=True))


def test_tokens_are_the_notes_left_hand_first(piece: Piece) -> None:
    tokens = tokens_of(encode_piece(piece, SMALL).durations)
    for t, step in enumerate(steps_of(piece)):
        numbers = tokens.numbers[tokens.frames == t].tolist()
        assert numbers == sorted(numbers)
        assert numbers[-1] == 176
        assert len(numbers) == len(step) + 1


def test_the_unfolded_kernel_is_a_convolution() -> None:
    rng = np.random.default_rng(0)
    kernel = rng.normal(size=(25, 3, 2)).astype(np.float32)
    rolls = rng.integers(0, 2, (4, 3, 88)).astype(np.float32)
    padded = np.pad(rolls, ((0, 0), (0, 0), (12, 12)))
    expected = np.zeros((4, 88, 2), np.float32)
    for p, d in product(range(88), range(25)):
        expected[:, p] += padded[:, :, p + d] @ kernel[d]
    matrix = formulas._unfolded(kernel, np)
    assert np.allclose(formulas._over_keyboard(rolls, matrix, np), expected, atol=1e-4)


def test_likelihood_of_an_empty_piece_and_of_silence(model: StrideModel) -> None:
    assert model.log_likelihood(Piece((), ())).shape == (0,)
    silence = Piece((), regular_bars(16, [(0, Metre(2, 4))]))
    assert np.isfinite(model.log_likelihood(silence)).all()


def test_weights_of_another_size_are_refused() -> None:
    with pytest.raises(BadBundle):
        StrideModel.from_parts(replace(SMALL, size="medium"), None, first_weights(SMALL, 1))


@pytest.mark.parametrize("field", [{"size": "huge"}, {"dropout": 1.0}, {"steps_per_quarter": 5}])
def test_a_config_is_checked(field: dict[str, object]) -> None:
    with pytest.raises(BadOption):
        StrideConfig(**field)


@pytest.mark.slow
def test_the_learner_measures_what_the_model_measures(
    piece: Piece, monkeypatch: pytest.MonkeyPatch
) -> None:
    import jax

    from ragsmith.models.stride import batches
    from ragsmith.models.stride.learner import StrideLearner
    from ragsmith.models.stride.loss import batch_nats

    config = replace(
        SMALL, sequence_length=32, batch=2, dropout=0.0, horizons=0.0, blanks=0.0, deaf=0.0
    )
    pieces = [wide(clip(piece, start, start + 32)) for start in (0, 32)]
    monkeypatch.setattr(batches, "AUGMENTED", 0)
    learner = StrideLearner(config, pieces, 0)
    batch = learner._sampler.sample(0, 0)
    weights = dict(zip(learner._names, learner._state[0], strict=True))
    found = float(batch_nats(weights, batch, config, jax.random.key(0)))
    model = learner.model()
    possible = [-model.log_likelihood(p).sum() for p in pieces]
    sums = [a + b for a in possible for b in possible]
    assert min(abs(found - s) for s in sums) < 0.05


def wide(piece: Piece) -> Piece:
    """The piece with both ends of the keyboard, so that it can be learnt in its own key only."""
    ends = (Note(0, 21, 2, hand=Hand.LEFT), Note(0, 108, 2, hand=Hand.RIGHT))
    return replace(piece, notes=normalise([*piece.notes, *ends]))


@pytest.mark.slow
def test_epochs_lower_the_loss(piece: Piece) -> None:
    from ragsmith.models.stride.learner import StrideLearner

    config = replace(SMALL, sequence_length=32, batch=3, context_dropout=0.3)
    learner = StrideLearner(config, [piece], 0)
    losses = [loss for seed in range(4) for _, loss in learner.epoch(seed)]
    assert losses[-1] < losses[0]


@pytest.mark.slow
def test_a_resumed_learning_goes_on_as_if_it_had_not_stopped(piece: Piece) -> None:
    from ragsmith.models.stride.learner import StrideLearner

    def learner() -> StrideLearner:
        made = StrideLearner(replace(SMALL, sequence_length=16, batch=2), [piece], 3)
        made.batches_per_epoch = 2
        return made

    whole, first, second = learner(), learner(), learner()
    for seed in (1, 2):
        list(whole.epoch(seed))
    list(first.epoch(1))
    second.restore(first.state())
    list(second.epoch(2))
    weights = second.model().arrays()
    assert all(np.array_equal(a, weights[name]) for name, a in whole.model().arrays().items())


def test_size_follows_the_corpus_unless_it_is_set() -> None:
    few, some, many = (suited(StrideConfig(), {}, n).size for n in (1_000, 25_000, 10**6))
    assert (few, some, many) == ("small", "medium", "large")
    assert suited(StrideConfig(size="medium"), {"size": "medium"}, 1_000).size == "medium"


DEVICES = """
import sys
from dataclasses import replace

import numpy as np

from ragsmith.models import hosts
if len(sys.argv) > 2:
    hosts.join(*sys.argv[2:])

from ragsmith.io import read
from ragsmith.models.stride import learner as learning
from ragsmith.models.stride.config import StrideConfig
from ragsmith.shipped.rags import rag_files

learning.SECONDS_BETWEEN_REPORTS = -1.0  # every batch is reported, however long it takes
config = replace(StrideConfig(size="small"), sequence_length=32, batch=4, dropout=0.0)
learner = learning.StrideLearner(config, [read(path) for path in rag_files()[:2]], 0)
learner.batches_per_epoch = 3
assert learner._parts == int(sys.argv[1])
print(*[loss for epoch in (1, 2) for _, loss in learner.epoch(epoch)])
"""


def begun(parts: int, devices: int, *hosts: str) -> subprocess.Popen[str]:
    """A process that learns on so many devices of its own."""
    flags = f"--xla_force_host_platform_device_count={devices}"
    return subprocess.Popen(
        [sys.executable, "-c", DEVICES, str(parts), *hosts],
        env=os.environ | {"XLA_FLAGS": flags},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def losses_of(*processes: subprocess.Popen[str]) -> list[list[float]]:
    """What each of them lost in every batch."""
    ends = [process.communicate() for process in processes]
    assert not any(process.returncode for process in processes), ends
    return [[float(loss) for loss in out.splitlines()[-1].split()] for out, _ in ends]


@pytest.mark.slow
def test_four_devices_and_two_hosts_of_two_learn_what_one_device_learns() -> None:
    (alone,), (on_four,) = losses_of(begun(1, 1)), losses_of(begun(4, 4))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        meeting = f"127.0.0.1:{free.getsockname()[1]}"
    together = losses_of(*(begun(4, 2, host, meeting) for host in ("1/2", "2/2")))
    assert len(alone) == 6
    assert alone == pytest.approx(on_four, rel=1e-4)
    assert together[0] == together[1] == pytest.approx(alone, rel=1e-4)
