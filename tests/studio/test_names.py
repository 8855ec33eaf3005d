"""Names that nobody sees, and models that are gone when they are asked for."""

import pytest
from pydantic import ValidationError

from ragsmith.errors import BadBundle
from ragsmith.processes.children import Child, TaskFailed
from ragsmith.studio.composing import compose
from ragsmith.studio.schemas import ComposeRequest, Named


@pytest.mark.parametrize(
    "name",
    ["\u200b", "\u200b \u200d", "\ufeff", "\u2060\u2063", "\u3164", "\u2800", "\u0301"],
)
def test_a_name_of_which_nothing_is_seen_is_refused(name):
    with pytest.raises(ValidationError, match="nothing that can be seen"):
        Named(name=name)


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Rags\u200b", "Rags"),
        ("\ufeffMy \u2060rags", "My rags"),
        ("Ragtime é 1899", "Ragtime é 1899"),
        ("\U0001f469\u200d\U0001f3a4", "\U0001f469\u200d\U0001f3a4"),
        ("क्\u200dष", "क्\u200dष"),
        ("5", "5"),
        ("!", "!"),
    ],
)
def test_what_has_no_width_is_taken_out_of_a_name(name, shown):
    assert Named(name=name).name == shown


def test_a_model_that_was_removed_is_told_in_one_line(tmp_path):
    asked = ComposeRequest(bars=2).as_json()
    with pytest.raises(BadBundle, match="the model: is gone from the library; choose another one"):
        compose(print, str(tmp_path / "none.ragsmith"), asked, [1], str(tmp_path))


def test_it_leaves_no_traceback_in_the_childs_log(tmp_path, capfd):
    asked = ComposeRequest(bars=2).as_json()
    model = str(tmp_path / "none.ragsmith")
    child = Child()
    try:
        with pytest.raises(TaskFailed, match="is gone from the library"):
            child.ask(
                "ragsmith.studio.composing:compose",
                {"model": model, "fields": asked, "seeds": [1], "folder": str(tmp_path)},
            )
    finally:
        child.end()
    assert "Traceback" not in capfd.readouterr().err
