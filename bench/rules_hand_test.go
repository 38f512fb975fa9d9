package bench

import (
	"math/bits"

	"quanxiang/gov"
	"quanxiang/rules/columns"
	"quanxiang/rules/ir"
	"quanxiang/rules/syntax"
)

// hand is articles 3, 4, 7, 8 and 9 of 16号 as somebody would write them in Go
// for these columns and no others: one loop an article, rows in registers.
// It is what columns made of the rules are measured against.
type hand struct {
	recognised, founded, income, main, research      int32 // slots
	patents, others, marks, top                      int32
	projects, foreign, standards, offices            int32 // lists
	source, got, set, countries, level, rank, number int32 // their columns
	kind, name                                       int32
	support, development, property, standard, growth int32 // benefits
	five                                             int64 // founded then or before: five years at the end of the year
	matching, own, intellectual, norms, rising, sum  []int64
}

func newHand(p *ir.Program, year int) *hand {
	e := p.Input("企业")
	slot := func(name string) int32 { return p.Fields[p.FieldOf(e, "", name)].Slot }
	list := func(name string) int32 { return p.Fields[p.FieldOf(e, "", name)].List }
	column := func(l, name string) int32 { return p.Fields[p.FieldOf(e, l, name)].Column }
	h := &hand{
		recognised: slot("认定"), founded: slot("成立日期"), income: slot("年收入"), main: slot("主营业务收入"), research: slot("研发投入"),
		patents: slot("发明专利"), others: slot("其他知识产权"), marks: slot("国际商标"), top: slot("高成长前十"),
		projects: list("科技项目"), foreign: list("国外专利"), standards: list("标准"), offices: list("秘书处"),
		source: column("科技项目", "来源"), got: column("科技项目", "所获资金"), set: column("科技项目", "核定比例"), countries: column("国外专利", "国家数"),
		level: column("标准", "层级"), rank: column("标准", "起草名次"), number: column("标准", "标准号"), kind: column("秘书处", "种类"), name: column("秘书处", "名称"),
		support: p.Benefit("16号", "配套资金"), development: p.Benefit("16号", "研发资金"), property: p.Benefit("16号", "知识产权补贴"),
		standard: p.Benefit("16号", "标准补贴"), growth: p.Benefit("16号", "高成长奖励"),
		five: syntax.Days(gov.Date{Year: year - 5, Month: 12, Day: 31}),
	}
	for _, x := range []*[]int64{&h.matching, &h.own, &h.intellectual, &h.norms, &h.rising, &h.sum} {
		*x = make([]int64, columns.BlockRows)
	}
	return h
}

func (h *hand) benefits() []int32 {
	return []int32{h.support, h.development, h.property, h.standard, h.growth}
}

// half is x × k ÷ 100000000, rounded half up; x and k are not below zero.
func half(x, k int64) int64 {
	hi, lo := bits.Mul64(uint64(x), uint64(k))
	lo, carry := bits.Add64(lo, 50_000_000, 0)
	q, _ := bits.Div64(hi+carry, lo, 100_000_000)
	return int64(q)
}

const wan = 1_000_000 // 万元 in fen

// run computes a block of rows.
func (h *hand) run(t *columns.Table, from, to int) {
	h.article3(t, from, to)
	h.article4(t, from, to)
	h.article7(t, from, to)
	h.article8(t, from, to)
	h.article9(t, from, to)
	n := to - from
	a, b, c, d, e, s := h.matching[:n], h.own[:n], h.intellectual[:n], h.norms[:n], h.rising[:n], h.sum[:n]
	for i := range s {
		if a[i] >= b[i] { // article 4, second paragraph
			b[i] = 0
		} else {
			a[i] = 0
		}
		s[i] = a[i] + b[i] + c[i] + d[i] + e[i]
	}
}

func (h *hand) article3(t *columns.Table, from, to int) {
	out := h.matching[:to-from]
	recognised, founded, main := t.Slots[h.recognised].U8[from:to], t.Slots[h.founded].I32[from:to], t.Slots[h.main].I64[from:to]
	list := &t.Lists[h.projects]
	source, got, set := list.Columns[h.source].U8, list.Columns[h.got].I64, list.Columns[h.set].I32
	offsets := list.Offsets[from : to+1]
	for i := range out {
		sum := int64(0)
		if recognised[i] == 0 {
			for k := offsets[i]; k < offsets[i+1]; k++ {
				ratio := int64(100_000_000)
				if source[k] > 1 {
					ratio = 50_000_000
				}
				sum += min(half(int64(got[k]), min(ratio, int64(set[k]))), 100*wan)
			}
			sum = min(sum, 300*wan)
			if int64(founded[i]) <= h.five {
				sum = min(sum, (main[i]*5+50)/100)
			}
		}
		out[i] = sum
	}
}

