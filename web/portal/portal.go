package portal

import (
	"context"
	"embed"
	"errors"
	"net/http"
	"net/url"
	"strings"

	"quanxiang/calendar"
	"quanxiang/gov"
	"quanxiang/ledger"
	"quanxiang/library"
	"quanxiang/policy"
	"quanxiang/web/ui"
)

//go:embed templates
var templates embed.FS

// Ledger is the district's ledger as the public may read it.
type Ledger interface {
	// Checkpoint returns the newest signed checkpoint, or NotFound while the
	// ledger is empty.
	Checkpoint(ctx context.Context) ([]byte, error)

	// Receipt returns the receipt of an event. It returns NotFound for an
	// unknown event and Unavailable while the event waits to be sequenced.
	Receipt(ctx context.Context, event gov.ID) (ledger.Receipt, error)

	// File returns a file of the tlog-tiles export, such as "tile/0/000", or
	// NotFound.
	File(ctx context.Context, path string) ([]byte, error)

	// Recent returns the newest entries with their index, at most n.
	Recent(ctx context.Context, n int) ([]ledger.Recorded, error)
}

// Deps is everything the portal stands on.
type Deps struct {
	Engine    *ui.Engine
	Pack      *policy.Pack
	Library   *library.Library
	Ledger    Ledger
	LedgerKey string                                  // the ledger's public key, in the note format
	Calendar  func(context.Context) calendar.Calendar // as it is now: years are loaded while the site runs
	Clock     gov.Clock
	BaseURL   string // scheme and host, for feeds and structured data
}

// Portal answers the public pages.
type Portal struct {
	Deps
	verifier *ledger.Verifier
	pages    pages
	hints    hintKeeper
}

// pages are the templates with the view each is executed with.
type pages struct {
	home       *ui.Template[homeView]
	documents  *ui.Template[documentsView]
	document   *ui.Template[documentView]
	items      *ui.Template[itemsView]
	versions   *ui.Template[versionsView]
	diff       *ui.Template[diffView]
	print      *ui.Template[printView]
	search     *ui.Template[searchView]
	units      *ui.Template[unitsView]
	unit       *ui.Template[unitView]
	procedures *ui.Template[proceduresView]
	procedure  *ui.Template[procedureView]
	expiring   *ui.Template[expiringView]
	ledger     *ui.Template[ledgerView]
	event      *ui.Template[eventView]
	deadline   *ui.Template[deadlineView]
	prose      *ui.Template[proseView]
}

// New parses the portal's templates. An error is a mistake in them or in the
// ledger's key.
func New(d Deps) (*Portal, error) {
	v, err := ledger.NewVerifier(d.LedgerKey)
	if err != nil {
		return nil, err
	}
	p := &Portal{Deps: d, verifier: v}
	g := &p.pages
	return p, errors.Join(
		ui.LoadInto(d.Engine, templates, &g.home, "home"),
		ui.LoadInto(d.Engine, templates, &g.documents, "documents"),
		ui.LoadInto(d.Engine, templates, &g.document, "document"),
		ui.LoadInto(d.Engine, templates, &g.items, "items"),
		ui.LoadInto(d.Engine, templates, &g.versions, "versions"),
		ui.LoadInto(d.Engine, templates, &g.diff, "diff"),
		ui.LoadInto(d.Engine, templates, &g.print, "print"),
		ui.LoadInto(d.Engine, templates, &g.search, "search"),
		ui.LoadInto(d.Engine, templates, &g.units, "units"),
		ui.LoadInto(d.Engine, templates, &g.unit, "unit"),
		ui.LoadInto(d.Engine, templates, &g.procedures, "procedures"),
		ui.LoadInto(d.Engine, templates, &g.procedure, "procedure"),
		ui.LoadInto(d.Engine, templates, &g.expiring, "expiring"),
		ui.LoadInto(d.Engine, templates, &g.ledger, "ledger"),
		ui.LoadInto(d.Engine, templates, &g.event, "event"),
		ui.LoadInto(d.Engine, templates, &g.deadline, "deadline"),
		ui.LoadInto(d.Engine, templates, &g.prose, "prose"),
	)
}

// Mount adds the portal's routes.
func (p *Portal) Mount(mux *http.ServeMux) {
	for pattern, h := range map[string]ui.Handler{
		"GET /{$}":                        p.home,
		"GET /search":                     p.search,
		"GET /documents":                  p.documents,
		"GET /documents/{slug}":           p.document,
		"GET /documents/{slug}/print":     p.print,
		"GET /documents/{slug}/akn.xml":   p.akomaNtoso,
		"GET /documents/{slug}/versions":  p.versions,
		"GET /documents/{slug}/diff":      p.diff,
		"GET /documents/{slug}/{items}":   p.items,
		"GET /documents.csv":              p.documentsFile,
		"GET /documents.xlsx":             p.documentsFile,
		"GET /units":                      p.units,
		"GET /units/{id}":                 p.unit,
		"GET /units/{id}/items.csv":       p.unit,
		"GET /units/{id}/items.xlsx":      p.unit,
		"GET /procedures":                 p.procedures,
		"GET /procedures/{id}":            p.procedure,
		"GET /expiring":                   p.expiring,
		"GET /expiring.csv":               p.expiring,
		"GET /expiring.xlsx":              p.expiring,
		"GET /tools/deadline":             p.deadline,
		"GET /ledger":                     p.ledgerHome,
		"POST /ledger":                    p.checkReceipt,
		"GET /ledger/events/{id}":         p.event,
		"GET /ledger/events/{id}/receipt": p.receipt,
		"GET /ledger/checkpoint":          p.checkpoint,
		"GET /ledger/tile/{path...}":      p.tile,
		"GET /about":                      p.prosePage("about"),
		"GET /accessibility":              p.prosePage("accessibility"),
		"GET /privacy":                    p.prosePage("privacy"),
		"GET /feed.atom":                  p.atom,
		"GET /robots.txt":                 p.robots,
		"GET /sitemap.xml":                p.sitemap,
		"GET /opensearch.xml":             p.openSearch,
		"POST /preferences":               ui.SavePrefs,
	} {
		mux.Handle(pattern, p.Engine.Handle(h))
	}
	mux.Handle("/", p.Engine.Handle(func(w http.ResponseWriter, r *http.Request) error { return elsewhere(w, r, mux) }))
}

// elsewhere answers every address without a page. One slash too many at the end
// is forgiven.
func elsewhere(w http.ResponseWriter, r *http.Request, mux *http.ServeMux) error {
	if path := strings.TrimRight(r.URL.Path, "/"); path != r.URL.Path && r.Method == http.MethodGet {
		u := url.URL{Path: path, RawQuery: r.URL.RawQuery}
		probe := r.Clone(r.Context())
		probe.URL = &u
		if _, pattern := mux.Handler(probe); pattern != "/" && pattern != "" {
			http.Redirect(w, r, u.RequestURI(), http.StatusMovedPermanently)
			return nil
		}
	}
	return ui.NotHere(mux, r)
}

// notFound answers addresses of things that are not there.
func notFound(http.ResponseWriter, *http.Request) error {
	return gov.Errorf(gov.NotFound, "没有这个页面。", "There is no such page.")
}

// today is the civil date in China.
func (p *Portal) today() gov.Date { return gov.DateOf(p.Clock()) }

// dateParam reads a date of the query; the zero date when it is absent.
func dateParam(r *http.Request, name string) (gov.Date, error) {
	d, err := gov.ParseDate(r.URL.Query().Get(name))
	if e, ok := errors.AsType[*gov.Error](err); ok {
		return d, e.On(name)
	}
	return d, err
}
