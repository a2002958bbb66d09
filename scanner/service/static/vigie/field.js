// One field: its text, what the service says of it, and what becomes of that.

class Field {
  /** `input` is what is typed into; `face` carries name, form and attributes: the same element, or the <vigie-field> around it. */
  constructor(input, face) {
    this.input = input;
    this.face = face;
    this.text = input.value; // what `findings` point into
    this.findings = []; // sorted by their start
    this.current = undefined; // the finding whose entry is open
    this.state = "idle"; // idle, pending, ok, warn, block, unavailable
    this.saveAnyway = "allowed"; // allowed, with_reason, refused
    this.kept = false; // whether the user has decided to save the text as it is
    this.asked = false; // whether saving was tried and held back
    this.failures = 0; // checks in a row that failed
    this.ending = new AbortController();
    this.panel = new Panel(this);
    this.panel.describe(true);
    this.settleIn();
    this.listen();
    this.show();
    if (this.text.trim()) this.schedule();
  }

  get name() {
    return this.face.getAttribute("field") || this.input.dataset.vigie || this.face.getAttribute("name") || "";
  }

  get form() {
    return this.face.form;
  }

  /** Whether the text is one that may be sent. */
  get active() {
    const { face, input } = this;
    const comment = TEXT_TYPES.includes(input.type) && !SECRETS.test(input.autocomplete) && face.dataset.vigie !== "off";
    return comment && !input.readOnly && !input.matches(":disabled");
  }

  /** Whether the text as it stands has been checked. */
  get answered() {
    return this.checked === this.input.value;
  }

  get savable() {
    return !["warn", "block"].includes(this.state) || this.kept || !this.active;
  }

  get entities() {
    return [...new Set(this.findings.map((finding) => finding.entity))];
  }

  listen() {
    const { input, panel } = this;
    const on = (target, types, act) => {
      for (const type of types.split(" ")) target.addEventListener(type, act, { signal: this.ending.signal });
    };
    on(input, "input focus", () => this.edited());
    on(input, "change blur", () => this.check());
    on(input, "keyup click", () => this.follow());
    on(input, "scroll", () => panel.draw());
    on(input, "keydown", (event) => {
      if (event.key !== "ArrowDown" || !event.altKey || !this.findings.length) return;
      event.preventDefault();
      panel.enter();
    });
    this.sizes = new ResizeObserver(() => panel.draw());
    this.sizes.observe(input);
    this.sizes.observe(panel.host);
  }

  settleIn() {
    this.panel.settleIn();
    guard(this.face.getRootNode());
  }

  end() {
    this.ending.abort();
    this.sizes.disconnect();
    clearTimeout(this.timer);
    this.giveUp();
    this.keep(false);
    this.panel.host.remove();
    this.panel.describe(false);
    for (const name of ["aria-keyshortcuts", "aria-invalid"]) this.input.removeAttribute(name);
  }

  tell(event, detail) {
    this.input.dispatchEvent(new CustomEvent(`vigie:${event}`, { bubbles: true, composed: true, detail: { field: this.name, ...detail } }));
  }

  show() {
    const { findings, input } = this;
    if (!findings.includes(this.current)) [this.current] = findings;
    if (findings.length) input.setAttribute("aria-keyshortcuts", "Alt+ArrowDown");
    else input.removeAttribute("aria-keyshortcuts");
    if (this.state === "block") input.setAttribute("aria-invalid", "true");
    else input.removeAttribute("aria-invalid");
    this.panel.render();
  }

  // --- checking

  /** The text may have changed: findings move along, and a check is due. */
  edited() {
    const text = this.input.value;
    if (text === this.text) return;
    const findings = moved(this.findings, this.text, text);
    const shown = findings.length && findings.length === this.findings.length && !this.kept;
    Object.assign(this, { findings, text });
    if (!findings.length) this.state = "pending";
    this.keep(false);
    this.schedule();
    if (shown) this.panel.draw(); // a key that changes nothing but places: there are many
    else this.show();
  }

