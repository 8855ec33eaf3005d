"""What a shard keeps of a file is what was read."""

from io import BytesIO
from types import SimpleNamespace

import numpy as np
import pyarrow.parquet as pq
import pytest

from ragsmith.cluster.shards import FACTS, PRINTS, entry_of, pieces_in, print_of, row_of, table_of
from ragsmith.corpus.record import Manner, Record, read_record
from support.fakes import a_piece


@pytest.fixture
def table(tmp_path):
    """A piece, its record, and a shard with it, a file that could not be read and an odd name."""
    record, piece = read_record(a_piece().save(tmp_path / "a.mid"), Manner(4))
    rows = [
        row_of("a.mid", "key", "digest", record, 4, piece),
        row_of("b\udcff.mid", "", "", Record("is no music; leave it out"), 4, None),
    ]
    table = pq.read_table(BytesIO(table_of(rows)))
    return SimpleNamespace(piece=piece, record=record, rows=table.to_pylist(), table=table)


def test_facts_fingerprint_and_piece_come_back(table):
    assert set(FACTS) | set(PRINTS) <= set(table.table.column_names)
    assert next(pieces_in(table.table["piece"])) == table.piece
    entry = entry_of(table.rows[0])
    assert (entry.notes, entry.moved) == (table.record.notes, table.record.moved)
    known, print_ = table.record.fingerprint, print_of(table.rows[0])
    assert print_.notes == known.notes
    for mine, theirs in ((print_.melody, known.melody), (print_.texture, known.texture)):
        assert np.array_equal(mine.hashes, theirs.hashes)
        assert mine.limit == theirs.limit


def test_a_file_that_cannot_be_read_has_its_reason_and_an_escaped_name(table):
    lost = table.rows[1]
    assert (lost["path"], lost["verdict"]) == ("b\\udcff.mid", "reject")
    assert lost["reason"] == "is no music; leave it out"
    assert list(pieces_in(table.table["piece"]))[1] is None
