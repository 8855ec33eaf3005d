// Play, where we are, how fast, how loud: the bar at the foot of a piece. Its rail is the whole piece, drawn small.
import { barWords } from "./bars.js";
import { h } from "./dom.js";
import { loudness } from "./piano.js";
import { clock, playButton, player } from "./player.js";
import { practise } from "./practise.js";
import { smallRoll } from "./roll.js";
import { t } from "./words.js";

const RATES = { min: 25, max: 150, step: 5 };
const VOLUMES = { min: 0, max: 100, step: 5 };

/**
 * @param piece    summary
 * @param playing  what sounds when
 * @param acts     jump(time) goes there; select(first, last) shows chosen bars everywhere
 */
export function transport(piece, playing, { jump, select }, signal) {
  const canvas = h("canvas", { "aria-hidden": "true" });
  const rail = h("input", { type: "range", min: 0, max: playing.seconds.toFixed(2), step: 0.01, value: 0,
    id: "seek", "aria-label": t("seek"), oninput: () => jump(Number(rail.value)) });
  const now = h("output", { id: "clock", for: "seek" }, clock(0));
  const bar = h("span", { class: "quiet", id: "bar" });
  const play = playButton(() => piece.id, () => piece.title, signal, { id: "play" });
  const practice = practise(playing, select, signal);
  const room = h("section", { class: "transport", "aria-label": t("player") },
    practice.room,
    play,
    h("div", { class: "time" }, now, h("span", { class: "quiet" }, ` / ${clock(playing.seconds)}`), bar),
    h("div", { class: "rail" }, canvas, rail),
    slider("rate", RATES, 100, (share) => player.set({ rate: share })),
    slider("volume", VOLUMES, Math.round(100 * loudness()), player.volume),
    practice.open);
  overlying(room, signal);
  const whole = smallRoll(canvas, signal);
  whole.set(playing.notes, playing.seconds);
  let second = -1, sounding = null;
  return {
    room,
    choose: practice.choose,
    renew() {
      whole.set(playing.notes, playing.seconds);
      practice.renew();
    },
    at(time) {
      practice.at(time);
      rail.value = time;
      const current = playing.bars.find(({ end }) => time < end) ?? playing.bars.at(-1);
      if (current && current !== sounding) bar.textContent = barWords(sounding = current);
      if (Math.floor(time) === second) return;
      second = Math.floor(time);
      now.textContent = clock(time);
      rail.setAttribute("aria-valuetext", t("seek.at", { time: clock(time), of: clock(playing.seconds) }));
    },
  };
}

/** What is scrolled into sight must not come to lie under it. */
function overlying(room, signal) {
  const { style } = document.documentElement;
  const watch = new ResizeObserver(() => { style.scrollPaddingBottom = `${room.offsetHeight}px`; });
  watch.observe(room);
  signal.addEventListener("abort", () => {
    watch.disconnect();
    style.scrollPaddingBottom = "";
  });
}

/** A slider in percent, named and told beside it; `act` is given the share. */
function slider(id, range, value, act) {
  const told = h("output", { for: id }, `${value} %`);
  const input = h("input", { type: "range", ...range, value, id, "aria-label": t(id), oninput: () => {
    told.textContent = `${input.value} %`;
    act(input.value / 100);
  } });
  return h("label", { class: "rate" }, h("span", { class: "quiet" }, t(`${id}.short`)), input, told);
}
