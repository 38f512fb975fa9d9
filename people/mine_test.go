package people_test

import (
	"testing"
	"time"

	"quanxiang/gov"
	"quanxiang/people"
)

// What somebody sees of their own account, and who can be their deputy.
func TestMine(t *testing.T) {
	t.Parallel()
	o, ctx := open(t), t.Context()
	m := o.member("李小明", "A1", "li.ming", "clerk@fgw")
	o.pass(time.Second) // lists are in the order of entering
	other := o.member("王芳", "A2", "wang.fang", "clerk@fgw")
	closed := o.member("赵刚", "A3", "zhao.gang")
	o.must(o.Close(ctx, o.operator(), closed.person))
	_, err := o.Save(ctx, o.operator(), people.Person{Name: "钱无号", StaffNo: "A4", Unit: "fgw"})
	o.must(err)

	list, err := o.Colleagues(ctx, m.standing(), "fgw")
	o.must(err)
	if len(list) != 2 || list[0].Name != "李小明" || list[1].Name != "王芳" || list[1].Mobile != "" || list[1].Email != "" {
		t.Errorf("colleagues: %+v", list)
	}
	for _, who := range []people.Standing{people.Public(o.clock()), o.operator()} {
		if _, err := o.Colleagues(ctx, who, "fgw"); gov.CodeOf(err) != gov.Unknown {
			t.Errorf("colleagues for %s: %v", who.Kind, err)
		}
	}

	today := gov.DateOf(o.clock())
	for _, p := range []people.Period{{From: today, To: today.Add(2)}, {From: today.Add(3), To: today.Add(5)}} {
		_, err = o.EnterAbsence(ctx, m.standing(), people.Absence{Person: m.person, Deputy: other.person, Period: p})
		o.must(err)
	}
	mine, err := o.Mine(ctx, m.Token)
	o.must(err)
	if mine.Login != "li.ming" || !mine.Password || !mine.Second || mine.Recovery != 10 || mine.Issuer != "" || len(mine.Away) != 2 || mine.Away[0].Deputy != "王芳" {
		t.Errorf("my account: %+v", mine)
	}
	o.must(o.EndAbsence(ctx, m.standing(), mine.Away[0].Absence.ID, today))
	if mine, err = o.Mine(ctx, m.Token); err != nil || len(mine.Away) != 1 {
		t.Errorf("after an absence that is over: %+v, %v", mine.Away, err)
	}
}

// A session tells what it lacks, and gets the secret it began again.
func TestMissing(t *testing.T) {
	t.Parallel()
	o, ctx := open(t), t.Context()
	_, link := o.enter("李小明", "A1", "li.ming")
	half, err := o.Accept(ctx, link, password, root)
	o.must(err)
	missing := func(token string) people.Need {
		t.Helper()
		n, err := o.Missing(ctx, token)
		o.must(err)
		return n
	}
	if got := missing(half.Token); got != people.NeedEnrolment {
		t.Errorf("after the link: %q", got)
	}
	if _, err := o.Mine(ctx, half.Token); gov.CodeOf(err) != gov.Unknown {
		t.Errorf("a half session sees the account: %v", err)
	}
	first, err := o.BeginEnrolment(ctx, half.Token)
	o.must(err)
	again, err := o.BeginEnrolment(ctx, half.Token)
	o.must(err)
	if first != again || first.Login != "li.ming" {
		t.Errorf("begun twice: %+v and %+v", first, again)
	}
	m := o.member("王芳", "A2", "wang.fang")
	if got := missing(m.Token); got != people.Nothing {
		t.Errorf("a whole session: %q", got)
	}
	if half, err = o.Login(ctx, "wang.fang", password, root); err != nil || missing(half.Token) != people.NeedCode {
		t.Errorf("after the password: %v", err)
	}
	if _, err := o.Missing(ctx, "nonsense"); gov.CodeOf(err) != gov.Unknown {
		t.Errorf("no session: %v", err)
	}
}
