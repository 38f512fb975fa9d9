package ui

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"errors"
	"fmt"
	"html/template"
	"io/fs"
	"log/slog"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"quanxiang/gov"
)

//go:embed templates
var ownTemplates embed.FS

// Languages in the order of the switch.
var Languages = []gov.Lang{gov.ZH, gov.EN}

// Site is what every page says about the installation.
type Site struct {
	Name       gov.Text // of the district
	BaseURL    string   // scheme and host without a slash at the end: "https://example.gov.cn"
	Version    string   // of the program
	Reports    bool     // residents can report something
	Credit     string   // where everybody looks up what is public of a register, or ""
	Programmes bool     // there is a calculator of support programmes
	Draws      bool     // who is inspected is drawn in public
	Demo       string   // path of the start page of a demonstration, or ""
}

// Frame is what the layout needs besides the page's own view.
type Frame struct {
	Title       string // of the page, without the site's name
	Description string // one sentence for search engines
	Section     string // the part of the navigation the page belongs to
	JSONLD      any    // structured data for the head, or nil
	Feed        bool   // announce the Atom feed
	NoIndex     bool   // keep the page out of search engines
	Print       bool   // the official print layout instead of the site's
	Script      string // name of the asset that is the page's script, or ""
	Extra       Extra  // what else the page loads
	Canonical   string // path of the page without parameters; set by Render if empty

	Site    Site
	Prefs   Prefs
	Account *Account // who is logged in, or nil
	Here    string   // the current address
	Switch  string   // the current address in the other language
	Status  int
}

// Extra is what a page loads besides the site's style sheet and its script. The
// Content-Security-Policy of the page allows as much and no more.
type Extra struct {
	Libraries []string // scripts of others, assets that come before Script
	Sheets    []string // style sheets, assets
	Fetch     bool     // Script reads from this site
	Compute   bool     // Script runs WebAssembly of ours
	Images    []string // origins of images elsewhere: "https://tiles.example"
}

// Page is what a template sees: the frame and its own view.
type Page[T any] struct {
	Frame Frame
	View  T
}

// Engine parses templates and renders pages.
type Engine struct {
	site     Site
	log      *slog.Logger
	assets   *Assets
	messages map[gov.Lang]*Messages
	base     map[gov.Lang]*template.Template
	errors   *Template[ErrorView]
	checks   []Check
	divert   func(http.ResponseWriter, *http.Request, error) bool // or nil
}

// Check pairs a template with the type it will be executed with.
type Check struct {
	Name     string
	Lang     gov.Lang
	Template func() (*template.Template, error)
	Dot      any
}

// Site is the site the pages are of.
func (e *Engine) Site() Site { return e.site }

// New loads catalogues, assets and the shared templates. components are the
// style sheets of what other rooms draw, which join the site's. An error is a
// mistake in the embedded files.
func New(site Site, log *slog.Logger, components ...string) (*Engine, error) {
	assets, err := loadAssets(components)
	if err != nil {
		return nil, err
	}
	e := &Engine{site: site, log: log, assets: assets,
		messages: map[gov.Lang]*Messages{}, base: map[gov.Lang]*template.Template{}}
	for _, l := range Languages {
		if e.messages[l], err = loadMessages(l); err != nil {
			return nil, err
		}
		t, err := template.New("layout.html").Funcs(e.funcs(l)).ParseFS(ownTemplates, "templates/*.html")
		if err != nil {
			return nil, fmt.Errorf("shared templates: %w", err)
		}
		e.base[l] = t
	}
	e.errors, err = Load[ErrorView](e, ownTemplates, "templates/page/error.html")
	return e, err
}

// Assets are the files the pages refer to.
func (e *Engine) Assets() *Assets { return e.assets }

// Messages is the catalogue of a language.
func (e *Engine) Messages(l gov.Lang) *Messages { return e.messages[l] }

// For is the catalogue for a request.
func (e *Engine) For(r *http.Request) *Messages { return e.messages[PrefsOf(r.Context()).Lang] }

// Checks lists every loaded page for the template test.
func (e *Engine) Checks() []Check { return e.checks }

// Template is a page's template in every language, executed with a Page[T].
type Template[T any] struct {
	engine *Engine
	name   string
	byLang map[gov.Lang]func() (*template.Template, error)
}

