package registers

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"quanxiang/gov"
	"quanxiang/library/feed"
	"quanxiang/policy/procedure"
	"quanxiang/policy/register"
	"quanxiang/registers"
	"quanxiang/rules/money"
	"quanxiang/web/export"
	"quanxiang/web/ui"
)

// DataRoot is where all that is public of registers is given away.
const DataRoot = "/data/registers"

// DownloadTime is how long a whole register may take to be sent.
const DownloadTime = 10 * time.Minute

// inFeed is how many records a feed holds.
const inFeed = 50

// listPath is a public list of a register.
func listPath(registerID, kind string) string {
	return PublicRoot + "/" + url.PathEscape(registerID) + "/lists/" + url.PathEscape(kind)
}

// rollView is a public list.
type rollView struct {
	Crumbs []ui.Link
	Cite   string
	Total  string
	About  string
	Repair string
	Rows   []member
	Pager  ui.Pager
	Feed   string
	Data   string // where the list is to be had as data, or ""
	Others []ui.Link
}

// member is somebody on a list.
type member struct {
	Key, Name string
	Href      string
	Says      string
	Unit      string
	On        gov.Date
	Until     string
	Basis     string
	Facts     []fact
	Object    string
}

func (k *Pages) showRoll(w http.ResponseWriter, r *http.Request) error {
	m := k.Engine.For(r)
	id, isFeed := strings.CutSuffix(r.PathValue("kind"), ".atom")
	limit := pageSize
	if isFeed {
		limit = inFeed
	}
	roll, err := k.Registers.Roll(r.Context(), r.PathValue("register"), id, gov.Page{After: r.URL.Query().Get("after"), Limit: limit})
	if err != nil {
		return err
	}
	if isFeed {
		return k.sendFeed(w, r, roll)
	}
	l, reg := m.Lang(), roll.Register
	title := roll.Kind.Title.In(l)
	out := rollView{Cite: roll.Kind.Basis, About: roll.Kind.List.About.In(l), Repair: roll.Kind.List.Repair.In(l), Total: m.T("lists.total", "n", roll.Total), Feed: listPath(reg.ID, id) + ".atom",
		Crumbs: []ui.Link{{Href: "/", Label: m.T("nav.home")}, {Href: PublicRoot + "/" + reg.ID, Label: m.T("registers.public", "register", reg.Title.In(l))}}}
	if reg.Data != nil {
		out.Data = DataRoot + "/" + reg.ID
	}
	for _, o := range k.lists(m, reg) {
		if o.Href != listPath(reg.ID, id) {
			out.Others = append(out.Others, o)
		}
	}
	today := gov.DateOf(k.Clock())
	for _, n := range roll.Items {
		rec := k.record(m, reg, n.Record, today)
		one := member{Key: n.Subject, Name: n.Name, Href: publicPath(reg.ID, n.Subject), Says: rec.Says, Unit: rec.Unit, On: rec.On, Until: m.T("lists.open_end"), Basis: n.Basis, Facts: rec.Facts,
			Object: k.objection(reg, registers.Entry{Key: n.Subject, Name: n.Name}, n.Unit, roll.Kind.Title.ZH+" "+register.KeyText(n.Key), n.Ref())}
		if !rec.Until.IsZero() {
			one.Until = m.T("lists.until", "day", rec.Until.In(l))
		}
		if one.Basis == "" {
			one.Basis = roll.Kind.Basis
		}
		out.Rows = append(out.Rows, one)
	}
	out.Pager = ui.PagerOf(r, gov.List[member]{Items: out.Rows, Next: roll.Next, Total: roll.Total})
	return k.roll.Render(w, r, http.StatusOK, ui.Frame{Section: "credit", Title: title, Description: out.About}, out)
}

// lists are the public lists of a register.
func (k *Pages) lists(m *ui.Messages, reg *register.Register) (list []ui.Link) {
	for _, kind := range reg.Kinds {
		if kind.List != nil {
			list = append(list, ui.Link{Href: listPath(reg.ID, kind.ID), Label: kind.Title.In(m.Lang())})
		}
	}
	for _, other := range k.Pack.Registers {
		if other.Public() && other.ID != reg.ID && (len(other.Shows) > 0 || len(reg.Shows) > 0 && len(other.Kinds) > 0) {
			list = append(list, ui.Link{Href: PublicRoot + "/" + other.ID, Label: other.Title.In(m.Lang())})
		}
	}
	return list
}

