// Notes on the roll taken hold of by a mouse or a finger: chosen, moved, made longer, drawn.
import { lengthened, moved } from "./notes.js";
import { firstFrom } from "./roll.js";
import { ring } from "./ringing.js";

/** Pixels by which a pointer may miss a note, and within which its end is taken hold of. */
const REACH = { mouse: 3, pen: 8, touch: 14 };
const END = { mouse: 7, pen: 10, touch: 14 };
const STILL = 5;
const LONGEST_HELD = 30;
const MIDDLE = 60;
const LEFT = 1, RIGHT = 2;
const USUAL = 80;

/**
 * @param edit   the notes as they are being changed; its `tool` is "select" or "draw"
 * @param box    gives what of the music the canvas shows
 * @param notes  gives the notes as they are played
 * @param drag   told what is being dragged: {later, higher, longer, band}, or null
 */
export function handling(canvas, { edit, playing, box, acts, ruler, notes, drag }) {
  let held = null;
  const spot = (event) => spotOf(canvas, box(), playing, event);

  function begin(event) {
    if (!edit.on || event.button !== 0) return;
    const here = spot(event);
    if (here.y < ruler) return;
    const kind = event.pointerType in REACH ? event.pointerType : "mouse";
    const note = hit(notes(), box(), canvas, here, REACH[kind]);
    if (note) take(note, here, event, END[kind]);
    else if (edit.tool === "draw") create(here, event);
    else held = { ...here, kind, band: kind === "mouse" };
    if (held?.grip || held?.band) canvas.setPointerCapture(event.pointerId);
    edit.hold(Boolean(held));
  }

  function take(note, here, event, end) {
    if (event.shiftKey || event.ctrlKey || event.metaKey) {
      const keys = new Set(edit.selected);
      if (!keys.delete(note.key)) keys.add(note.key);
      edit.select([...keys].map((key) => edit.notes.get(key)));
    } else if (!edit.selected.has(note.key)) edit.select([edit.notes.get(note.key)]);
    ring(note);
    const right = xOf(canvas, box(), note.end), wide = right - xOf(canvas, box(), note.start);
    held = { ...here, note, from: note.start, until: note.end, grip: here.x > right - Math.min(end, wide / 3) ? "end" : "note", higher: 0 };
  }

  function create({ step, pitch }, event) {
    const onset = playing.places[step];
    const like = edit.chosen.at(-1);
    const note = { onset, pitch, duration: Math.min(like?.duration ?? Math.ceil(playing.steps_per_quarter / 2), edit.steps - onset),
      velocity: like?.velocity ?? USUAL, hand: pitch < MIDDLE ? LEFT : RIGHT };
    edit.apply([{ place: null, note }]);
    ring(note);
    held = { ...spot(event), note: { ...note, step }, until: playing.times[step + note.duration], grip: "end", higher: 0 };
  }

  function move(event) {
    if (!held) return;
    const here = spot(event);
    held.moves ||= Math.hypot(here.x - held.x, here.y - held.y) > STILL;
    if (!held.moves) return;
    if (held.band) return drag({ band: [held, here] });
    if (!held.grip) return;
    if (held.grip === "end") return drag({ longer: longerBy(held, here) });
    const higher = here.pitch - held.pitch;
    if (higher !== held.higher) ring({ ...held.note, pitch: held.note.pitch + higher });
    held.higher = higher;
    drag({ later: goalOf(held, here) - held.note.step, higher });
  }

  function end(event) {
    const begun = held;
    letGo();
    if (!begun) return;
    const here = spot(event);
    if (!begun.moves) return begun.grip || click(begun);
    if (begun.band) return edit.select(inside(begun, here));
    if (begun.grip === "end") return edit.apply(lengthened(edit.chosen, longerBy(begun, here), edit.steps));
    if (begun.grip) edit.apply(moved(edit.chosen, laterBy(begun, here), here.pitch - begun.pitch, edit.steps));
  }

  function letGo() {
    held = null;
    edit.hold(false);
    drag(null);
  }

  /** A click beside all notes lets go of them, and plays from there. */
  function click({ time }) {
    edit.select([]);
    acts.seek(time);
  }

  /** The played step at which the note that was taken hold of would begin, were it let go here. */
  const goalOf = (begun, here) => edgeAt(playing.times, begun.from + here.time - begun.time);
  /** Written steps from where it is to there. */
  const laterBy = (begun, here) => (playing.places[goalOf(begun, here)] ?? Infinity) - playing.places[begun.note.step];
  const longerBy = (begun, here) =>
    edgeAt(playing.times, begun.until + here.time - begun.time) - edgeAt(playing.times, begun.until);

  function inside(a, b) {
    const [from, to] = [Math.min(a.time, b.time), Math.max(a.time, b.time)];
    const [low, high] = [Math.min(a.pitch, b.pitch), Math.max(a.pitch, b.pitch)];
    const keys = new Set(notes().filter(({ start, end: until, pitch }) =>
      start < to && until > from && low <= pitch && pitch <= high).map(({ key }) => key));
    return [...keys].map((key) => edit.notes.get(key));
  }

  canvas.addEventListener("pointerdown", begin);
  canvas.addEventListener("pointermove", move);
  canvas.addEventListener("pointerup", end);
  canvas.addEventListener("pointercancel", letGo);
  canvas.addEventListener("dblclick", (event) => {
    const here = spot(event);
    if (edit.on && here.y >= ruler && !hit(notes(), box(), canvas, here, REACH.mouse)) create(here, event);
    held = null;
  });
  // A finger on a note drags it; beside the notes it scrolls, unless it draws.
  canvas.addEventListener("touchstart", (event) => {
    if (!edit.on || event.touches.length > 1) return;
    const here = spot(event.touches[0]);
    if (here.y >= ruler && (edit.tool === "draw" || hit(notes(), box(), canvas, here, REACH.touch))) event.preventDefault();
  }, { passive: false });
}

