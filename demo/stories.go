package demo

import (
	"context"
	"fmt"
	"math/rand/v2"
	"time"

	"quanxiang/cases"
	"quanxiang/gov"
)

// stories are the ways a duty can go, with how many of a hundred go so. There
// are as many of each as their share asks for, but one at least while there
// are duties enough; the earlier ones come first when there are not.
var stories = []struct {
	share int
	tell  func(*plan)
}{
	{7, (*plan).overdue}, {33, (*plan).onTrack}, {9, (*plan).closed}, {8, (*plan).atRisk}, {3, (*plan).left}, {5, (*plan).submitted},
	{7, (*plan).split}, {3, (*plan).suspended}, {5, (*plan).extended}, {2, (*plan).reopened}, {4, (*plan).waiting}, {3, (*plan).redone},
	{2, (*plan).unanswered}, {2, (*plan).sentBack}, {2, (*plan).extending}, {2, (*plan).resumed}, {1, (*plan).refused}, {2, (*plan).dropped},
}

// deal gives each duty its story.
func (s *show) deal() []func(*plan) {
	n := len(s.duties)
	deck := make([]func(*plan), 0, n)
	for _, st := range stories {
		for range max(1, st.share*n/100) {
			if len(deck) < n {
				deck = append(deck, st.tell)
			}
		}
	}
	for len(deck) < n {
		deck = append(deck, (*plan).onTrack)
	}
	rng := rand.New(rand.NewPCG(s.Seed, 1<<32))
	rng.Shuffle(n, func(i, j int) { deck[i], deck[j] = deck[j], deck[i] })
	return deck
}

// early is a day in the first third of the history, when most duties were
// confirmed.
func (p *plan) early() int { return p.between(1, len(p.days)/3) }

// ahead is a date from so many to so many days after now.
func (p *plan) ahead(lo, hi int) gov.Date { return gov.DateOf(p.now).Add(p.between(lo, hi)) }

// distant is a due date that leaves a duty confirmed on a day on time: the end
// of a quarter of the next years, or what the document says when that is as
// far away.
func (p *plan) distant(day int) gov.Date {
	today := gov.DateOf(p.now)
	gone := int(today.Time().Sub(p.days[day].Time()).Hours() / 24)
	least := today.Add(max(gone/2, 45))
	if end, err := gov.ParseDate(p.duty.Values.Text("end")); err == nil && least.Before(end) {
		return end
	}
	d := gov.Date{Year: least.Year + p.rng.IntN(3), Month: time.December, Day: 31}
	if p.rng.IntN(3) == 0 {
		d = gov.Date{Year: d.Year, Month: time.June, Day: 30}
	}
	for d.Before(least) {
		d = d.AddYears(1)
	}
	return d
}

// begin plans a duty up to where it is in progress and on time, and reported on
// until a day.
func (p *plan) begin(day int, due gov.Date, until int) {
	p.confirm(day, due)
	p.accept()
	from := p.days[day]
	p.report(until, min(p.share(from, due, until)+int64(p.between(0, 9)), 96))
}

func (p *plan) onTrack() {
	day := p.early()
	p.begin(day, p.distant(day), p.last()-p.between(0, 15))
}

func (p *plan) atRisk() {
	day, due := p.early(), p.ahead(8, 24)
	p.confirm(day, due)
	p.accept()
	p.report(p.last()-p.between(2, 12), int64(p.between(30, 70)))
	if p.rng.IntN(2) == 0 {
		p.do(p.last(), p.office, "urge", cases.Values{"demand": p.pick(urges)})
	}
}

func (p *plan) overdue() {
	day, due := p.early(), p.ahead(-50, -8)
	p.confirm(day, due)
	p.accept()
	late := p.dayOf(due)
	p.report(late-p.between(8, 20), int64(p.between(40, 85)))
	p.do(max(late-p.between(2, 6), p.day()+1), p.office, "urge", cases.Values{"demand": p.pick(urges)})
	p.do(late+p.between(2, 3), p.office, "escalate", cases.Values{"demand": p.pick(escalations)})
	switch p.rng.IntN(3) {
	case 0:
		if p.leader != nil {
			p.do(p.day()+1, p.leader, "urge", cases.Values{"demand": p.pick(urges)})
		}
	case 1:
		p.remark(p.day()+1, p.head, p.pick(excuses))
	}
}

func (p *plan) unanswered() {
	p.confirm(p.last()-p.between(9, 18), p.distant(p.last()))
	p.do(p.day()+p.between(6, 7), p.office, "escalate", cases.Values{"demand": "请于两个工作日内签收，并明确经办人。"})
}

func (p *plan) waiting() { p.confirm(p.last()-p.between(0, 2), p.distant(p.last())) }

func (p *plan) left() {}

func (p *plan) dropped() {
	p.do(p.early(), p.office, "drop", cases.Values{"reason": "此项为原则性表述，没有可以核查的成果，不单独列为任务。"})
}

func (p *plan) sentBack() {
	day := p.early()
	due := p.distant(day)
	p.confirm(day, due)
	p.do(p.day()+p.between(1, 3), p.head, "send_back", cases.Values{"reason": "牵头单位有误，此项工作由配合单位承担较为合适，请核实。"})
	if p.rng.IntN(3) > 0 {
		p.begin(p.day()+p.between(1, 4), due, p.last()-p.between(3, 20))
	}
}

// late plans a duty that cannot be done by its first date, up to shortly before
// that date.
func (p *plan) late(due gov.Date) {
	p.confirm(p.early(), due)
	p.accept()
	p.report(p.dayOf(due)-p.between(14, 25), int64(p.between(45, 75)))
}

