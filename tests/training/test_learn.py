"""The training loop: with a learner that follows a script, and with real ones."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from ragsmith.bundle.bundle import load_bundle
from ragsmith.corpus import read_corpus
from ragsmith.errors import BadFile, BadOption
from ragsmith.models.registry import config_for
from ragsmith.piece import Key, Metre, Section, Tempo
from ragsmith.training import Began, Epoch, Plan, Progress, learn, teach
from ragsmith.training import loop as loop_module
from support.tunes import tune

PIECES = [tune(seed) for seed in range(3)]
HELD_OUT = [tune(9)]


class ScriptedModel:
    """Its held-out measure after epoch n is the n-th of a script."""

    name, steps_per_quarter, parameters = "scripted", 4, 1

    def __init__(self, epoch, measures):
        self.epoch, self.measures = epoch, measures

    def log_likelihood(self, piece):
        return np.full(piece.steps, -float(self.measures[self.epoch - 1]))

    def vocabulary(self):
        return None

    def arrays(self):
        return {"epoch": np.array(self.epoch)}


class ScriptedLearner:
    """Two reports of two batches an epoch; the training loss follows the script too."""

    batches_per_epoch, epochs = 4, 100

    def __init__(self, measures):
        self.done, self.measures, self.seeds, self.shares = 0, measures, [], []

    def epoch(self, seed, share):
        self.seeds.append(seed)
        self.shares += [share(batch) for batch in range(self.batches_per_epoch)]
        self.work()
        yield 2, float(self.measures[self.done])
        self.done += 1
        self.work()
        yield 4, float(self.measures[self.done - 1])

    def work(self):
        """Where a fake clock goes on."""

    def model(self):
        return ScriptedModel(self.done, self.measures)

    def state(self):
        return {"done": np.array(self.done)}

    def restore(self, state):
        self.done = int(state["done"])


@pytest.fixture
def scripted(monkeypatch):
    """Makes `teach` use learners that follow the given script; gives the last one made."""

    def follow(*measures):
        made = SimpleNamespace(learner=None)

        def learner_for(name, config, pieces, seed, base):
            made.learner = ScriptedLearner(measures)
            return made.learner

        def model_from(name, config, vocabulary, arrays):
            return ScriptedModel(int(arrays["epoch"]), measures)

        monkeypatch.setattr(loop_module, "learner_for", learner_for)
        monkeypatch.setattr(loop_module, "model_from", model_from)
        return made

    return follow


MARKOV = config_for("markov", {})
"""Any config will do where the learner is scripted."""


def scripted_teach(plan, held_out=HELD_OUT, **options):
    return teach("markov", MARKOV, PIECES, held_out, plan, **options)


@pytest.mark.parametrize("held_out", [HELD_OUT, []])
def test_the_best_epoch_is_kept(scripted, held_out):
    scripted(3, 1, 2, 1)
    learnt = scripted_teach(Plan(epochs=4), held_out)
    assert (learnt.model.epoch, learnt.best.number, learnt.ended) == (2, 2, "epochs")
    assert [e.training for e in learnt.epochs] == [3, 1, 2, 1]
    assert [e.held_out for e in learnt.epochs] == ([3, 1, 2, 1] if held_out else [None] * 4)
    assert (learnt.held_out and learnt.held_out.nats_per_step) == (1 if held_out else None)


def test_the_share_done_goes_by_batches_and_not_by_reports_or_the_clock(scripted):
    made = scripted(2, 1)
    scripted_teach(Plan(epochs=2))
    assert made.learner.shares == [batch / 8 for batch in range(8)]


def test_it_stops_early_after_patience(scripted):
    scripted(3, 2, 4, 5, 1)
    learnt = scripted_teach(Plan(patience=2))
    assert (len(learnt.epochs), learnt.best.number, learnt.ended) == (4, 2, "early stop")


def test_no_patience_never_stops_early(scripted):
    scripted(1, 2, 3, 4, 5, 6)
    assert len(scripted_teach(Plan(epochs=6, patience=0)).epochs) == 6


def test_an_early_stop_stands_when_it_is_resumed(scripted, tmp_path):
    scripted(3, 2, 4, 5, 1)
    place = tmp_path / "learning"
    first = scripted_teach(Plan(patience=2), checkpoint=place)
    again = scripted_teach(Plan(patience=2), checkpoint=place, resume=True)
    assert again.epochs == first.epochs
    assert (again.model.epoch, again.ended) == (2, "early stop")


def test_the_time_budget_ends_an_epoch_in_its_middle(scripted, monkeypatch):
    scripted(3, 2, 1)
    clock = SimpleNamespace(now=0.0)
    monkeypatch.setattr(loop_module.hosts, "clock", lambda: clock.now)
    monkeypatch.setattr(ScriptedLearner, "work", lambda _: setattr(clock, "now", clock.now + 25))
    heard = []
    learnt = scripted_teach(Plan(minutes=1, epochs=3), on_event=heard.append)
    progress = [e for e in heard if isinstance(e, Progress)]
    assert [(e.epoch, e.batch) for e in progress] == [(1, 2), (1, 4), (2, 2)]
    assert [e.seconds_left for e in progress] == [35, 10, 0]
    assert ([e.seconds for e in learnt.epochs], learnt.ended) == ([50, 75], "minutes")


def test_the_time_left_is_that_of_the_epochs_left(scripted, monkeypatch):
    scripted(3, 2)
    clock = SimpleNamespace(now=0.0)
    monkeypatch.setattr(loop_module.hosts, "clock", lambda: clock.now)
    monkeypatch.setattr(ScriptedLearner, "work", lambda _: setattr(clock, "now", clock.now + 10))
    heard = []
    scripted_teach(Plan(epochs=2), on_event=heard.append)
    assert [e.seconds_left for e in heard if isinstance(e, Progress)] == [30, 20, 10, 0]


def test_a_tiny_budget_still_gives_a_model(scripted):
    scripted(3, 2, 1)
    learnt = scripted_teach(Plan(minutes=1e-9))
    assert (len(learnt.epochs), learnt.ended) == (1, "minutes")


def interrupting(kind, number):
    """An `on_event` that is interrupted at an event of a kind."""

    def on_event(event):
        nonlocal number
        if isinstance(event, kind):
            number -= 1
            if number == 0:
                raise KeyboardInterrupt

    return on_event


@pytest.mark.parametrize(("kind", "number"), [(Progress, 6), (Epoch, 3)])
def test_an_interrupt_keeps_the_best_so_far(scripted, kind, number):
    scripted(3, 1, 2, 0)
    learnt = scripted_teach(Plan(), on_event=interrupting(kind, number))
    assert (learnt.model.epoch, learnt.best.number, learnt.ended) == (2, 2, "interrupted")


@pytest.mark.parametrize("kind", [Began, Progress])
def test_an_interrupt_before_there_is_anything_to_keep(scripted, kind):
    scripted(3)
    with pytest.raises(KeyboardInterrupt):
        scripted_teach(Plan(), on_event=interrupting(kind, 1))


@pytest.mark.parametrize("stop", [(Began, 1), (Progress, 1), (Epoch, 1), (Progress, 4), (Epoch, 3)])
def test_whenever_it_stopped_it_resumes(scripted, tmp_path, stop):
    made = scripted(3, 1, 2, 4)
    plan, place = Plan(epochs=4), tmp_path / "learning"
    alone = scripted_teach(plan)
    seeds = made.learner.seeds
    try:
        scripted_teach(plan, checkpoint=place, on_event=interrupting(*stop))
    except KeyboardInterrupt:
        assert stop[0] in (Began, Progress)
    heard = []
    learnt = scripted_teach(plan, checkpoint=place, resume=True, on_event=heard.append)
    began = heard[0]
    assert isinstance(began, Began)
    assert made.learner.seeds == seeds[began.resumed_after :]
    assert [e.training for e in learnt.epochs] == [e.training for e in alone.epochs]
    assert learnt.model.epoch == alone.model.epoch
    assert sorted(e.seconds for e in learnt.epochs) == [e.seconds for e in learnt.epochs]


def test_more_epochs_can_be_asked_for_when_resuming(scripted, tmp_path):
    scripted(3, 2, 1)
    place = tmp_path / "learning"
    scripted_teach(Plan(epochs=2), checkpoint=place)
    assert len(scripted_teach(Plan(epochs=3), checkpoint=place, resume=True).epochs) == 3


def in_other_bars(piece):
    """The same notes in the same bars, written with half the unit: 4/8 for 2/4."""
    bars = tuple(
        bar._replace(metre=Metre(bar.metre.beats * 2, bar.metre.unit * 2)) for bar in piece.bars
    )
    return replace(piece, bars=bars)


def test_a_measure_that_is_no_number_is_never_the_best(scripted):
    nan = float("nan")
    assert scripted_learnt(scripted, nan, 3, 2).best.number == 3
    assert scripted_learnt(scripted, 3, nan, nan).best.number == 1
    assert scripted_learnt(scripted, nan, 3, nan).best.number == 2


def scripted_learnt(scripted, *measures):
    scripted(*measures)
    learnt = scripted_teach(Plan(epochs=len(measures), patience=0))
    assert learnt.model.epoch == learnt.best.number
    return learnt


def test_another_learning_is_not_resumed(scripted, tmp_path):
    scripted(3, 2)
    place = tmp_path / "learning"
    scripted_teach(Plan(epochs=1), checkpoint=place)
    others = [
        {"plan": Plan(epochs=2, seed=1)},
        {"training": PIECES[:2]},
        {"training": [replace(piece, keys=(Key(0, 3),)) for piece in PIECES]},
        {"training": [replace(piece, tempos=(Tempo(0, 400_000),)) for piece in PIECES]},
        {"training": [in_other_bars(piece) for piece in PIECES]},
        {"training": [replace(p, sections=(Section("A", 0, p.steps),)) for p in PIECES]},
        {"held_out": [tune(8)]},
        {"config": config_for("markov", {"order": 3})},
    ]
    usual = {"config": MARKOV, "training": PIECES, "held_out": HELD_OUT, "plan": Plan(epochs=2)}
    for other in others:
        with pytest.raises(BadOption, match="something else"):
            teach("markov", **(usual | other), checkpoint=place, resume=True)
    teach("markov", **usual, checkpoint=place, resume=True)


def test_nothing_to_resume(scripted, tmp_path):
    scripted(1)
    with pytest.raises(BadFile, match="nothing to resume"):
        scripted_teach(Plan(), checkpoint=tmp_path / "learning", resume=True)


def test_beginning_again_leaves_an_old_checkpoint_until_the_first_epoch(scripted, tmp_path):
    scripted(3, 2)
    place = tmp_path / "learning"
    scripted_teach(Plan(epochs=1), checkpoint=place)
    old = place.read_bytes()
    with pytest.raises(KeyboardInterrupt):
        scripted_teach(Plan(seed=5), checkpoint=place, on_event=interrupting(Progress, 1))
    assert place.read_bytes() == old


@pytest.mark.parametrize(
    "wrong", [{"minutes": 0}, {"minutes": -1}, {"epochs": 0}, {"patience": -1}, {"seed": -1}]
)
def test_plans_that_cannot_be(wrong):
    with pytest.raises(BadOption):
        Plan(**wrong)


TINY = {"sequence_length": 3, "hidden": 4, "batch": 16}


@pytest.mark.slow
def test_a_seed_gives_the_same_arrays_stopped_or_not(tmp_path):
    config = config_for("element", TINY)
    options = {"name": "element", "config": config, "training": PIECES, "held_out": HELD_OUT}
    alone = teach(**options, plan=Plan(epochs=3, seed=7))
    place = tmp_path / "learning"
    teach(**options, plan=Plan(epochs=1, seed=7), checkpoint=place)
    resumed = teach(**options, plan=Plan(epochs=3, seed=7), checkpoint=place, resume=True)
    assert [e.held_out for e in resumed.epochs] == [e.held_out for e in alone.epochs]
    assert [e.training for e in resumed.epochs] == [e.training for e in alone.epochs]
    for name, array in alone.model.arrays().items():
        np.testing.assert_array_equal(array, resumed.model.arrays()[name])
    assert alone.epochs[-1].training < alone.epochs[0].training


@pytest.mark.slow
def test_a_sequence_longer_than_every_piece():
    for name in ("element", "many-to-one", "multihot"):
        config = config_for(name, {"sequence_length": 25, "hidden": 4})
        with pytest.raises(BadOption, match="longest has 24 steps"):
            teach(name, config, PIECES, [], Plan())


def test_markov_goes_through_the_same_loop(tmp_path):
    place = tmp_path / "learning"
    learnt = teach("markov", MARKOV, PIECES, HELD_OUT, Plan(), checkpoint=place)
    again = teach("markov", MARKOV, PIECES, HELD_OUT, Plan(), checkpoint=place, resume=True)
    assert len(learnt.epochs) == 1
    assert learnt.held_out == again.held_out
    for name, array in learnt.model.arrays().items():
        np.testing.assert_array_equal(array, again.model.arrays()[name])


@pytest.fixture
def corpus(tmp_path):
    folder = tmp_path / "music"
    folder.mkdir()
    for i in range(4):
        tune(i, 64).save(folder / f"{i}.mid")
    return read_corpus(folder, workers=1, cache=tmp_path / "cache")


def test_learning_leaves_the_model_and_its_curve(corpus, tmp_path):
    room = tmp_path / "room"
    room.mkdir()
    out = room / "m.ragsmith"
    bundle = learn(corpus, "markov", held_out=0.25, out=out)
    assert sorted(p.name for p in room.iterdir()) == ["m.ragsmith", "m.svg"]
    assert load_bundle(out).card == bundle.card
    assert {s.role for s in bundle.card.sources} == {"train", "held out"}


def test_an_interrupted_learning_can_be_resumed(corpus, tmp_path, scripted):
    scripted(3, 2, 1)
    out = tmp_path / "m.ragsmith"
    with pytest.raises(KeyboardInterrupt):
        learn(corpus, "markov", out=out, on_event=interrupting(Progress, 1))
    assert (tmp_path / "m.ragsmith.learning").is_file()


def test_what_a_kill_left_half_written_is_removed(corpus, tmp_path, monkeypatch):
    room = tmp_path / "room"
    room.mkdir()
    out = room / "m.ragsmith"
    with monkeypatch.context() as killed:
        killed.setattr("os.replace", lambda *_: (_ for _ in ()).throw(SystemExit))
        killed.setattr("pathlib.Path.unlink", lambda *_, **__: None)
        with pytest.raises(SystemExit):
            learn(corpus, "markov", out=out)
    assert [p.suffix for p in room.iterdir()] == [".part"]
    (room / ".another.part").touch()
    learn(corpus, "markov", out=out)
    assert sorted(p.name for p in room.iterdir()) == [".another.part", "m.ragsmith", "m.svg"]


def test_places_that_cannot_be_written_are_refused_before_learning(corpus, tmp_path):
    for out in (tmp_path, tmp_path / "none" / "m.ragsmith", tmp_path / "m.svg"):
        with pytest.raises(BadFile):
            learn(corpus, "markov", out=out)


def test_the_grid_must_be_the_corpus_s(corpus):
    with pytest.raises(BadOption, match="grid of the corpus"):
        learn(corpus, "element", settings={"steps_per_quarter": 12})
