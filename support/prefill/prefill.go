package prefill

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"

	"quanxiang/gov"
	"quanxiang/policy"
	"quanxiang/policy/register"
	"quanxiang/policy/supply"
	"quanxiang/registers"
	"quanxiang/rules/ir"
)

// Reader is what is read of registers.
type Reader interface {
	Entry(ctx context.Context, register, key string) (registers.Entry, error)
	Named(ctx context.Context, register, name string, limit int) ([]registers.Entry, error)
	Records(ctx context.Context, register, key string, limit int) ([]registers.Record, error)
}

// Prefill works facts out of registers.
type Prefill struct {
	store Reader
	pack  func() *policy.Pack
	clock gov.Clock
}

// New makes one.
func New(store Reader, pack func() *policy.Pack, clock gov.Clock) *Prefill {
	return &Prefill{store: store, pack: pack, clock: clock}
}

// Fact is a fact of an applicant and where it comes from.
type Fact struct {
	Name      string            // as rule files name it
	Applicant string            // the kind of applicant whose fact it is
	Value     json.RawMessage   // in the form rules/facts reads; a yearly fact is an object by years
	Level     register.Openness // who may read it
	Locked    bool              // the register decides; else it is a proposal
	Cite      string            // the clause that makes the register know it
	About     gov.Text          // what was counted or taken, in words
	Day       gov.Date          // as of which day
	Sources   []Source          // what it was worked out of; none for what is not there
}

// Source is an entry or record a fact was worked out of.
type Source struct {
	Register string
	Kind     string // of record, "" for the entry itself
	Unit     string // whose record it is
	Key      string // of the record, or of the entry
	Subject  string // key of the entry
	Name     string // of the entry; of what was looked up in another register, if anything was
	Says     string // the field of the record that is shown in a line
	Version  int
	On       string // day of the record, YYYY-MM-DD
	Year     int    // of the fact that it is for
}

const (
	maxEntries = 100    // of an applicant in one register
	maxRecords = 10_000 // of an entry
)

// Facts are the facts of all kinds of applicants that registers know of a subject, by
// its unified social credit code, in the year applied for, in the order of the pack's
// file. What no register knows is not among them.
func (p *Prefill) Facts(ctx context.Context, subject string, year int) ([]Fact, error) {
	return p.facts(ctx, subject, year, "", "")
}

// About is Facts by one entry of a register alone: of an operator of several incubators,
// what is known by one of them. What other registers know is there as well.
func (p *Prefill) About(ctx context.Context, subject string, year int, registerID, key string) ([]Fact, error) {
	return p.facts(ctx, subject, year, registerID, key)
}

func (p *Prefill) facts(ctx context.Context, subject string, year int, registerID, key string) ([]Fact, error) {
	pack := p.pack()
	if len(pack.Supply) == 0 {
		return nil, nil
	}
	look := &look{Prefill: p, pack: pack, subject: subject, only: [2]string{registerID, key}, today: gov.DateOf(p.clock()),
		entries: map[string][]registers.Entry{}, records: map[string][]registers.Record{}, joined: map[string]*registers.Entry{}}
	var list []Fact
	for i := range pack.Supply {
		s := &pack.Supply[i]
		f := &pack.Rules.Fields[pack.Rules.FieldOf(pack.Rules.Input(s.For), "", s.Fact)]
		fact, ok, err := look.fact(ctx, s, f, year)
		if err != nil {
			return nil, fmt.Errorf("fact %s of %s: %w", s.Fact, subject, err)
		}
		if ok {
			list = append(list, fact)
		}
	}
	return list, nil
}

// JSON is what facts come to as the facts of a statement for a kind of applicant.
func JSON(list []Fact, applicant string) map[string]json.RawMessage {
	out := map[string]json.RawMessage{}
	for _, f := range list {
		if f.Applicant == applicant {
			out[f.Name] = f.Value
		}
	}
	return out
}

