// Package counter is the open311.Desk of a district's cases: where other
// programs hand reports in and ask after them. It goes by the file open311.yaml of
// the pack, begins cases as a resident does, and shows of them what everybody is
// shown.
package counter

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"quanxiang/cases"
	"quanxiang/cases/casework"
	"quanxiang/cases/docket"
	"quanxiang/gov"
	"quanxiang/policy"
	"quanxiang/policy/codes"
	"quanxiang/policy/procedure"
	"quanxiang/residents"
	"quanxiang/web/open311"
)

// Contacts keeps who reports a case; residents.Register does.
type Contacts interface {
	OpenUnlinked(ctx context.Context, caseID gov.ID, d residents.Draft) (residents.Contact, error)
	OpenWith(ctx context.Context, id, caseID gov.ID, d residents.Draft) (residents.Contact, error)
}

// Counter answers for the pack that is in force. Its methods may be called by any
// number of goroutines.
type Counter struct {
	work     *casework.Casework
	contacts Contacts
	clock    gov.Clock
	base     string // scheme and host, for the addresses of pictures
}

var _ open311.Desk = (*Counter)(nil)

// New makes a counter. The pack in force must have an open311.yaml.
// base is scheme and host of the site without a slash at the end.
func New(work *casework.Casework, contacts Contacts, clock gov.Clock, base string) *Counter {
	return &Counter{work, contacts, clock, base}
}

// terms are what open311.yaml says, with what it refers to.
type terms struct {
	*policy.Open311
	pack *policy.Pack
	p    *procedure.Procedure
	a    *procedure.Action
	list *codes.List
}

// errClosed is the answer of a pack that has lost its open311.yaml.
var errClosed = gov.Errorf(gov.Unavailable, "本区目前不经这个接口受理", "the district takes nothing in by this way now")

func (c *Counter) terms() (terms, error) {
	t := terms{pack: c.work.Pack()}
	if t.Open311 = t.pack.Open311; t.Open311 == nil {
		return t, errClosed
	}
	t.p, _ = t.pack.Procedure(t.Procedure)
	t.a, _ = t.p.Action(t.Action)
	f, _ := t.p.Field(t.Service)
	t.list = f.List()
	return t, nil
}

// services are the entries that can be reported on a day.
func (t terms) services(day gov.Date) []codes.Entry {
	return slices.DeleteFunc(slices.Clone(t.list.Entries), func(e codes.Entry) bool { return t.list.Heads(e.Code) || !e.Valid(day) })
}

// service finds the entry of a code. Codes have the case they are written in.
func (t terms) service(code string, day gov.Date) (codes.Entry, error) {
	all := t.services(day)
	i := slices.IndexFunc(all, func(e codes.Entry) bool { return t.ServiceCode(e) == code })
	if i < 0 {
		return codes.Entry{}, gov.Errorf(gov.NotFound, "没有服务 %s", "there is no service %s", code)
	}
	return all[i], nil
}

// Services implements open311.Desk.
func (c *Counter) Services(_ context.Context, lang gov.Lang) ([]open311.Service, error) {
	t, err := c.terms()
	if err != nil {
		return nil, err
	}
	all := t.services(gov.DateOf(c.clock()))
	out := make([]open311.Service, len(all))
	for i, e := range all {
		s := open311.Service{Code: t.ServiceCode(e), Name: e.Name.In(lang), Metadata: len(t.Attributes) > 0}
		for at := t.list.Above(e.Code); at != "" && len(s.Keywords) < 5; at = t.list.Above(at) {
			head, ok := t.list.Entry(at)
			if !ok {
				break
			}
			s.Keywords = append(s.Keywords, head.Name.In(lang))
		}
		if len(s.Keywords) > 0 {
			s.Group = s.Keywords[0]
		}
		out[i] = s
	}
	return out, nil
}

// Definition implements open311.Desk.
func (c *Counter) Definition(_ context.Context, lang gov.Lang, service string) (open311.Definition, error) {
	t, err := c.terms()
	if err != nil {
		return open311.Definition{}, err
	}
	if _, err := t.service(service, gov.DateOf(c.clock())); err != nil {
		return open311.Definition{}, err
	}
	d := open311.Definition{Service: service}
	for i, id := range t.Attributes {
		f, _ := t.p.Field(id)
		d.Attributes = append(d.Attributes, open311.Attribute{Code: f.ID, Datatype: datatypes[f.Type], Order: i + 1, Description: f.Label.In(lang), Hint: f.Help.In(lang),
			Required: slices.ContainsFunc(t.a.Asks, func(a procedure.Ask) bool { return a.Field == id && a.Required }), Values: t.values(f, lang)})
	}
	return d, nil
}

