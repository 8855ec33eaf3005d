"""Harmony: the chords of a piece, their names relative to a key, and progressions as text."""
