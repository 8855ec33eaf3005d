// What the pages say, in the reader's language.
import { english } from "./english.js";
import { FIGURES } from "./figures.js";
import { french } from "./french.js";
import { keep, kept } from "./memory.js";

const TONGUES = { en: english, fr: french };

export function language() {
  const chosen = kept("language", null);
  if (chosen in TONGUES) return chosen;
  return navigator.language?.startsWith("fr") ? "fr" : "en";
}

export const setLanguage = (name) => keep("language", name);

/** The words of a key, with {names} filled in; "one|many" is chosen by n. */
export function t(key, values = {}) {
  const words = TONGUES[language()][key] ?? english[key] ?? key;
  const [one, many] = words.split("|");
  const few = language() === "fr" ? values.n < 2 : values.n === 1;
  const said = many === undefined || few ? one : many;
  return said.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
}

t.has = (key) => key in english;

/** The name of a figure of style; one that is new here is told as the server names it. */
export const figure = (name) => FIGURES[name]?.[language() === "fr" ? 1 : 0] ?? name.replaceAll("_", " ");

/** A number as this language writes it, to three figures. */
export function written(number) {
  if (typeof number !== "number") return String(number ?? "");
  return new Intl.NumberFormat(language(), { maximumSignificantDigits: 3 }).format(number);
}
