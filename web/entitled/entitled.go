// Package entitled shows what the rule files of support programmes say of an entry of a
// register by what registers know: each condition of a title with its clause, met or
// not, what money there is and what keeps it back, and the facts with the entries and
// records they were worked out of.
package entitled

import (
	"embed"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"quanxiang/gov"
	"quanxiang/policy"
	"quanxiang/policy/register"
	"quanxiang/policy/supply"
	"quanxiang/registers"
	"quanxiang/rules/explain"
	"quanxiang/rules/ir"
	"quanxiang/rules/money"
	"quanxiang/support/judge"
	"quanxiang/support/prefill"
	"quanxiang/web/my"
	"quanxiang/web/ui"
	"quanxiang/web/who"
)

//go:embed templates
var templates embed.FS

// Deps is everything the page stands on.
type Deps struct {
	Engine    *ui.Engine
	Pack      *policy.Pack
	Registers *registers.Registers
	Judge     *judge.Judge
	Clock     gov.Clock
	My        *my.My // who signed in for an organisation; nil: nobody does
}

// Pages answers the page.
type Pages struct {
	Deps
	page *ui.Template[view]
}

// New parses the template. An error is a mistake in it.
func New(d Deps) (*Pages, error) {
	k := &Pages{Deps: d}
	return k, errors.Join(ui.LoadInto(d.Engine, templates, &k.page, "entitled"))
}

// Root is where the pages are.
const Root = "/desk/entitled"

// OwnRoot is where organisations read the same of entries that are their own.
const OwnRoot = my.ActingRoot + "/entitled"

// Mount adds the routes.
func (k *Pages) Mount(mux *http.ServeMux) {
	mux.Handle("GET "+Root+"/{register}/{key}", k.Engine.Handle(k.show))
	if k.My != nil {
		mux.Handle("GET "+OwnRoot+"/{register}/{key}", k.Engine.Handle(k.showOwn))
	}
}

// view is the page.
type view struct {
	Crumbs  []ui.Link
	Own     bool // its organisation reads it
	Lede    string
	Years   []yearLink
	Titles  []title
	Others  []title // that are not granted
	Money   ui.Table
	None    ui.Table // of which there is no money
	Facts   ui.Table
	Counted []counted
}

type yearLink struct {
	ui.Link
	Current bool
}

// title is something that is granted, with its conditions.
type title struct {
	Name       string
	Chip       ui.Chip
	Conditions ui.Table
}

// counted is what a fact was worked out of.
type counted struct {
	ID, Name, Value, About string
	Items                  []source
	More                   int
}

type source struct {
	ui.Link
	Note string
	On   gov.Date
}

// shownSources bounds how many entries are listed of what a fact counts.
const shownSources = 500

func (k *Pages) show(w http.ResponseWriter, r *http.Request) error {
	m, by := k.Engine.For(r), who.Of(r.Context()).Standing
	sheet, err := k.Registers.Sheet(r.Context(), by, r.PathValue("register"), r.PathValue("key"), gov.ID{})
	if err != nil {
		return err
	}
	l, reg, e := m.Lang(), sheet.Register, sheet.Entry
	first, ok := k.source(reg.ID)
	if !ok {
		return gov.Errorf(gov.NotFound, "规则文件不用这个名录", "no rule file uses this register")
	}
	out := view{Crumbs: []ui.Link{{Href: "/desk", Label: m.T("desk.title")}, {Href: "/desk/registers/" + reg.ID, Label: reg.Title.In(l)},
		{Href: "/desk/registers/" + reg.ID + "/" + url.PathEscape(e.Key), Label: e.Name}}}
	known, err := k.fill(r, m, &out, first, reg, e)
	if err != nil {
		return err
	}
	out.Facts, out.Counted = k.facts(m, reg.ID, known)
	return k.page.Render(w, r, http.StatusOK, ui.Frame{Section: "desk", Title: m.T("entitled.title", "name", e.Name), NoIndex: true}, out)
}