func (h *hand) article4(t *columns.Table, from, to int) {
	out := h.own[:to-from]
	recognised, income, research := t.Slots[h.recognised].U8[from:to], t.Slots[h.income].I64[from:to], t.Slots[h.research].I64[from:to]
	for i := range out {
		v := int64(0)
		if x, r := income[i], research[i]*100; recognised[i] <= 1 {
			switch {
			case x >= 1_000_000*wan:
				if r >= x*3 {
					v = 100 * wan
				}
			case x >= 100_000*wan:
				if r >= x*6 {
					v = 50 * wan
				}
			case x >= 10_000*wan:
				if r >= x*9 {
					v = 25 * wan
				}
			case x >= 2000*wan:
				if r >= x*12 {
					v = 10 * wan
				}
			}
		}
		out[i] = v
	}
}

func (h *hand) article7(t *columns.Table, from, to int) {
	out := h.intellectual[:to-from]
	recognised, patents, others, marks := t.Slots[h.recognised].U8[from:to], t.Slots[h.patents].I32[from:to], t.Slots[h.others].I32[from:to], t.Slots[h.marks].I32[from:to]
	list := &t.Lists[h.foreign]
	countries, offsets := list.Columns[h.countries].U8, list.Offsets[from:to+1]
	for i := range out {
		v := int64(0)
		if recognised[i] == 0 {
			v = min(int64(patents[i])*400_000, 50*wan)
			if others[i] >= 3 {
				v += min(int64(others[i])*100_000, 3*wan)
			}
			abroad := int64(0)
			for k := offsets[i]; k < offsets[i+1]; k++ {
				abroad += int64(min(countries[k], 6)) * wan
			}
			v += min(abroad, 6*wan) + min(int64(marks[i])*300_000, 2*wan)
		}
		out[i] = v
	}
}

// had reports whether a benefit was paid before for a key.
func had(t *columns.Table, row int, benefit, key int64) bool {
	for k := int(t.Paid.Offsets[row]); k < int(t.Paid.Offsets[row+1]); k++ {
		if t.Paid.Benefit.At(k) == benefit && t.Paid.Key.At(k) == key && t.Paid.Year.At(k) < int64(t.Year) && t.Paid.Amount.At(k) > 0 {
			return true
		}
	}
	return false
}

var (
	ofStandards = [3]int64{50 * wan, 20 * wan, 10 * wan}
	ofOffices   = [5]int64{30 * wan, 20 * wan, 10 * wan, 15 * wan, 8 * wan}
)

func (h *hand) article8(t *columns.Table, from, to int) {
	out := h.norms[:to-from]
	recognised := t.Slots[h.recognised].U8[from:to]
	standards, offices := &t.Lists[h.standards], &t.Lists[h.offices]
	level, rank, kind := standards.Columns[h.level].U8, standards.Columns[h.rank].I32, offices.Columns[h.kind].U8
	number, name := &standards.Columns[h.number], &offices.Columns[h.name]
	for i := range out {
		v, w := int64(0), int64(0)
		if recognised[i] == 0 {
			for k := standards.Offsets[from+i]; k < standards.Offsets[from+i+1]; k++ {
				if rank[k] <= 5 && !had(t, from+i, int64(h.standard), number.At(int(k))) {
					v += ofStandards[level[k]]
				}
			}
			for k := offices.Offsets[from+i]; k < offices.Offsets[from+i+1]; k++ {
				if !had(t, from+i, int64(h.standard), name.At(int(k))) {
					w += ofOffices[kind[k]]
				}
			}
		}
		out[i] = min(max(v, w), 200*wan)
	}
}

func (h *hand) article9(t *columns.Table, from, to int) {
	out := h.rising[:to-from]
	recognised, top, income := t.Slots[h.recognised].U8[from:to], t.Slots[h.top].U8[from:to], t.Slots[h.income].I64[from:to]
	for i := range out {
		v := int64(0)
		if recognised[i] == 0 && top[i] == 1 {
			switch x := income[i]; {
			case x > 100_000*wan:
				v = 20 * wan
			case x > 10_000*wan:
				v = 10 * wan
			case x > 2000*wan:
				v = 5 * wan
			case x > 500*wan:
				v = 3 * wan
			default:
				v = 1 * wan
			}
		}
		out[i] = v
	}
}
