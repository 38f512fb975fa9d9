package clauses

import (
	"strconv"

	"quanxiang/gov/problems"
	"quanxiang/rules/syntax"
)

// Check compares the rule files of some documents with their texts, by the
// short names of the documents. A document without a text is not looked at.
func Check(files []*syntax.File, texts map[string]Text) problems.List {
	c := &checker{texts: texts, cited: map[string]map[string]bool{}, known: map[syntax.Clause]numbers{}}
	for _, f := range files {
		c.file(f)
	}
	for _, f := range files {
		if f.Document != nil {
			c.accounted(f.Document)
		}
	}
	c.list.Sort()
	return c.list
}

// checker walks files and remembers what they cite.
type checker struct {
	texts map[string]Text
	doc   string // of the file at hand
	cited map[string]map[string]bool
	known map[syntax.Clause]numbers // by clause without a place
	list  problems.List
}

// file walks what stands for clauses. Examples, readings and relations cite
// without standing for anything; the ranges of facts are the author's own.
func (c *checker) file(f *syntax.File) {
	switch {
	case f.Document != nil:
		c.doc = f.Document.Short.Text
		c.head(f.Document)
	case f.Continues.Text != "":
		c.doc = f.Continues.Text
	default:
		return // an amendment changes numbers that stand in another document
	}
	for _, d := range f.Defines {
		c.expr(d.Expr, c.cite(d.Note, nil))
	}
	for _, b := range f.Benefits {
		c.block(b.Body, c.cite(b.Note, nil))
	}
	for _, x := range f.Excludes {
		c.cite(x.Note, nil)
	}
	for _, j := range f.JointCaps {
		c.expr(j.Expr, c.cite(j.Note, nil))
	}
	for _, u := range f.Uncomputed {
		c.cite(syntax.Note{Cites: u.Cites}, nil)
	}
}

// head looks the day of force up.
func (c *checker) head(d *syntax.Document) {
	cites := c.cite(syntax.Note{Cites: d.Cites}, nil)
	if len(cites) > 0 {
		c.literal(syntax.Literal{Kind: syntax.DateLiteral, Value: syntax.Days(d.Force), Text: d.Force.String(), Pos: d.Pos}, cites)
	}
}

// cite notes the citations of a line and gives those its numbers stand in: its
// own, or those of the line above it.
func (c *checker) cite(n syntax.Note, above []syntax.Clause) []syntax.Clause {
	if len(n.Cites) == 0 {
		return above
	}
	list := make([]syntax.Clause, 0, len(n.Cites))
	for _, x := range n.Cites {
		if x.Doc == "" {
			x.Doc = c.doc
		}
		if t, ok := c.texts[x.Doc]; ok {
			if _, ok := t.At(x.Path); !ok {
				c.list.Add(x.Pos, "“%s”没有第 %s 款（项）", "%s has no clause %s", x.Doc, x.Path)
			}
		}
		if c.cited[x.Doc] == nil {
			c.cited[x.Doc] = map[string]bool{}
		}
		c.cited[x.Doc][c.texts[x.Doc].canonical(x.Path)] = true
		list = append(list, x)
	}
	return list
}

func (c *checker) block(b *syntax.Block, cites []syntax.Clause) {
	if b == nil {
		return
	}
	for _, x := range b.Conditions {
		c.expr(x.Expr, c.cite(x.Note, cites))
	}
	c.amount(b.Amount, cites)
	c.limits(b.Limits, cites)
}

func (c *checker) amount(a *syntax.Amount, cites []syntax.Clause) {
	if a == nil {
		return
	}
	cites = c.cite(a.Note, cites)
	for _, e := range []*syntax.Expr{a.Base, a.Ratio, a.Step, a.Pay, a.On, a.Above} {
		c.expr(e, cites)
	}
	for _, e := range a.Factor {
		c.expr(e, cites)
	}
	if t := a.Table; t != nil {
		c.expr(t.Subject, cites)
		for _, r := range t.Rows {
			own := c.cite(r.Note, cites)
			for _, e := range r.Edges {
				c.expr(e.Value, own)
			}
			c.expr(r.Cond, own)
			c.expr(r.Value, own)
		}
	}
	for _, x := range a.Items {
		c.amount(x, cites)
	}
	c.block(a.Body, cites)
	c.limits(a.Limits, cites)
}

func (c *checker) limits(list []*syntax.Limit, cites []syntax.Clause) {
	for _, l := range list {
		own := c.cite(l.Note, cites)
		c.expr(l.Expr, own)
		c.expr(l.When, own)
		if l.Years > 0 {
			c.literal(syntax.Literal{Kind: syntax.CountLiteral, Value: l.Years, Text: strconv.FormatInt(l.Years, 10), Pos: l.Pos}, own)
		}
	}
}

func (c *checker) expr(e *syntax.Expr, cites []syntax.Clause) {
	if e == nil {
		return
	}
	if e.Kind == syntax.Value {
		c.literal(e.Literal, cites)
	}
	for _, x := range e.Args {
		c.expr(x, cites)
	}
	c.expr(e.Where, cites)
}

// literal reports a number that stands in none of the clauses cited for it.
func (c *checker) literal(l syntax.Literal, cites []syntax.Clause) {
	looked := false
	where := ""
	for _, x := range cites {
		t, ok := c.texts[x.Doc]
		if !ok {
			continue
		}
		key := syntax.Clause{Doc: x.Doc, Path: x.Path}
		n, ok := c.known[key]
		if !ok {
			text, _ := t.At(x.Path) // a clause that is not there was reported
			n = figures(text)
			c.known[key] = n
		}
		if n.say(l) {
			return
		}
		looked = true
		where = x.Path
	}
	if looked {
		c.list.Add(l.Pos, "“%s”不在所引的条款里（@%s）", "%q does not stand in the clause cited, @%s", l.Text, where)
	}
}

// accounted reports the paragraphs and items of a document that no rule cites.
// To cite an article stands for its only paragraph, not for several.
func (c *checker) accounted(d *syntax.Document) {
	t := c.texts[d.Short.Text]
	cited := c.cited[d.Short.Text]
	for _, x := range t {
		article := syntax.Clause{Path: x.Path}.Article()
		if cited[x.Path] || cited[article] && t.parts(article) == 1 {
			continue
		}
		c.list.Add(d.Pos, "“%[1]s”的 @%[2]s 没有规则，也没有写明“%[3]s”", "@%[2]s of %[1]s has no rule and is not said to be %[4]s",
			d.Short.Text, x.Path, syntax.KUncomputed.Spelt(syntax.Chinese), syntax.KUncomputed.Spelt(syntax.English))
	}
}
