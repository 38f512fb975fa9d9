package review

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"quanxiang/cases"
	"quanxiang/cases/casework"
	"quanxiang/cases/docket"
	"quanxiang/gov"
	"quanxiang/people"
	"quanxiang/policy/procedure"
	"quanxiang/web/caseform"
	"quanxiang/web/clause"
	"quanxiang/web/desk"
	"quanxiang/web/progress"
	"quanxiang/web/ui"
)

// nextView is the next case to look at.
type nextView struct {
	Crumbs   []ui.Link
	Progress string
	Ready    string // where those without open questions are listed
	Empty    bool
	Done     string // what was done just now

	Number   string
	Subject  string
	Href     string
	Text     []string // of the item, by line
	Source   string
	Facts    []fact
	Unclear  []string // names that could not be resolved
	Groups   []group
	Similar  []similar
	Mistakes []string // about no input of the form
	Form     *ui.Form // nil when the reader can do nothing here
	Others   []ui.Link
	Skip     string
}

// fact is a field that is given and not asked for.
type fact struct{ Label, Text string }

// group is a group of units with those it stands for.
type group struct {
	Name    string
	Members []string
}

// similar is a case that may be about the same, with the reason to think so.
type similar struct {
	ui.Link
	Why string
}

// Inputs of the form besides the fields of the procedure.
const (
	caseInput    = "case"
	versionInput = "version"
	keyInput     = "key"
)

func (v *Review) show(w http.ResponseWriter, r *http.Request) error {
	k, err := v.kindOf(r)
	if err != nil {
		return err
	}
	after, err := progress.ParsePlace(r.URL.Query().Get("after"))
	if err != nil {
		return err
	}
	q := docket.Query{Procedure: k.ID, State: k.waits, Facets: []docket.Facet{k.facet(r.URL.Query().Get("document"))}}
	rows, next, err := v.Casework.List(r.Context(), staff(r), q, after, 1)
	if err != nil {
		return err
	}
	if len(rows) == 0 {
		return v.render(w, r, http.StatusOK, k, nextView{Empty: true})
	}
	c, err := v.Casework.Sheet(r.Context(), staff(r), rows[0].ID)
	if err != nil {
		return err
	}
	view, err := v.view(r, k, c, nil, nil)
	if err != nil {
		return err
	}
	if !next.IsZero() {
		view.Skip = k.address(q.Facets[0].Value, "after", progress.PlaceText(next))
	}
	return v.render(w, r, http.StatusOK, k, view)
}

func (v *Review) render(w http.ResponseWriter, r *http.Request, status int, k kind, view nextView) error {
	m, document := v.Engine.For(r), r.URL.Query().Get("document")
	facet := k.facet(document)
	list, err := v.tallies(r, k, facet.Field)
	if err != nil {
		return err
	}
	for _, t := range list {
		if t.document == facet.Value {
			view.Progress = m.T("review.progress", "done", int(t.total-t.waits), "total", int(t.total))
		}
	}
	view.Crumbs = crumbs(m, ui.Link{Href: Root, Label: m.T("review.title")})
	view.Ready = ui.With(Root+"/"+k.ID+"/ready", "document", facet.Value)
	if n := r.URL.Query().Get("done"); n != "" {
		view.Done = m.T("review.done", "number", n)
	}
	title := m.T("review.of", "title", k.Title)
	if facet.Value != "" {
		title = m.T("review.of_document", "document", facet.Value)
	}
	return v.next.Render(w, r, status, frame(title), view)
}

// first is what is to be done with a case that waits: the first action that is
// not aside, if it is the reader's.
func first(c casework.Sheet) *procedure.Action {
	for _, o := range c.Options {
		if !o.Action.Aside && o.Why == nil {
			return o.Action
		}
	}
	return nil
}

