"""The table of options is the only truth: whoever has a range or a default has it from there."""

import inspect

import pytest
import typer

from ragsmith import options
from ragsmith.cli.commands import app
from ragsmith.composer import Limits, Sampling, Wish
from ragsmith.corpus import HELD_OUT
from ragsmith.errors import BadOption
from ragsmith.models.registry import model_names
from ragsmith.options import COMPOSE, LEARN, Option
from ragsmith.studio.schemas import ComposeRequest, LearnRequest, VaryRequest
from ragsmith.training import DEFAULT_MODEL, Plan, learn

ALL = [*COMPOSE.values(), *LEARN.values(), options.SHOWN_COUNT]
NUMBERS = [option for option in ALL if option.low is not None or option.above is not None]
SHOWN = COMPOSE | {"count": options.SHOWN_COUNT}
OF_A_DATACLASS = [
    (Wish, COMPOSE, {"bars", "form", "key", "tempo"}, {}),
    (Sampling, COMPOSE, {"temperature", "min_p", "sampling"}, {"sampling": "way"}),
    (
        Limits,
        COMPOSE,
        {"copy_limit", "melody_limit"},
        {"copy_limit": "texture", "melody_limit": "melody"},
    ),
    (Plan, LEARN, {"minutes", "epochs", "patience", "seed"}, {}),
]


def default_of(kind, name):
    default = inspect.signature(kind).parameters[name].default
    assert default is not inspect.Parameter.empty
    return default


@pytest.mark.parametrize(("kind", "table", "names", "other_names"), OF_A_DATACLASS)
def test_dataclasses_have_the_defaults_of_the_table(kind, table, names, other_names):
    for name in names:
        assert default_of(kind, other_names.get(name, name)) == table[name].default, name


@pytest.mark.parametrize(("command", "table"), [("compose", COMPOSE), ("learn", LEARN)])
def test_the_command_line_has_the_defaults_and_the_help_of_the_table(command, table):
    typed = {p.name: p for p in typer.main.get_command(app).commands[command].params}
    for name, option in table.items():
        assert typed[name].help.startswith(option.help), name
        if option is not options.BARS:  # the command's own default is a form
            assert typed[name].default == option.default, name


@pytest.mark.parametrize(
    ("schema", "table"), [(ComposeRequest, SHOWN), (VaryRequest, SHOWN), (LearnRequest, LEARN)]
)
def test_schemas_have_the_defaults_and_the_ranges_of_the_table(schema, table):
    properties = schema.model_json_schema()["properties"]
    ranges = {
        "low": "minimum",
        "high": "maximum",
        "above": "exclusiveMinimum",
        "below": "exclusiveMaximum",
    }
    for name in table.keys() & schema.model_fields.keys():
        option, found = table[name], properties[name]
        if option not in (options.BARS, options.MINUTES):
            assert found.get("default") == option.default, name
        for end, keyword in ranges.items():
            assert found.get(keyword) == getattr(option, end), (name, end)


def test_the_library_has_the_defaults_of_the_table():
    parameters = inspect.signature(learn).parameters
    assert parameters["model"].default == DEFAULT_MODEL == options.MODEL.default
    assert parameters["held_out"].default == HELD_OUT == options.HELD_OUT.default


def test_the_help_names_all_kinds_of_models():
    assert all(name in options.MODEL.help for name in model_names())


@pytest.mark.parametrize("option", NUMBERS, ids=lambda option: option.name)
def test_the_ends_of_a_range_are_taken_and_nothing_beyond(option):
    option.check(option.default)
    option.check(None)
    for end in (option.low, option.high):
        if end is not None:
            option.check(end)
    beyond = [option.low and option.low - 1, option.high and option.high + 1]
    for value in (*beyond, option.above, option.below, float("nan")):
        if (value is not None and value != 0) or value == option.above == 0:
            with pytest.raises(BadOption, match=f"^{option.words} "):
                option.check(value)


def test_choices_are_named():
    with pytest.raises(BadOption, match="choose sample, argmax, unloop"):
        options.SAMPLING.check("dice")


def test_names_are_the_keys():
    assert all(isinstance(option, Option) for option in ALL)
    assert all(name == option.name for name, option in (COMPOSE | LEARN).items())
