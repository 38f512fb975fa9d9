package api

import (
	"context"
	"net/http"
	"slices"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"quanxiang/cases/docket"
	"quanxiang/cases/measures"
	"quanxiang/gov"
	"quanxiang/policy/procedure"
	"quanxiang/web/figures"
)

// figure is what cases come to under a measure, as everybody is told it.
type figure struct {
	Measure string   `json:"measure"`
	Name    gov.Text `json:"name"`
	About   gov.Text `json:"about"`           // the definition
	Part    gov.Text `json:"part,omitzero"`   // of a rate: what the hits are
	Whole   gov.Text `json:"whole,omitzero"`  // of a rate: what the cases are that count
	Value   string   `json:"value,omitempty"` // of the field asked for
	Cases   int64    `json:"cases"`           // those that count
	Hits    *int64   `json:"hits,omitempty"`  // of a rate
	Percent string   `json:"percent,omitempty"`
	Median  *int64   `json:"median_minutes,omitempty"` // of a time
	Ninth   *int64   `json:"ninth_decile_minutes,omitempty"`
	URL     string   `json:"url"`
}

func (a *API) figureOperations(h huma.API) {
	operation(a, h, http.MethodGet, "/api/v1/figures/{procedure}", "listFigures", "progress", a.listFigures)
}

func (a *API) listFigures(ctx context.Context, in *struct {
	Procedure string `path:"procedure" doc:"api.param.procedure" example:"duty"`
	From      string `query:"from" doc:"api.param.figures_from" example:"2026-10"`
	To        string `query:"to" doc:"api.param.figures_to" example:"2026-12"`
	By        string `query:"by" doc:"api.param.figures_by" example:"lead"`
	Paging
}) (*answer[list[figure]], error) {
	p, ok := a.Pack.Procedure(in.Procedure)
	if !ok || !p.Publishes() {
		return nil, gov.Errorf(gov.NotFound, "没有向社会公开的“%s”", "no cases of %q are shown to the public", in.Procedure).On("procedure")
	}
	from, to, err := figures.ParsePeriod(in.From, in.To, a.Clock())
	if err != nil {
		return nil, err
	}
	if in.By != "" && in.By != procedure.HourOfDay && !slices.Contains(p.FiguresBy(), in.By) {
		return nil, gov.Errorf(gov.Invalid, "不按“%s”统计", "figures are not told by %q", in.By).On("by")
	}
	var all []figure
	for i := range p.Measures {
		m := &p.Measures[i]
		if m.Level() != procedure.OpenPublic {
			continue
		}
		sums, err := a.Casework.PublicTotals(ctx, docket.Asked{Procedure: p.ID, Facet: docket.Facet{Field: in.By}, Values: in.By != "",
			What: []docket.What{docket.CountMeasure(m.ID)}, From: from, To: to})
		if err != nil {
			return nil, err
		}
		told := measures.Of(m, sums, func(s docket.Sum) string { return s.Value })
		if none := measures.New(m); len(told) == 0 && in.By == "" {
			told = map[string]*measures.Figure{"": &none}
		}
		values := make([]string, 0, len(told))
		for value := range told {
			values = append(values, value)
		}
		slices.Sort(values)
		for _, value := range values {
			all = append(all, a.figureOf(p, value, told[value]))
		}
	}
	return pieceOf(all, in.Paging)
}

// figureOf is a figure as the API gives it: the numbers are all there, but per cent
// only of as many cases as the procedure asks for.
func (a *API) figureOf(p *procedure.Procedure, value string, f *measures.Figure) figure {
	m := f.Measure
	out := figure{Measure: m.ID, Name: m.Name, About: m.About, Part: m.Part, Whole: m.Whole, Value: value, Cases: f.Of,
		URL: a.BaseURL + figures.Root + "/" + p.ID + "/measures/" + m.ID}
	if !m.IsTime() {
		out.Hits = &f.N
		if f.Of >= p.LeastCases() {
			out.Percent = f.Percent()
		}
		return out
	}
	for percent, to := range map[int64]**int64{50: &out.Median, 90: &out.Ninth} {
		if d, ok := f.Percentile(percent); ok {
			minutes := int64(d / time.Minute)
			*to = &minutes
		}
	}
	return out
}
