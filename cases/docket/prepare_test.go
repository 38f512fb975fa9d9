package docket_test

import (
	"context"
	"strings"
	"testing"

	"quanxiang/calendar"
	"quanxiang/cases"
	"quanxiang/cases/docket"
	"quanxiang/cases/docket/dockettest"
	"quanxiang/gov"
	"quanxiang/policy"
)

// turning is a district whose pack changes.
type turning struct{ pack *policy.Pack }

func (p *turning) Current() *policy.Pack { return p.pack }

func (p *turning) Version(ctx context.Context, hash string) (*policy.Pack, error) {
	return dockettest.OnePack{Pack: p.pack}.Version(ctx, hash)
}

// A case that was prepared begins as one that was not, and by the pack that is in force
// when it begins.
func TestPrepare(t *testing.T) {
	t.Parallel()
	run(t, sample(t, "report", reportYAML), func(t *testing.T, k court) {
		packs := &turning{k.pack}
		d := docket.New(k.db.Cases(k.pack.District), packs, calendar.Seed)
		prepare := func(what string) (*docket.Prepared, error) {
			return d.Prepare(now, gov.NewID(now), "report", cases.Input{Action: "file", Actor: desk, Values: cases.Values{"what": what}}, nil)
		}
		if _, err := prepare(""); err == nil {
			t.Error("a case that lacks something is prepared")
		}
		first, err := prepare("路灯不亮")
		must(t, err)
		c, err := d.BeginPrepared(t.Context(), first)
		must(t, err)
		if kept, _ := dockettest.Folded(t, d, c.ID); kept.State != "open" || kept.Number == "" || kept.Pack != k.pack.Hash {
			t.Errorf("begun: %+v", kept)
		}

		second, err := prepare("井盖松动")
		must(t, err)
		packs.pack = sample(t, "report", strings.Replace(reportYAML, "zh: 反映", "zh: 诉求", 1))
		c, err = d.BeginPrepared(t.Context(), second)
		must(t, err)
		if c.Pack != packs.pack.Hash || c.Pack == k.pack.Hash {
			t.Errorf("begun under the pack from before: %+v", c)
		}

		third, err := prepare("垃圾未清")
		must(t, err)
		packs.pack = sample(t, "other", strings.NewReplacer("procedure: report", "procedure: other", "FY{", "QT{").Replace(reportYAML))
		if _, err := d.BeginPrepared(t.Context(), third); gov.CodeOf(err) != gov.NotFound {
			t.Errorf("begun by a procedure that is gone: %v", err)
		}
	})
}
