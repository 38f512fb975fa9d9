package api

import (
	"cmp"
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"quanxiang/calendar"
	"quanxiang/gov"
	"quanxiang/policy/procedure"
)

// ProcedureHead is what a list says of a procedure.
type ProcedureHead struct {
	ID          string           `json:"id"`
	Title       gov.Text         `json:"title"`
	Cite        string           `json:"cite"`
	States      []procedureState `json:"states"`
	FieldCount  int              `json:"field_count"`
	ActionCount int              `json:"action_count"`
}

// listedProcedure and fullProcedure are procedures with where they are shown.
type (
	listedProcedure struct {
		ProcedureHead
		URL string `json:"url"`
	}
	fullProcedure struct {
		Procedure
		URL string `json:"url"`
	}
)

// Procedure is all that the pack says of a procedure: its one form in JSON,
// which the command line prints too.
type Procedure struct {
	ProcedureHead
	Subject    string            `json:"subject"`
	Unit       string            `json:"unit,omitempty"`
	Due        string            `json:"due,omitempty"`
	Comments   []string          `json:"comments,omitempty"`
	Publish    []string          `json:"publish,omitempty"`
	Quiet      []string          `json:"quiet,omitempty"`
	Under      string            `json:"under,omitempty"`
	Fields     []procedureField  `json:"fields"`
	Parties    []procedureParty  `json:"parties"`
	Actions    []procedureAction `json:"actions"`
	Clocks     []procedureClock  `json:"clocks"`
	Children   []subCase         `json:"children"`
	Series     *procedureSeries  `json:"series,omitempty"`
	Items      *itemCases        `json:"items,omitempty"`
	Similar    *similarity       `json:"similar,omitempty"`
	Precedents []memory          `json:"precedents,omitempty"`
	Colours    []procedureColour `json:"colours"`
	Letters    []procedureLetter `json:"letters"`
}

// procedureState is a state in which a case can be.
type procedureState struct {
	ID   string              `json:"id"`
	Name gov.Text            `json:"name"`
	Kind procedure.StateKind `json:"kind"`
}

// procedureField is a field; min and max bound a number, characters or items.
type procedureField struct {
	ID      string              `json:"id"`
	Type    procedure.FieldType `json:"type"`
	Label   gov.Text            `json:"label"`
	Help    *gov.Text           `json:"help,omitempty"`
	Unit    string              `json:"unit,omitempty"`
	Min     *int                `json:"min,omitempty"`
	Max     *int                `json:"max,omitempty"`
	Options []option            `json:"options,omitempty"`
	Accept  string              `json:"accept,omitempty"`
	Among   string              `json:"among,omitempty"`
	Open    procedure.Openness  `json:"open"`
	Named   []string            `json:"named,omitempty"`
	Once    []string            `json:"once,omitempty"`
	Sealed  bool                `json:"sealed,omitempty"`
	Value   string              `json:"value,omitempty"`
	Of      string              `json:"of,omitempty"`
	At      string              `json:"at,omitempty"`
	Level   string              `json:"level,omitempty"`
}

// option is a value of a choice.
type option struct {
	ID     string         `json:"id"`
	Name   gov.Text       `json:"name"`
	Tone   procedure.Tone `json:"tone,omitempty"`
	Remark bool           `json:"remark,omitempty"`
}

// procedureParty is a relation to the case, as the pack writes it.
type procedureParty struct {
	ID   string   `json:"id"`
	Name gov.Text `json:"name"`
	Who  string   `json:"who"`
}

// ask is a field an action fills in.
type ask struct {
	Field    string `json:"field"`
	Required bool   `json:"required"`
}

// condition must hold for an action; why is answered when it does not.
type condition struct {
	If  string   `json:"if"`
	Why gov.Text `json:"why"`
}

// suggestion is a value that is offered for a field, and why.
type suggestion struct {
	Field string   `json:"field"`
	To    string   `json:"to"`
	Why   gov.Text `json:"why"`
}

