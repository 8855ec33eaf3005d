// Two pieces, blind: which do you like better?
import { get, post } from "./api.js";
import { empty, h, show } from "./dom.js";
import { playButton, player, playerKeys } from "./player.js";
import { smallRoll } from "./roll.js";
import { t } from "./words.js";

const SIDES = ["a", "b"];

export async function page(room, words, signal) {
  playerKeys(signal);
  await next(room, signal);
}

async function next(room, signal) {
  const pair = await get("compare");
  if (!pair.a) {
    return show(room, empty(t("compare.none"), t("compare.none.words"), h("a", { class: "button main", href: "#/library" }, t("nav.library"))));
  }
  if (signal.aborted) return;
  const playings = await Promise.all(SIDES.map((side) => get(`pieces/${pair[side]}/playing`)));
  const say = h("p", { class: "quiet", role: "status" });
  const choose = async (better) => {
    player.close();
    await post("compare", { a: pair.a, b: pair.b, better });
    const [one, other] = await Promise.all(SIDES.map((side) => get(`pieces/${pair[side]}`)));
    show(say, t("compare.was", { a: one.title, b: other.title }), " ",
      h("button", { class: "main", id: "next", onclick: () => next(room, signal) }, t("compare.next")));
    for (const button of room.querySelectorAll(".better")) button.disabled = true;
  };
  const cards = SIDES.map((side, i) => card(side, pair[side], playings[i], choose, signal));
  player.frame = (time) => { for (const each of cards) each.at(time); };
  show(room, h("h1", {}, t("compare.title")), h("p", { class: "lead quiet" }, t("compare.lead")),
    h("ol", { class: "cards two" }, cards.map((each) => each.room)), say);
  player.load(pair.a, playings[0]);
}

function card(side, id, playing, choose, signal) {
  const letter = side.toUpperCase();
  const canvas = h("canvas", { "aria-hidden": "true" });
  const roll = smallRoll(canvas, signal);
  roll.set(playing.notes, playing.seconds);
  return {
    room: h("li", { class: "card ready" }, h("span", { class: "number", "aria-hidden": "true" }, letter), canvas,
      h("h2", {}, t("compare.piece", { letter })),
      h("div", { class: "row" }, playButton(() => id, () => letter, signal),
        h("button", { class: "better", "data-side": side, onclick: () => choose(side) }, t("compare.better", { letter })))),
    at(time) { roll.at(player.piece === id ? time : -1); },
  };
}
