// Package holding lists the entries of registers that have cases of series.
package holding

import (
	"context"
	"strings"

	"quanxiang/cases/docket"
	"quanxiang/cases/series"
	"quanxiang/policy/effects"
	"quanxiang/policy/register"
	"quanxiang/registers"
)

// Holders are the registers of a district as the docket knows them.
type Holders struct{ Registers *registers.Registers }

var _ docket.Holders = Holders{}

// batch is how many entries are read at once.
const batch = 500

// Holders implements docket.Holders.
func (h Holders) Holders(ctx context.Context, registerID string) (list []series.Entry, err error) {
	r, err := h.Registers.Register(registerID)
	if err != nil {
		return nil, err
	}
	for after := ""; ; {
		some, err := h.Registers.Store.Entries(ctx, registers.Query{Register: registerID}, after, batch)
		if err != nil {
			return nil, err
		}
		for _, l := range some {
			list = append(list, entry(r, l.Entry))
		}
		if len(some) < batch {
			return list, nil
		}
		after = some[len(some)-1].Key
	}
}

// entry is an entry with the variables of a series.
func entry(r *register.Register, e registers.Entry) series.Entry {
	return series.Entry{Key: e.Key, Since: e.Since, Until: e.Until, Value: func(name string) any {
		if name == effects.EntryKeyVar {
			return e.Key
		}
		id := strings.TrimPrefix(name, effects.EntryVar)
		if v, ok := e.Values[id]; ok {
			return v
		}
		if f, ok := r.Field(id); ok {
			return f.Form().Kind().Zero()
		}
		return nil
	}}
}
