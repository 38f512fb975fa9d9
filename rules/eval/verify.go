package eval

import (
	"strconv"
	"strings"

	"quanxiang/rules/ir"
	"quanxiang/rules/money"
)

// Failed is a check that facts fail for certain, whatever is unknown of them.
type Failed struct {
	Check int32 // of Program.Checks.All
	Entry int32 // of its list, −1 for the applicant
	Same  int32 // the entry before it that is the same by the check's key, else −1
}

// verifier evaluates the checks of a program. It is not for several goroutines.
type verifier struct {
	m     *Machine
	parts []verifying
}

type verifying struct {
	steps  []step
	result *Value
	reads  []read
}

// Verify tells which checks facts fail, of an entry of a list each by itself. A fact
// that is unknown is all it may be, so a check it could still pass is not failed.
func Verify(p *ir.Program, f *Facts) (list []Failed) {
	if p.Checks == nil {
		return nil
	}
	v, ok := p.Checks.Idle.Get().(*verifier)
	if !ok {
		v = newVerifier(p.Checks)
	}
	defer p.Checks.Idle.Put(v)
	v.m.begin(f, false)
	for i := range p.Checks.All {
		k, x := &p.Checks.All[i], &v.parts[i]
		if k.Input != f.Input {
			continue
		}
		if len(k.Key) > 0 {
			list = repeated(list, int32(i), p, k, f)
			continue
		}
		if k.List == ir.None {
			if v.m.perform(x.steps); x.result.High == 0 {
				list = append(list, Failed{int32(i), -1, -1})
			}
			continue
		}
		entries := &f.Lists[k.List]
		for e := range entries.Len {
			v.m.entry = int32(e)
			for _, r := range x.reads {
				*r.to = entries.Columns[r.column][e]
			}
			if v.m.perform(x.steps); x.result.High == 0 {
				list = append(list, Failed{int32(i), int32(e), -1})
			}
		}
		v.m.entry = -1
	}
	v.m.facts = nil // it may be idle for long
	return list
}

// repeated tells the entries that are the same as one before them in all fields of a
// key, so far as they are known; a text that says nothing is not. Two texts are the same
// whatever the case of their letters, their blanks and the width of their signs.
func repeated(list []Failed, check int32, p *ir.Program, k *ir.Check, f *Facts) []Failed {
	entries := &f.Lists[k.List]
	if entries.Len < 2 {
		return list
	}
	first := make(map[string]int32, entries.Len)
	var key []byte
next:
	for e := range entries.Len {
		key = key[:0]
		for _, field := range k.Key {
			d := &p.Fields[field]
			v := entries.Columns[d.Column][e]
			if !v.Known() {
				continue next
			}
			if d.Type != ir.Text {
				key = append(strconv.AppendInt(key, v.Low, 10), 0)
				continue
			}
			s := strings.ToUpper(strings.ReplaceAll(money.Narrow(f.Texts[v.Low]), " ", ""))
			if s == "" {
				continue next
			}
			key = append(append(key, s...), 0)
		}
		if same, again := first[string(key)]; again {
			list = append(list, Failed{check, int32(e), same})
			continue
		}
		first[string(key)] = int32(e)
	}
	return list
}

func newVerifier(k *ir.Checks) *verifier {
	v := &verifier{m: &Machine{program: k.Program}}
	b := &builder{p: k.Program, m: v.m}
	b.places()
	for _, c := range k.All {
		x := verifying{}
		if len(c.Key) > 0 {
			v.parts = append(v.parts, x)
			continue
		}
		if c.List != ir.None {
			x.reads = b.entries(ir.Loop{List: c.List, From: c.From, To: c.To})
		}
		x.steps, x.result = b.build(c.From, c.To, -1), b.at(c.Result)
		v.parts = append(v.parts, x)
	}
	return v
}
