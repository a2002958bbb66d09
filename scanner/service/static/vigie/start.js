// The way in for pages, and the beginning: what is marked when the page is read is watched from then on.

window.Vigie = Object.freeze({
  /** Watches a field that the page does not mark, or the fields of a shadow root. */
  attach: (target) => attach(target),
  detach,
  /** Checks a field as before saving: resolves to its verdict and whether it may be saved; where not, the panel says why. */
  async check(element) {
    const field = fields.get(element) ?? [...fields.values()].find(({ face }) => face === element);
    if (!field) throw new TypeError("Vigie.check: this element is not watched");
    await settle([field]);
    const { entities, savable, state: verdict } = field;
    if (!savable) field.hold();
    return { verdict, entities, savable };
  },
});

customElements.define("vigie-field", VigieField);
document.addEventListener("scroll", drawAll, { capture: true, passive: true });
document.fonts?.addEventListener("loadingdone", drawAll);
if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", () => attach(document));
else attach(document);
