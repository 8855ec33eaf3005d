// Hearing a piece while it is still being written: a few sine waves, until the piano is ready.

const AHEAD = 0.3;
const EVERY = 60;
const DECAY = 1.1;
const PARTIALS = [1, 0.5, 0.25, 0.1];
export const SECONDS_A_STEP = 0.15;

let current = null;
let context = null;
let out = null;
let wave = null;

export const sketching = () => Boolean(current);

function wake() {
  if (!context) {
    context = new AudioContext();
    out = context.createDynamicsCompressor();
    out.connect(context.destination);
    wave = context.createPeriodicWave(new Float32Array(5), new Float32Array([0, ...PARTIALS]));
  }
  return context.resume();
}

/**
 * Plays notes {start, end, pitch} that still come in, times in steps, until it is stopped.
 * `notes()` gives those there are; `tell(step)` is told where it is. Only one plays at a time:
 * `ended` is called when this one no longer does.
 */
export async function sketch(notes, tell, ended) {
  current?.stop();
  await wake();
  const began = context.currentTime + 0.05;
  const sounds = new Set();
  let heard = -1;
  const go = () => {
    const until = (context.currentTime + AHEAD - began) / SECONDS_A_STEP;
    for (const note of notes()) {
      if (note.start > heard && note.start <= until) {
        const sound = strike(note, Math.max(context.currentTime, began + note.start * SECONDS_A_STEP));
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

function strike({ start, end, pitch }, when) {
  const sound = new OscillatorNode(context, { frequency: 440 * 2 ** ((pitch - 69) / 12) });
  sound.setPeriodicWave(wave);
  const loudness = context.createGain();
  const length = (end - start) * SECONDS_A_STEP;
  loudness.gain.setValueAtTime(0, when);
  loudness.gain.linearRampToValueAtTime(0.12, when + 0.008);
  loudness.gain.setTargetAtTime(0, when + 0.01, DECAY * 2 ** ((60 - pitch) / 24) / 2);
  loudness.gain.setTargetAtTime(0, when + length, 0.04);
  sound.connect(loudness).connect(out);
  sound.start(when);
  sound.stop(when + length + 0.3);
  return sound;
}
