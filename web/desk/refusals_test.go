package desk_test

import (
	"archive/zip"
	"bytes"
	"encoding/csv"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"quanxiang/cases"
	"quanxiang/cases/casework"
	"quanxiang/packs/packtest"
	"quanxiang/people"
	"quanxiang/policy"
	"quanxiang/store/storetest"
)

// running is a duty of fgw that is in progress.
func running(t testing.TB, o *office) (at string, supervision, clerk, head *someone) {
	t.Helper()
	supervision, clerk, head = o.person("督查甲", "zfb supervision"), o.person("经办丙", "fgw clerk"), o.person("负责丁", "fgw lead")
	at = enter(supervision, "疏解非首都功能")
	confirm(supervision, at)
	clerk.do(at, "accept").is(http.StatusSeeOther)
	return at, supervision, clerk, head
}

func confirm(s *someone, at string) {
	s.Helper()
	s.do(at, "confirm", "f-title", "疏解非首都功能", "f-lead", "fgw", "f-support", "czj", "f-end", "2018-12-31").is(http.StatusSeeOther)
}

func versionOf(t testing.TB, o *office, at string) int64 {
	t.Helper()
	c, _, err := o.docket.Case(t.Context(), caseOf(t, at))
	must(t, err)
	return c.Version
}

// A form that was open while somebody else acted is refused with the news; what
// was typed is kept and can be sent again.
func TestStaleForm(t *testing.T) {
	t.Parallel()
	o := setup(t)
	at, supervision, clerk, _ := running(t, o)
	path := at + "/do/update"
	form := clerk.get(path).form(path, "f-progress", "30", "f-report", "我写了很久的进展")
	supervision.do(at, "urge", "f-demand", "请抓紧").is(http.StatusSeeOther)
	before := versionOf(t, o, at)
	p := clerk.post(path, form).is(http.StatusConflict).says("没有办理", "又有了变化", "您打开之后发生了", "催办", "请抓紧", "可以再次提交")
	if !strings.Contains(p.body, "我写了很久的进展</textarea>") || !strings.Contains(p.body, `value="30"`) {
		t.Error("what was typed is lost")
	}
	if now := versionOf(t, o, at); now != before {
		t.Errorf("version %d became %d", before, now)
	}
	clerk.post(path, p.form(path, "f-progress", "30", "f-report", "我写了很久的进展")).follow().says("我写了很久的进展")
	// An action that is no longer there keeps what was typed, too.
	form = clerk.get(at+"/do/split").form(at+"/do/split", "f-years", "2")
	clerk.do(at, "split", "f-years", "3").is(http.StatusSeeOther)
	clerk.post(at+"/do/split", form).is(http.StatusConflict).says("又有了变化", "至多 1 次", "您填写的内容", "分几个年度 2")
	for _, bad := range []url.Values{{}, {"version": {"1"}, "key": {"x"}}, {"version": {"x"}, "key": {form.Get("key")}}} {
		clerk.post(path, bad).is(http.StatusUnprocessableEntity).says("表单内容不完整")
	}
}

// A form that is sent twice does the step once and says so both times.
func TestDoubleSend(t *testing.T) {
	t.Parallel()
	o := setup(t)
	s := o.person("督查甲", "zfb supervision")
	path := "/desk/new/duty/enter"
	form := s.get(path).form(path, "f-title", "疏解", "f-text", "文", "f-lead", "fgw", "f-end", "2018-12-31")
	first, second := s.post(path, form).is(303), s.post(path, form).is(303)
	if a, b := first.head.Get("Location"), second.head.Get("Location"); a != b {
		t.Fatalf("two cases: %s and %s", a, b)
	}
	at, _, _ := strings.Cut(first.head.Get("Location"), "?")
	do := at + "/do/confirm"
	form = s.get(do).form(do, "f-title", "疏解", "f-lead", "fgw", "f-end", "2018-12-31")
	for range 2 {
		s.post(do, form).follow().says("待签收", "已办理：确认并下达")
	}
	if v := versionOf(t, o, at); v != 2 {
		t.Errorf("the case has %d events", v)
	}
	storetest.Sound(t, o.db)
}

