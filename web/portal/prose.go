package portal

import (
	"net/http"
	"strconv"

	"quanxiang/web/ui"
)

// proseView is a page of plain text: about, accessibility, privacy.
type proseView struct {
	Blocks []block
}

type block struct {
	Heading    string
	Paragraphs []string
	Items      []string
}

// prosePage shows the texts of a page that the catalogues number: name.1.h,
// name.1.p1, name.1.i1 and so on, as many as there are.
func (p *Portal) prosePage(name string) ui.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		m := p.Engine.For(r)
		var v proseView
		for i := 1; ; i++ {
			prefix := "page." + name + "." + strconv.Itoa(i) + "."
			b := block{Paragraphs: p.numbered(m, prefix+"p"), Items: p.numbered(m, prefix+"i")}
			if m.Has(prefix + "h") {
				b.Heading = m.T(prefix + "h")
			}
			if b.Heading == "" && b.Paragraphs == nil && b.Items == nil {
				break
			}
			v.Blocks = append(v.Blocks, b)
		}
		return p.pages.prose.Render(w, r, http.StatusOK, ui.Frame{Title: m.Of("nav.", name)}, v)
	}
}

func (p *Portal) numbered(m *ui.Messages, prefix string) []string {
	var list []string
	for j := 1; m.Has(prefix + strconv.Itoa(j)); j++ {
		list = append(list, m.T(prefix+strconv.Itoa(j), "district", p.Pack.Name))
	}
	return list
}
