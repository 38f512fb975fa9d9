package registers

import (
	"context"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"quanxiang/gov"
	"quanxiang/people"
	"quanxiang/policy"
	"quanxiang/policy/register"
	"quanxiang/registers/credit"
	"quanxiang/registers/restrict"
)

// Outcome is what became of a restriction that somebody was told of.
type Outcome string

// The outcomes.
const (
	Untold  Outcome = ""        // nobody has said
	Applied Outcome = "applied" // it was refused, or looked at more closely
	Waived  Outcome = "waived"  // it was not, with a reason
)

// Consultation is a question whether an entry may receive something, its answer and
// what came of it. It counts as a look at the entry under the same id.
type Consultation struct {
	ID       gov.ID          `json:"id"`
	Register string          `json:"register"`
	Key      string          `json:"key"`
	Name     string          `json:"name"`    // of the entry, then
	Receive  string          `json:"receive"` // what it was to receive, an id of the catalogue
	On       string          `json:"on"`      // YYYY-MM-DD, the day the answer is for
	Unit     string          `json:"unit"`    // that asked
	Person   gov.ID          `json:"person"`  // who asked: of the staff, or the key of a program; zero for the command line
	Purpose  string          `json:"purpose"`
	Note     string          `json:"note,omitempty"`
	At       int64           `json:"at"` // Unix ms
	Answer   restrict.Answer `json:"answer"`
	Class    string          `json:"class,omitempty"` // of credit on that day

	Version int     `json:"version"`
	Outcome Outcome `json:"outcome,omitempty"`
	Why     string  `json:"why,omitempty"`  // of Waived
	Told    int64   `json:"told,omitempty"` // when that was said, Unix ms; 0 for Untold
}

// Question is what somebody asks about an entry.
type Question struct {
	Register string
	Key      string // or an alias
	Receive  string
	On       gov.Date // zero for today
	Purpose  string   // of the register, for which it is asked
	Note     string   // more exactly: the number of an application
}

// Asker is who asks, and the unit that answers for it.
type Asker struct {
	Actor  gov.Actor
	Person gov.ID // zero for none that has an id
	Unit   string
}

// ConsultQuery says which consultations are listed. The zero value lists all of a
// register.
type ConsultQuery struct {
	Register string
	Key      string
	Unit     string // that asked
	Open     bool   // those only that met a measure and nobody told of
}

// Count is how often a unit met a measure and what it said of it.
type Count struct {
	Unit    string
	Measure string // "" where nothing stood against the entry
	Outcome Outcome
	N       int
}

// The acts of consultations in the ledger.
const (
	consultedAct = "register.consulted"
	toldAct      = "register.consultation.told"
)

var errNoRestrictions = gov.Errorf(gov.NotFound, "这个名录没有联合惩戒措施", "this register has no joint restrictions")

// Asks lists the units for which somebody of the staff may ask.
func Asks(by people.Standing) (units []string) {
	for _, h := range by.Held {
		if u := h.Assignment.Unit; !slices.Contains(units, u) && people.Can(by, policy.ReadRegisters, people.Object{Units: []string{u}}) == nil {
			units = append(units, u)
		}
	}
	return units
}

// AskAs is somebody of the staff as who asks for a unit of theirs.
func AskAs(by people.Standing, unit string) (Asker, error) {
	g, err := people.Allow(by, policy.ReadRegisters, people.Object{Units: []string{unit}})
	if err != nil {
		return Asker{}, err
	}
	return Asker{Actor: g.Actor(), Person: by.Person, Unit: unit}, nil
}

