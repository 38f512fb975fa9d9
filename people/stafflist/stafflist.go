// Package stafflist reads and writes the list of a district's staff as a CSV
// file.
package stafflist

import (
	"bytes"
	"cmp"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/simplifiedchinese"

	"quanxiang/gov"
	"quanxiang/people"
	"quanxiang/policy"
	"quanxiang/policy/source"
)

// Limits of a list of persons.
const (
	maxList = 10 << 20 // bytes
	maxRows = 20_000
)

// column is one of a list of persons.
type column struct {
	key      string
	name     gov.Text
	required bool
	get      func(people.Person) string
	set      func(*people.Person, string)
}

var columns = []column{
	{"staff_no", gov.Text{ZH: "工号", EN: "Staff number"}, true, func(p people.Person) string { return p.StaffNo }, func(p *people.Person, s string) { p.StaffNo = s }},
	{"name", gov.Text{ZH: "姓名", EN: "Name"}, true, func(p people.Person) string { return p.Name }, func(p *people.Person, s string) { p.Name = s }},
	{"unit", gov.Text{ZH: "单位", EN: "Unit"}, true, func(p people.Person) string { return p.Unit }, func(p *people.Person, s string) { p.Unit = s }},
	{"mobile", gov.Text{ZH: "手机", EN: "Mobile"}, false, func(p people.Person) string { return p.Mobile }, func(p *people.Person, s string) { p.Mobile = s }},
	{"email", gov.Text{ZH: "邮箱", EN: "E-mail"}, false, func(p people.Person) string { return p.Email }, func(p *people.Person, s string) { p.Email = s }},
}

// Report says what an import did, row by row where it went wrong.
type Report struct {
	Added, Changed, Same int
	Problems             source.Problems // each at its line and column of the file
}

// Import enters persons from a CSV file with a head row: staff number, name and
// unit, and if wanted mobile number and e-mail, in any order and in either
// language or by their keys. A person with a known staff number is changed. A
// unit is written by its id or a name of the pack. Each row is entered by
// itself: a row with a mistake is reported and leaves the others alone. With
// dry nothing is entered. It reads UTF-8 and GB 18030.
func Import(ctx context.Context, o *people.Office, by people.Standing, file string, r io.Reader, dry bool) (Report, error) {
	var report Report
	if err := people.Can(by, policy.ManageLogins, people.Object{}); err != nil {
		return report, err
	}
	data, err := io.ReadAll(io.LimitReader(r, maxList+1))
	if err != nil {
		return report, fmt.Errorf("read %s: %w", file, err)
	}
	if len(data) > maxList {
		return report, gov.Errorf(gov.TooLarge, "文件超过 %d MiB", "the file has more than %d MiB", maxList>>20)
	}
	data = bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))
	if !utf8.Valid(data) {
		if data, err = simplifiedchinese.GB18030.NewDecoder().Bytes(data); err != nil || bytes.ContainsRune(data, utf8.RuneError) {
			return report, gov.Errorf(gov.Unsupported, "文件既不是 UTF-8 也不是 GB 18030 编码", "the file is neither UTF-8 nor GB 18030")
		}
	}
	rows := csv.NewReader(bytes.NewReader(data))
	head, err := rows.Read()
	if err != nil {
		return report, csvError(file, err)
	}
	fields, problems := readHead(file, head, rows)
	if len(problems) > 0 {
		return Report{Problems: problems}, nil
	}
	seen := map[string]int{}
	for n := 0; ; n++ {
		row, err := rows.Read()
		switch {
		case errors.Is(err, io.EOF):
			return report, nil
		case errors.Is(err, csv.ErrFieldCount):
			line, _ := rows.FieldPos(0)
			report.Problems.Add(gov.Pos{File: file, Line: line}, "这一行有 %[1]d 列，表头有 %[2]d 列", "the row has %[1]d columns, the head has %[2]d", len(row), len(head))
			continue
		case err != nil:
			return report, csvError(file, err)
		case n == maxRows:
			return report, gov.Errorf(gov.TooLarge, "文件超过 %d 行", "the file has more than %d rows", maxRows)
		}
		at := func(key string) gov.Pos {
			i := max(0, slices.Index(fields, key))
			line, col := rows.FieldPos(i)
			return gov.Pos{File: file, Line: line, Column: col}
		}
		no := strings.TrimSpace(row[slices.Index(fields, "staff_no")])
		if first, again := seen[no]; again && no != "" {
			e := gov.Errorf(gov.Invalid, "工号与第 %d 行重复", "the staff number is that of line %d", first)
			report.Problems = append(report.Problems, e.On("staff_no").At(at("staff_no")))
			continue
		}
		seen[no] = at("staff_no").Line
		if err := importRow(ctx, o, by, fields, row, dry, &report); err != nil {
			e, ok := errors.AsType[*gov.Error](err)
			if !ok || e.Code != gov.Invalid && e.Code != gov.Conflict {
				return report, err
			}
			report.Problems = append(report.Problems, e.At(at(e.Field)))
		}
	}
}

