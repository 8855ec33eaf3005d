import math
import xml.etree.ElementTree as ET

from hypothesis import given
from hypothesis import strategies as st

from ragsmith.chart import HEIGHT, WIDTH, line_chart

SVG = "{http://www.w3.org/2000/svg}"
numbers = st.floats(-1e6, 1e6)
points = st.lists(st.tuples(numbers, numbers), max_size=6)


def drawn(lines, **labels):
    said = {"title": "loss", "x_label": "epoch", "y_label": "nats"} | labels
    return ET.fromstring(line_chart(lines, **said))


def coordinates(line):
    return [tuple(map(float, p.split(","))) for p in line.get("points").split()]


@given(st.dictionaries(st.text("abc<>&\"'é", min_size=1), points, max_size=8))
def test_every_line_with_points_is_drawn_inside_the_frame(lines):
    chart = drawn(lines)
    polylines = chart.findall(f"{SVG}polyline")
    shown = [points for points in lines.values() if points]
    assert [len(coordinates(line)) for line in polylines] == [len(points) for points in shown]
    for line in polylines:
        assert all(0 <= x <= WIDTH and 0 <= y <= HEIGHT for x, y in coordinates(line))
    texts = [t.text for t in chart.findall(f"{SVG}text")]
    assert {name for name, points in lines.items() if points} <= set(texts)


def test_higher_values_stand_higher_and_later_ones_further_right():
    (line,) = drawn({"a": [(1, 5.0), (2, 3.0), (3, 4.0)]}).findall(f"{SVG}polyline")
    (x1, y1), (x2, y2), (x3, y3) = coordinates(line)
    assert x1 < x2 < x3
    assert y1 < y3 < y2


def test_what_is_no_number_is_left_out():
    lines = {"diverged": [(1, math.nan), (2, math.inf)], "sound": [(1, 2.0), (2, math.inf)]}
    (line,) = drawn(lines).findall(f"{SVG}polyline")
    assert len(coordinates(line)) == 1
    assert "nan" not in line_chart(lines, "t", "x", "y")


def test_labels_are_escaped():
    texts = [t.text for t in drawn({}, title="<a> & b").findall(f"{SVG}text")]
    assert "<a> & b" in texts
