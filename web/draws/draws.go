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
	engine  *ui.Engine
	verify  *ui.Template[page]
	program []byte // the verifier, WebAssembly in gzip, and
	runtime []byte // what Go needs to run it; nil in a program built without
}

// The files that make builds.
const (
	program = "built/verifier.wasm.gz"
	runtime = "built/wasm_exec.js"
)

// New parses the template. An error is a mistake in it.
func New(engine *ui.Engine) (*Draws, error) { return load(engine, built) }

func load(engine *ui.Engine, files fs.FS) (*Draws, error) {
	d := &Draws{engine: engine}
	for name, b := range map[string]*[]byte{program: &d.program, runtime: &d.runtime} {
		var err error
		if *b, err = fs.ReadFile(files, name); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, err
		}
	}
	return d, ui.LoadInto(engine, templates, &d.verify, "verify")
}

// Mount adds the page's routes.
func (d *Draws) Mount(mux *http.ServeMux) {
	there := d.program != nil && d.runtime != nil
	mux.Handle("GET /draws/verify", d.engine.Handle(func(w http.ResponseWriter, r *http.Request) error {
		words := d.engine.For(r)
		f := ui.Frame{Title: words.T("draws.title"), Description: words.T("draws.lede"), Section: "ledger"}
		if there {
			f.Script, f.Extra = "draws.js", ui.Extra{Fetch: true, Compute: true}
		}
		return d.verify.Render(w, r, http.StatusOK, f, page{Built: there})
	}))
	if !there {
		return
	}
	mux.Handle("GET /draws/wasm_exec.js", d.engine.Handle(func(w http.ResponseWriter, r *http.Request) error {
		return ui.Send(w, r, "text/javascript; charset=utf-8", d.runtime)
	}))
	// Every browser that runs WebAssembly unpacks gzip.
	mux.Handle("GET /draws/verifier.wasm", d.engine.Handle(func(w http.ResponseWriter, r *http.Request) error {
		w.Header().Set("Content-Encoding", "gzip")
		return ui.Send(w, r, "application/wasm", d.program)
	}))
}
