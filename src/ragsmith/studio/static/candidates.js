// Candidates side by side, drawn as they are being written; 1 to 4 choose one.
import { get } from "./api.js";
import { h, icon, show } from "./dom.js";
import { shared } from "./panels.js";
import { clock, playButton, player } from "./player.js";
import { smallRoll } from "./roll.js";
import { SECONDS_A_STEP, sketch, sketching } from "./sketch.js";
import { verdict } from "./stars.js";
import { t } from "./words.js";

const HANDED = 64;

/** The view of a composing job: feed it the job's events. */
export function candidates(cancel, signal) {
  const cards = [];
  let chosen = 0;
  const bar = h("progress", { max: 1, value: 0, "aria-label": t("progress") });
  const say = h("p", { class: "quiet", role: "status" }, t("compose.begins"));
  const stop = h("button", { class: "plain", id: "cancel", onclick: cancel }, t("cancel"));
  const head = h("div", { class: "working" }, say, bar, stop);
  const list = h("ol", { class: "cards" });
  const room = h("div", {}, head, list, h("p", { class: "quiet keys" }, t("compose.keys")));
  const card = (i) => {
    while (cards.length <= i) {
      const made = candidate(cards.length, () => choose(cards.indexOf(made)), signal);
      cards.push(made);
      list.append(made.room);
    }
    return cards[i];
  };
  const choose = (i, focus) => {
    if (i < 0 || i >= cards.length) return;
    chosen = i;
    cards.forEach((each, n) => each.choose(n === i));
    if (focus) cards[i].room.querySelector("button, a")?.focus();
  };
  keys({ choose, chosen: () => chosen, cards }, signal);
  player.frame = (time) => { for (const each of cards) each.at(time); };
  return {
    room,
    tell(event) {
      if (event.candidate != null) card(event.candidate).tell(event);
      if (event.type === "progress" && event.total) {
        bar.value = event.share;
        for (const each of cards) each.span(event.total);
        show(say, event.seconds_left != null ? t("left", { time: duration(event.seconds_left) }) : t("compose.writes"));
      }
      if (event.type === "waiting") show(say, t("waiting", { n: event.before }));
      if (event.type === "running") show(say, t("compose.begins"));
      const end = { done: "compose.done", cancelled: "cancelled", interrupted: "interrupted" }[event.type];
      if (end) show(head, h("p", { class: "quiet", role: "status" }, t(end)));
      if (event.type === "failed") show(head, h("p", { class: "error", role: "alert" }, event.error));
      if (event.type === "done") {
        choose(chosen);
        praise(cards);
      }
    },
  };
}

/** The one with the least against it says so; events of an earlier time may still be on their way. */
async function praise(cards) {
  await Promise.all(cards.map((each) => each.whole));
  const ready = cards.filter((each) => each.penalty() != null);
  if (ready.length < 2) return;
  ready.reduce((best, each) => (each.penalty() < best.penalty() ? each : best)).praise(ready.length);
}

export const duration = (seconds) =>
  seconds < 90 ? t("seconds", { n: Math.max(1, Math.round(seconds)) }) : t("minutes", { n: Math.round(seconds / 60) });

/** 1 to 8 choose, up and down go on, space plays the chosen one, Enter opens it. */
function keys({ choose, chosen, cards }, signal) {
  addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.target.closest("input, select, textarea")) return;
    const digit = Number(event.key);
    if (digit >= 1 && digit <= cards.length) choose(digit - 1, true);
    else if (event.key === "ArrowDown") choose(chosen() + 1, true);
    else if (event.key === "ArrowUp") choose(chosen() - 1, true);
    else if (event.key === " " && !event.target.closest("button, summary") && cards[chosen()]) {
      cards[chosen()].toggle();
      // The player's own key would stop what this one has begun.
      event.stopImmediatePropagation();
    } else return;
    event.preventDefault();
  }, { signal, capture: true });
}

