"""The passage of the corpus that comes nearest, beside the piece's own."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from ragsmith.corpus.cache_files import store
from ragsmith.corpus.record import Record
from ragsmith.originality.check import check
from ragsmith.piece import Piece
from ragsmith.studio.library import Library, new_id
from ragsmith.studio.opening import bare_facts
from ragsmith.studio.source import source
from ragsmith.verbs import clip, transpose
from support import reader
from support.browser import Browser, studio
from support.fakes import a_rag
from support.reader import in_browser

WHOLE = a_rag(3, bars=12)
BAR = WHOLE.bars[0].length
EXCERPT = transpose(clip(WHOLE, 4 * BAR, 7 * BAR), 2)
"""Three bars of the whole, a tone higher."""
PAUSES = ".passages [aria-label^=Pause]"


def run_of(piece: Piece, lane: str) -> dict[str, Any]:
    """What the piece shares with the whole, as the library keeps it."""
    run: dict[str, Any] = check(piece, [WHOLE]).as_json()[f"longest_{lane}"]
    return run | {"file": "kern/whole.mid"}


@pytest.fixture
def places(tmp_path: Path) -> tuple[str, str]:
    """Where the excerpt lies, and a corpus with the whole."""
    piece, corpus = tmp_path / "piece.npz", tmp_path / "corpus"
    store(piece, Record(""), EXCERPT)
    corpus.mkdir()
    WHOLE.save(corpus / "whole.mid")
    return str(piece), str(corpus)


@pytest.mark.parametrize("lane", ["texture", "melody"])
def test_a_passage_stands_beside_its_source(places: tuple[str, str], lane: str) -> None:
    piece, corpus = places
    both = source(lambda _: None, piece, run_of(EXCERPT, lane), lane, ["/nowhere", corpus])
    assert both["at_hand"]

    def passage(side: dict[str, Any]) -> list[tuple[float, int]]:
        start, end = side["run"]
        return [(at - start, pitch) for at, _, pitch, _ in side["notes"] if start <= at < end]

    moved = [(at, pitch + 2) for at, pitch in passage(both["theirs"])]
    assert passage(both["mine"]) == moved
    assert both["theirs"]["end"] > both["mine"]["end"]


def test_another_file_of_that_name_is_not_shown(places: tuple[str, str]) -> None:
    piece, corpus = places
    run = run_of(EXCERPT, "texture")
    a_rag(9, bars=12).save(Path(corpus) / "whole.mid")
    assert source(lambda _: None, piece, run, "texture", [corpus]) == {"at_hand": False}
    (Path(corpus) / "whole.mid").write_bytes(b"no music")
    assert source(lambda _: None, piece, run, "texture", [corpus]) == {"at_hand": False}
    assert source(lambda _: None, piece, run, "texture", []) == {"at_hand": False}


@in_browser
@pytest.mark.slow
def test_both_are_seen_and_heard_where_the_corpus_is_at_hand(tmp_path: Path) -> None:
    library = Library(tmp_path / "library")
    number, runs = new_id(), check(EXCERPT, [WHOLE]).as_json()
    for run in ("longest_texture", "longest_melody"):
        runs[run]["file"] = "whole.mid"
    store(library.piece_file(number), Record(""), EXCERPT)
    facts = bare_facts(replace(EXCERPT, title="Mine")) | {"originality": runs, "compared": True}
    library.add_piece(facts | {"id": number}, "ragtime", "kept")
    library.close()
    with studio(tmp_path / "library") as address:
        browser = Browser(tmp_path, address)
        try:
            browser.size(*reader.SCREEN)
            browser.open(f"piece/{number}")
            browser.click(".source[data-lane=texture]")
            browser.until("document.querySelector('.passages .quiet')")
            browser.open("corpus")
            WHOLE.save(tmp_path / "whole.mid")
            browser.until("document.querySelector('#pick-files')")
            field = browser.driver.find_element("css selector", "#pick-files")
            field.send_keys(str(tmp_path / "whole.mid"))
            browser.until("document.querySelectorAll('tbody tr').length === 1")
            browser.open(f"piece/{number}")
            browser.click(".source[data-lane=texture]")
            browser.until("document.querySelectorAll('.passages canvas').length === 2")
            for part in (1, 2):
                browser.click(f".passages .part:nth-child({part}) .round")
                browser.until(
                    "document.querySelectorAll('.passages [aria-label^=Pause]').length === 1"
                )
            assert browser.complaints() == []
        finally:
            browser.close()
