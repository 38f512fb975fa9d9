package calendar

import (
	"regexp"
	"strconv"

	"quanxiang/gov"
)

// Unit is what a limit is counted in. The names are the ones packs write.
type Unit string

// The units.
const (
	Minutes       Unit = "m"      // running time, day and night
	Hours         Unit = "h"      // 紧急工作时: running time; nights and holidays count
	WorkHours     Unit = "wh"     // 工作时: only within the working windows of working days
	Workdays      Unit = "wd"     // 工作日 from the minute: as many working hours as the windows of a day hold
	WholeWorkdays Unit = "wd-end" // 工作日 as the law counts: to the end of the nth working day, receipt is day zero
	Days          Unit = "d"      // 自然日: to the end of the nth day, receipt is day zero
	DaysRolled    Unit = "d-roll" // the same; a last day that is off moves to the next working day (民法典 art. 203)
	Months        Unit = "mo"     // to the end of the day of the same number, or the month's last (民法典 art. 202)
	MonthsRolled  Unit = "mo-roll"
	Years         Unit = "y"
	YearsRolled   Unit = "y-roll"
)

// Limit is a length of time as a rule states it: 5 working days.
type Limit struct {
	N    int
	Unit Unit
}

// family groups units that can be added: an extension is of its limit's
// family.
type family int

const (
	running family = iota
	working
	wholeWorking
	natural
	monthly
)

// unitFacts says how each unit is counted and worded.
var unitFacts = map[Unit]struct {
	family family
	roll   bool
	max    int // about a century
	name   gov.Text
}{
	Minutes:       {running, false, maxDays * 1440, gov.Text{ZH: "%d 分钟", EN: "%d min"}},
	Hours:         {running, false, maxDays * 24, gov.Text{ZH: "%d 个紧急工作时", EN: "%d continuous hours"}},
	WorkHours:     {working, false, maxDays * 8, gov.Text{ZH: "%d 个工作时", EN: "%d working hours"}},
	Workdays:      {working, false, maxDays, gov.Text{ZH: "%d 个工作日（按时刻起算）", EN: "%d working days from the minute"}},
	WholeWorkdays: {wholeWorking, false, maxDays, gov.Text{ZH: "%d 个工作日", EN: "%d whole working days"}},
	Days:          {natural, false, maxDays, gov.Text{ZH: "%d 日", EN: "%d days"}},
	DaysRolled:    {natural, true, maxDays, gov.Text{ZH: "%d 日（末日遇假顺延）", EN: "%d days, moved to a working day"}},
	Months:        {monthly, false, 1200, gov.Text{ZH: "%d 个月", EN: "%d months"}},
	MonthsRolled:  {monthly, true, 1200, gov.Text{ZH: "%d 个月（末日遇假顺延）", EN: "%d months, moved to a working day"}},
	Years:         {monthly, false, 100, gov.Text{ZH: "%d 年", EN: "%d years"}},
	YearsRolled:   {monthly, true, 100, gov.Text{ZH: "%d 年（末日遇假顺延）", EN: "%d years, moved to a working day"}},
}

var limitForm = regexp.MustCompile(`^([1-9][0-9]{0,7}) ?([a-z]+(?:-[a-z]+)?)$`)

// ParseLimit reads "5wd", "4wh", "20wd-end", "3mo".
func ParseLimit(s string) (Limit, error) {
	if m := limitForm.FindStringSubmatch(s); m != nil {
		n, _ := strconv.Atoi(m[1]) // at most eight digits
		l := Limit{n, Unit(m[2])}
		return l, l.check()
	}
	return Limit{}, gov.Errorf(gov.Invalid, "“%s”不是期限，应写作 4wh、5wd、20wd-end、7d、3mo 等",
		"%q is no limit; write 4wh, 5wd, 20wd-end, 7d, 3mo or the like", s)
}

func (l Limit) check() error {
	facts, ok := unitFacts[l.Unit]
	if !ok {
		return gov.Errorf(gov.Invalid, "没有“%s”这个期限单位；可用 m、h、wh、wd、wd-end、d、d-roll、mo、mo-roll、y、y-roll",
			"there is no unit of time %q; known are m, h, wh, wd, wd-end, d, d-roll, mo, mo-roll, y, y-roll", string(l.Unit))
	}
	if l.N < 1 {
		return gov.Errorf(gov.Invalid, "期限应大于零", "a limit should be more than zero")
	}
	if l.N > facts.max {
		return tooFar()
	}
	return nil
}

// String is the form ParseLimit reads.
func (l Limit) String() string { return strconv.Itoa(l.N) + string(l.Unit) }

// Text is the limit in words.
func (l Limit) Text() gov.Text {
	name := unitFacts[l.Unit].name
	return gov.Textf(name.ZH, name.EN, l.N)
}

// MarshalText writes the form ParseLimit reads.
func (l Limit) MarshalText() ([]byte, error) { return []byte(l.String()), nil }

// UnmarshalText reads a limit in packs and JSON.
func (l *Limit) UnmarshalText(b []byte) error {
	v, err := ParseLimit(string(b))
	if err == nil {
		*l = v
	}
	return err
}

// months is the length of a monthly limit.
func (l Limit) months() int {
	if l.Unit == Years || l.Unit == YearsRolled {
		return 12 * l.N
	}
	return l.N
}

// AddMonths is the day of the same number so many months later, or the last
// day of that month when it is shorter (民法典 art. 202).
func AddMonths(d gov.Date, months int) gov.Date {
	first := gov.Date{Year: d.Year, Month: d.Month, Day: 1}.Time().AddDate(0, months, 0)
	last := gov.DateOf(first.AddDate(0, 1, -1))
	last.Day = min(last.Day, d.Day)
	return last
}
