// Piano rolls on a canvas. Times are in whatever unit the caller's notes and view share.

/** A canvas that knows its size in CSS pixels and is sharp on every screen. */
export function surface(canvas, draw, signal) {
  const context = canvas.getContext("2d");
  const surface = { context, width: 0, height: 0, inks: {} };
  const fit = () => {
    surface.inks = inks(canvas);
    const ratio = devicePixelRatio || 1;
    surface.width = canvas.clientWidth;
    surface.height = canvas.clientHeight;
    canvas.width = Math.round(surface.width * ratio);
    canvas.height = Math.round(surface.height * ratio);
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    draw();
  };
  const watch = new ResizeObserver(fit);
  watch.observe(canvas);
  signal.addEventListener("abort", () => watch.disconnect());
  addEventListener("light", () => { surface.inks = inks(canvas); draw(); }, { signal });
  return surface;
}

/** The colours of the page, as this canvas inherits them. */
function inks(canvas) {
  const style = getComputedStyle(canvas);
  const read = (name) => style.getPropertyValue(`--${name}`).trim();
  return Object.fromEntries(
    ["paper", "ink", "quiet", "rule", "accent", "wash", "left", "right", "white", "black"].map((name) => [name, read(name)]));
}

/** Lowest and highest pitch of notes, with a margin. */
export function compass(notes) {
  let low = 127, high = 0;
  for (const { pitch } of notes) {
    low = Math.min(low, pitch);
    high = Math.max(high, pitch);
  }
  return low > high ? { low: 36, high: 84 } : { low: Math.max(0, low - 2), high: Math.min(127, high + 2) };
}

/** Index of the first of sorted notes that begins at `time` or later. */
export function firstFrom(notes, time) {
  let low = 0, high = notes.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (notes[middle].start < time) low = middle + 1;
    else high = middle;
  }
  return low;
}

const LONGEST_HELD = 30;

/**
 * Draws sorted notes {start, end, pitch, hand} in a view {from, to, low, high, top, bottom}.
 * Where a `cursor` is given, what sounds there is drawn in the accent's full strength.
 */
export function drawNotes({ context, width, inks }, notes, view, cursor = -1) {
  const { from, to, low, high, top, bottom } = view;
  const across = width / (to - from);
  const row = (bottom - top) / (high - low + 1);
  const tall = Math.max(1.5, row * 0.82);
  for (let i = firstFrom(notes, from - LONGEST_HELD); i < notes.length; i += 1) {
    const note = notes[i];
    if (note.start >= to) break;
    if (note.end <= from) continue;
    const x = (note.start - from) * across;
    const wide = Math.max(1.5, (note.end - note.start) * across - Math.min(1, across * 0.04));
    const y = top + (high - note.pitch) * row + (row - tall) / 2;
    const sounds = note.start <= cursor && cursor < note.end;
    context.fillStyle = sounds ? inks.accent : isLeft(note) ? inks.left : inks.right;
    context.fillRect(x, y, wide, tall);
  }
}

export const isLeft = ({ hand }) => hand === 1 || hand === "left";

/** A small whole roll that fits its canvas; `set` draws other notes, up to `end`. */
export function smallRoll(canvas, signal) {
  let notes = [], end = 1, cursor = -1;
  const own = surface(canvas, () => draw(), signal);
  function draw() {
    if (!own.width) return;
    const { context, width, height, inks } = own;
    context.clearRect(0, 0, width, height);
    drawNotes(own, notes, { from: 0, to: end, ...compass(notes), top: 4, bottom: height - 4 });
    if (cursor >= 0) {
      context.fillStyle = inks.accent;
      context.fillRect((cursor / end) * width - 1, 0, 2, height);
    }
  }
  return {
    set(newNotes, newEnd) { notes = newNotes; end = Math.max(newEnd, 1e-6); draw(); },
    at(time) { cursor = time; draw(); },
  };
}

/** A small roll that asks for its notes, {notes: rows of start, length, pitch, hand; end}, when it comes into sight. */
export function laterRoll(canvas, ask, signal) {
  const roll = smallRoll(canvas, signal);
  const watch = new IntersectionObserver(async ([entry]) => {
    if (!entry.isIntersecting) return;
    watch.disconnect();
    const music = await ask().catch(() => null);
    if (!music || signal.aborted) return;
    roll.set(music.notes.map(([start, length, pitch, hand]) => ({ start, end: start + length, pitch, hand })), music.end);
  });
  watch.observe(canvas);
  signal.addEventListener("abort", () => watch.disconnect());
}
