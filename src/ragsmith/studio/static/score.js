// The engraved score: it lights the heads that sound, moves a cursor, and lets bars be chosen.
import { placesFrom } from "./bars.js";
import { h } from "./dom.js";
import { player } from "./player.js";
import { t } from "./words.js";

/** Pixels between a system and the edge that it is brought to. */
const MARGIN = 60;

const written = (id) => id.replace(/-\d+$/, "");

/**
 * @param pages    SVG elements
 * @param playing  what the server says sounds when
 * @param choose   told (first, last), printed numbers of bars
 */
export function scoreView(pages, playing, choose, signal) {
  const cursor = h("div", { class: "cursor", hidden: true });
  const sheets = pages.map((page, i) =>
    h("div", { class: "sheet", role: "img", "aria-label": t("score.page", { page: i + 1, of: pages.length }) }, page));
  const room = h("div", { class: "score", tabindex: 0, role: "group", "aria-label": t("score") }, sheets);
  const own = { places: null, moment: -1, chosen: [] };
  const heads = headsOf(sheets);
  const moments = momentsOf(playing.notes);
  const light = lighting(heads, moments);
  const measure = () => {
    own.places = placesOf(sheets, playing, heads);
    own.moment = -1;
    mark(own.places.bars, playing.bars, ...own.chosen);
  };
  const watch = new ResizeObserver(measure);
  watch.observe(sheets[0]);
  const close = () => watch.disconnect();
  signal.addEventListener("abort", close);
  choosing(room, () => own.places, choose);
  return {
    room,
    close,
    at(time) {
      light(time);
      if (!own.places && room.isConnected) measure();
      if (own.places) moveCursor(room, cursor, own, time);
    },
    choose(first, last) {
      own.chosen = [first, last];
      if (own.places) mark(own.places.bars, playing.bars, first, last);
    },
  };
}

/** Every written note's heads: the first one and those tied to it. */
function headsOf(sheets) {
  const heads = new Map();
  for (const sheet of sheets) {
    for (const head of sheet.querySelectorAll("g.note[id]")) {
      const name = written(head.id);
      if (!heads.has(name)) heads.set(name, []);
      heads.get(name).push(head);
    }
  }
  return heads;
}

/** The moments at which what sounds changes, each with the names of the heads that then sound. */
function momentsOf(notes) {
  const changes = [];
  for (const { start, end, head } of notes) {
    if (head) changes.push([start, 1, head], [end, -1, head]);
  }
  changes.sort((a, b) => a[0] - b[0]);
  const counts = new Map();
  const moments = [{ time: -Infinity, heads: new Set() }];
  for (const [time, step, head] of changes) {
    const count = (counts.get(head) ?? 0) + step;
    if (count) counts.set(head, count);
    else counts.delete(head);
    if (moments.at(-1).time !== time) moments.push({ time });
    moments.at(-1).heads = new Set(counts.keys());
  }
  return moments;
}

