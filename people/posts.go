package people

import (
	"context"

	"quanxiang/gov"
	"quanxiang/policy"
)

// Assign gives a person a role in a unit. It returns the assignment's id, and
// what CheckAssignment returns. Nobody assigns themselves.
func (o *Office) Assign(ctx context.Context, by Standing, a Assignment) (gov.ID, error) {
	g, err := Allow(by, policy.ManagePosts, Object{Person: a.Person})
	if err != nil {
		return gov.ID{}, err
	}
	a.ID, a.Revision = gov.NewID(o.clock()), 0
	err = o.store.Update(ctx, func(ctx context.Context, tx Tx) error { return o.assign(ctx, tx, g, a) })
	return a.ID, err
}

// assign is Assign in a transaction.
func (o *Office) assign(ctx context.Context, tx Tx, g Grant, a Assignment) error {
	h, err := tx.Holdings(ctx, a.Person)
	if err != nil {
		return err
	}
	if err := CheckAssignment(a, h, o.pack()); err != nil {
		return err
	}
	if err := tx.SaveAssignment(ctx, &a); err != nil {
		return err
	}
	if err := touch(ctx, tx, a.Person); err != nil {
		return err
	}
	return o.record(ctx, tx, g.Actor(), assignmentEvent("people.assigned", a))
}

// EndAssignment ends an assignment so that the day is the first without it;
// not before today, for what was done under it stays right.
func (o *Office) EndAssignment(ctx context.Context, by Standing, id gov.ID, day gov.Date) error {
	a, err := o.store.Assignment(ctx, id)
	if err != nil {
		return err
	}
	g, err := Allow(by, policy.ManagePosts, Object{Person: a.Person})
	if err != nil {
		return err
	}
	return o.store.Update(ctx, func(ctx context.Context, tx Tx) error {
		a, err := tx.Assignment(ctx, id)
		if err != nil {
			return err
		}
		if a.Period, err = o.ended(a.Period, day); err != nil {
			return err
		}
		if err := tx.SaveAssignment(ctx, &a); err != nil {
			return err
		}
		return o.record(ctx, tx, g.Actor(), assignmentEvent("people.assignment_ended", a))
	})
}

// ended shortens a period. One that has not begun becomes empty.
func (o *Office) ended(p Period, day gov.Date) (Period, error) {
	switch {
	case !day.Valid() || day.Before(gov.DateOf(o.clock())):
		return p, gov.Errorf(gov.Invalid, "最早从今天起终止", "it can end from today on").On("to")
	case !p.To.IsZero() && !day.Before(p.To):
		return p, gov.Errorf(gov.Conflict, "此前已经终止", "it ends before that day already").On("to")
	case day.Before(p.From):
		day = p.From
	}
	p.To = day
	return p, nil
}

// EnterAbsence puts a deputy in a person's place for a time. The person may do
// so, and whoever manages posts. It returns the absence's id, and what
// CheckAbsence returns.
func (o *Office) EnterAbsence(ctx context.Context, by Standing, a Absence) (gov.ID, error) {
	g, err := allowAbsence(by, a)
	if err != nil {
		return gov.ID{}, err
	}
	a.ID, a.Revision = gov.NewID(o.clock()), 0
	err = o.store.Update(ctx, func(ctx context.Context, tx Tx) error {
		absent, err := tx.Holdings(ctx, a.Person)
		if err != nil {
			return err
		}
		deputy, err := tx.Holdings(ctx, a.Deputy)
		if err != nil {
			return err
		}
		if err := CheckAbsence(a, absent, deputy, o.pack()); err != nil {
			return err
		}
		saved := a
		if err := tx.SaveAbsence(ctx, &saved); err != nil {
			return err
		}
		if err := touch(ctx, tx, a.Person, a.Deputy); err != nil {
			return err
		}
		return o.record(ctx, tx, g.Actor(), absenceEvent("people.absent", a))
	})
	return a.ID, err
}

// EndAbsence ends an absence so that the day is the first the person is back.
func (o *Office) EndAbsence(ctx context.Context, by Standing, id gov.ID, day gov.Date) error {
	a, err := o.store.Absence(ctx, id)
	if err != nil {
		return err
	}
	g, err := allowAbsence(by, a)
	if err != nil {
		return err
	}
	return o.store.Update(ctx, func(ctx context.Context, tx Tx) error {
		a, err := tx.Absence(ctx, id)
		if err != nil {
			return err
		}
		if a.Period, err = o.ended(a.Period, day); err != nil {
			return err
		}
		if err := tx.SaveAbsence(ctx, &a); err != nil {
			return err
		}
		return o.record(ctx, tx, g.Actor(), absenceEvent("people.back", a))
	})
}

// allowAbsence lets a person name their own deputy. That gives rights to
// someone else, so it asks for a fresh proof like any act that does.
func allowAbsence(by Standing, a Absence) (Grant, error) {
	if by.Kind == gov.StaffActor && by.Person == a.Person {
		return Grant{Standing: by}, by.fresh(policy.ManagePosts)
	}
	// An administrator may cover for someone, but cannot make it so.
	if by.Kind == gov.StaffActor && by.Person == a.Deputy {
		return Grant{}, gov.Errorf(gov.Forbidden, "不能指定自己代理他人", "nobody makes themselves a deputy")
	}
	return Allow(by, policy.ManagePosts, Object{Person: a.Person})
}

// touch saves persons unchanged, so that of two checks made at the same time
// on what a person holds, one is made again.
func touch(ctx context.Context, tx Tx, persons ...gov.ID) error {
	for _, id := range persons {
		p, err := tx.Person(ctx, id)
		if err != nil {
			return err
		}
		if err := tx.SavePerson(ctx, &p); err != nil {
			return err
		}
	}
	return nil
}

func assignmentEvent(kind string, a Assignment) Event {
	e := Event{Kind: kind, Object: "assignment:" + a.ID.String(), Facts: periodFacts(a.Period), Sealed: map[string]string{"person": a.Person.String()}}
	e.Facts["role"], e.Facts["unit"] = a.Role, a.Unit
	if a.Post != "" {
		e.Facts["post"] = a.Post
	}
	if a.Area != "" {
		e.Facts["area"] = a.Area
	}
	return e
}

func absenceEvent(kind string, a Absence) Event {
	return Event{Kind: kind, Object: "absence:" + a.ID.String(), Facts: periodFacts(a.Period),
		Sealed: map[string]string{"person": a.Person.String(), "deputy": a.Deputy.String()}}
}

func periodFacts(p Period) map[string]string {
	facts := map[string]string{"from": p.From.String()}
	if !p.To.IsZero() {
		facts["to"] = p.To.String()
	}
	return facts
}
