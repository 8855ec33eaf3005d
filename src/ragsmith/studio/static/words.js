// What the pages say, in the reader's language.
import { english } from "./english.js";
import { FIGURES } from "./figures.js";
import { french } from "./french.js";
import { FRENCH_ERRORS } from "./french_errors.js";
import { FRENCH_ERRORS_WHEEL } from "./french_errors_wheel.js";
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
  const [one, many] = values.n === undefined ? [words] : words.split("|");
  const few = language() === "fr" ? values.n < 2 : values.n === 1;
  const said = many === undefined || few ? one : many;
  return spaced(said.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole));
}

/** French signs stay in the line of what stands before them. */
const spaced = (text) => language() === "fr" ? text.replace(/ (?=[;:?!»%])|(?<=«) /g, "\u00a0") : text;

t.has = (key) => key in english;

/** "Eb" or "G minor" as this language says it. */
export function keyWords(key) {
  const [tonic, minor] = key.split(" ");
  const [letter, accidental] = tonic;
  const named = accidental ? t(accidental === "b" ? "key.flat" : "key.sharp", { tonic: t(`key.${letter}`) }) : t(`key.${letter}`);
  return t(minor ? "key.minor" : "key.major", { tonic: named });
}

/** The name of a figure of style; one that is new here is told as the server names it. */
export const figure = (name) => FIGURES[name]?.[language() === "fr" ? 1 : 0] ?? name.replaceAll("_", " ");

/** What the server says, "value: rule; remedy", in this language; what is not known, as it is. */
export function said(line) {
  if (language() !== "fr" || !line) return line;
  for (const { index: colon } of line.matchAll(/: /g)) {
    const value = line.slice(0, colon);
    const rest = advice(line.slice(colon + 2));
    if (rest) return spaced(`${phrase(value) ?? value} : ${rest}`);
  }
  return spaced(phrase(line) ?? line);
}

/** What the doctor says of a file: "rule; remedy", or what was mended. */
export function remark(text) {
  if (language() !== "fr" || !text) return text;
  return spaced(advice(text) ?? phrase(text) ?? text.split("; ").map((part) => phrase(part) ?? part).join(" ; "));
}

/** "rule; remedy" in French; either may hold a semicolon of its own. */
function advice(text) {
  for (const { index } of text.matchAll(/; /g)) {
    const rule = phrase(text.slice(0, index)), remedy = phrase(text.slice(index + 2));
    if (rule && remedy) return `${rule} ; ${remedy}`;
  }
  return null;
}

/** A part of what the server says, in French; null where it is not known. */
function phrase(text) {
  for (const [pattern, words] of PHRASES) {
    const found = text.match(pattern);
    if (found) return words.replace(/\{(\d)\}/g, (_, n) => found[Number(n) + 1]);
  }
  return null;
}

/** What says most stands first. */
const PHRASES = [...FRENCH_ERRORS, ...FRENCH_ERRORS_WHEEL].toSorted(([a], [b]) => b.length - a.length).map(([english, words]) =>
  [new RegExp(`^${english.replace(/[.*+?^$()|[\]\\]/g, "\\$&").replace(/\{\d\}/g, "(.+?)")}$`), words]);

/** A number as this language writes it, to three figures. */
export function written(number) {
  if (typeof number !== "number") return String(number ?? "");
  return new Intl.NumberFormat(language(), { maximumSignificantDigits: 3 }).format(number);
}
