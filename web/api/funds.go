package api

import (
	"context"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"
)

// fundTotal is the money of a programme and year, in fen.
type fundTotal struct {
	Programme string `json:"programme"`
	Year      int    `json:"year"`
	Budget    int64  `json:"budget"`
	Committed int64  `json:"committed" doc:"api.funds.committed"`
	Paid      int64  `json:"paid"`
	Returned  int64  `json:"returned" doc:"api.funds.returned"`
	Subjects  int    `json:"subjects" doc:"api.funds.subjects"`
}

// fundTotals is everything that is public of money.
type fundTotals struct {
	Items []fundTotal `json:"items"`
}

func (a *API) fundOperations(h huma.API) {
	operation(a, h, http.MethodGet, "/api/v1/funds", "listFunds", "programmes", func(ctx context.Context, in *struct {
		Programme string `query:"programme" doc:"api.param.programme" example:"16号"`
		Year      int    `query:"year" doc:"api.param.fund_year" example:"2017"`
	}) (*answer[fundTotals], error) {
		list, err := a.Funds.Totals(ctx)
		if err != nil {
			return nil, err
		}
		out := fundTotals{Items: []fundTotal{}}
		for _, t := range list {
			if (in.Programme == "" || strings.TrimSuffix(in.Programme, "号") == strings.TrimSuffix(t.Programme, "号")) && (in.Year == 0 || in.Year == t.Year) {
				out.Items = append(out.Items, fundTotal(t))
			}
		}
		return &answer[fundTotals]{out}, nil
	})
}
