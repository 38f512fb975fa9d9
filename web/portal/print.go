package portal

import (
	"net/http"
	"unicode/utf8"

	"quanxiang/gov"
	"quanxiang/library"
	"quanxiang/web/ui"
)

// printView is a document in the layout of GB/T 9704-2012.
type printView struct {
	Back       string
	Letterhead string
	HeadWidth  int // of the red head, in units of a 30-unit character, so that it fits the line
	Number     string
	Title      string
	Parts      []part
	CC         string
	Printer    string
	Printed    string
}

// The red head: a character is set 30 units wide and spaced to 34; heads are
// never spaced wider than a line of eleven characters, and longer ones are
// squeezed into the line.
const (
	headCharacter = 34
	headMin       = 11 * headCharacter
)

func (p *Portal) print(w http.ResponseWriter, r *http.Request) error {
	m := p.Engine.For(r)
	d, err := p.Library.Document(r.Context(), r.PathValue("slug"), 0, gov.Date{})
	if err != nil {
		return err
	}
	if d.Content == nil {
		return notFound(w, r)
	}
	v := printView{Back: self(d), Letterhead: p.letterhead(d), Number: d.Number, Title: d.Title, Parts: partsOf(m, d)}
	v.HeadWidth = max(headMin, utf8.RuneCountInString(v.Letterhead)*headCharacter)
	if len(d.Content.CC) > 0 {
		v.CC = "抄送：" + joined(d.Content.CC) + "。"
	}
	v.Printer = joined(d.Issuers)
	if !d.Printed.IsZero() {
		v.Printed = d.Printed.In(gov.ZH) + "印发"
	}
	return p.pages.print.Render(w, r, http.StatusOK, ui.Frame{Title: d.Title, Print: true, NoIndex: true}, v)
}

// letterhead is the mark of the issuing body (发文机关标志): the words of the
// series' letterhead, else the issuers.
func (p *Portal) letterhead(d *library.View) string {
	for _, s := range p.Pack.Gazette.Series {
		if s.Code == d.Series && len(s.Letterhead) > 0 {
			return s.Letterhead[0]
		}
	}
	return joined(d.Issuers) + "文件"
}
