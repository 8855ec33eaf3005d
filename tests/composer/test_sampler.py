from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ragsmith.composer import sampler
from ragsmith.composer.draft import (
    BACKTRACKS,
    BACKTRACKS_HERE,
    CHOICES,
    PROPOSALS,
    STATES_KEPT,
    DeadEnd,
    Draft,
)
from ragsmith.composer.sampler import sample
from ragsmith.composer.sampling import Sampling, repetition
from ragsmith.errors import BadPrimer
from support.fakes import Looping, Parrot, Uniform, a_piece

LETTERS = "abcdefgh"
SAMPLE = Sampling("sample", min_p=0)


class Rejects:
    """Turns down a step when `refuses(history, step)`."""

    def __init__(self, refuses, name="no"):
        self.refuses, self.name, self.asked = refuses, name, 0

    def allows(self, history, step):
        self.asked += 1
        return not self.refuses(history, step)


def steps_by(model, length=40, *, seeds=(1,), sampling=SAMPLE, **others):
    drafts = sample(model, None, length, sampling=sampling, seeds=seeds, **others)
    for draft in drafts:
        if draft.failure:
            raise draft.failure
    return [draft.steps for draft in drafts]


@pytest.mark.parametrize("way", ["sample", "argmax", "unloop"])
def test_a_seed_gives_the_same_alone_as_beside_others(way):
    model, sampling = Looping(LETTERS, 5, 0.5), Sampling(way, min_p=0)
    rule = Rejects(lambda history, step: step == "a" and history[-1:] == ["e"])
    together = steps_by(model, seeds=[7, 8, 9], sampling=sampling, rules=[rule])
    alone = [steps_by(model, seeds=[s], sampling=sampling, rules=[rule])[0] for s in (7, 8, 9)]
    assert together == alone
    assert len(together[0]) == 40


def test_seeds_differ():
    one, other = steps_by(Uniform(LETTERS), seeds=[1, 2])
    assert one != other


def test_a_parrot_is_copied_to_the_note():
    parrot = Parrot(a_piece())
    (steps,) = steps_by(parrot, len(parrot.steps) + 5)
    assert steps == parrot.steps + parrot.steps[:5]


def test_argmax_loops_and_unloop_breaks_the_loop():
    model = Looping(LETTERS, 4)
    (looping,) = steps_by(model, 60, sampling=Sampling("argmax"))
    assert looping[5:] == looping[1:-4]  # the first step is drawn
    (freed,) = steps_by(model, 400, sampling=Sampling("unloop", min_p=0))
    looped = [repetition(freed[:n]) > 0 for n in range(401)]
    runs = "".join("x" if each else " " for each in looped).split()
    assert max(map(len, runs)) < 200
    assert set(freed) - set(LETTERS[:4])


def test_what_a_rule_rejects_is_never_there():
    rule = Rejects(lambda history, step: step in "abc")
    drafts = sample(Uniform(LETTERS), None, 60, sampling=SAMPLE, seeds=[1, 2], rules=[rule])
    assert all(not set(draft.steps) & set("abc") for draft in drafts)
    assert all(draft.turned_down["no"] > 0 for draft in drafts)


def test_what_is_sampled_is_the_distribution_given_the_rules():
    p = np.array([0.4, 0.3, 0.2, 0.1])
    rule = Rejects(lambda history, step: step == "a")
    (steps,) = steps_by(Uniform("abcd", p), 4000, rules=[rule])
    expected = p[1:] / p[1:].sum() * 4000
    found = np.array([Counter(steps)[letter] for letter in "bcd"])
    assert ((found - expected) ** 2 / expected).sum() < 13.8  # chi-square, 2 degrees, p = 0.001


def test_every_rule_is_asked_until_one_says_no():
    first, second = Rejects(lambda h, s: s == "a", "first"), Rejects(lambda h, s: s == "b", "2nd")
    (draft,) = sample(Uniform("abc"), None, 50, sampling=SAMPLE, seeds=[3], rules=[first, second])
    assert set(draft.steps) == {"c"}
    assert second.asked == first.asked - draft.turned_down["first"]


def test_each_draft_is_asked_its_own_rules():
    rules = [[Rejects(lambda h, s, no=letter: s == no)] for letter in "ab"]
    one, other = steps_by(Uniform("abc"), seeds=[1, 2], rule_sets=rules)
    assert (set(one), set(other)) == (set("bc"), set("ac"))
    (alone,) = steps_by(Uniform("abc"), seeds=[2], rules=rules[1])
    assert alone == other


