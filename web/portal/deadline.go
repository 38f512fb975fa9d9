package portal

import (
	"net/http"
	"strconv"
	"time"

	"quanxiang/calendar"
	"quanxiang/gov"
	"quanxiang/web/ui"
)

// deadlineView is the calculator of working days.
type deadlineView struct {
	Answer *answer
	Form   ui.Form
	Spans  ui.Table
	Known  string
}

// answer is the reckoned last day.
type answer struct {
	Label   string
	Due     gov.Date
	Weekday string
	Warning string // years whose holidays are not announced yet
}

// longest is how many days the calculator reckons, about a decade of working
// days.
const longest = 3000

func (p *Portal) deadline(w http.ResponseWriter, r *http.Request) error {
	m := p.Engine.For(r)
	frame := ui.Frame{Section: "deadline", Title: m.T("deadline.title")}
	v := deadlineView{Known: knownYears(m, p.Calendar(r.Context()))}
	v.Form = ui.Form{ID: "deadline", Action: "/tools/deadline", Submit: m.T("deadline.go"), Fields: []ui.Field{
		{Name: "start", Kind: "date", Label: m.T("deadline.start"), Hint: m.T("deadline.start_hint"), Value: p.today().String()},
		{Name: "days", Kind: "number", Label: m.T("deadline.days"), Value: "20"},
		{Name: "unit", Kind: "select", Label: m.T("deadline.unit"), Options: []ui.Option{
			{Value: string(calendar.WholeWorkdays), Label: m.T("deadline.unit.working")},
			{Value: string(calendar.DaysRolled), Label: m.T("deadline.unit.calendar")},
		}},
	}}
	if !r.URL.Query().Has("start") {
		return p.pages.deadline.Render(w, r, http.StatusOK, frame, v)
	}
	v.Form.Fill(r.URL.Query())
	result, err := p.reckon(r)
	if err != nil {
		if !v.Form.Fail(err, m.Lang()) {
			return err
		}
		return p.pages.deadline.Render(w, r, http.StatusUnprocessableEntity, frame, v)
	}
	due := result.LastDay()
	v.Answer = &answer{Label: m.T("deadline.answer"), Due: due, Weekday: weekday(m, due)}
	if result.Provisional() {
		v.Answer.Warning = result.Missing.Text().In(m.Lang())
	}
	v.Spans = spanTable(m, result, v.Form.Fields[2].Value == string(calendar.WholeWorkdays))
	return p.pages.deadline.Render(w, r, http.StatusOK, frame, v)
}

// reckon reads the question and asks the deadline engine.
func (p *Portal) reckon(r *http.Request) (calendar.Result, error) {
	q := r.URL.Query()
	start, err := dateParam(r, "start")
	if err != nil {
		return calendar.Result{}, err
	}
	if start.IsZero() {
		return calendar.Result{}, gov.Errorf(gov.Invalid, "请填写起算日期。", "Enter the starting day.").On("start")
	}
	days, err := intParam(r, "days")
	if err != nil {
		return calendar.Result{}, err
	}
	if days < 1 || days > longest {
		return calendar.Result{}, gov.Errorf(gov.Invalid, "天数应在 1 到 %d 之间。", "The number of days must be from 1 to %d.", longest).On("days")
	}
	unit := calendar.Unit(q.Get("unit"))
	if unit != calendar.WholeWorkdays && unit != calendar.DaysRolled {
		return calendar.Result{}, gov.Errorf(gov.Invalid, "请选择按工作日还是自然日计算。", "Choose working days or calendar days.").On("unit")
	}
	limit, err := calendar.ParseLimit(strconv.Itoa(days) + string(unit))
	if err != nil {
		return calendar.Result{}, err
	}
	return calendar.Deadline(calendar.Spec{Limit: limit}, calendar.History{Start: start.Time()}, p.Calendar(r.Context()))
}

// weekday names the day of the week.
func weekday(m *ui.Messages, d gov.Date) string {
	return m.Of("weekday.", int(d.Time().Weekday()))
}

// spanTable explains a deadline: every stretch of days with what it was and how
// many days it counted.
func spanTable(m *ui.Messages, r calendar.Result, working bool) ui.Table {
	t := ui.Table{Caption: m.T("deadline.spans"), Compact: true, Columns: []ui.Column{
		{Label: m.T("deadline.from_to")}, {Label: m.T("deadline.why"), Main: true},
		{Label: m.T("deadline.counted"), Number: true}, {Label: m.T("deadline.total"), Number: true},
	}}
	total := 0
	for _, s := range r.Spans {
		days := int(s.Counted / (hoursPerDay * time.Hour))
		total += days
		counted := ui.TextCell(strconv.Itoa(days))
		if days == 0 {
			counted = ui.Cell{}
		}
		t.Rows = append(t.Rows, ui.TableRow{Cells: []ui.Cell{
			stretch(gov.DateOf(s.From), gov.DateOf(s.To.Add(-time.Millisecond))),
			ui.TextCell(spanReason(m, s, working)), counted, ui.TextCell(strconv.Itoa(total)),
		}})
	}
	return t
}

// spanReason says why a stretch counts or not; the engine's word for counted
// time is made one for days.
func spanReason(m *ui.Messages, s calendar.Span, working bool) string {
	switch {
	case s.Kind != calendar.CountedSpan:
		return s.Reason.In(m.Lang())
	case working:
		return m.T("deadline.unit.working")
	default:
		return m.T("deadline.unit.calendar")
	}
}

// stretch is a cell of one day or of the first and the last.
func stretch(from, to gov.Date) ui.Cell {
	if from == to {
		return ui.Cell{Date: from}
	}
	return ui.Cell{Date: from, Until: to}
}

// knownYears says how far the holidays are announced.
func knownYears(m *ui.Messages, c calendar.Calendar) string {
	years := c.Years()
	if len(years) == 0 {
		return m.T("deadline.no_years")
	}
	return m.T("deadline.years", "first", years[0], "last", years[len(years)-1])
}
