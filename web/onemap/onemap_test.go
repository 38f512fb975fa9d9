package onemap_test

import (
	"encoding/binary"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"quanxiang/geo"
	"quanxiang/gov"
	"quanxiang/packs/packtest"
	"quanxiang/web/ogc"
	"quanxiang/web/onemap"
	"quanxiang/web/ui"
	"quanxiang/web/webtest"
)

// open serves the map of the reference pack over a base layer.
func open(t *testing.T, base onemap.Base) (http.Handler, error) {
	t.Helper()
	log := slog.New(slog.DiscardHandler)
	pack := packtest.Xicheng(t)
	engine, err := ui.New(ui.Site{Name: pack.Name}, log)
	if err != nil {
		t.Fatal(err)
	}
	layers, err := ogc.New(ogc.Deps{Engine: engine, Pack: pack, Log: log})
	if err != nil {
		t.Fatal(err)
	}
	m, err := onemap.New(onemap.Deps{Engine: engine, Pack: pack, Layers: layers, Base: base})
	if err != nil {
		return nil, err
	}
	mux := http.NewServeMux()
	m.Mount(mux)
	layers.Mount(mux)
	return ui.WithPrefs(mux), nil
}

func get(t *testing.T, h http.Handler, path string) (http.Header, string) {
	t.Helper()
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
	body, err := io.ReadAll(w.Result().Body)
	if err != nil {
		t.Fatal(err)
	}
	if w.Code != http.StatusOK {
		t.Fatalf("%s: %d %.300s", path, w.Code, body)
	}
	return w.Header(), string(body)
}

func TestMap(t *testing.T) {
	t.Parallel()
	h, err := open(t, onemap.Base{})
	if err != nil {
		t.Fatal(err)
	}
	header, page := get(t, h, "/map")
	if got := strings.Count(page, "<rect x="); got != 15 {
		t.Errorf("the picture has %d streets", got)
	}
	for _, want := range []string{"图形为虚构示意", `<a href="/units/jd-desheng"><rect`, `id="area-110102010"`} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %s", want)
		}
	}
	policy := header.Get("Content-Security-Policy")
	if !strings.Contains(policy, "connect-src 'self';") || strings.Contains(policy, "http") || strings.Contains(policy, "unsafe") {
		t.Errorf("policy %s", policy)
	}
	if _, english := get(t, h, "/map?lang=en"); len(webtest.Unmarked(t, english)) > 0 {
		t.Errorf("Chinese that is not marked: %q", webtest.Unmarked(t, english))
	}
}

// A base layer in GCJ-02 has the layers shifted to fit, and may be loaded from
// its server and from no other.
func TestShiftedBase(t *testing.T) {
	t.Parallel()
	h, err := open(t, onemap.Base{URL: "https://tiles.example/{z}/{x}/{y}.png", Attribution: "样图 GS(2016)1", System: geo.GCJ02})
	if err != nil {
		t.Fatal(err)
	}
	header, page := get(t, h, "/map")
	if got := header.Get("Content-Security-Policy"); !strings.Contains(got, "img-src 'self' data: https://tiles.example;") {
		t.Errorf("policy %s", got)
	}
	if !strings.Contains(page, "/map/layers/cells") {
		t.Error("the page takes layers that are not shifted")
	}
	type points struct {
		Features []struct {
			ID       string
			Geometry struct{ Coordinates [2]float64 }
		}
	}
	read := func(path string) (p points) {
		_, text := get(t, h, path)
		if err := json.Unmarshal([]byte(text), &p); err != nil {
			t.Fatal(err)
		}
		return p
	}
	kept, shown := read("/ogc/collections/units/items"), read("/map/layers/units")
	if len(kept.Features) != 15 || len(shown.Features) != 15 {
		t.Fatalf("%d and %d units", len(kept.Features), len(shown.Features))
	}
	for i, f := range kept.Features {
		p := geo.Point{Lat: f.Geometry.Coordinates[1], Lon: f.Geometry.Coordinates[0]}
		q := geo.Point{Lat: shown.Features[i].Geometry.Coordinates[1], Lon: shown.Features[i].Geometry.Coordinates[0]}
		if geo.GCJ02.To(p).String() != q.String() || f.ID != shown.Features[i].ID {
			t.Errorf("%s: %v is shown at %v", f.ID, p, q)
		}
	}
}

