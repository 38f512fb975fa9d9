package policy

import (
	"slices"

	"quanxiang/policy/codes"
	"quanxiang/policy/procedure"
	"quanxiang/policy/register"
)

// index finds things of a pack by name. It is made once by Load.
type index struct {
	units      map[string]int      // by id
	names      map[string]int      // by folded name, full name and alias
	members    map[string][]string // of a group, groups within it opened
	children   map[string][]int    // units by parent id
	areas      map[string]int      // by code
	inside     map[string][]int    // areas by parent code
	posts      map[string]int      // by id
	roles      map[string]int      // by id
	documents  map[string]int      // by number
	lists      map[string]int      // by id
	procedures map[string]int      // by id
	serving    map[string]string   // unit by the code of the area it serves
	ground     map[AreaLevel]levelGround
}

func newIndex(p *Pack) index {
	x := index{
		units: map[string]int{}, names: map[string]int{}, members: map[string][]string{}, children: map[string][]int{},
		areas: map[string]int{}, inside: map[string][]int{}, posts: map[string]int{}, roles: map[string]int{}, documents: map[string]int{},
		lists: map[string]int{}, procedures: map[string]int{}, serving: map[string]string{}, ground: newGround(p.Areas),
	}
	for i, u := range p.Units {
		x.units[u.ID] = i
		for _, name := range u.names() {
			x.names[fold(name)] = i
		}
		x.children[u.Parent] = append(x.children[u.Parent], i)
	}
	for _, u := range p.Units {
		if len(u.Members) > 0 {
			x.members[u.ID] = openGroup(p, x, u, map[string]bool{}, nil)
		}
	}
	for i, a := range p.Areas {
		x.areas[a.Code] = i
		x.inside[a.Parent] = append(x.inside[a.Parent], i)
	}
	for i, post := range p.Posts {
		x.posts[post.ID] = i
	}
	for i, r := range p.Roles {
		x.roles[r.ID] = i
	}
	for i, d := range p.Documents {
		x.documents[d.Number] = i
	}
	for i, l := range p.Lists {
		x.lists[l.ID] = i
	}
	for i, proc := range p.Procedures {
		x.procedures[proc.ID] = i
	}
	for _, u := range p.Units {
		if u.Area != "" {
			x.serving[u.Area] = u.ID
		}
	}
	return x
}

// openGroup lists the units a group stands for, each once.
func openGroup(p *Pack, x index, u Unit, seen map[string]bool, list []string) []string {
	for _, id := range u.Members {
		if seen[id] {
			continue
		}
		seen[id] = true
		if m := p.Units[x.units[id]]; m.Kind == Group {
			list = openGroup(p, x, m, seen, list)
		} else {
			list = append(list, id)
		}
	}
	return list
}

// names lists every spelling that means the unit.
func (u Unit) names() []string {
	list := append([]string{u.Name.ZH}, u.Aliases...)
	if u.Full.ZH != "" {
		list = append(list, u.Full.ZH)
	}
	return list
}

// Unit is the unit with an id.
func (p *Pack) Unit(id string) (Unit, bool) { return pick(p.Units, p.index.units, id) }

// FindUnit is the unit a printed name means: its short name, full name or an
// alias. Blanks, the width of characters and the shape of brackets do not
// matter.
func (p *Pack) FindUnit(name string) (Unit, bool) { return pick(p.Units, p.index.names, fold(name)) }

// Successor is the unit that has taken over the tasks of one of earlier packs.
func (p *Pack) Successor(id string) (Unit, bool) {
	i := slices.IndexFunc(p.Units, func(u Unit) bool { return slices.Contains(u.Former, id) })
	if i < 0 {
		return Unit{}, false
	}
	return p.Units[i], true
}

// Members lists the ids of the units a group stands for, groups within it
// opened, in the order of the pack; nil when id is no group.
func (p *Pack) Members(id string) []string { return slices.Clone(p.index.members[id]) }

// Subordinates lists the units whose parent is the unit with an id, "" for
// those without parent.
func (p *Pack) Subordinates(id string) []Unit { return pickAll(p.Units, p.index.children[id]) }

// Area is the area with a code.
func (p *Pack) Area(code string) (Area, bool) { return pick(p.Areas, p.index.areas, code) }

// Children lists the areas directly inside the area with a code, by code.
func (p *Pack) Children(code string) []Area { return pickAll(p.Areas, p.index.inside[code]) }

// Post is the post with an id.
func (p *Pack) Post(id string) (Post, bool) { return pick(p.Posts, p.index.posts, id) }

// Role is the role with an id.
func (p *Pack) Role(id string) (Role, bool) { return pick(p.Roles, p.index.roles, id) }

// RolesConflict reports whether one person may not hold two roles. A role that
// does not exist conflicts with none.
func (p *Pack) RolesConflict(a, b string) bool {
	r, ok := p.Role(a)
	other, too := p.Role(b)
	return ok && too && r.conflicts(other)
}

// List is the code list with an id.
func (p *Pack) List(id string) (*codes.List, bool) { return pick(p.Lists, p.index.lists, id) }

// Procedure is the procedure with an id.
func (p *Pack) Procedure(id string) (*procedure.Procedure, bool) {
	return pick(p.Procedures, p.index.procedures, id)
}

// Register is the register with an id.
func (p *Pack) Register(id string) (*register.Register, bool) {
	i := slices.IndexFunc(p.Registers, func(r *register.Register) bool { return r.ID == id })
	if i < 0 {
		return nil, false
	}
	return p.Registers[i], true
}

// Serving is the id of the unit that serves an area, or the nearest area
// around it that one serves; "" for none.
func (p *Pack) Serving(code string) string {
	for range maxNesting {
		if u, ok := p.index.serving[code]; ok {
			return u
		}
		a, ok := p.Area(code)
		if !ok || a.Parent == "" {
			return ""
		}
		code = a.Parent
	}
	return ""
}

// Beats lists the areas a role in a unit is held for: the one that is named or
// else those the unit serves; none for a unit without areas.
func (p *Pack) Beats(unit, area string) []string {
	if area != "" {
		return []string{area}
	}
	var list []string
	for _, a := range p.Areas {
		if p.index.serving[a.Code] == unit {
			list = append(list, a.Code)
		}
	}
	return list
}

// maxNesting bounds a walk up the areas: district, street, community, cell.
const maxNesting = 8

// Document is the document with a number, in whatever brackets and blanks it
// is written.
func (p *Pack) Document(number string) (Document, bool) {
	return pick(p.Documents, p.index.documents, NormalNumber(number))
}

func pick[T any](list []T, index map[string]int, key string) (T, bool) {
	i, ok := index[key]
	if !ok {
		var none T
		return none, false
	}
	return list[i], true
}

func pickAll[T any](list []T, at []int) []T {
	out := make([]T, len(at))
	for i, j := range at {
		out[i] = list[j]
	}
	return out
}
