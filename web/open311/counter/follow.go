package counter

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"quanxiang/cases"
	"quanxiang/cases/casework"
	"quanxiang/cases/docket"
	"quanxiang/geo"
	"quanxiang/gov"
	"quanxiang/policy"
	"quanxiang/policy/procedure"
	"quanxiang/web/open311"
	"quanxiang/web/progress"
)

// detail is how a case stands in a state, by what it came to.
func (t terms) detail(state string, values cases.Values) policy.Detail {
	if t.Outcome != nil {
		if d := t.Outcome.Details[values.Text(t.Outcome.Field)]; d != "" && t.Details[state].Closed() {
			return d
		}
	}
	return t.Details[state]
}

// statesOf are the states of a status, none for any.
func (t terms) statesOf(statuses []open311.Status) (list []string) {
	if len(statuses) == 0 {
		return nil
	}
	for state, d := range t.Details {
		if slices.Contains(statuses, open311.StatusOf(d)) {
			list = append(list, state)
		}
	}
	if list == nil {
		list = []string{""} // none
	}
	return list
}

// Request implements open311.Desk.
func (c *Counter) Request(ctx context.Context, lang gov.Lang, id string) (open311.Request, error) {
	t, err := c.terms()
	if err != nil {
		return open311.Request{}, err
	}
	return c.byID(ctx, t, lang, id, true)
}

// byID is the case with a number: what the public is shown of it, or else that it
// is there and whether it is open, so that whoever filed it can follow it before
// it is published, and sees the end of one that never is.
func (c *Counter) byID(ctx context.Context, t terms, lang gov.Lang, id string, notes bool) (open311.Request, error) {
	sheet, err := c.sheet(ctx, t, id)
	if err == nil {
		return c.request(ctx, t, sheet, lang, notes)
	}
	if gov.CodeOf(err) != gov.NotFound {
		return open311.Request{}, err
	}
	trace, err := c.work.PublicTrace(ctx, id, c.clock())
	if err == nil && trace.Procedure != t.Procedure {
		err = gov.Errorf(gov.NotFound, "没有这件案件", "there is no such case")
	}
	if err != nil {
		return open311.Request{}, err
	}
	r := open311.Request{
		ID: trace.Number, Status: open311.Open, Detail: policy.DetailForTriage, Requested: instantOf(trace.Opened), Updated: instantOf(cmp.Or(trace.Ended, trace.Opened)),
		StatusNotes: gov.Text{ZH: "已收到，尚未公开", EN: "received, not public yet"}.In(lang),
	}
	if trace.Ended != 0 {
		r.Status, r.Detail = open311.Closed, policy.DetailClosed
		r.StatusNotes = gov.Text{ZH: "已了结，不公开", EN: "ended, not public"}.In(lang)
	}
	return r, nil
}

func (c *Counter) sheet(ctx context.Context, t terms, number string) (casework.Sheet, error) {
	sheet, err := c.work.PublicCase(ctx, number, c.clock())
	if err == nil && sheet.Under.Procedure.ID != t.Procedure {
		err = gov.Errorf(gov.NotFound, "没有这件案件", "there is no such case")
	}
	return sheet, err
}

const (
	chunk   = 500  // cases read at once while some of them are sorted out
	maxRead = 5000 // cases looked through for the updates, or the requests in a box, of one answer
)

// Requests implements open311.Desk.
func (c *Counter) Requests(ctx context.Context, lang gov.Lang, f open311.Filter) ([]open311.Request, error) {
	t, err := c.terms()
	if err != nil {
		return nil, err
	}
	var out []open311.Request
	add := func(sheet casework.Sheet) error {
		r, err := c.request(ctx, t, sheet, lang, f.Extensions)
		if gov.CodeOf(err) == gov.NotFound {
			return nil // withdrawn from the public a moment ago
		}
		out = append(out, r)
		return err
	}
	skip := (f.Page - 1) * f.Size
	if len(f.IDs) > 0 {
		for _, id := range f.IDs[min(skip, len(f.IDs)):min(skip+f.Size, len(f.IDs))] {
			r, err := c.byID(ctx, t, lang, id, f.Extensions)
			if gov.CodeOf(err) == gov.NotFound {
				continue
			}
			if err != nil {
				return nil, err
			}
			out = append(out, r)
		}
		return out, nil
	}
	st, ok := t.stretch(f)
	if !ok {
		return nil, nil
	}
	if f.Box == nil {
		return out, c.each(ctx, st, skip, f.Size, func(sheet casework.Sheet) (bool, error) { return true, add(sheet) })
	}
	// Where a case lies is in the case: what is outside of the box is passed over.
	n := 0
	err = c.each(ctx, st, 0, 0, func(sheet casework.Sheet) (bool, error) {
		if n++; n > maxRead {
			return false, gov.Errorf(gov.Invalid, "要查找 bbox 的案件超过 %d 件，请缩短时间", "more than %d requests would have to be looked through for the bbox: take a shorter time", maxRead).On("bbox")
		}
		p := t.point(sheet)
		switch {
		case p == nil || !f.Box.Contains(*p):
			return true, nil
		case skip > 0:
			skip--
			return true, nil
		}
		err := add(sheet)
		return len(out) < f.Size, err
	})
	return out, err
}

