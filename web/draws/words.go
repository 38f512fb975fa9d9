package draws

import (
	"encoding/hex"
	"strings"

	"quanxiang/draw/frame"
	"quanxiang/draw/record"
	"quanxiang/gov"
	"quanxiang/inspections/ceremony"
	"quanxiang/web/ui"
)

// inWords puts a plan into words.
func (d *Draws) inWords(m *ui.Messages, out *drawView, c *ceremony.Ceremony, p *record.Plan) {
	comma := m.T("ceremony.comma")
	t := p.Times[max(1, min(c.Attempt, len(p.Times)))-1]
	out.Facts = []fact{
		{m.T("draws.authority"), p.Authority.Name}, {m.T("draws.mode"), m.T("draws.mode." + p.Mode)}, {m.T("draws.basis"), strings.Join(p.Basis, comma)},
		{m.T("draws.attempts"), m.T("ceremony.attempt_of", "n", c.Attempt, "of", len(p.Times))}, {m.T("draws.aborted"), m.Number(c.Aborted)}, {m.T("ceremony.voids"), m.Number(c.Voids)},
		{m.T("draws.teams"), m.T("draws.team_of", "n", p.Team.Size) + comma + m.Of("draws.area.", p.Team.Area)},
	}
	var sources []string
	for _, s := range p.Outside {
		sources = append(sources, s.Source.Name().In(m.Lang()))
	}
	out.Facts = append(out.Facts, fact{m.T("ceremony.outside"), strings.Join(sources, comma)})
	for i, at := range []int64{t.T1, t.T2, t.T3, t.T4, t.T5} {
		out.Times = append(out.Times, fact{m.T([]string{"ceremony.t1", "ceremony.t2", "ceremony.t3", "ceremony.t4", "ceremony.t5"}[i]), m.Instant(at * 1000)})
	}
	out.Times = append(out.Times, fact{m.T("draws.window"), window(m, t.Window)})

	out.Parties = ui.Table{Caption: m.T("ceremony.parties"), Columns: []ui.Column{{Label: m.T("draws.name"), Main: true}, {Label: m.T("draws.role")}, {Label: m.T("draws.key")}}}
	add := func(role, name string, key [32]byte) {
		out.Parties.Rows = append(out.Parties.Rows, ui.TableRow{Cells: []ui.Cell{ui.TextCell(name), ui.TextCell(m.T(role)), {Code: hex.EncodeToString(key[:8])}}})
	}
	add("ceremony.role.authority", p.Authority.Name, p.Authority.Key)
	for _, x := range p.Witnesses {
		add("ceremony.role.witness", x.Name, x.Key)
	}
	for _, x := range p.Seals {
		add("ceremony.role.seal", x.Name, x.Key)
	}
	for _, x := range p.Auditors {
		add("ceremony.role.auditor", x.Name, x.Key)
	}

	out.Strata = ui.Table{Caption: m.T("draws.strata"), Columns: []ui.Column{{Label: m.T("draws.stratum"), Main: true}, {Label: m.T("draws.dept")}, {Label: m.T("draws.size"), Number: true}, {Label: m.T("draws.ratio")}, {Label: m.T("draws.design")}, {Label: m.T("draws.kind")}}}
	out.Roots = ui.Table{Caption: m.T("draws.roots"), Columns: []ui.Column{{Label: m.T("draws.list_of"), Main: true}, {Label: m.T("draws.size"), Number: true}, {Label: m.T("draws.root")}}}
	root := func(name string, r frame.Root) {
		out.Roots.Rows = append(out.Roots.Rows, ui.TableRow{Cells: []ui.Cell{ui.TextCell(name), ui.TextCell(m.Number(int(r.Size))), {Code: r.Root.String()}}})
	}
	for i := range p.Frames {
		f := &p.Frames[i]
		for j := range f.Strata {
			s := &f.Strata[j]
			out.Strata.Rows = append(out.Strata.Rows, ui.TableRow{Cells: []ui.Cell{ui.TextCell(s.Name), ui.TextCell(f.Name), ui.TextCell(m.Number(int(s.Size))), ui.TextCell(ratio(m, s)), ui.TextCell(m.Of("draws.design.", string(s.Design))), ui.TextCell(m.T("draws.kind." + s.Kind))}})
		}
		root(m.T("draws.registry", "name", f.Name), f.Registry)
		root(m.T("draws.frame", "name", f.Name), f.Frame)
		root(m.T("draws.exempt", "name", f.Name), f.Exempt)
	}
	root(m.T("draws.inspectors"), p.Inspectors)
	root(m.T("draws.conflicts"), p.Conflicts)
}

// day is a day of a plan, which the plan's check has read, in words.
func day(m *ui.Messages, text string) string {
	d, err := gov.ParseDate(text)
	if err != nil {
		return text
	}
	return d.In(m.Lang())
}

// window is the days of visits in words.
func window(m *ui.Messages, w [2]string) string {
	return day(m, w[0]) + m.T("inspections.to") + day(m, w[1])
}

// ratio is how many of a stratum are drawn.
func ratio(m *ui.Messages, s *record.Stratum) string {
	switch {
	case s.Count != nil:
		return m.T("draws.count", "n", int(*s.Count))
	case s.PPM != nil:
		// Hundredths of a per cent are enough for people; the transcript has all of it.
		whole, part := *s.PPM/10_000, *s.PPM/100%100
		text := m.Number(int(whole))
		if part > 0 {
			text += "." + string([]byte{byte('0' + part/10), byte('0' + part%10)})
		}
		return text + "%"
	}
	return "100%"
}
