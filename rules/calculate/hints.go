package calculate

import (
	"quanxiang/gov"
	"quanxiang/rules/eval"
	"quanxiang/rules/hints"
	"quanxiang/rules/ir"
	"quanxiang/rules/money"
)

// Hint is one fact and what would come of more of it, everything else being as it is.
type Hint struct {
	Fact    string   `json:"fact"`
	To      string   `json:"to"`                // what it would have to be, as rule files write it: 1200万元, 3项, 是
	Further string   `json:"further,omitempty"` // how much more that is; not of a yes or no
	More    int64    `json:"more"`              // fen in all
	Gains   []Gain   `json:"gains"`             // by benefit; negative where another displaces it
	Clauses []string `json:"clauses"`           // where the value comes from

	field       *ir.FieldInfo
	to, further int64
}

// Words are To and Further as people write them in a language.
func (h *Hint) Words(l gov.Lang) (to, further string) {
	one := func(v int64) string {
		if h.field.Type == ir.Money {
			return money.Fen(v).As(l)
		}
		return written(h.field, v)
	}
	if h.Further == "" {
		return h.To, ""
	}
	return one(h.to), one(h.further)
}

// Gain is what a benefit comes to more, in fen; of a title 1.
type Gain struct {
	Benefit string `json:"benefit"`
	More    int64  `json:"more"`
}

// Hints says of an applicant of whom all that matters is known what would bring more,
// the greatest first; nothing while the total is open.
func (c *Calculator) Hints(f *eval.Facts) []Hint {
	m := c.machines.Get().(*eval.Machine)
	defer c.machines.Put(m)
	list := []Hint{}
	for _, h := range hints.Of(c.program, m, f) {
		info := &c.program.Fields[h.Fact]
		out := Hint{Fact: info.Name, To: written(info, h.To), More: h.More, Clauses: []string{}, field: info, to: h.To, further: h.To - h.From}
		if info.Type != ir.Bool {
			out.Further = written(info, h.To-h.From)
		}
		for _, g := range h.Gains {
			out.Gains = append(out.Gains, Gain{c.program.Benefits[g.Benefit].Key(), g.More})
		}
		for _, k := range h.Clauses {
			out.Clauses = append(out.Clauses, k.String())
		}
		list = append(list, out)
	}
	return list
}

// written is a value as rule files write it.
func written(f *ir.FieldInfo, v int64) string {
	switch f.Type {
	case ir.Money:
		return money.Fen(v).Short()
	case ir.Bool:
		return "是"
	}
	return money.Grouped(v, f.Decimals) + f.Unit
}
