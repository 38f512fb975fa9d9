package store

import (
	"context"
	"encoding/hex"

	"quanxiang/gov"
	"quanxiang/people"
	"quanxiang/store/sqldb"
)

const (
	assignmentColumns = `
select a.id, a.revision, a.person, a.role, a.unit, a.post, coalesce(b.area, ''), a.begins, a.ends
from assignments a
left join beats b on b.district = a.district and b.assignment = a.id
where a.district = $1`
	assignmentByID = assignmentColumns + ` and a.id = $2`
	assignmentsOf  = assignmentColumns + ` and a.person = $2
order by a.id`
	insertAssignment = `
insert into assignments (district, id, revision, person, role, unit, post, begins, ends)
values ($1, $2, 1, $3, $4, $5, $6, $7, $8)`
	updateAssignment = `
update assignments
set revision = revision + 1, person = $1, role = $2, unit = $3, post = $4, begins = $5, ends = $6
where district = $7 and id = $8 and revision = $9`
	insertBeat = `
insert into beats (district, assignment, revision, area)
values ($1, $2, 1, $3)`
	updateBeat = `
update beats
set revision = revision + 1, area = $1
where district = $2 and assignment = $3 and revision = $4`

	absenceColumns = `
select id, revision, person, deputy, begins, ends
from absences
where district = $1`
	absenceByID = absenceColumns + ` and id = $2`
	absencesOf  = absenceColumns + ` and person = $2
order by id`
	coveredBy = absenceColumns + ` and deputy = $2
order by id`
	insertAbsence = `
insert into absences (district, id, revision, person, deputy, begins, ends)
values ($1, $2, 1, $3, $4, $5, $6)`
	updateAbsence = `
update absences
set revision = revision + 1, person = $1, deputy = $2, begins = $3, ends = $4
where district = $5 and id = $6 and revision = $7`
)

func scanAssignment(scan func(...any) error) (a people.Assignment, err error) {
	var id, person, begins, ends string
	if err = scan(&id, &a.Revision, &person, &a.Role, &a.Unit, &a.Post, &a.Area, &begins, &ends); err != nil {
		return a, err
	}
	if a.Period, err = period(begins, ends); err == nil {
		err = ids([]string{id, person}, &a.ID, &a.Person)
	}
	return a, err
}

func scanAbsence(scan func(...any) error) (a people.Absence, err error) {
	var id, person, deputy, begins, ends string
	if err = scan(&id, &a.Revision, &person, &deputy, &begins, &ends); err != nil {
		return a, err
	}
	if a.Period, err = period(begins, ends); err == nil {
		err = ids([]string{id, person, deputy}, &a.ID, &a.Person, &a.Deputy)
	}
	return a, err
}

// Holdings implements people.Reader.
func (tx *peopleTx) Holdings(ctx context.Context, person gov.ID) (h people.Holdings, err error) {
	if h.Person, err = tx.Person(ctx, person); err != nil {
		return h, err
	}
	if h.Account, err = tx.Account(ctx, person); err != nil && gov.CodeOf(err) != gov.NotFound {
		return h, err
	}
	if h.Assignments, err = tx.assignments(ctx, person); err != nil {
		return h, err
	}
	if h.Absences, err = sqldb.Collect(ctx, tx.Tx.Tx, scanAbsence, absencesOf, tx.District(), person.String()); err != nil {
		return h, sqldb.Classify(err, "read the absences of %s", person)
	}
	covered, err := sqldb.Collect(ctx, tx.Tx.Tx, scanAbsence, coveredBy, tx.District(), person.String())
	if err != nil {
		return h, sqldb.Classify(err, "read whom %s covers", person)
	}
	for _, a := range covered {
		c := people.Cover{Absence: a}
		absent, err := tx.Person(ctx, a.Person)
		if err != nil {
			return h, err
		}
		c.Name = absent.Name
		if c.Assignments, err = tx.assignments(ctx, a.Person); err != nil {
			return h, err
		}
		h.Covers = append(h.Covers, c)
	}
	return h, nil
}

func (tx *peopleTx) assignments(ctx context.Context, person gov.ID) ([]people.Assignment, error) {
	list, err := sqldb.Collect(ctx, tx.Tx.Tx, scanAssignment, assignmentsOf, tx.District(), person.String())
	return list, sqldb.Classify(err, "read the assignments of %s", person)
}

