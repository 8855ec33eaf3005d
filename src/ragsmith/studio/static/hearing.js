// A stretch of music heard from notes, beside the piece itself: one at a time, and never both.
import { performing } from "./performing.js";
import { wake } from "./piano.js";
import { player } from "./player.js";

let current = null;

/**
 * Plays notes {start, end, pitch, velocity, hand} of a piece from one time to another.
 * @param ended  called when it is over, or stopped
 */
export async function hear(notes, bars, [from, to], ended) {
  current?.();
  player.pause();
  const piano = await wake();
  let performer = null;
  const stop = () => {
    performer.stop();
    if (current !== stop) return;
    current = null;
    ended();
  };
  const wish = { ...player.wish, left: 1, right: 1, loop: null, metronome: false };
  performer = performing(piano, { notes, bars, seconds: to }, wish, { from }, stop);
  current = stop;
}

export const silence = () => current?.();