// memory says what is remembered of how cases were decided.
type memory struct {
	ID      string   `json:"id"`
	Name    gov.Text `json:"name"`
	Field   string   `json:"field"`
	Of      []string `json:"of"`
	By      []string `json:"by"`
	Against []string `json:"against,omitempty"`
	Least   int      `json:"least,omitempty"`
}

// similarity says which cases may be about the same matter: that lie so many
// metres and began so many days apart at most, and have fields in common.
type similarity struct {
	Place  string   `json:"place"`
	Within int      `json:"within"`
	Same   []string `json:"same,omitempty"`
	Days   int      `json:"days"`
	Text   []string `json:"text,omitempty"`
}

// together says how many of the parties do an action jointly.
type together struct {
	Of   []string `json:"of"`
	Need int      `json:"need"`
}

// auto says when an action is done by itself: one of its fields.
type auto struct {
	After limitText `json:"after,omitempty"`
	At    string    `json:"at,omitempty"`
	Late  string    `json:"late,omitempty"`
	When  string    `json:"when,omitempty"`
}

// assignment gives a field the value of an expression.
type assignment struct {
	Field string `json:"field"`
	To    string `json:"to"`
}

// extension adds to the limit of a clock.
type extension struct {
	Clock string    `json:"clock"`
	By    limitText `json:"by,omitempty"`
	Field string    `json:"field,omitempty"`
	Part  int       `json:"part,omitempty"`
}

// childOpening begins sub-cases.
type childOpening struct {
	Child string       `json:"child"`
	Each  string       `json:"each,omitempty"`
	Times string       `json:"times,omitempty"`
	With  []assignment `json:"with,omitempty"`
}

// procedureAction is what moves a case or adds to it.
type procedureAction struct {
	ID       string         `json:"id"`
	Name     gov.Text       `json:"name"`
	Help     *gov.Text      `json:"help,omitempty"`
	At       []string       `json:"at"`
	To       string         `json:"to,omitempty"`
	By       []string       `json:"by"`
	Asks     []ask          `json:"asks,omitempty"`
	When     []condition    `json:"when,omitempty"`
	Suggest  []suggestion   `json:"suggest,omitempty"`
	Times    int            `json:"times,omitempty"`
	Approve  []string       `json:"approve,omitempty"`
	Together *together      `json:"together,omitempty"`
	Auto     *auto          `json:"auto,omitempty"`
	Danger   bool           `json:"danger,omitempty"`
	Aside    bool           `json:"aside,omitempty"`
	Site     *site          `json:"site,omitempty"`
	Set      []assignment   `json:"set,omitempty"`
	Clear    []string       `json:"clear,omitempty"`
	Unseal   []string       `json:"unseal,omitempty"`
	Extend   *extension     `json:"extend,omitempty"`
	Opens    []childOpening `json:"open,omitempty"`
	Merge    string         `json:"merge,omitempty"`
	Letter   string         `json:"letter,omitempty"`
	Notify   []string       `json:"notify,omitempty"`
}

// site says where an action is done on site, how many metres off it still fits,
// how many hours old a picture may be and the pictures of which fields are compared.
type site struct {
	Place  string   `json:"place,omitempty"`
	Area   string   `json:"area,omitempty"`
	Within int      `json:"within"`
	Hours  int      `json:"hours"`
	Beside []string `json:"beside,omitempty"`
}

// clockLimit is a limit and the condition under which it applies.
type clockLimit struct {
	Limit limitText `json:"limit"`
	When  string    `json:"when,omitempty"`
	Cite  string    `json:"cite,omitempty"`
}

// procedureClock measures time against the first of its limits that applies, or
// until the date in a field.
type procedureClock struct {
	ID      string          `json:"id"`
	Name    gov.Text        `json:"name"`
	From    []string        `json:"from"`
	To      []string        `json:"to"`
	Limits  []clockLimit    `json:"limits,omitempty"`
	LimitOf string          `json:"limit_of,omitempty"`
	Until   string          `json:"until,omitempty"`
	Pause   []string        `json:"pause,omitempty"`
	Again   procedure.Again `json:"again"`
	Anew    []string        `json:"anew,omitempty"`
	Warn    []int           `json:"warn,omitempty"`
	Tell    []string        `json:"tell,omitempty"`
	Report  []string        `json:"report,omitempty"`
}

