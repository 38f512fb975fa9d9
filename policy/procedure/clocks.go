package procedure

import (
	"slices"
	"strings"
	"time"

	"quanxiang/calendar"
	"quanxiang/gov"
	"quanxiang/policy/codes"
	"quanxiang/policy/source"
)

func (c *compiler) resolveClock(at source.Node, k Clock) {
	for _, part := range []struct {
		key  string
		list []string
	}{{"from", k.From}, {"to", k.To}} {
		for i, name := range part.list {
			if _, ok := c.index.actions[name]; !ok {
				c.oneOf(at.Field(part.key).Item(i), name, c.index.states, "动作或状态", "action or state")
			}
		}
	}
	c.each(at.Field("pause"), k.Pause, c.index.states, "状态", "state")
	c.each(at.Field("tell"), k.Tell, c.index.parties, "关系人", "party")
	c.each(at.Field("report"), k.Report, c.index.parties, "关系人", "party")
	if count(k.Limit.N > 0, len(k.Limits) > 0, k.LimitOf != "", k.Until != "") != 1 {
		c.add(at, "时钟应写 limit、limits、limit_of、until 之一", "a clock has exactly one of limit, limits, limit_of, until")
	}
	if k.LimitOf != "" {
		c.column(at.Field("limit_of"), k.LimitOf, codes.LimitColumn)
	}
	if c.each(at.Field("anew"), k.Anew, c.index.fields, "字段", "field"); len(k.Anew) > 0 && (k.Again == Restart || k.Until != "") {
		c.add(at.Field("anew"), "每次都从头计时或按日期到期的时钟不需要 anew", "a clock that always counts from zero, or ends on a date, has no use for anew")
	}
	if k.Until != "" {
		c.typed(at.Field("until"), k.Until, DateField, InstantField)
		if len(k.Pause) > 0 {
			c.add(at.Field("pause"), "按日期到期的时钟不能暂停：日期可以由动作修改", "a clock that ends on a date cannot pause: an action can move the date")
		}
	}
	for i, w := range k.Warn {
		if w < 1 || w > 99 || i > 0 && w <= k.Warn[i-1] {
			c.add(at.Field("warn").Item(i), "预警应为 1 到 99 的百分数，由小到大", "warnings are per cents from 1 to 99, rising")
		}
	}
}

func (c *compiler) checkClocks() {
	for i, k := range c.Clocks {
		at := c.at.Field("clocks").Item(i)
		if !slices.ContainsFunc(c.Actions, func(a Action) bool { return c.hits(k.From, a) && !c.endsCase(a) }) {
			c.add(at.Field("from"), "时钟“%s”不会开始：案件那时已经结束", "the clock %q never starts: the case has ended by then", k.ID)
		}
		if !slices.ContainsFunc(c.Actions, func(a Action) bool { return c.hits(k.To, a) }) {
			c.add(at.Field("to"), "时钟“%s”不会停：没有动作到达所写的状态", "the clock %q never stops: no action leads to the states named", k.ID)
		}
		for _, a := range c.Actions {
			if c.hits(k.From, a) && c.hits(k.To, a) && k.Again != Restart {
				c.add(at.Field("to"), "动作“%[1]s”既开始又停止时钟“%[2]s”", "the action %[1]q both starts and stops the clock %[2]q", a.ID, k.ID)
			}
		}
		if len(k.Limits) > 0 && k.Limits[len(k.Limits)-1].When != "" {
			c.add(at.Field("limits"), "最后一个期限应没有条件，否则时钟可能没有期限", "the last limit should have no condition, or the clock may have none")
		}
	}
	for i, a := range c.Actions {
		e := a.Extend
		if e == nil {
			continue
		}
		k := c.Clocks[c.index.clocks[e.Clock]]
		if k.Until != "" {
			c.add(c.at.Field("actions").Item(i).Field("extend"), "时钟“%s”按日期到期，请改那个日期字段", "the clock %q ends on a date: set that field instead", e.Clock)
			continue
		}
		for _, limit := range c.limits(k) {
			if e.By.N > 0 && !adds(limit, e.By) {
				c.add(c.at.Field("actions").Item(i).Field("extend").Field("by"), "%[1]s 不能加到 %[2]s 上", "%[1]s cannot be added to %[2]s", e.By.String(), limit.String())
			}
		}
	}
}

// hits reports that an action starts or stops a clock that names these actions
// and states.
func (c *compiler) hits(names []string, a Action) bool {
	return slices.Contains(names, a.ID) || a.To != "" && !slices.Equal(a.At, []string{a.To}) && slices.Contains(names, a.To)
}

// endsCase reports that an action ends the case.
func (c *compiler) endsCase(a Action) bool {
	s, ok := c.Procedure.State(a.To)
	return ok && s.Kind.Ended()
}

// limits lists the limits a clock may have, each once; none when it ends on a date.
func (c *compiler) limits(k Clock) []calendar.Limit {
	if k.Limit.N > 0 {
		return []calendar.Limit{k.Limit}
	}
	if k.LimitOf != "" {
		field, column, _ := strings.Cut(k.LimitOf, ".")
		var list []calendar.Limit
		for _, e := range c.field(field).list.Entries {
			if limit, ok := e.Limit(column); ok && !slices.Contains(list, limit) {
				list = append(list, limit)
			}
		}
		return list
	}
	list := make([]calendar.Limit, len(k.Limits))
	for i, l := range k.Limits {
		list[i] = l.Limit
	}
	return list
}

// adds reports that one limit can be extended by another; working hours cannot
// by calendar days.
func adds(limit, by calendar.Limit) bool {
	start := time.Date(2016, 1, 4, 9, 0, 0, 0, gov.China)
	_, err := calendar.Deadline(calendar.Spec{Limit: limit}, calendar.History{Start: start, Extensions: []calendar.Extension{{Add: by}}}, calendar.Calendar{})
	return err == nil
}
