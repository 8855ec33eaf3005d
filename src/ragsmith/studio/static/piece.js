// A piece: read it while it plays, see where it comes from, compose bars of it again.
import { call, get, modelNames } from "./api.js";
import { again } from "./again.js";
import { bigRoll } from "./bigroll.js";
import { h, show, sure } from "./dom.js";
import { downloads, originality, recipe, scores } from "./panels.js";
import { clock, player, playerKeys } from "./player.js";
import { scoreView } from "./score.js";
import { verdict } from "./stars.js";
import { transport } from "./transport.js";
import { t, written } from "./words.js";

export async function page(room, [id], signal) {
  const [piece, playing, names] = await Promise.all([get(`pieces/${id}`), get(`pieces/${id}/playing`), modelNames()]);
  if (signal.aborted) return;
  document.title = `${piece.title} · Ragsmith`;
  player.load(id);
  playerKeys(signal);
  const views = [];
  const jump = (time) => { player.seek(time); for (const view of views) view.at(time); };
  const select = (first, last) => {
    for (const view of views) view.choose?.(first, last);
    bars.choose(first, last);
  };
  const bars = again(piece, playing, { select, jump }, signal);
  const roll = bigRoll(playing, { seek: jump, choose: select }, signal);
  const bar = transport(piece, playing, jump, signal);
  views.push(roll, bar);
  player.frame = (time) => { for (const view of views) view.at(time); };
  const stage = h("div", { class: "stage" }, roll.room, h("p", { class: "quiet waitscore", role: "status" }, t("score.wait")));
  show(room, heading(piece, names.get(piece.model)), stage,
    h("aside", { class: "side" }, bars.room, originality(piece, playing, jump), scores(piece),
      downloads(piece), recipe(piece)),
    bar.room);
  roll.at(0);
  engrave(stage, views, { id, playing, select }, signal);
}

/** The score comes when it is drawn; all else is there before it. */
async function engrave(stage, views, { id, playing, select }, signal) {
  const wait = stage.querySelector(".waitscore");
  try {
    const { pages } = await get(`pieces/${id}/score`);
    if (signal.aborted) return;
    const score = scoreView(pages, playing, select, signal);
    wait.replaceWith(zoom(score.room), score.room);
    views.push(score);
    score.at(player.audio.currentTime);
  } catch (error) {
    show(wait, error.message);
    if (!error.status && error.name !== "Error") throw error;
  }
}

/** Larger and smaller staves, for small screens and tired eyes. */
function zoom(room) {
  const steps = ["1", "1.5", "2", "2.7"];
  let at = innerWidth < 700 ? 1 : 0;
  const set = (step) => {
    at = Math.max(0, Math.min(steps.length - 1, at + step));
    room.dataset.zoom = steps[at];
    less.disabled = at === 0;
    more.disabled = at === steps.length - 1;
  };
  const less = h("button", { class: "plain", "aria-label": t("smaller"), onclick: () => set(-1) }, "−");
  const more = h("button", { class: "plain", "aria-label": t("larger"), onclick: () => set(1) }, "+");
  set(0);
  return h("div", { class: "zoom", role: "group", "aria-label": t("size") },
    h("span", { class: "quiet" }, t("score.choose")), less, more);
}

function heading(piece, model) {
  const judged = verdict(piece);
  const title = h("input", { class: "title", value: piece.title, "aria-label": t("title"), maxlength: 120,
    spellcheck: "false", onchange: async () => {
      const named = await call("PATCH", `pieces/${piece.id}`, { title: title.value.trim() || piece.title });
      Object.assign(piece, named);
      title.value = named.title;
      judged.draw();
      document.title = `${named.title} · Ragsmith`;
    } });
  const told = [t("bars.count", { n: piece.bars }), clock(piece.seconds), t("notes.count", { n: piece.notes }),
    piece.difficulty != null && t("difficulty.is", { level: written(piece.difficulty) }),
    model, piece.seed != null && t("seed.is", { seed: piece.seed })];
  return h("header", { class: "heading" },
    h("div", {}, h("h1", { class: "hidden" }, piece.title), title,
      h("p", { class: "quiet" }, told.filter(Boolean).join(" · "))),
    h("div", { class: "actions" },
      judged.room, remove(piece)));
}

const remove = (piece) => sure(t("delete"), t("delete.sure"), async () => {
  await call("DELETE", `pieces/${piece.id}`);
  location.hash = "#/library";
});
