// Package draws is what everybody sees of public draws: the list, each with its plan
// in words, roots, times, parties and transcript, one subject's proof by its code, and
// open data. The page /draws/verify is where anyone drops the transcript of
// a draw and sees whether it is valid. The verifier runs in the browser,
// the file goes nowhere, and nothing of the district is asked: the page could be
// saved and used without a network. Without scripts, or in a program built
// without the browser's verifier, the page says how to verify on the command line.
package draws

import (
	"embed"
	"errors"
	"io/fs"
	"net/http"
	"net/url"

	"quanxiang/inspections/ceremony"
	"quanxiang/web/ui"
)

//go:embed templates
var templates embed.FS

//go:embed built
var built embed.FS

// page is what the template of the page sees.
type page struct {
	Built  bool   // the verifier for browsers is there
	Second bool   // the second verifier is handed out here
	Source string // address of a transcript to be verified at once, or ""
}

// Draws answers the page.
type Draws struct {
	engine  *ui.Engine
	held    *ceremony.Ceremonies // nil: only the verifier is there
	verify  *ui.Template[page]
	list    *ui.Template[listView]
	page    *ui.Template[drawView]
	found   *ui.Template[resultsView]
	about   About
	sums    sums
	program []byte // the verifier, WebAssembly in gzip, and
	runtime []byte // what Go needs to run it; nil in a program built without
}

// The files that make builds.
const (
	program = "built/verifier.wasm.gz"
	runtime = "built/wasm_exec.js"
)

// New parses the templates. An error is a mistake in them. held are the district's
// draws; nil leaves the verifier alone.
func New(engine *ui.Engine, held *ceremony.Ceremonies, about About) (*Draws, error) {
	return load(engine, held, about, built)
}

func load(engine *ui.Engine, held *ceremony.Ceremonies, about About, files fs.FS) (*Draws, error) {
	d := &Draws{engine: engine, held: held, about: about}
	for name, b := range map[string]*[]byte{program: &d.program, runtime: &d.runtime} {
		var err error
		if *b, err = fs.ReadFile(files, name); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, err
		}
	}
	return d, errors.Join(ui.LoadInto(engine, templates, &d.verify, "verify"), ui.LoadInto(engine, templates, &d.list, "list"), ui.LoadInto(engine, templates, &d.page, "page"), ui.LoadInto(engine, templates, &d.found, "results"))
}

// Mount adds the page's routes.
func (d *Draws) Mount(mux *http.ServeMux) {
	if d.held != nil {
		for pattern, h := range map[string]ui.Handler{
			"GET /draws": d.showList, "GET /draws.json": d.listJSON, "GET /draws.csv": d.listCSV, "GET /draws/{number}": d.show, "GET /draws/{number}/data.json": d.data,
			"GET /draws/ssj1_verify.py": d.second, "GET /draws/{number}/transcript.jsonl": d.transcript, "GET /draws/{number}/opening": d.opening,
			"GET /draws/{number}/results": d.showResults, "GET /draws/{number}/results.csv": d.showResults, "GET /draws/{number}/results.xlsx": d.showResults,
		} {
			mux.Handle(pattern, d.engine.Handle(h))
		}
	}
	there := d.program != nil && d.runtime != nil
	mux.Handle("GET /draws/verify", d.engine.Handle(func(w http.ResponseWriter, r *http.Request) error {
		words := d.engine.For(r)
		f := ui.Frame{Title: words.T("draws.title"), Description: words.T("draws.lede"), Section: "draws"}
		if there {
			f.Script, f.Extra = "draws.js", ui.Extra{Fetch: true, Compute: true}
		}
		view := page{Built: there, Second: d.held != nil}
		if number := r.URL.Query().Get("draw"); d.held != nil && number != "" {
			view.Source = "/draws/" + url.PathEscape(number) + "/transcript.jsonl"
		}
		return d.verify.Render(w, r, http.StatusOK, f, view)
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
