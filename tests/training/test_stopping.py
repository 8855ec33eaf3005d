"""Ctrl-C while a model learns ends it well, however often it is pressed."""

import signal
import threading

import pytest

from ragsmith.bundle.bundle import load_bundle
from ragsmith.corpus import read_corpus
from ragsmith.training import Began, Epoch, Progress, Stop, learn
from ragsmith.training.stopping import stopped_by_signals
from support.tunes import tune


@pytest.fixture
def corpus(tmp_path):
    folder = tmp_path / "music"
    folder.mkdir()
    for seed in range(3):
        tune(seed).save(folder / f"{seed}.mid")
    return read_corpus(folder, workers=1, cache=tmp_path / "cache")


def press(*_):
    signal.raise_signal(signal.SIGINT)


def pressing_at(kind):
    return lambda event: press() if isinstance(event, kind) else None


@pytest.mark.slow
@pytest.mark.parametrize("where", ["bundle_of", "loss_curve", "save_bundle"])
def test_pressing_it_again_loses_no_model(corpus, tmp_path, monkeypatch, where):
    """The second one comes while what the first one has ended is described and written."""
    import ragsmith.training as training

    work = getattr(training, where)

    def pressed(*given, **options):
        press()
        press()
        return work(*given, **options)

    monkeypatch.setattr(training, where, pressed)
    out = tmp_path / "m.ragsmith"
    settings = {"hidden": 4, "sequence_length": 4, "epochs": 50}
    learn(corpus, "multihot", settings=settings, out=out, on_event=pressing_at(Epoch))
    assert load_bundle(out).card.epochs == 1
    assert out.with_name("m.ragsmith.learning").is_file(), "it can be resumed"


@pytest.mark.parametrize("kind", [Began, Progress])
def test_before_the_first_pass_has_ended_there_is_nothing_to_keep(corpus, tmp_path, kind):
    out = tmp_path / "m.ragsmith"
    settings = {"hidden": 4, "sequence_length": 4, "batch": 1}
    with pytest.raises(KeyboardInterrupt):
        learn(corpus, "multihot", settings=settings, out=out, on_event=pressing_at(kind))
    assert not out.exists()


def test_afterwards_ctrl_c_is_as_before(corpus):
    learn(corpus, "markov")
    with pytest.raises(KeyboardInterrupt):
        press()


def test_pressed_twice_with_nothing_to_keep_it_ends_at_once():
    stop = Stop()
    with stopped_by_signals(stop):
        press()
        assert stop.requested
        with pytest.raises(KeyboardInterrupt):
            press()
        stop.passes = 1
        press()


def test_signals_are_the_main_thread_s(corpus):
    def work():
        with stopped_by_signals(Stop()):
            handlers.append(signal.getsignal(signal.SIGINT))

    handlers = []
    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert handlers == [signal.default_int_handler]


def test_what_is_kept_is_measured_once(corpus, monkeypatch):
    """The best model's score is known when learning ends."""
    from ragsmith.training import loop

    scored = []
    score = loop.score
    monkeypatch.setattr(loop, "score", lambda model, piece: scored.append(1) or score(model, piece))
    learn(corpus, "markov", held_out=0.3)
    assert len(scored) == 1
