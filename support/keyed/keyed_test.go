package keyed_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"reflect"
	"testing"

	"quanxiang/packs/packtest"
	"quanxiang/rules/eval"
	"quanxiang/rules/facts"
	"quanxiang/rules/ir"
	"quanxiang/support/keyed"
)

func read(t *testing.T, p *ir.Program, given string, paid string) *eval.Facts {
	t.Helper()
	body := fmt.Sprintf(`{"applicant":"企业","year":2017,"facts":%s,"paid":[%s]}`, given, paid)
	f, err := facts.ReadFor(p, []byte(body), facts.Options{Docs: []string{"16号"}})
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// What a benefit comes to is told apart by the keys its rules name, whatever holds for
// all entries together.
func TestShares(t *testing.T) {
	t.Parallel()
	p := packtest.Xicheng(t).Rules
	const company = `"认定":"认定企业"`
	for _, c := range []struct {
		name, benefit, given, paid string
		want                       []keyed.Share
	}{
		{"each prize by its level", "奖项奖励", `{` + company + `,"科技奖项":[{"奖项":"甲","级别":"国际"},{"奖项":"乙","级别":"市级"}]}`, ``,
			[]keyed.Share{{"甲", 10_000_000}, {"乙", 5_000_000}}},
		{"a prize that was paid before is no share", "奖项奖励", `{` + company + `,"科技奖项":[{"奖项":"甲","级别":"国际"},{"奖项":"乙","级别":"市级"}]}`,
			`{"year":2016,"benefit":"16号.奖项奖励","amount":"10万元","key":"甲"}`, []keyed.Share{{"乙", 5_000_000}}},
		{"a threshold that only all entries reach", "投资风险补贴", `{"机构类型":"本区投资机构","认定":"其他","投资":[
			{"企业":"甲","金额":"500万元","创业期":true,"货币":true,"上市挂牌后":false},{"企业":"乙","金额":"400万元","创业期":true,"货币":true,"上市挂牌后":false},{"企业":"甲","金额":"100万元","创业期":true,"货币":true,"上市挂牌后":false}]}`, ``,
			[]keyed.Share{{"甲", 18_000_000}, {"乙", 12_000_000}}},
		{"what a limit over the years leaves", "投资风险补贴", `{"机构类型":"本区投资机构","认定":"其他","投资":[
			{"企业":"甲","金额":"1000万元","创业期":true,"货币":true,"上市挂牌后":false},{"企业":"乙","金额":"400万元","创业期":true,"货币":true,"上市挂牌后":false}]}`,
			`{"year":2016,"benefit":"16号.投资风险补贴","amount":"90万元","key":"甲"}`, []keyed.Share{{"甲", 10_000_000}, {"乙", 12_000_000}}},
		{"of two lists the better one", "标准补贴", `{` + company + `,"标准":[{"标准号":"甲","层级":"国家标准","起草名次":"1名"}],"秘书处":[{"名称":"乙","种类":"国际技术委员会"}]}`, ``,
			[]keyed.Share{{"乙", 30_000_000}}},
		{"a benefit that looks at all as one", "贷款贴息", `{` + company + `,"贷款":[{"实付利息":"50万元","基准利息":"50万元"}]}`, ``, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := keyed.Shares(p, read(t, p, c.given, c.paid), p.Benefit("16号", c.benefit))
			if err != nil || !reflect.DeepEqual(got, c.want) {
				t.Errorf("%+v %v, wanted %+v", got, err, c.want)
			}
		})
	}
}

// More entries than are kept apart are refused, and nothing is put together silently.
func TestTooMany(t *testing.T) {
	t.Parallel()
	p := packtest.Xicheng(t).Rules
	rows := []map[string]any{}
	for i := range 100 {
		rows = append(rows, map[string]any{"奖项": fmt.Sprint("奖", i), "级别": "市级"})
	}
	body, err := json.Marshal(map[string]any{"认定": "认定企业", "科技奖项": rows})
	if err != nil {
		t.Fatal(err)
	}
	b := p.Benefit("16号", "奖项奖励")
	f := read(t, p, string(body), "")
	if list, err := keyed.Shares(p, f, b); err != nil || len(list) != 100 {
		t.Errorf("%d shares, %v", len(list), err)
	}
	l := keyed.Of(p, b)[0].List
	more := f.SetList(l, keyed.Most+1)
	for i := range more.Columns {
		for j := range more.Columns[i] {
			more.Columns[i][j] = eval.Value{}
		}
	}
	for j := range more.Len {
		n := f.Text(fmt.Sprint("奖", j))
		more.Columns[p.Fields[keyed.Of(p, b)[0].Field].Column][j] = eval.Value{Low: n, High: n}
	}
	if _, err := keyed.Shares(p, f, b); err == nil {
		t.Error("too many keys are kept apart")
	}
}

// However an amount is split, the parts are the whole, none is more than its share, and
// an amount that covers all shares gives each its own.
func TestSplit(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(1, 2))
	for range 20_000 {
		shares := make([]keyed.Share, rng.IntN(6))
		sum := int64(0)
		for i := range shares {
			shares[i] = keyed.Share{Key: fmt.Sprint(i), Amount: rng.Int64N(1_000_000_000_000)}
			sum += shares[i].Amount
		}
		amount := rng.Int64N(2_000_000_000_000)
		total := int64(0)
		for _, s := range keyed.Split(amount, shares) {
			total += s.Amount
			if s.Amount <= 0 {
				t.Fatalf("a part of %d", s.Amount)
			}
			for _, x := range shares {
				if x.Key == s.Key && (s.Amount > x.Amount || amount >= sum && s.Amount != x.Amount) {
					t.Fatalf("%d of %d shares %v: %+v", amount, sum, shares, s)
				}
			}
		}
		if total != amount {
			t.Fatalf("%d is split into %d", amount, total)
		}
	}
}
