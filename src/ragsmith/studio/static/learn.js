// Learn: from a corpus to a model, watched while it happens.
import { call, follow, get, post } from "./api.js";
import { duration } from "./candidates.js";
import { lossChart } from "./chart.js";
import { bring, busy, empty, field, h, select, show, sure } from "./dom.js";
import { keep, kept } from "./memory.js";
import { playButton, playerKeys } from "./player.js";
import { t, written } from "./words.js";

const GOING = ["waiting", "running"];

export async function page(room, [job, corpus], signal) {
  const [{ corpora }, { jobs }, { models }, { learn: options }] =
    await Promise.all([get("corpora"), get("jobs"), get("models"), get("options")]);
  if (signal.aborted) return;
  playerKeys(signal);
  const learning = jobs.filter(({ kind }) => kind === "learn");
  const wanted = job && job !== "from" ? job : learning.find(({ state }) => GOING.includes(state))?.id;
  const stage = h("section", { class: "stage", "aria-label": t("learning") });
  const list = h("div", {}, modelList(models));
  const learnt = (all) => show(list, modelList(all));
  const form = corpora.length > 0 && learnForm(corpora, corpus, options, { stage, learnt }, signal);
  show(room, h("div", { class: "side" }, h("h1", {}, t("learn.title")), h("p", { class: "quiet lead" }, t("learn.lead")), form,
    earlier(learning, wanted, { stage, learnt }, signal), list), stage);
  if (wanted) watch(wanted, { stage, learnt }, signal);
  else if (form) show(stage, empty(t("learn.empty"), t("learn.empty.words")));
  else show(stage, empty(t("learn.none"), t("learn.none.words"),
    h("a", { class: "button main", href: "#/corpus" }, t("learn.corpus"))));
}

/** @param place  {stage, learnt}: where learning is shown, and who shows the models when there is a new one */
function learnForm(corpora, chosen, options, place, signal) {
  const name = h("input", { name: "name", required: true, maxlength: 80, autocomplete: "off" });
  const named = () => { name.value = corpora.find(({ id }) => id === corpus.value)?.name ?? ""; };
  const corpus = select(corpora.map(({ id, name: n }) => [id, n]), chosen ?? corpora.at(-1).id, { name: "corpus", onchange: named });
  named();
  const { default: value, min, max, step } = options.minutes;
  const minutes = h("input", { type: "number", name: "minutes", value, min, max, step, inputmode: "decimal" });
  const kind = select([["stride", t("model.stride")], ["markov", t("model.markov")]], "stride", { name: "model" });
  const button = h("button", { class: "main", id: "learn", type: "submit" }, t("learn.act"));
  return h("form", { onsubmit: async (event) => {
    event.preventDefault();
    busy(button, true);
    try {
      const { job } = await post("learn", { corpus: corpus.value, name: name.value.trim(), model: kind.value,
        minutes: Number(minutes.value) });
      history.replaceState(null, "", `#/learn/${job}`);
      watch(job, place, signal);
    } finally {
      busy(button, false);
    }
  } },
  field(t("learn.what"), corpus), field(t("learn.name"), name),
  h("div", { class: "pair" }, field(t("learn.minutes"), minutes), field(t("model"), kind)),
  h("p", { class: "quiet" }, t("learn.hint")), h("div", { class: "row" }, button));
}

/** Learnings that were broken off can go on. */
function earlier(learning, wanted, place, signal) {
  const open = learning.filter(({ id, state }) => state === "interrupted" && id !== wanted);
  if (!open.length) return null;
  return h("section", {}, h("h2", {}, t("learn.interrupted")), h("ul", { class: "rows" }, open.map((job) =>
    h("li", {}, h("span", {}, job.asked.name),
      h("button", { class: "go-on", onclick: () => resume(job.id, place, signal) }, t("resume"))))));
}

async function resume(id, place, signal) {
  await post(`jobs/${id}/resume`, {});
  history.replaceState(null, "", `#/learn/${id}`);
  watch(id, place, signal);
}

