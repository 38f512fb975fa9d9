package portal

import (
	"log/slog"
	"strings"
	"testing"

	"quanxiang/gov"
	"quanxiang/ledger"
	"quanxiang/packs/packtest"
	"quanxiang/web/ui"
)

// What the ledger records is told in words: steps of cases by the names of the
// pack, the rest by the program's; only what nobody knows any more keeps its own
// name.
func TestEventsInWords(t *testing.T) {
	t.Parallel()
	pack := packtest.Xicheng(t)
	engine, err := ui.New(ui.Site{Name: pack.Name}, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	p := &Portal{Deps: Deps{Engine: engine, Pack: pack}}
	zh, en := engine.Messages(gov.ZH), engine.Messages(gov.EN)
	for kind, want := range map[string][2]string{
		"register.pushed":           {"报送名录信息", "Records were brought into a register"},
		"case.duty.late":            {"任务：超过时限", "Duty: a time limit ran out"},
		"case.duty.asked.extend":    {"任务：申请延期（待同意）", "Duty: Ask for more time (awaits agreement)"},
		"case.nobody.knows":         {"case.nobody.knows", "case.nobody.knows"},
		"case.duty.unheard":         {"case.duty.unheard", "case.duty.unheard"},
		"case.duty.unheard.extend":  {"case.duty.unheard.extend", "case.duty.unheard.extend"},
		"library.document.imported": {"文件入库", "Document added"},
	} {
		if got := [2]string{p.eventKind(zh, kind), p.eventKind(en, kind)}; got != want {
			t.Errorf("%s: %q, want %q", kind, got, want)
		}
	}
	for _, x := range pack.Procedures {
		for _, a := range x.Actions {
			if kind := "case." + x.ID + "." + a.ID; p.eventKind(zh, kind) == kind {
				t.Errorf("%s has no words", kind)
			}
		}
	}
	e := ledger.Entry{Object: "case:019c0c4e-8b40-7004-8f24-37d7eeb66f1b", Facts: map[string]string{"number": "RW2026-1", "procedure": "duty", "state": "closed", "unit": "fgw"}}
	if f := p.objectFact(zh, e); f.Text != "案卷 RW2026-1" {
		t.Errorf("object %+v", f)
	}
	for _, name := range []string{"procedure", "state", "unit"} {
		if f := p.stated(zh, e, name); f.Text == e.Facts[name] || strings.Contains(f.Label, name) {
			t.Errorf("%s is stated as %+v", name, f)
		}
	}
	if f := p.objectFact(en, ledger.Entry{Object: "register:market"}); f.Href != "/registers/market" || strings.Contains(f.Text, "register:") {
		t.Errorf("object %+v", f)
	}
}
