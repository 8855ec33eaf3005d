"""Rhythms in ticks, 480 a quarter, and melodies in them."""

import random

from support.smf import strike

SWING = [320, 160] * 16
TRIPLETS = ([160] * 3 + [120] * 4) * 8
THIRTYSECONDS = [60] * 8 * 8
FREELY = [random.Random(7).randrange(60, 600) for _ in range(200)]


def melody(durations, seed=1):
    """Messages of one track, for `support.smf.file_of`."""
    draw = random.Random(seed)
    return [message for d in durations for message in strike(60 + draw.randrange(12), d)]
