// Notes that are changed stand on the score at once: pencilled in on the page as it is, until it is engraved anew.
import { s } from "./dom.js";
import { named, pitchOf } from "./names.js";

const LINES = 5, LEFT = 1;
/** Steps of the scale from C0 to the lowest line of a staff: treble and bass clef, and an octave off. */
const CLEFS = { treble: [30, 18, 37, 11, 23], bass: [18, 30, 11, 37, 25] };
/** Of a head, in spaces of the staff: half its width and height, its stem, its accidental. */
const HEAD = [0.62, 0.44], STEM = 3.2, SIGN = 2.2;

const written = (id) => id.replace(/-\d+$/, "");
const middle = ({ top, bottom }) => (top + bottom) / 2;

/**
 * @param room     of the score, whatever it shows just now
 * @param edit     the notes as they are being changed
 * @param playing  what is played when, and which heads of the score show it
 * @returns        what is to be called when the score has been engraved
 */
export function pencil(room, edit, playing) {
  const own = { score: null, printed: new Map(), bars: [], notes: null, engraved: null, loaded: false };

  function engraved() {
    const score = room.querySelector(".score");
    if (!score || score === own.score) return;
    Object.assign(own, { score, printed: printedOn(score, playing.notes), bars: barsOf(playing), notes: null, engraved: null });
    draw();
  }

  function draw() {
    if (!own.score || !own.loaded || own.notes === edit.notes) return;
    own.notes = edit.notes;
    own.engraved ??= edit.notes;
    for (const old of own.score.querySelectorAll(".pencil")) old.remove();
    const stands = (note, place) => own.printed.has(place) && looksLike(note, own.engraved.get(place) ?? note);
    for (const [place, { heads }] of own.printed) {
      const note = edit.notes.get(place);
      const gone = !note || !stands(note, place);
      for (const head of heads) if (gone !== head.classList.contains("rubbed")) head.classList.toggle("rubbed", gone);
    }
    for (const [place, note] of edit.notes) if (!stands(note, place)) write(note);
  }

  /** Writes a note into every measure in which it is printed. */
  function write(note) {
    const bar = own.bars.findLast(({ place }) => place <= note.onset);
    if (!bar) return;
    const inside = [...own.printed.values()].filter(({ step }) => bar.place <= step && step < bar.end);
    const measures = new Set(inside.flatMap(({ heads }) => heads.map((head) => head.closest("g.measure"))));
    for (const measure of measures) {
      const staff = [...measure.querySelectorAll("g.staff")].at(note.hand === LEFT ? -1 : 0);
      put(staff, note, headsIn(measure, staff, inside), bar, 2 * playing.steps_per_quarter);
    }
  }

  edit.ready.then(() => { own.loaded = true; draw(); });
  edit.listen("change", draw);
  return engraved;
}

/** Whether a note is written as another at its place: on its staff, by its name as far as both are known. */
const looksLike = (note, other) => note.hand === other.hand && (note.name ?? other.name) === (other.name ?? note.name);

/** What a score shows: by written step and pitch the heads of each note. */
function printedOn(score, notes) {
  const elements = new Map();
  for (const head of score.querySelectorAll("g.note[id]")) {
    const name = written(head.id);
    elements.set(name, [...(elements.get(name) ?? []), head]);
  }
  const printed = new Map();
  for (const { head, step, pitch } of notes) {
    const place = `${step}:${pitch}`;
    if (!printed.has(place)) printed.set(place, { step, pitch, heads: [] });
    const { heads } = printed.get(place);
    if (head && !heads.includes(elements.get(head)?.[0])) heads.push(...(elements.get(head) ?? []));
  }
  return printed;
}

/** The written bars in order: {place, end, fifths}. */
function barsOf({ bars, places }) {
  const byPlace = new Map(bars.map(({ place, fifths }) => [place, fifths]));
  const starts = [...byPlace.keys()].sort((a, b) => a - b);
  const last = Math.max(...places) + 1;
  return starts.map((place, i) => ({ place, end: starts[i + 1] ?? last, fifths: byPlace.get(place) }));
}

/** The heads of a measure: {step, pitch, x, y}, and whether they stand on a staff. */
function headsIn(measure, staff, notes) {
  return notes.flatMap(({ step, pitch, heads }) => heads.filter((head) => measure.contains(head)).map((head) => {
    const box = (head.querySelector("g.notehead") ?? head).getBoundingClientRect();
    return { step, pitch, x: (box.left + box.right) / 2, y: middle(box), here: staff.contains(head) };
  }));
}

/** Draws one note on a staff: its head with accidental, ledger lines and stem. */
function put(staff, note, around, bar, half) {
  const { onset, duration, hand } = note;
  const lines = [...staff.querySelectorAll(":scope > path")].slice(0, LINES).map((line) => line.getBoundingClientRect());
  if (lines.length < LINES) return;
  const heights = lines.map(middle).sort((a, b) => a - b);
  const high = heights[0], low = heights.at(-1), space = (low - high) / (LINES - 1);
  const clef = clefOf(around.filter(({ here }) => here), low, space / 2, CLEFS[hand === LEFT ? "bass" : "treble"]);
  const { degree, sign } = named(note, bar.fifths);
  const x = across(onset, around, bar, lines[0]), y = low - (degree - clef) * (space / 2);
  const line = (x1, y1, x2, y2) => s("line", { x1, y1, x2, y2 });
  const ledgers = [];
  for (let at = high - space; at >= y - 1; at -= space) ledgers.push(line(x - space, at, x + space, at));
  for (let at = low + space; at <= y + 1; at += space) ledgers.push(line(x - space, at, x + space, at));
  const up = y > (high + low) / 2 ? 1 : -1, side = x + up * HEAD[0] * space;
  const sheet = staff.closest(".sheet"), frame = sheet.getBoundingClientRect();
  sheet.append(s("svg", { class: "pencil", "aria-hidden": "true", viewBox: `${frame.left} ${frame.top} ${frame.width} ${frame.height}` },
    ledgers, line(side, y, side, y - up * STEM * space),
    s("ellipse", { cx: x, cy: y, rx: HEAD[0] * space, ry: HEAD[1] * space, transform: `rotate(-20 ${x} ${y})`, class: duration >= half && "hollow" }),
    sign && s("text", { x: x - space, y: y + space * 0.6, "font-size": SIGN * space, "text-anchor": "end" }, sign)));
}

/** The clef under which the heads of a staff stand where they do. */
function clefOf(heads, low, half, clefs) {
  const misses = (clef) => heads.reduce((sum, { pitch, y }) =>
    sum + Math.max(0, Math.abs(pitchOf(clef + Math.round((low - y) / half)) - pitch) - 1), 0);
  return clefs.reduce((best, clef) => (misses(clef) < misses(best) ? clef : best));
}

/** Where a step stands: under what begins there too, or between what is before and after it. */
function across(step, heads, { place, end }, { left, right }) {
  const same = heads.filter((head) => head.step === step).map(({ x }) => x).sort((a, b) => a - b);
  if (same.length) return same[same.length >> 1];
  const before = heads.filter((head) => head.step < step).reduce((a, b) => (b.step > a.step ? b : a), { step: place, x: left });
  const after = heads.filter((head) => head.step > step).reduce((a, b) => (b.step < a.step ? b : a), { step: end, x: right });
  return before.x + (after.x - before.x) * (step - before.step) / Math.max(1, after.step - before.step);
}
