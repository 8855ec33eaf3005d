// Versions of a piece that have names: kept as long as the piece is, brought back at any time.
import { get, post } from "./api.js";
import { h, show } from "./dom.js";
import { t } from "./words.js";

export function versionsPanel(piece, edit, signal) {
  const name = h("input", { id: "version-name", maxlength: 120, "aria-label": t("version.name"), placeholder: t("version.name"), autocomplete: "off" });
  const list = h("ul", { class: "rows" });
  const draw = (versions) => show(list, versions.map(row));
  const row = ({ number, name: called, created }) => {
    const when = new Date(created * 1000).toLocaleString(document.documentElement.lang, { dateStyle: "medium", timeStyle: "short" });
    return h("li", {}, h("div", {}, called, h("small", { class: "quiet" }, when)),
      number === edit.version ? h("span", { class: "quiet" }, t("version.now"))
        : h("button", { class: "plain", "data-version": number, "aria-label": t("version.back.to", { name: called }),
          onclick: () => edit.restore(number) }, t("version.back")));
  };
  const load = async () => draw((await get(`pieces/${piece.id}/versions`)).versions);
  const room = h("details", { class: "panel versions" }, h("summary", {}, t("version.title")),
    h("p", { class: "quiet" }, t("version.words")),
    h("form", { class: "row", onsubmit: async (event) => {
      event.preventDefault();
      if (!name.value.trim()) return;
      draw((await post(`pieces/${piece.id}/versions`, { version: edit.version, name: name.value })).versions);
      name.value = "";
    } }, name, h("button", { id: "version-keep" }, t("version.keep"))), list);
  room.addEventListener("toggle", () => room.open && load());
  edit.listen("written", () => { if (room.open && !signal.aborted) load(); });
  return room;
}
