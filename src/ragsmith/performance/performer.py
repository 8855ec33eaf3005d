"""A piece becomes a performance: all rules together, by a seed and one dial."""

from __future__ import annotations

import numpy as np

from ragsmith import options
from ragsmith.hands import in_hands
from ragsmith.harmony.finder import chords_of
from ragsmith.performance.articulation import ends_played
from ragsmith.performance.pedalling import pedal_played
from ragsmith.performance.performance import (
    Performance,
    PlayedNote,
    TempoChange,
    as_played,
    ticks_for,
)
from ragsmith.performance.phrasing import phrases_of, strains_played
from ragsmith.performance.roles import roles_of
from ragsmith.performance.tempo import speed_of, tempos_played
from ragsmith.performance.timing import onsets_played, swung
from ragsmith.performance.velocities import velocities_played
from ragsmith.piece import Piece, checked_piece
from ragsmith.playing_order import unfold

__all__ = ["perform"]

STREAM = 3
"""Keeps these draws apart from those of composing, which have the same seed."""


def perform(
    piece: Piece,
    expression: float = options.EXPRESSION.default,
    seed: int = 0,
    swing: float = options.SWING.default,
) -> Performance:
    """How a pianist would play a piece, its repeats played.

    The same piece, expression and seed give the same performance. Velocities of a piece that has
    more than twelve of them are a pianist's, or learnt from pianists, and stay.

    Args:
        piece: what to play.
        expression: 0 plays as written, to the tick; 1 is as free as pianists are in romantic music.
        seed: of what hands do by chance.
        swing: 0 plays as written; 1 makes pairs of notes 2 to 1.

    Raises:
        BadOption: a value is out of range, or what is given is no piece.

    >>> import ragsmith
    >>> rag = ragsmith.datasets.rags()[0]
    >>> performance = ragsmith.perform(rag, expression=0.5, seed=1)
    >>> len(performance.notes) == len(performance.piece.notes), len(performance.pedal) > 50
    (True, True)
    """
    expression = options.EXPRESSION.check(expression)
    swing = options.SWING.check(swing)
    seed = options.SEED.check(seed)
    played = unfold(checked_piece(piece))
    if not played.notes or not (expression or swing):
        return as_played(played)
    return _with_expression(in_hands(played), expression, seed, swing)


def _with_expression(piece: Piece, expression: float, seed: int, swing: float) -> Performance:
    """The performance of an unfolded piece in known hands."""
    per_quarter = ticks_for(piece.steps_per_quarter)
    ticks = per_quarter // piece.steps_per_quarter
    draws = [np.random.default_rng([STREAM, seed, rule]) for rule in range(3)]
    strains = strains_played(piece)
    phrases = phrases_of(piece, strains)
    roles = roles_of(piece)
    chords = chords_of(piece)
    tempos = tempos_played(piece, strains, phrases, expression, draws[0])
    velocities = velocities_played(piece, roles, strains, phrases, chords, expression, draws[1])
    starts, pitches, durations, _, _ = piece.to_array().T
    speed = speed_of(tempos, per_quarter)
    places = ticks * swung(piece, starts, swing)
    onsets = onsets_played(piece, places, velocities, speed(starts), expression, draws[2])
    written_ends = ticks * swung(piece, starts + durations, swing)
    ends = ends_played(piece, roles, phrases, onsets, written_ends, speed(starts), expression)
    columns = (onsets, pitches, ends - onsets, np.array(velocities))
    notes = map(PlayedNote, *(column.tolist() for column in columns))
    pedal = pedal_played(piece, chords, ticks, speed, expression)
    changes = (TempoChange(t.step * ticks, t.microseconds) for t in tempos)
    return Performance(piece, tuple(notes), tuple(changes), tuple(pedal), per_quarter)
