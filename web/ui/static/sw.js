// The service worker of the pages for those who are out (scope /desk/site): what a page
// told it to keep is there when there is no network. docs/adr/0048 says why it keeps so
// little. Pages come from the network whenever it answers; what is kept is of one
// person, for half a day, and goes when somebody else comes, when the server wants a
// login, and when anybody is shown the login page (leave.js).
"use strict";

const prefix = "site-"; // and the owner
const half = 12 * 3600 * 1000; // ms a page is shown after it was fetched
const patience = 8000; // ms for the network while something is kept

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

async function forget(but) {
  for (const name of await caches.keys()) {
    if (name.startsWith(prefix) && name !== but) await caches.delete(name);
  }
}

async function kept() {
  const name = (await caches.keys()).find((n) => n.startsWith(prefix));
  return name ? caches.open(name) : null;
}

async function keep(cache, address, answer) {
  const headers = new Headers(answer.headers);
  headers.set("x-kept", Date.now());
  await cache.put(address, new Response(await answer.blob(), { status: 200, headers: headers }));
}

// own reports that an answer is the page that was asked for, and not a login.
const own = (address, answer) => answer.ok && !answer.redirected && new URL(answer.url).pathname === new URL(address, self.location.origin).pathname;

// hold fetches what a page of an owner wants to have without a network.
async function hold(owner, list) {
  await forget(prefix + owner);
  const cache = await caches.open(prefix + owner);
  for (const address of list) {
    try {
      const answer = await fetch(address, { credentials: "same-origin" });
      if (own(address, answer)) await keep(cache, address, answer);
    } catch {
      return; // the network went; what is there stays
    }
  }
  for (const request of await cache.keys()) {
    const u = new URL(request.url);
    if (!list.includes(u.pathname + u.search)) await cache.delete(request);
  }
}

self.addEventListener("message", function (event) {
  if (event.data && event.data.owner) event.waitUntil(hold(event.data.owner, event.data.pages));
});

async function page(request) {
  const cache = await kept();
  const u = new URL(request.url);
  let there = cache && ((await cache.match(u.pathname + u.search)) || (u.pathname === "/desk/site" && (await cache.match(u.pathname))));
  if (there && Date.now() - Number(there.headers.get("x-kept")) > half) there = null;
  const stop = new AbortController();
  const timer = there ? setTimeout(() => stop.abort(), patience) : 0;
  try {
    const answer = await fetch(request, { signal: stop.signal });
    if (request.mode === "navigate" && (answer.type === "opaqueredirect" || answer.redirected)) await forget("");
    return answer;
  } catch (failed) {
    if (there) return there;
    throw failed;
  } finally {
    clearTimeout(timer);
  }
}

// asset comes from what is kept: its address carries its content.
async function asset(request) {
  const cache = await kept();
  return (cache && (await cache.match(new URL(request.url).pathname))) || fetch(request);
}

self.addEventListener("fetch", function (event) {
  const u = new URL(event.request.url);
  if (event.request.method !== "GET" || u.origin !== self.location.origin) return;
  if (u.pathname.startsWith("/assets/")) event.respondWith(asset(event.request));
  else if (event.request.mode === "navigate") event.respondWith(page(event.request));
});