// stretch is what a filter asks for; ok is false when that can be nothing.
func (t terms) stretch(f open311.Filter) (st docket.Stretch, ok bool) {
	ms := func(at time.Time, last int64) int64 {
		if at.IsZero() {
			return 0
		}
		return at.UnixMilli() + last
	}
	// Answers tell whole seconds: a bound is good for all of its second.
	st = docket.Stretch{Procedure: t.Procedure, States: t.statesOf(f.Statuses), OpenedFrom: ms(f.Start, 0), OpenedTo: ms(f.End, 999), TouchedFrom: ms(f.After, 0), TouchedTo: ms(f.Before, 999)}
	for _, code := range f.Services {
		for _, e := range t.list.Entries { // also those no longer to be chosen
			if t.ServiceCode(e) == code {
				st.Field, st.Values = t.Service, append(st.Values, e.Code)
			}
		}
	}
	return st, len(f.Services) == 0 || len(st.Values) > 0
}

// each goes through the cases of a stretch, the newest first, limit of them or
// all for 0, until fn says no.
func (c *Counter) each(ctx context.Context, st docket.Stretch, skip, limit int, fn func(casework.Sheet) (more bool, err error)) error {
	for n := 0; limit == 0 || n < limit; n += chunk {
		size := chunk
		if limit > 0 {
			size = min(chunk, limit-n)
		}
		rows, err := c.work.PublicWithin(ctx, st, skip+n, size)
		if err != nil {
			return err
		}
		for _, r := range rows {
			sheet, err := c.work.PublicSheet(ctx, r.ID, c.clock())
			if gov.CodeOf(err) == gov.NotFound {
				continue // withdrawn from the public a moment ago
			}
			if err != nil {
				return err
			}
			if more, err := fn(sheet); err != nil || !more {
				return err
			}
		}
		if len(rows) < size {
			break
		}
	}
	return nil
}

// shown is the value of a field as the public reads it, nil for none.
func shown(sheet casework.Sheet, field string) (*procedure.Field, any) {
	for _, f := range sheet.Fields {
		if f.Field.ID == field && !f.Sealed {
			return f.Field, f.Value
		}
	}
	return nil, nil
}

// words is a value of a field in words.
func words(sheet casework.Sheet, field string, lang gov.Lang) string {
	f, v := shown(sheet, field)
	if f == nil {
		return ""
	}
	return strings.Join(casework.Words(sheet.Under.Pack, f, v, lang), gov.Text{ZH: "、", EN: ", "}.In(lang))
}

func (t terms) point(sheet casework.Sheet) *geo.Point {
	_, v := shown(sheet, t.Place)
	s, _ := v.(string)
	p, err := geo.ParsePoint(s)
	if err != nil {
		return nil // none was given: what is stored reads
	}
	return &p
}

// request is a case in the words of the protocol.
func (c *Counter) request(ctx context.Context, t terms, sheet casework.Sheet, lang gov.Lang, notes bool) (open311.Request, error) {
	values := valuesOf(sheet)
	d := t.detail(sheet.State.ID, values)
	r := open311.Request{
		ID: sheet.Number, Status: open311.StatusOf(d), Detail: d, StatusNotes: sheet.State.Name.In(lang), Agency: words(sheet, sheet.Under.Procedure.Unit, lang),
		Description: sheet.Subject, Requested: instantOf(sheet.Opened), Updated: instantOf(cmp.Or(sheet.Ended, sheet.Touched)),
		Address: t.address(sheet, lang), Point: t.point(sheet),
	}
	if e, ok := t.list.Entry(values.Text(t.Service)); ok {
		r.Service, r.ServiceName = t.ServiceCode(e), e.Name.In(lang)
	}
	if more := values.Text(t.Description); more != "" && more != r.Description {
		r.Description = more
	}
	var err error
	if r.MediaURL, err = c.picture(ctx, sheet); err != nil {
		return r, err
	}
	if sheet.Ended == 0 {
		r.Expected = cases.Counting(sheet.Under.Procedure, sheet.Deadlines).At
	}
	if !notes {
		return r, nil
	}
	list, err := c.history(ctx, t, sheet, lang)
	for _, u := range list {
		r.Notes = append(r.Notes, open311.Note{At: u.At, Description: u.Description, Type: strings.ToLower(string(u.Status))})
	}
	return r, err
}

// picture is the address of the first picture of a case that everybody is shown, ""
// without one.
func (c *Counter) picture(ctx context.Context, sheet casework.Sheet) (string, error) {
	if !slices.ContainsFunc(sheet.Fields, func(f cases.Shown) bool {
		keys, _ := f.Value.([]string)
		return f.Field.Type == procedure.FilesField && !f.Sealed && len(keys) > 0
	}) {
		return "", nil // most have none, and need not be asked for
	}
	list, err := c.work.PublicPictures(ctx, sheet.ID, c.clock())
	if err != nil || len(list) == 0 {
		return "", err
	}
	return c.base + progress.PicturePath(sheet.Number, string(list[0].Key)), nil
}

