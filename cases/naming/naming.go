// Package naming reads what people write for things of the pack: names instead of
// ids, in forms and in tables.
package naming

import (
	"slices"
	"strings"

	"quanxiang/gov"
	"quanxiang/policy"
	"quanxiang/policy/procedure"
	"quanxiang/policy/source"
)

// Unit is the id of a unit by its id, its names or an alias. A unit that is no more
// is Invalid, with the one that took its tasks over.
func Unit(pack *policy.Pack, name string) (string, *gov.Error) {
	if u, ok := pack.Unit(name); ok {
		return u.ID, nil
	}
	if u, ok := pack.FindUnit(name); ok {
		return u.ID, nil
	}
	if u, ok := pack.Successor(name); ok {
		return "", gov.Errorf(gov.Invalid, "单位“%[1]s”已经撤销，职责由%[2]s承接，请改选", "unit %[1]q is no more; its tasks went to %[3]s, choose that one", name, u.Name.ZH, u.Name.In(gov.EN))
	}
	names := make([]string, len(pack.Units))
	for i, u := range pack.Units {
		names[i] = u.Name.ZH
	}
	if near := source.Suggest(name, names); near != "" {
		return "", gov.Errorf(gov.Invalid, "没有名为“%[1]s”的单位（是不是“%[2]s”？）", "there is no unit called %[1]q (did you mean %[2]q?)", name, near)
	}
	return "", gov.Errorf(gov.Invalid, "没有名为“%s”的单位", "there is no unit called %q", name)
}

// Post is the id of a post by its id or its name.
func Post(pack *policy.Pack, name string) (string, *gov.Error) {
	if p, ok := pack.Post(name); ok {
		return p.ID, nil
	}
	for _, p := range pack.Posts {
		if p.Name.ZH == name || p.Name.EN == name {
			return p.ID, nil
		}
	}
	return "", gov.Errorf(gov.Invalid, "没有名为“%s”的职务", "there is no post called %q", name)
}

// Area is the code of an area by its code or its name. A name that several have is
// Invalid.
func Area(pack *policy.Pack, name string) (string, *gov.Error) {
	if a, ok := pack.Area(name); ok {
		return a.Code, nil
	}
	of := func(a policy.Area) bool { return a.Name.ZH == name || a.Name.EN == name }
	i := slices.IndexFunc(pack.Areas, of)
	if i < 0 {
		return "", gov.Errorf(gov.Invalid, "没有名称或代码为“%s”的区域", "there is no area with the name or code %q", name)
	}
	if slices.ContainsFunc(pack.Areas[i+1:], of) {
		return "", gov.Errorf(gov.Invalid, "有几个区域叫“%s”，请填写代码", "several areas are called %q; write the code", name)
	}
	return pack.Areas[i].Code, nil
}

// Entry is the code of an entry of the field's list by whatever tells it from the
// others; text that names none is given back.
func Entry(f *procedure.Field, text string) string {
	if list := f.List(); list != nil {
		if e, ok := list.Find(text); ok {
			return e.Code
		}
	}
	return text
}

// Cell is what a cell of a table says as a form would send it: options and entries
// are written by their names in either language, too.
func Cell(f *procedure.Field, text string) string {
	for _, o := range f.Options {
		if name := strings.TrimSpace(text); name == o.Name.ZH || strings.EqualFold(name, o.Name.EN) {
			return o.ID
		}
	}
	return Entry(f, text)
}
