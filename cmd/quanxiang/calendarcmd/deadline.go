package calendarcmd

import (
	"context"
	"fmt"
	"strings"
	"time"
	"unicode"

	"quanxiang/calendar"
	"quanxiang/cmd/quanxiang/cli"
	"quanxiang/gov"
)

// deadlineView is a deadline in JSON. Instants are RFC 3339 in China's time.
type deadlineView struct {
	Limit       calendar.Limit `json:"limit"`
	Start       string         `json:"start"`
	Total       int64          `json:"total_seconds"` // limit and extensions, in counted time
	Deadline    string         `json:"deadline"`      // "" while paused
	LastDay     gov.Date       `json:"last_day"`
	Paused      bool           `json:"paused"`
	Provisional bool           `json:"provisional"`
	Missing     []int          `json:"missing"` // years whose notice could move the deadline
	Spans       []spanView     `json:"spans"`
	Calendar    string         `json:"calendar"` // hash of the calendar
}

type spanView struct {
	From    string            `json:"from"`
	To      string            `json:"to"` // "" while paused
	Kind    calendar.SpanKind `json:"kind"`
	Counted int64             `json:"counted_seconds"`
	Reason  gov.Text          `json:"reason"`
	Missing int               `json:"missing,omitempty"`
}

func viewDeadline(l calendar.Limit, r calendar.Result) deadlineView {
	v := deadlineView{
		Limit: l, Start: rfc3339(r.Start), Total: int64(r.Total / time.Second), Deadline: rfc3339(r.Deadline), LastDay: r.LastDay(),
		Paused: r.Paused, Provisional: r.Provisional(), Missing: append([]int{}, r.Missing...), Calendar: r.Calendar,
	}
	for _, s := range r.Spans {
		v.Spans = append(v.Spans, spanView{rfc3339(s.From), rfc3339(s.To), s.Kind, int64(s.Counted / time.Second), s.Reason, s.Missing})
	}
	return v
}

func rfc3339(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.In(gov.China).Format(time.RFC3339)
}

func (o open) deadline(ctx context.Context, e *cli.Env, args []string) error {
	fs := e.Flags("calendar deadline", "--start 2016-09-30T17:00 --limit 4wh")
	read, _ := o(e, fs)
	format := cli.FormatFlag(e, fs)
	start := fs.String("start", "", gov.Text{ZH: "起算时刻，如 2016-09-30T17:00；只写日期即当日零时", EN: "when the clock starts, such as 2016-09-30T17:00; a date alone is its midnight"}.In(e.Lang))
	limit := fs.String("limit", "", gov.Text{ZH: "期限，如 4wh、5wd、20wd-end、7d、3mo", EN: "limit, such as 4wh, 5wd, 20wd-end, 7d, 3mo"}.In(e.Lang))
	windows := fs.String("windows", "", gov.Text{ZH: "每日工作时段（默认 8-12,14-18）", EN: "working windows of a day (default 8-12,14-18)"}.In(e.Lang))
	var pauses, extensions cli.List
	fs.Var(&pauses, "pause", gov.Text{ZH: "暂停 起..止，可重复；止可不写，表示仍在暂停", EN: "pause from..to, may be repeated; without an end it is still paused"}.In(e.Lang))
	fs.Var(&extensions, "extend", gov.Text{ZH: "批准的延长，如 2wd，可重复", EN: "approved extension, such as 2wd, may be repeated"}.In(e.Lang))
	if _, err := cli.ParseExactly(fs, args, 0); err != nil {
		return err
	}
	if *start == "" || *limit == "" {
		return cli.Misused(fs, "--start 和 --limit 都要写。", "--start and --limit are needed.")
	}
	if err := cli.BadFormat(e, *format); err != nil {
		return err
	}
	spec, history, err := deadlineInput(*start, *limit, *windows, pauses, extensions)
	if err != nil {
		return err
	}
	cal, err := read(ctx)
	if err != nil {
		return err
	}
	r, err := calendar.Deadline(spec, history, cal)
	if err != nil {
		return err
	}
	if *format == "json" {
		return cli.PrintJSON(e.Stdout, viewDeadline(spec.Limit, r))
	}
	showDeadline(e, spec.Limit, r)
	return nil
}

