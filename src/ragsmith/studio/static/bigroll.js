// The piano roll of the page of a piece: it scrolls, follows the music, and lets bars be chosen and notes be changed.
import { numbersOf, placesFrom } from "./bars.js";
import { atFrame, h } from "./dom.js";
import { asPlayed } from "./editing.js";
import { drawBeats, drawChanges, handling } from "./editroll.js";
import { player } from "./player.js";
import { compass, drawNotes, surface } from "./roll.js";
import { t } from "./words.js";

const RULER = 24;
const LANES = { texture: 8, melody: 4 };
const LEAN = 1 / 3;
const REST = 2500;
const DRAGGED = 6;
/** Semitones above and below, and pixels of a step, where notes are changed. */
const MARGIN = 5, STEP = 24;
const LOWEST = 21, HIGHEST = 108;
const EDGE = 40;
const BLACK = new Set([1, 3, 6, 8, 10]);

/**
 * @param playing  what the server says sounds when
 * @param edit     the notes as they are being changed
 * @param acts     seek(time), choose(first, last): printed numbers of bars
 */
export function bigRoll(playing, edit, acts, signal) {
  const canvas = h("canvas", { "aria-hidden": "true" });
  const spacer = h("div", { class: "reach" }, canvas);
  const room = h("div", { class: "bigroll", tabindex: 0, role: "img" }, spacer);
  const own = { time: 0, chosen: null, touched: -REST, notes: [], drawn: null, scale: 1, span: {}, edits: null, drag: null };
  const view = surface(canvas, () => paint(), signal);
  const draw = atFrame(paint);
  const box = () => {
    const from = room.scrollLeft / own.scale;
    return { from, to: from + view.width / own.scale, ...own.span, top: RULER, bottom: view.height - 12 };
  };

  function paint() {
    if (!view.width) return;
    const now = box();
    view.context.clearRect(0, 0, view.width, view.height);
    drawKeys(view, now);
    if (edit.on) drawBeats(view, now, playing);
    drawBars(view, now, playing, own.chosen);
    drawNotes(view, own.notes, now, own.time);
    if (edit.on) drawChanges(view, now, own.notes, edit.selected, own.drag);
    else drawMarks(view, now, playing.marks ?? []);
    view.context.fillStyle = view.inks.accent;
    view.context.fillRect((own.time - now.from) * own.scale - 1, RULER, 2, view.height - RULER);
  }
  /** Rows stay where they are while notes are changed, but all notes have one, and some beyond. */
  function widen() {
    const { low, high } = compass(own.notes), margin = edit.on ? MARGIN : 0;
    const { low: least, high: most } = own.span;
    if (!edit.on || low < least + 1 || high > most - 1) {
      own.span = { low: Math.max(LOWEST, Math.min(low - margin, edit.on ? least : low)),
        high: Math.min(HIGHEST, Math.max(high + margin, edit.on ? most : high)) };
    }
  }
  /** Takes up what is played by now, and whether it is being changed. */
  function renew() {
    const from = room.scrollLeft / own.scale;
    own.drawn = edit.notes;
    own.notes = edit.on ? asPlayed(edit.notes, playing) : playing.notes;
    const scale = Math.max(40, Math.min(110, 130 / barLength(playing.bars)));
    own.scale = edit.on ? Math.max(scale, STEP / stepLength(playing.times)) : scale;
    if (edit.on !== own.edits) own.span = compass(own.notes);
    widen();
    own.edits = edit.on;
    room.classList.toggle("edits", edit.on);
    room.setAttribute("role", edit.on ? "application" : "img");
    room.setAttribute("aria-label", t(edit.on ? "edit.label" : "roll.label", { notes: playing.notes.length, bars: playing.bars.length }));
    spacer.style.width = `${Math.ceil(playing.seconds * own.scale)}px`;
    room.scrollLeft = from * own.scale;
    draw();
  }
  /** Notes that have been changed, in the view as it is. */
  function change() {
    if (edit.on && own.drawn !== edit.notes) {
      own.drawn = edit.notes;
      own.notes = asPlayed(edit.notes, playing);
      widen();
    }
    draw();
  }
  room.addEventListener("scroll", draw, { passive: true });
  for (const name of ["wheel", "pointerdown"]) {
    room.addEventListener(name, () => { own.touched = performance.now(); }, { passive: true });
  }
  const watch = new ResizeObserver(() => { canvas.style.width = `${room.clientWidth}px`; });
  watch.observe(room);
  signal.addEventListener("abort", () => watch.disconnect());
  pointing(room, canvas, { bars: playing.bars, acts, edit, scale: () => own.scale });
  handling(canvas, { edit, playing, box, acts, ruler: RULER, notes: () => own.notes, drag: (drag) => { own.drag = drag; draw(); } });
  renew();
  edit.listen("change", change);
  return {
    room,
    renew,
    at(time) {
      own.time = time;
      const x = time * own.scale;
      const seen = x >= room.scrollLeft && x <= room.scrollLeft + view.width;
      if (performance.now() - own.touched > REST || !seen) {
        own.touched = -REST;
        if (!edit.on || player.paused === false) room.scrollLeft = x - view.width * LEAN;
      }
      draw();
    },
    choose(first, last) {
      own.chosen = first ? placesFrom(playing.bars, first, last) : null;
      draw();
    },
    /** Scrolls so that a time is seen. */
    reveal(time) {
      const x = time * own.scale;
      if (x < room.scrollLeft + EDGE || x > room.scrollLeft + view.width - EDGE) room.scrollLeft = x - view.width * LEAN;
      own.touched = performance.now();
    },
  };
}

/** Seconds of a usual bar. */
function barLength(bars) {
  const lengths = bars.map(({ start, end }) => end - start).sort((a, b) => a - b);
  return lengths[lengths.length >> 1] || 2;
}

/** Seconds of a usual step. */
const stepLength = (times) => (times.at(-1) / Math.max(1, times.length - 1)) || 1;

/** A click seeks, a drag chooses bars; a click on the bar numbers chooses, and goes on choosing. */
function pointing(room, canvas, { bars, acts, edit, scale }) {
  let begun = null, anchor = null;
  const place = (event) => {
    const box = canvas.getBoundingClientRect();
    const time = (event.clientX - box.left + room.scrollLeft) / scale();
    const bar = bars.findIndex(({ end }) => time < end);
    return { time, bar: bar < 0 ? bars.length - 1 : bar, x: event.clientX, ruler: event.clientY - box.top < RULER };
  };
  const range = (a, b) => {
    const numbers = numbersOf(bars.slice(Math.min(a, b), Math.max(a, b) + 1));
    if (numbers) acts.choose(...numbers);
  };
  canvas.addEventListener("pointerdown", (event) => {
    begun = event.button === 0 ? { ...place(event), dragged: false } : null;
    // Below the ruler the notes themselves are taken hold of.
    if (edit.on && !begun?.ruler) begun = null;
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
