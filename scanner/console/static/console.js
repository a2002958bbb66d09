// What every page of the console shares. Nothing here is needed to use it: forms and links work without.
"use strict";

(() => {
  document.documentElement.classList.add("js");

  const menu = document.querySelector(".menu");
  const parts = document.querySelectorAll(".nav, .who");
  if (menu) {
    menu.hidden = !window.matchMedia("(max-width: 760px)").matches;
    window.matchMedia("(max-width: 760px)").addEventListener("change", (event) => (menu.hidden = !event.matches));
    menu.addEventListener("click", () => {
      const open = menu.getAttribute("aria-expanded") !== "true";
      menu.setAttribute("aria-expanded", String(open));
      for (const part of parts) part.classList.toggle("open", open);
    });
  }

  // A filter that is chosen applies at once; without this file its button does it.
  for (const form of document.querySelectorAll("form[data-at-once]")) {
    form.addEventListener("change", (event) => event.target.matches("select, [type=checkbox]") && form.requestSubmit());
  }

  // What one form must not do twice: a second click while the first is on its way.
  document.addEventListener("submit", (event) => {
    if (event.target.method !== "post" || event.defaultPrevented) return;
    if (event.target.dataset.sent) event.preventDefault();
    else event.target.dataset.sent = "yes";
  });

  // A page that comes back from the browser's memory may show what its reader should no longer see.
  window.addEventListener("pageshow", (event) => event.persisted && window.location.reload());
})();
