"""A sound bundle for the tests of this room."""

import pytest

from ragsmith.bundle.bundle import save_bundle
from support.bundles import example


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """The bytes of a sound bundle of an `element` model."""
    path = tmp_path_factory.mktemp("bundle") / "whole.ragsmith"
    return save_bundle(example("element"), path).read_bytes()
