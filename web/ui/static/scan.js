// The code of a subject is read with the camera where the browser can: a button beside
// the input, which otherwise is typed into.
//
//   <form data-scan="read the code" data-stop="stop" data-failed="no camera"> <input name="code">
"use strict";

(async function () {
  const form = document.querySelector("form[data-scan]");
  if (!form || !("BarcodeDetector" in window) || !navigator.mediaDevices) return;
  const kinds = await BarcodeDetector.getSupportedFormats().catch(() => []);
  const wanted = ["qr_code", "code_128", "code_39", "data_matrix"].filter((k) => kinds.includes(k));
  if (wanted.length === 0) return;
  const reader = new BarcodeDetector({ formats: wanted });
  const code = /[0-9A-HJ-NP-RTUWXY]{18}/;
  const button = document.createElement("button");
  button.type = "button";
  button.className = "button button-plain scan-button";
  button.textContent = form.dataset.scan;
  const told = document.createElement("p");
  told.setAttribute("role", "status");
  form.append(button, told);
  let stream = null;
  let view = null;

  function stop() {
    if (stream) stream.getTracks().forEach((t) => t.stop());
    if (view) view.remove();
    stream = view = null;
    button.textContent = form.dataset.scan;
  }

  async function look() {
    if (!view) return;
    const found = await reader.detect(view).catch(() => []);
    const hit = found.map((f) => code.exec(f.rawValue.toUpperCase())).find(Boolean);
    if (!hit) {
      requestAnimationFrame(look);
      return;
    }
    stop();
    form.elements.namedItem("code").value = hit[0];
    form.requestSubmit();
  }

  button.addEventListener("click", async function () {
    if (stream) {
      stop();
      return;
    }
    try {
      stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
    } catch {
      told.textContent = form.dataset.failed;
      return;
    }
    view = document.createElement("video");
    view.className = "scan-view";
    view.muted = view.playsInline = true;
    view.srcObject = stream;
    form.append(view);
    button.textContent = form.dataset.stop;
    await view.play();
    look();
  });
})();