// May answers whether an entry may receive something on a day, by the records in
// force then as they were known then, and records who asked, for what, and the answer
// with the records it rests on. Programmes, tenders and services ask here.
func (s *Registers) May(ctx context.Context, by Asker, q Question) (out Consultation, err error) {
	r, err := s.Register(q.Register)
	if err != nil {
		return out, err
	}
	if r.Limits == nil {
		return out, errNoRestrictions
	}
	if _, ok := r.Limits.Receive(q.Receive); !ok {
		return out, gov.Errorf(gov.Invalid, "请选择拟办理的事项", "choose what is to be received").On("receive")
	}
	if _, ok := s.Pack().Unit(by.Unit); !ok {
		return out, gov.Errorf(gov.Invalid, "没有单位“%s”", "there is no unit %q", by.Unit).On("unit")
	}
	note, err := s.purpose(r, q.Purpose, q.Note)
	if err != nil {
		return out, err
	}
	now := s.Clock()
	if q.On.IsZero() {
		q.On = gov.DateOf(now)
	}
	e, err := s.find(ctx, q.Register, q.Key)
	if err != nil {
		return out, err
	}
	out = Consultation{ID: gov.NewID(now), Register: q.Register, Key: e.Key, Name: e.Name, Receive: q.Receive, On: q.On.String(), Unit: by.Unit, Person: by.Person,
		Purpose: q.Purpose, Note: note, At: now.UnixMilli(), Version: 1}
	f, err := s.Facts(ctx, r, e.Key, q.On)
	if err != nil {
		return out, err
	}
	out.Class = f.Class
	if out.Answer, err = restrict.May(r, q.Receive, f, q.On); err != nil {
		return out, err
	}
	l := Look{ID: out.ID, Person: by.Person, Register: q.Register, Key: e.Key, Purpose: q.Purpose, Note: note, At: out.At}
	return out, s.Store.Update(ctx, func(ctx context.Context, tx Tx) error {
		if err := tx.AddLook(ctx, l); err != nil {
			return err
		}
		if err := tx.AddConsultation(ctx, out); err != nil {
			return err
		}
		return tx.Act(ctx, Act{ID: out.ID, Kind: consultedAct, Object: Object(q.Register), Actor: by.Actor,
			Facts: map[string]string{"entry": e.Key, "purpose": q.Purpose, "receive": q.Receive, "on": out.On, "unit": by.Unit, "effect": string(out.Answer.Effect)}})
	})
}

// find is the entry with a key or an alias.
func (s *Registers) find(ctx context.Context, registerID, name string) (Entry, error) {
	name = strings.TrimSpace(name)
	keys, err := s.Store.Resolve(ctx, registerID, []string{name})
	if err != nil {
		return Entry{}, err
	}
	key, ok := keys[name]
	if !ok {
		return Entry{}, gov.Errorf(gov.NotFound, "名录中没有“%s”", "the register has no entry %q", short(name)).On("key")
	}
	return s.Store.Entry(ctx, registerID, key)
}

// Facts are the records of an entry that were known at the end of a day, or by now,
// whichever is earlier, and its class on that day by them.
func (s *Registers) Facts(ctx context.Context, r *register.Register, key string, day gov.Date) (f restrict.Facts, err error) {
	known := s.Clock()
	if end := day.Add(1).Time(); end.Before(known) {
		known = end.Add(-time.Millisecond)
	}
	records, err := s.known(ctx, r.ID, key, known)
	if err != nil {
		return f, err
	}
	f = inForceOf(r, records)
	if r.Credit == nil {
		return f, nil
	}
	result, err := credit.Grade(r.Credit, inForce(records), r.Kind, day)
	f.Class = result.Class
	return f, err
}

// inForceOf are records as the catalogue of restrictions reads them, without a class.
func inForceOf(r *register.Register, records []Record) (f restrict.Facts) {
	for _, rec := range records {
		if k, ok := r.Kind(rec.Kind); ok && rec.Basis == "" {
			rec.Basis = k.Basis
		}
		if c, ok := inForceOne(rec); ok {
			f.Records = append(f.Records, restrict.Record{Record: c, Unit: rec.Unit, Basis: rec.Basis})
		}
	}
	return f
}

// known are the records about an entry as they were known at an instant. One that has
// been given to another entry since is that one's.
func (s *Registers) known(ctx context.Context, registerID, key string, at time.Time) (list []Record, err error) {
	all, err := s.Store.Records(ctx, registerID, key, maxRecords)
	if err != nil {
		return nil, err
	}
	ms := at.UnixMilli()
	for _, rec := range all {
		if rec.At <= ms {
			list = append(list, rec)
			continue
		}
		if rec.Version == 1 {
			continue
		}
		past, err := s.Store.PastRecords(ctx, rec, maxPast)
		if err != nil {
			return nil, err
		}
		i := slices.IndexFunc(past, func(p Past) bool { return p.Record.At <= ms })
		if i >= 0 && past[i].Record.Subject == key {
			list = append(list, *past[i].Record)
		}
	}
	return list, nil
}

