// The library: all pieces, to find, sort, rate, tag and hear.
import { call, get, modelNames } from "./api.js";
import { empty, field, h, select, show, sure } from "./dom.js";
import { kept, keep } from "./memory.js";
import { openButton } from "./opened.js";
import { clock, playButton, player, playerKeys } from "./player.js";
import { laterRoll } from "./roll.js";
import { stars } from "./stars.js";
import { keyWords, t } from "./words.js";

const STATES = ["kept", "candidate", "sample", ""];
/** So many pieces are made ready to be played from their notes before one of them is wanted. */
const WARM = 12;
const FILTERS = ["model", "key", "metre", "tag"];

export async function page(room, words, signal) {
  playerKeys(signal);
  const list = h("ul", { class: "rows pieces" });
  const left = h("div", { class: "row left quiet", role: "status" });
  const wish = { search: "", sort: "created", state: "kept", model: "", key: "", metre: "", tag: "", ...kept("library", {}) };
  const which = h("select", { id: "state", onchange: (event) => to(event.target.value) });
  const filters = h("div", { class: "filters", hidden: true });
  const change = (name) => (event) => set(name, event.target.value);
  const to = (state) => set("state", state);
  const set = (name, value) => {
    wish[name] = value;
    // What was filtered before may not be there in another state.
    if (name === "state") for (const filter of FILTERS) wish[filter] = "";
    keep("library", { sort: wish.sort, state: wish.state });
    return load();
  };
  const names = await modelNames();
  if (signal.aborted) return;
  let asked = 0;
  const load = async () => {
    const mine = (asked += 1);
    const { pieces, counts, choices } = await get(`pieces?${new URLSearchParams(Object.entries(wish).filter(([, value]) => value))}`);
    // A slower answer to an earlier letter must not come over a later one.
    if (mine !== asked || signal.aborted) return;
    show(which, STATES.map((state) => h("option", { value: state }, t("state.some", { state: t(`state.${state || "all"}`),
      n: state ? counts[state] ?? 0 : Object.values(counts).reduce((sum, n) => sum + n, 0) }))));
    which.value = wish.state;
    show(filters, FILTERS.map((name) => filter(name, choices[`${name}s`], wish, names, set)));
    filters.hidden = !filters.children.length;
    show(left, h("span", {}, t("pieces.count", { n: pieces.length })), leftovers(wish, counts, to, load),
      h("a", { href: "#/bin", id: "to-bin" }, t("bin.go")));
    show(list, pieces.length ? pieces.map((piece) => row(piece, names, { load, set }, signal)) : nothing(wish, counts));
  };
  const sorts = ["created", "rating", "title"].map((sort) => [sort, t(`sort.${sort}`)]);
  show(room, h("h1", {}, t("library.title")),
    h("form", { class: "finder", role: "search", onsubmit: (event) => event.preventDefault() },
      field(t("search"), h("input", { type: "search", id: "search", maxlength: 200, value: wish.search, oninput: change("search") })),
      field(t("sort"), select(sorts, wish.sort, { id: "sort", onchange: change("sort") })),
      field(t("which"), which),
      h("a", { class: "button", href: "#/compare" }, t("compare.go")), filters),
    openButton(), left, list);
  arrows(list, signal);
  await load();
  for (const link of [...list.querySelectorAll(".name a")].slice(0, WARM)) {
    if (signal.aborted) return;
    await get(`pieces/${link.hash.split("/").pop()}/playing`).catch(() => {});
  }
}

/** A choice by which pieces are found; none where all are alike. */
function filter(name, values, wish, names, set) {
  if (values.length < 2 && !wish[name]) return null;
  const says = { model: (id) => names.get(id) ?? t("model.gone"), key: keyWords }[name] ?? ((value) => value);
  return field(t(`filter.${name}`), select([["", t("filter.all")], ...values.map((value) => [value, says(value)])], wish[name],
    { id: `filter-${name}`, onchange: (event) => set(name, event.target.value) }));
}

/** What nobody has kept: how much there is, and a way to be rid of it. */
function leftovers(wish, counts, to, load) {
  const shown = ["candidate", "sample"].includes(wish.state) ? wish.state : null;
  if (shown && counts[shown]) {
    return sure(t(`delete.${shown}`), t("delete.sure"), async () => {
      player.close();
      await call("DELETE", `pieces?state=${shown}`);
      await load();
    }, { id: "delete-left" });
  }
  return counts.candidate && wish.state === "kept"
    ? h("button", { class: "plain", id: "unkept", onclick: () => to("candidate") }, t("unkept", { n: counts.candidate })) : "";
}

function nothing(wish, counts) {
  if (wish.search || FILTERS.some((name) => wish[name])) return none("library.nothing");
  if (wish.state === "kept" && counts.candidate) return none("library.unkept");
  return none("library.empty", h("a", { class: "button main", href: "#/compose" }, t("nav.compose")));
}

const none = (key, act) => h("li", { class: "none" }, empty(t(key), t(`${key}.words`), act ?? ""));

function row(piece, names, { load, set }, signal) {
  const when = new Date(piece.created * 1000).toLocaleDateString(document.documentElement.lang, { dateStyle: "medium" });
  const about = [piece.key && keyWords(piece.key), piece.metre, piece.bars != null && t("bars.count", { n: piece.bars }),
    piece.seconds != null && clock(piece.seconds), names.get(piece.model), when, piece.parent && t("version")];
  const roll = h("canvas", { class: "small", "aria-hidden": "true" });
  laterRoll(roll, () => get(`pieces/${piece.id}/roll`), signal);
  return h("li", { class: "piece" },
    playButton(() => piece.id, () => piece.title, signal),
    h("div", { class: "name" }, h("a", { href: `#/piece/${piece.id}` }, piece.title),
      h("small", { class: "quiet" }, about.filter(Boolean).join(" · ")),
      piece.tags.length > 0 && h("div", { class: "tags" }, piece.tags.map((tag) =>
        h("button", { class: "tag", onclick: () => set("tag", tag), "aria-label": t("filter.by", { tag }) }, tag)))),
    roll,
    piece.state !== "kept" && h("span", { class: "state quiet" }, t(`state.${piece.state}.one`)),
    stars(piece),
    sure(t("delete"), t("delete.sure"), async () => {
      if (player.piece === piece.id) player.close();
      await call("DELETE", `pieces/${piece.id}`);
      await load();
    }, { "aria-label": t("delete.piece", { title: piece.title }) }));
}

/** Up and down go from piece to piece. */
function arrows(list, signal) {
  addEventListener("keydown", (event) => {
    if (!["ArrowDown", "ArrowUp"].includes(event.key) || event.target.closest("input, select, textarea")) return;
    const links = [...list.querySelectorAll(".name a")];
    const here = links.findIndex((link) => link.closest("li").contains(document.activeElement));
    const next = links[here < 0 ? 0 : here + (event.key === "ArrowDown" ? 1 : -1)];
    next?.focus();
    event.preventDefault();
  }, { signal });
}
