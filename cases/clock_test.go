package cases_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"quanxiang/calendar"
	"quanxiang/cases"
	"quanxiang/gov"
)

var (
	clerk = person("x", "fgw clerk")
	other = person("y", "czj clerk")
)

// clockBody is a procedure around one clock, whose last lines a test gives.
const clockBody = `
fields:
  - {id: name, type: text, label: {zh: 名, en: Name}}
  - {id: until, type: date, label: {zh: 至, en: Until}}
  - {id: moment, type: instant, label: {zh: 时, en: Moment}}
  - {id: n, type: integer, label: {zh: 数, en: Number}}
parties:
  - {id: a, name: {zh: 甲, en: A}, who: "post(fgw)"}
  - {id: b, name: {zh: 乙, en: B}, who: "post(czj)"}
states:
  - {id: working, name: {zh: 办, en: Working}, kind: open}
  - {id: waiting, name: {zh: 等, en: Waiting}, kind: paused}
  - {id: checking, name: {zh: 查, en: Checking}, kind: open}
  - {id: closed, name: {zh: 完, en: Closed}, kind: done}
actions:
  - {id: begin, name: {zh: 始, en: Begin}, at: [new], to: working, by: [a], asks: [name, until, moment]}
  - {id: begin_waiting, name: {zh: 待, en: Begin waiting}, at: [new], to: waiting, by: [a]}
  - {id: start, name: {zh: 计, en: Start}, at: [waiting], by: [a]}
  - {id: wait, name: {zh: 等, en: Wait}, at: [working], to: waiting, by: [a]}
  - {id: go_on, name: {zh: 续, en: Go on}, at: [waiting], to: working, by: [a]}
  - {id: submit, name: {zh: 交, en: Submit}, at: [working, waiting], to: checking, by: [a]}
  - {id: redo, name: {zh: 返, en: Redo}, at: [checking], to: working, by: [a]}
  - {id: date, name: {zh: 改, en: Date}, at: [working], by: [a], asks: [until, moment]}
  - {id: extend, name: {zh: 延, en: Extend}, at: ["*"], by: [a], asks: [n!], extend: {clock: k, field: n}, approve: [b]}
  - {id: extend_now, name: {zh: 展, en: Extend now}, at: ["*"], by: [a], asks: [n!], extend: {clock: k, field: n}}
  - {id: longer, name: {zh: 长, en: Longer}, at: ["*"], by: [a], extend: {clock: k, by: 1wh}}
  - {id: close, name: {zh: 完, en: Close}, at: [working, checking, waiting], to: closed, by: [a]}
  - {id: reopen, name: {zh: 重, en: Reopen}, at: [closed], to: working, by: [a]}
clocks:
  - {id: k, name: {zh: 钟, en: Clock}, from: [working, start], to: [submit], pause: [waiting], warn: [50], %s}
`

// step is one line of a clock's story: when, what, and the deadline then.
type line struct{ at, do, deadline string }