// What cannot be taken back is asked once more and done only then.
func TestDangerAsksAgain(t *testing.T) {
	t.Parallel()
	o := setup(t)
	s := o.person("督查甲", "zfb supervision")
	at := enter(s, "重复的任务")
	path := at + "/do/drop"
	s.do(at, "drop").is(http.StatusUnprocessableEntity).says("请填写“理由”")
	p := s.do(at, "drop", "f-reason", "与第三项重复").is(http.StatusOK).says("不能撤回", "与第三项重复", "确认不列为任务")
	if v := versionOf(t, o, at); v != 1 {
		t.Fatal("it was done without asking")
	}
	s.post(path, p.form(path)).follow().says("不列为任务", "已办结", "与第三项重复")
}

// Consent: who asks may take it back, who is asked agrees or refuses with a
// reason.
func TestConsent(t *testing.T) {
	t.Parallel()
	o := setup(t)
	at, supervision, clerk, head := running(t, o)
	ask := func() string {
		head.get(at + "/do/extend").says("须经督查人员同意")
		head.do(at, "extend", "f-new_end", "2019-12-31", "f-reason", "征地未完成").follow().says("等待同意：申请延期", "撤回")
		_, rest, _ := strings.Cut(supervision.get(at).body, at+"/requests/")
		seq, _, _ := strings.Cut(rest, `"`)
		return at + "/requests/" + seq
	}
	request := ask()
	clerk.get(at).says("等待同意：申请延期", "须经同意：督查人员").hides(`value="agree"`)
	p := supervision.get(at)
	supervision.post(request, p.form(request, "answer", "refuse")).is(http.StatusUnprocessableEntity).says("请写明不同意的理由")
	supervision.post(request, supervision.get(at).form(request, "answer", "refuse", "note", "理由不充分")).follow().says("不同意“申请延期”", "理由不充分")
	request = ask()
	head.post(request, head.get(at).form(request, "answer", "refuse")).is(http.StatusSeeOther)
	request = ask()
	supervision.post(request, supervision.get(at).form(request, "answer", "agree")).follow().says("2019年12月31日", "2018年12月31日 → 2019年12月31日")
	head.post(request, head.get(at).form(at+"/remark", "answer", "agree")).is(http.StatusConflict).says("没有办理")
}

// docx is an archive with a file of a name in it.
func archive(t testing.TB, names ...string) string {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, name := range names {
		w, err := z.Create(name)
		must(t, err)
		_, err = w.Write([]byte("x"))
		must(t, err)
	}
	must(t, z.Close())
	return b.String()
}

