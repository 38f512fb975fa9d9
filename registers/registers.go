package registers

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"quanxiang/gov"
	"quanxiang/people"
	"quanxiang/policy"
	"quanxiang/policy/register"
	"quanxiang/registers/restrict"
)

// Registers is what pages and the API stand on.
type Registers struct {
	Store Store
	Pack  func() *policy.Pack
	Clock gov.Clock
}

// LookLasts is how long an entry stays open in full after a look was recorded.
const LookLasts = 30 * time.Minute

const (
	maxRecords = 1000 // of an entry that are read
	maxPast    = 50
	maxNote    = 200
)

// Enter decides whether somebody of the staff may see registers.
func Enter(by people.Standing) error {
	var units []string
	for _, h := range by.Held {
		units = append(units, h.Assignment.Unit)
	}
	return people.Can(by, policy.ReadRegisters, people.Object{Units: units})
}

// Register is the register with an id, or NotFound.
func (s *Registers) Register(id string) (*register.Register, error) {
	r, ok := s.Pack().Register(id)
	if !ok {
		return nil, errNoRegister
	}
	return r, nil
}

// Targets lists what somebody may push: entries and kinds of records by their units.
func (s *Registers) Targets(by people.Standing) (list []Target) {
	p := s.Pack()
	for _, r := range p.Registers {
		for _, u := range p.Units {
			if people.Can(by, policy.PushRecords, people.Object{Units: []string{u.ID}}) != nil {
				continue
			}
			if r.Writes(u.ID) {
				list = append(list, Target{Pack: p, Register: r, Unit: u.ID})
			}
			for i := range r.Kinds {
				if r.Kinds[i].Pushes(u.ID) {
					list = append(list, Target{Pack: p, Register: r, Kind: &r.Kinds[i], Unit: u.ID})
				}
			}
		}
	}
	return list
}

// List lists entries to the staff. The answer's Next is where to go on.
func (s *Registers) List(ctx context.Context, by people.Standing, q Query, p gov.Page) (gov.List[Listed], error) {
	if err := Enter(by); err != nil {
		return gov.List[Listed]{}, err
	}
	return s.list(ctx, q, p)
}

func (s *Registers) list(ctx context.Context, q Query, p gov.Page) (out gov.List[Listed], err error) {
	if out.Items, err = s.Store.Entries(ctx, q, p.After, p.Limit+1); err != nil {
		return out, err
	}
	if len(out.Items) > p.Limit {
		out.Items = out.Items[:p.Limit]
		out.Next = out.Items[p.Limit-1].Key
	}
	return out, nil
}

// Sheet is an entry with everything that is known of it.
type Sheet struct {
	Register *register.Register
	Entry    Entry
	Records  []Record        // the latest first
	More     bool            // there are records beyond those
	Facts    []Fact          // what several sources state
	Grade    *Grade          // nil when it was never graded
	Grades   []Past          // earlier ones
	Past     []Past          // earlier versions of the entry
	Sources  []Source        // what cases have done about it and its records, the latest first
	Stands   restrict.Answer // measures that stand against it today; of the staff's sheet alone
	Full     bool            // open for a purpose
	Level    register.Openness
}

// Sheet returns an entry as the staff see it: in full to who looked at it for a
// purpose, see Look.
func (s *Registers) Sheet(ctx context.Context, by people.Standing, registerID, key string, look gov.ID) (out Sheet, err error) {
	if err := Enter(by); err != nil {
		return out, err
	}
	if out, err = s.read(ctx, registerID, key); err != nil {
		return out, err
	}
	if out.Register.Limits != nil {
		f := inForceOf(out.Register, out.Records)
		if out.Grade != nil {
			f.Class = out.Grade.Class
		}
		if out.Stands, err = restrict.May(out.Register, "", f, gov.DateOf(s.Clock())); err != nil {
			return out, err
		}
	}
	if out.Full, err = s.looked(ctx, by, registerID, key, look); err != nil {
		return out, err
	}
	out.Level = register.OpenStaff
	if out.Full {
		out.Level = register.OpenPurpose
	}
	out.close()
	return out, nil
}

// read reads an entry with its records, all of it.
func (s *Registers) read(ctx context.Context, registerID, key string) (out Sheet, err error) {
	if out.Register, err = s.Register(registerID); err != nil {
		return out, err
	}
	if out.Entry, err = s.Store.Entry(ctx, registerID, key); err != nil {
		return out, err
	}
	if out.Records, err = s.Store.Records(ctx, registerID, key, maxRecords+1); err != nil {
		return out, err
	}
	if len(out.Records) > maxRecords {
		out.Records, out.More = out.Records[:maxRecords], true
	}
	g, err := s.Store.Grade(ctx, registerID, key)
	if err == nil {
		out.Grade = &g
		out.Grades, err = s.Store.PastGrades(ctx, registerID, key, maxPast)
	}
	if err != nil && gov.CodeOf(err) != gov.NotFound {
		return out, err
	}
	if out.Past, err = s.Store.PastEntries(ctx, registerID, key, maxPast); err != nil {
		return out, err
	}
	out.Sources, err = s.Store.SourcesAbout(ctx, registerID, key, maxRecords)
	out.Facts = facts(out.Register, out.Entry, out.Records)
	return out, err
}

