package api

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"quanxiang/calendar"
	"quanxiang/cases/casework"
	"quanxiang/gov"
	"quanxiang/ledger"
	"quanxiang/library"
	"quanxiang/policy"
	"quanxiang/support/apply"
	"quanxiang/support/fund"
	"quanxiang/web/ui"
)

// Ledger is what the API reads of the ledger.
type Ledger interface {
	Checkpoint(ctx context.Context) ([]byte, error)
	Receipt(ctx context.Context, event gov.ID) (ledger.Receipt, error)
}

// Deps is everything the API stands on.
type Deps struct {
	Engine    *ui.Engine
	Pack      *policy.Pack
	Library   *library.Library
	Casework  *casework.Casework // nil answers nothing of cases
	Funds     *fund.Fund         // nil answers nothing of money
	Ledger    Ledger
	LedgerKey string
	Clock     gov.Clock
	Calendar  func(context.Context) calendar.Calendar // as it is now: years are loaded while the site runs
	BaseURL   string
	Log       *slog.Logger
	Support   *apply.Applications // nil answers nothing of decisions

	// Also adds what other rooms serve under Root to the description; nil adds nothing.
	Also func(*huma.OpenAPI) error
}

// API answers under /api.
type API struct {
	Deps
	verifier *ledger.Verifier
	mux      *http.ServeMux
	documents
	page *ui.Template[referenceView]
}

// New builds the API. An error is a mistake in the ledger's key, the embedded
// templates or a text without a message.
func New(d Deps) (*API, error) {
	v, err := ledger.NewVerifier(d.LedgerKey)
	if err != nil {
		return nil, err
	}
	a := &API{Deps: d, verifier: v, mux: http.NewServeMux()}
	config := huma.DefaultConfig("api.title", "1")
	config.Info.Description = "api.about"
	config.Servers = []*huma.Server{{URL: d.BaseURL}}
	config.OpenAPIPath, config.DocsPath, config.SchemasPath = "", "", ""
	config.CreateHooks = nil // no $schema links in answers
	config.Tags = tags()
	installProblems()
	h := humago.New(a.mux, config)
	registerTypes(h.OpenAPI().Components.Schemas)
	a.libraryOperations(h)
	a.districtOperations(h)
	a.procedureOperations(h)
	if a.Casework != nil {
		a.progressOperations(h)
		a.figureOperations(h)
	}
	a.ledgerOperations(h)
	if a.Pack.Rules != nil {
		a.programmeOperations(h)
	}
	if a.Funds != nil {
		a.fundOperations(h)
	}
	if d.Also != nil {
		if err := d.Also(h.OpenAPI()); err != nil {
			return nil, err
		}
	}
	if err := illustrate(h.OpenAPI()); err != nil {
		return nil, err
	}
	if a.documents, err = describe(h.OpenAPI(), d.Engine); err != nil {
		return nil, fmt.Errorf("describe the API: %w", err)
	}
	return a, a.loadReference()
}

// Root is where the operations stand.
const Root = "/api/v1/"

// Mount adds the API's routes to the site's.
func (a *API) Mount(mux *http.ServeMux) {
	mux.Handle(Root, a.v1())
	mux.Handle("GET /api", a.Engine.Handle(a.reference))
	mux.Handle("GET /api/openapi.json", a.Engine.Handle(a.openAPI))
	mux.Handle("GET /api/openapi.yaml", a.Engine.Handle(a.openAPI))
}

// v1 dispatches to the operations; what is none of them is a problem too, not
// a page.
func (a *API) v1() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, pattern := a.mux.Handler(r); pattern == "" {
			err := ui.NotHere(a.mux, r)
			if gov.CodeOf(err) == gov.NotFound {
				err = gov.Errorf(gov.NotFound, "没有这个接口。", "There is no such operation.")
			}
			a.ShowError(w, r, err)
			return
		}
		a.mux.ServeHTTP(w, r)
	})
}

// operation registers a typed handler. Its texts are the messages
// "api.<id>.summary" and "api.<id>.about".
func operation[I, O any](a *API, h huma.API, method, path, id, tag string, fn func(context.Context, *I) (*O, error)) {
	huma.Register(h, huma.Operation{
		OperationID: id, Method: method, Path: path, Tags: []string{tag},
		Summary: "api." + id + ".summary", Description: "api." + id + ".about",
		Errors: mistakesOf(method, path),
	}, func(ctx context.Context, in *I) (*O, error) {
		out, err := fn(ctx, in)
		if err != nil {
			p := NewProblem(ctx, err)
			if p.Code == gov.Internal {
				a.Log.ErrorContext(ctx, "api request failed", "operation", id, "request", ui.RequestID(ctx), "err", err)
			}
			return nil, p
		}
		return out, nil
	})
}
