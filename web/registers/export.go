package registers

import (
	"io"
	"net/http"
	"net/url"

	"quanxiang/gov"
	"quanxiang/policy/register"
	"quanxiang/registers"
	"quanxiang/web/export"
	"quanxiang/web/ui"
	"quanxiang/web/who"
)

// queryOf reads the filters of a list.
func queryOf(registerID string, q url.Values) registers.Query {
	return registers.Query{Register: registerID, Words: q.Get("q"), Facet: q.Get("facet"), Area: q.Get("area"), Class: q.Get("class")}
}

// filtersOf are the filters of a list as its address has them.
func filtersOf(q registers.Query) url.Values {
	v := url.Values{}
	for name, text := range map[string]string{"q": q.Words, "facet": q.Facet, "area": q.Area, "class": q.Class} {
		if text != "" {
			v.Set(name, text)
		}
	}
	return v
}

// fullForm asks for what a list is taken in full. It is nil for a register of which
// nothing is open for a purpose only.
func (k *Pages) fullForm(m *ui.Messages, reg *register.Register, q registers.Query) *ui.Form {
	if len(reg.Looks) == 0 {
		return nil
	}
	purposes := []ui.Option{{Label: m.T("registers.choose")}}
	for _, o := range reg.Looks {
		purposes = append(purposes, ui.Option{Value: o.ID, Label: o.Name.In(m.Lang())})
	}
	f := &ui.Form{ID: "full", Action: Root + "/" + reg.ID, Post: true, Submit: m.T("registers.export_full"), Fields: []ui.Field{
		{Name: "purpose", Kind: "select", Label: m.T("registers.purpose"), Required: true, Options: purposes},
		{Name: "note", Kind: "text", Label: m.T("registers.note"), Hint: m.T("registers.note_hint")},
		{Name: "format", Kind: "radio", Label: m.T("registers.format"), Value: string(export.CSV), Options: []ui.Option{{Value: string(export.CSV), Label: "CSV"}, {Value: string(export.XLSX), Label: "XLSX"}}}}}
	for name, list := range filtersOf(q) {
		f.Fields = append(f.Fields, ui.Field{Name: name, Part: "full", Kind: "hidden", Value: list[0]})
	}
	return f
}

// askExport records for what somebody takes a list in full, and leads to the file.
func (k *Pages) askExport(w http.ResponseWriter, r *http.Request) error {
	by := who.Of(r.Context()).Standing
	if err := r.ParseForm(); err != nil {
		return gov.Errorf(gov.Invalid, "表单没有完整到达", "the form did not arrive whole").Because(err)
	}
	q := queryOf(r.PathValue("register"), r.PostForm)
	f := export.Format(r.PostForm.Get("format"))
	if f != export.XLSX {
		f = export.CSV
	}
	id, err := k.Registers.LookAtList(r.Context(), by, q, r.PostForm.Get("purpose"), r.PostForm.Get("note"))
	if err != nil {
		return err
	}
	v := filtersOf(q)
	v.Set("look", id.String())
	http.Redirect(w, r, Root+"/"+url.PathEscape(q.Register)+"."+string(f)+"?"+v.Encode(), http.StatusSeeOther)
	return nil
}

// masked stands where a value is that the reader does not read.
const masked = "＊＊＊"

// sendList sends a list as a file: all entries the filters find, what is open for a
// purpose masked unless the list was looked at for one.
func (k *Pages) sendList(w http.ResponseWriter, r *http.Request, reg *register.Register, q registers.Query, f export.Format) error {
	m, by := k.Engine.For(r), who.Of(r.Context()).Standing
	look, err := gov.ParseID(r.URL.Query().Get("look"))
	if err != nil {
		look = gov.ID{} // none was recorded
	}
	level, list, err := k.Registers.Export(r.Context(), by, q, look)
	if err != nil {
		return err
	}
	l := m.Lang()
	columns := []ui.Column{{Label: reg.Key.Label.In(l)}}
	for i := range reg.Fields {
		columns = append(columns, ui.Column{Label: column{Label: reg.Fields[i].Label, Field: &reg.Fields[i]}.title(m), Number: reg.Fields[i].Type.IsNumber()})
	}
	if reg.Credit != nil {
		columns = append(columns, ui.Column{Label: m.T("registers.class")})
	}
	if f == export.XLSX {
		n, err := k.Registers.Store.Count(r.Context(), reg.ID)
		if err != nil {
			return err
		}
		if n > export.MaxSheet && q == (registers.Query{Register: reg.ID}) {
			return gov.Errorf(gov.TooLarge, "工作表最多 %d 行，请改用 CSV", "a sheet has at most %d rows; take CSV", export.MaxSheet)
		}
	}
	export.Attach(w, f, reg.Title.In(l))
	return stream(w, r, func(out io.Writer) error {
		t, err := export.NewWriter(out, f, columns)
		if err != nil {
			return err
		}
		cells := make([]ui.Cell, 0, len(columns))
		for e, err := range list {
			if err != nil {
				return err
			}
			cells = append(cells[:0], ui.TextCell(e.Key))
			for i := range reg.Fields {
				switch field := &reg.Fields[i]; {
				case registers.Masked(level, field):
					cells = append(cells, ui.TextCell(masked))
				case e.Values[field.ID] != nil:
					cells = append(cells, ui.TextCell(k.plain(field, e.Values[field.ID], l)))
				default:
					cells = append(cells, ui.Cell{})
				}
			}
			if reg.Credit != nil {
				cells = append(cells, ui.TextCell(e.Class))
			}
			if err := t.Write(cells); err != nil {
				return err
			}
		}
		return t.Close()
	})
}
