package api

import (
	"context"
	"net/http"
	"net/url"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"quanxiang/gov"
	"quanxiang/library"
	"quanxiang/rules/book"
	"quanxiang/rules/explain"
	"quanxiang/rules/ir"
)

// clausePage is what a document says in a clause and what is computed of it.
type clausePage struct {
	Document   string             `json:"document"` // number
	Clause     string             `json:"clause"`
	Citation   gov.Text           `json:"citation"`
	Text       []string           `json:"text" doc:"api.clause.text"`
	Page       string             `json:"page,omitempty" doc:"api.clause.page"`
	Benefits   []clauseBenefit    `json:"benefits"`
	Numbers    []clauseNumber     `json:"numbers"`
	Readings   []clauseReading    `json:"readings"`
	Uncomputed []clauseUncomputed `json:"uncomputed"`
	Examples   []clauseExample    `json:"examples"`
}

type clauseBenefit struct {
	Benefit   string   `json:"benefit"`
	Applicant string   `json:"applicant"`
	Title     string   `json:"title,omitempty"`
	Clauses   []string `json:"clauses"`
}

type clauseNumber struct {
	Clause  string         `json:"clause"`
	Value   string         `json:"value"`
	Label   string         `json:"label,omitempty"`
	Benefit string         `json:"benefit,omitempty"`
	Changes []clauseChange `json:"changes" doc:"api.clause.changes"`
}

type clauseChange struct {
	From gov.Date `json:"from"`
	By   string   `json:"by"`
	Old  string   `json:"old"`
	New  string   `json:"new"`
}

type clauseReading struct {
	Name     string   `json:"name"`
	Question string   `json:"question"`
	Adopted  string   `json:"adopted"`
	Others   []string `json:"others"`
	By       string   `json:"by"`
	Pending  bool     `json:"pending"`
	Ruling   string   `json:"ruling,omitempty"`
}

type clauseUncomputed struct {
	Clause  string `json:"clause"`
	Because string `json:"because"`
}

type clauseExample struct {
	Name string `json:"name"`
	Year int    `json:"year"`
}

// clauseOperation answers for one clause; its path is escaped in the address, 3/2 as 3%2F2.
func (a *API) clauseOperation(h huma.API) {
	operation(a, h, http.MethodGet, "/api/v1/documents/{slug}/clauses/{clause}", "getClause", "programmes", a.getClause)
}

func (a *API) getClause(ctx context.Context, in *struct {
	Slug   string `path:"slug" doc:"api.param.slug" example:"xzf-2016-16"`
	Clause string `path:"clause" maxLength:"40" doc:"api.param.clause" example:"3%2F2"`
}) (*answer[clausePage], error) {
	path, err := url.PathUnescape(in.Clause)
	if err != nil {
		return nil, gov.Errorf(gov.Invalid, "“%s”不是条款", "%q is no clause", in.Clause).On("clause")
	}
	none := gov.Errorf(gov.NotFound, "没有这一条款，或者规则没有涉及它", "there is no such clause, or no rule is about it")
	rules := a.Pack.Rules
	doc := -1
	for i, d := range rules.Docs {
		if library.SlugOf(&a.Pack.Gazette, d.Number, d.Title) == in.Slug {
			doc = i
		}
	}
	if doc < 0 {
		return nil, none
	}
	said, ok := book.Of(rules, a.Pack.Programmes, rules.Docs[doc].Short, path)
	if !ok {
		return nil, none
	}
	out := clausePage{
		Document: rules.Docs[doc].Number, Clause: path, Citation: gov.Text{ZH: explain.Citation(path, gov.ZH), EN: explain.Citation(path, gov.EN)},
		Text: []string{}, Benefits: []clauseBenefit{}, Numbers: []clauseNumber{}, Readings: []clauseReading{}, Uncomputed: []clauseUncomputed{}, Examples: []clauseExample{},
	}
	v, err := a.Library.Document(ctx, in.Slug, 0, gov.Date{})
	switch {
	case err == nil:
		if out.Page = "/documents/" + in.Slug; v.Content != nil {
			text, _ := library.Clauses(v.Content).At(path)
			out.Text = append(out.Text, strings.Split(strings.TrimSpace(text), "\n")...)
		}
	case gov.CodeOf(err) != gov.NotFound: // rules may be there before the text
		return nil, err
	}
	for _, i := range said.Benefits {
		b := &rules.Benefits[i]
		x := clauseBenefit{Benefit: b.Key(), Applicant: rules.Inputs[b.Input], Title: b.Grant, Clauses: []string{}}
		for _, c := range b.Clauses {
			x.Clauses = append(x.Clauses, c.String())
		}
		out.Benefits = append(out.Benefits, x)
	}
	for _, n := range said.Numbers {
		x := clauseNumber{Clause: n.Clause, Value: n.Text, Label: n.Label, Changes: []clauseChange{}}
		if n.Benefit != ir.None {
			x.Benefit = rules.Benefits[n.Benefit].Key()
		}
		for _, c := range n.Changes {
			x.Changes = append(x.Changes, clauseChange{c.From, c.Number, c.Old, c.New})
		}
		out.Numbers = append(out.Numbers, x)
	}
	for _, i := range said.Readings {
		r := &rules.Readings[i]
		out.Readings = append(out.Readings, clauseReading{r.Name, r.Question, r.Adopted, append([]string{}, r.Others...), r.By, r.Pending, r.Ruling})
	}
	for _, u := range said.Uncomputed {
		out.Uncomputed = append(out.Uncomputed, clauseUncomputed(u))
	}
	for _, e := range said.Examples {
		out.Examples = append(out.Examples, clauseExample(e))
	}
	return &answer[clausePage]{out}, nil
}
