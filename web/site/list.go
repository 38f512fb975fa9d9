package site

import (
	"cmp"
	"math"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"quanxiang/cases/casework"
	"quanxiang/geo"
	"quanxiang/gov"
	"quanxiang/inspections/visits"
	"quanxiang/policy"
	"quanxiang/policy/procedure"
	"quanxiang/web/desk"
	"quanxiang/web/explain"
	"quanxiang/web/ui"
)

// Inputs of the list.
const (
	byInput     = "by"     // byRoute, byDue or byStreet
	fromInput   = "from"   // where one stands, as geo.Point writes it
	streetInput = "street" // or in which street one starts
	doneInput   = "done"   // the case something was just done in
)

// The orders.
const (
	byRoute  = "route"
	byDue    = "due"
	byStreet = "street"
)

// listView is what somebody can do on site.
type listView struct {
	Count   string
	Done    *ui.Link // the case something was just done in
	More    string   // there is more than is shown
	Orders  []tab
	Start   ui.Form
	Located string // where the order begins
	By      string
	Groups  []group
	Begin   []ui.Link
	Chart   *chart
	Find    bool   // there is something to be found by its code
	Code    string // that was looked for,
	Missing string // and why it is not there
	Worker  string // address of the service worker
	Outbox  ui.Outbox
}

type tab struct {
	Href, Label string
	Current     bool
}

// group is a stretch of the list under a heading, or the whole of it.
type group struct {
	Label string
	Rows  []row
}

type row struct {
	N        int // on the way and in the picture; 0 has no place
	Href     string
	Number   string
	Subject  string
	Kind     string
	Chips    []ui.Chip
	Where    string
	Distance string // from where one comes from
	Due      string
	Late     bool
	Actions  []doing
	Confirm  []ui.Link // asked for by another of the team
	Ahead    []ui.Link // what comes after, to be taken along
	Door     string    // address of the page that shows the code
}

// doing is something that can be done.
type doing struct {
	ui.Link
	Aside bool // it leads off the straight way
}

// errands shows the list.
func (k *Site) errands(w http.ResponseWriter, v *visit) error {
	return k.showList(w, v, http.StatusOK, "", nil)
}

// showList shows the list; code was looked for and missing says why it is not there.
func (k *Site) showList(w http.ResponseWriter, v *visit, status int, code string, missing error) error {
	list, more, err := k.Work.Errands(v.Context(), v.Standing)
	if err != nil {
		return err
	}
	q := v.URL.Query()
	view := listView{Code: code, Worker: workerPath, Find: slices.ContainsFunc(list, func(e casework.Errand) bool { return e.Under.Procedure.ID == visits.Procedure(e.Under.Pack) }), Count: v.T("onsite.count", "n", len(list)), By: q.Get(byInput), Outbox: v.outbox()}
	if id, err := gov.ParseID(q.Get(doneInput)); err == nil {
		numbers, err := k.Work.Numbers(v.Context(), v.Standing, []string{id.String()})
		if err != nil {
			return err
		}
		if number := numbers[id.String()]; number != "" {
			view.Done = &ui.Link{Href: desk.CasePath(id), Label: number}
		}
	}
	if more {
		view.More = v.T("onsite.more", "n", len(list))
	}
	if view.By != byDue && view.By != byStreet {
		view.By = byRoute
	}
	for _, by := range []string{byRoute, byDue, byStreet} {
		view.Orders = append(view.Orders, tab{Href: address(q, byInput, by), Label: v.T("onsite.by." + by), Current: by == view.By})
	}
	pack := k.Work.Pack()
	start, located := from(v, pack, q, list)
	view.Located, view.Start = located, startForm(v, pack, q)
	switch {
	case len(list) == 0:
	case view.By == byRoute:
		list = route(start, list)
		view.Groups = []group{{Rows: k.rows(v, pack, list, start)}}
		view.Chart = draw(pack, start, list)
	case view.By == byDue:
		slices.SortStableFunc(list, sooner)
		view.Groups = []group{{Rows: k.rows(v, pack, list, nil)}}
		view.Chart = draw(pack, nil, list)
	default:
		view.Groups = k.streets(v, pack, list)
	}
	for _, s := range k.Work.Starts(v.Standing) {
		if s.Action.Site != nil {
			view.Begin = append(view.Begin, ui.Link{Href: Root + "/new/" + s.Procedure.ID + "/" + s.Action.ID, Label: s.Action.Name.In(v.Lang()), Note: s.Procedure.Title.In(v.Lang())})
		}
	}
	if missing != nil {
		view.Missing = gov.TextOf(missing, v.Lang())
	}
	return k.list.Render(w, v.Request, status, frame(v.T("onsite.title")), view)
}

