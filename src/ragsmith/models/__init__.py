"""Models: one protocol (`base`), one table of names (`registry`), one folder a family."""
