// Go on from a piece: it is kept to the note, and new bars follow; or compose others like it.
import { post } from "./api.js";
import { busy, field, h } from "./dom.js";
import { kept } from "./memory.js";
import { t } from "./words.js";

const BARS = 16, MOST = 256, CANDIDATES = 4;
/** A form that can be asked for. */
const FORM = /^(Intro )?[A-Z]( [A-Z])*( Coda)?$/;

/** @param played  the bars as they are played */
export function goOn(piece, playing, edit) {
  const length = new Set(playing.bars.filter(({ number }) => number).map(({ number, time }) => `${number} ${time}`)).size;
  const bars = h("input", { type: "number", id: "more-bars", value: BARS, min: 1, max: MOST, inputmode: "numeric" });
  const model = piece.model ?? kept("wish", {}).model;
  const act = (id, key, wish, props) => {
    const button = h("button", { id, ...props, onclick: async () => {
      busy(button, true);
      try {
        const { job } = await post("compose", { model, count: CANDIDATES, ...wish() });
        location.hash = `#/compose/${job}`;
      } finally {
        busy(button, false);
      }
    } }, t(key));
    return button;
  };
  const more = () => ({ primer: piece.id, bars: length + Math.min(MOST, Math.max(1, Number(bars.value) || BARS)) });
  return [
    h("details", { class: "panel" }, h("summary", {}, t("goon.title")), field(t("goon.bars"), bars),
      act("go-on", "goon.act", more), h("p", { class: "quiet" }, t("goon.words"))),
    h("details", { class: "panel" }, h("summary", {}, t("like.title")),
      act("like", "like.act", () => likeIt(piece, edit, length)), h("p", { class: "quiet" }, t("like.words"))),
  ];
}

/** What a piece was wished to be; of one that nobody wished for, its form, or its length. */
function likeIt(piece, edit, length) {
  const { wish } = piece.recipe ?? {};
  if (wish) {
    const { choosing = {}, limits = [], chords = null, dials = null, difficulty = null, form, bars, key, metre, tempo } = wish;
    return { form, bars: form ? null : bars, key, metre: metre && metre.join("/"), tempo, chords, dials, difficulty, sampling: choosing.way,
      temperature: choosing.temperature, min_p: choosing.min_p, copy_limit: limits[0], melody_limit: limits[1] };
  }
  const form = edit.strains.join(" ");
  return FORM.test(form) ? { form } : { bars: Math.min(MOST, length) };
}
