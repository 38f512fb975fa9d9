package registers

import (
	"context"
	"encoding/json"
	"slices"
	"strings"

	"quanxiang/gov"
	"quanxiang/registers/credit"
)

// The jobs of grading: GradeJob's key is a register and an entry of it, GradeAllJob's
// a register and where to go on.
const (
	GradeJob    = "registers.grade"
	GradeAllJob = "registers.grade.all"
)

// gradeBatch is how many entries are graded in one transaction.
const gradeBatch = 200

// GradeKey is the key of a job about an entry.
func GradeKey(register, key string) string { return register + "/" + key }

// Grade works out the class of an entry anew. Of an entry or register that is no
// more nothing comes.
func (s *Registers) Grade(ctx context.Context, jobKey string) error {
	register, key, _ := strings.Cut(jobKey, "/")
	e, err := s.Store.Entry(ctx, register, key)
	if gov.CodeOf(err) == gov.NotFound {
		return nil
	}
	if err != nil {
		return err
	}
	return s.grade(ctx, register, []Listed{{Entry: e}})
}

// GradeSome works out the classes of the next entries of a register and asks for the
// job that goes on.
func (s *Registers) GradeSome(ctx context.Context, jobKey string) error {
	register, after, _ := strings.Cut(jobKey, "/")
	next, err := s.gradeAfter(ctx, register, after)
	if err != nil || next == "" {
		return err
	}
	return s.Store.Update(ctx, func(ctx context.Context, tx Tx) error {
		return tx.Enqueue(ctx, GradeAllJob, GradeKey(register, next))
	})
}

// GradeAll works out the classes of all entries of a register.
func (s *Registers) GradeAll(ctx context.Context, register string) error {
	for next, begun := "", false; !begun || next != ""; begun = true {
		var err error
		if next, err = s.gradeAfter(ctx, register, next); err != nil {
			return err
		}
	}
	return nil
}

// gradeAfter grades a batch of entries behind one; next is "" when they were the last.
func (s *Registers) gradeAfter(ctx context.Context, register, after string) (next string, err error) {
	if r, ok := s.Pack().Register(register); !ok || r.Credit == nil {
		return "", nil
	}
	list, err := s.Store.Entries(ctx, Query{Register: register}, after, gradeBatch)
	if err != nil || len(list) == 0 {
		return "", err
	}
	if err := s.grade(ctx, register, list); err != nil || len(list) < gradeBatch {
		return "", err
	}
	return list[len(list)-1].Key, nil
}

// grade grades entries and writes those grades that change: one act of the ledger.
func (s *Registers) grade(ctx context.Context, registerID string, list []Listed) error {
	r, ok := s.Pack().Register(registerID)
	if !ok || r.Credit == nil {
		return nil
	}
	now := s.Clock()
	results := make([]Grade, len(list))
	for i, e := range list {
		records, err := s.Store.Records(ctx, registerID, e.Key, maxRecords)
		if err != nil {
			return err
		}
		result, err := credit.Grade(r.Credit, inForce(records), r.Kind, gov.DateOf(now))
		if err != nil {
			return err
		}
		results[i] = Grade{Register: registerID, Key: e.Key, At: now.UnixMilli(), Result: result}
	}
	return s.Store.Update(ctx, func(ctx context.Context, tx Tx) error {
		changed := 0
		for _, g := range results {
			old, there, err := tx.GradeOf(ctx, registerID, g.Key)
			if err != nil {
				return err
			}
			c := Change[Grade]{New: g}
			if c.New.Version = 1; there {
				if same(old.Result, g.Result) {
					continue
				}
				c.Old, c.New.Version = &old, old.Version+1
			}
			if err := tx.PutGrade(ctx, c); err != nil {
				return err
			}
			changed++
			if there && old.Class != g.Class && len(r.BeginsOn("")) > 0 {
				if err := enqueue(ctx, tx, Cause{Register: registerID, Key: g.Key, Version: c.New.Version, Was: old.Class}); err != nil {
					return err
				}
			}
		}
		if changed == 0 {
			return nil
		}
		return tx.Act(ctx, Act{Kind: gradedAct, Object: Object(registerID), Actor: gov.Actor{Kind: gov.SystemActor, Name: GradeJob}})
	})
}

// same reports that two results differ in nothing that counts: lines that fall a
// little without a point less are the same.
func same(a, b credit.Result) bool {
	return a.Class == b.Class && a.Points == b.Points && a.Base == b.Base && slices.Equal(a.Lines, b.Lines)
}

// inForce are records as the rule table reads them, without those withdrawn.
func inForce(records []Record) (list []credit.Record) {
	for _, r := range records {
		if c, ok := inForceOne(r); ok {
			list = append(list, c)
		}
	}
	return list
}

// inForceOne is a record as rule tables read it; ok is false for one withdrawn.
func inForceOne(r Record) (c credit.Record, ok bool) {
	on, err := gov.ParseDate(r.On)
	if r.Withdrawn || err != nil {
		return c, false
	}
	c = credit.Record{Kind: r.Kind, Ref: r.Ref(), On: on, Values: r.Values}
	if until, err := gov.ParseDate(r.Until); err == nil {
		c.Until = until
	}
	return c, true
}

// EncodeGrade is what is kept of a grade beside its class and points.
func EncodeGrade(g Grade) ([]byte, error) { return json.Marshal(g.Result) }

// DecodeGrade reads what EncodeGrade wrote.
func DecodeGrade(data []byte, g *Grade) error { return json.Unmarshal(data, &g.Result) }
