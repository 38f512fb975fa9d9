// Drawing boxes over a picture that is to be masked. Without it, or for who
// works with the keyboard, the fields of the grid do the same.
"use strict";

(function () {
  const form = document.getElementById("mask");
  if (!form || !window.PointerEvent) return;
  const whole = 10000; // the units of an area
  const stage = form.querySelector(".mask-stage");
  const grid = form.querySelector(".mask-grid");
  const told = form.querySelector(".mask-drawn");
  const hints = [form.querySelector(".mask-hint-grid"), form.querySelector(".mask-hint-draw")];
  const drawn = []; // of {box, input}
  let from = null;
  let box = null;

  function button(text, act) {
    const b = document.createElement("button");
    b.type = "button";
    b.className = "button button-plain";
    b.textContent = text;
    b.addEventListener("click", act);
    return b;
  }

  const undo = button(form.dataset.undo, function () {
    const last = drawn.pop();
    last.box.remove();
    last.input.remove();
    show();
  });
  const change = button(form.dataset.grid, function () { draws(false); });
  const tools = document.createElement("div");
  tools.className = "mask-tools";
  tools.append(undo, change);
  stage.after(tools);

  function show() {
    undo.disabled = drawn.length === 0;
    told.textContent = drawn.length ? form.dataset.drawn + drawn.length : "";
  }

  function draws(on) {
    stage.classList.toggle("mask-draws", on);
    grid.hidden = on;
    change.hidden = !on;
    hints[0].hidden = on;
    hints[1].hidden = !on;
  }

  function place(event) {
    const r = stage.getBoundingClientRect();
    const part = function (n, size) { return Math.min(Math.max(Math.round(n / size * whole), 0), whole); };
    return { x: part(event.clientX - r.left, r.width), y: part(event.clientY - r.top, r.height) };
  }

  function area(a, b) {
    return { x: Math.min(a.x, b.x), y: Math.min(a.y, b.y), w: Math.abs(a.x - b.x), h: Math.abs(a.y - b.y) };
  }

  function lay(element, a) {
    element.style.left = a.x / 100 + "%";
    element.style.top = a.y / 100 + "%";
    element.style.width = a.w / 100 + "%";
    element.style.height = a.h / 100 + "%";
  }

  stage.addEventListener("pointerdown", function (event) {
    if (!grid.hidden || event.button !== 0) return;
    event.preventDefault();
    stage.setPointerCapture(event.pointerId);
    from = place(event);
    box = document.createElement("div");
    box.className = "mask-drawing";
    stage.append(box);
    lay(box, area(from, from));
  });
  stage.addEventListener("pointermove", function (event) {
    if (box) lay(box, area(from, place(event)));
  });
  stage.addEventListener("pointerup", function (event) {
    if (!box) return;
    const a = area(from, place(event));
    if (a.w < 50 || a.h < 50) { // a click, not a box
      box.remove();
    } else {
      lay(box, a);
      const input = document.createElement("input");
      input.type = "hidden";
      input.name = "area";
      input.value = [a.x, a.y, a.w, a.h].join(",");
      form.append(input);
      drawn.push({ box: box, input: input });
    }
    box = null;
    show();
  });
  stage.addEventListener("pointercancel", function () {
    if (box) box.remove();
    box = null;
  });

  show();
  draws(!grid.querySelector(":checked"));
})();
