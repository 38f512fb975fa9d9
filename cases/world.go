package cases

import (
	"fmt"
	"strings"
	"time"

	"quanxiang/calendar"
	"quanxiang/cases/checklist"
	"quanxiang/cases/entered"
	"quanxiang/gov"
	"quanxiang/policy/procedure"
	"quanxiang/rules/guard"
)

// World is what a decision may know besides the case: everything is handed in.
type World struct {
	Now      time.Time
	Calendar calendar.Calendar
	Dir      Directory
	Children map[string]Count // by kind of sub-case; needed only when the procedure has children
}

// Count sums the sub-cases of one kind up.
type Count struct{ Total, Open, Done int64 } // Done ended with a result

// scope gives expressions their variables.
type scope struct {
	p    *procedure.Procedure
	c    Case
	w    World
	each string // the unit a sub-case is opened for
	nth  int64  // of the sub-cases opened, from 1
}

// value is a variable by name; the names are those of procedure.Compile.
func (s scope) value(name string) any {
	head, rest, _ := strings.Cut(name, ".")
	switch head {
	case "state":
		return s.c.State
	case "today":
		return gov.DateOf(s.w.Now).String()
	case "now":
		return s.w.Now
	case "since":
		return milli(s.c.Since)
	case "entry":
		return s.ofEntry(rest)
	case "serving":
		return s.w.Dir.Serving(s.c.Values.Text(rest))
	case "area":
		return s.ofArea(rest)
	case "each":
		return s.each
	case "nth":
		return s.nth
	case "answers":
		field, which, _ := strings.Cut(rest, ".")
		return checklist.Codes(s.c.Values.List(field), which)
	case "given":
		return entered.Given(s.c.Values[rest])
	case "times":
		return int64(s.c.Done[rest].Times)
	case "clock":
		id, what, _ := strings.Cut(rest, ".")
		return s.clock(id, what)
	case "children":
		id, what, _ := strings.Cut(rest, ".")
		switch n := s.w.Children[id]; what {
		case "total":
			return n.Total
		case "open":
			return n.Open
		default:
			return n.Done
		}
	}
	f, ok := s.p.Field(name)
	if !ok {
		return nil
	}
	v, there := s.c.Values[name]
	if !there {
		return f.Kind().Zero()
	}
	if ms, ok := v.(int64); ok && f.Kind() == guard.Instant {
		return milli(ms)
	}
	return v
}

func (s scope) clock(id, what string) any {
	def, _ := s.p.Clock(id)
	d, ok, err := s.c.deadline(def, s.w.Calendar)
	ok = ok && err == nil
	switch what {
	case "running":
		return ok && d.Stopped.IsZero()
	case "late":
		return ok && d.Late(s.w.Now)
	case "deadline":
		return d.LastDay().String()
	case "used":
		if !ok {
			return 0.0
		}
		return d.Used(s.w.Now)
	}
	return int64(s.c.Runs[id].Warned)
}

// evaluate makes a value for a field of an expression; nil when it says
// nothing.
func (s scope) evaluate(f *procedure.Field, x *guard.Expr) (any, error) {
	v, err := x.Eval(s.value)
	if err != nil {
		return nil, err
	}
	if t, ok := v.(time.Time); ok {
		if v = t.UnixMilli(); t.IsZero() {
			return nil, nil
		}
	}
	if !entered.Given(v) {
		return nil, nil
	}
	switch f.Type { // an expression may give any text
	case procedure.DateField, procedure.ChoiceField, procedure.CaseField, procedure.InstantField, procedure.EntryField:
		if _, err := entered.Check(f, v); err != nil {
			return nil, fmt.Errorf("value of %s from %q: %w", f.ID, x.Source(), err)
		}
	}
	return v, nil
}

// compute works computed fields out after a change and returns those that
// have changed. They may build on each other in the order of the file.
func (s scope) compute() (Values, error) {
	changed := Values{}
	s.c = s.c.clone()
	for i := range s.p.Fields {
		f := &s.p.Fields[i]
		if f.Computed() == nil {
			continue
		}
		v, err := s.evaluate(f, f.Computed())
		if err != nil {
			return nil, err
		}
		if !entered.Same(v, s.c.Values[f.ID]) {
			changed[f.ID] = v
			s.c.Values.Put(Values{f.ID: v})
		}
	}
	return changed, nil
}
