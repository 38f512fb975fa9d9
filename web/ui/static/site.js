// On site: where the telephone is, for the order of visits and for the stamp of an
// act, and pictures one after the other. Nothing depends on it: without it the act is
// sent without a stamp, and is marked so.
"use strict";

(function () {
  const located = "geolocation" in navigator;
  const earth = 6371008.8; // metres

  function metres(a, b) {
    const rad = (d) => (d * Math.PI) / 180;
    const half = (d) => Math.sin(rad(d) / 2) ** 2;
    const h = half(b[0] - a[0]) + Math.cos(rad(a[0])) * Math.cos(rad(b[0])) * half(b[1] - a[1]);
    return 2 * earth * Math.asin(Math.sqrt(Math.min(h, 1)));
  }

  // The list: the order begins where one is.
  const start = document.querySelector(".site-start");
  if (start && located) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "button";
    button.textContent = start.dataset.start;
    const told = document.createElement("p");
    told.setAttribute("role", "status");
    button.addEventListener("click", function () {
      button.disabled = true;
      navigator.geolocation.getCurrentPosition(
        function (p) {
          const here = new URL(location.href);
          here.search = new URLSearchParams({ by: "route", from: p.coords.latitude.toFixed(4) + "," + p.coords.longitude.toFixed(4) });
          location.replace(here);
        },
        function () {
          button.disabled = false;
          told.textContent = start.dataset.failed;
        },
        { enableHighAccuracy: true, timeout: 15000, maximumAge: 60000 },
      );
    });
    start.prepend(button, told);
  }

  // A form: the position goes with the act and nowhere else.
  let watching = null;
  function begin() {
    if (watching !== null) navigator.geolocation.clearWatch(watching);
    watching = null;
    const page = document.querySelector(".site-act");
    const form = page && page.querySelector("form[data-outbox]");
    if (!form) return;
    form.querySelectorAll("input[data-camera]").forEach(camera);
    const live = page.querySelector(".site-live");
    const input = (name) => form.elements.namedItem(name);
    const place = page.dataset.place ? page.dataset.place.split(",").map(Number) : null;
    const say = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name]);
    if (!located) {
      live.textContent = page.dataset.none;
      return;
    }
    live.textContent = page.dataset.wait;
    watching = navigator.geolocation.watchPosition(
      function (p) {
        const here = [p.coords.latitude, p.coords.longitude];
        const text = here.map((d) => d.toFixed(6)).join(",");
        input("stamp-place").value = text;
        input("stamp-accuracy").value = Math.ceil(p.coords.accuracy);
        input("stamp-fixed").value = Math.round(p.timestamp);
        form.querySelectorAll("input[data-here]").forEach(function (field) {
          if (field.value === "" || field.dataset.filled === field.value) field.value = field.dataset.filled = text;
        });
        const off = Math.ceil(p.coords.accuracy);
        const d = place && metres(here, place);
        const far = d !== null && (d >= 1000 ? say(page.dataset.km, { n: (d / 1000).toFixed(1) }) : say(page.dataset.m, { n: Math.round(d) }));
        live.textContent = place ? say(page.dataset.away, { distance: far, off: off }) : say(page.dataset.off, { off: off });
      },
      function () {
        if (!input("stamp-place").value) live.textContent = page.dataset.none;
      },
      { enableHighAccuracy: true, maximumAge: 30000 },
    );
  }

  // camera shows what was taken and offers another one: a camera gives one picture
  // at a time.
  function camera(input) {
    if (input.dataset.ready) return;
    input.dataset.ready = "1";
    const label = document.createElement("label");
    label.className = "button button-plain camera-button";
    label.htmlFor = input.id;
    label.textContent = input.dataset.camera;
    input.classList.add("visually-hidden");
    input.after(label);
    input.addEventListener("change", async function () {
      const file = input.files[0];
      if (!file) return;
      const shown = document.createElement("canvas");
      shown.className = "camera-shot";
      try {
        const picture = await createImageBitmap(file, { resizeWidth: 320, resizeQuality: "medium" });
        shown.width = picture.width;
        shown.height = picture.height;
        shown.getContext("2d").drawImage(picture, 0, 0);
        shown.setAttribute("role", "img");
        shown.setAttribute("aria-label", file.name);
        label.before(shown);
      } catch {
        const name = document.createElement("p");
        name.textContent = file.name;
        label.before(name);
      }
      const next = input.cloneNode();
      next.value = "";
      next.id = input.id + "x";
      delete next.dataset.ready;
      next.dataset.camera = input.dataset.again;
      label.replaceWith(next);
      camera(next);
    });
  }

  // A page that was kept may be opened again: what is done on it then is another act
  // and has another name.
  const used = () => JSON.parse(sessionStorage.getItem("site-used") || "[]");
  function fresh() {
    const key = document.querySelector("form[data-outbox] input[name=key]");
    if (!key || !key.form.action.includes("/cases/") || !used().includes(key.value)) return;
    const b = crypto.getRandomValues(new Uint8Array(16));
    let now = Date.now();
    for (let i = 5; i >= 0; i--, now = Math.floor(now / 256)) b[i] = now % 256;
    b[6] = 0x70 | (b[6] & 15);
    b[8] = 0x80 | (b[8] & 63);
    key.value = Array.from(b, (x, i) => ([4, 6, 8, 10].includes(i) ? "-" : "") + x.toString(16).padStart(2, "0")).join("");
  }

  document.addEventListener(
    "submit",
    function (event) {
      const did = event.target.elements.namedItem("stamp-did");
      if (!did) return;
      did.value = Date.now();
      const key = event.target.elements.namedItem("key");
      if (key) sessionStorage.setItem("site-used", JSON.stringify(used().concat(key.value).slice(-50)));
    },
    true,
  );

  // A checklist counts what is answered, and opens the remark where one is wanted.
  document.addEventListener("change", function (event) {
    const row = event.target.closest(".checklist-row");
    if (!row) return;
    if (event.target.dataset.remark !== undefined) row.querySelector(".checklist-remark").open = true;
    if (event.target.type === "radio") row.classList.remove("checklist-wrong");
    const whole = row.closest(".checklist");
    const rows = whole.querySelectorAll(".checklist-row");
    whole.querySelector("[data-checklist-count]").textContent = whole.querySelectorAll(".checklist-row input:checked").length + "/" + rows.length;
  });

  // What today's list leads to is kept for when there is no network (sw.js).
  const keep = document.querySelector("[data-worker]");
  if (keep && navigator.serviceWorker && window.isSecureContext) {
    const pages = ["/desk/site"];
    document.querySelectorAll("a[data-keep]").forEach((a) => pages.push(a.pathname + a.search));
    document.querySelectorAll("link[rel=stylesheet], link[rel=icon], script[src]").forEach((x) => pages.push(new URL(x.href || x.src).pathname));
    const owner = document.querySelector("[data-outbox-list]").dataset.owner;
    navigator.serviceWorker
      .register(keep.dataset.worker, { scope: "/desk/site" })
      .then(() => navigator.serviceWorker.ready)
      .then((r) => r.active.postMessage({ owner: owner, pages: Array.from(new Set(pages)) }))
      .catch(() => {}); // a browser that keeps nothing: the pages are there while there is a network
  }
  document.addEventListener("outbox:shown", begin);
  fresh();
  begin();
})();