// Attachments are what their bytes say, are bound to their case, and are sent to
// be saved and not to be run.
func TestAttachments(t *testing.T) {
	t.Parallel()
	o := setup(t)
	at, supervision, clerk, _ := running(t, o)
	path := at + "/do/update"
	fresh := func() url.Values {
		return clerk.get(path).is(200).form(path, "f-progress", "30", "f-report", "进展")
	}
	for _, bad := range []struct{ why, name, content, says string }{
		{"a program", "报表.xlsx", "MZ\x90\x00", "可执行程序"},
		{"a page", "报表.pdf", "<html><script>alert(1)</script>", "网页"},
		{"a drawing", "图.png", "  <svg xmlns='http://www.w3.org/2000/svg' onload='x'/>", "网页"},
		{"a script behind words", "说明.txt", "说明\n<script>alert(1)</script>", "网页"},
		{"macros", "表.docx", archive(t, "word/document.xml", "word/vbaProject.bin"), "宏"},
		{"an archive", "全部.docx", archive(t, "a.exe"), "压缩包"},
		{"bytes", "数据.csv", "a\x00b", "无法识别"},
		{"nothing", "空.txt", "", "空文件"},
		{"too much", "大.pdf", "%PDF-1.7" + strings.Repeat("0", casework.MaxFile), "超过 20 MB"},
		{"no picture but its head", "坏.png", "\x89PNG\r\n\x1a\n<script>alert(1)</script>", "图片已损坏"},
		{"a photograph of an iPhone", "IMG_1.HEIC", "\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic", "兼容性最佳"},
	} {
		before := versionOf(t, o, at)
		p := clerk.postFiles(path, fresh(), upload{"f-evidence", bad.name, bad.content}).is(http.StatusUnprocessableEntity).says(bad.says)
		if !strings.Contains(p.body, "进展</textarea>") || versionOf(t, o, at) != before {
			t.Errorf("%s: what was typed is lost, or it was done", bad.why)
		}
	}
	// Beside a wrong file the good ones stay attached, and need not be sent again.
	p := clerk.postFiles(path, fresh(), upload{"f-evidence", "坏.png", "MZ"}, upload{"f-evidence", "../好.exe", "%PDF-1.7"}).is(http.StatusUnprocessableEntity).says("好.exe.pdf")
	sha := regexp.MustCompile(`name="f-evidence" value="([0-9a-f]{64})" checked`).FindStringSubmatch(p.body)
	if sha == nil {
		t.Fatal("the good file is not kept")
	}
	file := at + "/files/" + sha[1]
	clerk.get(file).is(http.StatusNotFound) // it stands in nothing yet
	clerk.post(path, p.form(path, "f-progress", "30", "f-report", "进展", "f-evidence", sha[1])).is(http.StatusSeeOther)
	got := clerk.get(file).is(http.StatusOK)
	for name, want := range map[string]string{"Content-Type": "application/pdf", "X-Content-Type-Options": "nosniff", "Content-Security-Policy": "sandbox", "Content-Disposition": "attachment"} {
		if !strings.Contains(got.head.Get(name), want) {
			t.Errorf("%s is %q", name, got.head.Get(name))
		}
	}
	if got.body != "%PDF-1.7" {
		t.Errorf("the file is %q", got.body)
	}
	// Evidence is for the parties; other staff see neither the file nor its name.
	outsider := o.person("外人", "sjj clerk")
	outsider.get(at).is(200).hides("好.exe", sha[1], "佐证材料")
	outsider.get(file).is(http.StatusNotFound)
	// Nobody names in one case the file of another.
	other := enter(supervision, "另一件")
	confirm(supervision, other)
	clerk.do(other, "accept").is(http.StatusSeeOther)
	clerk.do(other, "update", "f-progress", "1", "f-report", "x", "f-evidence", sha[1]).is(http.StatusUnprocessableEntity).says("附件没有上传成功")
	// A remark with a file.
	form := clerk.get(at).form(at+"/remark", "note", "见附件")
	clerk.postFiles(at+"/remark", form, upload{"files", "说明.docx", archive(t, "word/document.xml")}).follow().says("留言", "见附件", "说明.docx")
	clerk.postFiles(at+"/remark", clerk.get(at).form(at+"/remark", "note", "无附件"), upload{"files", "", ""}).follow().says("留言", "无附件")
	clerk.postFiles(at+"/remark", clerk.get(at).form(at+"/remark", "note", "留着的话"), upload{"files", "x", "MZ"}).is(http.StatusUnprocessableEntity).says("留着的话", "可执行程序")
	storetest.Sound(t, o.db)
}

// A field that is not open to a reader is on no page of theirs, not even its
// name; neither are remarks and who acted.
func TestHiddenFieldsAreOnNoPage(t *testing.T) {
	t.Parallel()
	o := setup(t)
	at, _, clerk, _ := running(t, o)
	clerk.postFiles(at+"/do/update", clerk.get(at+"/do/update").form(at+"/do/update", "f-progress", "10", "f-report", "进展"), upload{"f-evidence", "机密.pdf", "%PDF-1.7"}).is(303)
	clerk.post(at+"/remark", clerk.get(at).form(at+"/remark", "note", "内部意见")).is(303)
	outsider := o.person("外人", "sjj clerk")
	for _, path := range []string{"/desk", "/desk/unit", "/desk/all", "/desk/all.csv", at, at + "/do/update", at + "?lang=en"} {
		outsider.get(path).hides("机密", "内部意见", "经办丙", "佐证材料", clerk.id.String())
	}
	auditor, admin := o.person("审计", "sjj auditor"), o.person("管理员", "zfb administrator")
	auditor.get(at).is(200).says("机密.pdf", "内部意见").hides(`class="case-panel`, at+"/remark")
	admin.get("/desk").is(http.StatusSeeOther).hides("疏解") // to the console, where their work is
	for _, path := range []string{"/desk/all", at, at + "/do/urge"} {
		admin.get(path).is(http.StatusForbidden).hides("疏解")
	}
	o.staff[admin.id] = people.Holdings{} // nobody any more
	admin.get(at).is(http.StatusForbidden)
}

