package api

import (
	"cmp"
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"quanxiang/cases/docket"
	"quanxiang/gov"
	"quanxiang/library"
	"quanxiang/policy/procedure"
	"quanxiang/web/progress"
	"quanxiang/web/sums"
)

// documentProgress is how what a document promises is carried out, of one
// procedure, as far as the public is shown its cases.
type documentProgress struct {
	Procedure string        `json:"procedure"`
	Title     gov.Text      `json:"title"`
	Document  string        `json:"document"` // its number
	Slug      string        `json:"slug"`
	Open      int64         `json:"open"` // not ended
	Colours   []colourCount `json:"colours"`
	Ended     []stateCount  `json:"ended"`
	URL       string        `json:"url"`
}

// colourCount is how many of the cases not ended have a colour.
type colourCount struct {
	ID    string         `json:"id"`
	Name  gov.Text       `json:"name"`
	Tone  procedure.Tone `json:"tone"`
	Count int64          `json:"count"`
}

// stateCount is how many cases have ended in a state.
type stateCount struct {
	ID    string              `json:"id"`
	Name  gov.Text            `json:"name"`
	Kind  procedure.StateKind `json:"kind"`
	Count int64               `json:"count"`
}

// publicCase is a case as lists show it to everybody.
type publicCase struct {
	Procedure string    `json:"procedure"`
	Number    string    `json:"number"`
	Subject   string    `json:"subject"`
	Units     []string  `json:"units,omitempty"`
	State     string    `json:"state"`
	Colour    string    `json:"colour,omitempty"`
	Due       gov.Date  `json:"due,omitzero"` // the last day
	Opened    time.Time `json:"opened"`
	Ended     time.Time `json:"ended,omitzero"`
	URL       string    `json:"url"`
}

// casePage is a piece of a list of cases, which are not counted.
type casePage struct {
	Items []publicCase `json:"items"`
	Next  string       `json:"next,omitempty"`
}

func (a *API) progressOperations(h huma.API) {
	operation(a, h, http.MethodGet, "/api/v1/progress", "listProgress", "progress", a.listProgress)
	operation(a, h, http.MethodGet, "/api/v1/progress/{slug}/{procedure}", "listPublicCases", "progress", a.listPublicCases)
}

func (a *API) listProgress(ctx context.Context, in *struct {
	Document string `query:"document" doc:"api.param.progress_document"`
	Paging
}) (*answer[list[documentProgress]], error) {
	var all []documentProgress
	for _, k := range progress.Kinds(a.Pack) {
		tallies, err := a.Casework.PublicTallies(ctx, k.ID, k.Document)
		if err != nil {
			return nil, err
		}
		for _, n := range sums.Of(k.Procedure, tallies) {
			slug := library.SlugOf(&a.Pack.Gazette, n.Value, "")
			if in.Document == "" || in.Document == slug || in.Document == n.Value {
				all = append(all, a.progressOf(k, n, slug))
			}
		}
	}
	return pieceOf(all, in.Paging)
}

func (a *API) progressOf(k progress.Kind, n sums.Count, slug string) documentProgress {
	m := sums.MeasuresOf(k.Procedure, n)
	out := documentProgress{Procedure: k.ID, Title: k.Title, Document: n.Value, Slug: slug, Open: n.Open,
		Colours: []colourCount{}, Ended: []stateCount{}, URL: a.BaseURL + progress.Root + "/" + slug}
	for _, c := range m.Colours {
		out.Colours = append(out.Colours, colourCount{c.ID, c.Name, c.Tone, n.Colours[c.ID]})
	}
	for _, s := range append(m.Done, m.Void...) {
		if k.Published(s.ID) {
			out.Ended = append(out.Ended, stateCount{s.ID, s.Name, s.Kind, n.Ended[s.ID]})
		}
	}
	return out
}

func (a *API) listPublicCases(ctx context.Context, in *struct {
	Slug      string `path:"slug" doc:"api.param.slug" example:"xzf-2017-3"`
	Procedure string `path:"procedure" doc:"api.param.procedure" example:"duty"`
	Ended     bool   `query:"ended" doc:"api.param.ended"`
	Colour    string `query:"colour" doc:"api.param.colour"`
	Paging
}) (*answer[casePage], error) {
	d, err := a.Library.Document(ctx, in.Slug, 0, gov.Date{})
	if err != nil {
		return nil, err
	}
	after, err := progress.ParsePlace(in.After)
	if err != nil {
		return nil, err
	}
	for _, k := range progress.Kinds(a.Pack) {
		if k.ID != in.Procedure {
			continue
		}
		q := docket.Query{Procedure: k.ID, Facets: []docket.Facet{{Field: k.Document, Value: d.Number}}, Ended: in.Ended, Colour: in.Colour}
		rows, next, err := a.Casework.PublicList(ctx, q, after, cmp.Or(in.Limit, defaultLimit))
		if err != nil {
			return nil, err
		}
		page := casePage{Items: make([]publicCase, len(rows)), Next: progress.PlaceText(next)}
		for i, r := range rows {
			page.Items[i] = a.publicCaseOf(r)
		}
		return &answer[casePage]{page}, nil
	}
	return nil, gov.Errorf(gov.NotFound, "没有向社会公开的“%s”", "no cases of %q are shown to the public", in.Procedure).On("procedure")
}

func (a *API) publicCaseOf(r docket.Row) publicCase {
	out := publicCase{Procedure: r.Procedure, Number: r.Number, Subject: r.Subject, Units: r.Units, State: r.State, Colour: r.Colour,
		Opened: time.UnixMilli(r.Opened).In(gov.China), URL: a.BaseURL + progress.Root + "/cases/" + r.Number}
	if r.Due != 0 {
		out.Due = gov.DateOf(time.UnixMilli(r.Due - 1)) // the day the last moment on time falls in
	}
	if r.Ended != 0 {
		out.Ended = time.UnixMilli(r.Ended).In(gov.China)
	}
	return out
}
