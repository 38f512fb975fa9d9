package peoplecmd

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"quanxiang/cmd/quanxiang/cli"
	"quanxiang/gov"
	"quanxiang/people"
	"quanxiang/people/stafflist"
	"quanxiang/privacy"
)

// personView is a person of the list, in JSON.
type personView struct {
	ID          gov.ID           `json:"id"`
	StaffNo     string           `json:"staff_no,omitempty"`
	Name        string           `json:"name"` // masked unless a look was recorded
	Unit        string           `json:"unit"`
	Mobile      string           `json:"mobile,omitempty"` // masked
	Email       string           `json:"email,omitempty"`  // masked
	Account     string           `json:"account"`          // none, invited, active, closed
	Login       string           `json:"login,omitempty"`  // with the name only: it mostly tells it
	Assignments []assignmentView `json:"assignments"`
}

type assignmentView struct {
	ID   gov.ID `json:"id"`
	Role string `json:"role"`
	Unit string `json:"unit"`
	Post string `json:"post,omitempty"`
	From string `json:"from"`
	To   string `json:"to,omitempty"` // first day without it
}

// noAccount is the state of a person without an account.
const noAccount people.AccountState = "none"

var stateWords = map[people.AccountState]gov.Text{
	noAccount:      {ZH: "无账号", EN: "no account"},
	people.Invited: {ZH: "已邀请", EN: "invited"},
	people.Active:  {ZH: "在用", EN: "active"},
	people.Closed:  {ZH: "已关闭", EN: "closed"},
}

// list prints persons with what they hold.
func (f family) list(ctx context.Context, e *cli.Env, args []string) error {
	c := f.command(e, "list", listUsage)
	unit, role, show := c.unitFlag(), c.text("role", "只列今天任此角色的人", "only who holds the role today"), c.showFlag()
	format := cli.FormatFlag(e, c.fs)
	return c.run(ctx, args, 0, func(d *Desk, _ []string) error {
		if err := cli.BadFormat(e, *format); err != nil {
			return err
		}
		filter := people.Filter{Role: *role, Day: gov.DateOf(d.By.At)}
		if *unit != "" {
			filter.Unit = d.unit(*unit)
			if _, ok := d.Pack.Unit(filter.Unit); !ok {
				return gov.Errorf(gov.NotFound, "没有单位“%s”。", "There is no unit %q.", *unit)
			}
		}
		if _, ok := d.Pack.Role(*role); *role != "" && !ok {
			return gov.Errorf(gov.NotFound, "没有角色“%s”。", "There is no role %q.", *role)
		}
		if *show != "" {
			if err := d.Office.LookAtNames(ctx, d.By, *show); err != nil {
				return err
			}
		}
		all, err := d.persons(ctx, filter, *show != "")
		if err != nil {
			return err
		}
		if *format == "json" {
			return cli.PrintJSON(e.Stdout, all)
		}
		return d.print(e, all)
	})
}

func (c *command) showFlag() *string {
	return c.text("show", "显示完整姓名；写明理由，记入账本", "show names in full; say why, it is recorded in the ledger")
}

// persons collects the whole list.
func (d *Desk) persons(ctx context.Context, f people.Filter, names bool) ([]personView, error) {
	all := []personView{}
	for page := (gov.Page{Limit: 500}); ; {
		list, err := d.Office.List(ctx, d.By, f, page)
		if err != nil {
			return nil, err
		}
		for _, p := range list.Items {
			v, err := d.Office.Overview(ctx, d.By, p.ID)
			if err != nil {
				return nil, err
			}
			all = append(all, viewPerson(v, names))
		}
		if page.After = list.Next; list.Next == "" {
			return all, nil
		}
	}
}

func viewPerson(v people.Overview, names bool) personView {
	p := personView{ID: v.Person.ID, StaffNo: v.Person.StaffNo, Name: privacy.MaskName(v.Person.Name), Unit: v.Person.Unit,
		Mobile: v.Person.Mobile, Email: v.Person.Email, Account: string(cmp.Or(v.State, noAccount)), Assignments: []assignmentView{}}
	if names {
		p.Name, p.Login = v.Person.Name, v.Login
	}
	for _, a := range v.Assignments {
		p.Assignments = append(p.Assignments, assignmentView{a.ID, a.Role, a.Unit, a.Post, a.Period.From.String(), a.Period.To.String()})
	}
	return p
}

// print prints a line for each person and under it one for each assignment.
func (d *Desk) print(e *cli.Env, all []personView) error {
	w := tabwriter.NewWriter(e.Stdout, 0, 0, 2, ' ', 0)
	row := func(cells ...string) { fmt.Fprintln(w, strings.TrimRight(strings.Join(cells, "\t"), "\t")) }
	for _, p := range all {
		row(p.ID.String(), cmp.Or(p.StaffNo, "-"), p.Name, d.unitName(p.Unit, e.Lang), stateWords[people.AccountState(p.Account)].In(e.Lang), p.Login)
		for _, a := range p.Assignments {
			role := a.Role
			if r, ok := d.Pack.Role(a.Role); ok {
				role = r.Name.In(e.Lang)
			}
			row("  "+a.ID.String(), role, d.unitName(a.Unit, e.Lang), a.From+" – "+a.To)
		}
	}
	if err := w.Flush(); err != nil {
		return fmt.Errorf("print the list of persons: %w", err)
	}
	e.Say("共 %d 人。", "%d persons.", len(all))
	return nil
}

func (d *Desk) unitName(id string, l gov.Lang) string {
	if u, ok := d.Pack.Unit(id); ok {
		return u.Name.In(l)
	}
	return id
}

// export writes the list as import reads it. It has every name in full, so it
// asks for a reason.
func (f family) export(ctx context.Context, e *cli.Env, args []string) error {
	c := f.command(e, "export", exportUsage)
	show := c.showFlag()
	return c.run(ctx, args, 1, func(d *Desk, rest []string) error {
		if *show == "" {
			return gov.Errorf(gov.Invalid, "名单中有完整姓名：请用 --show 写明理由，它会记入账本。", "The list has names in full: say why with --show, which is recorded in the ledger.")
		}
		if err := d.Office.LookAtNames(ctx, d.By, *show); err != nil {
			return err
		}
		write := func(w io.Writer) error { return stafflist.Export(ctx, d.Office, d.By, d.Pack, w, e.Lang) }
		if rest[0] == "-" {
			return write(e.Stdout)
		}
		return cli.CreateWhole(rest[0], write)
	})
}