var datatypes = map[procedure.FieldType]open311.Datatype{
	procedure.TextField: open311.String, procedure.ParagraphField: open311.Text, procedure.IntegerField: open311.Number, procedure.DateField: open311.Datetime,
	procedure.BoolField: open311.SingleList, procedure.ChoiceField: open311.SingleList, procedure.AreaField: open311.SingleList,
}

// values are what a field of a list type can be.
func (t terms) values(f *procedure.Field, lang gov.Lang) (list []open311.Value) {
	switch f.Type {
	case procedure.BoolField:
		return []open311.Value{{Key: "true", Name: gov.Text{ZH: "是", EN: "yes"}.In(lang)}, {Key: "false", Name: gov.Text{ZH: "否", EN: "no"}.In(lang)}}
	case procedure.ChoiceField:
		for _, o := range f.Options {
			list = append(list, open311.Value{Key: o.ID, Name: o.Name.In(lang)})
		}
	case procedure.AreaField:
		for _, a := range t.pack.Areas {
			if f.Size == "" || string(a.Level) == f.Size {
				list = append(list, open311.Value{Key: a.Code, Name: a.Name.In(lang)})
			}
		}
	}
	return list
}

// File implements open311.Desk. What is wrong with a report is told first, and how its
// case begins is decided, under an identity nobody has yet. Then that identity, the
// contact and the case are kept as one. Files come before that, under the identity of
// the case: what is interrupted between them is gone on with when the report is sent
// again.
func (c *Counter) File(ctx context.Context, r open311.Report) (open311.Filed, error) {
	t, err := c.terms()
	if err != nil {
		return open311.Filed{}, err
	}
	now := c.clock()
	who, fresh, contact := casework.Resident{At: now}, gov.NewID(now), gov.NewID(now)
	values, draft, err := c.read(t, r, gov.DateOf(now))
	if len(r.Media) > 0 && err == nil {
		return c.fileWith(ctx, who, t, r, draft, values)
	}
	var begins *docket.Prepared
	if err == nil {
		begins, err = c.work.PreparePublic(who, fresh, t.Procedure, t.Action, contact.String(), values)
		err = t.mistakes(err)
	}
	if err != nil { // but for one that was good when it was filed
		id, again, lost := r.Claim(ctx, fresh)
		if lost == nil && again {
			if number, lost := c.filed(ctx, id); lost != nil || number != "" {
				return open311.Filed{ID: number, Notice: t.Notice.In(r.Lang)}, lost
			}
		}
		return open311.Filed{}, cmp.Or(lost, err)
	}
	var number string
	err = c.work.Together(ctx, func(ctx context.Context) error {
		id, again, err := r.Claim(ctx, fresh)
		if err != nil {
			return err
		}
		if again {
			number, err = c.begin(ctx, who, t, id, draft, values)
			return err
		}
		if _, err := c.contacts.OpenWith(ctx, contact, fresh, draft); err != nil {
			return err
		}
		number, err = c.work.BeginPrepared(ctx, begins)
		return err
	})
	return open311.Filed{ID: number, Notice: t.Notice.In(r.Lang)}, t.mistakes(err)
}

// read reads a report and tells what is wrong with what it says.
func (c *Counter) read(t terms, r open311.Report, day gov.Date) (values cases.Values, d residents.Draft, err error) {
	if values, err = t.valuesOf(r, day); err != nil {
		return nil, d, err
	}
	d, err = residents.Draft{Name: r.Person.Name, Mobile: r.Person.Phone, Email: r.Person.Email, Channel: residents.None, Lang: r.Lang}.Normal()
	return values, d, renamed(err, map[string]string{"name": "first_name", "mobile": "phone", "email": "email"})
}

// fileWith files a report that comes with files.
func (c *Counter) fileWith(ctx context.Context, who casework.Resident, t terms, r open311.Report, draft residents.Draft, values cases.Values) (open311.Filed, error) {
	id, _, err := r.Claim(ctx, gov.NewID(who.At))
	if err != nil {
		return open311.Filed{}, err
	}
	filed := open311.Filed{Notice: t.Notice.In(r.Lang)}
	if filed.ID, err = c.filed(ctx, id); err != nil || filed.ID != "" {
		return filed, err
	}
	contact, err := c.contacts.OpenUnlinked(ctx, id, draft) // whose the files are
	if err != nil {
		return filed, err
	}
	who.Contacts = []string{contact.ID.String()}
	keys, err := c.attach(ctx, who, t, r, id)
	if err != nil {
		return filed, err
	}
	values[t.Photos] = keys
	err = c.work.Together(ctx, func(ctx context.Context) (err error) {
		filed.ID, err = c.begin(ctx, who, t, id, draft, values)
		return err
	})
	return filed, t.mistakes(err)
}

