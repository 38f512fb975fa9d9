package register

import (
	"slices"

	"quanxiang/gov"
	"quanxiang/policy/source"
	"quanxiang/rules/guard"
)

// Effect is what a measure does to somebody who wants to receive something.
type Effect string

// The effects, from none to the strongest.
const (
	Clear  Effect = ""       // nothing stands against it
	Heed   Effect = "warn"   // it is given after a closer look
	Refuse Effect = "refuse" // it is not given
)

// Values lists the effects a pack may write.
func (Effect) Values() []string { return []string{string(Heed), string(Refuse)} }

// Over reports that an effect is stronger than another.
func (e Effect) Over(o Effect) bool {
	order := []Effect{Clear, Heed, Refuse}
	return slices.Index(order, e) > slices.Index(order, o)
}

// Restrictions are what entries may be refused for what is recorded of them.
type Restrictions struct {
	Cite     string    `yaml:"cite" json:"cite" pack:"required"`
	Receives []Option  `yaml:"receives" json:"receives" pack:"required"` // what an entry may ask for: support, a licence
	Measures []Measure `yaml:"measures" json:"measures" pack:"required"`
}

// Measure refuses something to entries with certain records in force or of a class.
// With both a kind and a class it takes both.
type Measure struct {
	ID      string   `yaml:"id" json:"id" pack:"required"`
	Name    gov.Text `yaml:"name" json:"name" pack:"required"`
	Basis   string   `yaml:"basis" json:"basis" pack:"required"`     // legal basis
	Units   []string `yaml:"units" json:"units" pack:"required"`     // that apply it
	Refuses []string `yaml:"refuses" json:"refuses" pack:"required"` // ids of what is refused
	Effect  Effect   `yaml:"effect" json:"effect" pack:"required"`
	Kind    string   `yaml:"kind" json:"kind,omitempty"`   // of the records it rests on
	When    string   `yaml:"when" json:"when,omitempty"`   // an expression over the fields of the record
	Least   int      `yaml:"least" json:"least,omitempty"` // how many such records it takes; 0 is one
	Lasts   Span     `yaml:"lasts" json:"lasts,omitzero"`  // from the day of the record; zero: as long as the record has effect
	Class   string   `yaml:"class" json:"class,omitempty"` // the best class it meets

	test *guard.Expr
}

// Test is the condition of the measure, nil when every record counts.
func (m *Measure) Test() *guard.Expr { return m.test }

// Receive is what may be asked for with an id.
func (r *Restrictions) Receive(id string) (Option, bool) {
	i := slices.IndexFunc(r.Receives, func(o Option) bool { return o.ID == id })
	if i < 0 {
		return Option{}, false
	}
	return r.Receives[i], true
}

// Measure is the measure with an id.
func (r *Restrictions) Measure(id string) (Measure, bool) {
	i := slices.IndexFunc(r.Measures, func(m Measure) bool { return m.ID == id })
	if i < 0 {
		return Measure{}, false
	}
	return r.Measures[i], true
}

// Applies reports that a unit applies one of the measures.
func (r *Restrictions) Applies(unit string) bool {
	return slices.ContainsFunc(r.Measures, func(m Measure) bool { return slices.Contains(m.Units, unit) })
}

// restrictions checks the catalogue of measures.
func (c *compiler) restrictions(at source.Node, t *Restrictions) {
	var receives, classes []string
	for i, o := range t.Receives {
		at := at.Field("receives").Item(i)
		if slices.Contains(receives, o.ID) {
			c.add(at, "选项“%s”重复", "duplicate option %q", o.ID)
		} else if o.ID != "" && !idForm.MatchString(o.ID) {
			c.badID(at.Field("id"), o.ID)
		}
		receives = append(receives, o.ID)
		c.warn(at.Field("name"), o.Name)
	}
	if c.Credit != nil {
		for _, k := range c.Credit.Classes {
			classes = append(classes, k.ID)
		}
	}
	for i := range t.Measures {
		m, at := &t.Measures[i], at.Field("measures").Item(i)
		if slices.ContainsFunc(t.Measures[:i], func(o Measure) bool { return o.ID == m.ID }) {
			c.add(at.Field("id"), "措施“%s”重复", "duplicate measure %q", m.ID)
		} else if m.ID != "" && !idForm.MatchString(m.ID) {
			c.badID(at.Field("id"), m.ID)
		}
		c.units(at.Field("units"), m.Units)
		for j, id := range m.Refuses {
			c.refer(at.Field("refuses").Item(j), id, receives, "可申请的事项", "thing to receive")
		}
		c.refer(at.Field("class"), m.Class, classes, "等级", "class")
		switch {
		case m.Kind != "":
			m.test = c.test(at, m.Kind, m.When)
		case m.Class == "":
			c.add(at, "措施应有 kind 或 class", "a measure has kind or class")
		case m.When != "" || m.Least != 0 || !m.Lasts.IsZero():
			c.add(at, "没有 kind 时不能有 when、least 和 lasts", "without kind there is no when, least and lasts")
		}
		if m.Least < 0 {
			c.add(at.Field("least"), "least 应为正数", "least is a positive number")
		}
		c.warn(at.Field("name"), m.Name)
	}
}
