package hints_test

import (
	"testing"

	"quanxiang/rules/eval"
	"quanxiang/rules/facts"
	"quanxiang/rules/hints"
	"quanxiang/rules/ir"
	"quanxiang/rules/ruletest"
)

// What brings more is found where the rules of the sample say it: the next tier of
// income, the share of research that a tier asks for, the number of items that begins to count.
func TestHints(t *testing.T) {
	t.Parallel()
	p, _ := ruletest.Load(t, ruletest.Sample)
	m := eval.New(p)
	for _, tt := range []struct {
		name, json, fact string
		to, more         int64 // more 0: no hint
		clause           string
	}{
		{"research is 1,000 yuan short of 6 % of income", `{"认定": "认定企业", "年收入": "2亿元", "研发投入": "1199.9万元"}`, "研发投入", 1_200_0000_00, 25_0000_00, "样16号:3/1"},
		{"income is short of a tier", `{"认定": "认定企业", "年收入": "9999万元", "研发投入": "1亿元"}`, "年收入", 1_0000_0000_00, 25_0000_00, "样16号:3/1"},
		{"all that research can give is given", `{"认定": "认定企业", "年收入": "200亿元", "研发投入": "100亿元"}`, "研发投入", 0, 0, ""},
		{"research is no way to money without recognition", `{"认定": "其他", "年收入": "2亿元", "研发投入": "1199.9万元"}`, "研发投入", 0, 0, ""},
		{"two of three items that count from three", `{"认定": "认定企业", "其他权利": "2项"}`, "其他权利", 3, 3000_00, "样16号:4(2)"},
		{"the next full step", `{"认定": "认定企业", "登记数": "45件"}`, "登记数", 50, 2_0000_00, "样16号:5"},
		{"more items grow and do not jump", `{"认定": "认定企业", "发明专利": "2项"}`, "发明专利", 0, 0, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			body := `{"applicant": "企业", "year": 2017, "facts": ` + tt.json + `}`
			f, err := facts.Read(p, []byte(body))
			if err != nil {
				t.Fatal(err)
			}
			zero(p, f)
			var got *hints.Hint
			for _, h := range hints.Of(p, m, f) {
				if p.Fields[h.Fact].Name == tt.fact {
					got = &h
				}
			}
			if tt.more == 0 {
				if got != nil {
					t.Fatalf("a hint of nothing: %+v", got)
				}
				return
			}
			if got == nil || got.To != tt.to || got.More != tt.more || len(got.Clauses) == 0 || got.Clauses[0].String() != tt.clause {
				t.Fatalf("%+v", got)
			}
		})
	}
}

// zero says that what is not known is nothing.
func zero(p *ir.Program, f *eval.Facts) {
	for i := range f.Slots {
		if !f.Slots[i].Known() {
			v := max(0, f.Slots[i].Low)
			f.Slots[i] = eval.Value{Low: v, High: v}
		}
	}
	for i := range f.Lists {
		f.SetList(int32(i), 0)
	}
}

// Every hint of the pack's examples is true: with that value and nothing else the total
// is so much higher, and one unit before it is not.
func TestHintsHold(t *testing.T) {
	t.Parallel()
	p, examples := ruletest.Load(t, ruletest.Pack)
	m := eval.New(p)
	made := &facts.Examples{Program: p, All: examples}
	n := 0
	for _, e := range examples {
		f, err := made.Facts(e)
		if err != nil {
			t.Fatal(err)
		}
		before := m.Run(f, false).Total
		for _, h := range hints.Of(p, m, f) {
			n++
			info, gains := &p.Fields[h.Fact], int64(0)
			g := f.Clone()
			g.Set(h.Fact, 0, eval.Value{Low: h.To, High: h.To})
			if after := m.Run(g, false).Total; after.Low-before.Low != h.More || h.More <= 0 || !after.Known() {
				t.Errorf("%s: %s %d to %d gives %d, not %d", e.Name, info.Name, h.From, h.To, after.Low-before.Low, h.More)
			}
			for _, x := range h.Gains {
				if p.Benefits[x.Benefit].Grant == "" {
					gains += x.More
				}
			}
			if gains != h.More {
				t.Errorf("%s: %s: the benefits gain %d of %d", e.Name, info.Name, gains, h.More)
			}
			if len(h.Clauses) == 0 || h.To <= h.From {
				t.Errorf("%s: %+v", e.Name, h)
			}
			if h.To == h.From+1 || info.Type == ir.Bool {
				continue
			}
			g.Set(h.Fact, 0, eval.Value{Low: h.To - 1, High: h.To - 1})
			if just := m.Run(g, false).Total; info.Type == ir.Count && info.Decimals == 0 && just.Low-before.Low >= h.More {
				t.Errorf("%s: %s: %d is enough before %d", e.Name, info.Name, h.To-1, h.To)
			}
		}
	}
	if n < 100 {
		t.Errorf("only %d hints", n)
	}
}
