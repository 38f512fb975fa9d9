package market

import (
	"cmp"
	"context"
	"crypto/sha256"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"quanxiang/demo"
	"quanxiang/draw"
	"quanxiang/draw/outside"
	"quanxiang/draw/record"
	"quanxiang/gov"
	"quanxiang/inspections/ceremony"
	"quanxiang/people"
	"quanxiang/policy"
)

// held is a plan with its draw.
type held struct {
	*Market
	show *show
	n    int

	id          gov.ID // of the plan, zero as long as there is none
	frozen      bool
	first, last gov.Date // of the visits
	times       []record.Times
	who         map[string]gov.ID // by the signer's name
	cases       []gov.ID          // of the visits, in the order of their subjects
}

// The rhythm of a draw: witnesses commit until reveals begin, and secrets are shown in
// half an hour.
const (
	revealing = 30 * time.Minute
	settling  = 10 * time.Minute
)

// scenes are those of a draw that is held and over, from the time of its plan on.
func (h *held) scenes(at time.Time) (list []demo.Scene) {
	add := func(at time.Time, do func(context.Context) error) {
		list = append(list, demo.Scene{At: at, Do: func(ctx context.Context) error {
			if err := do(ctx); err != nil {
				return fmt.Errorf("the draw %q: %w", h.show.title, err)
			}
			return nil
		}})
	}
	next := h.after(at, 1)                                                   // the morning on which the lotteries' results are known
	h.first, h.last = gov.DateOf(h.after(at, 2)), gov.DateOf(h.after(at, 8)) // working days
	t1 := at.Add(2 * time.Hour)
	h.times = []record.Times{{T1: t1.Unix(), T2: t1.Add(revealing).Unix(), T3: next.Unix(), T4: next.Add(3 * time.Hour).Unix(), T5: h.last.Add(1).Time().Unix(),
		Window: [2]string{h.first.String(), h.last.String()}, Days: []record.Day{}}}
	add(at, h.begin)
	add(at.Add(time.Hour), h.arrange)
	add(at.Add(75*time.Minute), h.commits)
	add(t1.Add(time.Minute), h.close)
	add(t1.Add(5*time.Minute), func(ctx context.Context) error { return h.give(ctx, witnesses...) })
	add(next.Add(10*time.Minute), h.outside)
	add(next.Add(12*time.Minute), h.handOut)
	for day := range batches {
		on := h.after(at, 2+2*day)
		add(on.Add(time.Hour), func(ctx context.Context) error { return h.arrive(ctx, day) })
		add(on.Add(90*time.Minute), func(ctx context.Context) error { return h.found(ctx, day) })
		add(h.after(at, 3+2*day).Add(5*time.Hour), func(ctx context.Context) error { return h.review(ctx, "review") })
		add(h.after(at, 5+2*day).Add(30*time.Minute), func(ctx context.Context) error { return h.review(ctx, "publish") })
	}
	add(h.after(at, 12), h.release)
	add(h.after(at, 13).Add(time.Hour), h.attest)
	return list
}

// underWay are the scenes of the draw that is being held: everybody has committed, and
// who reveals next is whoever looks at the demonstration. There is time for that now,
// and tomorrow again.
func (h *held) underWay() []demo.Scene {
	at := h.Now.Add(-time.Hour).Truncate(time.Minute)
	today := gov.DateOf(h.Now)
	h.first, h.last = today.Add(10), today.Add(40)
	for _, t1 := range []time.Time{at.Add(50 * time.Minute), at.Add(27 * time.Hour)} {
		t2 := t1.Add(revealing + 10*time.Minute)
		t3 := t2.Add(settling)
		h.times = append(h.times, record.Times{T1: t1.Unix(), T2: t2.Unix(), T3: t3.Unix(), T4: t3.Add(24 * time.Hour).Unix(), T5: h.last.Add(1).Time().Unix(),
			Window: [2]string{h.first.String(), h.last.String()}, Days: []record.Day{}})
	}
	return []demo.Scene{
		{At: at, Do: h.wishes},
		{At: at.Add(time.Minute), Do: h.begin},
		{At: at.Add(15 * time.Minute), Do: h.arrange},
		{At: at.Add(30 * time.Minute), Do: h.commits},
		{At: at.Add(51 * time.Minute), Do: h.close},
	}
}

