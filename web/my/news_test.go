package my_test

import (
	"strings"
	"testing"
	"time"

	"quanxiang/calendar"
	"quanxiang/cases"
	"quanxiang/cases/casework"
	"quanxiang/cases/docket"
	"quanxiang/gov"
	"quanxiang/notices"
	"quanxiang/policy"
	"quanxiang/residents"
)

// Whoever reported, proved where to be told and wants to be, is sent news with the
// way to them and nothing of what the matter is about; no one else is, and nobody
// of the staff because everybody is told.
func TestNews(t *testing.T) {
	t.Parallel()
	h := open(t)
	told := h.browser()
	sent := told.report("mobile", "13812345678", "channel", "sms")
	path, _, _ := strings.Cut(sent.path, "?")
	silent := h.browser().report("mobile", "13812340000", "channel", "sms")
	told.post(path+"/prove", "channel", "sms")
	told.post("/my/code", "code", h.code("13812345678"))
	h.now = h.now.Add(residents.CodeLasts + time.Minute)
	check(t, h.store.Sweep(t.Context()))

	desk, clerk := h.desk.Enter(t, "受理甲", "denga", "zfb", "acceptor"), h.desk.Enter(t, "经办乙", "jingb", "fgw", "clerk")
	messages := notices.New(notices.Config{Store: h.desk.DB.Notices(h.desk.Pack.District), Staff: h.desk.People, Cases: h.desk.Docket,
		Pack: func() *policy.Pack { return h.desk.Pack }, Calendar: calendar.Seed, Clock: func() time.Time { return h.now }, Actor: casework.Actor, Outside: h.register})
	var ids []gov.ID
	for _, page := range []answer{sent, silent} {
		id, err := h.desk.Casework.Find(t.Context(), desk, numbered.FindString(page.body))
		check(t, err)
		ids = append(ids, id)
		check(t, h.desk.Casework.Act(t.Context(), desk, docket.Step{Case: id}, "send", cases.Values{"unit": "fgw"}, ""))
		check(t, messages.Tell(t.Context(), id))
		check(t, h.desk.Casework.Act(t.Context(), clerk, docket.Step{Case: id}, "answer", cases.Values{"answer": "已更换灯泡"}, ""))
		for range 2 { // told again, sent once
			check(t, messages.Tell(t.Context(), id))
		}
	}
	list, err := h.store.Due(t.Context(), 100)
	check(t, err)
	var news []residents.Dispatch
	for _, d := range list {
		if d.Kind == residents.NewsDispatch {
			news = append(news, d)
		}
	}
	if len(news) != 2 || news[0].Case != ids[0] || news[1].Case != ids[0] {
		t.Fatalf("news: %+v", news)
	}
	o, wanted, err := h.register.Compose(t.Context(), news[1])
	check(t, err)
	if !wanted || o.To != (residents.Address{Channel: residents.SMS, Value: "13812345678"}) {
		t.Errorf("goes to %v", o.To.Masked())
	}
	has(t, "the message", o.Body, numbered.FindString(sent.body), "已答复", linked.FindString(sent.body))
	lacks(t, "the message", o.Body, "路灯", "灯泡")

	inbox, err := messages.Inbox(t.Context(), desk.Person, gov.Page{})
	check(t, err)
	for _, m := range inbox.Items {
		if m.Why == cases.Told {
			t.Errorf("the desk is told what the public is told: %+v", m)
		}
	}
	c, err := h.store.ContactOf(t.Context(), ids[0])
	check(t, err)
	check(t, h.register.Erase(t.Context(), c.ID))
	if _, wanted, err = h.register.Compose(t.Context(), news[0]); err != nil || wanted {
		t.Errorf("after it was erased: %t, %v", wanted, err)
	}
}
