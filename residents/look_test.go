package residents_test

import (
	"errors"
	"testing"

	"quanxiang/gov"
	"quanxiang/packs/packtest"
	"quanxiang/people"
	"quanxiang/policy"
	"quanxiang/residents"
	"quanxiang/store"
)

// officer is somebody who holds a role in a unit.
func officer(pack *policy.Pack, unit, role string) people.Standing {
	id := gov.NewID(noon)
	return people.Staff(people.Holdings{Person: people.Person{ID: id, Name: role}, Account: &people.Account{Person: id, State: people.Active},
		Assignments: []people.Assignment{{ID: gov.NewID(noon), Person: id, Unit: unit, Role: role, Period: people.Period{From: gov.DateOf(noon)}}}}, pack, noon, noon)
}

// A contact is seen in full after the look at it is recorded, and not otherwise;
// what was withheld from the unit is seen by those who take reports in alone; and
// they alone may ask what else came from a number.
func TestLooksAtContacts(t *testing.T) {
	t.Parallel()
	pack := packtest.Xicheng(t)
	r := open(t, store.SQLite)
	ctx := t.Context()
	open, _ := r.opened(residents.Draft{Name: "张三", Mobile: zhang.Value})
	shy, _ := r.opened(residents.Draft{Name: "张三", Mobile: zhang.Value, Withheld: true})
	desk, clerk := officer(pack, "zfb", "acceptor"), officer(pack, "fgw", "clerk")
	for _, c := range []struct {
		who     string
		by      people.Standing
		contact residents.Contact
		code    gov.Code
		masked  string
	}{
		{"the desk", desk, open, "", "138****5678"}, {"the unit", clerk, open, "", "138****5678"},
		{"the desk, withheld", desk, shy, "", "138****5678"}, {"the unit, withheld", clerk, shy, gov.Forbidden, ""},
	} {
		before := len(r.looks.list)
		got, err := r.See(ctx, c.by, c.contact.ID, "回访核实")
		wants(t, c.who, err, c.code)
		if err == nil && (got.Mobile != zhang.Value || len(r.looks.list) != before+1 || r.looks.list[before].Object != "contact:"+c.contact.ID.String()) {
			t.Errorf("%s: sees %q, looks %v", c.who, got.Mobile, r.looks.list[before:])
		}
		if err != nil && (got != residents.Contact{} || len(r.looks.list) != before) {
			t.Errorf("%s is refused and sees %+v", c.who, got)
		}
		shade, err := r.Shade(ctx, c.by, c.contact.ID)
		check(t, err)
		if shade.Mobile != c.masked {
			t.Errorf("%s reads %q", c.who, shade.Mobile)
		}
	}

	list, err := r.History(ctx, desk, zhang, "来电人询问", gov.Page{})
	check(t, err)
	if len(list.Items) != 2 || list.Items[0].ID != shy.ID || list.Items[0].Mobile == zhang.Value {
		t.Errorf("the history: %+v", list.Items)
	}
	if look := r.looks.list[len(r.looks.list)-1]; look.Field != "history" || look.Object != "contact:"+shy.ID.String() {
		t.Errorf("the look at it: %+v", look)
	}
	_, err = r.History(ctx, desk, mail, "来电人询问", gov.Page{})
	check(t, err)
	if look := r.looks.list[len(r.looks.list)-1]; look.Object != "contacts:none" {
		t.Errorf("the look at nothing: %+v", look)
	}
	if _, err = r.History(ctx, clerk, zhang, "来电人询问", gov.Page{}); gov.CodeOf(err) != gov.Forbidden || residents.ServesCallers(clerk) || !residents.ServesCallers(desk) {
		t.Errorf("a unit asks for the history: %v", err)
	}

	r.looks.refuse = errors.New("the ledger is full")
	if got, err := r.See(ctx, desk, open.ID, "回访核实"); err == nil || got.Mobile != "" {
		t.Errorf("a look that is not recorded shows %q", got.Mobile)
	}
	if list, err := r.History(ctx, desk, zhang, "来电人询问", gov.Page{}); err == nil || len(list.Items) > 0 {
		t.Errorf("a look that is not recorded shows %v", list.Items)
	}
}
