package library

import (
	"regexp"

	"quanxiang/gazette"
	"quanxiang/rules/clauses"
)

// clauseID is the end of an address: article or item of an opinion, paragraph,
// point, subdivision.
var clauseID = regexp.MustCompile(`(?:art|subsec)_(\d+)(?:__para_(\d+))?(?:__point_(\d+))?(?:__subpara_(\d+))?$`)

// Clauses is the text of what a document promulgates, or of itself, by the
// paths rule files cite: articles, or the items of an opinion that has none.
// What is below neither, such as a preamble, is left out.
func Clauses(d *gazette.Document) clauses.Text {
	var main *Part
	parts := Body(d)
	for i, p := range parts {
		if p.Kind == InstrumentPart || p.Kind == BodyPart {
			main = &parts[i]
			break
		}
	}
	if main == nil {
		return nil
	}
	var list clauses.Text
	pointed := map[string]string{} // the first paragraph of an article that has points
	Walk(main.Elements, 0, func(e *Element, _ int) {
		m := clauseID.FindStringSubmatch(e.ID)
		if m == nil || e.Text == "" {
			return
		}
		article, para, point, sub := m[1], m[2], m[3], m[4]
		path := article
		switch {
		case point == "":
			if para != "" {
				path += "/" + para
			}
		default:
			if pointed[article] == "" {
				pointed[article] = para
			}
			if pointed[article] != para {
				path += "/" + para
			}
			path += "(" + point + ")" + sub
		}
		list = append(list, clauses.Clause{Path: path, Text: e.Text})
	})
	return list
}