// Lists, filters and files say the same; a saved filter is its owner's alone.
func TestLists(t *testing.T) {
	t.Parallel()
	o := setup(t)
	at, supervision, clerk, _ := running(t, o)
	enter(supervision, "另一件任务")
	clerk.get("/desk/unit?procedure=duty").is(200).says("共 2 件", "疏解非首都功能", "另一件任务")
	query := "/desk/all?procedure=duty&by=lead%3Afgw&state=running&colour=&ended="
	p := clerk.get(query).is(200).says("共 1 件", "疏解非首都功能").hides("另一件任务")
	_, link, _ := strings.Cut(p.body, `href="/desk/all.csv`)
	link, _, _ = strings.Cut(link, `"`)
	records, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(clerk.get("/desk/all.csv"+strings.ReplaceAll(link, "&amp;", "&")).is(200).body, "\ufeff"))).ReadAll()
	must(t, err)
	if len(records) != 2 || records[1][0] != "RW2016-0001" || records[1][2] != "疏解非首都功能" || records[1][4] != "办理中" {
		t.Errorf("the file holds %v", records)
	}
	if x := clerk.get("/desk/mine.xlsx").is(200); !strings.HasPrefix(x.body, "PK") {
		t.Error("no spreadsheet")
	}
	// Several conditions at once, in the list and in its file alike.
	three := "procedure=duty&by=lead%3Afgw&by=document%3A%E8%A5%BF%E6%94%BF%E5%8F%91%E3%80%942016%E3%80%958%E5%8F%B7&colour=&q=%E7%96%8F%E8%A7%A3"
	clerk.get("/desk/all?" + three).is(200).says("疏解非首都功能").hides("另一件任务")
	if file := clerk.get("/desk/all.csv?" + three).is(200).body; strings.Count(file, "RW2016-") != 1 || !strings.Contains(file, "RW2016-0001") {
		t.Errorf("the file of several conditions holds %s", file)
	}
	clerk.get("/desk/all?procedure=duty&by=lead%3Afgw&by=document%3Anone&colour=").is(200).says("这些条件下没有案件")
	clerk.get("/desk/unit?procedure=duty&by=document%3Anone&colour=").is(200).says("您的单位没有案件")
	clerk.get("/desk/all?q=" + strings.Repeat("x", 101)).is(422).says("检索词太长")
	// What waits is narrowed likewise.
	supervision.get("/desk").is(200).says("另一件任务", "不限").hides("来源文件", "亮灯") // fields and colours are those of the kind that is chosen
	supervision.get("/desk?by=document%3Anone").is(200).says("来源文件").hides("另一件任务")
	supervision.get("/desk?procedure=duty&colour=white&by=lead%3Afgw&q=%E5%8F%A6%E4%B8%80").is(200).says("另一件任务")
	for _, none := range []string{"procedure=milestone", "colour=red", "by=lead%3Aczj", "q=%E5%AD%A6%E6%A0%A1", "procedure=duty&state=running"} {
		supervision.get("/desk?" + none).is(200).hides("另一件任务")
	}
	if file := supervision.get("/desk/mine.csv?q=%E5%8F%A6%E4%B8%80").is(200).body; strings.Count(file, "RW2016-") != 1 {
		t.Errorf("the file of a narrowed worklist holds %s", file)
	}
	form := p.form("/desk/filters", "name", "我牵头的")
	clerk.post("/desk/filters", form).follow().says("我牵头的")
	clerk.post("/desk/filters", p.form("/desk/filters", "name", " ")).is(422).says("起一个名称", "疏解非首都功能")
	for _, bad := range []string{"https://elsewhere.example/", "//elsewhere.example/desk", "/desk/cases/x", "/documents"} {
		clerk.post("/desk/filters", url.Values{"query": {bad}, "name": {"x"}}).is(422)
	}
	supervision.get("/desk").hides("我牵头的")
	drop := clerk.get("/desk").says("我牵头的").form("/desk/filters/drop")
	supervision.post("/desk/filters/drop", drop).is(303) // somebody else's is not there for them
	clerk.get("/desk").says("我牵头的")
	clerk.post("/desk/filters/drop", drop).follow().hides("我牵头的")
	clerk.post("/desk/filters/drop", drop).is(303)
	clerk.get("/desk?after=x").is(422)
	clerk.get(at + "/do/nonsense").is(404)
	clerk.get("/desk/cases/nonsense").is(404)
	storetest.Sound(t, o.db)
}

