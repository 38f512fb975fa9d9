// What was to be sent while there was no network is kept in this browser and sent
// later, once, by kept.js: a form with data-outbox. Without this script, or without a place to
// keep things, the form is sent as any other.
//
//   <form method="post" data-outbox="what it is called in the list" data-outbox-key="key">
//   <section data-outbox-list data-owner="who may send it" data-login="/login" hidden>
//
// The input data-outbox-key names the act: the server does an act it is sent twice
// once. An entry is seen and sent only on pages of the owner under whom it was kept,
// so that nobody acts for whoever had the telephone before. Done is a redirection to
// another page than data-login. Every sending adds, by the telephone's clock in Unix
// milliseconds, outbox-kept, when the act was done, and outbox-sent, when it is sent: from
// both and its own clock the server knows when it really was.
"use strict";

(function () {
  const list = document.querySelector("[data-outbox-list]");
  if (!list || !window.indexedDB || !window.fetch || !window.Kept) return;
  const owner = list.dataset.owner;
  const items = list.querySelector("[data-outbox-items]");
  const status = list.querySelector("[data-outbox-status]");
  const pattern = list.querySelector("template");
  const pause = 30000; // ms between attempts while the page is open

  // send sends an entry, see Kept.post.
  function send(entry) {
    const form = new FormData();
    for (const [name, value] of entry.inputs) form.append(name, value);
    form.append("outbox-kept", entry.at);
    form.append("outbox-sent", Date.now());
    return Kept.post(entry.action, entry.plain ? new URLSearchParams(form) : form, list.dataset.login);
  }

  // show puts the server's page in the place of this one's content, and reports
  // whether what was typed is in it.
  function show(text, key) {
    const page = new DOMParser().parseFromString(text, "text/html");
    const main = page.querySelector("main");
    if (!main) return false;
    const kept = Array.from(main.querySelectorAll("form[data-outbox]")).some((f) => keyOf(f) === key);
    const own = main.querySelector("[data-outbox-list]");
    if (own) own.replaceWith(list);
    else main.append(list);
    document.querySelector("main").replaceWith(main);
    document.title = page.title;
    window.scrollTo(0, 0);
    main.focus();
    document.dispatchEvent(new Event("outbox:shown"));
    return kept;
  }

  const keyOf = function (form) {
    const input = form.elements.namedItem(form.dataset.outboxKey);
    return input ? input.value : "";
  };

  // submitted sends a form at once, kept before: nothing is lost if the page is
  // closed meanwhile.
  async function submitted(form, button) {
    const inputs = Array.from(new FormData(form, button).entries());
    const entry = { key: keyOf(form), owner: owner, title: form.dataset.outbox, action: form.action, at: Date.now(), state: "waiting", inputs: inputs, plain: form.enctype !== "multipart/form-data" };
    const buttons = form.querySelectorAll("button");
    try {
      await Kept.put(entry);
    } catch {
      form.submit(); // no room, or a browser that keeps nothing: as without the script
      return;
    }
    buttons.forEach((b) => (b.disabled = true));
    status.textContent = list.dataset.sending;
    const answer = (await sendAll(entry.key)) ? await send(entry) : { result: "later" }; // what was done before comes first
    buttons.forEach((b) => (b.disabled = false));
    status.textContent = "";
    await settle(entry, answer, true);
    if (answer.result !== "later") return;
    form.querySelectorAll("input[type=file]").forEach((f) => (f.value = ""));
    form.hidden = true; // it is in the list now; sent again it would be the same act
    list.scrollIntoView();
    list.querySelector("h2").focus();
  }

  // settle does what follows from an answer; seen says that somebody waits for it.
  async function settle(entry, answer, seen) {
    switch (answer.result) {
      case "done":
        await Kept.drop(entry.key);
        if (seen) location.assign(answer.url);
        break;
      case "refused": {
        const there = seen && show(answer.text, entry.key);
        if (there) await Kept.drop(entry.key);
        else await Kept.put({ ...entry, state: "refused" });
        break;
      }
      default:
        await Kept.put({ ...entry, login: answer.login || "" });
    }
    await draw();
  }

  async function draw() {
    const entries = await Kept.list(owner);
    list.hidden = entries.length === 0 && !status.textContent;
    items.replaceChildren();
    for (const e of entries) {
      const row = pattern.content.cloneNode(true);
      row.querySelector("[data-outbox-title]").textContent = e.title;
      row.querySelector("[data-outbox-at]").textContent = new Date(e.at).toLocaleString(document.documentElement.lang);
      const bytes = e.inputs.reduce((n, [, v]) => n + (v instanceof Blob ? v.size : 0), 0);
      row.querySelector("[data-outbox-size]").textContent = bytes ? (bytes / 1048576).toFixed(1) + " MB" : "";
      row.querySelector("[data-outbox-state]").textContent = e.login ? list.dataset.stateLogin : e.state === "refused" ? list.dataset.stateRefused : list.dataset.stateWaiting;
      const again = row.querySelector("[data-outbox-again]");
      again.textContent = e.login ? list.dataset.againLogin : e.state === "refused" ? list.dataset.againRefused : list.dataset.againWaiting;
      again.addEventListener("click", async function () {
        if (e.login) {
          location.assign(e.login);
          return;
        }
        again.disabled = true;
        await settle(e, await send(e), true);
      });
      const away = row.querySelector("[data-outbox-drop]");
      away.addEventListener("click", async function () {
        if (!away.dataset.sure) {
          away.dataset.sure = "1";
          away.textContent = list.dataset.sure;
          return;
        }
        await Kept.drop(e.key);
        await draw();
      });
      items.append(row);
    }
  }

  // sendAll sends what waits, in the order in which it was done, up to an entry, and
  // reports whether all of it got through: one act may build on the one before.
  async function sendAll(upTo) {
    for (const e of await Kept.list(owner)) {
      if (e.key === upTo) return true;
      if (e.state === "refused") continue;
      const answer = await send(e);
      await settle(e, answer, false);
      if (answer.result === "later") return false;
    }
    return true;
  }

  // One page at a time sends, where the browser can tell.
  let busy = false;
  async function round() {
    if (busy || document.hidden) return;
    busy = true;
    try {
      if (navigator.locks) await navigator.locks.request("outbox", { ifAvailable: true }, (lock) => (lock ? sendAll("") : null));
      else await sendAll("");
    } finally {
      busy = false;
      list.dataset.rounds = Number(list.dataset.rounds || 0) + 1; // for whoever waits until it was tried
    }
  }

  document.addEventListener("submit", function (event) {
    const form = event.target;
    if (!form.matches("form[data-outbox]") || !keyOf(form)) return;
    event.preventDefault();
    submitted(form, event.submitter);
  });
  window.addEventListener("online", round);
  setInterval(round, pause);
  draw().then(round, () => {}); // a browser that keeps nothing sends forms as any other
})();
