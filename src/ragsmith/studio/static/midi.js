// What is connected by MIDI, and a button that connects.
import { h, select, show } from "./dom.js";
import { connect, hasMidi, midiInputs, midiOutputs, playOn } from "./fingers.js";
import { instrument } from "./piano.js";
import { t } from "./words.js";

/** A button that asks for MIDI, then the keyboards that are heard and a choice of what plays. */
export function midiPanel(signal) {
  const say = h("span", { class: "quiet", role: "status" });
  const room = h("div", { class: "row midi" });
  if (!hasMidi()) return show(room, h("span", { class: "quiet" }, t("midi.never")));
  const shown = () => {
    const inputs = midiInputs(), outputs = midiOutputs();
    if (!outputs.some(([id]) => id === instrument.port?.id)) playOn("");
    show(say, inputs.length ? t("midi.hears", { names: inputs.join(", ") }) : t("midi.none"));
    show(room, say, outputs.length > 0 && h("label", { class: "check" }, h("span", { class: "quiet" }, t("midi.plays")),
      select([["", t("midi.here")], ...outputs], instrument.port?.id ?? "", { id: "midi-out", onchange: (event) => playOn(event.target.value) })));
  };
  const button = h("button", { class: "plain", id: "midi", onclick: async () => {
    try {
      await connect(shown, signal);
    } catch {
      show(say, t("midi.refused"));
    }
  } }, t("midi.connect"));
  return show(room, button, say);
}
