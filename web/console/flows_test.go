package console_test

import (
	"bytes"
	"encoding/csv"
	"html"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"golang.org/x/text/encoding/simplifiedchinese"

	"quanxiang/gov"
	"quanxiang/people"
	"quanxiang/policy"
)

var codeOf = regexp.MustCompile(`<code class="hash">https://policy\.example/invitation/([^<]+)</code>`)

// code is the secret a page of a link shows.
func code(t *testing.T, a answer) string {
	t.Helper()
	m := codeOf.FindStringSubmatch(a.body)
	if m == nil {
		t.Fatalf("the page shows no code: %s", textOf(a.body))
	}
	return html.UnescapeString(m[1])
}

// A person from the first entry to the closed account.
func TestLifeOfAPerson(t *testing.T) {
	t.Parallel()
	s := open(t)
	form := []string{"name", "张三", "staff_no", "C1", "unit", "", "mobile", "139 0000 0000", "email", ""}
	s.post(s.admin, "/console/persons/new", form...).wants(t, "without a unit", 422, "请选择单位", `value="张三"`, `href="#new-unit"`, `id="new-unit"`)
	form[5] = "fgw"
	form[3] = "A1"
	s.post(s.admin, "/console/persons/new", form...).wants(t, "another's staff number", 422, "已被他人使用", `href="#new-staff_no"`)
	form[3] = "C1"
	a := s.post(s.admin, "/console/persons/new", form...)
	id, err := gov.ParseID(strings.TrimSuffix(strings.TrimPrefix(a.location, "/console/persons/"), "?done=new"))
	must(t, err)
	s.get(s.admin, a.location).wants(t, "the new person", 200, "已登记。", "张三", "139****0000", "没有任职", "!13900000000")

	// A change that shows the mobile number masked keeps it.
	s.post(s.admin, s.path(id, "/change"), "name", "张三丰", "staff_no", "C1", "unit", "czj", "mobile", "139****0000", "email", "bad").wants(t, "a bad address", 422, "电子邮箱的写法不对", `value="张三丰"`)
	s.post(s.admin, s.path(id, "/change"), "name", "张三丰", "staff_no", "C1", "unit", "czj", "mobile", "139****0000", "email", "").goes(t, "a change", s.path(id, "?done=change"))
	list, err := s.store.Persons(t.Context(), people.Filter{Mobile: "13900000000"}, gov.Page{})
	must(t, err)
	if len(list.Items) != 1 || list.Items[0].Name != "张三丰" || list.Items[0].Unit != "czj" {
		t.Errorf("after the change: %+v", list.Items)
	}

	// The link is shown once and works.
	s.post(s.admin, s.path(id, "/invite"), "login", "1").wants(t, "a bad login", 422, "登录名应为", `href="#invite-login"`)
	s.post(s.admin, s.path(id, "/invite"), "login", "zhao.yi").wants(t, "another's login", 422, "已被他人使用")
	a = s.post(s.admin, s.path(id, "/invite"), "login", "zhang.san").wants(t, "an invitation", 200, "张三丰", "只显示这一次", "!须由另一名管理员")
	s.get(s.admin, s.path(id, "")).wants(t, "invited", 200, "zhang.san", "等待首次登录", "!"+code(t, a))
	s.taken(code(t, a))
	s.get(s.admin, s.path(id, "")).wants(t, "active", 200, "使用中")

	// Roles.
	day := today().String()
	s.post(s.admin, s.path(id, "/assign"), "unit", "fgw", "from", day).wants(t, "without a role", 422, "请选择角色")
	s.post(s.admin, s.path(id, "/assign"), "role", "clerk", "unit", "fgw", "from", day, "to", today().Add(-1).String()).wants(t, "ends before it begins", 422, "终止日期应晚于起始日期", `href="#assign-to"`)
	s.post(s.admin, s.path(id, "/assign"), "role", "clerk", "unit", "fgw", "from", "24.11.2026").wants(t, "no date", 422, "不是有效日期", `href="#assign-from"`, `value="24.11.2026"`)
	s.post(s.admin, s.path(id, "/assign"), "role", "clerk", "unit", "fgw", "post", "head", "from", day).wants(t, "a post of another unit", 422, "不在这个单位", `href="#assign-post"`)
	s.post(s.admin, s.path(id, "/assign"), "role", "clerk", "unit", "fgw", "from", day, "to", today().Add(9).String()).goes(t, "a role", s.path(id, "?done=assign"))
	s.post(s.admin, s.path(id, "/assign"), "role", "clerk", "unit", "fgw", "from", day).wants(t, "the role again", 422, "已任“经办人”", `href="#assign-from"`)
	s.post(s.admin, s.path(id, "/assign"), "role", "auditor", "unit", "fgw", "from", day).
		wants(t, "a role that watches the other", 422, "角色“审计员”与“经办人”互相监督，不能由一人同时担任", `href="#assign-role"`, `value="auditor" checked`)
	o, err := s.office.Overview(t.Context(), s.operator(), id)
	must(t, err)
	if len(o.Assignments) != 1 || o.Assignments[0].Period.To != today().Add(10) {
		t.Fatalf("roles %+v", o.Assignments)
	}

	// Absences.
	s.post(s.admin, s.path(id, "/absence"), "from", day, "to", day).wants(t, "without a deputy", 422, "请填写工号或姓名", `href="#absence-deputy"`)
	s.post(s.admin, s.path(id, "/absence"), "deputy", "没有此人", "from", day, "to", day).wants(t, "an unknown deputy", 422, "没有工号或姓名为", `href="#absence-deputy"`)
	s.post(s.admin, s.path(id, "/absence"), "deputy", "B1", "from", day, "to", day).wants(t, "a deputy without account", 422, "代理人没有可用的账号")
	s.post(s.admin, s.path(id, "/absence"), "deputy", "孙三", "from", day, "to", day).wants(t, "a deputy who watches", 422, "互相监督", `href="#absence-deputy"`)
	s.post(s.admin, s.path(id, "/absence"), "deputy", "李四", "from", day).wants(t, "without an end", 422, "代理必须有终止日期", `href="#absence-to"`)
	s.post(s.admin, s.path(id, "/absence"), "deputy", "赵一", "from", day, "to", day).wants(t, "the administrator themselves", 403)
	s.post(s.admin, s.path(id, "/absence"), "deputy", "李四", "from", day, "to", today().Add(2).String()).goes(t, "an absence", s.path(id, "?done=absence"))
	s.post(s.admin, s.path(id, "/absence"), "deputy", "李四", "from", day, "to", day).wants(t, "another absence then", 422, "此期间已有一段代理", `href="#absence-from"`)
	s.get(s.admin, s.path(id, "")).wants(t, "away", 200, "李四", "2026年11月26日")
	s.get(s.admin, s.path(s.clerk, "")).wants(t, "the deputy", 200, "代理他人", "张三丰")
	if o, err = s.office.Overview(t.Context(), s.operator(), id); err != nil || len(o.Absences) != 1 {
		t.Fatalf("absences %+v, %v", o.Absences, err)
	}
	back := s.path(id, "/back?of="+o.Absences[0].ID.String())
	s.post(s.admin, back, "to", today().Add(-1).String()).wants(t, "an end in the past", 422, "最早从今天起终止", `href="#back-to"`)
	s.post(s.admin, back, "to", day).goes(t, "back", s.path(id, "?done=back"))
	s.post(s.admin, back, "to", day).wants(t, "back again", 422, "此前已经终止")
	s.post(s.admin, s.path(id, "/end?of="+o.Assignments[0].ID.String()), "to", day).goes(t, "the end of the role", s.path(id, "?done=end"))
	s.get(s.admin, s.path(id, "")).wants(t, "afterwards", 200, "已取消", "!/end?of=", "!/back?of=")

	// The account.
	s.post(s.admin, s.path(id, "/sessions")).goes(t, "sessions", s.path(id, "?done=sessions"))
	list2, err := s.store.Sessions(t.Context(), id)
	must(t, err)
	if len(list2) != 0 {
		t.Errorf("%d sessions are left", len(list2))
	}
	s.post(s.admin, s.path(id, "/close")).goes(t, "closing", s.path(id, "?done=close"))
	s.post(s.admin, s.path(id, "/close")).wants(t, "closing again", 409, "账号已经关闭")
	s.get(s.admin, s.path(id, "")).wants(t, "closed", 200, "已关闭", "!/sessions", "!/close", "/invite")
}

