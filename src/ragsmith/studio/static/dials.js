// Dials: more of this, less of that; one at a time is what a page offers, the address takes several.
import { h } from "./dom.js";
import { t } from "./words.js";

/** A select of dials: "", or like "syncopation=high". */
export function dialChoice(names, props) {
  const choice = h("select", props, h("option", { value: "" }, t("dial.none")));
  for (const name of names) {
    choice.append(h("optgroup", { label: t(`dial.${name}`) },
      h("option", { value: `${name}=high` }, t("dial.more", { what: t(`dial.${name}`) })),
      h("option", { value: `${name}=low` }, t("dial.less", { what: t(`dial.${name}`) }))));
  }
  return choice;
}
