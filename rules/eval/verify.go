package eval

import (
	"quanxiang/rules/ir"
)

// Failed is a check that facts fail for certain, whatever is unknown of them.
type Failed struct {
	Check int32 // of Program.Checks.All
	Entry int32 // of its list, −1 for the applicant
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
		if k.List == ir.None {
			if v.m.perform(x.steps); x.result.High == 0 {
				list = append(list, Failed{int32(i), -1})
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
				list = append(list, Failed{int32(i), int32(e)})
			}
		}
		v.m.entry = -1
	}
	v.m.facts = nil // it may be idle for long
	return list
}

func newVerifier(k *ir.Checks) *verifier {
	v := &verifier{m: &Machine{program: k.Program}}
	b := &builder{p: k.Program, m: v.m}
	b.places()
	for _, c := range k.All {
		x := verifying{}
		if c.List != ir.None {
			x.reads = b.entries(ir.Loop{List: c.List, From: c.From, To: c.To})
		}
		x.steps, x.result = b.build(c.From, c.To, -1), b.at(c.Result)
		v.parts = append(v.parts, x)
	}
	return v
}
