// The score as it is read: in lines as wide as the window or on pages of paper, larger, full screen, printed.
import { get, post } from "./api.js";
import { busy, field, h, select, show } from "./dom.js";
import { keep, kept } from "./memory.js";
import { player } from "./player.js";
import { scoreView } from "./score.js";
import { safeSvg } from "./svg.js";
import { t } from "./words.js";

/** How much larger than printed; lines of notes are broken anew for each size. */
const SIZES = [0.6, 0.8, 1, 1.3, 1.7];
/** How wide a page of paper is, in widths of the room. */
const ZOOMS = ["1", "1.25", "1.5", "2", "2.7"];
const STEP = 20;
/** The part of the width at which a tap turns pages. */
const EDGE = 0.2;
const SETTLED = 300;
const TURNS = { PageDown: 1, ArrowRight: 1, ArrowDown: 1, PageUp: -1, ArrowLeft: -1, ArrowUp: -1 };

/**
 * @param piece   its id and title
 * @param views   of the page: the score is put among them, {at(time), choose(first, last)}
 * @param select  told (first, last), printed numbers of bars
 */
export function reading(piece, playing, views, select, signal) {
  const own = { view: null, width: 0, drawn: 0, chosen: [] };
  const onScreen = drawings(), onPaper = drawings();
  const small = innerWidth < 700;
  const wish = { view: small ? "flow" : "pages", size: small ? 1 : 2, zoom: 0, chords: false, ...kept("reading", {}) };
  const wait = h("p", { class: "quiet waitscore", role: "status" }, t("score.wait"));
  const holder = h("div", { class: "holder" }, wait);
  const paper = h("div", { class: "paper", "aria-hidden": "true" });
  const room = h("div", { class: "reading" }, holder, paper);
  const score = { at: (time) => own.view?.at(time), choose(...chosen) {
    own.chosen = chosen;
    own.view?.choose(...chosen);
  } };
  views.push(score);

  const widthNow = () => Math.max(STEP, Math.floor(holder.clientWidth / SIZES[wish.size] / STEP) * STEP);
  const address = (width) => `pieces/${piece.id}/score?width=${width}&chords=${wish.chords}`;
  async function draw() {
    const mine = (own.drawn += 1);
    own.width = wish.view === "flow" ? widthNow() : 0;
    tools.draw();
    try {
      const { pages } = await get(address(own.width));
      // A slower answer to an earlier wish must not come over a later one.
      if (signal.aborted || mine !== own.drawn) return;
      own.view?.close();
      const { scrollTop, scrollLeft } = own.view?.room ?? {};
      own.view = scoreView(onScreen(pages), playing, select, signal);
      own.view.room.dataset.zoom = wish.view === "flow" ? "1" : ZOOMS[wish.zoom];
      own.view.room.classList.toggle("flow", wish.view === "flow");
      show(holder, own.view.room);
      own.view.room.scrollTo({ top: scrollTop ?? 0, left: scrollLeft ?? 0, behavior: "instant" });
      own.view.at(player.time);
      own.view.choose(...own.chosen);
      reader.drawn?.();
      forPrinting(pages);
    } catch (error) {
      if (signal.aborted || mine !== own.drawn) return;
      show(holder, h("p", { class: "error", role: "alert" }, error.message));
      if (error.name !== "Error") throw error;
    }
  }
  /** Paper has pages, however the score is read. */
  async function forPrinting(pages) {
    const sheets = own.width ? (await get(address(0))).pages : pages;
    if (!signal.aborted) show(paper, onPaper(sheets));
  }
  const set = (changes) => {
    Object.assign(wish, changes);
    keep("reading", wish);
    return draw();
  };
  /** `drawn` is called whenever the score is there anew. */
  const reader = { room, draw, drawn: null };
  const tools = toolbar(wish, set, room, signal);
  tools.room.append(keyAndTempo(piece));
  room.prepend(tools.room);
  turning(room, holder, signal);
  let settling = 0;
  const watch = new ResizeObserver(() => {
    clearTimeout(settling);
    settling = setTimeout(() => { if (own.width && own.width !== widthNow()) draw(); }, SETTLED);
  });
  watch.observe(holder);
  signal.addEventListener("abort", () => { watch.disconnect(); clearTimeout(settling); });
  return reader;
}

