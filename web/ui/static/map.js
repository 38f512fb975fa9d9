// The live map: layers of this site over a base layer, if there is one. The
// picture and the list on the page say the same without it.
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
  };

  element.closest("[hidden]").hidden = false;
  const map = L.map(element, { zoomControl: false, zoomSnap: 0.5 });
  L.control.zoom({ zoomInTitle: options.words.zoom_in, zoomOutTitle: options.words.zoom_out }).addTo(map);
  map.attributionControl.setPrefix('<a href="https://leafletjs.com">Leaflet</a>');
  if (options.base) {
    const text = document.createElement("span");
    text.textContent = options.base.attribution;
    L.tileLayer(options.base.url, { attribution: text.innerHTML, maxZoom: options.base.maxZoom }).addTo(map);
  }
  map.fitBounds(options.bounds);

  function words(properties) {
    const box = document.createElement("div");
    const name = box.appendChild(document.createElement("p"));
    name.textContent = english ? properties.name_en : properties.name;
    name.lang = english && properties.name_en === properties.name ? "zh-CN" : document.documentElement.lang;
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
  const choice = L.control.layers(null, shown, { collapsed: false }).addTo(map);
  choice.getContainer().querySelector(".leaflet-control-layers-toggle").title = options.words.layers;
})();
