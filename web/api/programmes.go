package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"quanxiang/gov"
	"quanxiang/rules/calculate"
	"quanxiang/rules/facts"
	"quanxiang/support/apply"
)

// statement is what an applicant states of itself. It describes what
// facts.Read takes, which reads the body itself: it sees a fact stated twice.
type statement struct {
	ID         string         `json:"id,omitempty" doc:"api.calculate.id"`
	Applicant  string         `json:"applicant" doc:"api.calculate.applicant"`
	Year       int            `json:"year" doc:"api.calculate.year"`
	Programmes []string       `json:"programmes,omitempty" doc:"api.calculate.programmes"`
	Facts      map[string]any `json:"facts,omitempty" doc:"api.calculate.facts"`
	Paid       []payment      `json:"paid,omitempty" doc:"api.calculate.paid"`
}

// payment is what was paid in an earlier year.
type payment struct {
	Year    int    `json:"year"`
	Benefit string `json:"benefit"`
	Amount  string `json:"amount"`
	Key     string `json:"key,omitempty" doc:"api.calculate.key"`
}

// stated is a request with a statement.
type stated struct {
	Body    statement
	RawBody []byte
}

// calculated is what is had, and what would bring more.
type calculated struct {
	calculate.Result
	Hints []calculate.Hint `json:"hints" doc:"api.calculate.hints"`
}

// precheck is what could be had, and what decides it.
type precheck struct {
	calculate.Result
	Missing []calculate.Missing `json:"missing"`
}

func (a *API) programmeOperations(h huma.API) {
	c := calculate.New(a.Pack.Rules)
	a.clauseOperation(h)
	operation(a, h, http.MethodPost, "/api/v1/calculate", "calculate", "programmes", func(_ context.Context, in *stated) (*answer[calculated], error) {
		f, err := facts.ReadFor(a.Pack.Rules, in.RawBody, facts.Options{})
		if err != nil {
			return nil, err
		}
		return &answer[calculated]{calculated{c.Facts(f, true), c.Hints(f)}}, nil
	})
	operation(a, h, http.MethodPost, "/api/v1/precheck", "precheck", "programmes", func(_ context.Context, in *stated) (*answer[precheck], error) {
		r, err := c.JSON(in.RawBody, facts.Options{}, false)
		if err != nil {
			return nil, err
		}
		return &answer[precheck]{precheck{r, c.Missing(r)}}, nil
	})
	operation(a, h, http.MethodGet, "/api/v1/decisions/{id}", "decision", "programmes", func(ctx context.Context, in *decided) (*answer[apply.Replay], error) {
		id, err := gov.ParseID(in.ID)
		if err != nil || a.Support == nil {
			return nil, gov.Errorf(gov.NotFound, "没有这个决定", "there is no such decision")
		}
		r, err := a.Support.Replay(ctx, id)
		if err != nil {
			return nil, err
		}
		return &answer[apply.Replay]{r}, nil
	})
}

// decided names a decision.
type decided struct {
	ID string `path:"id" doc:"api.decision.id" example:"0198f3a0-0000-7000-8000-000000000001"`
}
