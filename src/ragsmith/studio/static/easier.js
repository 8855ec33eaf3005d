// An easier version of a piece, as a piece of its own.
import { post } from "./api.js";
import { busy, field, h, select } from "./dom.js";
import { t } from "./words.js";

const LEVELS = [1, 2, 3, 4, 5, 6, 7, 8];

export function easier(piece) {
  const level = Math.max(1, Math.ceil(piece.difficulty ?? 4) - 2);
  const choice = select(LEVELS.map((n) => [n, t("easier.level", { n })]), Math.min(level, LEVELS.at(-1)), { id: "easier-level" });
  const act = h("button", { id: "easier", onclick: async () => {
    busy(act, true);
    try {
      const { id } = await post(`pieces/${piece.id}/simplify`, { level: Number(choice.value) });
      location.hash = `#/piece/${id}`;
    } finally {
      busy(act, false);
    }
  } }, t("easier.act"));
  return h("details", { class: "panel" }, h("summary", {}, t("easier.title")), field(t("easier.most"), choice), act,
    h("p", { class: "quiet" }, t("easier.words")));
}
