// A signature is drawn with a finger: over the input of a field of signatures stands a
// canvas, whose picture is put into the input as if it had been taken. Without this
// script the signed paper is photographed.
//
//   <div data-sign data-clear="again" data-label="sign here"> … <input type="file"> </div>
"use strict";

(function () {
  function pad(box) {
    const input = box.querySelector("input[type=file]");
    if (box.dataset.ready || !input || !window.DataTransfer || !window.PointerEvent) return;
    box.dataset.ready = "1";
    const canvas = document.createElement("canvas");
    canvas.className = "sign-pad";
    canvas.setAttribute("role", "img");
    canvas.setAttribute("aria-label", box.dataset.label);
    const again = document.createElement("button");
    again.type = "button";
    again.className = "button button-plain sign-again";
    again.textContent = box.dataset.clear;
    again.hidden = true;
    box.prepend(canvas, again);
    const ink = canvas.getContext("2d");
    let drawn = false;
    let last = null;

    function clear() {
      const scale = window.devicePixelRatio || 1;
      canvas.width = Math.round(canvas.clientWidth * scale);
      canvas.height = Math.round(canvas.clientHeight * scale);
      ink.fillStyle = "#fff";
      ink.fillRect(0, 0, canvas.width, canvas.height);
      ink.scale(scale, scale);
      ink.lineWidth = 2.5;
      ink.lineCap = ink.lineJoin = "round";
      ink.strokeStyle = "#111";
      drawn = false;
      again.hidden = true;
    }

    const at = (e) => [e.offsetX, e.offsetY];
    canvas.addEventListener("pointerdown", function (e) {
      canvas.setPointerCapture(e.pointerId);
      last = at(e);
      ink.beginPath();
      ink.arc(last[0], last[1], 1.25, 0, 7);
      ink.fillStyle = "#111";
      ink.fill();
      drawn = true;
      e.preventDefault();
    });
    canvas.addEventListener("pointermove", function (e) {
      if (!last) return;
      const here = at(e);
      ink.beginPath();
      ink.moveTo(last[0], last[1]);
      ink.lineTo(here[0], here[1]);
      ink.stroke();
      last = here;
    });
    const up = function () {
      if (!last) return;
      last = null;
      again.hidden = false;
      canvas.toBlob(function (picture) {
        const files = new DataTransfer();
        if (drawn && picture) files.items.add(new File([picture], "signature.png", { type: "image/png" }));
        input.files = files.files;
        box.dataset.signed = drawn ? "1" : "";
      }, "image/png");
    };
    canvas.addEventListener("pointerup", up);
    canvas.addEventListener("pointercancel", up);
    again.addEventListener("click", function () {
      clear();
      input.value = "";
      box.dataset.signed = "";
    });
    input.addEventListener("change", clear); // a photograph instead
    clear();
  }

  const all = () => document.querySelectorAll("[data-sign]").forEach(pad);
  document.addEventListener("outbox:shown", all);
  all();
})();