// address is that of the list with one thing changed.
func address(q url.Values, name, value string) string {
	out := url.Values{}
	for _, keep := range []string{byInput, fromInput, streetInput} {
		if x := q.Get(keep); x != "" {
			out.Set(keep, x)
		}
	}
	out.Set(name, value)
	return Root + "?" + out.Encode()
}

// sooner puts what is due first in front, and what has no deadline last.
func sooner(a, b casework.Errand) int {
	if (a.Due == 0) != (b.Due == 0) {
		return cmp.Compare(b.Due, a.Due)
	}
	return cmp.Compare(a.Due, b.Due)
}

// from is where the way begins: where the phone is, in a street, or else at the
// first case that has a place; nil where there is none.
func from(v *visit, pack *policy.Pack, q url.Values, list []casework.Errand) (*geo.Point, string) {
	if p, err := geo.ParsePoint(q.Get(fromInput)); err == nil {
		return &p, v.T("onsite.from.here")
	}
	if a, ok := pack.Area(q.Get(streetInput)); ok && len(a.Ground.Shape) > 0 {
		b := a.Ground.Shape.Bounds()
		return &geo.Point{Lat: (b.South + b.North) / 2, Lon: (b.West + b.East) / 2}, v.T("onsite.from.street", "street", a.Name)
	}
	for _, e := range list {
		if e.Place != nil {
			return e.Place, v.T("onsite.from.first", "number", e.Number)
		}
	}
	return nil, ""
}

// startForm asks where one starts.
func startForm(v *visit, pack *policy.Pack, q url.Values) ui.Form {
	f := ui.Form{ID: "start", Inline: true, Action: Root, Submit: v.T("onsite.start_go")}
	streets := ui.Field{Name: streetInput, Kind: "select", Label: v.T("onsite.start"), Value: q.Get(streetInput), Options: []ui.Option{{Label: v.T("onsite.start_first")}}}
	for _, a := range pack.AreasOf(policy.StreetLevel) {
		if len(a.Ground.Shape) > 0 {
			streets.Options = append(streets.Options, ui.Option{Value: a.Code, Label: a.Name.In(v.Lang())})
		}
	}
	f.Fields = []ui.Field{streets}
	if by := q.Get(byInput); by != "" {
		f.Fields = append(f.Fields, ui.Field{Kind: "hidden", Name: byInput, Value: by})
	}
	return f
}

// route puts errands in an order in which one can go there: those in one's own
// areas first, then those elsewhere, then those without a place.
func route(start *geo.Point, list []casework.Errand) []casework.Errand {
	var own, others, nowhere []casework.Errand
	for _, e := range list {
		switch {
		case e.Place == nil:
			nowhere = append(nowhere, e)
		case e.Own:
			own = append(own, e)
		default:
			others = append(others, e)
		}
	}
	out := make([]casework.Errand, 0, len(list))
	for _, part := range [][]casework.Errand{own, others} {
		if len(part) == 0 {
			continue
		}
		stops := make([]geo.Point, len(part))
		for i, e := range part {
			stops[i] = *e.Place
		}
		for _, i := range geo.Route(*start, stops) { // with a place there is a start
			out = append(out, part[i])
		}
		start = out[len(out)-1].Place
	}
	return append(out, nowhere...)
}

// streets are the errands by street, with those of one's own first.
func (k *Site) streets(v *visit, pack *policy.Pack, list []casework.Errand) (groups []group) {
	street := func(e casework.Errand) string {
		for a, ok := pack.Area(e.Area); ok; a, ok = pack.Area(a.Parent) {
			if a.Level == policy.StreetLevel {
				return a.Code
			}
		}
		return "~" // after all codes
	}
	slices.SortStableFunc(list, func(a, b casework.Errand) int {
		if a.Own != b.Own {
			if a.Own {
				return -1
			}
			return 1
		}
		return cmp.Or(strings.Compare(street(a), street(b)), sooner(a, b))
	})
	rows := k.rows(v, pack, list, nil)
	last := ""
	for i, e := range list {
		if code := street(e); i == 0 || code != last {
			label := v.T("onsite.nowhere")
			if a, ok := pack.Area(code); ok {
				label = a.Name.In(v.Lang())
			}
			groups, last = append(groups, group{Label: label}), code
		}
		g := &groups[len(groups)-1]
		g.Rows = append(g.Rows, rows[i])
	}
	return groups
}