func valuesOf(sheet casework.Sheet) cases.Values {
	v := cases.Values{}
	for _, f := range sheet.Fields {
		if !f.Sealed {
			v[f.Field.ID] = f.Value
		}
	}
	return v
}

// address is what is public of where a case lies, in words: what was written, or
// else the areas from the largest on.
func (t terms) address(sheet casework.Sheet, lang gov.Lang) string {
	if s := words(sheet, t.Address, lang); s != "" {
		return s
	}
	var codes []string
	for _, f := range sheet.Fields {
		if s, ok := f.Value.(string); ok && f.Field.Type == procedure.AreaField && !f.Sealed {
			codes = append(codes, s)
		}
	}
	slices.SortFunc(codes, func(a, b string) int { return cmp.Or(cmp.Compare(len(a), len(b)), cmp.Compare(a, b)) })
	var names []string
	for _, code := range codes {
		if a, ok := sheet.Under.Pack.Area(code); ok {
			names = append(names, a.Name.In(lang))
		}
	}
	return strings.Join(names, gov.Text{EN: ", "}.In(lang))
}

// says reports that somebody said something to the public at a step.
func says(sheet casework.Sheet, e casework.Entry) bool {
	return slices.ContainsFunc(sheet.Fields, func(f cases.Shown) bool {
		text, _ := e.Set[f.Field.ID].(string)
		return f.Field.Type == procedure.ParagraphField && text != ""
	})
}

// history are the updates of a case: each step that brought it somewhere else or
// said something, as far as the public sees them. Their times are whole seconds, each later than the
// one before.
func (c *Counter) history(ctx context.Context, t terms, sheet casework.Sheet, lang gov.Lang) ([]open311.Update, error) {
	events, err := c.work.PublicHistory(ctx, sheet.ID, c.clock())
	if err != nil {
		return nil, err
	}
	var out []open311.Update
	var last time.Time
	p := sheet.Under.Procedure
	values := cases.Values{}
	for _, e := range events {
		for k, v := range e.Set {
			values[k] = v
		}
		if e.Kind != cases.Acted || e.From == procedure.New || e.From == e.To && !says(sheet, e) {
			continue
		}
		at := time.UnixMilli(e.At).Truncate(time.Second)
		if !at.After(last) {
			at = last.Add(time.Second)
		}
		last = at
		u := open311.Update{ID: sheet.Number + "-" + strconv.FormatInt(e.Seq, 10), Request: sheet.Number, Status: t.detail(e.State, values), At: at}
		if a, ok := p.Action(e.Action); ok {
			u.Description = a.Name.In(lang)
		}
		if s, ok := p.State(e.State); ok {
			u.Description += gov.Text{ZH: "：", EN: ": "}.In(lang) + s.Name.In(lang)
		}
		for _, f := range sheet.Fields { // what was said at it, in the order of the file
			if v, ok := e.Set[f.Field.ID]; ok && v != nil && f.Field.Type == procedure.ParagraphField {
				u.Description += "\n" + strings.Join(casework.Words(sheet.Under.Pack, f.Field, v, lang), "\n")
			}
		}
		out = append(out, u)
	}
	return out, nil
}

// Updates implements open311.Desk.
func (c *Counter) Updates(ctx context.Context, lang gov.Lang, f open311.UpdateFilter) ([]open311.Update, error) {
	t, err := c.terms()
	if err != nil {
		return nil, err
	}
	var all []open311.Update
	add := func(sheet casework.Sheet) error {
		list, err := c.history(ctx, t, sheet, lang)
		if gov.CodeOf(err) == gov.NotFound {
			return nil // withdrawn from the public a moment ago
		}
		for _, u := range list {
			if (f.Start.IsZero() || !u.At.Before(f.Start.Truncate(time.Second))) && (f.End.IsZero() || !u.At.After(f.End)) {
				all = append(all, u)
			}
		}
		return err
	}
	if len(f.IDs) > 0 {
		for _, id := range f.IDs {
			sheet, err := c.sheet(ctx, t, id)
			if gov.CodeOf(err) == gov.NotFound {
				continue
			}
			if err == nil {
				err = add(sheet)
			}
			if err != nil {
				return nil, err
			}
		}
	} else {
		n := 0
		st, _ := t.stretch(open311.Filter{After: f.Start.Add(-leeway)})
		err = c.each(ctx, st, 0, 0, func(sheet casework.Sheet) (bool, error) {
			if n++; n > maxRead {
				return false, gov.Errorf(gov.Invalid, "这段时间变化的案件超过 %d 件，请缩短 start_date 至 end_date", "more than %d requests have changed since: take a shorter time", maxRead).On("start_date")
			}
			return true, add(sheet)
		})
		if err != nil {
			return nil, err
		}
	}
	slices.SortStableFunc(all, func(a, b open311.Update) int { return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.ID, b.ID)) })
	if f.Size == 0 {
		return all, nil
	}
	skip := min((f.Page-1)*f.Size, len(all))
	return all[skip:min(skip+f.Size, len(all))], nil
}

// leeway is by how much the times of updates may be later than their steps.
const leeway = time.Minute
