package peoplecmd

import (
	"context"
	"fmt"
	"os"
	"strings"

	"quanxiang/cmd/quanxiang/cli"
	"quanxiang/gov"
	"quanxiang/people"
	"quanxiang/people/stafflist"
	"quanxiang/web/door"
)

// admin appoints the first administrator.
func (f family) admin(ctx context.Context, e *cli.Env, args []string) error {
	c := f.command(e, "admin", adminUsage, "unit", "login")
	unit, login, role := c.unitFlag(), c.loginFlag(), c.text("role", "管理员角色；政策包中只有一个时可不写", "role; needed if the pack has several for administrators")
	staffNo, base := c.text("staff-no", "工号", "staff number"), c.baseURLFlag()
	return c.run(ctx, args, 1, func(d *Desk, rest []string) error {
		var known []string
		for _, r := range people.AdministratorRoles(d.Pack) {
			known = append(known, r.ID)
		}
		switch {
		case *role != "":
		case len(known) == 1:
			*role = known[0]
		default:
			return gov.Errorf(gov.Invalid, "请用 --role 指定管理员角色，政策包中有：%[1]s。", "Name the role with --role; the pack has: %[1]s.", strings.Join(known, " "))
		}
		id, link, err := d.Office.AppointFirst(ctx, d.By, people.Person{Name: rest[0], Unit: d.unit(*unit), StaffNo: *staffNo}, *role, *login)
		if err != nil {
			return err
		}
		e.Say("已任命首位管理员，编号 %s。", "Appointed the first administrator, id %s.", id)
		c.printLink(d, *base, link)
		return nil
	})
}

func (c *command) unitFlag() *string {
	return c.text("unit", "单位，写代号或名称", "unit, by id or name")
}

func (c *command) loginFlag() *string {
	return c.text("login", "登录名，3 至 32 位小写字母、数字、点等", "login: 3 to 32 lower-case letters, digits, dots")
}

// baseURLFlag adds the flag that makes a whole link of a one-time code.
func (c *command) baseURLFlag() *string {
	return c.fs.String("base-url", c.e.Getenv("QUANXIANG_BASE_URL"), gov.Text{
		ZH: "网站的网址，如 https://policy.example；写了就输出完整链接",
		EN: "the site's address, such as https://policy.example; with it a whole link is printed"}.In(c.e.Lang))
}

// printLink prints a one-time link, or without the site's address its code,
// which stands nowhere else. It stands on a line of its own in standard output,
// for programs.
func (c *command) printLink(d *Desk, baseURL, code string) {
	until := d.By.At.Add(people.LinkLasts).In(gov.China).Format("2006-01-02 15:04")
	if baseURL == "" {
		c.e.Note("一次性链接码，%s 前有效，只显示这一次；请当面或经可信渠道交给本人，本人在网站的“工作人员登录”页填写：",
			"One-time code, valid until %s and shown this once; hand it to the person over a channel you trust, to be entered from the site's page Staff login:", until)
	} else {
		c.e.Note("一次性链接，%s 前有效，只显示这一次；请当面或经可信渠道交给本人：", "One-time link, valid until %s and shown this once; hand it to the person over a channel you trust:", until)
		code = strings.TrimSuffix(baseURL, "/") + door.LinkPath + code
	}
	fmt.Fprintln(c.e.Stdout, code)
}

// add enters a person.
func (f family) add(ctx context.Context, e *cli.Env, args []string) error {
	c := f.command(e, "add", addUsage, "unit")
	unit, staffNo := c.unitFlag(), c.text("staff-no", "工号", "staff number")
	mobile, email := c.text("mobile", "手机号码", "mobile number"), c.text("email", "电子邮箱", "e-mail address")
	return c.run(ctx, args, 1, func(d *Desk, rest []string) error {
		id, err := d.Office.Save(ctx, d.By, people.Person{Name: rest[0], Unit: d.unit(*unit), StaffNo: *staffNo, Mobile: *mobile, Email: *email})
		if err != nil {
			return err
		}
		e.Say("已登记，编号 %s。", "Entered, id %s.", id)
		return nil
	})
}