// Assignment implements people.Reader.
func (tx *peopleTx) Assignment(ctx context.Context, id gov.ID) (people.Assignment, error) {
	a, err := scanAssignment(tx.QueryRowContext(ctx, assignmentByID, tx.District(), id.String()).Scan)
	return a, sqldb.Classify(err, "read assignment %s", id)
}

// Absence implements people.Reader.
func (tx *peopleTx) Absence(ctx context.Context, id gov.ID) (people.Absence, error) {
	a, err := scanAbsence(tx.QueryRowContext(ctx, absenceByID, tx.District(), id.String()).Scan)
	return a, sqldb.Classify(err, "read absence %s", id)
}

// SaveAssignment implements people.Tx. The area of an assignment is for good.
func (tx *peopleTx) SaveAssignment(ctx context.Context, a *people.Assignment) error {
	begun := a.Revision == 0
	err := tx.Save(ctx, "assignments", a.ID.String(), &a.Revision, insertAssignment, updateAssignment,
		[]any{a.Person.String(), a.Role, a.Unit, a.Post, a.Period.From.String(), a.Period.To.String()})
	if err != nil || !begun || a.Area == "" {
		return err
	}
	var revision int
	return tx.Save(ctx, "beats", a.ID.String(), &revision, insertBeat, updateBeat, []any{a.Area})
}

// SaveAbsence implements people.Tx.
func (tx *peopleTx) SaveAbsence(ctx context.Context, a *people.Absence) error {
	return tx.Save(ctx, "absences", a.ID.String(), &a.Revision, insertAbsence, updateAbsence,
		[]any{a.Person.String(), a.Deputy.String(), a.Period.From.String(), a.Period.To.String()})
}

const (
	invitationByDigest = `
select digest, revision, person, renew, epoch, two, made_by, seconded, made, expires, used
from invitations
where district = $1 and digest = $2`
	insertInvitation = `
insert into invitations (district, digest, revision, person, renew, epoch, two, made_by, seconded, made, expires, used)
values ($1, $2, 1, $3, $4, $5, $6, $7, $8, $9, $10, $11)`
	updateInvitation = `
update invitations
set revision = revision + 1, person = $1, renew = $2, epoch = $3, two = $4, made_by = $5, seconded = $6, made = $7, expires = $8, used = $9
where district = $10 and digest = $11 and revision = $12`
)

// Invitation implements people.Reader.
func (tx *peopleTx) Invitation(ctx context.Context, digest string) (i people.Invitation, err error) {
	var person string
	var renew, two int
	err = tx.QueryRowContext(ctx, invitationByDigest, tx.District(), digest).Scan(
		&i.Digest, &i.Revision, &person, &renew, &i.Epoch, &two, &i.By, &i.Seconded, &i.Made, &i.Expires, &i.Used)
	if err != nil {
		return i, sqldb.Classify(err, "read an invitation")
	}
	i.Renew, i.Two = renew != 0, two != 0
	return i, ids([]string{person}, &i.Person)
}

// SaveInvitation implements people.Tx.
func (tx *peopleTx) SaveInvitation(ctx context.Context, i *people.Invitation) error {
	return tx.Save(ctx, "invitations", i.Digest, &i.Revision, insertInvitation, updateInvitation,
		[]any{i.Person.String(), number(i.Renew), i.Epoch, number(i.Two), i.By, i.Seconded, i.Made, i.Expires, i.Used})
}

const (
	sessionColumns = `
select id, person, whole, epoch, via, agent, opened, seen, proven, pending
from sessions
where district = $1`
	sessionByID = sessionColumns + ` and id = $2`
	sessionsOf  = sessionColumns + ` and person = $2
order by opened desc, id`
	putSession = `
insert into sessions (district, id, person, whole, epoch, via, agent, opened, seen, proven, pending)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
on conflict (district, id) do update
set person = excluded.person, whole = excluded.whole, epoch = excluded.epoch, via = excluded.via, agent = excluded.agent,
  opened = excluded.opened, seen = excluded.seen, proven = excluded.proven, pending = excluded.pending`
	dropSession = `
delete from sessions
where district = $1 and id = $2`
)

