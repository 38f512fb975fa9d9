package visits_test

import (
	"context"
	"crypto/ed25519"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"quanxiang/cases/checklist"
	"quanxiang/cases/docket"
	"quanxiang/cases/stamp"
	"quanxiang/draw/lot"
	"quanxiang/gov"
	"quanxiang/inspections"
	"quanxiang/inspections/ceremony"
	"quanxiang/inspections/ceremony/ceremonytest"
	"quanxiang/inspections/visits"
	"quanxiang/packs/packtest"
	"quanxiang/people"
	"quanxiang/people/passwords"
	"quanxiang/privacy"
	"quanxiang/web/ui"
	pages "quanxiang/web/visits"
	"quanxiang/web/webtest"
)

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestTemplatesFitTheirViews(t *testing.T) {
	t.Parallel()
	webtest.Templates(t, 1, func(e *ui.Engine) error {
		_, err := pages.New(pages.Deps{Engine: e})
		return err
	})
}

// badges are what persons wear.
type badges map[gov.ID]visits.Badge

func (b badges) Badge(_ context.Context, person gov.ID) (visits.Badge, error) { return b[person], nil }

// proofs are those of the one visit there is.
type proofs []visits.Proof

func (p *proofs) Proofs(context.Context, string, string) ([]visits.Proof, error) { return *p, nil }

// drawn is a subject of the sample's draw with what shows that it was drawn.
func drawn(t *testing.T, d *webtest.Desk) (lot.UID, proofs) {
	t.Helper()
	host := d.Enter(t, "赵主持", "zhao", "sgxzb", "inspection-office")
	now, cases := time.Time{}, &ceremonytest.Cases{}
	store := d.DB.Draws(d.Pack.District, privacy.NewKeyring())
	sample := ceremonytest.Sample(t, "joint")
	held := &ceremony.Ceremonies{Store: store, Plans: sample, Cases: cases, Clock: func() time.Time { return now }, Platform: ed25519.NewKeyFromSeed(make([]byte, 32)), Name: "全象平台",
		Safe: &ceremony.Safe{Store: store, District: d.Pack.District, Hasher: passwords.New(passwords.Cost{Memory: 64, Passes: 1, Threads: 1})}}
	hall := &ceremonytest.Hall{T: t, Plans: sample, Draws: held, Set: func(at time.Time) { now = at },
		Host: func() people.Standing { s := host; s.At, s.Proven = now, now; return s }}
	hall.Draw()
	uid := hall.Visits(cases)
	shown, err := held.Openings(t.Context(), ceremonytest.Plan, uid)
	must(t, err)
	var list proofs
	for _, s := range shown {
		list = append(list, visits.Proof{Department: s.Department, Opening: s.Opening, Roots: s.Roots})
	}
	return uid, list
}

// The subject holds the certificates against the draw: who was drawn, who stands in, who
// has none or one that ended; a proof that was changed is told to be none.
func TestDoor(t *testing.T) {
	t.Parallel()
	d := webtest.OpenDesk(t, packtest.Xicheng(t))
	uid, shown := drawn(t, d)
	jia, yi := d.Enter(t, "检查员甲", "jia", "gsfj", "inspector"), d.Enter(t, "检查员乙", "yiyi", "gsfj", "inspector")
	today := gov.DateOf(webtest.Clock())
	wear := badges{jia.Person: {Name: "检查员甲", Certificate: shown[0].Opening.Team[0].ID(), Unit: "gsfj", Until: today}, yi.Person: {Name: "检查员乙", Certificate: "XN0", Until: today.Add(-1)}}
	k := visits.New(visits.Deps{Docket: d.Docket, Pack: d.Casework.Pack, Badges: wear, Proofs: &shown})
	id := gov.NewID(webtest.Clock())
	must(t, k.Begin(t.Context(), id, visits.Drawn{Visit: inspections.Visit{Number: "XC-2023-001", Subject: "91110102MA00YA018X", UID: uid, First: today, Last: today.Add(9)}, Name: "虚构晨光便利店",
		Street: "110102001", Units: []string{"gsfj", "syj"}, People: []gov.ID{jia.Person, yi.Person}, Items: []checklist.Row{{Code: "GS-01", Title: "营业执照在显著位置", Unit: "gsfj"}}}))
	must(t, d.Casework.ActOnSite(t.Context(), jia, docket.Step{Case: id, Version: 1, Key: gov.NewID(webtest.Clock())}, "check_in", nil, stamp.Stamp{}))
	token, err := k.Shown(t.Context(), id, webtest.Clock())
	must(t, err)
	theirs, err := pages.New(pages.Deps{Engine: d.Engine, Visits: k, Pack: d.Pack, Clock: webtest.Clock})
	must(t, err)
	srv := d.Serve(t, people.Public(webtest.Clock()), theirs.Mount)
	read := func(query string) string {
		t.Helper()
		resp, err := http.Get(srv.URL + pages.Root + "/" + token + query)
		must(t, err)
		defer resp.Body.Close()
		b, err := io.ReadAll(resp.Body)
		must(t, err)
		if resp.StatusCode != http.StatusOK {
			t.Fatalf("status %d: %s", resp.StatusCode, b)
		}
		return string(b)
	}
	count := func(page string, want map[string]int) {
		t.Helper()
		for text, n := range want {
			if got := strings.Count(page, text); got != n {
				t.Errorf("%q stands there %d times, want %d", text, got, n)
			}
		}
	}
	count(read(""), map[string]int{"核对无误": len(shown), "与抽签记录中的检查组一致": 1, "不在最初抽出的检查组中": 1, "已过期，可以拒绝检查": 1, "区食药监局": 1, "领导小组办公室、督查人员处理": 1, `href="/draws/XC-2023-001"`: 1})
	if english := read("?lang=en"); len(webtest.Unmarked(t, english)) > 0 {
		t.Errorf("Chinese that is not marked: %q", webtest.Unmarked(t, english))
	}
	shown[0].Opening.Team[0] = lot.UID{byte(lot.Inspector), 1, 'x'}
	for i := range shown[1:] {
		shown[i+1].Opening.Rank++
	}
	count(read(""), map[string]int{"核对无误": 0, "核对没有通过": len(shown), "与抽签记录中的检查组一致": 0, "不在最初抽出的检查组中": 0})
	wear[yi.Person], shown = visits.Badge{Name: "检查员乙"}, nil
	count(read(""), map[string]int{"名录中没有此人的证号": 1, "签到后几分钟内生成抽签证明": 1, "已过期": 0})
}
