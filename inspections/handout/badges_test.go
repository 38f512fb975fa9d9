package handout_test

import (
	"context"
	"testing"
	"time"

	"quanxiang/gov"
	"quanxiang/inspections/handout"
	"quanxiang/inspections/visits"
	"quanxiang/packs/packtest"
	"quanxiang/people"
	"quanxiang/policy"
	"quanxiang/registers"
)

// logins are persons by the login of their account.
type logins map[gov.ID]string

func (l logins) Person(_ context.Context, id gov.ID) (people.Person, error) {
	return people.Person{ID: id, Name: "虚构" + l[id]}, nil
}

func (l logins) Account(_ context.Context, id gov.ID) (*people.Account, error) {
	if l[id] == "" {
		return nil, gov.Errorf(gov.NotFound, "没有账号", "there is no account")
	}
	return &people.Account{Person: id, Login: l[id]}, nil
}

// certificates are entries by what finds them.
type certificates map[string]registers.Entry

func (c certificates) Resolve(_ context.Context, _ string, names []string) (map[string]string, error) {
	found := map[string]string{}
	for _, n := range names {
		if e, ok := c[n]; ok {
			found[n] = e.Key
		}
	}
	return found, nil
}

func (c certificates) Entry(_ context.Context, _, key string) (registers.Entry, error) {
	for _, e := range c {
		if e.Key == key {
			return e, nil
		}
	}
	return registers.Entry{}, gov.Errorf(gov.NotFound, "没有这个条目", "there is no such entry")
}

// A certificate is that of whoever's login its entry has, and of nobody else: not of
// somebody whose login is spelled like another's number.
func TestBadges(t *testing.T) {
	t.Parallel()
	pack, id := packtest.Xicheng(t), func(n int) gov.ID { return gov.NewID(time.UnixMilli(int64(n))) }
	jia, stranger, thief, nobody := id(1), id(2), id(3), id(4)
	k := handout.Badges{Pack: func() *policy.Pack { return pack }, Persons: logins{jia: "jia", stranger: "yi", thief: "XN1"},
		Entries: certificates{"jia": {Key: "XN2", Values: registers.Values{"login": "jia", "unit": "gsfj", "expires": "2027-01-31"}}, "XN1": {Key: "XN1", Values: registers.Values{"login": "ding"}}}}
	for person, want := range map[gov.ID]visits.Badge{
		jia:      {Name: "虚构jia", Certificate: "XN2", Unit: "gsfj", Until: gov.Date{Year: 2027, Month: 1, Day: 31}},
		stranger: {Name: "虚构yi"}, thief: {Name: "虚构XN1"}, nobody: {Name: "虚构"},
	} {
		if got, err := k.Badge(t.Context(), person); err != nil || got != want {
			t.Errorf("%+v, %v, want %+v", got, err, want)
		}
	}
}
