package web

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"strings"

	"quanxiang/calendar"
	"quanxiang/cases/casework"
	"quanxiang/gov"
	"quanxiang/library"
	"quanxiang/policy"
	"quanxiang/policy/procedure/diagram"
	"quanxiang/web/api"
	"quanxiang/web/board"
	"quanxiang/web/desk"
	"quanxiang/web/portal"
	"quanxiang/web/progress"
	"quanxiang/web/review"
	"quanxiang/web/ui"
)

// Deps is everything the web surface stands on.
type Deps struct {
	Pack      *policy.Pack
	Library   *library.Library
	Casework  *casework.Casework // nil serves no desk, no boards and no progress
	Filters   casework.Filters
	Ledger    portal.Ledger
	LedgerKey string                                  // the ledger's public key, in the note format
	Calendar  func(context.Context) calendar.Calendar // as it is now: years are loaded while the site runs
	Clock     gov.Clock
	Log       *slog.Logger
	BaseURL   string // scheme and host as the public types them; https turns on HSTS
	Version   string // of the program

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
	engine, err := ui.New(ui.Site{Name: d.Pack.Name, BaseURL: d.BaseURL, Version: d.Version, Progress: d.Casework != nil}, d.Log, diagram.Stylesheet)
	if err != nil {
		return nil, fmt.Errorf("web: %w", err)
	}
	pages, err := portal.New(portal.Deps{
		Engine: engine, Pack: d.Pack, Library: d.Library, Ledger: d.Ledger, LedgerKey: d.LedgerKey,
		Calendar: d.Calendar, Clock: d.Clock, BaseURL: d.BaseURL, Progress: d.Casework != nil,
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
	offices, err := officesOf(d, engine)
	if err != nil {
		return nil, err
	}
	m := newMetrics(d.Version, d.Gauges)

	mux := http.NewServeMux()
	engine.Assets().Mount(mux)
	pages.Mount(mux)
	machine.Mount(mux)
	for _, o := range offices {
		o.Mount(mux)
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
	handler := chain(mux,
		bounded(d.Clock),
		guarded(strings.HasPrefix(d.BaseURL, "https:")),
		compressed,
		ui.WithPrefs,
		observed(d.Log, m, show),
		wellFormed(show),
		sameOrigin(show),
		routed,
	)
	return &Site{Public: handler, Operator: operator}, nil
}

// officesOf are the pages about cases: those of the staff and what everybody
// sees of them. There are none without cases.
func officesOf(d Deps, engine *ui.Engine) (list []interface{ Mount(*http.ServeMux) }, err error) {
	if d.Casework == nil {
		return nil, nil
	}
	staff, err := desk.New(desk.Deps{
		Engine: engine, Work: d.Casework, Filters: d.Filters, Calendar: d.Calendar, Clock: d.Clock, Log: d.Log,
	})
	if err != nil {
		return nil, fmt.Errorf("desk: %w", err)
	}
	boards, err := board.New(board.Deps{Engine: engine, Pack: d.Pack, Casework: d.Casework, Calendar: d.Calendar, Clock: d.Clock})
	if err != nil {
		return nil, fmt.Errorf("boards: %w", err)
	}
	public, err := progress.New(progress.Deps{Engine: engine, Pack: d.Pack, Library: d.Library, Casework: d.Casework, Calendar: d.Calendar, Clock: d.Clock})
	if err != nil {
		return nil, fmt.Errorf("progress: %w", err)
	}
	proposals, err := review.New(review.Deps{Engine: engine, Pack: d.Pack, Casework: d.Casework, Clock: d.Clock})
	if err != nil {
		return nil, fmt.Errorf("review: %w", err)
	}
	return append(list, staff, boards, public, proposals), nil
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
