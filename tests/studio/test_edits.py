"""Pieces changed by hand through the API: notes, strains, undo, versions, two pages at once."""

import pytest

from ragsmith.note_names import names_of
from support.stock import stock
from support.studios import events, studio


@pytest.fixture(scope="module")
def here(tmp_path_factory):
    """A client of a studio with a rag and a quick model."""
    folder = tmp_path_factory.mktemp("library")
    goods = stock(folder)
    with studio(folder) as client:
        client.goods = goods
        yield client


@pytest.fixture
def rag(here):
    """Calls on a copy of the rag: `rag(path, body)` posts, `rag(path)` gets."""
    content = here.get(f"/api/pieces/{here.goods.piece}/files/mid").content
    number = here.post("/api/pieces", files={"file": ("own.mid", content)}).json()["id"]

    def call(path, body=None):
        place = f"/api/pieces/{number}/{path}".rstrip("/")
        answer = here.get(place) if body is None else here.post(place, json=body)
        assert answer.status_code == 200, answer.text
        return answer.json()

    call.number = number
    return call


def moved(note, semitones=1):
    onset, pitch, *rest = note
    return {"place": [onset, pitch], "note": [onset, pitch + semitones, *rest]}


def test_notes_are_changed_in_every_pass_and_all_else_stays(rag):
    before, heard = rag("notes"), rag("playing")
    assert (before["version"], before["can_undo"], before["can_redo"]) == (0, False, False)
    note = before["notes"][60]
    after = rag("edit", {"version": 0, "edits": [moved(note)]})
    assert (after["version"], after["can_undo"]) == (1, True)
    assert len(after["notes"]) == len(before["notes"])
    heard_now = rag("playing")
    assert [bar["number"] for bar in heard_now["bars"]] == [b["number"] for b in heard["bars"]]
    places = [(n["step"], n["pitch"]) for n in heard_now["notes"]]
    assert places.count((note[0], note[1] + 1)) == heard["places"].count(note[0])
    about = rag("")
    assert (about["version"], about["compared"], about["state"]) == (1, False, "kept")
    assert rag("notes") == after


def test_a_note_is_called_otherwise(here, rag):
    first = rag("notes")
    note = first["notes"][0]
    other = {"place": note[:2], "note": note, "name": "A" if note[1] % 12 == 0 else "C"}
    refused = here.post(f"/api/pieces/{rag.number}/edit", json={"version": 0, "edits": [other]})
    assert refused.status_code == 400
    assert "cannot be called" in refused.json()["error"]
    names = [str(name) for name in names_of(note[1])]
    spelt = next(name for name in names if name != first["names"][0])
    after = rag("edit", {"version": 0, "edits": [other | {"name": spelt}]})
    assert (after["names"][0], after["names"][1:]) == (spelt, first["names"][1:])
    assert after["notes"] == first["notes"]
    assert rag("undo", {"version": 1})["names"] == first["names"]


def test_undo_and_redo_go_back_and_forth_as_far_as_one_likes(rag):
    first = rag("notes")
    states = [first]
    for pitch in range(3):
        note = states[-1]["notes"][pitch]
        body = {"version": states[-1]["version"], "edits": [{"place": note[:2], "note": None}]}
        states.append(rag("edit", body))
    for earlier in reversed(states[:-1]):
        now = rag("undo", {"version": rag("notes")["version"]})
        assert (now["notes"], now["version"]) == (earlier["notes"], earlier["version"])
    assert not now["can_undo"]
    for later in states[1:]:
        now = rag("redo", {"version": now["version"]})
        assert now["notes"] == later["notes"]
    assert not now["can_redo"]
    rag("undo", {"version": 3})
    other = rag("edit", {"version": 2, "edits": [moved(states[2]["notes"][9])]})
    assert (other["version"], other["can_redo"]) == (4, False)


def test_two_pages_never_write_over_each_other(here, rag):
    note, other = rag("notes")["notes"][:2]
    rag("edit", {"version": 0, "edits": [moved(note)]})
    place = f"/api/pieces/{rag.number}/edit"
    refused = here.post(place, json={"version": 0, "edits": [moved(other)]})
    assert refused.status_code == 409
    assert refused.json()["error"] == (
        "the piece: has been changed on another page since (version 1, and yours is 0); "
        "look at it again, then change it"
    )
    both = rag("edit", {"version": 1, "edits": [moved(other)]})["notes"]
    assert [note[0], note[1] + 1] in [row[:2] for row in both]
    assert [other[0], other[1] + 1] in [row[:2] for row in both]


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("undo", {"version": 0}),
        ("redo", {"version": 0}),
        ("versions/9/restore", {"version": 0}),
        ("edit", {"version": 0, "edits": [{"place": [0, 3], "note": None}]}),
        ("edit", {"version": 0, "edits": [{"place": None, "note": [0, 60, 4, 80, 7]}]}),
        ("strains", {"version": 0, "strains": ["Z"]}),
        ("simplify", {"level": 10}),
        ("propose", {"first_bar": 5, "last_bar": 999}),
    ],
)
def test_what_cannot_be_is_told_in_a_line_and_changes_nothing(here, rag, path, body):
    answer = here.post(f"/api/pieces/{rag.number}/{path}", json=body)
    assert 400 <= answer.status_code < 500
    assert "; " in answer.json()["error"]
    assert rag("notes")["version"] == 0


