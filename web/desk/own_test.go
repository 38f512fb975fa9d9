package desk_test

import (
	"net/url"
	"strings"
	"testing"

	"quanxiang/cases"
	"quanxiang/cases/docket"
	"quanxiang/cases/docket/dockettest"
	"quanxiang/gov"
	"quanxiang/store/storetest"
)

// Many cases are dispatched at once, each to the unit that is suggested for it or
// that somebody chose instead; what goes wrong with one is no other's matter.
func TestBulkOwn(t *testing.T) {
	t.Parallel()
	o := setup(t)
	acceptor, dispatcher := dockettest.Staff("shou", "cgzx-jd", "acceptor"), dockettest.Staff("pai", "cgzx-zh", "dispatcher")
	filed := func(about, street string) cases.Case {
		c, err := o.docket.Begin(t.Context(), gov.NewID(o.Now()), "report", cases.Input{Action: "take", Actor: acceptor,
			Values: cases.Values{"about": about, "channel": "hotline", "street": street, "class": "11010210401"}})
		must(t, err)
		c, err = o.docket.Act(t.Context(), docket.Step{Case: c.ID}, cases.Input{Action: "file", Actor: acceptor, Values: cases.Values{"row": "B0401-2"}})
		must(t, err)
		return c
	}
	for range 5 { // what is usual in one street
		_, err := o.docket.Act(t.Context(), docket.Step{Case: filed("旧案", "110102011").ID}, cases.Input{Action: "dispatch", Actor: dispatcher, Values: cases.Values{"unit": "hwzx"}})
		must(t, err)
	}
	usual, rule, other := filed("甲井盖", "110102011"), filed("乙井盖", "110102003"), filed("丙井盖", "110102003")
	pai := o.person("派遣员", "cgzx-zh dispatcher")
	ids := url.Values{"case": {usual.ID.String(), rule.ID.String(), other.ID.String()}, "back": {"/desk/all"}}
	p := pai.post("/desk/bulk", pai.post("/desk/bulk", ids).is(200).form("/desk/bulk", "action", "dispatch")).is(200)
	p.says("本街道同类案卷的派遣：最近5次中5次如此", "立案标准所列的处置主体", "甲井盖", "乙井盖")
	name := func(field string, c cases.Case) string { return "f-" + field + "-" + c.ID.String() }
	chosen := func(c cases.Case) string {
		_, rest, _ := strings.Cut(p.body, `name="`+name("unit", c)+`"`)
		rest, _, _ = strings.Cut(rest, "</select>")
		_, option, _ := strings.Cut(rest[:strings.Index(rest, " selected")], `<option value="`)
		for strings.Contains(option, `<option value="`) {
			_, option, _ = strings.Cut(option, `<option value="`)
		}
		value, _, _ := strings.Cut(option, `"`)
		return value
	}
	if a, b := chosen(usual), chosen(rule); a != "hwzx" || b != "ylsz" {
		t.Errorf("%q and %q are filled in", a, b)
	}
	form := p.form("/desk/bulk", name("unit", usual), "hwzx", name("unit", rule), "ylsz", name("helpers", rule), "环卫中心、没有这个单位", name("unit", other), "")
	p = pai.post("/desk/bulk", form).is(422).says("没有名为“没有这个单位”的单位", "请填写“主办单位”", "没有办理")
	for _, c := range []cases.Case{usual, rule, other} {
		if now, _, err := o.docket.Case(t.Context(), c.ID); err != nil || now.State != "filed" {
			t.Errorf("%s is %s, %v, before all is right", c.Number, now.State, err)
		}
	}
	form.Set(name("helpers", rule), "")
	form.Set(name("unit", other), "szw")
	_, err := o.docket.Act(t.Context(), docket.Step{Case: other.ID}, cases.Input{Action: "annul", Actor: acceptor, Values: cases.Values{"reason": "撤回"}})
	must(t, err)
	zhi := dockettest.Staff("zhi", "cgzx-jd", "shift-head")
	_, err = o.docket.Agree(t.Context(), docket.Step{Case: other.ID}, 3, "", zhi)
	must(t, err)
	for range 2 { // sent twice, done once
		pai.post("/desk/bulk", form).is(200).says("共 3 件，已办理 2 件", "未办理")
	}
	for c, unit := range map[gov.ID]string{usual.ID: "hwzx", rule.ID: "ylsz"} {
		now, _, err := o.docket.Case(t.Context(), c)
		must(t, err)
		if now.State != "dispatched" || now.Values.Text("unit") != unit || now.Done["dispatch"].Times != 1 {
			t.Errorf("%s is %s at %q", now.Number, now.State, now.Values.Text("unit"))
		}
	}
	storetest.Sound(t, o.db)
}
