package ceremonytest

import (
	"context"
	"crypto/sha256"
	"testing"
	"time"

	"quanxiang/draw"
	"quanxiang/draw/lot"
	"quanxiang/draw/party"
	"quanxiang/inspections/ceremony"
	"quanxiang/people"
)

// Hall is a ceremony of the plan all of whose parties act with key files, which the
// host carries.
type Hall struct {
	T     testing.TB
	Plans Plans
	Draws *ceremony.Ceremonies
	Host  func() people.Standing // with a fresh proof
	Set   func(now time.Time)    // sets the clock of Draws
}

func (h *Hall) must(err error) {
	h.T.Helper()
	if err != nil {
		h.T.Fatal(err)
	}
}

func seed(name string) []byte { b := sha256.Sum256([]byte(name)); return b[:] }

// Act answers what is asked of each of the parties.
func (h *Hall) Act(signers ...string) {
	h.T.Helper()
	ctx := context.Background()
	for _, by := range signers {
		k, err := party.NewKey(by, append(seed("a "+by), seed("b "+by)...))
		h.must(err)
		r, err := h.Draws.Request(ctx, h.Host(), Plan, by)
		h.must(err)
		a, err := k.Answer(&r)
		h.must(err)
		h.must(h.Draws.Answer(ctx, h.Host(), Plan, by, a.Bytes()))
	}
}

// Ask asks for a record on behalf of the authority.
func (h *Hall) Ask(i ceremony.Intent) {
	h.T.Helper()
	h.must(h.Draws.Ask(context.Background(), h.Host(), Plan, i))
}

// Draw leads the ceremony from its arrangement to the teams.
func (h *Hall) Draw() {
	h.T.Helper()
	ctx, at := context.Background(), h.Plans.Times()[0]
	h.Set(time.Unix(at.T1-3600, 0))
	named := func(names ...string) (list []people.Standing) {
		for _, n := range names {
			list = append(list, people.Standing{Name: n})
		}
		return list
	}
	h.must(h.Draws.Arrange(ctx, h.Host(), Plan, h.Plans.Setup(people.Standing{Name: "双随机办公室"}, named("纪检", "代表", "公证处"), named("密封甲", "密封乙"))))
	witnesses := []string{"witness-0", "witness-1", "witness-2"}
	h.Act("authority", "witness-0", "witness-1", "witness-2", "seal-0", "seal-1", "authority")
	h.Act(witnesses...)
	h.Set(time.Unix(at.T1+1, 0))
	h.must(h.Draws.Advance(ctx, Plan))
	h.Act(witnesses...)
	h.Set(time.Unix(at.T3+5, 0))
	h.Ask(ceremony.Intent{Op: ceremony.OpOutside, Value: Drand})
	h.Act("seal-0", "seal-1") // elements
	h.Act("seal-0", "seal-1") // the draw
	h.Act("seal-0", "seal-1") // the teams
}

// Visits opens every visit, logs a result of each, has them published, and releases
// everything: the transcript is then complete. It returns a subject that was visited.
func (h *Hall) Visits(cases *Cases) (visited lot.UID) {
	h.T.Helper()
	ctx := context.Background()
	h.must(h.Draws.Follow(ctx, Plan))
	cases.End()
	h.must(h.Draws.Follow(ctx, Plan))
	h.Act("authority")
	h.must(h.Draws.Follow(ctx, Plan))
	h.Set(time.Unix(h.Plans.Times()[0].T5+1, 0))
	h.Ask(ceremony.Intent{Op: ceremony.OpRelease})
	h.Act("authority")
	v, err := h.Draws.View(ctx, h.Host(), Plan)
	h.must(err)
	if v.Status.Stage != draw.Released {
		h.T.Fatalf("the draw is at %q", v.Status.Stage)
	}
	return v.Visits[0].UID
}
