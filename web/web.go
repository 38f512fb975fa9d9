package web

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/netip"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"quanxiang/calendar"
	"quanxiang/cases/casework"
	"quanxiang/cases/tables"
	"quanxiang/demo"
	"quanxiang/files"
	"quanxiang/gov"
	"quanxiang/inspections"
	"quanxiang/inspections/ceremony"
	"quanxiang/inspections/visits"
	"quanxiang/library"
	"quanxiang/notices"
	"quanxiang/notices/dispatch"
	"quanxiang/notices/hooks"
	"quanxiang/people"
	"quanxiang/people/apikeys"
	"quanxiang/people/feeds"
	"quanxiang/policy"
	"quanxiang/policy/procedure/diagram"
	"quanxiang/registers"
	"quanxiang/residents"
	"quanxiang/support/apply"
	"quanxiang/support/fund"
	"quanxiang/support/judge"
	"quanxiang/support/runs"
	"quanxiang/web/api"
	lots "quanxiang/web/ceremony"
	"quanxiang/web/door"
	"quanxiang/web/draws"
	"quanxiang/web/ogc"
	"quanxiang/web/onemap"
	"quanxiang/web/open311"
	"quanxiang/web/open311/counter"
	"quanxiang/web/portal"
	"quanxiang/web/programmes"
	"quanxiang/web/push"
	lists "quanxiang/web/registers"
	"quanxiang/web/simulate"
	"quanxiang/web/start"
	"quanxiang/web/ui"
)

// Deps is everything the web surface stands on.
type Deps struct {
	Pack      *policy.Pack
	Library   *library.Library
	Filters   casework.Filters
	Ledger    portal.Ledger
	LedgerKey string                                  // the ledger's public key, in the note format
	Calendar  func(context.Context) calendar.Calendar // as it is now: years are loaded while the site runs
	Office    *people.Office
	Casework  *casework.Casework
	Imports   *tables.Imports
	Registers *registers.Registers
	Support   *apply.Applications // for support; used where the pack has applications
	Judge     *judge.Judge        // nil where nothing is asked of rule files by registers
	Draws     *ceremony.Ceremonies
	Relay     *lots.Relay     // of drand's values; nil: they are pasted
	Forward   func(time.Time) // puts the clock of draws forward; nil but in a demonstration
	Plans     *inspections.Plans
	Runs      *runs.Runs          // simulations of support programmes; nil where there are none
	Importer  *registers.Importer // files for registers
	Funds     *fund.Fund          // money of support programmes; nil: there are no pages of it
	Files     *files.Folder       // where those are kept
	Proxies   []netip.Prefix      // whose word is taken for where a request comes from
	Provider  door.Provider       // identity provider of the staff, or nil
	Label     string              // what the staff call it; "" for the usual words
	Feeds     *feeds.Feeds
	Keys      *apikeys.Keys
	Filings   open311.Filings // identities of what other programs send
	FilingKey []byte          // of the digests of what they send
	Notices   *notices.Notices
	Register  *residents.Register
	Visits    *visits.Visits // of double-random inspections; nil: no subject is shown theirs
	Ground    onemap.Base    // the picture under the map's layers
	Hooks     *hooks.Hooks   // nil: no other system is told of anything
	Clock     gov.Clock
	Log       *slog.Logger
	BaseURL   string // scheme and host as the public types them; https turns on HSTS
	Version   string // of the program

	// Demo, if not nil, is what a demonstration was filled with: a page lists its
	// logins with their passwords, for everybody. Only the command that serves
	// demonstrations may set it.
	Demo *demo.Filled
	// Subjects counts those of the demonstration's market.
	Subjects func(context.Context) (int, error)

	// Shelf, if not nil, is what a demonstration would have sent: a page shows it to
	// everybody.
	Shelf *dispatch.Shelf

	// Ready reports why the process cannot answer for now, nil when it can.
	Ready func(context.Context) error

	// Gauges are figures of other rooms for /metrics.
	Gauges []Gauge

	// OpenMetrics serves /metrics beside the pages. Leave it off in production
	// and use Site.Operator on a listener of its own.
	OpenMetrics bool
}