// Someone else's assignment cannot be ended under a person's address.
func TestEndingBelongsToThePerson(t *testing.T) {
	t.Parallel()
	s := open(t)
	o, err := s.office.Overview(t.Context(), s.operator(), s.clerk)
	must(t, err)
	s.post(s.admin, s.path(s.person, "/end?of="+o.Assignments[0].ID.String()), "to", today().String()).wants(t, "another's role", 404)
	if o, err = s.office.Overview(t.Context(), s.operator(), s.clerk); err != nil || !o.Assignments[0].Period.To.IsZero() {
		t.Errorf("%+v, %v", o.Assignments, err)
	}
}

// Nobody changes their own rights, and no page offers it.
func TestNobodyChangesTheirOwnRights(t *testing.T) {
	t.Parallel()
	s := open(t)
	s.get(s.admin, s.path(s.admin, "")).wants(t, "one's own page", 200, "这是您自己", "!"+s.path(s.admin, "/assign"), "!"+s.path(s.admin, "/end"))
	day := today().String()
	o, err := s.office.Overview(t.Context(), s.operator(), s.admin)
	must(t, err)
	for path, form := range map[string][]string{
		"/assign": {"role", "clerk", "unit", "fgw", "from", day}, "/change": {"name", "赵大", "unit", "fgw"},
		"/invite": {"renew", "yes"}, "/close": nil, "/sessions": nil, "/end?of=" + o.Assignments[0].ID.String(): {"to", day},
	} {
		s.post(s.admin, s.path(s.admin, path), form...).wants(t, path, 403, "不能更改自己的权限")
	}
	after, err := s.office.Overview(t.Context(), s.operator(), s.admin)
	must(t, err)
	if len(after.Assignments) != 1 || after.Assignments[0] != o.Assignments[0] || after.Person.Name != "赵一" || after.State != o.State {
		t.Errorf("changed: %+v", after)
	}
}

