// Compose these bars again, or one hand of all: choose on the roll, on the score or here, and take one of four proposals.
import { follow, post } from "./api.js";
import { printedAgain, stepsFrom } from "./bars.js";
import { busy, field, h, select, show } from "./dom.js";
import { proposals } from "./proposals.js";
import { t } from "./words.js";

const COUNT = 4;
const HANDS = ["both", "right", "left"];

/** @param acts  select(first, last) shows a choice everywhere; jump(time) goes there */
export function again(piece, playing, edit, acts, signal) {
  const most = Math.max(1, ...playing.bars.map(({ number: n }) => n));
  const number = (id) => h("input", { type: "number", min: 1, max: most, id, inputmode: "numeric",
    onchange: () => told() });
  const first = number("first-bar"), last = number("last-bar");
  const hand = select(HANDS.map((name) => [name, t(`again.${name}`)]), HANDS[0], { id: "again-hand", onchange: () => ready() });
  const say = h("p", { class: "quiet", role: "status" }, t("again.how"));
  const chosen = () => [Number(first.value), Number(last.value || first.value)];
  const told = () => { if (first.value) acts.select(...chosen()); };
  const from = h("button", { disabled: true, onclick: () => {
    acts.jump(playing.bars.find(({ number: n }) => n === chosen()[0])?.start ?? 0);
  } }, t("play.from"));
  const clear = h("button", { class: "plain", disabled: true, onclick: () => acts.select(null, null) }, t("clear"));
  const act = () => propose(piece, playing, edit, first.value ? chosen() : [1, most], { compose, say, list, hand }, signal);
  const compose = h("button", { class: "main", id: "again", disabled: true, onclick: act }, t("again.compose"));
  /** One hand of all bars needs no choice of bars: a left hand to a melody. */
  const ready = () => { compose.disabled = !first.value && hand.value === HANDS[0]; };
  const list = h("div", {});
  const room = h("section", { class: "panel again" }, h("h2", {}, t("again.title")),
    h("div", { class: "pair" }, field(t("bar.from"), first), field(t("bar.to"), last)),
    field(t("again.hands"), hand),
    h("div", { class: "row" }, compose, from, clear),
    say, list,
    piece.parent && h("p", {}, h("a", { id: "parent", href: `#/piece/${piece.parent}` }, t("parent"))));
  return {
    room,
    compose: act,
    /** The written steps of the chosen bars; null where none are. */
    places: () => (first.value ? stepsFrom(playing, ...chosen()) : null),
    choose(a, b) {
      first.value = a ?? "";
      last.value = b ?? "";
      for (const button of [from, clear]) button.disabled = !a;
      ready();
      const others = a ? printedAgain(playing.bars, a, b) : [];
      show(say, a ? t("again.chosen", { n: b - a + 1 }) : t("again.how"),
        others.length > 0 && ` ${t("again.also", { n: others.length, bars: others.join(", ") })}`);
    },
  };
}

/** Proposals come one after another, the one that joins best first; the bars stay chosen. */
async function propose(piece, playing, edit, bars, { compose, say, list, hand }, signal) {
  busy(compose, true);
  show(say, t("again.working"));
  const over = (words) => { show(say, words); busy(compose, false); };
  try {
    const [first, last] = bars;
    const { job } = await post(`pieces/${piece.id}/propose`, { first_bar: first, last_bar: last, hand: hand.value, count: COUNT, seed: null });
    const shown = proposals(playing, edit, bars, signal);
    show(list, shown.room);
    follow(job, (event) => {
      if (event.type === "proposal") shown.add(event.edits);
      else if (event.type === "waiting") show(say, t("waiting", { n: event.before }));
      else if (event.type === "progress" && event.total) {
        show(say, t("again.progress", { share: Math.round(100 * event.share) }));
      } else if (event.type === "done") over(t("again.done"));
      else if (event.error) over(event.error);
    }, signal);
  } catch (error) {
    over(error.message);
  }
}
