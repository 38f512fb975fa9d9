package packcmd

import (
	"cmp"
	"fmt"
	"strings"
	"text/tabwriter"

	"quanxiang/calendar"
	"quanxiang/cmd/quanxiang/cli"
	"quanxiang/gov"
	"quanxiang/policy"
	"quanxiang/policy/codes"
)

// showList prints the entries of one code list.
func showList(e *cli.Env, pack *policy.Pack, id, format string) error {
	l, ok := pack.List(id)
	if !ok {
		return gov.Errorf(gov.NotFound, "政策包没有代码表“%s”", "the pack has no list %q", id)
	}
	if format == "json" {
		return cli.PrintJSON(e.Stdout, l)
	}
	w := tabwriter.NewWriter(e.Stdout, 0, 0, 2, ' ', 0)
	heads := []string{gov.Text{ZH: "代码", EN: "code"}.In(e.Lang), gov.Text{ZH: "名称", EN: "name"}.In(e.Lang)}
	for _, c := range l.Columns {
		heads = append(heads, c.Label.In(e.Lang))
	}
	fmt.Fprintln(w, strings.Join(heads, "\t"))
	for _, x := range l.Entries {
		cells := []string{x.Code, x.Name.In(e.Lang)}
		for _, c := range l.Columns {
			cells = append(cells, cmp.Or(cell(x.Values[c.ID], c, e.Lang), "-"))
		}
		fmt.Fprintln(w, strings.Join(cells, "\t"))
	}
	if err := w.Flush(); err != nil {
		return fmt.Errorf("print list: %w", err)
	}
	return nil
}

// cell is a value of a list for people.
func cell(v any, c codes.Column, l gov.Lang) string {
	switch v := v.(type) {
	case nil:
		return ""
	case gov.Text:
		return v.In(l)
	case calendar.Limit:
		return v.Text().In(l)
	case string:
		for _, o := range c.Options {
			if o.ID == v {
				return o.Name.In(l)
			}
		}
	}
	return fmt.Sprint(v)
}
