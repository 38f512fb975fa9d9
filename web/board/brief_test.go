package board_test

import (
	"strings"
	"testing"

	"quanxiang/people"
	"quanxiang/web/board"
	"quanxiang/web/ui"
	"quanxiang/web/webtest"
)

// Every page in every language is type-checked against its view.
func TestTemplatesFitTheirViews(t *testing.T) {
	t.Parallel()
	webtest.Templates(t, 5, func(e *ui.Engine) error {
		_, err := board.New(board.Deps{Engine: e})
		return err
	})
}

// A brief says how things stand, lists what is overdue with who is responsible
// and how many working days late it is, and what was done in its period.
func TestBrief(t *testing.T) {
	t.Parallel()
	o, rows := story(t)
	const path = "/desk/board/duty/brief?facet=lead&number=第3期&from=2022-08-01&to="
	body := o.page(o.supervision(), path+"2022-09-09")
	for _, want := range []string{
		"第3期", "关于“任务”办理情况的督查通报", "2022年8月1日至2022年9月9日", "在办 57 件：逾期 1 件（1.75%）", "本期办结 1 件",
		"<td>" + rows[0].Number + "</td>", "<td>区发展改革委</td><td>区委常委、区政府副区长",
		`<td><time datetime="2022-08-31">2022-08-31</time></td><td class="num">7</td>`, // 1, 2, 5 to 9 September
		"<td>" + rows[2].Number + "</td>", `<time datetime="2022-08-20">`, "未逾期：在办事项中，颜色不是“逾期”的。", "<p class=\"sign\">2022年9月9日</p>",
	} {
		if !strings.Contains(body, want) {
			t.Errorf("the brief lacks %s", want)
		}
	}
	if strings.Contains(body, rows[1].Number) || strings.Contains(body, "href=\"/desk/all") {
		t.Error("the brief lists a duty on track, or leads away from the paper")
	}
	if body := o.page(o.supervision(), path+"2022-08-19"); strings.Contains(body, rows[2].Number) || !strings.Contains(body, "本期没有办结的事项。") {
		t.Error("a brief lists what was done after its period")
	}
	if stray := webtest.Unmarked(t, o.page(o.supervision(), path+"2022-09-09&lang=en")); len(stray) > 0 {
		t.Errorf("the brief for a reader of English holds %q unmarked", stray)
	}
}

// What is wrong with the period is said at its field; who may not see figures
// gets no brief.
func TestBriefAsked(t *testing.T) {
	t.Parallel()
	o, _ := story(t)
	for _, c := range []struct {
		why  string
		by   people.Standing
		path string
		code int
		want string
	}{
		{"the form", o.supervision(), "brief", 200, `value="2022-09-01"`},
		{"no day", o.supervision(), "brief?from=x&to=2022-09-01", 422, "请填写日期"},
		{"backwards", o.supervision(), "brief?from=2022-09-02&to=2022-09-01", 422, "结束日期早于开始日期"},
		{"no facet", o.supervision(), "brief?from=2022-09-01&to=2022-09-01&facet=x", 422, "不能按"},
		{"a number too long", o.supervision(), "brief?from=2022-09-01&to=2022-09-01&number=" + strings.Repeat("a", 31), 422, "期号至多"},
		{"the public", people.Public(o.Now()), "brief", 303, ""},
		{"the public", people.Public(o.Now()), "brief?from=2022-09-01&to=2022-09-01", 303, ""},
	} {
		code, body := o.get(c.by, "/desk/board/duty/"+c.path)
		if code != c.code || !strings.Contains(body, c.want) {
			t.Errorf("%s: %d, want %d and %q\n%.300s", c.why, code, c.code, c.want, body)
		}
	}
}
