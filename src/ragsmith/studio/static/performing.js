// A piece played from its notes: slower without another pitch, one hand alone, round and round, with a metronome.
import { balance, now, strike, tick } from "./piano.js";
import { firstFrom } from "./roll.js";

const AHEAD = 0.3;
const EVERY = 60;
const SOON = 0.03;
const NONE = 1e-6;

/**
 * Plays {notes, bars, seconds}, times in seconds of the piece.
 * @param piano  what `wake` gives
 * @param wish   read while it plays: rate, left, right, metronome, loop ([start, end] or null)
 * @param begin  from: where; countIn: whether a bar is counted before
 * @param ended  called when the piece is over, not when it is stopped
 */
export function performing(piano, music, wish, { from, countIn }, ended) {
  const beats = music.bars.flatMap((bar) => bar.beats.map((start) => ({ start, first: start === bar.start })));
  // A hair's breadth lies between notes of a chord, and not always upwards.
  const notes = music.notes.toSorted((a, b) => a.start - b.start);
  const sounds = new Set();
  const keepSound = (sound) => {
    sounds.add(sound);
    sound.ended.then(() => sounds.delete(sound));
  };
  const into = ([start, end], time) => (time < start - NONE || time >= end - NONE ? start : time);
  const begin = wish.loop ? into(wish.loop, from) : from;
  // The piece's time `at` is played at the moment `when`, and goes on from there as fast as `rate` says.
  const turns = [{ at: begin, when: now() + SOON, rate: wish.rate }];
  let head = begin;
  const last = () => turns.at(-1);
  const moment = (time) => last().when + (time - last().at) / last().rate;
  const reached = (when) => last().at + (when - last().when) * last().rate;
  const turn = (at, when) => { turns.push({ at, when, rate: wish.rate }); head = at; };

  function count() {
    const { start, end, beats: times } = fullBar(music, begin);
    for (const time of times) keepSound(tick(last().when + (time - start) / wish.rate, time === start));
    last().when += (end - start) / wish.rate;
  }

  function write(to) {
    for (let i = firstFrom(notes, head); i < notes.length && notes[i].start < to; i += 1) {
      const note = notes[i];
      keepSound(strike(piano, note, moment(note.start), (note.end - note.start) / last().rate));
    }
    for (let i = firstFrom(beats, head); wish.metronome && i < beats.length && beats[i].start < to; i += 1) {
      keepSound(tick(moment(beats[i].start), beats[i].first));
    }
    head = to;
  }

  function go() {
    if (last().rate !== wish.rate) turn(head, moment(head));
    const until = now() + AHEAD;
    while (moment(head) < until) {
      if (wish.loop && into(wish.loop, head) !== head) turn(wish.loop[0], moment(head));
      const end = wish.loop ? wish.loop[1] : music.seconds;
      if (head >= end) break;
      write(Math.min(end, Math.max(head + NONE, reached(until))));
    }
    if (!wish.loop && own.time() >= music.seconds) {
      own.stop();
      ended();
    }
  }

  const own = {
    time() {
      const current = now();
      while (turns.length > 1 && turns[1].when <= current) turns.shift();
      const [{ at, when, rate }] = turns;
      return Math.min(music.seconds, at + Math.max(0, current - when) * rate);
    },
    stop() {
      clearInterval(clock);
      for (const sound of sounds) sound.stop();
    },
  };
  balance(wish);
  if (countIn) count();
  const clock = setInterval(go, EVERY);
  go();
  return own;
}

/** The bar that is counted in: the one at that time, or the first full one where that is a pickup. */
function fullBar({ bars }, time) {
  const bar = bars.find(({ end }) => time < end - NONE) ?? bars.at(-1);
  return bar.number ? bar : bars.find(({ number }) => number) ?? bar;
}