// Contested reports that a case marked a record as contested and has not said otherwise.
func (s *Sheet) Contested(r Record) bool {
	return slices.ContainsFunc(s.Sources, func(o Source) bool { return o.How == Contested && o.Ref() == r.Ref() })
}

// looked reports that somebody looked at an entry for a purpose a short while ago.
func (s *Registers) looked(ctx context.Context, by people.Standing, registerID, key string, id gov.ID) (bool, error) {
	if id.IsZero() {
		return false, nil
	}
	l, err := s.Store.Look(ctx, id)
	if gov.CodeOf(err) == gov.NotFound {
		return false, nil
	}
	return err == nil && l.Person == by.Person && l.Register == registerID && l.Key == key && s.Clock().Sub(time.UnixMilli(l.At)) < LookLasts, err
}

// Look records that somebody looks at an entry in full, for a purpose of its
// register, and returns what Sheet asks for.
func (s *Registers) Look(ctx context.Context, by people.Standing, registerID, key, purpose, note string) (gov.ID, error) {
	if err := Enter(by); err != nil {
		return gov.ID{}, err
	}
	return s.record(ctx, by.Actor(), by.Person, registerID, key, purpose, note)
}

// record records a look.
func (s *Registers) record(ctx context.Context, actor gov.Actor, person gov.ID, registerID, key, purpose, note string) (gov.ID, error) {
	r, err := s.Register(registerID)
	if err != nil {
		return gov.ID{}, err
	}
	if note, err = s.purpose(r, purpose, note); err != nil {
		return gov.ID{}, err
	}
	if _, err := s.Store.Entry(ctx, registerID, key); err != nil {
		return gov.ID{}, err
	}
	return s.keepLook(ctx, actor, person, registerID, key, purpose, note)
}

// keepLook writes a look into the database and the ledger; key "" is a list.
func (s *Registers) keepLook(ctx context.Context, actor gov.Actor, person gov.ID, registerID, key, purpose, note string) (gov.ID, error) {
	l := Look{ID: gov.NewID(s.Clock()), Person: person, Register: registerID, Key: key, Purpose: purpose, Note: note, At: s.Clock().UnixMilli()}
	return l.ID, s.Store.Update(ctx, func(ctx context.Context, tx Tx) error {
		if err := tx.AddLook(ctx, l); err != nil {
			return err
		}
		return tx.Act(ctx, Act{ID: l.ID, Kind: lookedAct, Object: Object(registerID), Actor: actor, Facts: map[string]string{"entry": key, "purpose": purpose}})
	})
}

// Read records that another program looks at an entry for a purpose, and returns it in
// full. id names the program's key, unit answers for it. Programs of units that take
// no part in the register are Forbidden: their keys were made for something else.
func (s *Registers) Read(ctx context.Context, actor gov.Actor, id gov.ID, unit, registerID, key, purpose, note string) (out Sheet, err error) {
	r, err := s.Register(registerID)
	if err != nil {
		return out, err
	}
	if !r.TakesPart(unit) {
		return out, gov.Errorf(gov.Forbidden, "这个密钥所属的单位不参与“%[1]s”", "the unit that answers for this key takes no part in %[2]q", r.Title.ZH, r.Title.In(gov.EN))
	}
	if _, err := s.record(ctx, actor, id, registerID, key, purpose, note); err != nil {
		return out, err
	}
	out, err = s.read(ctx, registerID, key)
	out.Full, out.Level = true, register.OpenPurpose
	return out, err
}

// close takes out of a sheet what its level does not open.
func (s *Sheet) close() {
	s.Entry.Values = visible(s.Register.Fields, s.Entry.Values, s.Level)
	for i := range s.Records {
		k, ok := s.Register.Kind(s.Records[i].Kind)
		if !ok {
			s.Records[i].Values = nil // of a kind the pack has no longer
			continue
		}
		s.Records[i].Values = visible(k.Fields, s.Records[i].Values, s.Level)
	}
	for i := range s.Past {
		s.Past[i].Entry.Values = visible(s.Register.Fields, s.Past[i].Entry.Values, s.Level)
	}
	s.Facts = slices.DeleteFunc(s.Facts, func(f Fact) bool {
		return slices.ContainsFunc(f.Statements, func(t Statement) bool { return !reads(s.Level, t.Field.Level()) })
	})
}

