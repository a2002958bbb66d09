// Which fields are watched: those that the page marks, now and later.

const fields = new Map(); // from elements to their Field

function drawAll() {
  for (const field of fields.values()) field.panel.draw();
}

/** Watches a field, or all fields of a document, shadow root or element; those that documents and roots get later too. */
function attach(target, face = target) {
  if (target instanceof HTMLTextAreaElement || target instanceof HTMLInputElement) {
    const wanted = TEXT_TYPES.includes(target.type) && face.dataset.vigie !== "off";
    if (wanted && !fields.has(target)) fields.set(target, new Field(target, face));
    return;
  }
  attachIn(target);
  if (!(target instanceof Element)) observer.observe(target, CHANGES);
}

function attachIn(node) {
  for (const input of node.querySelectorAll(SELECTOR)) attach(input);
}

function detach(target) {
  fields.get(target)?.end();
  fields.delete(target);
}

const CHANGES = { childList: true, subtree: true, attributeFilter: ["data-vigie"] };
const observer = new MutationObserver((changes) => {
  for (const { addedNodes, target, type } of changes) {
    if (type === "attributes") {
      if (target.matches(SELECTOR) && target.dataset.vigie !== "off") attach(target);
      else detach(target);
    }
    for (const node of addedNodes) {
      if (!(node instanceof Element)) continue;
      if (node.matches(SELECTOR)) attach(node);
      else attachIn(node);
    }
  }
  for (const [input, field] of fields) {
    if (input.isConnected) field.settleIn();
    else detach(input);
  }
});
