// What is known of a piece: what it shares with the corpus, its figures, its files, its recipe.
import { file } from "./api.js";
import { h } from "./dom.js";
import { passages } from "./passage.js";
import { clock } from "./player.js";
import { figure, t, written } from "./words.js";

const panel = (name, ...children) => h("section", { class: `panel ${name}` }, h("h2", {}, t(`${name}.title`)), children);

/** The longest passages that also stand in the corpus, where here and where there. */
export function originality(piece, playing, jump, signal) {
  const { longest_texture: texture, longest_melody: melody } = piece.originality ?? {};
  const marks = playing.marks ?? [];
  return panel("originality", passage(piece, "texture", texture, marks, jump, signal), passage(piece, "melody", melody, marks, jump, signal),
    h("p", { class: "quiet" }, t("originality.words")));
}

function passage(piece, lane, run, marks, jump, signal) {
  const beats = run?.beats ?? 0;
  const mark = marks.find((each) => each.lane === lane);
  const where = run?.file && t(run.of === "base" ? "originality.base" : "originality.where", { file: run.file, beat: written(run.in_file_at_beat ?? 0) });
  return h("div", { class: "passage" },
    h("h3", {}, t(`originality.${lane}`)),
    h("p", {}, beats ? shared(run) : t("originality.none")),
    beats > 0 && where && h("p", { class: "quiet" }, where, shifted(run.transposition)),
    mark && h("button", { class: "plain", onclick: () => jump(mark.start) },
      t("originality.hear", { time: clock(mark.start) })),
    mark && passages(piece, lane, run.file, signal));
}

/** How long a passage is, and how long it was allowed to be. */
export const shared = ({ beats, limit }) =>
  t(limit ? "originality.of" : "originality.beats", { beats: written(beats), limit: written(limit) });

const shifted = (semitones) => semitones ? `, ${t("originality.shift", { n: Math.abs(semitones),
  way: t(semitones > 0 ? "higher" : "lower") })}` : "";

/** Each figure as a tick on a small bar whose dark part is where the corpus lies. */
export function scores(piece) {
  const list = (piece.scores ?? []).filter(({ low, high }) => low != null && high != null);
  if (!list.length) return null;
  const outside = list.filter(({ value, low, high }) => value < low || value > high);
  return panel("scores", h("p", { class: "quiet" }, t("scores.words", { inside: list.length - outside.length, of: list.length })),
    h("ul", { class: "bands" }, outside.map(band)),
    h("details", {}, h("summary", {}, t("scores.rest")),
      h("ul", { class: "bands" }, list.filter((each) => !outside.includes(each)).map(band))));
}

function band({ name, value, low, high }) {
  const width = high - low || Math.abs(high) || 1;
  const share = (x) => `${100 * Math.min(1, Math.max(0, (x - low + width) / (3 * width)))}%`;
  const said = t("scores.band", { value: written(value), low: written(low), high: written(high) });
  const inside = value >= low && value <= high;
  const track = h("div", { class: "track", role: "img", "aria-label": said, title: said },
    h("span", { class: "range" }), h("span", { class: "tick" }));
  track.querySelector(".tick").style.left = share(value);
  return h("li", { class: inside ? "" : "out" },
    h("span", { class: "name" }, figure(name)),
    track, h("span", { class: "value" }, written(value)));
}

const MIME = { mid: "audio/midi", musicxml: "application/vnd.recordare.musicxml+xml", mxl: "application/vnd.recordare.musicxml",
  pdf: "application/pdf", mp3: "audio/mpeg", wav: "audio/wav", flac: "audio/flac", ogg: "audio/ogg", html: "text/html" };

export function downloads(piece) {
  return panel("downloads", h("ul", { class: "files" }, [...(piece.formats ?? []), "html"].map((format) => {
    const suffix = format.replace(/^\./, "");
    // A score of several pages comes whole.
    const address = file(piece.id, suffix) + (["svg", "png"].includes(suffix) ? "&page=0" : "");
    return h("li", {}, h("a", { href: address, download: true, "data-format": suffix, ondragstart: (event) => carry(event, piece, suffix) },
      t.has(`format.${suffix}`) ? t(`format.${suffix}`) : suffix));
  })), h("p", { class: "quiet" }, t("downloads.drag")));
}

/** What is dragged out of the window falls into another program or folder as a file. */
function carry({ dataTransfer, currentTarget }, piece, suffix) {
  const type = MIME[suffix];
  if (!type) return;
  const name = piece.title.replaceAll(/[:/\\]/g, " ");
  dataTransfer.setData("DownloadURL", `${type}:${name}.${suffix}:${currentTarget.href}`);
}

/** How the piece was made, so that it can be made again. */
export function recipe(piece) {
  const rows = flat(piece.recipe ?? {});
  if (!rows.length) return null;
  return h("details", { class: "panel recipe" }, h("summary", {}, t("recipe.title")),
    h("dl", {}, rows.map(([name, value]) => [h("dt", {}, name), h("dd", {}, value)])));
}

function flat(object, before = "") {
  return Object.entries(object).flatMap(([name, value]) => {
    if (value == null || value === "") return [];
    const words = before + name.replaceAll("_", " ");
    if (typeof value === "object" && !Array.isArray(value)) return flat(value, `${words}, `);
    return [[words, Array.isArray(value) ? value.map(String).join(" ") : String(value)]];
  });
}
