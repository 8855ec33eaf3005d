"""Without the extra `ragsmith[cluster]` there is nothing to test here."""

from importlib.util import find_spec

NEEDED = ("dask", "distributed", "fsspec", "moto", "pandas", "pyarrow", "s3fs")
collect_ignore_glob = [] if all(map(find_spec, NEEDED)) else ["test_*.py"]
