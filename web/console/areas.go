package console

import (
	"encoding/base64"
	"fmt"
	"html/template"
	"net/http"
	"path"
	"strings"

	"quanxiang/geo"
	"quanxiang/gov"
	"quanxiang/people"
	"quanxiang/policy"
	"quanxiang/web/ui"
)

// maxDrawing is the greatest file of areas the page takes, in bytes. Greater ones
// are checked with quanxiang pack areas.
const maxDrawing = 1536 << 10

// areasView is the page that checks a drawing of areas against the pack. The
// pack stays the one source: nothing is kept, and what comes out is a file for
// whoever keeps the pack.
type areasView struct {
	Head     head
	Form     ui.Form
	Checked  bool
	Good     bool
	Problems ui.Table
	Rows     ui.Table
	Preview  preview
	File     template.URL // a data address of the checked file, or ""
}

// preview is a picture of the drawn areas, north at the top.
type preview struct {
	Width, Height int
	Paths         []string
}

func (c *Console) areasForm(v visit) ui.Form {
	f := ui.Form{ID: "areas", Action: areasPath, Post: true, File: true, Submit: v.m.T("console.areas.check"), Fields: []ui.Field{
		{Name: "file", Kind: "file", Label: v.m.T("console.areas.file"), Required: true, Hint: v.m.T("console.areas.hint", "kib", maxDrawing>>10)},
		{Name: "system", Kind: "select", Label: v.m.T("console.areas.system"), Hint: v.m.T("console.areas.system_hint"), Value: string(geo.CGCS2000)},
	}}
	for _, s := range geo.Systems() {
		f.Fields[1].Options = append(f.Fields[1].Options, ui.Option{Value: string(s), Label: string(s)})
	}
	return f
}

func (c *Console) showAreas(v visit) error {
	if err := people.Can(v.by, policy.LoadPack, people.Object{}); err != nil {
		return err
	}
	return c.pages.areas.Render(v.w, v.Request, http.StatusOK, frame(v.m.T("console.areas.title")), areasView{Head: headOf(v, "areas"), Form: c.areasForm(v)})
}

// checkAreas checks the drawing that was sent.
func (c *Console) checkAreas(v visit) error {
	if err := people.Can(v.by, policy.LoadPack, people.Object{}); err != nil {
		return err
	}
	view := areasView{Head: headOf(v, "areas"), Form: c.areasForm(v)}
	name, data, err := drawingOf(v)
	var from geo.System
	if err == nil {
		view.Form.Fields[1].Value = v.PostFormValue("system")
		from, err = geo.ParseSystem(view.Form.Fields[1].Value)
		err = onField(err, "system", gov.Invalid)
	}
	if err != nil {
		_, status, err := place(v, &view.Form, err)
		if err != nil {
			return err
		}
		return c.pages.areas.Render(v.w, v.Request, status, frame(v.m.T("console.areas.title")), view)
	}
	report := c.Pack.CheckGround(name, data, from)
	view.Checked, view.Good = true, len(report.Problems) == 0
	view.Problems = areaProblems(v, report)
	status := http.StatusUnprocessableEntity
	if view.Good {
		status = http.StatusOK
		view.Rows = areaRows(v, report.Rows)
		view.Preview = drawAreas(report.Rows)
		view.File = template.URL("data:application/geo+json;base64," + base64.StdEncoding.EncodeToString(report.File)) // our own text
	}
	return c.pages.areas.Render(v.w, v.Request, status, frame(v.m.T("console.areas.title")), view)
}