// sendFeed is a public list as a feed (RFC 4287): who was put on it last.
func (k *Pages) sendFeed(w http.ResponseWriter, r *http.Request, roll registers.Roll) error {
	m := k.Engine.For(r)
	reg, self := roll.Register, listPath(roll.Register.ID, roll.Kind.ID)
	entries := make([]feed.Entry, len(roll.Items))
	for i, n := range roll.Items {
		rec := k.record(m, reg, n.Record, gov.DateOf(k.Clock()))
		entries[i] = feed.Entry{ID: refID(reg.ID, n.Record), Title: n.Name + " " + n.Subject, Path: publicPath(reg.ID, n.Subject), Updated: n.At, Published: rec.On.Time(),
			Summary: strings.Trim(rec.Says+" · "+n.Key, " ·"), Authors: []string{rec.Unit}}
	}
	b, err := feed.Feed{Base: k.BaseURL, Self: self + ".atom", About: self, Lang: m.Lang(), Title: roll.Kind.Title.In(m.Lang())}.Write(entries)
	if err != nil {
		return err
	}
	return ui.Send(w, r, "application/atom+xml; charset=utf-8", b)
}

// refID is an id of a record for feeds: the same whenever it is asked for (UUID
// version 8, RFC 9562).
func refID(registerID string, rec registers.Record) (id gov.ID) {
	sum := sha256.Sum256([]byte(registerID + "/" + rec.Ref()))
	copy(id[:], sum[:])
	id[6], id[8] = id[6]&0x0f|0x80, id[8]&0x3f|0x80
	return id
}

// column is a column of open data.
type column struct {
	ID       string
	Label    gov.Text
	About    gov.Text
	Required bool
	Field    *register.Field // nil for what every table has
}

// dataset is a table of open data: entries, or the records of a kind.
type dataset struct {
	reg     *register.Register
	kind    *register.Kind // nil for entries
	columns []column
}

const entriesSet = "entries"

// id names the dataset in addresses.
func (d dataset) id() string {
	if d.kind == nil {
		return entriesSet
	}
	return d.kind.ID
}

func (d dataset) title() gov.Text {
	if d.kind == nil {
		return d.reg.Title
	}
	return d.kind.Title
}

// datasets are those of a register.
func datasets(reg *register.Register) (list []dataset) {
	public := func(fields []register.Field) (out []column) {
		for i := range fields {
			if f := &fields[i]; f.Level() == register.OpenPublic {
				out = append(out, column{f.ID, f.Label, f.Help, f.Required, f})
			}
		}
		return out
	}
	key := column{ID: "key", Label: reg.Key.Label, Required: true}
	list = append(list, dataset{reg, nil, append([]column{key}, public(reg.Fields)...)})
	for i := range reg.Kinds {
		kind := &reg.Kinds[i]
		if kind.Public.IsZero() {
			continue
		}
		key.ID = "subject"
		columns := []column{key, {ID: "subject_name", Label: gov.Text{ZH: "主体名称", EN: "Name of the subject"}, Required: true},
			{ID: "unit", Label: gov.Text{ZH: "来源单位", EN: "Unit"}, Required: true}, {ID: "basis", Label: gov.Text{ZH: "依据", EN: "Legal basis"}, Required: true}}
		list = append(list, dataset{reg, kind, append(columns, public(kind.Fields)...)})
	}
	return list
}

// dataView describes what is to be had.
type dataView struct {
	Crumbs  []ui.Link
	Licence string
	Sets    []setView
}

type setView struct {
	ID      string
	Title   string
	About   string
	Files   []ui.Link
	Columns ui.Table
}

