package programmes

import (
	"net/http"
	"path"
	"slices"
	"strings"

	"quanxiang/gov"
	"quanxiang/policy"
	"quanxiang/rules/syntax"
	"quanxiang/web/ui"
)

// Rules is where rule files are read.
const Rules = Root + "/rules"

// rulesView is a rule file as it stands in the pack.
type rulesView struct {
	Crumbs  []ui.Link
	About   string
	Others  []ui.Link // the document's other files
	Lines   []ruleLine
	Clauses bool // citations lead somewhere
}

// ruleLine is a line with its number.
type ruleLine struct {
	Number int
	Pieces []rulePiece
}

// rulePiece is a run of characters of one kind; Href leads from a citation to the text.
type rulePiece struct{ Kind, Text, Href string }

// kinds are how pieces are marked.
var kinds = map[syntax.Kind]string{syntax.Quantity: "number", syntax.Date: "number", syntax.Text: "text", syntax.Cite: "cite"}

// about is the short name of the document a file is of.
func about(f *syntax.File) string {
	switch {
	case f.Document != nil:
		return f.Document.Short.Text
	case f.Amend != nil:
		return f.Amend.Short.Text
	}
	return f.Continues.Text
}

// filesOf lists the names of a document's files, its first file first.
func (p *Programmes) filesOf(doc string) (names []string) {
	for _, f := range p.Pack.Programmes {
		switch name := path.Base(f.Source.Name); {
		case about(f) != doc:
		case f.Document != nil:
			names = slices.Insert(names, 0, name)
		default:
			names = append(names, name)
		}
	}
	return names
}

// showRules shows a rule file, so that everybody can read what is computed.
func (p *Programmes) showRules(w http.ResponseWriter, r *http.Request) error {
	m, name := p.Engine.For(r), r.PathValue("file")
	i := slices.IndexFunc(p.Pack.Programmes, func(f *syntax.File) bool { return path.Base(f.Source.Name) == name })
	if i < 0 {
		return gov.Errorf(gov.NotFound, "没有规则文件“%s”", "there is no rule file %q", name)
	}
	f := p.Pack.Programmes[i]
	k := slices.IndexFunc(p.Pack.Files, func(x policy.File) bool { return x.Path == f.Source.Name })
	if k < 0 {
		return gov.Errorf(gov.NotFound, "没有规则文件“%s”", "there is no rule file %q", name)
	}
	links, err := p.links(r.Context(), m.Lang())
	if err != nil {
		return err
	}
	doc := about(f)
	v := rulesView{Crumbs: []ui.Link{{Href: Root, Label: m.T("nav.programmes")}}, About: m.T("programmes.rules_about"), Clauses: links.document(doc) != ""}
	for _, n := range p.filesOf(doc) {
		if n != name {
			v.Others = append(v.Others, ui.Link{Href: Rules + "/" + n, Label: n})
		}
	}
	v.Lines = marked(f.Source, string(p.Pack.Files[k].Content), func(cite string) string {
		if !strings.Contains(cite, ":") {
			cite = doc + ":" + cite
		}
		return links.clause(cite).Href
	})
	return p.source.Render(w, r, http.StatusOK, ui.Frame{Section: "programmes", Title: m.T("programmes.rules_of", "file", name), Description: m.T("programmes.rules_about")}, v)
}

// marked cuts a file into lines of pieces. What belongs to no token is a comment or a
// blank.
func marked(src *syntax.Source, text string, href func(cite string) string) (out []ruleLine) {
	rows := map[int][]syntax.Token{}
	var walk func(lines []*syntax.Line)
	walk = func(lines []*syntax.Line) {
		for _, l := range lines {
			for _, t := range l.Tokens {
				rows[t.Pos.Line] = append(rows[t.Pos.Line], t)
			}
			walk(l.Kids)
		}
	}
	walk(src.Lines)
	for i, raw := range strings.Split(strings.TrimRight(text, "\n"), "\n") {
		line, runes, at := ruleLine{Number: i + 1}, []rune(raw), 0
		put := func(to int, kind, href string) {
			if to > at && to <= len(runes) {
				line.Pieces = append(line.Pieces, rulePiece{kind, string(runes[at:to]), href})
				at = to
			}
		}
		for _, t := range rows[i+1] {
			put(t.Pos.Column-1, "", "")
			kind, to := kinds[t.Kind], ""
			if t.Kind == syntax.Word && src.Lang.Has(t.Text) {
				kind = "word"
			}
			if t.Kind == syntax.Cite {
				to = href(strings.TrimPrefix(t.Text, "@"))
			}
			put(t.End-1, kind, to)
		}
		rest := ""
		if strings.Contains(string(runes[at:]), "#") {
			rest = "comment"
		}
		put(len(runes), rest, "")
		out = append(out, line)
	}
	return out
}
