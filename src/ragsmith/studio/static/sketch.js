// Hearing a piece while it is still being written: the piano key by key, until its sound is made.
import { Failure } from "./api.js";
import { t } from "./words.js";

const AHEAD = 0.3;
const EVERY = 60;
const RATE = 22050;
const LOWEST = 21;
/** Of a key in the file of all keys, one after the other; ragsmith/studio/keyboard.py makes it. */
const KEY_SECONDS = 1.5;
const LOUDNESS = 0.13;
const DAMPING = 0.05;
export const SECONDS_A_STEP = 0.15;

let current = null;
let context = null;
let out = null;
let keys = null;

export const sketching = () => Boolean(current);

/** Fetches the keys, once: before they are wanted, so that they sound at once. */
export function tune() {
  keys ??= fetch("/api/keys").then((answer) => answer.arrayBuffer())
    .then((bytes) => new OfflineAudioContext(1, 1, RATE).decodeAudioData(bytes))
    .catch(() => { keys = null; });
  return keys;
}

async function wake() {
  if (!context) {
    context = new AudioContext();
    out = context.createDynamicsCompressor();
    out.connect(context.destination);
  }
  const [tuned] = await Promise.all([tune(), context.resume()]);
  if (!tuned) throw new Failure(t("error.away"));
  return tuned;
}

/**
 * Plays notes {start, end, pitch} that still come in, times in steps, until it is stopped.
 * `notes()` gives those there are; `tell(step)` is told where it is. Only one plays at a time:
 * `ended` is called when this one no longer does.
 */
export async function sketch(notes, tell, ended) {
  const piano = await wake();
  current?.stop();
  const began = context.currentTime + 0.05;
  const sounds = new Set();
  let heard = -1;
  const go = () => {
    const until = (context.currentTime + AHEAD - began) / SECONDS_A_STEP;
    for (const note of notes()) {
      if (note.start > heard && note.start <= until) {
        const sound = strike(piano, note, Math.max(context.currentTime, began + note.start * SECONDS_A_STEP));
        sounds.add(sound);
        sound.onended = () => sounds.delete(sound);
      }
    }
    heard = until;
    tell(Math.max(0, (context.currentTime - began) / SECONDS_A_STEP));
  };
  go();
  const clock = setInterval(go, EVERY);
  const own = {
    time: () => context.currentTime - began,
    stop() {
      clearInterval(clock);
      for (const sound of sounds) sound.stop();
      if (current === own) current = null;
      ended();
    },
  };
  current = own;
  return own;
}

function strike(piano, { start, end, pitch }, when) {
  const sound = new AudioBufferSourceNode(context, { buffer: piano });
  const loudness = new GainNode(context, { gain: LOUDNESS });
  const length = Math.min((end - start) * SECONDS_A_STEP, KEY_SECONDS - 5 * DAMPING);
  loudness.gain.setTargetAtTime(0, when + length, DAMPING);
  sound.connect(loudness).connect(out);
  sound.start(when, (pitch - LOWEST) * KEY_SECONDS, length + 5 * DAMPING);
  return sound;
}
