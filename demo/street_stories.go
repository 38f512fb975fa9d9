package demo

import (
	"context"
	"time"

	"quanxiang/cases"
	"quanxiang/cases/casework"
	"quanxiang/gov"
	"quanxiang/residents"
)

// reportStory is a way a report can go, with how many of a thousand go so.
type reportStory struct {
	share int
	late  int // told after those with less
	tell  func(*tale)
	asks  bool // a unit asks for something while it has time left
}

var reportStories = []reportStory{
	{430, 0, (*tale).solved, false}, {40, 0, (*tale).contested, false}, {45, 0, (*tale).redone, false}, {30, 0, (*tale).answeredOnly, false}, {30, 0, (*tale).wentBack, true},
	{15, 0, (*tale).movedOn, false}, {20, 0, (*tale).gotTime, true}, {8, 0, (*tale).asksTime, true}, {20, 0, (*tale).rests, true}, {8, 0, (*tale).rested, true}, {40, 0, (*tale).late, false},
	{35, 0, (*tale).refusedReport, false}, {6, 0, (*tale).annulled, false}, {40, 0, (*tale).onTheSpot, false}, {6, 0, (*tale).calledBack, false}, {25, 0, (*tale).toldAtOnce, false},
	{18, 0, (*tale).fresh, false}, {12, 0, (*tale).doubtful, false}, {10, 0, (*tale).verifying, false}, {12, 0, (*tale).toDispatch, false}, {25, 0, (*tale).toAccept, false}, {70, 0, (*tale).inHand, false},
	{16, 0, (*tale).toCheck, false}, {14, 0, (*tale).beingChecked, false}, {10, 0, (*tale).toClose, false},
	{28, 1, (*tale).merged, false},
}

// whole is how many minutes a report takes at most from its arrival to its end,
// so that one that begins so long before now has ended.
func (t *tale) whole() int { return t.row.limit + 200 }

// past draws how long ago something began that took so long and is over.
func (t *tale) past(took int) int { return took + t.between(30, max(t.worked-took-30, 31)) }

func (t *tale) solved() {
	ago := t.past(t.whole())
	if t.arrive(ago, "") && t.file() {
		if t.filed = t.cursor; t.row.limit >= dayMinutes { // it is not closed within the hour
			t.leading = append(t.leading, t)
		}
		if t.dispatch() && t.accept() && t.submit(10, 80) && t.close() && t.proven && t.chance(60) {
			t.rate(t.between(20, 3*dayMinutes))
		}
	}
}

// contested: closed, not agreed to, and dispatched again.
func (t *tale) contested() {
	if !t.handled(t.between(t.whole()+300, t.whole()+6*dayMinutes), "web") || !t.close() {
		return
	}
	closed, wait := t.instant(t.cursor), t.between(60, dayMinutes)
	if t.instant(t.grid(t.cursor+wait)).Sub(closed) > 6*24*time.Hour { // holidays lie between
		return
	}
	if !t.asks(wait, "contest", cases.Values{"reason": t.pick(contests)}) {
		return
	}
	if t.dispatch() && t.accept() && t.chance(60) && t.submit(15, 60) && t.close() && t.chance(60) {
		t.rate(t.between(30, 300))
	}
}

// redone: the check found it not done.
func (t *tale) redone() {
	if !t.handled(t.past(t.whole()+240), "") || !t.check("not_fixed") ||
		!t.says(t.between(5, 30), t.of(intakeUnit, acceptorRole), "redo", cases.Values{"reason": t.pick(misses)}) {
		return
	}
	if t.submit(5, 20) {
		t.close()
	}
}

// answeredOnly: it cannot be solved, and the head of the shift agrees to say so.
func (t *tale) answeredOnly() {
	if t.handled(t.past(t.whole()), "") && t.check("cannot_tell") &&
		t.says(t.between(5, 30), t.of(intakeUnit, acceptorRole), "close_answered", cases.Values{"reply": t.pick(answeredOnly), "reason": t.pick(whyAnswered)}) {
		t.agrees(t.between(10, 90), t.of(intakeUnit, shiftRole), true, "情况属实，同意答复结案。")
	}
}

