// Bars as the score numbers them: the server's {start, end, number, time, place}, in the order of playing.
import { t } from "./words.js";

/** Where the music of the bars from first to last stands: alike wherever it is printed or played again. */
export const placesFrom = (bars, first, last) =>
  new Set(bars.filter(({ number }) => number && first <= number && number <= last).map(({ place }) => place));

/** The written steps of the bars from first to last. */
export function stepsFrom({ bars, times, places }, first, last) {
  const steps = new Set();
  for (const { number, start, end } of bars) {
    if (number < first || number > last) continue;
    for (let i = times.findIndex((time) => time >= start - 1e-6); times[i] < end - 1e-6; i += 1) steps.add(places[i]);
  }
  return steps;
}

/** Numbers beyond first to last under which the same music is printed again. */
export function printedAgain(bars, first, last) {
  const places = placesFrom(bars, first, last);
  const others = bars.filter(({ number, place }) => places.has(place) && (number < first || number > last));
  return [...new Set(others.map(({ number }) => number))].sort((a, b) => a - b);
}

/** The printed numbers of a stretch of bars as played: [first, last]; null where it is a pickup alone. */
export function numbersOf(bars) {
  const numbers = bars.map(({ number }) => number).filter(Boolean);
  return numbers.length ? [Math.min(...numbers), Math.max(...numbers)] : null;
}

/** "bar 12", or "bar 12, second time" where that matters. */
export function barWords({ number, time }) {
  if (!number) return t("bar.pickup");
  if (time === 1) return t("bar.is", { bar: number });
  return t(time === 2 ? "bar.second" : "bar.time", { bar: number, time });
}
