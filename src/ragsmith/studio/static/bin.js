// What was deleted: it can be brought back for thirty days.
import { call, get, post } from "./api.js";
import { empty, h, show, sure } from "./dom.js";
import { t } from "./words.js";

export async function page(room, words, signal) {
  const { deleted } = await get("bin");
  if (signal.aborted) return;
  const again = () => page(room, words, signal);
  const row = ({ id, kind, name, days_left: n }) => h("li", {},
    h("span", {}, name, h("small", { class: "quiet" }, `${t(`bin.${kind}`)} · ${t("bin.days", { n })}`)),
    h("div", { class: "row" },
      h("button", { class: "restore", "aria-label": t("bin.restore.one", { name }), onclick: async () => {
        await post(`bin/${id}`, {});
        await again();
      } }, t("bin.restore")),
      sure(t("bin.discard"), t("delete.sure"), async () => {
        await call("DELETE", `bin/${id}`);
        await again();
      }, { "aria-label": t("bin.discard.one", { name }) })));
  show(room, h("h1", {}, t("bin.title")), h("p", { class: "quiet lead" }, t("bin.lead")),
    deleted.length > 0 && sure(t("bin.empty.act"), t("delete.sure"), async () => {
      await call("DELETE", "bin");
      await again();
    }, { id: "empty-bin" }),
    deleted.length ? h("ul", { class: "rows" }, deleted.map(row)) : empty(t("bin.none"), t("bin.none.words"),
      h("a", { class: "button", href: "#/library" }, t("nav.library"))));
}
