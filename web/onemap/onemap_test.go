package onemap_test

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
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
	"time"

	"quanxiang/geo"
	"quanxiang/gov"
	"quanxiang/packs/packtest"
	"quanxiang/web/ogc"
	"quanxiang/web/onemap"
	"quanxiang/web/ui"
	"quanxiang/web/webtest"
)

var noon = time.Date(2016, 11, 1, 12, 0, 0, 0, gov.China)

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
	m, err := onemap.New(onemap.Deps{Engine: engine, Pack: pack, Layers: layers, Atlas: webtest.Ground(t, pack, noon), Clock: func() time.Time { return noon }, Base: base})
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

// answer is what the script reads.
type answer struct {
	Features []struct {
		Geometry   struct{ Coordinates [2]float64 }
		Properties struct {
			N                                              int
			Tone, Shape, Colour, State, Href, Kind, Number string
		}
	}
}

// What the filters mean is in the list and on the map alike, and nothing else.
func TestMapCases(t *testing.T) {
	t.Parallel()
	h, err := open(t, onemap.Base{})
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		query   string
		count   string
		nowhere bool
		list    []string // numbers, in order
		pins    []string // on the map
	}{
		{"", "公开的案卷 4 件", true, []string{"5", "3", "2", "1"}, []string{"1", "2", "5"}},
		{"stage=running", "公开的案卷 3 件", true, []string{"3", "2", "1"}, []string{"1", "2"}},
		{"stage=ended", "公开的案卷 1 件", false, []string{"5"}, []string{"5"}},
		{"stage=state.filed&kind=110102101", "公开的案卷 2 件", false, []string{"2", "1"}, []string{"1", "2"}},
		{"since=1", "公开的案卷 1 件", false, []string{"5"}, []string{"5"}}, // the others began in October
		{"since=3&kind=110102103", "公开的案卷 1 件", true, []string{"3"}, nil},
		{"area=110102011", "公开的案卷 1 件", true, []string{"3"}, nil},
		{"stage=state.suspended", "公开的案卷 0 件", false, nil, nil},
	} {
		_, page := get(t, h, "/map?"+tt.query)
		if !strings.Contains(page, tt.count) || strings.Contains(page, "没有标出位置") != tt.nowhere || strings.Contains(page, "尚未立案") {
			t.Errorf("%s: the page does not say %s, or says too much", tt.query, tt.count)
		}
		at := 0
		for _, n := range tt.list {
			link := `href="/progress/cases/CG2016-00000` + n + `"`
			i := strings.Index(page[at:], link)
			if i < 0 {
				t.Errorf("%s: %s is not where it belongs in the list", tt.query, n)
				continue
			}
			at += i
		}
		if got := strings.Count(page, `href="/progress/cases/`); got != len(tt.list) {
			t.Errorf("%s: %d cases are listed", tt.query, got)
		}
		header, body := get(t, h, "/map/cases?"+tt.query+"&bbox=116.3,39.85,116.42,39.99&zoom=13")
		var a answer
		if err := json.Unmarshal([]byte(body), &a); err != nil {
			t.Fatal(err)
		}
		var pins []string
		for _, f := range a.Features {
			p := f.Properties
			pins = append(pins, strings.TrimPrefix(p.Number, "CG2016-00000"))
			if p.N != 1 || p.Shape == "" || p.Colour == "" || p.State == "" || p.Kind == "" || p.Href != "/progress/cases/"+p.Number {
				t.Errorf("%s: %+v", tt.query, p)
			}
		}
		slices.Sort(pins)
		if !slices.Equal(pins, tt.pins) {
			t.Errorf("%s: on the map are %v, want %v", tt.query, pins, tt.pins)
		}
		r := httptest.NewRequest(http.MethodGet, "/map/cases?"+tt.query+"&bbox=116.3,39.85,116.42,39.99&zoom=13", nil)
		r.Header.Set("If-None-Match", header.Get("ETag"))
		w := httptest.NewRecorder()
		if h.ServeHTTP(w, r); w.Code != http.StatusNotModified {
			t.Errorf("%s: asked again: %d", tt.query, w.Code)
		}
	}
}

func TestMapCasesRefuses(t *testing.T) {
	t.Parallel()
	h, err := open(t, onemap.Base{})
	if err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]int{
		"/map?kind=1":               http.StatusUnprocessableEntity,
		"/map?stage=state.reported": http.StatusUnprocessableEntity,
		"/map?area=110102099":       http.StatusUnprocessableEntity,
		"/map?since=2":              http.StatusUnprocessableEntity,
		"/map/cases":                http.StatusUnprocessableEntity,
		"/map/cases?bbox=116.3,39.85,116.42,39.99":                http.StatusUnprocessableEntity,
		"/map/cases?bbox=116.3,39.85,116.42,39.99&zoom=20":        http.StatusUnprocessableEntity,
		"/map/cases?bbox=116.42,39.85,116.3,39.99&zoom=12":        http.StatusUnprocessableEntity,
		"/map/cases?bbox=116.3,39.85,116.42,99&zoom=12":           http.StatusUnprocessableEntity,
		"/map/cases?bbox=116.3,39.85,116.42,39.99&zoom=12&kind=x": http.StatusUnprocessableEntity,
	} {
		w := httptest.NewRecorder()
		if h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil)); w.Code != want {
			t.Errorf("%s: %d, want %d", path, w.Code, want)
		}
	}
}

// On a base layer of another system the cases are where its ground is, and the
// piece of the map that is asked for is in that system, too.
func TestMapCasesShifted(t *testing.T) {
	t.Parallel()
	h, err := open(t, onemap.Base{URL: "https://tiles.example/{z}/{x}/{y}.png", Attribution: "x", System: geo.GCJ02})
	if err != nil {
		t.Fatal(err)
	}
	at := geo.GCJ02.To(geo.Point{Lat: 39.93, Lon: 116.38})
	b := geo.Around(at, 50)
	_, body := get(t, h, fmt.Sprintf("/map/cases?stage=ended&zoom=17&bbox=%f,%f,%f,%f", b.West, b.South, b.East, b.North))
	var a answer
	if err := json.Unmarshal([]byte(body), &a); err != nil || len(a.Features) != 1 {
		t.Fatalf("%v: %s", err, body)
	}
	if c := a.Features[0].Geometry.Coordinates; at.Distance(geo.Point{Lat: c[1], Lon: c[0]}) > 0.5 {
		t.Errorf("the case is at %v, want %v", c, at)
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