  schedule() {
    this.giveUp();
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.check(), TYPING_PAUSE);
  }

  /** The answer that is under way comes too late. */
  timeOut() {
    this.asking?.abort.abort(new Unchecked("timeout"));
    return this.asking?.done;
  }

  /** Nobody waits any more for the answer that is under way. */
  giveUp() {
    this.asking?.abort.abort();
    this.asking = undefined;
  }

  /** Resolves, and never rejects, when the text as it stands has been checked or could not be. */
  check() {
    this.edited();
    clearTimeout(this.timer);
    const { text } = this;
    if (this.answered) return Promise.resolve();
    if (this.asking?.text === text) return this.asking.done;
    this.giveUp();
    if (!this.active || !text.trim()) return Promise.resolve(this.take(text, NOTHING));
    const asking = (this.asking = { text, abort: new AbortController() });
    const clock = setTimeout(() => this.asking === asking && this.timeOut(), ANSWER_LIMIT);
    asking.done = ask(text, this.name, asking.abort.signal)
      .then(
        (answer) => this.asking === asking && this.take(text, answer),
        (problem) => this.asking === asking && this.miss(problem),
      )
      .finally(() => {
        clearTimeout(clock);
        if (this.asking === asking) this.asking = undefined;
      });
    return asking.done;
  }

  take(text, { verdict, findings, saveAnyway }) {
    this.edited();
    if (text !== this.text) return; // another text stands there by now
    Object.assign(this, { checked: text, state: verdict, findings, saveAnyway, failures: 0 });
    if (this.savable) this.asked = false;
    this.current = this.atCaret();
    this.show();
    if (verdict === "idle") return;
    this.tell("checked", { verdict, findings: findings.map(({ entity, start, end }) => ({ entity, start, end })) });
  }

  miss({ reason, wait }) {
    Object.assign(this, { checked: undefined, state: "unavailable", findings: [], problem: reason, asked: false });
    this.show();
    this.tell("unavailable", { reason });
    if (reason in WORDS) return; // asking again would not help
    const pause = Math.max(wait, RETRY_PAUSES[Math.min(this.failures, RETRY_PAUSES.length - 1)]);
    this.failures += 1;
    this.timer = setTimeout(() => this.check(), pause);
  }

  // --- correcting

  atCaret() {
    const caret = this.input.selectionStart;
    return this.findings.find(({ start, end }) => start <= caret && caret <= end);
  }

  /** Opens the entry of the finding in which the caret stands. */
  follow() {
    const found = this.atCaret();
    if (!found || found === this.current) return;
    this.current = found;
    this.panel.entry(found).open = true;
    this.panel.draw();
  }

  /** Writes the proposed words, or removes what was found, in a way that Ctrl+Z takes back; the caret stays where it was. */
  correct(finding) {
    const { input } = this;
    const { instead } = finding;
    const [start, end] = instead ? [finding.start, finding.end] : withSpareSpace(input.value, finding);
    const growth = instead.length - (end - start);
    const excess = input.maxLength < 0 ? 0 : input.value.length + growth - input.maxLength;
    if (excess > 0) return this.panel.say(WORDS.full(excess)); // the browser would cut the words off
    const caret = input.selectionStart <= start ? input.selectionStart : Math.max(start + instead.length, input.selectionStart + growth);
    const before = input.value;
    input.focus();
    input.setSelectionRange(start, end);
    document.execCommand(instead ? "insertText" : "delete", false, instead); // the only way that undo knows
    if (input.value === before) {
      input.setRangeText(instead, start, end, "end");
      input.dispatchEvent(new InputEvent("input", { bubbles: true, composed: true, inputType: "insertReplacementText" }));
    }
    input.setSelectionRange(caret, caret);
    this.check();
  }

  // --- saving

  /** Saving was tried, by `submitter` where a form was sent, and is held back: shows what can be done about it. */
  hold(submitter) {
    this.asked = true;
    this.submitter = submitter;
    [this.current] = this.findings;
    this.show();
  }

  /** Saves the text as it is, for `reason` where one is asked. */
  override(reason) {
    const { entities, form, state: verdict } = this;
    this.keep(true, reason);
    this.asked = false;
    this.tell("override", { verdict, entities, reason });
    count(this.name, entities, verdict);
    this.show();
    this.input.focus();
    if (form && this.submitter !== undefined) send(form, this.submitter);
  }

  /** Remembers whether the text may be saved as it is; the form tells the business software why. */
  keep(kept, reason = "") {
    this.kept = kept;
    this.reason?.remove();
    this.reason = undefined;
    if (!reason || !this.form) return;
    this.reason = make("input", { type: "hidden", name: this.face.dataset.vigieReason || "vigie_reason", value: reason });
    this.form.append(this.reason);
  }
}
