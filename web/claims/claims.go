// Package claims is where the staff see what an applicant for support states, with what
// proves it and what the rules make of it; where they correct a fact or set what the
// office sets, with a reason; where a decision is computed again; and the list of the
// committee.
package claims

import (
	"cmp"
	"embed"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"quanxiang/cases"
	"quanxiang/cases/casework"
	"quanxiang/cases/docket"
	"quanxiang/gov"
	"quanxiang/gov/problems"
	"quanxiang/people"
	"quanxiang/policy"
	"quanxiang/rules/calculate"
	"quanxiang/rules/explain"
	"quanxiang/rules/ir"
	"quanxiang/rules/money"
	"quanxiang/support/apply"
	"quanxiang/web/desk"
	"quanxiang/web/door"
	"quanxiang/web/export"
	"quanxiang/web/factform"
	"quanxiang/web/ui"
	"quanxiang/web/who"
)

//go:embed templates
var templates embed.FS

// Root is where the list of the committee stands, and under it the claims.
const Root = desk.Root + "/claims"

// Deps is everything the pages stand on.
type Deps struct {
	Engine   *ui.Engine
	Pack     *policy.Pack // has applications
	Support  *apply.Applications
	Casework *casework.Casework
	Office   *people.Office
	Clock    gov.Clock
}

// Claims answers the pages.
type Claims struct {
	Deps
	one     *ui.Template[oneView]
	correct *ui.Template[correctView]
	list    *ui.Template[listView]
}

// New parses the templates. An error is a mistake in them.
func New(d Deps) (*Claims, error) {
	k := &Claims{Deps: d}
	return k, errors.Join(
		ui.LoadInto(d.Engine, templates, &k.one, "one"),
		ui.LoadInto(d.Engine, templates, &k.correct, "correct"),
		ui.LoadInto(d.Engine, templates, &k.list, "list"),
	)
}

// Mount adds the routes.
func (k *Claims) Mount(mux *http.ServeMux) {
	for pattern, h := range map[string]ui.Handler{
		"GET " + Root:                    k.showList,
		"GET " + Root + ".csv":           k.showList,
		"GET " + Root + ".xlsx":          k.showList,
		"GET " + Root + "/{id}":          k.show,
		"GET " + Root + "/{id}/correct":  k.correctPage,
		"POST " + Root + "/{id}/correct": k.correctNow,
	} {
		mux.Handle(pattern, k.Engine.Handle(door.Require(h)))
	}
}

func frame(title string) ui.Frame { return ui.Frame{Section: "desk", Title: title, NoIndex: true} }

// Path is the address of the claim of a case.
func Path(id gov.ID) string { return Root + "/" + id.String() }

// Beside are the pages of this room about a case: the claim of an application, and of the
// application a review is part of.
func (k *Claims) Beside(m *ui.Messages, s casework.Sheet) []ui.Link {
	rules := k.Pack.Applications
	switch {
	case s.Under.Procedure.ID == rules.Procedure:
		return []ui.Link{{Href: Path(s.ID), Label: m.T("claims.see")}}
	case s.Under.Procedure.ID == rules.Review && !s.Parent.IsZero():
		return []ui.Link{{Href: Path(s.Parent), Label: m.T("claims.see")}}
	}
	return nil
}

// oneView is a claim.
type oneView struct {
	Crumbs   []ui.Link
	Number   string
	Name     string
	About    string
	Chips    []ui.Chip
	TotalOf  string // what the total is
	Total    string
	Open     string
	Facts    []factView
	Benefits []benefitView
	Excluded []benefitView
	Changes  []changeView
	Replay   string // address that computes the decision again, "" without one
	Replayed string
	Tone     string
}

type factView struct {
	Name, Value, Source, Note, Correct string
	Files                              []ui.Link
}

type benefitView struct {
	Name, Amount, Clauses string
	Steps                 []string
}

type changeView struct {
	At           int64
	What, By, Of string
	Why          string
}

func (k *Claims) look(r *http.Request) (by people.Standing, h apply.Held, s casework.Sheet, err error) {
	by = who.Of(r.Context()).Standing
	id, err := gov.ParseID(r.PathValue("id"))
	if err != nil {
		return by, h, s, gov.Errorf(gov.NotFound, "没有这个页面。", "There is no such page.")
	}
	h, s, err = k.Support.Look(r.Context(), by, id)
	return by, h, s, err
}

func amount(m *ui.Messages, a calculate.Amount) string {
	switch {
	case a.Known():
		return m.Money(a.Least)
	case a.Most > 1_000_000_000_00:
		return m.T("programmes.open")
	}
	return m.T("programmes.between", "least", m.Money(a.Least), "most", m.Money(a.Most))
}

