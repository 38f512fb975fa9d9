// Package entering is what an action of a procedure writes into registers: an entry,
// a record about one, the end or the withdrawal of a record, or the mark that one is
// contested. See docs/spec/procedure.md, section 6.9.
//
// The types are decoded from the procedure's file; package policy/effects checks them
// against the registers of the pack and makes their expressions ready.
package entering

import (
	"slices"

	"quanxiang/rules/guard"
)

// Enter is one thing an action writes.
type Enter struct {
	Register string  `yaml:"register" pack:"required"`
	Record   string  `yaml:"record"`   // the kind of record; "" with Subject: an entry
	Subject  string  `yaml:"subject"`  // the field with the key of the entry
	Amend    bool    `yaml:"amend"`    // of an entry: fields that are not given stay as they are
	Unit     string  `yaml:"unit"`     // the unit field that says whose it is
	With     []Value `yaml:"with"`     // its fields
	Until    string  `yaml:"until"`    // an expression: the date on which what the case entered ends
	Withdraw string  `yaml:"withdraw"` // an expression: why the record is taken back
	Contest  Contest `yaml:"contest"`  // the record is contested from now on, or no longer
	Of       string  `yaml:"of"`       // the text field that names the record; without it that which the case entered
	If       string  `yaml:"if"`       // an expression; where it does not hold nothing is written

	test, until, reason *guard.Expr
}

// Contest says what becomes of the mark that a record is contested.
type Contest string

// The two.
const (
	Contested Contest = "begin"
	Settled   Contest = "end"
)

// Values lists them.
func (Contest) Values() []string { return []string{string(Contested), string(Settled)} }

// Value gives a field of an entry or a record the value of an expression over the
// case.
type Value struct {
	Field string `yaml:"field" pack:"required"`
	To    string `yaml:"to" pack:"required"`

	expr *guard.Expr
	from string // the field it copies, "" where it is worked out
}

// Ready are the compiled expressions of an Enter, those of With in their order.
type Ready struct {
	Test, Until, Reason *guard.Expr
	With                []*guard.Expr
	From                []string // the field each of With copies, "" where it is worked out
}

// Take makes it ready to work.
func (e *Enter) Take(r Ready) {
	e.test, e.until, e.reason = r.Test, r.Until, r.Reason
	for i := range e.With {
		e.With[i].expr, e.With[i].from = r.With[i], r.From[i]
	}
}

// Uses reports that one of its expressions reads a variable.
func (e *Enter) Uses(name string) bool {
	list := []*guard.Expr{e.test, e.until, e.reason}
	for i := range e.With {
		list = append(list, e.With[i].expr)
	}
	return slices.ContainsFunc(list, func(x *guard.Expr) bool { return x != nil && slices.Contains(x.Uses(), name) })
}

// Act is what is done in a register.
type Act string

// The acts.
const (
	Write    Act = "enter"
	End      Act = "end"
	Withdraw Act = "withdraw"
	Mark     Act = "contest"
	Unmark   Act = "settle"
)

// Act is what it does.
func (e *Enter) Act() Act {
	switch {
	case e.Contest == Contested:
		return Mark
	case e.Contest == Settled:
		return Unmark
	case e.Withdraw != "":
		return Withdraw
	case e.Until != "":
		return End
	}
	return Write
}

// Entry is what a step writes, worked out over its case.
type Entry struct {
	Act      Act
	Register string
	Record   string            // kind of record; "" for an entry
	Key      string            // of the entry it is or is about
	Unit     string            // as whose it is written; "" where the procedure names none
	Of       string            // KIND/UNIT/KEY of a record that is not the case's own; "" for what the case entered
	Amend    bool              // of Write: fields not among the values stay as they are
	Values   map[string]any    // of Write, where with Amend "" empties a field: string, int64 or bool, by field of the register
	Until    string            // of End, YYYY-MM-DD
	Reason   string            // of Withdraw
	From     map[string]string // field of the case by the field of the register that is a copy of it: "unit" the unit, "" the key
}

// NumberVar is what expressions of an Enter read besides those of other effects: the
// number of the case. A case that is only being begun has none yet.
const NumberVar = "number"

// Work works out what an action writes over a case, whose number is given and whose
// other variables of gives.
func Work(list []Enter, number string, of func(name string) any) (out []Entry, err error) {
	value := func(name string) any {
		if name == NumberVar {
			return number
		}
		return of(name)
	}
	for i := range list {
		e, ok, err := list[i].work(value)
		if err != nil {
			return nil, err
		}
		if ok {
			out = append(out, e)
		}
	}
	return out, nil
}

// work works out one thing. ok is false where there is nothing to write: the condition
// does not hold, or no record is named.
func (e *Enter) work(value func(name string) any) (out Entry, ok bool, err error) {
	if e.test != nil {
		if yes, err := e.test.Holds(value); err != nil || !yes {
			return out, false, err
		}
	}
	out = Entry{Act: e.Act(), Register: e.Register, Record: e.Record, Amend: e.Amend, Key: text(value, e.Subject), Unit: text(value, e.Unit), Of: text(value, e.Of),
		From: map[string]string{"": e.Subject, "unit": e.Unit}}
	if e.Of != "" {
		if out.From[""] = e.Of; out.Of == "" {
			return out, false, nil
		}
	}
	for _, x := range []struct {
		expr *guard.Expr
		into *string
	}{{e.until, &out.Until}, {e.reason, &out.Reason}} {
		if x.expr == nil {
			continue
		}
		v, err := x.expr.Eval(value)
		if err != nil {
			return out, false, err
		}
		*x.into, _ = v.(string) // of kind text or date
	}
	out.Values = make(map[string]any, len(e.With))
	for i := range e.With {
		w := &e.With[i]
		if w.from != "" {
			out.From[w.Field] = w.from
			if given, _ := value("given." + w.from).(bool); !given {
				if e.Amend {
					out.Values[w.Field] = ""
				}
				continue // a field without a value is no zero
			}
		}
		v, err := w.expr.Eval(value)
		if err != nil {
			return out, false, err
		}
		if v != "" || e.Amend {
			out.Values[w.Field] = v
		}
	}
	return out, true, nil
}

// text is the value of a text field, "" for none.
func text(value func(string) any, field string) string {
	if field == "" {
		return ""
	}
	s, _ := value(field).(string)
	return s
}
