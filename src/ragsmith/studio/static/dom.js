// Elements are made here and nowhere else; text is always text, never HTML.

const SVG = "http://www.w3.org/2000/svg";

/** An HTML element: h("p", {class: "quiet", onclick: act}, "text", child); null children are left out. */
export const h = (tag, props, ...children) =>
  fill(document.createElement(tag), props, children);

/** The same for SVG. */
export const s = (tag, props, ...children) =>
  fill(document.createElementNS(SVG, tag), props, children);

function fill(element, props, children) {
  // A value comes last: what it may be depends on the others.
  const { value: content, ...others } = props ?? {};
  for (const [name, value] of Object.entries(others)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name === "checked") element.checked = value;
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false && value != null) element.setAttribute(name, value);
  }
  element.append(...children.flat(Infinity).filter((child) => child != null && child !== false));
  if (content != null) element.value = content;
  return element;
}

const SHAPES = {
  play: "M7 4l13 8-13 8z",
  pause: "M6 4h4v16H6zM14 4h4v16h-4z",
  star: "M12 2.500l2.900 6.200 6.700.800-5 4.600 1.400 6.700-6-3.400-6 3.400 1.400-6.700-5-4.600 6.700-.800z",
  up: "M12 5l-6 7h4v7h4v-7h4z",
};

/** A small picture without a name of its own: what it stands in has one. */
export const icon = (name) =>
  s("svg", { viewBox: "0 0 24 24", class: "icon", "aria-hidden": "true" }, s("path", { d: SHAPES[name] }));

/** A label above its field. */
export const field = (label, input, hint) =>
  h("label", { class: "field" }, h("span", {}, label), input, hint && h("small", {}, hint));

/** A select of [value, text] pairs. */
export function select(options, value, props) {
  const element = h("select", props, options.map(([v, text]) => h("option", { value: v }, text)));
  element.value = value ?? options[0]?.[0] ?? "";
  return element;
}

/** Replaces all that an element holds. */
export function show(element, ...children) {
  element.replaceChildren(...children.flat(Infinity).filter((child) => child != null && child !== false));
  return element;
}

/** What an empty page says: what is missing and what to do. */
export const empty = (title, words, ...actions) =>
  h("section", { class: "empty" }, h("h2", {}, title), h("p", {}, words), h("p", {}, actions));

/** A button that asks once more before it acts. */
export function sure(words, question, act, props) {
  let asked = false;
  const button = h("button", { class: "plain", ...props, onclick: () => {
    if (asked) return act();
    asked = true;
    button.removeAttribute("aria-label");
    show(button, question);
  }, onblur: () => {
    asked = false;
    show(button, words);
    if (props?.["aria-label"]) button.setAttribute("aria-label", props["aria-label"]);
  } }, words);
  return button;
}

/** Brings what has just begun into sight where it stands below. */
export function bring(element) {
  if (!matchMedia("(max-width: 62rem)").matches) return;
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  element.scrollIntoView({ block: "start", behavior: calm ? "auto" : "smooth" });
}

/** What does something at the next frame, once, however often it is called until then. */
export function atFrame(act) {
  let asked = 0;
  return () => {
    asked ||= requestAnimationFrame(() => { asked = 0; act(); });
  };
}

export function busy(button, working) {
  button.disabled = working;
  button.setAttribute("aria-busy", working);
}
