"""Readers: from a file of music to a piece on a grid, one file a format."""