// Persons by whom a list is narrowed are named.
func TestListsByPerson(t *testing.T) {
	t.Parallel()
	o := setup(t)
	head, street := o.person("值班长", "cgzx-jd shift-head"), o.person("监督员甲", "jd-jinrongjie supervisor")
	form := head.get("/desk/new/patrol/plan").is(200).form("/desk/new/patrol/plan", "f-title", "上午巡查", "f-street", "110102011", "f-who", street.id.String(), "f-day", "2100-01-04")
	head.post("/desk/new/patrol/plan", form).is(http.StatusSeeOther)
	head.get("/desk/all?procedure=patrol").is(200).says("监督员甲（1）").hides(">" + street.id.String())
}

// A step on several cases is told case by case, and done once however often it
// is sent.
func TestBulk(t *testing.T) {
	t.Parallel()
	o := setup(t)
	at, supervision, clerk, _ := running(t, o)
	second := enter(supervision, "第二件")
	confirm(supervision, second)
	ids := url.Values{"case": {caseOf(t, at).String(), caseOf(t, second).String()}, "back": {"/desk/all"}}
	p := supervision.post("/desk/bulk", ids).is(200).says("催办", "督办", "选中的 2 件").hides("重新启动")
	choice := p.form("/desk/bulk", "action", "urge")
	p = supervision.post("/desk/bulk", choice).is(200).says("督办要求")
	form := p.form("/desk/bulk", "f-demand", "月底前报送")
	clerk.do(second, "accept").is(303) // the case goes on meanwhile
	clerk.post("/desk/bulk", form).is(200).says("已办理 0 件", "未办理")
	for range 2 {
		supervision.post("/desk/bulk", form).is(200).says("共 2 件，已办理 2 件")
	}
	for _, one := range []string{at, second} {
		history, err := o.docket.History(t.Context(), caseOf(t, one), 0)
		must(t, err)
		n := 0
		for _, e := range history {
			if e.Kind == cases.Acted && e.Action == "urge" {
				n++
			}
		}
		if n != 1 {
			t.Errorf("%s was urged %d times", one, n)
		}
	}
	form.Set("f-demand", " ")
	supervision.post("/desk/bulk", form).is(422).says("请填写“督办要求”")
	supervision.post("/desk/bulk", url.Values{}).is(422).says("没有选中案件")
	third := enter(supervision, "第三件")
	ids.Add("case", caseOf(t, third).String())
	supervision.post("/desk/bulk", ids).is(422).says("没有一项可以")
}

