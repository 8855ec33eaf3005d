"""Choices leant towards a planned chord, for models that write notes one by one.

By constants, under chords that are given and for models that know no chords: where the model
chooses the next note, notes outside the chord lose likelihood, most where harmony is clearest: in
the left hand, and on beats. The lowest note of a half bar prefers the chord's bass; tones that name
the chord (root and third, and a fifth that is not perfect) win while the half bar lacks them. Where
it chooses how long a note lasts, lengths lose that carry it into a chord of which it is no tone.
By nats that were learnt, under chords that are drawn for a model that is told them: what was
learnt for each kind of note is added (`ragsmith.measure.chord_use`), nothing else.
Either way what all notes together have stays as it was, and with it how many notes a step gets;
what the model holds likely among notes of one kind stays in proportion.
Source: the constants are ours.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ragsmith.chords import QUALITIES, Chord, ChordMark, tones_of
from ragsmith.composer.sampling import Leaning, LogP, Pick, upright
from ragsmith.keys import key_at
from ragsmith.measure.chord_use import ChordNats, Place, kinds_of, places_under
from ragsmith.models.base import Model, Step
from ragsmith.piece import LOWEST_PITCH, PIANO_KEYS, Piece

__all__ = ["NOT_LED", "TOLD", "ChordLeaning", "MatchedLeaning", "is_told"]

NOT_LED = ("element", "many-to-one", "multihot", "markov")
"""Models whose choices are no single notes, or whose hands are not told apart."""

HANDS = {PIANO_KEYS + 1: 1, 2 * PIANO_KEYS + 1: 2}
"""Hands of a model, by how many choices it has for a note: all keys of each hand, low to high, and
the end of the step."""
OUTSIDE_LEFT, OUTSIDE_ON_BEAT, OUTSIDE = 4.0, 3.0, 1.5
"""Nats that a note outside the chord loses: in the left hand, on a beat, and elsewhere."""
BASS = 1.5
"""Nats that the chord's bass wins as the lowest note of a half bar."""
NAMED_BASS = 6.0
"""Nats that a bass wins there which is named, whatever the strength: nobody who reads Eb/G wants an
Eb below it."""
LACKING = 2.2
"""Nats that a tone wins which the half bar lacks, and half as many again in its second half."""
TOO_LONG = 4.0
"""Nats that a note loses that sounds on into a chord of which it is no tone."""
TOLD = 0.5
"""Strength for a model that is told the chords: it leaves passing notes and neighbours in."""
PERFECT_FIFTH = 7
CLASSES = np.arange(LOWEST_PITCH, LOWEST_PITCH + PIANO_KEYS) % 12
"""The pitch class of each key."""


class ChordLeaning:
    """Leans the choices of every step towards the chord in force.

    Args:
        outline: its bars say where beats and half bars are.
        marks: the chords; under N.C. nothing is leant.
        strength: how much, 1 for a model that knows no chords.
        then: leans what comes of it further.
    """

    def __init__(
        self,
        outline: Piece,
        marks: Sequence[ChordMark],
        strength: float = 1.0,
        then: Leaning = upright,
    ) -> None:
        self._strength, self._then = strength, then
        self._places = places_under(outline, marks)

    def __call__(self, history: Sequence[Step], pick: Pick) -> Pick:
        """The chooser for the step after `history`, leant; to be made anew for every proposal."""
        step, pick = len(history), self._then(history, pick)
        place = self._places[step] if step < len(self._places) else None
        if place is None:
            return pick
        within = [onset.pitch % 12 for past in history[place.stretch.start :] for onset in past]
        present, chosen = set(within), list[int]()

        def leant(log_p: LogP) -> int:
            hands = HANDS.get(len(log_p))
            if hands is None:
                lengths = self._length_nats(step, chosen[-1:], len(log_p))
                return pick(log_p + self._strength * lengths)
            is_bass = not chosen and step == place.stretch.start
            nats = self._strength * _note_nats(place, step, hands, present, is_bass)
            log_p = _reweighted(log_p, nats)
            if is_bass and place.chord.bass is not None and hands == 2:
                log_p = _on_bass(log_p, place.chord.bass)
            choice = pick(log_p)
            if choice < hands * PIANO_KEYS:
                chosen.append(int(CLASSES[choice % PIANO_KEYS]))
                present.add(chosen[-1])
            return choice

        return leant

    def _length_nats(self, step: int, note: Sequence[int], lengths: int) -> NDArray[np.float64]:
        """What is added to each length of the note that was just chosen, (lengths,)."""
        nats = np.zeros(lengths)
        for later in range(step, min(step + lengths, len(self._places))):
            place = self._places[later]
            if note and place and note[0] not in tones_of(place.chord) and later > step:
                own = self._places[step]
                if own and own.chord != place.chord:
                    nats[later - step :] -= TOO_LONG
                    break
        return nats