const xOf = (canvas, { from, to }, time) => ((time - from) / (to - from)) * canvas.clientWidth;

/** Where an event is: pixels, seconds, the played step, the pitch. */
function spotOf(canvas, { from, to, low, high, top, bottom }, { times }, event) {
  const frame = canvas.getBoundingClientRect();
  const x = event.clientX - frame.left, y = event.clientY - frame.top;
  const time = from + (x / frame.width) * (to - from);
  const row = (bottom - top) / (high - low + 1);
  const pitch = Math.max(low, Math.min(high, high - Math.floor((y - top) / row)));
  return { x, y, time, pitch, step: stepAt(times, time) };
}

/** The played step that a time lies in. */
function stepAt(times, time) {
  let low = 0, high = times.length - 2;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (times[middle] <= time) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** The step whose beginning is nearest to a time. */
function edgeAt(times, time) {
  const step = stepAt(times, time);
  return time - times[step] > times[step + 1] - time ? step + 1 : step;
}

/** The note under a spot, or the nearest within reach. */
function hit(notes, box, canvas, { x, y }, reach) {
  const row = (box.bottom - box.top) / (box.high - box.low + 1);
  let best = null, least = reach;
  for (let i = firstFrom(notes, box.from - LONGEST_HELD); i < notes.length && notes[i].start < box.to; i += 1) {
    const note = notes[i];
    const left = xOf(canvas, box, note.start), right = xOf(canvas, box, note.end);
    const above = box.top + (box.high - note.pitch) * row;
    const far = Math.hypot(Math.max(0, left - x, x - right), Math.max(0, above - y, y - above - row));
    if (far <= least) [best, least] = [note, far];
  }
  return best;
}

/** Lines at the beats. */
export function drawBeats({ context, width, inks }, { from, to, top, bottom }, { bars, times, places, steps_per_quarter: beat }) {
  const across = width / (to - from);
  context.fillStyle = inks.rule;
  context.globalAlpha = 0.5;
  for (const { start, end, place } of bars) {
    if (end < from || start > to) continue;
    for (let step = stepAt(times, start + 1e-6); times[step] < end - 1e-6; step += 1) {
      if ((places[step] - place) % beat === 0) context.fillRect(Math.round((times[step] - from) * across), top, 1, bottom - top);
    }
  }
  context.globalAlpha = 1;
}

/** What is chosen, and where it would come to lie if it were let go now. */
export function drawChanges({ context, width, inks }, box, notes, selected, drag) {
  const { from, to, low, high, top, bottom } = box;
  const across = width / (to - from), row = (bottom - top) / (high - low + 1);
  context.strokeStyle = context.fillStyle = inks.accent;
  context.lineWidth = 2;
  for (let i = firstFrom(notes, from - LONGEST_HELD); i < notes.length && notes[i].start < to; i += 1) {
    const note = notes[i];
    if (note.end <= from || !selected.has(note.key)) continue;
    const x = (note.start - from) * across, wide = (note.end - note.start) * across;
    const y = top + (high - note.pitch) * row;
    context.strokeRect(x - 1, y - 1, wide + 2, row + 2);
    if (!drag || drag.band) continue;
    const one = wide / Math.max(1, note.duration);
    context.globalAlpha = 0.45;
    context.fillRect(x + (drag.later ?? 0) * one, y - (drag.higher ?? 0) * row, Math.max(one, wide + (drag.longer ?? 0) * one), row);
    context.globalAlpha = 1;
  }
  if (drag?.band) band(context, drag.band);
}

function band(context, [a, b]) {
  context.globalAlpha = 0.15;
  context.fillRect(Math.min(a.x, b.x), Math.min(a.y, b.y), Math.abs(a.x - b.x), Math.abs(a.y - b.y));
  context.globalAlpha = 1;
}
