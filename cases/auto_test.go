package cases_test

import (
	"testing"
	"time"

	"quanxiang/calendar"
	"quanxiang/cases"
	"quanxiang/cases/series"
	"quanxiang/gov"
)

// autoBody has one automatic action under test, given in the last line.
const autoBody = `
fields:
  - {id: name, type: text, label: {zh: 名, en: Name}}
  - {id: ready, type: bool, label: {zh: 可, en: Ready}}
  - {id: on, type: date, label: {zh: 日, en: On}}
  - {id: late, type: bool, label: {zh: 迟, en: Late}, value: clock.k.late}
  - {id: count, type: integer, label: {zh: 次, en: Count}, value: times.nudge}
  - {id: parts, type: integer, label: {zh: 件, en: Parts}, value: children.part.done}
parties:
  - {id: a, name: {zh: 甲, en: A}, who: "post(fgw)"}
states:
  - {id: one, name: {zh: 一, en: One}, kind: open}
  - {id: two, name: {zh: 二, en: Two}, kind: open}
  - {id: closed, name: {zh: 完, en: Closed}, kind: done}
actions:
  - {id: begin, name: {zh: 始, en: Begin}, at: [new], to: one, by: [a], asks: [name, ready, on], open: [{child: part}]}
  - {id: go, name: {zh: 走, en: Go}, at: [one], to: two, by: [a], asks: [ready]}
  - {id: back, name: {zh: 回, en: Back}, at: [two], to: one, by: [a], asks: [ready]}
  - {id: close, name: {zh: 完, en: Close}, at: [one, two], to: closed, by: [a]}
  - {id: nudge, name: {zh: 催, en: Nudge}, at: [one, two], by: [a], aside: true}
  - {id: auto, name: {zh: 自, en: Auto}, by: [a], REST}
children:
  - {id: part, procedure: kid}
clocks:
  - {id: k, name: {zh: 钟, en: Clock}, from: [begin], to: [close], limit: 4wh}
`

const kidBody = `
fields: [{id: name, type: text, label: {zh: 名, en: Name}}]
parties: [{id: a, name: {zh: 甲, en: A}, who: "post(fgw)"}]
states: [{id: one, name: {zh: 一, en: One}, kind: open}, {id: closed, name: {zh: 完, en: Closed}, kind: done}]
actions:
  - {id: begin, name: {zh: 始, en: Begin}, at: [new], to: one, asks: [name]}
  - {id: close, name: {zh: 完, en: Close}, at: [one], to: closed, by: [a]}
`

func autoTrial(t *testing.T, rest string) *trial {
	t.Helper()
	return newTrialWith(t, replaceOnce(t, autoBody, "REST", rest), map[string]string{"kid": kidBody}).at("2016-11-01 09:00")
}

// What chases itself for ever is stopped, and the act that set it off is
// refused whole.
func TestAutoChase(t *testing.T) {
	t.Parallel()
	body := replaceOnce(t, autoBody, "REST", "at: [one], to: two, auto: {when: ready}")
	body = replaceOnce(t, body, "children:\n", "  - {id: chase, name: {zh: 追, en: Chase}, at: [two], to: one, auto: {when: ready}}\nchildren:\n")
	g := newTrialWith(t, body, map[string]string{"kid": kidBody}).at("2016-11-01 09:00")
	if err := g.try(clerk, "begin", cases.Values{"ready": true}); err == nil || gov.CodeOf(err) != gov.Internal {
		t.Errorf("begin: %v", err)
	}
	g.do(clerk, "begin", nil)
	before := g.c
	if err := g.try(clerk, "go", cases.Values{"ready": true}); err == nil {
		t.Error("the chase came to rest")
	}
	g.want("the case after a refused act", "", diffCase(before, g.c))
}

