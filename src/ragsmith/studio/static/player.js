// The one player. A piece sounds from its file, made with the room and the pedal; until that is there, and
// whenever it shall sound otherwise than written, from its notes.
import { file, get } from "./api.js";
import { h, icon, show } from "./dom.js";
import { performing } from "./performing.js";
import { balance, choosePiano, chosenPiano, instrument, loudness, tune, wake } from "./piano.js";
import { t } from "./words.js";

const SECONDS = 5;
const AS_WRITTEN = { rate: 1, left: 1, right: 1, metronome: false, countIn: false, loop: null };
const audio = new Audio();
audio.preload = "auto";
audio.volume = loudness();
/** Tells "change" when what sounds begins, stops, waits. */
const told = new EventTarget();
const tell = () => told.dispatchEvent(new Event("change"));
let performer = null;
let music = null;
let starting = 0;
let expected = { id: null, playing: null };

/** FLAC is made in a quarter of the time of MP3, and every browser plays it. */
const sound = (id) => file(id, "flac", chosenPiano());

const isAsWritten = () => !instrument.port && Object.entries(AS_WRITTEN).every(([name, value]) => player.wish[name] === value);

/** What plays: one piece at a time. `frame(time)` is called at every frame while it does. */
export const player = {
  audio,
  piece: null,
  frame: null,
  /** How it shall sound: rate, left and right (0 to 1), metronome, countIn, loop ([start, end], seconds of the piece). */
  wish: { ...AS_WRITTEN },

  /** Seconds of the piece, whatever its tempo. */
  get time() { return performer ? performer.time() : audio.currentTime; },
  get paused() { return audio.paused && !performer; },
  get waits() { return !performer && !audio.paused && audio.readyState < 3; },

  /** Makes a piece ready; nothing is loaded again that is there. `playing` is what sounds when, if that is known. */
  load(id, playing = null) {
    if (player.piece !== id) {
      player.pause();
      player.piece = id;
      player.wish = { ...AS_WRITTEN };
      music = null;
      audio.src = sound(id);
      audio.currentTime = 0;
    }
    music = playing ?? music;
  },

  /** The notes of the piece are others: its file is not it any more, and comes anew where it is said which it is. */
  changed(renewed = "") {
    const place = player.time, plays = !player.paused && !performer;
    if (!audio.getAttribute("src") && !renewed) return;
    if (renewed) audio.src = `${sound(player.piece)}&${renewed}`;
    else audio.removeAttribute("src");
    audio.load();
    audio.currentTime = place;
    if (plays) begin(place);
  },

  /** Fetches what is needed to play a piece from its notes, before that is wanted. */
  expect(id) {
    tune();
    if (id && id !== player.piece && id !== expected.id) expected = { id, playing: get(`pieces/${id}/playing`).catch(() => null) };
  },

  async toggle(id = player.piece) {
    if (!id) return;
    if (player.piece === id && !player.paused) return player.pause();
    player.load(id);
    await begin(player.time, player.wish.countIn);
  },

  pause() {
    starting += 1;
    if (performer) {
      const place = performer.time();
      silence();
      audio.currentTime = place;
    }
    audio.pause();
  },

  seek(time) {
    const place = Math.max(0, Math.min(time, music?.seconds ?? (audio.duration || time)));
    audio.currentTime = place;
    if (performer) begin(place);
    else run();
  },

  /** Changes how it sounds, at once; a bar is counted in only when it is played anew. */
  set(changes) {
    Object.assign(player.wish, changes);
    balance(player.wish);
    if (!performer && !audio.paused && !("countIn" in changes) && !isAsWritten()) begin(audio.currentTime);
  },

  /** On which piano it is played: a new file, and until that is there new keys. */
  async choose(name) {
    const { time, paused } = player;
    player.pause();
    choosePiano(name);
    await tune();
    if (audio.getAttribute("src")) player.changed(`piano=${name}`);
    audio.currentTime = time;
    if (!paused) begin(time);
  },

  volume(wanted) {
    audio.volume = loudness(wanted);
  },

  /** Calls `look` whenever what sounds begins, stops, waits. */
  listen(look, signal) {
    told.addEventListener("change", look, { signal });
  },

  close() {
    player.pause();
    audio.removeAttribute("src");
    audio.load();
    player.piece = null;
    player.frame = null;
    player.wish = { ...AS_WRITTEN };
    music = null;
  },
};

/** Goes on from a time: from the file where that is there and will do. */
async function begin(time, countIn = false) {
  const mine = (starting += 1);
  if (isAsWritten() && audio.readyState >= 3) return fromFile(time, mine);
  const [piano, playing] = await Promise.all([wake(), music ?? timetable(player.piece)]);
  if (mine !== starting) return;
  music = playing;
  silence();
  audio.pause();
  performer = performing(piano, music, player.wish, { from: time, countIn }, () => {
    performer = null;
    audio.currentTime = 0;
    tell();
  });
  tell();
  run();
}

const timetable = async (id) => (expected.id === id && await expected.playing) || get(`pieces/${id}/playing`);

async function fromFile(time, mine) {
  audio.currentTime = time;
  // A pause or another piece that comes before the sound is no failure.
  const plays = await audio.play().then(() => true, () => false);
  if (plays && mine === starting) silence();
}

function silence() {
  performer?.stop();
  performer = null;
  tell();
}

/** The file takes over from the notes as soon as it can. */
audio.addEventListener("canplay", () => {
  if (performer && audio.paused && isAsWritten()) fromFile(performer.time(), starting);
});

let running = false;
function frames() {
  player.frame?.(player.time);
  running = !player.paused;
  if (running) requestAnimationFrame(frames);
}
const run = () => { if (!running) { running = true; requestAnimationFrame(frames); } };
for (const name of ["play", "seeked", "seeking", "loadedmetadata"]) audio.addEventListener(name, run);
for (const name of ["play", "pause", "playing", "waiting", "emptied"]) audio.addEventListener(name, tell);

/** Space plays and arrows seek, but not while somebody types or a control wants the key. */
export function playerKeys(signal) {
  addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || !player.piece) return;
    const wants = event.target.closest("input, select, textarea, [role=slider]");
    if (event.key === " " && !wants && !event.target.closest("button, summary")) player.toggle();
    else if (event.key === "ArrowLeft" && !wants) player.seek(player.time - SECONDS);
    else if (event.key === "ArrowRight" && !wants) player.seek(player.time + SECONDS);
    else return;
    event.preventDefault();
  }, { signal });
}

/** A button that plays a piece and shows whether it does. */
export function playButton(id, title, signal, props = {}) {
  // Whoever points at it will soon want to hear it.
  const soon = () => player.expect(id());
  const button = h("button", { class: "round", ...props, onclick: () => player.toggle(id()), onpointerenter: soon, onfocus: soon });
  const draw = () => {
    const mine = player.piece && player.piece === id();
    const on = mine && !player.paused;
    show(button, icon(on ? "pause" : "play"));
    button.setAttribute("aria-label", t(on ? "pause.piece" : "play.piece", { title: title() }));
    button.classList.toggle("waiting", Boolean(on && player.waits));
  };
  player.listen(draw, signal);
  draw();
  return button;
}

export const clock = (seconds) => {
  const whole = Math.floor(seconds || 0);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
};
