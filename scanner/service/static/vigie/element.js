// <vigie-field>: a labelled text area that is watched, and a field of its form.

class VigieField extends HTMLElement {
  static formAssociated = true;
  static observedAttributes = ["label", "rows", "maxlength", "placeholder", "required", "readonly"];
  #internals = this.attachInternals();
  #input = make("textarea", { id: "field", part: "field", rows: 4 });
  #begun = false;
  #label = make("label", { className: "label", htmlFor: "field", part: "label" });

  constructor() {
    super();
    const shadow = this.attachShadow({ mode: "open", delegatesFocus: true });
    shadow.adoptedStyleSheets = [STYLE];
    shadow.append(this.#label, this.#input);
    this.#input.addEventListener("input", () => this.#report());
    this.#input.addEventListener("change", () => this.dispatchEvent(new Event("change", { bubbles: true })));
  }

  get form() {
    return this.#internals.form;
  }

  get name() {
    return this.getAttribute("name") ?? "";
  }

  get value() {
    return this.#input.value;
  }

  set value(text) {
    this.#input.value = text;
    this.#report();
    fields.get(this.#input)?.edited();
  }

  connectedCallback() {
    if (!this.#begun) this.formResetCallback();
    this.#begun = true;
    attach(this.#input, this);
  }

  disconnectedCallback() {
    detach(this.#input);
  }

  attributeChangedCallback(name, _, value) {
    if (name === "label") this.#label.textContent = value;
    else if (value === null) this.#input.removeAttribute(name);
    else this.#input.setAttribute(name, value);
    this.#report();
  }

  formDisabledCallback(disabled) {
    this.#input.disabled = disabled;
  }

  formResetCallback() {
    this.value = this.getAttribute("value") ?? "";
  }

  formStateRestoreCallback(text) {
    this.value = text;
  }

  #report() {
    const { validity, validationMessage, value } = this.#input;
    this.#internals.setFormValue(value);
    this.#internals.setValidity(validity, validationMessage, this.#input);
  }
}
