// Go on from a piece: it is kept to the note, and new bars follow.
import { post } from "./api.js";
import { busy, field, h } from "./dom.js";
import { kept } from "./memory.js";
import { t } from "./words.js";

const BARS = 16, MOST = 256, CANDIDATES = 4;

/** @param played  the bars as they are played */
export function goOn(piece, played) {
  const length = new Set(played.filter(({ number }) => number).map(({ number, time }) => `${number} ${time}`)).size;
  const bars = h("input", { type: "number", id: "more-bars", value: BARS, min: 1, max: MOST, inputmode: "numeric" });
  const act = h("button", { id: "go-on", onclick: async () => {
    busy(act, true);
    try {
      const total = length + Math.min(MOST, Math.max(1, Number(bars.value) || BARS));
      const model = piece.model ?? kept("wish", {}).model;
      const { job } = await post("compose", { model, primer: piece.id, bars: total, count: CANDIDATES });
      location.hash = `#/compose/${job}`;
    } finally {
      busy(act, false);
    }
  } }, t("goon.act"));
  return h("details", { class: "panel" }, h("summary", {}, t("goon.title")), field(t("goon.bars"), bars), act,
    h("p", { class: "quiet" }, t("goon.words")));
}
