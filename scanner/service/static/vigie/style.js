// What the component looks like, wherever it stands: nothing of the page's style reaches it, nothing of its own gets out.

const STYLE = new CSSStyleSheet();
STYLE.replaceSync(`
  :host { display: block !important; position: relative !important; flex: 1 0 100%; grid-column: 1 / -1; min-width: 0; text-align: start;
    color-scheme: light; font-size: 0.9375rem; line-height: 1.45; letter-spacing: normal; text-transform: none; font-weight: 400;
    --ink: #1d2b3a; --soft: #52606e; --line: #c9d2dc; --tone: #8a4b00; --tint: #fff7e8; }
  :host([data-state=block]) { --tone: #a01c2c; --tint: #fdf1f2; }
  :host([hidden]) { display: none !important; }
  * { box-sizing: border-box; }
  [hidden] { display: none !important; }
  .mirror { position: absolute; overflow: hidden; visibility: hidden; pointer-events: none; user-select: none; forced-color-adjust: none; }
  .mirror div { border: 0; margin: 0; }
  mark { visibility: visible; color: transparent; background: color-mix(in srgb, var(--tone) 9%, transparent); border-radius: 2px;
    text-decoration: underline wavy 1.5px var(--tone); text-decoration-skip-ink: none; text-underline-offset: 2px; }
  mark.current { background: color-mix(in srgb, var(--tone) 18%, transparent); text-decoration-thickness: 2px; }
  .heard { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
  .line { display: flex; gap: 0.5em; align-items: flex-start; min-height: 1.75em; padding: 0.25em 0; color: var(--soft);
    font-size: 0.875em; }
  .line svg { flex: none; width: 1.15em; height: 1.15em; margin-top: 0.15em; fill: none; stroke: currentColor; stroke-width: 2;
    stroke-linecap: round; stroke-linejoin: round; }
  .line kbd { margin-left: auto; font: inherit; white-space: nowrap; color: var(--soft); font-weight: 400; }
  :host([data-state=ok]) .line { color: #2a6549; }
  :host([data-state=unavailable]) .line { color: var(--ink); background: #eef1f5; border: 1px solid var(--line); border-radius: 6px;
    padding: 0.5em 0.75em; margin-top: 6px; }
  .panel { background: #fff; color: var(--ink); border: 1px solid var(--line); border-left: 4px solid var(--tone); border-radius: 6px;
    margin: 6px 0 2px; overflow: hidden; }
  .panel .line { padding: 0.6em 0.85em; background: var(--tint); color: var(--tone); font-weight: 600; font-size: 1em; }
  ul { list-style: none; margin: 0; padding: 0; }
  li { border-top: 1px solid #e4e9ee; }
  summary { display: flex; gap: 0.7em; align-items: center; min-height: 44px; padding: 0.4em 0.85em; cursor: pointer; list-style: none; }
  summary::-webkit-details-marker { display: none; }
  summary::before { content: ""; flex: none; width: 0.45em; height: 0.45em; border: solid var(--soft); border-width: 0 2px 2px 0;
    transform: rotate(-45deg); }
  [open] > summary::before { transform: rotate(45deg); }
  summary span { color: var(--soft); overflow-wrap: anywhere; }
  summary b { font-weight: 600; color: var(--ink); margin-right: 0.5em; }
  .body { padding: 0.35em 0.85em 0.85em 1.9em; }
  p { margin: 0 0 0.6em; overflow-wrap: anywhere; white-space: pre-line; }
  button { font: inherit; min-height: 44px; padding: 0.45em 1em; border-radius: 6px; border: 1px solid var(--ink); background: #fff;
    color: var(--ink);
    cursor: pointer; text-align: left; overflow-wrap: anywhere; }
  button.main { background: var(--ink); color: #fff; }
  button:hover { text-decoration: underline; text-underline-offset: 3px; }
  :focus-visible, summary:focus { outline: 3px solid #1c62c4; outline-offset: -3px; }
  button:focus-visible, input:focus-visible { outline-offset: 2px; }
  .ask { border-top: 1px solid var(--line); padding: 0.85em; display: flex; flex-wrap: wrap; gap: 0.6em; align-items: end;
    background: #f7f9fb; }
  .ask p { flex: 1 0 100%; margin: 0; }
  .ask label { flex: 1 1 16em; font-size: 0.875em; }
  .ask input { display: block; width: 100%; min-height: 44px; margin-top: 0.25em; padding: 0.4em 0.6em; font: inherit; font-size: 1rem;
    color: var(--ink); background: #fff; border: 1px solid #6b7885; border-radius: 6px; }
  .fault { color: #a01c2c; font-weight: 600; }
  .label { display: block; margin-bottom: 0.3em; }
  textarea { display: block; width: 100%; font: inherit; font-size: 1rem; padding: 0.5em 0.65em; border: 1px solid #6b7885;
    border-radius: 4px;
    color: inherit; background: #fff; resize: vertical; }
  @media (min-width: 48rem) { ul { max-height: 26rem; overflow-y: auto; } }
  @media (hover: none), (max-width: 30rem) { .line kbd { display: none; } }
  @media (forced-colors: active) { mark, mark.current { background: transparent; text-decoration-color: Highlight; } }
`);
const ICONS = {
  ok: "M4 12.5l5 5L20 6.5",
  warn: "M12 3.5L22 20.5H2zM12 10v4.5M12 17.6v.2",
  block: "M8 2.5h8L21.5 8v8L16 21.5H8L2.5 16V8zM12 7v6M12 16.6v.2",
  unavailable: "M12 2.5a9.5 9.5 0 1 0 0 19a9.5 9.5 0 1 0 0-19M12 7.5v5.5M12 16.4v.2",
};

/** An element with properties and children; strings become text, never markup. */
function make(tag, properties = {}, ...children) {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
}

function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  path.setAttribute("d", ICONS[name]);
  svg.append(path);
  return svg;
}