// Load parses a page's file, which defines the template "main", with the files
// it shares parts with. What it needs of the shared templates is copied when the
// page is first asked for: a site has hundreds of pages, and each has a copy.
func Load[T any](e *Engine, files fs.FS, name string, shared ...string) (*Template[T], error) {
	t := &Template[T]{engine: e, name: name, byLang: map[gov.Lang]func() (*template.Template, error){}}
	patterns := append(slices.Clone(shared), name)
	if _, err := template.New(name).Funcs(e.funcs(gov.ZH)).ParseFS(files, patterns...); err != nil {
		return nil, fmt.Errorf("page %s: %w", name, err)
	}
	for _, l := range Languages {
		t.byLang[l] = sync.OnceValues(func() (*template.Template, error) {
			c, err := e.base[l].Clone()
			if err == nil {
				c, err = c.ParseFS(files, patterns...)
			}
			return c, err
		})
		e.checks = append(e.checks, Check{name, l, t.byLang[l], Page[T]{}})
	}
	return t, nil
}

// LoadInto parses a page of a surface into its place: templates/NAME.html with
// what stands in templates/shared, if anything does. It is for the surface's
// New, which joins the errors of all its pages.
func LoadInto[T any](e *Engine, files fs.FS, t **Template[T], name string) error {
	var shared []string
	if found, err := fs.Glob(files, "templates/shared/*.html"); err != nil {
		return fmt.Errorf("page %s: %w", name, err)
	} else if len(found) > 0 {
		shared = []string{"templates/shared/*.html"}
	}
	page, err := Load[T](e, files, "templates/"+name+".html", shared...)
	*t = page
	return err
}

// Render executes the page into memory and sends it with the status. Nothing
// is sent when it fails.
func (t *Template[T]) Render(w http.ResponseWriter, r *http.Request, status int, f Frame, view T) error {
	f.Site, f.Prefs, f.Account, f.Status = t.engine.site, PrefsOf(r.Context()), t.engine.accountOf(r.Context()), status
	other := gov.EN
	if f.Prefs.Lang == gov.EN {
		other = gov.ZH
	}
	f.Here, f.Switch = here(r), switchTo(r, other)
	if f.Canonical == "" {
		f.Canonical = r.URL.EscapedPath()
	}
	var b bytes.Buffer
	c, err := t.byLang[f.Prefs.Lang]()
	if err == nil {
		err = c.ExecuteTemplate(&b, "layout.html", Page[T]{f, view})
	}
	if err != nil {
		return fmt.Errorf("render %s: %w", t.name, err)
	}
	w.Header().Set("Content-Language", string(f.Prefs.Lang))
	if f.Script != "" {
		w.Header().Set("Content-Security-Policy", f.policy())
	}
	if status == http.StatusOK && w.Header().Get("Cache-Control") == "" {
		return Send(w, r, "text/html; charset=utf-8", b.Bytes())
	}
	return SendOnce(w, status, "text/html; charset=utf-8", b.Bytes())
}

// ContentPolicy is the Content-Security-Policy of every answer: our own style
// sheets, images and form targets, and no script at all. A page with a script of
// ours gets one that allows it from Render.
var ContentPolicy = contentPolicy("", "")

func contentPolicy(script, images string) string {
	return "default-src 'none'; style-src 'self'; " + script + "img-src 'self' data:" + images + "; font-src 'self'; " +
		"form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
}

// policy is the Content-Security-Policy of a page with a script.
func (f Frame) policy() string {
	script, images := "script-src 'self'; ", ""
	if f.Extra.Compute {
		script = "script-src 'self' 'wasm-unsafe-eval'; "
	}
	if f.Extra.Fetch {
		script += "connect-src 'self'; "
	}
	for _, origin := range f.Extra.Images {
		images += " " + origin
	}
	return contentPolicy(script, images)
}

// Send answers a request with a complete body that a client may keep but must
// ask about: the ETag is the body's digest, and one the client still has is
// answered with 304. The ETag is weak since a body may be compressed on the way.
// A Cache-Control that is already set stands.
func Send(w http.ResponseWriter, r *http.Request, kind string, body []byte) error {
	sum := sha256.Sum256(body)
	tag := `W/"` + hex.EncodeToString(sum[:12]) + `"`
	h := w.Header()
	h.Set("ETag", tag)
	if h.Get("Cache-Control") == "" {
		h.Set("Cache-Control", "no-cache")
	}
	if (r.Method == http.MethodGet || r.Method == http.MethodHead) && matches(r.Header.Get("If-None-Match"), tag) {
		w.WriteHeader(http.StatusNotModified)
		return nil
	}
	return SendOnce(w, http.StatusOK, kind, body)
}

