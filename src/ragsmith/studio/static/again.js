// Compose these bars again: choose them on the roll, on the score or here, and get a new version.
import { follow, post } from "./api.js";
import { printedAgain } from "./bars.js";
import { busy, field, h, show } from "./dom.js";
import { t } from "./words.js";

/** @param acts  select(first, last) shows a choice everywhere; jump(time) goes there */
export function again(piece, playing, acts, signal) {
  const most = Math.max(1, ...playing.bars.map(({ number: n }) => n));
  const number = (id) => h("input", { type: "number", min: 1, max: most, id, inputmode: "numeric",
    onchange: () => told() });
  const first = number("first-bar"), last = number("last-bar");
  const say = h("p", { class: "quiet", role: "status" }, t("again.how"));
  const chosen = () => [Number(first.value), Number(last.value || first.value)];
  const told = () => { if (first.value) acts.select(...chosen()); };
  const from = h("button", { disabled: true, onclick: () => {
    acts.jump(playing.bars.find(({ number: n }) => n === chosen()[0])?.start ?? 0);
  } }, t("play.from"));
  const clear = h("button", { class: "plain", disabled: true, onclick: () => acts.select(null, null) }, t("clear"));
  const compose = h("button", { class: "main", id: "again", disabled: true, onclick: () =>
    vary(piece, chosen(), { compose, say }, signal) }, t("again.compose"));
  const room = h("section", { class: "panel again" }, h("h2", {}, t("again.title")),
    h("div", { class: "pair" }, field(t("bar.from"), first), field(t("bar.to"), last)),
    h("div", { class: "row" }, compose, from, clear),
    say,
    piece.parent && h("p", {}, h("a", { class: "button", id: "undo", href: `#/piece/${piece.parent}` }, t("undo"))));
  return {
    room,
    choose(a, b) {
      first.value = a ?? "";
      last.value = b ?? "";
      for (const button of [compose, from, clear]) button.disabled = !a;
      const others = a ? printedAgain(playing.bars, a, b) : [];
      show(say, a ? t("again.chosen", { n: b - a + 1 }) : t("again.how"),
        others.length > 0 && ` ${t("again.also", { n: others.length, bars: others.join(", ") })}`);
    },
  };
}

async function vary(piece, [first, last], { compose, say }, signal) {
  busy(compose, true);
  show(say, t("again.working"));
  try {
    const { job } = await post(`pieces/${piece.id}/vary`, { first_bar: first, last_bar: last, seed: null });
    let made = null;
    follow(job, (event) => {
      if (event.type === "piece") made = event.id;
      else if (event.type === "waiting") show(say, t("waiting", { n: event.before }));
      else if (event.type === "progress" && event.total) {
        show(say, t("again.progress", { share: Math.round(100 * event.share) }));
      } else if (event.type === "done" && made) location.hash = `#/piece/${made}`;
      else if (event.error) {
        show(say, event.error);
        busy(compose, false);
      }
    }, signal);
  } catch (error) {
    show(say, error.message);
    busy(compose, false);
  }
}
