// A keyboard whose keys light up: what sounds, what comes next, what somebody presses.
import { h } from "./dom.js";
import { down, up, whenPlayed } from "./fingers.js";
import { tune } from "./piano.js";
import { compass, firstFrom, isLeft, surface } from "./roll.js";
import { t } from "./words.js";

const BLACK = new Set([1, 3, 6, 8, 10]);
const LONGEST_HELD = 30;
const OCTAVE = 12;
const LOWEST = 21, HIGHEST = 108;
/** How far ahead what comes next is marked, in seconds. */
const NEXT = 2.5;

const isBlack = (pitch) => BLACK.has(pitch % OCTAVE);

/** @param played  notes {start, end, pitch, hand}, in seconds */
export function keyboard(played, signal) {
  let notes = played.toSorted((a, b) => a.start - b.start);
  const canvas = h("canvas", { class: "keyboard", role: "img", "aria-label": t("keyboard") });
  const reach = compass(notes);
  // From a C to a B, so that it looks like a part of a piano.
  const low = Math.max(LOWEST, Math.floor(reach.low / OCTAVE) * OCTAVE);
  const high = Math.min(HIGHEST, Math.floor(reach.high / OCTAVE) * OCTAVE + OCTAVE - 1);
  const places = layout(low, high);
  const own = { now: new Map(), next: new Map(), pressed: new Set(), shown: "" };
  const view = surface(canvas, () => draw(), signal);

  function draw() {
    if (!view.width) return;
    const { context, width, height, inks } = view;
    context.clearRect(0, 0, width, height);
    for (const black of [false, true]) {
      for (const { pitch, left, wide, tall } of places.filter((place) => isBlack(place.pitch) === black)) {
        context.fillStyle = colour(pitch, black);
        context.fillRect(left * width + 0.5, 0, wide * width - 1, tall * height);
        context.strokeStyle = own.next.has(pitch) ? inks.accent : inks.quiet;
        context.lineWidth = own.next.has(pitch) ? 2.5 : 0.5;
        context.strokeRect(left * width + 1, -2, wide * width - 2, tall * height + 1);
      }
    }
    if (low % OCTAVE === 0) names(view, places);
  }

  function colour(pitch, black) {
    const { inks } = view;
    if (own.pressed.has(pitch)) return inks.ink;
    const note = own.now.get(pitch);
    if (note) return isLeft(note) ? inks.left : inks.accent;
    return black ? inks.black : inks.white;
  }

  pressing(canvas, places);
  whenPlayed(({ pitch, pressed }) => {
    if (pressed) own.pressed.add(pitch);
    else own.pressed.delete(pitch);
    draw();
  }, signal);
  tune();
  return {
    room: canvas,
    renew(other) { notes = other.toSorted((a, b) => a.start - b.start); },
    at(time) {
      own.now = soundingAt(notes, time);
      own.next = nextAfter(notes, time);
      const shown = [...own.now.keys(), "|", ...own.next.keys()].join(" ");
      if (shown !== own.shown) draw();
      own.shown = shown;
    },
  };
}

/** Where the keys lie, as parts of the whole: {pitch, left, wide, tall}. */
function layout(low, high) {
  const pitches = Array.from({ length: high - low + 1 }, (_, i) => low + i);
  const white = 1 / pitches.filter((pitch) => !isBlack(pitch)).length;
  let left = 0;
  return pitches.map((pitch) => {
    if (isBlack(pitch)) return { pitch, left: left - 0.3 * white, wide: 0.6 * white, tall: 0.62 };
    left += white;
    return { pitch, left: left - white, wide: white, tall: 1 };
  });
}

/** Every C by its name, so that one finds one's way. */
function names({ context, width, height, inks }, places) {
  context.font = "10px system-ui, sans-serif";
  context.fillStyle = inks.black;
  for (const { pitch, left, wide } of places) {
    if (pitch % OCTAVE === 0 && wide * width > 11) context.fillText(`C${pitch / OCTAVE - 1}`, left * width + 2, height - 4);
  }
}

function soundingAt(notes, time) {
  const now = new Map();
  for (let i = firstFrom(notes, time - LONGEST_HELD); i < notes.length && notes[i].start <= time; i += 1) {
    if (time < notes[i].end) now.set(notes[i].pitch, notes[i]);
  }
  return now;
}

/** What is struck next, all of it that is struck together. */
function nextAfter(notes, time) {
  const first = firstFrom(notes, time + 1e-3);
  const next = new Map();
  if (!notes[first] || notes[first].start > time + NEXT) return next;
  for (let i = first; i < notes.length && notes[i].start < notes[first].start + 0.05; i += 1) next.set(notes[i].pitch, notes[i]);
  return next;
}

/** A finger or the mouse plays. */
function pressing(canvas, places) {
  const held = new Map();
  const keyAt = (event) => {
    const box = canvas.getBoundingClientRect();
    const x = (event.clientX - box.left) / box.width, y = (event.clientY - box.top) / box.height;
    return places.findLast(({ pitch, left, wide, tall }) => isBlack(pitch) && left <= x && x < left + wide && y < tall) ??
      places.find(({ pitch, left, wide }) => !isBlack(pitch) && left <= x && x < left + wide);
  };
  canvas.addEventListener("pointerdown", (event) => {
    const key = keyAt(event);
    if (!key) return;
    event.preventDefault();
    held.set(event.pointerId, key.pitch);
    down(key.pitch);
  });
  for (const name of ["pointerup", "pointercancel", "pointerleave"]) {
    canvas.addEventListener(name, ({ pointerId }) => {
      if (!held.has(pointerId)) return;
      up(held.get(pointerId));
      held.delete(pointerId);
    });
  }
}
