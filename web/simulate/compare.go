package simulate

import (
	"net/http"

	"quanxiang/support/simulate"
	"quanxiang/web/ui"
)

// compareView is two simulations side by side.
type compareView struct {
	Crumbs []ui.Link
	Notes  []string
	Runs   []ui.Link
	Texts  []string
	Tables []ui.Table
}

func (k *Pages) showCompare(w http.ResponseWriter, r *http.Request) error {
	m := k.Engine.For(r)
	a, err := k.result(r.Context(), r, "a")
	if err != nil {
		return err
	}
	b, err := k.result(r.Context(), r, "b")
	if err != nil {
		return err
	}
	out := compareView{Crumbs: crumbs(m, true), Runs: []ui.Link{{Href: a.Path, Label: a.Title}, {Href: b.Path, Label: b.Title}}, Texts: []string{a.run.Amendment, b.run.Amendment}}
	if a.result.Snapshot != b.result.Snapshot {
		out.Notes = append(out.Notes, m.T("simulate.other_snapshot"))
	}
	if a.result.Rules != b.result.Rules || a.result.Question.Year != b.result.Question.Year {
		out.Notes = append(out.Notes, m.T("simulate.other_rules"))
	}
	out.Tables = append(out.Tables, totals(m, a, b))
	for i := range a.result.Groups {
		out.Tables = append(out.Tables, sideBySide(m, &a.result.Groups[i], &b.result.Groups[i], a.Title, b.Title))
	}
	return k.compare.Render(w, r, http.StatusOK, frame(m.T("simulate.compare")), out)
}

// totals compares the figures of the whole.
func totals(m *ui.Messages, a, b *runView) ui.Table {
	l := m.Lang()
	x, y := &a.result.Total, &b.result.Total
	t := ui.Table{Caption: m.T("simulate.totals"), Columns: []ui.Column{{Label: m.T("simulate.figure"), Main: true}, {Label: a.Title, Number: true}, {Label: b.Title, Number: true}}}
	add := func(key, p, q string) {
		t.Rows = append(t.Rows, ui.TableRow{Cells: []ui.Cell{ui.TextCell(m.T(key)), ui.TextCell(p), ui.TextCell(q)}})
	}
	add("simulate.before", wan(l, x.Before), wan(l, y.Before))
	add("simulate.after", wan(l, x.After), wan(l, y.After))
	add("simulate.change", signed(l, x.Change()), signed(l, y.Change()))
	add("simulate.winners", m.Number(int(x.Winners)), m.Number(int(y.Winners)))
	add("simulate.gained", wan(l, x.Gain), wan(l, y.Gain))
	add("simulate.losers", m.Number(int(x.Losers)), m.Number(int(y.Losers)))
	add("simulate.lost", wan(l, x.Loss), wan(l, y.Loss))
	return t
}

// sideBySide compares the changes of groups, which may be others in another snapshot.
func sideBySide(m *ui.Messages, a, b *simulate.Grouping, first, second string) ui.Table {
	l := m.Lang()
	t := ui.Table{Caption: m.T("simulate.by." + a.ID), Columns: []ui.Column{{Label: m.T("simulate.by." + a.ID), Main: true}, {Label: first, Number: true}, {Label: second, Number: true}}}
	rest := map[string]*simulate.Sum{}
	for i := range b.Parts {
		rest[b.Parts[i].Name] = &b.Parts[i].Sum
	}
	add := func(name, p, q string) {
		if name == "" {
			name = m.T("simulate.unknown")
		}
		t.Rows = append(t.Rows, ui.TableRow{Cells: []ui.Cell{ui.TextCell(name), ui.TextCell(p), ui.TextCell(q)}})
	}
	for i := range a.Parts {
		p, other := &a.Parts[i], ""
		if s := rest[p.Name]; s != nil {
			other = signed(l, s.Change())
			delete(rest, p.Name)
		}
		add(p.Name, signed(l, p.Sum.Change()), other)
	}
	for i := range b.Parts {
		if s := rest[b.Parts[i].Name]; s != nil {
			add(b.Parts[i].Name, "", signed(l, s.Change()))
		}
	}
	return t
}