// areaProblems lists mistakes, and what was put right or does not fit.
func areaProblems(v visit, r policy.GroundReport) ui.Table {
	t := ui.Table{Caption: v.m.T("console.areas.found"), Columns: []ui.Column{
		{Label: v.m.T("console.import.line"), Narrow: true}, {Label: v.m.T("console.import.column"), Narrow: true},
		{Label: v.m.T("console.import.problem"), Main: true}, {Label: v.m.T("console.areas.weight")},
	}}
	for _, part := range []struct {
		list policy.Problems
		chip ui.Chip
	}{{r.Problems, ui.Chip{Label: v.m.T("console.areas.mistake"), Tone: "bad"}}, {r.Remarks, ui.Chip{Label: v.m.T("console.areas.remark"), Tone: "info"}}, {r.Misfits, ui.Chip{Label: v.m.T("console.areas.misfit"), Tone: "warn"}}} {
		for _, e := range part.list {
			t.Rows = append(t.Rows, ui.TableRow{Cells: []ui.Cell{
				ui.TextCell(placeNumber(e.Pos.Line)), ui.TextCell(placeNumber(e.Pos.Column)), ui.TextCell(e.Text.In(v.lang())), {Chips: []ui.Chip{part.chip}},
			}})
		}
	}
	return t
}

// areaRows lists what the pack would have.
func areaRows(v visit, rows []policy.GroundRow) ui.Table {
	t := ui.Table{Caption: v.m.T("console.areas.rows"), Columns: []ui.Column{
		{Label: v.m.T("console.areas.code"), Narrow: true}, {Label: v.m.T("console.areas.name"), Main: true}, {Label: v.m.T("console.areas.level")},
		{Label: v.m.T("map.area"), Number: true}, {Label: v.m.T("console.areas.change")},
	}}
	for _, r := range rows {
		t.Rows = append(t.Rows, ui.TableRow{Cells: []ui.Cell{
			ui.TextCell(r.Area.Code), ui.TextCell(r.Area.Name.In(v.lang())), ui.TextCell(r.Area.Level.Name().In(v.lang())),
			ui.TextCell(fmt.Sprintf("%.4f", r.Area.Ground.Shape.Area()/1e6)), ui.TextCell(r.Change.Name().In(v.lang())),
		}})
	}
	return t
}

// drawAreas draws the areas on a plane that keeps distances at their latitude.
func drawAreas(rows []policy.GroundRow) preview {
	const width = 640
	var box geo.Box
	for i, r := range rows {
		if b := r.Area.Ground.Shape.Bounds(); i == 0 {
			box = b
		} else {
			box = box.Join(b)
		}
	}
	tall := geo.Point{Lat: box.South, Lon: box.West}.Distance(geo.Point{Lat: box.North, Lon: box.West})
	wide := geo.Point{Lat: box.South, Lon: box.West}.Distance(geo.Point{Lat: box.South, Lon: box.East})
	if tall == 0 || wide == 0 {
		return preview{}
	}
	p := preview{Width: width, Height: int(width*tall/wide) + 1}
	for _, r := range rows {
		var b strings.Builder
		for _, poly := range r.Area.Ground.Shape {
			for _, ring := range append([]geo.Ring{poly.Outer}, poly.Holes...) {
				for i, at := range ring {
					fmt.Fprintf(&b, "%c%.1f %.1f", "ML"[min(i, 1)], (at.Lon-box.West)/(box.East-box.West)*width, (box.North-at.Lat)/(box.North-box.South)*float64(p.Height))
				}
				b.WriteByte('Z')
			}
		}
		p.Paths = append(p.Paths, b.String())
	}
	return p
}

// drawingOf is the file that was sent.
func drawingOf(v visit) (name string, data []byte, err error) {
	tooLarge := gov.Errorf(gov.TooLarge, "文件超过 %d KiB；更大的文件请在命令行用 quanxiang pack areas 检查",
		"the file has more than %d KiB; check greater ones at the command line with quanxiang pack areas", maxDrawing>>10).On("file")
	missing := gov.Errorf(gov.Invalid, "请选择文件", "choose a file").On("file")
	if err := parseUpload(v, maxDrawing, tooLarge, missing); err != nil {
		return "", nil, err
	}
	if name, data, err = chosen(v, maxDrawing, missing); err != nil {
		return "", nil, err
	}
	if len(data) > maxDrawing {
		return "", nil, tooLarge
	}
	return path.Base(name), data, nil
}
