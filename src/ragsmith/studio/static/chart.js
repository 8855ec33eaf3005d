// The loss while a model learns: training, held-out works, and the baseline to be beaten.
import { s, show } from "./dom.js";
import { t, written } from "./words.js";

const WIDTH = innerWidth < 700 ? 360 : 720, HEIGHT = 300, LEFT = 44, RIGHT = 90, TOP = 14, BOTTOM = 34;
const LINES = ["training", "held_out"];

/** A chart that is drawn again with each epoch {number, training, held_out, baseline, seconds}. */
export function lossChart() {
  const room = s("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, class: "chart", role: "img" });
  const epochs = [];
  const draw = () => {
    room.setAttribute("aria-label", words(epochs));
    show(room, epochs.length ? drawn(epochs) : waiting());
  };
  draw();
  return {
    room,
    get empty() { return !epochs.length; },
    add(epoch) { epochs.push(epoch); draw(); },
  };
}

const waiting = () => s("text", { x: WIDTH / 2, y: HEIGHT / 2, "text-anchor": "middle" }, t("chart.wait"));

function words(epochs) {
  const last = epochs.at(-1);
  if (!last) return t("chart.wait");
  return t("chart.words", { epochs: epochs.length, held: written(last.held_out ?? last.training),
    baseline: last.baseline == null ? "–" : written(last.baseline) });
}

function drawn(epochs) {
  const baseline = epochs.findLast((epoch) => epoch.baseline != null)?.baseline;
  const values = epochs.flatMap(({ training, held_out: held }) => [training, held]).concat(baseline ?? []).filter(Number.isFinite);
  const ticks = ticksOf(Math.min(...values), Math.max(...values));
  const low = ticks[0], high = ticks.at(-1);
  const most = Math.max(2, epochs.at(-1).number);
  const x = (n) => LEFT + ((n - 1) / (most - 1)) * (WIDTH - LEFT - RIGHT);
  const y = (value) => TOP + ((high - value) / (high - low)) * (HEIGHT - TOP - BOTTOM);
  const ends = LINES.map((name) => ({ name, value: epochs.findLast((e) => e[name] != null)?.[name] }));
  if (baseline != null) ends.push({ name: "baseline", value: baseline });
  return [
    ticks.map((tick) => [
      s("line", { x1: LEFT, x2: WIDTH - RIGHT, y1: y(tick), y2: y(tick), class: "grid" }),
      s("text", { x: LEFT - 8, y: y(tick) + 4, "text-anchor": "end" }, written(tick))]),
    s("text", { x: LEFT, y: HEIGHT - 8 }, t("chart.epochs", { n: epochs.length })),
    baseline != null && s("line", { x1: LEFT, x2: WIDTH - RIGHT, y1: y(baseline), y2: y(baseline), class: "baseline" }),
    LINES.map((name) => line(name, epochs.filter((e) => Number.isFinite(e[name])).map((e) => [x(e.number), y(e[name])]))),
    labels(ends.filter(({ value }) => Number.isFinite(value)), y),
  ];
}

const line = (name, points) => [
  s("polyline", { class: name, points: points.map((point) => point.join(",")).join(" ") }),
  points.length && s("circle", { class: name, cx: points.at(-1)[0], cy: points.at(-1)[1], r: 3.5 })];

/** Names beside the lines' ends, moved apart where they would touch. */
function labels(ends, y) {
  let above = -Infinity;
  return ends.map((end) => ({ ...end, at: y(end.value) + 4 })).sort((a, b) => a.at - b.at).map(({ name, at }) => {
    above = Math.max(at, above + 16);
    return s("text", { x: WIDTH - RIGHT + 10, y: above, class: name }, t(`chart.${name}`));
  });
}

/** Round numbers that enclose low and high. */
function ticksOf(low, high) {
  const span = Math.max(high - low, 0.1);
  const power = 10 ** Math.floor(Math.log10(span / 3));
  const step = [1, 2, 5, 10].map((n) => n * power).find((each) => span / each <= 5);
  const first = Math.floor(low / step), last = Math.max(first + 1, Math.ceil(high / step));
  return Array.from({ length: last - first + 1 }, (_, i) => Number(((first + i) * step).toPrecision(6)));
}