// filed is the number of the case that has an identity, "" of none. The identity
// is one report's alone: what has become of it has become of that report.
func (c *Counter) filed(ctx context.Context, id gov.ID) (number string, err error) {
	m, err := c.work.Matter(ctx, id)
	if gov.CodeOf(err) == gov.NotFound {
		return "", nil
	}
	return m.Number, err
}

// begin finds the case of a report begun, or keeps who reports and begins it.
func (c *Counter) begin(ctx context.Context, who casework.Resident, t terms, id gov.ID, draft residents.Draft, values cases.Values) (number string, err error) {
	if number, err = c.filed(ctx, id); err != nil || number != "" {
		return number, err
	}
	contact, err := c.contacts.OpenUnlinked(ctx, id, draft)
	if err != nil {
		return "", err
	}
	who.Contacts = []string{contact.ID.String()}
	return c.work.PublicBegin(ctx, who, id, t.Procedure, t.Action, contact.ID.String(), values, casework.Doubt{})
}

// valuesOf are the values of a case that a report asks for.
func (t terms) valuesOf(r open311.Report, day gov.Date) (cases.Values, error) {
	e, err := t.service(r.Service, day)
	if err != nil {
		return nil, err
	}
	v := cases.Values{t.Service: e.Code, t.Subject: t.subject(r.Description, e)}
	if r.Place.Point != nil {
		v[t.Place] = r.Place.Point.String()
	}
	description := r.Description
	for _, u := range r.MediaURLs { // kept as a text to be read by people; nothing here fetches them
		description += "\n" + u
	}
	address := strings.Join(slices.DeleteFunc([]string{r.Place.Address, r.Place.AddressID}, func(s string) bool { return s == "" }), " ")
	if t.Address == "" && address != "" {
		description = address + "\n" + description
	} else if address != "" {
		v[t.Address] = address
	}
	if description = strings.TrimSpace(description); t.Description != "" && description != "" {
		v[t.Description] = description
	}
	var wrong cases.Mistakes
	if p := r.Place.Point; p != nil && !t.pack.Covers(*p) {
		wrong = append(wrong, t.elsewhere())
	}
	for code, list := range r.Attributes {
		if !slices.Contains(t.Attributes, code) {
			wrong = append(wrong, gov.Errorf(gov.Invalid, "服务 %[1]s 没有这个属性", "the service %[1]s has no such attribute", r.Service).On("attribute["+code+"]"))
			continue
		}
		f, _ := t.p.Field(code)
		value, err := t.parse(f, list)
		if err != nil {
			wrong = append(wrong, err.On("attribute["+code+"]"))
			continue
		}
		v[code] = value
	}
	if len(wrong) > 0 {
		slices.SortFunc(wrong, func(a, b *gov.Error) int { return cmp.Compare(a.Field, b.Field) })
		return nil, wrong
	}
	return v, nil
}

// elsewhere says that a place is not in the district, and whom to call.
func (t terms) elsewhere() *gov.Error {
	e := gov.Errorf(gov.Invalid, "位置不在%[1]s内，这里办不了", "the place is outside %[2]s and cannot be dealt with here", t.pack.Name.ZH, t.pack.Name.In(gov.EN))
	if to := t.pack.Elsewhere; to.Phone != "" {
		e = gov.Errorf(gov.Invalid, "位置不在%[1]s内，这里办不了，请拨打 %[3]s（%[4]s）", "the place is outside %[2]s and cannot be dealt with here: call %[3]s, %[5]s",
			t.pack.Name.ZH, t.pack.Name.In(gov.EN), to.Phone, to.Name.ZH, to.Name.In(gov.EN))
	}
	return e.On("lat")
}

// subject is what a case is called: the first line of what was written, or the
// name of the service.
func (t terms) subject(description string, e codes.Entry) string {
	line, _, _ := strings.Cut(strings.TrimSpace(description), "\n")
	if line = strings.TrimSpace(line); line == "" {
		line = e.Name.ZH
	}
	f, _ := t.p.Field(t.Subject)
	if utf8.RuneCountInString(line) < deref(f.Min) {
		line = e.Name.ZH + "：" + line
	}
	if most := cmp.Or(deref(f.Max), 100); utf8.RuneCountInString(line) > most {
		line = string([]rune(line)[:most-1]) + "…"
	}
	return line
}

func deref(p *int) int {
	if p == nil {
		return 0
	}
	return *p
}

// instantOf is an instant of milliseconds, zero for 0.
func instantOf(ms int64) time.Time {
	if ms == 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms)
}
