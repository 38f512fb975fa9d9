package registers

import (
	"cmp"
	"context"
	"slices"

	"quanxiang/gov"
	"quanxiang/policy/register"
)

// MaxPush bounds how many entries or records are pushed at once; more come as a file.
const MaxPush = 500

// Pushed is what came of a push.
type Pushed struct {
	Sum
	Mistakes []RowMistake // none when it was taken
}

// RowMistake is something wrong with one of what was pushed.
type RowMistake struct {
	Index  int // from 0
	Column string
	Text   gov.Text
}

// Push writes entries or records that another program sends, as they would stand in a
// table: all of them or, with a mistake in one, none. What is there already is left
// alone, so a push whose answer was lost is simply sent again.
func (s *Registers) Push(ctx context.Context, actor gov.Actor, t Target, items []map[string]string) (out Pushed, err error) {
	if len(items) == 0 || len(items) > MaxPush {
		return out, gov.Errorf(gov.Invalid, "一次报送 1 至 %d 条", "1 to %d at a time", MaxPush).On("items")
	}
	head := make([]string, 0, len(t.Columns()))
	for _, c := range t.Columns() {
		head = append(head, c.ID)
	}
	table, err := NewTable(t, head)
	if err != nil {
		return out, err
	}
	var b Batch
	var names []string
	var at []int // the item of each record
	seen := map[string]bool{}
	wrong := func(i int, column string, text gov.Text) {
		out.Mistakes = append(out.Mistakes, RowMistake{Index: i, Column: column, Text: text})
	}
	for i, item := range items {
		for column := range item {
			if !slices.Contains(head, column) {
				wrong(i, column, gov.Textf("没有“%s”这一项", "there is no column %q", column))
			}
		}
		row := table.Parse(item)
		for _, e := range row.Mistakes {
			wrong(i, e.Field, gov.Text{ZH: gov.TextOf(e, gov.ZH), EN: gov.TextOf(e, gov.EN)})
		}
		if len(row.Mistakes) > 0 {
			continue
		}
		ref := row.Entry.Key + row.Record.Key
		if t.Kind != nil && t.Kind.BySubject() {
			ref += register.KeySeparator + row.Named
		}
		if seen[ref] {
			wrong(i, "", gov.Textf("与前面的一条相同", "it names the same as one before"))
		} else {
			seen[ref] = true
		}
		if t.Kind == nil {
			b.Entries = append(b.Entries, row.Entry)
		} else {
			b.Records, names, at = append(b.Records, row.Record), append(names, row.Named), append(at, i)
		}
	}
	if len(names) > 0 {
		found, err := s.Store.Resolve(ctx, t.Register.ID, names)
		if err != nil {
			return out, err
		}
		for i, name := range names {
			if b.Records[i].of(t.Kind, found[name]); found[name] == "" {
				wrong(at[i], subjectColumn, gov.Textf("名录中没有“%s”", "the register has no entry %q", short(name)))
			}
		}
	}
	if len(out.Mistakes) > 0 {
		slices.SortStableFunc(out.Mistakes, func(a, b RowMistake) int { return cmp.Compare(a.Index, b.Index) })
		return out, nil
	}
	return out, s.Store.Update(ctx, func(ctx context.Context, tx Tx) error {
		out.Sum, err = b.put(ctx, tx, t, actor, nil, false)
		if err != nil || t.Register.Credit == nil || t.Kind == nil {
			return err
		}
		done := map[string]bool{}
		for _, r := range b.Records {
			if !done[r.Subject] {
				done[r.Subject] = true
				if err := tx.Enqueue(ctx, GradeJob, GradeKey(t.Register.ID, r.Subject)); err != nil {
					return err
				}
			}
		}
		return nil
	})
}
