"""A folder is divided so that a file that comes or goes changes few jobs."""

import pytest

from ragsmith.cluster import jobs as dividing
from ragsmith.cluster.jobs import jobs_of
from ragsmith.cluster.stores import Listed, store_at
from ragsmith.corpus.record import Manner


@pytest.fixture
def jobs(monkeypatch, tmp_path):
    """The jobs of some names, about four files each."""
    monkeypatch.setattr(dividing, "MEAN_FILES", 4)
    monkeypatch.setattr(dividing, "MOST_FILES", 8)

    def divided(names, grid=4):
        files = [Listed(name, 1, "one") for name in sorted(names)]
        return jobs_of(store_at(str(tmp_path)), files, Manner(grid))

    return divided


NAMES = [f"{number:03}.mid" for number in range(200)]


def test_every_file_is_in_one_job_in_order(jobs):
    divided = jobs(NAMES)
    assert [file.path for job in divided for file in job.files] == NAMES
    assert 25 <= len(divided) <= 100
    assert max(len(job.files) for job in divided) <= 8


def test_a_file_that_comes_or_goes_leaves_the_shards_of_the_others(jobs):
    before = {job.shard for job in jobs(NAMES)}
    for names in ([*NAMES, "100a.mid"], [name for name in NAMES if name != "100.mid"]):
        after = {job.shard for job in jobs(names)}
        assert 1 <= len(before - after) <= 4


def test_another_grid_or_content_has_another_shard(jobs):
    assert not {job.shard for job in jobs(NAMES)} & {job.shard for job in jobs(NAMES, 12)}