func (tx *peopleTx) scanSession(scan func(...any) error) (s people.Session, err error) {
	var id, person string
	var whole int
	var pending []byte
	if err = scan(&id, &person, &whole, &s.Epoch, &s.Via, &s.Agent, &s.Opened, &s.Seen, &s.Proven, &pending); err != nil {
		return s, err
	}
	if _, err = hex.Decode(s.ID[:], []byte(id)); err != nil {
		return s, err
	}
	s.Whole = whole != 0
	if s.Pending, err = tx.Open("sessions", "pending", id, pending); err != nil {
		return s, err
	}
	return s, ids([]string{person}, &s.Person)
}

// Session implements people.Reader.
func (tx *peopleTx) Session(ctx context.Context, id people.SessionID) (people.Session, error) {
	s, err := tx.scanSession(tx.QueryRowContext(ctx, sessionByID, tx.District(), hex.EncodeToString(id[:])).Scan)
	return s, sqldb.Classify(err, "read a session")
}

// Sessions implements people.Reader.
func (tx *peopleTx) Sessions(ctx context.Context, person gov.ID) ([]people.Session, error) {
	list, err := sqldb.Collect(ctx, tx.Tx.Tx, tx.scanSession, sessionsOf, tx.District(), person.String())
	return list, sqldb.Classify(err, "read the sessions of %s", person)
}

// PutSession implements people.Tx.
func (tx *peopleTx) PutSession(ctx context.Context, s people.Session) error {
	id := hex.EncodeToString(s.ID[:])
	_, err := tx.ExecContext(ctx, putSession, tx.District(), id, s.Person.String(), number(s.Whole), s.Epoch, s.Via, s.Agent,
		s.Opened, s.Seen, s.Proven, tx.Seal("sessions", "pending", id, s.Pending))
	return sqldb.Classify(err, "save a session")
}

// DropSession implements people.Tx.
func (tx *peopleTx) DropSession(ctx context.Context, id people.SessionID) error {
	_, err := tx.ExecContext(ctx, dropSession, tx.District(), hex.EncodeToString(id[:]))
	return sqldb.Classify(err, "end a session")
}

const (
	guardOf = `
select bucket, revision, failures, failed
from guards
where district = $1 and bucket = $2`
	insertGuard = `
insert into guards (district, bucket, revision, failures, failed)
values ($1, $2, 1, $3, $4)
on conflict (district, bucket) do nothing`
	updateGuard = `
update guards
set revision = revision + 1, failures = $1, failed = $2
where district = $3 and bucket = $4 and revision = $5`
	dropGuard = `
delete from guards
where district = $1 and bucket = $2 and revision = $3`
	useStep = `
insert into used_steps (district, factor, step)
values ($1, $2, $3)
on conflict (district, factor) do update
set step = excluded.step
where used_steps.step < excluded.step`
)

// Guard implements people.Reader.
func (tx *peopleTx) Guard(ctx context.Context, bucket string) (people.Guard, error) {
	var g people.Guard
	err := sqldb.Classify(tx.QueryRowContext(ctx, guardOf, tx.District(), bucket).Scan(&g.Bucket, &g.Revision, &g.Failures, &g.Last), "read a guard")
	if gov.CodeOf(err) == gov.NotFound {
		return people.Guard{Bucket: bucket}, nil
	}
	return g, err
}

// PutGuard implements people.Tx.
func (tx *peopleTx) PutGuard(ctx context.Context, g people.Guard) error {
	query, args := updateGuard, []any{g.Failures, g.Last, tx.District(), g.Bucket, g.Revision}
	switch {
	case g.Failures == 0 && g.Revision == 0:
		return nil
	case g.Failures == 0:
		query, args = dropGuard, []any{tx.District(), g.Bucket, g.Revision}
	case g.Revision == 0:
		query, args = insertGuard, []any{tx.District(), g.Bucket, g.Failures, g.Last}
	}
	n, err := tx.Affected(ctx, query, args...)
	if err == nil && n == 0 {
		return gov.Errorf(gov.Unavailable, "同时尝试的人太多，请稍后再试", "too many tries at once; try again shortly")
	}
	return sqldb.Classify(err, "count a failure")
}

// UseStep implements people.Tx.
func (tx *peopleTx) UseStep(ctx context.Context, factor string, step int64) error {
	n, err := tx.Affected(ctx, useStep, tx.District(), factor, step)
	if err == nil && n == 0 {
		return gov.Errorf(gov.Conflict, "验证码已用过", "the code was used before")
	}
	return sqldb.Classify(err, "use a code")
}
