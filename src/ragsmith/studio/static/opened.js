// A file of music opened as a piece: picked, or dropped anywhere on the page.
import { call } from "./api.js";
import { h, show } from "./dom.js";
import { t } from "./words.js";

const SUFFIXES = ".mid,.midi,.kar,.rmi,.krn,.musicxml,.mxl,.xml,.mei,.abc";
const said = new Map();

/** Sends a file; gives the id of the piece. */
export async function sendPiece(file) {
  const form = new FormData();
  form.append("file", file, file.name);
  const piece = await call("POST", "pieces", form);
  said.set(piece.id, piece.remarks);
  return piece.id;
}

/** Sends a file and shows its page. */
export async function openPiece(file) {
  location.hash = `#/piece/${await sendPiece(file)}`;
}

/** A button that opens a file. */
export function openButton() {
  const say = h("span", { class: "quiet", role: "status" });
  const input = h("input", { type: "file", accept: SUFFIXES, id: "open-piece", class: "hidden", onchange: async () => {
    show(say, t("open.reads"));
    try {
      await openPiece(input.files[0]);
    } finally {
      // The same file, mended, can be chosen again.
      input.value = "";
      show(say);
    }
  } });
  return h("div", { class: "row" }, input, h("label", { class: "button", for: "open-piece" }, t("open.piece")),
    h("a", { class: "button", href: "#/record", id: "to-record" }, t("record.go")), say);
}

/** What was mended when the piece was read, once. */
export function remarks(id) {
  const list = said.get(id) ?? [];
  return list.length > 0 && h("ul", { class: "quiet remarks", role: "status" }, list.map((words) => h("li", {}, words)));
}
