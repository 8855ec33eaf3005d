"""Rules: each accepts or rejects a proposed step."""
