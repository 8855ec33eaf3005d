// The one player: an audio element, its keys, and who wants to hear of every frame.
import { file } from "./api.js";
import { h, icon, show } from "./dom.js";
import { t } from "./words.js";

const SECONDS = 5;
const audio = new Audio();
audio.preload = "auto";

/** What plays: one piece at a time. `frame(time)` is called at every frame while it does. */
export const player = {
  audio,
  piece: null,
  frame: null,

  /** Makes a piece ready; nothing is loaded again that is there. */
  load(id) {
    if (player.piece === id) return;
    player.piece = id;
    // FLAC is made in a quarter of the time of MP3, and every browser plays it.
    audio.src = file(id, "flac");
    audio.preservesPitch = true;
  },

  async toggle(id = player.piece) {
    if (!id) return;
    if (player.piece === id && !audio.paused) return audio.pause();
    player.load(id);
    await audio.play().catch((error) => {
      // A pause or another piece that comes before the sound is no failure.
      if (error.name !== "AbortError") audio.dispatchEvent(new Event("silent"));
    });
  },

  seek(time) {
    audio.currentTime = Math.max(0, Math.min(time, audio.duration || time));
  },

  close() {
    audio.pause();
    audio.removeAttribute("src");
    audio.load();
    audio.playbackRate = 1;
    player.piece = null;
    player.frame = null;
  },
};

let running = false;
function frames() {
  player.frame?.(audio.currentTime);
  running = !audio.paused;
  if (running) requestAnimationFrame(frames);
}
const run = () => { if (!running) { running = true; requestAnimationFrame(frames); } };
for (const name of ["play", "seeked", "seeking", "loadedmetadata"]) audio.addEventListener(name, run);

/** Space plays and arrows seek, but not while somebody types or a control wants the key. */
export function playerKeys(signal) {
  addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || !player.piece) return;
    const wants = event.target.closest("input, select, textarea, [role=slider]");
    if (event.key === " " && !wants && !event.target.closest("button, summary")) player.toggle();
    else if (event.key === "ArrowLeft" && !wants) player.seek(audio.currentTime - SECONDS);
    else if (event.key === "ArrowRight" && !wants) player.seek(audio.currentTime + SECONDS);
    else return;
    event.preventDefault();
  }, { signal });
}

/** A button that plays a piece and shows whether it does. */
export function playButton(id, title, signal, props = {}) {
  const button = h("button", { class: "round", ...props, onclick: () => player.toggle(id()) });
  const draw = () => {
    const mine = player.piece && player.piece === id();
    const on = mine && !audio.paused;
    show(button, icon(on ? "pause" : "play"));
    button.setAttribute("aria-label", t(on ? "pause.piece" : "play.piece", { title: title() }));
    button.classList.toggle("waiting", Boolean(on && audio.readyState < 3));
  };
  for (const name of ["play", "pause", "playing", "waiting", "emptied"]) {
    audio.addEventListener(name, draw, { signal });
  }
  draw();
  return button;
}

export const clock = (seconds) => {
  const whole = Math.floor(seconds || 0);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
};
