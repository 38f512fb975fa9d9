package console

import (
	"slices"
	"strings"

	"quanxiang/policy"
	"quanxiang/web/ui"
)

// unitOptions lists the units persons can belong to, by kind, in the pack's
// order; first is the choice of none.
func (c *Console) unitOptions(v visit, first string) []ui.Option {
	list := []ui.Option{{Label: first}}
	for _, k := range policy.UnitKinds() {
		for _, u := range c.Pack.Units {
			if u.Kind == k && k != policy.Group {
				list = append(list, ui.Option{Value: u.ID, Label: u.Name.In(v.lang()), Group: k.Name().In(v.lang())})
			}
		}
	}
	return list
}

// roleOptions lists the roles with how far they reach and what they grant.
func (c *Console) roleOptions(v visit) []ui.Option {
	var list []ui.Option
	for _, r := range c.Pack.Roles {
		list = append(list, ui.Option{Value: r.ID, Label: r.Name.In(v.lang()), Note: v.m.Of("console.scope.", r.Scope) + v.m.T("console.colon") + grants(v, r)})
	}
	return list
}

// grants is what a role lets its holder do, in words.
func grants(v visit, r policy.Role) string {
	names := make([]string, len(r.Grants))
	for i, a := range r.Grants {
		names[i] = a.Name().In(v.lang())
	}
	return strings.Join(names, v.m.T("list.separator"))
}

// conflicts are the roles nobody may hold beside a role, in words.
func (c *Console) conflicts(v visit, r policy.Role) string {
	var names []string
	for _, o := range c.Pack.Roles {
		if c.Pack.RolesConflict(r.ID, o.ID) {
			names = append(names, o.Name.In(v.lang()))
		}
	}
	return strings.Join(names, v.m.T("list.separator"))
}

// postOptions lists the posts under the unit they are in.
func (c *Console) postOptions(v visit) []ui.Option {
	list := []ui.Option{{Label: v.m.T("console.none")}}
	posts := slices.Clone(c.Pack.Posts)
	slices.SortStableFunc(posts, func(a, b policy.Post) int { return strings.Compare(a.Unit, b.Unit) })
	for _, p := range posts {
		list = append(list, ui.Option{Value: p.ID, Label: p.Name.In(v.lang()), Group: c.unitName(v, p.Unit)})
	}
	return list
}

// areaOptions lists the areas a role can be held for, under the unit that serves
// them; those of a unit come from the outside in.
func (c *Console) areaOptions(v visit) []ui.Option {
	list := []ui.Option{{Label: v.m.T("console.assign.all_areas")}}
	for _, street := range c.Pack.AreasOf(policy.StreetLevel) {
		group := c.unitName(v, c.Pack.Serving(street.Code))
		for _, community := range c.Pack.Children(street.Code) {
			list = append(list, ui.Option{Value: community.Code, Label: community.Name.In(v.lang()), Group: group})
			for _, cell := range c.Pack.Children(community.Code) {
				list = append(list, ui.Option{Value: cell.Code, Label: cell.Name.In(v.lang()), Group: group})
			}
		}
	}
	return list
}

// unitName is a unit as the reader sees it; one the pack does not have keeps
// its id.
func (c *Console) unitName(v visit, id string) string {
	if u, ok := c.Pack.Unit(id); ok {
		return u.Name.In(v.lang())
	}
	return id
}

func (c *Console) roleName(v visit, id string) string {
	if r, ok := c.Pack.Role(id); ok {
		return r.Name.In(v.lang())
	}
	return id
}

func (c *Console) postName(v visit, id string) string {
	if p, ok := c.Pack.Post(id); ok {
		return p.Name.In(v.lang())
	}
	return id
}