// A link that takes an account over waits for another administrator.
func TestLinkOfTwo(t *testing.T) {
	t.Parallel()
	s := open(t)
	s.taken(code(t, s.post(s.admin, s.path(s.person, "/invite"), "login", "wang.ping")))
	a := s.post(s.admin, s.path(s.person, "/invite"), "renew", "yes").wants(t, "a link that renews", 200, "须由另一名管理员")
	link := code(t, a)
	s.get(s.other, "/console").wants(t, "the overview", 200, "1 个链接等待同意")
	s.post(s.admin, "/console/second", "link", link).wants(t, "agreeing to one's own", 422, "须由另一人同意", `href="#second-link"`)
	s.post(s.other, "/console/second", "link", "nonsense").wants(t, "no link", 422, `value="nonsense"`)
	s.post(s.other, "/console/second", "link", " "+link+"\n").goes(t, "agreeing", "/console/second?done=second")
	s.get(s.other, "/console").wants(t, "the overview afterwards", 200, "!个链接等待同意")
	s.taken(link)
}

// The binding to an identity provider comes off when there is another way in.
func TestUnbind(t *testing.T) {
	t.Parallel()
	s := open(t)
	must(t, s.office.Bind(t.Context(), s.operator(), s.clerk, "https://id.example", "li"))
	s.get(s.admin, s.path(s.clerk, "")).wants(t, "a bound account", 200, "https://id.example", "/unbind")
	s.post(s.admin, s.path(s.clerk, "/unbind")).wants(t, "the only way in", 409, "这是账号唯一的登录方式")
}

func TestListAndFilters(t *testing.T) {
	t.Parallel()
	s := open(t)
	for path, want := range map[string]string{
		"?name=" + url.QueryEscape("王平"): "王平", "?role=auditor": "孙三", "?unit=czj": "", "?mobile=138+1234+5678&role=clerk": "李四",
	} {
		a := s.get(s.admin, "/console/persons"+path)
		for _, name := range []string{"王平", "孙三", "李四", "赵一"} {
			if got := strings.Contains(a.body, ">"+name+"<"); got != (name == want) {
				t.Errorf("%s: %s listed %v", path, name, got)
			}
		}
	}
	s.get(s.admin, "/console/persons?mobile=12&name=x").wants(t, "half a number", 422, `href="#filter-mobile"`, `value="12"`, `value="x"`)
	for i := range 101 {
		_, err := s.office.Save(t.Context(), s.operator(), people.Person{Name: "吴" + strings.Repeat("十", i%3+1), Unit: "czj"})
		must(t, err)
	}
	a := s.get(s.admin, "/console/persons?unit=czj")
	next := regexp.MustCompile(`href="([^"]+)" rel="next"`).FindStringSubmatch(a.body)
	if next == nil || strings.Count(a.body, ">吴") != 100 {
		t.Fatalf("%d persons on the first page", strings.Count(a.body, ">吴"))
	}
	if b := s.get(s.admin, html.UnescapeString(next[1])); strings.Count(b.body, ">吴") != 1 {
		t.Errorf("%d persons on the second page", strings.Count(b.body, ">吴"))
	}
}