// assign gives a person a role.
func (f family) assign(ctx context.Context, e *cli.Env, args []string) error {
	c := f.command(e, "assign", assignUsage, "role", "unit")
	role, unit, post := c.text("role", "角色代号", "role, by id"), c.unitFlag(), c.text("post", "职务代号", "post, by id")
	area := c.text("area", "区域代码，默认该单位服务的全部区域", "area, by code; all the unit serves without it")
	from, to := c.text("from", "起始日期，默认今天", "first day; today without it"), c.text("to", "终止日期，即不再任职的第一天；不写则不定期", "first day without it; open without one")
	return c.run(ctx, args, 1, func(d *Desk, rest []string) (err error) {
		a := people.Assignment{Role: *role, Unit: d.unit(*unit), Post: *post, Area: *area}
		if a.Period.From, err = day(*from, "from", gov.DateOf(d.By.At)); err != nil {
			return err
		}
		if a.Period.To, err = day(*to, "to", gov.Date{}); err != nil {
			return err
		}
		v, err := d.person(ctx, e, rest[0])
		if err != nil {
			return err
		}
		a.Person = v.Person.ID
		id, err := d.Office.Assign(ctx, d.By, a)
		if err != nil {
			return err
		}
		e.Say("已任职，任职编号 %s。", "Assigned; the assignment is %s.", id)
		return nil
	})
}

// end ends an assignment.
func (f family) end(ctx context.Context, e *cli.Env, args []string) error {
	c := f.command(e, "end", endUsage)
	on := c.text("on", "不再任职的第一天，默认今天", "first day without it; today if not given")
	return c.run(ctx, args, 1, func(d *Desk, rest []string) error {
		id, err := gov.ParseID(rest[0])
		if err != nil {
			return err
		}
		last, err := day(*on, "on", gov.DateOf(d.By.At))
		if err != nil {
			return err
		}
		if err := d.Office.EndAssignment(ctx, d.By, id, last); err != nil {
			return err
		}
		e.Say("任职自 %s 起终止。", "The assignment ends; %s is the first day without it.", last)
		return nil
	})
}

// invite makes a one-time link to an account.
func (f family) invite(ctx context.Context, e *cli.Env, args []string) error {
	c := f.command(e, "invite", inviteUsage)
	login, base := c.loginFlag(), c.baseURLFlag()
	renew := c.fs.Bool("renew", false, gov.Text{ZH: "同时重新设置第二因素", EN: "let the second factor be enrolled anew as well"}.In(e.Lang))
	return c.run(ctx, args, 1, func(d *Desk, rest []string) error {
		v, err := d.person(ctx, e, rest[0])
		if err != nil {
			return err
		}
		link, err := d.Office.Invite(ctx, d.By, v.Person.ID, *login, *renew)
		if err != nil {
			return err
		}
		if v.NeedsTwo(*renew) {
			e.Note("这个链接会接管已有的账号：须由另一名管理员同意后才能使用。", "This link takes an existing account over: it works once another administrator has agreed.")
		}
		c.printLink(d, *base, link)
		return nil
	})
}

// read enters persons from a file.
func (f family) read(ctx context.Context, e *cli.Env, args []string) error {
	c := f.command(e, "import", importUsage)
	dry := c.fs.Bool("dry-run", false, gov.Text{ZH: "只核对并报告，不写入", EN: "check and report, write nothing"}.In(e.Lang))
	return c.run(ctx, args, 1, func(d *Desk, rest []string) error {
		file, err := os.Open(rest[0])
		if err != nil {
			return gov.Errorf(gov.NotFound, "打不开文件“%s”。", "Cannot open %q.", rest[0]).Because(err)
		}
		defer file.Close()
		report, err := stafflist.Import(ctx, d.Office, d.By, cli.BaseName(rest[0]), file, *dry)
		for _, p := range report.Problems {
			fmt.Fprintln(e.Stdout, gov.TextOf(p, e.Lang))
		}
		if *dry {
			e.Say("如导入：新增 %[1]d 人，更改 %[2]d 人，未变 %[3]d 人，有误 %[4]d 行。", "An import would enter %[1]d, change %[2]d, leave %[3]d; %[4]d rows are wrong.",
				report.Added, report.Changed, report.Same, len(report.Problems))
		} else {
			e.Say("新增 %[1]d 人，更改 %[2]d 人，未变 %[3]d 人，有误 %[4]d 行。", "Entered %[1]d, changed %[2]d, left %[3]d; %[4]d rows are wrong.",
				report.Added, report.Changed, report.Same, len(report.Problems))
		}
		if err == nil && len(report.Problems) > 0 {
			err = gov.Errorf(gov.Invalid, "有误的行没有导入；改正后可再次导入整个文件。", "Rows that are wrong were left out; mend them and import the whole file again.")
		}
		return err
	})
}
