package casework

import (
	"time"

	"quanxiang/cases/checklist"
	"quanxiang/cases/entered"
	"quanxiang/gov"
	"quanxiang/policy"
	"quanxiang/policy/procedure"
	"quanxiang/rules/money"
)

// Words says a value of a field as people write it: names of units and posts
// instead of ids, money as officials do, dates in full. A list has one text for each
// item. Persons, cases, contacts and files are given by their ids: their names
// are not the pack's.
func Words(pack *policy.Pack, f *procedure.Field, v any, l gov.Lang) []string {
	switch v := v.(type) {
	case nil:
		return nil
	case bool:
		return []string{yesNo[v].In(l)}
	case int64:
		return []string{number(f, v, l)}
	case []string:
		list := make([]string, len(v))
		for i, s := range v {
			list[i] = name(pack, f, s, l)
		}
		return list
	case string:
		if v == "" {
			return nil
		}
		return []string{name(pack, f, v, l)}
	}
	return nil
}

var yesNo = map[bool]gov.Text{true: {ZH: "是", EN: "yes"}, false: {ZH: "否", EN: "no"}}

func name(pack *policy.Pack, f *procedure.Field, v string, l gov.Lang) string {
	switch f.Type {
	case procedure.UnitField, procedure.UnitsField:
		if u, ok := pack.Unit(v); ok {
			return u.Name.In(l)
		}
	case procedure.PostField, procedure.PostsField:
		if p, ok := pack.Post(v); ok {
			return p.Name.In(l)
		}
	case procedure.AreaField:
		if a, ok := pack.Area(v); ok {
			return a.Name.In(l)
		}
	case procedure.EntryField:
		if e, ok := f.List().Entry(v); ok {
			return e.Name.In(l)
		}
	case procedure.ChoiceField:
		for _, o := range f.Options {
			if o.ID == v {
				return o.Name.In(l)
			}
		}
	case procedure.ChecklistField:
		return checklist.Words(f, v, l)
	case procedure.DateField:
		if d, err := gov.ParseDate(v); err == nil {
			return d.In(l)
		}
	}
	return v
}

func number(f *procedure.Field, n int64, l gov.Lang) string {
	switch f.Type {
	case procedure.MoneyField:
		return money.Fen(n).As(l)
	case procedure.InstantField:
		return time.UnixMilli(n).In(gov.China).Format(entered.InstantForm)
	}
	return gov.Thousands(n) + f.Unit
}

func day(ms int64) gov.Date { return gov.DateOf(time.UnixMilli(ms)) }