var tones = map[procedure.Tone]string{procedure.Calm: "quiet", procedure.Good: "good", procedure.Warning: "warn", procedure.Bad: "bad"}

// rows writes errands, in order. With a start each says how far it is from the one
// before.
func (k *Site) rows(v *visit, pack *policy.Pack, list []casework.Errand, start *geo.Point) []row {
	rows := make([]row, len(list))
	someOwn := slices.ContainsFunc(list, func(e casework.Errand) bool { return e.Own })
	n := 0
	for i, e := range list {
		r := row{Number: e.Number, Subject: e.Subject, Kind: e.Under.Procedure.Title.In(v.Lang()), Href: desk.CasePath(e.ID), Where: where(v, pack, e)}
		r.Chips = append(r.Chips, ui.Chip{Label: e.State.Name.In(v.Lang()), Tone: "info"})
		if someOwn && !e.Own && e.Area != "" {
			r.Chips = append(r.Chips, ui.Chip{Label: v.T("onsite.elsewhere"), Tone: "quiet"})
		}
		if e.Colour != nil {
			r.Chips = ui.Chips(append(r.Chips, ui.Chip{Label: e.Colour.Name.In(v.Lang()), Tone: tones[e.Colour.Tone]})...)
		}
		if e.Place != nil {
			n++
			r.N = n
			if start != nil {
				away := explain.Metres(v.Messages, int(math.Round(start.Distance(*e.Place))))
				if n > 1 {
					r.Distance = v.T("onsite.away_next", "distance", away)
				} else if *start != *e.Place {
					r.Distance = v.T("onsite.away", "distance", away)
				}
				start = e.Place
			}
		}
		r.Due, r.Late = due(v, e.Due)
		for _, a := range e.Actions {
			r.Actions = append(r.Actions, doing{ui.Link{Href: actPath(e.ID, a.ID), Label: a.Name.In(v.Lang())}, a.Aside})
		}
		for _, a := range e.Confirm {
			r.Confirm = append(r.Confirm, ui.Link{Href: desk.CasePath(e.ID), Label: v.T("onsite.confirm", "action", a.Name)})
		}
		for _, a := range e.Ahead() {
			r.Ahead = append(r.Ahead, ui.Link{Href: actPath(e.ID, a.ID) + "?" + aheadInput + "=1", Label: a.Name.In(v.Lang())})
		}
		if k.shows(v, e.ID) {
			r.Door = actPath(e.ID, "door")
		}
		rows[i] = r
	}
	return rows
}

// where says in which areas an errand lies, the larger first, but for those whose
// name that of a smaller one begins with.
func where(v *visit, pack *policy.Pack, e casework.Errand) string {
	var names []string
	for a, ok := pack.Area(e.Area); ok && a.Level != policy.DistrictLevel; a, ok = pack.Area(a.Parent) {
		name := a.Name.In(v.Lang())
		if !slices.ContainsFunc(names, func(smaller string) bool { return strings.HasPrefix(smaller, name) }) {
			names = append([]string{name}, names...)
		}
	}
	return strings.Join(names, " · ")
}

// due says until when, to the minute: on site it is hours that count.
func due(v *visit, ms int64) (text string, late bool) {
	if ms == 0 {
		return "", false
	}
	at := time.UnixMilli(ms).In(gov.China)
	left := at.Sub(v.At)
	if left < 0 {
		return v.T("onsite.late", "time", explain.Span(v.Messages, -left)), true
	}
	day, hour := gov.DateOf(at), at.Format("15:04")
	if hour == "00:00" { // the end of a day is its own, as people say it
		day, hour = day.Add(-1), "24:00"
	}
	if day == gov.DateOf(v.At) {
		return v.T("onsite.due_today", "at", hour, "time", explain.Span(v.Messages, left)), false
	}
	return v.T("onsite.due", "day", day, "at", hour), false
}

func actPath(id gov.ID, action string) string { return Root + "/cases/" + id.String() + "/" + action }
