"""Learn the style of a folder of piano music, and compose new pieces in it."""

__version__ = "0.1.0"
