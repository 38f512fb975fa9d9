package people_test

import (
	"strings"
	"testing"

	"quanxiang/gov"
	"quanxiang/people"
)

// The first administrator comes from the command line, once, and whole or not
// at all.
func TestAppointFirst(t *testing.T) {
	t.Parallel()
	o := open(t)
	ctx := t.Context()
	for why, tt := range map[string]struct {
		p           people.Person
		role, login string
	}{
		"no unit":           {people.Person{Name: "赵试验"}, "administrator", "zhao.sy"},
		"no name":           {people.Person{Unit: "fgw"}, "administrator", "zhao.sy"},
		"a role without it": {people.Person{Name: "赵试验", Unit: "fgw"}, "clerk", "zhao.sy"},
		"no login":          {people.Person{Name: "赵试验", Unit: "fgw"}, "administrator", ""},
	} {
		if _, _, err := o.AppointFirst(ctx, o.operator(), tt.p, tt.role, tt.login); gov.CodeOf(err) != gov.Invalid {
			t.Errorf("%s: %v", why, err)
		}
	}
	if list, err := o.List(ctx, o.operator(), people.Filter{}, gov.Page{}); err != nil || len(list.Items) != 0 {
		t.Fatalf("left behind: %+v, %v", list, err)
	}
	if _, _, err := o.AppointFirst(ctx, people.Public(o.clock()), people.Person{Name: "赵试验", Unit: "fgw"}, "administrator", "zhao.sy"); gov.CodeOf(err) != gov.Unknown {
		t.Errorf("anyone: %v", err)
	}
	id, link, err := o.AppointFirst(ctx, o.operator(), people.Person{Name: "赵试验", Unit: "fgw", Mobile: "13812345678"}, "administrator", "zhao.sy")
	o.must(err)
	_, err = o.Accept(ctx, link, password, root)
	o.must(err)
	v, err := o.Overview(ctx, o.operator(), id)
	o.must(err)
	if v.Login != "zhao.sy" || v.State != people.Active || len(v.Assignments) != 1 || v.Assignments[0].Role != "administrator" || strings.Contains(v.Person.Mobile, "1234") {
		t.Errorf("overview %+v", v)
	}
	again := func() error {
		_, _, err := o.AppointFirst(ctx, o.operator(), people.Person{Name: "周试验", Unit: "fgw"}, "administrator", "zhou.sy")
		return err
	}
	if err := again(); gov.CodeOf(err) != gov.Conflict {
		t.Errorf("a second one: %v", err)
	}
	o.must(o.Close(ctx, o.operator(), id))
	o.must(again())
}

// A list of names at the command line is a look.
func TestLookAtNames(t *testing.T) {
	t.Parallel()
	o := open(t)
	if err := o.LookAtNames(t.Context(), o.operator(), " "); gov.CodeOf(err) != gov.Invalid {
		t.Errorf("without a reason: %v", err)
	}
	if err := o.LookAtNames(t.Context(), people.Public(o.clock()), "核对名单"); gov.CodeOf(err) != gov.Unknown {
		t.Errorf("anyone: %v", err)
	}
	before := len(o.store.Ledger())
	o.must(o.LookAtNames(t.Context(), o.operator(), "核对名单"))
	if events := o.store.Ledger(); len(events) != before+1 || events[before].Kind != "field.looked" || events[before].Sealed["reason"] != "核对名单" {
		t.Errorf("events %+v", events)
	}
}
