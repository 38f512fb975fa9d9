// Package draws is the page /draws/verify, where anyone drops the transcript of
// a public draw and sees whether it is valid. The verifier runs in the browser,
// the file goes nowhere, and nothing of the district is asked: the page could be
// saved and used without a network. Without scripts, or in a program built
// without the browser's verifier, the page says how to verify on the command line.
package draws

import (
	"embed"
	"errors"
	"io/fs"
	"net/http"

	"quanxiang/web/ui"
)

//go:embed templates
var templates embed.FS

//go:embed built
var built embed.FS

// page is what the template of the page sees.
type page struct {
	Built bool // the verifier for browsers is there
}

// Draws answers the page.
type Draws struct {
	engine *ui.Engine
	verify *ui.Template[page]
	files  map[string][]byte // what the page loads beside its script
}

// kinds are the files that make builds, with their types.
var kinds = map[string]string{"verifier.wasm": "application/wasm", "wasm_exec.js": "text/javascript; charset=utf-8"}

// New parses the template. An error is a mistake in it.
func New(engine *ui.Engine) (*Draws, error) { return load(engine, built) }

func load(engine *ui.Engine, files fs.FS) (*Draws, error) {
	d := &Draws{engine: engine, files: map[string][]byte{}}
	for name := range kinds {
		b, err := fs.ReadFile(files, "built/"+name)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, err
		}
		d.files[name] = b
	}
	return d, ui.LoadInto(engine, templates, &d.verify, "verify")
}

// Mount adds the page's routes.
func (d *Draws) Mount(mux *http.ServeMux) {
	mux.Handle("GET /draws/verify", d.engine.Handle(func(w http.ResponseWriter, r *http.Request) error {
		v := page{Built: len(d.files) == len(kinds)}
		words := d.engine.For(r)
		f := ui.Frame{Title: words.T("draws.title"), Description: words.T("draws.lede"), Section: "ledger"}
		if v.Built {
			f.Script, f.Extra = "draws.js", ui.Extra{Fetch: true, Compute: true}
		}
		return d.verify.Render(w, r, http.StatusOK, f, v)
	}))
	for name, body := range d.files {
		mux.Handle("GET /draws/"+name, d.engine.Handle(func(w http.ResponseWriter, r *http.Request) error {
			return ui.Send(w, r, kinds[name], body)
		}))
	}
}
