// Reports that wait for the network. They are kept in this browser with their
// photographs, and sent when there is a network; each under a form of its own,
// so that one whose answer was lost is sent again and taken once.
"use strict";

window.Kept = (function () {
  const store = "reports";

  function open() {
    return new Promise(function (done, fail) {
      const request = indexedDB.open("reports", 1);
      request.onupgradeneeded = () => request.result.createObjectStore(store, { keyPath: "id" });
      request.onsuccess = () => done(request.result);
      request.onerror = () => fail(request.error);
    });
  }

  async function run(mode, act) {
    const db = await open();
    try {
      return await new Promise(function (done, fail) {
        const tx = db.transaction(store, mode);
        const request = act(tx.objectStore(store));
        tx.oncomplete = () => done(request.result);
        tx.onabort = tx.onerror = () => fail(tx.error);
      });
    } finally {
      db.close();
    }
  }

  const list = () => run("readonly", (s) => s.getAll());
  const put = (report) => run("readwrite", (s) => s.put(report));
  const remove = (id) => run("readwrite", (s) => s.delete(id));

  // post sends a form and tells what became of it: where its case is, or the
  // page that says what is wrong. It throws when nobody answered, or only
  // somebody on the way.
  async function post(action, body) {
    const answer = await fetch(action, { method: "POST", body: body });
    if (answer.status >= 500) throw new Error(answer.status);
    const page = await answer.text();
    return answer.ok && answer.redirected ? { href: answer.url, page: page } : { page: page };
  }

  // send sends a report that was kept. Its form is kept before it is used.
  async function send(report) {
    if (!report.form) {
      const answer = await fetch(report.forms);
      if (!answer.ok) throw new Error(answer.status);
      report.form = (await answer.json()).form;
      await put(report);
    }
    const body = new FormData();
    for (const [name, value] of report.entries) body.append(name, value);
    body.set("form", report.form);
    const result = await post(report.action, body);
    if (result.href) await remove(report.id);
    return result;
  }

  // keep keeps what a form holds. form names it, if it may have arrived.
  function keep(form, forms, token, about) {
    const entries = [...new FormData(form).entries()].filter(([name, value]) => name !== "form" && !(value instanceof File && value.size === 0));
    return put({ id: String(Date.now()) + Math.random(), action: form.getAttribute("action"), forms: forms, form: token, about: about, kept: Date.now(), entries: entries });
  }

  return { list: list, remove: remove, send: send, keep: keep, post: post };
})();
