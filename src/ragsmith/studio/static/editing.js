// The notes of a piece while they are changed: at once on the page, and one write after another to the server.
import { call, get } from "./api.js";
import { byKey, changed, keyOf, noteOf, sent } from "./notes.js";

const OUTDATED = 409, REFUSED = 400;

/**
 * @param piece    its id
 * @param playing  what the server says is played: times and places of its steps
 */
export function editing(piece, playing, signal) {
  const told = new EventTarget();
  const tell = (name, detail) => told.dispatchEvent(new CustomEvent(name, { detail }));
  const queue = [];
  let sending = false;
  const own = {
    on: false,
    /** What a click beside the notes does: "select" or "draw". */
    tool: "select",
    version: piece.version,
    notes: new Map(),
    selected: new Set(),
    strains: [],
    canUndo: false,
    canRedo: false,
    /** Why what was changed is not on the server: {error, conflict} or null. */
    trouble: null,
    /** Kept when the notes are there. */
    ready: null,

    /** Whether notes are being dragged. */
    held: false,

    get steps() { return Math.max(...playing.places) + 1; },
    get chosen() { return [...own.selected].flatMap((key) => own.notes.get(key) ?? []); },
    get waits() { return queue.length > 0; },

    /** The notes at some written steps; all where none are named. */
    within: (places) => [...own.notes.values()].filter(({ onset }) => !places || places.has(onset)),

    /** Calls `act` at "change" (notes, selection, where undo leads), "written" (the server has it), "released" (no note is dragged any more). */
    listen: (name, act) => told.addEventListener(name, ({ detail }) => act(detail), { signal }),

    async open() {
      take(await get(`pieces/${piece.id}/notes`));
    },

    hold(held) {
      const released = own.held && !held;
      own.held = held;
      if (released) tell("released");
    },

    select(notes) {
      own.selected = new Set(notes.map(keyOf));
      tell("change");
    },

    /** Changes notes here at once; what they became is selected. */
    apply(edits) {
      if (!edits.length) return;
      own.notes = changed(own.notes, edits);
      own.selected = new Set(edits.flatMap(({ note }) => (note ? [keyOf(note)] : [])));
      write("edit", { edits: edits.map(sent) });
      tell("change");
    },

    undo: () => (own.canUndo || queue.length) && write("undo", {}),
    redo: () => own.canRedo && write("redo", {}),
    order: (strains) => write("strains", { strains }),
    restore: (version) => write(`versions/${version}/restore`, {}),

    /** What waits is written on top of what somebody else has written meanwhile. */
    async onTop() {
      const waiting = [...queue];
      queue.length = 0;
      await own.open();
      for (const { path, body } of waiting) write(path, body);
    },

    /** What waits is given up; the piece is as the server has it. */
    async leave() {
      queue.length = 0;
      await own.open();
      tell("written", {});
    },

    again: () => send(),
  };

  function take({ version, notes, names, strains, can_undo: canUndo, can_redo: canRedo }) {
    Object.assign(own, { version, strains, canUndo, canRedo, trouble: null });
    piece.version = version;
    if (!queue.length) own.notes = byKey(notes.map((row, i) => ({ ...noteOf(row), name: names[i] })));
    own.selected = new Set([...own.selected].filter((key) => own.notes.has(key)));
    tell("change");
  }

  function write(path, body) {
    queue.push({ path, body });
    return send();
  }

  async function send() {
    if (sending || !queue.length) return;
    sending = true;
    try {
      while (queue.length) {
        const { path, body } = queue[0];
        const state = await call("POST", `pieces/${piece.id}/${path}`, { version: own.version, ...body });
        queue.shift();
        take(state);
        tell("written", { path });
      }
    } catch (error) {
      await failed(error);
    } finally {
      sending = false;
    }
  }

  /** An edit that came too late waits for somebody to say what becomes of it; one that cannot be is given up. */
  async function failed(error) {
    const { path } = queue[0];
    const conflict = error.status === OUTDATED && path === "edit";
    if (!conflict && error.status >= REFUSED) {
      queue.length = 0;
      await own.open().catch(() => {});
      tell("written", {});
    }
    own.trouble = { error: error.message, conflict, waits: queue.length > 0 };
    tell("change");
  }

  own.ready = own.open();
  addEventListener("beforeunload", (event) => { if (own.trouble?.waits) event.preventDefault(); }, { signal });
  return own;
}

/** The notes as they are played, sorted, in seconds: {start, end, pitch, duration, hand, key, step}. */
export function asPlayed(notes, { times, places }) {
  const at = new Map();
  for (const [key, note] of notes) {
    if (!at.has(note.onset)) at.set(note.onset, []);
    at.get(note.onset).push([key, note]);
  }
  const last = times.length - 1;
  return places.flatMap((place, step) => (at.get(place) ?? []).map(([key, { pitch, duration, hand, velocity }]) => ({
    start: times[step], end: times[Math.min(last, step + duration)], pitch, duration, hand, velocity, key, step })));
}
