// Underlines: a copy of the field's text lies over the field, with the same metrics, invisible but for what is underlined.

const METRICS = `fontFamily fontSize fontStyle fontWeight fontStretch fontVariant fontKerning fontFeatureSettings fontVariationSettings
  letterSpacing wordSpacing lineHeight textIndent textTransform textAlign textRendering direction tabSize whiteSpace wordBreak overflowWrap
  lineBreak hyphens paddingTop paddingRight paddingBottom paddingLeft`.split(/\s+/); // what decides where lines break

class Underlines {
  /** `input` is what is typed into, `host` the element in whose shadow `element` will stand. */
  constructor(input, host) {
    this.input = input;
    this.host = host;
    this.copy = make("div");
    this.element = make("div", { className: "mirror" }, this.copy);
    this.element.setAttribute("aria-hidden", "true");
  }

  /** Underlines `findings` of `text`, `current` most of all. Nothing of the text stays where there is nothing to underline. */
  draw(text, findings, current) {
    const { copy, element, input } = this;
    element.hidden = !findings.length || !input.getClientRects().length;
    if (element.hidden) return copy.replaceChildren();
    this.place();
    const pieces = [];
    let at = 0;
    for (const finding of findings) {
      const start = Math.max(at, finding.start);
      if (finding.end <= start) continue; // inside another
      const className = finding === current ? "current" : "";
      pieces.push(text.slice(at, start), make("mark", { className }, text.slice(start, finding.end)));
      at = finding.end;
    }
    copy.replaceChildren(...pieces, text.slice(at));
  }

  place() {
    const { copy, element, host, input } = this;
    const box = input.getBoundingClientRect();
    const home = host.getBoundingClientRect();
    const style = getComputedStyle(input);
    const px = (name) => parseFloat(style[name]) || 0;
    const zoom = Math.abs(box.width - input.offsetWidth) < 1 ? 1 : box.width / input.offsetWidth;
    const borders = px("borderLeftWidth") + px("borderRightWidth");
    const scrollbar = Math.max(0, Math.round(input.offsetWidth - input.clientWidth - borders));
    for (const name of METRICS) copy.style[name] = style[name];
    if (input.type !== "textarea") {
      copy.style.whiteSpace = "pre";
      copy.style.lineHeight = `${input.clientHeight - px("paddingTop") - px("paddingBottom")}px`;
    }
    copy.style.transform = `translate(${-input.scrollLeft}px, ${-input.scrollTop}px)`;
    element.style.left = `${(box.left - home.left) / zoom + input.clientLeft}px`;
    element.style.top = `${(box.top - home.top) / zoom + input.clientTop}px`;
    element.style.width = `${box.width / zoom - borders - scrollbar}px`;
    element.style.height = `${input.clientHeight}px`;
  }
}
