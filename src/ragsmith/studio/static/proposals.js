// New bars beside the old ones: each seen, heard in its place, taken and given back, as often as one likes.
import { stepsFrom } from "./bars.js";
import { bring, h, icon, show } from "./dom.js";
import { asPlayed } from "./editing.js";
import { hear, silence } from "./hearing.js";
import { between, byKey, changed, editsOf, keyOf } from "./notes.js";
import { player } from "./player.js";
import { smallRoll } from "./roll.js";
import { t } from "./words.js";

/**
 * @param bars  first and last, printed numbers
 * @param edit  the notes of the piece
 */
export function proposals(playing, edit, bars, signal) {
  const old = edit.notes;
  const steps = stepsFrom(playing, ...bars);
  const span = context(playing, ...bars);
  const list = h("ol", { class: "proposals" });
  const cards = [];
  let taken = 0;
  const add = (edits) => {
    const card = proposal(cards.length, () => take(card), { playing, span, signal });
    card.notes = changed(old, edits);
    card.touched = new Set(edits.flatMap(({ place, note }) => [place, note].filter(Boolean).map(keyOf)));
    cards.push(card);
    list.append(card.room);
    card.draw(taken === cards.length - 1);
  };
  /** The bars become those of a card; the rest of the piece stays as it has become meanwhile. */
  function take(card) {
    const touched = new Set([...card.touched, ...cards[taken].touched]);
    const inside = (note) => steps.has(note.onset) || touched.has(keyOf(note));
    const rest = [...edit.notes.values()].filter((note) => !inside(note));
    edit.apply(between(edit.notes, byKey([...rest, ...[...card.notes.values()].filter(inside)])));
    taken = cards.indexOf(card);
    for (const each of cards) each.draw(each === card);
  }
  add([]);
  signal.addEventListener("abort", silence);
  player.listen(() => { if (!player.paused) silence(); }, signal);
  return { room: list, add: (pairs) => { add(editsOf(pairs)); if (cards.length === 2) bring(list); } };
}

/** Seconds of the bars as they are first played, with the bar before and the bar after. */
function context({ bars }, first, last) {
  const begin = bars.findIndex(({ number }) => number === first);
  let end = begin;
  while (end + 1 < bars.length && bars[end].number !== last && bars[end + 1].number > bars[end].number) end += 1;
  return [bars[Math.max(0, begin - 1)].start, bars[Math.min(bars.length - 1, end + 1)].end];
}

function proposal(number, take, { playing, span: [from, to], signal }) {
  const words = number ? t("proposal", { n: number }) : t("proposal.old");
  const canvas = h("canvas", { "aria-hidden": "true" });
  const roll = smallRoll(canvas, signal);
  const play = h("button", { class: "round", "aria-label": t("proposal.hear", { title: words }), onclick: async () => {
    if (plays) return silence();
    await hear(own.heard, playing.bars, [from, to], () => { plays = false; sign(); });
    plays = true;
    sign();
  } });
  let plays = false;
  const sign = () => show(play, icon(plays ? "pause" : "play"));
  const choose = h("button", { onclick: take });
  const own = {
    room: h("li", {}, h("span", { class: "name" }, words), canvas, h("div", { class: "row" }, play, choose)),
    draw(isTaken) {
      own.heard = asPlayed(own.notes, playing).sort((a, b) => a.start - b.start);
      roll.set(own.heard.filter(({ start, end }) => start < to && end > from)
        .map((note) => ({ ...note, start: note.start - from, end: note.end - from })), to - from);
      own.room.classList.toggle("taken", isTaken);
      choose.setAttribute("aria-pressed", isTaken);
      show(choose, t(isTaken ? "proposal.taken" : "proposal.take"));
    },
  };
  sign();
  return own;
}
