package installation

import (
	"context"
	"strings"

	"quanxiang/gov"
	"quanxiang/support/fund"
)

// funds compares the balances of the money of support programmes with the sums of their
// journal. Without budgets nothing is said.
func (d *doctor) funds(ctx context.Context, store fund.Store) {
	f := &fund.Fund{Store: store}
	wrong, err := f.Audit(ctx)
	if err != nil {
		d.fail("funds", err, gov.Text{})
		return
	}
	pots, err := store.Pots(ctx, "", 0)
	switch {
	case err != nil:
		d.fail("funds", err, gov.Text{})
	case len(wrong) > 0:
		d.say("funds", Failure, gov.Textf("扶持资金有 %[1]d 项预算的余额与流水不符：%[2]s。", "The balances of %[1]d budgets of support funds are not the sums of their journal: %[2]s.", len(wrong), strings.Join(wrong, " ")),
			gov.Text{ZH: "有人直接改过数据库；quanxiang ledger verify 会指出是哪一行。", EN: "Somebody changed the database by hand; quanxiang ledger verify names the row."})
	case len(pots) > 0:
		d.ok("funds", "扶持资金 %d 项预算的余额与流水相符。", "The balances of %d budgets of support funds are the sums of their journal.", len(pots))
	}
}
