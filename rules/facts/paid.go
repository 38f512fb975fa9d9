package facts

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"

	"quanxiang/rules/eval"
	"quanxiang/rules/ir"
	"quanxiang/rules/money"
)

// Bounds of earlier payments, so that their sum stays within what is computed
// with.
const (
	maxPaid   = 10_000
	maxAmount = 10_000 * money.Yi
)

// paid reads earlier payments.
func (r *reader) paid(data json.RawMessage) {
	var rows []json.RawMessage
	if json.Unmarshal(data, &rows) != nil {
		r.bad("paid", "应是清单", "expected a list")
		return
	}
	if len(rows) > maxPaid {
		r.bad("paid", "多于 %d 笔", "more than %d payments", maxPaid)
		return
	}
	for k, row := range rows {
		at := fmt.Sprintf("paid[%d]", k)
		var x struct {
			Year                 int
			Benefit, Amount, Key string
		}
		dec := json.NewDecoder(bytes.NewReader(row))
		dec.DisallowUnknownFields()
		if err := dec.Decode(&x); err != nil {
			r.bad(at, "应有 year、benefit、amount，可有 key", "expected year, benefit, amount and perhaps key")
			continue
		}
		doc, name, ok := strings.Cut(x.Benefit, ".")
		if !ok {
			doc, name = "", x.Benefit
		}
		b := r.p.Benefit(doc, name)
		if b == ir.None {
			r.bad(at+".benefit", "没有名为“%s”的支持", "there is no benefit %q", x.Benefit)
			continue
		}
		amount, wrong := money.Typed(x.Amount, 0)
		switch {
		case wrong != nil:
			r.bad(at+".amount", "%[1]s", "%[2]s", wrong.Text.ZH, wrong.Text.EN)
		case amount < 0:
			r.bad(at+".amount", "“%s”不能为负", "%q must not be negative", x.Amount)
		case amount > maxAmount:
			r.bad(at+".amount", "“%s”太大", "%q is too large", x.Amount)
		case x.Year >= r.f.Year || x.Year < 1990:
			r.bad(at+".year", "已领的年份应早于 %d", "a payment is from before %d", r.f.Year)
		default:
			r.f.Paid = append(r.f.Paid, eval.Payment{Year: x.Year, Benefit: b, Key: x.Key, Amount: int64(amount)})
		}
	}
}