// fill says of an entry what holds of each benefit in a year, and returns what registers
// know of it.
func (k *Pages) fill(r *http.Request, m *ui.Messages, out *view, first *supply.Source, reg *register.Register, e registers.Entry) (known []prefill.Fact, err error) {
	subject := first.Subject(e.Key, e.Values.Text)
	docs := k.documents(reg.ID)
	year, years := k.years(r, docs)
	for _, y := range years {
		out.Years = append(out.Years, yearLink{ui.Link{Href: "?year=" + strconv.Itoa(y), Label: strconv.Itoa(y)}, y == year})
	}
	out.Lede = m.T("entitled.lede", "key", reg.Key.Label.In(m.Lang()), "code", e.Key, "year", strconv.Itoa(year))
	columns := []ui.Column{{Label: m.T("entitled.benefit"), Main: true}, {Label: m.T("entitled.clause")}, {Label: m.T("entitled.amount"), Number: true}, {Label: m.T("entitled.why")}}
	out.Money = ui.Table{ID: "money-table", Caption: m.T("entitled.money"), Columns: columns}
	out.None = ui.Table{ID: "none-table", Caption: m.T("entitled.no_money"), Columns: columns}
	for i, d := range docs {
		s, err := k.Judge.Of(r.Context(), first.For, d.Short, subject, reg.ID, e.Key, gov.Date{Year: year, Month: 12, Day: 31})
		if err != nil {
			return nil, err
		}
		if i == 0 {
			known = s.Facts
		}
		for j := range s.Benefits {
			b := &s.Benefits[j]
			switch {
			case b.Info.Grant != "" && b.Granted():
				out.Titles = append(out.Titles, k.title(m, b))
			case b.Info.Grant != "":
				out.Others = append(out.Others, k.title(m, b))
			case b.High == 0:
				out.None.Rows = append(out.None.Rows, k.money(m, b))
			default:
				out.Money.Rows = append(out.Money.Rows, k.money(m, b))
			}
		}
	}
	return known, nil
}

// source is the first source of facts in a register.
func (k *Pages) source(registerID string) (*supply.Source, bool) {
	i := slices.IndexFunc(k.Pack.Supply, func(s supply.Source) bool { return s.Register == registerID })
	if i < 0 {
		return nil, false
	}
	return &k.Pack.Supply[i], true
}

// documents are those whose clauses the sources of a register cite.
func (k *Pages) documents(registerID string) (list []ir.DocInfo) {
	for _, d := range k.Pack.Rules.Docs {
		if slices.ContainsFunc(k.Pack.Supply, func(s supply.Source) bool { return s.Register == registerID && strings.HasPrefix(s.Cite, d.Number) }) {
			list = append(list, d)
		}
	}
	return list
}

// years are those in which the documents are in force up to this one, and the one that
// is shown: the one asked for, or the last that is over, by which what is paid goes.
func (k *Pages) years(r *http.Request, docs []ir.DocInfo) (shown int, list []int) {
	today := gov.DateOf(k.Clock()).Year
	for _, d := range docs {
		last := today
		if !d.Until.IsZero() {
			last = min(last, d.Until.Year)
		}
		for y := d.Force.Year; y <= last; y++ {
			if !slices.Contains(list, y) {
				list = append(list, y)
			}
		}
	}
	slices.Sort(list)
	if len(list) == 0 {
		return today, nil
	}
	shown = list[max(0, len(list)-2)]
	if y, err := strconv.Atoi(r.URL.Query().Get("year")); err == nil && slices.Contains(list, y) {
		shown = y
	}
	return shown, list
}

// chips say how a condition stands.
var chips = map[judge.Met]string{judge.Yes: "good", judge.No: "bad", judge.Open: "warn"}

func chip(m *ui.Messages, met judge.Met) ui.Chip {
	return ui.Chip{Label: m.T("entitled." + string(met)), Tone: chips[met]}
}

func clauses(m *ui.Messages, list []ir.Clause) string {
	var out []string
	for _, c := range list {
		out = append(out, c.Doc+" "+explain.Citation(c.Path, m.Lang()))
	}
	return strings.Join(out, m.T("list.separator"))
}

// title is a title with its conditions.
func (k *Pages) title(m *ui.Messages, b *judge.Benefit) title {
	met := judge.Open
	if b.Low > 0 {
		met = judge.Yes
	} else if b.High == 0 {
		met = judge.No
	}
	t := title{Name: b.Info.Name, Chip: chip(m, met)}
	t.Conditions = ui.Table{Caption: b.Info.Name, Columns: []ui.Column{{Label: m.T("entitled.condition"), Main: true}, {Label: m.T("entitled.clause")}, {Label: m.T("entitled.stands"), Narrow: true}}}
	for _, c := range b.Conditions {
		t.Conditions.Rows = append(t.Conditions.Rows, ui.TableRow{Cells: []ui.Cell{ui.TextCell(c.Text), ui.TextCell(clauses(m, c.Clauses)), {Chips: []ui.Chip{chip(m, c.Met)}}}})
	}
	return t
}

