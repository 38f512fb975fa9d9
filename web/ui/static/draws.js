// The page that verifies a public draw. The verifier is the program's own, compiled
// for browsers; it is loaded when the first file is chosen, and files stay here.
"use strict";

(function () {
  const box = document.querySelector(".draws");
  const zone = box.querySelector(".draws-zone");
  const answer = box.querySelector(".draws-answer");
  const inputs = { transcript: box.querySelector(".draws-transcript"), sealed: box.querySelector(".draws-sealed") };
  const chosen = { transcript: null, sealed: null };
  const words = box.dataset;
  let loaded;

  function script(src) {
    return new Promise(function (resolve, reject) {
      const s = document.createElement("script");
      s.src = src;
      s.onload = resolve;
      s.onerror = reject;
      document.head.append(s);
    });
  }

  function verifier() {
    loaded ??= (async function () {
      await script("/draws/wasm_exec.js");
      const go = new Go();
      const program = await WebAssembly.instantiateStreaming(fetch("/draws/verifier.wasm"), go.importObject);
      go.run(program.instance); // it stays and waits for calls
    })();
    return loaded;
  }

  function line(tag, text, kind) {
    const e = document.createElement(tag);
    e.textContent = text;
    if (kind) e.className = kind;
    return e;
  }

  function facts(pairs) {
    const list = document.createElement("dl");
    list.className = "facts";
    for (const [name, value] of pairs) {
      if (value !== "") list.append(line("dt", name), line("dd", value, "draws-value"));
    }
    return list;
  }

  function show(v) {
    const heading = { VALID: words.valid, INVALID: words.invalid, INCOMPLETE: words.incomplete }[v.kind];
    const tone = { VALID: "note-good", INVALID: "note-bad", INCOMPLETE: "note-warn" }[v.kind];
    const note = line("div", "", "note " + tone);
    note.append(line("p", heading, "draws-verdict"));
    if (v.kind === "VALID") {
      note.append(line("p", v.by === "recomputed" ? words.recomputed : v.by === "void" ? words.void : words.attested));
    } else if (v.kind === "INVALID") {
      note.append(line("p", words.at.replace("{n}", v.record) + " " + v.reason));
    } else {
      note.append(line("p", words.missing + " " + v.missing));
    }
    answer.replaceChildren(note);
    if (v.kind !== "INVALID") answer.append(facts([[words.plan, v.plan], [words.records, String(v.records)], [words.head, v.head]]));
    answer.append(line("code", v.line, "draws-line"));
    for (const n of v.notes) answer.append(line("p", n));
    if (v.kind !== "INVALID") answer.append(line("p", words.compare, "hint"));
  }

  async function verify() {
    if (!chosen.transcript) return;
    answer.replaceChildren(line("p", words.working));
    try {
      await verifier();
      const bytes = async (f) => (f ? new Uint8Array(await f.arrayBuffer()) : null);
      const [transcript, sealed] = [await bytes(chosen.transcript), await bytes(chosen.sealed)];
      await new Promise((next) => setTimeout(next, 30)); // lets the page say that it works
      show(window.quanxiangVerifyDraw(transcript, sealed, words.lang));
    } catch {
      loaded = undefined;
      answer.replaceChildren(line("p", words.failed, "note note-warn"));
    }
  }

  for (const [name, input] of Object.entries(inputs)) {
    input.addEventListener("change", function () {
      chosen[name] = input.files[0] ?? null;
      verify();
    });
  }
  for (const kind of ["dragover", "dragenter"]) {
    zone.addEventListener(kind, function (e) {
      e.preventDefault();
      zone.classList.add("draws-over");
    });
  }
  zone.addEventListener("dragleave", () => zone.classList.remove("draws-over"));
  zone.addEventListener("drop", function (e) {
    e.preventDefault();
    zone.classList.remove("draws-over");
    for (const f of e.dataTransfer.files) chosen[f.name.includes("sealed") ? "sealed" : "transcript"] = f;
    verify();
  });
  box.hidden = false;
  if (words.source) { // the transcript of a draw of this site
    answer.replaceChildren(line("p", words.working));
    fetch(words.source)
      .then((r) => (r.ok ? r.blob() : Promise.reject(new Error(r.statusText))))
      .then(function (b) {
        chosen.transcript = b;
        return verify();
      })
      .catch(() => answer.replaceChildren(line("p", words.failed, "note note-warn")));
  }
})();
