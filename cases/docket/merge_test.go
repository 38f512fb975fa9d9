package docket_test

import (
	"strings"
	"sync"
	"testing"

	"quanxiang/cases"
	"quanxiang/cases/docket"
	"quanxiang/cases/docket/dockettest"
	"quanxiang/gov"
)

// reportYAML is a procedure whose cases can be merged, and opened again.
const reportYAML = `
procedure: report
title: {zh: 反映, en: Report}
cite: 样例
number: "FY{year}-{seq:4}"
subject: what
fields:
  - {id: what, type: text, label: {zh: 事由, en: What}, open: public}
  - {id: into, type: case, label: {zh: 并入, en: Merged into}, open: staff}
  - {id: until, type: date, label: {zh: 日期, en: Until}, open: staff}
parties:
  - {id: desk, name: {zh: 受理人员, en: the desk}, who: "post(zfb, clerk)"}
states:
  - {id: open, name: {zh: 办理中, en: Open}, kind: open}
  - {id: waiting, name: {zh: 等待, en: Waiting}, kind: paused}
  - {id: merged, name: {zh: 已并案, en: Merged}, kind: void}
  - {id: closed, name: {zh: 已办结, en: Closed}, kind: done}
actions:
  - {id: file, name: {zh: 登记, en: File}, at: [new], to: open, by: [desk], asks: [what!]}
  - {id: merge, name: {zh: 并案, en: Merge}, at: [open], to: merged, by: [desk], asks: [into!], merge: into}
  - {id: wait, name: {zh: 等待, en: Wait}, at: [open], to: waiting, by: [desk], asks: [until!]}
  - {id: go_on, name: {zh: 继续, en: Go on}, at: [waiting], to: open, auto: {at: until}}
  - {id: close, name: {zh: 办结, en: Close}, at: [open], to: closed, by: [desk]}
  - {id: reopen, name: {zh: 重开, en: Reopen}, at: [merged, closed], to: open, by: [desk]}
`

var desk = dockettest.Staff("desk", "zfb", "clerk")

func (k court) report(t testing.TB, what string) cases.Case {
	t.Helper()
	return k.begin(t, "report", cases.Input{Action: "file", Actor: desk, Values: cases.Values{"what": what}})
}

// merge merges one case into another, with a key.
func (k court) merge(t testing.TB, from cases.Case, into gov.ID, key gov.ID) error {
	t.Helper()
	_, err := k.Act(t.Context(), docket.Step{Case: from.ID, Key: key}, cases.Input{Action: "merge", Actor: desk, Values: cases.Values{"into": into.String()}})
	return err
}

// Both sides of a merger tell of it, or neither.
func TestMerge(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name   string
		target func(t *testing.T, k court) gov.ID
		fails  string // reason in English, "" when it is merged
		code   gov.Code
	}{
		{"a case that runs takes the other in", func(t *testing.T, k court) gov.ID { return k.report(t, "路灯").ID }, "", ""},
		{"so does one that took one in before", func(t *testing.T, k court) gov.ID {
			into := k.report(t, "路灯")
			must(t, k.merge(t, k.report(t, "路灯"), into.ID, gov.ID{}))
			return into.ID
		}, "", ""},
		{"and one whose time has come, after what time has brought", func(t *testing.T, k court) gov.ID {
			return k.act(t, k.report(t, "路灯"), desk, "wait", cases.Values{"until": "2016-10-10"}).ID
		}, "", ""},
		{"one that has ended does not", func(t *testing.T, k court) gov.ID { return k.act(t, k.report(t, "路灯"), desk, "close", nil).ID },
			"has ended: nothing can be merged into it", gov.Conflict},
		{"one that was merged itself does not", func(t *testing.T, k court) gov.ID {
			gone := k.report(t, "路灯")
			must(t, k.merge(t, gone, k.report(t, "路灯").ID, gov.ID{}))
			return gone.ID
		}, "has itself been merged into another", gov.Conflict},
		{"not even when it was opened again", func(t *testing.T, k court) gov.ID {
			gone := k.report(t, "路灯")
			must(t, k.merge(t, gone, k.report(t, "路灯").ID, gov.ID{}))
			return k.act(t, gone, desk, "reopen", nil).ID
		}, "has itself been merged into another", gov.Conflict},
		{"nor a case of another procedure", func(t *testing.T, k court) gov.ID {
			return k.begin(t, "payment", cases.Input{Action: "enter", Actor: dockettest.Staff("li", "fgw", "clerk"),
				Values: cases.Values{"purpose": "印刷", "unit": "fgw", "amount": int64(100), "account": "1"}}).ID
		}, "nothing can be merged into it", gov.Conflict},
		{"nor what is no case", func(*testing.T, court) gov.ID { return gov.NewID(now) }, "there is no such case", gov.Invalid},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			run(t, sample(t, "report", reportYAML), func(t *testing.T, k court) {
				from, into, key := k.report(t, "路灯不亮"), tt.target(t, k), gov.NewID(now)
				before, _, _ := k.Case(t.Context(), into)
				err := k.merge(t, from, into, key)
				if tt.fails != "" {
					if gov.CodeOf(err) != tt.code || !strings.Contains(err.Error(), tt.fails) {
						t.Errorf("refused with %v", err)
					}
					if after, _, _ := k.Case(t.Context(), into); after.Version != before.Version {
						t.Errorf("what refused went from version %d to %d", before.Version, after.Version)
					}
					if from, _ = dockettest.Folded(t, k.Docket, from.ID); from.State != "open" || !from.Merged.IsZero() {
						t.Errorf("refused, the case is %s, merged into %v", from.State, from.Merged)
					}
					return
				}
				must(t, err)
				must(t, k.merge(t, from, into, key)) // sent twice
				from, _ = dockettest.Folded(t, k.Docket, from.ID)
				after, history := dockettest.Folded(t, k.Docket, into)
				last := history[len(history)-1]
				if from.State != "merged" || from.Merged != into || from.Version != 2 {
					t.Errorf("merged, the case is %s in version %d, merged into %v", from.State, from.Version, from.Merged)
				}
				if last.Kind != cases.Absorbed || last.Merge != from.ID || last.By.Person != "desk" || last.By.Unit != "zfb" {
					t.Errorf("the last event there is %+v", last)
				}
				if n := len(after.Absorbed); n != len(before.Absorbed)+1 || after.Absorbed[n-1] != from.ID || after.State != "open" {
					t.Errorf("it took in %v, before %v, and is %s", after.Absorbed, before.Absorbed, after.State)
				}
			})
		})
	}
}

// Of two cases that are merged into each other at once one stays.
func TestMergeIntoEachOther(t *testing.T) {
	t.Parallel()
	run(t, sample(t, "report", reportYAML), func(t *testing.T, k court) {
		for range 8 {
			pair := []cases.Case{k.report(t, "甲"), k.report(t, "乙")}
			errs := make([]error, 2)
			var wg sync.WaitGroup
			for i := range pair {
				wg.Go(func() { errs[i] = k.merge(t, pair[i], pair[1-i].ID, gov.ID{}) })
			}
			wg.Wait()
			merged := 0
			for i := range pair {
				if c, _ := dockettest.Folded(t, k.Docket, pair[i].ID); !c.Merged.IsZero() {
					merged++
				} else if gov.CodeOf(errs[i]) != gov.Conflict {
					t.Errorf("the one that stays was told %v", errs[i])
				}
			}
			if merged > 1 {
				t.Errorf("both are gone")
			}
		}
	})
}
