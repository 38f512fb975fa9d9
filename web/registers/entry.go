package registers

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"quanxiang/gov"
	"quanxiang/policy/register"
	"quanxiang/policy/supply"
	"quanxiang/registers"
	"quanxiang/web/entitled"
	"quanxiang/web/ui"
	"quanxiang/web/who"
)

// entryView is everything known of an entry.
type entryView struct {
	Crumbs    []ui.Link
	Key       string
	KeyLabel  string
	Chips     []ui.Chip
	Doubt     string
	Facts     []fact
	Cases     []ui.Link // from which the entry comes
	Full      string    // until when it is open in full, or ""
	Look      *ui.Form
	Class     *classView
	Conflicts ui.Table
	Kinds     []kindLink
	Years     []year
	More      bool
	Tiles     []tile
	Stands    []line // measures that stand, each once
	Ways      []ui.Link
	Versions  ui.Table
}

// tile is a figure above the page that leads to its part of it.
type tile struct{ Href, Label, Text, Tone string }

// year is a stretch of the time line.
type year struct {
	Year    int
	Records []record
}

// fact is a field with its value.
type fact struct{ Label, Text string }

// kindLink cuts the time line by a kind of record.
type kindLink struct {
	ui.Link
	N       int
	Current bool
}

// record is one in the time line.
type record struct {
	On        gov.Date
	Until     gov.Date
	Title     string
	Says      string
	Unit      string
	Tone      string
	Public    bool
	Withdrawn bool
	Note      string
	Version   int
	Basis     string
	Facts     []fact
	Withdraw  *ui.Form
	Contested bool
	Cases     []ui.Link // from which it comes, or that are about it
	Object    string    // where the public says that it is wrong
}

// classView is a class and why.
type classView struct {
	Chip   ui.Chip
	About  string
	Sum    string
	Lines  ui.Table
	Past   ui.Table
	Graded gov.Date
}

func (k *Pages) showEntry(w http.ResponseWriter, r *http.Request) error {
	return k.renderEntry(w, r, http.StatusOK, nil)
}

func (k *Pages) renderEntry(w http.ResponseWriter, r *http.Request, status int, failed error) error {
	m, by := k.Engine.For(r), who.Of(r.Context()).Standing
	look, err := gov.ParseID(r.URL.Query().Get("look"))
	if err != nil {
		look = gov.ID{} // none was recorded
	}
	s, err := k.Registers.Sheet(r.Context(), by, r.PathValue("register"), r.PathValue("key"), look)
	if err != nil {
		return err
	}
	l, reg := m.Lang(), s.Register
	out := entryView{Crumbs: []ui.Link{{Href: "/desk", Label: m.T("desk.title")}, {Href: Root + "/" + reg.ID, Label: reg.Title.In(l)}},
		Key: s.Entry.Key, KeyLabel: reg.Key.Label.In(l), Facts: k.facts(m, reg.Fields, s.Entry.Values, reg.Name), More: s.More}
	if s.Grade != nil {
		out.Chips = append(out.Chips, k.classChip(m, reg, s.Grade.Class))
		out.Class = k.class(m, s)
	}
	if s.Entry.Doubt {
		out.Doubt = m.T("registers.doubt_why")
	}
	if s.Full {
		out.Full = m.T("registers.full")
	} else if len(reg.Looks) > 0 {
		out.Look = k.lookForm(m, r, s, failed)
	}
	out.Conflicts = k.conflicts(m, s, true)
	out.Cases = k.casesOf(r, s, "//"+s.Entry.Key)
	wanted := r.URL.Query().Get("kind")
	list := k.timeline(m, r, s, &out, wanted)
	for i := range list {
		rec := &s.Records[i]
		if wanted != "" {
			break
		}
		if !rec.Withdrawn && mayPush(by, rec.Unit) {
			list[i].Withdraw = &ui.Form{ID: "withdraw", Action: path(reg.ID, s.Entry.Key) + "/withdraw", Post: true, Submit: m.T("registers.withdraw"), Danger: true, Fields: []ui.Field{
				{Name: "kind", Kind: "hidden", Value: rec.Kind}, {Name: "unit", Kind: "hidden", Value: rec.Unit}, {Name: "key", Kind: "hidden", Value: rec.Key},
				{Name: "reason", Part: rec.Ref(), Kind: "text", Label: m.T("registers.withdraw_why"), Required: true}}}
		}
	}
	for _, one := range list {
		if n := len(out.Years); n == 0 || out.Years[n-1].Year != one.On.Year {
			out.Years = append(out.Years, year{Year: one.On.Year})
		}
		last := &out.Years[len(out.Years)-1]
		last.Records = append(last.Records, one)
	}
	k.standing(m, s, &out)
	out.Versions = k.versions(m, s)
	return k.entry.Render(w, r, status, frame(s.Entry.Name), out)
}