// after is the same time of day so many working days later.
func (h *held) after(at time.Time, days int) time.Time {
	d := gov.DateOf(at)
	clock := at.Sub(d.Time())
	for range days {
		d = h.Calendar.NextWorkday(d.Add(1)).Date
	}
	return d.Time().Add(clock)
}

// wishes are what departments propose besides.
func (h *held) wishes(ctx context.Context) error {
	for _, w := range free {
		if _, _, _, err := h.propose(ctx, w); err != nil {
			return err
		}
	}
	return nil
}

func (h *held) begin(ctx context.Context) (err error) {
	h.frozen, err = h.plan(ctx)
	return err
}

// witnesses are their names as signers.
var witnesses = []string{record.Witness(0), record.Witness(1), record.Witness(2)}

// arrange names the parties, who bring their keys, and the authority signs the plan.
func (h *held) arrange(ctx context.Context) error {
	if !h.frozen {
		return nil
	}
	setup := ceremony.Setup{Times: h.times, Length: 100}
	h.who = map[string]gov.ID{}
	var office people.Standing
	for _, p := range []struct {
		role ceremony.Role
		act  policy.Act
		name string
	}{
		{ceremony.Authority, policy.HoldDraws, "区双随机抽查工作领导小组办公室"},
		{ceremony.Witness, policy.WitnessDraws, "区人大代表（虚构）"}, {ceremony.Witness, policy.WitnessDraws, "区公证处（虚构）"}, {ceremony.Witness, policy.WitnessDraws, "行业协会代表（虚构）"},
		{ceremony.SealHolder, policy.SealDraws, "区监察局（虚构）"}, {ceremony.SealHolder, policy.SealDraws, "区法制办（虚构）"},
		{ceremony.Auditor, policy.AttestDraws, "区审计局（虚构）"}, {ceremony.Auditor, policy.AttestDraws, "区督查室（虚构）"},
	} {
		one := ceremony.Party{Role: p.role, Name: p.name, N: len(setup.Of(p.role))}
		by, ok, err := h.holder(ctx, p.act, one.N)
		if err != nil {
			return err
		}
		if !ok { // nobody is there for it
			h.frozen = false
			return nil
		}
		if one.Person = by.Person; p.role == ceremony.Authority {
			office = by
		}
		h.who[one.By()] = one.Person
		setup.Parties = append(setup.Parties, one)
	}
	for _, s := range []struct {
		source outside.Source
		every  int // days between results
	}{{outside.KL8, 1}, {outside.SSQ, 2}} {
		out := record.Source{Source: s.source}
		for _, t := range h.times {
			on := evening(t)
			out.Rounds, out.Dates = append(out.Rounds, int64(on.Year*1000+(yearDay(on)+s.every-1)/s.every)), append(out.Dates, on.String())
		}
		setup.Outside = append(setup.Outside, out)
	}
	if err := h.Draws.Arrange(ctx, office, h.id, setup); err != nil {
		return err
	}
	return h.give(ctx, append(slices.Clone(witnesses), record.SealHolder(0), record.SealHolder(1), record.Auditor(0), record.Auditor(1), record.Authority)...)
}

// evening is the day of the lotteries' results of an attempt: the first evening after
// reveals are due.
func evening(t record.Times) gov.Date {
	return gov.DateOf(time.Unix(t.T2, 0).Add(24*time.Hour - ceremony.LotteryHour*time.Hour))
}

func yearDay(d gov.Date) int { return d.Time().YearDay() }

// holder is the nth person with a role that grants an act.
func (h *held) holder(ctx context.Context, act policy.Act, n int) (people.Standing, bool, error) {
	for _, r := range h.Pack.Roles {
		if slices.Contains(r.Grants, act) {
			return h.standing(ctx, "", r.ID, n)
		}
	}
	return people.Standing{}, false, nil
}

// commits lets the witnesses commit.
func (h *held) commits(ctx context.Context) error { return h.give(ctx, witnesses...) }

// close is what the platform does by itself.
func (h *held) close(ctx context.Context) error {
	if !h.frozen {
		return nil
	}
	return h.Draws.Advance(ctx, h.id)
}