// What the export writes, the import reads as the same.
func TestExportComesBack(t *testing.T) {
	t.Parallel()
	s := open(t)
	for _, lang := range []string{"zh-CN", "en"} {
		a := s.get(s.admin, "/console/persons.csv?lang="+lang)
		rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(a.body, "\ufeff"))).ReadAll()
		if err != nil || a.status != http.StatusOK || len(rows) != 6 {
			t.Fatalf("%d, %d rows, %v", a.status, len(rows), err)
		}
		if strings.Contains(a.body, mobile) || !strings.Contains(a.body, "138****5678") || a.header.Get("Cache-Control") != "no-store" {
			t.Errorf("contacts are not masked, or the file is kept: %v\n%s", a.header, a.body)
		}
		s.upload(s.admin, []byte(a.body)).wants(t, "the export again", 200, "<dt>相同</dt><dd>5</dd>", "<dt>更改</dt><dd>0</dd>", "!kept")
	}
	if a := s.get(s.admin, "/console/persons.xlsx?role=clerk"); a.status != http.StatusOK || !strings.HasPrefix(a.body, "PK") {
		t.Errorf("XLSX: %d", a.status)
	}
}

const list = "工号,姓名,单位,手机\n" +
	"C1,周五,区发展改革委,13900000001\n" +
	"C2,郑六,没有的局,13900000002\n" +
	"C3,,区财政局,\n" +
	"C1,吴七,区财政局,\n" +
	"A4,李四,区财政局,123\n"

// A list is checked first, row by row, and its good rows are loaded on demand.
func TestImport(t *testing.T) {
	t.Parallel()
	gbk, err := simplifiedchinese.GB18030.NewEncoder().String(list)
	must(t, err)
	for encoding, data := range map[string]string{"UTF-8": list, "GB 18030": gbk} {
		t.Run(encoding, func(t *testing.T) {
			t.Parallel()
			s := open(t)
			a := s.upload(s.admin, []byte(data)).wants(t, "the check", 422, "检查结果：尚未写入", "<dt>新增</dt><dd>1</dd>", "<dt>有错误的行</dt><dd>4</dd>",
				"没有单位“没有的局”", "缺少姓名", "工号与第 2 行重复", "导入 1 行", "!13900000001", "!周五")
			for _, place := range []string{"3|单位", "4|姓名", "5|工号", "6|手机"} {
				line, column, _ := strings.Cut(place, "|")
				cell := func(s string) string { return `<span class="cell">` + s + `</span>` }
				if i := strings.Index(a.body, cell(line)); i < 0 || !strings.Contains(a.body[i:min(len(a.body), i+300)], column) {
					t.Errorf("no mistake at %s: %s", place, textOf(a.body))
				}
			}
			if _, err := s.store.PersonByStaffNo(t.Context(), "C1"); gov.CodeOf(err) != gov.NotFound {
				t.Errorf("the check entered someone: %v", err)
			}
			kept := regexp.MustCompile(`name="kept" value="([^"]+)"`).FindStringSubmatch(a.body)
			if kept == nil {
				t.Fatal("the list is not kept in the form")
			}
			s.post(s.admin, "/console/persons/import", "name", "名单.csv", "kept", html.UnescapeString(kept[1])).
				wants(t, "the load", 422, "导入结果", "<dt>新增</dt><dd>1</dd>", "!导入 1 行")
			p, err := s.store.PersonByStaffNo(t.Context(), "C1")
			if err != nil || p.Name != "周五" || p.Unit != "fgw" || p.Mobile != "13900000001" {
				t.Errorf("loaded %+v, %v", p, err)
			}
			if p, err := s.store.PersonByStaffNo(t.Context(), "A4"); err != nil || p.Unit != "fgw" {
				t.Errorf("a row with a mistake changed %+v, %v", p, err)
			}
		})
	}
}

