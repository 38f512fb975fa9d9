package explain

import (
	"time"

	"quanxiang/calendar"
	"quanxiang/cases/docket"
	"quanxiang/gov"
	"quanxiang/policy/procedure"
	"quanxiang/web/ui"
)

// Due is a deadline as people see it: the day, and how far off it is.
type Due struct {
	Day  gov.Date
	Hour string // "15:04", "" for the end of the day and where days are what counts
	Left string // "3 working days left"
	Long string // Left, with the clock where it is not the one that counts for the whole
	Name string // of that clock, "" for the one that counts
	Tone string // of a Chip
}

// hoursMatter is how far off a deadline is when it is its hour that matters, too.
const hoursMatter = 48 * time.Hour

// soon is how many working days before a deadline it becomes a warning.
const soon = 3

// DueOf says how far off a deadline is, zero for none.
func DueOf(m *ui.Messages, cal calendar.Calendar, ms int64, now time.Time) Due {
	if ms == 0 {
		return Due{}
	}
	at := time.UnixMilli(ms)
	d := Due{Day: gov.DateOf(at.Add(-time.Millisecond))}
	if at.Sub(now).Abs() < hoursMatter {
		d.Hour = Hour(at)
	}
	today := gov.DateOf(now)
	switch n := workdays(cal, today, d.Day); {
	case now.After(at):
		if over := workdays(cal, d.Day, today); over > 0 {
			d.Left = m.T("desk.over", "n", over)
		} else {
			d.Left = m.T("desk.over_just")
		}
		d.Tone = "bad"
	case d.Day == today:
		d.Left, d.Tone = m.T("desk.today"), "warn"
	default:
		d.Left = m.T("desk.left", "n", n)
		if n <= soon {
			d.Tone = "warn"
		}
	}
	d.Long = d.Left
	return d
}

// RowDue says how far off the deadline is by which a case stands in lists: the one that
// counts for the whole or, named, that of its present stage. p is the case's procedure,
// nil where it is not known.
func RowDue(m *ui.Messages, cal calendar.Calendar, p *procedure.Procedure, r docket.Row, now time.Time) Due {
	if r.Ended != 0 {
		return Due{}
	}
	if r.Due != 0 || r.StageDue == 0 {
		return DueOf(m, cal, r.Due, now)
	}
	d := DueOf(m, cal, r.StageDue, now)
	if p != nil {
		if k, ok := p.Clock(r.Stage); ok {
			d.Name = k.Name.In(m.Lang())
			d.Long = m.T("desk.stage_left", "clock", d.Name, "left", d.Left)
		}
	}
	return d
}

// Late reports that the deadline has passed.
func (d Due) Late() bool { return d.Tone == "bad" }

// Beside is the chip of a colour with the deadline of a case beside it. Colours are of the
// whole, which is what figures count; where the stage is late, one that says all goes
// well would contradict the deadline, so it is quiet there.
func Beside(colour ui.Chip, late bool) ui.Chip {
	if late && colour.Tone == "good" {
		colour.Tone = "quiet"
	}
	return colour
}

// workdays counts the working days after one day up to and with another.
func workdays(cal calendar.Calendar, after, until gov.Date) int {
	n := 0
	for d := after.Add(1); !until.Before(d); d = d.Add(1) {
		if cal.Day(d).Worked() {
			n++
		}
	}
	return n
}

// Hour is the hour at which a deadline falls, "" for the end of a day: what is due on
// a day is due when the day is over, and nobody writes an hour.
func Hour(at time.Time) string {
	if hour := at.In(gov.China).Format("15:04"); !at.IsZero() && hour != "00:00" {
		return hour
	}
	return ""
}
