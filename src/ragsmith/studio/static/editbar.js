// The tools for changing notes: buttons for whatever a mouse, a finger or a key may do, and what is chosen in words.
import { acts } from "./editacts.js";
import { h, show } from "./dom.js";
import { read } from "./names.js";
import { t, written } from "./words.js";

const LEFT = 1;
const TOOLS = ["select", "draw"];
const GROUPS = [["higher", "lower", "earlier", "later"], ["shorter", "longer", "hand", "spelling", "delete"]];

/**
 * @param edit     the notes as they are being changed
 * @param playing  what is played when
 * @param turned   told when changing begins and ends
 */
export function editBar(edit, playing, turned, signal) {
  const button = (name, act, props) => h("button", { id: `edit-${name}`, onclick: act, ...props }, t(`edit.${name}`));
  const open = h("button", { id: "edit", "aria-pressed": "false", onclick: async () => {
    await edit.ready;
    edit.on = !edit.on;
    edit.select([]);
    turned();
    draw();
  } });
  const undo = button("undo", edit.undo, { class: "plain" }), redo = button("redo", edit.redo, { class: "plain" });
  const tools = TOOLS.map((name) => button(name, () => { edit.tool = name; draw(); }, { class: "plain" }));
  const groups = GROUPS.map((names) => names.map((name) => button(name, () => acts[name](edit, playing), { class: "plain" })));
  const say = h("p", { class: "quiet", role: "status" });
  const wrong = h("div", { role: "alert" });
  const bench = h("div", { class: "bench" },
    h("div", { class: "row", role: "group", "aria-label": t("edit.tools") }, tools),
    groups.map((group) => h("div", { class: "row" }, group)));
  const help = h("p", { class: "quiet keys" }, t("edit.keys"));
  const room = h("section", { class: "editing", "aria-label": t("edit.title") },
    h("div", { class: "row" }, open, undo, redo), bench);
  // What changes its height stands below the roll, which must not move under a finger.
  const words = h("div", { class: "editing" }, say, wrong, help);

  function draw() {
    show(open, t(edit.on ? "edit.end" : "edit"));
    open.setAttribute("aria-pressed", edit.on);
    open.classList.toggle("main", !edit.on);
    undo.disabled = !edit.canUndo && !edit.waits;
    redo.disabled = !edit.canRedo;
    bench.hidden = say.hidden = help.hidden = !edit.on;
    tools.forEach((tool, i) => tool.setAttribute("aria-pressed", edit.tool === TOOLS[i]));
    for (const each of groups.flat()) each.disabled = !edit.selected.size;
    if (edit.on) show(say, chosenWords(edit, playing));
    show(wrong, edit.trouble && trouble(edit));
  }
  edit.listen("change", draw);
  draw();
  return { room, words };
}

/** What went wrong, and what can be done about it: two pages on one piece never write over one another. */
function trouble(edit) {
  const act = (key, onclick) => h("button", { id: `edit-${key}`, onclick }, t(`edit.${key}`));
  const { error, conflict, waits } = edit.trouble;
  return [h("p", { class: "error" }, error),
    h("div", { class: "row" }, conflict ? [act("ontop", edit.onTop), act("leave", edit.leave)] : waits && act("again", edit.again))];
}

function chosenWords(edit, playing) {
  const notes = edit.chosen;
  if (!notes.length) return t("edit.how");
  if (notes.length > 1) return t("edit.some", { n: notes.length });
  const [{ onset, pitch, duration, hand, name }] = notes;
  const beats = playing.steps_per_quarter;
  const bars = barsAt(playing, onset);
  // A strain that comes back is printed again: its notes stand in several bars, and are changed in all of them.
  const numbers = [...new Set(bars.map(({ number }) => number))].join(" + ");
  return t("edit.one", { pitch: pitchWords(pitch, name), bar: numbers, beat: written((onset - bars[0].place) / beats + 1),
    hand: t(hand === LEFT ? "edit.left" : "edit.right"), beats: written(duration / beats) });
}

/** The bars in which a written step is played. */
const barsAt = ({ bars, times, places }, onset) => places.flatMap((place, step) =>
  (place === onset ? [bars.findLast(({ start }) => start <= times[step] + 1e-6) ?? bars[0]] : []));

/** "A♭4", as it is called. */
function pitchWords(pitch, name) {
  const words = t("pitches").split(" ");
  if (!name) return `${words[pitch % 12]}${Math.floor(pitch / 12) - 1}`;
  const { natural, sign, octave } = read(name, pitch);
  return `${words[natural]}${sign}${octave}`;
}
