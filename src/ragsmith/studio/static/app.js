// The way about: which page stands in the window, in which language and light.
import { Failure } from "./api.js";
import { h, show } from "./dom.js";
import { tune } from "./piano.js";
import { player } from "./player.js";
import { language, setLanguage, t } from "./words.js";
import { keep, kept } from "./memory.js";

const PAGES = {
  compose: () => import("./compose.js"),
  piece: () => import("./piece.js"),
  corpus: () => import("./corpus.js"),
  learn: () => import("./learn.js"),
  library: () => import("./library.js"),
  compare: () => import("./compare.js"),
  record: () => import("./record.js"),
  bin: () => import("./bin.js"),
};
const LINKS = ["compose", "library", "corpus", "learn"];
const THEMES = ["auto", "light", "dark"];
const main = document.getElementById("main");
let leaving = new AbortController();

/** Shows the page that the address names: #/piece/ID is the page piece with "ID". */
async function turn() {
  const [name, ...words] = location.hash.replace(/^#\/?/, "").split("/").map(decodeURIComponent);
  const known = name in PAGES ? name : "compose";
  leaving.abort();
  leaving = new AbortController();
  const { signal } = leaving;
  player.close();
  header(known);
  const room = h("div", { class: `page ${known}` });
  show(main, room);
  try {
    const { page } = await PAGES[known]();
    if (signal.aborted) return;
    document.title = `${t(`nav.${known}`)} · Ragsmith`;
    await page(room, words, signal);
    // Whatever is clicked first sounds at once.
    (globalThis.requestIdleCallback ?? setTimeout)(() => tune());
  } catch (error) {
    if (!signal.aborted) show(room, trouble(error));
  }
}

function trouble(error) {
  if (!(error instanceof Failure)) console.error(error);
  return h("section", { class: "empty" },
    h("h2", {}, t("error.title")),
    h("p", {}, error instanceof Failure ? error.message : t("error.page")),
    h("p", {}, h("button", { onclick: turn }, t("again"))));
}

function header(current) {
  const here = { piece: "library", compare: "library", bin: "library", record: "library" }[current] ?? current;
  document.documentElement.lang = language();
  show(document.getElementById("skip"), t("skip"));
  show(document.getElementById("top"),
    h("a", { class: "mark", href: "#/compose" }, "Ragsmith"),
    h("nav", { "aria-label": t("nav") }, LINKS.map((name) =>
      h("a", { href: `#/${name}`, "aria-current": name === here && "page" }, t(`nav.${name}`)))),
    h("div", { class: "switches" },
      h("a", { id: "docs", href: language() === "fr" ? "docs/fr.html" : "docs/" }, t("nav.docs")),
      h("button", { class: "plain", id: "language", lang: language() === "fr" ? "en" : "fr",
        onclick: () => { setLanguage(language() === "fr" ? "en" : "fr"); turn(); } },
      language() === "fr" ? "English" : "Français"),
      h("button", { class: "plain", id: "theme", onclick: nextTheme },
        t("theme"), " ", t(`theme.${kept("theme", "auto")}`))));
}

function nextTheme(event) {
  const theme = THEMES[(THEMES.indexOf(kept("theme", "auto")) + 1) % THEMES.length];
  keep("theme", theme);
  light();
  show(event.currentTarget, t("theme"), " ", t(`theme.${theme}`));
}

function light() {
  document.documentElement.dataset.theme = kept("theme", "auto");
  dispatchEvent(new Event("light"));
}

/** A promise that nobody waited for has failed: say why, in plain words, and stay on the page. */
addEventListener("unhandledrejection", (event) => {
  if (!(event.reason instanceof Failure)) return;
  event.preventDefault();
  notify(event.reason.message);
});

function notify(words) {
  const notice = document.getElementById("notice");
  show(notice, h("span", {}, words),
    h("button", { class: "plain", onclick: () => { notice.hidden = true; } }, t("close")));
  notice.hidden = false;
}
/** What falls beside a field for files is opened as a piece; the page stays in any case. */
addEventListener("dragover", (event) => event.preventDefault());
addEventListener("drop", async (event) => {
  event.preventDefault();
  const [dropped, ...others] = event.dataTransfer?.files ?? [];
  if (!dropped) return;
  const zone = document.querySelector(".drop");
  if (zone || others.length) return notify(t(zone ? "drop.beside" : "drop.many"));
  const { openPiece } = await import("./opened.js");
  await openPiece(dropped);
});
addEventListener("hashchange", turn);
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", light);
document.getElementById("skip").addEventListener("click", (event) => {
  event.preventDefault();
  main.focus();
});
light();
turn();
