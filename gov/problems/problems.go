// Package problems is what a compiler of files says when they are wrong: every
// mistake with its place, in reading order, with a guess at what was meant.
package problems

import (
	"cmp"
	"slices"
	"strings"

	"quanxiang/gov"
)

// maxProblems bounds a report; a file with more mistakes is not a pack file.
const maxProblems = 500

// List is every mistake found, in order of file, line and column. It is an
// error; its text is one line for each.
type List []*gov.Error

// Error lists the problems in English, one per line.
func (p List) Error() string { return p.In(gov.EN) }

// In lists the problems in a language, one per line, each led by its place.
func (p List) In(l gov.Lang) string {
	lines := make([]string, len(p))
	for i, e := range p {
		lines[i] = gov.TextOf(e, l)
	}
	return strings.Join(lines, "\n")
}

// Unwrap lets errors.As find the first problem and its code.
func (p List) Unwrap() []error {
	errs := make([]error, len(p))
	for i, e := range p {
		errs[i] = e
	}
	return errs
}

// Err is p as an error, nil when there is no problem.
func (p List) Err() error {
	if len(p) == 0 {
		return nil
	}
	return p
}

// Add appends a problem about a place in a file.
func (p *List) Add(at gov.Pos, zh, en string, args ...any) {
	if !p.Full() {
		*p = append(*p, gov.Errorf(gov.Invalid, zh, en, args...).At(at))
	}
}

// AddGuess is Add with a suggestion at the end, if there is one.
func (p *List) AddGuess(at gov.Pos, guess, zh, en string, args ...any) {
	if guess != "" {
		t := gov.Textf("（是不是“%s”？）", " (did you mean %q?)", guess)
		zh, en = zh+escape(t.ZH), en+escape(t.EN)
		if len(args) == 0 {
			zh, en = strings.ReplaceAll(zh, "%%", "%"), strings.ReplaceAll(en, "%%", "%")
		}
	}
	p.Add(at, zh, en, args...)
}

// escape protects text that becomes part of a format.
func escape(s string) string { return strings.ReplaceAll(s, "%", "%%") }

// Full reports that no more problems are taken; looking for suggestions would
// be wasted time.
func (p List) Full() bool { return len(p) >= maxProblems }

// Sort brings the problems into reading order and drops repetitions.
func (p *List) Sort() {
	slices.SortStableFunc(*p, func(a, b *gov.Error) int {
		return cmp.Or(cmp.Compare(a.Pos.File, b.Pos.File), cmp.Compare(a.Pos.Line, b.Pos.Line),
			cmp.Compare(a.Pos.Column, b.Pos.Column), cmp.Compare(a.Text.EN, b.Text.EN))
	})
	*p = slices.CompactFunc(*p, func(a, b *gov.Error) bool { return a.Pos == b.Pos && a.Text == b.Text })
}