// subCase is a kind of sub-case.
type subCase struct {
	ID        string   `json:"id"`
	Procedure string   `json:"procedure"`
	At        []string `json:"at,omitempty"`
}

// procedureSeries makes a case come back by itself.
type procedureSeries struct {
	Every  procedure.Period `json:"every"`
	For    string           `json:"for"`
	When   string           `json:"when,omitempty"`
	Within limitText        `json:"within"`
	Since  gov.Date         `json:"since"`
}

// itemCases makes a case of every item of the documents.
type itemCases struct {
	Scope string `json:"scope"`
	When  string `json:"when,omitempty"`
}

// procedureColour is how a case stands at a glance; the first that applies counts.
type procedureColour struct {
	ID   string         `json:"id"`
	Name gov.Text       `json:"name"`
	Tone procedure.Tone `json:"tone"`
	When string         `json:"when,omitempty"`
}

// procedureLetter is a text made of a case.
type procedureLetter struct {
	ID   string             `json:"id"`
	Name gov.Text           `json:"name"`
	Body string             `json:"body"`
	Open procedure.Openness `json:"open"`
}

func (a *API) procedureOperations(h huma.API) {
	operation(a, h, http.MethodGet, "/api/v1/procedures", "listProcedures", "procedures", a.listProcedures)
	operation(a, h, http.MethodGet, "/api/v1/procedures/{id}", "getProcedure", "procedures", a.getProcedure)
}

func (a *API) listProcedures(_ context.Context, in *Paging) (*answer[list[listedProcedure]], error) {
	all := each(a.Pack.Procedures, func(p *procedure.Procedure) listedProcedure { return listedProcedure{headOf(p), a.procedureURL(p)} })
	return pieceOf(all, *in)
}

func (a *API) procedureURL(p *procedure.Procedure) string { return a.BaseURL + "/procedures/" + p.ID }

func (a *API) getProcedure(_ context.Context, in *struct {
	ID string `path:"id" doc:"api.param.procedure" example:"duty"`
}) (*answer[fullProcedure], error) {
	p, ok := a.Pack.Procedure(in.ID)
	if !ok {
		return nil, gov.Errorf(gov.NotFound, "没有“%s”这种办事流程。", "There is no procedure %q.", in.ID)
	}
	return &answer[fullProcedure]{fullProcedure{ProcedureOf(p), a.procedureURL(p)}}, nil
}

// ProcedureOf is a procedure as the API gives it.
func ProcedureOf(p *procedure.Procedure) Procedure {
	out := Procedure{ProcedureHead: headOf(p), Subject: p.Subject, Unit: p.Unit, Due: p.Due, Comments: p.Comments, Publish: p.Publish, Quiet: p.Quiet, Under: p.Under}
	out.Fields = each(p.Fields, func(f procedure.Field) procedureField {
		return procedureField{
			ID: f.ID, Type: f.Type, Label: f.Label, Help: textOrNone(f.Help), Unit: f.Unit, Min: f.Min, Max: f.Max, Accept: f.Accept, Among: f.Among,
			Options: each(f.Options, func(o procedure.Option) option { return option(o) }),
			Open:    f.Level(), Named: f.Named, Once: f.Once, Sealed: f.Sealed, Value: f.Value,
			Of: f.Of, At: f.At, Level: f.Size,
		}
	})
	out.Parties = each(p.Parties, func(x procedure.Party) procedureParty { return procedureParty{x.ID, x.Name, x.Who.String()} })
	out.Actions = each(p.Actions, actionOf)
	out.Clocks = each(p.Clocks, clockOf)
	out.Children = each(p.Children, func(k procedure.Child) subCase { return subCase{k.ID, k.Procedure, k.At} })
	if s := p.Series; s != nil {
		out.Series = &procedureSeries{s.Every, s.For, s.When, limitOf(s.Within), s.Since}
	}
	out.Precedents = each(p.Precedents, func(r procedure.Precedent) memory {
		return memory{r.ID, r.Name, r.Field, r.Of, r.By, r.Against, r.Least}
	})
	if s := p.Similar; s != nil {
		out.Similar = &similarity{s.Place, s.Within, s.Same, s.Days, s.Text}
	}
	if it := p.Items; it != nil {
		out.Items = &itemCases{it.Scope, it.When}
	}
	out.Colours = each(p.Colours, func(k procedure.Colour) procedureColour { return procedureColour{k.ID, k.Name, k.Tone, k.When} })
	out.Letters = each(p.Letters, func(l procedure.Letter) procedureLetter {
		return procedureLetter{l.ID, l.Name, l.Body, cmp.Or(l.Open, procedure.OpenCase)}
	})
	return out
}

