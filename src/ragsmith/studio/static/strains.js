// The form of a piece as blocks: strains chosen, composed anew, played elsewhere, once more, or not at all.
import { numbersOf } from "./bars.js";
import { h, show } from "./dom.js";
import { t } from "./words.js";

const ACTS = {
  earlier: (order, i) => swapped(order, i, i - 1),
  later: (order, i) => swapped(order, i, i + 1),
  repeat: (order, i) => [[...order.slice(0, i + 1), ...order.slice(i)], i + 1],
  remove: (order, i) => [order.toSpliced(i, 1), Math.max(0, i - 1)],
};

/**
 * @param edit  knows the strains as they are played
 * @param acts  select(first, last) chooses bars everywhere, compose() composes them anew
 */
export function strainsPanel(piece, playing, edit, acts, signal) {
  const own = { chosen: latest.piece === piece.id ? latest.chosen : -1 };
  const list = h("ol", { class: "blocks" });
  const tools = h("div", { class: "row" });
  const room = h("section", { class: "panel strains", hidden: true }, h("h2", {}, t("strains.title")),
    h("p", { class: "quiet" }, t("strains.words")), list, tools);

  function draw() {
    const order = edit.strains;
    room.hidden = order.length < 2;
    show(list, order.map((name, i) => h("li", {}, h("button", { "aria-pressed": String(i === own.chosen), "data-strain": name,
      onclick: () => choose(i) }, name))));
    const act = (name, disabled) => h("button", { class: "plain", id: `strain-${name}`, disabled, onclick: () => {
      const [next, chosen] = ACTS[name](order, own.chosen);
      Object.assign(latest, { piece: piece.id, chosen });
      own.chosen = chosen;
      edit.order(next);
    } }, t(`strain.${name}`));
    const i = own.chosen;
    show(tools, i >= 0 && i < order.length && [
      h("button", { id: "strain-new", onclick: acts.compose }, t("strain.new", { name: order[i] })),
      act("earlier", i === 0), act("later", i === order.length - 1), act("repeat"), act("remove", order.length === 1)]);
  }
  function choose(i) {
    own.chosen = i;
    draw();
    list.querySelector("[aria-pressed=true]").focus();
    const numbers = barsOf(playing, edit.strains, i);
    if (numbers) acts.select(...numbers);
  }
  edit.listen("change", draw);
  return room;
}

/** Which block stays chosen when the page is drawn anew in another order. */
const latest = { piece: null, chosen: -1 };

function swapped(order, i, j) {
  const other = [...order];
  [other[i], other[j]] = [other[j], other[i]];
  return [other, j];
}

/** The printed numbers of a strain with all of its endings: those of every time in a row. */
function barsOf({ sections, bars }, order, i) {
  let from = i, to = i;
  while (order[from - 1] === order[i]) from -= 1;
  while (order[to + 1] === order[i]) to += 1;
  const names = new Set(order);
  const begins = sections.filter(({ name }) => names.has(name)).map(({ start }) => start);
  const start = begins[from], end = begins[to + 1] ?? Infinity;
  return numbersOf(bars.filter((bar) => bar.start > start - 1e-6 && bar.start < end - 1e-6));
}
