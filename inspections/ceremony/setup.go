package ceremony

import (
	"strings"
	"time"

	"quanxiang/canon"
	"quanxiang/draw/lot"
	"quanxiang/draw/outside"
	"quanxiang/draw/record"
	"quanxiang/gov"
	"quanxiang/inspections"
)

// Defaults of a setup.
const (
	defaultLength = 1000
	commitFor     = 20 * time.Minute // from the setup to T1
	revealFor     = 20 * time.Minute
	settleFor     = 10 * time.Minute // the least from T2 to T3
	drawFor       = 2 * time.Hour
)

// Proposed are times for a plan whose window is known: witnesses commit and reveal
// within the next forty minutes. Each of its days, 0 for a plan without, is drawn by
// six in the evening before.
func Proposed(now time.Time, first, last gov.Date, days int) record.Times {
	t1 := now.Add(commitFor).Truncate(time.Minute).Unix()
	t := record.Times{T1: t1, T2: t1 + int64(revealFor/time.Second), Window: [2]string{first.String(), last.String()}, Days: []record.Day{}}
	t.T3 = t.T2 + int64(settleFor/time.Second)
	t.T4 = t.T3 + int64(drawFor/time.Second)
	for d := range days {
		date := first.Add(d)
		by := max(t.T4+int64(d)*3600, date.Add(-1).Time().Add(18*time.Hour).Unix())
		t.Days = append(t.Days, record.Day{Date: date.String(), By: by})
	}
	t.T5 = max(t.T4, last.Add(1).Time().Unix())
	if days > 0 {
		t.T5 = max(t.T5, t.Days[days-1].By)
	}
	return t
}

// Later are the times of a second attempt, so many days after the first: what the first
// was drawn from was fixed for the days of the visits, so these end when they ended, and
// begin as late as the draw wants.
func Later(t record.Times, days int) record.Times {
	const day = 24 * 3600
	shift := int64(days) * day
	again := record.Times{T1: t.T1 + shift, T2: t.T2 + shift, T3: t.T3 + shift, T4: t.T4 + shift, Window: t.Window, Days: []record.Day{}}
	again.T5 = max(t.T5, again.T4)
	if first := gov.DateOf(time.Unix(again.T3, 0)).Add(1).String(); first > t.Window[0] {
		again.Window[0] = first
	}
	for _, d := range t.Days {
		d.By = max(d.By, again.T4)
		if n := len(again.Days); n > 0 {
			d.By = max(d.By, again.Days[n-1].By+1)
		}
		again.Days = append(again.Days, d)
		again.T5 = max(again.T5, d.By)
	}
	return again
}

// Drand is the plan's outside source where drand is reached, with the round of
// each attempt.
func Drand(times []record.Times) record.Source {
	s := record.Source{Source: outside.Drand}
	for _, t := range times {
		s.Rounds, s.Dates = append(s.Rounds, outside.Round(t.T3)), append(s.Dates, "")
	}
	return s
}

// tidy fills in what is computed and checks what can be checked before keys are
// known.
func (s *Setup) tidy(f *inspections.Frozen) error {
	if s.Length == 0 {
		s.Length = defaultLength
	}
	counts := map[Role]int{}
	for i := range s.Parties {
		p := &s.Parties[i]
		p.Name = strings.TrimSpace(p.Name)
		p.N = counts[p.Role]
		counts[p.Role]++
		if p.Name == "" {
			return gov.Errorf(gov.Invalid, "请填写每一方的名称", "every party has a name").On("parties")
		}
	}
	if counts[Authority] != 1 {
		return gov.Errorf(gov.Invalid, "应有一个组织抽取的部门", "one authority holds the draw").On("parties")
	}
	if s.MinReveals == 0 {
		s.MinReveals = max(2, counts[Witness]-1)
	}
	// A plan with keys that nobody can have shows what else is wrong.
	p := s.plan(f, [32]byte{}, "平台", lot.Hash{})
	if err := p.Shape(); err != nil {
		return err
	}
	if err := p.Check(); err != nil {
		return err
	}
	return s.unknown()
}

// LotteryHour is the hour of the day, in China, before which no lottery of a plan
// draws: they all do in the evening.
const LotteryHour = 21

// unknown holds that what lotteries give is not known yet when reveals are due, and is
// there when the draw is logged. The protocol asks for the form of a date alone, since a
// verifier cannot know when a lottery draws.
func (s *Setup) unknown() error {
	for i := range s.Times {
		reveals, logged := time.Unix(s.Times[i].T2, 0), gov.DateOf(time.Unix(s.Times[i].T4, 0))
		for _, src := range s.Outside {
			if src.Source.Millibits() == 0 || i >= len(src.Dates) {
				continue
			}
			day, err := gov.ParseDate(src.Dates[i])
			if err != nil {
				return err
			}
			name := src.Source.Name()
			if day.Time().Add(LotteryHour * time.Hour).Before(reveals) {
				return gov.Errorf(gov.Invalid, "%[2]s（%[1]s）在揭示截止之前开奖，结果已为人知，请改用揭示截止之后的一期",
					"the %[3]s of %[1]s is before reveals are due: its result would be known; take one after that", day, name.ZH, name.EN).On("source")
			}
			if logged.Before(day) {
				return gov.Errorf(gov.Invalid, "%[2]s（%[1]s）在抽取截止之后才开奖", "the %[3]s of %[1]s is after this draw is logged", day, name.ZH, name.EN).On("source")
			}
		}
	}
	return nil
}

// plan is the frozen plan with what the parties brought.
func (s *Setup) plan(f *inspections.Frozen, platform [32]byte, name string, verifier lot.Hash) record.Plan {
	p := f.Plan
	p.V, p.Attempt = record.Version, 1
	p.Platform = record.Party{Name: name, Key: platform}
	p.Witnesses, p.Seals, p.Auditors = []record.Party{}, []record.Seal{}, []record.Party{}
	for _, x := range s.Parties {
		var key [32]byte
		copy(key[:], x.Key)
		switch x.Role {
		case Authority:
			p.Authority = record.Party{Name: x.Name, Key: key}
		case Witness:
			p.Witnesses = append(p.Witnesses, record.Party{Name: x.Name, Key: key})
		case Auditor:
			p.Auditors = append(p.Auditors, record.Party{Name: x.Name, Key: key})
		case SealHolder:
			var anchor lot.Hash
			copy(anchor[:], x.Anchor)
			p.Seals = append(p.Seals, record.Seal{Name: x.Name, Key: key, Anchor: anchor, Length: s.Length})
		}
	}
	p.Times, p.Outside, p.MinReveals, p.Verifier = s.Times, s.Outside, s.MinReveals, verifier
	if p.Basis == nil {
		p.Basis = []string{}
	}
	return p
}

// parsed is a plan body that this room wrote.
func parsed(body []byte) (p record.Plan, err error) {
	return p, canon.Unmarshal(body, &p)
}

// Days is how many days a frozen plan is drawn on, 0 when all is drawn at once.
func Days(p *record.Plan) int {
	for i := range p.Frames {
		for _, s := range p.Frames[i].Strata {
			if s.Days != nil {
				return len(*s.Days)
			}
		}
	}
	return 0
}
