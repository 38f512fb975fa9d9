package library

import (
	"slices"

	"quanxiang/gov"
)

// Lifecycle is the dates that decide about a document's force. A zero date is
// not known or does not apply.
type Lifecycle struct {
	Signed     gov.Date // 成文日期
	Printed    gov.Date // 印发日期
	Effective  gov.Date // first day in force
	ValidUntil gov.Date // last day of its stated validity
	PlanEnds   gov.Date // last day of the period a plan covers
	RepealedOn gov.Date // first day it is no longer in force
	RepealedBy string   // number of the repealing document
	Known      bool     // false for a stub about whose force nothing is known
}

// Status is the state of a document as of a date.
type Status string

// The states; see Lifecycle.On.
const (
	NotYet        Status = "not_yet"    // issued or not, but not in force on that date
	InForce       Status = "in_force"   //
	Repealed      Status = "repealed"   // by another document
	Expired       Status = "expired"    // its stated validity has run out
	PlanEnded     Status = "plan_ended" // the period it plans for is over
	UnknownStatus Status = "unknown"    // a stub about which nothing is known
)

// Statuses lists the states in the order of a document's life.
var Statuses = []Status{NotYet, InForce, Repealed, Expired, PlanEnded, UnknownStatus}

var statusTexts = map[Status]gov.Text{
	NotYet:        {ZH: "尚未生效", EN: "Not yet in force"},
	InForce:       {ZH: "现行有效", EN: "In force"},
	Repealed:      {ZH: "已废止", EN: "Repealed"},
	Expired:       {ZH: "已失效", EN: "Expired"},
	PlanEnded:     {ZH: "规划期满", EN: "Plan period over"},
	UnknownStatus: {ZH: "效力待查", EN: "Status not known"},
}

// Text is the status in words.
func (s Status) Text() gov.Text { return statusTexts[s] }

// ParseStatus reads a status; "" is none.
func ParseStatus(s string) (Status, error) {
	if s == "" || slices.Contains(Statuses, Status(s)) {
		return Status(s), nil
	}
	return "", gov.Errorf(gov.Invalid, "没有“%s”这种状态", "there is no status %q", s).On("status")
}

// State is a status with the day it began and why.
type State struct {
	Status Status
	Since  gov.Date // first day of the status; zero if not known
	By     string   // number of the repealing document
	Reason gov.Text
}

// On is the state as of a date. Where several endings have passed, a repeal
// counts before the end of validity and that before the end of a plan, because
// it is the stronger act. A document without a stated first day is in force
// from the day it was signed, or printed.
func (c *Lifecycle) On(date gov.Date) State {
	passed := func(last gov.Date) bool { return !last.IsZero() && last.Before(date) }
	begins := c.begins()
	switch {
	case c.RepealedBy != "" && c.RepealedOn.IsZero():
		return State{Status: Repealed, By: c.RepealedBy,
			Reason: gov.Textf("被%s废止，日期未载明", "Repealed by %s, on a day not on record", c.RepealedBy)}
	case !c.RepealedOn.IsZero() && !date.Before(c.RepealedOn):
		s := State{Status: Repealed, Since: c.RepealedOn, By: c.RepealedBy,
			Reason: gov.Text{ZH: c.RepealedOn.In(gov.ZH) + "起废止", EN: "Repealed from " + c.RepealedOn.In(gov.EN)}}
		if c.RepealedBy != "" {
			s.Reason = gov.Text{
				ZH: c.RepealedOn.In(gov.ZH) + "起被" + c.RepealedBy + "废止",
				EN: "Repealed from " + c.RepealedOn.In(gov.EN) + " by " + c.RepealedBy,
			}
		}
		return s
	case passed(c.ValidUntil):
		return State{Status: Expired, Since: c.ValidUntil.Add(1), Reason: gov.Text{
			ZH: "有效期至" + c.ValidUntil.In(gov.ZH), EN: "Valid until " + c.ValidUntil.In(gov.EN)}}
	case passed(c.PlanEnds):
		return State{Status: PlanEnded, Since: c.PlanEnds.Add(1), Reason: gov.Text{
			ZH: "规划期至" + c.PlanEnds.In(gov.ZH), EN: "The plan covers the time until " + c.PlanEnds.In(gov.EN)}}
	case !c.Known:
		return State{Status: UnknownStatus, Reason: gov.Text{
			ZH: "仅被引用，馆内无其文本，效力未核实", EN: "Known from references only; its text and force have not been checked"}}
	case begins.IsZero():
		return State{Status: InForce, Reason: gov.Text{ZH: "未载明生效日期", EN: "No first day is stated"}}
	case date.Before(begins):
		return State{Status: NotYet, Reason: gov.Text{
			ZH: begins.In(gov.ZH) + "起施行", EN: "In force from " + begins.In(gov.EN)}}
	}
	return State{Status: InForce, Since: begins, Reason: gov.Text{
		ZH: begins.In(gov.ZH) + "起施行", EN: "In force from " + begins.In(gov.EN)}}
}

func (c *Lifecycle) begins() gov.Date {
	for _, d := range []gov.Date{c.Effective, c.Signed, c.Printed} {
		if !d.IsZero() {
			return d
		}
	}
	return gov.Date{}
}

// Last is the last day the document is in force as far as its own dates and
// repeals say; zero when none limits it.
func (c *Lifecycle) Last() gov.Date {
	var last gov.Date
	ends := []gov.Date{c.ValidUntil, c.PlanEnds}
	if !c.RepealedOn.IsZero() {
		ends = append(ends, c.RepealedOn.Add(-1))
	}
	for _, d := range ends {
		if !d.IsZero() && (last.IsZero() || d.Before(last)) {
			last = d
		}
	}
	return last
}

// Moment is a point of a document's life line.
type Moment struct {
	Kind string // signed, printed, in_force, valid_until, plan_ends, repealed
	Date gov.Date
	Text gov.Text
	By   string // number of the repealing document
	Past bool   // on or before the date the line was drawn for
}

var momentTexts = map[string]gov.Text{
	"signed":      {ZH: "成文", EN: "Signed"},
	"printed":     {ZH: "印发", EN: "Printed"},
	"in_force":    {ZH: "施行", EN: "In force"},
	"valid_until": {ZH: "有效期满", EN: "Valid until"},
	"plan_ends":   {ZH: "规划期满", EN: "Plan period ends"},
	"repealed":    {ZH: "废止", EN: "Repealed"},
}

// Line is the life line in time order, seen from a date.
func (c *Lifecycle) Line(asOf gov.Date) []Moment {
	var line []Moment
	add := func(kind string, d gov.Date, by string) {
		if !d.IsZero() {
			line = append(line, Moment{Kind: kind, Date: d, Text: momentTexts[kind], By: by, Past: !asOf.Before(d)})
		}
	}
	add("signed", c.Signed, "")
	add("printed", c.Printed, "")
	add("in_force", c.begins(), "")
	add("valid_until", c.ValidUntil, "")
	add("plan_ends", c.PlanEnds, "")
	add("repealed", c.RepealedOn, c.RepealedBy)
	slices.SortStableFunc(line, func(a, b Moment) int { return a.Date.Compare(b.Date) })
	return line
}