class MatchedLeaning:
    """Leans the notes of every step by what was learnt for their kinds.

    Args:
        outline: its bars say where beats and half bars are, its keys what lies in the scale.
        marks: the chords; under N.C. nothing is leant.
        nats: of each kind.
    """

    def __init__(self, outline: Piece, marks: Sequence[ChordMark], nats: ChordNats) -> None:
        self._places, self._keys = places_under(outline, marks), outline.keys
        self._nats = np.array(nats.nats)

    def __call__(self, history: Sequence[Step], pick: Pick) -> Pick:
        """The chooser for the step after `history`, leant; to be made anew for every proposal."""
        step = len(history)
        place = self._places[step] if step < len(self._places) else None
        if place is None:
            return pick
        key, nats = key_at(self._keys, step), self._nats[:, int(place.on_beat)]
        struck = {onset.pitch % 12 for past in history[place.stretch.start :] for onset in past}

        def leant(log_p: LogP) -> int:
            if HANDS.get(len(log_p)) != 2:
                return pick(log_p)
            kinds = np.array(kinds_of(place.chord, key, frozenset(struck)))[CLASSES]
            choice = pick(_reweighted(log_p, nats[:, kinds].ravel()))
            if choice < 2 * PIANO_KEYS:
                struck.add(int(CLASSES[choice % PIANO_KEYS]))
            return choice

        return leant


def is_told(model: Model) -> bool:
    """Whether a model is told the chords of what it composes."""
    return bool(getattr(model.config, "harmony", False))


def _note_nats(
    place: Place, step: int, hands: int, present: set[int], is_bass: bool
) -> NDArray[np.float64]:
    """What is added to the log-probability of each note, (hands * 88,)."""
    chord = place.chord
    outside = ~np.isin(CLASSES, tones_of(chord))
    right = -(OUTSIDE_ON_BEAT if place.on_beat else OUTSIDE) * outside
    left = -OUTSIDE_LEFT * outside if hands == 2 else right.copy()
    lacking = [tone for tone in naming_tones(chord) if tone not in present]
    is_late = step - place.stretch.start >= len(place.stretch) // 2
    wins = LACKING * (1.5 if is_late else 1.0) * np.isin(CLASSES, lacking)
    if is_bass:
        left = left + BASS * ((chord.root if chord.bass is None else chord.bass) == CLASSES)
    return np.concatenate([left + wins, right + wins]) if hands == 2 else left + wins


def naming_tones(chord: Chord) -> tuple[int, ...]:
    """The pitch classes without which a chord is not itself: root, third, a fifth that is not
    perfect.

    >>> naming_tones(Chord(0, "7")), naming_tones(Chord(0, "dim"))
    ((0, 4), (0, 3, 6))
    """
    tones = QUALITIES[chord.quality]
    some = tones[:2] if PERFECT_FIFTH in tones else tones[:3]
    return tuple((chord.root + tone) % 12 for tone in some)


def _on_bass(log_p: LogP, bass: int) -> LogP:
    """The left hand's notes rather on a bass that is named; the hand as likely as before."""
    left = log_p[:PIANO_KEYS] + NAMED_BASS * (bass == CLASSES)
    before, after = (np.logaddexp.reduce(values) for values in (log_p[:PIANO_KEYS], left))
    if not np.isfinite(before):
        return log_p
    return np.concatenate([left + (before - after), log_p[PIANO_KEYS:]])


def _reweighted(log_p: LogP, nats: NDArray[np.float64]) -> LogP:
    """Notes with these nats added, and again as likely together as before; the end as it is."""
    notes = log_p[:-1] + nats
    before, after = (np.logaddexp.reduce(values) for values in (log_p[:-1], notes))
    if not np.isfinite(before) or not np.isfinite(after):
        return log_p
    return np.append(notes + (before - after), log_p[-1])
