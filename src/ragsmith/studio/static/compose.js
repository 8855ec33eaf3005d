// Compose: say what, see four pieces being written, listen, choose.
import { call, follow, get, post } from "./api.js";
import { candidates } from "./candidates.js";
import { dialChoice } from "./dials.js";
import { bring, busy, empty, field, h, select, show } from "./dom.js";
import { keep, kept } from "./memory.js";
import { playerKeys } from "./player.js";
import { tune } from "./piano.js";
import { keyWords, t } from "./words.js";

export async function page(room, [job], signal) {
  const [{ models }, { jobs }, { compose: options }] = await Promise.all([get("models"), get("jobs"), get("options")]);
  if (signal.aborted) return;
  if (!models.length) return show(room, empty(t("compose.none"), t("compose.none.words"),
    h("a", { class: "button", href: "#/learn" }, t("nav.learn"))));
  const running = jobs.find(({ kind, state }) => kind === "compose" && ["waiting", "running"].includes(state));
  const stage = h("section", { class: "stage", "aria-label": t("candidates") });
  const form = wishForm(models, options, async (wish, button) => {
    busy(button, true);
    try {
      const { job: begun } = await post("compose", wish);
      // A reload finds the job in the address; the page itself stays.
      history.replaceState(null, "", `#/compose/${begun}`);
      watch(begun, stage, signal, () => busy(button, false));
    } catch (error) {
      busy(button, false);
      throw error;
    }
  });
  show(room, form, stage);
  tune();
  playerKeys(signal);
  const begun = job ?? running?.id;
  if (begun) watch(begun, stage, signal);
  else show(stage, empty(t("compose.empty"), t("compose.empty.words")),
    h("div", { class: "cards", "aria-hidden": "true" }, [1, 2, 3, 4].map((n) =>
      h("div", { class: "card blank" }, h("span", { class: "number" }, n)))));
}

let watching = new AbortController();

/** Shows the candidates of a job as they are written. */
function watch(job, stage, leaving, ended = () => {}) {
  watching.abort();
  watching = new AbortController();
  const signal = AbortSignal.any([watching.signal, leaving]);
  const view = candidates(() => call("DELETE", `jobs/${job}`), signal);
  show(stage, view.room);
  bring(stage);
  follow(job, (event) => {
    view.tell(event);
    if (event.type === "done" || (event.error && event.candidate == null)) ended();
  }, signal);
}

/** What a form begins with; a piece is as long as its form unless bars are named. */
const usualWish = (options) => ({
  ...Object.fromEntries(Object.entries(options).map(([name, option]) => [name, option.default ?? ""])), bars: "" });

function wishForm(models, options, compose) {
  const wish = { ...usualWish(options), ...kept("wish", {}) };
  const input = (name, props) => h("input", { name, id: name, value: wish[name], autocomplete: "off", ...props });
  const number = (name, props) => {
    const { min, max, step } = options[name];
    return input(name, { type: "number", min, max, step, inputmode: "decimal", ...props });
  };
  const [least, most] = options.temperature.slider;
  const temperature = input("temperature", { type: "range", min: least, max: most, step: options.temperature.step,
    "aria-label": t("temperature"), oninput: () => { told.textContent = temperature.value; } });
  const told = h("output", { for: "temperature" }, String(wish.temperature));
  const button = h("button", { class: "main", type: "submit", id: "compose" }, t("compose.act"));
  const form = input("form", { list: "forms", placeholder: t("form.free") });
  // Bars and a form would say two lengths.
  const either = () => { form.disabled = Boolean(bars.value); };
  const bars = number("bars", { placeholder: t("as.form"), oninput: either });
  either();
  return h("form", { class: "wish", onsubmit: (event) => {
    event.preventDefault();
    keep("wish", read(event.target));
    compose(asked(event.target), button);
  } },
  h("h1", {}, t("compose.title")),
  h("p", { class: "quiet lead" }, t("compose.lead")),
  field(t("model"), modelChoice(models, wish.model)),
  secondModel(models, wish),
  field(t("form"), form, t("form.hint")),
  h("datalist", { id: "forms" }, options.form.choices.map((value) => h("option", { value }))),
  h("div", { class: "pair" },
    field(t("bars"), bars),
    field(t("tempo"), number("tempo", { placeholder: t("as.corpus") }))),
  h("div", { class: "pair" },
    field(t("key"), select([["", t("as.corpus")], ...options.key.choices.map((key) => [key, keyWords(key)])], wish.key, { name: "key" })),
    field(t("metre"), select([["", t("as.corpus")], ...options.metre.choices.map((m) => [m, m])], wish.metre, { name: "metre" }))),
  field(t("chords"), h("textarea", { name: "chords", id: "chords", rows: 2, value: wish.chords, placeholder: t("chords.none"), spellcheck: "false" }),
    t("chords.hint")),
  h("div", { class: "pair" },
    field(t("dial"), dialChoice(options.dials.choices, { name: "dials", id: "dials", value: wish.dials })),
    field(t("difficulty"), number("difficulty", { placeholder: t("as.corpus") }))),
  field([t("temperature"), " ", told], temperature, t("temperature.hint")),
  limits(wish, options, number),
  h("div", { class: "row" }, button));
}

/** The model of last time, else the built-in one. */
function modelChoice(models, wished) {
  const model = models.find(({ id }) => id === wished) ?? models.find((each) => each.built_in) ?? models[0];
  return select(models.map(({ id, name }) => [id, name]), model.id, { name: "model" });
}

/** Two models together, or strain by strain. */
function secondModel(models, wish) {
  const others = [["", t("other.none")], ...models.map(({ id, name }) => [id, name])];
  const known = others.some(([id]) => id === wish.other) ? wish.other : "";
  return h("div", { class: "pair" },
    field(t("other"), select(others, known, { name: "other", id: "other" })),
    field(t("other.strains"), h("input", { name: "other_strains", id: "other_strains", value: wish.other_strains ?? "", maxlength: 200 }), t("other.hint")));
}

function limits(wish, options, number) {
  const ways = options.sampling.choices.map((way) => [way, t(`sampling.${way}`)]);
  return h("details", {}, h("summary", {}, t("more")),
    h("div", { class: "pair" },
      field(t("copy_limit"), number("copy_limit"), t("beats")),
      field(t("melody_limit"), number("melody_limit"), t("beats"))),
    h("div", { class: "pair" },
      field(t("seed"), number("seed", { placeholder: t("any") })),
      field(t("count"), number("count"))),
    h("div", { class: "pair" },
      field(t("sampling"), select(ways, wish.sampling, { name: "sampling" })),
      field(t("min_p"), number("min_p"))),
    h("p", {}, h("button", { type: "button", class: "plain", onclick: (event) => usual(event.target.form, options) }, t("usual"))));
}

function usual(form, options) {
  for (const [name, value] of Object.entries(usualWish(options))) {
    if (form.elements[name]) form.elements[name].value = value;
  }
  for (const name of ["temperature", "bars"]) form.elements[name].dispatchEvent(new Event("input"));
}

const read = (form) => Object.fromEntries(new FormData(form));

/** What the server is asked: bars, where they are said, stand above a form. */
function asked(form) {
  const { model, form: letters, chords, key, metre, sampling, dials, other, other_strains: strains, ...numbers } = read(form);
  const said = Object.fromEntries(Object.entries(numbers).map(([n, v]) => [n, v === "" ? null : Number(v)]));
  return { model, key: key || null, metre: metre || null, sampling, ...said,
    form: letters?.trim() || null, chords: chords.trim() || null, dials: dials || null,
    other: other || null, other_strains: other ? strains.trim() || null : null };
}