// reads reports that who reads at a level reads a field.
func reads(level, field register.Openness) bool {
	order := []register.Openness{register.OpenPublic, register.OpenStaff, register.OpenPurpose}
	return slices.Index(order, field) <= slices.Index(order, level)
}

func visible(fields []register.Field, v Values, level register.Openness) Values {
	out := Values{}
	for i := range fields {
		if x, ok := v[fields[i].ID]; ok && reads(level, fields[i].Level()) {
			out[fields[i].ID] = x
		}
	}
	return out
}

// Fact is what sources state about one thing of an entry.
type Fact struct {
	ID         string
	Label      gov.Text
	Statements []Statement // the latest of each source, the latest first
	Conflict   bool        // they do not say the same
}

// Statement is what one source states.
type Statement struct {
	Field *register.Field
	Value any
	Unit  string
	Kind  string // "" for the register itself
	Key   string // of the record
	On    string // YYYY-MM-DD
}

// facts collects what the entry and its records state. Withdrawn records state
// nothing.
func facts(r *register.Register, e Entry, records []Record) (list []Fact) {
	add := func(f *register.Field, s Statement) {
		i := slices.IndexFunc(list, func(x Fact) bool { return x.ID == f.Fact })
		if i < 0 {
			list = append(list, Fact{ID: f.Fact, Label: f.Label})
			i = len(list) - 1
		}
		x := &list[i]
		if slices.ContainsFunc(x.Statements, func(o Statement) bool { return o.Unit == s.Unit && o.Kind == s.Kind }) {
			return // the source says something later
		}
		x.Conflict = x.Conflict || len(x.Statements) > 0 && x.Statements[0].Value != s.Value
		x.Statements = append(x.Statements, s)
	}
	for i := range r.Fields {
		if f := &r.Fields[i]; f.Fact != "" && e.Values[f.ID] != nil {
			add(f, Statement{Field: f, Value: e.Values[f.ID], Unit: e.Unit, On: gov.DateOf(time.UnixMilli(e.At)).String()})
		}
	}
	for _, rec := range records {
		k, ok := r.Kind(rec.Kind)
		if !ok || rec.Withdrawn {
			continue
		}
		for i := range k.Fields {
			if f := &k.Fields[i]; f.Fact != "" && rec.Values[f.ID] != nil {
				add(f, Statement{Field: f, Value: rec.Values[f.ID], Unit: rec.Unit, Kind: rec.Kind, Key: rec.Key, On: rec.On})
			}
		}
	}
	list = slices.DeleteFunc(list, func(f Fact) bool { return len(f.Statements) < 2 })
	for i := range list {
		slices.SortStableFunc(list[i].Statements, func(a, b Statement) int { return cmp.Compare(b.On, a.On) })
	}
	return list
}

// Withdraw takes a record back that should never have been, with the reason. It
// needs the right to push for the unit the record came from.
func (s *Registers) Withdraw(ctx context.Context, by people.Standing, registerID, kind, unit, key, reason string) error {
	g, err := people.Allow(by, policy.PushRecords, people.Object{Units: []string{unit}})
	if err != nil {
		return err
	}
	if reason = strings.TrimSpace(reason); reason == "" || utf8.RuneCountInString(reason) > maxNote {
		return gov.Errorf(gov.Invalid, "请填写理由，最多 %d 字", "give the reason in up to %d characters", maxNote).On("reason")
	}
	r, err := s.Register(registerID)
	if err != nil {
		return err
	}
	return s.Store.Update(ctx, func(ctx context.Context, tx Tx) error {
		name := Record{Register: registerID, Kind: kind, Unit: unit, Key: key}
		there, err := tx.RecordsOf(ctx, []Record{name})
		if err != nil {
			return err
		}
		old, ok := there[name.Ref()]
		if !ok {
			return gov.Errorf(gov.NotFound, "没有这条记录", "there is no such record")
		}
		if old.Withdrawn {
			return gov.Errorf(gov.Conflict, "这条记录已经撤回", "the record was withdrawn before")
		}
		now := old
		now.Withdrawn, now.Note, now.Version, now.At = true, reason, old.Version+1, tx.Now().UnixMilli()
		if err := tx.PutRecords(ctx, []Change[Record]{{Old: &old, New: now}}); err != nil {
			return err
		}
		if err := tx.Act(ctx, Act{Kind: withdrawnAct, Object: Object(registerID), Actor: g.Actor(), Facts: map[string]string{"kind": kind, "unit": unit, "version": fmt.Sprint(now.Version)}}); err != nil || r.Credit == nil {
			return err
		}
		return tx.Enqueue(ctx, GradeJob, GradeKey(registerID, now.Subject))
	})
}
