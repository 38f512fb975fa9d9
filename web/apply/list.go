package apply

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"quanxiang/cases"
	"quanxiang/cases/casework"
	"quanxiang/gov"
	"quanxiang/policy/procedure"
	"quanxiang/support/apply"
	"quanxiang/web/explain"
	"quanxiang/web/my"
	"quanxiang/web/programmes"
	"quanxiang/web/ui"
)

// listView is somebody's organisations with their applications.
type listView struct {
	Signed     bool
	SignIn     string
	Calculator string
	Represent  string
	Waiting    int
	For        []organisationView
}

type organisationView struct {
	Name, Code, Until string
	Rows              []rowView   // applications
	Matters, Ended    []matterRow // other cases
	Begin, Entitled   []ui.Link
	Asks              bool // whether it has ever had to do with matters
}

// rowView is one application.
type rowView struct {
	Href, Number, Title, Amount string
	Chips                       []ui.Chip
	Opened                      int64
}

// matterRow is one case.
type matterRow struct {
	Href, Number, Title, Text string
	Chips                     []ui.Chip
	Due                       explain.Due
	Since                     gov.Date // in its state
}

// most is how many applications of an organisation a page lists.
const most = 50

func (k *Apply) showList(w http.ResponseWriter, v *visit) error {
	view := listView{Signed: v.signed, SignIn: my.LoginPath(Root), Calculator: programmes.Calculator, Represent: k.representPath(), Waiting: v.asked}
	for _, o := range v.for_ {
		x := organisationView{Name: o.Name, Code: o.Code, Until: o.Until.In(v.Lang())}
		if err := k.matters(v, o, &x); err != nil {
			return err
		}
		ids, err := k.Support.Of(v.Context(), o, gov.Page{Limit: most})
		if err != nil {
			return err
		}
		for _, id := range ids {
			s, err := k.Casework.ResidentSheet(v.Context(), k.Support.Resident(o), id)
			if err != nil {
				return err
			}
			row := rowView{Href: path(id), Number: s.Number, Opened: s.Opened, Chips: []ui.Chip{{Label: s.State.Name.In(v.Lang()), Tone: tone(s.State.Kind)}}}
			c, err := k.Support.Store.Claim(v.Context(), id)
			if err != nil {
				return err
			}
			row.Title = strings.Join(c.Documents, v.T("list.separator")) + " · " + strconv.Itoa(c.Year)
			for _, f := range s.Fields {
				if n, isSum := f.Value.(int64); isSum && f.Field.ID == "amount" {
					row.Amount = v.Money(n)
				}
			}
			x.Rows = append(x.Rows, row)
		}
		view.For = append(view.For, x)
	}
	return k.list.Render(w, v.Request, http.StatusOK, frame(v.T("apply.home")), view)
}

// matters adds what an organisation has to do with besides applications.
func (k *Apply) matters(v *visit, o apply.Organisation, x *organisationView) error {
	running, ended, err := k.Support.Matters(v.Context(), o)
	if err != nil {
		return err
	}
	for _, s := range running {
		x.Matters = append(x.Matters, k.matter(v, s))
	}
	for _, s := range ended {
		x.Ended = append(x.Ended, k.matter(v, s))
	}
	for _, b := range k.Support.Openings(o) {
		x.Begin = append(x.Begin, ui.Link{Href: my.OpeningPath(o, b), Label: b.Procedure.Title.In(v.Lang()), Note: b.Action.Help.In(v.Lang())})
	}
	if k.Entitled != nil {
		if x.Entitled, err = k.Entitled(v.Context(), o); err != nil {
			return err
		}
	}
	x.Asks = len(running)+len(ended)+len(x.Entitled) > 0
	return nil
}

// matter is a case as a row: what waits for the organisation says so.
func (k *Apply) matter(v *visit, s casework.Sheet) matterRow {
	row := matterRow{Href: my.CasePath(s.ID), Number: s.Number, Title: s.Under.Procedure.Title.In(v.Lang()), Text: s.Subject, Since: gov.DateOf(time.UnixMilli(s.Since)),
		Chips: []ui.Chip{{Label: s.State.Name.In(v.Lang()), Tone: tone(s.State.Kind)}}}
	if my.Waits(s) {
		row.Chips = append(row.Chips, ui.Chip{Label: v.T("my.your_turn"), Tone: "warn"})
	}
	d := apply.Due(s)
	if !my.Waits(s) { // what is due of others says nothing here, the time to answer does
		d = answering(s)
	}
	if !d.At.IsZero() {
		row.Due = explain.DueOf(v.Messages, k.Calendar(v.Context()), d.At.UnixMilli(), k.Clock())
	}
	return row
}

// answering is the deadline that ends first while there is something an organisation may
// do; zero for none.
func answering(s casework.Sheet) cases.Deadline {
	if s.Ended != 0 || !slices.ContainsFunc(s.Options, func(o cases.Option) bool { return o.Why == nil }) {
		return cases.Deadline{}
	}
	return cases.Next(s.Deadlines)
}

func tone(kind procedure.StateKind) string {
	switch kind {
	case procedure.DoneState:
		return "good"
	case procedure.VoidState:
		return "quiet"
	}
	return "info"
}

// beginView is the step from the calculator to a draft.
type beginView struct {
	Crumbs    []ui.Link
	Signed    bool
	SignIn    string
	Represent string
	Waiting   int
	About     []string // what is applied for
	Typed     []typedView
	Form      ui.Form
	Alert     string
}

// typedView is a fact that was typed in the calculator.
type typedView struct{ Label, Value string }
