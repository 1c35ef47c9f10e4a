// Asks the JSON API (/api/docs) as the user who is logged in.

/** A refusal: `message` is a sentence for the user, `fields` one for each wrong field. */
export class Refused extends Error {
  constructor(status, problem) {
    super(problem.detail ?? problem.title);
    this.status = status;
    this.fields = Object.fromEntries((problem.errors ?? []).map(({ field, message }) => [field, message]));
  }
}

/** The answer of `method` on `path` below /api/v1/me; `body` is data (JSON) or a Blob. Rejects with Refused. */
export async function ask(method, path, body) {
  const headers = { "X-Requested-With": "callcontrol" };
  if (body instanceof Blob) headers["Content-Type"] = body.type;
  else if (body !== undefined) headers["Content-Type"] = "application/json";
  const sent = body instanceof Blob || body === undefined ? body : JSON.stringify(body);
  const answer = await fetch(`/api/v1/me/${path}`, { method, headers, body: sent });
  const json = answer.headers.get("Content-Type")?.includes("json") ? await answer.json() : null;
  if (answer.status === 401) document.dispatchEvent(new CustomEvent("session-ended", { detail: { asked: true } }));
  if (!answer.ok) throw new Refused(answer.status, json ?? {});
  return json;
}