func cited(m *ui.Messages, clauses []string) string {
	list := make([]string, len(clauses))
	for i, c := range clauses {
		doc, at, _ := strings.Cut(c, ":")
		list[i] = doc + " " + explain.Citation(at, m.Lang())
	}
	return strings.Join(list, m.T("list.separator"))
}

func dotted(benefit string) string { return strings.Replace(benefit, ".", " · ", 1) }

// maySet reports that the act of correcting is somebody's now.
func maySet(s casework.Sheet) bool {
	return slices.ContainsFunc(s.Options, func(o cases.Option) bool { return o.Action.ID == apply.CorrectAct && o.Why == nil })
}

func (k *Claims) show(w http.ResponseWriter, r *http.Request) error {
	m := k.Engine.For(r)
	by, h, s, err := k.look(r)
	if err != nil {
		return err
	}
	view := oneView{Crumbs: []ui.Link{{Href: desk.Root, Label: m.T("nav.desk")}, {Href: desk.CasePath(s.ID), Label: s.Number}}, Number: s.Number, Name: h.Claim.Name,
		About: h.Claim.Code + " · " + strings.Join(h.Claim.Documents, m.T("list.separator")) + " · " + strconv.Itoa(h.Claim.Year),
		Chips: []ui.Chip{{Label: s.State.Name.In(m.Lang()), Tone: "info"}}, TotalOf: m.T("apply.total_asked"), Total: m.Money(apply.Sum(h.Outcome)), Open: strings.Join(h.Outcome.Needs, m.T("list.separator"))}
	if err := k.facts(r, m, &view, by, h, s); err != nil {
		return err
	}
	for _, b := range h.Outcome.Benefits {
		x := benefitView{Name: dotted(b.Benefit), Amount: amount(m, b.Amount), Clauses: cited(m, b.Clauses)}
		if b.Title != "" {
			x.Amount = b.Title
		}
		for _, t := range b.Trace {
			x.Steps = append(x.Steps, t.Words(m.Lang())+" "+cited(m, t.Clauses))
		}
		if b.Most > 0 {
			view.Benefits = append(view.Benefits, x)
		}
	}
	for _, x := range h.Outcome.Excluded {
		e := benefitView{Name: dotted(x.Benefit), Amount: amount(m, x.Amount), Clauses: cited(m, x.Clauses), Steps: []string{m.T("apply.excluded_same")}}
		if x.Before {
			e.Steps[0] = m.T("apply.excluded_before", "by", x.By)
		}
		view.Excluded = append(view.Excluded, e)
	}
	changes, err := k.Support.Changes(r.Context(), by, s.ID)
	if err != nil {
		return err
	}
	for _, c := range slices.Backward(changes) {
		x := changeView{At: c.At, What: m.Of("claims.act.", c.Act), Of: c.Fact, Why: c.Why, By: m.T("claims.by_applicant")}
		if c.By != "" {
			if x.By, err = k.name(r, by, c.By); err != nil {
				return err
			}
		}
		view.Changes = append(view.Changes, x)
	}
	if err := k.replay(r, m, &view, s); err != nil {
		return err
	}
	return k.one.Render(w, r, http.StatusOK, frame(m.T("claims.title")), view)
}

// name is who somebody of the staff is.
func (k *Claims) name(r *http.Request, by people.Standing, id string) (string, error) {
	person, err := gov.ParseID(id)
	if err != nil {
		return "", err
	}
	p, err := k.Office.Person(r.Context(), by, person)
	if gov.CodeOf(err) == gov.NotFound {
		return id, nil
	}
	return p.Name, err
}

