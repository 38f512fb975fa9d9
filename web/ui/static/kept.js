// What was to be sent while there was no network is kept in this browser, with its
// files, until it was sent or somebody deleted it. An entry has a key, an owner, by
// whose pages alone it is seen and sent, and at, when it was kept, in Unix
// milliseconds; all else is of the page that keeps it. In a browser that keeps
// nothing, everything here fails.
"use strict";

window.Kept = (function () {
  const patience = 120000; // ms for one sending: photographs over a poor network
  let opened;

  function open() {
    opened ??= new Promise(function (resolve, reject) {
      const asked = indexedDB.open("kept", 1);
      asked.onupgradeneeded = () => asked.result.createObjectStore("entries", { keyPath: "key" });
      asked.onsuccess = () => resolve(asked.result);
      asked.onerror = () => reject(asked.error);
    });
    return opened;
  }

  async function table(mode, act) {
    const db = await open();
    return new Promise(function (resolve, reject) {
      const t = db.transaction("entries", mode);
      const asked = act(t.objectStore("entries"));
      t.oncomplete = () => resolve(asked.result);
      t.onerror = t.onabort = () => reject(t.error);
    });
  }

  const list = async (owner) => (await table("readonly", (s) => s.getAll())).filter((e) => e.owner === owner).sort((a, b) => a.at - b.at);
  const put = (entry) => table("readwrite", (s) => s.put(entry));
  const drop = (key) => table("readwrite", (s) => s.delete(key));

  // post sends a form and tells what became of it. result is "done", with the
  // address the server leads to; "refused", with the page that says why; or
  // "later": nobody answered, or only somebody on the way, or the server has too
  // much to do and may say so in text, or it wants a login first, at an address.
  async function post(action, body, login) {
    const stop = new AbortController();
    const timer = setTimeout(() => stop.abort(), patience);
    try {
      const answer = await fetch(action, { method: "POST", body: body, signal: stop.signal, credentials: "same-origin" });
      const text = await answer.text();
      const path = new URL(answer.url).pathname;
      if (login && answer.redirected && (path === login || path.startsWith(login + "/"))) return { result: "later", login: answer.url };
      if (answer.redirected && answer.ok) return { result: "done", url: answer.url, text: text };
      if (answer.status >= 500) return { result: "later" };
      return { result: answer.status === 429 ? "later" : "refused", text: text };
    } catch {
      return { result: "later" };
    } finally {
      clearTimeout(timer);
    }
  }

  return { list: list, put: put, drop: drop, post: post };
})();
