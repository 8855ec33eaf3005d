// A piece: read it while it plays, see where it comes from, compose bars of it again.
import { call, get, modelNames, post } from "./api.js";
import { again } from "./again.js";
import { bigRoll } from "./bigroll.js";
import { h, show, sure } from "./dom.js";
import { goOn } from "./goon.js";
import { remarks } from "./opened.js";
import { downloads, originality, recipe, scores } from "./panels.js";
import { clock, player, playerKeys } from "./player.js";
import { reading } from "./reading.js";
import { verdict } from "./stars.js";
import { transport } from "./transport.js";
import { keyWords, t, written } from "./words.js";

export async function page(room, [id], signal) {
  const [piece, playing, names] = await Promise.all([get(`pieces/${id}`), get(`pieces/${id}/playing`), modelNames()]);
  if (signal.aborted) return;
  document.title = `${piece.title} · Ragsmith`;
  player.load(id, playing);
  playerKeys(signal);
  const views = [];
  const jump = (time) => { player.seek(time); for (const view of views) view.at(time); };
  const select = (first, last) => {
    for (const view of views) view.choose?.(first, last);
    bars.choose(first, last);
  };
  const bars = again(piece, playing, { select, jump }, signal);
  const roll = bigRoll(playing, { seek: jump, choose: select }, signal);
  const bar = transport(piece, playing, { jump, select }, signal);
  views.push(roll, bar);
  player.frame = (time) => { for (const view of views) view.at(time); };
  const score = reading(piece, playing, views, select, signal);
  const compared = h("div", {});
  show(room, heading(piece, names.get(piece.model), score.draw),
    h("div", { class: "stage" }, remarks(id), score.room, roll.room),
    h("aside", { class: "side" }, bars.room, goOn(piece, playing.bars), compared, downloads(piece), recipe(piece)),
    bar.room);
  for (const view of [roll, bar]) view.at(0);
  score.draw();
  beside(compared, piece, playing, jump, signal);
}

/** What stands beside the corpus; a piece that was opened is compared when it is looked at. */
async function beside(room, piece, playing, jump, signal) {
  if (!piece.compared) {
    show(room, h("section", { class: "panel" }, h("p", { class: "quiet", role: "status" }, t("compared.wait"))));
    try {
      Object.assign(piece, await post(`pieces/${piece.id}/compare`, {}));
    } catch (error) {
      return show(room, h("section", { class: "panel" }, h("p", { class: "quiet" }, error.message)));
    }
    if (signal.aborted) return;
    Object.assign(playing, await get(`pieces/${piece.id}/playing`));
  }
  show(room, originality(piece, playing, jump, signal), scores(piece));
}

function heading(piece, model, renamed) {
  const judged = verdict(piece);
  const change = async (changes) => {
    Object.assign(piece, await call("PATCH", `pieces/${piece.id}`, changes));
    title.value = piece.title;
    composer.value = piece.composer ?? "";
    tags.value = piece.tags.join(", ");
    judged.draw();
    document.title = `${piece.title} · Ragsmith`;
  };
  const line = (name, props) => h("input", { id: `piece-${name}`, maxlength: 120, spellcheck: "false", "aria-label": t(name), ...props });
  const title = line("title", { class: "title", value: piece.title, onchange: () =>
    change({ title: title.value.trim() || piece.title }).then(renamed) });
  const composer = line("composer", { value: piece.composer ?? "", placeholder: t("composer"), onchange: () =>
    change({ composer: composer.value.trim() }).then(renamed) });
  const tags = line("tags", { value: piece.tags.join(", "), placeholder: t("tags"), maxlength: 1000, onchange: () =>
    change({ tags: tags.value.split(",").map((tag) => tag.trim()).filter(Boolean) }) });
  const about = [piece.key && keyWords(piece.key), piece.metre, t("bars.count", { n: piece.bars }), clock(piece.seconds),
    t("notes.count", { n: piece.notes }), piece.difficulty != null && t("difficulty.is", { level: written(piece.difficulty) }),
    model, piece.seed != null && t("seed.is", { seed: piece.seed })];
  return h("header", { class: "heading" },
    h("div", {}, h("h1", { class: "hidden" }, piece.title), title, h("div", { class: "names" }, composer, tags),
      h("p", { class: "quiet" }, about.filter(Boolean).join(" · "))),
    h("div", { class: "actions" },
      judged.room, remove(piece)));
}

const remove = (piece) => sure(t("delete"), t("delete.sure"), async () => {
  await call("DELETE", `pieces/${piece.id}`);
  location.hash = "#/library";
});