// view is the page of a case, with what was typed and what is wrong with it.
func (v *Review) view(r *http.Request, k kind, c casework.Sheet, typed casework.Typed, wrong cases.Mistakes) (view nextView, err error) {
	m := v.Engine.For(r)
	p := c.Under.Procedure
	view = nextView{Number: c.Number, Subject: c.Subject, Href: desk.CasePath(c.ID)}
	a := first(c)
	asked := func(field string) bool {
		return a != nil && slices.ContainsFunc(a.Asks, func(x procedure.Ask) bool { return x.Field == field })
	}
	for _, f := range c.Fields {
		words := casework.Words(c.Under.Pack, f.Field, f.Value, m.Lang())
		switch f.Field.ID {
		case p.FromItem("item.text"):
			view.Text = strings.Split(strings.Join(words, ""), "\n")
		case p.FromItem("item.address"):
			view.Source = clause.Path(strings.Join(words, ""))
		case p.FromItem("item.unresolved"):
			view.Unclear = words
		default:
			if !asked(f.Field.ID) && f.Field.ID != p.Subject {
				view.Facts = append(view.Facts, fact{f.Field.Label.In(m.Lang()), strings.Join(words, m.T("list.separator"))})
			}
		}
		view.Groups = append(view.Groups, v.groups(m, f)...)
	}
	if view.Similar, err = v.similar(r.Context(), m, staff(r), c); err != nil {
		return view, err
	}
	for _, o := range c.Options {
		if o.Action != a && o.Why == nil {
			view.Others = append(view.Others, ui.Link{Href: view.Href + "/do/" + o.Action.ID, Label: o.Action.Name.In(m.Lang())})
		}
	}
	if a == nil {
		return view, nil
	}
	maker := v.maker(m, c)
	form := &ui.Form{ID: "step", Post: true, Action: r.URL.RequestURI(), Submit: m.T("review.and_next", "action", a.Name), Fields: maker.Fields(a, typed, wrong)}
	for _, x := range caseform.Mend(form.Fields, wrong, m.Lang()) {
		view.Mistakes = append(view.Mistakes, x.Text.In(m.Lang()))
	}
	form.Fields = append(form.Fields, ui.Field{Kind: "hidden", Name: caseInput, Value: c.ID.String()},
		ui.Field{Kind: "hidden", Name: versionInput, Value: strconv.FormatInt(c.Version, 10)}, ui.Field{Kind: "hidden", Name: keyInput, Value: gov.NewID(v.Clock()).String()})
	view.Form = form
	return view, nil
}

func (v *Review) maker(m *ui.Messages, c casework.Sheet) caseform.Maker {
	return caseform.Maker{Messages: m, Pack: v.Casework.Pack(), Under: c.Under, Shown: c.Fields}
}

// groups are the groups of units in a field, opened.
func (v *Review) groups(m *ui.Messages, f cases.Shown) (list []group) {
	if f.Field.Type != procedure.UnitField && f.Field.Type != procedure.UnitsField {
		return nil
	}
	for _, id := range (cases.Values{f.Field.ID: f.Value}).All(f.Field.ID) {
		members := v.Pack.Members(id)
		if u, ok := v.Pack.Unit(id); ok && len(members) > 0 {
			list = append(list, group{u.Name.In(m.Lang()), casework.Words(v.Pack, f.Field, members, m.Lang())})
		}
	}
	return list
}

// act does what the form asks for and goes on to the next case.
func (v *Review) act(w http.ResponseWriter, r *http.Request) error {
	k, err := v.kindOf(r)
	if err != nil {
		return err
	}
	if err := r.ParseForm(); err != nil {
		return gov.Errorf(gov.Invalid, "表单内容无法识别。", "The form cannot be read.").Because(err)
	}
	id, err := gov.ParseID(r.PostForm.Get(caseInput))
	if err != nil {
		return err
	}
	st := docket.Step{Case: id}
	if st.Key, err = gov.ParseID(r.PostForm.Get(keyInput)); err != nil {
		return err
	}
	if st.Version, err = strconv.ParseInt(r.PostForm.Get(versionInput), 10, 64); err != nil {
		return gov.Errorf(gov.Invalid, "表单内容无法识别。", "The form cannot be read.").Because(err)
	}
	ctx, by := r.Context(), staff(r)
	c, err := v.Casework.Sheet(ctx, by, id)
	if err != nil {
		return err
	}
	a := first(c)
	if a == nil || c.Under.Procedure.ID != k.ID || c.State.ID != k.waits {
		return gov.Errorf(gov.Conflict, "这件事项已经不在等待确认，请看下一件。", "This case no longer waits to be looked at; go on to the next.")
	}
	typed := v.maker(v.Engine.For(r), c).Read(r.PostForm, a)
	values, wrong, err := v.Casework.Values(ctx, by, c.Under, a, typed)
	if err == nil && len(wrong) == 0 {
		err = v.Casework.Act(ctx, by, st, a.ID, values, "")
	}
	wrong, err = mistakes(wrong, err)
	if err != nil {
		return err
	}
	if len(wrong) > 0 {
		view, err := v.view(r, k, c, typed, wrong)
		if err != nil {
			return err
		}
		return v.render(w, r, http.StatusUnprocessableEntity, k, view)
	}
	q := r.URL.Query()
	q.Set("done", c.Number)
	http.Redirect(w, r, Root+"/"+k.ID+"?"+q.Encode(), http.StatusSeeOther)
	return nil
}