def test_versions_have_names_and_come_back(rag):
    first = rag("notes")
    named = rag("versions", {"version": 0, "name": "As it came"})
    assert [row["name"] for row in named["versions"]] == ["As it came"]
    rag("edit", {"version": 0, "edits": [moved(first["notes"][0])]})
    back = rag("versions/0/restore", {"version": 1})
    assert (back["notes"], back["version"]) == (first["notes"], 2)
    assert rag("undo", {"version": 2})["notes"] != first["notes"]


@pytest.mark.slow
def test_what_is_edited_is_checked_anew(rag):
    rag("compare", {})
    note = rag("notes")["notes"][0]
    rag("edit", {"version": 0, "edits": [{"place": note[:2], "note": None}]})
    assert not rag("")["compared"]
    compared = rag("compare", {})
    assert (compared["compared"], compared["version"]) == (True, 1)
    rag("undo", {"version": 1})
    assert rag("")["compared"]


def test_files_are_those_of_the_version(here, rag):
    place = f"/api/pieces/{rag.number}/files/mid"
    before = here.get(place).content
    note = rag("notes")["notes"][0]
    rag("edit", {"version": 0, "edits": [{"place": note[:2], "note": None}]})
    assert here.get(place).content != before
    rag("undo", {"version": 1})
    assert here.get(place).content == before


def test_strains_are_played_in_another_order(here):
    place = f"/api/pieces/{here.goods.piece}"
    strains = here.get(f"{place}/notes").json()["strains"]
    bars = here.get(f"{place}/playing").json()["bars"]
    body = {"version": 0, "strains": [name for name in strains if name != "B"]}
    after = here.post(f"{place}/strains", json=body).json()
    assert after["strains"] == ["Intro", "A", "A", "A"]
    assert len(here.get(f"{place}/playing").json()["bars"]) < len(bars)
    here.post(f"{place}/undo", json={"version": 1})
    assert here.get(f"{place}/playing").json()["bars"] == bars


@pytest.mark.slow
def test_proposals_for_bars_are_edits(here):
    place = f"/api/pieces/{here.goods.piece}"
    state, bars = here.get(f"{place}/notes").json(), here.get(f"{place}/playing").json()["bars"]
    body = {"first_bar": 6, "last_bar": 7, "count": 2, "seed": 1}
    job = here.post(f"{place}/propose", json=body).json()["job"]
    proposals = [event for event in events(here, job) if event["type"] == "proposal"]
    assert [proposal["candidate"] for proposal in proposals] == [0, 1]
    starts = [bar["place"] for bar in bars if 6 <= bar["number"] <= 7]
    for proposal in proposals:
        places = [edit[0] or edit[1][:2] for edit in proposal["edits"]]
        assert all(min(starts) <= onset < max(starts) + 8 for onset, _ in places)
        edits = [{"place": old, "note": new} for old, new in proposal["edits"]]
        body = {"version": state["version"], "edits": edits}
        state = here.post(f"{place}/edit", json=body).json()
        state = here.post(f"{place}/undo", json={"version": state["version"]}).json()


@pytest.mark.slow
def test_an_easier_version_is_a_piece_of_its_own(here):
    place = f"/api/pieces/{here.goods.piece}"
    made = here.post(f"{place}/simplify", json={"level": 4}).json()
    easier = here.get(f"/api/pieces/{made['id']}").json()
    assert easier["parent"] == here.goods.piece
    assert easier["difficulty"] == made["after"] < made["before"]


@pytest.mark.slow
def test_a_piece_is_moved_into_another_key_and_tempo_and_back(here):
    place = f"/api/pieces/{here.goods.piece}"
    before, music = here.get(place).json(), here.get(f"{place}/notes").json()
    wish = {"version": music["version"], "semitones": 2, "tempo": 45}
    moved = here.post(f"{place}/key-and-tempo", json=wish).json()
    assert [note[1] for note in moved["notes"]] == [note[1] + 2 for note in music["notes"]]
    after = here.get(place).json()
    assert after["seconds"] > before["seconds"]
    assert (before["key"], after["key"]) == ("Bb", "C")
    chords = here.get(f"{place}/score", params={"width": 600, "chords": True}).json()["pages"]
    assert "harm" in chords[0]
    assert "harm" not in here.get(f"{place}/score", params={"width": 600}).json()["pages"][0]
    here.post(f"{place}/undo", json={"version": moved["version"]})
    assert here.get(place).json()["key"] == before["key"]
    answer = here.post(f"{place}/key-and-tempo", json={"version": 99, "semitones": 1})
    assert answer.status_code == 409


@pytest.mark.slow
def test_versions_outlast_a_restart_and_go_with_their_piece(tmp_path):
    goods = stock(tmp_path)
    place = f"/api/pieces/{goods.piece}"
    with studio(tmp_path) as client:
        note = client.get(f"{place}/notes").json()["notes"][0]
        edited = client.post(f"{place}/edit", json={"version": 0, "edits": [moved(note)]}).json()
    with studio(tmp_path) as client:
        assert client.get(f"{place}/notes").json() == edited
        undone = client.post(f"{place}/undo", json={"version": 1}).json()
        assert note in undone["notes"]
        client.delete(place)
        client.delete(f"/api/bin/{goods.piece}")
        assert not list((tmp_path / "pieces").iterdir())


def test_chords_are_wished_and_errors_told_in_plain_words(here):
    place = "/api/compose"
    for chords, words in (
        ("Hm | F7", "chord 'Hm' in bar 1"),
        ("| |", "chords '| |': are none"),
    ):
        answer = here.post(place, json={"chords": chords, "form": "A(2)"})
        assert answer.status_code == 400, chords
        assert answer.json()["error"].startswith(words), answer.json()
        assert "--" not in answer.json()["error"]
