// The piano, key by key: what is played from notes sounds here, or on an instrument that is connected by MIDI.
import { Failure } from "./api.js";
import { keep, kept } from "./memory.js";
import { t } from "./words.js";

const RATE = 22050;
const LOWEST = 21;
/** Of a key in the file of all keys, one after the other; ragsmith/io/sound/keyboard.py makes it. */
const KEY_SECONDS = 1.5;
const LOUDNESS = 0.13;
/** The velocity at which the keys were struck, and how steeply sound follows it. */
const VELOCITY = 82, STEEPNESS = 1.6;
const DAMPING = 0.05;
const SOUNDING = KEY_SECONDS - 5 * DAMPING;
const TICK = { low: 1000, high: 1500, seconds: 0.04, loudness: 0.25 };

/** A MIDI output that plays in place of this piano; null where there is none. */
export const instrument = { port: null };

let context = null;
let out = null;
let keys = null;
let devices = null;
let volume = kept("volume", 1);
let piano = kept("piano", "upright");
const hands = {};

/** Fetches the keys, once: before they are wanted, so that they sound at once. */
export function tune() {
  // Asked for its devices, a browser starts the process that plays sound; nobody has to have touched the page for that.
  devices ??= navigator.mediaDevices?.enumerateDevices().catch(() => {});
  keys ??= fetch(`/api/keys?piano=${piano}`).then((answer) => answer.arrayBuffer())
    .then((bytes) => new OfflineAudioContext(1, 1, RATE).decodeAudioData(bytes))
    .catch(() => { keys = null; });
  return keys;
}

/** Which piano plays; ragsmith/io/sound/instrument.py describes them. */
export const PIANOS = ["upright", "honky-tonk", "grand"];
export const chosenPiano = () => piano;

export function choosePiano(name) {
  keep("piano", piano = name);
  keys = null;
}

/** Opens the browser's audio, which takes it a moment. */
function open() {
  if (context) return;
  context = new AudioContext();
  const evener = new DynamicsCompressorNode(context);
  out = new GainNode(context, { gain: volume });
  evener.connect(out).connect(context.destination);
  for (const hand of ["left", "right"]) {
    hands[hand] = new GainNode(context);
    hands[hand].connect(evener);
  }
}

// Browsers let a page sound once somebody has touched it: it is open before the first sound is wanted.
for (const touch of ["pointerdown", "keydown"]) addEventListener(touch, open, { once: true, capture: true });

/** Makes the piano ready to be struck; somebody must have touched the page before. */
export async function wake() {
  open();
  const [tuned] = await Promise.all([tune(), context.resume()]);
  if (!tuned) throw new Failure(t("error.away"));
  return tuned;
}

/** Seconds of the piano's own clock. */
export const now = () => context?.currentTime ?? 0;

/** How loud everything is, 0 to 1, or how loud it shall be. */
export function loudness(wanted = volume) {
  if (wanted !== volume) keep("volume", volume = wanted);
  if (out) out.gain.value = volume;
  return volume;
}

/** How loud each hand is, 0 to 1. */
export function balance({ left, right }) {
  for (const [hand, gain] of Object.entries({ left, right })) if (hands[hand]) hands[hand].gain.value = gain;
}

/** Strikes a key at a moment of the piano's clock; gives what stops it, and `ended`, when it is over. */
export function strike(piano, { pitch, velocity = VELOCITY, hand }, when, seconds = SOUNDING) {
  const side = hand === "left" || hand === 1 ? "left" : "right";
  if (instrument.port) return send(pitch, velocity * hands[side].gain.value, when, seconds);
  const sound = new AudioBufferSourceNode(context, { buffer: piano });
  const gain = new GainNode(context, { gain: LOUDNESS * (velocity / VELOCITY) ** STEEPNESS });
  const length = Math.min(seconds, SOUNDING);
  gain.gain.setTargetAtTime(0, when + length, DAMPING);
  sound.connect(gain).connect(hands[side]);
  sound.start(when, (pitch - LOWEST) * KEY_SECONDS, length + 5 * DAMPING);
  return {
    ended: new Promise((over) => { sound.onended = over; }),
    stop() {
      if (when > context.currentTime) return sound.stop();
      gain.gain.setTargetAtTime(0, context.currentTime, DAMPING);
      sound.stop(context.currentTime + 5 * DAMPING);
    },
  };
}

function send(pitch, velocity, when, seconds) {
  const { port } = instrument;
  const moment = performance.now() + 1000 * Math.max(0, when - context.currentTime);
  const loud = Math.round(Math.min(127, velocity));
  if (loud) port.send([0x90, pitch, loud], moment);
  port.send([0x80, pitch, 0], moment + 1000 * seconds);
  return {
    ended: new Promise((over) => { setTimeout(over, moment + 1000 * seconds - performance.now()); }),
    stop() { port.send([0x80, pitch, 0], Math.max(moment, performance.now())); },
  };
}

/** Presses a key now; gives what lets it go. */
export function press(piano, pitch, velocity = VELOCITY) {
  const sound = strike(piano, { pitch, velocity }, now());
  return () => sound.stop();
}

/** A tick of the metronome at a moment; the first of a bar is higher. */
export function tick(when, strong) {
  const sound = new OscillatorNode(context, { frequency: strong ? TICK.high : TICK.low });
  const gain = new GainNode(context, { gain: TICK.loudness });
  gain.gain.setTargetAtTime(0, when, TICK.seconds / 4);
  sound.connect(gain).connect(out);
  sound.start(when);
  sound.stop(when + TICK.seconds * 2);
  return { ended: new Promise((over) => { sound.onended = over; }), stop: () => sound.stop() };
}
