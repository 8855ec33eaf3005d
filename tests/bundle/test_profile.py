"""A profile is checked once, when it is made or read, and comes back from JSON as it was."""

import json
from dataclasses import replace

import pytest

from ragsmith.bundle.profile import Profile, profile_from_json
from ragsmith.dynamics.features import FEATURES
from ragsmith.dynamics.velocity import Dynamics
from ragsmith.errors import BadBundle
from ragsmith.measure.chord_use import NO_NATS, ChordNats
from ragsmith.measure.habits import Habits
from ragsmith.measure.portrait import portrait_of
from ragsmith.measure.style import Band
from ragsmith.piece import Key, Metre
from support.fakes import a_rag

PROFILE = Profile(
    metre=Metre(3, 4),
    tempo=500_000,
    key=Key(0, -3, True),
    strain=16,
    strain_plans={"abac": 2, "abcd": 1},
    rhythm_plans={"abac abab": 2},
    progressions={"I | V7 I": 2, "ii7 / V7 | I": 1},
    habits=Habits(12, 14, 2, 3),
    portrait=portrait_of([a_rag(seed) for seed in range(3)]),
    chord_nats=ChordNats((((0.5, -0.25, 0.0, 1.0, 0.0, -2.0),) * 2,) * 2),
    likelihood=Band(1.5, 2, 4.25),
    dynamics=Dynamics((0.5,) * len(FEATURES), 70.0, 5.0, 10.0, 0.5, 1.0, 0.25, 0.25),
)


def after_json(profile):
    return profile_from_json(json.loads(json.dumps(profile.to_json())))


def test_a_profile_comes_back_after_json():
    assert after_json(PROFILE) == PROFILE
    assert after_json(Profile()) == Profile()


def test_nats_are_written_only_where_there_are_some():
    assert "chord_nats" not in Profile().to_json()
    assert after_json(Profile(chord_nats=NO_NATS)).chord_nats == NO_NATS


def test_a_profile_of_wrong_values_cannot_be_made():
    for wrong in (
        {"tempo": 0},
        {"strain": -1},
        {"metre": Metre(0, 4)},
        {"habits": Habits(times=0)},
    ):
        with pytest.raises(ValueError, match="must be a whole number from"):
            replace(PROFILE, **wrong)


@pytest.mark.parametrize(
    "damage",
    [
        {"rhythm_plans": {"abac aba": 1}},
        {"rhythm_plans": {"abac abab": 0}},
        {"metre": [10**9, 4]},
        {"metre": [0, 4]},
        {"metre": [2, 4, 4]},
        {"metre": ["2", 4]},
        {"metre": [2.0, 4]},
        {"metre": None},
        {"progressions": {"I | V7": 0}},
        {"progressions": {"H | V7": 1}},
        {"progressions": {"A: I": 1}},
        {"progressions": ["I"]},
        {"tempo": 0},
        {"tempo": -1},
        {"tempo": 10**30},
        {"tempo": "fast"},
        {"tempo": 0.5},
        {"tempo": None},
        {"tempo": True},
        {"key": "H major"},
        {"key": 3},
        {"strain": -1},
        {"strain": 10**6},
        {"strain": None},
        {"strain_plans": {"abac": 10**400}},
        {"strain_plans": {"abac": 0}},
        {"strain_plans": {"ab1": 1}},
        {"strain_plans": {"": 1}},
        {"strain_plans": {"a" * 53: 1}},
        {"strain_plans": None},
        {"habits": {"soonest": 0}},
        {"habits": {"left_reach": 12, "fingers": 6}},
        {"habits": {"times": "2"}},
        {"habits": None},
        {"portrait": {"pieces": 3}},
        {"portrait": {"x": 1}},
        {"portrait": {}},
        {"portrait": PROFILE.portrait.to_json() | {"bands": 3}},
        {"chord_nats": 3},
        {"chord_nats": []},
        {"chord_nats": [[[0.0] * 6] * 2]},
        {"chord_nats": [[[float("inf")] * 6] * 2] * 2},
        {"chord_nats": [[[1e9] * 6] * 2] * 2},
        {"chord_nats": [[["0.0"] * 6] * 2] * 2},
        {"likelihood": [float("-inf"), 1.0, 2.0]},
        {"likelihood": [2.0, 1.0, 3.0]},
        {"likelihood": [1.0]},
        {"likelihood": 2.5},
        {"dynamics": {}},
        {"dynamics": PROFILE.dynamics.to_json() | {"level": 1e9}},
        {"more": 1},
    ],
    ids=str,
)
def test_what_is_no_profile_is_refused_in_one_line(damage):
    with pytest.raises(
        BadBundle, match=r"^the profile: is damaged: .*; learn the model again$"
    ) as e:
        profile_from_json(PROFILE.to_json() | damage)
    assert str(e.value).isprintable()


LATER = {"progressions"}
"""What model files of earlier versions do not have."""


@pytest.mark.parametrize("name", sorted(Profile().to_json().keys() - LATER))
def test_every_value_has_to_be_there(name):
    data = PROFILE.to_json()
    del data[name]
    with pytest.raises(BadBundle):
        profile_from_json(data)


@pytest.mark.parametrize("data", [None, [], 3, "text", {}])
def test_other_data_is_no_profile(data):
    with pytest.raises(BadBundle):
        profile_from_json(data)