// facts are those of a claim, and those an office sets that are open.
func (k *Claims) facts(r *http.Request, m *ui.Messages, view *oneView, by people.Standing, h apply.Held, s casework.Sheet) error {
	files, err := k.Casework.Attachments(r.Context(), by, s.ID)
	if err != nil {
		return err
	}
	names := map[string]string{}
	for _, f := range files {
		names[string(f.Key)] = f.Name
	}
	set := maySet(s)
	for _, f := range h.Claim.Facts {
		x := factView{Name: f.Name, Value: factform.Words(m, h.Pack.Rules, h.Claim.Applicant, h.Claim.Year, f.Name, f.Value), Note: f.Why, Source: m.T("claims.by_applicant")}
		switch f.Source {
		case apply.Register:
			x.Source, x.Note = m.T("apply.source_register"), f.From.In(m.Lang())
		case apply.Corrected:
			if x.Source, err = k.name(r, by, f.By); err != nil {
				return err
			}
		}
		for _, key := range f.Files {
			x.Files = append(x.Files, ui.Link{Href: desk.CasePath(s.ID) + "/files/" + key, Label: cmp.Or(names[key], key[:8])})
		}
		if set {
			x.Correct = Path(s.ID) + "/correct?" + url.Values{"fact": {f.Name}}.Encode()
		}
		view.Facts = append(view.Facts, x)
	}
	if !set {
		return nil
	}
	for _, n := range apply.OfficeFacts(h.Pack.Rules, h.Outcome) {
		name, _, _ := strings.Cut(n, ".")
		if _, there := h.Claim.Fact(name); there || slices.ContainsFunc(view.Facts, func(x factView) bool { return x.Name == name }) {
			continue
		}
		view.Facts = append(view.Facts, factView{Name: name, Correct: Path(s.ID) + "/correct?" + url.Values{"fact": {name}}.Encode()})
	}
	return nil
}

// replay computes the decision again when that is asked for.
func (k *Claims) replay(r *http.Request, m *ui.Messages, view *oneView, s casework.Sheet) error {
	d, err := k.Support.Store.DecisionOf(r.Context(), s.ID)
	if gov.CodeOf(err) == gov.NotFound {
		return nil
	}
	if err != nil {
		return err
	}
	view.TotalOf = m.T("apply.total_granted")
	view.Replay = ui.With(Path(s.ID), "replay", "1")
	if r.URL.Query().Get("replay") == "" {
		return nil
	}
	again, err := k.Support.Replay(r.Context(), d.ID)
	if err != nil {
		return err
	}
	switch {
	case !again.Whole:
		view.Replayed, view.Tone = m.T("claims.replay_broken"), "bad"
	case !again.Same:
		view.Replayed, view.Tone = m.T("claims.replay_differs", "n", again.Differs), "bad"
	default:
		view.Replayed, view.Tone = m.T("claims.replay_same"), "good"
	}
	return nil
}

// correctView is the form by which one fact is corrected or set.
type correctView struct {
	Crumbs []ui.Link
	Alert  string
	Form   ui.Form
}

func (k *Claims) correctPage(w http.ResponseWriter, r *http.Request) error {
	_, h, s, err := k.look(r)
	if err != nil {
		return err
	}
	name := r.URL.Query().Get("fact")
	a := k.asker(h, url.Values{})
	if f, ok := h.Claim.Fact(name); ok {
		if i := a.Rules.FieldOf(a.Input, "", name); i != ir.None {
			a.Enter(i, f.Value)
		}
	}
	return k.showCorrect(w, r, h, s, a, name, http.StatusOK, nil)
}

func (k *Claims) asker(h apply.Held, q url.Values) *factform.Asker {
	return &factform.Asker{Rules: h.Pack.Rules, Input: h.Pack.Rules.Input(h.Claim.Applicant), Year: h.Claim.Year, Q: q}
}

func (k *Claims) showCorrect(w http.ResponseWriter, r *http.Request, h apply.Held, s casework.Sheet, a *factform.Asker, name string, status int, failed error) error {
	m := k.Engine.For(r)
	i := a.Rules.FieldOf(a.Input, "", name)
	if i == ir.None {
		return gov.Errorf(gov.NotFound, "没有这个页面。", "There is no such page.")
	}
	view := correctView{Crumbs: []ui.Link{{Href: desk.CasePath(s.ID), Label: s.Number}, {Href: Path(s.ID), Label: m.T("claims.title")}}}
	view.Form = ui.Form{ID: "correct", Action: Path(s.ID) + "/correct", Post: true, Submit: m.T("claims.correct_go"), Fields: a.Inputs(m, i, make([]bool, len(a.Rules.Benefits)))}
	view.Form.Fields = append(view.Form.Fields,
		ui.Field{Name: "why", Kind: "textarea", Label: m.T("claims.why"), Hint: m.T("claims.why_hint"), Value: r.PostFormValue("why"), Required: true},
		ui.Field{Name: "fact", Kind: "hidden", Value: name}, ui.Field{Name: "key", Kind: "hidden", Value: cmp.Or(r.PostFormValue("key"), gov.NewID(k.Clock()).String())},
		ui.Field{Name: "version", Kind: "hidden", Value: strconv.FormatInt(h.Claim.Version, 10)})
	if failed != nil {
		list, ok := errors.AsType[problems.List](failed)
		if e, single := errors.AsType[*gov.Error](failed); !ok && single && e.Code != gov.Internal {
			list = problems.List{e}
		} else if !ok {
			return failed
		}
		for _, e := range list {
			if !view.Form.Fail(e, m.Lang()) {
				view.Alert = e.Text.In(m.Lang())
			}
		}
	}
	return k.correct.Render(w, r, status, frame(m.T("claims.correct_of", "fact", name)), view)
}

