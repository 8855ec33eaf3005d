// A left hand to a melody: all bars are composed again, and the right hand stays as it is.
import { Failure, follow, get, post } from "./api.js";
import { t } from "./words.js";

/** Composes it; `tell(words)` says how far it is. Gives the id of the new piece. */
export async function accompany(id, tell, signal) {
  const { bars } = await get(`pieces/${id}`);
  const { job } = await post(`pieces/${id}/vary`, { first_bar: 1, last_bar: bars, hand: "left", seed: null });
  return new Promise((done, failed) => {
    let made = null;
    follow(job, (event) => {
      if (event.type === "piece") made = event.id;
      else if (event.type === "waiting") tell(t("waiting", { n: event.before }));
      else if (event.type === "progress" && event.total) tell(t("again.progress", { share: Math.round(100 * event.share) }));
      else if (event.type === "done" && made) done(made);
      else if (event.error) failed(new Failure(event.error));
    }, signal);
  });
}
