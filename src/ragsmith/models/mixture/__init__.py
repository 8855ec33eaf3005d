"""Models that predict together."""
