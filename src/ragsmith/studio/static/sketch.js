// Hearing a piece while it is still being written: the piano key by key, until its sound is made.
import { balance, now, strike, wake } from "./piano.js";

const AHEAD = 0.3;
const EVERY = 60;
export const SECONDS_A_STEP = 0.15;

let current = null;

export const sketching = () => Boolean(current);

/**
 * Plays notes {start, end, pitch} that still come in, times in steps, until it is stopped.
 * `notes()` gives those there are; `tell(step)` is told where it is. Only one plays at a time:
 * `ended` is called when this one no longer does.
 */
export async function sketch(notes, tell, ended) {
  const piano = await wake();
  current?.stop();
  balance({ left: 1, right: 1 });
  const began = now() + 0.05;
  const sounds = new Set();
  let heard = -1;
  const go = () => {
    const until = (now() + AHEAD - began) / SECONDS_A_STEP;
    for (const note of notes()) {
      if (note.start > heard && note.start <= until) {
        const when = Math.max(now(), began + note.start * SECONDS_A_STEP);
        const sound = strike(piano, note, when, (note.end - note.start) * SECONDS_A_STEP);
        sounds.add(sound);
        sound.ended.then(() => sounds.delete(sound));
      }
    }
    heard = until;
    tell(Math.max(0, (now() - began) / SECONDS_A_STEP));
  };
  go();
  const clock = setInterval(go, EVERY);
  const own = {
    time: () => now() - began,
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
