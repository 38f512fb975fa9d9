package docket_test

import (
	"fmt"
	"testing"

	"quanxiang/cases"
	"quanxiang/cases/docket"
	"quanxiang/gov"
)

// Two relations may be kept under one name: for whom one does not hold the
// other may. No page ends between the two.
func TestWorklistPages(t *testing.T) {
	t.Parallel()
	const yaml = `
procedure: pair
title: {zh: 双, en: Pair}
cite: 样例
number: "SH{seq:4}"
subject: name
fields: [{id: name, type: text, label: {zh: 名, en: Name}, open: public}]
parties:
  - {id: other, name: {zh: 他人, en: another}, who: "post(zfb, clerk) - did(enter)"}
  - {id: any, name: {zh: 任何人, en: anybody}, who: "post(zfb, clerk)"}
states:
  - {id: open, name: {zh: 办, en: Open}, kind: open}
  - {id: done, name: {zh: 完, en: Done}, kind: done}
actions:
  - {id: enter, name: {zh: 录, en: Enter}, at: [new], to: open, by: [any], asks: [name!]}
  - {id: check, name: {zh: 核, en: Check}, at: [open], to: done, by: [other]}
  - {id: amend, name: {zh: 改, en: Amend}, at: [open], by: [any], asks: [name]}
`
	run(t, sample(t, "pair", yaml), func(t *testing.T, k court) {
		const n = 7
		for i := range n {
			k.begin(t, "pair", cases.Input{Action: "enter", Actor: desk, Values: cases.Values{"name": fmt.Sprint(i)}})
		}
		for limit := 1; limit <= n+1; limit++ {
			seen := map[gov.ID]int{}
			for place, pages := (docket.Place{}), 0; pages == 0 || !place.IsZero(); pages++ {
				list, next, err := k.Worklist(t.Context(), desk, docket.Query{}, place, limit)
				must(t, err)
				if len(list) == 0 || len(list) > limit {
					t.Fatalf("a page of %d has %d cases", limit, len(list))
				}
				for _, r := range list {
					seen[r.ID]++
				}
				place = next
			}
			for id, times := range seen {
				if times != 1 {
					t.Errorf("by %d a page, case %s is there %d times", limit, id, times)
				}
			}
			if len(seen) != n {
				t.Errorf("by %d a page, %d of %d cases are there", limit, len(seen), n)
			}
		}
	})
}
