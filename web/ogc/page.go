package ogc

import (
	"fmt"
	"net/url"

	"quanxiang/cases/atlas"
	"quanxiang/geo"
	"quanxiang/gov"
	"quanxiang/policy"
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
type fact struct {
	Name, Value string
	Words       bool   // the value is for people
	Lang        string // of the words, if not the page's
}

// facts are the properties of a feature.
func facts(l Layer, x geo.Feature) []fact {
	var list []fact
	for _, name := range l.Properties {
		f := fact{Name: name, Value: plain(x.Properties[name]), Words: name == "name" || name == "name_en" || name == "source"}
		if name == "name_en" {
			f.Lang = string(gov.EN)
		}
		if f.Value != "" {
			list = append(list, f)
		}
	}
	return list
}

func (f *Features) crumbs(m *ui.Messages) []ui.Link {
	return []ui.Link{{Href: Root + "?f=html", Label: m.T("ogc.title", "district", f.Pack.Name)}, {Href: Root + "/collections?f=html", Label: m.T("ogc.collections")}}
}

// table shows features with those of their properties that the catalogue has a
// word for, "ogc.property.<name>"; the rest is for programs.
func (f *Features) table(m *ui.Messages, l Layer, features []geo.Feature) ui.Table {
	t := ui.Table{ID: "features", Caption: m.Of("ogc.layer.", l.ID), Columns: []ui.Column{{Label: m.T("ogc.id"), Main: true}}}
	var names []string
	for _, name := range l.Properties {
		if m.Has("ogc.property." + name) {
			names = append(names, name)
			t.Columns = append(t.Columns, ui.Column{Label: m.Of("ogc.property.", name)})
		}
	}
	for _, x := range features {
		cells := []ui.Cell{{Links: []ui.Link{{Href: Root + "/collections/" + l.ID + "/items/" + url.PathEscape(x.ID) + "?f=html", Label: x.ID}}}}
		for _, name := range names {
			value := plain(x.Properties[name])
			switch name {
			case "name":
				if en := plain(x.Properties["name_en"]); m.Lang() == gov.EN && en != "" {
					value = en
				}
			case "kind":
				value = f.kind(x, value).In(m.Lang())
			case "unit":
				if u, ok := f.Pack.Unit(value); ok {
					value = u.Name.In(m.Lang())
				}
			}
			cells = append(cells, ui.TextCell(value))
		}
		t.Rows = append(t.Rows, ui.TableRow{Cells: cells})
	}
	return t
}

// kind is what the property of that name means: the class of a case or the kind of a
// unit.
func (f *Features) kind(x geo.Feature, value string) gov.Text {
	p, ok := f.Pack.Procedure(plain(x.Properties["procedure"]))
	if !ok {
		return policy.UnitKind(value).Name()
	}
	k := atlas.Kinds(p)
	if k == nil {
		return gov.Text{}
	}
	e, _ := k.List().Entry(value)
	return e.Name
}

// plain writes a property.
func plain(v any) string {
	if v == nil {
		return ""
	}
	return fmt.Sprint(v)
}