// Site is the two handlers of an installation.
type Site struct {
	Public   http.Handler // portal and API
	Operator http.Handler // /metrics, /healthz, /readyz; for an inside address
}

// described adds to the API's description what other rooms serve.
func (d Deps) described(spec *huma.OpenAPI) error {
	if err := push.Describe(spec); err != nil || d.Runs == nil || d.Pack.Rules == nil {
		return err
	}
	return simulate.Describe(spec)
}

// New builds the site. An error is a mistake in the embedded files or in the
// ledger's key; wrong data shows up when a page asks for it.
func New(d Deps) (*Site, error) {
	d.BaseURL = strings.TrimSuffix(d.BaseURL, "/")
	site := ui.Site{Name: d.Pack.Name, BaseURL: d.BaseURL, Version: d.Version, Reports: len(d.Casework.PublicStarts(d.Clock())) > 0, Programmes: d.Pack.Rules != nil, Draws: d.Pack.Inspections != nil}
	if d.Demo != nil {
		site.Demo = start.Path
	}
	for _, r := range d.Pack.Registers {
		if r.Public() && len(r.Kinds) > 0 && site.Credit == "" {
			site.Credit = lists.PublicRoot + "/" + r.ID
		}
	}
	engine, err := ui.New(site, d.Log, diagram.Stylesheet)
	if err != nil {
		return nil, fmt.Errorf("web: %w", err)
	}
	pages, err := portal.New(portal.Deps{
		Engine: engine, Pack: d.Pack, Library: d.Library, Ledger: d.Ledger, LedgerKey: d.LedgerKey,
		Calendar: d.Calendar, Clock: d.Clock, BaseURL: d.BaseURL,
	})
	if err != nil {
		return nil, fmt.Errorf("portal: %w", err)
	}
	machine, err := api.New(api.Deps{
		Engine: engine, Pack: d.Pack, Library: d.Library, Casework: d.Casework, Funds: d.Funds, Ledger: d.Ledger, LedgerKey: d.LedgerKey,
		Calendar: d.Calendar, Clock: d.Clock, BaseURL: d.BaseURL, Log: d.Log, Also: d.described, Support: d.Support,
	})
	if err != nil {
		return nil, fmt.Errorf("api: %w", err)
	}
	ground := d.Casework.Atlas()
	layers, err := ogc.New(ogc.Deps{Engine: engine, Pack: d.Pack, Layers: []ogc.Layer{ogc.Cases(d.Pack, ground, d.BaseURL)}, BaseURL: d.BaseURL, Log: d.Log})
	if err != nil {
		return nil, fmt.Errorf("layers: %w", err)
	}
	chart, err := onemap.New(onemap.Deps{Engine: engine, Pack: d.Pack, Layers: layers, Atlas: ground, Office: d.Casework.Ground, Clock: d.Clock, Base: d.Ground})
	if err != nil {
		return nil, fmt.Errorf("map: %w", err)
	}
	entrance, err := door.New(door.Deps{
		Engine: engine, Pack: d.Pack, Office: d.Office, Clock: d.Clock, BaseURL: d.BaseURL, Proxies: d.Proxies,
		Provider: d.Provider, Label: d.Label,
		Begins: func(s people.Standing) bool { return len(d.Casework.Starts(s)) > 0 }, Unread: d.Notices.Unread,
	})
	if err != nil {
		return nil, fmt.Errorf("door: %w", err)
	}
	lots, err := draws.New(engine, d.Draws, aboutDraws(d))
	if err != nil {
		return nil, fmt.Errorf("draws: %w", err)
	}
	staff, err := desks(engine, d, chart, machine.ShowError)
	if err != nil {
		return nil, err
	}
	m := newMetrics(d.Version, d.Gauges)

	mux := http.NewServeMux()
	parts := append(staff, engine.Assets(), pages, entrance, machine, layers, chart, lots)
	if d.Pack.Rules != nil {
		s, err := programmes.New(programmes.Deps{Engine: engine, Pack: d.Pack, Library: d.Library, Clock: d.Clock})
		if err != nil {
			return nil, fmt.Errorf("programmes: %w", err)
		}
		parts = append(parts, s)
	}
	if d.Demo != nil {
		s, err := start.New(start.Deps{Engine: engine, Filled: *d.Demo, Clock: d.Clock, Office: d.Office, Enter: entrance.Enter, Shelf: d.Shelf, Subjects: d.Subjects})
		if err != nil {
			return nil, fmt.Errorf("start page: %w", err)
		}
		parts = append(parts, s)
	}
	var others *open311.Server // what other programs file and follow, where the pack has it
	if o := d.Pack.Open311; o != nil {
		others = open311.New(open311.Deps{
			Desk: counter.New(d.Casework, d.Register, d.Clock, d.BaseURL), Keys: d.Keys, Filings: d.Filings, Secret: d.FilingKey, Jurisdiction: o.Jurisdiction,
			Contact: o.Contact, KeyService: o.Keys, Changed: o.Changed.Time(), BaseURL: d.BaseURL, Clock: d.Clock, Log: d.Log,
		})
		parts = append(parts, others)
	}
	for _, s := range parts {
		s.Mount(mux)
	}
	probes(mux, d.Ready)

	operator := http.NewServeMux()
	probes(operator, d.Ready)
	operator.Handle("GET /metrics", m.handler())
	if d.OpenMetrics {
		mux.Handle("GET /metrics", m.handler())
	}
	show := func(w http.ResponseWriter, r *http.Request, err error) {
		switch {
		case strings.HasPrefix(r.URL.Path, api.Root):
			machine.ShowError(w, r, err)
		case strings.HasPrefix(r.URL.Path, open311.Top) && others != nil:
			others.ShowError(w, r, err)
		case r.URL.Path == ogc.Root || strings.HasPrefix(r.URL.Path, ogc.Root+"/"):
			layers.ShowError(w, r, err)
		default:
			engine.ShowError(w, r, err)
		}
	}
	public := chain(mux,
		bounded(d.Clock),
		guarded(strings.HasPrefix(d.BaseURL, "https:")),
		compressed,
		ui.WithPrefs,
		ui.ForPrograms(program),
		observed(d.Log, m, show),
		wellFormed(show),
		sameOrigin(show),
		entrance.Identify(show),
		open311.Straighten,
		routed,
	)
	return &Site{Public: public, Operator: operator}, nil
}