func headOf(p *procedure.Procedure) ProcedureHead {
	return ProcedureHead{
		ID: p.ID, Title: p.Title, Cite: p.Cite,
		States: each(p.States, func(s procedure.State) procedureState { return procedureState(s) }), FieldCount: len(p.Fields), ActionCount: len(p.Actions),
	}
}

func actionOf(a procedure.Action) procedureAction {
	out := procedureAction{
		ID: a.ID, Name: a.Name, Help: textOrNone(a.Help), At: a.At, To: a.To, By: append([]string{}, a.By...), Times: a.Times, Approve: a.Approve,
		Danger: a.Danger, Aside: a.Aside, Clear: a.Clear, Unseal: a.Unseal, Merge: a.Merge, Letter: a.Letter, Notify: a.Notify,
		Asks:    each(a.Asks, func(k procedure.Ask) ask { return ask(k) }),
		When:    each(a.When, func(w procedure.Condition) condition { return condition{w.If, w.Why} }),
		Set:     each(a.Set, assignmentOf),
		Suggest: each(a.Suggest, func(g procedure.Suggest) suggestion { return suggestion{g.Field, g.To, g.Why} }),
		Opens: each(a.Open, func(o procedure.Open) childOpening {
			return childOpening{o.Child, o.Each, o.Times, each(o.With, assignmentOf)}
		}),
	}
	if s := a.Site; s != nil {
		out.Site = &site{s.Place, s.Area, s.Distance(), s.Age(), s.Beside}
	}
	if t := a.Together; t != nil {
		out.Together = &together{t.Of, t.Need}
	}
	if t := a.Auto; t != nil {
		out.Auto = &auto{limitOf(t.After), t.At, t.Late, t.When}
	}
	if e := a.Extend; e != nil {
		out.Extend = &extension{e.Clock, limitOf(e.By), e.Field, e.Part}
	}
	return out
}

func clockOf(k procedure.Clock) procedureClock {
	out := procedureClock{ID: k.ID, Name: k.Name, From: k.From, To: k.To, Until: k.Until, Pause: k.Pause, Again: cmp.Or(k.Again, procedure.Resume),
		LimitOf: k.LimitOf, Anew: k.Anew,
		Warn: k.Warn, Tell: k.Tell, Report: k.Report}
	if k.Limit.N > 0 {
		out.Limits = []clockLimit{{Limit: limitOf(k.Limit)}}
	}
	for _, l := range k.Limits {
		out.Limits = append(out.Limits, clockLimit{limitOf(l.Limit), l.When, l.Cite})
	}
	return out
}

func assignmentOf(s procedure.Set) assignment { return assignment{s.Field, s.To} }

// limitOf is a limit as packs write it, "" for none.
func limitOf(l calendar.Limit) limitText {
	if l.N == 0 {
		return ""
	}
	return limitText(l.String())
}

// textOrNone is a text, nil when there is none.
func textOrNone(t gov.Text) *gov.Text {
	if t.IsZero() {
		return nil
	}
	return &t
}

// each turns a list into another, which is never nil.
func each[A, B any](list []A, f func(A) B) []B {
	out := make([]B, len(list))
	for i, x := range list {
		out[i] = f(x)
	}
	return out
}
