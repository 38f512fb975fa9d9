// Package plans is where double-random inspection is planned: what departments propose,
// what the office joins into one plan, what the registers hold for it, who agrees, and
// the freezing after which nothing changes.
package plans

import (
	"cmp"
	"context"
	"embed"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"quanxiang/draw"
	"quanxiang/gov"
	"quanxiang/inspections"
	"quanxiang/people"
	"quanxiang/policy"
	"quanxiang/web/door"
	"quanxiang/web/draws"
	"quanxiang/web/ui"
	"quanxiang/web/who"
)

//go:embed templates
var templates embed.FS

// Root is where plans are.
const Root = "/desk/inspections"

const (
	proposePath    = Root + "/propose"
	joinPath       = Root + "/join"
	inspectorsPath = Root + "/inspectors"
	planPath       = Root + "/plans/"
)

const lookAgain = "2" // seconds

// Deps is everything the pages stand on.
type Deps struct {
	Engine *ui.Engine
	Pack   *policy.Pack
	Plans  *inspections.Plans
	Clock  gov.Clock
	// Stages are the draws of frozen plans by how far they have come; nil where none are held.
	Stages func(context.Context) (map[gov.ID]draw.Stage, error)
}

// Pages answers the pages.
type Pages struct {
	Deps
	list    *ui.Template[listView]
	propose *ui.Template[proposeView]
	join    *ui.Template[joinView]
	plan    *ui.Template[planView]
	force   *ui.Template[forceView]
}

// New parses the templates. An error is a mistake in them.
func New(d Deps) (*Pages, error) {
	k := &Pages{Deps: d}
	return k, errors.Join(
		ui.LoadInto(d.Engine, templates, &k.list, "list"), ui.LoadInto(d.Engine, templates, &k.propose, "propose"),
		ui.LoadInto(d.Engine, templates, &k.join, "join"), ui.LoadInto(d.Engine, templates, &k.plan, "plan"), ui.LoadInto(d.Engine, templates, &k.force, "inspectors"),
	)
}

// Mount adds the routes.
func (k *Pages) Mount(mux *http.ServeMux) {
	for pattern, h := range map[string]ui.Handler{
		"GET " + Root:                        k.showList,
		"GET " + Root + ".csv":               k.sendYear,
		"GET " + Root + ".xlsx":              k.sendYear,
		"GET " + proposePath:                 k.showPropose,
		"POST " + proposePath:                k.send,
		"POST " + proposePath + "/withdraw":  k.withdraw,
		"GET " + joinPath:                    k.showJoin,
		"POST " + joinPath:                   k.sendJoin,
		"GET " + inspectorsPath:              k.showForce,
		"GET " + planPath + "{id}":           k.showPlan,
		"POST " + planPath + "{id}/{action}": k.act,
	} {
		mux.Handle(pattern, k.Engine.Handle(door.Require(func(w http.ResponseWriter, r *http.Request) error {
			w.Header().Set("Cache-Control", "no-store")
			return h(w, r)
		})))
	}
}

func frame(title string) ui.Frame {
	return ui.Frame{Section: "inspections", Title: title, NoIndex: true}
}

func crumbs(m *ui.Messages, deeper bool) []ui.Link {
	list := []ui.Link{{Href: "/desk", Label: m.T("desk.title")}}
	if deeper {
		list = append(list, ui.Link{Href: Root, Label: m.T("staff.inspections")})
	}
	return list
}

func (k *Pages) unit(m *ui.Messages, id string) string {
	if u, ok := k.Pack.Unit(id); ok {
		return u.Name.In(m.Lang())
	}
	return id
}

func quarter(m *ui.Messages, year, q int) string {
	return m.T("inspections.quarter_of", "year", strconv.Itoa(year), "q", strconv.Itoa(q))
}

var tones = map[inspections.State]string{inspections.StateDraft: "warn", inspections.StateAgreed: "info", inspections.StateFreezing: "info", inspections.StateFrozen: "good", inspections.StateListed: "good", inspections.StateDropped: "quiet"}

// stateChip says how far a plan has come; once its draw has begun, that is what it says.
func stateChip(m *ui.Messages, p *inspections.Plan, stages map[gov.ID]draw.Stage) ui.Chip {
	if s, ok := stages[p.ID]; ok && s != draw.Begins {
		return draws.StageChip(m, s)
	}
	return ui.Chip{Label: m.T("inspections.state." + string(p.State)), Tone: tones[p.State]}
}

// stages are the draws that have begun or are prepared.
func (k *Pages) stages(ctx context.Context) (map[gov.ID]draw.Stage, error) {
	if k.Stages == nil {
		return nil, nil
	}
	return k.Stages(ctx)
}

// listView is everything that is planned.
type listView struct {
	Crumbs   []ui.Link
	Cite     string
	Plans    []ui.Row
	Year     yearly
	Propose  string // where a proposal is written, or ""
	Join     string
	Expiring int // certificates
	Force    string
	Items    string
}

