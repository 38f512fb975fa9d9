package caseform

import (
	"slices"
	"strconv"
	"strings"

	"quanxiang/policy"
	"quanxiang/policy/codes"
	"quanxiang/policy/procedure"
	"quanxiang/web/ui"
)

// choose puts the empty choice before the others.
func (k Maker) choose(options []ui.Option) []ui.Option {
	return append([]ui.Option{{Label: k.Messages.T("form.choose")}}, options...)
}

func (k Maker) choices(f *procedure.Field) []ui.Option {
	list := k.choose(nil)
	for _, o := range f.Options {
		list = append(list, ui.Option{Value: o.ID, Label: o.Name.In(k.Messages.Lang())})
	}
	return list
}

// follow lets a list follow those before it, as the standards follow the class of a
// matter: where what one of them has chosen is the heading of a group in the list,
// that group comes first, and its option is chosen where it is the only one and
// nothing else is. The script follow.js does so while a form is filled in.
func follow(before []ui.Field, x *ui.Field) {
	if x.Kind != "select" {
		return
	}
	for _, b := range before {
		i := slices.IndexFunc(b.Options, func(o ui.Option) bool { return b.Kind == "select" && o.Value != "" && o.Value == b.Value })
		if i < 0 {
			continue
		}
		var first, rest []ui.Option
		for _, o := range x.Options {
			if o.Group == b.Options[i].Label {
				first = append(first, o)
			} else {
				rest = append(rest, o)
			}
		}
		if len(first) == 0 {
			continue
		}
		if len(first) == 1 && x.Value == "" {
			x.Value, x.Values = first[0].Value, []string{first[0].Value}
		}
		if len(rest) > 0 && rest[0].Value == "" { // "choose" stays where it is
			first, rest = append(rest[:1:1], first...), rest[1:]
		}
		x.Options = append(first, rest...)
	}
}

// chosenFirst puts the options that are chosen before the others, in a group of
// their own: they are seen without opening any other.
func (k Maker) chosenFirst(options []ui.Option, chosen []string) []ui.Option {
	var first, rest []ui.Option
	for _, o := range options {
		if slices.Contains(chosen, o.Value) {
			if o.Group != k.Messages.T("form.gone") {
				o.Group = k.Messages.T("form.chosen")
			}
			first = append(first, o)
		} else {
			rest = append(rest, o)
		}
	}
	return append(first, rest...)
}

// units are the units of the pack in force by their kind. Units that are chosen
// and are no more come first, so that they are seen and given up.
func (k Maker) units(chosen []string) []ui.Option {
	l := k.Messages.Lang()
	var list []ui.Option
	for _, id := range chosen {
		if _, ok := k.Pack.Unit(id); ok {
			continue
		}
		name := id
		if old, ok := k.Under.Pack.Unit(id); ok {
			name = old.Name.In(l)
		}
		if heir, ok := k.Pack.Successor(id); ok {
			name = k.Messages.T("form.gone_to", "name", name, "unit", heir.Name)
		}
		list = append(list, ui.Option{Value: id, Label: name, Group: k.Messages.T("form.gone")})
	}
	for _, kind := range policy.UnitKinds() {
		for _, u := range k.Pack.Units {
			if u.Kind == kind {
				list = append(list, ui.Option{Value: u.ID, Label: u.Name.In(l), Group: kind.Name().In(l)})
			}
		}
	}
	return list
}

// posts are the posts of the pack in force by their unit.
func (k Maker) posts(chosen []string) []ui.Option {
	l := k.Messages.Lang()
	var list []ui.Option
	for _, id := range chosen {
		if _, ok := k.Pack.Post(id); ok {
			continue
		}
		name := id
		if old, ok := k.Under.Pack.Post(id); ok {
			name = old.Name.In(l)
		}
		list = append(list, ui.Option{Value: id, Label: name, Group: k.Messages.T("form.gone")})
	}
	var units []string
	for _, p := range k.Pack.Posts {
		if !slices.Contains(units, p.Unit) {
			units = append(units, p.Unit)
		}
	}
	for _, unit := range units {
		group := k.Messages.T("form.other_posts")
		if u, ok := k.Pack.Unit(unit); ok {
			group = u.Name.In(l)
		}
		for _, p := range k.Pack.Posts {
			if p.Unit == unit {
				list = append(list, ui.Option{Value: p.ID, Label: p.Name.In(l), Group: group})
			}
		}
	}
	return list
}

