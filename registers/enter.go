package registers

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"strings"

	"quanxiang/cases/docket"
	"quanxiang/gov"
	"quanxiang/policy/procedure/entering"
	"quanxiang/policy/register"
)

// How says what a case has done about an entry or a record.
type How string

// The ways. What is entered, ended or withdrawn stays so; what is contested is so until
// it is settled or withdrawn.
const (
	Entered   How = "entered"
	Ended     How = "ended"
	Withdrawn How = "withdrawn"
	Contested How = "contested"
	Settled   How = "settled"
)

// Source is a case from which an entry or record comes, or that is about it.
type Source struct {
	Case      gov.ID
	Number    string
	Procedure string
	Register  string
	Kind      string // "" for an entry
	Unit      string // of a record; "" for an entry
	Key       string
	Subject   string // key of the entry
	How       How
	At        int64 // Unix ms
}

// Ref names what it is about, as Record.Ref does.
func (s Source) Ref() string { return s.Kind + "/" + s.Unit + "/" + s.Key }

var _ docket.Registers = (*Registers)(nil)

// Enter does what a step of a case asks for in a register.
func (s *Registers) Enter(ctx context.Context, by docket.Source, e entering.Entry) error {
	if e.Act == entering.Write {
		return s.write(ctx, by, e)
	}
	list, err := s.meant(ctx, by, e)
	if err != nil {
		return err
	}
	for _, r := range list {
		if err := s.change(ctx, by, e, r); err != nil {
			return err
		}
	}
	return nil
}

// Find implements docket.Registers.
func (s *Registers) Find(ctx context.Context, registerID, named string) (string, error) {
	r, err := s.Register(registerID)
	if err != nil {
		return "", err
	}
	found, err := s.Store.Resolve(ctx, registerID, []string{named})
	if key := found[named]; err != nil || key != "" {
		return key, err
	}
	return "", gov.Errorf(gov.Invalid, "“%[1]s”中没有“%[2]s”", "%[3]q has no entry %[2]q", r.Title.ZH, short(named), r.Title.In(gov.EN))
}

// write writes an entry or a record of a case.
func (s *Registers) write(ctx context.Context, by docket.Source, e entering.Entry) error {
	t, err := NewTarget(s.Pack(), e.Register, e.Record, e.Unit)
	if err != nil {
		return err
	}
	if e.Amend {
		if e.Values, err = s.amended(ctx, e); err != nil {
			return t.refusal(err)
		}
	}
	row := (&Table{Target: t, found: map[name]result{}}).Make(e.Values, e.Key)
	if len(row.Mistakes) > 0 {
		return t.refused(row.Mistakes[0])
	}
	src := sourceOf(by, e)
	b := Batch{Source: &src}
	if t.Kind == nil {
		b.Entries, src.Key, src.Subject = []Entry{row.Entry}, row.Entry.Key, row.Entry.Key
	} else {
		found, err := s.Store.Resolve(ctx, e.Register, []string{row.Named})
		if err != nil {
			return err
		}
		if row.Record.of(t.Kind, found[row.Named]); row.Record.Subject == "" {
			return t.refused(gov.Errorf(gov.Invalid, "名录中没有“%s”", "the register has no entry %q", short(row.Named)).On(""))
		}
		b.Records, src.Unit, src.Key, src.Subject = []Record{row.Record}, row.Record.Unit, row.Record.Key, row.Record.Subject
	}
	facts := map[string]string{"case": by.Number, "action": by.Action}
	return s.Store.Update(ctx, func(ctx context.Context, tx Tx) error {
		if t.Kind != nil {
			if err := s.others(ctx, tx, t, src, row.Record); err != nil {
				return err
			}
		}
		if _, err := b.put(ctx, tx, t, by.Actor, facts, false); err != nil || t.Kind == nil || t.Register.Credit == nil {
			return err
		}
		return tx.Enqueue(ctx, GradeJob, GradeKey(e.Register, src.Subject))
	})
}

// amended are the values of an entry as they are after a change of some of them.
func (s *Registers) amended(ctx context.Context, e entering.Entry) (map[string]any, error) {
	old, err := s.Store.Entry(ctx, e.Register, e.Key)
	if gov.CodeOf(err) == gov.NotFound {
		return nil, gov.Errorf(gov.Invalid, "名录中没有“%s”", "the register has no entry %q", short(e.Key)).On("")
	}
	if err != nil {
		return nil, err
	}
	values := maps.Clone(map[string]any(old.Values))
	maps.Copy(values, e.Values)
	maps.DeleteFunc(values, func(_ string, v any) bool { return v == "" })
	return values, nil
}

// refusal is refused for what may be another failure.
func (t Target) refusal(err error) error {
	if wrong, ok := errors.AsType[*gov.Error](err); ok && wrong.Code == gov.Invalid {
		return t.refused(wrong)
	}
	return err
}

// others refuses a record that is there and did not come from the case: a case never
// overwrites what a unit or another case recorded.
func (s *Registers) others(ctx context.Context, tx Tx, t Target, src Source, r Record) error {
	there, err := tx.RecordsOf(ctx, []Record{r})
	if err != nil {
		return err
	}
	if old, ok := there[r.Ref()]; !ok || old.Same(r) {
		return nil
	}
	own, err := s.Store.SourcesOf(ctx, src.Case)
	if err != nil {
		return err
	}
	for _, o := range own {
		if o.Register == src.Register && o.Ref() == src.Ref() {
			return nil
		}
	}
	return t.refused(gov.Errorf(gov.Conflict, "已有“%s”这条记录", "there is a record %q already", r.Key).On(t.Kind.Key[0]))
}

