// Play it in: what is played on a MIDI keyboard, on the screen or on the letters becomes a piece of one's own.
import { accompany } from "./accompany.js";
import { busy, field, h, select, show } from "./dom.js";
import { letters, whenPlayed } from "./fingers.js";
import { keyboard } from "./keyboard.js";
import { midiPanel } from "./midi.js";
import { sendPiece } from "./opened.js";
import { now, tick, wake } from "./piano.js";
import { smallRoll } from "./roll.js";
import { midiFile } from "./smf.js";
import { t } from "./words.js";

const TEMPO = { value: 80, min: 30, max: 240 };
const METRES = ["2/4", "3/4", "4/4"];
const SECOND = 1000;
/** How far ahead ticks are written, and how often, in seconds. */
const AHEAD = 0.5, EVERY = 0.1;
/** Into so many parts of a quarter notes are rounded. */
const PARTS = 4;
/** Middle keys, where nothing has been played yet. */
const REACH = [{ pitch: 48 }, { pitch: 83 }];

export function page(room, words, signal) {
  const notes = [];
  const own = { take: null };
  const tempo = h("input", { type: "number", id: "record-tempo", ...TEMPO, inputmode: "numeric" });
  const metre = select(METRES.map((one) => [one, one]), METRES[0], { id: "record-metre" });
  const title = h("input", { id: "record-title", maxlength: 120, placeholder: t("record.unnamed"), autocomplete: "off" });
  const round = h("input", { type: "checkbox", id: "record-round", checked: true });
  const canvas = h("canvas", { class: "taken", "aria-hidden": "true" });
  const roll = smallRoll(canvas, signal);
  const say = h("p", { role: "status" }, t("record.how"));
  const keys = keyboard(REACH.map(({ pitch }) => ({ pitch, start: -1, end: -1 })), signal);
  const act = h("button", { class: "main", id: "record", onclick: () => (own.take ? stop() : start()) }, t("record.start"));
  const save = h("button", { id: "record-keep", disabled: true, onclick: () => send() }, t("record.keep"));
  const left = h("button", { id: "record-accompany", disabled: true, onclick: () => send(true) }, t("record.accompany"));
  const ends = (isEmpty) => { for (const button of [save, left]) button.disabled = isEmpty; };

  async function start() {
    busy(act, true);
    await wake().finally(() => busy(act, false));
    notes.length = 0;
    ends(true);
    own.take = take(Number(tempo.value) || TEMPO.value, metre.value.split("/").map(Number), notes, () => roll.set(notes, notes.at(-1)?.end ?? 1));
    show(act, t("record.stop"));
    show(say, t("record.runs"));
  }
  function stop() {
    own.take.stop();
    own.take = null;
    ends(!notes.length);
    show(act, t("record.start"));
    show(say, notes.length ? t("notes.count", { n: notes.length }) : t("record.nothing"));
  }
  async function send(withLeft = false) {
    const name = title.value.trim() || t("record.unnamed");
    const music = round.checked ? notes.map(rounded) : notes;
    const file = midiFile(music, { tempo: Number(tempo.value) || TEMPO.value, metre: metre.value.split("/").map(Number), title: name });
    ends(true);
    try {
      const melody = await sendPiece(new File([file], `${name.replaceAll(/[/\\:]/g, " ")}.mid`));
      location.hash = `#/piece/${withLeft ? await accompany(melody, (words) => show(say, words), signal) : melody}`;
    } finally {
      ends(false);
    }
  }
  whenPlayed((key) => own.take?.hear(key), signal);
  letters(signal);
  signal.addEventListener("abort", () => own.take?.stop());
  show(room, h("h1", {}, t("record.title")), h("p", { class: "quiet lead" }, t("record.lead")),
    h("div", { class: "recording" },
      h("div", { class: "row" }, field(t("tempo"), tempo), field(t("metre"), metre), field(t("title"), title),
        h("label", { class: "check" }, round, h("span", {}, t("record.round")))),
      h("div", { class: "row" }, act, save, left, midiPanel(signal)),
      say, canvas, keys.room, h("p", { class: "quiet" }, t("record.letters"))));
}

/** Ticks a bar, then writes down what is played until it is stopped: {start, end, pitch, velocity} in quarters. */
function take(tempo, [beats, unit], notes, changed) {
  const beat = (60 / tempo) * (4 / unit);
  const began = now() + 0.1 + beats * beat;
  const zero = performance.now() + SECOND * (began - now());
  const open = new Map();
  let next = -beats;
  const write = () => {
    for (; began + next * beat < now() + AHEAD; next += 1) tick(Math.max(now(), began + next * beat), next % beats === 0);
  };
  write();
  const clock = setInterval(write, EVERY * SECOND);
  const quarters = (moment) => Math.max(0, ((moment - zero) / SECOND) * (tempo / 60));
  return {
    hear({ pitch, velocity, pressed, moment }) {
      // A first note may be a little early, what comes in the bar before is not meant.
      if (pressed && moment > zero - SECOND * beat / 2) open.set(pitch, { start: quarters(moment), pitch, velocity });
      else if (!pressed && open.has(pitch)) {
        notes.push({ ...open.get(pitch), end: Math.max(open.get(pitch).start + 1 / PARTS, quarters(moment)) });
        open.delete(pitch);
        notes.sort((a, b) => a.start - b.start);
        changed();
      }
    },
    stop() {
      clearInterval(clock);
      for (const pitch of open.keys()) this.hear({ pitch, pressed: false, moment: performance.now() });
    },
  };
}

function rounded(note) {
  const start = Math.round(note.start * PARTS) / PARTS;
  return { ...note, start, end: Math.max(start + 1 / PARTS, Math.round(note.end * PARTS) / PARTS) };
}
