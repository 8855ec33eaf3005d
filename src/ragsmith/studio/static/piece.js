// A piece: read it while it plays, see where it comes from, compose bars of it again.
import { call, get, modelNames, post } from "./api.js";
import { again } from "./again.js";
import { bigRoll } from "./bigroll.js";
import { changing } from "./changing.js";
import { h, show, sure } from "./dom.js";
import { easier } from "./easier.js";
import { editBar } from "./editbar.js";
import { editKeys } from "./editacts.js";
import { editing } from "./editing.js";
import { goOn } from "./goon.js";
import { remarks } from "./opened.js";
import { downloads, originality, recipe, scores } from "./panels.js";
import { pencil } from "./pencil.js";
import { clock, player, playerKeys } from "./player.js";
import { reading } from "./reading.js";
import { scorePick } from "./scorepick.js";
import { verdict } from "./stars.js";
import { strainsPanel } from "./strains.js";
import { transport } from "./transport.js";
import { variantsPanel } from "./variants.js";
import { versionsPanel } from "./versions.js";
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
  const edit = editing(piece, playing, signal);
  const bars = again(piece, playing, edit, { select, jump }, signal);
  const strains = strainsPanel(piece, playing, edit, { select, compose: bars.compose }, signal);
  const roll = bigRoll(playing, edit, { seek: jump, choose: select }, signal);
  const bar = transport(piece, playing, { jump, select }, signal);
  views.push(roll, bar);
  player.frame = (time) => { for (const view of views) view.at(time); };
  const score = reading(piece, playing, views, select, signal);
  const mark = scorePick(score.room, edit, playing, signal);
  const engraved = pencil(score.room, edit, playing);
  score.drawn = () => { engraved(); mark(); };
  const { draw } = score;
  const compared = h("div", {});
  const check = () => beside(compared, piece, playing, jump, signal);
  const tools = editBar(edit, playing, () => turned(piece, edit, roll), signal);
  editKeys(edit, playing, { stretch: () => edit.within(bars.places()), reveal: () => revealChosen(edit, playing, roll) }, signal);
  changing(piece, playing, edit, { views, draw, check, unchecked: () => show(compared, waits("compared.wait")) }, signal);
  show(room, heading(piece, names.get(piece.model), draw),
    h("div", { class: "stage" }, remarks(id), score.room, tools.room, roll.room, tools.words),
    h("aside", { class: "side" }, bars.room, strains, versionsPanel(piece, edit, signal), variantsPanel(piece, signal), goOn(piece, playing, edit), easier(piece), compared,
      downloads(piece), recipe(piece)),
    bar.room);
  for (const view of [roll, bar]) view.at(0);
  draw();
  check();
}

/** Changing begins: the roll is what is looked at; it ends: the piece gets its sound as a file again. */
function turned(piece, edit, roll) {
  roll.renew();
  if (edit.on) roll.room.focus();
  else if (edit.version) player.changed(`version=${edit.version}`);
}

function revealChosen(edit, { times, places }, roll) {
  const [note] = edit.chosen;
  if (note) roll.reveal(times[places.indexOf(note.onset)]);
}

const waits = (key) => h("section", { class: "panel" }, h("p", { class: "quiet", role: "status" }, t(key)));

/** What stands beside the corpus; a piece that was opened or changed is compared when it is looked at. */
async function beside(room, piece, playing, jump, signal) {
  if (!piece.compared) {
    show(room, waits("compared.wait"));
    try {
      Object.assign(piece, await post(`pieces/${piece.id}/compare`, {}));
    } catch (error) {
      return show(room, h("section", { class: "panel" }, h("p", { class: "quiet" }, error.message)));
    }
    // Changed again meanwhile: that will be compared too.
    if (signal.aborted || !piece.compared) return;
    Object.assign(playing, await get(`pieces/${piece.id}/playing`));
  }
  show(room, originality(piece, playing, jump, signal), scores(piece));
}

function heading(piece, model, renamed) {
  const judged = verdict(piece);
  const put = async (changes) => {
    Object.assign(piece, await call("PATCH", `pieces/${piece.id}`, changes));
    title.value = piece.title;
    composer.value = piece.composer ?? "";
    tags.value = piece.tags.join(", ");
    judged.draw();
    document.title = `${piece.title} · Ragsmith`;
  };
  let before = Promise.resolve();
  // One after the other, each with its score: a score that is being made must not carry older names.
  const change = (changes, done) => (before = before.catch(() => {}).then(() => put(changes)).then(done));
  const line = (name, props) => h("input", { id: `piece-${name}`, maxlength: 120, spellcheck: "false", "aria-label": t(name), ...props });
  const title = line("title", { class: "title", value: piece.title, onchange: () =>
    change({ title: title.value.trim() || piece.title }, renamed) });
  const composer = line("composer", { value: piece.composer ?? "", placeholder: t("composer"), onchange: () =>
    change({ composer: composer.value.trim() }, renamed) });
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