func csvError(file string, err error) error {
	if e, ok := errors.AsType[*csv.ParseError](err); ok {
		return gov.Errorf(gov.Invalid, "引号或分隔符有误", "quotes or commas are wrong").At(gov.Pos{File: file, Line: e.Line, Column: e.Column}).Because(e.Err)
	}
	if errors.Is(err, io.EOF) {
		return gov.Errorf(gov.Invalid, "文件是空的", "the file is empty").At(gov.Pos{File: file})
	}
	return fmt.Errorf("read %s: %w", file, err)
}

// readHead finds the key of each column.
func readHead(file string, head []string, rows *csv.Reader) (fields []string, problems source.Problems) {
	var known []string
	for _, c := range columns {
		known = append(known, c.name.ZH, c.name.EN, c.key)
	}
	for i, cell := range head {
		line, col := rows.FieldPos(i)
		at := gov.Pos{File: file, Line: line, Column: col}
		cell = strings.TrimSpace(cell)
		j := slices.IndexFunc(columns, func(c column) bool {
			return cell == c.key || cell == c.name.ZH || strings.EqualFold(cell, c.name.EN)
		})
		switch {
		case j < 0:
			problems.AddGuess(at, source.Suggest(cell, known), "没有“%s”这一列", "there is no column %q", cell)
			fields = append(fields, "")
		case slices.Contains(fields, columns[j].key):
			problems.Add(at, "“%s”列重复", "the column %q is there twice", cell)
		default:
			fields = append(fields, columns[j].key)
		}
	}
	for _, c := range columns {
		if c.required && !slices.Contains(fields, c.key) {
			problems.Add(gov.Pos{File: file, Line: 1}, "缺少“%[1]s”列", "the column %[2]q is missing", c.name.ZH, c.name.EN)
		}
	}
	return fields, problems
}

// importRow enters one person.
func importRow(ctx context.Context, o *people.Office, by people.Standing, fields, row []string, dry bool, report *Report) error {
	entered, err := o.Enter(ctx, by, row[slices.Index(fields, "staff_no")], func(p *people.Person) {
		for _, c := range columns {
			if i := slices.Index(fields, c.key); i >= 0 {
				c.set(p, strings.TrimSpace(row[i]))
			}
		}
	}, dry)
	switch entered {
	case people.Added:
		report.Added++
	case people.Changed:
		report.Changed++
	case people.Same:
		report.Same++
	}
	return err
}

// Export writes every person as Import reads them, by staff number, with names
// of units and masked contacts. Imported again, a masked contact leaves what is
// stored.
func Export(ctx context.Context, o *people.Office, by people.Standing, pack *policy.Pack, w io.Writer, l gov.Lang) error {
	var all []people.Person
	for page := (gov.Page{Limit: 500}); ; {
		list, err := o.List(ctx, by, people.Filter{}, page)
		if err != nil {
			return err
		}
		all = append(all, list.Items...)
		if page.After = list.Next; list.Next == "" {
			break
		}
	}
	slices.SortStableFunc(all, func(a, b people.Person) int { return cmp.Compare(a.StaffNo, b.StaffNo) })
	if _, err := io.WriteString(w, "\ufeff"); err != nil { // or Excel takes UTF-8 for GBK
		return fmt.Errorf("write the list of persons: %w", err)
	}
	out := csv.NewWriter(w)
	row := make([]string, len(columns))
	for i, c := range columns {
		row[i] = c.name.In(l)
	}
	err := out.Write(row)
	for _, p := range all {
		if u, ok := pack.Unit(p.Unit); ok {
			p.Unit = u.Name.ZH
		}
		for i, c := range columns {
			row[i] = c.get(p)
		}
		err = errors.Join(err, out.Write(row))
	}
	out.Flush()
	if err := errors.Join(err, out.Error()); err != nil {
		return fmt.Errorf("write the list of persons: %w", err)
	}
	return nil
}