// ask plans that the head asks for more time.
func (p *plan) ask(day int, due gov.Date) bool {
	return p.do(day, p.head, "extend", cases.Values{"new_end": due.String(), "reason": p.pick(delays)})
}

func (p *plan) extended() {
	due := p.ahead(-60, -14)
	p.late(due)
	if p.ask(max(p.dayOf(due)-p.between(4, 8), p.day()+1), p.ahead(90, 200)) {
		p.agree(p.day()+1, p.office, true, "同意延期，请按新的期限倒排工期。")
		p.report(p.last()-p.between(0, 5), int64(p.between(72, 90)))
	}
}

func (p *plan) extending() {
	p.late(p.ahead(10, 40))
	p.ask(max(p.last()-2, p.day()+1), p.ahead(90, 200))
}

func (p *plan) refused() {
	p.late(p.ahead(3, 9))
	if p.ask(max(p.last()-p.between(6, 9), p.day()+1), p.ahead(120, 240)) {
		p.agree(p.day()+2, p.office, false, "理由不充分，请加派力量，按期完成。")
	}
}

// suspend plans that the duty rests until a date.
func (p *plan) suspend(day int, until gov.Date) {
	if p.do(day, p.head, "suspend", cases.Values{"until": until.String(), "reason": p.pick(suspensions)}) {
		p.agree(p.day()+p.between(1, 2), p.other, true, "")
	}
}

func (p *plan) suspended() {
	day := p.early()
	p.begin(day, p.distant(day), p.last()-p.between(35, 45))
	p.suspend(max(p.last()-p.between(8, 25), p.day()+1), p.ahead(20, 90))
}

func (p *plan) resumed() {
	day := p.early()
	p.begin(day, p.distant(day), len(p.days)/2)
	back := min(p.day()+p.between(20, 35), p.last()-8)
	p.suspend(p.day()+2, p.days[back])
	p.wait(back)
	p.report(p.last()-p.between(0, 6), int64(p.between(70, 90)))
}

func (p *plan) submitted() {
	day := p.early()
	p.begin(day, p.ahead(20, 120), p.last()-16)
	p.submit(p.last() - p.between(0, 5))
}

// done plans a duty that is reported done on a day and checked by the officer
// who did not confirm it.
func (p *plan) done(by int) {
	day := p.between(1, max(by/3, 1))
	p.begin(day, p.days[min(by+p.between(3, 30), p.last())], by-6)
	p.submit(by)
	p.do(p.day()+p.between(1, 5), p.other, "close", nil)
}

func (p *plan) closed() { p.done(p.between(len(p.days)*2/5, p.last()-7)) }

func (p *plan) reopened() {
	p.done(p.between(len(p.days)*2/5, len(p.days)*3/5))
	if p.do(p.day()+p.between(15, 25), p.office, "reopen", cases.Values{"reason": "回头看发现成果没有落到实处，群众反映问题仍在。", "end": p.ahead(60, 150).String()}) {
		p.progress = 40
		p.report(p.last()-p.between(0, 8), int64(p.between(60, 85)))
	}
}

func (p *plan) redone() {
	day := p.early()
	p.begin(day, p.distant(day), p.last()-45)
	p.submit(p.last() - p.between(20, 30))
	if p.do(p.day()+p.between(1, 4), p.other, "redo", cases.Values{"reason": p.pick(shortfalls), "progress": int64(p.between(70, 85))}) {
		p.progress = 80
		p.report(p.last()-p.between(0, 4), 92)
	}
}

// split plans a duty of several years. What becomes of its milestones is
// planned when they are there.
func (p *plan) split() {
	day := p.early()
	p.confirm(day, gov.Date{Year: p.now.In(gov.China).Year() + p.between(1, 3), Month: time.December, Day: 31})
	p.accept()
	due, _ := gov.ParseDate(p.duty.Values.Text("end")) // set by confirm
	p.on(p.day()+p.between(2, 6), func(ctx context.Context, at time.Time) error {
		years := due.Year - at.In(gov.China).Year() + 1
		if err := p.act(ctx, p.clerk, at, p.duty.ID, "split", cases.Values{"years": int64(years)}); err != nil {
			return err
		}
		parts, err := p.Docket.Children(ctx, p.duty.ID)
		if err != nil {
			return err
		}
		p.parts = nil
		for _, r := range parts {
			p.parts = append(p.parts, r.ID)
		}
		return nil
	})
	for nth := range due.Year - p.days[day].Year + 1 {
		p.part(nth, p.days[day].Year+nth)
	}
	p.report(p.last()-p.between(0, 8), int64(p.between(20, 60)))
}

// part plans what becomes of the milestone of a year.
func (p *plan) part(nth, year int) {
	do := func(day int, who *person, action string, v cases.Values) bool {
		return p.on(day, func(ctx context.Context, at time.Time) error {
			if nth >= len(p.parts) {
				return nil // the split came in the year after
			}
			return p.act(ctx, who, at, p.parts[nth], action, v)
		})
	}
	this := p.now.In(gov.China).Year()
	if year > this+1 || year == this+1 && p.rng.IntN(2) == 0 {
		return // to be planned
	}
	if !do(p.day()+p.between(1, 3), p.clerk, "plan", cases.Values{"goal": fmt.Sprintf("%d年%s", year, p.pick(goals))}) || year > this {
		return
	}
	fate := p.rng.IntN(4)
	if fate == 0 && year == this {
		return // at work, the year's end draws near
	}
	if do(p.last()-p.between(8, 25), p.clerk, "submit", cases.Values{"report": p.pick(completions)}) && fate > 1 {
		do(p.day()+p.between(1, 4), p.head, "approve", nil)
	}
}