// refused tells which register does not take something, and which of its fields.
func (t Target) refused(e *gov.Error) *gov.Error {
	what := gov.Text{ZH: t.Register.Title.ZH, EN: t.Register.Title.In(gov.EN)}
	if t.Kind != nil {
		what.ZH, what.EN = what.ZH+"·"+t.Kind.Title.ZH, what.EN+", "+t.Kind.Title.In(gov.EN)
	}
	zh, en := gov.TextOf(e, gov.ZH), gov.TextOf(e, gov.EN)
	if e.Field != "" {
		label := t.Label(e.Field)
		zh, en = label.ZH+"："+zh, label.In(gov.EN)+": "+en
	}
	return gov.Errorf(e.Code, "不能记入“%[1]s”：%[2]s", "%[3]q does not take it: %[4]s", what.ZH, zh, what.EN, en).On(e.Field)
}

// hows says how each act leaves what it is about.
var hows = map[entering.Act]How{entering.Write: Entered, entering.End: Ended, entering.Withdraw: Withdrawn, entering.Mark: Contested, entering.Unmark: Settled}

func sourceOf(by docket.Source, e entering.Entry) Source {
	return Source{Case: by.Case, Number: by.Number, Procedure: by.Procedure, Register: e.Register, Kind: e.Record, How: hows[e.Act]}
}

// meant finds the records that a step ends, withdraws or marks: that which it names, or
// those of the kind that its case entered.
func (s *Registers) meant(ctx context.Context, by docket.Source, e entering.Entry) (list []Record, err error) {
	if e.Of != "" {
		parts := strings.SplitN(e.Of, "/", 3)
		if len(parts) < 3 {
			return nil, gov.Errorf(gov.Invalid, "“%s”不是一条记录", "%q is no record", short(e.Of))
		}
		r, err := s.Store.Record(ctx, e.Register, parts[0], parts[1], parts[2])
		switch {
		case gov.CodeOf(err) == gov.NotFound:
			return nil, gov.Errorf(gov.Invalid, "没有“%s”这条记录", "there is no record %q", short(e.Of))
		case err == nil && r.Unit != e.Unit:
			return nil, gov.Errorf(gov.Invalid, "这条记录不是这个单位的", "the record is not this unit's").On("unit")
		}
		return []Record{r}, err
	}
	own, err := s.Store.SourcesOf(ctx, by.Case)
	if err != nil {
		return nil, err
	}
	for _, o := range own {
		if o.Register != e.Register || o.Kind != e.Record || o.How == Contested || o.How == Settled {
			continue
		}
		r, err := s.Store.Record(ctx, o.Register, o.Kind, o.Unit, o.Key)
		if err != nil {
			return nil, err
		}
		list = append(list, r)
	}
	if len(list) == 0 {
		return nil, gov.Errorf(gov.Conflict, "本案没有记入过这类记录", "the case has entered no record of this kind")
	}
	return list, nil
}

// change ends, withdraws or marks a record.
func (s *Registers) change(ctx context.Context, by docket.Source, e entering.Entry, old Record) error {
	reg, err := s.Register(old.Register)
	if err != nil {
		return err
	}
	k, ok := reg.Kind(old.Kind)
	if !ok {
		return gov.Errorf(gov.NotFound, "名录没有记录类型“%s”", "the register has no kind of record %q", old.Kind)
	}
	src := sourceOf(by, e)
	src.Kind, src.Unit, src.Key, src.Subject = old.Kind, old.Unit, old.Key, old.Subject
	now, act, wrong := changed(k, e, old)
	if wrong != nil {
		return Target{Pack: s.Pack(), Register: reg, Kind: k, Unit: old.Unit}.refused(wrong)
	}
	return s.Store.Update(ctx, func(ctx context.Context, tx Tx) error {
		same := now.Same(old)
		if !same {
			now.Version, now.At = old.Version+1, tx.Now().UnixMilli()
			if err := tx.PutRecords(ctx, []Change[Record]{{Old: &old, New: now}}); err != nil {
				return err
			}
		}
		if err := tx.PutSource(ctx, src); err != nil {
			return err
		}
		facts := map[string]string{"case": by.Number, "action": by.Action, "kind": old.Kind, "unit": old.Unit, "version": fmt.Sprint(now.Version)}
		if err := tx.Act(ctx, Act{Kind: act, Object: Object(old.Register), Actor: by.Actor, Facts: facts}); err != nil || same || reg.Credit == nil {
			return err
		}
		return tx.Enqueue(ctx, GradeJob, GradeKey(old.Register, old.Subject))
	})
}

// changed is a record after what a step does with it, and the act of the ledger that
// says so.
func changed(k *register.Kind, e entering.Entry, old Record) (now Record, act string, wrong *gov.Error) {
	now = old
	switch e.Act {
	case entering.End:
		day, err := gov.ParseDate(e.Until)
		switch {
		case err != nil:
			return now, "", gov.Errorf(gov.Invalid, "没有写明日期", "no date is given").On(k.Until)
		case e.Until < old.On:
			return now, "", gov.Errorf(gov.Invalid, "早于记录发生的日期", "it is before the day of the record").On(k.Until)
		}
		now.Until = day.String()
		now.Values = maps.Clone(old.Values)
		now.Values[k.Until] = now.Until
		return now, endedAct, nil
	case entering.Withdraw:
		now.Withdrawn, now.Note = true, firstOf(e.Reason, maxNote)
		return now, withdrawnAct, nil
	case entering.Mark:
		return now, contestedAct, nil
	}
	return now, settledAct, nil
}

// firstOf is the beginning of a text, in one line.
func firstOf(s string, n int) string {
	r := []rune(strings.Join(strings.Fields(s), " "))
	return string(r[:min(len(r), n)])
}