// Tell says what became of a consultation that met a measure: once, for the unit that
// asked, with a reason where the measure was not applied.
func (s *Registers) Tell(ctx context.Context, by Asker, id gov.ID, outcome Outcome, why string) (c Consultation, err error) {
	why = strings.TrimSpace(why)
	switch {
	case outcome != Applied && outcome != Waived:
		return c, gov.Errorf(gov.Invalid, "请选择是否落实", "choose whether it was applied").On("outcome")
	case outcome == Waived && why == "":
		return c, gov.Errorf(gov.Invalid, "未落实的，请说明理由", "say why it was not applied").On("why")
	case utf8.RuneCountInString(why) > maxNote:
		return c, gov.Errorf(gov.Invalid, "最多 %d 字", "up to %d characters", maxNote).On("why")
	}
	return c, s.Store.Update(ctx, func(ctx context.Context, tx Tx) error {
		if c, err = tx.ConsultationOf(ctx, id); err != nil {
			return err
		}
		switch {
		case c.Unit != by.Unit:
			return gov.Errorf(gov.Forbidden, "这次查询不是您的单位作出的", "it was not your unit that asked")
		case len(c.Answer.Reasons) == 0:
			return gov.Errorf(gov.Conflict, "这次查询没有应落实的措施，无须反馈", "no measure was met: there is nothing to tell")
		case c.Outcome != Untold:
			return gov.Errorf(gov.Conflict, "这次查询已经反馈", "it was told before")
		}
		c.Version, c.Outcome, c.Why, c.Told = c.Version+1, outcome, why, tx.Now().UnixMilli()
		if err := tx.SaveOutcome(ctx, c); err != nil {
			return err
		}
		return tx.Act(ctx, Act{Kind: toldAct, Object: Object(c.Register), Actor: by.Actor, Facts: map[string]string{"consultation": id.String(), "outcome": string(outcome), "unit": by.Unit}})
	})
}

// Consultation returns a consultation to the staff of the unit that asked, or
// NotFound.
func (s *Registers) Consultation(ctx context.Context, by people.Standing, id gov.ID) (Consultation, error) {
	c, err := s.Store.Consultation(ctx, id)
	if err != nil {
		return c, err
	}
	return c, people.Can(by, policy.ReadRegisters, people.Object{Units: []string{c.Unit}})
}

// Consultations lists those of a unit of the reader's, the latest first.
func (s *Registers) Consultations(ctx context.Context, by people.Standing, q ConsultQuery, p gov.Page) (out gov.List[Consultation], err error) {
	if err := people.Can(by, policy.ReadRegisters, people.Object{Units: []string{q.Unit}}); err != nil {
		return out, err
	}
	if out.Items, err = s.Store.Consultations(ctx, q, p.After, p.Limit+1); err != nil {
		return out, err
	}
	if out.Total = -1; len(out.Items) > p.Limit {
		out.Items = out.Items[:p.Limit]
		out.Next = out.Items[p.Limit-1].ID.String()
	}
	return out, nil
}

// Counts counts the consultations from a day until another by unit, measure and
// outcome.
func (s *Registers) Counts(ctx context.Context, by people.Standing, registerID string, from, until gov.Date) ([]Count, error) {
	if err := Enter(by); err != nil {
		return nil, err
	}
	if until.Before(from) {
		return nil, gov.Errorf(gov.Invalid, "截止日期早于起始日期", "it ends before it begins").On("until")
	}
	return s.Store.Counts(ctx, registerID, from.Time(), until.Add(1).Time())
}

// purpose checks for what somebody looks, and returns the note as it is kept.
func (s *Registers) purpose(r *register.Register, purpose, note string) (string, error) {
	if !slices.ContainsFunc(r.Looks, func(o register.Option) bool { return o.ID == purpose }) {
		return "", gov.Errorf(gov.Invalid, "请选择查阅用途", "choose for what you look").On("purpose")
	}
	if note = strings.TrimSpace(note); utf8.RuneCountInString(note) > maxNote {
		return "", gov.Errorf(gov.Invalid, "最多 %d 字", "up to %d characters", maxNote).On("note")
	}
	return note, nil
}
