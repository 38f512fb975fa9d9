package procedure

import (
	"slices"
	"strings"

	"quanxiang/policy/source"
)

// Figures says by what the figures of a procedure are told: its measures, and how
// many cases began and ended.
type Figures struct {
	By    []string    `yaml:"by"`    // fields by whose values all figures are told, besides the unit
	Spots []string    `yaml:"spots"` // area fields by which only the beginnings are counted, to find where much happens
	Pairs [][2]string `yaml:"pairs"` // fields, or HourOfDay, by whose values together the beginnings are counted: what happens where, and when
	Least int         `yaml:"least"` // a rate of fewer cases is told as a fraction, without per cent and rank; 0 means leastCases

	Repeats *Repeats `yaml:"repeats"`
}

// Repeats says where the same comes up again and again: where enough cases lie near
// each other that run or began lately.
type Repeats struct {
	Within int `yaml:"within" pack:"required"` // so many metres around one of them at most
	Days   int `yaml:"days" pack:"required"`   // those that have ended began in the last so many days
	Least  int `yaml:"least" pack:"required"`  // so many are enough
}

// leastCases is the Least of figures that say none.
const leastCases = 10

// HourOfDay is by what figures are told besides fields: the hour of the day, 00 to
// 23, at which a case began. No field can have that name.
const HourOfDay = "@hour"

// PairOf parts the two values of a pair, of which neither can hold it.
const PairOf = "|"

// PairField is the name under which two fields are counted together; no field can
// have it.
func PairField(a, b string) string { return a + "." + b }

// CutPair parts the name of a pair; ok is false of other names.
func CutPair(field string) (a, b string, ok bool) { return strings.Cut(field, ".") }

// Pairs is by which two fields beginnings are counted together.
func (p *Procedure) Pairs() [][2]string {
	if p.Figures == nil {
		return nil
	}
	return p.Figures.Pairs
}

// FiguresBy is by which fields the figures of the procedure are told, the unit
// first.
func (p *Procedure) FiguresBy() (list []string) {
	if p.Unit != "" {
		list = append(list, p.Unit)
	}
	if p.Figures != nil {
		for _, f := range p.Figures.By {
			if f != p.Unit {
				list = append(list, f)
			}
		}
	}
	return list
}

// Spots is by which areas beginnings are counted.
func (p *Procedure) Spots() []string {
	if p.Figures == nil {
		return nil
	}
	return p.Figures.Spots
}

// Repeats says where cases of the procedure repeat; nil for nothing.
func (p *Procedure) Repeats() *Repeats {
	if p.Figures == nil {
		return nil
	}
	return p.Figures.Repeats
}

// LeastCases is of how many cases a rate is told in per cent and ranked.
func (p *Procedure) LeastCases() int64 {
	if p.Figures == nil || p.Figures.Least == 0 {
		return leastCases
	}
	return int64(p.Figures.Least)
}

// facets checks fields by which cases are listed or counted.
func (c *compiler) facets(at source.Node, list []string) {
	for i, f := range list {
		at := at.Item(i)
		c.typed(at, f, UnitField, UnitsField, PostField, PostsField, PersonField, PersonsField, AreaField, ChoiceField, EntryField, SubjectField, TextField)
		if slices.Contains(list[:i], f) {
			c.add(at, "“%s”重复", "%q is listed twice", f)
		}
		if c.field(f).Sealed {
			c.add(at, "按它列表和统计的字段不能密封", "a field by which cases are listed and counted cannot be sealed")
		}
	}
}

func (c *compiler) resolveFigures() {
	f := c.Procedure.Figures
	if f == nil {
		return
	}
	at := c.at.Field("figures")
	c.facets(at.Field("by"), f.By)
	c.facets(at.Field("spots"), f.Spots)
	for i, name := range f.Spots {
		c.typed(at.Field("spots").Item(i), name, AreaField)
		if slices.Contains(c.FiguresBy(), name) {
			c.add(at.Field("spots").Item(i), "“%s”已在 by 中", "%q is in by already", name)
		}
	}
	for i, pair := range f.Pairs {
		for j, name := range pair {
			if name != HourOfDay { // texts may hold what parts the two
				c.typed(at.Field("pairs").Item(i).Item(j), name, UnitField, UnitsField, PostField, PostsField, PersonField, AreaField, ChoiceField, EntryField)
			}
			if c.field(name).Sealed {
				c.add(at.Field("pairs").Item(i).Item(j), "按它列表和统计的字段不能密封", "a field by which cases are listed and counted cannot be sealed")
			}
		}
		if pair[0] == pair[1] {
			c.add(at.Field("pairs").Item(i), "“%s”重复", "%q is listed twice", pair[0])
		}
	}
	if f.Least < 0 {
		c.add(at.Field("least"), "least 不能小于 0", "least cannot be below 0")
	}
	if f.Repeats != nil {
		c.resolveRepeats(at.Field("repeats"), f.Repeats)
	}
}

func (c *compiler) resolveRepeats(at source.Node, r *Repeats) {
	if !slices.ContainsFunc(c.Fields, func(f Field) bool { return f.Type == PointField && !f.Sealed }) {
		c.add(at, "案件没有位置，看不出哪里反复发生", "the cases have no place: nothing can be told of where they repeat")
	}
	if r.Within < 1 || r.Within > maxWithin {
		c.add(at.Field("within"), "within 应为 1 到 %d 米", "within is 1 to %d metres", maxWithin)
	}
	if r.Days < 1 || r.Days > maxDays {
		c.add(at.Field("days"), "days 应为 1 到 %d 日", "days is 1 to %d", maxDays)
	}
	if r.Least < 2 || r.Least > maxLeast {
		c.add(at.Field("least"), "least 应为 2 到 %d 件", "least is 2 to %d", maxLeast)
	}
}
