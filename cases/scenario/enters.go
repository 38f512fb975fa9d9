package scenario

import (
	"fmt"
	"maps"
	"slices"

	"quanxiang/cases"
	"quanxiang/policy/procedure/entering"
	"quanxiang/policy/source"
)

// written is what a step writes into a register as scenarios say it: the fields by
// their ids, and "do", "key", "unit", "of", "until" and "reason".
func written(e entering.Entry) map[string]string {
	out := map[string]string{"do": string(e.Act), "key": e.Key, "unit": e.Unit, "of": e.Of, "until": e.Until, "reason": e.Reason}
	for field, v := range e.Values {
		out[field] = fmt.Sprint(v)
	}
	return out
}

// expectEnters compares what a step writes into registers with what it should. Of each
// only what is named is looked at.
func (g *game) expectEnters(at source.Node, want map[string]map[string]Raw) {
	got := map[string]map[string]string{}
	for _, e := range g.effects {
		if e.Kind == cases.EnterEffect {
			name := e.Enter.Register
			if e.Enter.Record != "" {
				name += "/" + e.Enter.Record
			}
			got[name] = written(e.Enter)
		}
	}
	g.all(at, slices.Collect(maps.Keys(want)), slices.Collect(maps.Keys(got)))
	for name, fields := range want {
		for field, value := range fields {
			if have := got[name][field]; have != string(value) {
				g.fail(at.Field(name).Field(field), "应为“%[1]s”，现在是“%[2]s”", "expected %[1]q, it is %[2]q", string(value), have)
			}
		}
	}
}