// facts are the fields that have a value, without one.
func (k *Pages) facts(m *ui.Messages, fields []register.Field, v registers.Values, without string) (list []fact) {
	for i := range fields {
		if f := &fields[i]; v[f.ID] != nil && f.ID != without {
			list = append(list, fact{f.Label.In(m.Lang()), k.words(f, v[f.ID], m.Lang())})
		}
	}
	return list
}

// lookForm asks for what somebody looks.
func (k *Pages) lookForm(m *ui.Messages, r *http.Request, s registers.Sheet, failed error) *ui.Form {
	f := &ui.Form{ID: "look", Action: path(s.Register.ID, s.Entry.Key) + "/look", Post: true, Submit: m.T("registers.look"), Fields: []ui.Field{
		{Name: "purpose", Kind: "select", Label: m.T("registers.purpose"), Value: r.PostFormValue("purpose"), Required: true, Options: []ui.Option{{Label: m.T("registers.choose")}}},
		{Name: "note", Kind: "text", Label: m.T("registers.note"), Hint: m.T("registers.note_hint"), Value: r.PostFormValue("note")}}}
	for _, o := range s.Register.Looks {
		f.Fields[0].Options = append(f.Fields[0].Options, ui.Option{Value: o.ID, Label: o.Name.In(m.Lang())})
	}
	if failed != nil {
		f.Fail(failed, m.Lang())
	}
	return f
}

// class explains a class line by line.
func (k *Pages) class(m *ui.Messages, s registers.Sheet) *classView {
	l, t := m.Lang(), s.Register.Credit
	if t == nil {
		return nil
	}
	c, _ := t.Class(s.Grade.Class)
	out := &classView{Chip: k.classChip(m, s.Register, s.Grade.Class), About: c.About.In(l), Graded: day(s.Grade.At),
		Sum: m.T("registers.sum", "base", s.Grade.Base, "points", s.Grade.Points)}
	out.Lines = ui.Table{Caption: m.T("registers.why"), Columns: []ui.Column{{Label: m.T("registers.rule"), Main: true}, {Label: m.T("registers.record")},
		{Label: m.T("registers.points"), Number: true}, {Label: m.T("registers.ends"), Narrow: true}}}
	for _, line := range s.Grade.Lines {
		name, points := line.Rule, ""
		for _, r := range t.Rules {
			if r.ID == line.Rule {
				name = r.Name.In(l)
			}
		}
		for _, g := range t.Triggers {
			if g.ID == line.Rule {
				name = g.Name.In(l)
			}
		}
		switch {
		case line.Class != "":
			points = m.T("registers.at_best", "class", line.Class)
		case line.Points != line.Whole:
			points = m.T("registers.left", "points", signed(line.Points), "whole", signed(line.Whole))
		default:
			points = signed(line.Points)
		}
		ends := ui.Cell{Date: line.Ends}
		if line.Ends.IsZero() {
			ends = ui.TextCell(m.T("registers.no_end"))
		}
		out.Lines.Rows = append(out.Lines.Rows, ui.TableRow{Cells: []ui.Cell{ui.TextCell(name), ui.TextCell(k.refText(m, s, line.Ref)), ui.TextCell(points), ends}})
	}
	out.Past = ui.Table{Caption: m.T("registers.classes"), Columns: []ui.Column{{Label: m.T("registers.until"), Main: true}, {Label: m.T("registers.class")}, {Label: m.T("registers.points"), Number: true}}}
	for _, p := range s.Grades {
		out.Past.Rows = append(out.Past.Rows, ui.TableRow{Cells: []ui.Cell{{Date: day(p.Ended)}, ui.TextCell(p.Grade.Class), ui.TextCell(m.Number(p.Grade.Points))}})
	}
	return out
}

// signed is a number with its sign.
func signed(n int) string {
	s := gov.Thousands(int64(max(n, -n)))
	if n < 0 {
		return "−" + s
	}
	return "+" + s
}

// refText says which record a line is about, with its day.
func (k *Pages) refText(m *ui.Messages, s registers.Sheet, ref string) string {
	i := slices.IndexFunc(s.Records, func(r registers.Record) bool { return r.Ref() == ref })
	if i < 0 {
		return ""
	}
	on, _ := gov.ParseDate(s.Records[i].On) // written by the program
	return strings.TrimSpace(k.unitName(m, s.Records[i].Unit) + " " + on.In(m.Lang()))
}

