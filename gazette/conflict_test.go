package gazette

import (
	"testing"

	"quanxiang/gazette/paper"
)

// sentence is a section that says this.
func sentence(text string) section {
	return section{typ: InstrumentNode, paras: []paper.Paragraph{{Lines: []paper.Line{{No: 7, Text: text}}, Text: text}}}
}

func TestFiguresThatContradictTheTable(t *testing.T) {
	t.Parallel()
	table := Indicator{No: "3", Name: "公共路灯夜间点亮率（约束性）", Unit: "%", Baseline: "89.5（2015）", Target: "≥95"}
	open := table
	open.Baseline = "/"
	for text, want := range map[string]int{
		"目前公共路灯夜间点亮率达到 82%，居民满意。": 1,
		"目前公用路灯夜间点亮率为82%。":        1, // a character off, as print has it
		"目前公共路灯夜间点亮率达到89.50%。":    0,
		"到2020年公共路灯夜间点亮率不低于95%。":  0,
		"公共路灯夜间点亮率达到市级要求。":        0,
		"公共路灯夜间点亮率82处。":           0, // another unit
		"庭院射灯夜间点亮率达到82%。":         0, // another thing
		"公共路灯夜间点亮率提高，垃圾清运率达到82%。": 0,
	} {
		for _, tt := range []struct {
			ind  Indicator
			want int
		}{{table, want}, {open, 0}} {
			r := &reading{doc: Document{Indicators: []Indicator{tt.ind}}, sections: []section{sentence(text)}}
			r.conflicts()
			if len(r.doc.Notes) != tt.want {
				t.Errorf("%s (baseline %s): notes %v, want %d", text, tt.ind.Baseline, r.doc.Notes, tt.want)
			}
		}
	}
}

func TestAmountsThatContradictTheirColumn(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		scale, investment string
		want              int
	}{
		{"更换灯头。期间需资金2500万元。", "14500", 1},
		{"更换灯头，投资约1.45亿元。", "14500", 0},
		{"更换灯头，投资14500万元。", "14500", 0},
		{"更换灯头，需资金2500万元。", "待测算", 0},
		{"更换灯头2500个。", "14500", 0},
	} {
		r := &reading{doc: Document{Projects: []Project{{No: "1", Scale: tt.scale, Investment: tt.investment}}}}
		r.conflicts()
		if len(r.doc.Notes) != tt.want {
			t.Errorf("%s and %s: notes %v, want %d", tt.scale, tt.investment, r.doc.Notes, tt.want)
		}
	}
}

func TestStreetNamesOneCharacterOff(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		a, b string
		want int
	}{
		{"北门街、大青砖长街", "大青砖厂街，南门街", 1},
		{"大青砖北街", "大青砖南街", 0}, // neighbours
		{"安德门大街", "宣德门大街", 0}, // streets of two gates
		{"青砖长", "青砖厂", 0},     // no streets
	} {
		r := &reading{doc: Document{Projects: []Project{{No: "1", Place: tt.a}, {No: "2", Place: tt.b}}}}
		r.conflicts()
		if len(r.doc.Notes) != tt.want {
			t.Errorf("%s and %s: notes %v, want %d", tt.a, tt.b, r.doc.Notes, tt.want)
		}
	}
}

func TestUnknownUnitsAreNoted(t *testing.T) {
	t.Parallel()
	r := &reading{doc: Document{Tasks: []Task{
		{Lead: []UnitRef{{Name: "区水务局"}, {Name: "区水水务局", Unresolved: true}}},
		{Units: []UnitRef{{Name: "区水水务局", Unresolved: true}}},
	}}}
	r.conflicts()
	if len(r.doc.Notes) != 1 || r.doc.Notes[0].Kind != "unresolved-unit" {
		t.Errorf("notes %v, want the one unknown unit once", r.doc.Notes)
	}
}
