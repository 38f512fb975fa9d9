package desk

import (
	"maps"
	"reflect"
	"strconv"

	"quanxiang/cases"
	"quanxiang/cases/casework"
	"quanxiang/cases/entered"
	"quanxiang/policy/procedure"
	"quanxiang/web/explain"
	"quanxiang/web/ui"
)

// entry is a line of a case's history.
type entry struct {
	ID      string // its anchor
	At      int64
	Who, As string
	What    string
	Move    string // "from → to", or ""
	Tone    string
	Changes []value
	Note    string
	Files   []ui.Link
	Letter  ui.Link
	Other   ui.Link // the case it was merged with
	Stamp   *stampView
}

// stampView is what a phone said of an act on site, and what that is worth.
type stampView struct {
	Doubtful bool
	Facts    []explain.Fact
	Found    []explain.Found
}

// stamps puts what was said on site at the acts of a timeline.
func (k *Desk) stamps(v *visit, o *open, list []entry) []entry {
	for _, x := range k.Work.Visits(o.Sheet, v.Standing, o.history) {
		e := &list[len(list)-int(x.Seq-o.history[0].Seq)-1]
		e.Stamp = &stampView{Doubtful: x.Doubtful(), Facts: explain.StampFacts(v.Messages, x.Stamp, e.At),
			Found: explain.Findings(v.Messages, x.Findings, func(key string) string { return o.files[key].Name })}
	}
	return list
}

// timeline is the history of a case, the newest first.
func timeline(m *ui.Messages, sheet casework.Sheet, history []casework.Entry, x lexicon) []entry {
	list := make([]entry, len(history))
	before := cases.Values{}
	for i, e := range history {
		list[len(history)-1-i] = oneEntry(m, sheet, e, before, x)
		if e.Kind != cases.Asked {
			maps.Copy(before, e.Set)
		}
	}
	return list
}

func oneEntry(m *ui.Messages, sheet casework.Sheet, e casework.Entry, before cases.Values, x lexicon) entry {
	p := sheet.Under.Procedure
	out := entry{ID: "e" + strconv.FormatInt(e.Seq, 10), At: e.At, Note: e.Note, What: explain.New(m, sheet.Under.Pack, p).Event(e.Event)}
	out.Who, out.As = actor(m, sheet.Under, e.By, x.names)
	if e.Kind == cases.Acted && e.From != e.To && e.From != procedure.New {
		out.Move = m.T("desk.move", "from", stateName(m, p, e.From), "to", stateName(m, p, e.To))
	}
	switch e.Kind {
	case cases.Late:
		out.Tone = "bad"
	case cases.Warned, cases.Refused:
		out.Tone = "warn"
	case cases.Asked:
		out.Tone = "info"
	}
	for i := range p.Fields {
		f := &p.Fields[i]
		v, there := e.Set[f.ID]
		if !there {
			continue
		}
		old := before[f.ID]
		if e.Kind != cases.Asked && (reflect.DeepEqual(old, v) || !entered.Given(old) && !entered.Given(v)) {
			continue // it was filled in again as it was
		}
		now := x.say(m, sheet.Under, f, v)
		if entered.Given(old) && e.Kind != cases.Asked && !now.Prose { // of a text the one before stands below
			now.Old = x.say(m, sheet.Under, f, old).plain(m)
		}
		if !entered.Given(v) {
			now.Texts = []string{m.T("desk.emptied")}
		}
		out.Changes = append(out.Changes, now)
	}
	for _, key := range e.Files {
		out.Files = append(out.Files, x.fileLink(m, key))
	}
	if e.Letter != nil {
		out.Letter = ui.Link{Href: x.at + "/letters/" + strconv.FormatInt(e.Seq, 10), Label: e.Letter.Name.In(m.Lang())}
	}
	if !e.Merge.IsZero() {
		label := x.numbers[e.Merge.String()]
		if label == "" {
			label = m.T("desk.a_case")
		}
		out.Other = ui.Link{Href: CasePath(e.Merge), Label: label}
	}
	return out
}

func stateName(m *ui.Messages, p *procedure.Procedure, id string) string {
	if s, ok := p.State(id); ok {
		return s.Name.In(m.Lang())
	}
	return id
}
