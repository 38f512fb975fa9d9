// Package peopletest keeps persons in memory, for tests of package people and
// of what stands on it. It obeys the contract of people.Store as strictly as a
// database: transactions, revisions, uniqueness.
package peopletest

import (
	"bytes"
	"cmp"
	"context"
	"maps"
	"slices"
	"sync"

	"quanxiang/gov"
	"quanxiang/people"
)

// Recorded is an act in the ledger of a Store.
type Recorded struct {
	Actor gov.Actor
	people.Event
}

// Store is a people.Store in memory.
type Store struct {
	mu    sync.Mutex
	state state

	// Fault, when set, is asked before each Record and makes it fail.
	Fault func(people.Event) error
}

type state struct {
	persons     map[gov.ID]people.Person
	accounts    map[gov.ID]people.Account
	assignments map[gov.ID]people.Assignment
	absences    map[gov.ID]people.Absence
	sessions    map[people.SessionID]people.Session
	invitations map[string]people.Invitation
	guards      map[string]people.Guard
	steps       map[string]int64
	log         []people.LogLine
	ledger      []Recorded
}

// New makes an empty store.
func New() *Store {
	return &Store{state: state{
		persons: map[gov.ID]people.Person{}, accounts: map[gov.ID]people.Account{}, assignments: map[gov.ID]people.Assignment{},
		absences: map[gov.ID]people.Absence{}, sessions: map[people.SessionID]people.Session{}, invitations: map[string]people.Invitation{},
		guards: map[string]people.Guard{}, steps: map[string]int64{},
	}}
}

func (s state) clone() state {
	s.persons, s.accounts, s.assignments = maps.Clone(s.persons), maps.Clone(s.accounts), maps.Clone(s.assignments)
	s.absences, s.sessions, s.invitations = maps.Clone(s.absences), maps.Clone(s.sessions), maps.Clone(s.invitations)
	s.guards, s.steps = maps.Clone(s.guards), maps.Clone(s.steps)
	s.log, s.ledger = slices.Clip(s.log), slices.Clip(s.ledger)
	return s
}

// Ledger lists what was recorded.
func (s *Store) Ledger() []Recorded {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.state.ledger)
}

// SecurityLog lists what was logged.
func (s *Store) SecurityLog() []people.LogLine {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.state.log)
}

// Update implements people.Store.
func (s *Store) Update(ctx context.Context, fn func(context.Context, people.Tx) error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	t := &tx{reader{s.state.clone()}, s.Fault}
	if err := fn(ctx, t); err != nil {
		return err
	}
	s.state = t.state
	return ctx.Err()
}

func (s *Store) read() reader {
	s.mu.Lock()
	defer s.mu.Unlock()
	return reader{s.state.clone()}
}

type reader struct{ state }

type tx struct {
	reader
	fault func(people.Event) error
}

func missing() error { return gov.Errorf(gov.NotFound, "没有找到", "not found") }

func get[K comparable, V any](m map[K]V, k K) (V, error) {
	v, ok := m[k]
	if !ok {
		return v, missing()
	}
	return v, nil
}

func find[K comparable, V any](m map[K]V, ok func(V) bool) (V, error) {
	for _, v := range m {
		if ok(v) {
			return v, nil
		}
	}
	var none V
	return none, missing()
}

func all[K comparable, V any](m map[K]V, ok func(V) bool, order func(a, b V) int) []V {
	return slices.SortedFunc(func(yield func(V) bool) {
		for _, v := range m {
			if ok(v) && !yield(v) {
				return
			}
		}
	}, order)
}

func byID[T any](id func(T) gov.ID) func(a, b T) int {
	return func(a, b T) int { x, y := id(a), id(b); return bytes.Compare(x[:], y[:]) }
}

func (r reader) Person(_ context.Context, id gov.ID) (people.Person, error) {
	return get(r.persons, id)
}

func (r reader) PersonByStaffNo(_ context.Context, no string) (people.Person, error) {
	return find(r.persons, func(p people.Person) bool { return no != "" && p.StaffNo == no })
}

func (r reader) Persons(_ context.Context, f people.Filter, p gov.Page) (gov.List[people.Person], error) {
	list := all(r.persons, func(q people.Person) bool {
		holds := func(a people.Assignment) bool { return a.Person == q.ID && a.Role == f.Role && a.Period.Has(f.Day) }
		_, err := find(r.assignments, holds)
		return (f.Unit == "" || f.Unit == q.Unit) && (f.Name == "" || f.Name == q.Name) && (f.Mobile == "" || f.Mobile == q.Mobile) && (f.Role == "" || err == nil)
	}, byID(func(p people.Person) gov.ID { return p.ID }))
	out := gov.List[people.Person]{Total: len(list)}
	for _, q := range list {
		if q.ID.String() <= p.After {
			continue
		}
		if limit := cmp.Or(p.Limit, 100); len(out.Items) == limit {
			out.Next = out.Items[limit-1].ID.String()
			break
		}
		out.Items = append(out.Items, q)
	}
	return out, nil
}

func copyAccount(a people.Account, err error) (*people.Account, error) {
	if err != nil {
		return nil, err
	}
	a.TOTP, a.Recovery = slices.Clone(a.TOTP), slices.Clone(a.Recovery)
	return &a, nil
}

func (r reader) Account(_ context.Context, person gov.ID) (*people.Account, error) {
	return copyAccount(get(r.accounts, person))
}

func (r reader) AccountByLogin(_ context.Context, login string) (*people.Account, error) {
	return copyAccount(find(r.accounts, func(a people.Account) bool { return a.Login == login }))
}

