package casework

import (
	"strings"

	"quanxiang/cases"
	"quanxiang/cases/docket"
	"quanxiang/gov"
)

// Letter is a letter a step made.
type Letter struct {
	ID   string
	Name gov.Text
	Body string // in Chinese, as official letters are
}

// letterOf makes the letter of an event out of the case as it was then: nobody
// changes a letter that has gone out. It is nil when the event made none or its
// reader may not read it.
func letterOf(f docket.File, c cases.Case, e cases.Event, r cases.Reader) (*Letter, error) {
	p := f.Procedure
	a, ok := p.Action(e.Action)
	if !ok || e.Kind != cases.Acted || a.Letter == "" {
		return nil, nil
	}
	l, _ := p.Letter(a.Letter)
	if !c.Reads(p, l.Open, r, f.Pack) {
		return nil, nil
	}
	var b strings.Builder
	for _, part := range l.Parts() {
		switch {
		case part.Field != "":
			field, _ := p.Field(part.Field)
			b.WriteString(strings.Join(Words(f.Pack, field, c.Values[part.Field], gov.ZH), "、"))
		case part.Fact == "number":
			b.WriteString(c.Number)
		case part.Fact == "today":
			b.WriteString(day(e.At).In(gov.ZH))
		case part.Clock != "":
			at, err := cases.Deadlines(p, c, f.World)
			if err != nil {
				return nil, err
			}
			b.WriteString(lastDay(at, part.Clock))
		default:
			b.WriteString(part.Text)
		}
	}
	return &Letter{ID: l.ID, Name: l.Name, Body: b.String()}, nil
}

func lastDay(list []cases.Deadline, clock string) string {
	for _, d := range list {
		if d.Clock == clock && !d.At.IsZero() {
			return d.LastDay().In(gov.ZH)
		}
	}
	return ""
}
