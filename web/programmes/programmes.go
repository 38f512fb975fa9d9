// Package programmes is what everybody sees of support programmes: the list of
// what they give, clause by clause, and the calculator, which asks only for facts
// that still decide something. Both work without a login and without scripts, and
// nothing that is entered is kept: it stands in the address, which is how a result
// is shared.
package programmes

import (
	"context"
	"embed"
	"errors"
	"net/http"
	"net/url"
	"strings"

	"quanxiang/gov"
	"quanxiang/library"
	"quanxiang/policy"
	"quanxiang/rules/calculate"
	"quanxiang/rules/explain"
	"quanxiang/rules/ir"
	"quanxiang/web/ui"
)

//go:embed templates
var templates embed.FS

// Addresses of the room.
const (
	Root       = "/programmes"
	Calculator = Root + "/calculate"
)

// Deps is everything the room stands on.
type Deps struct {
	Engine  *ui.Engine
	Pack    *policy.Pack // has rules
	Library *library.Library
	Clock   gov.Clock
}

// Programmes answers the pages.
type Programmes struct {
	Deps
	rules  *calculate.Calculator
	list   *ui.Template[listView]
	answer *ui.Template[calculatorView]
	source *ui.Template[rulesView]
}

// New parses the templates. An error is a mistake in them.
func New(d Deps) (*Programmes, error) {
	p := &Programmes{Deps: d, rules: calculate.New(d.Pack.Rules)}
	return p, errors.Join(ui.LoadInto(d.Engine, templates, &p.list, "list"), ui.LoadInto(d.Engine, templates, &p.answer, "calculate"),
		ui.LoadInto(d.Engine, templates, &p.source, "rules"))
}

// Mount adds the routes.
func (p *Programmes) Mount(mux *http.ServeMux) {
	mux.Handle("GET "+Root, p.Engine.Handle(p.showList))
	mux.Handle("GET "+Calculator, p.Engine.Handle(p.calculate))
	mux.Handle("GET "+Rules+"/{file}", p.Engine.Handle(p.showRules))
}

// listView is the list of programmes.
type listView struct {
	Calculate string
	Apply     string // where organisations apply, "" where nobody can
	Announced string
	Documents []documentView
}

// documentView is a programme with what it gives, by kind of applicant.
type documentView struct {
	ID, Title, Number, Href, Valid string
	Calculate                      string // the calculator for it
	Rules                          string // the rule file that is computed
	Groups                         []benefitGroup
}

type benefitGroup struct {
	Applicant string
	Benefits  []benefitLine
}

// benefitLine is a benefit with its clauses.
type benefitLine struct {
	Name, Title, Calculate string
	Clauses                []ui.Link
}

func (p *Programmes) showList(w http.ResponseWriter, r *http.Request) error {
	m, rules := p.Engine.For(r), p.rules.Program()
	links, err := p.links(r.Context(), m.Lang())
	if err != nil {
		return err
	}
	v := listView{Calculate: Calculator}
	if p.Pack.Applications != nil {
		v.Apply, v.Announced = "/apply", Root+"/announced"
	}
	for _, d := range rules.Docs {
		x := documentView{ID: d.Short, Title: d.Title, Number: d.Number, Href: links.document(d.Short), Valid: valid(m, d)}
		if files := p.filesOf(d.Short); len(files) > 0 {
			x.Rules = Rules + "/" + files[0]
		}
		for i, input := range rules.Inputs {
			g := benefitGroup{Applicant: input}
			for k := range rules.Benefits {
				if b := &rules.Benefits[k]; b.Doc == d.Short && b.Input == int32(i) {
					g.Benefits = append(g.Benefits, benefitLine{Name: b.Name, Title: b.Grant, Clauses: links.of(b.Clauses),
						Calculate: Calculator + "?" + url.Values{"for": {input}, "b": {b.Key()}}.Encode()})
				}
			}
			if len(g.Benefits) == 0 {
				continue
			}
			x.Groups = append(x.Groups, g)
			if x.Calculate == "" {
				x.Calculate = Calculator + "?" + url.Values{"for": {input}, "p": {d.Short}}.Encode()
			}
		}
		v.Documents = append(v.Documents, x)
	}
	return p.list.Render(w, r, http.StatusOK, ui.Frame{Section: "programmes", Title: m.T("nav.programmes"), Description: m.T("programmes.lede")}, v)
}

// valid says from when to when a document is in force.
func valid(m *ui.Messages, d ir.DocInfo) string {
	if d.Until.IsZero() {
		return m.T("programmes.valid_from", "from", d.Force.In(m.Lang()))
	}
	return m.T("programmes.valid", "from", d.Force.In(m.Lang()), "to", d.Until.In(m.Lang()))
}

// links leads from clauses to the articles of the documents the library has.
type links struct {
	lang      gov.Lang
	documents map[string]string            // path of the page by short name
	articles  map[string]map[string]string // anchors of articles by short name
}

func (p *Programmes) links(ctx context.Context, lang gov.Lang) (*links, error) {
	l := &links{lang: lang, documents: map[string]string{}, articles: map[string]map[string]string{}}
	for _, d := range p.rules.Program().Docs {
		slug := library.SlugOf(&p.Pack.Gazette, d.Number, d.Title)
		v, err := p.Library.Document(ctx, slug, 0, gov.Date{})
		if gov.CodeOf(err) == gov.NotFound {
			continue // rules may be there before the text
		}
		if err != nil {
			return nil, err
		}
		l.documents[d.Short], l.articles[d.Short] = "/documents/"+slug, map[string]string{}
		for _, part := range v.Parts {
			anchors(part.Elements, l.articles[d.Short])
		}
	}
	return l, nil
}

// anchors finds the articles of a text; the first of a number is the document's,
// those of attachments come later.
func anchors(list []library.Element, into map[string]string) {
	for _, e := range list {
		last := e.ID[strings.LastIndex(e.ID, "__")+1:]
		if n, ok := strings.CutPrefix(strings.TrimPrefix(last, "_"), "art_"); ok && into[n] == "" {
			into[n] = e.ID
		}
		anchors(e.Children, into)
	}
}

func (l *links) document(short string) string { return l.documents[short] }

// of are clauses as people cite them.
func (l *links) of(list []ir.Clause) (out []ui.Link) {
	for _, c := range list {
		out = append(out, l.clause(c.String()))
	}
	return out
}

// clause is one clause, document:path.
func (l *links) clause(s string) ui.Link {
	short, path, _ := strings.Cut(s, ":")
	out := ui.Link{Label: short + " " + explain.Citation(path, l.lang), Href: l.documents[short]}
	article := path
	if i := strings.IndexAny(path, "/("); i >= 0 {
		article = path[:i]
	}
	if a := l.articles[short][article]; a != "" {
		out.Href += "#" + a
	}
	return out
}
