// Looks for what stands beside the form of a call while it is filled in, and puts
// what was found into the form. Without it the button beside the form looks.
"use strict";

(function () {
  const form = document.getElementById("call");
  if (!form) return;
  const timers = {};
  const running = {};

  // dress gives what was found a button that puts it into the form.
  function dress(section) {
    for (const item of section.querySelectorAll("[data-fill]")) {
      const input = form.elements.namedItem(item.dataset.fill);
      if (!input) continue;
      const button = document.createElement("button");
      button.type = "button";
      button.className = "call-fill";
      button.textContent = item.dataset.label;
      button.addEventListener("click", function () {
        input.value = item.dataset.value;
        input.focus();
        later("words", 0);
      });
      item.append(button);
    }
  }

  async function look(what) {
    if (running[what]) running[what].abort();
    const control = running[what] = new AbortController();
    const data = new FormData(form);
    for (const [name, value] of Array.from(data)) if (value instanceof File) data.delete(name);
    data.set("look", what);
    try {
      const answer = await fetch(form.action + "/beside", { method: "POST", body: data, signal: control.signal });
      if (!answer.ok) return;
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      for (const fresh of page.querySelectorAll("section[data-fresh]")) {
        const old = document.getElementById(fresh.id);
        if (!old) continue;
        const section = document.adoptNode(fresh);
        old.replaceWith(section);
        dress(section);
      }
    } catch (error) {
      if (error.name !== "AbortError") return; // the button beside the form still looks
    }
  }

  function later(what, wait) {
    clearTimeout(timers[what]);
    timers[what] = setTimeout(look, wait, what);
  }

  for (const section of document.querySelectorAll(".call-part")) dress(section);
  const mobile = form.elements.namedItem("mobile");
  mobile.addEventListener("change", function () { if (mobile.value.trim()) later("caller", 0); });
  document.addEventListener("input", function (event) {
    const input = event.target;
    if (input.form !== form || input === mobile || input.name === "name" || input.type === "file") return;
    if (!event.isComposing) later("words", 400);
  });
  document.addEventListener("keydown", function (event) {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && event.target.form === form) {
      event.preventDefault();
      form.requestSubmit(form.querySelector('[name="way"]'));
    }
    if (event.key === "Enter" && event.target.name === "q") {
      event.preventDefault();
      later("words", 0);
    }
  });
  if (!document.querySelector(".error-summary")) mobile.focus();
})();
