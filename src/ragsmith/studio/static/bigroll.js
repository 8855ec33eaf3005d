// The piano roll of the page of a piece: it scrolls, follows the music, and lets bars be chosen.
import { numbersOf, placesFrom } from "./bars.js";
import { h } from "./dom.js";
import { compass, drawNotes, surface } from "./roll.js";
import { t } from "./words.js";

const RULER = 24;
const LANES = { texture: 8, melody: 4 };
const LEAN = 1 / 3;
const REST = 2500;
const DRAGGED = 6;
const BLACK = new Set([1, 3, 6, 8, 10]);

/**
 * @param playing  what the server says sounds when
 * @param acts     seek(time), choose(first, last): printed numbers of bars
 */
export function bigRoll(playing, acts, signal) {
  const { bars, notes, seconds } = playing;
  const scale = Math.max(40, Math.min(110, 130 / barLength(bars)));
  const canvas = h("canvas", { "aria-hidden": "true" });
  const spacer = h("div", { class: "reach" }, canvas);
  const room = h("div", { class: "bigroll", tabindex: 0, role: "img",
    "aria-label": t("roll.label", { notes: notes.length, bars: bars.length }) }, spacer);
  const own = { time: 0, chosen: null, touched: -REST };
  const span = compass(notes);
  const view = surface(canvas, () => draw(), signal);

  function draw() {
    if (!view.width) return;
    const from = room.scrollLeft / scale;
    const to = from + view.width / scale;
    const box = { from, to, ...span, top: RULER, bottom: view.height - 12 };
    view.context.clearRect(0, 0, view.width, view.height);
    drawKeys(view, box);
    drawBars(view, box, playing, own.chosen);
    drawNotes(view, notes, box, own.time);
    drawMarks(view, box, playing.marks ?? []);
    view.context.fillStyle = view.inks.accent;
    view.context.fillRect((own.time - from) * scale - 1, RULER, 2, view.height - RULER);
  }
  room.addEventListener("scroll", draw, { passive: true });
  for (const name of ["wheel", "pointerdown"]) {
    room.addEventListener(name, () => { own.touched = performance.now(); }, { passive: true });
  }
  const watch = new ResizeObserver(() => { canvas.style.width = `${room.clientWidth}px`; });
  watch.observe(room);
  signal.addEventListener("abort", () => watch.disconnect());
  spacer.style.width = `${Math.ceil(seconds * scale)}px`;
  pointing(room, canvas, { bars, acts, scale });
  return {
    room,
    at(time) {
      own.time = time;
      const x = time * scale;
      const seen = x >= room.scrollLeft && x <= room.scrollLeft + view.width;
      if (performance.now() - own.touched > REST || !seen) {
        own.touched = -REST;
        room.scrollLeft = x - view.width * LEAN;
      }
      draw();
    },
    choose(first, last) {
      own.chosen = first ? placesFrom(bars, first, last) : null;
      draw();
    },
  };
}

/** Seconds of a usual bar. */
function barLength(bars) {
  const lengths = bars.map(({ start, end }) => end - start).sort((a, b) => a - b);
  return lengths[lengths.length >> 1] || 2;
}

/** A click seeks, a drag chooses bars; a click on the bar numbers chooses, and goes on choosing. */
function pointing(room, canvas, { bars, acts, scale }) {
  let begun = null, anchor = null;
  const place = (event) => {
    const box = canvas.getBoundingClientRect();
    const time = (event.clientX - box.left + room.scrollLeft) / scale;
    const bar = bars.findIndex(({ end }) => time < end);
    return { time, bar: bar < 0 ? bars.length - 1 : bar, x: event.clientX, ruler: event.clientY - box.top < RULER };
  };
  const range = (a, b) => {
    const numbers = numbersOf(bars.slice(Math.min(a, b), Math.max(a, b) + 1));
    if (numbers) acts.choose(...numbers);
  };
  canvas.addEventListener("pointerdown", (event) => {
    begun = event.button === 0 ? { ...place(event), dragged: false } : null;
  });
  canvas.addEventListener("pointermove", (event) => {
    if (!begun || event.pointerType === "touch") return;
    const now = place(event);
    begun.dragged ||= Math.abs(now.x - begun.x) > DRAGGED;
    if (begun.dragged) range(begun.bar, now.bar);
  });
  canvas.addEventListener("pointerup", (event) => {
    if (begun && !begun.dragged) {
      const now = place(event);
      if (!begun.ruler) acts.seek(now.time);
      else {
        anchor = event.shiftKey && anchor != null ? anchor : now.bar;
        range(anchor, now.bar);
      }
    }
    begun = null;
  });
  for (const name of ["pointercancel", "pointerleave"]) {
    canvas.addEventListener(name, () => { begun = null; });
  }
}

function drawKeys({ context, width, inks }, { low, high, top, bottom }) {
  const row = (bottom - top) / (high - low + 1);
  context.fillStyle = inks.wash;
  for (let pitch = low; pitch <= high; pitch += 1) {
    if (BLACK.has(pitch % 12)) context.fillRect(0, top + (high - pitch) * row, width, row);
  }
}

function drawBars({ context, width, height, inks }, { from, to }, { bars, sections }, chosen) {
  const x = (time) => Math.round(((time - from) / (to - from)) * width);
  context.font = "12px system-ui, sans-serif";
  for (const { start, end, number, place } of bars) {
    if (end < from || start > to) continue;
    if (chosen?.has(place)) {
      context.globalAlpha = 0.16;
      context.fillStyle = inks.accent;
      context.fillRect(x(start), 0, x(end) - x(start), height);
      context.globalAlpha = 1;
    }
    context.fillStyle = inks.rule;
    context.fillRect(x(start), RULER, 1, height - RULER);
    context.fillStyle = inks.quiet;
    if (number) context.fillText(number, x(start) + 3, 16);
  }
  context.font = "italic 600 14px Georgia, serif";
  context.fillStyle = inks.ink;
  for (const { name, start, end } of sections ?? []) {
    if (end < from || start > to) continue;
    context.fillRect(x(start), 0, 2, RULER);
    context.fillText(name, x(start) + 30, 16);
  }
}

/** What also stands in the corpus: a line below the notes. */
function drawMarks({ context, width, height, inks }, { from, to }, marks) {
  const across = width / (to - from);
  for (const { start, end, lane } of marks) {
    context.fillStyle = lane === "melody" ? inks.quiet : inks.accent;
    context.fillRect((start - from) * across, height - (LANES[lane] ?? 8), (end - start) * across, 3);
  }
}
