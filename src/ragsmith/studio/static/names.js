// What pitches are called in a key, and where they stand on a staff; ragsmith/spelling.py has the same table.

const LETTERS = "FCGDAEB", SCALE = "CDEFGAB";
const NATURALS = [0, 2, 4, 5, 7, 9, 11];
/** Fifths from the tonic of the major key to each semitone above it. */
const USUAL = [0, 7, 2, -3, 4, -1, 6, 1, -4, 3, -2, 5];
const SIGNS = { "-2": "𝄫", "-1": "♭", 0: "♮", 1: "♯", 2: "𝄪" };
const rest = (a, b) => ((a % b) + b) % b;

/** The natural pitch of a step of the scale, counted from C0. */
export const pitchOf = (degree) => 12 * (Math.floor(degree / 7) + 1) + NATURALS[rest(degree, 7)];

/**
 * A pitch in a key of so many sharps (flats where less than 0): the step of the scale that it stands on, counted
 * from C0, and the sign before it, "" where the key has it.
 */
export function named(pitch, fifths) {
  const line = fifths + USUAL[rest(pitch - 7 * fifths, 12)] + 1;
  const alter = Math.floor(line / 7), place = rest(line, 7);
  const inKey = place < fifths ? 1 : place >= 7 + fifths ? -1 : 0;
  const degree = 7 * (Math.floor((pitch - alter) / 12) - 1) + SCALE.indexOf(LETTERS[place]);
  return { degree, sign: alter === inKey ? "" : SIGNS[alter] };
}
