// The demonstration's own part: what the business software around the component would do. Nothing is sent or kept.
(() => {
  "use strict";
  const form = document.getElementById("file");
  const saved = document.getElementById("saved");
  const tabs = [...document.querySelectorAll("[role=tab]")];

  function show(tab) {
    for (const other of tabs) {
      other.setAttribute("aria-selected", String(other === tab));
      other.tabIndex = other === tab ? 0 : -1;
      document.getElementById(other.getAttribute("aria-controls")).hidden = other !== tab;
    }
  }

  for (const [index, tab] of tabs.entries()) {
    tab.addEventListener("click", () => show(tab));
    tab.addEventListener("keydown", ({ key }) => {
      const step = { ArrowRight: 1, ArrowLeft: -1 }[key];
      if (!step) return;
      const next = tabs.at((index + step) % tabs.length);
      show(next);
      next.focus();
    });
  }

  for (const button of document.querySelectorAll("[data-example]")) {
    button.addEventListener("click", () => {
      const field = document.getElementById("caretaker");
      field.value = button.dataset.example;
      field.dispatchEvent(new Event("input", { bubbles: true }));
      field.focus();
    });
  }

  function line(name, value) {
    const group = document.createElement("div");
    const term = document.createElement("dt");
    const text = document.createElement("dd");
    term.textContent = name;
    text.textContent = value || "—";
    group.append(term, text);
    return group;
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    saved.querySelector("dl").replaceChildren(...[...new FormData(form)].map(([name, value]) => line(name, value)));
    saved.hidden = false;
    saved.focus();
  });
  form.addEventListener("reset", () => (saved.hidden = true));
})();
