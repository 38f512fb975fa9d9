package desk_test

import (
	"testing"

	"quanxiang/cases"
	"quanxiang/cases/docket/dockettest"
	"quanxiang/gov"
	"quanxiang/policy"
	"quanxiang/privacy"
	"quanxiang/registers"
)

// A case names the subject as it is registered, whatever it was called in the case, with
// its code beside it.
func TestSubjectIsNamed(t *testing.T) {
	t.Parallel()
	o := setup(t)
	code, err := privacy.CompleteCreditCode("91110102MA00YA01")
	must(t, err)
	target, err := registers.NewTarget(o.pack, "market", "", "gsfj")
	must(t, err)
	regs := &registers.Registers{Store: o.db.Registers(o.pack.District), Pack: func() *policy.Pack { return o.pack }, Clock: o.Now}
	pushed, err := regs.Push(t.Context(), gov.Actor{Kind: gov.SystemActor, Name: "test"}, target, []map[string]string{{"key": code, "name": "虚构晨光便利店", "form": "企业", "founded": "2010-01-02", "status": "存续", "trade": "零售"}})
	must(t, err)
	if len(pushed.Mistakes) > 0 {
		t.Fatalf("%+v", pushed.Mistakes[0])
	}
	c, err := o.docket.Begin(t.Context(), gov.NewID(o.Now()), "reinspection", cases.Input{Action: "order", Actor: dockettest.Staff("jia", "gsfj", "clerk"),
		Values: cases.Values{"subject_name": "晨光小店", "subject": code, "unit": "gsfj", "matter": "检查", "demand": "改正", "mend_by": "2016-10-30"}})
	must(t, err)
	page := o.person("经办人甲", "gsfj clerk").get("/desk/cases/" + c.ID.String()).is(200)
	page.says("晨光小店", "虚构晨光便利店", code)
}