func TestBaseCheck(t *testing.T) {
	t.Parallel()
	for _, b := range []onemap.Base{
		{URL: "https://tiles.example/{z}/{x}.png", Attribution: "x"},
		{URL: "https://{s}.tiles.example/{z}/{x}/{y}.png", Attribution: "x"},
		{URL: "https://u:p@tiles.example/{z}/{x}/{y}.png", Attribution: "x"},
		{URL: "javascript:alert({z}{x}{y})", Attribution: "x"},
		{URL: "/tiles/{z}/{x}/{y}", Attribution: "x"},
		{URL: "https://tiles.example/{z}/{x}/{y}.png"},
	} {
		if _, err := open(t, b); gov.CodeOf(err) != gov.Invalid {
			t.Errorf("%+v: %v", b, err)
		}
	}
	good := onemap.Base{URL: "https://t.example/wmts?LAYER=vec&TILEMATRIX={z}&TILEROW={y}&TILECOL={x}", Attribution: "x"}
	if err := good.Check(); err != nil {
		t.Errorf("WMTS: %v", err)
	}
}

// The tiles of a file are served from here, at an address that changes with it.
func TestTilesOfAFile(t *testing.T) {
	t.Parallel()
	tile := []byte("\x89PNG tile")
	dir := []byte{1, 0, 1, byte(len(tile)), 1} // one tile, number 0
	head := make([]byte, 127)
	copy(head, "PMTiles\x03")
	put := func(at int, n int) { binary.LittleEndian.PutUint64(head[at:], uint64(n)) }
	put(8, len(head))
	put(16, len(dir))
	put(40, len(head)+len(dir))
	put(56, len(head)+len(dir))
	put(64, len(tile))
	head[97], head[98], head[99] = 1, 1, 2
	name := filepath.Join(t.TempDir(), "base.pmtiles")
	if err := os.WriteFile(name, slices.Concat(head, dir, tile), 0o600); err != nil {
		t.Fatal(err)
	}
	base, closeFile, err := onemap.FileBase(name, onemap.Base{Attribution: "审图号样例", System: geo.CGCS2000})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := closeFile(); err != nil {
			t.Error(err)
		}
	})
	h, err := open(t, base)
	if err != nil {
		t.Fatal(err)
	}
	head2, page := get(t, h, "/map")
	if policy := head2.Get("Content-Security-Policy"); strings.Contains(policy, "http") {
		t.Errorf("the page loads from elsewhere: %s", policy)
	}
	address := regexp.MustCompile(`/map/tiles/[0-9a-f-]+/`).FindString(page)
	if address == "" {
		t.Fatal("the page does not name the tiles")
	}
	got, body := get(t, h, address+"0/0/0")
	if body != string(tile) || got.Get("Content-Type") != "image/png" || !strings.Contains(got.Get("Cache-Control"), "immutable") {
		t.Errorf("tile %q as %v", body, got)
	}
	for _, path := range []string{"1/0/0", "0/1/0", "0/0/x", "-1/0/0"} {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, address+path, nil))
		if w.Code != http.StatusNotFound || strings.Contains(w.Header().Get("Cache-Control"), "immutable") {
			t.Errorf("%s: %d, %v", path, w.Code, w.Header())
		}
	}
	if _, _, err := onemap.FileBase(name+".none", onemap.Base{}); gov.CodeOf(err) != gov.Invalid {
		t.Errorf("a file that is not there: %v", err)
	}
}