func (k *Pages) showList(w http.ResponseWriter, r *http.Request) error {
	m, by := k.Engine.For(r), who.Of(r.Context()).Standing
	rules, err := k.Plans.Rules()
	if err != nil {
		return err
	}
	list, err := k.Plans.List(r.Context(), by)
	if err != nil {
		return err
	}
	out := listView{Crumbs: crumbs(m, false), Cite: rules.Cite, Force: inspectorsPath, Items: "/desk/registers/" + rules.Items}
	stages, err := k.stages(r.Context())
	if err != nil {
		return err
	}
	for _, p := range list {
		if p.State == inspections.StateDropped {
			continue
		}
		row := ui.Row{Href: planPath + p.ID.String(), Title: p.Title, Lead: p.Number, Chips: []ui.Chip{stateChip(m, &p, stages)}, Meta: []string{quarter(m, p.Year, p.Quarter), m.T("inspections.departments", "n", len(p.Frames))}}
		if p.Campaign {
			row.Chips = append(row.Chips, ui.Chip{Label: m.T("inspections.campaign"), Tone: "warn"})
		}
		if p.Sum != nil {
			row.Meta = append(row.Meta, m.T("inspections.visits_n", "n", int(p.Sum.Visits)))
		}
		out.Plans = append(out.Plans, row)
	}
	mine := k.Plans.Departments(by)
	if out.Year, err = k.yearly(r, by); err != nil {
		return err
	}
	if len(mine) > 0 {
		out.Propose = proposePath
	}
	if k.Plans.Leads(by) {
		out.Join = joinPath
	}
	force, err := k.Plans.Inspectors(r.Context(), by, "")
	if err != nil {
		return err
	}
	for _, i := range inspections.Expiring(rules, force, gov.DateOf(k.Clock())) {
		if slices.Contains(mine, i.Unit) || out.Join != "" {
			out.Expiring++
		}
	}
	return k.list.Render(w, r, http.StatusOK, frame(m.T("staff.inspections")), out)
}

// live lists the proposals of this year and the next.
func (k *Pages) live(r *http.Request, by people.Standing) ([]inspections.Proposal, error) {
	year := gov.DateOf(k.Clock()).Year
	list, err := k.Plans.Proposals(r.Context(), by, year, "")
	if err != nil {
		return nil, err
	}
	next, err := k.Plans.Proposals(r.Context(), by, year+1, "")
	return append(list, next...), err
}

// howMany says how many are drawn.
func (k *Pages) howMany(m *ui.Messages, share, count int64) string {
	switch {
	case share > 0:
		return m.T("inspections.share_n", "n", int(share))
	case count > 0:
		return m.T("inspections.count_n", "n", int(count))
	}
	return m.T("inspections.by_table")
}

// forceView is the inspectors of somebody's departments.
type forceView struct {
	Crumbs   []ui.Link
	Expiring int
	Days     int
	Table    ui.Table
	Register string
	Some     bool // only those with a remark are shown
}

func (k *Pages) showForce(w http.ResponseWriter, r *http.Request) error {
	m, by := k.Engine.For(r), who.Of(r.Context()).Standing
	rules, err := k.Plans.Rules()
	if err != nil {
		return err
	}
	list, err := k.Plans.Inspectors(r.Context(), by, "")
	if err != nil {
		return err
	}
	today, mine, leads := gov.DateOf(k.Clock()), k.Plans.Departments(by), k.Plans.Leads(by)
	list = slices.DeleteFunc(list, func(i inspections.Inspector) bool { return !leads && !slices.Contains(mine, i.Unit) })
	slices.SortStableFunc(list, func(a, b inspections.Inspector) int { return cmp.Compare(a.Expires, b.Expires) })
	out := forceView{Crumbs: crumbs(m, true), Days: rules.Expiry, Register: "/desk/registers/" + rules.Inspectors, Some: leads, Expiring: len(inspections.Expiring(rules, list, today)),
		Table: ui.Table{Caption: m.T("inspections.inspectors"), Columns: []ui.Column{{Label: m.T("inspections.name"), Main: true}, {Label: m.T("inspections.department")}, {Label: m.T("inspections.expires")}, {Label: m.T("inspections.qualified"), Number: true}, {Label: m.T("inspections.remarks")}}}}
	for _, i := range list {
		expires, err := gov.ParseDate(i.Expires)
		if err != nil {
			return err
		}
		var chips []ui.Chip
		switch {
		case expires.Before(today):
			chips = append(chips, ui.Chip{Label: m.T("inspections.expired"), Tone: "bad"})
		case expires.Before(today.Add(rules.Expiry)):
			chips = append(chips, ui.Chip{Label: m.T("inspections.expiring"), Tone: "warn"})
		}
		if i.Away(today, today) {
			chips = append(chips, ui.Chip{Label: m.T("inspections.away"), Tone: "quiet"})
		}
		if leads && chips == nil { // several hundred, and a register to look them up in
			continue
		}
		out.Table.Rows = append(out.Table.Rows, ui.TableRow{Cells: []ui.Cell{{Links: []ui.Link{{Href: "/desk/registers/" + rules.Inspectors + "/" + i.Certificate, Label: i.Name}}}, ui.TextCell(k.unit(m, i.Unit)),
			{Date: expires}, ui.TextCell(m.Number(len(i.Items))), {Chips: chips}}})
	}
	return k.force.Render(w, r, http.StatusOK, frame(m.T("inspections.inspectors")), out)
}

func idOf(text string) (gov.ID, error) {
	id, err := gov.ParseID(text)
	if err != nil {
		return id, gov.Errorf(gov.NotFound, "没有这个页面。", "There is no such page.")
	}
	return id, nil
}

// whole reads a number of a form; "" is 0. Anything else is about the field.
func whole(r *http.Request, name string) (int64, error) {
	text := strings.TrimSpace(r.PostFormValue(name))
	if text == "" {
		return 0, nil
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n < 1 {
		return 0, gov.Errorf(gov.Invalid, "应为正整数", "it should be a positive whole number").On(name)
	}
	return n, nil
}
