package roster

import (
	"cmp"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"quanxiang/gazette/paper"
)

// inventedUnits are the bodies of a district that does not exist.
func inventedUnits() []Unit {
	units := []Unit{
		{Name: "各街道", Aliases: []string{"各街道办事处", "各街道办"}, Group: true},
		{Name: "区科技委", Aliases: []string{"区科学技术委员会"}},
		{Name: "区政府办公室", Aliases: []string{"区政府办"}},
		{Name: "区城市建设和管理委"},
		{Name: "东湖街道"}, {Name: "西桥街道"}, {Name: "南门内街道", Aliases: []string{"南内街道"}},
	}
	for _, n := range strings.Fields("区财税局 区教育局 区民生局 区卫健委 区水务局 区商贸委 区助残会 区规划局 区环卫局 区质检局 区旅游局 区档案馆") {
		units = append(units, Unit{Name: n})
	}
	return units
}

func TestUnitList(t *testing.T) {
	t.Parallel()
	r := New(inventedUnits())
	for _, tt := range []struct {
		name, printed string
		want          []UnitRef
	}{
		{"names broken by lines and spaced out", "区财 税局、\n区 教 育 局", []UnitRef{{Name: "区财税局"}, {Name: "区教育局"}}},
		{"mixed separators", "区财税局，区教育局；区民生局", []UnitRef{{Name: "区财税局"}, {Name: "区教育局"}, {Name: "区民生局"}}},
		{"an alias", "区政府办", []UnitRef{{Name: "区政府办公室", Raw: "区政府办"}}},
		{"a co-name in half-width brackets is one unit", "区规划局(区名城保护办)、区水务局", []UnitRef{{Name: "区规划局", Raw: "区规划局(区名城保护办)"}, {Name: "区水务局"}}},
		{"a scope", "区质检局（生产领域）", []UnitRef{{Name: "区质检局", Scope: "生产领域"}}},
		{"scopes and no separator", "区质检局（生产领域）区教育局（校服）", []UnitRef{{Name: "区质检局", Scope: "生产领域"}, {Name: "区教育局", Scope: "校服"}}},
		{"a separator lost at a line end", "区财税局区卫健委、区水务局", []UnitRef{{Name: "区财税局"}, {Name: "区卫健委"}, {Name: "区水务局"}}},
		{"the last character lost", "区助残会、区财税、各街道办事处", []UnitRef{{Name: "区助残会"}, {Name: "区财税局", Raw: "区财税"}, {Name: "各街道", Raw: "各街道办事处"}}},
		{"及 parts, also before a generic name", "区财税局及区各相关单位", []UnitRef{{Name: "区财税局"}, {Name: "区各相关单位", Unresolved: true}}},
		{"和 inside a name does not part", "区城市建设和管理委和区水务局", []UnitRef{{Name: "区城市建设和管理委"}, {Name: "区水务局"}}},
		{"a closing 等", "区助残会、各街道办事处等", []UnitRef{{Name: "区助残会"}, {Name: "各街道", Raw: "各街道办事处等"}}},
		{"等 before what they all are", "区财税局、区水务局等监管部门", []UnitRef{{Name: "区财税局"}, {Name: "区水务局"}, {Name: "监管部门", Unresolved: true}}},
		{"a trailing separator", "区商贸委、区旅游局、", []UnitRef{{Name: "区商贸委"}, {Name: "区旅游局"}}},
		{"a misprint is kept and flagged", "区水水务局", []UnitRef{{Name: "区水水务局", Unresolved: true}}},
		{"nothing", " ", nil},
	} {
		got, _ := r.List(tt.printed)
		if diff := gocmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%s: %s (-want +got)\n%s", tt.name, tt.printed, diff)
		}
	}
}

// Names, scopes and what stands between them are the print again: a list loses
// nothing, however badly it reads.
func FuzzUnitList(f *testing.F) {
	for _, s := range []string{"区财税局、区教育局", "区质检局（生产领域）区教育局（校服）", "区规划局(区名城保护办)及各街道等", "（（、）", "等等等", "及及"} {
		f.Add(s)
	}
	r := New(inventedUnits())
	f.Fuzz(func(t *testing.T, s string) {
		if len(s) > 300 {
			return
		}
		var count paper.Characters
		count.Add(s, 1)
		refs, glue := r.List(s)
		for _, ref := range refs {
			count.Add(cmp.Or(ref.Raw, ref.Name)+ref.Scope, -1)
		}
		count.Add(glue, -1)
		if lost, invented := count.Remains(); lost+invented != "" {
			t.Errorf("%q: lost %q, invented %q", s, lost, invented)
		}
	})
}

func TestStreets(t *testing.T) {
	t.Parallel()
	r := New(inventedUnits())
	for printed, want := range map[string][]string{
		"东湖街道":        {"东湖街道"},
		"东湖、西桥街道":     {"东湖街道", "西桥街道"},
		"东湖街道西桥街道":    {"东湖街道", "西桥街道"}, // two paragraphs of a cell
		"东湖、西桥等街道":    {"东湖街道", "西桥街道"},
		"南内街道":        {"南门内街道"},
		"东湖北、西桥南、东湖中": {"东湖街道", "西桥街道"},
		"各街道":         {"各街道"},
		"/":           {},
		"东湖街道、马连滩":    {"东湖街道", "马连滩"},
	} {
		if diff := gocmp.Diff(want, r.StreetList(printed)); diff != "" {
			t.Errorf("%s (-want +got)\n%s", printed, diff)
		}
	}
}
