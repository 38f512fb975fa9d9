package calendar

import (
	"cmp"
	"math"
	"slices"
	"time"

	"quanxiang/gov"
)

const (
	minute = int64(60 * 1000) // milliseconds
	day    = 24 * 60 * minute
	ever   = math.MaxInt64

	// The instants a clock works with lie in these years.
	firstYear, lastYear = 1950, 2200
)

// chinaOffset is what China's civil time is ahead of UTC.
const chinaOffset = 8 * 60 * minute

// dayOf is the number of the day in China in which an instant lies.
func dayOf(ms int64) int {
	ms += chinaOffset
	n := ms / day
	if ms%day < 0 {
		n--
	}
	return int(n)
}

// midnight is the instant at which a day begins in China.
func midnight(number int) int64 { return int64(number)*day - chinaOffset }

// clock is a compiled Spec and History.
type clock struct {
	start   int64
	family  family
	roll    bool
	windows Windows
	pauses  []pause // in order and apart; the last may end at ever
	cal     Calendar
}

type pause struct {
	from, to int64
	reason   gov.Text
}

// newClock checks the rule and the history and reckons the total limit.
func newClock(spec Spec, h History, cal Calendar) (clock, int64, error) {
	if err := spec.Limit.check(); err != nil {
		return clock{}, 0, err
	}
	facts := unitFacts[spec.Limit.Unit]
	c := clock{start: h.Start.UnixMilli(), family: facts.family, roll: facts.roll, windows: spec.Windows, cal: cal}
	if c.windows == nil {
		c.windows = OfficeHours()
	}
	if err := c.windows.check(); err != nil {
		return clock{}, 0, err
	}
	if err := inRange(h.Start); err != nil {
		return clock{}, 0, err
	}
	if err := c.setPauses(h.Pauses); err != nil {
		return clock{}, 0, err
	}
	total, err := c.total(spec.Limit, h.Extensions)
	return c, total, err
}

func inRange(t time.Time) error {
	if y := t.In(gov.China).Year(); y < firstYear || y > lastYear {
		return gov.Errorf(gov.Invalid, "时间 %[1]d 年不在 %[2]d 至 %[3]d 年之间", "the year %[1]d is not between %[2]d and %[3]d", y, firstYear, lastYear)
	}
	return nil
}

// wholeDays reports that the clock counts days, not hours.
func (c clock) wholeDays() bool { return c.family >= wholeWorking }

// begin is the instant from which the clock can count.
func (c clock) begin() int64 {
	if c.wholeDays() {
		return midnight(dayOf(c.start) + 1) // 民法典 art. 201: the first day does not count
	}
	return c.start
}

// setPauses brings pauses into order, cuts overlaps, and for a clock of whole
// days moves both ends to the midnight before: a pause costs as many days as
// its dates are apart, the day it begins is lost and the day it ends counts.
func (c *clock) setPauses(list []Pause) error {
	var ps []pause
	for _, p := range list {
		q := pause{p.From.UnixMilli(), ever, p.Reason}
		if err := inRange(p.From); err != nil {
			return err
		}
		if !p.To.IsZero() {
			if err := inRange(p.To); err != nil {
				return err
			}
			if q.to = p.To.UnixMilli(); q.to < q.from {
				return gov.Errorf(gov.Invalid, "暂停的结束早于开始", "a pause ends before it begins")
			}
		}
		if c.wholeDays() {
			q.from = midnight(dayOf(q.from))
			if q.to != ever {
				q.to = midnight(dayOf(q.to))
			}
		}
		ps = append(ps, q)
	}
	slices.SortStableFunc(ps, func(a, b pause) int { return cmp.Compare(a.from, b.from) })
	end := c.begin()
	for _, p := range ps {
		if p.from = max(p.from, end); p.from < p.to {
			c.pauses = append(c.pauses, p)
			end = p.to
		}
	}
	return nil
}

// total is the limit with its extensions in counted milliseconds.
func (c clock) total(limit Limit, extensions []Extension) (int64, error) {
	var sum, months int64
	all := []Limit{limit}
	for _, e := range extensions {
		if limit.Unit == WholeWorkdays && e.Add.Unit == Workdays {
			e.Add.Unit = WholeWorkdays
		}
		all = append(all, e.Add)
	}
	for _, l := range all {
		if err := l.check(); err != nil {
			return 0, err
		}
		if unitFacts[l.Unit].family != c.family {
			return 0, gov.Errorf(gov.Invalid, "“%[1]s”的期限不能用“%[2]s”延长", "a limit in %[1]q cannot be extended by %[2]q", string(limit.Unit), l.String())
		}
		n := int64(l.N)
		switch l.Unit {
		case Minutes:
			sum += n * minute
		case Hours, WorkHours:
			sum += n * 60 * minute
		case Workdays:
			sum += n * int64(c.windows.minutes()) * minute
		case WholeWorkdays, Days, DaysRolled:
			sum += n * day
		default:
			months += int64(l.months())
		}
		if sum > maxDays*day || months > maxDays/30 {
			return 0, tooFar()
		}
	}
	if c.family == monthly {
		first := dayOf(c.start)
		sum = int64(dayNumber(AddMonths(dateOf(first), int(months)))-first) * day
	}
	if c.family == working && sum > maxDays*int64(c.windows.minutes())*minute {
		return 0, tooFar()
	}
	return sum, nil
}

