// Variants of a piece: how far from it, in which hand, with more or less of what; the nearest first.
import { follow, get, post } from "./api.js";
import { dialChoice } from "./dials.js";
import { busy, field, h, select, show } from "./dom.js";
import { t, written } from "./words.js";

const COUNT = 4;
const FIXED = "chord-changes"; // the piece has its chords

export function variantsPanel(piece, signal) {
  const room = h("details", { class: "panel variants", ontoggle: () => fill() }, h("summary", {}, t("variants.title")));
  let filled = false;
  const fill = async () => {
    if (filled) return;
    filled = true;
    const { compose: { dials }, variants: { distance } } = await get("options");
    room.append(...controls(piece, dials.choices, distance, signal));
  };
  return room;
}

function controls(piece, dials, distance, signal) {
  const far = select(distance.choices.map((name) => [name, t(`variants.${name}`)]), distance.default, { id: "variants-distance" });
  const hand = select(["both", "right", "left"].map((name) => [name, t(`again.${name}`)]), "both", { id: "variants-hand" });
  const dial = dialChoice(dials.filter((name) => name !== FIXED), { id: "variants-dial" });
  const say = h("p", { class: "quiet", role: "status" }, t("variants.words"));
  const list = h("ol", {});
  const act = h("button", { id: "variants", onclick: async () => {
    busy(act, true);
    show(list);
    show(say, t("again.working"));
    const over = (words) => { show(say, words); busy(act, false); };
    try {
      const { job } = await post(`pieces/${piece.id}/variants`,
        { ...chosenBars(), distance: far.value, hand: hand.value, dials: dial.value || null, count: COUNT });
      follow(job, (event) => {
        if (event.type === "piece") list.append(row(event));
        else if (event.type === "waiting") show(say, t("waiting", { n: event.before }));
        else if (event.type === "progress" && event.total) show(say, t("variants.progress", { done: event.done, of: event.total }));
        else if (event.type === "done") over(t("variants.done"));
        else if (event.error) over(event.error);
      }, signal);
    } catch (error) {
      over(error.message);
    }
  } }, t("variants.act"));
  return [field(t("variants.far"), far), field(t("again.hands"), hand), field(t("dial"), dial), act, say, list];
}

/** Bars that are chosen alone may change; without any all of them. */
function chosenBars() {
  const [first, last] = ["#first-bar", "#last-bar"].map((id) => Number(document.querySelector(id)?.value) || null);
  return first ? { first_bar: first, last_bar: last ?? first } : {};
}

/** A variant: opened by its name. */
function row({ id, distance, bars_kept: bars, harmony_kept: harmony }) {
  const percent = (share) => Math.round(100 * share);
  const title = t("variants.is", { distance: written(distance) });
  return h("li", {}, h("a", { href: `#/piece/${id}` }, title), " ",
    h("span", { class: "quiet" }, t("variants.kept", { bars: percent(bars), harmony: percent(harmony) })));
}
