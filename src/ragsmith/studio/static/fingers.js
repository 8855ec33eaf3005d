// Keys that somebody presses, on a MIDI keyboard, on the screen or on the computer's own: they sound, and whoever
// listens is told.
import { instrument, press, wake } from "./piano.js";

const USUAL = 80;
const held = new Map();
const told = new EventTarget();

/** Presses a key now. `sounds` is false where what is played sounds by itself. */
export async function down(pitch, velocity = USUAL, sounds = true) {
  if (held.has(pitch)) return;
  const key = { up: () => {} };
  held.set(pitch, key);
  tell({ pitch, velocity, pressed: true });
  if (!sounds) return;
  const piano = await wake();
  if (held.get(pitch) === key) key.up = press(piano, pitch, velocity);
}

/** Lets a key go. */
export function up(pitch) {
  const key = held.get(pitch);
  if (!key) return;
  held.delete(pitch);
  key.up();
  tell({ pitch, velocity: 0, pressed: false });
}

const tell = (detail) => told.dispatchEvent(new CustomEvent("key", { detail: { ...detail, moment: performance.now() } }));

/** Calls `act({pitch, velocity, pressed, moment})` for every key, moments in milliseconds. */
export const whenPlayed = (act, signal) => told.addEventListener("key", ({ detail }) => act(detail), { signal });

// MIDI.

const NOTE_OFF = 0x80, NOTE_ON = 0x90, CONTROL = 0xb0, PEDAL = 64, HALF = 64;
let access = null;
let pedal = false;
const sustained = new Set();

export const hasMidi = () => Boolean(navigator.requestMIDIAccess);

/** Listens to every MIDI keyboard; `changed()` is called when one comes or goes. Throws where it is not allowed. */
export async function connect(changed, signal) {
  access ??= await navigator.requestMIDIAccess();
  const listen = () => {
    for (const input of access.inputs.values()) input.onmidimessage = ({ data }) => hear(data);
    changed();
  };
  access.addEventListener("statechange", listen, { signal });
  listen();
}

export const midiInputs = () => [...(access?.inputs.values() ?? [])].map(({ name }) => name);
export const midiOutputs = () => [...(access?.outputs.values() ?? [])].map(({ id, name }) => [id, name]);

/** Lets a MIDI instrument play in place of the piano of this page; "" brings that back. */
export function playOn(id) {
  instrument.port = access?.outputs.get(id) ?? null;
}

function hear([status, number, value]) {
  const kind = status & 0xf0;
  if (kind === NOTE_ON && value) down(number, value, !instrument.port);
  else if (kind === NOTE_ON || kind === NOTE_OFF) {
    if (pedal) sustained.add(number);
    else up(number);
  } else if (kind === CONTROL && number === PEDAL) {
    pedal = value >= HALF;
    if (pedal) return;
    for (const pitch of sustained) up(pitch);
    sustained.clear();
  }
}

// The computer's keyboard: from A on the white keys of an octave, the black ones above them.

const LETTERS = ["KeyA", "KeyW", "KeyS", "KeyE", "KeyD", "KeyF", "KeyT", "KeyG", "KeyY", "KeyH", "KeyU", "KeyJ", "KeyK"];
const MIDDLE_C = 60;

/** Lets the letters of the computer's keyboard play, but not while somebody types. */
export function letters(signal) {
  const pitch = ({ code }) => MIDDLE_C + LETTERS.indexOf(code);
  addEventListener("keydown", (event) => {
    if (!LETTERS.includes(event.code) || event.repeat || event.ctrlKey || event.altKey || event.metaKey) return;
    if (!event.target.closest("input:not([type=checkbox]), select, textarea")) down(pitch(event));
  }, { signal });
  addEventListener("keyup", (event) => { if (LETTERS.includes(event.code)) up(pitch(event)); }, { signal });
}
