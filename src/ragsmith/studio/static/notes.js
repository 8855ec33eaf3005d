// Notes as they are written, {onset, pitch, duration, velocity, hand, name}, and what a change makes of them; the name,
// like "Ab", is only there where the server has said it. An edit is {place, note, name}: the note at `place` becomes
// `note`, null standing for a new note, or for none; it is called `name` from now on, where that is there.

const LOWEST = 21, HIGHEST = 108, OCTAVE = 12;

export const keyOf = ({ onset, pitch }) => `${onset}:${pitch}`;
export const noteOf = ([onset, pitch, duration, velocity, hand]) => ({ onset, pitch, duration, velocity, hand });
const rowOf = ({ onset, pitch, duration, velocity, hand }) => [onset, pitch, duration, velocity, hand];

/** An edit as the server reads it. */
export const sent = ({ place, note, name }) => ({ place: place && [place.onset, place.pitch], note: note && rowOf(note), ...(name && { name }) });

export const byKey = (notes) => new Map(notes.map((note) => [keyOf(note), note]));

/** The notes, by their keys, after some edits; a key that is struck again was let go. */
export function changed(notes, edits) {
  const after = new Map(notes);
  for (const { place } of edits) if (place) after.delete(keyOf(place));
  for (const { note } of edits) if (note) after.set(keyOf(note), note);
  const pitches = new Set(edits.flatMap(({ note }) => (note ? [note.pitch] : [])));
  const last = new Map();
  for (const note of [...after.values()].sort((a, b) => a.onset - b.onset)) {
    if (!pitches.has(note.pitch)) continue;
    const before = last.get(note.pitch);
    if (before && before.onset + before.duration > note.onset) {
      after.set(keyOf(before), { ...before, duration: note.onset - before.onset });
    }
    last.set(note.pitch, note);
  }
  return after;
}

/** Edits that move notes; none where one of them would leave the piano or the piece. */
export function moved(notes, later, higher, steps) {
  const edits = notes.map((note) => ({ place: note,
    note: { ...note, onset: note.onset + later, pitch: note.pitch + higher, name: higher % OCTAVE ? undefined : note.name } }));
  const fits = edits.every(({ note: { onset, pitch, duration } }) =>
    onset >= 0 && onset + duration <= steps && LOWEST <= pitch && pitch <= HIGHEST);
  return fits && (later || higher) ? edits : [];
}

/** Edits that make notes longer, or shorter, but never shorter than a step. */
export const lengthened = (notes, by, steps) => notes.flatMap((note) => {
  const duration = Math.max(1, Math.min(steps - note.onset, note.duration + by));
  return duration === note.duration ? [] : [{ place: note, note: { ...note, duration } }];
});

export const handed = (notes, hand) => notes.map((note) => ({ place: note, note: { ...note, hand } }));

/** Edits that call notes otherwise; `nameOf(note)` says how. */
export const renamed = (notes, nameOf) => notes.map((note) => ({ place: note, note: { ...note, name: nameOf(note) }, name: nameOf(note) }));

export const removed = (notes) => notes.map((place) => ({ place, note: null }));

/** Edits that make other notes of some notes. */
export function between(notes, others) {
  const gone = [...notes].filter(([key]) => !others.has(key)).map(([, place]) => ({ place, note: null }));
  const alike = (a, b) => a && a.duration === b.duration && a.velocity === b.velocity && a.hand === b.hand;
  const come = [...others].filter(([key, note]) => !alike(notes.get(key), note));
  return [...gone, ...come.map(([key, note]) => ({ place: notes.get(key) ?? null, note }))];
}

/** What was sent or said by the server, as edits: [[onset, pitch] or null, row or null]. */
export const editsOf = (pairs) => pairs.map(([place, row]) => ({
  place: place && { onset: place[0], pitch: place[1] }, note: row && noteOf(row) }));
