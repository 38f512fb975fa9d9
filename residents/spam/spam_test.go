package spam_test

import (
	"strings"
	"testing"
	"time"

	"quanxiang/gov"
	"quanxiang/residents/spam"
)

// fine is a report like most.
var fine = spam.Report{Text: "金融街17号门口路灯不亮，已经三天了，晚上走路危险。", OpenFor: 90 * time.Second, SameText: 1, OfDevice: 1}

func with(change func(*spam.Report)) spam.Report {
	r := fine
	change(&r)
	return r
}

// What residents write is not doubted; what machines send is, and the reasons say
// why. 50 is where the reference procedure holds a report.
func TestJudge(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		why    string
		report spam.Report
		from   int // the score, at least
		to     int
		says   string
	}{
		{"a report", fine, 0, 0, ""},
		{"in English", with(func(r *spam.Report) { r.Text = "The street lamp at No. 17 has been out for 3.5 days." }), 0, 0, ""},
		{"of a few words", with(func(r *spam.Report) { r.Text = "灯不亮" }), 0, 0, ""},
		{"with one link", with(func(r *spam.Report) { r.Text += " https://example.cn/photo" }), 1, 49, "1 个网址"},
		{"sent again", with(func(r *spam.Report) { r.SameText = 2 }), 1, 49, "第 2 次"},
		{"quickly typed", with(func(r *spam.Report) { r.OpenFor = 5 * time.Second }), 1, 49, "5 秒"},
		{"the fifth of a day", with(func(r *spam.Report) { r.OfDevice = 5 }), 1, 49, "第 5 件"},
		{"advertisement", with(func(r *spam.Report) { r.Text = "代开发票 www.a-b.com http://c.top d.vip" }), 50, 100, "3 个网址"},
		{"sent at once", with(func(r *spam.Report) { r.OpenFor = time.Second }), 50, 100, "1 秒"},
		{"in Cyrillic", with(func(r *spam.Report) { r.Text = "Купите наши товары сегодня" }), 50, 100, "100%"},
		{"a wave", with(func(r *spam.Report) { r.SameText = 7 }), 50, 100, "7 次"},
		{"a busy device", with(func(r *spam.Report) { r.OfDevice = 12 }), 50, 100, "12 件"},
		{"a key held down", with(func(r *spam.Report) { r.Text = strings.Repeat("啊", 20); r.OpenFor = 5 * time.Second }), 50, 100, "100%"},
		{"everything", spam.Report{Text: strings.Repeat("http://a.com ", 9), SameText: 50, OfDevice: 50}, 100, 100, "9 个网址"},
	} {
		v := spam.Judge(spam.Rules, c.report)
		if v.Score < c.from || v.Score > c.to || !strings.Contains(v.Why(gov.ZH), c.says) || (v.Score == 0) != (v.Why(gov.EN) == "") {
			t.Errorf("%s: %d, because of %q", c.why, v.Score, v.Why(gov.ZH))
		}
		if strings.Contains(v.Why(gov.ZH)+v.Why(gov.EN), "%!") || strings.Contains(v.Why(gov.ZH), "%%") {
			t.Errorf("%s: %q %q", c.why, v.Why(gov.ZH), v.Why(gov.EN))
		}
	}
}

// A text stays the same text with another number at its end.
func TestFold(t *testing.T) {
	t.Parallel()
	if a, b := spam.Fold("路灯 不亮！A1"), spam.Fold("路灯不亮a 2。"); a != b || a != "路灯不亮a" {
		t.Errorf("%q, %q", a, b)
	}
}
