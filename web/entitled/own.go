package entitled

import (
	"context"
	"net/http"
	"net/url"
	"slices"

	"quanxiang/gov"
	"quanxiang/support/apply"
	"quanxiang/support/prefill"
	"quanxiang/web/my"
	"quanxiang/web/ui"
)

// mostEntries bounds how many entries of an organisation are listed.
const mostEntries = 50

// Of lists where an organisation reads how its entries stand: those of registers that name
// it by a field of theirs, such as what it runs.
func (k *Pages) Of(ctx context.Context, o apply.Organisation) (list []ui.Link, err error) {
	var seen []string
	for i := range k.Pack.Supply {
		s := &k.Pack.Supply[i]
		if s.By == "" || slices.Contains(seen, s.Register) {
			continue
		}
		seen = append(seen, s.Register)
		entries, err := k.Registers.Store.Named(ctx, s.Register, o.Code, mostEntries)
		if err != nil {
			return nil, err
		}
		for _, e := range entries {
			if s.Subject(e.Key, e.Values.Text) == o.Code {
				list = append(list, ui.Link{Href: OwnRoot + "/" + s.Register + "/" + url.PathEscape(e.Key), Label: e.Name, Note: e.Key})
			}
		}
	}
	return list, nil
}

var errNotOwn = gov.Errorf(gov.NotFound, "名录中没有这一条，或者您现在不能代表它的单位。", "The register has no such entry, or you may not act for its organisation now.")

// showOwn shows an organisation how its own entry stands. The facts are told without the
// entries and records of others they were worked out of.
func (k *Pages) showOwn(w http.ResponseWriter, r *http.Request) error {
	w.Header().Set("Cache-Control", "private, no-store")
	session, signed, err := k.My.Session(w, r)
	if err != nil {
		return err
	}
	if !signed {
		http.Redirect(w, r, my.LoginPath(r.URL.RequestURI()), http.StatusSeeOther)
		return nil
	}
	acts, _, err := k.My.Organisations(r.Context(), session)
	if err != nil {
		return err
	}
	first, known := k.source(r.PathValue("register"))
	if !known || first.By == "" {
		return errNotOwn
	}
	e, err := k.Registers.Store.Entry(r.Context(), first.Register, r.PathValue("key"))
	if gov.CodeOf(err) == gov.NotFound {
		return errNotOwn
	}
	if err != nil {
		return err
	}
	code := first.Subject(e.Key, e.Values.Text)
	if !slices.ContainsFunc(acts, func(o apply.Organisation) bool { return o.Code == code }) {
		return errNotOwn
	}
	reg, _ := k.Pack.Register(first.Register)
	m := k.Engine.For(r)
	out := view{Own: true, Crumbs: []ui.Link{{Href: my.ApplyRoot, Label: m.T("apply.home")}}}
	list, err := k.fill(r, m, &out, first, reg, e)
	if err != nil {
		return err
	}
	out.Facts = k.known(m, list)
	return k.page.Render(w, r, http.StatusOK, ui.Frame{Section: "programmes", Title: m.T("entitled.title", "name", e.Name), NoIndex: true}, out)
}

// known are facts without where they come from.
func (k *Pages) known(m *ui.Messages, list []prefill.Fact) ui.Table {
	t := ui.Table{ID: "facts-table", Caption: m.T("entitled.facts"), Columns: []ui.Column{{Label: m.T("entitled.fact"), Main: true}, {Label: m.T("entitled.value")}, {Label: m.T("entitled.basis")}}}
	for _, f := range list {
		t.Rows = append(t.Rows, ui.TableRow{Cells: []ui.Cell{ui.TextCell(f.Name), ui.TextCell(said(f.Value)), ui.TextCell(f.Cite)}})
	}
	return t
}