def test_a_rule_that_rejects_everything_is_named_after_bounded_work():
    rule = Rejects(lambda history, step: True, "nothing ever")
    with pytest.raises(DeadEnd, match="nothing ever"):
        steps_by(Uniform(LETTERS), rules=[rule])
    assert rule.asked <= PROPOSALS * (BACKTRACKS + 1)


def test_the_rule_that_shut_the_door_is_named_not_one_that_grumbled():
    grumbles = Rejects(lambda history, step: step == "a", "grumbler")
    shuts = Rejects(lambda history, step: len(history) == 30, "shutter")
    with pytest.raises(DeadEnd, match="stops at step 31: the rule shutter turns"):
        steps_by(Uniform(LETTERS), rules=[grumbles, shuts])


def test_one_that_gives_up_leaves_the_others_as_they_are():
    """Of these seeds some begin with `a`, which shuts a door too far away to go back from."""
    trap = Rejects(lambda history, step: len(history) == 80 and history[0] == "a", "trap")
    options = {"sampling": SAMPLE, "rules": [trap]}
    progress = []
    drafts = sample(Uniform("ab"), None, 90, seeds=range(8), **options, on_step=progress.append)
    assert progress[-1] == 90
    assert progress == sorted(progress)
    closed = {draft.steps[0] for draft in drafts if draft.failure}
    going = [draft for draft in drafts if not draft.failure]
    assert closed == {"a"}
    assert going
    assert all(len(draft.steps) == 90 for draft in going)
    alone = [sample(Uniform("ab"), None, 90, seeds=[seed], **options)[0] for seed in range(8)]
    assert [draft.steps for draft in drafts] == [draft.steps for draft in alone]


def test_a_dead_end_is_left_by_going_back():
    dead_end = Rejects(lambda history, step: history.count("a") > len(history) / 4)
    (steps,) = steps_by(Uniform(LETTERS), 60, rules=[dead_end])
    assert steps[:-1].count("a") <= 60 / 4


@pytest.mark.parametrize("way", ["argmax", "unloop"])
def test_the_likeliest_way_into_a_dead_end_is_not_taken_for_ever(way):
    """Six steps after a first `a` nothing is allowed, and `a` is the likeliest."""
    trap = Rejects(lambda history, step: len(history) == 12 and history[5] == "a")
    model = Uniform("ab", [0.9, 0.1])
    (steps,) = steps_by(model, 30, sampling=Sampling(way, min_p=0), rules=[trap])
    assert steps[5] == "b"


def test_a_dead_end_far_ahead_is_left_by_going_back_further():
    trap = Rejects(lambda history, step: len(history) == 45 and history[5] == "a")
    (steps,) = steps_by(Uniform("ab", [0.9, 0.1]), 60, rules=[trap], seeds=[2])
    assert steps[5] == "b"


def test_a_model_that_is_sure_is_left_by_drawing_more_boldly():
    """`b` is too unlikely to be drawn, and after ten times `a` nothing else is allowed."""
    trap = Rejects(lambda history, step: step == "a" and history[-10:] == list("a" * 10))
    model = Uniform("ab", [0.999, 0.001])
    (steps,) = steps_by(model, 60, sampling=Sampling("sample", min_p=0.02), rules=[trap])
    assert 0 < steps.count("b") < 30


@given(st.integers(0, 30), st.integers(0, 1000))
def test_going_back_never_touches_the_primer(primed, seed):
    primer = list("ab" * 20)[:primed]
    seen = []
    rule = Rejects(lambda history, step: seen.append(history[:primed]) or step in "ab")
    crowd = Rejects(lambda history, step: history[primed:].count(step) > 3)
    (steps,) = steps_by(
        Uniform(LETTERS), primed + 20, seeds=[seed], primer=primer, rules=[rule, crowd]
    )
    assert all(each == primer for each in seen)
    assert steps[:primed] == primer
    assert not set(steps[primed:]) & set("ab")


def test_a_primer_whose_next_step_is_shut_ends_in_an_error_not_in_a_shorter_primer():
    rule = Rejects(lambda history, step: len(history) == 6)
    with pytest.raises(DeadEnd, match="step 7"):
        steps_by(Uniform(LETTERS), primer="abcdef", rules=[rule])