// abolished is a later pack in which another unit has taken over the tasks of
// whw.
func abolished(t testing.TB) *policy.Pack {
	t.Helper()
	changed := packtest.Copy(t, packtest.Files(t))
	units := changed["units.yaml"] // as if it had been founded anew under another id
	units.Data = bytes.ReplaceAll(units.Data, []byte("- id: whw\n"), []byte("- id: wlj\n    former: [whw]\n"))
	units.Data = bytes.ReplaceAll(units.Data, []byte("parent: whw"), []byte("parent: wlj"))
	rows := changed["lists/standard-rows.yaml"] // what the lists charge it with goes to the new one
	rows.Data = bytes.ReplaceAll(rows.Data, []byte("unit: whw\n"), []byte("unit: wlj\n"))
	for name, f := range changed { // and so do registers, procedures and inspections
		if strings.HasPrefix(name, "registers/") || strings.HasPrefix(name, "procedures/") || name == "inspections.yaml" {
			f.Data = regexp.MustCompile(`\bwhw\b`).ReplaceAll(f.Data, []byte("wlj"))
		}
	}
	return packtest.Load(t, changed, ".")
}

// What the public is shown is for the pack in force to say, also of cases that
// began before it said anything: what is counted can be opened.
func TestPublishedLater(t *testing.T) {
	t.Parallel()
	o := setup(t)
	before := packtest.Copy(t, packtest.Files(t))
	duty := before["procedures/duty.yaml"]
	quiet := regexp.MustCompile(`(?m)^publish:.*\n`).ReplaceAll(duty.Data, nil)
	if len(quiet) == len(duty.Data) {
		t.Fatal("the pack publishes nothing")
	}
	duty.Data = quiet
	old := packtest.Load(t, before, ".")
	o.open(packsOf{old})
	at, supervision, clerk, _ := running(t, o)
	clerk.do(at, "split", "f-years", "2").is(http.StatusSeeOther)
	enter(supervision, "还没有确认的任务")
	public := o.person("路人")
	page := "/progress/cases/RW2016-0001"
	public.get(page).is(http.StatusNotFound)
	o.open(packsOf{old, packtest.Xicheng(t)})
	public.get(page).is(200).says("疏解非首都功能", "办理中", "签收").hides("疏解非首都功能（2016年）")
	public.get("/progress/cases/RW2016-0002").is(http.StatusNotFound)
	child := "/progress/cases/ND2016-0001"
	public.get(child).is(http.StatusNotFound) // it is still to be planned
	children, err := o.docket.Children(t.Context(), caseOf(t, at))
	must(t, err)
	clerk.do("/desk/cases/"+children[0].ID.String(), "plan", "f-title", "第一年", "f-goal", "目标", "f-due", "2016-12-31").is(http.StatusSeeOther)
	public.get(child).is(200).says("第一年")
	o.open(packsOf{packtest.Xicheng(t), old}) // and no longer when it does not say so any more
	public.get(page).is(http.StatusNotFound)
}

// A unit that is no more still shows in its cases, cannot be given anything any
// more, and whoever took its tasks over goes on with them.
func TestAbolishedUnit(t *testing.T) {
	t.Parallel()
	o := setup(t)
	supervision := o.person("督查甲", "zfb supervision")
	path := "/desk/new/duty/enter"
	first, _, _ := strings.Cut(supervision.post(path, supervision.get(path).form(path, "f-title", "文化", "f-text", "文", "f-lead", "whw", "f-end", "2018-12-31")).is(303).head.Get("Location"), "?")
	second, _, _ := strings.Cut(supervision.post(path, supervision.get(path).form(path, "f-title", "旅游", "f-text", "文", "f-lead", "whw", "f-end", "2018-12-31")).is(303).head.Get("Location"), "?")
	supervision.do(first, "confirm", "f-title", "文化", "f-lead", "whw", "f-end", "2018-12-31").is(303)
	o.open(packsOf{o.pack, abolished(t)})
	heir := o.person("新单位", "wlj clerk")
	heir.get("/desk").is(200).says("文化")
	heir.do(first, "accept").follow().says("办理中", "区文化委")
	p := supervision.get(second+"/do/confirm").is(200).says("已撤销", "职责由区文化委承接")
	supervision.post(second+"/do/confirm", p.form(second+"/do/confirm", "f-title", "旅游", "f-lead", "whw", "f-end", "2018-12-31")).
		is(422).says("已经撤销", "请改选")
	supervision.post(second+"/do/confirm", p.form(second+"/do/confirm", "f-title", "旅游", "f-lead", "wlj", "f-end", "2018-12-31")).is(303)
}