func (k *Pages) showData(w http.ResponseWriter, r *http.Request) error {
	m := k.Engine.For(r)
	reg, err := k.Registers.OpenData(r.PathValue("register"))
	if err != nil {
		return err
	}
	l := m.Lang()
	out := dataView{Licence: reg.Data.Licence.In(l), Crumbs: []ui.Link{{Href: "/", Label: m.T("nav.home")}, {Href: PublicRoot + "/" + reg.ID, Label: m.T("registers.public", "register", reg.Title.In(l))}}}
	for _, d := range datasets(reg) {
		base := DataRoot + "/" + reg.ID + "/" + d.id()
		s := setView{ID: d.id(), Title: d.title().In(l), About: m.T("data.entries"),
			Files: []ui.Link{{Href: base + ".csv", Label: "CSV"}, {Href: base + ".json", Label: "JSON"}, {Href: base + ".csv-metadata.json", Label: "CSVW"}}}
		if d.kind != nil {
			s.About = m.T("registers.public_for", "span", d.kind.Public.Text().In(l))
		}
		s.Columns = ui.Table{Caption: m.T("data.columns"), Columns: []ui.Column{{Label: m.T("data.column"), Main: true}, {Label: m.T("registers.id"), Narrow: true}, {Label: m.T("data.type"), Narrow: true}, {Label: m.T("data.values")}}}
		for _, c := range d.columns {
			typ, values := "text", []string{}
			if c.Field != nil {
				typ = string(c.Field.Type)
				for _, o := range c.Field.Options {
					values = append(values, o.ID+" "+o.Name.In(l))
				}
			}
			s.Columns.Rows = append(s.Columns.Rows, ui.TableRow{Cells: []ui.Cell{ui.TextCell(c.Label.In(l)), {Code: c.ID}, {Code: typ}, ui.TextCell(strings.Join(values, m.T("list.separator")))}})
		}
		out.Sets = append(out.Sets, s)
	}
	return k.data.Render(w, r, http.StatusOK, ui.Frame{Section: "credit", Title: m.T("data.title", "register", reg.Title.In(l)), Description: out.Licence}, out)
}

// sendData sends a dataset whole: NAME.csv, NAME.json, or NAME.csv-metadata.json, which
// says what the columns of the CSV are (CSV on the Web).
func (k *Pages) sendData(w http.ResponseWriter, r *http.Request) error {
	reg, err := k.Registers.OpenData(r.PathValue("register"))
	if err != nil {
		return err
	}
	name, ext, _ := strings.Cut(r.PathValue("file"), ".")
	for _, d := range datasets(reg) {
		if d.id() != name {
			continue
		}
		switch ext {
		case "csv":
			return k.sendCSV(w, r, d)
		case "json":
			return k.sendJSON(w, r, d)
		case "csv-metadata.json":
			b, err := json.MarshalIndent(k.metadata(r, d), "", "  ")
			if err != nil {
				return err
			}
			return ui.Send(w, r, "application/csvm+json", b)
		}
	}
	return gov.Errorf(gov.NotFound, "没有这个文件。", "There is no such file.")
}

// stream has an answer sent piece by piece. When fn fails behind its first piece the
// connection is cut, so that nobody takes the half for the whole.
func stream(w http.ResponseWriter, r *http.Request, fn func(out io.Writer) error) error {
	if err := http.NewResponseController(w).SetWriteDeadline(time.Now().Add(DownloadTime)); err != nil && !errors.Is(err, http.ErrNotSupported) {
		return err
	}
	if r.Method == http.MethodHead {
		w.WriteHeader(http.StatusOK)
		return nil
	}
	c := &counting{Writer: w}
	err := fn(c)
	if err != nil && c.n > 0 {
		panic(http.ErrAbortHandler)
	}
	return err
}

// counting counts what was written.
type counting struct {
	io.Writer
	n int64
}

func (c *counting) Write(b []byte) (int, error) {
	n, err := c.Writer.Write(b)
	c.n += int64(n)
	return n, err
}

// each calls fn with every row of a dataset: its own values, and the fields.
func (k *Pages) each(ctx context.Context, d dataset, fn func(own map[string]string, v registers.Values) error) error {
	if d.kind == nil {
		return k.Registers.EachEntry(ctx, d.reg.ID, func(e registers.Entry) error { return fn(map[string]string{"key": e.Key}, e.Values) })
	}
	return k.Registers.EachRecord(ctx, d.reg.ID, d.kind.ID, func(n registers.Named) error {
		basis := n.Basis
		if basis == "" {
			basis = d.kind.Basis
		}
		return fn(map[string]string{"subject": n.Subject, "subject_name": n.Name, "unit": n.Unit, "basis": basis}, n.Values)
	})
}

// title is the head of a column; one of money says its unit, since its values are bare
// numbers.
func (c column) title(m *ui.Messages) string {
	if c.Field != nil && c.Field.Type == procedure.MoneyField {
		return m.T("registers.in_yuan", "label", c.Label.In(m.Lang()))
	}
	return c.Label.In(m.Lang())
}

