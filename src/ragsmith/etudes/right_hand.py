"""The right hand: a melody with what stands under it, octaves and chords where it is accented."""

from __future__ import annotations

from collections.abc import Sequence

from ragsmith.etudes.harmony import Chord
from ragsmith.etudes.melody import Slot
from ragsmith.piece import Hand, Note

__all__ = ["TEXTURES", "right_hand"]

TEXTURES = ("thirds", "octaves", "chords")
"""What stands under accented notes: a third or a sixth, an octave, an octave and a chord tone."""
MELODY_VELOCITY, ACCENT_VELOCITY, INNER_VELOCITY = 84, 92, 70


def right_hand(
    slots: Sequence[Slot],
    pitches: Sequence[int],
    chords: Sequence[Chord],
    tonic: int,
    texture: str,
    left: Sequence[Note],
) -> list[Note]:
    """Notes in pulses: the melody, its longer notes dressed as the texture says.

    No note is added that touches what the left hand plays.
    """
    tops = [0] * len(chords)
    for note in left:
        for pulse in range(note.onset, note.onset + note.duration):
            tops[pulse] = max(tops[pulse], note.pitch)
    notes = []
    for slot, pitch in zip(slots, pitches, strict=True):
        accented = slot.duration >= 2
        velocity = ACCENT_VELOCITY if accented else MELODY_VELOCITY
        notes.append(Note(slot.onset, pitch, slot.duration, velocity, Hand.RIGHT))
        if not accented:
            continue
        end = slot.onset + slot.duration
        floor = max(tops[slot.onset : end])
        common = set.intersection(*(set(chord.tones) for chord in chords[slot.onset : end]))
        tones = {(tonic + tone) % 12 for tone in common}
        notes += [
            Note(slot.onset, under, slot.duration, INNER_VELOCITY, Hand.RIGHT)
            for under in _under(pitch, tones, texture, full=slot.duration >= 3 or slot.home)
            if under > floor + 2
        ]
    return notes


def _under(pitch: int, tones: set[int], texture: str, full: bool) -> list[int]:
    """Pitches under an accented note: a third or sixth, an octave, or an octave and a chord."""
    inner = [p for p in range(pitch - 3, pitch - 10, -1) if p % 12 in tones]
    if pitch % 12 not in tones:
        return []
    if full:
        return [*inner[:2], pitch - 12]
    if texture == "thirds":
        return inner[:1]
    return [pitch - 12] if texture == "octaves" else [*inner[:1], pitch - 12]
