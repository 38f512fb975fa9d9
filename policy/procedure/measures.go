package procedure

import (
	"slices"

	"quanxiang/gov"
	"quanxiang/policy/source"
	"quanxiang/rules/guard"
)

// Measure is a figure to be told of the cases of a procedure: either a rate, how
// many of the cases that count are hits, or a time, how long something took. Its
// definition stands beside the flow it measures. cases.Readings works out what a
// case comes to, and docket sums that up.
type Measure struct {
	ID    string   `yaml:"id" pack:"required"`
	Name  gov.Text `yaml:"name" pack:"required"`
	About gov.Text `yaml:"about" pack:"required"` // the definition in words, to stand beside the figure
	Cite  string   `yaml:"cite"`                  // the clause that asks for it
	Open  Openness `yaml:"open"`                  // who reads it: public or, the default, staff

	// Of a rate. It has one of At and Due.
	At    string   `yaml:"at"`    // the first time of an action, or opened or ended: the month a case counts in
	Due   string   `yaml:"due"`   // a clock: the month in which it stopped in time or else ran out
	Of    string   `yaml:"of"`    // an expression without time: which cases count; "" is all that At or Due comes to
	Hit   string   `yaml:"hit"`   // an expression without time: which of these are hits; with Due "" is those that kept the time
	Part  gov.Text `yaml:"part"`  // the hits in words, the numerator
	Whole gov.Text `yaml:"whole"` // the cases that count in words, the denominator

	// Of a time, one of the two.
	Clock string `yaml:"clock"` // the time a stopped clock has counted
	From  string `yaml:"from"`  // the time on the clock on the wall between the first time of one action, or opened,
	To    string `yaml:"to"`    // and the first time of another after it, or ended

	of, hit *guard.Expr
}

// The instants every case has or may come to have, beside its actions.
const (
	AtOpened = "opened" // when the case began
	AtEnded  = "ended"  // when it came into the state it has ended in; none while it runs
)

// IsTime reports that the measure is a time, not a rate.
func (m *Measure) IsTime() bool { return m.Clock != "" || m.From != "" }

// Level is who may read the measure: OpenPublic or OpenStaff.
func (m *Measure) Level() Openness {
	if m.Open == "" {
		return OpenStaff
	}
	return m.Open
}

// Counts is the compiled condition for a case to count, nil for all of them.
func (m *Measure) Counts() *guard.Expr { return m.of }

// Hits is the compiled condition for a case that counts to be a hit, nil for a
// time and for a clock that was kept.
func (m *Measure) Hits() *guard.Expr { return m.hit }

// Measure is the measure with an id.
func (p *Procedure) Measure(id string) (*Measure, bool) {
	return pick(p.Measures, p.index.measures, id)
}

func (c *compiler) resolveMeasure(at source.Node, m Measure) {
	instant := func(key, name string) {
		_, action := c.index.actions[name]
		switch fixed := name == AtOpened || name == AtEnded; {
		case fixed && action:
			c.add(at.Field(key), "“%s”既是动作又是案件的起止", "%q is an action and an end of the case", name)
		case !fixed:
			c.oneOf(at.Field(key), name, c.index.actions, "动作", "action")
		}
	}
	instant("at", m.At)
	c.optional(at.Field("due"), m.Due, c.index.clocks, "时钟", "clock")
	rate := m.Hit != "" || m.Due != ""
	instant("from", m.From)
	instant("to", m.To)
	c.optional(at.Field("clock"), m.Clock, c.index.clocks, "时钟", "clock")
	switch {
	case count(rate, m.Clock != "", m.From != "") != 1:
		c.add(at, "指标应是比率（hit 或 due）、clock、from 之一", "a measure is exactly one of a rate (hit or due), clock, from")
	case rate && (m.At == "") == (m.Due == ""):
		c.add(at, "比率应写 at 或 due 之一：案件计入哪个月", "a rate has one of at and due: the month in which a case counts")
	case rate && (m.Part.IsZero() || m.Whole.IsZero()):
		c.add(at, "比率应以 part 和 whole 写明分子和分母", "a rate says in part and whole what is above and below its line")
	case m.IsTime() && !(m.Part.IsZero() && m.Whole.IsZero()):
		c.add(at, "时长没有 part 和 whole", "a time has no part and no whole")
	case m.IsTime() && (m.At != "" || m.Of != ""):
		c.add(at, "时长不写 at 和 of：计入到点所在的月", "a time has no at and no of: it counts in the month in which it is over")
	case (m.From != "") != (m.To != ""):
		c.add(at, "from 和 to 应一起写", "from and to belong together")
	case m.From == AtEnded || m.To == AtOpened || m.From != "" && m.From == m.To:
		c.add(at, "时长应从先发生的到后发生的", "a time goes from what is earlier to what is later")
	}
	if m.Open != "" && m.Open != OpenPublic && m.Open != OpenStaff {
		c.add(at.Field("open"), "指标只能是 public 或 staff", "a measure is public or staff")
	}
	if k := c.clock(m.Clock); k.Until != "" {
		c.add(at.Field("clock"), "时钟“%s”按日期到期，不计用了多久", "the clock %q ends on a date: it counts no time", m.Clock)
	}
}

func (c *compiler) clock(id string) Clock {
	if i, ok := c.index.clocks[id]; ok {
		return c.Clocks[i]
	}
	return Clock{}
}

func (c *compiler) compileMeasure(at source.Node, m *Measure) {
	if m.Of != "" {
		m.of = c.express(c.timeless, at.Field("of"), m.Of, guard.Bool)
	}
	if m.Hit != "" {
		m.hit = c.express(c.timeless, at.Field("hit"), m.Hit, guard.Bool)
	}
}

// checkMeasures looks for what would be told of a sealed field: a figure of a
// single case says what is in it.
func (c *compiler) checkMeasures() {
	for i, m := range c.Measures {
		for _, part := range []struct {
			key  string
			expr *guard.Expr
		}{{"of", m.of}, {"hit", m.hit}} {
			if part.expr == nil {
				continue
			}
			for _, name := range part.expr.Uses() {
				if f := c.field(fieldOf(name)); f.Sealed {
					c.add(c.at.Field("measures").Item(i).Field(part.key), "指标不能用密封的字段“%s”", "a measure cannot use the sealed field %q", f.ID)
				}
			}
		}
		if m.From != "" && m.To != AtEnded && slices.Contains(c.action(m.To).At, New) {
			c.add(c.at.Field("measures").Item(i).Field("to"), "案件由“%s”开始，没有到它为止的时长", "the case begins with %q: no time leads up to it", m.To)
		}
	}
}

func (c *compiler) action(id string) Action {
	if i, ok := c.index.actions[id]; ok {
		return c.Actions[i]
	}
	return Action{}
}
