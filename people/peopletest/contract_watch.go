package peopletest

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"quanxiang/gov"
	"quanxiang/people"
	"quanxiang/policy"
)

func numbers(t *testing.T, s people.Store) {
	one, two, three := person(t, s, 1, "甲", "jia"), person(t, s, 2, "乙", "yi"), person(t, s, 3, "丙", "bing")
	now := start.UnixMilli()
	today := gov.DateOf(start)
	must(t, write(t, s, func(ctx context.Context, tx people.Tx) error {
		closed, err := tx.Account(ctx, three)
		if err != nil {
			return err
		}
		closed.State, closed.Epoch = people.Closed, 5
		err = tx.SaveAccount(ctx, closed)
		for n, a := range []people.Assignment{
			{Person: one, Role: "clerk", Unit: "fgw", Period: people.Period{From: today}},
			{Person: one, Role: "clerk", Unit: "czj", Period: people.Period{From: day(1)}}, // the same holder again
			{Person: two, Role: "clerk", Unit: "fgw", Period: people.Period{From: day(1), To: today}},
			{Person: two, Role: "lead", Unit: "fgw", Period: people.Period{From: today.Add(1)}},
		} {
			a.ID = at(10 + n)
			err = errors.Join(err, tx.SaveAssignment(ctx, &a))
		}
		for n, a := range []people.Absence{
			{Person: one, Deputy: two, Period: people.Period{From: today, To: today.Add(1)}},
			{Person: two, Deputy: one, Period: people.Period{From: day(1), To: today}},
		} {
			a.ID = at(20 + n)
			err = errors.Join(err, tx.SaveAbsence(ctx, &a))
		}
		for _, i := range []people.Invitation{
			{Digest: "a1", Person: one, Two: true, Expires: now + 1},
			{Digest: "a2", Person: one, Two: true, Expires: now},
			{Digest: "a3", Person: one, Two: true, Expires: now + 1, Seconded: "staff:x"},
			{Digest: "a4", Person: one, Two: true, Expires: now + 1, Used: 1},
			{Digest: "a5", Person: one, Expires: now + 1},
			{Digest: "a6", Person: three, Two: true, Expires: now + 1, Epoch: 4},
		} {
			err = errors.Join(err, tx.SaveInvitation(ctx, &i))
		}
		return err
	}))
	got, err := s.Numbers(t.Context(), start)
	must(t, err)
	if diff := cmp.Diff(people.Numbers{
		Persons: 3, Accounts: map[people.AccountState]int{people.Active: 2, people.Closed: 1}, Holders: map[string]int{"clerk": 1}, Away: 1, Waiting: 1,
	}, got); diff != "" {
		t.Errorf("Numbers (-want +got):\n%s", diff)
	}
}

// watched holds the security log and the record of looks to their order, their
// filters and their pieces.
func watched(t *testing.T, s people.Store) {
	ctx := t.Context()
	one, two := person(t, s, 1, "甲", "jia"), person(t, s, 2, "乙", "yi")
	noon := func(d int) time.Time { return day(d).Time().Add(12 * time.Hour) }
	var lines []people.LogLine
	var looks []people.Looked
	for n, l := range []people.LogLine{
		{Kind: people.LoggedIn, Person: one, Source: "ab", Agent: "火狐"}, {Kind: people.LoginFailed}, {Kind: people.LoggedIn, Person: two}, {Kind: people.LoggedOut, Person: one},
	} {
		l.ID, l.At = gov.NewID(noon(n+1)), noon(n+1).UnixMilli()
		lines = append(lines, l)
		must(t, s.Update(ctx, func(ctx context.Context, tx people.Tx) error { return tx.Log(ctx, l) }))
	}
	for n, actor := range []gov.Actor{
		{Kind: gov.StaffActor, Name: one.String()}, {Kind: gov.StaffActor, Name: two.String(), For: one.String()}, {Kind: gov.StaffActor, Name: one.String(), For: two.String()},
	} {
		e := people.Event{ID: gov.NewID(noon(n + 1)), Kind: "field.looked", Object: "person:" + two.String(),
			Facts: map[string]string{"field": "contact", "act": string(policy.SeeContact)}, Sealed: map[string]string{"reason": "回访"}}
		looks = append(looks, people.Looked{Event: e.ID, Actor: actor.String(), Object: e.Object, Field: "contact", Act: policy.SeeContact})
		must(t, s.Update(ctx, func(ctx context.Context, tx people.Tx) error { return tx.Record(ctx, actor, e) }))
	}
	for _, tt := range []struct {
		why  string
		f    people.LogFilter
		want []int
	}{
		{"everything", people.LogFilter{}, []int{3, 2, 1, 0}},
		{"one person", people.LogFilter{Person: one}, []int{3, 0}},
		{"one kind", people.LogFilter{Kind: people.LoggedIn}, []int{2, 0}},
		{"one kind of one person", people.LogFilter{Kind: people.LoggedIn, Person: two}, []int{2}},
		{"some days", people.LogFilter{From: day(2), Until: day(3)}, []int{2, 1}},
		{"days after the last", people.LogFilter{From: day(9)}, nil},
	} {
		var want []people.LogLine
		for _, i := range tt.want {
			want = append(want, lines[i])
		}
		got := pieces(t, func(p gov.Page) (gov.List[people.LogLine], error) { return s.LogLines(ctx, tt.f, p) })
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("log, %s (-want +got):\n%s", tt.why, diff)
		}
	}
	for _, tt := range []struct {
		why  string
		f    people.LookFilter
		want []int
	}{
		{"everything", people.LookFilter{}, []int{2, 1, 0}},
		{"one person, deputy or not", people.LookFilter{By: one}, []int{2, 0}},
		{"some days", people.LookFilter{Until: day(2)}, []int{1, 0}},
	} {
		var want []people.Looked
		for _, i := range tt.want {
			want = append(want, looks[i])
		}
		got := pieces(t, func(p gov.Page) (gov.List[people.Looked], error) { return s.Looks(ctx, tt.f, p) })
		for i := range got {
			if got[i].At <= 0 {
				t.Errorf("look %d has no time", i)
			}
			got[i].At = 0 // the time of the ledger is the store's
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("looks, %s (-want +got):\n%s", tt.why, diff)
		}
	}
}

// pieces reads a list one item at a time.
func pieces[T any](t *testing.T, ask func(gov.Page) (gov.List[T], error)) (all []T) {
	t.Helper()
	for page := (gov.Page{Limit: 1}); ; {
		l, err := ask(page)
		must(t, err)
		if len(l.Items) > 1 {
			t.Fatalf("a piece of one has %d items", len(l.Items))
		}
		all = append(all, l.Items...)
		if page.After = l.Next; l.Next == "" {
			return all
		}
	}
}
