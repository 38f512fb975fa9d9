package casework

import (
	"context"
	"io"
	"slices"
	"time"

	"quanxiang/cases"
	"quanxiang/cases/docket"
	"quanxiang/gov"
)

// Program is another program that says something of a case by the key it was
// given.
type Program struct {
	Key  gov.ID
	Unit string // for which it acts as the unit's own, "" as a stranger
	Role string // in the unit
	At   time.Time
}

func (b Program) actor() cases.Actor {
	a := cases.Actor{Kind: gov.ProgramActor, Person: b.Key.String()}
	if b.Unit != "" {
		a.Seats = []cases.Seat{{Unit: b.Unit, Role: b.Role}}
	}
	return a
}

// ProgramCase finds a case of a procedure by its number, with the units that
// handle it. It returns NotFound for any other.
func (w *Casework) ProgramCase(ctx context.Context, procedureID, number string) (id gov.ID, units []string, err error) {
	if id, err = w.docket.Find(ctx, number); err != nil {
		return id, nil, err
	}
	c, p, err := w.docket.Case(ctx, id)
	if err == nil && c.Procedure != procedureID {
		err = gov.Errorf(gov.NotFound, "没有这件案件", "there is no such case")
	}
	return id, c.Values.All(p.Unit), err
}

// ProgramAct does an action on a case for another program and returns the number of
// the event; done again under the same key of the step it does nothing and returns
// the same.
func (w *Casework) ProgramAct(ctx context.Context, by Program, st docket.Step, action string, values cases.Values) (int64, error) {
	_, p, err := w.docket.Case(ctx, st.Case)
	if err != nil {
		return 0, err
	}
	if err := w.checkFiles(ctx, st.Case, p, values, by.At); err != nil {
		return 0, err
	}
	if _, err := w.docket.Act(ctx, st, cases.Input{Action: action, Values: values, Actor: by.actor()}); err != nil {
		return 0, err
	}
	history, err := w.docket.History(ctx, st.Case, 0)
	for _, e := range slices.Backward(history) {
		same := e.By.Kind == gov.ProgramActor && e.By.Person == by.Key.String() && e.Action == action
		for name := range values {
			same = same && slices.Equal(cases.Values{name: e.Set[name]}.All(name), values.All(name))
		}
		if same {
			return e.Seq, nil
		}
	}
	return 0, err
}

// ProgramAttach keeps a file for a case for the program of a unit, before it does
// something about it.
func (w *Casework) ProgramAttach(ctx context.Context, by Program, id gov.ID, name string, file io.ReaderAt, size int64) (docket.Attachment, error) {
	f, err := w.docket.File(ctx, id, by.At)
	if err != nil {
		return docket.Attachment{}, err
	}
	if len(cases.Options(f.Procedure, f.Case, by.actor(), f.World)) == 0 {
		return docket.Attachment{}, gov.Errorf(gov.Forbidden, "不能给这件案件添加附件", "no files can be attached to this case")
	}
	return w.keep(ctx, id, by.Key.String(), gov.Actor{Kind: gov.ProgramActor, Name: by.Key.String()}, upload{name: name, ReaderAt: file, size: size})
}
