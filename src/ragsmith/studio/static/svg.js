// A score from the server, made safe: only shapes and text, no script, no event, no foreign address.

const SHAPES = new Set(["svg", "g", "path", "use", "defs", "symbol", "rect", "circle", "ellipse", "line",
  "polygon", "polyline", "text", "tspan", "title", "desc"]);
const FONT = /font-family:\s*'?"?([\w ]+)'?"?;[^}]*?base64,([\w+/=]+)/;

/** The SVG element of a text; throws where it is none. */
export function safeSvg(text) {
  const page = new DOMParser().parseFromString(text, "image/svg+xml");
  const root = page.documentElement;
  if (root.localName !== "svg" || page.querySelector("parsererror")) throw new Error("no SVG");
  for (const element of [...root.querySelectorAll("*")]) {
    if (element.localName === "style") learnFont(element.textContent);
    if (!SHAPES.has(element.localName)) element.remove();
  }
  for (const element of [root, ...root.querySelectorAll("*")]) clean(element);
  return document.importNode(root, true);
}

function clean(element) {
  for (const { name, localName, value } of [...element.attributes]) {
    const local = localName.toLowerCase();
    const away = local === "href" && !value.startsWith("#");
    const outside = /url\s*\(\s*['"]?(?!#)/i.test(value) || /javascript:/i.test(value);
    if (local.startsWith("on") || local === "style" || away || outside) element.removeAttribute(name);
  }
}

/** The signs inside tempo marks come as a font within the page; its bytes need no request. */
function learnFont(style) {
  const [, name, data] = FONT.exec(style) ?? [];
  if (!name || [...document.fonts].some(({ family }) => family.replace(/["']/g, "") === name)) return;
  const bytes = Uint8Array.from(atob(data), (letter) => letter.charCodeAt(0));
  const font = new FontFace(name, bytes);
  document.fonts.add(font);
  font.load().catch(() => document.fonts.delete(font));
}
