// The review's keyboard, its selection and the end of revealed texts. Every action is a link or a form that works without this file.
//
// A key that an element names in aria-keyshortcuts activates it: a link or button is clicked, a choice is made and its reason asked for.
// data-keys="g q" is the same for two keys in a row. Nothing happens while somebody types, with Ctrl, Alt or Meta, or once switched off.
"use strict";

(() => {
  const SWITCH = "vigie-shortcuts";
  const REASON = "vigie-reason";
  const SEQUENCE_MS = 1200;
  const rows = [...document.querySelectorAll("[data-row]")];
  const chosen = () => rows.filter((row) => row.querySelector("[name=records], [name=proposals]")?.checked);
  let first = "";
  let firstAt = 0;

  const typing = (target) =>
    target.isContentEditable ||
    ["TEXTAREA", "SELECT"].includes(target.tagName) ||
    (target.tagName === "INPUT" && !["checkbox", "radio", "button", "submit"].includes(target.type));

  const shown = (element) => element.getClientRects().length > 0 && !element.disabled;

  const named = (attribute, keys) =>
    [...document.querySelectorAll(`[${attribute}]`)].find((element) => {
      const given = element.getAttribute(attribute);
      return (attribute === "data-keys" ? given === keys : given.split(" ").includes(keys)) && shown(element);
    });

  function activate(element) {
    if (element.matches("input:not([type=radio], [type=checkbox]), textarea, select")) {
      element.focus();
      return;
    }
    element.click();
    const reason = element.matches("[type=radio]") && element.form.querySelector("[name=why]");
    if (reason) {
      if (rows.length && !chosen().length) select(current());
      reason.focus();
    }
  }

  // --- Rows ------------------------------------------------------------------------------------------------------------------------

  const current = () => rows.find((row) => row.contains(document.activeElement)) || rows.find((row) => row.ariaCurrent === "true");

  function go(step) {
    const at = rows.indexOf(current());
    const row = rows[at < 0 ? (step > 0 ? 0 : rows.length - 1) : Math.min(Math.max(at + step, 0), rows.length - 1)];
    if (!row) return;
    for (const other of rows) other.removeAttribute("aria-current");
    row.setAttribute("aria-current", "true");
    const link = row.querySelector("[data-open]");
    link.focus({ preventScroll: true });
    row.scrollIntoView({ block: "nearest" });
  }

  function select(row) {
    const box = row?.querySelector("[name=records], [name=proposals]");
    if (!box) return;
    box.checked = !box.checked;
    tell();
  }

  function tell() {
    const count = chosen().length;
    for (const place of document.querySelectorAll("[data-count]")) {
      place.textContent = count === 0 ? place.dataset.none : (count === 1 ? place.dataset.one : place.dataset.many).replace("#", count);
    }
    const all = document.querySelector("[data-all]");
    if (all) {
      all.checked = count > 0 && count === rows.length;
      all.indeterminate = count > 0 && count < rows.length;
    }
    for (const link of document.querySelectorAll(".jump")) link.hidden = count === 0;
    document.querySelector(".deciding")?.classList.toggle("idle", count === 0);
    for (const row of rows) row.classList.toggle("chosen", Boolean(row.querySelector("[name=records], [name=proposals]")?.checked));
  }

  const OF_ROWS = {
    j: () => go(1),
    k: () => go(-1),
    x: () => select(current()),
    o: () => current()?.querySelector("[data-open]")?.click(),
  };

  // --- Keys ------------------------------------------------------------------------------------------------------------------------

  const off = () => localStorage.getItem(SWITCH) === "off";

  function pressed(event) {
    if (event.defaultPrevented || event.ctrlKey || event.altKey || event.metaKey || event.isComposing || off()) return;
    if (typing(event.target) || document.querySelector("dialog[open]")) return;
    const both = Date.now() - firstAt < SEQUENCE_MS ? `${first} ${event.key}` : "";
    const target = (both && named("data-keys", both)) || named("aria-keyshortcuts", event.key);
    [first, firstAt] = [event.key, Date.now()];
    const arrow = { ArrowDown: "j", ArrowUp: "k" }[event.key];
    const move = OF_ROWS[event.key] || (arrow && event.target.closest("[data-row]") && OF_ROWS[arrow]);
    if (target) activate(target);
    else if (rows.length && move) move();
    else return;
    event.preventDefault();
  }

  document.addEventListener("keydown", pressed);

  // --- Help ------------------------------------------------------------------------------------------------------------------------

  const help = document.getElementById("shortcuts");
  document.querySelector("[data-opens=shortcuts]")?.addEventListener("click", () => help.showModal());
  const keysOn = document.getElementById("shortcuts-on");
  if (keysOn) {
    keysOn.checked = !off();
    keysOn.addEventListener("change", () => localStorage.setItem(SWITCH, keysOn.checked ? "on" : "off"));
  }

  // --- Selection -------------------------------------------------------------------------------------------------------------------

  document.querySelector("[data-all]")?.addEventListener("change", (event) => {
    for (const row of rows) row.querySelector("[name=records], [name=proposals]").checked = event.target.checked;
    tell();
  });
  document.addEventListener("change", (event) => event.target.closest("[data-row]") && tell());
  tell();

  for (const link of document.querySelectorAll("[data-part]")) {
    link.addEventListener("click", () => {
      document.getElementById("part").value = link.dataset.part;
    });
  }

  // --- The reason of a reveal, kept until the tab is closed or somebody else signs in ----------------------------------------------------

  const reveal = document.getElementById("reveal");
  if (reveal) {
    const kept = JSON.parse(sessionStorage.getItem(REASON) || "{}");
    if (kept.csrf === reveal.csrf.value) {
      reveal.why.value = kept.why;
      reveal.keep.checked = true;
    } else {
      sessionStorage.removeItem(REASON);
    }
    reveal.addEventListener("submit", () => {
      if (reveal.keep.checked) sessionStorage.setItem(REASON, JSON.stringify({ csrf: reveal.csrf.value, why: reveal.why.value }));
      else sessionStorage.removeItem(REASON);
    });
    reveal.querySelector("[aria-keyshortcuts~=v]").addEventListener("click", (event) => {
      if (event.detail === 0 && !reveal.why.value.trim()) {
        event.preventDefault(); // by key, and no reason yet: ask for it
        reveal.why.focus();
      }
    });
  }

  // --- What was posted is not asked for again, what was revealed does not come back ------------------------------------------------------

  const address = document.querySelector("[data-address]")?.dataset.address;
  if (address) history.replaceState(null, "", address);
  window.addEventListener("pagehide", () => {
    for (const text of document.querySelectorAll("[data-revealed]")) text.remove();
  });
})();
