package ogc

import (
	"fmt"
	"net/url"

	"quanxiang/geo"
	"quanxiang/web/ui"
)

// view is every page: each answer of the standard has one, so that it can be
// looked at in a browser.
type view struct {
	Title  string
	Lede   string
	Crumbs []ui.Link
	Links  []ui.Link
	Codes  []string // addresses of the standard
	Facts  []fact
	Table  ui.Table
	Pager  ui.Pager
}

// fact is a property of a feature; its name is the one programs read.
type fact struct{ Name, Value string }

func (f *Features) crumbs(m *ui.Messages) []ui.Link {
	return []ui.Link{{Href: Root + "?f=html", Label: m.T("ogc.title", "district", f.Pack.Name)}, {Href: Root + "/collections?f=html", Label: m.T("ogc.collections")}}
}

// table shows features with all their properties but the source, which the
// layer's text tells.
func (f *Features) table(m *ui.Messages, l Layer, features []geo.Feature) ui.Table {
	t := ui.Table{ID: "features", Caption: m.Of("ogc.layer.", l.ID), Columns: []ui.Column{{Label: m.T("ogc.id"), Main: true}}}
	for _, name := range l.Properties {
		if name != "source" && name != "id" && name != "code" {
			t.Columns = append(t.Columns, ui.Column{Label: name})
		}
	}
	for _, x := range features {
		cells := []ui.Cell{{Links: []ui.Link{{Href: Root + "/collections/" + l.ID + "/items/" + url.PathEscape(x.ID) + "?f=html", Label: x.ID}}}}
		for _, c := range t.Columns[1:] {
			cells = append(cells, ui.TextCell(plain(x.Properties[c.Label])))
		}
		t.Rows = append(t.Rows, ui.TableRow{Cells: cells})
	}
	return t
}

// plain writes a property.
func plain(v any) string {
	if v == nil {
		return ""
	}
	return fmt.Sprint(v)
}