// A timed action that leads where it is would be done for ever if it were done
// again at once; it is done once for each stay and due time.
func TestAutoStays(t *testing.T) {
	t.Parallel()
	for _, rest := range []string{"at: [one], to: one, auto: {after: 2d}", "at: [one], auto: {after: 2d}"} {
		g := autoTrial(t, rest).do(clerk, "begin", nil)
		g.at("2016-11-05 09:00").tick().tick().want("done once", 1, g.c.Done["auto"].Times)
		g.do(clerk, "go", nil).do(clerk, "back", nil).at("2016-11-09 09:00").tick().tick().want("once more after coming back", 2, g.c.Done["auto"].Times)
	}
}

// Doing by hand what is done by itself when a clock runs out does not spare it
// that, unless it was done since.
func TestAutoAfterManual(t *testing.T) {
	t.Parallel()
	g := autoTrial(t, "at: [one, two], auto: {late: k}").do(clerk, "begin", nil)
	g.at("2016-11-01 10:00").do(clerk, "auto", nil)
	g.at("2016-11-01 15:01").tick().want("done by itself", 2, g.c.Done["auto"].Times)
	g.tick().want("once", 2, g.c.Done["auto"].Times)

	g = autoTrial(t, "at: [one, two], auto: {at: on}").do(clerk, "begin", cases.Values{"on": "2016-11-03"})
	g.at("2016-11-02 23:59").tick().want("not before its day", 0, g.c.Done["auto"].Times)
	g.at("2016-11-03 00:00").tick().want("at the beginning of its day", 1, g.c.Done["auto"].Times)
}

// An action that is due but whose condition is against it makes no busy loop:
// Wake gives a later time, or none when time alone changes nothing.
func TestWakeWaitsForConditions(t *testing.T) {
	t.Parallel()
	g := autoTrial(t, "at: [two], to: closed, auto: {after: 1d}, when: [{if: ready, why: {zh: 未可, en: not ready}}]").do(clerk, "begin", nil).do(clerk, "go", nil)
	g.at("2016-11-08 09:00").tick().tick()
	if next, err := cases.Wake(g.p, g.c, g.w); err != nil || !next.IsZero() {
		t.Errorf("Wake = %v, %v; only an act can bring it about", next, err)
	}
	g = autoTrial(t, "at: [two], to: closed, auto: {after: 1d}, when: [{if: 'today >= \"2016-11-10\"', why: {zh: 未到, en: not yet}}]").do(clerk, "begin", nil).do(clerk, "go", nil)
	g.at("2016-11-08 09:20").tick().tick()
	next, err := cases.Wake(g.p, g.c, g.w)
	if want := moment(t, "2016-11-08 10:00"); err != nil || !next.Equal(want) {
		t.Errorf("Wake = %v, %v, want %v", next, err, want)
	}
	g.at("2016-11-10 00:00").tick().wantState("closed")
}

// Computed fields follow what happened, also when no action was done: a clock
// that ran out, a sub-case that ended.
func TestComputedFollows(t *testing.T) {
	t.Parallel()
	g := autoTrial(t, "at: [one], to: closed, auto: {when: ready}").do(clerk, "begin", nil).do(clerk, "nudge", nil)
	g.want("count with the action itself", int64(1), g.c.Values["count"])
	g.at("2016-11-01 15:01").tick().want("late", true, g.c.Values["late"])
	g.w.Children = map[string]cases.Count{"part": {Total: 1, Done: 1}}
	g.tick().want("parts", int64(1), g.c.Values["parts"])
	g.want("history", "acted acted late reckoned reckoned", g.kinds())
	if g.tick(); len(g.last.Events) > 0 {
		t.Errorf("a tick too many: %+v", g.last.Events)
	}
	folded, err := cases.Fold(g.p, begun(g.c), g.events)
	if err != nil {
		t.Fatal(err)
	}
	g.want("fold", "", diffCase(folded, g.c))
}

