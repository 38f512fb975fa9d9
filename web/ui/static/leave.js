// Whoever is shown the login page is nobody: what a service worker kept for somebody
// (sw.js) goes.
"use strict";

if (window.caches) {
  caches.keys().then((names) => names.filter((n) => n.startsWith("site-")).forEach((n) => caches.delete(n)), () => {});
}
