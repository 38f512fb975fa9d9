package review

import (
	"net/http"
	"strconv"
	"strings"

	"quanxiang/cases/casework"
	"quanxiang/cases/docket"
	"quanxiang/cases/entered"
	"quanxiang/gov"
	"quanxiang/policy/procedure"
	"quanxiang/web/desk"
	"quanxiang/web/progress"
	"quanxiang/web/ui"
)

// readyView lists the cases without an open question, or what became of them.
type readyView struct {
	Crumbs []ui.Link
	Lede   string
	Cases  []readyCase
	Submit string
	Action string
	Next   string // the cases behind those looked at here
	Table  ui.Table
	Back   string
}

// readyCase is a case that can be dealt with as it is.
type readyCase struct {
	ID      string
	Version string
	Href    string
	Number  string
	Subject string
	Facts   []fact // what the action asks for, as it is given
}

// lookedAt is how many cases a page looks at for those that are ready.
const lookedAt = 50

// ready reports that a case can be dealt with as it stands: everything asked for
// is given and no name is unclear.
func ready(c casework.Sheet, a *procedure.Action) bool {
	p := c.Under.Procedure
	given := func(field string) bool {
		for _, f := range c.Fields {
			if f.Field.ID == field {
				return entered.Given(f.Value)
			}
		}
		return false
	}
	for _, x := range a.Asks {
		if x.Required && !given(x.Field) {
			return false
		}
	}
	return !given(p.FromItem("item.unresolved"))
}

func (v *Review) showReady(w http.ResponseWriter, r *http.Request) error {
	k, err := v.kindOf(r)
	if err != nil {
		return err
	}
	ctx, m, by := r.Context(), v.Engine.For(r), staff(r)
	after, err := progress.ParsePlace(r.URL.Query().Get("after"))
	if err != nil {
		return err
	}
	facet := k.facet(r.URL.Query().Get("document"))
	rows, next, err := v.Casework.List(ctx, by, docket.Query{Procedure: k.ID, State: k.waits, Facets: []docket.Facet{facet}}, after, lookedAt)
	if err != nil {
		return err
	}
	view := v.readyPage(m, k, facet.Value)
	view.Action = r.URL.RequestURI()
	if !next.IsZero() {
		view.Next = ui.With(Root+"/"+k.ID+"/ready", "document", facet.Value, "after", progress.PlaceText(next))
	}
	for _, row := range rows {
		c, err := v.Casework.Sheet(ctx, by, row.ID)
		if err != nil {
			return err
		}
		a := first(c)
		if a == nil || !ready(c, a) {
			continue
		}
		view.Submit = m.T("review.all", "action", a.Name)
		one := readyCase{ID: c.ID.String(), Version: strconv.FormatInt(c.Version, 10), Href: desk.CasePath(c.ID), Number: c.Number, Subject: c.Subject}
		for _, x := range a.Asks {
			for _, f := range c.Fields {
				if f.Field.ID == x.Field && x.Field != k.Subject {
					one.Facts = append(one.Facts, fact{f.Field.Label.In(m.Lang()), strings.Join(casework.Words(c.Under.Pack, f.Field, f.Value, m.Lang()), m.T("list.separator"))})
				}
			}
		}
		view.Cases = append(view.Cases, one)
	}
	view.Lede = m.T("review.ready_lede", "n", len(view.Cases), "of", len(rows))
	return v.ready.Render(w, r, http.StatusOK, frame(m.T("review.ready")), view)
}

func (v *Review) readyPage(m *ui.Messages, k kind, document string) readyView {
	return readyView{Back: k.address(document), Crumbs: crumbs(m, ui.Link{Href: Root, Label: m.T("review.title")}, ui.Link{Href: k.address(document), Label: m.T("review.of", "title", k.Title)})}
}

// actReady deals with the cases that were chosen, as they were shown, and says
// what became of each.
func (v *Review) actReady(w http.ResponseWriter, r *http.Request) error {
	k, err := v.kindOf(r)
	if err != nil {
		return err
	}
	if err := r.ParseForm(); err != nil {
		return gov.Errorf(gov.Invalid, "表单内容无法识别。", "The form cannot be read.").Because(err)
	}
	ctx, m, by := r.Context(), v.Engine.For(r), staff(r)
	chosen := r.PostForm[caseInput]
	if len(chosen) > lookedAt {
		return gov.Errorf(gov.Invalid, "一次至多办理 %d 件", "at most %d at once", lookedAt)
	}
	view := v.readyPage(m, k, k.facet(r.URL.Query().Get("document")).Value)
	view.Table = ui.Table{Caption: m.T("review.results"), Columns: []ui.Column{{Label: m.T("progress.number"), Lead: true}, {Label: m.T("progress.subject"), Main: true}, {Label: m.T("review.result")}}}
	done := 0
	for _, text := range chosen {
		// The version stands behind the id: what was shown is what is agreed to.
		idText, version, _ := strings.Cut(text, ".")
		id, err := gov.ParseID(idText)
		if err != nil {
			return err
		}
		seen, err := strconv.ParseInt(version, 10, 64)
		if err != nil {
			return gov.Errorf(gov.Invalid, "表单内容无法识别。", "The form cannot be read.").Because(err)
		}
		c, err := v.Casework.Sheet(ctx, by, id)
		if err != nil {
			return err
		}
		result := ui.Cell{Chips: []ui.Chip{{Label: m.T("review.result_done"), Tone: "good"}}}
		a := first(c)
		if a == nil || c.Under.Procedure.ID != k.ID || c.State.ID != k.waits || !ready(c, a) {
			err = gov.Errorf(gov.Conflict, "已经不在等待确认，或还有问题没有明确", "it no longer waits, or has a question left")
		} else {
			err = v.Casework.Act(ctx, by, docket.Step{Case: id, Version: seen}, a.ID, nil, "")
		}
		if err != nil {
			if gov.CodeOf(err) == gov.Internal {
				return err
			}
			result = ui.Cell{Text: gov.TextOf(err, m.Lang())}
		} else {
			done++
		}
		view.Table.Rows = append(view.Table.Rows, ui.TableRow{Cells: []ui.Cell{ui.TextCell(c.Number), {Links: []ui.Link{{Href: desk.CasePath(id), Label: c.Subject}}}, result}})
	}
	view.Lede = m.T("review.summary", "done", done, "n", len(chosen))
	return v.ready.Render(w, r, http.StatusOK, frame(m.T("review.ready")), view)
}
