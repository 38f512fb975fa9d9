package codes

import (
	"slices"
	"strings"
	"unicode"

	"quanxiang/gov"
	"quanxiang/policy/source"
)

// Names says what lists may refer to in the rest of the pack.
type Names struct {
	Units  []string // ids of units and groups
	Levels []string // of areas
}

// Link follows what the lists refer to: entries of each other, units, levels.
// Every list has been read.
func Link(all []*List, names Names) (problems, warnings source.Problems) {
	byID := map[string]*List{}
	var ids []string
	for _, l := range all {
		if _, twice := byID[l.ID]; twice {
			problems.Add(l.at.Field("list").Pos(), "代码表“%s”重复", "duplicate list %q", l.ID)
		}
		byID[l.ID] = l
		ids = append(ids, l.ID)
	}
	refer := func(at source.Node, name string, known []string, zh, en string) {
		if name != "" && !slices.Contains(known, name) {
			problems.AddGuess(at.Pos(), source.Suggest(name, known), "没有%[2]s“%[1]s”", "there is no %[3]s %[1]q", name, zh, en)
		}
	}
	for _, l := range all {
		problems = append(problems, l.rise()...)
	}
	for _, l := range all {
		for i, c := range l.Columns {
			at := l.at.Field("columns").Item(i)
			refer(at.Field("of"), c.Of, ids, "代码表", "list")
			for j, e := range l.Entries {
				at, v := l.places[j].Field(c.ID), e.Text(c.ID)
				switch {
				case v == "":
				case c.Type == UnitColumn:
					refer(at, v, names.Units, "单位", "unit")
				case c.Type == LevelColumn:
					refer(at, v, names.Levels, "区域级别", "level of areas")
				case c.Type == CodeColumn && byID[c.Of] != nil:
					other := byID[c.Of]
					if _, ok := other.byCode[v]; !ok {
						refer(at, v, codesOf(other), "代码", "code")
					} else if c.Of != l.ID && other.Heads(v) {
						problems.Add(at.Pos(), "“%s”是类别，下面还有条目，不能引用", "%q is a heading with entries under it: nothing is of it", v)
					}
				}
			}
		}
	}
	for _, l := range all {
		l.texts(func(at source.Node, t gov.Text) {
			if t.EN == "" && strings.ContainsFunc(t.ZH, func(r rune) bool { return unicode.Is(unicode.Han, r) }) { // E0102 needs no translation
				warnings.Add(at.Pos(), "缺少英文", "the English text is missing")
			}
		})
	}
	return problems, warnings
}

// texts are the parts of a list that people read, with their places.
func (l *List) texts(visit func(at source.Node, t gov.Text)) {
	visit(l.at.Field("title"), l.Title)
	for i, c := range l.Columns {
		at := l.at.Field("columns").Item(i)
		visit(at.Field("label"), c.Label)
		for j, o := range c.Options {
			visit(at.Field("options").Item(j).Field("name"), o.Name)
		}
	}
	for i, e := range l.Entries {
		visit(l.places[i].Field("name"), e.Name)
		for _, c := range l.Columns {
			if t, ok := e.Values[c.ID].(gov.Text); ok {
				visit(l.places[i].Field(c.ID), t)
			}
		}
	}
}

func codesOf(l *List) []string {
	list := make([]string, len(l.Entries))
	for i, e := range l.Entries {
		list[i] = e.Code
	}
	return list
}

// rise notes the headings of a list and finds entries that stand under
// themselves.
func (l *List) rise() (problems source.Problems) {
	column := l.parent()
	l.heads = map[string]bool{}
	if column == "" {
		return nil
	}
	for i, e := range l.Entries {
		up := e.Text(column)
		if up == "" {
			continue
		}
		l.heads[up] = true
		for range l.Entries {
			if up == "" || up == e.Code {
				break
			}
			up = l.Above(up)
		}
		if up == e.Code {
			problems.Add(l.places[i].Field(column).Pos(), "条目“%s”的上级成环", "the entry %q stands under itself", e.Code)
		}
	}
	return problems
}