// A series has one case for each unit and period that ended; the last day of
// the period is day zero.
func TestOccurrences(t *testing.T) {
	t.Parallel()
	day := func(s string) gov.Date {
		d, err := gov.ParseDate(s)
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	for _, tt := range []struct {
		name, every, unit, within, from, to string
		want                                []string
	}{
		{"month end", "month", "czj", "5wd-end", "2016-11-01", "2016-11-30", []string{"czj 2016-11 2016-12-01 2016-12-07"}},
		{"both ends belong to it", "month", "czj", "1d", "2016-10-31", "2016-11-30", []string{"czj 2016-10 2016-11-01 2016-11-01", "czj 2016-11 2016-12-01 2016-12-01"}},
		{"no end within", "month", "czj", "1d", "2016-11-01", "2016-11-29", nil},
		{"over a long holiday with make-up days", "month", "czj", "5wd-end", "2016-09-30", "2016-09-30", []string{"czj 2016-09 2016-10-01 2016-10-12"}},
		{"every member of a group", "quarter", "streets", "5wd-end", "2016-10-01", "2016-12-31", []string{"xijie 2016-Q4 2017-01-01 2017-01-09", "dongjie 2016-Q4 2017-01-01 2017-01-09"}},
		{"quarters of a year", "quarter", "czj", "1d", "2016-01-01", "2016-12-30", []string{"czj 2016-Q1 2016-04-01 2016-04-01", "czj 2016-Q2 2016-07-01 2016-07-01", "czj 2016-Q3 2016-10-01 2016-10-01"}},
		{"year end", "year", "czj", "1mo", "2015-12-31", "2016-12-31", []string{"czj 2015 2016-01-01 2016-01-31", "czj 2016 2017-01-01 2017-01-31"}},
		{"leap day", "month", "czj", "1mo", "2016-02-01", "2016-02-29", []string{"czj 2016-02 2016-03-01 2016-03-29"}},
		{"a year without notice goes by Saturday and Sunday", "month", "czj", "5wd-end", "2031-09-30", "2031-09-30", []string{"czj 2031-09 2031-10-01 2031-10-07"}},
		{"each working day", "day", "czj", "1wd-end", "2016-09-30", "2016-10-08", []string{"czj 2016-09-30 2016-10-01 2016-10-08", "czj 2016-10-08 2016-10-09 2016-10-09"}},
		{"weeks from Monday", "week", "czj", "1d", "2016-12-26", "2017-01-08", []string{"czj 2016-W52 2017-01-02 2017-01-02", "czj 2017-W01 2017-01-09 2017-01-09"}},
		{"ahead, on its last day", "week, ahead: true", "czj", "5wd-end", "2016-01-01", "2016-11-10", []string{"czj 2016-W45 2016-11-07 2016-11-11"}},
		{"ahead, asked for too late", "week, ahead: true", "czj", "5wd-end", "2016-01-01", "2016-11-11", nil},
		{"backwards", "month", "czj", "1d", "2016-11-30", "2016-11-01", nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			body := kidBody + "series: {every: " + tt.every + ", for: " + tt.unit + ", unit: unit, period: name, due: due, within: " + tt.within + ", since: 2000-01-01}\n"
			body = replaceOnce(t, body, "fields: [", "fields: [{id: unit, type: unit, label: {zh: 位, en: Unit}}, {id: due, type: date, label: {zh: 期, en: Due}}, ")
			g := newTrial(t, body)
			list, err := series.Of(g.p, day(tt.from), day(tt.to), calendar.Seed(), g.w.Dir)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, o := range list {
				got = append(got, o.Whose+" "+o.Period+" "+o.Begins.String()+" "+o.Due.String())
				res, err := cases.Begin(g.p, cases.Case{ID: gov.NewID(time.Unix(0, 0))}, cases.Input{Action: "begin", Actor: system}, o.Seed(g.p), g.w)
				if err != nil || res.Case.Values["due"] != o.Due.String() {
					t.Errorf("%s: %v", o.Origin(), err)
				}
			}
			if len(got) != len(tt.want) {
				t.Fatalf("got %q, want %q", got, tt.want)
			}
			for i := range got {
				if got[i] != tt.want[i] {
					t.Errorf("got %q, want %q", got[i], tt.want[i])
				}
			}
		})
	}
}