// On an English page nothing of the program is Chinese, and what the pack and
// people wrote is marked.
func TestLanguagesAreNotMixed(t *testing.T) {
	t.Parallel()
	o := setup(t)
	at, supervision, clerk, head := running(t, o)
	head.do(at, "extend", "f-new_end", "2019-12-31", "f-reason", "征地未完成").is(303)
	supervision.do(at, "escalate", "f-demand", "请说明").is(303)
	marked := regexp.MustCompile(`(?s)<(span|h1|a|option|optgroup)[^>]* lang="zh-CN"[^>]*>.*?</(span|h1|a|option|optgroup)>|<textarea.*?</textarea>|value="[^"]*"|<head>.*?</head>`)
	for _, who := range []*someone{supervision, clerk, head} {
		for _, path := range []string{"/desk", "/desk/unit", "/desk/all", "/desk/new", "/desk/new/duty/enter", at, at + "/do/update", at + "/do/confirm"} {
			p := who.get(path + map[bool]string{true: "&", false: "?"}[strings.Contains(path, "?")] + "lang=en")
			if p.status >= 500 || p.status == 404 {
				continue
			}
			main := marked.ReplaceAllString(p.body[strings.Index(p.body, "<main"):], "")
			if han := regexp.MustCompile(`[^>]{0,40}\p{Han}+[^<]{0,40}`).FindString(main); han != "" {
				t.Errorf("%s: Chinese that is not marked: %q", path, han)
			}
			zh := who.get(path)
			for _, english := range []string{"working day", "What you can do", ">required<", "Desk<"} {
				if strings.Contains(zh.body, english) {
					t.Errorf("%s: %q on a Chinese page", path, english)
				}
			}
		}
	}
	_, rest, ok := strings.Cut(clerk.get(at).body, at+"/letters/")
	if !ok {
		t.Fatal("the letter is not on the page")
	}
	seq, _, _ := strings.Cut(rest, `"`)
	clerk.get(at+"/letters/"+seq).is(200).says("督办通知", "区发展改革委：", "RW2016-0001", "2018年12月31日")
	clerk.get(at + "/letters/1").is(404)
}

// Pages of the desk may run the site's own script and nothing else, are kept by
// no cache, and are for nobody who is not logged in.
func TestHeaders(t *testing.T) {
	t.Parallel()
	o := setup(t)
	s := o.person("督查甲", "zfb supervision")
	p := s.get("/desk").is(200)
	if csp := p.head.Get("Content-Security-Policy"); !strings.Contains(csp, "script-src 'self';") || !strings.Contains(csp, "default-src 'none'") {
		t.Errorf("policy %q", csp)
	}
	if p.head.Get("Cache-Control") != "private, no-store" {
		t.Error("a cache may keep it")
	}
	script := regexp.MustCompile(`<script src="([^"]+)" defer></script>`).FindStringSubmatch(p.body)
	if script == nil {
		t.Fatal("no script")
	}
	if js := s.get(script[1]).is(200); !strings.Contains(js.head.Get("Content-Type"), "javascript") {
		t.Errorf("the script is %s", js.head.Get("Content-Type"))
	}
	if public := s.get("/units").is(200); strings.Contains(public.head.Get("Content-Security-Policy"), "script-src") || strings.Contains(public.body, "<script src") {
		t.Error("the portal has a script")
	}
	at := enter(s, "任务")
	big := url.Values{"f-title": {strings.Repeat("x", 3<<20)}}
	s.post(at+"/do/confirm", big).is(http.StatusRequestEntityTooLarge)
	out := httptest.NewServer(o.site)
	t.Cleanup(out.Close)
	nobody := &someone{office: o, base: out.URL}
	for _, path := range []string{"/desk", "/desk/all.csv", at, at + "/do/confirm", "/desk/new"} {
		// A refusal, or the way to the door where there is one.
		if p := nobody.get(path); p.status != http.StatusUnauthorized && p.status != http.StatusSeeOther {
			t.Errorf("%s: status %d for nobody: %s", path, p.status, p.text())
		}
	}
}
