// Corpora: drop files or a folder, and see what the doctor says of each file.
import { call, get, post } from "./api.js";
import { dropped } from "./dropped.js";
import { busy, empty, field, h, show, sure } from "./dom.js";
import { remark, t } from "./words.js";

const SUFFIXES = ".mid,.midi,.kar,.rmi,.krn,.musicxml,.mxl,.xml,.mei,.abc";
const AT_ONCE = 20;
const LONGEST_NAME = 80;
/** What was left out of a corpus while it was made, told on its page. */
const said = new Map();
const VERDICTS = ["reject", "repair", "accept"];

export async function page(room, [id], signal) {
  if (id) return one(room, id, signal);
  const { corpora } = await get("corpora");
  if (signal.aborted) return;
  const name = h("input", { name: "name", required: true, maxlength: LONGEST_NAME, autocomplete: "off", placeholder: t("corpus.name.example") });
  const say = h("p", { class: "quiet", role: "status" });
  const add = async (files) => {
    const corpus = await post("corpora", { name: (name.value.trim() || files[0]?.folder || t("corpus.unnamed")).slice(0, LONGEST_NAME) });
    const words = await upload(corpus.id, files, say);
    const { files: taken } = await get(`corpora/${corpus.id}`);
    if (!taken.length) return call("DELETE", `corpora/${corpus.id}`);
    said.set(corpus.id, words);
    location.hash = `#/corpus/${corpus.id}`;
  };
  show(room, h("h1", {}, t("corpus.title")), h("p", { class: "lead" }, t("corpus.lead")),
    field(t("corpus.name"), name), dropZone(add, say),
    corpora.length ? list(corpora) : h("p", { class: "quiet" }, t("corpus.empty")));
}

function list(corpora) {
  return h("section", {}, h("h2", {}, t("corpus.yours")), h("ul", { class: "rows" }, corpora.map((corpus) =>
    h("li", {}, h("a", { href: `#/corpus/${corpus.id}` }, corpus.name),
      h("span", { class: "quiet" }, t("files.count", { n: corpus.count }))))));
}


/** Where files are dropped or picked; `add` is given [{file, folder}]. */
function dropZone(add, say) {
  const picked = async (files) => {
    if (!files.length) return show(say, t("drop.none"));
    busy(zone, true);
    try {
      await add(files);
    } finally {
      busy(zone, false);
    }
  };
  const pick = (id, props) => h("input", { type: "file", id, multiple: true, class: "hidden", ...props,
    onchange: (event) => picked([...event.target.files].map((file) =>
      ({ file, folder: file.webkitRelativePath?.split("/")[0] }))) });
  const zone = h("div", { class: "drop",
    ondragover: (event) => { event.preventDefault(); zone.classList.add("over"); },
    ondragleave: () => zone.classList.remove("over"),
    ondrop: async (event) => {
      event.preventDefault();
      event.stopPropagation();
      zone.classList.remove("over");
      picked(await dropped(event.dataTransfer));
    } },
  h("p", { class: "big" }, t("drop")),
  h("div", { class: "row" },
    pick("pick-files", { accept: SUFFIXES }), h("label", { class: "button", for: "pick-files" }, t("drop.files")),
    pick("pick-folder", { webkitdirectory: true }), h("label", { class: "button", for: "pick-folder" }, t("drop.folder"))),
  h("p", { class: "quiet" }, t("drop.words")), say);
  return zone;
}

async function upload(id, files, say) {
  const leftOut = [];
  for (let i = 0; i < files.length; i += AT_ONCE) {
    show(say, t("upload", { done: i, of: files.length }));
    const form = new FormData();
    for (const { file } of files.slice(i, i + AT_ONCE)) form.append("files", file, file.name);
    const answer = await call("POST", `corpora/${id}/files`, form);
    leftOut.push(...(answer.left_out ?? []));
  }
  const words = leftOut.length ? t("left.out", { names: leftOut.slice(0, 5).join(", "), n: leftOut.length })
    : t("upload", { done: files.length, of: files.length });
  show(say, words, leftOut.length === files.length && ` ${t("left.out.all")}`);
  return words;
}

async function one(room, id, signal) {
  const corpus = await get(`corpora/${id}`);
  if (signal.aborted) return;
  document.title = `${corpus.name} · Ragsmith`;
  const again = () => one(room, id, signal);
  const say = h("p", { class: "quiet", role: "status" }, said.get(id) ?? "");
  const fine = corpus.accepted + corpus.repaired;
  show(room, h("p", {}, h("a", { href: "#/corpus" }, t("corpus.all"))), h("h1", {}, corpus.name),
    h("p", { class: "lead" }, t("doctor.sum", corpus)),
    h("div", { class: "row" },
      h("a", { class: "button main", href: `#/learn/from/${id}`, "aria-disabled": fine ? null : "true" }, t("corpus.learn")),
      removeCorpus(corpus)),
    corpus.files.length ? table(corpus, again) : empty(t("corpus.files.none"), t("corpus.files.none.words")),
    dropZone(async (files) => { await upload(id, files, say); await again(); }, say));
}

const removeCorpus = ({ id }) => sure(t("corpus.delete"), t("delete.sure"), async () => {
  await call("DELETE", `corpora/${id}`);
  location.hash = "#/corpus";
});

function table(corpus, again) {
  const heads = ["file", "verdict", "notes", "grid", "hands", "remarks"];
  return h("div", { class: "wide", tabindex: 0, role: "region", "aria-label": t("doctor") }, h("table", {},
    h("caption", { class: "hidden" }, t("doctor")),
    h("thead", {}, h("tr", {}, heads.map((head) => h("th", { scope: "col" }, t(`col.${head}`))), h("th", {},
      h("span", { class: "hidden" }, t("remove"))))),
    h("tbody", {}, sorted(corpus.files).map((file) => row(corpus.id, file, again)))));
}

/** What needs a look stands first. */
const sorted = (files) => [...files].sort((a, b) => VERDICTS.indexOf(a.verdict) - VERDICTS.indexOf(b.verdict));

function row(id, file, again) {
  const name = file.name ?? file.path;
  const cell = (column, content) => h("td", { class: column, "data-label": t(`col.${column}`), "data-none": !content },
    content || "–");
  const grid = file.steps_per_quarter && t("grid", { n: file.steps_per_quarter });
  return h("tr", { class: file.verdict },
    h("th", { scope: "row" }, name),
    cell("verdict", h("span", { class: `verdict ${file.verdict}` }, t(`verdict.${file.verdict}`))),
    cell("notes", file.notes), cell("grid", grid), cell("hands", hands(file.hands)),
    cell("remarks", remark(file.reason)),
    h("td", {}, h("button", { class: "plain", "aria-label": t("remove.file", { name }), onclick: async () => {
      await call("DELETE", `corpora/${id}/files/${encodeURIComponent(name)}`);
      await again();
    } }, t("remove"))));
}

/** How many notes each hand has. */
const hands = (said) => said && t(said.unknown ? "hands.unknown" : "hands", said);