func TestImportRefuses(t *testing.T) {
	t.Parallel()
	s := open(t)
	for why, tt := range map[string]struct {
		data []byte
		want string
	}{
		"an empty file":        {nil, "文件是空的"},
		"no text":              {[]byte{0xff, 0xff, 0xff}, "文件既不是"},
		"too large":            {bytes.Repeat([]byte("工号,姓名\n"), 40_000), "命令行"},
		"columns it knows not": {[]byte("工号,姓名,部门\nC1,周五,区财政局\n"), "没有“部门”这一列"},
	} {
		s.upload(s.admin, tt.data).wants(t, why, 422, tt.want, "!kept")
	}
	s.post(s.admin, "/console/persons/import", "kept", "***").wants(t, "what is no base64", 422, "请选择文件", `href="#import-file"`)
	s.post(s.admin, "/console/persons/import").wants(t, "no file", 422, "请选择文件")
	s.upload(s.clerk, []byte(list)).wants(t, "a clerk", 403)
}

// The matrix says what the pack says.
func TestMatrix(t *testing.T) {
	t.Parallel()
	s := open(t)
	a := s.get(s.auditor, "/console/matrix").wants(t, "the matrix", 200)
	rows := regexp.MustCompile(`(?s)<tr role="row">(.*?)</tr>`).FindAllStringSubmatch(a.body, -1)
	cells := regexp.MustCompile(`(?s)<t[dh] role="(?:cell|rowheader)".*?</t[dh]>`)
	checked := 0
	for _, act := range policy.Acts() {
		for _, row := range rows {
			c := cells.FindAllString(row[1], -1)
			if len(c) != len(s.pack.Roles)+1 || !strings.Contains(c[0], ">"+act.Name().ZH+"<") {
				continue
			}
			for i, r := range s.pack.Roles {
				checked++
				may := false
				for _, g := range r.Grants {
					may = may || g == act
				}
				if got := !strings.Contains(c[i+1], "—"); got != may {
					t.Errorf("%s %s: %v, want %v", r.ID, act, got, may)
				}
			}
		}
	}
	if want := len(policy.Acts()) * len(s.pack.Roles); checked != want {
		t.Errorf("%d cells checked, want %d", checked, want)
	}
	s.get(s.admin, "/console/matrix").wants(t, "with holders", 200, `href="/console/persons?role=administrator">2<`)
}

// The auditor sees who did what at the door and who looked at what.
func TestWatch(t *testing.T) {
	t.Parallel()
	s := open(t)
	ctx := t.Context()
	h, err := s.store.Holdings(ctx, s.clerk)
	must(t, err)
	clerk := people.Staff(h, s.pack, now, now)
	_, err = s.office.Contact(ctx, clerk, s.person, "回访群众")
	must(t, err)
	must(t, s.office.Look(ctx, clerk, people.Look{Act: policy.SeeIdentity, Target: people.Object{Units: []string{"fgw"}}, Object: "case:7", Field: "identity", Reason: "核对身份"}))
	s.taken(code(t, s.post(s.admin, s.path(s.person, "/invite"), "login", "wang.ping")))
	if _, err := s.office.Login(ctx, "wang.ping", "wrong", people.Visitor{Source: "10.0.0.9"}); err == nil {
		t.Fatal("a wrong password was taken")
	}
	s.get(s.auditor, "/console/looks").wants(t, "looks", 200, "李四", "王平", "查看完整联系方式", "case:7", "查看完整证件号码", `href="/ledger/events/`, "!回访群众")
	s.get(s.auditor, "/console/looks?person=A4&from="+today().String()+"&until="+today().String()).wants(t, "looks of one", 200, "case:7")
	s.get(s.auditor, "/console/looks?person=A3").wants(t, "looks of another", 200, "没有符合条件的记录", "!case:7")
	s.get(s.auditor, "/console/looks?until="+today().Add(-1).String()).wants(t, "looks of yesterday", 200, "!case:7")
	s.get(s.auditor, "/console/looks?from=soon").wants(t, "no date", 422, "不是有效日期", `href="#filter-from"`)
	s.get(s.auditor, "/console/security").wants(t, "the log", 200, "王平", ">登录成功<", ">密码错误或登录名不存在<", "火狐", "!10.0.0.9")
	s.get(s.auditor, "/console/security?kind=login-failed").wants(t, "one kind", 200, ">密码错误或登录名不存在</span></th>", "!>登录成功</span></th>")
	s.get(s.auditor, "/console/security?person="+url.QueryEscape("王平")).wants(t, "one person", 200, ">登录成功</span></th>")
	s.get(s.auditor, "/console/security?person=nobody").wants(t, "a person who is not there", 422, "没有工号或姓名为", `href="#filter-person"`)
	if n, err := s.store.Looks(ctx, people.LookFilter{}, gov.Page{}); err != nil || len(n.Items) != 2 {
		t.Errorf("reading the records was recorded: %d looks, %v", len(n.Items), err)
	}
}