// conflicts sets side by side what sources say of one thing, where they differ.
func (k *Pages) conflicts(m *ui.Messages, s registers.Sheet, staff bool) ui.Table {
	l := m.Lang()
	t := ui.Table{Caption: m.T("registers.conflicts"), Columns: []ui.Column{{Label: m.T("registers.thing"), Main: true}, {Label: m.T("registers.says")}, {Label: m.T("registers.source")}, {Label: m.T("registers.as_of"), Narrow: true}}}
	for _, f := range s.Facts {
		if !f.Conflict {
			continue
		}
		for _, st := range f.Statements {
			source := k.unitName(m, st.Unit)
			if kind, ok := s.Register.Kind(st.Kind); ok {
				source += m.T("registers.from", "kind", kind.Title.In(l))
			}
			on, _ := gov.ParseDate(st.On) // zero for none
			t.Rows = append(t.Rows, ui.TableRow{Cells: []ui.Cell{ui.TextCell(f.Label.In(l)), ui.TextCell(k.words(st.Field, st.Value, l)), ui.TextCell(source), {Date: on}}})
		}
	}
	return t
}

// standing fills in the measures that stand, the figures above the page and where one
// goes from it.
func (k *Pages) standing(m *ui.Messages, s registers.Sheet, out *entryView) {
	reg := s.Register
	seen := map[string]int{}
	for _, x := range s.Stands.Reasons {
		one := k.reason(m, reg, x)
		if i, ok := seen[x.Measure]; ok {
			out.Stands[i].Facts = append(out.Stands[i].Facts, one.Facts[:1]...)
			continue
		}
		seen[x.Measure] = len(out.Stands)
		one.Facts = slices.DeleteFunc(one.Facts, func(f fact) bool { return f.Label == m.T("restrict.ground") }) // the time line has it
		if t, ok := reg.Limits.Measure(x.Measure); ok {
			var what []string
			for _, id := range t.Refuses {
				o, _ := reg.Limits.Receive(id)
				what = append(what, o.Name.In(m.Lang()))
			}
			one.Facts = append([]fact{{m.T("restrict.refuses"), strings.Join(what, m.T("list.separator"))}}, one.Facts...)
		}
		out.Stands = append(out.Stands, one)
	}
	bad, conflicts := 0, 0
	for _, rec := range s.Records {
		if kind, ok := reg.Kind(rec.Kind); ok && kind.Tone == register.Bad && !rec.Withdrawn {
			bad++
		}
	}
	for _, f := range s.Facts {
		if f.Conflict {
			conflicts++
		}
	}
	toned := func(n int, tone string) string {
		if n == 0 {
			return ""
		}
		return tone
	}
	if out.Class != nil {
		out.Tiles = append(out.Tiles, tile{"#class", m.T("registers.class"), out.Class.Chip.Label, out.Class.Chip.Tone})
	}
	if reg.Limits != nil {
		to := ""
		if len(out.Stands) > 0 {
			to = "#stands"
		}
		out.Tiles = append(out.Tiles, tile{to, m.T("restrict.stand"), m.Number(len(out.Stands)), toned(len(out.Stands), effectTone(s.Stands.Effect))})
		out.Ways = append(out.Ways, ui.Link{Href: askLink(reg.ID, s.Entry.Key), Label: m.T("restrict.title")})
	}
	if len(reg.Kinds) > 0 {
		out.Tiles = append(out.Tiles, tile{"#records", m.T("registers.tile.bad"), m.Number(bad), toned(bad, "bad")},
			tile{"#conflicts", m.T("registers.tile.conflicts"), m.Number(conflicts), toned(conflicts, "warn")},
			tile{"#records", m.T("registers.tile.records"), m.Number(len(s.Records)), ""})
		if conflicts == 0 {
			out.Tiles[len(out.Tiles)-2].Href = ""
		}
	}
	if slices.ContainsFunc(k.Pack.Supply, func(x supply.Source) bool { return x.Register == reg.ID }) {
		out.Ways = append(out.Ways, ui.Link{Href: entitled.Root + "/" + reg.ID + "/" + url.PathEscape(s.Entry.Key), Label: m.T("entitled.way")})
	}
	if reg.Public() && reg.Showing(s.Entry.Facet) {
		out.Ways = append(out.Ways, ui.Link{Href: publicPath(reg.ID, s.Entry.Key), Label: m.T("registers.as_public")})
	}
}

