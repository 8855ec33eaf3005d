// Practise: hands apart, some bars round and round, counted in, with a metronome, over a keyboard that lights up.
import { h, select as choice } from "./dom.js";
import { keyboard } from "./keyboard.js";
import { keep, kept } from "./memory.js";
import { midiPanel } from "./midi.js";
import { chosenPiano, PIANOS } from "./piano.js";
import { player } from "./player.js";
import { t } from "./words.js";

/** How much too early a note may be, in seconds. */
const EARLY = 0.15;

/**
 * @param playing  what sounds when
 * @param select   told (first, last), printed numbers of bars, or (null, null)
 */
export function practise(playing, select, signal) {
  const keys = keyboard(playing.notes, signal);
  const numbers = playing.bars.map(({ number }) => number);
  const most = Math.max(1, ...numbers);
  const bar = (id, label) => h("label", {}, h("span", { class: "quiet" }, t(label)), h("input", { type: "number", id, min: 1, max: most,
    inputmode: "numeric", onchange: () => { if (first.value) select(...chosen()); } }));
  const [from, to] = [bar("loop-first", "bar.from"), bar("loop-last", "bar.to")];
  const [first, last] = [from, to].map((label) => label.querySelector("input"));
  const chosen = () => [Number(first.value), Math.max(Number(first.value), Number(last.value || first.value))];
  const loop = check("loop", "practise.loop", () => repeat());
  /** The bars that are chosen, or the whole piece, where it is played now. */
  const repeat = () => {
    const on = loop.querySelector("input").checked;
    player.set({ loop: on ? stretch(playing, first.value ? chosen() : [0, most], player.time) : null });
  };
  const room = h("div", { class: "practise", id: "practise-room", hidden: !kept("practise", false) },
    h("div", { class: "wishes" },
      hand("right"), hand("left"), loop, from, to,
      check("metronome", "practise.metronome", (on) => player.set({ metronome: on })),
      check("count-in", "practise.count", (on) => player.set({ countIn: on })), pianos(), midiPanel(signal)),
    keys.room);
  const open = h("button", { class: "plain", id: "practise", "aria-expanded": !room.hidden, "aria-controls": "practise-room",
    onclick: () => {
      room.hidden = !room.hidden;
      open.setAttribute("aria-expanded", !room.hidden);
      keep("practise", !room.hidden);
      if (!room.hidden) keys.at(player.time);
      // One practises with the score in sight.
      if (!room.hidden) document.querySelector(".reading")?.scrollIntoView({ block: "start" });
    } }, t("practise"));
  return {
    room,
    open,
    renew() { keys.renew(playing.notes); },
    at(time) { if (!room.hidden) keys.at(time); },
    choose(a, b) {
      first.value = a ?? "";
      last.value = b ?? "";
      if (player.wish.loop) repeat();
    },
  };
}

const pianos = () => h("label", { class: "check" }, h("span", { class: "quiet" }, t("piano")),
  choice(PIANOS.map((name) => [name, t(`piano.${name.split("-")[0]}`)]), chosenPiano(), { id: "piano", onchange: (event) => player.choose(event.target.value) }));

const check = (id, label, act) => h("label", { class: "check" },
  h("input", { type: "checkbox", id, onchange: (event) => act(event.target.checked) }), h("span", {}, t(label)));

/** How loud one hand is. */
function hand(name) {
  const told = h("output", { for: `hand-${name}` }, "100 %");
  return h("label", { class: "hand" }, h("span", { class: "quiet" }, t(`practise.${name}`)),
    h("input", { type: "range", id: `hand-${name}`, min: 0, max: 100, step: 5, value: 100, oninput: (event) => {
      told.textContent = `${event.target.value} %`;
      player.set({ [name]: event.target.value / 100 });
    } }), told);
}

/** [start, end] in seconds of printed bars: the time they are played at `time`, else the first. */
export function stretch({ bars, notes, seconds }, [first, last], time) {
  const begins = bars.flatMap(({ number }, i) => (number === first || (!first && i === 0) ? [i] : []));
  const begin = begins.findLast((i) => bars[i].start <= time) ?? begins[0] ?? 0;
  // A bar that is not played before the next repeat ends the stretch where the music goes back.
  let end = begin;
  while (end + 1 < bars.length && bars[end].number !== last && (!first || bars[end + 1].number > bars[end].number)) end += 1;
  const next = first ? bars[end + 1] : null;
  return [edge(notes, bars[begin]), next ? edge(notes, next) : seconds];
}

/** Where a bar begins, with those of its notes that are played a moment too early. */
const edge = (notes, { start, number }) => Math.min(start,
  ...notes.filter((note) => note.bar === number && Math.abs(note.start - start) < EARLY).map((note) => note.start));
