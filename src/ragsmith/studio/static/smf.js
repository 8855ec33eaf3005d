// A Standard MIDI File (RP-001) of notes that were played to a metronome.

const QUARTER = 480;
const MINUTE = 60_000_000;
const USUAL = 80;

const bytes = (number, count) => Array.from({ length: count }, (_, i) => (number >> (8 * (count - 1 - i))) & 0xff);

/** A number in seven bits a byte, as the form writes times. */
function length(number) {
  const parts = [number & 0x7f];
  for (let rest = number >> 7; rest; rest >>= 7) parts.unshift((rest & 0x7f) | 0x80);
  return parts;
}

const chunk = (name, content) => [...name].map((letter) => letter.charCodeAt(0)).concat(bytes(content.length, 4), content);

/**
 * @param notes  {start, end, pitch, velocity}, in quarter notes
 * @param tempo  quarter notes a minute
 * @param metre  [beats, unit]
 */
export function midiFile(notes, { tempo, metre: [beats, unit], title }) {
  const events = notes.flatMap(({ start, end, pitch, velocity = USUAL }) => [
    [Math.round(start * QUARTER), 1, [0x90, pitch, velocity]], [Math.round(end * QUARTER), 0, [0x80, pitch, 0]]]);
  // What ends goes before what begins at the same time.
  events.sort((a, b) => a[0] - b[0] || a[1] - b[1]);
  const name = [...new TextEncoder().encode(title)];
  const track = [0, 0xff, 0x03, ...length(name.length), ...name,
    0, 0xff, 0x51, 3, ...bytes(Math.round(MINUTE / tempo), 3), 0, 0xff, 0x58, 4, beats, Math.log2(unit), 24, 8];
  let now = 0;
  for (const [tick, , message] of events) {
    track.push(...length(tick - now), ...message);
    now = tick;
  }
  track.push(0, 0xff, 0x2f, 0);
  return new Uint8Array([...chunk("MThd", [...bytes(0, 2), ...bytes(1, 2), ...bytes(QUARTER, 2)]), ...chunk("MTrk", track)]);
}
