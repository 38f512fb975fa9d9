package fund

import (
	"encoding/csv"
	"strings"
	"testing"
	"time"

	"quanxiang/gov"
)

// Whatever the finance system sends, every row is good, known or bad, and what is taken
// is about a payment of the batch with its amount.
func FuzzAnswer(f *testing.F) {
	for _, s := range []string{
		"付款编号,金额（元）,结果,付款日期,失败原因\n2017-0001-0001,250.00,已付,2017-03-01,\n2017-0001-0002,60,失败,,账号不符\n",
		"reference,amount,result,date\n2017-0001-0001,250,PAID,2017年3月1日\n2017-0001-0001,250,paid,2017-03-01\n",
		"付款编号,金额（元）,结果\n,,\n# 说明\n2017-0001-0003,1e9,已付\n",
		"付款编号,付款编号\n", "", "付款编号,金额（元）,结果,付款日期\n2017-0001-0001,-250,已付,2099-01-01\n",
	} {
		f.Add(s)
	}
	now := time.Date(2017, 3, 2, 9, 0, 0, 0, gov.China)
	fund := &Fund{Clock: func() time.Time { return now }}
	b := Batch{Number: "2017-0001"}
	rows := []Row{{N: 1, Amount: 25000, State: RowWaiting}, {N: 2, Amount: 6000, State: RowWaiting}, {N: 3, Amount: 100, State: RowPaid, On: gov.DateOf(now)}}
	f.Fuzz(func(t *testing.T, text string) {
		r := csv.NewReader(strings.NewReader(text))
		r.FieldsPerRecord = -1
		table, err := r.ReadAll()
		if err != nil {
			return
		}
		rep, changed, err := fund.judge(b, rows, table)
		if err != nil {
			if gov.CodeOf(err) != gov.Invalid {
				t.Fatalf("%v is no mistake of the file", err)
			}
			return
		}
		if len(changed) != rep.Good || rep.Good+rep.Same+rep.Bad > len(table)-1 || rep.Bad > 0 && len(rep.Wrong) == 0 {
			t.Errorf("%+v of %d rows", rep, len(table)-1)
		}
		seen := map[int]bool{}
		for _, x := range changed {
			if seen[x.N] || x.Amount != rows[x.N-1].Amount || rows[x.N-1].State != RowWaiting || x.State == RowPaid && (x.On.IsZero() || x.On.Compare(gov.DateOf(now)) > 0) || x.State == RowFailed && x.Failure == "" {
				t.Errorf("it takes %+v", x)
			}
			seen[x.N] = true
		}
	})
}

// An article is the number behind the document, whatever follows it.
func TestArticle(t *testing.T) {
	t.Parallel()
	for clause, want := range map[string]string{"16号:3/1": "16号:3", "16号:14(1)": "16号:14", "17号:7(1)1": "17号:7", "16号:9": "16号:9", "16号": "", "16号:": "", "16号:R3a": ""} {
		if got := article(clause); got != want {
			t.Errorf("the article of %s is %q, want %q", clause, got, want)
		}
	}
}

// Payments are written as rules read them.
func TestPaymentJSON(t *testing.T) {
	t.Parallel()
	b, err := Payment{Year: 2016, Benefit: "16号.配套资金", Amount: 10_000_050}.MarshalJSON()
	if want := `{"year":2016,"benefit":"16号.配套资金","amount":"100000.50元"}`; err != nil || string(b) != want {
		t.Errorf("%s, %v", b, err)
	}
}