/** Gives the drawings of pages, SVG texts; pages that are as they were keep theirs, without what was marked. */
function drawings() {
  let before = new Map();
  return (pages) => {
    before = new Map(pages.map((page) => [page, before.get(page) ?? safeSvg(page)]));
    for (const drawing of before.values()) {
      for (const head of drawing.querySelectorAll(".sounds, .picked, .rubbed")) head.classList.remove("sounds", "picked", "rubbed");
    }
    return [...before.values()];
  };
}

function toolbar(wish, set, room, signal) {
  const size = (step) => (wish.view === "flow" ? set({ size: wish.size + step }) : set({ zoom: wish.zoom + step }));
  const act = (id, words, onclick, props) => h("button", { class: "plain", id, onclick, ...props }, words);
  const view = act("score-view", "", () => set({ view: wish.view === "flow" ? "pages" : "flow" }));
  const less = act("score-smaller", "−", () => size(-1), { "aria-label": t("smaller") });
  const more = act("score-larger", "+", () => size(1), { "aria-label": t("larger") });
  const full = act("score-full", t("score.full"), async () => {
    if (document.fullscreenElement) await document.exitFullscreen();
    else if (room.requestFullscreen) await room.requestFullscreen();
    else room.classList.toggle("whole");  // a telephone that gives the whole screen to films alone
    draw();
  });
  const chords = act("score-chords", t("score.chords"), () => set({ chords: !wish.chords }));
  const print = act("score-print", t("print"), () => globalThis.print());
  const draw = () => {
    const flow = wish.view === "flow";
    show(view, t(flow ? "score.to.pages" : "score.to.flow"));
    less.disabled = (flow ? wish.size : wish.zoom) === 0;
    more.disabled = flow ? wish.size === SIZES.length - 1 : wish.zoom === ZOOMS.length - 1;
    chords.setAttribute("aria-pressed", wish.chords);
    show(full, t(isFull(room) ? "score.full.end" : "score.full"));
  };
  document.addEventListener("fullscreenchange", draw, { signal });
  return { draw, room: h("div", { class: "zoom", role: "group", "aria-label": t("score") },
    h("span", { class: "quiet" }, t("score.choose")), view, chords, less, more, full, print) };
}

/** Another key, another tempo: a new version of the piece, which can be undone. */
function keyAndTempo(piece) {
  const moves = Array.from({ length: 13 }, (_, i) => [i - 6, i === 6 ? t("move.none") : t("move", { n: Math.abs(i - 6), way: t(i > 6 ? "higher" : "lower") })]);
  const semitones = select(moves.toReversed(), 0, { id: "semitones" });
  const tempo = h("input", { type: "number", id: "new-tempo", min: 20, max: 300, inputmode: "numeric", placeholder: t("tempo.as.is") });
  const act = h("button", { id: "key-and-tempo", onclick: async () => {
    busy(act, true);
    try {
      await post(`pieces/${piece.id}/key-and-tempo`, { version: piece.version, semitones: Number(semitones.value), tempo: tempo.value ? Number(tempo.value) : null });
      dispatchEvent(new Event("hashchange"));
    } finally {
      busy(act, false);
    }
  } }, t("move.act"));
  return h("details", { class: "moving" }, h("summary", {}, t("move.title")),
    h("div", { class: "row" }, field(t("move.by"), semitones), field(t("tempo"), tempo), act));
}

const isFull = (room) => document.fullscreenElement === room || room.classList.contains("whole");

/** In full screen keys, a foot pedal that sends them, and a tap on the left or right edge turn pages. */
function turning(room, holder, signal) {
  addEventListener("keydown", (event) => {
    const way = TURNS[event.key];
    if (!way || !isFull(room)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    turn(holder.firstElementChild, way);
  }, { signal, capture: true });
  holder.addEventListener("click", (event) => {
    const { left, width } = holder.getBoundingClientRect();
    const share = (event.clientX - left) / width;
    if (!isFull(room) || (share > EDGE && share < 1 - EDGE)) return;
    event.stopPropagation();
    turn(holder.firstElementChild, share > 0.5 ? 1 : -1);
  }, { capture: true });
}

/** Scrolls a score on by a page, or, where it is all one, by most of what is seen. */
function turn(score, way) {
  const sheets = [...score.querySelectorAll(".sheet")];
  const tops = sheets.length > 1 ? sheets.map((sheet) => sheet.offsetTop) : null;
  const now = score.scrollTop;
  const far = score.clientHeight * 0.85;
  const goal = !tops ? now + way * far
    : way > 0 ? tops.find((top) => top > now + 5) ?? now : tops.findLast((top) => top < now - 5) ?? 0;
  score.scrollTo({ top: goal, behavior: "instant" });
}
