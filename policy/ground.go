package policy

import (
	"encoding/json"
	"path"
	"reflect"
	"slices"

	"quanxiang/geo"
	"quanxiang/gov"
	"quanxiang/policy/source"
)

// shapeOf is the ground drawn for an area that is listed elsewhere.
type shapeOf struct {
	code   string
	ground Ground
}

// GroundFiles matches the files of a pack that draw its areas.
const GroundFiles = "areas/*.geojson"

// parseGround reads the shapes of areas. A feature with a level brings its area
// along; one without draws an area of areas.yaml.
func (l *loader) parseGround() {
	for _, f := range l.files {
		if ok, _ := path.Match(GroundFiles, f.Path); !ok {
			continue
		}
		l.read[f.Path] = true
		features, problems, remarks := ReadGround(f.Path, f.Content, geo.CGCS2000)
		l.problems = append(l.problems, problems...)
		l.warnings = append(l.warnings, remarks...)
		if len(problems) > 0 {
			l.broken = true
		}
		for _, a := range features {
			at := source.At(a.Pos)
			if a.Area.Level == "" {
				l.grounds = append(l.grounds, entry[shapeOf]{shapeOf{a.Area.Code, a.Area.Ground}, at})
			} else {
				l.areas = append(l.areas, entry[Area]{a.Area, at})
			}
		}
	}
}

// Drawn is an area as a GeoJSON file draws it: whole, or without name, level
// and parent when it is listed elsewhere.
type Drawn struct {
	Area Area
	Pos  gov.Pos
}

// groundKeys are the properties of a feature, groundNotes the members of the
// collection.
var (
	groundKeys  = []string{"code", "name", "name_en", "level", "parent"}
	groundNotes = []string{"source", "invented", "name"} // programs write "name" unasked
)

// ReadGround reads a file that draws areas (docs/spec/pack.md, 5), whose
// coordinates are in a system. Remarks tell what was put right in reading.
func ReadGround(name string, data []byte, from geo.System) (list []Drawn, problems, remarks Problems) {
	c, report := geo.ReadGeoJSON(name, data, from)
	problems, remarks = report.Problems, report.Remarks
	if len(problems) > 0 {
		return nil, problems, remarks
	}
	whole := gov.Pos{File: name, Line: 1, Column: 1}
	var about Ground
	for key, v := range c.Foreign {
		switch key {
		case "source":
			about.Source = textOf(v)
		case "invented":
			about.Invented, _ = v.(bool)
		case "name":
		default:
			problems.AddGuess(whole, source.Suggest(key, groundNotes), "未知成员“%s”", "unknown member %q", key)
		}
	}
	if about.Source.ZH == "" {
		problems.Add(whole, "缺少“source”：谁按什么画的", `"source" is missing: who drew this, from what`)
	}
	for _, f := range c.Features {
		d := Drawn{Pos: f.Pos, Area: Area{Ground: about}}
		d.Area.Ground.Shape = f.Shape
		if len(f.Shape) == 0 {
			problems.Add(f.Pos, "区域应为多边形", "an area is a polygon or several")
		}
		readArea(&d.Area, f, &problems)
		list = append(list, d)
	}
	if problems.Sort(); len(problems) > 0 {
		return nil, problems, remarks
	}
	return list, nil, remarks
}

// readArea reads an area's properties.
func readArea(a *Area, f geo.Feature, problems *Problems) {
	for key, v := range f.Properties {
		var s string
		switch v := v.(type) {
		case string:
			s = v
		case json.Number: // programs like codes to be numbers
			s = v.String()
		case nil: // as they write what is not known
			continue
		}
		switch key {
		case "code":
			a.Code = s
		case "name":
			a.Name.ZH = s
		case "name_en":
			a.Name.EN = s
		case "parent":
			a.Parent = s
		case "level":
			if a.Level = AreaLevel(s); !slices.Contains(AreaLevels(), a.Level) {
				problems.AddGuess(f.Pos, source.Suggest(s, a.Level.Values()), "“%s”不是区域的级别", "%q is no level of areas", s)
			}
		default:
			problems.AddGuess(f.Pos, source.Suggest(key, groundKeys), "未知属性“%s”", "unknown property %q", key)
		}
	}
	if a.Code == "" {
		problems.Add(f.Pos, "缺少“code”", `"code" is missing`)
	}
	switch {
	case a.Level == "" && (a.Name.ZH != "" || a.Parent != ""):
		problems.Add(f.Pos, "有名称或上级的区域也要有“level”", `an area with a name or a parent has a "level" too`)
	case a.Level != "" && a.Name.ZH == "":
		problems.Add(f.Pos, "缺少“name”", `"name" is missing`)
	}
}