/** Index of the last item whose time is not after `time`. */
function lastUpTo(items, time) {
  let low = 0, high = items.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (items[middle].time <= time) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

function lighting(heads, moments) {
  let lit = moments[0].heads;
  return (time) => {
    const now = moments[lastUpTo(moments, time)].heads;
    if (now === lit) return;
    for (const name of lit) {
      if (!now.has(name)) for (const head of heads.get(name) ?? []) head.classList.remove("sounds");
    }
    for (const name of now) {
      if (!lit.has(name)) for (const head of heads.get(name) ?? []) head.classList.add("sounds");
    }
    lit = now;
  };
}

/** Where things stand on their sheets, in pixels: the cursor's stops, and every bar's box. */
function placesOf(sheets, { notes, bars }, heads) {
  const barOf = new Map();
  for (const { head, bar } of notes) if (head) barOf.set(head, bar);
  const boxes = sheets.flatMap((sheet) => barsOn(sheet, barOf));
  // A bar without notes follows the one before it.
  boxes.forEach((box, i) => { box.number ??= (boxes[i - 1]?.number ?? bars[0].number - 1) + 1; });
  return { bars: boxes, stops: stopsOf(notes, heads, boxes) };
}

function barsOn(sheet, barOf) {
  const origin = sheet.getBoundingClientRect();
  return [...sheet.querySelectorAll("g.measure")].map((element) => {
    const lines = element.querySelectorAll("g.staff > path");
    const first = lines[0].getBoundingClientRect();
    const last = lines[lines.length - 1].getBoundingClientRect();
    const begins = [...element.querySelectorAll("g.note[id]")].find(({ id }) => barOf.has(id));
    return {
      sheet, element, number: begins && barOf.get(begins.id),
      left: first.left - origin.left, right: first.right - origin.left,
      top: first.top - origin.top, bottom: last.bottom - origin.top,
    };
  });
}

/** For every onset where its head stands: the leftmost of those struck together. */
function stopsOf(notes, heads, boxes) {
  const boxOf = new Map(boxes.map((box) => [box.element, box]));
  const stops = new Map();
  for (const { start, head } of notes) {
    const element = heads.get(head)?.[0];
    const box = element && boxOf.get(element.closest("g.measure"));
    if (!box) continue;
    const shape = element.querySelector("g.notehead") ?? element;
    const x = shape.getBoundingClientRect().left - box.sheet.getBoundingClientRect().left;
    const other = stops.get(start);
    if (!other || x < other.x) stops.set(start, { time: start, x, box });
  }
  return [...stops.values()].sort((a, b) => a.time - b.time);
}

/** The cursor glides from stop to stop, at the end of a system to its last barline. */
function moveCursor(room, cursor, own, time) {
  const { stops } = own.places;
  const index = lastUpTo(stops, time + 1e-6);
  const stop = stops[Math.max(0, index)];
  if (!stop) return;
  const next = stops[index + 1];
  const joined = next && next.box.sheet === stop.box.sheet && next.box.top === stop.box.top && next.x > stop.x;
  const aim = joined ? next.x : stop.box.right;
  const share = next ? Math.min(1, Math.max(0, (time - stop.time) / (next.time - stop.time))) : 0;
  const x = stop.x + (aim - stop.x) * share;
  const { box } = stop;
  if (cursor.parentNode !== box.sheet) box.sheet.append(cursor);
  if (own.moment !== box.top || cursor.hidden || own.sheet !== box.sheet) {
    cursor.hidden = false;
    cursor.style.height = `${box.bottom - box.top + 24}px`;
    own.moment = box.top;
    own.sheet = box.sheet;
    bring(room, box, x, systemAfter(own.places.bars, box));
  }
  cursor.style.transform = `translate(${x - 2}px, ${box.top - 12}px)`;
}

/** Scrolls so that a system is seen, and while it plays the one after it too, where there is room for both. */
function bring(room, { sheet, top, bottom }, x, after) {
  const behavior = matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth";
  const y = sheet.offsetTop + top;
  const { top: above } = room.getBoundingClientRect();
  const foot = innerHeight - (document.querySelector(".transport")?.offsetHeight ?? 0);
  let shown = Math.min(room.clientHeight, foot - Math.max(0, above));
  const both = after && !player.paused ? after.sheet.offsetTop + after.bottom - y : 0;
  const wanted = (player.paused ? 0 : MARGIN) + (both + MARGIN < Math.min(room.clientHeight, foot) ? Math.max(both, bottom - top) : bottom - top);
  // While it plays, and as long as the score is what is looked at, the window follows too.
  if (!player.paused && above > 0 && above < foot && shown < wanted) {
    const up = Math.min(above, wanted - shown);
    scrollBy({ top: up, behavior });
    shown += up;
  }
  const below = y + wanted > room.scrollTop + Math.max(shown, MARGIN);
  const aside = x < room.scrollLeft + 20 || x > room.scrollLeft + room.clientWidth - 60;
  const goal = y < room.scrollTop + 20 || below || aside ? Math.max(0, y - MARGIN) : room.scrollTop;
  if (goal !== room.scrollTop || aside) room.scrollTo({ top: goal, left: Math.max(0, x - 60), behavior });
}

/** A bar of the system after that of a bar. */
const systemAfter = (boxes, { sheet, top }) => boxes[boxes.findLastIndex((box) => box.sheet === sheet && box.top === top) + 1];

/** A click chooses a bar; with shift, or a bar later on, all up to it. */
function choosing(room, places, choose) {
  let anchor = null;
  room.addEventListener("click", (event) => {
    const sheet = event.target.closest(".sheet");
    if (!sheet) return;
    const origin = sheet.getBoundingClientRect();
    const x = event.clientX - origin.left, y = event.clientY - origin.top;
    const box = places()?.bars.find((bar) => bar.sheet === sheet && bar.left <= x && x <= bar.right &&
      bar.top - 20 <= y && y <= bar.bottom + 20);
    if (!box) return;
    const { number } = box;
    if (!number) return;
    anchor = event.shiftKey && anchor ? anchor : number;
    choose(Math.min(anchor, number), Math.max(anchor, number));
  });
}

/** Shades the chosen bars, and those that are the same music printed again. */
function mark(boxes, bars, first, last) {
  for (const { sheet } of boxes) for (const old of sheet.querySelectorAll(".chosen")) old.remove();
  if (!first) return;
  const places = placesFrom(bars, first, last);
  const shaded = new Set(bars.filter(({ place }) => places.has(place)).map(({ number }) => number));
  for (const { sheet, number, left, right, top, bottom } of boxes) {
    if (!shaded.has(number)) continue;
    const box = h("div", { class: "chosen" });
    Object.assign(box.style, { left: `${left}px`, width: `${right - left}px`, top: `${top - 10}px`,
      height: `${bottom - top + 20}px` });
    sheet.append(box);
  }
}