// fact works one fact out: of a yearly one also the two years before.
func (l *look) fact(ctx context.Context, s *supply.Source, f *ir.FieldInfo, year int) (Fact, bool, error) {
	out := Fact{Name: s.Fact, Applicant: s.For, Level: s.Level(), Locked: s.Locked, Cite: s.Cite, About: s.Name, Day: l.day(s, year)}
	if !f.Yearly {
		v, sources, err := l.one(ctx, s, f, year)
		if err != nil || v == nil {
			return out, false, err
		}
		out.Sources = sources
		out.Value, err = json.Marshal(v)
		return out, err == nil, err
	}
	years := map[string]any{}
	for y := year; y > year-3; y-- {
		v, sources, err := l.one(ctx, s, f, y)
		if err != nil {
			return out, false, err
		}
		if v != nil {
			years[strconv.Itoa(y)] = v
			out.Sources = append(out.Sources, sources...)
		}
	}
	var err error
	out.Value, err = json.Marshal(years)
	return out, err == nil && len(years) > 0, err
}

// day is as of when a source is looked at: never later than today.
func (l *look) day(s *supply.Source, year int) gov.Date {
	if d := s.Day.Of(year); !l.today.Before(d) {
		return d
	}
	return l.today
}

// one works out the value for one year; nil is nothing known.
func (l *look) one(ctx context.Context, s *supply.Source, f *ir.FieldInfo, year int) (any, []Source, error) {
	day := l.day(s, year)
	found, known, err := l.find(ctx, s, year, day)
	if err != nil {
		return nil, nil, err
	}
	var sources []Source
	for i := range found {
		sources = append(sources, found[i].source(s, year))
	}
	switch s.Take {
	case supply.Any:
		return len(found) > 0, sources, nil
	case supply.Count, supply.Sum:
		if !known {
			return nil, nil, nil
		}
		n := int64(len(found))
		if s.Take == supply.Sum {
			n = 0
			for i := range found {
				v, err := s.ValueExpr().Eval(found[i].value)
				if err != nil {
					return nil, nil, err
				}
				n += v.(int64)
			}
		}
		return number(f, n), sources, nil
	case supply.Latest:
		if len(found) == 0 {
			return stated(f, s.Else), nil, nil
		}
		v, err := found[0].eval(s.ValueExpr())
		if v == nil || err != nil {
			return nil, nil, err
		}
		return stated(f, v), sources[:1], nil
	}
	if !known {
		return nil, nil, nil
	}
	rows := make([]map[string]any, len(found))
	p := l.pack.Rules
	for i := range found {
		rows[i] = map[string]any{}
		for c := range s.Columns {
			col := &s.Columns[c]
			v, err := found[i].eval(col.Expr())
			if err != nil {
				return nil, nil, err
			}
			if v = stated(&p.Fields[p.FieldOf(f.Input, s.Fact, col.Field)], v); v != nil {
				rows[i][col.Field] = v
			}
		}
	}
	return rows, sources, nil
}

// stated is a value as a statement of facts has it; nil for an empty text or date.
func stated(f *ir.FieldInfo, v any) any {
	switch v := v.(type) {
	case int64:
		return number(f, v)
	case string:
		if v == "" {
			return nil
		}
	}
	return v
}

// number is a number with its unit: of money fen, of a ratio per cent.
func number(f *ir.FieldInfo, n int64) string {
	switch f.Type {
	case ir.Money:
		sign := ""
		if n < 0 {
			sign, n = "-", -n
		}
		return fmt.Sprintf("%s%d.%02d元", sign, n/100, n%100)
	case ir.Ratio:
		return fmt.Sprintf("%d%%", n)
	}
	return fmt.Sprintf("%d%s", n, f.Unit)
}

// Known reports which of the facts of a list a source locks.
func Known(list []Fact, applicant, name string) (Fact, bool) {
	i := slices.IndexFunc(list, func(f Fact) bool { return f.Applicant == applicant && f.Name == name })
	if i < 0 {
		return Fact{}, false
	}
	return list[i], true
}
