// What pitches are called, like "Ab", and where they stand on a staff; ragsmith/spelling.py and note_names.py have the same tables.

const LETTERS = "FCGDAEB", SCALE = "CDEFGAB";
const NATURALS = [0, 2, 4, 5, 7, 9, 11];
/** Fifths from the tonic of the major key to each semitone above it. */
const USUAL = [0, 7, 2, -3, 4, -1, 6, 1, -4, 3, -2, 5];
const FLATTEST = -15, SHARPEST = 19, ENHARMONIC = 12;
/** Those of two are written with what every font has. */
const SIGNS = { "-2": "♭♭", "-1": "♭", 0: "♮", 1: "♯", 2: "×" };
const rest = (a, b) => ((a % b) + b) % b;

/** The natural pitch of a step of the scale, counted from C0. */
export const pitchOf = (degree) => 12 * (Math.floor(degree / 7) + 1) + NATURALS[rest(degree, 7)];

/** Fifths from C to a name, or to what a pitch is usually called in a key of so many sharps (flats where less than 0). */
const fifthsOf = (name) => LETTERS.indexOf(name[0]) - 1 + 7 * (name.length - 1) * (name[1] === "b" ? -1 : 1);
const lineOf = ({ name, pitch }, fifths) => (name ? fifthsOf(name) : fifths + USUAL[rest(pitch - 7 * fifths, 12)]);

/** Sharps or flats of a name. */
const signs = (line) => Math.abs(alterOf(line));
const alterOf = (line) => Math.floor((line + 1) / 7);

/** A name as it is read: its natural pitch among twelve, its sign and its octave. */
export function read(name, pitch) {
  const alter = alterOf(fifthsOf(name));
  return { natural: rest(pitch - alter, 12), sign: (alter < 0 ? "♭" : "♯").repeat(Math.abs(alter)), octave: Math.floor((pitch - alter) / 12) - 1 };
}

/** The next name of a note, those with fewer signs first; a black key is a sharp or a flat, a white one may have two signs. */
export function otherName(note, fifths) {
  const now = lineOf(note, fifths);
  const lines = [-2, -1, 0, 1, 2].map((turn) => now + ENHARMONIC * turn).sort((a, b) => signs(a) - signs(b) || b - a);
  const names = lines.filter((line) => FLATTEST <= line && line <= SHARPEST && (!signs(lines[0]) || signs(line) < 2));
  const next = names[(names.indexOf(now) + 1) % names.length];
  return LETTERS[rest(next + 1, 7)] + (next < 0 ? "b" : "#").repeat(signs(next));
}

/**
 * Where a note stands in a key: the step of the scale, counted from C0, and the sign before it, "" where the key has
 * it. One without a name is called as is usual.
 */
export function named(note, fifths) {
  const line = lineOf(note, fifths), { pitch } = note;
  const alter = alterOf(line), place = rest(line + 1, 7);
  const inKey = place < fifths ? 1 : place >= 7 + fifths ? -1 : 0;
  const degree = 7 * (Math.floor((pitch - alter) / 12) - 1) + SCALE.indexOf(LETTERS[place]);
  return { degree, sign: alter === inKey ? "" : SIGNS[alter] };
}