func (k *Claims) correctNow(w http.ResponseWriter, r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return gov.Errorf(gov.Invalid, "表单内容无法识别。", "The form cannot be read.").Because(err)
	}
	by, h, s, err := k.look(r)
	if err != nil {
		return err
	}
	q := url.Values{}
	for name, list := range r.PostForm {
		for _, x := range list {
			if x = strings.TrimSpace(x); x != "" {
				q.Add(name, x)
			}
		}
	}
	name, a := r.PostFormValue("fact"), k.asker(h, q)
	i := a.Rules.FieldOf(a.Input, "", name)
	key, badKey := gov.ParseID(r.PostFormValue("key"))
	version, bad := strconv.ParseInt(r.PostFormValue("version"), 10, 64)
	if i == ir.None || bad != nil || badKey != nil {
		return gov.Errorf(gov.Invalid, "表单内容不完整，请打开页面重新填写。", "The form is not whole; open the page again and fill it in.")
	}
	var value json.RawMessage
	if value, err = a.Read(i); err == nil {
		err = k.Support.Correct(r.Context(), by, s.ID, version, key, name, value, r.PostFormValue("why"))
	}
	if err != nil {
		return k.showCorrect(w, r, h, s, a, name, http.StatusUnprocessableEntity, err)
	}
	http.Redirect(w, r, Path(s.ID), http.StatusSeeOther)
	return nil
}

// listView is the committee's list.
type listView struct {
	Crumbs []ui.Link
	Table  ui.Table
	Sum    string
}

// listed is the state in which an application waits for the committee.
const (
	listed     = "listed"
	mostListed = 1000
)

// lines is a cell of a text of several lines.
func lines(m *ui.Messages, text string) ui.Cell {
	return ui.TextCell(strings.ReplaceAll(text, "\n", m.T("programmes.join")))
}

// showList shows the list of the committee, or sends it as a table: those of it that
// somebody deals with.
func (k *Claims) showList(w http.ResponseWriter, r *http.Request) error {
	m, by := k.Engine.For(r), who.Of(r.Context()).Standing
	rows, _, err := k.Casework.List(r.Context(), by, docket.Query{Procedure: k.Pack.Applications.Procedure, State: listed}, docket.Place{}, mostListed)
	if err != nil {
		return err
	}
	file, said, written := export.FormatOf(r.URL.Path), m.T("claims.amount"), m.Money
	if file != "" { // office software adds up bare numbers of yuan
		said, written = m.T("funds.amount_yuan"), func(fen int64) string { return money.Fen(fen).String() }
	}
	columns := []ui.Column{{Label: m.T("claims.number"), Lead: true, Narrow: true}, {Label: m.T("claims.applicant"), Main: true}, {Label: m.T("claims.programmes"), Narrow: true}, {Label: said, Number: true}, {Label: m.T("claims.granted")}, {Label: m.T("claims.not_granted")}}
	table, sum := ui.Table{Caption: m.T("claims.list"), Columns: columns}, int64(0)
	for _, row := range rows {
		s, err := k.Casework.Sheet(r.Context(), by, row.ID)
		if err != nil {
			return err
		}
		if !s.Party {
			continue
		}
		text := map[string]string{}
		for _, f := range s.Fields {
			switch x := f.Value.(type) {
			case string:
				text[f.Field.ID] = x
			case int64:
				if f.Field.ID == "amount" {
					text["amount"], sum = written(x), sum+x
				}
			}
		}
		table.Rows = append(table.Rows, ui.TableRow{Cells: []ui.Cell{{Links: []ui.Link{{Href: Path(s.ID), Label: s.Number}}}, ui.TextCell(text["applicant"]), ui.TextCell(text["programmes"]), ui.TextCell(text["amount"]),
			lines(m, text["granted"]), lines(m, text["excluded"])}})
	}
	if file != "" {
		return export.Send(w, file, m.T("claims.list"), table)
	}
	table.Exports = export.Links(r, Root)
	view := listView{Crumbs: []ui.Link{{Href: desk.Root, Label: m.T("nav.desk")}}, Table: table, Sum: m.T("claims.sum", "sum", m.Money(sum), "n", len(table.Rows))}
	return k.list.Render(w, r, http.StatusOK, frame(m.T("claims.list")), view)
}
