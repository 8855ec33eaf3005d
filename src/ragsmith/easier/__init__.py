"""Easier versions of a piece: the same melody, bass and harmony in fewer and nearer notes."""