// give lets parties give what is asked of them, with the keys of their accounts, until
// nothing is.
func (h *held) give(ctx context.Context, signers ...string) error {
	for asked := h.frozen; asked; {
		asked = false
		for _, signer := range signers {
			by, err := h.of(ctx, h.who[signer])
			if err != nil {
				return err
			}
			v, err := h.Draws.View(ctx, by, h.id)
			if err != nil {
				return err
			}
			if len(v.Asks[signer]) == 0 {
				continue
			}
			if err := h.unlock(ctx, by, &v); err != nil {
				return err
			}
			if err := h.Draws.Act(ctx, by, h.id, signer); err != nil {
				return err
			}
			asked = true
		}
	}
	return nil
}

// unlock opens somebody's key, and makes it first if there is none: of the same chance
// each time the same district is invented.
func (h *held) unlock(ctx context.Context, by people.Standing, v *ceremony.View) error {
	switch {
	case !v.HasKey:
		a := sha256.Sum256(fmt.Appendf(nil, "%d signs %s", h.Seed, by.Name))
		b := sha256.Sum256(fmt.Appendf(nil, "%d keeps %s", h.Seed, by.Name))
		return h.Draws.Safe.Make(ctx, by, demo.Password, append(a[:], b[:]...))
	case v.Open.IsZero():
		return h.Draws.Safe.Unlock(ctx, by, demo.Password)
	}
	return nil
}

// ask asks for a record in the name of the office, which signs it with others.
func (h *held) ask(ctx context.Context, i ceremony.Intent, with ...string) error {
	office, err := h.of(ctx, h.who[record.Authority])
	if err != nil {
		return err
	}
	if err := h.Draws.Ask(ctx, office, h.id, i); err != nil {
		return err
	}
	return h.give(ctx, append([]string{record.Authority}, with...)...)
}

// outside enters the values of the lotteries, each with a witness, and the seal holders
// show their elements: the draw and its teams follow.
func (h *held) outside(ctx context.Context) error {
	if !h.frozen {
		return nil
	}
	rng := rand.New(rand.NewPCG(h.Seed, uint64(h.n)))
	on := evening(h.times[0]).String()
	for i, value := range []string{
		"快乐8|" + on + "|" + numbers(rng, 20, 80),
		"双色球|" + on + "|" + numbers(rng, 6, 33) + "|" + numbers(rng, 1, 16),
	} {
		if err := h.ask(ctx, ceremony.Intent{Op: ceremony.OpOutside, Value: value, N: i}, witnesses[i]); err != nil {
			return err
		}
	}
	if err := h.give(ctx, record.SealHolder(0), record.SealHolder(1)); err != nil {
		return err
	}
	return h.reached(ctx, draw.Visiting)
}

// numbers are the invented numbers of a lottery.
func numbers(rng *rand.Rand, take, of int) string {
	list := rng.Perm(of)[:take]
	slices.SortFunc(list, cmp.Compare)
	words := make([]string, take)
	for i, n := range list {
		words[i] = fmt.Sprintf("%02d", n+1)
	}
	return strings.Join(words, ",")
}

// reached makes sure that the draw stands where the next scene needs it.
func (h *held) reached(ctx context.Context, stage draw.Stage) error {
	c, err := h.Draws.Store.Ceremony(ctx, h.id)
	if err == nil && c.Stage != stage {
		err = fmt.Errorf("it is at %q, not at %q: %v", c.Stage, stage, c.State.Refused)
	}
	return err
}

// release ends the draw once all visits are over.
func (h *held) release(ctx context.Context) error {
	if !h.frozen {
		return nil
	}
	if err := h.ask(ctx, ceremony.Intent{Op: ceremony.OpRelease}); err != nil {
		return err
	}
	return h.reached(ctx, draw.Released)
}

// attest lets the auditors compute everything again and say what they found.
func (h *held) attest(ctx context.Context) error {
	if !h.frozen {
		return nil
	}
	transcript, err := h.Draws.Transcript(ctx, h.id)
	if err != nil {
		return err
	}
	for n := range 2 {
		signer := record.Auditor(n)
		by, err := h.of(ctx, h.who[signer])
		if err != nil {
			return err
		}
		sealed, err := h.Draws.Sealed(ctx, by, h.id)
		if err != nil {
			return err
		}
		if found := draw.Verify(transcript, sealed); found.Kind != draw.Incomplete || found.Missing != "attestations" { // all but their own word is there
			return fmt.Errorf("the transcript is %s", found)
		}
		if err := h.Draws.Attest(ctx, by, h.id, n, draw.Valid); err != nil {
			return err
		}
		if err := h.give(ctx, signer); err != nil {
			return err
		}
	}
	return nil
}
