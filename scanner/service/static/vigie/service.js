// The service: what is sent to it, and what is believed of its answers.

/** Why a text could not be checked: "network", "timeout", "answer" or an HTTP status; `wait`: milliseconds that the service asks for. */
class Unchecked extends Error {
  constructor(reason, wait = 0) {
    super(reason);
    this.reason = reason;
    this.wait = wait;
  }
}

function post(path, body, options) {
  const headers = { "Content-Type": "application/json", ...(KEY && { Authorization: `Bearer ${KEY}` }) };
  const manners = { credentials: "omit", cache: "no-store", redirect: "error", referrerPolicy: "no-referrer" };
  return fetch(new URL(path, SERVICE), { method: "POST", headers, body: JSON.stringify(body), ...manners, ...options });
}

/** Tells the service that a text was saved in spite of its verdict. It only counts, and its answer changes nothing. */
function count(field, entities, verdict) {
  post("v1/override", { field, entities, verdict }, { keepalive: true }).catch(() => {});
}

/** Asks for the verdict on `text`. Throws Unchecked, or what `signal` was aborted with. */
async function ask(text, field, signal) {
  let failure = "network";
  try {
    const response = await post("v1/check", { text, field }, { signal });
    if (!response.ok) throw new Unchecked(String(response.status), 1000 * Number(response.headers.get("Retry-After")) || 0);
    failure = "answer";
    return read(await response.json(), text.length);
  } catch (error) {
    throw signal.aborted ? signal.reason : error instanceof Unchecked ? error : new Unchecked(failure);
  }
}

/** What is said of a text without a word, which nobody needs to check. */
const NOTHING = { verdict: "idle", findings: [], saveAnyway: "allowed" };

/** An answer of the service about a text of `length` as the component uses it. Throws TypeError when it cannot be one. */
function read(answer, length) {
  const { verdict } = answer;
  if (!["ok", "warn", "block"].includes(verdict)) throw new TypeError("verdict");
  const place = (start, end) => Number.isInteger(start) && Number.isInteger(end) && start >= 0 && start < end && end <= length;
  const findings = answer.findings.map((finding) => {
    const { start_utf16: start, end_utf16: end } = finding;
    const [entity, label, message, instead] = ["entity", "label", "message", "instead"].map((name) => String(finding[name] ?? ""));
    if (!place(start, end)) throw new TypeError("place");
    return { start, end, entity, label, message, instead };
  });
  findings.sort((one, other) => one.start - other.start);
  return { verdict, findings, saveAnyway: answer.save_anyway ?? (verdict === "block" ? "refused" : "allowed") };
}
