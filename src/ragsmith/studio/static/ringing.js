// A note that is touched or changed is heard at once.
import { now, strike, wake } from "./piano.js";

const SECONDS = 0.6;

let sounding = null;

/** Strikes the key of a note {pitch, velocity, hand}; the one before is let go. */
export async function ring(note) {
  const piano = await wake();
  sounding?.stop();
  sounding = strike(piano, note, now(), SECONDS);
}
