// The panel under a field: what was found, what to write instead, and whether the text may be saved as it is.

let panels = 0;

class Panel {
  /** `field` is asked for its findings and told what the user decides. */
  constructor(field) {
    this.field = field;
    this.heard = make("span", { id: `vigie-${(panels += 1)}` }); // in the page, where `aria-describedby` of the field finds it
    this.heard.setAttribute("role", "status");
    this.host = make("vigie-panel", {}, this.heard);
    this.underlines = new Underlines(field.input, this.host);
    this.line = make("div", { className: "line" });
    this.line.setAttribute("aria-hidden", "true"); // said by `heard`
    this.list = make("ul");
    this.list.setAttribute("role", "list");
    this.foot = make("div", { className: "ask" });
    this.group = make("div", { role: "group" }, this.line, this.list, this.foot);
    const shadow = this.host.attachShadow({ mode: "open" });
    shadow.adoptedStyleSheets = [STYLE];
    this.host.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      event.preventDefault(); // a dialog around the field stays open
      event.stopPropagation();
      field.input.focus();
    });
    shadow.append(this.underlines.element, make("div", { className: "heard" }, make("slot")), this.group);
  }

  /** Stands behind the field, or in the element that `data-vigie-panel` names. */
  settleIn() {
    const { host } = this;
    const { face, input } = this.field;
    const room = face.dataset.vigiePanel && input.getRootNode().getElementById(face.dataset.vigiePanel);
    const before = input.closest("label") ?? input; // in a label, clicks on the panel would go to the field
    if (room && host.parentNode !== room) room.append(host);
    if (!room && before.nextSibling !== host) before.after(host);
  }

  /** Adds the panel to what describes the field, or takes it away. */
  describe(wanted) {
    const { input } = this.field;
    const ids = (input.getAttribute("aria-describedby") ?? "").split(/\s+/).filter((id) => id && id !== this.heard.id);
    if (wanted) ids.push(this.heard.id);
    if (ids.length) input.setAttribute("aria-describedby", ids.join(" "));
    else input.removeAttribute("aria-describedby");
  }

  render() {
    const { field, group, host, line } = this;
    const { findings, input, kept, state } = field;
    const had = host.shadowRoot.activeElement;
    const summary = this.summary();
    host.dataset.state = state;
    group.className = findings.length ? "panel" : "";
    group.ariaLabel = findings.length ? WORDS.panel : null;
    line.replaceChildren(...(ICONS[state] ? [icon(state)] : []), make("span", {}, summary));
    if (findings.length) line.append(make("kbd", {}, "Alt + ↓"));
    if (state !== "pending") this.hear(findings.length && !kept ? `${summary}. ${WORDS.keys}` : summary);
    this.list.hidden = !findings.length;
    this.list.replaceChildren(...findings.map((finding) => this.item(finding)));
    this.renderFoot();
    if (had && !had.isConnected) findings.length ? this.enter() : input.focus();
    this.draw();
  }

  draw() {
    const { current, findings, text } = this.field;
    this.underlines.draw(text, findings, current);
  }

  summary() {
    const { face, findings, kept, problem, state } = this.field;
    if (findings.length) return kept ? WORDS.kept : WORDS[state](findings.length);
    if (state === "unavailable") return WORDS[problem] ?? WORDS.unavailable;
    return (state === "idle" && face.dataset.vigieHint) || WORDS[state];
  }

  /** Says `text` to who looks and to who listens. */
  say(text) {
    this.line.querySelector("span").textContent = text;
    this.hear(text);
  }

  hear(text) {
    if (this.heard.textContent !== text) this.heard.textContent = text; // the same text again would be read out again
  }

  item(finding) {
    const { field } = this;
    const words = field.text.slice(finding.start, finding.end).replace(/\s+/g, " ");
    const short = words.length > QUOTED_LENGTH ? `${words.slice(0, QUOTED_LENGTH - 1)}…` : words;
    const summary = make("summary", {}, make("span", {}, make("b", {}, quoted(short)), finding.label));
    const button = make("button", { type: "button", className: finding.instead ? "main" : "" });
    button.append(finding.instead ? `${WORDS.instead} ${quoted(typeset(finding.instead))}` : WORDS.remove);
    button.onclick = () => field.correct(finding);
    const body = make("div", { className: "body" }, make("p", {}, typeset(finding.message)), button);
    const details = make("details", { open: finding === field.current, name: "vigie" }, summary, body);
    details.ontoggle = () => {
      if (!details.open || !field.findings.includes(finding)) return;
      field.current = finding;
      this.draw();
    };
    return make("li", {}, details);
  }

  renderFoot() {
    const { asked, savable, saveAnyway, state } = this.field;
    const refused = saveAnyway === "refused";
    this.foot.hidden = savable || !(asked || (refused && state === "block"));
    if (this.foot.hidden) this.foot.replaceChildren();
    else if (refused) this.foot.replaceChildren(make("p", {}, WORDS.cannot));
    else this.foot.replaceChildren(make("p", {}, WORDS.held), ...this.choice(saveAnyway === "with_reason"));
  }

  /** What one needs to save the text as it is. */
  choice(withReason) {
    const { field, foot } = this;
    const button = make("button", { type: "button" }, WORDS.anyway);
    button.onclick = () => field.override("");
    if (!withReason) return [button];
    const fault = make("p", { className: "fault", id: "fault", role: "alert" });
    const reason = make("input", { type: "text", maxLength: 500, autocomplete: "off", value: foot.querySelector("input")?.value ?? "" });
    reason.setAttribute("aria-describedby", "fault");
    button.onclick = () => {
      const given = reason.value.trim();
      if (given.length >= REASON_LENGTH) return field.override(given);
      fault.textContent = WORDS.whyTooShort;
      reason.focus();
    };
    reason.onkeydown = (event) => {
      if (event.key === "Enter") button.click();
    };
    return [make("label", {}, WORDS.why, reason), button, fault];
  }

  entry(finding) {
    return this.list.children[this.field.findings.indexOf(finding)].firstChild;
  }

  /** Moves the focus from the field to the entry of the current finding. */
  enter() {
    const entry = this.entry(this.field.current);
    entry.open = true;
    entry.firstChild.focus();
    entry.scrollIntoView({ block: "nearest" });
  }
}