// matches compares a client's list of ETags with ours (RFC 9110, 13.1.2).
func matches(list, tag string) bool {
	for t := range strings.SplitSeq(list, ",") {
		if t = strings.TrimSpace(t); t == "*" || t == tag || "W/"+t == tag {
			return true
		}
	}
	return false
}

// SendOnce answers with a complete body that no client can ask about again.
func SendOnce(w http.ResponseWriter, status int, kind string, body []byte) error {
	w.Header().Set("Content-Type", kind)
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(status)
	_, err := w.Write(body)
	return clientGone(err)
}

// clientGone drops an error of writing to the network: the page was complete
// and the reader has left; there is nobody to tell.
func clientGone(err error) error {
	if err != nil {
		return errClientGone
	}
	return nil
}

var errClientGone = errors.New("client gone")

// funcs are the functions of templates in a language.
func (e *Engine) funcs(l gov.Lang) template.FuncMap {
	m := e.messages[l]
	return template.FuncMap{
		"t":       m.T,
		"of":      m.Of,
		"num":     m.Number,
		"asset":   e.assets.Path,
		"text":    func(t gov.Text) string { return t.In(l) },
		"date":    func(d gov.Date) template.HTML { return timeElement(d, l) },
		"at":      m.minuteElement,
		"second":  m.secondElement,
		"lang":    func() gov.Lang { return l },
		"mixed":   func(s string) template.HTML { return mixed(s, l) },
		"foreign": func(s string) bool { return foreign(s, l) },
		"list":    func(v ...string) []string { return v },
		"navitem": func(f Frame, name, href string) navItem {
			return navItem{name, href, m.Of("nav.", name), f.Section == name, 0}
		},
		"staffitem": func(f Frame, l AccountLink) navItem {
			return navItem{l.Name, l.Href, m.Of("staff.", l.Name), f.Section == l.Name, l.Unread}
		},
		"infield": inField,
		"ingroup": func(x placedField, g OptionGroup) placedGroup { return placedGroup{x.Field, g.Options} },
	}
}

// navItem is one entry of a navigation.
type navItem struct {
	Name    string
	Href    string
	Label   string
	Current bool
	Unread  int // messages behind it that were not read
}

// placedField is a field of a form with its place on the page.
type placedField struct {
	Field
	ID        string
	Explained string // ids of what explains the input to assistive technology
}

// placedGroup is a group of the options of a field.
type placedGroup struct {
	Field   Field
	Options []Option
}

func inField(f Form, x Field) placedField {
	p := placedField{Field: x, ID: f.InputID(x)}
	var ids []string
	if x.Hint != "" {
		ids = append(ids, p.ID+"-hint")
	}
	if x.Error != "" {
		ids = append(ids, p.ID+"-error")
	}
	p.Explained = strings.Join(ids, " ")
	return p
}

// timeElement writes a date for people and machines.
func timeElement(d gov.Date, l gov.Lang) template.HTML {
	if d.IsZero() {
		return "—"
	}
	return template.HTML(`<time datetime="` + d.String() + `">` + d.In(l) + `</time>`) // digits and fixed words only
}

// Instant writes an instant in China's time to the second, where order counts.
func (m *Messages) Instant(ms int64) string { return m.instant(ms, time.TimeOnly) }

// Minute writes an instant in China's time as people need it.
func (m *Messages) Minute(ms int64) string { return m.instant(ms, "15:04") }

func (m *Messages) instant(ms int64, clock string) string {
	at := time.UnixMilli(ms).In(gov.China)
	sep := " "
	if m.lang == gov.EN {
		sep = ", "
	}
	return gov.DateOf(at).In(m.lang) + sep + at.Format(clock)
}

func (m *Messages) minuteElement(ms int64) template.HTML { return timed(ms, m.Minute(ms)) }
func (m *Messages) secondElement(ms int64) template.HTML { return timed(ms, m.Instant(ms)) }

// timed is an instant for people, in words made of digits and fixed words only, and
// for machines.
func timed(ms int64, words string) template.HTML {
	return template.HTML(`<time datetime="` + time.UnixMilli(ms).In(gov.China).Format(time.RFC3339) + `">` + words + `</time>`)
}
