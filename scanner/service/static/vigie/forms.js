// Forms: saving waits for the verdict on every field, and only a verdict holds it back.

const guarded = new WeakSet(); // documents and shadow roots whose forms are watched
const waiting = new WeakSet(); // forms whose fields are being checked
let passing; // the form whose fields have just been checked

function guard(root) {
  if (guarded.has(root)) return;
  guarded.add(root);
  root.addEventListener("submit", onSubmit, true);
  root.addEventListener("reset", (event) => setTimeout(() => ofForm(event.target).forEach((field) => field.edited())));
}

function ofForm(form) {
  return [...fields.values()].filter((field) => field.active && field.form === form);
}

/** Waits, no longer than saving may, until each field is checked or could not be; those that were not before get one more try. */
async function settle(some) {
  let late = false;
  const limit = new Promise((resolve) => setTimeout(resolve, SAVE_LIMIT)).then(() => (late = true));
  const open = () => some.filter((field) => !field.answered && field.state !== "unavailable");
  for (const field of some) if (field.state === "unavailable") field.state = "pending";
  do await Promise.race([Promise.all(some.map((field) => field.check())), limit]);
  while (open().length && !late); // somebody typed on
  await Promise.all(open().map((field) => field.timeOut()));
}

/** Holds a form back until its fields are settled; then it is sent on, or the first field that may not be saved shows why. */
async function onSubmit(event) {
  const form = event.target;
  const { submitter } = event;
  const some = ofForm(form);
  if (form === passing || !some.length || submitter?.dataset.vigie === "off") return;
  if (some.every((field) => field.answered && field.savable)) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  if (waiting.has(form)) return;
  waiting.add(form);
  try {
    await settle(some);
  } finally {
    waiting.delete(form);
  }
  const held = some.filter((field) => !field.savable);
  for (const field of held) field.hold(submitter);
  if (held.length) return held[0].panel.enter();
  passing = form;
  try {
    send(form, submitter);
  } finally {
    passing = undefined;
  }
}

function send(form, submitter) {
  form.requestSubmit(submitter?.isConnected && submitter.form === form ? submitter : null);
}