def test_a_primer_that_fills_the_length_leaves_nothing_to_do():
    assert steps_by(Uniform(LETTERS), 3, primer="abcdef") == [list("abc")]


def test_a_primer_that_the_model_cannot_represent_is_an_error():
    with pytest.raises(BadPrimer):
        steps_by(Uniform(LETTERS), primer="xyz")


def test_few_states_are_remembered(monkeypatch):
    sizes = []
    accept = Draft.accept
    monkeypatch.setattr(
        Draft,
        "accept",
        lambda self, *args: (accept(self, *args), sizes.append(len(self.states))),
    )
    steps_by(Uniform(LETTERS), 300)
    assert max(sizes) == STATES_KEPT


def test_progress_is_told_up_to_the_end():
    told = []
    steps_by(Uniform(LETTERS), 9, seeds=[1, 2], on_step=told.append)
    assert told == list(range(1, 10))


def test_steps_are_told_as_they_are_written_and_taken_back():
    told = []
    model = Uniform(LETTERS)
    (steps,) = steps_by(model, 9, on_steps=lambda found: told.append(list(found[0])))
    assert told[-1] == steps
    assert [len(each) for each in told] == list(range(1, 10))


class Chatty(Uniform):
    """A model that makes so many choices for every step, as one that nobody taught does."""

    def __init__(self, choices, talk):
        super().__init__(choices)
        self.talk, self.made = talk, 0

    def propose(self, states, picks):
        for pick in picks:
            for _ in range(self.talk):
                pick(np.log(self.p))
                self.made += 1
        return super().propose(states, picks)


def test_work_that_leads_nowhere_is_bounded_however_much_a_proposal_costs():
    model = Chatty(LETTERS, 500)
    rule = Rejects(lambda history, step: True, "nothing ever")
    with pytest.raises(DeadEnd, match="than step 1 after much work: the rule nothing"):
        steps_by(model, rules=[rule])
    assert model.made < 2 * CHOICES


def test_work_is_bounded_that_leads_to_almost_nothing():
    """Every step is turned down so often that the draft just need not go back."""
    model = Chatty(LETTERS, 100)
    refused = Counter()

    def refuses(history, step):
        refused[len(history)] += 1
        return refused[len(history)] < PROPOSALS

    with pytest.raises(DeadEnd, match="after much work: the rule strict turns"):
        steps_by(model, 1000, rules=[Rejects(refuses, "strict")])
    assert model.made < 2 * CHOICES


def test_going_back_without_coming_further_is_bounded():
    """Far along, where going back has much to take back."""
    wall = Rejects(lambda history, step: len(history) == 200, "wall")
    with pytest.raises(DeadEnd, match="stops at step 201: the rule wall turns"):
        steps_by(Uniform(LETTERS), 300, rules=[wall])
    reached = Rejects(lambda history, step: len(history) == 200, "wall")
    sample(Uniform(LETTERS), None, 300, sampling=SAMPLE, seeds=[1], rules=[reached])
    steps_again = BACKTRACKS_HERE * STATES_KEPT
    assert reached.asked < 300 + PROPOSALS * (BACKTRACKS_HERE + 1) + steps_again


def test_a_piece_with_many_walls_far_apart_is_finished():
    """What counts is going back in one place, not in all of a long piece."""
    tries = Counter()

    def refuses(history, step):
        at = len(history)
        tries[at] += at % 50 == 49
        return at % 50 == 49 and tries[at] <= 20 * PROPOSALS

    (steps,) = steps_by(Uniform(LETTERS), 300, rules=[Rejects(refuses)])
    assert len(steps) == 300


def test_time_without_coming_further_is_bounded(monkeypatch):
    clock = iter(range(100_000))
    monkeypatch.setattr("time.thread_time", lambda: next(clock) / 100)
    rule = Rejects(lambda history, step: len(history) == 5, "door")
    with pytest.raises(DeadEnd, match="than step 6 after much work: the rule door"):
        steps_by(Uniform(LETTERS), rules=[rule])
    assert rule.asked < 100 * sampler.PATIENCE * 2


def test_progress_never_goes_back_though_steps_are_taken_back():
    told = []
    trap = Rejects(lambda history, step: len(history) == 45 and history[5] == "a")
    model = Uniform("ab", [0.9, 0.1])
    sample(model, None, 60, sampling=SAMPLE, seeds=[2, 3], rules=[trap], on_step=told.append)
    assert told == sorted(told)
    assert told[-1] == 60
