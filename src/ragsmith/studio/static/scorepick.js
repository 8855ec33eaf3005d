// The score while notes are changed: a click on a head chooses its note, and what is chosen is marked.
import { atFrame } from "./dom.js";

/** @param room  of the score, whatever it shows just now */
export function scorePick(room, edit, playing, signal) {
  room.addEventListener("click", (event) => {
    const head = edit.on && event.target.closest("g.note[id]");
    if (!head) return;
    const id = written(head.id);
    const played = playing.notes.find((note) => note.head === id);
    const note = played && edit.notes.get(`${played.step}:${played.pitch}`);
    if (!note) return;
    event.stopPropagation();
    edit.select(event.shiftKey ? [...edit.chosen, note] : [note]);
  }, { signal, capture: true });

  /** Marks the heads of the chosen notes. */
  function mark() {
    for (const head of room.querySelectorAll(".picked")) head.classList.remove("picked");
    if (!edit.on || !edit.selected.size) return;
    const ids = new Set(playing.notes.filter(({ step, pitch }) => edit.selected.has(`${step}:${pitch}`)).map(({ head }) => head));
    for (const head of room.querySelectorAll("g.note[id]")) {
      if (ids.has(written(head.id))) head.classList.add("picked");
    }
  }
  edit.listen("change", atFrame(mark));
  return mark;
}

const written = (id) => id.replace(/-\d+$/, "");
