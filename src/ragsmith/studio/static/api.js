// What the server knows and does: JSON, and events of jobs. Nothing else is ever asked.
import { said, t } from "./words.js";

/** An error in plain words, and the status of the answer where there was one. */
export class Failure extends Error {
  constructor(words, status = 0) {
    super(words);
    this.status = status;
  }
}

/** Bytes of a request that a page may still send while it is being closed. */
const LAST_WORDS = 60_000;

export async function call(method, path, body) {
  const form = body instanceof FormData;
  const options = { method, body: form || body === undefined ? body : JSON.stringify(body) };
  if (!form && body !== undefined) options.keepalive = options.body.length < LAST_WORDS;
  if (body !== undefined && !form) options.headers = { "Content-Type": "application/json" };
  let answer;
  try {
    answer = await fetch(`/api/${path}`, options);
  } catch {
    throw new Failure(t("error.away"));
  }
  const content = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Failure(said(content.error) ?? t("error.status", { status: answer.status }), answer.status);
  return content;
}

export const get = (path) => call("GET", path);
export const post = (path, body) => call("POST", path, body);
/** What models are called, by their ids. */
export const modelNames = async () => new Map((await get("models")).models.map(({ id, name }) => [id, name]));
export const file = (id, format, piano = "upright") => `/api/pieces/${id}/files/${format}?piano=${piano}`;

/**
 * Tells all events of a job, from its first one on, until it ends or the signal aborts. The last one
 * is done, failed, cancelled or interrupted. A broken connection goes on where it stopped.
 */
export function follow(job, tell, signal) {
  const source = new EventSource(`/api/jobs/${job}/events`);
  const close = () => source.close();
  source.onmessage = (message) => {
    const event = JSON.parse(message.data);
    event.error = said(event.error);
    event.advice = said(event.advice);
    const last = event.type === "failed" || event.type === "done";
    if (last) close();
    if (event.type === "failed") ended(job, event).then(tell);
    else tell(event);
  };
  // A job that is gone answers with no stream, and the browser gives up.
  source.onerror = () => {
    if (source.readyState === EventSource.CLOSED) ended(job, { type: "failed", error: t("error.job") }).then(tell);
  };
  signal.addEventListener("abort", close);
}

/** How a job has ended is told by its state. */
async function ended(job, event) {
  const { state } = await get(`jobs/${job}`).catch(() => event);
  return { ...event, type: ["done", "cancelled", "interrupted"].includes(state) ? state : "failed" };
}
