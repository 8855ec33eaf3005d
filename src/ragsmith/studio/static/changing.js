// A piece that is being changed: what is heard, the roll, the score and the check follow.
import { get } from "./api.js";
import { player } from "./player.js";

/** Milliseconds without a change after which the score is engraved anew, and after which the piece is checked. */
const SETTLED = 500, CHECKED = 3000;

/**
 * @param views  of the page: renew() takes up what is played by now
 * @param acts   draw() engraves the score, check() looks where the piece comes from, unchecked() says that it waits
 */
export function changing(piece, playing, edit, { views, draw, check, unchecked }, signal) {
  let settling = 0, checking = 0;
  let behind = false;
  const settle = () => {
    clearTimeout(settling);
    clearTimeout(checking);
    settling = setTimeout(follow, SETTLED);
  };
  edit.listen("written", () => { behind = true; settle(); });
  // A new score under a hand that drags would make it stumble.
  edit.listen("released", () => behind && settle());
  signal.addEventListener("abort", () => { clearTimeout(settling); clearTimeout(checking); });

  async function follow() {
    if (edit.held) return;
    behind = false;
    const [about, fresh] = await Promise.all([get(`pieces/${piece.id}`), get(`pieces/${piece.id}/playing`)]);
    if (signal.aborted || edit.waits) return;
    // Strains in another order are another page.
    if (formOf(fresh) !== formOf(playing)) return dispatchEvent(new Event("hashchange"));
    Object.assign(piece, about);
    Object.assign(playing, fresh);
    player.changed();
    for (const view of views) view.renew?.();
    draw();
    if (piece.compared) return check();
    unchecked();
    checking = setTimeout(check, CHECKED);
  }
}

const formOf = ({ bars }) => bars.map(({ number, place }) => `${number} ${place}`).join();
