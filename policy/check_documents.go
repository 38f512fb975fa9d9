package policy

import (
	"regexp"
	"slices"

	"quanxiang/gazette"
	"quanxiang/gov"
	"quanxiang/policy/source"
)

// slugForm is what an address can hold: Akoma Ntoso names the series by it.
var slugForm = regexp.MustCompile(`^[a-z][a-z0-9]*$`)

// checkSeries checks the document series of gazette.yaml.
func (c *checker) checkSeries() {
	list := c.lexicon.value.Series
	at := c.lexicon.at.Field("series")
	used := map[string]bool{}
	for _, e := range c.documents {
		if n, ok := ParseNumber(e.value.Number); ok {
			used[n.Series] = true
		}
	}
	for i, s := range list {
		item := at.Item(i)
		if s.Code == "" {
			c.problems.Add(item.Pos(), "文件系列缺少 code", "a series needs a code")
		}
		if s.Slug != "" && !slugForm.MatchString(s.Slug) {
			c.problems.Add(item.Field("slug").Pos(), "“%s”应由小写字母和数字组成，以字母开头", "%q should be lower-case letters and digits, beginning with a letter", s.Slug)
		}
		for _, o := range list[:i] {
			if s.Code != "" && s.Code == o.Code {
				c.problems.Add(item.Field("code").Pos(), "文件系列“%s”重复", "duplicate series %q", s.Code)
			}
			if s.Slug != "" && s.Slug == o.Slug {
				c.problems.Add(item.Field("slug").Pos(), "“%s”已用于文件系列“%s”", "%q already stands for the series %q", s.Slug, o.Code)
			}
		}
		if !used[s.Code] && s.Code != "" && !c.broken {
			c.warnings.Add(item.Pos(), "没有文件属于系列“%s”", "no document belongs to the series %q", s.Code)
		}
	}
}

func (c *checker) checkDocuments() {
	for _, e := range c.documents {
		d, at := e.value, e.at
		if d.Number != "" && c.checkNumber(at.Field("number"), d.Number) {
			c.checkOwnSeries(e)
		}
		c.checkNumbers(at.Field("repeals"), d.Number, d.Repeals)
		c.checkNumbers(at.Field("cites"), d.Number, d.Cites)
		c.checkBy(e)
		c.checkDates(e)
	}
}

// checkNumbers checks a list of numbers of other documents.
func (c *checker) checkNumbers(at source.Node, self string, list []string) {
	for i, number := range list {
		item := at.Item(i)
		switch {
		case !c.checkNumber(item, number):
		case number == self:
			c.problems.Add(item.Pos(), "文件列出了自己", "the document lists itself")
		case slices.Contains(list[:i], number):
			c.problems.Add(item.Pos(), "“%s”重复", "%q is listed twice", number)
		default:
			c.refer(item, number, c.docAt, "文件", "document")
		}
	}
}

// checkBy checks the repealing document: it exists, says so too, and is not
// older.
func (c *checker) checkBy(e entry[Document]) {
	d, at := e.value, e.at.Field("by")
	switch {
	case d.By == "":
		return
	case d.Status != Repealed && d.Status != Amended:
		c.problems.Add(at.Pos(), "有 by 时，status 应为 repealed 或 amended", "with by, the status should be repealed or amended")
		return
	case d.By == d.Number:
		c.problems.Add(at.Pos(), "文件不能废止或修改自己", "a document cannot repeal or amend itself")
		return
	case !c.checkNumber(at, d.By) || !c.refer(at, d.By, c.docAt, "文件", "document"):
		return
	}
	by := c.documents[c.docAt[d.By]].value
	if !by.Signed.IsZero() && !d.Signed.IsZero() && by.Signed.Before(d.Signed) {
		c.problems.Add(at.Pos(), "“%[1]s”（%[2]s）早于本文件（%[3]s），不可能废止或修改它", "%[1]q (%[2]s) is older than this document (%[3]s) and cannot repeal or amend it",
			d.By, by.Signed, d.Signed)
	}
	if d.Status == Repealed && len(by.Repeals) > 0 && !slices.Contains(by.Repeals, d.Number) {
		c.problems.Add(at.Pos(), "“%s”的 repeals 没有列出本文件", "%q does not list this document under repeals", d.By)
	}
}

// checkDates checks that the dates of a document follow each other.
func (c *checker) checkDates(e entry[Document]) {
	d := e.value
	order := []struct {
		field, earlierField string
		later, earlier      gov.Date
	}{
		{"printed", "signed", d.Printed, d.Signed},
		{"valid_until", "signed", d.ValidUntil, d.Signed},
		{"valid_until", "effective", d.ValidUntil, d.Effective},
		{"plan_end", "signed", d.PlanEnd, d.Signed},
	}
	for _, o := range order {
		if !o.later.IsZero() && !o.earlier.IsZero() && o.later.Before(o.earlier) {
			c.problems.Add(e.at.Field(o.field).Pos(), "%[1]s（%[2]s）早于 %[3]s（%[4]s）", "%[1]s (%[2]s) is before %[3]s (%[4]s)",
				o.field, o.later, o.earlierField, o.earlier)
		}
	}
}

// checkNumber checks the form of a document number.
func (c *checker) checkNumber(at source.Node, s string) bool {
	if _, ok := ParseNumber(s); ok {
		return true
	}
	c.problems.AddGuess(at.Pos(), NormalNumber(s), "文号“%s”应写作“西政发〔2016〕8号”的样子", "the document number %q should look like \"西政发〔2016〕8号\"", s)
	return false
}

// checkOwnSeries checks a document of the district itself: one whose issuer
// issues a series has a number of a series of that issuer, and a series that
// is a slip away from the district's own is one.
func (c *checker) checkOwnSeries(e entry[Document]) {
	series := c.lexicon.value.Series
	n, _ := ParseNumber(e.value.Number) // checked before
	if slices.ContainsFunc(series, func(s gazette.Series) bool { return s.Code == n.Series }) {
		return
	}
	codes := make([]string, len(series))
	own := false
	for i, s := range series {
		codes[i] = s.Code
		own = own || s.Issuer != "" && fold(s.Issuer) == fold(e.value.Issuer)
	}
	if own {
		c.problems.AddGuess(e.at.Field("number").Pos(), source.Suggest(n.Series, codes),
			"“%[2]s”没有文件系列“%[1]s”", "%[2]q issues no series %[1]q", n.Series, e.value.Issuer)
	}
}
