"""What the library keeps of a piece: proved once, ranked by the limits that were asked for."""

from collections import Counter
from dataclasses import replace

import pytest

from ragsmith.bundle.bundle import save_bundle
from ragsmith.bundle.profile import Profile
from ragsmith.composer import Limits, Wish, compose_all
from ragsmith.composer.ranking import rank_composed
from ragsmith.measure.portrait import portrait_of
from ragsmith.models.markov.config import MarkovConfig
from ragsmith.models.markov.learner import MarkovLearner
from ragsmith.originality import check as check_module
from ragsmith.originality import gate, search
from ragsmith.originality.check import check
from ragsmith.studio.composing import compose, proof_of, wish_of
from ragsmith.studio.facts import facts_of_piece
from support.fakes import a_rag, indexed

CORPUS = [a_rag(seed, bars=16) for seed in range(3)]
BUNDLE = indexed(
    MarkovLearner(MarkovConfig(order=2), CORPUS).model(),
    Profile(portrait=portrait_of(CORPUS)),
    CORPUS,
)
ASKED = {
    "form": None,
    "bars": 8,
    "key": None,
    "chords": None,
    "metre": None,
    "tempo": None,
    "sampling": "sample",
    "temperature": 1.0,
    "min_p": 0.02,
    "copy_limit": 2.0,
    "melody_limit": 3.0,
}


def test_originality_is_proved_once(tmp_path, monkeypatch: pytest.MonkeyPatch):
    calls: Counter[str] = Counter()

    def counted(name, function):
        def count(*given):
            calls[name] += 1
            return function(*given)

        return count

    against = counted("proof", search.against_indices)
    monkeypatch.setattr(gate, "against_indices", against)
    monkeypatch.setattr(check_module, "against_indices", against)
    monkeypatch.setattr(search, "unfold", counted("unfold", search.unfold))
    path = save_bundle(BUNDLE, tmp_path / "m.ragsmith")
    events: list = []
    compose(events.append, str(path), ASKED, [1, 2, 3], str(tmp_path))
    pieces = [event for event in events if event["type"] == "piece"]
    assert calls == {"proof": len(pieces), "unfold": len(pieces)}
    assert pieces


def test_what_composing_has_proved_is_what_a_check_finds():
    (composed,) = compose_all(BUNDLE, Wish(bars=8), seeds=[1])
    assert proof_of(BUNDLE, composed, Limits()) == check(composed.piece, BUNDLE)
    assert proof_of(BUNDLE, replace(composed, originality=None), Limits()) is None


def test_the_penalty_goes_by_the_limits_that_were_asked_for():
    wish = wish_of(ASKED)
    assert wish.limits == (2.0, 3.0)
    (composed,) = compose_all(BUNDLE, wish, seeds=[1])
    for limits in (wish.limits, Limits(16, 16)):
        facts = facts_of_piece(BUNDLE, composed, limits, None)
        (rank,) = rank_composed(BUNDLE.profile, [composed], limits)
        assert facts["penalty"] == round(rank.penalty, 3)
