package registers

import (
	"context"
	"errors"
	"iter"
	"math"
	"net/url"
	"slices"
	"strings"
	"time"

	"quanxiang/gov"
	"quanxiang/people"
	"quanxiang/policy"
	"quanxiang/policy/register"
)

// LookQuery says which looks are listed. The zero value lists all.
type LookQuery struct {
	Register    string
	Person      gov.ID // who looked, or the key of a program; zero for everybody
	Key         string // of the entry
	Purpose     string
	From, Until int64 // Unix ms, the first and the one behind the last; 0 for no bound
}

// AllLooks lists looks at registers, the latest first, to whoever reads records of
// looks. To read them is no look itself.
func (s *Registers) AllLooks(ctx context.Context, by people.Standing, q LookQuery, p gov.Page) (out gov.List[Look], err error) {
	if err := people.Can(by, policy.ReadLooks, people.Object{}); err != nil {
		return out, err
	}
	if q.Until == 0 {
		q.Until = math.MaxInt64
	}
	if out.Items, err = s.Store.AllLooks(ctx, q, p.After, p.Limit+1); err != nil {
		return out, err
	}
	if out.Total = -1; len(out.Items) > p.Limit {
		out.Items = out.Items[:p.Limit]
		out.Next = out.Items[p.Limit-1].ID.String()
	}
	return out, nil
}

// terms are a query as the record of a look at its list keeps it.
func (q Query) terms() string {
	v := url.Values{}
	for name, text := range map[string]string{"facet": q.Facet, "area": q.Area, "class": q.Class, "q": q.Words} {
		if text != "" {
			v.Set(name, text)
		}
	}
	text, err := url.QueryUnescape(v.Encode())
	if err != nil {
		text = v.Encode() // never: it was just encoded
	}
	return "[" + text + "]"
}

// LookAtList records that somebody takes a whole list in full, for a purpose of its
// register, and returns what Export asks for. The look keeps which list.
func (s *Registers) LookAtList(ctx context.Context, by people.Standing, q Query, purpose, note string) (gov.ID, error) {
	if err := Enter(by); err != nil {
		return gov.ID{}, err
	}
	r, err := s.Register(q.Register)
	if err != nil {
		return gov.ID{}, err
	}
	if note, err = s.purpose(r, purpose, note); err != nil {
		return gov.ID{}, err
	}
	return s.keepLook(ctx, by.Actor(), by.Person, q.Register, "", purpose, strings.TrimSpace(note+" "+q.terms()))
}

// Export lists all entries of a query to the staff, with the fields they may read: in
// full to who looked at that very list for a purpose a short while ago, see
// LookAtList. The level says which.
func (s *Registers) Export(ctx context.Context, by people.Standing, q Query, look gov.ID) (level register.Openness, list iter.Seq2[Listed, error], err error) {
	if err := Enter(by); err != nil {
		return "", nil, err
	}
	r, err := s.Register(q.Register)
	if err != nil {
		return "", nil, err
	}
	level = register.OpenStaff
	if !look.IsZero() {
		l, err := s.Store.Look(ctx, look)
		if err != nil && gov.CodeOf(err) != gov.NotFound {
			return "", nil, err
		}
		if err == nil && l.Key == "" && l.Person == by.Person && l.Register == q.Register && strings.HasSuffix(l.Note, q.terms()) && s.Clock().Sub(time.UnixMilli(l.At)) < LookLasts {
			level = register.OpenPurpose
		}
	}
	return level, func(yield func(Listed, error) bool) {
		err := s.each(ctx, q, func(e Listed) error {
			e.Values = visible(r.Fields, e.Values, level)
			if !yield(e, nil) {
				return errEnough
			}
			return nil
		})
		if err != nil && !errors.Is(err, errEnough) {
			yield(Listed{}, err)
		}
	}, nil
}

// errEnough ends a list whose reader wants no more.
var errEnough = errors.New("the reader wants no more")

// Masked reports that a reader of a level does not read a field.
func Masked(level register.Openness, f *register.Field) bool { return !reads(level, f.Level()) }

// PurposeName is a purpose of a register in words, by its id where the pack has it no
// longer.
func (s *Registers) PurposeName(registerID, id string) gov.Text {
	if r, err := s.Register(registerID); err == nil {
		if i := slices.IndexFunc(r.Looks, func(o register.Option) bool { return o.ID == id }); i >= 0 {
			return r.Looks[i].Name
		}
	}
	return gov.Text{ZH: id, EN: id}
}
