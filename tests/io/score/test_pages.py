"""The pages of a score, each in its file."""

import io
from xml.etree import ElementTree

import pytest
from PIL import Image

from ragsmith.errors import BadFile
from ragsmith.io.score.pages import write_pages


def svg(text):
    return f'<svg xmlns="http://www.w3.org/2000/svg"><text>{text}</text></svg>'.encode()


def png(shade):
    data = io.BytesIO()
    Image.new("L", (4, 4), shade).save(data, "png")
    return data.getvalue()


def names(folder):
    return sorted(path.name for path in folder.iterdir())


@pytest.mark.parametrize(("suffix", "page"), [(".svg", svg), (".png", png)])
def test_pages_of_a_longer_score_are_removed(suffix, page, tmp_path):
    path = tmp_path / f"a{suffix}"
    assert write_pages([page(i) for i in range(12)], path) == path
    assert len(names(tmp_path)) == 12
    write_pages([page(7), page(8)], path)
    assert names(tmp_path) == [f"a-2{suffix}", f"a{suffix}"]
    write_pages([page(9)], path)
    assert names(tmp_path) == [f"a{suffix}"]


@pytest.mark.parametrize(("suffix", "page"), [(".svg", svg), (".png", png)])
@pytest.mark.parametrize("number", [2, 3, 5])
def test_files_of_others_are_not_written_over(suffix, page, number, tmp_path):
    place = tmp_path / f"a-{number}{suffix}"
    place.write_bytes(page(1))
    with pytest.raises(BadFile, match=f"exists already, and page {number} would"):
        write_pages([page(i) for i in range(5)], tmp_path / f"a{suffix}")
    assert place.read_bytes() == page(1)
    assert [path.name for path in tmp_path.iterdir()] == [place.name]


@pytest.mark.parametrize(("suffix", "page"), [(".svg", svg), (".png", png)])
def test_files_of_others_stay(suffix, page, tmp_path):
    write_pages([page(1), page(2), page(3)], tmp_path / f"b{suffix}")
    moved = (tmp_path / f"b-3{suffix}").rename(tmp_path / f"a-2{suffix}")
    (tmp_path / f"a-3{suffix}").write_bytes(page(4))
    write_pages([page(5)], tmp_path / f"a-4{suffix}")
    (tmp_path / f"c-2{suffix}").mkdir()
    before = names(tmp_path)
    write_pages([page(6)], tmp_path / f"a{suffix}")
    write_pages([page(6)], tmp_path / f"c{suffix}")
    assert names(tmp_path) == sorted([*before, f"a{suffix}", f"c{suffix}"])
    assert moved.exists()


def test_marked_pages_can_be_read(tmp_path):
    write_pages([svg("one"), svg("two")], tmp_path / "a.svg")
    assert "".join(ElementTree.parse(tmp_path / "a-2.svg").getroot().itertext()) == "two"
    write_pages([png(1), png(2)], tmp_path / "a.png")
    with Image.open(tmp_path / "a-2.png") as image:
        image.load()
        assert image.getpixel((0, 0)) == 2
        assert list(image.text) == ["Comment"]