// timeline returns the records, of one kind if one is wanted, and fills in how they
// are cut.
func (k *Pages) timeline(m *ui.Messages, r *http.Request, s registers.Sheet, out *entryView, wanted string) (list []record) {
	today := gov.DateOf(k.Clock())
	counts := map[string]int{}
	for _, rec := range s.Records {
		counts[rec.Kind]++
		if wanted == "" || rec.Kind == wanted {
			one := k.record(m, s.Register, rec, today)
			one.Contested, one.Cases = s.Contested(rec), k.casesOf(r, s, rec.Ref())
			list = append(list, one)
		}
	}
	link := func(kind, label string, n int) {
		q := url.Values{}
		if look := r.URL.Query().Get("look"); look != "" {
			q.Set("look", look)
		}
		if kind != "" {
			q.Set("kind", kind)
		}
		href := r.URL.Path
		if len(q) > 0 {
			href += "?" + q.Encode()
		}
		out.Kinds = append(out.Kinds, kindLink{Link: ui.Link{Href: href + "#records", Label: label}, N: n, Current: kind == wanted})
	}
	if len(s.Register.Kinds) == 0 { // nothing is recorded of its entries
		return list
	}
	link("", m.T("registers.all"), len(s.Records))
	for _, kind := range s.Register.Kinds {
		if n := counts[kind.ID]; n > 0 {
			link(kind.ID, kind.Title.In(m.Lang()), n)
		}
	}
	return list
}

// casesOf are the cases that have done something about a record, or "//KEY", the
// entry. They lead to those the reader may read.
func (k *Pages) casesOf(r *http.Request, s registers.Sheet, ref string) (list []ui.Link) {
	for _, o := range s.Sources {
		if o.Ref() != ref {
			continue
		}
		one := ui.Link{Label: o.Number}
		if k.Reads == nil || k.Reads(r.Context(), who.Of(r.Context()).Standing, o.Case) {
			one.Href = "/desk/cases/" + o.Case.String()
		}
		list = append(list, one)
	}
	return list
}

func (k *Pages) record(m *ui.Messages, reg *register.Register, rec registers.Record, today gov.Date) record {
	l := m.Lang()
	out := record{Unit: k.unitName(m, rec.Unit), Withdrawn: rec.Withdrawn, Note: rec.Note, Version: rec.Version, Basis: rec.Basis, Title: rec.Kind}
	out.On, _ = gov.ParseDate(rec.On)       // zero for none
	out.Until, _ = gov.ParseDate(rec.Until) // zero while it goes on
	kind, ok := reg.Kind(rec.Kind)
	if !ok {
		return out
	}
	out.Title, out.Tone = kind.Title.In(l), string(kind.Tone)
	if f, ok := kind.Field(kind.Text); ok && rec.Values[f.ID] != nil {
		out.Says = k.words(f, rec.Values[f.ID], l)
	}
	out.Public = !rec.Withdrawn && kind.Public.Covers(out.On, today)
	out.Facts = k.facts(m, kind.Fields, rec.Values, kind.Text)
	return out
}

// versions are what the entry was before.
func (k *Pages) versions(m *ui.Messages, s registers.Sheet) ui.Table {
	t := ui.Table{Caption: m.T("registers.versions"), Columns: []ui.Column{{Label: m.T("registers.until"), Narrow: true}, {Label: m.T("registers.was"), Main: true}, {Label: m.T("registers.source")}}}
	for i, p := range s.Past {
		next := s.Entry
		if i > 0 {
			next = *s.Past[i-1].Entry
		}
		var was []string
		for j := range s.Register.Fields {
			f := &s.Register.Fields[j]
			if v := p.Entry.Values[f.ID]; v != nil && v != next.Values[f.ID] {
				was = append(was, f.Label.In(m.Lang())+": "+k.words(f, v, m.Lang()))
			}
		}
		t.Rows = append(t.Rows, ui.TableRow{Cells: []ui.Cell{{Date: day(p.Ended)}, ui.TextCell(strings.Join(was, "; ")), ui.TextCell(k.unitName(m, p.Entry.Unit))}})
	}
	return t
}

// look records for what somebody looks and opens the entry.
func (k *Pages) look(w http.ResponseWriter, r *http.Request) error {
	by := who.Of(r.Context()).Standing
	register, key := r.PathValue("register"), r.PathValue("key")
	id, err := k.Registers.Look(r.Context(), by, register, key, r.PostFormValue("purpose"), r.PostFormValue("note"))
	if gov.CodeOf(err) == gov.Invalid {
		return k.renderEntry(w, r, http.StatusUnprocessableEntity, err)
	}
	if err != nil {
		return err
	}
	http.Redirect(w, r, path(register, key)+"?look="+id.String(), http.StatusSeeOther)
	return nil
}

// withdraw takes a record back.
func (k *Pages) withdraw(w http.ResponseWriter, r *http.Request) error {
	by := who.Of(r.Context()).Standing
	register, key := r.PathValue("register"), r.PathValue("key")
	if err := k.Registers.Withdraw(r.Context(), by, register, r.PostFormValue("kind"), r.PostFormValue("unit"), r.PostFormValue("key"), r.PostFormValue("reason")); err != nil {
		return err
	}
	http.Redirect(w, r, path(register, key)+"#records", http.StatusSeeOther)
	return nil
}
