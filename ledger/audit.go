package ledger

import (
	"cmp"
	"slices"

	"quanxiang/gov"
)

// MaxLag is how far, in milliseconds, an entry's time may lie before the latest
// time among the entries before it. Acts that overlap may be sequenced in
// another order than they were stamped, but no act takes a quarter of an hour.
const MaxLag = 15 * 60 * 1000

// Problem is what kind of defect a finding is.
type Problem string

// The problems Verify knows.
const (
	BadCheckpoint Problem = "checkpoint" // missing, not signed by the key, or malformed
	BadRoot       Problem = "root"       // the entries do not have the signed root
	BadTile       Problem = "tile"       // a tile is missing or not what the entries hash to
	MissingEntry  Problem = "missing"    // an entry the checkpoint counts is not there
	ChangedEntry  Problem = "changed"    // an entry is not the one that was signed
	BadEntry      Problem = "form"       // an entry is not in canonical form
	WrongDistrict Problem = "district"   // an entry of another district
	TurnedBack    Problem = "time"       // an entry is stamped too long before one that precedes it
	Duplicate     Problem = "duplicate"  // two entries of one event
)

// Finding is one defect, with the entry it is about where there is one.
type Finding struct {
	Problem Problem
	Index   int64  // of the entry, or -1
	ID      gov.ID // of the entry as it reads now, or zero
	Text    gov.Text
}

// Audit checks entries in the order of the tree, whatever keeps them: each must
// decode, belong to one district, not turn time back and not repeat an event.
// It remembers 24 bytes of each entry for the last.
type Audit struct {
	District gov.District // whose ledger; taken from the first entry when empty
	Found    func(Finding)

	latest int64
	seen   []seenID
}

type seenID struct {
	id    gov.ID
	index int64
}

// Entry checks the canonical bytes of the entry at an index; -1 stands for one
// that waits to be appended.
func (a *Audit) Entry(index int64, body []byte) (Entry, bool) {
	where := gov.Textf("第 %d 条", "entry %d", index)
	if index < 0 {
		where = gov.Text{ZH: "等待入账的条目", EN: "a waiting entry"}
	}
	report := func(p Problem, id gov.ID, zh, en string, args ...any) {
		t := gov.Textf(zh, en, args...)
		a.Found(Finding{p, index, id, gov.Text{ZH: where.ZH + t.ZH, EN: where.EN + t.EN}})
	}
	e, err := Decode(body)
	if err != nil {
		report(BadEntry, gov.ID{}, "：%[1]s", ": %[2]s", gov.TextOf(err, gov.ZH), gov.TextOf(err, gov.EN))
		return Entry{}, false
	}
	if a.District == "" {
		a.District = e.District
	}
	if e.District != a.District {
		report(WrongDistrict, e.ID, "（%[1]s）属于区划 %[2]s，不属于 %[3]s", " (%[1]s) belongs to district %[2]s, not %[3]s", e.ID, e.District, a.District)
	}
	if e.At < a.latest-MaxLag {
		report(TurnedBack, e.ID, "（%[1]s）的时间比前面的条目早 %[2]d 秒", " (%[1]s) is stamped %[2]d s before an entry that precedes it", e.ID, (a.latest-e.At)/1000)
	}
	a.latest = max(a.latest, e.At)
	a.seen = append(a.seen, seenID{e.ID, index})
	return e, true
}

// Finish reports events that appear twice.
func (a *Audit) Finish() {
	slices.SortFunc(a.seen, func(x, y seenID) int {
		if c := slices.Compare(x.id[:], y.id[:]); c != 0 {
			return c
		}
		return cmp.Compare(x.index, y.index)
	})
	for i := 1; i < len(a.seen); i++ {
		if x, y := a.seen[i-1], a.seen[i]; x.id == y.id {
			a.Found(Finding{Duplicate, y.index, y.id, gov.Textf("第 %[1]d 条与第 %[2]d 条是同一事件 %[3]s", "entries %[2]d and %[1]d are of the same event %[3]s", y.index, x.index, y.id)})
		}
	}
	a.seen = nil
}