// entries are those of a field's list that may be chosen, and the one that is,
// under their heading or what they are of.
func (k Maker) entries(f *procedure.Field, chosen []string) []ui.Option {
	list := f.List()
	if list == nil {
		return nil
	}
	var options []ui.Option
	for _, e := range list.Entries {
		if list.Heads(e.Code) || !k.Day.IsZero() && !e.Valid(k.Day) && !slices.Contains(chosen, e.Code) {
			continue
		}
		options = append(options, ui.Option{Value: e.Code, Label: k.Messages.T("form.entry", "code", e.Code, "name", e.Name), Group: k.group(list, e)})
	}
	slices.SortStableFunc(options, func(a, b ui.Option) int { return strings.Compare(a.Group, b.Group) })
	return options
}

// group is what an entry stands under: the entry of another list or its own
// that its first code names.
func (k Maker) group(list *codes.List, e codes.Entry) string {
	i := slices.IndexFunc(list.Columns, func(c codes.Column) bool { return c.Type == codes.CodeColumn })
	if i < 0 {
		return ""
	}
	of, _ := k.Under.Pack.List(list.Columns[i].Of)
	above, ok := of.Entry(e.Text(list.Columns[i].ID))
	if !ok {
		return ""
	}
	return k.Messages.T("form.entry", "code", above.Code, "name", above.Name)
}

// point is the field from which an area follows.
func (k Maker) point(f *procedure.Field) (*procedure.Field, bool) {
	if f.At == "" || f.Type != procedure.AreaField {
		return nil, false
	}
	return k.Under.Procedure.Field(f.At)
}

// areas are the places of the district, each under the one it lies in; with a
// level, those of the level.
func (k Maker) areas(level string) []ui.Option {
	l := k.Messages.Lang()
	var list []ui.Option
	for _, a := range k.Pack.Areas {
		if level != "" && string(a.Level) == level {
			in, _ := k.Pack.Area(a.Parent)
			list = append(list, ui.Option{Value: a.Code, Label: a.Name.In(l), Group: in.Name.In(l)})
		}
	}
	if level != "" {
		return list
	}
	for _, a := range k.Pack.Areas {
		inside := k.Pack.Children(a.Code)
		if len(inside) == 0 {
			continue
		}
		list = append(list, ui.Option{Value: a.Code, Label: k.Messages.T("form.whole_area", "area", a.Name), Group: a.Name.In(l)})
		for _, b := range inside {
			if len(k.Pack.Children(b.Code)) == 0 {
				list = append(list, ui.Option{Value: b.Code, Label: b.Name.In(l), Group: a.Name.In(l)})
			}
		}
	}
	return list
}

func (k Maker) persons(f *procedure.Field) []ui.Option {
	var list []ui.Option
	for _, p := range k.People[f.ID] {
		group := ""
		if u, ok := k.Pack.Unit(p.Unit); ok {
			group = u.Name.In(k.Messages.Lang())
		}
		list = append(list, ui.Option{Value: p.ID.String(), Label: p.Name, Group: group})
	}
	slices.SortStableFunc(list, func(a, b ui.Option) int { return strings.Compare(a.Group, b.Group) })
	return list
}

// files are the files a field has or was just given: what stays ticked stays.
func (k Maker) files(chosen []string) []ui.Option {
	var list []ui.Option
	for _, a := range k.Files {
		if slices.Contains(chosen, string(a.Key)) {
			list = append(list, ui.Option{Value: string(a.Key), Label: a.Name, Note: Size(a.Size)})
		}
	}
	return list
}

// Size writes a number of bytes for people.
func Size(n int64) string {
	switch {
	case n >= 1<<20:
		return strconv.FormatFloat(float64(n)/(1<<20), 'f', 1, 64) + " MB"
	case n >= 1<<10:
		return strconv.FormatInt(n>>10, 10) + " KB"
	}
	return strconv.FormatInt(n, 10) + " B"
}
