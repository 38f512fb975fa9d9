package web

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/netip"
	"strings"

	"quanxiang/calendar"
	"quanxiang/cases/casework"
	"quanxiang/demo"
	"quanxiang/gov"
	"quanxiang/library"
	"quanxiang/notices"
	"quanxiang/notices/hooks"
	"quanxiang/people"
	"quanxiang/people/feeds"
	"quanxiang/policy"
	"quanxiang/policy/procedure/diagram"
	"quanxiang/web/api"
	"quanxiang/web/door"
	"quanxiang/web/portal"
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
	Proxies   []netip.Prefix // whose word is taken for where a request comes from
	Provider  door.Provider  // identity provider of the staff, or nil
	Label     string         // what the staff call it; "" for the usual words
	Feeds     *feeds.Feeds
	Notices   *notices.Notices
	Hooks     *hooks.Hooks // nil: no other system is told of anything
	Clock     gov.Clock
	Log       *slog.Logger
	BaseURL   string // scheme and host as the public types them; https turns on HSTS
	Version   string // of the program

	// Demo, if not nil, is what a demonstration was filled with: a page lists its
	// logins with their passwords, for everybody. Only the command that serves
	// demonstrations may set it.
	Demo *demo.Filled

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

// New builds the site. An error is a mistake in the embedded files or in the
// ledger's key; wrong data shows up when a page asks for it.
func New(d Deps) (*Site, error) {
	d.BaseURL = strings.TrimSuffix(d.BaseURL, "/")
	site := ui.Site{Name: d.Pack.Name, BaseURL: d.BaseURL, Version: d.Version}
	if d.Demo != nil {
		site.Demo = start.Path
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
		Engine: engine, Pack: d.Pack, Library: d.Library, Casework: d.Casework, Ledger: d.Ledger, LedgerKey: d.LedgerKey,
		Calendar: d.Calendar, BaseURL: d.BaseURL, Log: d.Log,
	})
	if err != nil {
		return nil, fmt.Errorf("api: %w", err)
	}
	entrance, err := door.New(door.Deps{
		Engine: engine, Pack: d.Pack, Office: d.Office, Clock: d.Clock, BaseURL: d.BaseURL, Proxies: d.Proxies,
		Provider: d.Provider, Label: d.Label,
		Begins: func(s people.Standing) bool { return len(d.Casework.Starts(s)) > 0 }, Unread: d.Notices.Unread,
	})
	if err != nil {
		return nil, fmt.Errorf("door: %w", err)
	}
	staff, err := desks(engine, d)
	if err != nil {
		return nil, err
	}
	m := newMetrics(d.Version, d.Gauges)

	mux := http.NewServeMux()
	parts := append(staff, engine.Assets(), pages, entrance, machine)
	if d.Demo != nil {
		s, err := start.New(start.Deps{Engine: engine, Filled: *d.Demo, Clock: d.Clock, Office: d.Office, Enter: entrance.Enter})
		if err != nil {
			return nil, fmt.Errorf("start page: %w", err)
		}
		parts = append(parts, s)
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
		if strings.HasPrefix(r.URL.Path, api.Root) {
			machine.ShowError(w, r, err)
		} else {
			engine.ShowError(w, r, err)
		}
	}
	public := chain(mux,
		bounded(d.Clock),
		guarded(strings.HasPrefix(d.BaseURL, "https:")),
		compressed,
		ui.WithPrefs,
		observed(d.Log, m, show),
		wellFormed(show),
		sameOrigin(show),
		entrance.Identify(show),
		routed,
	)
	return &Site{Public: public, Operator: operator}, nil
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
