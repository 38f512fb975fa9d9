package registers

import (
	"context"
	"slices"
	"strings"

	"quanxiang/gov"
	"quanxiang/policy/register"
)

// PublicList finds entries for the public: by the whole key or alias, or by words of
// their names. Without words only a register is listed whose pack says which entries the
// public is shown; what it is not shown is in no list.
func (s *Registers) PublicList(ctx context.Context, registerID, words string, p gov.Page) (out gov.List[Listed], err error) {
	r, err := s.Register(registerID)
	if err != nil {
		return out, err
	}
	if !r.Public() {
		return out, errNoRegister
	}
	if words = strings.TrimSpace(words); words == "" && len(r.Shows) == 0 {
		return out, nil
	}
	for p.Limit > 0 {
		some, err := s.list(ctx, Query{Register: registerID, Words: words}, p)
		if err != nil {
			return out, err
		}
		for _, e := range some.Items {
			if len(out.Items) == p.Limit {
				some.Next = out.Items[p.Limit-1].Key
				break
			}
			if r.Showing(e.Facet) {
				out.Items = append(out.Items, e)
			}
		}
		if out.Next, p.After = some.Next, some.Next; some.Next == "" || len(out.Items) == p.Limit {
			break
		}
	}
	for i := range out.Items {
		e := &out.Items[i]
		e.Class, e.Values = "", visible(r.Fields, e.Values, register.OpenPublic)
	}
	return out, nil
}

// Public returns an entry as everybody may see it on a day: public fields, and the
// records whose time in public is not over. To others than its key there is none.
func (s *Registers) Public(ctx context.Context, registerID, key string) (out Sheet, err error) {
	r, err := s.Register(registerID)
	if err != nil {
		return out, err
	}
	if !r.Public() {
		return out, errNoRegister
	}
	if out, err = s.read(ctx, registerID, key); err != nil {
		return out, err
	}
	if !r.Showing(out.Entry.Facet) {
		return Sheet{}, errNoEntry
	}
	day := gov.DateOf(s.Clock())
	out.Records = slices.DeleteFunc(out.Records, func(rec Record) bool { return !published(r, rec, day) })
	out.Level, out.Grade, out.Grades, out.Past = register.OpenPublic, nil, nil, nil
	out.Facts = facts(r, out.Entry, out.Records) // of what the public reads
	out.close()
	for i := range out.Records {
		out.Records[i].Note = ""
	}
	return out, nil
}

// errNoEntry is an entry the public is not shown.
var errNoEntry = gov.Errorf(gov.NotFound, "名录中没有这个条目", "the register has no such entry")

// published reports that the public may read a record on a day.
func published(r *register.Register, rec Record, day gov.Date) bool {
	k, ok := r.Kind(rec.Kind)
	if !ok || rec.Withdrawn {
		return false
	}
	on, err := gov.ParseDate(rec.On)
	return err == nil && k.Public.Covers(on, day)
}
