package library

import (
	"context"
	"slices"

	"quanxiang/gov"
	"quanxiang/policy"
)

// UnitView is what one unit leads, supports and is responsible for, across all
// documents.
type UnitView struct {
	Unit    policy.Unit
	Parent  *policy.Unit
	Groups  []policy.Unit // that it belongs to
	Members []policy.Unit // of a group

	AsOf        gov.Date
	Documents   []UnitDocument // the last signed first
	Lead        int            // items it leads, in documents in force on AsOf
	Support     int
	Responsible int
}

// UnitDocument is a document with what it gives a unit to do.
type UnitDocument struct {
	Summary
	Items []UnitItem
}

// UnitItem is an item in which a unit has a part. Through is the group that
// was named in its stead.
type UnitItem struct {
	Item    // Parties are those of the unit or its groups alone
	Role    Role
	Through *policy.Unit
}

// Unit returns a unit's page. asOf zero is today; it decides which documents
// count as in force, all are listed.
func (l *Library) Unit(ctx context.Context, id string, asOf gov.Date) (*UnitView, error) {
	u, ok := l.pack.Unit(id)
	if !ok {
		return nil, gov.Errorf(gov.NotFound, "没有“%s”这个单位", "there is no unit %q", id)
	}
	v := &UnitView{Unit: u, AsOf: l.today(asOf)}
	if p, ok := l.pack.Unit(u.Parent); ok {
		v.Parent = &p
	}
	for _, m := range l.pack.Members(id) {
		if mu, ok := l.pack.Unit(m); ok {
			v.Members = append(v.Members, mu)
		}
	}

	found := map[string][]UnitItem{}
	seen := map[string]bool{} // item and role
	for _, by := range l.standsFor(id) {
		var through *policy.Unit
		if by != id {
			g, _ := l.pack.Unit(by)
			v.Groups = append(v.Groups, g)
			through = &g
		}
		items, err := l.store.Items(ctx, by)
		if err != nil {
			return nil, err
		}
		for _, it := range items {
			for _, p := range it.Parties {
				key := it.Slug + "#" + it.Anchor + "#" + string(p.Role)
				if seen[key] {
					continue // named itself and as a member of a group
				}
				seen[key] = true
				found[it.Slug] = append(found[it.Slug], UnitItem{Item: it, Role: p.Role, Through: through})
			}
		}
	}
	list, err := l.summaries(ctx, Filter{AsOf: v.AsOf})
	if err != nil {
		return nil, err
	}
	for _, s := range list {
		items := found[s.Slug]
		if items == nil {
			continue
		}
		slices.SortStableFunc(items, func(a, b UnitItem) int {
			if a.Scope != b.Scope {
				return int(a.Scope - b.Scope)
			}
			return a.Seq - b.Seq
		})
		v.Documents = append(v.Documents, UnitDocument{s, items})
		if s.State.Status != InForce {
			continue
		}
		for _, it := range items {
			switch it.Role {
			case Lead:
				v.Lead++
			case Support:
				v.Support++
			case Responsible:
				v.Responsible++
			}
		}
	}
	return v, nil
}

// Unresolved lists the items that name a unit no unit of the pack bears the
// name of, with those names, for a human to settle in the pack.
func (l *Library) Unresolved(ctx context.Context) ([]Item, error) {
	return l.store.Items(ctx, "")
}

// standsFor lists the ids under which the print may name a unit: its own, then
// those of the groups it belongs to.
func (l *Library) standsFor(id string) []string {
	list := []string{id}
	for _, u := range l.pack.Units {
		if u.ID != id && slices.Contains(l.pack.Members(u.ID), id) {
			list = append(list, u.ID)
		}
	}
	return list
}