// program reports that a request is a program's: it has an address for programs, and
// where that has pages as well, asks for none.
func program(r *http.Request) bool {
	p := r.URL.Path
	if p == ogc.Root || strings.HasPrefix(p, ogc.Root+"/") {
		return r.URL.Query().Get("f") != "html" && !strings.Contains(r.Header.Get("Accept"), "text/html")
	}
	return strings.HasPrefix(p, api.Root) || strings.HasPrefix(p, open311.Top)
}

// probes adds the two questions of an orchestrator: is the process alive, and
// may it have traffic.
func probes(mux *http.ServeMux, ready func(context.Context) error) {
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		fmt.Fprintln(w, "ok")
	})
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		w.Header().Set("Cache-Control", "no-store")
		if ready != nil && ready(r.Context()) != nil {
			w.WriteHeader(http.StatusServiceUnavailable)
			fmt.Fprintln(w, "not ready")
			return
		}
		fmt.Fprintln(w, "ready")
	})
}

// aboutDraws is what the public may know of draws from other rooms.
func aboutDraws(d Deps) draws.About {
	about := draws.About{Pack: d.Pack}
	if d.Casework != nil {
		about.Case = func(ctx context.Context, id gov.ID) (casework.Sheet, error) {
			return d.Casework.PublicSheet(ctx, id, d.Clock())
		}
	}
	if d.Registers != nil {
		about.Entry = d.Registers.Public
		about.Name = func(ctx context.Context, register, key string) (string, error) {
			r, err := d.Registers.Register(register)
			if err != nil {
				return "", err
			}
			e, err := d.Registers.Store.Entry(ctx, register, key)
			if err != nil || !r.Public() || !r.Showing(e.Facet) {
				return "", err
			}
			return e.Name, nil
		}
	}
	return about
}