// money is a sum with what keeps it back.
func (k *Pages) money(m *ui.Messages, b *judge.Benefit) ui.TableRow {
	amount := money.Fen(b.Low).As(m.Lang())
	if b.Low != b.High {
		amount = m.T("entitled.open_amount")
	}
	var why []string
	for _, c := range b.Conditions {
		if c.Met == judge.No {
			why = append(why, m.T("entitled.kept_back", "condition", c.Text))
		}
	}
	if len(b.Needs) > 0 {
		why = append(why, m.T("entitled.wanting", "facts", strings.Join(b.Needs, m.T("list.separator"))))
	}
	return ui.TableRow{Cells: []ui.Cell{ui.TextCell(b.Info.Name), ui.TextCell(clauses(m, b.Info.Clauses)), ui.TextCell(amount), ui.TextCell(strings.Join(why, m.T("entitled.join")))}}
}

// facts are what registers know, with what each was worked out of.
func (k *Pages) facts(m *ui.Messages, registerID string, known []prefill.Fact) (t ui.Table, list []counted) {
	t = ui.Table{ID: "facts-table", Caption: m.T("entitled.facts"), Columns: []ui.Column{{Label: m.T("entitled.fact"), Main: true}, {Label: m.T("entitled.value")}, {Label: m.T("entitled.force"), Narrow: true},
		{Label: m.T("entitled.from")}, {Label: m.T("entitled.basis")}}}
	for i, f := range known {
		value := said(f.Value)
		if f.Level == register.OpenPurpose {
			value = m.T("entitled.for_purpose")
		}
		force := ui.Chip{Label: m.T("entitled.proposed"), Tone: "quiet"}
		if f.Locked {
			force = ui.Chip{Label: m.T("entitled.locked"), Tone: "info"}
		}
		from := ui.Cell{Text: m.T("entitled.no_source")}
		if len(f.Sources) > 0 {
			id := fmt.Sprintf("counted-%d", i+1)
			if len(f.Sources) == 1 {
				one := k.item(m, f.Sources[0])
				t.Rows = append(t.Rows, ui.TableRow{Cells: []ui.Cell{ui.TextCell(f.Name), ui.TextCell(value), {Chips: []ui.Chip{force}}, {Links: []ui.Link{{Href: one.Href, Label: one.Label, Note: one.Note}}}, ui.TextCell(f.Cite)}})
				continue
			}
			from = ui.Cell{Links: []ui.Link{{Href: "#" + id, Label: m.T("entitled.sources", "n", len(f.Sources))}}}
			c := counted{ID: id, Name: f.Name, Value: value, About: f.About.In(m.Lang())}
			for j, s := range f.Sources {
				if j == shownSources {
					c.More = len(f.Sources) - j
					break
				}
				c.Items = append(c.Items, k.item(m, s))
			}
			list = append(list, c)
		}
		t.Rows = append(t.Rows, ui.TableRow{Cells: []ui.Cell{ui.TextCell(f.Name), ui.TextCell(value), {Chips: []ui.Chip{force}}, from, ui.TextCell(f.Cite)}})
	}
	return t, list
}

// item is an entry or record that was counted.
func (k *Pages) item(m *ui.Messages, s prefill.Source) source {
	l := m.Lang()
	out := source{Link: ui.Link{Href: "/desk/registers/" + s.Register + "/" + url.PathEscape(s.Subject), Label: s.Name}}
	if on, err := gov.ParseDate(s.On); err == nil {
		out.On = on
	}
	reg, ok := k.Pack.Register(s.Register)
	if !ok {
		return out
	}
	what := reg.Entry.In(l)
	if kind, ok := reg.Kind(s.Kind); ok {
		what = kind.Title.In(l)
		out.Href += "?kind=" + url.QueryEscape(kind.ID)
	}
	if s.Says != "" && s.Says != s.Name {
		out.Label = k.word(reg, s, l)
	}
	out.Note = m.T("entitled.version", "what", what, "version", strconv.Itoa(s.Version))
	return out
}

// word is what a record says, as people read it.
func (k *Pages) word(reg *register.Register, s prefill.Source, l gov.Lang) string {
	fields := reg.Fields
	if kind, ok := reg.Kind(s.Kind); ok {
		fields = kind.Fields
	}
	for i := range fields {
		for _, o := range fields[i].Options {
			if o.ID == s.Says {
				return o.Name.In(l)
			}
		}
	}
	return s.Says
}

// said is a value of a statement of facts as people read it.
func said(raw []byte) string {
	return strings.NewReplacer(`"`, "", "{", "", "}", "", "[", "", "]", "", ":", " ", ",", "，", "true", "是", "false", "否").Replace(string(raw))
}
