package desk_test

import (
	"testing"

	"quanxiang/cases"
	"quanxiang/cases/docket"
	"quanxiang/cases/docket/dockettest"
	"quanxiang/gov"
)

// A case whose present stage is late does not look well in any list nor on its page: the
// deadline of the stage is named and red, and the colour of the whole beside it quiet.
func TestLateStage(t *testing.T) {
	t.Parallel()
	o := setup(t)
	acceptor, dispatcher := dockettest.Staff("shou", "cgzx-jd", "acceptor"), dockettest.Staff("pai", "cgzx-zh", "dispatcher")
	c, err := o.docket.Begin(t.Context(), gov.NewID(o.Now()), "report", cases.Input{Action: "take", Actor: acceptor,
		Values: cases.Values{"about": "井盖丢失", "channel": "hotline", "street": "110102011", "class": "11010210401"}})
	must(t, err)
	_, err = o.docket.Act(t.Context(), docket.Step{Case: c.ID}, cases.Input{Action: "file", Actor: acceptor, Values: cases.Values{"row": "B0401-2"}})
	must(t, err)
	pai := o.person("派遣员", "cgzx-zh dispatcher")
	const list = "/desk/all?procedure=report"
	well, quiet := `<span class="chip chip-good">办理中</span>`, `<span class="chip chip-quiet">办理中</span>`
	for _, path := range []string{list, "/desk/cases/" + c.ID.String()} {
		pai.get(path).is(200).holds(well, "派遣时限", "今天到期").hides(quiet)
	}
	o.set(t, "2016-10-10 09:20")
	for _, path := range []string{list, "/desk/cases/" + c.ID.String()} {
		pai.get(path).is(200).holds(quiet, "派遣时限", `<strong class="due due-bad">已超期</strong>`).hides(well)
		pai.get(path+map[bool]string{true: "&lang=en", false: "?lang=en"}[path == list]).is(200).holds(`<span class="chip chip-quiet">In progress</span>`, "Time to dispatch")
	}
	_, err = o.docket.Act(t.Context(), docket.Step{Case: c.ID}, cases.Input{Action: "dispatch", Actor: dispatcher, Values: cases.Values{"unit": "hwzx"}})
	must(t, err)
	for _, path := range []string{list, "/desk/cases/" + c.ID.String()} { // the whole counts from here, and is in time
		pai.get(path).is(200).holds(well).hides(quiet)
	}
}
