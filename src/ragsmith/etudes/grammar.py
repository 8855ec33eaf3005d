"""Composes the études: a seed and a recipe in, a piece in ragtime form out."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from random import Random
from typing import NamedTuple

from ragsmith.etudes.catalogue import ETUDES, Recipe, Strain
from ragsmith.etudes.figures import DUPLE, TRIPLE, Figure, Vocabulary
from ragsmith.etudes.harmony import draw_harmony, draw_introduction, draw_openings, over_time
from ragsmith.etudes.left_hand import left_hand
from ragsmith.etudes.melody import plan_introduction, plan_strain, sing
from ragsmith.etudes.right_hand import right_hand
from ragsmith.piece import Hand, Key, Metre, Note, Piece, Section, Tempo, normalise, regular_bars

__all__ = ["compose_etude"]

STRAIN_BARS, INTRODUCTION_BARS = 16, 4
ORDER = ("Intro", "A", "A", "B", "B", "A", "Trio", "Trio")
SPECIAL_BARS: tuple[dict[int, str], ...] = ({}, {3: "walk", 11: "walk"}, {12: "break"})
"""What the left hand may do in a strain beside walking home from the half close."""


class Part(NamedTuple):
    """A strain or the introduction: notes in pulses from its own beginning, its key, its bars."""

    name: str
    notes: list[Note]
    fifths: int
    bars: int


def compose_etude(number: int) -> Piece:
    """Étude `number`, from 1 to 12: an introduction and three strains of sixteen bars, the trio a
    fourth higher. Strains are written once; `order` says how they are repeated. The same number
    gives the same notes on every machine.

    Raises:
        ValueError: there is no étude of that number.
    """
    if not 1 <= number <= len(ETUDES):
        raise ValueError(f"there is no étude {number}; they go from 1 to {len(ETUDES)}")
    recipe = ETUDES[number - 1]
    words = TRIPLE if recipe.metre == Metre(3, 4) else DUPLE
    parts = _parts(Random(number), recipe, words)
    return _assembled(f"Étude No. {number}: {recipe.title}", recipe, words, parts)


def _parts(random: Random, recipe: Recipe, words: Vocabulary) -> list[Part]:
    count = len(recipe.strains)
    heads = random.sample(words.heads, 2 * count)
    openings = draw_openings(random, count)
    parts = [_introduction(random, words, heads[0], recipe.fifths)]
    for place, (strain, opening) in enumerate(zip(recipe.strains, openings, strict=True)):
        fifths = recipe.fifths - (strain.name == "Trio")
        pair = heads[2 * place : 2 * place + 2]
        parts.append(_strain(random, words, strain, opening, pair, fifths))
    return parts


def _introduction(random: Random, words: Vocabulary, head: Figure, fifths: int) -> Part:
    """Three bars of both hands in octaves, then the dominant."""
    pulses = words.pulses
    tonic = _tonic(fifths, 70)
    chords = over_time(draw_introduction(random), pulses)
    slots = plan_introduction(random, words, head, tonic)
    pitches = sing(slots, chords, tonic, pulses)
    last = 3 * pulses
    left = [
        n._replace(onset=n.onset + last)
        for n in left_hand(chords[last:], tonic, pulses, "octaves", {})
    ]
    melody = right_hand(slots, pitches, chords, tonic, "chords", left)
    notes = left + [n for n in melody if n.onset >= last]
    for slot, pitch in zip(slots, pitches, strict=True):
        if slot.onset < last:
            for fall, hand in ((0, Hand.RIGHT), (12, Hand.RIGHT), (24, Hand.LEFT)):
                notes.append(Note(slot.onset, pitch - fall, slot.duration, 84, hand))
    return Part("Intro", notes, fifths, INTRODUCTION_BARS)


def _strain(
    random: Random,
    words: Vocabulary,
    strain: Strain,
    opening: str,
    heads: Sequence[Figure],
    fifths: int,
) -> Part:
    """Sixteen bars: the melody of the first eight, then the rest, which begins like them."""
    pulses = words.pulses
    centre = random.uniform(73, 77)
    tonic = _tonic(fifths, centre - 1)
    chords = over_time(draw_harmony(random, opening), pulses)
    special = {7: "walk", **random.choice(SPECIAL_BARS)}
    slots = plan_strain(random, words, heads, tonic, centre)
    half = 8 * pulses
    first = [s for s in slots if s.onset < half]
    pitches = sing(first, chords, tonic, pulses)
    again = {s.onset + half: p for s, p in zip(first, pitches, strict=True) if s.onset < half // 2}
    pitches += sing(slots[len(first) :], chords, tonic, pulses, again)
    left = left_hand(chords, tonic, pulses, strain.bass, special)
    right = right_hand(slots, pitches, chords, tonic, strain.texture, left)
    return Part(strain.name, left + right, fifths, STRAIN_BARS)


def _tonic(fifths: int, near: float) -> int:
    """The tonic of the major key of that signature nearest to a pitch."""
    return min(
        (p for p in range(60, 90) if (p - 7 * fifths) % 12 == 0), key=lambda p: abs(p - near)
    )


def _assembled(title: str, recipe: Recipe, words: Vocabulary, parts: Sequence[Part]) -> Piece:
    """The parts one after the other, pulses turned into sixteenths."""
    steps_per_pulse = recipe.metre.steps(4) // words.pulses
    notes: list[Note] = []
    starts = [0]
    for part in parts:
        notes += [
            n._replace(
                onset=starts[-1] + n.onset * steps_per_pulse, duration=n.duration * steps_per_pulse
            )
            for n in part.notes
        ]
        starts.append(starts[-1] + part.bars * recipe.metre.steps(4))
    keys = [
        Key(start, part.fifths)
        for start, part, last in zip(starts, parts, [None, *parts], strict=False)
        if last is None or part.fifths != last.fifths
    ]
    sections = [
        Section(part.name, *edges) for part, edges in zip(parts, pairwise(starts), strict=True)
    ]
    return Piece(
        notes=normalise(notes),
        bars=regular_bars(starts[-1], [(0, recipe.metre)]),
        keys=tuple(keys),
        tempos=(Tempo(0, round(60_000_000 / recipe.tempo)),),
        sections=tuple(sections),
        order=ORDER,
        title=title,
        composer="Ragsmith",
    )
