// The live map: layers of this site over a base layer, if there is one. The
// lists and the picture on the page say the same without it.
"use strict";

(function () {
  const element = document.getElementById("map");
  if (!element || !window.L) return;
  const options = JSON.parse(element.dataset.map);
  const english = document.documentElement.lang === "en";
  const styles = {
    streets: { color: "#8c1c20", weight: 2, fillOpacity: 0.06 },
    communities: { color: "#1f5f8b", weight: 1.5, fillOpacity: 0.05 },
    cells: { color: "#4a4a4a", weight: 1, fillOpacity: 0.03 },
    units: { color: "#8c1c20", radius: 6, fillOpacity: 0.8 },
    hot: { color: "#8c1c20", weight: 3, radius: 16, fillOpacity: 0.25 },
  };

  element.closest("[hidden]").hidden = false;
  const map = L.map(element, { zoomControl: false, zoomSnap: 0.5, maxZoom: options.base ? options.base.maxZoom : 19 });
  L.control.zoom({ zoomInTitle: options.words.zoom_in, zoomOutTitle: options.words.zoom_out }).addTo(map);
  map.attributionControl.setPrefix('<a href="https://leafletjs.com">Leaflet</a>');
  if (options.base) {
    const text = document.createElement("span");
    text.textContent = options.base.attribution;
    L.tileLayer(options.base.url, { attribution: text.innerHTML, maxZoom: options.base.maxZoom }).addTo(map);
  }
  map.fitBounds(options.bounds);
  if (options.at) {
    map.setView(options.at, Math.min(map.getMaxZoom(), 17));
    L.circleMarker(options.at, { radius: 18, weight: 3, color: "#1f5f8b", fill: false, interactive: false }).addTo(map);
  }

  function words(properties) {
    const box = document.createElement("div");
    const name = box.appendChild(document.createElement("p"));
    name.textContent = english ? properties.name_en : properties.name;
    name.lang = english && properties.name_en === properties.name ? "zh-CN" : document.documentElement.lang;
    if (properties.href) {
      const text = name.textContent;
      name.textContent = "";
      const link = name.appendChild(document.createElement("a"));
      link.href = properties.href;
      link.textContent = text;
      return box;
    }
    const code = box.appendChild(document.createElement("code"));
    code.textContent = properties.code || properties.id;
    if (properties.invented) {
      const note = box.appendChild(document.createElement("p"));
      note.textContent = options.words.invented;
    }
    return box;
  }

  async function load(path, layer) {
    for (let next = path; next; ) {
      const answer = await fetch(next, { headers: { Accept: "application/geo+json" } });
      if (!answer.ok) throw new Error(answer.status);
      const features = await answer.json();
      layer.addData(features);
      const link = (features.links || []).find((l) => l.rel === "next");
      const after = link && new URL(link.href);
      next = after && after.pathname + after.search;
    }
  }

  const shown = {};
  const unitsLabel = options.layers.find((l) => l.id === "units").label;
  for (const l of options.layers) {
    const layer = L.geoJSON(null, {
      style: styles[l.id],
      pointToLayer: (feature, at) => L.circleMarker(at, styles[l.id]),
      onEachFeature: (feature, item) => item.bindPopup(() => words(feature.properties)),
    });
    let asked = false;
    layer.on("add", function () {
      if (asked) return;
      asked = true;
      load(l.path, layer).then(() => shown[unitsLabel].bringToFront()).catch(function () {
        asked = false;
        document.querySelector(".map-failed").textContent = options.words.failed;
      });
    });
    shown[l.label] = layer;
    if (l.shown) layer.addTo(map);
  }

  // The cases the filters of the page mean: read anew for each view, since there
  // may be very many of them.
  function textNode(parent, tag, text, className) {
    const node = parent.appendChild(document.createElement(tag));
    node.textContent = text;
    if (className) node.className = className;
    return node;
  }

  function about(list, words) {
    const box = document.createElement("div");
    if (list.length > 1) textNode(box, "p", words.same + " (" + list.length + ")");
    for (const p of list) {
      const link = textNode(textNode(box, "p", ""), "a", p.subject);
      link.href = p.href;
      link.lang = "zh-CN";
      textNode(box, "p", [p.shape + " " + p.colour, p.state, p.kind, p.units, p.when, p.number].filter(Boolean).join(" · "), "map-about");
    }
    return box;
  }

  function pin(at, list, words) {
    const first = list[0];
    const sign = document.createElement("span");
    sign.textContent = list.length > 1 ? list.length : first.shape;
    const icon = L.divIcon({ className: "map-pin map-sign-" + first.tone, html: sign, iconSize: [32, 32] });
    return L.marker(at, { icon, keyboard: false, title: list.length > 1 ? words.same : first.subject + " " + first.colour })
      .bindPopup(() => about(list, words), { maxHeight: 260 });
  }

  function cluster(at, p) {
    const text = document.createElement("span");
    textNode(text, "strong", p.n.toLocaleString("en"));
    if (p.bad) textNode(text, "small", "◆" + p.bad.toLocaleString("en"));
    const size = 44 + 4 * Math.min(6, Math.floor(Math.log10(p.n) * 2));
    const icon = L.divIcon({ className: "map-cluster", html: text, iconSize: [size, size] });
    return L.marker(at, { icon, keyboard: false, title: p.label }).on("click", () => map.setView(at, Math.min(map.getMaxZoom(), map.getZoom() + 2)));
  }

  for (const cases of options.cases || []) {
    const layer = L.layerGroup();
    let asked;
    async function draw() {
      if (!map.hasLayer(layer)) return;
      if (asked) asked.abort();
      const mine = (asked = new AbortController());
      const b = map.getBounds();
      const box = [b.getWest(), b.getSouth(), b.getEast(), b.getNorth()].map((v) => v.toFixed(6)).join();
      const query = (cases.query ? cases.query + "&" : "") + "bbox=" + box + "&zoom=" + Math.round(map.getZoom());
      const failed = document.querySelector(".map-failed");
      try {
        const answer = await fetch(cases.path + "?" + query, { headers: { Accept: "application/geo+json" }, signal: mine.signal });
        if (!answer.ok) throw new Error(answer.status);
        const features = (await answer.json()).features;
        layer.clearLayers();
        const places = new Map(); // of cases that share one
        for (const f of features) {
          const at = [f.geometry.coordinates[1], f.geometry.coordinates[0]];
          if (!f.properties.href) {
            cluster(at, f.properties).addTo(layer);
            continue;
          }
          const key = at.join();
          if (!places.has(key)) places.set(key, { at, list: [] });
          places.get(key).list.push(f.properties);
        }
        for (const p of places.values()) pin(p.at, p.list, cases.words).addTo(layer);
        failed.textContent = "";
      } catch (err) {
        if (err.name !== "AbortError") failed.textContent = cases.words.failed;
      }
    }
    map.on("moveend", draw);
    layer.on("add", draw);
    shown[cases.words.layer] = layer;
    if (cases.shown) layer.addTo(map);
  }
  const choice = L.control.layers(null, shown, { collapsed: element.clientWidth < 480 }).addTo(map);
  const toggle = choice.getContainer().querySelector(".leaflet-control-layers-toggle");
  toggle.title = options.words.layers;
  toggle.textContent = "☰"; // instead of the picture Leaflet would fetch
})();
