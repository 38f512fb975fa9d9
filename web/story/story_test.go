package story_test

import (
	"log/slog"
	"strings"
	"testing"

	"quanxiang/cases"
	"quanxiang/cases/casework"
	"quanxiang/cases/docket"
	"quanxiang/gov"
	"quanxiang/packs/packtest"
	"quanxiang/web/story"
	"quanxiang/web/ui"
)

// Outside the office a place is told by the areas it lies in, once, and never by
// numbers where the district is drawn.
func TestPlacesInWords(t *testing.T) {
	t.Parallel()
	pack := packtest.Xicheng(t)
	p, _ := pack.Procedure("report")
	engine, err := ui.New(ui.Site{Name: pack.Name}, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	s := story.New(engine.Messages(gov.ZH), casework.Sheet{Under: docket.Under{Pack: pack, Procedure: p}}, &pack.Gazette)
	shown := func(id string, v any) cases.Shown {
		f, _ := p.Field(id)
		return cases.Shown{Field: f, Value: v}
	}
	const inside, outside = "39.912300,116.366000", "10.000000,10.000000"
	street, _ := pack.Area("110102001")
	for _, tt := range []struct {
		name string
		list []cases.Shown
		want []string // labels with what they say
	}{
		{"alone", []cases.Shown{shown("place", inside)}, []string{"位置 " + street.Name.ZH + " "}},
		{"beside its street", []cases.Shown{shown("place", inside), shown("street", street.Code)}, []string{"街道 " + street.Name.ZH}},
		{"beside a street nobody has told", []cases.Shown{shown("place", inside), shown("street", nil)}, []string{"位置 " + street.Name.ZH + " ", "街道 "}},
		{"where nothing is drawn", []cases.Shown{shown("place", outside)}, []string{"位置 " + outside}},
	} {
		facts := s.Facts(tt.list)
		if len(facts) != len(tt.want) {
			t.Errorf("%s: %+v", tt.name, facts)
			continue
		}
		for i, f := range facts {
			if got := f.Label + " " + strings.Join(f.Lines, ""); !strings.HasPrefix(got, tt.want[i]) || strings.Contains(got, inside) {
				t.Errorf("%s: %q, want %q", tt.name, got, tt.want[i])
			}
		}
	}
}
