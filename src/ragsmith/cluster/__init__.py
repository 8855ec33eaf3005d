"""Reading and learning beyond one machine: an extra, `pip install "ragsmith[cluster]"`.

Dask runs the tasks, fsspec opens the folders, Arrow keeps what was read; what is done to a file is
done by `ragsmith.corpus`, whichever machine does it.
"""

from ragsmith.cluster.corpus import ShardCorpus, open_shards
from ragsmith.cluster.doctor import read_on

__all__ = ["ShardCorpus", "open_shards", "read_on"]
