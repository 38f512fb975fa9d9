package people

import (
	"context"
	"errors"
	"strings"

	"quanxiang/gov"
	"quanxiang/policy"
)

// Numbers are the figures of the staff at one moment. They name nobody.
type Numbers struct {
	Persons  int
	Accounts map[AccountState]int
	Holders  map[string]int // persons who hold a role today, by role
	Away     int            // persons with a deputy today
	Waiting  int            // links that work only once another person agrees, and still could
}

// LogFilter restricts the security log. Days are those of China; a zero one
// leaves that side open, Until is the last day.
type LogFilter struct {
	Person      gov.ID
	Kind        LogKind
	From, Until gov.Date
}

// LookFilter restricts the record of looks like LogFilter does.
type LookFilter struct {
	By          gov.ID // who looked
	From, Until gov.Date
}

// Looked is a look at a protected field as the ledger recorded it. Its reason
// is not in it: the ledger commits to the reason and keeps it nowhere.
type Looked struct {
	Event  gov.ID
	At     int64  // Unix milliseconds
	Actor  string // gov.Actor in words; "" once erased
	Object string // as the ledger names it
	Field  string
	Act    policy.Act
}

// Numbers returns the figures to whoever manages logins or posts or watches
// over them.
func (o *Office) Numbers(ctx context.Context, by Standing) (Numbers, error) {
	if err := canOne(by, policy.ManageLogins, policy.ManagePosts, policy.ReadLooks); err != nil {
		return Numbers{}, err
	}
	return o.store.Numbers(ctx, o.clock())
}

// SecurityLog returns what happened at the door, the newest first, to whoever
// reads records of looks.
func (o *Office) SecurityLog(ctx context.Context, by Standing, f LogFilter, p gov.Page) (gov.List[LogLine], error) {
	if err := Can(by, policy.ReadLooks, Object{}); err != nil {
		return gov.List[LogLine]{}, err
	}
	return o.store.LogLines(ctx, f, p)
}

// Looks returns who looked at protected fields, the newest look first, to
// whoever reads records of looks. To read them is no look itself.
func (o *Office) Looks(ctx context.Context, by Standing, f LookFilter, p gov.Page) (gov.List[Looked], error) {
	if err := Can(by, policy.ReadLooks, Object{}); err != nil {
		return gov.List[Looked]{}, err
	}
	return o.store.Looks(ctx, f, p)
}

// Find returns the one person with a staff number or whole name, contacts
// masked, to whoever manages persons or watches over them. It returns Invalid
// without words, NotFound, or Conflict when several persons have the name.
func (o *Office) Find(ctx context.Context, by Standing, words string) (Person, error) {
	if err := canOne(by, policy.ManageLogins, policy.ManagePosts, policy.ReadLooks); err != nil {
		return Person{}, err
	}
	words = strings.Join(strings.Fields(words), " ")
	if words == "" {
		return Person{}, gov.Errorf(gov.Invalid, "请填写工号或姓名", "give a staff number or a name")
	}
	p, err := o.store.PersonByStaffNo(ctx, words)
	if gov.CodeOf(err) != gov.NotFound {
		return p.masked(), err
	}
	list, err := o.store.Persons(ctx, Filter{Name: words}, gov.Page{Limit: 2})
	switch {
	case err != nil:
		return Person{}, err
	case len(list.Items) == 0:
		return Person{}, gov.Errorf(gov.NotFound, "没有工号或姓名为“%s”的人", "nobody has the staff number or name %q", words)
	case len(list.Items) > 1:
		return Person{}, gov.Errorf(gov.Conflict, "不止一人姓名为“%s”，请填写工号", "several persons have the name %q; give the staff number", words)
	}
	return list.Items[0].masked(), nil
}

// canOne asks for any of several acts. Of the refusals, one that a proof of
// identity would lift comes first.
func canOne(by Standing, acts ...policy.Act) (refusal error) {
	for _, act := range acts {
		err := Can(by, act, Object{})
		if err == nil {
			return nil
		}
		if refusal == nil || errors.Is(err, ErrProof) {
			refusal = err
		}
	}
	return refusal
}