func (r reader) AccountBySubject(_ context.Context, issuer, subject string) (*people.Account, error) {
	return copyAccount(find(r.accounts, func(a people.Account) bool { return subject != "" && a.Issuer == issuer && a.Subject == subject }))
}

func (r reader) Holdings(ctx context.Context, person gov.ID) (people.Holdings, error) {
	p, err := get(r.persons, person)
	if err != nil {
		return people.Holdings{}, err
	}
	h := people.Holdings{Person: p, Assignments: r.held(person), Absences: r.away(func(a people.Absence) bool { return a.Person == person })}
	if a, err := r.Account(ctx, person); err == nil {
		h.Account = a
	}
	for _, a := range r.away(func(a people.Absence) bool { return a.Deputy == person }) {
		h.Covers = append(h.Covers, people.Cover{Absence: a, Name: r.persons[a.Person].Name, Assignments: r.held(a.Person)})
	}
	return h, nil
}

func (r reader) held(person gov.ID) []people.Assignment {
	return all(r.assignments, func(a people.Assignment) bool { return a.Person == person }, byID(func(a people.Assignment) gov.ID { return a.ID }))
}

func (r reader) away(ok func(people.Absence) bool) []people.Absence {
	return all(r.absences, ok, byID(func(a people.Absence) gov.ID { return a.ID }))
}

func (r reader) Assignment(_ context.Context, id gov.ID) (people.Assignment, error) {
	return get(r.assignments, id)
}

func (r reader) Absence(_ context.Context, id gov.ID) (people.Absence, error) {
	return get(r.absences, id)
}

func (r reader) Session(_ context.Context, id people.SessionID) (people.Session, error) {
	return get(r.sessions, id)
}

func (r reader) Sessions(_ context.Context, person gov.ID) ([]people.Session, error) {
	return all(r.sessions, func(s people.Session) bool { return s.Person == person }, func(a, b people.Session) int {
		return cmp.Or(cmp.Compare(b.Opened, a.Opened), bytes.Compare(a.ID[:], b.ID[:]))
	}), nil
}

func (r reader) Invitation(_ context.Context, digest string) (people.Invitation, error) {
	return get(r.invitations, digest)
}

func (r reader) Guard(_ context.Context, bucket string) (people.Guard, error) {
	if g, ok := r.guards[bucket]; ok {
		return g, nil
	}
	return people.Guard{Bucket: bucket}, nil
}

// save checks a revision and counts it up.
func save[K comparable, V any](m map[K]V, k K, v *V, revision func(*V) *int) error {
	old, ok := m[k]
	n := revision(v)
	if ok != (*n > 0) || ok && *revision(&old) != *n {
		return gov.Errorf(gov.Conflict, "已被他人修改", "someone else was first")
	}
	*n++
	m[k] = *v
	return nil
}

func taken(field string) error {
	return gov.Errorf(gov.Conflict, "已被他人使用", "someone else has it").On(field)
}

func (t *tx) SavePerson(_ context.Context, p *people.Person) error {
	if _, err := find(t.persons, func(q people.Person) bool { return p.StaffNo != "" && q.StaffNo == p.StaffNo && q.ID != p.ID }); err == nil {
		return taken("staff_no")
	}
	return save(t.persons, p.ID, p, func(p *people.Person) *int { return &p.Revision })
}

func (t *tx) SaveAccount(_ context.Context, a *people.Account) error {
	for _, b := range t.accounts {
		switch {
		case b.Person == a.Person:
		case b.Login == a.Login:
			return taken("login")
		case a.Subject != "" && b.Issuer == a.Issuer && b.Subject == a.Subject:
			return taken("subject")
		}
	}
	return save(t.accounts, a.Person, a, func(a *people.Account) *int { return &a.Revision })
}

func (t *tx) SaveAssignment(_ context.Context, a *people.Assignment) error {
	return save(t.assignments, a.ID, a, func(a *people.Assignment) *int { return &a.Revision })
}

func (t *tx) SaveAbsence(_ context.Context, a *people.Absence) error {
	return save(t.absences, a.ID, a, func(a *people.Absence) *int { return &a.Revision })
}

func (t *tx) SaveInvitation(_ context.Context, i *people.Invitation) error {
	return save(t.invitations, i.Digest, i, func(i *people.Invitation) *int { return &i.Revision })
}

func (t *tx) PutSession(_ context.Context, s people.Session) error {
	t.sessions[s.ID] = s
	return nil
}

func (t *tx) DropSession(_ context.Context, id people.SessionID) error {
	delete(t.sessions, id)
	return nil
}

func (t *tx) PutGuard(_ context.Context, g people.Guard) error {
	if t.guards[g.Bucket].Revision != g.Revision {
		return gov.Errorf(gov.Unavailable, "请重试", "try again")
	}
	if g.Failures == 0 {
		delete(t.guards, g.Bucket)
		return nil
	}
	g.Revision++
	t.guards[g.Bucket] = g
	return nil
}

func (t *tx) UseStep(_ context.Context, factor string, step int64) error {
	if step <= t.steps[factor] {
		return gov.Errorf(gov.Conflict, "已用过", "used before")
	}
	t.steps[factor] = step
	return nil
}

func (t *tx) Log(_ context.Context, l people.LogLine) error {
	t.log = append(t.log, l)
	return nil
}

func (t *tx) Record(_ context.Context, actor gov.Actor, e people.Event) error {
	if t.fault != nil {
		if err := t.fault(e); err != nil {
			return err
		}
	}
	t.ledger = append(t.ledger, Recorded{actor, e})
	return nil
}