// segment is a stretch of time in which nothing changes for the clock.
type segment struct {
	from, to int64
	counts   bool
	endless  bool // to has no meaning: an open pause
	kind     SpanKind
	reason   gov.Text
	missing  int
}

// walk yields the segments from the start on, without gap and without end;
// after an endless one nothing more.
func (c clock) walk(yield func(segment) bool) {
	t := c.begin()
	if t > c.start && !yield(segment{from: c.start, to: t, kind: DayZeroSpan, reason: dayZeroReason}) {
		return
	}
	pauses := c.pauses
	for {
		next := int64(ever)
		if len(pauses) > 0 {
			if p := pauses[0]; p.from == t {
				seg := segment{from: p.from, to: p.to, endless: p.to == ever, kind: PausedSpan, reason: p.reason}
				if !yield(seg) || seg.endless {
					return
				}
				t, pauses = p.to, pauses[1:]
				continue
			}
			next = pauses[0].from
		}
		seg := c.at(t)
		seg.to = min(seg.to, next)
		if !yield(seg) {
			return
		}
		t = seg.to
	}
}

// at is the segment that begins at t, pauses aside.
func (c clock) at(t int64) segment {
	if c.family == running || c.family == natural || c.family == monthly {
		return segment{from: t, to: ever, counts: true, kind: CountedSpan, reason: runningReason}
	}
	n := dayOf(t)
	d := c.cal.day(n)
	seg := segment{from: t, to: midnight(n + 1), missing: d.Missing}
	switch {
	case !d.Worked():
		seg.kind, seg.reason = offReason(d)
		return seg
	case c.family == working && !c.window(t, midnight(n), &seg.to):
		seg.kind, seg.reason = OffHours, offHoursReason
		return seg
	}
	seg.counts = true
	seg.kind, seg.reason = countedReason(d)
	return seg
}

// window reports whether t lies in a working window and where that, or the gap
// it lies in, ends.
func (c clock) window(t, dayStart int64, to *int64) bool {
	for _, w := range c.windows {
		if from := dayStart + int64(w.From)*minute; t < from {
			*to = from
			return false
		}
		if end := dayStart + int64(w.To)*minute; t < end {
			*to = end
			return true
		}
	}
	return false
}

// used is the counted time in [start, t).
func (c clock) used(t int64) int64 {
	t = min(t, gov.Date{Year: lastYear + 200, Month: 1, Day: 1}.Time().UnixMilli())
	var sum int64
	for seg := range c.walk {
		if seg.from >= t {
			break
		}
		if seg.counts {
			sum += min(seg.to, t) - seg.from
		}
	}
	return sum
}

// reach is the first instant at which so much is used; false if an open pause
// comes first.
func (c clock) reach(amount int64) (int64, bool) {
	if amount <= 0 {
		return c.start, true
	}
	for seg := range c.walk {
		if !seg.counts {
			continue
		}
		if seg.to-seg.from >= amount {
			return seg.from + amount, true
		}
		amount -= seg.to - seg.from
	}
	return 0, false
}

// The reasons a reader sees in the table of spans.
var (
	runningReason  = gov.Text{ZH: "计时", EN: "counted"}
	offHoursReason = gov.Text{ZH: "非工作时段", EN: "outside working hours"}
	dayZeroReason  = gov.Text{ZH: "起始当日不计", EN: "the first day does not count"}
)

func offReason(d Day) (SpanKind, gov.Text) {
	if d.Kind == Holiday {
		name := festival(d.Name)
		return HolidaySpan, gov.Textf("放假：%[1]s", "holiday: %[2]s", name.ZH, name.EN)
	}
	return WeekendSpan, gov.Text{ZH: "周六、周日", EN: "weekend"}
}

func countedReason(d Day) (SpanKind, gov.Text) {
	if d.Kind == Makeup {
		name := festival(d.Name)
		return MakeupSpan, gov.Textf("调休上班：%[1]s", "worked in exchange for the holiday %[2]s", name.ZH, name.EN)
	}
	return CountedSpan, gov.Text{ZH: "工作时间", EN: "working time"}
}

func rolledReason(d Day) gov.Text {
	_, why := offReason(d)
	return gov.Textf("末日顺延（%[1]s）", "last day moved (%[2]s)", why.ZH, why.EN)
}
