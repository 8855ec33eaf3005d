// Play, where we are, how fast: the bar at the foot of a piece. Its rail is the whole piece, drawn small.
import { barWords } from "./bars.js";
import { h } from "./dom.js";
import { clock, playButton, player } from "./player.js";
import { smallRoll } from "./roll.js";
import { t } from "./words.js";

const RATES = { min: 50, max: 150, step: 5 };

/** @param piece  summary; @param playing  what sounds when; @param jump  told the time to go to */
export function transport(piece, playing, jump, signal) {
  const canvas = h("canvas", { "aria-hidden": "true" });
  const rail = h("input", { type: "range", min: 0, max: playing.seconds.toFixed(2), step: 0.01, value: 0,
    id: "seek", "aria-label": t("seek"), oninput: () => jump(Number(rail.value)) });
  const now = h("output", { id: "clock", for: "seek" }, clock(0));
  const rate = h("input", { type: "range", ...RATES, value: 100, id: "rate", "aria-label": t("rate"),
    oninput: () => {
      player.audio.playbackRate = rate.value / 100;
      told.textContent = `${rate.value} %`;
    } });
  const told = h("output", { for: "rate" }, "100 %");
  const bar = h("span", { class: "quiet", id: "bar" });
  const play = playButton(() => piece.id, () => piece.title, signal, { id: "play" });
  const room = h("section", { class: "transport", "aria-label": t("player") },
    play,
    h("div", { class: "time" }, now, h("span", { class: "quiet" }, ` / ${clock(playing.seconds)}`), bar),
    h("div", { class: "rail" }, canvas, rail),
    h("label", { class: "rate" }, h("span", { class: "quiet" }, t("rate.short")), rate, told));
  smallRoll(canvas, signal).set(playing.notes, playing.seconds);
  let second = -1, sounding = null;
  return {
    room,
    at(time) {
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