func TestClocks(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, clock string
		story       []line
	}{
		{"resume goes on with what was left", "limit: 4wh", []line{
			{"2016-11-01 09:00", "begin", "2016-11-01 15:00"}, {"2016-11-01 10:00", "submit", "2016-11-01 15:00"},
			{"2016-11-02 09:00", "redo", "2016-11-02 12:00"}, {"2016-11-02 10:00", "submit", "2016-11-02 12:00"},
		}},
		{"restart counts from zero, without what was extended", "limit: 4wh, again: restart", []line{
			{"2016-11-01 09:00", "begin", "2016-11-01 15:00"}, {"2016-11-01 09:30", "longer", "2016-11-01 16:00"},
			{"2016-11-01 10:00", "submit", "2016-11-01 16:00"}, {"2016-11-02 09:00", "redo", "2016-11-02 15:00"},
		}},
		{"keep counts the time between", "limit: 4wh, again: keep", []line{
			{"2016-11-01 09:00", "begin", "2016-11-01 15:00"}, {"2016-11-01 10:00", "submit", "2016-11-01 15:00"},
			{"2016-11-02 09:00", "redo", "2016-11-01 15:00"},
		}},
		{"a pause begins with the state and costs nothing", "limit: 4wh", []line{
			{"2016-11-01 09:00", "begin", "2016-11-01 15:00"}, {"2016-11-01 11:00", "wait", "none"},
			{"2016-11-02 11:00", "go_on", "2016-11-02 15:00"},
		}},
		{"started by an action in a state that pauses it: it stands still at once", "limit: 4wh", []line{
			{"2016-11-01 09:00", "begin_waiting", "none"}, {"2016-11-01 10:00", "start", "none"},
			{"2016-11-02 09:00", "go_on", "2016-11-02 15:00"},
		}},
		{"stopped while paused, it goes on from there", "limit: 4wh", []line{
			{"2016-11-01 09:00", "begin", "2016-11-01 15:00"}, {"2016-11-01 10:00", "wait", "none"},
			{"2016-11-01 11:00", "submit", "2016-11-01 16:00"}, {"2016-11-02 09:00", "redo", "2016-11-02 12:00"},
		}},
		{"extended while paused", "limit: 4wh", []line{
			{"2016-11-01 09:00", "begin", "2016-11-01 15:00"}, {"2016-11-01 10:00", "wait", "none"},
			{"2016-11-01 11:00", "longer", "none"}, {"2016-11-01 14:00", "go_on", "2016-11-01 18:00"},
		}},
		{"extended after it ran out", "limit: 4wh", []line{
			{"2016-11-01 09:00", "begin", "2016-11-01 15:00"}, {"2016-11-01 15:30", "longer", "2016-11-01 16:00"},
		}},
		{"paused after it ran out, the deadline stays", "limit: 4wh", []line{
			{"2016-11-01 09:00", "begin", "2016-11-01 15:00"}, {"2016-11-01 15:30", "wait", "2016-11-01 15:00"},
			{"2016-11-02 09:00", "go_on", "2016-11-01 15:00"},
		}},
		{"the end of the case stops it, opening it again starts it", "limit: 4wh", []line{
			{"2016-11-01 09:00", "begin", "2016-11-01 15:00"}, {"2016-11-01 10:00", "close", "2016-11-01 15:00"},
			{"2016-11-02 09:00", "reopen", "2016-11-02 12:00"},
		}},
		{"the first limit whose condition holds", "limits: [{when: \"name == '急'\", limit: 1wh}, {limit: 4wh}]", []line{
			{"2016-11-01 09:00", "begin name=急", "2016-11-01 10:00"},
		}},
		{"a limit without condition applies else", "limits: [{when: \"name == '急'\", limit: 1wh}, {limit: 4wh}]", []line{
			{"2016-11-01 09:00", "begin name=缓", "2016-11-01 15:00"},
		}},
		{"all things at one instant", "limit: 4wh", []line{
			{"2016-11-01 09:00", "begin", "2016-11-01 15:00"}, {"2016-11-01 09:00", "wait", "none"}, {"2016-11-01 09:00", "go_on", "2016-11-01 15:00"},
			{"2016-11-01 09:00", "submit", "2016-11-01 15:00"}, {"2016-11-01 09:00", "redo", "2016-11-01 15:00"},
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			g := newTrial(t, fmt.Sprintf(clockBody, tt.clock))
			for _, l := range tt.story {
				var action, value string
				if _, err := fmt.Sscanf(l.do, "%s name=%s", &action, &value); err != nil {
					action = l.do
				}
				v := cases.Values{}
				if value != "" {
					v["name"] = value
				}
				g.at(l.at).do(clerk, action, v).wantDeadline("k", l.deadline)
			}
		})
	}
}

// A clock with a date has the date's last moment, follows the field, and tells
// again when the date was moved.
func TestUntilDate(t *testing.T) {
	t.Parallel()
	g := newTrial(t, fmt.Sprintf(uncounted, "until: until")).at("2016-11-01 09:00").do(clerk, "begin", cases.Values{"until": "2016-11-03"})
	g.wantDeadline("k", "2016-11-04 00:00")
	g.at("2016-11-04 00:00").tick().want("on time in the last moment", "acted warned", g.kinds())
	g.at("2016-11-04 00:01").tick().tick().want("late once", "acted warned late", g.kinds())
	g.do(clerk, "date", cases.Values{"until": "2016-11-03"}).tick().want("the same date again", "acted warned late acted", g.kinds())
	g.do(clerk, "date", cases.Values{"until": "2016-11-10"}).tick().wantDeadline("k", "2016-11-11 00:00")
	g.at("2016-11-12 00:00").tick().want("late for the new date", "acted warned late acted acted late", g.kinds())
	g.do(clerk, "date", cases.Values{"until": nil}).wantDeadline("k", "none")
	if next, err := cases.Wake(g.p, g.c, g.w); err != nil || !next.IsZero() {
		t.Errorf("Wake without a date = %v, %v", next, err)
	}
}