// mistakes are what the reader can mend of what became of a step, or has to look
// at again: a condition that does not hold, a case that has changed meanwhile. Any
// other error is returned.
func mistakes(wrong cases.Mistakes, err error) (cases.Mistakes, error) {
	if m, ok := errors.AsType[cases.Mistakes](err); ok {
		return append(wrong, m...), nil
	}
	if e, ok := errors.AsType[*gov.Error](err); ok && (e.Code == gov.Invalid || e.Code == gov.Conflict) {
		return append(wrong, e), nil
	}
	return wrong, err
}

// Similar wording: how many cases of the same unit are compared, from which part
// of common pairs of characters they are shown, and how many.
const (
	compared  = 200
	likeness  = 0.5
	mostAlike = 5
)

// similar finds cases of the unit responsible that are worded much alike.
func (v *Review) similar(ctx context.Context, m *ui.Messages, by people.Standing, c casework.Sheet) ([]similar, error) {
	p := c.Under.Procedure
	if !slices.Contains(p.Facets, p.Unit) {
		return nil, nil
	}
	units := fieldOf(c, p.Unit)
	type found struct {
		row  docket.Row
		like float64
	}
	var near []found
	for _, unit := range units[:min(len(units), 3)] {
		rows, _, err := v.Casework.List(ctx, by, docket.Query{Procedure: p.ID, Facets: []docket.Facet{{Field: p.Unit, Value: unit}}}, docket.Place{}, compared)
		if err != nil {
			return nil, err
		}
		for _, x := range rows {
			like := alike(c.Subject, x.Subject)
			if x.ID != c.ID && like >= likeness && !slices.ContainsFunc(near, func(f found) bool { return f.row.ID == x.ID }) {
				near = append(near, found{x, like})
			}
		}
	}
	slices.SortStableFunc(near, func(a, b found) int { return int(1000*b.like) - int(1000*a.like) })
	document := p.FromItem("item.document")
	var list []similar
	for _, f := range near[:min(len(near), mostAlike)] {
		other, err := v.Casework.Sheet(ctx, by, f.row.ID)
		if err != nil {
			return nil, err
		}
		from := strings.Join(fieldOf(other, document), "")
		why := m.T("review.alike", "share", int(100*f.like), "document", from)
		if from != "" && from == strings.Join(fieldOf(c, document), "") {
			why = m.T("review.alike_here", "share", int(100*f.like))
		}
		list = append(list, similar{ui.Link{Href: desk.CasePath(f.row.ID), Label: f.row.Subject, Note: f.row.Number}, why})
	}
	return list, nil
}

// fieldOf is the values of a field the reader sees.
func fieldOf(c casework.Sheet, field string) []string {
	for _, f := range c.Fields {
		if f.Field.ID == field {
			return cases.Values{field: f.Value}.All(field)
		}
	}
	return nil
}

// alike is how alike two texts are, from 0 to 1: the part of their pairs of
// neighbouring characters that they share (Dice's coefficient).
func alike(a, b string) float64 {
	x, y := pairs(a), pairs(b)
	if len(x) == 0 || len(y) == 0 {
		return 0
	}
	common := 0
	for p := range x {
		if y[p] {
			common++
		}
	}
	return 2 * float64(common) / float64(len(x)+len(y))
}

func pairs(s string) map[[2]rune]bool {
	set := map[[2]rune]bool{}
	var last rune
	for _, r := range s {
		if strings.ContainsRune(" 、，。；：（）“”", r) {
			last = 0
			continue
		}
		if last != 0 {
			set[[2]rune{last, r}] = true
		}
		last = r
	}
	return set
}
