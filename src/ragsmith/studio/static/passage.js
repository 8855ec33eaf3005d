// The passage of the corpus that comes nearest, under the piece's own: seen and heard, where the corpus is at hand.
import { get } from "./api.js";
import { busy, h, icon, show } from "./dom.js";
import { performing } from "./performing.js";
import { wake } from "./piano.js";
import { player } from "./player.js";
import { compass, drawNotes, surface } from "./roll.js";
import { t } from "./words.js";

/** Seconds of a quarter note: about the tempo of a rag. */
const QUARTER = 0.7;
const PLAIN = { rate: 1, left: 1, right: 1, metronome: false, loop: null };

/** A button that shows both passages of a lane, "texture" or "melody". */
export function passages(piece, lane, name, signal) {
  const room = h("div", { class: "passages" });
  const button = h("button", { class: "plain source", "data-lane": lane, onclick: async () => {
    busy(button, true);
    try {
      const both = await get(`pieces/${piece.id}/source?lane=${lane}`);
      if (!signal.aborted) show(room, both.at_hand ? beside(piece, both, name, signal) : h("p", { class: "quiet" }, t("source.away")));
    } finally {
      busy(button, false);
    }
  } }, t("source.show"));
  return [button, room];
}

function beside(piece, { title, composer, mine, theirs }, name, signal) {
  const other = [title || name, composer].filter(Boolean).join(", ");
  const ears = { playing: null };
  return [part(t("source.mine", { title: piece.title }), mine, ears, signal), part(t("source.theirs", { title: other }), theirs, ears, signal)];
}

/** One of the two: its name, its notes, a button to hear it; only one sounds at a time. */
function part(title, { notes: rows, run, end }, ears, signal) {
  const notes = rows.map(([start, length, pitch, hand]) => ({ start, end: start + length, pitch, hand: hand === 1 ? "left" : "right" }));
  notes.sort((a, b) => a.start - b.start);
  const canvas = h("canvas", { role: "img", "aria-label": t("source.roll", { title }) });
  const span = compass(notes);
  const view = surface(canvas, () => {
    const { context, width, height, inks } = view;
    if (!width) return;
    context.clearRect(0, 0, width, height);
    context.fillStyle = inks.wash;
    context.fillRect((run[0] / end) * width, 0, ((run[1] - run[0]) / end) * width, height);
    drawNotes(view, notes, { from: 0, to: end, ...span, top: 3, bottom: height - 3 });
  }, signal);
  const draw = (on) => {
    show(button, icon(on ? "pause" : "play"));
    button.setAttribute("aria-label", t(on ? "pause.piece" : "play.piece", { title }));
  };
  const stop = () => {
    ears.playing?.stop();
    ears.playing?.over();
    ears.playing = null;
  };
  const button = h("button", { class: "round", onclick: async () => {
    const mine = ears.playing?.button === button;
    stop();
    if (mine) return;
    player.pause();
    const music = { notes: notes.map((note) => ({ ...note, start: note.start * QUARTER, end: note.end * QUARTER })), bars: [], seconds: end * QUARTER };
    const sound = performing(await wake(), music, PLAIN, { from: 0, countIn: false }, stop);
    ears.playing = { button, stop: sound.stop, over: () => draw(false) };
    draw(true);
  } });
  draw(false);
  signal.addEventListener("abort", stop);
  return h("div", { class: "part" }, h("p", {}, title), h("div", { class: "row" }, button, canvas));
}