function modelList(models) {
  return h("section", { class: "models" }, h("h2", {}, t("models")), h("ul", { class: "rows" }, models.map((model) => {
    const about = [model.kind, model.files != null && t("files.count", { n: model.files }),
      model.bits_per_beat != null && t("bits", { n: written(model.bits_per_beat) }), model.quality && t(`quality.${model.quality}`)].filter(Boolean).join(" · ");
    const row = h("li", {}, h("span", {}, model.name, h("small", { class: "quiet" }, about)),
      h("button", { class: "plain use", onclick: () => composeWith(model.id) }, t("learn.compose")),
      !model.built_in && sure(t("delete"), t("delete.sure"), async () => {
        await call("DELETE", `models/${model.id}`);
        row.remove();
      }, { "aria-label": t("delete.model", { name: model.name }) }));
    return row;
  })), openModel());
}

function composeWith(model) {
  keep("wish", { ...kept("wish", {}), model });
  location.hash = "#/compose";
}

/** A model that somebody else has learnt. */
function openModel() {
  return h("div", {}, h("input", { type: "file", accept: ".ragsmith", id: "open-model", class: "hidden",
    onchange: async (event) => {
      const form = new FormData();
      form.append("file", event.target.files[0]);
      // The same file, mended, can be chosen again.
      event.target.value = "";
      await call("POST", "models", form);
      dispatchEvent(new Event("hashchange"));
    } }), h("label", { class: "button", for: "open-model" }, t("model.open")));
}

let watching = new AbortController();

function watch(job, { stage, learnt }, leaving) {
  watching.abort();
  watching = new AbortController();
  const signal = AbortSignal.any([watching.signal, leaving]);
  const view = learningView(job, { goOn: () => resume(job, { stage, learnt }, leaving), learnt }, signal);
  show(stage, view.room);
  bring(stage);
  follow(job, view.tell, signal);
}

function learningView(job, { goOn, learnt }, signal) {
  const chart = lossChart();
  const say = h("p", { class: "told", role: "status" }, t("learn.begins"));
  const bar = h("progress", { max: 1, value: 0, "aria-label": t("progress") });
  const acts = h("div", { class: "row" },
    h("button", { id: "stop", onclick: () => post(`jobs/${job}/stop`, {}) }, t("learn.stop")),
    h("button", { class: "plain", id: "cancel", onclick: () => call("DELETE", `jobs/${job}`) }, t("cancel")));
  const samples = h("ol", { class: "rows samples" });
  const heard = h("section", { hidden: true }, h("h2", {}, t("samples")), h("p", { class: "quiet" }, t("samples.words")), samples);
  const curve = h("figure", {}, chart.room, h("figcaption", { class: "quiet" }, t("chart.caption")));
  const room = h("div", { class: "learning" }, h("div", { class: "working" }, say, bar, acts),
    curve, heard);
  const tells = {
    progress({ done, share, seconds_left: left }) {
      bar.value = share;
      show(say, left != null ? t("left", { time: duration(left) }) : t(done ? "learn.going" : "learn.begins"));
    },
    waiting: ({ before }) => show(say, t("waiting", { n: before })),
    running: () => show(say, t("learn.begins")),
    epoch: chart.add,
    sample({ id }) {
      const label = t("sample", { n: samples.children.length + 1 });
      heard.hidden = false;
      samples.append(h("li", {}, h("a", { href: `#/piece/${id}` }, label), playButton(() => id, () => label, signal)));
    },
    failed: ({ error }) => finish(h("p", { class: "error", role: "alert" }, error)),
    cancelled: () => finish(t("learn.cancelled")),
    interrupted: () => finish(t("learn.broken"), h("button", { class: "main", onclick: goOn }, t("resume"))),
    async done() {
      const { model } = await get(`jobs/${job}`);
      const { models } = await get("models");
      if (signal.aborted) return;
      const quality = models.find(({ id }) => id === model)?.quality;
      finish([t("learn.done"), quality && h("small", { class: "quality" }, t(`quality.${quality}.words`))],
        h("button", { class: "main", onclick: () => composeWith(model) }, t("learn.compose")));
      learnt(models);
    },
  };
  const finish = (words, act) => {
    bar.hidden = true;
    curve.hidden = chart.empty;
    show(say, words);
    show(acts, act);
  };
  return { room, tell: (event) => tells[event.type]?.(event) };
}