// plain is a value as the description of the table says it is written (metadata):
// days, numbers and amounts in yuan for programs, all else in words.
func (k *Pages) plain(f *register.Field, v any, l gov.Lang) string {
	switch n := v.(type) {
	case string:
		if f.Type == procedure.DateField {
			return n
		}
	case int64:
		switch f.Type {
		case procedure.MoneyField:
			return strings.TrimSuffix(money.Fen(n).String(), ".00")
		case procedure.IntegerField:
			return strconv.FormatInt(n, 10)
		}
	}
	return k.words(f, v, l)
}

func (k *Pages) sendCSV(w http.ResponseWriter, r *http.Request, d dataset) error {
	m := k.Engine.For(r)
	export.Attach(w, export.CSV, d.reg.ID+"-"+d.id())
	return stream(w, r, func(out io.Writer) error {
		head := make([]ui.Column, len(d.columns))
		for i, c := range d.columns {
			head[i].Label = c.title(m)
		}
		t, err := export.NewWriter(out, export.CSV, head)
		if err != nil {
			return err
		}
		cells := make([]ui.Cell, len(d.columns))
		err = k.each(r.Context(), d, func(own map[string]string, v registers.Values) error {
			for i, c := range d.columns {
				switch text := own[c.ID]; {
				case c.Field != nil && v[c.ID] != nil:
					cells[i] = ui.TextCell(k.plain(c.Field, v[c.ID], m.Lang()))
				case c.Field != nil:
					cells[i] = ui.Cell{}
				case c.ID == "unit":
					cells[i] = ui.TextCell(k.unitName(m, text))
				default:
					cells[i] = ui.TextCell(text)
				}
			}
			return t.Write(cells)
		})
		if err != nil {
			return err
		}
		return t.Close()
	})
}

func (k *Pages) sendJSON(w http.ResponseWriter, r *http.Request, d dataset) error {
	m := k.Engine.For(r)
	head, err := json.Marshal(map[string]string{"register": d.reg.ID, "dataset": d.id(), "date": gov.DateOf(k.Clock()).String(), "licence": d.reg.Data.Licence.In(m.Lang())})
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Cache-Control", "no-cache")
	return stream(w, r, func(out io.Writer) error {
		if _, err := fmt.Fprintf(out, `%s,"items":[`, strings.TrimSuffix(string(head), "}")); err != nil {
			return err
		}
		comma := ""
		err := k.each(r.Context(), d, func(own map[string]string, v registers.Values) error {
			item := map[string]any{}
			for id, text := range own {
				item[id] = text
			}
			for id, x := range v {
				item[id] = x
			}
			b, err := json.Marshal(item)
			if err == nil {
				_, err = fmt.Fprintf(out, "%s\n%s", comma, b)
			}
			comma = ","
			return err
		})
		if err == nil {
			_, err = io.WriteString(out, "\n]}\n")
		}
		return err
	})
}

// metadata describes the columns of a dataset's CSV as CSV on the Web does.
func (k *Pages) metadata(r *http.Request, d dataset) map[string]any {
	l := k.Engine.For(r).Lang()
	var columns []map[string]any
	for _, c := range d.columns {
		one := map[string]any{"name": c.ID, "titles": c.title(k.Engine.For(r)), "datatype": "string", "required": c.Required}
		if c.Field != nil {
			switch c.Field.Type {
			case procedure.IntegerField:
				one["datatype"] = "integer"
			case procedure.MoneyField: // in yuan
				one["datatype"] = "decimal"
			case procedure.DateField:
				one["datatype"] = map[string]string{"base": "date", "format": "yyyy-MM-dd"}
			}
		}
		if about := c.About.In(l); about != "" {
			one["dc:description"] = about
		}
		columns = append(columns, one)
	}
	return map[string]any{"@context": []any{"http://www.w3.org/ns/csvw", map[string]string{"@language": string(l)}}, "url": d.id() + ".csv", "dc:title": d.title().In(l),
		"dc:license": map[string]string{"@value": d.reg.Data.Licence.In(l)}, "dc:publisher": map[string]string{"@value": k.Pack.Name.In(l)},
		"tableSchema": map[string]any{"columns": columns}}
}
