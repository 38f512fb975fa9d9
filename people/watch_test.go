package people_test

import (
	"errors"
	"testing"
	"time"

	"quanxiang/gov"
	"quanxiang/people"
	"quanxiang/policy"
)

// Of several rights one is enough, and where one is only a proof of identity
// away, that is what the refusal asks for.
func TestOneRightOfSeveral(t *testing.T) {
	t.Parallel()
	o := open(t)
	holder := func(proven time.Time, grants ...policy.Act) people.Standing {
		return people.Standing{Kind: gov.StaffActor, Person: gov.NewID(noon), At: noon, Proven: proven, Held: []people.Held{
			{Role: policy.Role{ID: "r", Scope: policy.DistrictScope, Grants: grants}}}}
	}
	stale := noon.Add(-people.ProofLasts - time.Second)
	numbers := func(s people.Standing) error { _, err := o.Numbers(t.Context(), s); return err }
	list := func(s people.Standing) error {
		_, err := o.List(t.Context(), s, people.Filter{}, gov.Page{})
		return err
	}
	log := func(s people.Standing) error {
		_, err := o.SecurityLog(t.Context(), s, people.LogFilter{}, gov.Page{})
		return err
	}
	looks := func(s people.Standing) error {
		_, err := o.Looks(t.Context(), s, people.LookFilter{}, gov.Page{})
		return err
	}
	for _, tt := range []struct {
		why    string
		do     func(people.Standing) error
		grants []policy.Act
		may    bool
	}{
		{"numbers by posts", numbers, []policy.Act{policy.ManagePosts}, true},
		{"numbers by looks", numbers, []policy.Act{policy.ReadLooks}, true},
		{"numbers by cases", numbers, []policy.Act{policy.ReadCases, policy.Handle}, false},
		{"the list by logins", list, []policy.Act{policy.ManageLogins}, true},
		{"the list by posts", list, []policy.Act{policy.ManagePosts}, true},
		{"the list by looks", list, []policy.Act{policy.ReadLooks}, false},
		{"the log by looks", log, []policy.Act{policy.ReadLooks}, true},
		{"the log by rights", log, []policy.Act{policy.ManageLogins, policy.ManagePosts}, false},
		{"looks by looks", looks, []policy.Act{policy.ReadLooks}, true},
		{"looks by rights", looks, []policy.Act{policy.ManageLogins, policy.ManagePosts, policy.SeeContact}, false},
	} {
		fresh, old := tt.do(holder(noon, tt.grants...)), tt.do(holder(stale, tt.grants...))
		if tt.may && (fresh != nil || !errors.Is(old, people.ErrProof)) {
			t.Errorf("%s: %v; with a stale proof %v", tt.why, fresh, old)
		}
		if !tt.may && (gov.CodeOf(fresh) != gov.Forbidden || errors.Is(old, people.ErrProof)) {
			t.Errorf("%s: %v; with a stale proof %v", tt.why, fresh, old)
		}
	}
}

// Someone is found by staff number or whole name, when it is one person.
func TestFind(t *testing.T) {
	t.Parallel()
	o := open(t)
	one, _ := o.enter("李小明", "A1", "li.ming")
	o.enter("王平", "A2", "wang.ping")
	o.enter("王平", "A3", "wang.ping2")
	for words, want := range map[string]gov.Code{"A1": "", " 李小明 ": "", "A9": gov.NotFound, "李": gov.NotFound, "王平": gov.Conflict, "A3": "", " ": gov.Invalid} {
		p, err := o.Find(t.Context(), o.operator(), words)
		if gov.CodeOf(err) != want {
			t.Errorf("%q: %v, want %q", words, err, want)
		}
		if words != "A3" && want == "" && (p.ID != one || p.Mobile != "138****5678") {
			t.Errorf("%q: %+v", words, p)
		}
	}
	if _, err := o.Find(t.Context(), people.Public(noon), "A1"); gov.CodeOf(err) != gov.Unknown {
		t.Errorf("the public: %v", err)
	}
}
