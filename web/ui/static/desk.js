// The keyboard of the lists of cases, and filters for long lists to choose
// from. Nothing depends on it.
"use strict";

(function () {
  const links = Array.from(document.querySelectorAll(".case-row .row-link"));
  const keys = document.getElementById("keys");
  const find = document.querySelector('[data-key="/"]');

  function typing(element) {
    return element && (element.isContentEditable || /^(INPUT|SELECT|TEXTAREA)$/.test(element.tagName) && element.type !== "checkbox");
  }

  function move(step) {
    const here = links.indexOf(document.activeElement);
    const next = here < 0 ? (step > 0 ? 0 : links.length - 1) : Math.min(Math.max(here + step, 0), links.length - 1);
    links[next].focus();
  }

  document.addEventListener("keydown", function (event) {
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target) || keys && keys.open) return;
    switch (event.key) {
      case "j":
      case "k":
        if (links.length) move(event.key === "j" ? 1 : -1);
        break;
      case "x": {
        const row = document.activeElement && document.activeElement.closest(".case-row");
        if (!row) return;
        const tick = row.querySelector(".tick input");
        tick.checked = !tick.checked;
        break;
      }
      case "/":
        if (!find) return;
        find.focus();
        break;
      case "?":
        if (!keys) return;
        keys.showModal();
        break;
      default:
        return;
    }
    event.preventDefault();
  });

  for (const groups of document.querySelectorAll(".check-groups")) {
    const items = Array.from(groups.querySelectorAll("li"));
    if (items.length < 15) continue;
    const input = document.createElement("input");
    input.type = "search";
    input.className = "check-filter";
    input.placeholder = groups.dataset.filter;
    input.setAttribute("aria-label", groups.dataset.filter);
    input.addEventListener("input", function () {
      const word = input.value.trim().toLowerCase();
      for (const item of items) item.hidden = word !== "" && !item.textContent.toLowerCase().includes(word);
      for (const group of groups.querySelectorAll("details")) {
        const shown = group.querySelector("li:not([hidden])") !== null;
        group.hidden = !shown;
        if (word !== "" && shown) group.open = true;
      }
    });
    input.addEventListener("keydown", function (event) {
      if (event.key === "Enter") event.preventDefault();
    });
    groups.before(input);
  }
})();
