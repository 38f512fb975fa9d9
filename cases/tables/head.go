package tables

import (
	"slices"
	"strings"

	"quanxiang/gov"
)

// Heading is a column a table may have.
type Heading struct {
	ID       string
	Label    gov.Text
	Required bool
}

// Match finds the columns that the head of a table names by their ids or by their
// labels in either language, in any order: for each cell the index of its column, -1
// for one that means nothing here. It returns Invalid when a column is there twice, or
// a required one is missing.
func Match(head []string, columns []Heading) ([]int, error) {
	list := make([]int, len(head))
	for i, title := range head {
		title = strings.TrimSpace(strings.TrimPrefix(title, "\ufeff"))
		list[i] = slices.IndexFunc(columns, func(c Heading) bool {
			return title != "" && (title == c.ID || title == c.Label.ZH || strings.EqualFold(title, c.Label.EN) ||
				title == c.Label.ZH+"（元）" || strings.EqualFold(title, c.Label.EN+" (yuan)")) // as lists are exported
		})
		if at := list[i]; at >= 0 && slices.Contains(list[:i], at) {
			return nil, gov.Errorf(gov.Invalid, "“%[1]s”有两列", "there are two columns of %[2]q", columns[at].Label.ZH, columns[at].Label.In(gov.EN)).On("file")
		}
	}
	for i, c := range columns {
		if c.Required && !slices.Contains(list, i) {
			return nil, gov.Errorf(gov.Invalid, "缺少“%[1]s”这一列", "the column %[2]q is missing", c.Label.ZH, c.Label.In(gov.EN)).On("file")
		}
	}
	return list, nil
}

// PassedOver reports that a row says nothing: it is blank, or a remark or an example,
// which begins with #.
func PassedOver(cells []string) bool {
	i := slices.IndexFunc(cells, func(s string) bool { return strings.TrimSpace(s) != "" })
	return i < 0 || strings.HasPrefix(strings.TrimSpace(cells[i]), "#") || strings.HasPrefix(strings.TrimSpace(cells[i]), "＃")
}
