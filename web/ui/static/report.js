// The form of a report: the place on a map, what was reported near it, classes
// suggested while typing, photographs made smaller, and a report that waits for
// the network. Without any of it the form is answered by the server, step by step.
"use strict";

(function () {
  const largest = 2560; // pixels of the long side of a photograph, as the server keeps it
  let options, root, form, words;

  const find = (selector) => root.querySelector(selector);
  const say = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => (values || {})[name]);
  const size = (n) => (n >= 1 << 20 ? (n / (1 << 20)).toFixed(1) + " MB" : Math.ceil(n / 1024) + " KB");

  function make(tag, className, text) {
    const element = document.createElement(tag);
    if (className) element.className = className;
    if (text) element.textContent = text;
    return element;
  }

  function link(className, href, text) {
    const element = make("a", className, text);
    element.href = href;
    return element;
  }

  function button(text, act) {
    const element = make("button", "button button-plain", text);
    element.type = "button";
    element.addEventListener("click", act);
    return element;
  }

  // The place.

  let map, pin;

  const status = (text, bad) => {
    const line = find(".report-status");
    line.textContent = text;
    line.classList.toggle("field-error", Boolean(bad));
  };

  function place() {
    const box = find(".report-map");
    if (!find(".report-place")) return;
    find("[data-next]").addEventListener("click", function (event) {
      if (find(".report-said")) return; // a place that was told is changed by the server
      event.preventDefault();
      next();
    });
    pointInput().addEventListener("change", typed);
    if (!box || !window.L) return;
    box.hidden = false;
    drawMap(find(".report-picker"));
    box.querySelector("[data-locate]").addEventListener("click", locate);
    box.querySelector("[data-pin]").addEventListener("click", () => mark(map.getCenter()));
    box.querySelector("[data-unpin]").addEventListener("click", unmark);
    const change = find(".report-change");
    if (change) change.addEventListener("toggle", () => map.invalidateSize());
    const input = pointInput();
    if (input.value) look(input.value, "", false);
  }

  const pointInput = () => find('.report-exact input[type="text"]');
  const systemInput = () => find('.report-place input[type="hidden"]');

  function drawMap(element) {
    const o = JSON.parse(element.dataset.map);
    map = L.map(element, { zoomControl: false, zoomSnap: 0.5 });
    L.control.zoom({ zoomInTitle: o.words.zoom_in, zoomOutTitle: o.words.zoom_out }).addTo(map);
    map.attributionControl.setPrefix('<a href="https://leafletjs.com">Leaflet</a>');
    if (o.base) {
      const text = make("span", "", o.base.attribution);
      L.tileLayer(o.base.url, { attribution: text.innerHTML, maxZoom: o.base.maxZoom }).addTo(map);
    }
    map.fitBounds(o.bounds);
    map.on("click", (event) => mark(event.latlng));
    const english = document.documentElement.lang === "en";
    for (const l of o.layers) {
      fetch(l.path, { headers: { Accept: "application/geo+json" } }).then((answer) => answer.json()).then(function (features) {
        const areas = L.geoJSON(features, {
          interactive: false, style: { color: "#8c1c20", weight: 1.5, fillOpacity: 0.04 },
          onEachFeature: (f, item) => item.bindTooltip(english ? f.properties.name_en : f.properties.name.replace(/街道$/, ""), { permanent: true, direction: "center", className: "report-label" }),
        }).addTo(map);
        const label = () => areas.eachLayer(labelWhereItFits);
        map.on("zoomend", label);
        label();
      }).catch(() => status(o.words.failed));
    }
  }

  // labelWhereItFits hides the name of an area it does not fit into: names would lie
  // over each other.
  function labelWhereItFits(area) {
    const b = area.getBounds(), name = area.getTooltip().getElement();
    const room = map.latLngToLayerPoint(b.getNorthEast()).x - map.latLngToLayerPoint(b.getSouthWest()).x;
    if (name) name.classList.toggle("report-label-none", name.offsetWidth > 1.1 * room);
  }

  // mark marks a place of the map. Its input holds it as the map shows it until
  // the server has told where that is.
  function mark(at) {
    showPin(at);
    const text = at.lat.toFixed(6) + "," + at.lng.toFixed(6);
    pointInput().value = text;
    systemInput().value = options.system;
    look(text, options.system, true);
  }

  function showPin(at) {
    if (!pin) pin = L.circleMarker(at, { radius: 11, weight: 4, color: "#fff", fillColor: "#8c1c20", fillOpacity: 1, interactive: false }).addTo(map);
    pin.setLatLng(at).bringToFront();
    find("[data-unpin]").hidden = false;
  }

  function unmark() {
    if (pin) pin.remove();
    pin = null;
    const button = find("[data-unpin]");
    if (button) button.hidden = true;
    pointInput().value = systemInput().value = known = "";
    status("");
    showNear([]);
  }

  function locate() {
    if (!navigator.geolocation) return status(words.locate_failed);
    status(words.locating);
    navigator.geolocation.getCurrentPosition(
      (found) => look(found.coords.latitude.toFixed(6) + "," + found.coords.longitude.toFixed(6), "WGS84", true),
      (failed) => status(failed.code === 1 ? words.locate_denied : words.locate_failed),
      { enableHighAccuracy: true, timeout: 10000, maximumAge: 30000 });
  }

  let asked = 0, known = "";

  // typed looks where a place is that was typed, once for each: what is near it is
  // shown, and that it is not of the district said, before anything else is asked.
  async function typed() {
    const at = pointInput().value.trim();
    if (!at) unmark();
    else if (at !== known) await look(at, systemInput().value, true);
  }

  // look asks what the server knows of a place and shows it.
  async function look(at, system, aloud) {
    const turn = ++asked;
    let answer;
    try {
      answer = await fetch(options.near + "?" + new URLSearchParams({ at: at, system: system }));
      if (answer.status === 400 || answer.status === 422) return status(""); // no place: said when the form is sent
      if (!answer.ok) throw new Error(answer.status);
      answer = await answer.json();
    } catch {
      pointInput().value = at;
      systemInput().value = system;
      return status(words.near_failed);
    }
    if (turn !== asked) return;
    pointInput().value = known = answer.at;
    systemInput().value = "";
    if (map) {
      showPin(answer.shown);
      if (system === "WGS84") map.setView(answer.shown, Math.max(map.getZoom(), 15));
    }
    if (answer.outside) {
      showNear([]);
      return status(answer.outside, true);
    }
    for (const [name, code] of Object.entries(answer.areas)) {
      const select = form.elements[name];
      if (select) select.value = code;
    }
    if (aloud || answer.said) status(say(words.marked, { place: answer.said || answer.at }));
    showNear(answer.rows);
  }

  function showNear(rows) {
    const section = find(".report-near");
    section.hidden = rows.length === 0;
    section.querySelector(".near-rows").replaceChildren(...rows.map(function (row) {
      const item = make("li", "row"), main = make("div", "row-main"), lead = make("p", "row-lead", row.number + " ");
      lead.append(make("span", "chip chip-info", row.state), " " + row.metres);
      const title = link("row-link", row.href, row.title);
      title.lang = "zh-CN";
      main.append(lead, title);
      item.append(main);
      if (row.join) item.append(link("button button-plain", row.join, words.near_join));
      return item;
    }));
  }

  // next shows what comes after the place, once there is one.
  async function next() {
    await typed();
    const told = [...form.querySelectorAll(".report-place input:not([type=hidden]), .report-place select, .report-place textarea")].some((x) => x.value.trim() !== "");
    if (!told || find(".report-status.field-error")) {
      const line = find(".report-status");
      if (!told) status(find(".report-or").textContent, true);
      line.scrollIntoView({ block: "center" });
      return;
    }
    for (const part of form.querySelectorAll(".report-matter, .report-who")) part.hidden = false;
    const to = find(".report-near:not([hidden])") || find(".report-matter");
    to.scrollIntoView();
    const first = to.querySelector("a, input, textarea, select");
    if (first) first.focus({ preventScroll: true });
  }

  // What it is.

  let timer;

  function suggest() {
    for (const ask of form.querySelectorAll(".report-ask-words")) ask.hidden = true;
    if (!form.querySelector("[data-suggested]")) return;
    for (const input of form.querySelectorAll(".report-matter textarea, .report-matter input[type=text]")) {
      input.addEventListener("input", function () {
        clearTimeout(timer);
        timer = setTimeout(askClasses, 400);
      });
    }
  }

  async function askClasses() {
    const text = [...form.querySelectorAll(".report-matter textarea, .report-matter input[type=text]")].map((x) => x.value).join("\n");
    let fields;
    try {
      const answer = await fetch(options.classes, { method: "POST", body: new URLSearchParams({ text: text.slice(0, 4000) }) });
      if (!answer.ok) return;
      fields = (await answer.json()).fields;
    } catch {
      return; // without a network nothing is suggested
    }
    for (const [name, entries] of Object.entries(fields)) showClasses(name, entries);
  }

  // showClasses shows entries as buttons that choose in the list below.
  function showClasses(name, entries) {
    const box = form.querySelector('[data-suggested="' + name + '.suggested"]'), list = form.elements[name];
    box.hidden = entries.length === 0;
    const choices = make("div", "report-choices");
    for (const entry of entries) {
      const choice = button(entry.name, function () {
        list.value = list.value === entry.code ? "" : entry.code;
        for (const other of choices.children) other.setAttribute("aria-pressed", String(other.value === list.value));
      });
      choice.value = entry.code;
      choice.setAttribute("aria-pressed", String(list.value === entry.code));
      if (document.documentElement.lang === "en" && /\p{Script=Han}/u.test(entry.name)) choice.lang = "zh-CN";
      choices.append(choice);
    }
    const legend = box.querySelector("legend");
    const head = make("p", "field-fixed-label", legend ? legend.textContent.trim() : box.dataset.label);
    box.dataset.label = head.textContent;
    box.replaceChildren(head, choices);
  }

  // Photographs.

  function photos() {
    for (const ways of form.querySelectorAll(".file-ways")) {
      const list = make("ul", "report-photos");
      list.setAttribute("role", "status");
      ways.after(list);
      const camera = ways.querySelector("[capture]"), album = ways.querySelector("[multiple]");
      const chosen = [];
      const show = function () {
        const all = new DataTransfer();
        for (const photo of chosen) all.items.add(photo.file);
        album.files = all.files;
        list.replaceChildren(...chosen.map(function (photo) {
          const item = make("li");
          if (photo.picture) {
            const small = item.appendChild(make("img"));
            small.src = photo.picture;
            small.alt = photo.file.name;
          }
          item.append(make("span", photo.bad ? "field-error" : "hint", photo.note), button(words.photo_left, function () {
            chosen.splice(chosen.indexOf(photo), 1);
            show();
          }));
          return item;
        }));
      };
      for (const input of [camera, album]) {
        input.addEventListener("change", async function () {
          const files = [...input.files];
          input.value = "";
          for (const file of files) chosen.push(await smaller(file));
          show();
        });
      }
    }
  }

  // smaller makes a photograph as small as the server keeps it. What it tells
  // of where it was taken goes with that: only a photograph whose place is to be
  // kept stays as it is.
  async function smaller(file) {
    const asked = form.querySelector(".form-place input");
    let image;
    try {
      image = await createImageBitmap(file);
    } catch {
      return { file: file, bad: true, note: say(words.photo_bad, { name: file.name }) };
    }
    const draw = function (side) {
      const scale = Math.min(1, side / Math.max(image.width, image.height)), canvas = document.createElement("canvas");
      canvas.width = Math.round(image.width * scale);
      canvas.height = Math.round(image.height * scale);
      canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
      return canvas;
    };
    const photo = { file: file, note: size(file.size), picture: draw(160).toDataURL("image/jpeg", 0.7) };
    if (file.size > 1 << 20 && !(asked && asked.checked)) {
      const blob = await new Promise((done) => draw(largest).toBlob(done, "image/jpeg", 0.85));
      if (blob && blob.size < file.size) {
        photo.file = new File([blob], file.name.replace(/\.\w+$/, "") + ".jpg", { type: "image/jpeg" });
        photo.note = say(words.photo_small, { size: size(blob.size), before: size(file.size) });
      }
    }
    image.close();
    return photo;
  }

  // Sending.

  function sending() {
    let busy = false;
    form.addEventListener("submit", async function (event) {
      const step = event.submitter ? event.submitter.value : "";
      const body = new FormData(form);
      const bytes = [...body.values()].reduce((n, value) => n + (value instanceof File ? value.size : 0), 0);
      event.preventDefault();
      if (busy) return;
      if (bytes > options.maxFile) {
        const list = find(".report-photos");
        list.append(make("li", "field-error", say(words.photo_large, { size: size(bytes), limit: size(options.maxFile) })));
        list.scrollIntoView({ block: "center" });
        return;
      }
      busy = true;
      form.setAttribute("aria-busy", "true");
      body.set("step", step);
      const token = form.elements.form;
      let tried = false;
      try {
        if (!token.value) {
          token.value = (await (await fetch(options.form)).json()).form;
          body.set("form", token.value);
        }
        tried = true;
        const answer = await Kept.post(form.getAttribute("action"), body);
        if (answer.result === "done") return location.assign(answer.url);
        if (!answer.text) throw new Error("no answer");
        replace(answer.text);
      } catch {
        if (step === "") await keep(tried ? token.value : "");
        else status(words.near_failed);
      } finally {
        busy = false;
        form.removeAttribute("aria-busy");
      }
    });
    const offline = () => (find(".report-offline").hidden = navigator.onLine);
    window.addEventListener("online", offline);
    window.addEventListener("offline", offline);
    offline();
  }

  // replace shows the form as the server answers it.
  function replace(page) {
    const fresh = new DOMParser().parseFromString(page, "text/html").querySelector(".report");
    if (!fresh) throw new Error("no form in the answer");
    root.replaceWith(fresh);
    map = pin = null;
    known = "";
    begin();
    const problem = find(".error-summary, [role=alert]") || find(".report-said") || form;
    problem.scrollIntoView();
    if (problem.tabIndex >= -1 && problem.focus) problem.focus({ preventScroll: true });
  }

  // Reports are nobody's in particular: they have this for an owner.
  const anybody = "anybody";

  // keep puts a report into the browser and empties the form for another one. token
  // names the form, if it may have arrived.
  async function keep(token) {
    const about = [...form.querySelectorAll(".report-matter input[type=text], .report-matter textarea")].map((x) => x.value).find((x) => x) || "";
    const inputs = [...new FormData(form).entries()].filter(([name, value]) => name !== "form" && !(value instanceof File && value.size === 0));
    const at = Date.now();
    await Kept.put({ key: at + "-" + Math.random(), owner: anybody, at: at, action: form.getAttribute("action"), forms: options.form, form: token, about: about, inputs: inputs });
    form.elements.form.value = "";
    form.reset();
    if (find(".report-place")) {
      if (map) unmark();
      for (const part of form.querySelectorAll(".report-matter, .report-who")) part.hidden = true;
    }
    for (const remove of form.querySelectorAll(".report-photos button")) remove.click();
    for (const box of form.querySelectorAll("[data-suggested]")) box.hidden = true;
    await kept();
    find(".report-kept").scrollIntoView();
  }

  // kept lists what waits for the network.
  async function kept() {
    const box = find(".report-kept"), list = await Kept.list(anybody);
    box.hidden = list.length === 0;
    if (!list.length) return box.replaceChildren();
    const rows = make("ul", "rows");
    for (const report of list) {
      const item = make("li", "row"), main = make("div", "row-main"), note = make("p", "row-meta", words.kept);
      const title = make("p", "", report.about);
      title.lang = "zh-CN";
      main.append(make("p", "row-lead", new Date(report.at).toLocaleString(document.documentElement.lang)), title, note);
      item.append(main, button(words.kept_send, () => deliver(report, note, item)), button(words.kept_delete, async function () {
        await Kept.drop(report.key);
        await kept();
      }));
      item.report = report;
      item.note = note;
      rows.append(item);
    }
    box.replaceChildren(make("h2", "", words.kept_title), rows, make("p", "hint", words.kept_where));
  }

  // send sends a report under a form of its own, so that one whose answer was lost
  // is sent again and taken once. The form is kept before it is used.
  async function send(report) {
    if (!report.form) {
      const answer = await fetch(report.forms);
      if (!answer.ok) return {};
      report.form = (await answer.json()).form;
      await Kept.put(report);
    }
    const body = new FormData();
    for (const [name, value] of report.inputs) body.append(name, value);
    body.set("form", report.form);
    return Kept.post(report.action, body);
  }

  async function deliver(report, note, item) {
    if (item.busy) return;
    item.busy = true;
    note.textContent = words.kept_sending;
    try {
      const result = await send(report);
      const answer = new DOMParser().parseFromString(result.text || "", "text/html");
      if (result.result === "done") {
        await Kept.drop(report.key);
        const number = answer.querySelector(".reported strong");
        note.textContent = say(words.kept_sent, { number: number ? number.textContent : "" }) + " ";
        note.append(link("", result.url, words.kept_open));
        for (const b of item.querySelectorAll("button")) b.remove();
      } else if (!result.text) {
        note.textContent = words.kept;
      } else {
        const why = [...answer.querySelectorAll(".error-summary li, .note[role=alert] p")].map((x) => x.textContent.trim()).join(" ");
        note.textContent = say(words.kept_failed, { why: why });
      }
    } catch {
      note.textContent = words.kept;
    } finally {
      item.busy = false;
    }
  }

  const deliverAll = () => find(".report-kept").querySelectorAll(".row").forEach((item) => deliver(item.report, item.note, item));

  function begin() {
    root = document.querySelector(".report");
    form = document.getElementById("report");
    options = JSON.parse(root.dataset.report);
    words = options.words;
    place();
    suggest();
    photos();
    sending();
    return kept().catch(() => {}); // a browser that keeps nothing, in private
  }

  begin().then(function () {
    if (navigator.onLine) deliverAll();
    window.addEventListener("online", deliverAll);
  });
})();
