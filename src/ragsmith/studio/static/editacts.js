// What is done with chosen notes by a button or a key; each act is told the notes that are being changed.
import { otherName } from "./names.js";
import { handed, lengthened, moved, removed, renamed } from "./notes.js";
import { player } from "./player.js";
import { ring } from "./ringing.js";

const OCTAVE = 12;
const LEFT = 1, RIGHT = 2;
const USUAL = { pitch: 60, velocity: 80 };

const move = (later, higher) => (edit) => {
  edit.apply(moved(edit.chosen, later, higher, edit.steps));
  if (higher) edit.chosen.slice(0, 1).forEach(ring);
};

export const acts = {
  higher: move(0, 1),
  lower: move(0, -1),
  octaveHigher: move(0, OCTAVE),
  octaveLower: move(0, -OCTAVE),
  earlier: move(-1, 0),
  later: move(1, 0),
  shorter: (edit) => edit.apply(lengthened(edit.chosen, -1, edit.steps)),
  longer: (edit) => edit.apply(lengthened(edit.chosen, 1, edit.steps)),
  hand: (edit) => edit.apply(handed(edit.chosen, edit.chosen[0]?.hand === LEFT ? RIGHT : LEFT)),
  spelling: (edit, { bars }) => edit.apply(renamed(edit.chosen, (note) => otherName(note, signatureAt(bars, note.onset)))),
  delete: (edit) => edit.apply(removed(edit.chosen)),
  next: (edit, playing) => walk(edit, playing, 1),
  before: (edit, playing) => walk(edit, playing, -1),
  add,
};

/** Sharps, or flats where less than 0, of the key at a written step. */
const signatureAt = (bars, onset) =>
  bars.reduce((last, bar) => (bar.place <= onset && bar.place >= last.place ? bar : last), bars[0]).fifths;

/** From note to note, in the order of time and of height. */
function walk(edit, { times, places }, by) {
  const notes = [...edit.notes.values()].sort((a, b) => a.onset - b.onset || a.pitch - b.pitch);
  const [now] = edit.chosen;
  const place = now ? notes.findIndex((note) => note.onset === now.onset && note.pitch === now.pitch) + by
    : notes.findIndex(({ onset }) => times[places.indexOf(onset)] >= player.time - 1e-6);
  const note = notes[Math.max(0, Math.min(notes.length - 1, place))];
  if (!note) return;
  edit.select([note]);
  ring(note);
}

/** A new note behind the chosen one, or where the music stands. */
function add(edit, { times, places, steps_per_quarter: beat }) {
  const [like] = edit.chosen;
  const here = Math.max(0, times.findLastIndex((time) => time <= player.time + 1e-6));
  const onset = like ? like.onset + like.duration : places[Math.min(here, places.length - 1)];
  if (onset >= edit.steps) return;
  const duration = Math.min(like?.duration ?? Math.ceil(beat / 2), edit.steps - onset);
  const note = { ...USUAL, hand: RIGHT, ...like, onset, duration, name: undefined };
  edit.apply([{ place: null, note }]);
  ring(note);
}

const KEYS = {
  ArrowRight: "next", ArrowLeft: "before", ArrowUp: "higher", ArrowDown: "lower",
  "+": "longer", "=": "longer", "-": "shorter", "_": "shorter", h: "hand", e: "spelling", n: "add", Delete: "delete", Backspace: "delete",
};
const SHIFTED = { ArrowRight: "later", ArrowLeft: "earlier", ArrowUp: "octaveHigher", ArrowDown: "octaveLower" };

/** Keys change notes while that is on; `stretch()` gives the notes of the chosen bars, or all. */
export function editKeys(edit, playing, { stretch, reveal }, signal) {
  addEventListener("keydown", (event) => {
    if (event.target.closest("input, select, textarea, [role=slider]") || document.querySelector("dialog[open]")) return;
    if (!control(event) && !plain(event)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
  }, { signal, capture: true });

  function control(event) {
    if (!(event.ctrlKey || event.metaKey) || event.altKey) return false;
    const key = event.key.toLowerCase();
    if (key === "z") (event.shiftKey ? edit.redo : edit.undo)();
    else if (key === "y") edit.redo();
    else if (key === "a" && edit.on) edit.select(stretch());
    else return false;
    return true;
  }

  function plain(event) {
    if (!edit.on || event.ctrlKey || event.metaKey || event.altKey) return false;
    if (event.key === "Escape") edit.select([]);
    else {
      const act = (event.shiftKey && SHIFTED[event.key]) || KEYS[event.key.length === 1 ? event.key.toLowerCase() : event.key];
      if (!act) return false;
      acts[act](edit, playing);
      reveal();
    }
    return true;
  }
}
