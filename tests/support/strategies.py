"""Hypothesis strategies for music."""

from dataclasses import replace

from hypothesis import strategies as st

from ragsmith.markings import Marking
from ragsmith.note_names import names_of
from ragsmith.piece import (
    GRIDS,
    Bar,
    Hand,
    Key,
    Metre,
    Note,
    Piece,
    Section,
    Tempo,
    normalise,
    regular_bars,
)

METRES = tuple(Metre(*m) for m in [(2, 4), (3, 4), (4, 4), (6, 8), (2, 2), (12, 8), (5, 4), (7, 8)])


def covered(bars: tuple[Bar, ...]) -> bool:
    """Bars follow one another from step 0."""
    ends = [bar.start + bar.length for bar in bars]
    return [bar.start for bar in bars] == [0, *ends[:-1]] and all(bar.length > 0 for bar in bars)


hands = st.sampled_from([Hand.LEFT, Hand.RIGHT])
any_hand = st.sampled_from(list(Hand))


def notes(
    steps: int, hand: st.SearchStrategy[Hand] = any_hand, low: int = 0, high: int = 127
) -> st.SearchStrategy[Note]:
    """Notes that begin within `steps`, of up to eight steps, cut at the end."""
    return st.builds(
        lambda onset, pitch, length, velocity, h: Note(
            onset, pitch, min(length, steps - onset), velocity, h
        ),
        st.integers(0, steps - 1),
        st.integers(low, high),
        st.integers(1, 8),
        st.integers(1, 127),
        hand,
    )


@st.composite
def bars(draw: st.DrawFn, grid: int) -> tuple[Bar, ...]:
    """Full bars in up to three metres, with or without a pickup, as MIDI can say them."""
    stretches = draw(st.lists(st.tuples(st.sampled_from(METRES), st.integers(1, 3)), min_size=1))
    lengths = [metre.steps(grid) for metre, _ in stretches]
    starts_short = len(stretches) > 1 and stretches[0][1] == 1 and lengths[0] < lengths[1]
    if starts_short:
        stretches[0] = (stretches[0][0], 2)
    pickup = draw(st.integers(0, lengths[0] - 1))
    changes, step = [], pickup
    for metre, count in stretches:
        changes.append((step if changes else 0, metre))
        step += count * metre.steps(grid)
    return regular_bars(step, changes, grid, pickup)


def _marked(steps: int) -> st.SearchStrategy[list[int]]:
    """Up to four places, each once, in order."""
    return st.lists(st.integers(0, steps - 1), max_size=4, unique=True).map(sorted)


@st.composite
def pieces(
    draw: st.DrawFn,
    grids: tuple[int, ...] = GRIDS,
    hand: st.SearchStrategy[Hand] = any_hand,
    low: int = 0,
    high: int = 127,
) -> Piece:
    """Pieces with at least one note; keys and tempos are true changes, sections do not overlap."""
    grid = draw(st.sampled_from(grids))
    grid_bars = draw(bars(grid))
    steps = grid_bars[-1].start + grid_bars[-1].length
    fifths = st.integers(-7, 7)
    keys = [Key(s, draw(fifths), draw(st.booleans())) for s in draw(_marked(steps))]
    tempos = [Tempo(s, draw(st.integers(1, 0xFFFFFF))) for s in draw(_marked(steps))]
    edges = [*draw(_marked(steps)), steps]
    repeated = [draw(st.booleans()) for _ in edges[1:]]
    spans = zip("ABCD", edges, edges[1:], repeated, strict=False)
    sections = tuple(Section(name, start, end) for name, start, end, keep in spans if keep)
    names = st.sampled_from([s.name for s in sections] or [""])
    return Piece(
        normalise(draw(st.lists(notes(steps, hand, low, high), min_size=1, max_size=20))),
        grid_bars,
        grid,
        keys=tuple(_changes(keys)),
        tempos=tuple(_changes(tempos)),
        sections=sections,
        order=tuple(draw(st.lists(names, max_size=5))) if sections else (),
        title=draw(st.text(st.characters(categories=["L", "N"]), min_size=1, max_size=12)),
    )


def _changes(marks: list[Key] | list[Tempo]) -> list[Key] | list[Tempo]:
    """The marks that change what the one before them said."""
    return [m for m, before in zip(marks, [(), *marks], strict=False) if m[1:] != before[1:]]


one_note = st.builds(
    lambda above, low, hand: (low + above, hand),
    st.integers(0, 2),
    st.sampled_from([48, 60]),
    st.sampled_from([Hand.LEFT, Hand.RIGHT]),
)


@st.composite
def tunes(draw, most=24):
    """Pieces of so few different steps that they often share passages."""
    steps = draw(st.lists(st.lists(one_note, max_size=2), min_size=1, max_size=most))
    notes = [Note(t, p, 1, hand=hand) for t, step in enumerate(steps) for p, hand in step]
    return Piece(normalise(notes), regular_bars(len(steps), [(0, Metre(1, 16))]))


@st.composite
def named_pitches(draw: st.DrawFn, low: int = 0, high: int = 127) -> tuple[int, str]:
    """A pitch and one of its names, like (61, "Db")."""
    pitch = draw(st.integers(low, high))
    return pitch, str(draw(st.sampled_from(names_of(pitch))))


@st.composite
def spelt_pieces(draw: st.DrawFn, low: int = 36, high: int = 84) -> Piece:
    """Pieces of two hands in which some notes have names by hand."""
    piece = draw(pieces((4,), hands, low, high))
    spelt = draw(st.lists(st.sampled_from(piece.notes), max_size=6, unique_by=lambda n: n[:2]))
    markings = (
        Marking(*(n.onset, "spelling", n.pitch, n.hand), text=draw(_names_of(n))) for n in spelt
    )
    return replace(piece, sections=(), order=(), markings=tuple(markings))


def _names_of(note: Note) -> st.SearchStrategy[str]:
    return st.sampled_from([str(name) for name in names_of(note.pitch)])