// wentBack: the unit gives it back and another one, or the committee, takes it.
func (t *tale) wentBack() {
	if !t.arrive(t.past(t.whole()+200), "") || !t.file() || !t.dispatch() ||
		!t.says(max(min(t.row.limit/10, 60)-5, 1), t.of(t.unit, leadRole), "give_back", cases.Values{"reason": t.pick(givenBack)}) {
		return
	}
	t.unit, t.helper = fallbackUnit, ""
	if t.says(t.between(5, 14), t.of(dispatchUnit, dispatcherRole), "dispatch_fallback", cases.Values{"reason": "权属不清，按规定先行处置。"}) &&
		t.accept() && t.submit(20, 90) {
		t.close()
	}
}

// movedOn: dispatched to one unit, transferred to another.
func (t *tale) movedOn() {
	if !t.arrive(t.past(t.whole()+200), "hotline") || !t.file() {
		return
	}
	right, helper := t.unit, t.helper
	if t.unit, t.helper = t.office, ""; right == t.office {
		t.unit = fallbackUnit
	}
	if !t.dispatch() || !t.accept() {
		return
	}
	t.unit, t.helper = right, helper
	if t.says(t.between(10, 40), t.of(dispatchUnit, dispatcherRole), "transfer", cases.Values{"unit": t.unit, "reason": t.pick(transferred)}) &&
		t.accept() && t.submit(20, 70) {
		t.close()
	}
}

// asked plans that the unit asks for more time.
func (t *tale) askTime(ago int) bool {
	return t.arrive(ago, "") && t.file() && t.dispatch() && t.accept() &&
		t.says(max(t.row.limit/3, 5), t.of(t.unit, leadRole), "extend", cases.Values{"reason": t.pick(moreTime)})
}

func (t *tale) gotTime() {
	if t.askTime(t.past(2*t.whole())) && t.agrees(t.between(5, 15), t.of(dispatchUnit, dispatcherRole), true, "") &&
		t.agrees(t.between(5, 15), t.of(intakeUnit, shiftRole), true, "请先做好现场防护。") && t.submit(60, 120) {
		t.close()
	}
}

func (t *tale) asksTime() { t.askTime(t.row.limit/2 + 70) }

// rest plans that the case is suspended until some days after now, or before.
func (t *tale) rest(ago, days int) bool {
	until := gov.DateOf(t.now).Add(days)
	return t.arrive(ago, "") && t.file() && t.dispatch() && t.accept() &&
		t.says(max(t.row.limit/5, 5), t.of(t.unit, leadRole), "suspend", cases.Values{"until": until.String(), "reason": t.pick(resting)}) &&
		t.agrees(t.between(5, 30), t.of(dispatchUnit, dispatcherRole), true, "") &&
		t.agrees(t.between(30, 120), t.of(t.cast.office, "supervision"), true, "到期请立即恢复处置。")
}

func (t *tale) rests() { t.rest(t.between(dayMinutes, 8*dayMinutes)+t.row.limit/3, t.between(4, 40)) }

func (t *tale) rested() {
	if t.rest(10*dayMinutes+t.row.limit/3, -t.between(4, 6)) {
		t.cursor = max(t.cursor, t.worked-2*dayMinutes)
		if t.submit(5, 20) {
			t.close()
		}
	}
}

// late: the time is over, the lead is told, then supervision; some are urged.
func (t *tale) late() {
	if t.row.limit > 2*dayMinutes {
		t.row.limit = 2 * dayMinutes // only how soon the unit takes it on
	}
	if !t.arrive(t.row.limit*9/8+t.between(200, 4*dayMinutes), "") || !t.file() || !t.dispatch() || !t.accept() {
		return
	}
	switch t.rng.IntN(3) {
	case 0:
		t.cursor += t.row.limit
		t.says(t.between(30, 90), t.of(dispatchUnit, dispatcherRole), "urge", cases.Values{"demand": t.pick(streetUrges)})
	case 1:
		if t.submit(110, 160) {
			t.close()
		}
	}
}

func (t *tale) refusedReport() {
	r := refusals[t.rng.IntN(len(refusals))]
	if !t.arrive(t.between(60, t.worked-30), []string{"web", "hotline"}[t.rng.IntN(2)]) || t.chance(40) && !t.verify(false) {
		return
	}
	t.says(t.between(4, 11), t.of(intakeUnit, acceptorRole), "refuse", cases.Values{"refusal": r.reason, "reply": r.reply})
}

