package gazette

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// inventedLexicon knows the bodies and tables of a district that does not exist.
func inventedLexicon() *Lexicon {
	units := []LexUnit{
		{Name: "各街道", Aliases: []string{"各街道办事处", "各街道办"}, Group: true},
		{Name: "区科技委", Aliases: []string{"区科学技术委员会"}},
		{Name: "区政府办公室", Aliases: []string{"区政府办"}},
		{Name: "区城市建设和管理委"},
		{Name: "东湖街道"}, {Name: "西桥街道"}, {Name: "南门内街道", Aliases: []string{"南内街道"}},
	}
	for _, n := range strings.Fields("区财税局 区教育局 区民生局 区卫健委 区水务局 区商贸委 区助残会 区规划局 区环卫局 区质检局 区旅游局 区档案馆") {
		units = append(units, LexUnit{Name: n})
	}
	col := func(role Role, heads ...string) Column { return Column{Heads: heads, Role: role} }
	opt := func(c Column) Column { c.Optional = true; return c }
	return &Lexicon{
		Units: units,
		Labels: Labels{Leader: []string{"牵头领导"}, Lead: []string{"主责单位", "牵头单位", "牵头落实单位"}, Support: []string{"配合单位"},
			Units: []string{"公开主责部门"}, Due: []string{"公开时限"}, Location: []string{"公开位置"}},
		Duties:    Duties{Lead: []string{"牵头", "牵头落实"}, Support: []string{"配合落实"}, Units: []string{"负责落实", "分别落实"}},
		TaskLists: []string{"重点任务"},
		Tables: []Layout{
			{TaskTable, []Column{col(RoleNo, "序号"), col(RoleText, "工作任务"), opt(col(RoleLead, "牵头单位")),
				opt(col(RoleSupport, "配合单位")), opt(col(RoleUnits, "责任单位")), opt(col(RoleDue, "完成时间"))}},
			{TaskTable, []Column{col(RoleNo, "项目"), col(RoleItem, "工作描述"), col(RoleText, "工作分解"), col(RoleLead, "牵头部门"), col(RoleSupport, "配合部门")}},
			{IndicatorTable, []Column{col(RoleGoal, "目标"), col(RoleNo, "序号"), col(RoleName, "指标"), col(RoleUnit, "单位"),
				col(RoleBaseline, "现状值"), col(RoleTarget, "YYYY年规划值"), col(RoleDefinition, "指标定义"), col(RoleUnits, "责任单位"), col(RoleComparison, "指标对比")}},
			{ProjectTable, []Column{col(RoleNo, "序号"), col(RoleType, "类别"), col(RoleStreets, "所属街道"), col(RoleName, "项目名称"), col(RolePlace, "建设地点"),
				col(RoleScale, "建设规模"), col(RoleInvestment, "总投资"), col(RoleStart, "启动时间"), opt(col(RoleExpected, "预计进度")), opt(col(RoleSource, "项目来源"))}},
		},
	}
}

func TestUnitList(t *testing.T) {
	t.Parallel()
	r := newResolver(inventedLexicon())
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
		got, _ := r.list(tt.printed)
		if diff := cmp.Diff(tt.want, got); diff != "" {
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
	r := newResolver(inventedLexicon())
	f.Fuzz(func(t *testing.T, s string) {
		if len(s) > 300 {
			return
		}
		w := newTally()
		w.print(s)
		w.units(r.list(s))
		if lost, invented := w.count.remains(); lost+invented != "" {
			t.Errorf("%q: lost %q, invented %q", s, lost, invented)
		}
	})
}

func TestStreets(t *testing.T) {
	t.Parallel()
	r := newResolver(inventedLexicon())
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
		if diff := cmp.Diff(want, r.streetList(printed)); diff != "" {
			t.Errorf("%s (-want +got)\n%s", printed, diff)
		}
	}
}
