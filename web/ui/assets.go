package ui

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strings"
)

//go:embed css static
var embedded embed.FS

// sheets are the style sheets in the order of the cascade layers, one file per
// component; they are served as a single file.
var sheets = []string{
	"layers", "reset", "tokens", "base",
	"frame", "button", "form", "chip", "list", "table", "bar", "panel", "outbox", "start", "head-block", "lifeline",
	"outline", "text", "diff", "spans", "home", "door", "document", "procedure", "board", "figures", "progress", "search", "reference",
	"console", "desk", "call", "picture", "moderation", "inbox", "register", "plan",
	"map", "my", "report", "site", "draws", "ceremony", "visits", "programmes", "funds",
	"elder", "utilities",
}

// Assets are the files pages refer to, under addresses that carry a hash of
// their content, so that browsers may keep them for ever.
type Assets struct {
	byName map[string]string // "site.css" -> "/assets/site.0f3a….css"
	byPath map[string]asset
}

type asset struct {
	kind string
	body []byte
}

// Body is what a file holds; nil for one that is not there. It is for the one script
// whose address must not change, the service worker.
func (a *Assets) Body(name string) []byte { return a.byPath[a.byName[name]].body }

// loadAssets concatenates the style sheets and hashes everything. components
// are sheets of other rooms, which stand below those of the pages.
func loadAssets(components []string) (*Assets, error) {
	a := &Assets{byName: map[string]string{}, byPath: map[string]asset{}}
	var css bytes.Buffer
	for _, s := range sheets {
		b, err := embedded.ReadFile("css/" + s + ".css")
		if err != nil {
			return nil, fmt.Errorf("style sheet: %w", err)
		}
		css.Write(b)
	}
	for _, c := range components {
		css.WriteString("@layer components {\n" + c + "}\n")
	}
	a.add("site.css", css.Bytes())
	print, err := embedded.ReadFile("css/print/gbt9704.css")
	if err != nil {
		return nil, fmt.Errorf("style sheet: %w", err)
	}
	a.add("gbt9704.css", print)
	files, err := fs.ReadDir(embedded, "static")
	if err != nil {
		return nil, fmt.Errorf("static files: %w", err)
	}
	for _, f := range files {
		b, err := embedded.ReadFile("static/" + f.Name())
		if err != nil {
			return nil, fmt.Errorf("static files: %w", err)
		}
		a.add(f.Name(), b)
	}
	return a, nil
}

func (a *Assets) add(name string, body []byte) {
	sum := sha256.Sum256(body)
	ext := path.Ext(name)
	p := "/assets/" + strings.TrimSuffix(name, ext) + "." + hex.EncodeToString(sum[:6]) + ext
	a.byName[name] = p
	a.byPath[p] = asset{mime.TypeByExtension(ext), body}
}

// Path is the address of an asset. An unknown name is a programmer's error and
// panics when the pages are first rendered by the tests.
func (a *Assets) Path(name string) string {
	p, ok := a.byName[name]
	if !ok {
		panic("ui: no asset " + name)
	}
	return p
}

// Mount serves the assets.
func (a *Assets) Mount(mux *http.ServeMux) {
	mux.HandleFunc("GET /assets/{name}", func(w http.ResponseWriter, r *http.Request) {
		f, ok := a.byPath[r.URL.Path]
		if !ok {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Content-Type", f.kind)
		w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
		w.Write(f.body)
	})
	mux.HandleFunc("GET /favicon.ico", func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, a.Path("icon.svg"), http.StatusMovedPermanently)
	})
}