func deadlineInput(start, limit, windows string, pauses, extensions []string) (s calendar.Spec, h calendar.History, err error) {
	if s.Limit, err = calendar.ParseLimit(limit); err != nil {
		return s, h, err
	}
	if windows != "" {
		if s.Windows, err = calendar.ParseWindows(windows); err != nil {
			return s, h, err
		}
	}
	if h.Start, err = parseInstant(start); err != nil {
		return s, h, err
	}
	for _, text := range pauses {
		from, to, ok := strings.Cut(text, "..")
		if !ok {
			return s, h, gov.Errorf(gov.Invalid, "“%s”不是暂停，应写作 2016-11-01T11:00..2016-11-02T11:00", "%q is no pause; write 2016-11-01T11:00..2016-11-02T11:00", text)
		}
		var p calendar.Pause
		if p.From, err = parseInstant(from); err != nil {
			return s, h, err
		}
		if to != "" {
			if p.To, err = parseInstant(to); err != nil {
				return s, h, err
			}
		}
		h.Pauses = append(h.Pauses, p)
	}
	for _, text := range extensions {
		l, err := calendar.ParseLimit(text)
		if err != nil {
			return s, h, err
		}
		h.Extensions = append(h.Extensions, calendar.Extension{Add: l})
	}
	return s, h, nil
}

// parseInstant reads a civil time in China, or one with its own zone.
func parseInstant(s string) (time.Time, error) {
	for _, form := range []string{"2006-01-02T15:04", "2006-01-02 15:04", "2006-01-02T15:04:05", time.DateOnly, time.RFC3339} {
		if t, err := time.ParseInLocation(form, s, gov.China); err == nil {
			return t, nil
		}
	}
	return time.Time{}, gov.Errorf(gov.Invalid, "“%s”不是时刻，应写作 2016-09-30T17:00", "%q is not a time; write 2016-09-30T17:00", s)
}

// showDeadline prints a deadline and the table of spans that made it.
func showDeadline(e *cli.Env, l calendar.Limit, r calendar.Result) {
	minute := func(t time.Time) string { return t.In(gov.China).Format("2006-01-02 15:04") }
	text := l.Text()
	if r.Paused {
		e.Say("期限 %[1]s：计时暂停中，恢复后才能推算。", "Limit %[2]s: the clock stands still; the deadline follows when it runs again.", text.ZH, text.EN)
	} else {
		e.Say("期限 %[1]s：%[3]s（%[4]s）届满。", "Limit %[2]s: ends %[3]s (%[5]s).", text.ZH, text.EN,
			dayEnd(r.Deadline), weekday(r.LastDay(), gov.ZH), weekday(r.LastDay(), gov.EN))
	}
	counted := hours
	if wholeDays(l.Unit) {
		counted = days
	}
	row := func(from, to, counted, why string) {
		fmt.Fprintln(e.Stdout, strings.TrimRight(pad(from, 18)+pad(to, 18)+pad(counted, 9)+why, " "))
	}
	if e.Lang == gov.EN {
		row("from", "to", "counted", "why")
	} else {
		row("从", "到", "计入", "说明")
	}
	var sum time.Duration
	for _, s := range r.Spans {
		to, used := "…", "-"
		if !s.To.IsZero() {
			to = dayEnd(s.To)
		}
		if s.Counted > 0 {
			used = counted(s.Counted)
		}
		reason := s.Reason.In(e.Lang)
		if reason == "" {
			reason = gov.Text{ZH: "暂停", EN: "paused"}.In(e.Lang)
		}
		if s.Missing != 0 {
			reason += gov.Textf("（暂定：%d 年安排未载入）", " (provisional: notice for %d not loaded)", s.Missing).In(e.Lang)
		}
		sum += s.Counted
		row(minute(s.From), to, used, reason)
	}
	row(gov.Text{ZH: "合计", EN: "total"}.In(e.Lang), "", counted(sum), "")
	if r.Provisional() {
		fmt.Fprintln(e.Stdout, r.Missing.Text().In(e.Lang))
	}
}

// dayEnd writes an instant to the minute, a midnight as the 24:00 of the day
// that ends with it.
func dayEnd(t time.Time) string {
	if t = t.In(gov.China); t.Hour() == 0 && t.Minute() == 0 {
		return t.Add(-time.Minute).Format(time.DateOnly) + " 24:00"
	}
	return t.Format("2006-01-02 15:04")
}

// hours writes a length of counted time as hours and minutes.
func hours(d time.Duration) string {
	return fmt.Sprintf("%d:%02d", int(d.Hours()), int(d.Minutes())%60)
}

// days writes a length of whole days.
func days(d time.Duration) string { return fmt.Sprint(int(d.Hours() / 24)) }

// wholeDays reports a unit that counts days, not hours.
func wholeDays(u calendar.Unit) bool {
	switch u {
	case calendar.Minutes, calendar.Hours, calendar.WorkHours, calendar.Workdays:
		return false
	}
	return true
}

// pad fills a cell up with blanks; a Han character takes two columns of a
// terminal.
func pad(s string, width int) string {
	for _, r := range s {
		if width--; unicode.Is(unicode.Han, r) {
			width--
		}
	}
	return s + strings.Repeat(" ", max(width, 0))
}