func (t *tale) annulled() {
	if t.arrive(t.between(100, t.worked-30), "hotline") &&
		t.says(t.between(4, 11), t.of(intakeUnit, acceptorRole), "annul", cases.Values{"reason": "来电人随后撤回，与另一通来电重复登记。"}) {
		t.agrees(t.between(5, 30), t.of(intakeUnit, shiftRole), true, "")
	}
}

// onTheSpot: a small matter that a supervisor puts right at once.
func (t *tale) onTheSpot() {
	t.cursor, t.channel = t.worked-t.between(30, t.worked-30), "patrol"
	t.found(t.of(t.office, supervisorRole), "settle", cases.Values{"about": t.pick(t.about), "place": t.place.String(), "class": t.class, "result": t.pick(t.done)})
}

// calledBack: closed, and opened again by the head of the shift.
func (t *tale) calledBack() {
	if t.handled(t.whole()+t.between(300, 700), "hotline") && t.close() &&
		t.says(t.between(100, 250), t.of(intakeUnit, shiftRole), "reopen", cases.Values{"reason": "电话回访，报告人说问题又出现了。"}) && t.dispatch() {
		t.accept()
	}
}

func (t *tale) fresh() { t.arrive(t.between(6, 14), []string{"web", "web", "hotline"}[t.rng.IntN(3)]) }

// doubtful: what looks like no report at all, or holds an (invented) number that
// must not become public.
func (t *tale) doubtful() {
	j := junk[t.family%len(junk)]
	t.contact, t.channel, t.cursor = &residents.Draft{Lang: gov.ZH}, "web", t.worked-t.between(20, 100)
	t.reported(0, cases.Values{"about": string([]rune(j.text)[:12]), "description": j.text, "street": t.street}, casework.Doubt{Score: j.score, Why: j.why})
}

func (t *tale) verifying() {
	if t.arrive(t.between(18, 30), "web") {
		t.says(t.between(3, 9), t.of(intakeUnit, acceptorRole), "ask_verify", nil)
	}
}

func (t *tale) toDispatch() {
	if t.arrive(t.between(20, 28), "patrol") {
		t.file()
	}
}

func (t *tale) toAccept() {
	if t.arrive(t.between(35, 70), "patrol") && t.file() {
		t.dispatch()
	}
}

func (t *tale) inHand() {
	if t.arrive(max(t.row.limit*t.between(30, 90)/100, 90), "") && t.file() && t.dispatch() {
		t.accept()
	}
}

func (t *tale) toCheck() { t.handled(t.row.limit+t.between(20, 40), "") }

func (t *tale) beingChecked() {
	if t.handled(t.row.limit+t.between(30, 60), "") {
		t.says(t.between(4, 12), t.of(intakeUnit, acceptorRole), "send_check", nil)
	}
}

func (t *tale) toClose() {
	if t.handled(t.row.limit+t.between(80, 160), "") {
		t.check([]string{"fixed", "fixed", "not_fixed"}[t.rng.IntN(3)])
	}
}

// merged: somebody else reports what is filed already.
func (t *tale) merged() {
	if len(t.leading) == 0 {
		return
	}
	into := t.leading[t.rng.IntN(len(t.leading))]
	t.matter, t.row, t.street, t.office, t.place = into.matter, into.row, into.street, into.office, into.place
	if !t.arrive(t.worked-into.filed-t.between(5, 20), "web") {
		return
	}
	t.does(t.between(4, 11), t.of(intakeUnit, acceptorRole), "merge", func(context.Context, time.Time) (cases.Values, error) {
		return cases.Values{"leading": into.id.String()}, nil
	})
}

// toldAtOnce: a question that whoever takes the call can answer.
func (t *tale) toldAtOnce() {
	t.cursor, t.channel = t.worked-t.between(30, t.worked-30), "hotline"
	v := cases.Values{"about": "咨询办理时间和地点", "channel": t.channel, "street": t.street, "reply": "已当场告知办理时间、地点和所需材料。", "source": "西政发〔2016〕12号"}
	by := t.of(intakeUnit, acceptorRole)
	t.begins(func(ctx context.Context, at time.Time) error {
		t.id = gov.NewID(at)
		return t.enterCase(ctx, by, at, "answer", v)
	})
}