// textOf reads a text as YAML has it: a string or one in each language.
func textOf(v any) gov.Text {
	switch v := v.(type) {
	case string:
		return gov.Text{ZH: v}
	case map[string]any:
		zh, _ := v["zh"].(string)
		en, _ := v["en"].(string)
		return gov.Text{ZH: zh, EN: en}
	}
	return gov.Text{}
}

// WriteGround writes areas as ReadGround reads them: those without a level as
// drawings of areas that are listed elsewhere. All have the source of the first.
func WriteGround(areas []Area) ([]byte, error) {
	c := geo.Collection{Foreign: map[string]any{}}
	for i, a := range areas {
		if i == 0 {
			c.Foreign["source"] = a.Ground.Source
			if a.Ground.Invented {
				c.Foreign["invented"] = true
			}
		}
		p := map[string]any{"code": a.Code}
		for key, v := range map[string]string{"name": a.Name.ZH, "name_en": a.Name.EN, "level": string(a.Level), "parent": a.Parent} {
			if a.Level != "" && v != "" {
				p[key] = v
			}
		}
		c.Features = append(c.Features, geo.Feature{Properties: p, Shape: a.Ground.Shape})
	}
	return geo.WriteGeoJSON(c)
}

// GroundChange is what a drawing does to an area of the pack.
type GroundChange string

// The changes.
const (
	NewArea    GroundChange = "new"       // the pack did not have it
	FirstDrawn GroundChange = "drawn"     // the pack had it without ground
	Redrawn    GroundChange = "redrawn"   // its ground is another
	Unchanged  GroundChange = "unchanged" // its ground is the same
)

// Name is the change as a reader sees it.
func (c GroundChange) Name() gov.Text {
	switch c {
	case NewArea:
		return gov.Text{ZH: "新增", EN: "new"}
	case FirstDrawn:
		return gov.Text{ZH: "首次绘制", EN: "first drawn"}
	case Redrawn:
		return gov.Text{ZH: "重新绘制", EN: "redrawn"}
	}
	return gov.Text{ZH: "未变", EN: "unchanged"}
}

// GroundRow is an area a file draws, as the pack would have it.
type GroundRow struct {
	Area   Area
	Change GroundChange
}

// GroundReport is what a file that draws areas would do to a pack.
type GroundReport struct {
	Problems Problems // for which the pack would not load; then there is no more
	Remarks  Problems // what was put right in reading
	Misfits  Problems // of the pack with the file, see Pack.Misfits
	Rows     []GroundRow
	File     []byte // for the pack's folder areas, in CGCS2000
}

// CheckGround checks a file that draws areas against the pack. Nothing is
// changed.
func (p *Pack) CheckGround(name string, data []byte, from geo.System) GroundReport {
	drawn, problems, remarks := ReadGround(name, data, from)
	r := GroundReport{Problems: problems, Remarks: remarks}
	if len(problems) > 0 {
		return r
	}
	c := checker{loader: &loader{layout: entry[CodeLayout]{value: p.Layout}, header: entry[header]{value: header{District: string(p.District)}}}}
	r.Rows = make([]GroundRow, len(drawn))
	areas := make([]Area, len(drawn))
	redrawn := map[string]bool{}
	var news []entry[Area]
	for i, d := range drawn {
		areas[i] = d.Area
		old, known := p.Area(d.Area.Code)
		now, change := d.Area, NewArea
		switch {
		case known && len(old.Ground.Shape) == 0:
			change = FirstDrawn
		case known && reflect.DeepEqual(old.Ground.Shape, d.Area.Ground.Shape):
			change = Unchanged
		case known:
			change = Redrawn
		case d.Area.Level == "":
			c.problems.Add(d.Pos, "政策包没有区域“%s”；新区域要有 name、level 和 parent", "the pack has no area %q; a new one has a name, a level and a parent", d.Area.Code)
		}
		if known && d.Area.Level == "" {
			now = old
			now.Ground = d.Area.Ground
		}
		r.Rows[i] = GroundRow{now, change}
		redrawn[now.Code] = true
		news = append(news, entry[Area]{now, source.At(d.Pos)})
	}
	trial := &Pack{District: p.District}
	c.areas = news
	for _, a := range p.Areas {
		if !redrawn[a.Code] {
			c.areas = append(c.areas, entry[Area]{value: a})
		}
	}
	c.areaAt = unique(&c, c.areas, "code", "区域代码", "area code", func(a Area) string { return a.Code })
	for _, e := range news {
		if e.value.Level != "" {
			c.checkCode(e)
		}
	}
	if c.problems.Sort(); len(c.problems) > 0 {
		return GroundReport{Problems: c.problems, Remarks: remarks}
	}
	trial.Areas = valuesOf(c.areas)
	sortAreas(trial.Areas)
	trial.index = newIndex(trial)
	r.Misfits = trial.Misfits()
	file, err := WriteGround(areas)
	if err != nil {
		panic("policy: what was read from JSON is JSON: " + err.Error())
	}
	r.File = file
	return r
}