function candidate(number, chosen, signal) {
  const own = { piece: null, notes: [], end: 64, sketch: null };
  const canvas = h("canvas", { "aria-hidden": "true" });
  const roll = smallRoll(canvas, signal);
  const title = h("h2", {}, t("candidate", { n: number + 1 }));
  const told = h("p", { class: "quiet" }, t("candidate.writing"));
  const early = earlyButton(number, own, roll, signal);
  const acts = h("div", { class: "row" }, early);
  const room = h("li", { class: "card", onfocusin: chosen, onclick: chosen },
    h("span", { class: "number", "aria-hidden": "true" }, number + 1), canvas, title, told, acts);
  const notes = ({ from_step: from, notes: fresh }) => {
    own.notes = own.notes.filter(({ start }) => start < from);
    own.notes.push(...fresh.map(([start, pitch, length, hand]) => ({ start, end: start + length, pitch, hand })));
    own.notes.sort((a, b) => a.start - b.start);
    own.end = Math.max(own.end, own.notes.at(-1)?.end ?? 0);
    roll.set(own.notes, own.end);
    show(told, t("notes.count", { n: own.notes.length }));
  };
  const ready = async (id, advice) => {
    const [piece, playing] = await Promise.all([get(`pieces/${id}`), get(`pieces/${id}/playing`)]);
    if (signal.aborted) return;
    own.piece = piece;
    roll.set(playing.notes, playing.seconds);
    show(title, h("a", { href: `#/piece/${id}` }, piece.title));
    show(told, advice ? h("span", { class: "error", role: "alert" }, advice) : summary(piece));
    const play = playButton(() => id, () => piece.title, signal);
    show(acts, own.sketch ? early : play, verdict(piece).room);
    if (own.sketch) handOver(own, playing).then(() => early.replaceWith(play));
    // The first one is made ready to be heard before somebody asks.
    else if (!player.piece && !sketching()) player.load(id, playing);
    room.classList.add("ready");
  };
  return {
    room,
    whole: null,
    penalty: () => own.piece?.penalty,
    praise(n) { told.before(h("p", { class: "best" }, t("best.of", { n }))); },
    toggle: () => (own.piece && !own.sketch ? player.toggle(own.piece.id) : early.click()),
    span(steps) { own.end = steps; },
    choose(is) { room.classList.toggle("chosen", is); },
    at(time) { if (own.piece) roll.at(own.piece.id === player.piece && time > 0 ? time : -1); },
    tell(event) {
      if (event.type === "notes") notes(event);
      else if (event.type === "piece") this.whole = ready(event.id, event.advice).catch((error) => show(told, error.message));
      else if (event.type === "closed") show(told, event.error);
    },
  };
}

/** Plays what there is, key by key, while the rest is being written. */
function earlyButton(number, own, roll, signal) {
  const button = h("button", { class: "round", onclick: async () => {
    if (own.sketch) return own.sketch.stop();
    player.pause();
    own.sketch = await sketch(() => own.notes, roll.at, () => {
      own.sketch = null;
      draw();
    });
    draw();
  } });
  const draw = () => {
    const title = t("candidate", { n: number + 1 });
    button.setAttribute("aria-label", t(own.sketch ? "pause.piece" : "play.piece", { title }));
    show(button, icon(own.sketch ? "pause" : "play"));
  };
  const stop = () => own.sketch?.stop();
  signal.addEventListener("abort", stop);
  player.listen(() => { if (!player.paused) stop(); }, signal);
  draw();
  return button;
}

/** The piano takes over where the sketch is, as soon as it can. */
async function handOver(own, playing) {
  const note = own.notes.findLastIndex(({ start }) => start < HANDED);
  const pace = playing.notes[note].start / (own.notes[note].start * SECONDS_A_STEP);
  player.load(own.piece.id, playing);
  await new Promise((ready) => player.audio.addEventListener("canplay", ready, { once: true }));
  if (!own.sketch || player.piece !== own.piece.id) return;
  player.seek(own.sketch.time() * pace);
  await player.toggle();
}

function summary(piece) {
  const inside = (piece.scores ?? []).filter(({ value, low, high }) => low <= value && value <= high).length;
  // Of both passages the one that comes nearest to what was allowed.
  const [nearest] = Object.values(piece.originality ?? {}).filter(Boolean)
    .sort((a, b) => b.beats / b.limit - a.beats / a.limit);
  return [t("bars.count", { n: piece.bars }), clock(piece.seconds),
    piece.scores?.length && t("inside", { inside, of: piece.scores.length }),
    nearest && t("shares", { beats: shared(nearest) })]
    .filter(Boolean).join(" · ");
}
