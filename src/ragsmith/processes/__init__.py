"""Tasks in child processes: what is slow, heavy or may crash is done there."""
