// A rating of one to five stars, kept at once.
import { call } from "./api.js";
import { h, icon, show } from "./dom.js";
import { t } from "./words.js";

/** Stars and a button to keep: what is rated is kept. `draw()` looks at the piece again. */
export function verdict(piece) {
  const button = h("button", { class: "plain keep", onclick: async () => {
    Object.assign(piece, await call("PATCH", `pieces/${piece.id}`, { state: "kept" }));
    draw();
  } });
  const draw = () => {
    button.disabled = piece.state === "kept";
    show(button, t(button.disabled ? "kept" : "keep"));
  };
  draw();
  return { room: [stars(piece, draw), button], draw };
}

/** Five radio buttons; choosing the rating that stands takes it back. */
export function stars(piece, rated = () => {}) {
  const name = `rating-${piece.id}`;
  const rate = async (rating) => {
    Object.assign(piece, await call("PATCH", `pieces/${piece.id}`, { rating }));
    for (const radio of room.querySelectorAll("input")) radio.checked = Number(radio.value) === piece.rating;
    draw();
    rated();
  };
  const star = (n) => {
    const radio = h("input", { type: "radio", name, value: n, checked: piece.rating === n,
      "aria-label": t("stars", { n }),
      onclick: () => { if (piece.rating === n) rate(0); },
      onchange: () => { if (piece.rating !== n) rate(n); } });
    return h("label", {}, radio, icon("star"));
  };
  const room = h("fieldset", { class: "stars" },
    h("legend", { class: "hidden" }, t("rating.of", { title: piece.title })), [1, 2, 3, 4, 5].map(star));
  const draw = () => [...room.querySelectorAll("label")].forEach((label, i) =>
    label.classList.toggle("on", i < (piece.rating ?? 0)));
  draw();
  return room;
}