func TestUntilInstant(t *testing.T) {
	t.Parallel()
	at := moment(t, "2016-11-03 10:30")
	g := newTrial(t, fmt.Sprintf(uncounted, "until: moment")).at("2016-11-01 09:00").do(clerk, "begin", cases.Values{"moment": at.UnixMilli()})
	g.wantDeadline("k", "2016-11-03 10:30")
	refused(t, g.try(clerk, "date", cases.Values{"moment": int64(1) << 62}), gov.Invalid, "no valid time")
}

// uncounted is clockBody for a clock that ends on a date: no pause, no extension.
var uncounted = func() string {
	s := clockBody
	for _, cut := range []string{"  - {id: extend,", "  - {id: extend_now,", "  - {id: longer,"} {
		i := strings.Index(s, cut)
		s = s[:i] + s[i+strings.Index(s[i:], "\n")+1:]
	}
	i := strings.Index(s, "pause: [waiting], ")
	return s[:i] + s[i+len("pause: [waiting], "):]
}()

// A calendar that is corrected later gives another deadline from the same
// history, and the case tells so at the right time.
func TestCalendarCorrected(t *testing.T) {
	t.Parallel()
	g := newTrial(t, replaceOnce(t, fmt.Sprintf(clockBody, "limit: 2wd-end"), "by: 1wh", "by: 1wd-end")).at("2016-10-13 09:00").do(clerk, "begin", nil)
	g.wantDeadline("k", "2016-10-18 00:00")
	year, _ := g.w.Calendar.Year(2016)
	year.Days = append(year.Days, calendar.Entry{Date: gov.Date{Year: 2016, Month: 10, Day: 17}, Off: true, Name: "试"})
	plain := g.w.Calendar
	g.w.Calendar = plain.With(year)
	g.wantDeadline("k", "2016-10-19 00:00")
	g.at("2016-10-18 12:00").tick()
	if got := g.kinds(); got != "acted warned" {
		t.Errorf("with the corrected calendar: %s", got)
	}
	g.w.Calendar = plain
	if g.tick(); g.kinds() != "acted warned late" {
		t.Errorf("with the first calendar: %s", g.kinds())
	}
}

// Extensions: by agreement with the values asked for, refused where the clock
// does not run, where they are nothing, and where nobody could reckon them.
func TestExtensions(t *testing.T) {
	t.Parallel()
	g := newTrial(t, fmt.Sprintf(clockBody, "limit: 4wh")).at("2016-11-01 09:00").do(clerk, "begin", nil)
	g.do(clerk, "extend", cases.Values{"n": int64(2)}).wantDeadline("k", "2016-11-01 15:00")
	if err := g.agree(other); err != nil {
		t.Fatal(err)
	}
	g.wantDeadline("k", "2016-11-01 17:00")
	refused(t, g.try(clerk, "extend_now", cases.Values{"n": int64(0)}), gov.Invalid, "more than zero")
	refused(t, g.try(clerk, "extend_now", cases.Values{"n": int64(1) << 40}), gov.Invalid, "")
	g.wantDeadline("k", "2016-11-01 17:00")
	g.do(clerk, "submit", nil)
	refused(t, g.try(clerk, "longer", nil), gov.Conflict, "does not run")
	for _, o := range cases.Options(g.p, g.c, clerk, g.w) {
		if o.Action.Extend != nil && o.Why == nil {
			t.Errorf("%s is offered while the clock stands", o.Action.ID)
		}
	}
}

// A machine whose clock runs behind does not turn the time of a case back.
func TestTimeDoesNotTurnBack(t *testing.T) {
	t.Parallel()
	g := newTrial(t, fmt.Sprintf(clockBody, "limit: 4wh")).at("2016-11-01 09:00").do(clerk, "begin", nil)
	g.at("2016-11-01 10:00").do(clerk, "wait", nil)
	g.at("2016-11-01 09:59").do(clerk, "go_on", nil).do(clerk, "submit", nil).wantDeadline("k", "2016-11-01 15:00")
	if last := g.events[len(g.events)-1]; last.At != moment(t, "2016-11-01 10:00").UnixMilli() {
		t.Errorf("at %s", time.UnixMilli(last.At))
	}
}
